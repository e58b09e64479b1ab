// How a file was understood: which records its tables hold, which column is which field, and how sure that is.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/MessageStrip.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import type { Entity, Field } from "../../api/types";
import { entities, entityNamed, mayDo, mayDoTo } from "../../app/session";
import { between, formatNumber } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import type { Said } from "./said";

export interface Reject {
  row: number;
  line: number;
  column: string | null;
  value: string | null;
  says: string;
}

export interface PlanColumn {
  header: string;
  field: string | null;
  how: "id" | "map" | "preset" | "currency" | "part" | "left" | "name" | "values" | "ignored" | "unmapped";
  confidence: "certain" | "likely" | "guessed" | "none";
  filled: number;
  sample: string | null;
  holds: string | null;
  suggests: { name: string; label: string; type: string } | null;
  note: string | null;
}

export interface PlanFile {
  name: string;
  entity: string | null;
  why_not: string | null;
  encoding: string | null;
  rows: number;
  imported: number;
  changed: number;
  same: number;
  rejected: number;
  merged_away: number;
  imported_before: number;
  passed_over: boolean;
  columns: PlanColumn[];
  rejects: Reject[];
}

export interface Plan {
  dry_run: boolean;
  run?: number;
  unresolved: number;
  likely_duplicates: number;
  product: string | null;
  files: PlanFile[];
}

export interface PlanWish {
  file: PlanFile;
  said: Said;
  /** Whether rows may make records: what is required must come from somewhere. */
  creates: boolean;
  busy: boolean;
  /** Something else was said; the file is to be looked at anew. */
  changed(): void;
  /** A field is to be made for a column that no field fits. */
  make(entity: Entity, column: PlanColumn): void;
}

const chosen = (event: Event): string => (event.target as Select).selectedOption?.value ?? "";

/** The columns of which nothing is taken in. */
export const lost = (file: PlanFile): PlanColumn[] => file.columns.filter((one) => one.field === null && ["unmapped", "ignored", "left"].includes(one.how));

/** Required fields without a column, where no row came through: a value may be made of others, or be usual. */
function unfilled(file: PlanFile, entity: Entity): Field[] {
  if (file.rows === 0 || file.imported + file.changed + file.same > 0) return [];
  const filled = new Set(file.columns.map((one) => one.field));
  return entity.fields.filter((field) => field.required && !field.retired && !filled.has(field.name));
}

/** How far a column's meaning can be relied on, and why it was taken for that. */
function sureness(column: PlanColumn): { tag: string; kind: string; why: string } {
  switch (column.how) {
    case "map": return { tag: t("Certain"), kind: "tag-good", why: t("You said so.") };
    case "ignored": return { tag: t("Goes nowhere"), kind: "", why: t("You left it out.") };
    case "unmapped": return { tag: t("Goes nowhere"), kind: "tag-warn", why: t("No field fits it.") };
    case "left": return { tag: t("Goes nowhere"), kind: "", why: "" };
    case "values": return { tag: t("Guessed"), kind: "tag-warn", why: t("Only its values fit the field: look at it.") };
    case "preset": return { tag: t("Likely"), kind: "", why: t("The product that wrote the file means this by it.") };
    case "id": return { tag: t("Likely"), kind: "", why: t("It holds the number that each record has in the source.") };
    case "currency": return { tag: t("Likely"), kind: "", why: t("It holds the currency of amounts in other columns.") };
    case "part": return { tag: t("Likely"), kind: "", why: t("It is a part of a day that stands in several columns.") };
    case "name": return { tag: t("Likely"), kind: "", why: t("Its header is what the field is called.") };
  }
}

function attention({ file, creates }: PlanWish, entity: Entity): TemplateResult {
  const names = (all: PlanColumn[]): TemplateResult[] => all.map((one, at) => html`${at ? ", " : ""}<bdi>${one.header}</bdi>`);
  const guessed = file.columns.filter((one) => one.confidence === "guessed"), nowhere = lost(file), missing = creates ? unfilled(file, entity) : [];
  return html`${missing.map((field) => html`<ui5-message-strip class="import-missing" design="Negative" hide-close-button>${t("Nothing fills “{field}”, which every record of {entity} needs.", { field: field.label, entity: entity.plural })}</ui5-message-strip>`)}
    ${guessed.length ? html`<ui5-message-strip class="import-guessed" design="Critical" hide-close-button>${t("Guessed by values alone, look at them:")} ${names(guessed)}</ui5-message-strip>` : nothing}
    ${nowhere.length ? html`<ui5-message-strip class="import-nowhere" design="Information" hide-close-button>${t("Not taken in, these columns go nowhere:")} ${names(nowhere)}</ui5-message-strip>` : nothing}`;
}

