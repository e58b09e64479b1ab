// Several of a list, each with its box; one that is long is narrowed by words.
import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import "@ui5/webcomponents/dist/CheckBox.js";
import "@ui5/webcomponents/dist/Input.js";
import type CheckBox from "@ui5/webcomponents/dist/CheckBox.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import { t } from "../i18n/text";

/** From here on nobody wants to look through all of them. */
export const MANY = 20;

/** Whether every word stands somewhere in a text, whatever its case. */
export function has(words: string, text: string): boolean {
  const there = text.toLocaleLowerCase();
  return words.toLocaleLowerCase().split(/\s+/).every((word) => there.includes(word));
}

export function wordsInput(label: string, words: string, take: (words: string) => void): TemplateResult {
  return html`<ui5-input class="several-words" type="Text" value=${words} placeholder=${label} accessible-name=${label} show-clear-icon @input=${(event: Event) => take((event.target as Input).value.trim())}></ui5-input>`;
}

/** What is chosen stays in sight, whatever the words. */
function narrow(event: Event): void {
  const input = event.target as Input, words = input.value.trim();
  for (const box of input.closest("fieldset")?.querySelectorAll<CheckBox>("ui5-checkbox") ?? []) box.hidden = !box.checked && !has(words, box.text ?? "");
}

export function several(label: string, all: readonly { value: string; text: string }[], chosen: ReadonlySet<string>, take: (value: string, on: boolean) => void): TemplateResult {
  return html`<fieldset class="several">
    <legend>${label}</legend>
    ${all.length > MANY ? html`<ui5-input class="several-words" placeholder=${t("Find by name")} accessible-name=${`${label}: ${t("Find by name")}`} show-clear-icon @input=${narrow}></ui5-input>` : nothing}
    ${repeat(all, (one) => one.value, (one) => html`<ui5-checkbox text=${one.text} ?checked=${chosen.has(one.value)} @change=${(event: Event) => take(one.value, (event.target as CheckBox).checked)}></ui5-checkbox>`)}
  </fieldset>`;
}
