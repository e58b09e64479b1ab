// The fields of a record in the order in which people look for them.
import type { Entity, Field } from "../../api/types";
import { t } from "../../i18n/text";

export interface FieldGroup {
  id: string;
  title: string;
  fields: Field[];
}

const identityTypes = new Set(["person_name", "org_name", "identifier", "cn_resident_id", "cn_uscc", "ir_national_id", "ir_legal_id", "vat", "lei", "duns"]);
const identityNames = /^(salutation|gender|birth_date|language|code|.*_name|.*number|national_.*|tax_.*)$/;
const contactTypes = new Set(["email", "phone", "url"]);
const addressTypes = new Set(["address", "postcode", "country"]);
const addressNames = /^(house_number|district|city|state|region|place)$/;
/** Kept by sources and by the machine: told at the end, never asked for. */
const kept = /^(created_on|modified_on|last_activity_on)$/;

function groupOf(entity: Entity, field: Field): string {
  if (field.own) return "own";
  if (entity.title.includes(field.name) || entity.key.includes(field.name)) return contactTypes.has(field.type) ? "contact" : "identity";
  if (field.type === "link") return "links";
  if (contactTypes.has(field.type)) return "contact";
  if (addressTypes.has(field.type) || addressNames.test(field.name)) return "address";
  if (identityTypes.has(field.type) || identityNames.test(field.name)) return "identity";
  if (field.type === "date" || field.type === "instant") return "dates";
  if (field.type === "note") return "notes";
  return "business";
}

/** Groups that have fields. `mayWrite`: only those that the person may change. */
export function groupsOf(entity: Entity, mayWrite = false): FieldGroup[] {
  const titles: [string, string][] = [
    ["identity", t("Identity")],
    ["contact", t("Ways to reach")],
    ["links", t("Belongs to")],
    ["business", t("Business")],
    ["address", t("Address")],
    ["dates", t("Dates")],
    ["notes", t("Notes")],
    ["own", t("Own fields")],
  ];
  const fields = entity.fields.filter((field) => !field.retired && (!mayWrite || (field.may === "write" && !kept.test(field.name))));
  return titles.map(([id, title]) => ({ id, title, fields: fields.filter((field) => groupOf(entity, field) === id) })).filter((group) => group.fields.length > 0);
}

/** What is asked for first in a form: what names the record, what is required, and the ways to reach. */
export function isMain(entity: Entity, field: Field): boolean {
  return field.required || entity.title.includes(field.name) || entity.key.includes(field.name) || field.type === "email" || field.type === "phone" || field.name === "owner";
}
