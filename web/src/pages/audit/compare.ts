// Another system beside one's own records: the audit of a file that was sent, once or by a plan, and one of the workspace, mark by mark and control by control.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import { get } from "../../api/http";
import { go, href, type Context, type Page } from "../../app/router";
import { formatInstant, formatPercent } from "../../i18n/format";
import { t } from "../../i18n/text";
import { empty } from "../../ui/states";
import { table } from "../../ui/table";
import type { AuditRun, OutcomeWord } from "./data";
import { changeView, figure, letterView } from "./mark";
import { room } from "./rooms";
import { areaName, outcomeName } from "./words";

interface Mark {
  name?: string;
  score: number | null;
  letter: string | null;
}

interface Asked {
  control: string;
  area: string;
  title: string;
  outcome: OutcomeWord;
  share: number | null;
}

/** As much of report.json as is compared (doc/schema/report-1.json). */
interface Report {
  title: string;
  mark: Mark;
  areas: Mark[];
  findings: Asked[];
}

interface Both {
  there: Report;
  here: Report | undefined;
  audits: AuditRun[];
  with: number;
}

interface Pair {
  here: Asked;
  there: Asked;
}

const ran = (one: Asked | undefined): one is Asked => one !== undefined && (one.outcome === "pass" || one.outcome === "fail" || one.outcome === "waived");

/** Controls that were asked of both, the widest gap first. */
function pairs(here: Report, there: Report): Pair[] {
  const of = new Map(there.findings.map((one) => [one.control, one]));
  const gap = (one: Pair): number => Math.abs((one.here.share ?? 0) - (one.there.share ?? 0));
  return here.findings
    .map((one) => ({ here: one, there: of.get(one.control) }))
    .filter((one): one is Pair => ran(one.here) && ran(one.there) && (one.here.outcome !== "pass" || one.there.outcome !== "pass"))
    .sort((a, b) => gap(b) - gap(a));
}

const markCell = (mark: Mark | undefined): TemplateResult => html`<span class="mark-pair">${letterView(mark?.letter ?? null)} ${mark === undefined || mark.score === null ? "–" : figure(mark.score)}</span>`;
const difference = (here: Mark | undefined, there: Mark | undefined): TemplateResult | string =>
  here === undefined || there === undefined || here.score === null || there.score === null ? "–" : figure(here.score) === figure(there.score) ? t("alike") : changeView(here.score, there.score);
const shareCell = (one: Asked): TemplateResult => html`<span class="tag ${one.outcome === "fail" ? "tag-bad" : "tag-good"}">${outcomeName(one.outcome)}</span> ${one.share === null ? nothing : formatPercent(one.share)}`;

function marks(here: Report, there: Report): TemplateResult {
  const names = [...new Set([...here.areas, ...there.areas].map((one) => one.name ?? ""))];
  const rows = [{ name: t("Overall"), here: here.mark as Mark | undefined, there: there.mark as Mark | undefined }, ...names.map((name) => ({ name: areaName(name), here: here.areas.find((one) => one.name === name), there: there.areas.find((one) => one.name === name) }))];
  return table(
    t("Marks"),
    [
      { title: t("Area"), main: true, cell: (one) => one.name },
      { title: t("This workspace"), cell: (one) => markCell(one.here) },
      { title: there.title, cell: (one) => markCell(one.there) },
      { title: t("This workspace is"), cell: (one) => difference(one.here, one.there) },
    ],
    rows,
  );
}

export function openCompare(context: Context): Page {
  const job = encodeURIComponent(context.parts.job ?? "");
  const kept = /^audit-(\d+)$/.exec(job)?.[1]; // of a plan: its reports stay; others are files of a job
  let title = "";
  return room<Both>(context, {
    title: () => (title ? t("This workspace and {other}", { other: title }) : t("Compare")),
    load: async () => {
      const [there, { audits }] = await Promise.all([get<Report>(kept ? `/audits/${kept}/reports/json` : `/jobs/${job}/files/report.json`, undefined, context.signal), get<{ audits: AuditRun[] }>("/audits", { limit: 50 }, context.signal)]);
      const whole = audits.filter((one) => one.own && one.plan === null), chosen = whole.find((one) => String(one.audit) === context.query.get("with")) ?? whole[0];
      const here = chosen ? await get<Report>(`/audits/${chosen.audit}/reports/json`, undefined, context.signal) : undefined;
      title = there.title;
      return { there, here, audits: whole, with: chosen?.audit ?? 0 };
    },
    view: ({ there, here, audits, with: chosen }) => {
      if (!here) return empty(t("No audit yet"), t("Audit this workspace first: then both stand side by side."), html`<a href=${href("/audit")}>${t("Audit")}</a>`);
      const asked = pairs(here, there);
      return html`<div class="card filters">
          <div class="field">
            <ui5-label for="compare-with" show-colon>${t("Audit of this workspace")}</ui5-label>
            <ui5-select id="compare-with" @change=${(event: Event) => go(href(`/audit/compare/${job}`, { with: (event.target as Select).selectedOption?.getAttribute("data-value") ?? "" }).slice(1))}>
              ${audits.map((one) => html`<ui5-option data-value=${one.audit} ?selected=${one.audit === chosen}>${formatInstant(one.at)}</ui5-option>`)}
            </ui5-select>
          </div>
        </div>
        ${marks(here, there)}
        <section class="stack">
          <h2>${t("Controls asked of both, the widest gap first")}</h2>
          ${asked.length
            ? table(
                t("Controls asked of both, the widest gap first"),
                [
                  { title: t("Control"), main: true, cell: (one) => one.here.title },
                  { title: t("This workspace"), cell: (one) => shareCell(one.here) },
                  { title: there.title, cell: (one) => shareCell(one.there) },
                ],
                asked,
              )
            : empty(t("Nothing differs"), t("No control that was asked of both failed in either."))}
        </section>`;
    },
  });
}
