// What comes of a role as it is to be: which rights move, of whom, and what the role above cuts.
import { html, nothing, type TemplateResult } from "lit-html";
import { entityNamed } from "../../app/session";
import { t, tn } from "../../i18n/text";
import { table } from "../../ui/table";
import type { Right } from "./role_text";
import { operationWord, rightWord, scopeWord } from "./words";

export interface Holding {
  entity: string | null;
  grant: string;
  operations: string[];
  cut: string[];
  cut_by: string | null;
  scope: string[];
  when: string | null;
}

export interface Role {
  role: string;
  label: string;
  says: string | null;
  parent: string | null;
  second_factor: boolean;
  from: string;
  holds: Holding[];
  text?: string;
}

interface RightChange {
  role: string;
  entity: string | null;
  field: string | null;
  operation: string | null;
  before: string;
  after: string;
}

interface FieldCut {
  entity: string;
  field: string;
  granted: Right;
  left: Right;
}

export interface RolePlan {
  role: string;
  new: boolean;
  changes: RightChange[];
  holds: Holding[];
  field_cuts: FieldCut[];
  text: string;
  holders: string[];
}

export const entityName = (name: string | null): string => (name === null ? t("the workspace") : (entityNamed(name)?.plural ?? name));
const fieldName = (entity: string, field: string): string => entityNamed(entity)?.fields.find((one) => one.name === field)?.label ?? field;

/** Of which records, as the server says it: `own team (stage <> 'Won')`. */
const reachWords = (reach: string): string => reach.replace(/\b(own|team|below|all|portal)\b(?![^(]*\))/g, (scope) => `${scopeWord(scope)},`).replace(/,(?=$|,| \()/g, "");

export const holdersText = (plan: RolePlan): string =>
  plan.holders.length === 0
    ? t("Nobody holds the role or one below it.")
    : `${tn("One user holds the role or one below it:", "{count} users hold the role or one below it:", plan.holders.length)} ${plan.holders.join(", ")}`;

/** So many lines are looked through; the rest is said as a number. */
const SHOWN = 200;

export function changesTable(plan: RolePlan): TemplateResult {
  const right = (one: RightChange, value: string): string => (one.field ? rightWord(value) : value ? reachWords(value) : t("nothing"));
  return html`<p>${tn("One right would change.", "{count} rights would change.", plan.changes.length)} ${holdersText(plan)}</p>
    ${plan.changes.length
      ? table(
          t("Rights that change"),
          [
            { title: t("Role"), main: true, cell: (one) => one.role },
            { title: t("Records"), cell: (one) => entityName(one.entity) },
            { title: t("Right"), cell: (one) => (one.field ? t("Field: {field}", { field: fieldName(one.entity ?? "", one.field) }) : operationWord(one.operation ?? "")) },
            { title: t("Before"), cell: (one) => right(one, one.before) },
            { title: t("After"), cell: (one) => right(one, one.after) },
          ],
          plan.changes.slice(0, SHOWN),
        )
      : nothing}
    ${plan.changes.length > SHOWN ? html`<p class="muted">${tn("And one more.", "And {count} more.", plan.changes.length - SHOWN)}</p>` : nothing}`;
}

/** Fields of which the role above lets less be seen than is granted here. */
export function fieldCuts(plan: RolePlan): TemplateResult | typeof nothing {
  if (plan.field_cuts.length === 0) return nothing;
  return html`<details class="role-fields">
    <summary>${tn("The role above lets less be seen of one field", "The role above lets less be seen of {count} fields", plan.field_cuts.length)}</summary>
    ${table(
      t("Fields that are cut"),
      [
        { title: t("Records"), main: true, cell: (one) => entityName(one.entity) },
        { title: t("Field"), cell: (one) => fieldName(one.entity, one.field) },
        { title: t("Granted"), cell: (one) => html`<span class="role-cut">${rightWord(one.granted)}</span>` },
        { title: t("Left"), cell: (one) => html`<span class="tag tag-warn">${rightWord(one.left)}</span>` },
      ],
      plan.field_cuts,
    )}
  </details>`;
}
