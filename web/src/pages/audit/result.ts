// The result of an audit: its mark, what to do first, every control with what came of it, and against an earlier one.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Link.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import { get } from "../../api/http";
import { href, type Context, type Page } from "../../app/router";
import { entityNamed } from "../../app/session";
import { between, formatDigits, formatInstant, formatNumber, formatPercent } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { chart } from "../../ui/chart";
import { download } from "../../ui/download";
import { problemStrip } from "../../ui/problem";
import { empty, nextStep } from "../../ui/states";
import { byWeight, type Audit, type AuditRun, type Control, type Outcome, type OutcomeWord } from "./data";
import { markView } from "./mark";
import { room } from "./rooms";
import { areaName, gradeTag, outcomeName, outcomes, outcomeTag } from "./words";

interface Whole {
  audit: Audit;
  controls: Map<string, Control>;
  audits: AuditRun[];
}

/** `CON-NEAR-NAME/opportunity.product` is a control asked for one field. */
const controlOf = (whole: Whole, outcome: Outcome): Control | undefined => whole.controls.get(outcome.control) ?? whole.controls.get(outcome.control.split("/")[0] ?? "");
const titleOf = (whole: Whole, outcome: Outcome): string => controlOf(whole, outcome)?.title ?? outcome.control;
const shareOf = (outcome: Outcome): number => (outcome.population > 0 ? outcome.failing / outcome.population : 0);

function counted(outcome: Outcome): string {
  return t("{failing} of {population} ({share})", { failing: outcome.failing, population: outcome.population, share: formatPercent(shareOf(outcome), 1) });
}

function first(whole: Whole): TemplateResult {
  const failed = whole.audit.outcomes.filter((one) => one.outcome === "fail").sort(byWeight).slice(0, 5);
  return html`<section class="card">
    <h2>${t("What to do first")}</h2>
    ${failed.length
      ? html`<ol class="audit-first">
          ${failed.map((one) => html`<li><strong>${titleOf(whole, one)}</strong> ${gradeTag(one.grade)} <span class="muted">${counted(one)}</span><div>${controlOf(whole, one)?.remedy ?? ""}</div></li>`)}
        </ol>`
      : html`<p>${t("Nothing failed: keep it so.")}</p>`}
  </section>`;
}

function areas(whole: Whole): TemplateResult {
  const names = [...new Set(whole.audit.outcomes.map((one) => one.area))];
  const count = (area: string, outcome: OutcomeWord): number => whole.audit.outcomes.filter((one) => one.area === area && one.outcome === outcome).length;
  const asked = names.filter((area) => count(area, "pass") + count(area, "fail") + count(area, "could_not_run") > 0);
  return html`<section class="card">
    <h2>${t("By area")}</h2>
    ${chart({
      label: t("Controls by area"),
      of: t("Area"),
      lying: true,
      categories: asked.map(areaName),
      series: [
        { name: t("Failed"), values: asked.map((area) => count(area, "fail")), colour: "bad", stacked: true },
        { name: t("Could not be checked"), values: asked.map((area) => count(area, "could_not_run")), colour: "warn", stacked: true },
        { name: t("Passed"), values: asked.map((area) => count(area, "pass")), colour: "good", stacked: true },
      ],
    })}
  </section>`;
}

function reports(audit: Audit, failed: (error: unknown) => void): TemplateResult {
  const forms = [["html", t("Report (HTML)")], ["pdf", "PDF"], ["xlsx", "Excel"], ["csv", "CSV"], ["json", "JSON"]] as const;
  return html`<div class="reports" role="group" aria-label=${t("Reports")}>
    ${forms.map(([form, text]) => html`<ui5-button @click=${() => void download(`/audits/${audit.audit}/reports/${form}`, `audit-${audit.audit}.${form}`).catch(failed)}>${text}</ui5-button>`)}
  </div>`;
}

