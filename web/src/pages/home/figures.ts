// Figures of the house on the home page: the pipeline, what was won, cases that come and go, the audit's mark.
import { html, nothing, type TemplateResult } from "lit-html";
import type { Entity } from "../../api/types";
import { href } from "../../app/router";
import { entityNamed, mayDoTo } from "../../app/session";
import { formatMoney, formatMonth, formatNumber } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { bars, columns } from "../../ui/bars";
import { choiceLabel } from "../../ui/value";
import { readGroups, sumOf, type Group, type Groups, type Mark } from "./data";
import { markView } from "../audit/mark";

const months = 12;

export function fieldsThere(name: string, ...fields: string[]): Entity | undefined {
  const entity = entityNamed(name);
  return entity && !entity.retired && mayDoTo(entity, "report") && fields.every((field) => entity.fields.some((one) => one.name === field && one.may !== "masked")) ? entity : undefined;
}

// ---- pipeline ----

export const readPipeline = (entity: Entity, signal: AbortSignal): Promise<Groups> =>
  readGroups(entity, { by: "stage", measure: entity.fields.some((one) => one.name === "amount") ? "count,sum:amount" : "count" }, signal);

function amountText(group: Group): string {
  const sum = sumOf(group, "sum:amount");
  if (!sum || Number(sum.amount) === 0) return "";
  const amount = Number(sum.amount);
  return sum.currency ? formatMoney(amount, sum.currency) : formatNumber(amount, { notation: "compact", maximumFractionDigits: 1 });
}

export function pipelineView(entity: Entity, told: Groups): TemplateResult | typeof nothing {
  const field = entity.fields.find((one) => one.name === "stage");
  if (told.total === 0) return html`<p class="home-calm">${t("No deal yet. As soon as there are some, their stages are shown here.")}</p>`;
  const groups = told.groups.filter((group) => group.keys[0]?.value != null);
  const names = groups.map((group) => (field ? choiceLabel(field, group.keys[0]?.value ?? "") : (group.keys[0]?.value ?? "")));
  const sums = groups.map(amountText);
  return bars({
    label: t("{what} by stage", { what: entity.plural }),
    lines: groups.map((group, at) => ({ name: names[at] ?? "", more: sums[at] ?? "", value: group.count, address: href(`/${entity.path}?filter=${encodeURIComponent(group.filter ?? "")}`) })),
  });
}

// ---- by month ----

export interface MonthLine {
  name: string;
  groups: Groups;
}

const byMonth = (entity: Entity, field: string, signal: AbortSignal, filter?: string, measure = "count"): Promise<Groups> =>
  readGroups(entity, { by: field, period: "month", measure, ...(filter ? { filter } : {}) }, signal);

export const readWon = async (entity: Entity, signal: AbortSignal): Promise<MonthLine[]> => [
  { name: t("Won"), groups: await byMonth(entity, "closed_on", signal, "stage = 'Won'") },
  { name: t("Lost"), groups: await byMonth(entity, "closed_on", signal, "stage = 'Lost'") },
];

export const readCases = async (entity: Entity, signal: AbortSignal): Promise<MonthLine[]> => [
  { name: t("Begun"), groups: await byMonth(entity, "opened_on", signal) },
  { name: t("Closed"), groups: await byMonth(entity, "closed_on", signal) },
];

/** The newest months of any of the lines, those between without an entry too. */
function newestMonths(lines: readonly MonthLine[]): string[] {
  const all = lines.flatMap((line) => line.groups.groups.map((group) => group.keys[0]?.value)).filter((month): month is string => /^\d{4}-\d{2}$/.test(month ?? ""));
  const last = all.sort().at(-1), first = all[0];
  if (!last || !first) return [];
  const [year = 0, month = 1] = last.split("-").map(Number);
  const wanted = Array.from({ length: months }, (_, back) => new Date(Date.UTC(year, month - months + back, 1)).toISOString().slice(0, 7));
  return wanted.filter((one) => one >= first);
}

export function monthsView(label: string, lines: readonly MonthLine[], colours: readonly ("good" | "bad" | "plain" | "warn")[]): TemplateResult | typeof nothing {
  const shown = newestMonths(lines);
  if (shown.length === 0) return html`<p class="home-calm">${t("Nothing to show yet.")}</p>`;
  return columns({
    label, of: t("Month"), categories: shown.map((month) => formatMonth(`${month}-01`)),
    series: lines.map((line, at) => ({
      name: line.name, colour: colours[at] ?? "plain",
      values: shown.map((month) => line.groups.groups.find((group) => group.keys[0]?.value === month)?.count ?? 0),
    })),
  });
}

// ---- the audit ----

export function auditView(trend: readonly Mark[]): TemplateResult {
  const last = trend.at(-1), before = trend.at(-2);
  if (!last) return html`<p class="home-calm">${t("There was no audit yet.")} <a href=${href("/audit")}>${t("Start the first one")}</a></p>`;
  return html`${markView(last.letter, last.mark, before?.mark ?? undefined)}
    <p>${tn("{count} control failed", "{count} controls failed", last.failed)}</p>
    <a class="more" href=${href(`/audit/${last.audit}`)}>${t("What it found")}</a>`;
}
