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
let more: Promise<void> | undefined; // texts that the first screens do without

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

/** Loads what the first screens say in a language; to be called before anything is drawn. What the others say is loaded again if it was. */
export async function useLanguage(language: Language): Promise<void> {
  const others = more;
  messages = language === "zh-CN" ? (await import("@messages/zh-CN.json")).default : language === "fa" ? (await import("@messages/fa.json")).default : {};
  current = language;
  more = undefined;
  document.documentElement.lang = language;
  document.documentElement.dir = isRtl() ? "rtl" : "ltr";
  if (others) await allTexts();
}

async function loadMore(of: Language): Promise<void> {
  const found = of === "zh-CN" ? (await import("@messages/zh-CN-more.json")).default : of === "fa" ? (await import("@messages/fa-more.json")).default : {};
  if (of === current) messages = { ...messages, ...found };
}

/** What all other screens say, once: whatever is not there from the start (routes.ts, import()) waits for it before it is drawn.
 * tools/build-web tells from the routes which texts are which. */
export function allTexts(): Promise<void> {
  more ??= loadMore(current).catch((error: unknown) => {
    more = undefined; // the connection dropped: the next who needs them tries again
    throw error;
  });
  return more;
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
