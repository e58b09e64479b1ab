// Whether what a page says is said in its language: against the catalogues, of which English is the source.
import { readFileSync } from "node:fs";
import type { Language } from "./journey";
import type { Told, Visitor } from "./visitor";

export interface Said {
  text: string;
  where: string;
}

/** Texts of a page as they are seen or read out, those inside components included; what records say is left out. */
export function saidOn(v: Visitor): Promise<Said[]> {
  return v.page.evaluate(() => {
    const found: { text: string; where: string }[] = [];
    const data = "bdi, code, pre, svg, .mono, .value-shown, .value-note, .value-choice, [role=gridcell], input, textarea";
    const say = (text: string | null, element: Element): void => {
      const said = text?.trim();
      if (said && !element.closest(data)) found.push({ text: said, where: `${element.localName}${element.className && typeof element.className === "string" ? `.${element.className.split(" ").join(".")}` : ""}` });
    };
    const walk = (node: Node): void => {
      if (node instanceof Text) {
        if (node.parentElement) say(node.data, node.parentElement);
        return;
      }
      if (node instanceof Element) {
        if (/^(script|style|template|noscript)$/.test(node.localName) || !node.checkVisibility()) return;
        for (const name of ["aria-label", "title", "placeholder", "alt"]) say(node.getAttribute(name), node);
        if (node.shadowRoot) walk(node.shadowRoot);
      }
      node.childNodes.forEach(walk);
    };
    walk(document.body);
    return found;
  });
}

const unquoted = (lines: string): string => (lines.match(/"(?:[^"\\]|\\.)*"/g) ?? []).map((line) => JSON.parse(line) as string).join("");

/** English texts of a catalogue that read otherwise in its language. */
function translated(file: string): string[] {
  const texts: string[] = [];
  const entry = /^msgid ((?:".*"\n)+)(?:msgid_plural ((?:".*"\n)+))?msgstr(?:\[0\])? ((?:".*"\n)+)/gm;
  for (const [, id = "", plural = "", own = ""] of readFileSync(file, "utf8").matchAll(entry))
    for (const english of [unquoted(id), unquoted(plural)]) if (unquoted(own) && unquoted(own) !== english) texts.push(english);
  return texts;
}

const isWord = (text: string): boolean => /[A-Za-z]{3}/.test(text);

/** Finds what stands in English on a page of another language, and places that nothing filled. */
export class Texts {
  private readonly whole: Set<string>;
  private readonly filled: RegExp | undefined;

  constructor(told: Told, language: Language) {
    const english = language === "en" ? [] : translated(`${told.locales}/${language}.po`);
    const parts = JSON.parse(readFileSync(told.ui5.en ?? "", "utf8")) as Record<string, string>;
    const own = language === "en" ? parts : (JSON.parse(readFileSync(told.ui5[language] ?? "", "utf8")) as Record<string, string>);
    const ofParts = Object.keys(parts).filter((key) => own[key] !== undefined && own[key] !== parts[key]).map((key) => parts[key] ?? "");
    const all = [...english, ...ofParts].filter(isWord);
    this.whole = new Set(all.filter((text) => !/\{\w+\}/.test(text)));
    const patterns = all.filter((text) => /\{\w+\}/.test(text) && text.replace(/\{\w+\}/g, "").split(/\s+/).filter(isWord).length > 1);
    if (patterns.length) this.filled = new RegExp(`^(?:${patterns.map((text) => text.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".+")).join("|")})$`);
  }

  wrong(said: readonly Said[]): string[] {
    const faults = new Set<string>();
    for (const { text, where } of said) {
      if (/\{[a-z_]+\}/.test(text) || /\bundefined\b|\[object |\bNaN\b/.test(text)) faults.add(`a place is not filled: “${text}” (${where})`);
      else if (this.whole.has(text) || this.filled?.test(text)) faults.add(`is not translated: “${text}” (${where})`);
    }
    return [...faults];
  }
}
