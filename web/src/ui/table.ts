// A plain table of what is not many: on a phone each row is a card with its headings. Long lists of records have a list of their own.
import { html, nothing, type TemplateResult } from "lit-html";
import { t } from "../i18n/text";

export interface Column<T> {
  title: string;
  cell: (row: T) => unknown;
  /** Numbers stand at the end of the line. */
  number?: boolean;
  /** The heading of the card on a phone: without its title. */
  main?: boolean;
}

export function table<T>(label: string, columns: readonly Column<T>[], rows: readonly T[], more?: { rowClass?: (row: T) => string }): TemplateResult {
  return html`<div class="table-place" role="group" aria-label=${label} tabindex="0">
    <table class="table">
      <caption class="visually-hidden">${label}</caption>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col" class=${column.number ? "number" : nothing}>${column.title || html`<span class="visually-hidden">${t("What can be done")}</span>`}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr class=${more?.rowClass?.(row) ?? nothing}>
              ${columns.map(
                (column) => html`<td data-title=${column.main ? nothing : column.title} class=${column.number ? "number" : column.main ? "main" : nothing}>${column.cell(row)}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
