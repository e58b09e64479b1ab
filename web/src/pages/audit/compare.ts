// Two audits side by side, mark by mark and control by control: another system beside one's own records, or any two that are kept.
import { html, nothing, type TemplateResult } from "lit-html";
import { get } from "../../api/http";
import { go, href, type Context, type Page } from "../../app/router";
import { formatPercent } from "../../i18n/format";
import { t } from "../../i18n/text";
import { empty, nextStep } from "../../ui/states";
import { table } from "../../ui/table";
import { sideChoice, sidesOf, unlisted, type Side } from "./compare_sides";
import type { OutcomeWord } from "./data";
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

/** One side, and what came of it. */
interface Half {
  side: Side;
  /** What its columns are called. */
  name: string;
  report: Report;
}

interface Both {
  sides: readonly Side[];
  left: Half;
  right: Half;
  /** What controls are called by the reader: a file's report speaks the language of who sent it. */
  titles: ReadonlyMap<string, string>;
}

interface Pair {
  left: Asked;
  right: Asked;
}

const ran = (one: Asked | undefined): one is Asked => one !== undefined && (one.outcome === "pass" || one.outcome === "fail" || one.outcome === "waived");

/** Controls that were asked of both, the widest gap first. */
function pairs(left: Report, right: Report): Pair[] {
  const of = new Map(right.findings.map((one) => [one.control, one]));
  const gap = (one: Pair): number => Math.abs((one.left.share ?? 0) - (one.right.share ?? 0));
  return left.findings
    .map((one) => ({ left: one, right: of.get(one.control) }))
    .filter((one): one is Pair => ran(one.left) && ran(one.right) && (one.left.outcome !== "pass" || one.right.outcome !== "pass"))
    .sort((a, b) => gap(b) - gap(a));
}

const markCell = (mark: Mark | undefined): TemplateResult => html`<span class="mark-pair">${letterView(mark?.letter ?? null)} ${mark === undefined || mark.score === null ? "–" : figure(mark.score)}</span>`;
const difference = (left: Mark | undefined, right: Mark | undefined): TemplateResult | string =>
  left === undefined || right === undefined || left.score === null || right.score === null ? "–" : figure(left.score) === figure(right.score) ? t("alike") : changeView(left.score, right.score);
const shareCell = (one: Asked): TemplateResult => html`<span class="tag ${one.outcome === "fail" ? "tag-bad" : "tag-good"}">${outcomeName(one.outcome)}</span> ${one.share === null ? nothing : formatPercent(one.share)}`;

function marks({ left, right }: Both): TemplateResult {
  const named = (half: Half, name: string): Mark | undefined => half.report.areas.find((one) => one.name === name);
  const names = [...new Set([...left.report.areas, ...right.report.areas].map((one) => one.name ?? ""))];
  const rows = [{ name: t("Overall"), left: left.report.mark as Mark | undefined, right: right.report.mark as Mark | undefined }, ...names.map((name) => ({ name: areaName(name), left: named(left, name), right: named(right, name) }))];
  return table(
    t("Marks"),
    [
      { title: t("Area"), main: true, cell: (one) => one.name },
      { title: left.name, cell: (one) => markCell(one.left) },
      { title: right.name, cell: (one) => markCell(one.right) },
      { title: left.side.name === right.side.name ? t("Difference") : t("{name} is", { name: left.name }), cell: (one) => difference(one.left, one.right) },
    ],
    rows,
  );
}

function controls({ left, right, titles }: Both): TemplateResult {
  const asked = pairs(left.report, right.report), title = t("Controls asked of both, the widest gap first");
  return html`<section class="stack">
    <h2>${title}</h2>
    ${asked.length
      ? table(
          title,
          [
            { title: t("Control"), main: true, cell: (one) => titles.get(one.left.control) ?? one.left.title },
            { title: left.name, cell: (one) => shareCell(one.left) },
            { title: right.name, cell: (one) => shareCell(one.right) },
          ],
          asked,
        )
      : empty(t("Nothing differs"), t("No control that was asked of both failed in either."))}
  </section>`;
}

/** Which are meant: those of the address; else the newest of the workspace, and the newest of another system, or the one before. */
function chosenOf(sides: readonly Side[], query: URLSearchParams): [Side, Side] | undefined {
  const named = (name: "left" | "right"): Side | undefined => {
    const key = query.get(name);
    return key ? (sides.find((one) => one.key === key) ?? unlisted(key)) : undefined;
  };
  const right = named("right");
  const left = named("left") ?? sides.find((one) => one.own && one.key !== right?.key) ?? sides.find((one) => one.key !== right?.key);
  const other = right ?? sides.find((one) => !one.own && one.key !== left?.key) ?? sides.find((one) => one.key !== left?.key);
  return left && other ? [left, other] : undefined;
}

export function openCompare(context: Context): Page {
  let title = "";
  const half = async (side: Side, other: Side): Promise<Half> => {
    const report = await get<Report>(side.report, undefined, context.signal);
    const known = side.group ? side : { ...side, name: report.title, text: report.title };
    return { side: known, name: known.name === other.name ? known.text : known.name, report };
  };
  const to = (left: Side, right: Side): void => go(href("/audit/compare", { left: left.key, right: right.key }).slice(1));
  return room<Both | null>(context, {
    title: () => title || t("Compare"),
    load: async () => {
      const sides = await sidesOf(context.signal), chosen = chosenOf(sides, context.query);
      if (!chosen) return null;
      const named = get<{ controls: { id: string; title: string }[] }>("/controls", undefined, context.signal);
      const [left, right, { controls: all }] = await Promise.all([half(chosen[0], chosen[1]), half(chosen[1], chosen[0]), named]);
      title = left.side.name === right.side.name ? t("Compare two audits") : t("{left} and {right}", { left: left.name, right: right.name });
      return { sides, left, right, titles: new Map(all.map((one) => [one.id, one.title])) };
    },
    view: (both) => {
      if (!both) return empty(t("Nothing to compare yet"), t("Two audits stand side by side here: of this workspace, and of another system by its export."), nextStep(t("Audits"), "/audit"));
      const { sides, left, right } = both;
      return html`<div class="card filters compare-sides">
          ${sideChoice("compare-left", t("Compare this audit"), sides, left.side, (side) => to(side, right.side))}
          ${sideChoice("compare-right", t("With this audit"), sides, right.side, (side) => to(left.side, side))}
        </div>
        ${left.side.key === right.side.key ? empty(t("Both are the same"), t("Choose another audit on one of the sides.")) : html`${marks(both)} ${controls(both)}`}`;
    },
  });
}
