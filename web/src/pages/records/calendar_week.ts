// A week by the hour: what has a time stands at it, what has none in a row above; two at one time stand side by side.
import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { ref } from "lit-html/directives/ref.js";
import "../../styles/calendar_week.css";
import { formatDayOfWeek, formatNumber, formatTime, formatWeekDay } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { dayMinutes, placed, type Crowd, type Placed } from "./calendar_hours";
import { entryId, entryView, type Sheet } from "./calendar_view";
import { daysOf, partsOf, today } from "../../ui/days";

const hours = Array.from({ length: 24 }, (_one, hour) => hour);
const firstSeen = 7; // the hour at which a day begins for most
/** By the object model: an attribute of style is refused by the Content-Security-Policy. */
const standing = (style: Record<string, string>): unknown =>
  ref((element) => {
    if (element instanceof HTMLElement) for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value);
  });
const share = (minutes: number): string => `${(minutes / dayMinutes) * 100}%`;

export const hourText = (hour: number): string => formatTime(`2026-01-01T${String(hour).padStart(2, "0")}:00:00`);

function head(day: string): TemplateResult {
  return html`<span role="columnheader" aria-label=${formatDayOfWeek(day)} aria-current=${day === today() ? "date" : nothing}>
    <span>${formatWeekDay(day, "short")}</span> <span class="number">${formatNumber(partsOf(day).day)}</span>
  </span>`;
}

function wholeDay(sheet: Sheet, day: string): TemplateResult {
  const entries = sheet.days.on(day, sheet.by).filter((one) => one.field.type !== "instant");
  return html`<div role="gridcell" class="week-whole" data-day=${day} aria-label=${t("{day}, without a time", { day: formatDayOfWeek(day) })}>
    <div class="calendar-entries" ${ref((place) => void sheet.dragging.mount(place))}>${repeat(entries, entryId, (entry) => entryView(sheet, entry))}</div>
  </div>`;
}

function timed(sheet: Sheet, one: Placed): TemplateResult {
  const width = 100 / one.of;
  const place = { "inset-block-start": share(one.from), "block-size": share(one.until - one.from), "inset-inline-start": `${one.at * width}%`, "inline-size": `calc(${width}% - 2px)` };
  return entryView(sheet, one.entry, standing(place));
}

function crowded(sheet: Sheet, day: string, { from, until, count, of }: Crowd): TemplateResult {
  const place = { "inset-block-start": share(from), "block-size": share(until - from), "inset-inline-start": `${((of - 1) * 100) / of}%`, "inline-size": `${100 / of}%` };
  const text = tn("{count} more", "{count} more", count);
  return html`<button type="button" class="week-more" tabindex="-1" aria-label=${text} title=${text} @click=${() => sheet.agendaOf(day)} ${standing(place)}>+${formatNumber(count)}</button>`;
}

function dayColumn(sheet: Sheet, day: string): TemplateResult {
  const entries = sheet.days.on(day, sheet.by), chosen = day === sheet.day, now = new Date(), { shown, crowds } = placed(sheet.entity, entries);
  const clicked = (event: MouseEvent): void => {
    if ((event.target as HTMLElement).closest("a, button")) return;
    const { top, height } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    sheet.chooseHour(day, Math.max(0, Math.min(23, Math.floor(((event.clientY - top) / height) * 24))));
  };
  return html`<div role="gridcell" class="week-day" id=${`day-${day}`} data-day=${day} tabindex=${chosen ? "0" : "-1"} aria-selected=${String(chosen)} aria-current=${day === today() ? "date" : nothing}
    aria-label=${`${formatDayOfWeek(day)}: ${tn("{count} record", "{count} records", entries.length)}`} @click=${clicked}>
    ${chosen ? html`<div class="week-hour" ${standing({ "inset-block-start": share(sheet.hour * 60) })}></div>` : nothing}
    ${day === today() ? html`<div class="week-now" ${standing({ "inset-block-start": share(now.getHours() * 60 + now.getMinutes()) })}></div>` : nothing}
    <div class="week-times" data-times ${ref((place) => void sheet.dragging.mount(place))}>${repeat(shown, (one) => entryId(one.entry), (one) => timed(sheet, one))}</div>
    ${crowds.map((one) => crowded(sheet, day, one))}
  </div>`;
}

/** At first the usual hours are in sight, or the earliest entry where it is earlier. */
function begin(sheet: Sheet, element: Element | undefined): void {
  if (!(element instanceof HTMLElement) || element.dataset.week === sheet.weeks[0] || sheet.days.busy) return;
  element.dataset.week = sheet.weeks[0] ?? "";
  const firsts = daysOf(sheet.weeks[0] ?? sheet.day).flatMap((day) => placed(sheet.entity, sheet.days.on(day, sheet.by)).shown.slice(0, 1).map((one) => one.from));
  const column = element.querySelector<HTMLElement>(".week-day");
  if (column) element.scrollTop = (Math.min(firstSeen * 60, ...firsts) / dayMinutes) * column.offsetHeight;
}

export function weekView(sheet: Sheet): TemplateResult {
  const days = daysOf(sheet.weeks[0] ?? sheet.day), whole = sheet.fields.some((field) => field.type !== "instant");
  return html`<div class="calendar-grid week-grid" role="grid" data-hours aria-label=${t("{what} by day", { what: sheet.entity.plural })} ${ref((element) => begin(sheet, element))}>
    <div class="week-top" role="rowgroup">
      <div role="row" class="week-row week-names"><span role="columnheader"><span class="visually-hidden">${t("Hour")}</span></span>${days.map(head)}</div>
      ${whole
        ? html`<div role="row" class="week-row"><span role="rowheader" class="week-label muted">${t("All day")}</span>${days.map((day) => wholeDay(sheet, day))}</div>`
        : nothing}
    </div>
    <div role="rowgroup">
      <div role="row" class="week-row week-body">
        <div role="rowheader" class="week-hours number muted"><b class="visually-hidden">${t("Hours of the day")}</b>${hours.map((hour) => html`<span aria-hidden="true">${hour ? hourText(hour) : ""}</span>`)}</div>
        ${days.map((day) => dayColumn(sheet, day))}
      </div>
    </div>
  </div>`;
}
