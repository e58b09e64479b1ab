// Planned audits: what for, of what, by whom, when and how often; done from here, with what came of each.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Link.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import "@ui5/webcomponents/dist/TextArea.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import type TextArea from "@ui5/webcomponents/dist/TextArea.js";
import { ask as askServer, get } from "../../api/http";
import { go, href, type Context, type Page } from "../../app/router";
import { entities, entityNamed, mayBegin } from "../../app/session";
import { formatDay, formatInstant, formatMonth } from "../../i18n/format";
import { t } from "../../i18n/text";
import { dayPicker } from "../../ui/day_picker";
import { ask } from "../../ui/dialog";
import { problemStrip } from "../../ui/problem";
import { empty } from "../../ui/states";
import { table } from "../../ui/table";
import { toast } from "../../ui/toast";
import type { AuditRun, Control } from "./data";
import { letterView } from "./mark";
import { choicesOf, people, several } from "./people";
import { room } from "./rooms";
import { running } from "./run";
import { areaName } from "./words";

export interface Plan {
  plan: number;
  version: number;
  name: string;
  goals: string;
  criteria: string;
  entities: string[];
  areas: string[];
  controls: string[];
  team: string[];
  repeat: Repeat;
  due: string | null;
  overdue: boolean;
  changed_by: string;
  changed_at: string;
}
interface Story extends Plan {
  history: (Plan & { audit: number | null })[];
}
const repeats = ["once", "weekly", "monthly", "quarterly", "yearly"] as const;
type Repeat = (typeof repeats)[number];

function repeatName(repeat: Repeat): string {
  switch (repeat) {
    case "once": return t("Once");
    case "weekly": return t("Every week");
    case "monthly": return t("Every month");
    case "quarterly": return t("Every quarter");
    case "yearly": return t("Every year");
  }
}

const scopeOf = (plan: Plan): string =>
  [...plan.entities.map((name) => entityNamed(name)?.plural ?? name), ...plan.areas.map(areaName), ...plan.controls].join(" · ") || t("Everything");

export const dueView = (plan: Plan): TemplateResult =>
  html`${plan.due ? formatDay(plan.due) : t("done")} ${plan.overdue ? html`<span class="tag tag-bad">${t("overdue")}</span>` : nothing}`;

