// A role as it is said: its grants taken apart by kind of record, and put together again.
import { entities } from "../../app/session";

export type Right = "hidden" | "masked" | "read" | "write";
export const rightNames: readonly Right[] = ["hidden", "masked", "read", "write"];
export const scopeNames = ["own", "team", "below", "all", "portal"] as const;
export const dutyNames = ["sales", "service", "marketing", "manager", "administrator", "steward", "auditor", "customer"] as const;
export const recordOperations = ["create", "read", "list", "change", "delete", "restore", "merge", "import", "export", "report", "history", "accesses"] as const;
export const workspaceOperations = ["audit", "ledger", "users", "roles", "model", "jobs", "backup", "settings", "findings"] as const;

export interface Rights {
  other: Right;
  personal?: Right;
  sensitive?: Right;
  portal?: boolean;
}

export interface Grant {
  name: string;
  entities?: string[] | "all";
  operations: string[];
  scope?: string[];
  when?: string;
  rights?: Rights;
  classes?: Record<string, Right>;
  fields?: Record<string, Right>;
}

/** What is held but not passed on: operations whole, or of some fields no more than `passes`. */
export interface Keep {
  entities?: string[] | "all";
  operations: string[];
  classes?: string[];
  fields?: string[];
  passes?: Right;
}

/** What the server tells as `text`, and takes. */
export interface Declaration {
  role: string;
  label: string;
  says?: string;
  parent?: string;
  duty?: string;
  second_factor: boolean;
  apart?: string[];
  grants: Grant[];
  keeps: Keep[];
}

/** What a grant says of one kind of records. */
export interface Part {
  /** The grant it was read from. */
  grant: string;
  /** That grant reaches every kind of records, those added later too. */
  every: boolean;
  operations: string[];
  scope: string[];
  when: string;
  rights: Rights;
  classes: Record<string, Right>;
  fields: Record<string, Right>;
}

const kindsOf = (grant: Grant): string[] => (grant.entities === "all" ? entities().map((one) => one.name) : (grant.entities ?? []));

/** Fields by their names alone: those that are named with another kind of records are of no account here. */
function fieldsOf(grant: Grant, entity: string): Record<string, Right> {
  const all = Object.entries(grant.fields ?? {});
  const alone = all.filter(([name]) => !name.includes("."));
  const whole = all.filter(([name]) => name.startsWith(`${entity}.`)).map(([name, right]) => [name.slice(entity.length + 1), right] as const);
  return Object.fromEntries([...alone, ...whole]);
}

export function partsOf(role: Declaration, entity: string): Part[] {
  return role.grants
    .filter((grant) => kindsOf(grant).includes(entity))
    .map((grant) => ({
      grant: grant.name,
      every: grant.entities === "all",
      operations: [...grant.operations],
      scope: [...(grant.scope ?? [])],
      when: grant.when ?? "",
      rights: { other: "read" as Right, ...grant.rights },
      classes: { ...grant.classes },
      fields: fieldsOf(grant, entity),
    }));
}

const inOrder = (map: Record<string, Right> | undefined): [string, Right][] => Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));

/** What two grants must have in common to be one: all but the records they are for. */
function likeness(one: Pick<Grant, "operations" | "scope" | "when" | "rights" | "classes" | "fields">): string {
  const { other, personal, sensitive, portal } = one.rights ?? { other: "read" };
  return JSON.stringify([[...one.operations].sort(), [...(one.scope ?? [])].sort(), one.when ?? "", other, personal, sensitive, portal ?? false, inOrder(one.classes), inOrder(one.fields)]);
}

function freeName(role: Declaration, wanted: string): string {
  const taken = new Set(role.grants.map((grant) => grant.name));
  for (let nth = 1; ; nth++) {
    const name = nth === 1 ? wanted : `${wanted}_${nth}`;
    if (!taken.has(name)) return name;
  }
}

/** Takes one kind of records out of a grant; what is left of it, if anything. */
function without(grant: Grant, entity: string): Grant | undefined {
  const left = kindsOf(grant).filter((name) => name !== entity);
  return left.length > 0 ? { ...grant, entities: left } : undefined;
}

function add(role: Declaration, entity: string, part: Part): void {
  const { operations, scope, when, rights, classes, fields } = part;
  const grant: Grant = { name: "", entities: [entity], operations, scope, rights, ...(when.trim() ? { when: when.trim() } : {}), ...(Object.keys(classes).length ? { classes } : {}), ...(Object.keys(fields).length ? { fields } : {}) };
  // A condition is about one kind of records, and so is a field that is named.
  const twin = grant.when || grant.fields ? undefined : role.grants.find((one) => Array.isArray(one.entities) && one.entities.length > 0 && likeness(one) === likeness(grant));
  if (twin && Array.isArray(twin.entities)) twin.entities = [...twin.entities, entity];
  else role.grants.push({ ...grant, name: freeName(role, entity) });
}

/** Says anew what a role grants of one kind of records; grants that say the same as before stay as they are. */
export function putParts(role: Declaration, entity: string, parts: readonly Part[]): Declaration {
  const next: Declaration = { ...role, grants: role.grants.map((grant) => ({ ...grant })) };
  const before = partsOf(role, entity);
  const kept = (name: string): boolean => {
    const was = before.find((one) => one.grant === name), is = parts.find((one) => one.grant === name);
    return was !== undefined && is !== undefined && likeness(was) === likeness(is);
  };
  next.grants = next.grants.flatMap((grant) => {
    const mine = before.some((one) => one.grant === grant.name) && !kept(grant.name);
    return mine ? (without(grant, entity) ?? []) : grant;
  });
  for (const part of parts) if (part.operations.length > 0 && !(part.grant && kept(part.grant))) add(next, entity, part);
  return next;
}

/** The operations on the workspace as a whole. */
export const workspaceOf = (role: Declaration): Set<string> => new Set(role.grants.filter((grant) => kindsOf(grant).length === 0).flatMap((grant) => grant.operations));

export function putWorkspace(role: Declaration, operation: string, on: boolean): Declaration {
  const grants = role.grants.map((grant) => (kindsOf(grant).length === 0 ? { ...grant, operations: grant.operations.filter((one) => one !== operation) } : grant));
  const first = grants.find((grant) => kindsOf(grant).length === 0);
  if (on && first) first.operations.push(operation);
  else if (on) grants.push({ name: freeName(role, "workspace"), operations: [operation] });
  return { ...role, grants: grants.filter((grant) => grant.operations.length > 0) };
}

/** A name that programs may call it by, of what it is called; none of those that are taken. */
export function nameOf(label: string, taken: readonly string[]): string {
  const plain = label.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const name = plain.replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "").slice(0, 50) || "role";
  let free = name;
  for (let nth = 2; taken.includes(free); nth++) free = `${name}_${nth}`;
  return free;
}

/** As the server takes it: what is empty is not said. */
export function written(role: Declaration): string {
  const { says, parent, duty, ...rest } = role;
  return JSON.stringify({ ...rest, ...(says?.trim() ? { says: says.trim() } : {}), ...(parent ? { parent } : {}), ...(duty ? { duty } : {}) }, null, 2);
}
