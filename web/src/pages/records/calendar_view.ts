// How a calendar is drawn: the weeks of a month as rows of days, a small month, and the agenda.
import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { ref } from "lit-html/directives/ref.js";
import "@ui5/webcomponents/dist/Button.js";
import type { Entity, Field } from "../../api/types";
import { href } from "../../app/router";
import { formatDayOfWeek, formatNumber, formatTime, formatWeekDay } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import type { Dragging } from "../../ui/drag";
import { empty, loading } from "../../ui/states";
import { isEmpty, recordTitle, valueView } from "../../ui/value";
import type { Days, Entry } from "./calendar_source";
import { addMonths, daysOf, monthStart, partsOf, today } from "./days";

const fit = 3; // entries of a day in a month

export interface Sheet {
  entity: Entity;
  fields: readonly Field[];
  shown: readonly Field[];
  day: string;
  /** Of the chosen day, in a week. */
  hour: number;
  weeks: string[];
  by: string;
  days: Days;
  dragging: Dragging;
  mayMove(entry: Entry): boolean;
  choose(day: string): void;
  chooseHour(day: string, hour: number): void;
  agendaOf(day: string): void;
}

export const entryId = ({ record, field }: Entry): string => `entry-${record.id}-${field.name}`;

const timeOf = ({ record, field }: Entry): string => (field.type === "instant" ? formatTime(String(record.fields[field.name])) : "");
const inMonth = (day: string, one: string): boolean => one >= monthStart(day) && one < addMonths(day, 1);
const hasMany = (sheet: Sheet): boolean => sheet.fields.length > 1 && sheet.by === "";

/** `place`: what says where it stands, at a time. */
export function entryView(sheet: Sheet, entry: Entry, place?: unknown): TemplateResult {
  const { entity, fields } = sheet, title = recordTitle(entity, entry.record), time = timeOf(entry);
  const about = [time, title, hasMany(sheet) ? entry.field.label : ""].filter(Boolean).join(" · ");
  return html`<div class="calendar-entry" id=${entryId(entry)} data-entry=${entryId(entry)} data-kind=${fields.indexOf(entry.field) % 3} ?data-movable=${sheet.mayMove(entry)} ${place ?? nothing}>
    <a href=${href(`/${entity.path}/${entry.record.id}`)} tabindex="-1" title=${about} aria-label=${about}>${time ? html`<span class="number">${time}</span> ` : nothing}<bdi>${title}</bdi></a>
  </div>`;
}

function dayCell(sheet: Sheet, day: string): TemplateResult {
  const entries = sheet.days.on(day, sheet.by), seen = entries.length <= fit + 1 ? entries : entries.slice(0, fit);
  const count = tn("{count} record", "{count} records", entries.length);
  const clicked = (event: Event): void => {
    if (!(event.target as HTMLElement).closest("a, ui5-button")) sheet.choose(day);
  };
  return html`<div role="gridcell" class="calendar-day" id=${`day-${day}`} data-day=${day} tabindex=${day === sheet.day ? "0" : "-1"} ?data-other=${!inMonth(sheet.day, day)}
    aria-selected=${String(day === sheet.day)} aria-current=${day === today() ? "date" : nothing} aria-label=${`${formatDayOfWeek(day)}: ${count}`} @click=${clicked}>
    <span class="calendar-number number" aria-hidden="true">${formatNumber(partsOf(day).day)}</span>
    <div class="calendar-entries" ${ref((place) => void sheet.dragging.mount(place))}>${repeat(seen, entryId, (entry) => entryView(sheet, entry))}</div>
    ${seen.length < entries.length
      ? html`<button type="button" class="calendar-more" tabindex="-1" @click=${() => sheet.agendaOf(day)}>${tn("{count} more", "{count} more", entries.length - seen.length)}</button>`
      : nothing}
  </div>`;
}

