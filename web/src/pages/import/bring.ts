// What the rows of a file may do, and how a row meets the record it is about: chosen, explained, and looked at before it is asked for.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/CheckBox.js";
import "@ui5/webcomponents/dist/MessageStrip.js";
import type CheckBox from "@ui5/webcomponents/dist/CheckBox.js";
import type { Field } from "../../api/types";
import { entityNamed } from "../../app/session";
import { t } from "../../i18n/text";
import type { Plan, PlanFile } from "./plan";

export type Mode = "create" | "update" | "upsert";
export type Way = "id" | "fields" | "likely";

export interface Bringing {
  mode: Mode;
  /** How rows meet records; undefined: as is usual for the file. */
  way: Way | undefined;
  fields: Set<string>;
  /** An empty cell empties the field. */
  clear: boolean;
}

export const asUsual = (): Bringing => ({ mode: "create", way: undefined, fields: new Set(), clear: false });

const taken = (plan: Plan): PlanFile[] => plan.files.filter((file) => file.entity !== null);
const hasId = (file: PlanFile): boolean => file.columns.some((column) => column.how === "id" || column.field === "id");

/** The fields that the columns of a file fill and rows can be known by: whatever does not lead to another record. */
function known(file: PlanFile): Field[] {
  const filled = new Set(file.columns.map((column) => column.field));
  return (entityNamed(file.entity ?? "")?.fields ?? []).filter((field) => filled.has(field.name) && field.type !== "link");
}

const allKnown = (plan: Plan): Field[] => [...new Map(taken(plan).flatMap(known).map((field) => [field.name, field])).values()];

/** Fields whose values are one record's own: e-mail addresses; without any, those by which the model tells records apart. */
function telling(file: PlanFile): string[] {
  const keys = entityNamed(file.entity ?? "")?.key ?? [], fields = known(file), mails = fields.filter((field) => field.type === "email");
  return (mails.length ? mails : fields.filter((field) => keys.includes(field.name))).map((field) => field.name);
}

/** By the source's number where every file has it, else by what tells records apart, else by the duplicate check. */
export function wayOf(bringing: Bringing, plan: Plan): Way {
  if (bringing.way) return bringing.way;
  const files = taken(plan);
  if (files.every(hasId)) return "id";
  return files.every((file) => telling(file).length > 0) ? "fields" : "likely";
}

/** Those that were chosen and still come; where none was chosen, those that tell records apart. */
export function fieldsOf(bringing: Bringing, plan: Plan): string[] {
  const come = new Set(allKnown(plan).map((field) => field.name));
  if (bringing.way === "fields") return [...bringing.fields].filter((name) => come.has(name));
  return [...new Set(taken(plan).flatMap(telling))];
}

/** What is asked of the server. */
export function bringingWish(bringing: Bringing, plan: Plan | undefined): { mode?: Mode; match?: string[]; blank?: "clear" } {
  if (bringing.mode === "create" || !plan) return {};
  const way = wayOf(bringing, plan);
  return { mode: bringing.mode, match: way === "fields" ? fieldsOf(bringing, plan) : [way], ...(bringing.clear ? { blank: "clear" } : {}) };
}

/** Why it cannot be done so; undefined: it can. */
export function wrongWay(bringing: Bringing, plan: Plan): string | undefined {
  if (bringing.mode === "create") return undefined;
  const way = wayOf(bringing, plan), names = new Set(fieldsOf(bringing, plan));
  if (way === "fields" && names.size === 0) return t("Choose at least one field by which a row is known.");
  for (const file of taken(plan)) {
    if (way === "id" && !hasId(file)) return t("No column of {file} is the number in the source: say below which one it is, or choose another way.", { file: file.name });
    if (way === "fields" && !known(file).some((field) => names.has(field.name))) return t("No column of {file} fills a chosen field: choose one that it has.", { file: file.name });
  }
  return undefined;
}

function card(group: string, value: string, chosen: boolean, busy: boolean, title: string, says: string, choose: () => void): TemplateResult {
  return html`<label class="import-choice" ?data-chosen=${chosen}>
    <input type="radio" name=${group} value=${value} .checked=${chosen} ?disabled=${busy} @change=${choose} />
    <strong>${title}</strong><span class="muted">${says}</span>
  </label>`;
}

/** `changed`: something else was chosen. */
export function bringingView(bringing: Bringing, plan: Plan, busy: boolean, changed: () => void): TemplateResult {
  const way = wayOf(bringing, plan), names = fieldsOf(bringing, plan), wrong = wrongWay(bringing, plan);
  const mode = (value: Mode, title: string, says: string): TemplateResult => card("import-mode", value, bringing.mode === value, busy, title, says, () => ((bringing.mode = value), changed()));
  const by = (value: Way, title: string, says: string): TemplateResult => card("import-way", value, way === value, busy, title, says, () => ((bringing.fields = new Set(names)), (bringing.way = value), changed()));

  function toggle(name: string, on: boolean): void {
    bringing.fields = new Set(names);
    bringing.way = "fields";
    if (on) bringing.fields.add(name);
    else bringing.fields.delete(name);
    changed();
  }

  return html`<fieldset class="import-choices"><legend>${t("What rows may do")}</legend>
      ${mode("create", t("Add records"), t("Each row becomes a new record. Nothing that is there is changed."))}
      ${mode("update", t("Change those that are there"), t("Each row changes the record it is about. A row that meets none is refused."))}
      ${mode("upsert", t("Both"), t("A row that meets a record changes it; every other becomes a new one."))}
    </fieldset>
    ${bringing.mode === "create"
      ? nothing
      : html`<fieldset class="import-choices"><legend>${t("How a row meets a record")}</legend>
            ${by("id", t("By its number in the source"), t("The record that came from the same system with the same number."))}
            ${by("fields", t("By fields that you choose"), t("The record with the same value in any of them. A row is refused where they lead to several."))}
            ${by("likely", t("By the duplicate check"), t("The record that it is sure of. Where it is in doubt, a row meets none."))}
          </fieldset>
          ${way === "fields"
            ? html`<fieldset class="several import-by"><legend>${t("Fields")}</legend>${allKnown(plan).map((field) => html`<ui5-checkbox text=${field.label} ?checked=${names.includes(field.name)} ?disabled=${busy} @change=${(event: Event) => toggle(field.name, (event.target as CheckBox).checked)}></ui5-checkbox>`)}</fieldset>`
            : nothing}
          <ui5-checkbox text=${t("An empty cell empties the field")} ?checked=${bringing.clear} ?disabled=${busy} @change=${(event: Event) => ((bringing.clear = (event.target as CheckBox).checked), changed())}></ui5-checkbox>`}
    ${wrong ? html`<ui5-message-strip class="import-wrong" design="Negative" hide-close-button role="alert">${wrong}</ui5-message-strip>` : nothing}`;
}
