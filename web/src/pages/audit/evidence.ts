// The evidence of a finding: the records that failed, as they are now, and what the audit said of each.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import { get } from "../../api/http";
import type { Entity, Field, RecordJson } from "../../api/types";
import { href } from "../../app/router";
import { entityNamed } from "../../app/session";
import { formatNumber } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { Part } from "../../ui/part";
import { table, type Column } from "../../ui/table";
import { recordTitle, valueView } from "../../ui/value";
import type { Story } from "./data";

interface Row {
  record?: RecordJson;
  key: string | null;
  field: string | null;
  field_label: string | null;
  problem: string;
  value: string | null;
  other: string | null;
  suggestion: string | null;
  hidden: boolean;
}

interface Page {
  audit: number;
  entity: string | null;
  failing: number;
  kept: number;
  fields: { name: string; label: string }[];
  rows: Row[];
  next: number | null;
}

/** Which record it is, leading to it; of what is no record (any more) what is known of it. */
function whichView(entity: Entity | undefined, row: Row): TemplateResult | string {
  if (row.record && entity) return html`<a href=${href(`/${entity.path}/${row.record.id}`)}><bdi>${recordTitle(entity, row.record)}</bdi></a> ${row.record.deleted ? html`<span class="tag">${t("deleted")}</span>` : nothing}`;
  if (row.hidden && !row.record) return html`<span class="muted">${t("A record that is gone")}</span>`;
  return row.field_label ?? row.field ?? row.key ?? "–";
}

function columns(page: Page): Column<Row>[] {
  const entity = page.entity ? entityNamed(page.entity) : undefined;
  const some = (has: (row: Row) => unknown): boolean => page.rows.some(has);
  const shown = page.fields
    .map((one) => entity?.fields.find((field) => field.name === one.name))
    .filter((field): field is Field => field !== undefined && !entity?.title.includes(field.name) && some((row) => row.record?.fields[field.name] != null));
  const own = shown.map((field): Column<Row> => ({ title: field.label, cell: (row) => (row.record ? valueView(field, row.record.fields[field.name] ?? null, row.record) || "–" : "–") }));
  return [
    { title: t("Record"), main: true, cell: (row) => whichView(entity, row) },
    ...own,
    { title: t("What is wrong"), cell: (row) => row.problem },
    ...(some((row) => row.suggestion) ? [{ title: t("Suggestion"), cell: (row: Row) => html`<bdi>${row.suggestion ?? "–"}</bdi>` }] : []),
  ];
}

/** The part of a finding's screen that shows them, page by page. */
export function evidence(story: Pick<Story, "finding" | "failing" | "state" | "proved">, update: () => void, signal: AbortSignal): () => TemplateResult {
  let more = false;
  const path = `/findings/${story.finding}/evidence`;
  const part = new Part<Page>(() => get<Page>(path, { limit: 25 }, signal), update);

  async function further(page: Page): Promise<void> {
    more = true;
    update();
    try {
      const next = await get<Page>(path, { limit: 100, after: page.next ?? undefined }, signal);
      part.data = { ...next, rows: [...page.rows, ...next.rows] };
    } catch (error) {
      part.failure = error;
    }
    more = false;
    update();
  }

  const foot = (page: Page): TemplateResult => html`
    ${page.next === null ? nothing : html`<div class="actions"><ui5-button ?disabled=${more} @click=${() => void further(page)}>${t("Show more")}</ui5-button></div>`}
    ${page.rows.length < page.kept && page.next === null ? html`<p class="muted">${t("Records that you may not see are left out.")}</p>` : nothing}
    ${page.kept < page.failing && page.kept > 0 ? html`<p class="muted">${t("The first {kept} of {failing} are kept; the reports of the audit list more.", { kept: formatNumber(page.kept), failing: formatNumber(page.failing) })}</p>` : nothing}`;

  const none = (): string =>
    story.state === "mended" && story.proved
      ? t("The last audit found nothing more of it.")
      : story.failing > 0
        ? t("Which records they are is kept from the next audit on.")
        : t("It is about the whole, not about single records.");

  return () => html`<section class="card stack">
    <h2>${t("Evidence")}</h2>
    ${part.view((page) =>
      page.kept === 0
        ? html`<p class="muted">${none()}</p>`
        : html`<p class="muted">${tn("One record failed in audit {audit}.", "{count} records failed in audit {audit}.", page.failing, { audit: page.audit })} ${t("Values are those of today; what is wrong is told as the audit found it, masked as in its reports.")}</p>
            ${page.rows.length ? table(t("Evidence"), columns(page), page.rows) : nothing} ${foot(page)}`,
    )}
  </section>`;
}