/** The weeks of a month as rows. */
export function monthView(sheet: Sheet): TemplateResult {
  return html`<div class="calendar-grid" role="grid" aria-label=${t("{what} by day", { what: sheet.entity.plural })}>
    <div role="row" class="calendar-names">${daysOf(sheet.weeks[0] ?? sheet.day).map((day) => html`<span role="columnheader" aria-label=${formatWeekDay(day, "long")}>${formatWeekDay(day, "short")}</span>`)}</div>
    ${sheet.weeks.map((week) => html`<div role="row" class="calendar-week">${daysOf(week).map((day) => dayCell(sheet, day))}</div>`)}
  </div>`;
}

/** A month to choose a day of; days on which there is something have a mark. */
export function smallMonth(sheet: Sheet): TemplateResult {
  const one = (day: string): TemplateResult => {
    const count = sheet.days.on(day, sheet.by).length;
    return html`<div role="gridcell" id=${`day-${day}`} data-day=${day} tabindex=${day === sheet.day ? "0" : "-1"} class="small-day" ?data-other=${!inMonth(sheet.day, day)} ?data-marked=${count > 0}
      aria-selected=${String(day === sheet.day)} aria-current=${day === today() ? "date" : nothing} aria-label=${`${formatDayOfWeek(day)}: ${tn("{count} record", "{count} records", count)}`} @click=${() => sheet.choose(day)}>
      <span class="number" aria-hidden="true">${formatNumber(partsOf(day).day)}</span>
    </div>`;
  };
  return html`<div class="card small-month" role="grid" aria-label=${t("Days of the month")}>
    <div role="row">${daysOf(sheet.weeks[0] ?? sheet.day).map((day) => html`<span role="columnheader" class="muted" aria-label=${formatWeekDay(day, "long")}>${formatWeekDay(day, "narrow")}</span>`)}</div>
    ${sheet.weeks.map((week) => html`<div role="row">${daysOf(week).map(one)}</div>`)}
  </div>`;
}

function agendaEntry(sheet: Sheet, entry: Entry): TemplateResult {
  const { record } = entry;
  return html`<li class="agenda-entry" id=${entryId(entry)} data-entry=${entryId(entry)} data-kind=${sheet.fields.indexOf(entry.field) % 3} ?data-movable=${sheet.mayMove(entry)}>
    <span class="agenda-time number muted">${timeOf(entry)}</span>
    <div>
      <a href=${href(`/${sheet.entity.path}/${record.id}`)}><bdi>${recordTitle(sheet.entity, record)}</bdi></a>
      <div class="agenda-facts muted">
        ${hasMany(sheet) ? html`<span>${entry.field.label}</span>` : nothing}
        ${sheet.shown.map((field) => (isEmpty(record.fields[field.name]) ? nothing : html`<span>${valueView(field, record.fields[field.name], record)}</span>`))}
      </div>
    </div>
  </li>`;
}

/** What comes from the chosen day on, to the end of its month. */
export function agendaView(sheet: Sheet, everybody?: () => void): TemplateResult {
  if (sheet.days.busy) return html`<div class="agenda">${loading(6)}</div>`;
  const coming = sheet.weeks.flatMap(daysOf).filter((day) => day >= sheet.day && inMonth(sheet.day, day));
  const filled = coming.map((day) => ({ day, entries: sheet.days.on(day, sheet.by) })).filter((one) => one.entries.length > 0);
  if (filled.length === 0)
    return html`<div class="agenda">
      ${empty(t("Nothing from here to the end of the month"), t("Choose an earlier day, or another month."), everybody ? html`<ui5-button @click=${everybody}>${t("Show everybody's")}</ui5-button>` : undefined)}
    </div>`;
  return html`<div class="agenda">
    ${filled.map(
      ({ day, entries }) => html`<section data-day=${day} aria-labelledby=${`agenda-${day}`}>
        <h3 id=${`agenda-${day}`} ?data-today=${day === today()}>${formatDayOfWeek(day)}</h3>
        <ul ${ref((place) => void sheet.dragging.mount(place))}>${repeat(entries, entryId, (entry) => agendaEntry(sheet, entry))}</ul>
      </section>`,
    )}
  </div>`;
}