/** Asks what is planned; the plan as it was kept, undefined where it was left. */
async function say(before?: Plan, etag?: string | null): Promise<Plan | undefined> {
  const [{ controls }, staff] = await Promise.all([get<{ controls: Control[] }>("/controls"), people()]);
  const areas = [...new Set(controls.map((one) => one.area))];
  const wish = { name: before?.name ?? "", goals: before?.goals ?? "", criteria: before?.criteria ?? "", repeat: before?.repeat ?? ("once" as Repeat), due: before?.due ?? "" };
  let ids = before?.controls.join(", ") ?? "";
  const chosen = { entities: new Set(before?.entities), areas: new Set(before?.areas), team: new Set(before?.team) };
  const text = (name: "name" | "goals" | "criteria", label: string, hint: string): TemplateResult => html`<div class="field">
    <ui5-label for="plan-${name}" show-colon ?required=${name === "name"}>${label}</ui5-label>
    ${name === "name"
      ? html`<ui5-input id="plan-name" value=${wish.name} maxlength="200" @input=${(event: Event) => (wish.name = (event.target as Input).value)}></ui5-input>`
      : html`<ui5-textarea id="plan-${name}" rows="2" value=${wish[name]} placeholder=${hint} @input=${(event: Event) => (wish[name] = (event.target as TextArea).value)}></ui5-textarea>`}
  </div>`;
  const take = (set: Set<string>) => (value: string, on: boolean): void => void (on ? set.add(value) : set.delete(value));
  return ask<Plan>({
    title: before ? t("Change the plan") : t("Plan an audit"),
    does: t("Save"),
    wide: true,
    view: (update) => html`${text("name", t("Name"), "")} ${text("goals", t("Goals"), t("What the audit is to tell, and for whom"))}
      ${text("criteria", t("Criteria"), t("What counts as good enough, said beforehand"))}
      <div class="field">
        <ui5-label for="plan-repeat" show-colon>${t("How often")}</ui5-label>
        <ui5-select id="plan-repeat" @change=${(event: Event) => ((wish.repeat = (event.target as Select).selectedOption?.getAttribute("data-value") as Repeat), update())}>
          ${repeats.map((one) => html`<ui5-option data-value=${one} ?selected=${one === wish.repeat}>${repeatName(one)}</ui5-option>`)}
        </ui5-select>
      </div>
      <div class="field">
        <ui5-label for="plan-due" show-colon>${t("Next on")}</ui5-label>
        ${dayPicker({ id: "plan-due", value: wish.due, changed: (day) => (wish.due = day) })}
      </div>
      ${several(t("Records (none chosen: all)"), entities().filter((one) => !one.retired).map((one) => ({ value: one.name, text: one.plural })), chosen.entities, take(chosen.entities))}
      ${several(t("Areas (none chosen: all)"), areas.map((one) => ({ value: one, text: areaName(one) })), chosen.areas, take(chosen.areas))}
      <div class="field">
        <ui5-label for="plan-controls" show-colon>${t("Single controls, with commas between them (none: all)")}</ui5-label>
        <ui5-input id="plan-controls" value=${ids} @input=${(event: Event) => (ids = (event.target as Input).value)}></ui5-input>
      </div>
      ${several(t("Team"), choicesOf(staff), chosen.team, take(chosen.team))}`,
    act: async () => {
      const body = { ...wish, due: wish.due || null, entities: [...chosen.entities], areas: [...chosen.areas], team: [...chosen.team], controls: ids.split(/[,،、，\s]+/).filter(Boolean) };
      const kept = await askServer<Plan>(before ? `/audit-plans/${before.plan}` : "/audit-plans", { method: before ? "PUT" : "POST", ...(etag ? { headers: { "If-Match": etag } } : {}), body });
      toast(t("The plan is kept."));
      return kept.data;
    },
  });
}

interface Month {
  name: string;
  last: string;
  plans: Plan[];
  done: AuditRun[];
}

/** What is planned and what was done, by month: what is to come first. */
function byMonth(plans: readonly Plan[], audits: readonly AuditRun[]): Month[] {
  const months = new Map<string, Month>();
  const of = (day: string): Month => {
    const name = formatMonth(day); // of the reader's calendar
    const month = months.get(name) ?? { name, last: day, plans: [], done: [] };
    if (month.last < day) month.last = day;
    months.set(name, month);
    return month;
  };
  for (const plan of plans) if (plan.due) of(plan.due).plans.push(plan);
  for (const audit of audits) of(audit.as_of).done.push(audit);
  return [...months.values()].sort((a, b) => (a.last < b.last ? 1 : -1));
}

function calendar(plans: readonly Plan[], audits: readonly AuditRun[]): TemplateResult {
  return html`<section class="stack">
    <h2>${t("Calendar")}</h2>
    ${byMonth(plans, audits).map(
      (month) => html`<section class="card">
        <h3>${month.name}</h3>
        <ul class="plain-list">
          ${month.plans.map((one) => html`<li>${dueView(one)} <ui5-link href=${href(`/audit/plans/${one.plan}`)}>${one.name}</ui5-link> <span class="tag">${t("planned")}</span></li>`)}
          ${month.done.map((one) => html`<li>${formatDay(one.as_of)} <ui5-link href=${href(`/audit/${one.audit}`)}>${one.title || t("Audit {number}", { number: one.audit })}</ui5-link> ${letterView(one.letter)}</li>`)}
        </ul>
      </section>`,
    )}
  </section>`;
}

