// Whom findings and audits are given to: chosen among the users, never typed.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import { get } from "../../api/http";
import { between } from "../../i18n/format";
import { t } from "../../i18n/text";

export interface Person {
  name: string;
  shown: string;
  external: boolean;
}

export const people = async (signal?: AbortSignal): Promise<readonly Person[]> => (await get<{ people: Person[] }>("/audit-people", undefined, signal)).people;

const called = (one: Person): string => `${one.shown === one.name ? one.name : `${one.shown} (${one.name})`}${one.external ? `${between()}${t("external auditor")}` : ""}`;

/** One of them, or nobody; who is no user any more stays chosen until another one is. */
export function personSelect(id: string, label: string, all: readonly Person[], chosen: string, take: (name: string) => void): TemplateResult {
  const known = all.some((one) => one.name === chosen);
  return html`<div class="field">
    <ui5-label for=${id} show-colon>${label}</ui5-label>
    <ui5-select id=${id} @change=${(event: Event) => take((event.target as Select).selectedOption?.getAttribute("data-value") ?? "")}>
      <ui5-option data-value="" ?selected=${chosen === ""}>${t("Nobody")}</ui5-option>
      ${chosen && !known ? html`<ui5-option data-value=${chosen} selected>${chosen}</ui5-option>` : nothing}
      ${all.map((one) => html`<ui5-option data-value=${one.name} ?selected=${one.name === chosen}>${called(one)}</ui5-option>`)}
    </ui5-select>
  </div>`;
}

export const choicesOf = (all: readonly Person[]): { value: string; text: string }[] => all.map((one) => ({ value: one.name, text: called(one) }));
