// Which columns a list has: sensible ones from the model, until its reader chooses. Kept in this browser: names and widths, no values.
import type { Entity, Field, RecordJson, Value } from "../../api/types";
import { t } from "../../i18n/text";
import { isNumeric } from "../../ui/value";

export interface Column {
  field: Field;
  width: number;
  /** When it was made or changed: stands beside the fields. */
  head?: "created_at" | "changed_at";
}

const usual = 6;
const least = 80, most = 640;

function headField(name: "created_at" | "changed_at", label: string): Field {
  return {
    name, label, help: null, type: "instant", to: null, own: false, retired: false, required: false, many: false, open: false,
    personal: null, sensitive: false, search: false, may: "read",
  };
}

/** Every field that can be a column: those of the model, and when a record was made and changed. */
export function allFields(entity: Entity): Field[] {
  return [
    ...entity.fields.filter((field) => !field.retired && field.type !== "note"),
    headField("changed_at", t("Changed here")),
    headField("created_at", t("Made here")),
  ];
}

export function valueOf(record: RecordJson, column: Column): Value {
  return column.head ? record[column.head] : record.fields[column.field.name];
}

export function sortable(field: Field): boolean {
  return field.type !== "link" && field.type !== "note" && !field.sensitive && field.may !== "masked";
}

function usualWidth(field: Field, first: boolean): number {
  if (first) return 240;
  if (field.type === "boolean" || field.type === "integer" || field.type === "country") return 120;
  if (isNumeric(field) || field.type === "date") return 140;
  if (field.type === "instant") return 190;
  if (field.type === "email" || field.type === "url") return 220;
  return 180;
}

/* Of an entity whose declaration names no columns: its title, what names it to others, then by type what tells most. */
function worth(entity: Entity, field: Field): number {
  const title = entity.title.indexOf(field.name);
  if (title >= 0) return 1000 - title;
  if (entity.key.includes(field.name)) return 400;
  if (field.required) return 300;
  const types = ["choice", "money", "date", "link", "email", "phone", "instant", "decimal", "integer"];
  const at = types.indexOf(field.type);
  return at >= 0 ? 100 - at : 0;
}

export function usualColumns(entity: Entity): Column[] {
  const declared = columnsNamed(entity, entity.columns);
  if (declared.length) return declared;
  return entity.fields
    .filter((field) => !field.retired && !field.sensitive && field.type !== "note" && !/^(created|modified)_on$/.test(field.name))
    .map((field, at) => ({ field, at, worth: worth(entity, field) }))
    .sort((a, b) => b.worth - a.worth || a.at - b.at)
    .slice(0, usual)
    .map(({ field }, at) => ({ field, width: usualWidth(field, at === 0) }));
}

/** Columns by name, in this order; what the model no longer has is left out. */
export function columnsNamed(entity: Entity, names: readonly string[], widths: Readonly<Record<string, number>> = {}): Column[] {
  const fields = allFields(entity);
  return names.flatMap((name, at) => {
    const field = fields.find((one) => one.name === name);
    if (!field) return [];
    const column: Column = { field, width: limited(widths[name] ?? usualWidth(field, at === 0)) };
    if (name === "created_at" || name === "changed_at") column.head = name;
    return [column];
  });
}

export const limited = (width: number): number => Math.min(most, Math.max(least, Math.round(width)));
export const widthRange = { least, most };

interface Kept {
  names: string[];
  widths: Record<string, number>;
}

const keyOf = (entity: Entity): string => `columns.${entity.name}`;

export function loadColumns(entity: Entity): Column[] {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(entity)) ?? "null") as Kept | null;
    const columns = kept ? columnsNamed(entity, kept.names, kept.widths) : [];
    if (columns.length > 0) return columns;
  } catch {
    localStorage.removeItem(keyOf(entity)); // not what was kept by this version
  }
  return usualColumns(entity);
}

export function keepColumns(entity: Entity, columns: readonly Column[]): void {
  const kept: Kept = {
    names: columns.map((column) => column.field.name),
    widths: Object.fromEntries(columns.map((column) => [column.field.name, column.width])),
  };
  localStorage.setItem(keyOf(entity), JSON.stringify(kept));
}

export function forgetColumns(entity: Entity): void {
  localStorage.removeItem(keyOf(entity));
}

/** What a list of an entity is sorted by where nobody wishes otherwise: names by the letter, all else by what changed last. */
export function usualSort(entity: Entity): string {
  const first = entity.fields.find((field) => field.name === entity.title[0]);
  const named = first && sortable(first) && (first.type === "person_name" || first.type === "org_name" || (first.name === "name" && entity.key.includes("name")));
  return first && named ? first.name : "-changed_at";
}