function controlView(whole: Whole, outcome: Outcome): TemplateResult {
  const control = controlOf(whole, outcome);
  const entity = outcome.entity ? entityNamed(outcome.entity) : undefined;
  const line = (name: string, text: string | undefined | null): TemplateResult | typeof nothing => (text ? html`<dt>${name}</dt><dd>${text}</dd>` : nothing);
  return html`<details class="control">
    <summary>
      <span class="control-title">${titleOf(whole, outcome)}</span>${gradeTag(outcome.grade)}${outcomeTag(outcome.outcome)}
      ${outcome.outcome === "fail" ? html`<span class="muted">${counted(outcome)}</span>` : nothing}
    </summary>
    <div class="control-body">
      <dl>
        ${line(t("Reason"), outcome.reason)} ${line(t("Criterion"), control?.criterion)} ${line(t("Why it matters"), control?.why)}
        ${line(t("Cause"), control?.cause)} ${line(t("Effect"), control?.effect)} ${line(t("What to do"), control?.remedy)}
        ${outcome.fixable > 0 ? line(t("By itself"), tn("One of them could be mended by rule.", "{count} of them could be mended by rule.", outcome.fixable)) : nothing}
        ${entity ? html`<dt>${t("Records")}</dt><dd><ui5-link href=${href(`/${entity.path}`)}>${entity.plural}</ui5-link></dd>` : nothing}
        <dt>${t("Control")}</dt><dd class="mono">${outcome.control}</dd>
        ${control?.maps.length ? line(t("Standards"), control.maps.map((one) => `${one.standard.toUpperCase()} ${one.clause}`).join(", ")) : nothing}
      </dl>
    </div>
  </details>`;
}

interface Moved {
  outcome: Outcome;
  how: string;
  good: boolean;
}

/** What changed against an earlier audit: new, mended, better, worse. */
function moved(now: Audit, then: Audit): Moved[] {
  const before = new Map(then.outcomes.map((one) => [one.control, one]));
  const found: Moved[] = [];
  for (const outcome of now.outcomes) {
    const was = before.get(outcome.control);
    if (outcome.outcome === "fail" && was?.outcome !== "fail") found.push({ outcome, how: t("new"), good: false });
    else if (outcome.outcome === "pass" && was?.outcome === "fail") found.push({ outcome, how: t("mended"), good: true });
    else if (outcome.outcome === "fail" && was && shareOf(outcome) < shareOf(was)) found.push({ outcome, how: t("better"), good: true });
    else if (outcome.outcome === "fail" && was && shareOf(outcome) > shareOf(was)) found.push({ outcome, how: t("worse"), good: false });
    else if (was && was.outcome !== outcome.outcome) found.push({ outcome, how: t("{before} before, {now} now", { before: outcomeName(was.outcome), now: outcomeName(outcome.outcome) }), good: outcome.outcome === "pass" });
    before.delete(outcome.control);
  }
  for (const gone of before.values()) if (gone.outcome === "fail") found.push({ outcome: gone, how: t("not asked any more"), good: false });
  return found;
}

/** Of the same: the workspace, or another system by the same plan. */
const isEarlier = (one: AuditRun, now: AuditRun): boolean => one.audit < now.audit && one.own === now.own && (one.own || one.plan === now.plan);

