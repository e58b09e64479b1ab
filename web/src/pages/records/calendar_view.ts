// How a calendar is drawn: its entries, in a month as rows of days, in a small one, and in the agenda.
import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { ref } from "lit-html/directives/ref.js";
import "@ui5/webcomponents/dist/Button.js";
import type { Entity, Field } from "../../api/types";
import { href } from "../../app/router";
import { between, formatDayOfWeek, formatTime } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import type { Dragging } from "../../ui/drag";
import { daysOf, today } from "../../ui/days";
import { inMonth, monthGrid, smallGrid, type Month } from "../../ui/month";
import { empty, loading } from "../../ui/states";
import { isEmpty, recordTitle, valueView } from "../../ui/value";
import type { Days, Entry } from "./calendar_source";

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
const hasMany = (sheet: Sheet): boolean => sheet.fields.length > 1 && sheet.by === "";

/** `place`: what says where it stands, at a time. */
export function entryView(sheet: Sheet, entry: Entry, place?: unknown): TemplateResult {
  const { entity, fields } = sheet, title = recordTitle(entity, entry.record), time = timeOf(entry);
  const about = [time, title, hasMany(sheet) ? entry.field.label : ""].filter(Boolean).join(between());
  return html`<div class="calendar-entry" id=${entryId(entry)} data-entry=${entryId(entry)} data-kind=${fields.indexOf(entry.field) % 3} ?data-movable=${sheet.mayMove(entry)} ${place ?? nothing}>
    <a href=${href(`/${entity.path}/${entry.record.id}`)} tabindex="-1" title=${about} aria-label=${about}>${time ? html`<span class="number">${time}</span> ` : nothing}<bdi>${title}</bdi></a>
  </div>`;
}

const monthOf = (sheet: Sheet): Month => ({
  label: t("{what} by day", { what: sheet.entity.plural }),
  day: sheet.day,
  weeks: sheet.weeks,
  on: (day) => sheet.days.on(day, sheet.by).map((entry) => ({ id: entryId(entry), view: entryView(sheet, entry) })),
  counted: (count) => tn("{count} record", "{count} records", count),
  choose: sheet.choose,
  whole: sheet.agendaOf,
  mount: (place) => void sheet.dragging.mount(place),
});

export const monthView = (sheet: Sheet): TemplateResult => monthGrid(monthOf(sheet));
export const smallMonth = (sheet: Sheet): TemplateResult => smallGrid(monthOf(sheet));

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
