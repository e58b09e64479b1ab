// Pairs of records that are likely one, and what is said of them.
import { ask, get, post } from "../../api/http";
import type { Entity, RecordJson } from "../../api/types";
import { entities, mayDoTo } from "../../app/session";

export type Decision = "same" | "different" | "unsure" | "open";

export interface Agreement {
  field: string;
  level: "differs" | "partly" | "near" | "equal";
  weight: number;
}

export interface Pair {
  left: RecordJson;
  right: RecordJson;
  sure: number | null;
  compared: Agreement[];
  more_compared: boolean;
  queued: boolean;
  state?: Decision;
  decided_by?: string | null;
  reason?: string | null;
}

export interface Merged {
  dry_run: boolean;
  run: number | null;
  record: RecordJson;
  fields: { field: string; from: string | null; several: boolean; why: string; changed: boolean; differs: boolean; conflict: boolean }[];
  links: { entity: string; field: string; id: string; from: string }[];
  gains: { who: string; loses: boolean; fields: string[] }[];
  said_different: boolean;
}

/** At most so many are brought to order them by how sure they are. */
const MOST = 1000;

/** The surest first. */
export async function readPairs(entity: Entity, state: string, signal: AbortSignal): Promise<{ pairs: Pair[]; more: boolean }> {
  let pairs: Pair[] = [], after: number | null = null;
  do {
    const page: { pairs: Pair[]; next: number | null } = await get(`/${entity.path}/duplicates`, { state, limit: 200, ...(after === null ? {} : { after }) }, signal);
    pairs = [...pairs, ...page.pairs];
    after = page.next;
  } while (after !== null && pairs.length < MOST);
  pairs.sort((a, b) => (b.sure ?? 0) - (a.sure ?? 0));
  return { pairs, more: after !== null };
}

export const mergeable = (): Entity[] => entities().filter((one) => !one.retired && mayDoTo(one, "merge"));

const addressOf = (entity: Entity, pair: Pair): string => `/${entity.path}/${pair.left.id}/duplicates/${pair.right.id}`;

export const decide = (entity: Entity, pair: Pair, decision: Decision): Promise<unknown> =>
  ask(addressOf(entity, pair), { method: "PUT", body: { decision } });

export const merge = (entity: Entity, into: string, other: string, take: Record<string, string>, dryRun: boolean): Promise<Merged> =>
  post<Merged>(`/${entity.path}/${into}/merge`, { records: [other], into, take, dry_run: dryRun });

export const unmerge = (entity: Entity, id: string): Promise<unknown> => post(`/${entity.path}/${id}/unmerge`, { dry_run: false });

/** The queue as it was seen last, so that one pair leads to the next. */
let seen: { path: string; left: string; right: string }[] = [];

export function keepQueue(entity: Entity, pairs: readonly Pair[]): void {
  seen = pairs.map((pair) => ({ path: entity.path, left: pair.left.id, right: pair.right.id }));
}

const addressIn = (one: { path: string; left: string; right: string }): string => `/duplicates/${one.path}/${one.left}/${one.right}`;
const placeOf = (left: string, right: string): number =>
  seen.findIndex((one) => (one.left === left && one.right === right) || (one.left === right && one.right === left));

/** Where the pair after, or before, this one is looked at; the queue where there is none. `drop`: this one is dealt with. */
export function neighbour(left: string, right: string, step: 1 | -1, drop: boolean): string {
  const at = placeOf(left, right);
  const next = at < 0 ? seen[0] : seen[at + step];
  if (drop) seen = seen.filter((one) => one.left !== left && one.right !== left && one.left !== right && one.right !== right);
  const there = next && seen.includes(next) ? next : drop ? seen[Math.max(0, at)] : undefined;
  return there ? addressIn(there) : "/duplicates";
}
