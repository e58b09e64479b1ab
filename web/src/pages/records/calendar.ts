// Records on the days that they name: by month, week or as an agenda, in the reader's calendar. What is seen stands in the address.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import "@ui5/webcomponents-icons/dist/add.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import type { Entity } from "../../api/types";
import { go, href, type Context, type Page, type Place } from "../../app/router";
import { mayDoTo, whoAmI } from "../../app/session";
import { formatDay, formatDays, formatMonthOfYear, formatNumber, formatTime } from "../../i18n/format";
import { t } from "../../i18n/text";
import { Dragging } from "../../ui/drag";
import { dayKey, daysBy, focusSoon, stepsView } from "../../ui/month";
import { problemStrip } from "../../ui/problem";
import { toast } from "../../ui/toast";
import { recordTitle } from "../../ui/value";
import { change } from "../record/change";
import { asSwitch, dayFields } from "./as";
import { dayMinutes, lengthFields } from "./calendar_hours";
import { Days, dayOf, shifted, type Entry } from "./calendar_source";
import { agendaView, entryId, monthView, smallMonth, type Sheet } from "./calendar_view";
import { hourText, weekView } from "./calendar_week";
import { Conditions } from "./conditions";
import { addDays, addMonths, daysOf, sameDay, today, weekStart, weeksOf } from "../../ui/days";
import { filterParts, filterText } from "./filter";
import type { Views } from "./views";

type View = "month" | "week" | "agenda";

const phone = matchMedia("(max-width: 48rem)");
const usualHour = 9; // at which something new begins
const facts = 3; // beside the title, in the agenda
const quarter = 15; // minutes by which something is moved by hand

