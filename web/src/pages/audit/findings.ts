// Findings as a work list: who mends what until when; the next audit proves it.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Link.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import "@ui5/webcomponents/dist/TextArea.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import type TextArea from "@ui5/webcomponents/dist/TextArea.js";
import { ask as askServer, get } from "../../api/http";
import { auditPeople, type PersonSource } from "../../api/people";
import { go, href, type Context, type Page } from "../../app/router";
import { mayDo } from "../../app/session";
import { between, formatAge, formatDay, formatDigits, formatNumber, formatPercent } from "../../i18n/format";
import { t } from "../../i18n/text";
import { chart } from "../../ui/chart";
import { dayPicker } from "../../ui/day_picker";
import { ask } from "../../ui/dialog";
import { nameChosen, personField, type Choice } from "../../ui/person_input";
import { has } from "../../ui/several";
import { empty, nextStep } from "../../ui/states";
import { table } from "../../ui/table";
import { toast } from "../../ui/toast";
import { byWeight, type Finding, type Story } from "./data";
import { evidence } from "./evidence";
import { changeSeveral } from "./findings_bulk";
import { room } from "./rooms";
import { areaName, gradeName, gradeTag, outcomeName, stateName, states, stateTag } from "./words";

const filters = ["state", "grade", "area", "owner", "due_until"] as const;
type Filter = (typeof filters)[number];
const grades = ["essential", "important", "desirable"];

/** Begins with the finding as it is now: somebody else may have changed it since the list was read. */
async function change(listed: Finding, again: () => void): Promise<void> {
  const { data: finding, etag } = await askServer<Finding>(`/findings/${listed.finding}`);
  if (!etag) throw new Error(t("The server did not say which version this is."));
  const wish = { state: finding.state, owner: { name: finding.owner ?? "" } as Choice, due: finding.due ?? "", until: finding.until ?? "", note: finding.note ?? "" };
  const done = await ask<true>({
    title: finding.title ?? finding.control,
    does: t("Save"),
    view: (update) => html`${personField({ id: "finding-owner", label: t("Who mends it"), source: auditPeople, placeholder: t("Nobody: type a few letters") }, wish.owner.name, (choice) => (wish.owner = choice))}
      <div class="field">
        <ui5-label for="finding-due" show-colon>${t("Until")}</ui5-label>
        ${dayPicker({ id: "finding-due", value: wish.due, changed: (day) => (wish.due = day) })}
      </div>
      <div class="field">
        <ui5-label for="finding-state" show-colon>${t("State")}</ui5-label>
        <ui5-select id="finding-state" @change=${(event: Event) => {
          wish.state = (event.target as Select).selectedOption?.getAttribute("data-value") as Finding["state"];
          update();
        }}>
          ${states.map((state) => html`<ui5-option data-value=${state} ?selected=${state === wish.state}>${stateName(state)}</ui5-option>`)}
        </ui5-select>
      </div>
      ${wish.state === "waived"
        ? html`<div class="field">
            <ui5-label for="finding-until" show-colon required>${t("Waived until")}</ui5-label>
            ${dayPicker({ id: "finding-until", value: wish.until, changed: (day) => (wish.until = day) })}
            <span class="muted">${t("It fails again from that day on; the note says why it is let be.")}</span>
          </div>`
        : nothing}
      <div class="field">
        <ui5-label for="finding-note" show-colon>${t("Note")}</ui5-label>
        <ui5-textarea id="finding-note" rows="3" value=${wish.note} @input=${(event: Event) => (wish.note = (event.target as TextArea).value)}></ui5-textarea>
      </div>`,
    act: async () => {
      await askServer(`/findings/${finding.finding}`, {
        method: "PATCH",
        headers: { "If-Match": etag },
        body: { state: wish.state, owner: nameChosen(wish.owner) || null, due: wish.due || null, note: wish.note || null, ...(wish.state === "waived" ? { until: wish.until || null } : {}) },
      });
      return true as const;
    },
  });
  if (done) toast(t("The finding is changed."));
  again();
}

const auditLink = (number: number): TemplateResult => html`<ui5-link href=${href(`/audit/${number}`)}>${t("Audit {number}", { number })}</ui5-link>`;

