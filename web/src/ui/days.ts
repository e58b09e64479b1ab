// Days as the reader's calendar counts them: months, years and weeks, Gregorian or Jalali. A day is its ISO text: 2026-03-21.
import { calendar } from "../i18n/format";
import { language } from "../i18n/text";

export interface DayParts {
  year: number;
  month: number; // from 1
  day: number;
}

const msPerDay = 86_400_000;

export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * msPerDay).toISOString().slice(0, 10);
}

/** The day of a moment, where the reader is. */
export function localDay(moment: Date): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${String(moment.getFullYear()).padStart(4, "0")}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

export const today = (): string => localDay(new Date());

const formats = new Map<string, Intl.DateTimeFormat>();

/** A day as the calendar that the reader uses has it. */
export function partsOf(day: string): DayParts {
  const locale = calendar() === "jalali" ? "en-u-ca-persian" : "en-u-ca-gregory";
  let format = formats.get(locale);
  if (!format) formats.set(locale, (format = new Intl.DateTimeFormat(locale, { timeZone: "UTC", year: "numeric", month: "numeric", day: "numeric" })));
  const parts = format.formatToParts(new Date(`${day}T00:00:00Z`));
  const number = (type: string): number => Number.parseInt(parts.find((part) => part.type === type)?.value ?? "0", 10);
  return { year: number("year"), month: number("month"), day: number("day") };
}

export function monthStart(day: string): string {
  return addDays(day, 1 - partsOf(day).day);
}

/** The first day of the month `count` months away. */
export function addMonths(day: string, count: number): string {
  let start = monthStart(day);
  for (let left = Math.abs(count); left > 0; left--) start = monthStart(addDays(start, count > 0 ? 32 : -1));
  return start;
}

/** The same day of the month `count` months away, or its last one where it is shorter. */
export function sameDay(day: string, count: number): string {
  const start = addMonths(day, count), last = addDays(addMonths(start, 1), -1);
  return [addDays(start, partsOf(day).day - 1), last].sort()[0] ?? last;
}

/** The weeks, from their first day, that a month stands in. */
export function weeksOf(day: string): string[] {
  const weeks: string[] = [], end = addMonths(day, 1);
  for (let week = weekStart(monthStart(day)); week < end; week = addDays(week, 7)) weeks.push(week);
  return weeks;
}

export const daysOf = (week: string): string[] => [0, 1, 2, 3, 4, 5, 6].map((count) => addDays(week, count));

export function yearStart(day: string): string {
  let start = monthStart(day);
  while (partsOf(start).month > 1) start = monthStart(addDays(start, -1));
  return start;
}

/** 0: Sunday … 6: Saturday. Weeks begin on Saturday in Persian and by the Jalali calendar, else on Monday. */
export const weekDay = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay();
export const firstWeekDay = (): number => (language() === "fa" || calendar() === "jalali" ? 6 : 1);
export function weekStart(day: string): string {
  return addDays(day, -((weekDay(day) - firstWeekDay() + 7) % 7));
}

export function dayRange(which: "month" | "last month" | "year", now = today()): { from: string; until: string } {
  if (which === "month") return { from: monthStart(now), until: addDays(addMonths(now, 1), -1) };
  if (which === "last month") return { from: addMonths(now, -1), until: addDays(monthStart(now), -1) };
  const from = yearStart(now);
  return { from, until: addDays(yearStart(addDays(from, 370)), -1) };
}
