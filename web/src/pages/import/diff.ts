// What an import would do, row by row and cell by cell: in pages, only what changes stands out.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import { get } from "../../api/http";
import type { Context } from "../../app/router";
import { between, formatNumber } from "../../i18n/format";
import { t } from "../../i18n/text";
import { problemStrip } from "../../ui/problem";
import { loading } from "../../ui/states";
import type { Reject } from "./plan";

interface Row {
  outcome: "new" | "changed" | "same" | "merged_away" | "refused";
  file: string;
  row: number;
  line: number;
  called: string | null;
  changes: { field: string; label: string; old: string | null; new: string | null; masked: boolean }[];
  problems: Reject[];
}

export function openDiff(context: Context, id: string, first: string): { view(counts: Record<string, number>): TemplateResult } {
  let rows: Row[] | undefined;
  let next: string | null = null;
  let outcome = first;
  let failure: unknown;
  let turn = 0;

  async function load(cursor: string | null): Promise<void> {
    const mine = ++turn;
    failure = undefined;
    if (cursor === null) rows = undefined;
    context.update();
    try {
      const page = await get<{ rows: Row[]; next: string | null }>(`/imports/${id}/diff`, { limit: 50, ...(outcome ? { outcome } : {}), ...(cursor === null ? {} : { cursor }) }, context.signal);
      if (mine !== turn) return;
      rows = [...(rows ?? []), ...page.rows];
      next = page.next;
    } catch (error) {
      if (mine === turn && !context.signal.aborted) failure = error;
    }
    context.update();
  }

  const words: Record<Row["outcome"], string> = { new: t("New"), changed: t("Changed"), same: t("As it is"), merged_away: t("Merged away"), refused: t("Refused") };
  const tags: Record<Row["outcome"], string> = { new: "tag-good", changed: "tag-warn", same: "", merged_away: "", refused: "tag-bad" };

  function cells(row: Row): TemplateResult {
    if (row.outcome === "refused")
      return html`<ul class="diff-cells">
        ${row.problems.map((one) => html`<li>${one.column ? html`<span class="muted">${one.column}</span>` : nothing}<span class="form-problem">${one.says}</span></li>`)}
      </ul>`;
    if (row.changes.length === 0) return html`<span class="muted">${row.outcome === "new" ? t("A new record") : "–"}</span>`;
    return html`<ul class="diff-cells">
      ${row.changes.map(
        (one) =>
          html`<li><span class="muted">${one.label}</span>
            ${one.old !== null ? html`<del><bdi>${one.old}</bdi></del><span class="arrow" aria-hidden="true"></span><span class="visually-hidden">${t("became")}</span>` : nothing}
            ${one.new === null ? html`<em>${one.masked ? t("hidden") : t("emptied")}</em>` : html`<ins><bdi>${one.new}</bdi></ins>`}</li>`,
      )}
    </ul>`;
  }

  void load(null);
  return {
    view: (counts) => {
      const chip = (one: string, text: string): TemplateResult =>
        html`<button type="button" class="chip" aria-pressed=${outcome === one} @click=${() => ((outcome = one), void load(null))}>${text}</button>`;
      return html`<div class="chips" role="group" aria-label=${t("Which rows")}>
          ${chip("", t("All rows"))} ${(Object.keys(words) as Row["outcome"][]).filter((one) => counts[one]).map((one) => chip(one, `${words[one]}${between()}${formatNumber(counts[one] ?? 0)}`))}
        </div>
        ${failure !== undefined ? problemStrip(failure, () => void load(next)) : nothing}
        ${rows
          ? html`<div class="table-place">
              <table class="table diff-table">
                <thead><tr><th scope="col">${t("Row")}</th><th scope="col">${t("Outcome")}</th><th scope="col">${t("Record")}</th><th scope="col">${t("What it does")}</th></tr></thead>
                <tbody>
                  ${rows.map(
                    (row) =>
                      html`<tr><td data-title=${t("Row")} class="number">${formatNumber(row.row)}</td><td data-title=${t("Outcome")}><span class=${`tag ${tags[row.outcome]}`}>${words[row.outcome]}</span></td>
                        <td data-title=${t("Record")}><bdi>${row.called ?? ""}</bdi></td><td>${cells(row)}</td></tr>`,
                  )}
                </tbody>
              </table>
            </div>`
          : failure === undefined
            ? loading(5)
            : nothing}
        ${rows?.length === 0 ? html`<p class="muted">${t("No row of this kind.")}</p>` : nothing}
        ${rows && next !== null ? html`<ui5-button design="Transparent" @click=${() => load(next)}>${t("Show more")}</ui5-button>` : nothing}`;
    },
  };
}
