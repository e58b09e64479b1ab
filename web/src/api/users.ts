// Users of the workspace, all that there are: they come in pages, and lists to choose from leave nobody out.
import { get } from "./http";

const PAGE = 1000; // the most that the server gives at once

/** `query`: role, team, at; by sign-in name. */
export async function everyUser<U extends { name: string }>(query?: Record<string, string>, signal?: AbortSignal): Promise<U[]> {
  const all: U[] = [];
  for (let after: string | null | undefined; ; ) {
    const page: { users: U[]; next?: string | null } = await get("/users", { ...query, limit: PAGE, ...(after ? { after } : {}) }, signal);
    all.push(...page.users);
    after = page.next;
    if (!after) return all;
  }
}
