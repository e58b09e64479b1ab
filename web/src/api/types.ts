// What the server answers, as far as several screens use it (doc: /openapi.json). A screen's own types stand beside it.

export interface Me {
  name: string;
  user: string | null;
  staff: string | null;
  contact: string | null;
  read_only: boolean;
  second_factor: boolean;
  proved_lately: boolean;
  scopes: string | null;
  session?: number;
  until?: string;
}

export interface Choice {
  value: string;
  label: string;
  retired: boolean;
  /** What is at it has come to an end: won, closed. */
  over: boolean;
}

export interface Field {
  name: string;
  label: string;
  help: string | null;
  type: string;
  to: string | null;
  own: boolean;
  retired: boolean;
  required: boolean;
  many: boolean;
  open: boolean;
  values?: Choice[];
  personal: string | null;
  sensitive: boolean;
  search: boolean;
  max_length?: number;
  /** For so many days a value counts as current, where the model says so. */
  fresh_days?: number;
  /** The only one that its amounts have, where there is one. */
  currency?: string;
  /** What the person who is signed in may do with its values at best. */
  may: "write" | "read" | "masked";
}

/** One of the records that another one becomes. */
export interface ConvertStep {
  entity: string;
  /** Made only when it is asked for. */
  optional: boolean;
  /** It may be one that is there. */
  may_use: boolean;
}

export interface Entity {
  name: string;
  label: string;
  plural: string;
  path: string;
  own: boolean;
  retired: boolean;
  personal: boolean;
  access_as: string | null;
  /** What may be done to some record of it: create, read, list, change, delete, restore, merge, import, export, … */
  may: string[];
  title: string[];
  /** So often a record of it is to be looked at, where the model says so. */
  review_days?: number;
  key: string[];
  columns: string[];
  /** What its records become, and the values by which one that was converted is known. */
  convert: { steps: ConvertStep[]; marks: Record<string, string> } | null;
  fields: Field[];
}

export interface Model {
  version: number;
  /** What may be done besides records: audit, ledger, users, roles, model, jobs, backup, settings, findings. */
  may: string[];
  entities: Entity[];
}

/** A record as it is answered; `fields` holds what the asker may see. */
export interface RecordJson {
  id: string;
  version: number;
  created_at: string;
  changed_at: string;
  deleted: boolean;
  source_id: string | null;
  merged_into?: string;
  fields: Record<string, Value>;
  /** By name of the link: the records that were asked for with `expand`. */
  linked?: Record<string, RecordJson | null>;
}

export interface MoneyValue {
  amount: string;
  currency: string | null;
}

export interface LinkValue {
  id: string | null;
  /** As the source wrote it, where it did. */
  reference: string | null;
}

export type Value = string | number | boolean | MoneyValue | LinkValue | null | undefined;

export interface RecordPage {
  records: RecordJson[];
  next: string | null;
  total?: number;
  total_capped?: boolean;
}