export function openCalendar(entity: Entity, context: Context, views: Views): Page {
  const fields = dayFields(entity);
  if (fields.length === 0) throw new Error(t("These records have no days."));
  const mine = entity.fields.some((field) => field.name === "owner" && field.to === "staff") ? (whoAmI()?.staff ?? "") : "";
  const shown = entity.columns.flatMap((name) => entity.fields.filter((field) => field.name === name && !entity.title.includes(name) && !fields.includes(field) && field.name !== "owner")).slice(0, facts);
  const days = new Days(entity, fields, shown, context.update);
  const conditions = new Conditions(entity, context, (filter) => to({ filter }));
  let day = today(), hour = usualHour, wished: View = "month", by = "", everybody = false, failure: unknown, said = "";

  const textOf = (filter: string): string => filterText(filterParts(entity, filter));
  const view = (): View => (phone.matches ? "agenda" : wished);
  const inSight = (): string[] => (view() === "week" ? [weekStart(day)] : weeksOf(day));
  const look = (anew = false): void => {
    const weeks = inSight(), last = weeks[weeks.length - 1] ?? day;
    days.see({ from: weeks[0] ?? day, until: addDays(last, 6), owner: everybody ? "" : mine, filter: conditions.text }, anew);
  };

  function read(query: URLSearchParams): void {
    const asked = query.get("day") ?? "", form = query.get("view");
    day = /^\d{4}-\d{2}-\d{2}$/.test(asked) && !Number.isNaN(Date.parse(`${asked}T00:00:00Z`)) ? asked : today();
    wished = form === "week" || form === "agenda" ? form : "month";
    by = fields.some((field) => field.name === query.get("by")) ? (query.get("by") ?? "") : "";
    everybody = query.get("of") === "all" || mine === "";
    conditions.read(query.get("filter") ?? "");
    look();
  }

  /** Another sight; what is the usual one stands in no address. */
  function to(wish: { day?: string; view?: View; by?: string; everybody?: boolean; filter?: string }, replace = false): void {
    const now = { day, view: wished, by, everybody, filter: conditions.text, ...wish };
    const query = { as: "calendar", day: now.day === today() ? undefined : now.day, view: now.view === "month" ? undefined : now.view, by: now.by, of: now.everybody && mine ? "all" : undefined, filter: now.filter };
    go(href(`/${entity.path}`, query).slice(1), replace);
  }

  const step = (count: number): string => (view() === "week" ? addDays(day, 7 * count) : view() === "agenda" ? addMonths(day, count) : sameDay(day, count));
  const titleOf = (): string => (view() === "week" ? formatDays(weekStart(day), addDays(weekStart(day), 6)) : formatMonthOfYear(day));

  // ---- moving from day to day ----

  function choose(next: string): void {
    to({ day: next }, true);
    focusSoon(`day-${next}`);
  }

  /** In a week: something new begins then. It is said, for who does not see the mark. */
  function chooseHour(next: string, at: number): void {
    hour = at;
    said = hourText(at);
    if (next !== day) return choose(next);
    context.update();
    requestAnimationFrame(() => document.querySelector(".week-hour")?.scrollIntoView({ block: "nearest" }));
  }

  /** Besides the keys of a calendar: Ctrl with an arrow moves what stands there, N begins something new; in a week arrows up and down are hours. */
  function key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement, entry = target.closest<HTMLElement>("[data-entry]"), here = target.closest<HTMLElement>("[data-day]")?.dataset.day;
    if (!here || event.altKey || event.metaKey) return;
    const by_hours = view() === "week" && (event.key === "ArrowUp" || event.key === "ArrowDown") ? (event.key === "ArrowUp" ? -1 : 1) : 0;
    const by_days = by_hours ? 0 : daysBy(event.key);
    if (by_days !== undefined && event.ctrlKey && entry) moveById(entry.dataset.entry ?? "", addDays(here, by_days), by_hours * 60);
    else if (event.ctrlKey) return;
    else if (event.key.toLowerCase() === "n" && mayCreate) create(here);
    else if (by_hours && !entry) chooseHour(here, Math.max(0, Math.min(23, hour + by_hours)));
    else if (!dayKey(event, choose, view() === "week")) return;
    event.preventDefault();
  }

  // ---- changing ----

  const mayCreate = mayDoTo(entity, "create");
  const mayMove = (entry: Entry): boolean => mayDoTo(entity, "change") && entry.field.may === "write";

  function create(on: string): void {
    const field = fields.find((one) => one.name === by) ?? fields.find((one) => one.may === "write");
    const at = new Date(`${on}T${String(view() === "week" ? hour : usualHour).padStart(2, "0")}:00:00`);
    go(`/${entity.path}/new${field ? `?${field.name}=${field.type === "date" ? on : at.toISOString()}` : ""}`);
  }

  function moveById(id: string, target: string, minutes = 0): void {
    const entry = [...inSight().flatMap(daysOf)].flatMap((one) => days.on(one, by)).find((one) => entryId(one) === id);
    if (entry && mayMove(entry)) void move(entry, target, minutes).then(() => document.getElementById(id)?.querySelector("a")?.focus());
  }

  /** Shows it there at once; where the server refuses, it goes back and says why. */
  async function move(entry: Entry, target: string, minutes = 0): Promise<void> {
    const { record, field } = entry, before = record.fields[field.name], count = Math.round((Date.parse(target) - Date.parse(entry.day)) / 86_400_000);
    if (typeof before !== "string") return;
    const value = shifted(field, before, count, minutes);
    if (value === before || (count === 0 && (minutes === 0 || field.type === "date"))) return;
    failure = undefined;
    const { end } = lengthFields(entity, field), ends = end?.may === "write" ? record.fields[end.name] : undefined;
    const wanted = { [field.name]: value, ...(end && typeof ends === "string" && ends ? { [end.name]: shifted(end, ends, count, minutes) } : {}) }; // it takes as long as before
    days.put({ ...record, fields: { ...record.fields, ...wanted } });
    try {
      const now = await change(entity, record, wanted);
      if (!now) return days.put(record);
      const moved = { ...record, version: now.version, fields: { ...record.fields, ...Object.fromEntries(Object.entries(wanted).map(([name, one]) => [name, now.fields[name] ?? one])) } };
      days.put(moved);
      const stands = dayOf(moved, field) ?? target, what = recordTitle(entity, record);
      said = minutes ? t("{what} is at {time} on {day} now.", { what, time: formatTime(value), day: formatDay(stands) }) : t("{what} is on {day} now.", { what, day: formatDay(stands) });
      toast(said, () => void move({ record: moved, field, day: stands }, addDays(stands, -count), -minutes));
      if (!inSight().flatMap(daysOf).includes(stands)) to({ day: stands }, true);
    } catch (error) {
      failure = error;
      days.put(record);
    }
    context.update();
  }

  const dragging = new Dragging({
    things: "[data-movable]",
    within: (place) => "times" in place.dataset,
    dropped: (thing, from, place, down) => {
      const target = place.closest<HTMLElement>("[data-day]")?.dataset.day, timed = "times" in from.dataset && "times" in place.dataset;
      const minutes = timed ? Math.round(((down / place.offsetHeight) * dayMinutes) / quarter) * quarter : 0;
      if (target) moveById(thing.dataset.entry ?? "", target, minutes);
    },
  });

  // ---- drawing ----

  const sheet = (): Sheet => ({ entity, fields, shown, day, hour, weeks: inSight(), by, days, mayMove, dragging, chooseHour, choose: (one) => to({ day: one }, true), agendaOf: (one) => to({ day: one, view: "agenda" }) });

  function picks(): TemplateResult {
    return html`${mine
        ? html`<ui5-select accessible-name=${t("Whose")} @change=${(event: Event) => to({ everybody: (event.target as Select).selectedOption?.value === "all" })}>
            <ui5-option value="mine" ?selected=${!everybody}>${t("Mine")}</ui5-option>
            <ui5-option value="all" ?selected=${everybody}>${t("Everybody's")}</ui5-option>
          </ui5-select>`
        : nothing}
      ${fields.length > 1
        ? html`<ui5-select accessible-name=${t("By which day")} @change=${(event: Event) => to({ by: (event.target as Select).selectedOption?.value ?? "" })}>
            <ui5-option value="" ?selected=${by === ""}>${t("All days")}</ui5-option>
            ${fields.map((field) => html`<ui5-option value=${field.name} ?selected=${by === field.name}>${field.label}</ui5-option>`)}
          </ui5-select>`
        : nothing}`;
  }

  function bar(): TemplateResult {
    const form = (one: View, text: string): TemplateResult => html`<button type="button" class="chip" aria-pressed=${wished === one} @click=${() => to({ view: one })}>${text}</button>`;
    return html`<div class="calendar-bar">
      ${stepsView(titleOf(), { today: () => choose(today()), before: () => to({ day: step(-1) }), after: () => to({ day: step(1) }) })}
      <div class="actions">
        ${picks()}
        ${phone.matches ? nothing : html`<div class="chips" role="group" aria-label=${t("Shown by")}>${form("month", t("Month"))} ${form("week", t("Week"))} ${form("agenda", t("Agenda"))}</div>`}
      </div>
    </div>`;
  }

  function contents(): TemplateResult {
    const now = sheet();
    if (view() === "month") return monthView(now);
    if (view() === "week") return weekView(now);
    return html`<div class="calendar-agenda">${smallMonth(now)} ${agendaView(now, mine && !everybody ? () => to({ everybody: true }) : undefined)}</div>`;
  }

  const turned = (): void => {
    look();
    context.update();
  };
  phone.addEventListener("change", turned);
  read(context.query);
  return {
    title: () => t("{what} by day", { what: entity.plural }),
    moved: (place: Place) => {
      if (place.parts.path !== entity.path || place.query.get("as") !== "calendar") return false;
      read(place.query);
      context.update();
      return true;
    },
    leave: () => {
      phone.removeEventListener("change", turned);
      days.end();
      dragging.end();
    },
    view: () => html`<div class="calendar-page" data-view=${view()}>
      <div class="page-head">
        <h1>${entity.plural}</h1>
        <div class="actions">
          ${asSwitch(entity, "calendar", conditions.text)}
          ${mayCreate ? html`<ui5-button design="Emphasized" icon="add" @click=${() => create(day)}>${t("New")}</ui5-button>` : nothing}
        </div>
      </div>
      ${bar()}
      <div class="list-bar">
        ${views.pick(views.ofFilter(conditions.text, textOf), (view) => to({ filter: textOf(views.find(view)?.filter ?? "") }))} ${conditions.view()}
      </div>
      ${problemStrip(failure ?? days.failure, () => (failure === undefined ? look(true) : ((failure = undefined), context.update())))}
      ${days.more ? html`<p class="muted" role="status">${t("There is more than {count} in sight: not all of it is shown.", { count: formatNumber(1000) })}</p>` : nothing}
      <p class="visually-hidden" role="status">${said}</p>
      <div class="calendar-place" data-calendar aria-busy=${String(days.busy)} @keydown=${key}>${contents()}</div>
    </div>`,
  };
}
