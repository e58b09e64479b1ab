// Numbers, dates and amounts as the reader is used to: Jalali calendar and Persian digits in Persian, unless chosen otherwise.
import { language, localeOf } from "./text";

export type Calendar = "gregorian" | "jalali";

export function calendar(): Calendar {
  const kept = localStorage.getItem("calendar");
  if (kept === "gregorian" || kept === "jalali") return kept;
  return language() === "fa" ? "jalali" : "gregorian";
}

export function keepCalendar(chosen: Calendar): void {
  localStorage.setItem("calendar", chosen);
}

function dateLocale(): string {
  return `${localeOf()}-u-ca-${calendar() === "jalali" ? "persian" : "gregory"}`;
}

const made = new Map<string, Intl.DateTimeFormat>();

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = dateLocale() + JSON.stringify(options);
  let format = made.get(key);
  if (!format) made.set(key, (format = new Intl.DateTimeFormat(dateLocale(), options)));
  return format;
}

/** What stands between two short facts. A middle dot looks like the Persian zero; the marks keep a name in Latin letters from taking the number after it along. */
export function between(): string {
  return language() === "fa" ? " \u200f|\u200f " : " · ";
}

/** Several names as one reads them: “a, b and c”. */
export function formatList(names: readonly string[]): string {
  return new Intl.ListFormat(localeOf()).format(names);
}

export function formatNumber(value: number, options?: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(localeOf(), options).format(value);
}

/** A number that came as text, of an address; what is none stays as it is. */
export function formatDigits(text: string): string {
  return /^\d{1,15}$/.test(text) ? formatNumber(Number(text)) : text;
}

export function formatPercent(share: number, digits = 0): string {
  return formatNumber(share, { style: "percent", maximumFractionDigits: digits });
}

/** A day, from `2026-03-21`; what is no such text is shown as it is. */
export function formatDay(day: string, long = false): string {
  const at = new Date(`${day.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return day;
  return dates({ timeZone: "UTC", year: "numeric", month: long ? "long" : "short", day: "numeric" }).format(at);
}

/** A moment, in the reader's time zone. */
export function formatInstant(instant: string): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return instant;
  return dates({ year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" }).format(at);
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60],
];

/** How long ago, or until: “3 days ago”. */
export function formatAge(instant: string, now = Date.now()): string {
  const seconds = (new Date(instant).getTime() - now) / 1000;
  if (Number.isNaN(seconds)) return instant;
  const relative = new Intl.RelativeTimeFormat(localeOf(), { numeric: "auto" });
  for (const [unit, length] of steps)
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  return relative.format(0, "minute");
}

export function formatMoney(amount: number, currency: string): string {
  try {
    return formatNumber(amount, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
  } catch {
    return `${formatNumber(amount)} ${currency}`; // no currency ISO 4217 knows
  }
}

export function formatBytes(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  let at = 0;
  while (bytes >= 1000 && at < units.length - 1) {
    bytes /= 1000;
    at++;
  }
  return formatNumber(bytes, { style: "unit", unit: units[at] ?? "byte", unitDisplay: "short", maximumFractionDigits: 1 });
}

/** A month, from its first day; of the reader's calendar that in which its middle lies. */
export function formatMonth(day: string): string {
  const at = new Date(`${day.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return day;
  at.setUTCDate(15);
  return monthAndYear(dates({ timeZone: "UTC", year: "2-digit", month: "short" }), at);
}

/** The locale data put the year of the Persian calendar before its month; its readers do not: “آذر ۱۴۰۵”. */
function monthAndYear(format: Intl.DateTimeFormat, at: Date): string {
  if (language() !== "fa") return format.format(at);
  const parts = format.formatToParts(at), part = (type: string): string => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("month")} ${part("year")}`;
}

const atNoon = (day: string): Date => new Date(`${day.slice(0, 10)}T12:00:00Z`);

/** “November 2026”, of a day in that month. */
export function formatMonthOfYear(day: string): string {
  return monthAndYear(dates({ timeZone: "UTC", year: "numeric", month: "long" }), atNoon(day));
}

/** The name of a day of the week. */
export function formatWeekDay(day: string, length: "long" | "short" | "narrow"): string {
  return dates({ timeZone: "UTC", weekday: length }).format(atNoon(day));
}

/** “Sunday, 22 November”. */
export function formatDayOfWeek(day: string): string {
  return dates({ timeZone: "UTC", weekday: "long", month: "long", day: "numeric" }).format(atNoon(day));
}

/** “16 – 22 Nov 2026”. */
export function formatDays(from: string, until: string): string {
  return dates({ timeZone: "UTC", year: "numeric", month: "short", day: "numeric" }).formatRange(atNoon(from), atNoon(until));
}

/** The time of day of a moment, in the reader's time zone. */
export function formatTime(instant: string): string {
  const at = new Date(instant);
  return Number.isNaN(at.getTime()) ? instant : dates({ hour: "2-digit", minute: "2-digit" }).format(at);
}
