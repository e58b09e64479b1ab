// One value of a record as people read it: as plain text, and drawn (links lead on, phones call, choices stand out).
import { html, type TemplateResult } from "lit-html";
import type { Entity, Field, LinkValue, MoneyValue, RecordJson, Value } from "../api/types";
import { href } from "../app/router";
import { entityNamed } from "../app/session";
import { between, formatDay, formatInstant, formatMoney, formatNumber } from "../i18n/format";
import { localeOf, t } from "../i18n/text";
import "../styles/value.css";

export const isMoney = (value: Value): value is MoneyValue => typeof value === "object" && value !== null && "amount" in value;
export const isLink = (value: Value): value is LinkValue => typeof value === "object" && value !== null && "id" in value;
export const isEmpty = (value: Value): boolean => value === null || value === undefined || value === "";

/** Types whose values are read from left to right whatever the text around them is. */
const codes = new Set(["email", "phone", "url", "postcode", "identifier", "iban", "bic", "cn_resident_id", "cn_uscc", "ir_national_id", "ir_legal_id", "vat", "lei", "duns", "isin", "card"]);

export const isNumeric = (field: Field): boolean => field.type === "integer" || field.type === "decimal" || field.type === "money";
export const isCode = (field: Field): boolean => codes.has(field.type);

const regions = new Map<string, Intl.DisplayNames>();

export function countryName(code: string): string {
  const locale = localeOf();
  let names = regions.get(locale);
  if (!names) regions.set(locale, (names = new Intl.DisplayNames(locale, { type: "region" })));
  try {
    return names.of(code) ?? code;
  } catch {
    return code; // what is no country's code
  }
}

export function choiceLabel(field: Field, value: string): string {
  return field.values?.find((one) => one.value === value)?.label ?? value;
}

/** An amount; where no currency is said, the number alone. */
export function moneyText(value: MoneyValue): string {
  const amount = Number(value.amount);
  if (!Number.isFinite(amount) || Math.abs(amount) > Number.MAX_SAFE_INTEGER / 1000) return `${value.amount} ${value.currency ?? ""}`.trim();
  if (value.currency) return formatMoney(amount, value.currency);
  const digits = value.amount.split(".")[1]?.length ?? 0;
  return formatNumber(amount, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** What a record is called: its title fields, else its first key, else the number its source gave it. */
export function recordTitle(entity: Entity | undefined, record: RecordJson): string {
  const named = (names: readonly string[]): string[] =>
    names.flatMap((name) => {
      const field = entity?.fields.find((one) => one.name === name);
      const text = field ? valueText(field, record.fields[name], record) : "";
      return text ? [text] : [];
    });
  const title = named(entity?.title ?? []);
  if (title.length > 0) return title.join(between());
  return named(entity?.key ?? [])[0] ?? record.source_id ?? t("Without a name");
}

function linkText(field: Field, value: LinkValue, record?: RecordJson): string {
  const linked = record?.linked?.[field.name];
  if (linked) return recordTitle(field.to ? entityNamed(field.to) : undefined, linked);
  const named = value.reference && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value.reference) ? value.reference : null;
  return named ?? (value.id ? t("A record") : "");
}

/** The value as plain text; empty where there is none. `record`: where the records of its links are looked for. */
export function valueText(field: Field, value: Value, record?: RecordJson): string {
  if (isEmpty(value)) return "";
  if (isMoney(value)) return moneyText(value);
  if (isLink(value)) return linkText(field, value, record);
  if (typeof value === "boolean") return value ? t("Yes") : t("No");
  if (typeof value === "number") return formatNumber(value, { maximumFractionDigits: 6, useGrouping: !/year/.test(field.name) });
  const text = String(value);
  if (field.type === "date") return formatDay(text);
  if (field.type === "instant") return formatInstant(text);
  if (field.type === "choice") return choiceLabel(field, text);
  if (field.type === "country") return countryName(text);
  return text;
}

function linkView(field: Field, value: LinkValue, record?: RecordJson): TemplateResult | string {
  const text = linkText(field, value, record);
  const target = field.to ? entityNamed(field.to) : undefined;
  if (!value.id || !target) return text;
  return html`<a class="value-link" href=${href(`/${target.path}/${value.id}`)}><bdi>${text}</bdi></a>`;
}

function outside(address: string, text: string, elsewhere: boolean): TemplateResult {
  return html`<a class="value-code" dir="ltr" href=${address} target=${elsewhere ? "_blank" : "_self"} rel="noopener noreferrer">${text}</a>`;
}

/** The value drawn; nothing is drawn for what is empty. */
export function valueView(field: Field, value: Value, record?: RecordJson): TemplateResult | string {
  if (isEmpty(value)) return "";
  const text = valueText(field, value, record);
  if (isLink(value)) return linkView(field, value, record);
  if (field.type === "choice") return html`<span class="value-choice">${text}</span>`;
  if (isNumeric(field)) return html`<span class="number">${text}</span>`;
  if (field.type === "date") return html`<time datetime=${String(value)}>${text}</time>`;
  if (field.type === "instant") return html`<time datetime=${String(value)}>${text}</time>`;
  if (typeof value !== "string") return text;
  if (field.type === "email" && value.includes("@")) return outside(`mailto:${value}`, text, false);
  if (field.type === "phone" && /\d/.test(value)) return outside(`tel:${value.replace(/[^\d+]/g, "")}`, text, false);
  if (field.type === "url" && /^(https?:\/\/)?[^\s:]+\.[^\s]+$/i.test(value))
    return outside(/^https?:\/\//i.test(value) ? value : `https://${value}`, text, true);
  if (isCode(field)) return html`<bdi class="value-code" dir="ltr">${text}</bdi>`;
  if (field.type === "note") return html`<span class="value-note">${text}</span>`;
  return html`<bdi>${text}</bdi>`;
}
