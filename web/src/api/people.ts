// Whom something can be given to, a few at a time: by words of the name, or one by the sign-in name.
import { get } from "./http";

export interface Person {
  name: string;
  shown: string;
  external: boolean;
}

export interface PersonSource {
  /** The first `limit` that have such words, by sign-in name; whether there are more. */
  find: (words: string, limit: number, signal: AbortSignal) => Promise<{ people: readonly Person[]; more: boolean }>;
  /** By the sign-in name; undefined: there is none. */
  named: (name: string, signal?: AbortSignal) => Promise<Person | undefined>;
}

interface Named {
  name: string;
  shown: string;
}

/** Whom findings and audits are given to: users that are no customers and no programs. */
export const auditPeople: PersonSource = {
  find: (words, limit, signal) => get<{ people: Person[]; more: boolean }>("/audit-people", { q: words, limit }, signal),
  named: async (name, signal) => (await get<{ people: Person[] }>("/audit-people", { name }, signal)).people[0],
};

const told = ({ name, shown }: Named): Person => ({ name, shown, external: false });

/** Users of some kinds, but for `without`, for who looks after users. */
const users = (kinds: readonly ("person" | "program")[], without?: string): PersonSource => ({
  find: async (words, limit, signal) => {
    const pages = await Promise.all(kinds.map((kind) => get<{ users: Named[]; next: string | null }>("/users", { q: words, kind, limit: limit + 1 }, signal)));
    const all = pages.flatMap((page) => page.users).filter((one) => one.name !== without);
    if (pages.length > 1) all.sort((a, b) => (a.name < b.name ? -1 : 1));
    return { people: all.slice(0, limit).map(told), more: all.length > limit || pages.some((page) => page.next !== null) };
  },
  named: async (name, signal) => told((await get<{ user: Named }>(`/users/${encodeURIComponent(name)}`, undefined, signal)).user),
});

export const persons = (without?: string): PersonSource => users(["person"], without);

/** Who can be in a team. */
export const members = users(["person", "program"]);
