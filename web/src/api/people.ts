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

/** Persons among the users, but for `without`, for who looks after users. */
export const persons = (without?: string): PersonSource => ({
  find: async (words, limit, signal) => {
    const page = await get<{ users: Named[]; next: string | null }>("/users", { q: words, kind: "person", limit: limit + 1 }, signal);
    const all = page.users.filter((one) => one.name !== without).map(({ name, shown }) => ({ name, shown, external: false }));
    return { people: all.slice(0, limit), more: page.next !== null || all.length > limit };
  },
  named: async (name, signal) => {
    const { user } = await get<{ user: Named }>(`/users/${encodeURIComponent(name)}`, undefined, signal);
    return { name: user.name, shown: user.shown, external: false };
  },
});
