// Whether a record was looked at in time, as the model asks for it: the sign of one that was not.
import { html, nothing, type TemplateResult } from "lit-html";
import type { Entity, Field, RecordJson } from "../api/types";
import { tn } from "../i18n/text";

/** The fields that say whether a record has come to an end: such a one goes stale no more. */
export const endFields = (entity: Entity): Field[] => (entity.review_days === undefined ? [] : entity.fields.filter((field) => field.values?.some((one) => one.over)));

export function isStale(entity: Entity, record: RecordJson, now = Date.now()): boolean {
  if (entity.review_days === undefined || record.deleted || record.merged_into) return false;
  if (endFields(entity).some((field) => field.values?.some((one) => one.over && one.value === record.fields[field.name]))) return false;
  return (now - new Date(record.changed_at).getTime()) / 86_400_000 > entity.review_days;
}

export const staleText = (entity: Entity): string => tn("Not looked at for more than {count} day", "Not looked at for more than {count} days", entity.review_days ?? 0);

/** A mark beside a name, for lists. */
export function staleMark(entity: Entity, record: RecordJson): TemplateResult | typeof nothing {
  return isStale(entity, record) ? html`<span class="stale-mark" role="img" aria-label=${staleText(entity)} title=${staleText(entity)}></span>` : nothing;
}
