// Planned audits: what for, of what, by whom, when and how often; done from here, with what came of each.
import { html, nothing } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Link.js";
import { ask as askServer, get } from "../../api/http";
import { go, href, type Context, type Page } from "../../app/router";
import { mayBegin } from "../../app/session";
import { between, formatDay, formatInstant } from "../../i18n/format";
import { t } from "../../i18n/text";
import { today } from "../../ui/days";
import { ask } from "../../ui/dialog";
import { dropPlace, exportForms } from "../../ui/drop";
import { problemStrip } from "../../ui/problem";
import { empty, nextStep } from "../../ui/states";
import { table } from "../../ui/table";
import { toast } from "../../ui/toast";
import { auditCalendar, readAudits, type Audits } from "./plan_calendar";
import { dueView, monthsLater, repeatName, scopeOf, type Plan, type PlanStory } from "./plan_data";
import { keepPlan, say, wishOf, type PlanWish } from "./plan_say";
import type { Control } from "./data";
import { room } from "./rooms";
import { running } from "./run";

export function openPlans(context: Context): Page {
  const add = async (again: () => void): Promise<void> => {
    if (await say({ title: t("Plan an audit") })) again();
  };
  const calendar = auditCalendar(context.update, context.signal);
  const restore = async (plan: Plan, again: () => void): Promise<void> => {
    failure = undefined;
    try {
      await askServer(`/audit-plans/${plan.plan}/restore`, { method: "POST" });
      toast(t("“{name}” is planned again.", { name: plan.name }));
    } catch (error) {
      failure = error;
    }
    again();
  };
  let failure: unknown;
  const page = room<{ plans: Plan[]; removed: Plan[]; audits: Audits }>(context, {
    title: () => t("Planned audits"),
    load: async () => {
      const read = (query?: { removed: true }): Promise<{ plans: Plan[] }> => get("/audit-plans", query, context.signal);
      const [{ plans }, { plans: removed }, audits] = await Promise.all([read(), read({ removed: true }), readAudits(context.signal)]);
      return { plans, removed, audits };
    },
    ...(mayBegin("audit") ? { actions: (again: () => void) => html`<ui5-button design="Emphasized" @click=${() => void add(again)}>${t("Plan an audit")}</ui5-button>` } : {}),
    view: ({ plans, removed, audits }, again) => html`${problemStrip(failure)} ${plans.length === 0
        ? empty(t("Nothing is planned"), t("A plan says beforehand what an audit is for, what it looks at, who does it and when; its result is held to it."), mayBegin("audit") ? nextStep(t("Plan an audit"), () => void add(again)) : undefined)
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
      ${plans.length + audits.audits.length > 0 ? calendar.show(plans, audits) : nothing}
      ${removed.length === 0
        ? nothing
        : html`<section class="card">
            <h2>${t("Taken away")}</h2>
            <ul class="plain-list">
              ${removed.map((one) => html`<li class="removed-plan">
                  <span>${one.name} <span class="muted">${formatInstant(one.changed_at)}${between()}${one.changed_by}</span></span>
                  ${mayBegin("audit") ? html`<ui5-button design="Transparent" @click=${() => void restore(one, again)}>${t("Bring back")}</ui5-button>` : nothing}
                </li>`)}
            </ul>
          </section>`}`,
  });
  return { ...page, leave: calendar.leave };
}