/** A day so many days from today, as the server writes it. */
function dayFrom(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** Users, and who mends something of what is listed: such a one may be no user any more. */
function ownersAmong(findings: readonly Finding[]): PersonSource {
  return {
    ...auditPeople,
    find: async (words, limit, signal) => {
      const { people, more } = await auditPeople.find(words, limit, signal);
      const others = [...new Set(findings.flatMap((one) => (one.owner && has(words, one.owner) ? [one.owner] : [])))].filter((name) => !people.some((one) => one.name === name));
      return { people: [...people, ...others.map((name) => ({ name, shown: name, external: false }))], more };
    },
  };
}

export function openFindings(context: Context): Page {
  const query = context.query;
  const set = (name: Filter, value: string): void => {
    go(href("/audit/findings", Object.fromEntries(filters.map((one) => [one, one === name ? value : (query.get(one) ?? undefined)]))).slice(1));
  };
  const choice = (name: Filter, label: string, all: readonly { value: string; text: string }[]): TemplateResult => html`<div class="field">
    <ui5-label for="findings-${name}" show-colon>${label}</ui5-label>
    <ui5-select id="findings-${name}" @change=${(event: Event) => set(name, (event.target as Select).selectedOption?.getAttribute("data-value") ?? "")}>
      <ui5-option data-value="">${t("All")}</ui5-option>
      ${all.map((one) => html`<ui5-option data-value=${one.value} ?selected=${query.get(name) === one.value}>${one.text}</ui5-option>`)}
    </ui5-select>
  </div>`;
  const picked = new Set<number>();
  const pick = (one: Finding, on: boolean): void => {
    if (on) picked.add(one.finding);
    else picked.delete(one.finding);
    context.update();
  };
  const dues = [{ value: dayFrom(-1), text: t("Overdue") }, { value: dayFrom(0), text: t("Due today or before") }, { value: dayFrom(30), text: t("Due within 30 days") }];
  async function together(findings: readonly Finding[], again: () => void): Promise<void> {
    await changeSeveral(findings.filter((one) => picked.has(one.finding)));
    picked.clear();
    again();
  }
  return room<{ findings: Finding[] }>(context, {
    title: () => t("Findings"),
    load: () => get<{ findings: Finding[] }>("/findings", Object.fromEntries(filters.map((name) => [name, query.get(name) ?? undefined])), context.signal),
    view: ({ findings }, again) => html`<div class="card filters">
        ${choice("state", t("State"), states.map((value) => ({ value, text: stateName(value) })))} ${choice("grade", t("Grade"), grades.map((value) => ({ value, text: gradeName(value) })))}
        ${choice("area", t("Area"), [...new Set([...findings.map((one) => one.area), ...(query.get("area") ? [query.get("area") ?? ""] : [])])].map((value) => ({ value, text: areaName(value) })))}
        ${choice("due_until", t("Until"), [...dues, ...dues.every((one) => one.value !== query.get("due_until")) && query.get("due_until") ? [{ value: query.get("due_until") ?? "", text: formatDay(query.get("due_until") ?? "") }] : []])}
        ${mayDo("findings")
          ? personField({ id: "findings-owner", label: t("Who mends it"), source: ownersAmong(findings), placeholder: t("All: type a few letters") }, query.get("owner") ?? "", ({ name, typed }) => {
              if (typed === undefined && name !== (query.get("owner") ?? "")) set("owner", name);
            })
          : query.get("owner") ? choice("owner", t("Who mends it"), [{ value: query.get("owner") ?? "", text: query.get("owner") ?? "" }]) : nothing}
        ${filters.some((name) => query.get(name)) ? html`<ui5-button design="Transparent" @click=${() => go("/audit/findings")}>${t("Show all")}</ui5-button>` : nothing}
      </div>
      ${findings.length === 0
        ? filters.some((name) => query.get(name))
          ? empty(t("Nothing fits"), t("No finding is what is asked for here."), nextStep(t("Show all"), "/audit/findings"))
          : empty(t("No findings"), t("What an audit finds comes here and stays until another one proves that it is mended."), nextStep(t("Audits"), "/audit"))
        : html`${mayDo("findings")
            ? html`<div class="finding-acts">
                <ui5-button ?disabled=${picked.size === 0} @click=${() => void together(findings, again)}>${t("Change those chosen ({count})", { count: formatNumber(picked.size) })}</ui5-button>
                <ui5-button design="Transparent" @click=${() => (findings.forEach((one) => picked.add(one.finding)), context.update())}>${t("Choose all")}</ui5-button>
              </div>`
            : nothing}
          ${table(
            t("Findings"),
            [
              ...(mayDo("findings") ? [{ title: t("Chosen"), cell: (one: Finding) => html`<input class="pick" type="checkbox" aria-label=${t("Choose {finding}", { finding: one.title ?? one.control })} .checked=${picked.has(one.finding)} @change=${(event: Event) => pick(one, (event.target as HTMLInputElement).checked)} />` }] : []),
              { title: t("Finding"), main: true, cell: (one) => html`<ui5-link href=${href(`/audit/findings/${one.finding}`)} wrapping-type="Normal">${one.title ?? one.control}</ui5-link>` },
              { title: t("Grade"), cell: (one) => gradeTag(one.grade) },
              { title: t("State"), cell: (one) => html`${stateTag(one.state, one.proved)} ${one.proved_audit ? auditLink(one.proved_audit) : nothing}` },
              { title: t("Failing"), number: true, cell: (one) => t("{failing} of {population}", { failing: one.failing, population: one.population }) },
              { title: t("Who mends it"), cell: (one) => one.owner ?? "–" },
              { title: t("Until"), cell: (one) => html`${one.due ? formatDay(one.due) : "–"} ${one.overdue ? html`<span class="tag tag-bad">${t("overdue")}</span>` : nothing}` },
              { title: "", cell: (one) => (mayDo("findings") ? html`<ui5-button design="Transparent" @click=${() => void change(one, again)}>${t("Change")}</ui5-button>` : nothing) },
            ],
            [...findings].sort(byWeight),
          )}`}`,
  });
}

export function openFinding(context: Context): Page {
  const number = context.parts.finding ?? "";
  let title = "", proof: (() => TemplateResult) | undefined;
  return room<Story>(context, {
    title: () => title || t("Finding {number}", { number: formatDigits(number) }),
    load: async () => {
      const story = await get<Story>(`/findings/${encodeURIComponent(number)}`, undefined, context.signal);
      title = story.title ?? story.control;
      proof ??= evidence(story, context.update, context.signal);
      return story;
    },
    view: (story, again) => html`<section class="card stack">
        <div class="page-head">
          <p>${gradeTag(story.grade)} ${stateTag(story.state, story.proved)} ${story.overdue ? html`<span class="tag tag-bad">${t("overdue")}</span>` : nothing}</p>
          ${mayDo("findings") ? html`<ui5-button @click=${() => void change(story, again)}>${t("Change")}</ui5-button>` : nothing}
        </div>
        <dl class="facts">
          <div><dt>${t("Failing")}</dt><dd>${t("{failing} of {population}", { failing: story.failing, population: story.population })}</dd></div>
          <div><dt>${t("Area")}</dt><dd>${areaName(story.area)}</dd></div>
          <div><dt>${t("Who mends it")}</dt><dd>${story.owner ?? "–"}</dd></div>
          <div><dt>${t("Until")}</dt><dd>${story.due ? formatDay(story.due) : "–"}</dd></div>
          <div><dt>${t("Found first")}</dt><dd>${auditLink(story.first_audit)}</dd></div>
          ${story.proved_audit
            ? html`<div><dt>${t("Mend proved by")}</dt><dd>${auditLink(story.proved_audit)}</dd></div>`
            : story.proved ? html`<div><dt>${t("Mend proved by")}</dt><dd>${t("an earlier audit; which one was not noted then")}</dd></div>`
            : story.state === "mended" ? html`<div><dt>${t("Mend proved by")}</dt><dd>${t("the next audit, if it passes")}</dd></div>` : nothing}
          <div><dt>${t("Changed last")}</dt><dd>${story.changed_by ?? t("an audit")}${between()}${formatAge(story.changed_at)}</dd></div>
          <div><dt>${t("Control")}</dt><dd class="mono">${story.control}</dd></div>
        </dl>
        ${story.note ? html`<p>${story.note}</p>` : nothing}
      </section>
      ${proof?.() ?? nothing}
      <section class="card">
        <h2>${t("Over time")}</h2>
        ${chart({
          label: t("Share that fails, by audit"),
          of: t("Audit"),
          categories: story.trend.map((one) => t("Audit {number} ({outcome})", { number: one.audit, outcome: outcomeName(one.outcome) })),
          series: [{ name: t("Failing"), values: story.trend.map((one) => (one.population > 0 && one.outcome !== "could_not_run" ? one.failing / one.population : null)), colour: "bad" }],
          format: (value) => formatPercent(value, 1),
        })}
        <p class="muted">${t("Audits that looked at it: {count}", { count: formatNumber(story.trend.length) })}</p>
      </section>`,
  });
}
