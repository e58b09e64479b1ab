// Picking a day, in the reader's calendar: 2026-03-21 goes in and comes out, 1405/01/01 is shown where days are counted so.
import { html, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type DatePicker from "@ui5/webcomponents/dist/DatePicker.js";
import { calendar } from "../i18n/format";
import { dayOf, pickerDay, pickerFormat, pickerType, plainDigits } from "./calendar_text";

/** The pickers are large: fetched when the first day is to be entered, their calendar before them, which they cannot do without. */
export async function fetchPickers(moment: boolean): Promise<void> {
  if (calendar() === "jalali") await import("@ui5/webcomponents-localization/dist/features/calendar/Persian.js");
  await (moment ? import("@ui5/webcomponents/dist/DateTimePicker.js") : import("@ui5/webcomponents/dist/DatePicker.js"));
}

/** The day that was picked, ""; or what was typed, where it is none: the server says what is wrong with it. */
export function pickedDay(picker: DatePicker): string {
  const at = picker.dateValue;
  if (picker.value.trim() === "") return "";
  return !at || Number.isNaN(at.getTime()) ? plainDigits(picker.value) : dayOf(at);
}

export interface DayWish {
  id: string;
  value: string;
  changed: (day: string) => void;
  placeholder?: string;
}

export function dayPicker({ id, value, changed, placeholder }: DayWish): TemplateResult {
  void fetchPickers(false);
  return html`<ui5-date-picker
    id=${id}
    primary-calendar-type=${pickerType()}
    value-format="yyyy-MM-dd"
    display-format=${pickerFormat()}
    placeholder=${placeholder ?? pickerFormat().toUpperCase()}
    .value=${live(pickerDay(value))}
    @change=${(event: Event) => changed(pickedDay(event.target as DatePicker))}
  ></ui5-date-picker>`;
}
