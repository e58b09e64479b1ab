// Audits: the last mark, how it went over time, and beginning another one.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Link.js";
import { get } from "../../api/http";
import { go, href, type Context, type Page } from "../../app/router";
import { mayBegin } from "../../app/session";
import { between, formatDay, formatInstant, formatNumber } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { chart } from "../../ui/chart";
import { dropPlace, exportForms } from "../../ui/drop";
import { Part } from "../../ui/part";
import { problemStrip } from "../../ui/problem";
import { empty, nextStep } from "../../ui/states";
import { table } from "../../ui/table";
import type { AuditRun } from "./data";
import { figure, letterView, markView } from "./mark";
import { room } from "./rooms";
import { filesView, recentFiles } from "./files";
import { running } from "./run";

const shown = 12; // in the chart

function trend(audits: readonly AuditRun[]): TemplateResult | typeof nothing {
  const marked = audits.filter((one) => one.mark !== null && one.plan === null).slice(0, shown).reverse();
  if (marked.length < 2) return html`<p class="muted">${t("After the second audit its trend is shown here.")}</p>`;
  return html`${chart({
    label: t("Marks of the audits"),
    of: t("Audit"),
    categories: marked.map((one) => formatDay(one.as_of)),
    series: [{ name: t("Mark"), values: marked.map((one) => one.mark), kind: "line", colour: "plain" }],
    most: 100,
    chosen: (at) => go(`/audit/${marked[at]?.audit ?? ""}`),
  })}`;
}

function last(audits: readonly AuditRun[]): TemplateResult {
  const whole = audits.filter((one) => one.plan === null); // one of a plan asks a part: its mark is no step of the same way
  const now = whole[0] ?? audits.find((one) => one.own), before = whole[1];
  if (!now) return html``;
  return html`<section class="card">
    <h2>${t("Last audit")}</h2>
    ${markView(now.letter, now.mark, before?.mark ?? undefined)}
    <p>
      ${formatInstant(now.at)}${now.controls ? html`${between()}${tn("One control failed.", "{count} controls failed.", now.failed)}` : nothing}
      <ui5-link href=${href(`/audit/${now.audit}`)}>${t("See the result")}</ui5-link>
    </p>
  </section>`;
}

interface Listed {
  audits: AuditRun[];
  next: number | null;
}

export function openAudits(context: Context): Page {
  const run = running(context.update, context.signal);

  async function start(): Promise<void> {
    const audit = await run.ofWorkspace();
    if (audit !== undefined) go(`/audit/${audit}`);
  }

  const another = (): TemplateResult => html`<section class="stack">
    <h2>${t("Audit another system")}</h2>
    ${dropPlace({
      title: t("Drop its export here, or choose it"),
      says: t("CSV, Excel (XLSX), JSON, vCard, or a ZIP of them. It is looked at apart from your own records and forgotten after a day."),
      accept: exportForms,
      disabled: run.busy(),
      take: (file) => void run.ofFile(file),
    })}
  </section>`;

  const recent = new Part(() => recentFiles(context.signal), context.update);
  let more = false, failure: unknown;

  async function older(listed: Listed): Promise<void> {
    more = true;
    context.update();
    try {
      const next = await get<Listed>("/audits", { limit: 50, below: listed.next ?? undefined }, context.signal);
      listed.audits.push(...next.audits);
      listed.next = next.next;
    } catch (error) {
      failure = error;
    }
    more = false;
    context.update();
  }

  return room<Listed>(context, {
    title: () => t("Audit"),
    load: () => get("/audits", { limit: 50 }, context.signal),
    ...(mayBegin("audit") ? { actions: () => html`<ui5-button design="Emphasized" ?disabled=${run.busy()} @click=${() => void start()}>${t("Audit this workspace")}</ui5-button>` } : {}),
    view: (listed) => {
      const { audits } = listed;
      return html`${run.view()}
      ${audits.length === 0
        ? empty(t("No audit yet"), t("An audit says what is wrong with the records, why it matters and what to do first. It changes nothing."), mayBegin("audit") ? nextStep(t("Audit this workspace"), () => void start()) : undefined)
        : html`<div class="audit-two">
            ${last(audits)}
            <section class="card"><h2>${t("Over time")}</h2>${trend(audits)}</section>
          </div>`}
      ${mayBegin("audit") ? another() : nothing} ${recent.denied ? nothing : recent.view((files) => filesView(files), 1)}
      ${audits.length
        ? html`<section class="stack">
            <div class="page-head">
              <h2>${t("All audits")}</h2>
              ${audits.length > 1 ? html`<div class="actions"><ui5-link class="audits-compare" href=${href("/audit/compare")}>${t("Compare two audits")}</ui5-link></div>` : nothing}
            </div>
            ${table(
              t("All audits"),
              [
                { title: t("Audit"), main: true, cell: (one) => html`<ui5-link href=${href(`/audit/${one.audit}`)}>${t("Audit {number}", { number: one.audit })}</ui5-link> ${one.own ? nothing : html`<span class="tag">${t("another system")}</span>`}` },
                { title: t("When"), cell: (one) => formatInstant(one.at) },
                { title: t("Mark"), cell: (one) => html`${letterView(one.letter)} ${one.mark === null ? "–" : figure(one.mark)}` },
                { title: t("Records"), number: true, cell: (one) => (one.controls ? formatNumber(one.records) : "–") },
                { title: t("Failed"), number: true, cell: (one) => (one.controls ? formatNumber(one.failed) : "–") },
                { title: t("By whom"), cell: (one) => one.by },
              ],
              audits,
            )}
            ${problemStrip(failure)}
            ${listed.next === null ? nothing : html`<div class="actions"><ui5-button ?disabled=${more} @click=${() => void older(listed)}>${t("Show older audits")}</ui5-button></div>`}
          </section>`
        : nothing}`;
    },
  });
}
