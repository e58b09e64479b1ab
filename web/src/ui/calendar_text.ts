// Days between the server's form (2026-03-21) and that of a date picker, whose texts are of the reader's calendar.
import { calendar } from "../i18n/format";

const persian = new Intl.DateTimeFormat("en-u-ca-persian-nu-latn", { timeZone: "UTC", year: "numeric", month: "2-digit", day: "2-digit" });

const two = (number: number): string => String(number).padStart(2, "0");

function persianText(at: Date): string {
  const parts = new Map(persian.formatToParts(at).map((part) => [part.type, part.value]));
  return `${parts.get("year")?.padStart(4, "0")}-${parts.get("month")}-${parts.get("day")}`;
}

/** The day as the picker's `value` wants it; what is no day stays as it is, so that it is seen and mended. */
export function pickerDay(day: string): string {
  if (calendar() !== "jalali") return day;
  const at = new Date(`${day.slice(0, 10)}T00:00:00Z`);
  return Number.isNaN(at.getTime()) ? day : persianText(at);
}

/** A moment as the picker's `value` wants it, in the reader's time zone. */
export function pickerMoment(instant: string): string {
  const at = new Date(instant);
  if (instant === "" || Number.isNaN(at.getTime())) return instant;
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${pickerDay(day)} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

const msPerDay = 86_400_000;

/** The day that is called so in the Persian calendar; undefined where none is. */
function dayOfPersian(text: string): string | undefined {
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  const about = Date.UTC(year + 621, 2, 20) + Math.round((month - 1) * 30.5 + day - 1) * msPerDay; // months of 31 days come first
  for (let off = -4; off <= 4; off++) {
    const at = new Date(about + off * msPerDay);
    if (persianText(at) === text) return at.toISOString().slice(0, 10);
  }
  return undefined;
}

/** What a picker of moments holds, as the server wants it; undefined where it is no moment. Its own `dateValue` reads what was typed as if it
 * were in the form of `value`, which it is not in the Persian calendar. */
export function momentOf(value: string): string | undefined {
  const [, text = "", time = ""] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d)$/.exec(value) ?? [];
  const day = calendar() === "jalali" ? dayOfPersian(text) : text;
  const at = new Date(`${day}T${time}`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** What was picked, as the server wants it. */
export function dayOf(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

export const pickerType = (): string => (calendar() === "jalali" ? "Persian" : "Gregorian");
export const pickerFormat = (): string => (calendar() === "jalali" ? "yyyy/MM/dd" : "yyyy-MM-dd");

/** Digits of Persian and Arabic as the ones that programs read, and their signs in numbers. */
export function plainDigits(text: string): string {
  return text
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/٫/g, ".")
    .replace(/٬/g, "");
}
