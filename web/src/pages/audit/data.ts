// Audits, their outcomes, findings and controls, as the server tells them.

export interface AuditRun {
  audit: number;
  at: string;
  as_of: string;
  by: string;
  title: string;
  /** By which plan it was done. */
  plan: number | null;
  own: boolean;
  letter: string | null;
  mark: number | null;
  records: number;
  controls: number;
  failed: number;
}

export type OutcomeWord = "pass" | "fail" | "not_applicable" | "could_not_run" | "waived";

export interface Outcome {
  control: string;
  area: string;
  grade: string;
  entity: string | null;
  outcome: OutcomeWord;
  population: number;
  failing: number;
  fixable: number;
  reason: string | null;
}

export interface Audit extends AuditRun {
  cut: boolean;
  outcomes: Outcome[];
}

export interface Control {
  id: string;
  area: string;
  grade: string;
  entity: string | null;
  field: string | null;
  limit_of: "share" | "count";
  limit: number;
  /** What ships with it, where the workspace set another limit. */
  limit_shipped: number;
  limit_set: boolean;
  title: string;
  criterion?: string;
  why?: string;
  cause?: string;
  effect?: string;
  remedy?: string;
  requirements: string[];
  maps: { standard: string; clause: string }[];
}

export interface Finding {
  finding: number;
  version: number;
  control: string;
  title: string | null;
  area: string;
  grade: string;
  entity: string | null;
  state: "open" | "accepted" | "mended" | "waived";
  proved: boolean;
  owner: string | null;
  due: string | null;
  overdue: boolean;
  until: string | null;
  note: string | null;
  changed_by: string | null;
  changed_at: string;
  opened_at: string;
  population: number;
  failing: number;
  first_audit: number;
  last_audit: number;
  /** The first audit that saw the mend. */
  proved_audit: number | null;
}

export interface Story extends Finding {
  trend: { audit: number; outcome: OutcomeWord; population: number; failing: number }[];
}

const rank: Record<string, number> = { essential: 0, important: 1, desirable: 2 };

/** What weighs most first: by grade, then by how much fails. */
export function byWeight(a: { grade: string; population: number; failing: number }, b: { grade: string; population: number; failing: number }): number {
  const share = (one: { population: number; failing: number }): number => (one.population > 0 ? one.failing / one.population : 0);
  return (rank[a.grade] ?? 9) - (rank[b.grade] ?? 9) || share(b) - share(a);
}
