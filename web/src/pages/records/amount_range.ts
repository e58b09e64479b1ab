// Two amounts of one currency, either of which may be left out: what a condition on money is held to.
import { html, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import { get } from "../../api/http";
import type { Entity, Field, RecordPage } from "../../api/types";
import { t } from "../../i18n/text";
import { plainDigits } from "../../ui/calendar_text";
import { currencyInput } from "../../ui/field_input";
import { wrong } from "../../ui/problem";
import { isMoney } from "../../ui/value";
import { amountOf } from "./filter";

export interface AmountRange {
  from: string;
  until: string;
  currency: string | null;
}

/** What a condition says of them: “10.50 EUR”. */
export function amountRange(field: Field, from: string, until: string): AmountRange {
  const low = amountOf(from), high = amountOf(until);
  return { from: low.amount, until: high.amount, currency: from || until ? (low.currency ?? high.currency) : (field.currency ?? null) };
}

/** The currency that the newest record with an amount has, where the model names none. */
export async function usualCurrency(entity: Entity, field: Field): Promise<string | null> {
  if (field.currency) return field.currency;
  const { records } = await get<RecordPage>(`/${entity.path}`, { filter: `${field.name} is not null`, fields: field.name, sort: "-changed_at", limit: 1 });
  const value = records[0]?.fields[field.name];
  return isMoney(value) ? value.currency : null;
}

function end(field: Field, amount: string, currency: string | null): string {
  const plain = plainDigits(amount).replace(/[\s,]/g, "");
  if (!plain) return "";
  if (!/^-?\d+(\.\d+)?$/.test(plain)) throw wrong(t("“{value}” is no amount.", { value: amount.trim() }), t("Write {field} in digits.", { field: field.label }));
  return currency ? `${plain} ${currency}` : plain;
}

/** As a condition says it; both empty: something is missing. */
export const amountEnds = (field: Field, range: AmountRange): { from: string; until: string } => ({ from: end(field, range.from, range.currency), until: end(field, range.until, range.currency) });

export function amountRangeView(field: Field, range: AmountRange): TemplateResult {
  const input = (id: string, label: string, value: string, changed: (value: string) => void): TemplateResult => html`<div class="field">
    <ui5-label for=${id} show-colon>${label}</ui5-label>
    <ui5-input id=${id} class="input-ltr" value=${value} accessible-name=${label} @input=${(event: Event) => changed((event.target as Input).value)}></ui5-input>
  </div>`;
  return html`<div class="condition-range">
    ${input("condition-from", t("From"), range.from, (value) => (range.from = value))} ${input("condition-until", t("To"), range.until, (value) => (range.until = value))}
    <div class="field">
      <ui5-label for="condition-currency" show-colon>${t("Currency")}</ui5-label>
      ${currencyInput("condition-currency", t("Currency of {field}", { field: field.label }), range.currency, false, (currency) => (range.currency = currency), t("none"))}
    </div>
  </div>`;
}