export function openPlan(context: Context): Page {
  const number = context.parts.plan ?? "";
  const run = running(context.update, context.signal);
  const may = mayBegin("audit");
  let title = "", source: string | null | undefined, etag: string | null = null, failure: unknown;

  async function start(file?: File): Promise<void> {
    const audit = await run.ofPlan(number, title, file);
    if (audit !== undefined) go(`/audit/${audit}`);
  }
  /** Does something with the plan that may fail, and shows it as it is then. */
  async function doing(act: () => Promise<unknown>, again: () => void): Promise<void> {
    failure = undefined;
    try {
      await act();
    } catch (error) {
      failure = error;
    }
    again();
  }

  /** Nothing more is due of it; the way back says what was said before. */
  async function end(plan: Plan, again: () => void): Promise<void> {
    const put = async (wish: PlanWish): Promise<void> => void (etag = (await keepPlan(plan.plan, etag, wish)).etag);
    await doing(() => put({ ...wishOf(plan), repeat: "once", due: null }), again);
    if (failure === undefined) toast(t("The plan is ended: nothing more is due of it."), () => void doing(() => put(wishOf(plan)), again));
  }

  /** Another one like it, a year after; this one stays as it was. */
  async function repeat(plan: PlanStory): Promise<void> {
    const last = plan.due ?? plan.history.find((one) => one.due)?.due ?? today();
    const next = monthsLater(last, 12);
    const made = await say({ title: t("Plan it again"), from: { ...wishOf(plan), due: next > today() ? next : monthsLater(today(), 12) } });
    if (made) go(`/audit/plans/${made.plan}`);
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

  return room<{ plan: PlanStory; named: (id: string) => string }>(context, {
    title: () => title || t("Planned audit"),
    load: async () => {
      const [answer, { controls }] = await Promise.all([
        askServer<PlanStory>(`/audit-plans/${encodeURIComponent(number)}`, { signal: context.signal }),
        get<{ controls: Control[] }>("/controls", { whole: true }, context.signal),
      ]);
      title = answer.data.name;
      source = answer.data.source;
      etag = answer.etag;
      return { plan: answer.data, named: (id) => controls.find((one) => one.id === id)?.title ?? id };
    },
    ...(may ? { actions: () => (source === null ? html`<ui5-button design="Emphasized" ?disabled=${run.busy()} @click=${() => void start()}>${t("Audit now")}</ui5-button>` : html``) } : {}),
    view: ({ plan, named }, again) => html`${problemStrip(failure)} ${run.view()}
      <section class="card stack">
        <div class="page-head">
          <p>${dueView(plan)}${between()}${repeatName(plan.repeat)}</p>
          ${may
            ? html`<div class="actions">
                <ui5-button @click=${() => void say({ title: t("Change the plan"), from: plan, changes: { plan: plan.plan, etag } }).then((kept) => kept && again())}>${t("Change")}</ui5-button>
                <ui5-button @click=${() => void repeat(plan)}>${t("Again next year")}</ui5-button>
                ${plan.due ? html`<ui5-button @click=${() => void end(plan, again)}>${t("End")}</ui5-button>` : nothing}
                <ui5-button design="Transparent" @click=${() => void remove()}>${t("Take away")}</ui5-button>
              </div>`
            : nothing}
        </div>
        <dl class="facts">
          <div><dt>${t("Goals")}</dt><dd>${plan.goals || "–"}</dd></div>
          <div><dt>${t("Criteria")}</dt><dd>${plan.criteria || "–"}</dd></div>
          ${plan.source === null ? nothing : html`<div><dt>${t("Which system")}</dt><dd>${plan.source}</dd></div>`}
          <div><dt>${t("Scope")}</dt><dd>${scopeOf(plan, named)}</dd></div>
          <div><dt>${t("Team")}</dt><dd>${plan.team.join(", ") || "–"}</dd></div>
        </dl>
      </section>
      ${may && plan.source !== null
        ? dropPlace({
            title: t("Audit now: drop the export of {system} here, or choose it", { system: plan.source }),
            says: t("CSV, Excel (XLSX), JSON, vCard, or a ZIP of them. Its records are forgotten after a day; the reports stay."),
            accept: exportForms,
            disabled: run.busy(),
            take: (file) => void start(file),
          })
        : nothing}
      <section class="card">
        <h2>${t("History")}</h2>
        <ul class="plain-list">
          ${plan.history.map((one) => html`<li>
              ${formatInstant(one.changed_at)}${between()}${one.changed_by}${between()}
              ${one.audit ? html`<ui5-link href=${href(`/audit/${one.audit}`)}>${t("Audit {number}", { number: one.audit })}</ui5-link>` : one.version === 1 ? t("planned") : t("changed")}
              <span class="muted">${one.due ? t("next on {day}", { day: formatDay(one.due) }) : t("nothing more is due")}${between()}${scopeOf(one, named)}</span>
            </li>`)}
        </ul>
      </section>`,
  });
}