export function openPlans(context: Context): Page {
  const add = async (again: () => void): Promise<void> => {
    if (await say()) again();
  };
  return room<{ plans: Plan[]; audits: AuditRun[] }>(context, {
    title: () => t("Planned audits"),
    load: async () => {
      const [{ plans }, { audits }] = await Promise.all([get<{ plans: Plan[] }>("/audit-plans", undefined, context.signal), get<{ audits: AuditRun[] }>("/audits", { limit: 50 }, context.signal)]);
      return { plans, audits };
    },
    ...(mayBegin("audit") ? { actions: (again: () => void) => html`<ui5-button design="Emphasized" @click=${() => void add(again)}>${t("Plan an audit")}</ui5-button>` } : {}),
    view: ({ plans, audits }) => html`${plans.length === 0
        ? empty(t("Nothing is planned"), t("A plan says beforehand what an audit is for, what it looks at, who does it and when; its result is held to it."))
        : table(
            t("Planned audits"),
            [
              { title: t("Name"), main: true, cell: (one) => html`<ui5-link href=${href(`/audit/plans/${one.plan}`)}>${one.name}</ui5-link>` },
              { title: t("Next on"), cell: dueView },
              { title: t("How often"), cell: (one) => repeatName(one.repeat) },
              { title: t("Scope"), cell: scopeOf },
              { title: t("Team"), cell: (one) => one.team.join(", ") || "–" },
            ],
            plans,
          )}
      ${plans.length + audits.length > 0 ? calendar(plans, audits) : nothing}`,
  });
}

export function openPlan(context: Context): Page {
  const number = context.parts.plan ?? "";
  const run = running(context.update, context.signal);
  let title = "", etag: string | null = null, failure: unknown;

  async function start(): Promise<void> {
    const audit = await run.ofPlan(number, title);
    if (audit !== undefined) go(`/audit/${audit}`);
  }
  async function remove(): Promise<void> {
    try {
      const done = await ask<true>({
        title: t("Take the plan away?"),
        does: t("Take away"),
        danger: true,
        view: () => html`<p>${t("No more is due of it. What was done by it stays, and keeps naming it.")}</p>`,
        act: async () => (await askServer(`/audit-plans/${number}`, { method: "DELETE", headers: { "If-Match": etag ?? "*" } }), true as const),
      });
      if (done) go("/audit/plans");
    } catch (error) {
      failure = error;
      context.update();
    }
  }

  return room<Story>(context, {
    title: () => title || t("Planned audit"),
    load: async () => {
      const answer = await askServer<Story>(`/audit-plans/${encodeURIComponent(number)}`, { signal: context.signal });
      title = answer.data.name;
      etag = answer.etag;
      return answer.data;
    },
    actions: () => html`<ui5-button design="Emphasized" ?disabled=${run.busy()} @click=${() => void start()}>${t("Audit now")}</ui5-button>`,
    view: (plan, again) => html`${problemStrip(failure)} ${run.view()}
      <section class="card stack">
        <div class="page-head">
          <p>${dueView(plan)} · ${repeatName(plan.repeat)}</p>
          <div class="actions">
            <ui5-button @click=${() => void say(plan, etag).then((kept) => kept && again())}>${t("Change")}</ui5-button>
            <ui5-button design="Transparent" @click=${() => void remove()}>${t("Take away")}</ui5-button>
          </div>
        </div>
        <dl class="facts">
          <div><dt>${t("Goals")}</dt><dd>${plan.goals || "–"}</dd></div>
          <div><dt>${t("Criteria")}</dt><dd>${plan.criteria || "–"}</dd></div>
          <div><dt>${t("Scope")}</dt><dd>${scopeOf(plan)}</dd></div>
          <div><dt>${t("Team")}</dt><dd>${plan.team.join(", ") || "–"}</dd></div>
        </dl>
      </section>
      <section class="card">
        <h2>${t("History")}</h2>
        <ul class="plain-list">
          ${plan.history.map((one) => html`<li>
              ${formatInstant(one.changed_at)} · ${one.changed_by} ·
              ${one.audit ? html`<ui5-link href=${href(`/audit/${one.audit}`)}>${t("Audit {number}", { number: one.audit })}</ui5-link>` : one.version === 1 ? t("planned") : t("changed")}
              <span class="muted">${one.due ? t("next on {day}", { day: formatDay(one.due) }) : t("nothing more is due")} · ${scopeOf(one)}</span>
            </li>`)}
        </ul>
      </section>`,
  });
}
