// A planned audit, as the server tells it, and the days on which it falls.
import { html, nothing, type TemplateResult } from "lit-html";
import { entityNamed } from "../../app/session";
import { between, formatDay } from "../../i18n/format";
import { t } from "../../i18n/text";
import { addDays, today } from "../../ui/days";
import { areaName } from "./words";

export interface Plan {
  plan: number;
  version: number;
  name: string;
  goals: string;
  criteria: string;
  /** Another system whose export is audited; null: this workspace. */
  source: string | null;
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
export interface PlanStory extends Plan {
  history: (Plan & { audit: number | null })[];
}
export const repeats = ["once", "weekly", "monthly", "quarterly", "yearly"] as const;
export type Repeat = (typeof repeats)[number];

export function repeatName(repeat: Repeat): string {
  switch (repeat) {
    case "once": return t("Once");
    case "weekly": return t("Every week");
    case "monthly": return t("Every month");
    case "quarterly": return t("Every quarter");
    case "yearly": return t("Every year");
  }
}

/** What it looks at; `named`: what controls are called. */
export const scopeOf = (plan: Plan, named?: (id: string) => string): string =>
  [...plan.entities.map((name) => entityNamed(name)?.plural ?? name), ...plan.areas.map(areaName), ...plan.controls.map((id) => named?.(id) ?? id)].join(between()) || t("Everything");

export const dueView = (plan: Plan): TemplateResult =>
  html`${plan.due ? formatDay(plan.due) : t("done")} ${plan.overdue ? html`<span class="tag tag-bad">${t("overdue")}</span>` : nothing}`;

const months: Record<Repeat, number> = { once: 0, weekly: 0, monthly: 1, quarterly: 3, yearly: 12 };

/** The same day so many months later, or the last one where that month is too short. */
export function monthsLater(day: string, count: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + count, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + count, Math.min(date, last))).toISOString().slice(0, 10);
}

/** The days within, both ends counted, on which it falls: the one that is due, and those to come if each is done in time. */
export function daysOfPlan(plan: Plan, from: string, until: string): string[] {
  if (!plan.due) return [];
  const due = plan.due, now = today(), found: string[] = [];
  const nth = (count: number): string => (plan.repeat === "weekly" ? addDays(due, 7 * count) : monthsLater(due, count * months[plan.repeat]));
  for (let count = 0, day = due; day <= until; day = nth(++count)) {
    if (day >= from && (day === due || day > now)) found.push(day);
    if (plan.repeat === "once") break;
  }
  return found;
}
