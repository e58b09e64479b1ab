// Texts of the screens: English in the source, t("…") and tn("…", "…", n); the others come from locales/*.po.
// tools/gather-messages finds them by these names, so they are called with literals only.

export type Language = "en" | "zh-CN" | "fa";
export const languages: readonly { id: Language; name: string }[] = [
  { id: "en", name: "English" },
  { id: "zh-CN", name: "简体中文" },
  { id: "fa", name: "فارسی" },
];

export type Places = Record<string, string | number>;
type Messages = Record<string, string | string[]>;

let messages: Messages = {};
let current: Language = "en";

/** The language that was chosen here before, else the first of the browser's that there is. */
export function preferredLanguage(): Language {
  const kept = localStorage.getItem("language");
  if (kept && languages.some((one) => one.id === kept)) return kept as Language;
  for (const wish of navigator.languages) {
    const first = wish.split("-")[0];
    const found = languages.find((one) => one.id.split("-")[0] === first);
    if (found) return found.id;
  }
  return "en";
}

/** Loads the texts of a language; to be called before anything is drawn. */
export async function useLanguage(language: Language): Promise<void> {
  if (language === "zh-CN") messages = (await import("@messages/zh-CN.json")).default as Messages;
  else if (language === "fa") messages = (await import("@messages/fa.json")).default as Messages;
  else messages = {};
  current = language;
  document.documentElement.lang = language;
  document.documentElement.dir = isRtl() ? "rtl" : "ltr";
}

export function keepLanguage(language: Language): void {
  localStorage.setItem("language", language);
}

export const language = (): Language => current;
export const isRtl = (): boolean => current === "fa";

/** Values keep their own direction inside a text of the other one: FSI … PDI (Unicode UAX #9). */
function isolate(value: string): string {
  return isRtl() ? `\u2068${value}\u2069` : value;
}

function fill(text: string, places?: Places): string {
  if (!places) return text;
  return text.replace(/\{([a-z_]+)\}/g, (whole, name: string) => {
    const value = places[name];
    if (value === undefined) return whole;
    return isolate(typeof value === "number" ? new Intl.NumberFormat(localeOf()).format(value) : value);
  });
}

/** The locale for numbers and the like: Persian digits in Persian. */
export function localeOf(): string {
  return current === "fa" ? "fa-IR" : current === "zh-CN" ? "zh-CN" : "en-GB";
}

/** A text in the reader's language; `{name}` are places to fill. */
export function t(text: string, places?: Places): string {
  const found = messages[text];
  const there = Array.isArray(found) ? found[found.length - 1] : found;
  return fill(there || text, places);
}

/** A text that counts: `{count}` is the number, in the reader's digits. */
export function tn(one: string, several: string, count: number, places?: Places): string {
  const found = messages[one];
  const all = { count, ...places };
  if (Array.isArray(found)) {
    const form = current === "fa" && count > 1 ? found[1] : found[0];
    if (form) return fill(form, all); // else it is not translated yet
  }
  return fill(count === 1 ? one : several, all);
}
