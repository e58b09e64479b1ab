// A month of the reader's calendar: its weeks as rows of days with what stands on them, a small one to choose a day of, and the keys that lead through both.
import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { ref } from "lit-html/directives/ref.js";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents-icons/dist/navigation-left-arrow.js";
import "@ui5/webcomponents-icons/dist/navigation-right-arrow.js";
import "../styles/calendar.css";
import { formatDayOfWeek, formatNumber, formatWeekDay } from "../i18n/format";
import { t, tn } from "../i18n/text";
import { addDays, addMonths, daysOf, monthStart, partsOf, sameDay, today, weekStart } from "./days";

const fit = 3; // of a day in a month

/** What stands on a day. */
export interface Item {
  id: string;
  view: TemplateResult;
}

export interface Month {
  label: string;
  /** The chosen one. */
  day: string;
  weeks: readonly string[];
  on(day: string): readonly Item[];
  /** “3 records”. */
  counted(count: number): string;
  choose(day: string): void;
  /** Shows the whole of a day. */
  whole(day: string): void;
  /** The places of a day's entries, where they may be moved. */
  mount?(place: Element | undefined): void;
}

export const inMonth = (day: string, one: string): boolean => one >= monthStart(day) && one < addMonths(day, 1);

function dayCell(month: Month, day: string): TemplateResult {
  const items = month.on(day), seen = items.length <= fit + 1 ? items : items.slice(0, fit);
  const clicked = (event: Event): void => {
    if (!(event.target as HTMLElement).closest("a, ui5-button")) month.choose(day);
  };
  return html`<div role="gridcell" class="calendar-day" id=${`day-${day}`} data-day=${day} tabindex=${day === month.day ? "0" : "-1"} ?data-other=${!inMonth(month.day, day)}
    aria-selected=${String(day === month.day)} aria-current=${day === today() ? "date" : nothing} aria-label=${`${formatDayOfWeek(day)}: ${month.counted(items.length)}`} @click=${clicked}>
    <span class="calendar-number number" aria-hidden="true">${formatNumber(partsOf(day).day)}</span>
    <div class="calendar-entries" ${ref((place) => month.mount?.(place))}>${repeat(seen, (one) => one.id, (one) => one.view)}</div>
    ${seen.length < items.length
      ? html`<button type="button" class="calendar-more" tabindex="-1" @click=${() => month.whole(day)}>${tn("{count} more", "{count} more", items.length - seen.length)}</button>`
      : nothing}
  </div>`;
}

/** The weeks of a month as rows. */
export function monthGrid(month: Month): TemplateResult {
  return html`<div class="calendar-grid" role="grid" aria-label=${month.label}>
    <div role="row" class="calendar-names">${daysOf(month.weeks[0] ?? month.day).map((day) => html`<span role="columnheader" aria-label=${formatWeekDay(day, "long")}>${formatWeekDay(day, "short")}</span>`)}</div>
    ${month.weeks.map((week) => html`<div role="row" class="calendar-week">${daysOf(week).map((day) => dayCell(month, day))}</div>`)}
  </div>`;
}

/** A month to choose a day of; days on which there is something have a mark. */
export function smallGrid(month: Month): TemplateResult {
  const one = (day: string): TemplateResult => {
    const count = month.on(day).length;
    return html`<div role="gridcell" id=${`day-${day}`} data-day=${day} tabindex=${day === month.day ? "0" : "-1"} class="small-day" ?data-other=${!inMonth(month.day, day)} ?data-marked=${count > 0}
      aria-selected=${String(day === month.day)} aria-current=${day === today() ? "date" : nothing} aria-label=${`${formatDayOfWeek(day)}: ${month.counted(count)}`} @click=${() => month.choose(day)}>
      <span class="number" aria-hidden="true">${formatNumber(partsOf(day).day)}</span>
    </div>`;
  };
  return html`<div class="card small-month" role="grid" aria-label=${t("Days of the month")}>
    <div role="row">${daysOf(month.weeks[0] ?? month.day).map((day) => html`<span role="columnheader" class="muted" aria-label=${formatWeekDay(day, "long")}>${formatWeekDay(day, "narrow")}</span>`)}</div>
    ${month.weeks.map((week) => html`<div role="row">${daysOf(week).map(one)}</div>`)}
  </div>`;
}

/** Buttons to today, before and after, and what is in sight. */
export function stepsView(title: string, to: { today: () => void; before: () => void; after: () => void }): TemplateResult {
  const rtl = document.documentElement.dir === "rtl", back = rtl ? "navigation-right-arrow" : "navigation-left-arrow", on = rtl ? "navigation-left-arrow" : "navigation-right-arrow";
  return html`<div class="actions calendar-steps">
    <ui5-button @click=${to.today}>${t("Today")}</ui5-button>
    <ui5-button design="Transparent" icon=${back} accessible-name=${t("Before")} tooltip=${t("Before")} @click=${to.before}></ui5-button>
    <ui5-button design="Transparent" icon=${on} accessible-name=${t("After")} tooltip=${t("After")} @click=${to.after}></ui5-button>
    <h2 aria-live="polite">${title}</h2>
  </div>`;
}

// ---- keys ----

/** How many days an arrow leads on, as the page is read. */
export function daysBy(key: string): number | undefined {
  const read = document.documentElement.dir === "rtl" ? -1 : 1;
  return { ArrowLeft: -read, ArrowRight: read, ArrowUp: -7, ArrowDown: 7 }[key];
}

/** Going to another day draws the page anew, which takes the focus: it is brought back when the day is drawn as the chosen one, and stays. */
export function focusSoon(id: string, frames = 120, kept = 0): void {
  const place = document.querySelector<HTMLElement>(`#${id}[tabindex="0"]`), has = place !== null && place === document.activeElement;
  if (!has) place?.focus();
  if (frames > 0 && kept < 3) requestAnimationFrame(() => focusSoon(id, frames - 1, has ? kept + 1 : 0));
}

function beside(entry: HTMLElement, forward: boolean): void {
  const all = [...(entry.closest("[data-calendar]")?.querySelectorAll<HTMLElement>("[data-entry] a") ?? [])];
  all[all.findIndex((one) => entry.contains(one)) + (forward ? 1 : -1)]?.focus();
}

/** Leads from day to day and from entry to entry: Enter on a day leads to what stands there, Escape back. False: the key means nothing here. */
export function dayKey(event: KeyboardEvent, choose: (day: string) => void, weekly = false): boolean {
  const target = event.target as HTMLElement, entry = target.closest<HTMLElement>("[data-entry]"), here = target.closest<HTMLElement>("[data-day]")?.dataset.day;
  if (!here) return false;
  const by = daysBy(event.key), back = event.key === "PageUp" ? -1 : 1;
  if (entry) {
    if (event.key === "Escape") document.getElementById(`day-${here}`)?.focus();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") beside(entry, event.key === "ArrowDown");
    else return false;
  } else if (by !== undefined) choose(addDays(here, by));
  else if (event.key === "PageUp" || event.key === "PageDown") choose(weekly ? addDays(here, back * 7) : sameDay(here, back));
  else if (event.key === "Home") choose(weekStart(here));
  else if (event.key === "End") choose(addDays(weekStart(here), 6));
  else if (event.key === "Enter") document.querySelector<HTMLElement>(`[data-day="${here}"] [data-entry] a`)?.focus();
  else return false;
  return true;
}
