// How a file was understood: which records its tables hold, and which column is which field. What people change goes back as a map.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import { entities, entityNamed, mayDoTo } from "../../app/session";
import { formatNumber } from "../../i18n/format";
import { t, tn } from "../../i18n/text";

export interface Reject {
  row: number;
  line: number;
  column: string | null;
  value: string | null;
  says: string;
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
  columns: { header: string; field: string | null; filled: number; sample: string | null; holds: string | null; note: string | null }[];
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

/** What a person said against how the file was understood. */
export interface Said {
  entity: Map<string, string>;
  columns: Map<string, Map<string, string>>;
}

export const nothingSaid = (): Said => ({ entity: new Map(), columns: new Map() });

/** The map, which the server reads as YAML: JSON is YAML. */
export function mapOf(said: Said): string | null {
  const files: Record<string, { entity?: string; columns?: Record<string, string> }> = {};
  for (const [file, entity] of said.entity) files[file] = { ...files[file], entity };
  for (const [file, columns] of said.columns) files[file] = { ...files[file], columns: Object.fromEntries(columns) };
  return Object.keys(files).length ? JSON.stringify({ files }) : null;
}

const chosen = (event: Event): string => (event.target as Select).selectedOption?.value ?? "";

/** `changed`: something else was said; the file is to be looked at anew. */
export function planView(file: PlanFile, said: Said, changed: () => void): TemplateResult {
  const entity = entityNamed(file.entity ?? "");
  const fields = (entity?.fields ?? []).filter((field) => !field.retired && field.may === "write");
  const targets = entities().filter((one) => !one.retired && mayDoTo(one, "import"));

  function say(header: string, field: string): void {
    const columns = said.columns.get(file.name) ?? new Map<string, string>();
    columns.set(header, field);
    said.columns.set(file.name, columns);
    changed();
  }

  function retarget(name: string): void {
    said.entity.set(file.name, name);
    said.columns.delete(file.name);
    changed();
  }

  const options = (now: string | null): TemplateResult => html`<ui5-option value="ignore" ?selected=${now === null}>${t("Not taken")}</ui5-option>
    ${now === "id" ? html`<ui5-option value="id" selected>${t("Its number in the source")}</ui5-option>` : nothing}
    ${now && now !== "id" && !fields.some((field) => field.name === now) ? html`<ui5-option value=${now} selected>${now}</ui5-option>` : nothing}
    ${fields.map((field) => html`<ui5-option value=${field.name} ?selected=${field.name === now}>${field.label}</ui5-option>`)}`;

  return html`<section class="import-file">
    <div class="import-file-head">
      <h3><bdi>${file.name}</bdi></h3>
      <span class="muted">${[tn("{count} row", "{count} rows", file.rows), file.encoding ?? ""].filter(Boolean).join(" · ")}</span>
      <ui5-select accessible-name=${t("What the rows of {file} are", { file: file.name })} @change=${(event: Event) => retarget(chosen(event))}>
        <ui5-option value="ignore" ?selected=${!entity}>${t("Not taken")}</ui5-option>
        ${targets.map((one) => html`<ui5-option value=${one.name} ?selected=${one === entity}>${one.plural}</ui5-option>`)}
      </ui5-select>
    </div>
    ${file.why_not ? html`<p class="muted">${file.why_not}</p>` : nothing}
    ${entity
      ? html`<div class="table-place">
          <table class="table">
            <thead><tr><th scope="col">${t("Column")}</th><th scope="col">${t("Sample")}</th><th scope="col">${t("Filled")}</th><th scope="col">${t("Field")}</th><th scope="col">${t("How it was known")}</th></tr></thead>
            <tbody>
              ${file.columns.map(
                (one) =>
                  html`<tr>
                    <td class="main" data-title=${t("Column")}><bdi>${one.header}</bdi></td><td data-title=${t("Sample")}><bdi>${one.sample ?? "–"}</bdi></td><td data-title=${t("Filled")} class="number">${formatNumber(one.filled)}</td>
                    <td data-title=${t("Field")}><ui5-select class="import-field" accessible-name=${t("Field for {column}", { column: one.header })} @change=${(event: Event) => say(one.header, chosen(event))}>${options(one.field)}</ui5-select></td>
                    <td data-title=${t("How it was known")} class="muted">${[one.holds, one.note].filter(Boolean).join(" · ")}</td>
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>`
      : nothing}
  </section>`;
}