export function openAudit(context: Context): Page {
  const number = context.parts.audit ?? "";
  let area = "", outcome: OutcomeWord | "" = "fail", other: Audit | undefined, failure: unknown;
  const refused = (error: unknown): void => {
    failure = error;
    context.update();
  };

  async function compare(to: string): Promise<void> {
    other = to ? await get<Audit>(`/audits/${to}`, undefined, context.signal) : undefined;
    context.update();
  }

  function comparison(whole: Whole): TemplateResult | typeof nothing {
    const earlier = whole.audits.filter((one) => isEarlier(one, whole.audit));
    if (earlier.length === 0) return nothing;
    const changes = other ? moved(whole.audit, other) : [];
    return html`<section class="card stack">
      <div class="page-head">
        <h2>${t("Against an earlier audit")}</h2>
        <div class="field">
          <ui5-label for="audit-other" class="visually-hidden">${t("Earlier audit")}</ui5-label>
          <ui5-select id="audit-other" @change=${(event: Event) => void compare((event.target as Select).selectedOption?.getAttribute("data-value") ?? "")}>
            <ui5-option data-value="">${t("Choose one")}</ui5-option>
            ${earlier.map((one) => html`<ui5-option data-value=${one.audit}>${formatInstant(one.at)}</ui5-option>`)}
          </ui5-select>
        </div>
      </div>
      ${other
        ? changes.length
          ? html`<ul class="plain-list">${changes.map((one) => html`<li><span class="tag ${one.good ? "tag-good" : "tag-bad"}">${one.how}</span> ${titleOf(whole, one.outcome)}</li>`)}</ul>`
          : html`<p>${t("Nothing changed.")}</p>`
        : nothing}
    </section>`;
  }

  function list(whole: Whole): TemplateResult {
    const names = [...new Set(whole.audit.outcomes.map((one) => one.area))];
    const fits = whole.audit.outcomes.filter((one) => (!area || one.area === area) && (!outcome || one.outcome === outcome)).sort(byWeight);
    const count = (word: OutcomeWord): number => whole.audit.outcomes.filter((one) => one.outcome === word && (!area || one.area === area)).length;
    return html`<section class="stack">
      <h2>${t("Controls")}</h2>
      <div class="filters">
        <div class="choose" role="group" aria-label=${t("Outcome")}>
          ${outcomes.map((word) => html`<button type="button" aria-pressed=${word === outcome} @click=${() => ((outcome = word === outcome ? "" : word), context.update())}>${outcomeName(word)}${between()}${formatNumber(count(word))}</button>`)}
        </div>
        <div class="field">
          <ui5-label for="audit-area" show-colon>${t("Area")}</ui5-label>
          <ui5-select id="audit-area" @change=${(event: Event) => ((area = (event.target as Select).selectedOption?.getAttribute("data-value") ?? ""), context.update())}>
            <ui5-option data-value="">${t("All")}</ui5-option>
            ${names.map((name) => html`<ui5-option data-value=${name} ?selected=${name === area}>${areaName(name)}</ui5-option>`)}
          </ui5-select>
        </div>
      </div>
      <div>${fits.length ? fits.map((one) => controlView(whole, one)) : empty(t("Nothing fits"), t("No control of this area came out so."), nextStep(t("Show all"), () => ((area = outcome = ""), context.update())))}</div>
    </section>`;
  }

  return room<Whole>(context, {
    title: () => t("Audit {number}", { number: formatDigits(number) }),
    load: async () => {
      const [audit, controls, audits] = await Promise.all([
        get<Audit>(`/audits/${encodeURIComponent(number)}`, undefined, context.signal),
        get<{ controls: Control[] }>("/controls", { whole: true }, context.signal),
        get<{ audits: AuditRun[] }>("/audits", { limit: 50 }, context.signal),
      ]);
      return { audit, controls: new Map(controls.controls.map((one) => [one.id, one])), audits: audits.audits };
    },
    view: (whole) => {
      const { audit } = whole;
      const outcomes = audit.outcomes.filter((one) => one.outcome !== "not_applicable");
      const counted = audit.cut ? { failed: outcomes.filter((one) => one.outcome === "fail").length, controls: outcomes.length } : audit; // of the whole nothing is told
      const before = whole.audits.find((one) => isEarlier(one, audit) && one.plan === audit.plan);
      return html`<div class="audit-two">
          <section class="card stack">
            ${markView(audit.letter, audit.mark, before?.mark ?? undefined)}
            <p class="audit-lead">
              ${audit.cut ? nothing : html`${tn("One record was looked at", "{count} records were looked at", audit.records)}${between()}`}${formatInstant(audit.at)}${between()}<bdi>${audit.by}</bdi>.
              ${tn("One of {controls} controls failed.", "{count} of {controls} controls failed.", counted.failed, { controls: counted.controls })}
            </p>
            ${audit.plan ? html`<p>${t("Done by a plan:")} <ui5-link href=${href(`/audit/plans/${audit.plan}`)}>${audit.title}</ui5-link></p>` : nothing}
            ${audit.cut ? html`<p><span class="tag tag-warn">${t("You see the part that is in your scope.")}</span></p>` : html`${problemStrip(failure)}${reports(audit, refused)}`}
            ${audit.cut
              ? nothing
              : !audit.own
                ? html`<p><ui5-link href=${href("/audit/compare", { right: `audit-${audit.audit}` })}>${t("Compare with this workspace")}</ui5-link></p>`
                : whole.audits.some((one) => !one.own) ? html`<p><ui5-link href=${href("/audit/compare", { left: `audit-${audit.audit}` })}>${t("Compare with another system")}</ui5-link></p>` : nothing}
          </section>
          ${first(whole)}
        </div>
        ${areas(whole)} ${comparison(whole)} ${list(whole)}`;
    },
  });
}