function columnRow(wish: PlanWish, entity: Entity, fields: Field[], one: PlanColumn): TemplateResult {
  const { file, said, changed } = wish, sure = sureness(one);

  function say(field: string): void {
    const columns = said.columns.get(file.name) ?? new Map<string, string>();
    if (field !== "ignore") for (const [header, other] of columns) if (other === field) columns.set(header, "ignore");
    columns.set(one.header, field);
    said.columns.set(file.name, columns);
    changed();
  }

  const unknown = one.field !== null && one.field !== "id" && !fields.some((field) => field.name === one.field);
  return html`<tr>
    <td class="main" data-title=${t("Column")}><bdi>${one.header}</bdi></td>
    <td data-title=${t("Sample")}><bdi>${one.sample ?? "–"}</bdi></td>
    <td data-title=${t("Filled")} class="number">${formatNumber(one.filled)}</td>
    <td class="import-to" data-title=${t("Field")}>
      <ui5-select class="import-field" accessible-name=${t("Field for {column}", { column: one.header })} ?disabled=${wish.busy} @change=${(event: Event) => say(chosen(event))}>
        <ui5-option value="ignore" ?selected=${one.field === null}>${t("Not taken")}</ui5-option>
        <ui5-option value="id" ?selected=${one.field === "id"}>${t("Its number in the source")}</ui5-option>
        ${unknown ? html`<ui5-option value=${one.field ?? ""} selected>${one.field}</ui5-option>` : nothing}
        ${fields.map((field) => html`<ui5-option value=${field.name} ?selected=${field.name === one.field}>${field.label}</ui5-option>`)}
      </ui5-select>
      ${one.field === null && one.how === "unmapped" && mayDo("model") ? html`<ui5-button class="import-make" design="Transparent" ?disabled=${wish.busy} accessible-name=${t("Make a field for {column}", { column: one.header })} @click=${() => wish.make(entity, one)}>${t("Make a field")}</ui5-button>` : nothing}
    </td>
    <td data-title=${t("How sure")} class="import-sure"><span><span class=${`tag ${sure.kind}`}>${sure.tag}</span> <span class="muted">${[sure.why, one.holds && t("It looks like {what}.", { what: one.holds }), one.note].filter(Boolean).join(" ")}</span></span></td>
  </tr>`;
}

export function planView(wish: PlanWish): TemplateResult {
  const { file, said, changed } = wish, entity = entityNamed(file.entity ?? "");
  const fields = (entity?.fields ?? []).filter((field) => !field.retired && field.may === "write");
  const targets = entities().filter((one) => !one.retired && mayDoTo(one, "import"));

  function retarget(name: string): void {
    said.entity.set(file.name, name);
    said.columns.delete(file.name);
    changed();
  }

  return html`<section class="import-file">
    <div class="import-file-head">
      <h3><bdi>${file.name}</bdi></h3>
      <span class="muted">${[tn("{count} row", "{count} rows", file.rows), file.encoding ?? ""].filter(Boolean).join(between())}</span>
      <ui5-select accessible-name=${t("What the rows of {file} are", { file: file.name })} ?disabled=${wish.busy} @change=${(event: Event) => retarget(chosen(event))}>
        <ui5-option value="ignore" ?selected=${!entity}>${t("Not taken")}</ui5-option>
        ${targets.map((one) => html`<ui5-option value=${one.name} ?selected=${one === entity}>${one.plural}</ui5-option>`)}
      </ui5-select>
    </div>
    ${file.why_not ? html`<p class="muted">${file.why_not}</p>` : nothing}
    ${entity
      ? html`${attention(wish, entity)}
          <div class="table-place">
            <table class="table import-columns">
              <thead><tr><th scope="col">${t("Column")}</th><th scope="col">${t("Sample")}</th><th scope="col">${t("Filled")}</th><th scope="col">${t("Field")}</th><th scope="col">${t("How sure")}</th></tr></thead>
              <tbody>${file.columns.map((one) => columnRow(wish, entity, fields, one))}</tbody>
            </table>
          </div>`
      : nothing}
  </section>`;
}
