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
  title: string[];
  key: string[];
  fields: Field[];
}

export interface Model {
  version: number;
  entities: Entity[];
}

/** A record as it is answered: its own fields, links as ids or, expanded, as records. */
export interface RecordJson {
  id: string;
  [field: string]: unknown;
}

export interface RecordPage {
  records: RecordJson[];
  next?: string;
  total?: number;
  total_capped?: boolean;
}
