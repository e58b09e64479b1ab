// What the home page is told, and how it is asked.
import { get } from "../../api/http";
import type { Entity, MoneyValue } from "../../api/types";

export interface DueRecord {
  id: string;
  title: string | null;
  at: string;
}

export interface HomeList {
  entity: string;
  label: string;
  count: number;
  capped: boolean;
  overdue?: number;
  due?: string;
  done?: { field: string; value: string } | null;
  review_days?: number;
  first: DueRecord[];
  address: string;
}

export interface HomeFinding {
  finding: number;
  control: string;
  /** What the control is called; null where it is no more. */
  title: string | null;
  grade: string;
  entity: string | null;
  failing: number;
  due: string | null;
}

export interface HomePlan {
  plan: number;
  name: string;
  due: string;
}

export interface Mark {
  audit: number;
  at: string;
  letter: string | null;
  mark: number | null;
  failed: number;
}

export interface HomeJob {
  job: number;
  kind: string;
  state: string;
  at: string;
}

export interface Home {
  day: string;
  staff: boolean;
  due: HomeList[];
  stale: HomeList[];
  duplicates: { entity: string; label: string; count: number; capped: boolean; address: string }[];
  findings: { count: number; due: number; overdue: number; first: HomeFinding[]; address: string } | null;
  /** Audits that I am to do, due within a week or before. */
  plans: { count: number; overdue: number; first: HomePlan[]; address: string } | null;
  audits: { trend: Mark[]; address: string } | null;
  jobs: { active: number; failed: number; first: HomeJob[]; address: string };
}

export interface Group {
  keys: { field: string; value: string | null; label: string | null }[];
  count: number;
  measures: Record<string, number | string | null | (MoneyValue & { records: number })[]>;
  filter: string;
}

export interface Groups {
  total: number;
  groups: Group[];
  others: { groups: number; count: number } | null;
}

export const readHome = (signal: AbortSignal): Promise<Home> => get<Home>("/home", undefined, signal);

export function readGroups(entity: Entity, query: Record<string, string>, signal: AbortSignal): Promise<Groups> {
  return get<Groups>(`/${entity.path}/groups`, query, signal);
}

/** The sum of a measure of money; undefined where it is of several currencies, which are never added up. */
export function sumOf(group: Group, measure: string): MoneyValue | undefined {
  const sums = group.measures[measure];
  if (!Array.isArray(sums) || sums.length !== 1) return undefined;
  return sums[0];
}

/** The list behind a part, as the address of its screen: the same conditions. */
export function listOf(address: string): string {
  return `#${address.replace(/^\/api\/v1/, "")}`;
}
