// Audits on their days: those planned, as often as they come, and those done; a month as a grid, on a phone a small one with what comes below it.
import { html, nothing, type TemplateResult } from "lit-html";
import { get } from "../../api/http";
import { href } from "../../app/router";
import { between, formatDayOfWeek, formatMonthOfYear } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { addDays, daysOf, sameDay, today, weeksOf } from "../../ui/days";
import { dayKey, focusSoon, inMonth, monthGrid, smallGrid, stepsView, type Month } from "../../ui/month";
import { problemStrip } from "../../ui/problem";
import { empty } from "../../ui/states";
import type { AuditRun } from "./data";
import { letterView } from "./mark";
import { daysOfPlan, type Plan } from "./plan_data";

const page = 200; // audits that the server gives at once
const phone = matchMedia("(max-width: 48rem)");
const kinds = { planned: 0, overdue: 1, done: 2 } as const;

interface Entry {
  id: string;
  kind: keyof typeof kinds;
  name: string;
  address: string;
  letter?: string | null;
}

export interface Audits {
  audits: AuditRun[];
  next: number | null;
}

export const readAudits = (signal: AbortSignal, below?: number): Promise<Audits> => get<Audits>("/audits", { limit: page, ...(below ? { below } : {}) }, signal);

export interface AuditCalendar {
  /** What it is drawn of, as it was read. */
  show(plans: readonly Plan[], audits: Audits): TemplateResult;
  leave(): void;
}

function kindName(kind: Entry["kind"]): string {
  switch (kind) {
    case "planned": return t("planned");
    case "overdue": return t("overdue");
    case "done": return t("done");
  }
}

function entriesOf(plans: readonly Plan[], audits: readonly AuditRun[], from: string, until: string): Map<string, Entry[]> {
  const days = new Map<string, Entry[]>();
  const put = (day: string, entry: Entry): void => void days.set(day, [...(days.get(day) ?? []), entry]);
  for (const plan of plans)
    for (const day of daysOfPlan(plan, from, until)) put(day, { id: `plan-${plan.plan}-${day}`, kind: plan.overdue && day === plan.due ? "overdue" : "planned", name: plan.name, address: href(`/audit/plans/${plan.plan}`) });
  for (const one of audits)
    if (one.as_of >= from && one.as_of <= until)
      put(one.as_of, { id: `audit-${one.audit}`, kind: "done", name: one.title || t("Audit {number}", { number: one.audit }), address: href(`/audit/${one.audit}`), letter: one.letter });
  return days;
}

function entryView(entry: Entry): TemplateResult {
  const about = `${kindName(entry.kind)}: ${entry.name}${entry.letter ? `${between()}${t("Mark {letter}", { letter: entry.letter })}` : ""}`;
  return html`<div class="calendar-entry" id=${entry.id} data-entry=${entry.id} data-kind=${kinds[entry.kind]}>
    <a href=${entry.address} tabindex="-1" title=${about} aria-label=${about}><bdi>${entry.name}</bdi>${entry.letter ? html`<b class="number">${entry.letter}</b>` : nothing}</a>
  </div>`;
}

function agenda(month: Month, days: Map<string, Entry[]>): TemplateResult {
  const coming = month.weeks.flatMap(daysOf).filter((day) => day >= month.day && inMonth(month.day, day) && days.has(day));
  if (coming.length === 0) return html`<div class="agenda">${empty(t("Nothing from here to the end of the month"), t("Choose an earlier day, or another month."))}</div>`;
  return html`<div class="agenda">
    ${coming.map(
      (day) => html`<section data-day=${day} aria-labelledby=${`agenda-${day}`}>
        <h3 id=${`agenda-${day}`} ?data-today=${day === today()}>${formatDayOfWeek(day)}</h3>
        <ul>
          ${days.get(day)?.map(
            (one) => html`<li class="agenda-entry" data-entry=${one.id} data-kind=${kinds[one.kind]}>
              <span class="agenda-time">${one.kind === "done" ? letterView(one.letter ?? null) : nothing}</span>
              <div><a href=${one.address}><bdi>${one.name}</bdi></a><div class="agenda-facts muted"><span>${kindName(one.kind)}</span></div></div>
            </li>`,
          )}
        </ul>
      </section>`,
    )}
  </div>`;
}

export function auditCalendar(update: () => void, signal: AbortSignal): AuditCalendar {
  let day = today(), whole = false, asking = false, failure: unknown;
  phone.addEventListener("change", update);

  const to = (next: string, focus = true): void => {
    day = next;
    whole = false;
    failure = undefined;
    update();
    if (focus) focusSoon(`day-${next}`);
  };

  /** The months gone by that are in sight, too. */
  async function older(audits: Audits, from: string): Promise<void> {
    const last = audits.audits.at(-1);
    if (asking || failure !== undefined || audits.next === null || (last && last.as_of < from)) return;
    asking = true;
    try {
      const more = await readAudits(signal, audits.next);
      audits.audits.push(...more.audits);
      audits.next = more.next;
    } catch (error) {
      if (!signal.aborted) failure = error;
    }
    asking = false;
    update();
  }

  function key(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey || event.ctrlKey || !dayKey(event, to)) return;
    event.preventDefault();
  }

  return {
    leave: () => phone.removeEventListener("change", update),
    show(plans, audits) {
      const weeks = weeksOf(day), from = weeks[0] ?? day, until = addDays(weeks.at(-1) ?? day, 6);
      const days = entriesOf(plans, audits.audits, from, until);
      void older(audits, from);
      const month: Month = {
        label: t("Audits by day"),
        day,
        weeks,
        on: (one) => (days.get(one) ?? []).map((entry) => ({ id: entry.id, view: entryView(entry) })),
        counted: (count) => tn("{count} audit", "{count} audits", count),
        choose: (one) => to(one, false),
        whole: (one) => {
          to(one, false);
          whole = true;
          update();
        },
      };
      return html`<section class="stack">
        <h2>${t("Calendar")}</h2>
        <div class="calendar-bar">${stepsView(formatMonthOfYear(day), { today: () => to(today()), before: () => to(sameDay(day, -1)), after: () => to(sameDay(day, 1)) })}
          <div class="actions calendar-keys">${(["planned", "overdue", "done"] as const).map((kind) => html`<span class="calendar-entry" data-kind=${kinds[kind]}>${kindName(kind)}</span>`)}</div>
        </div>
        ${problemStrip(failure)}
        <div class="calendar-place" data-calendar aria-busy=${String(asking)} @keydown=${key}>
          ${phone.matches || whole ? html`<div class="calendar-agenda">${smallGrid(month)} ${agenda(month, days)}</div>` : monthGrid(month)}
        </div>
      </section>`;
    },
  };
}
