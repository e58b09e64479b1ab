// How the value of a field is entered, by its type: the same in forms, in place, in bulk changes and in filters.
import { html, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import "@ui5/webcomponents/dist/ComboBox.js";
import "@ui5/webcomponents/dist/ComboBoxItem.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import "@ui5/webcomponents/dist/TextArea.js";
import type ComboBox from "@ui5/webcomponents/dist/ComboBox.js";
import type DatePicker from "@ui5/webcomponents/dist/DatePicker.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import type { Choice, Field, LinkValue, MoneyValue, RecordJson, Value } from "../api/types";
import { localeOf, t } from "../i18n/text";
import { momentOf, pickerDay, pickerFormat, pickerMoment, pickerType, plainDigits } from "./calendar_text";
import { fetchPickers, pickedDay } from "./day_picker";
import { countryName, isCode, isLink, isMoney, valueText } from "./value";
import "./link_input";
import "../styles/field_input.css";

export interface FieldInputWish {
  field: Field;
  /** Of the control, so that a label can name it. */
  id: string;
  value: Value;
  /** Each time that something else is entered; null: nothing. `linked`: the record that a link was set to. */
  changed(value: Value, linked?: RecordJson): void;
  /** What is wrong with it, in the server's words. */
  problem?: string | undefined;
  required?: boolean;
  disabled?: boolean;
  /** Where no label stands beside it. */
  name?: string;
  /** The record that `value` was read from: shows what its links are called. */
  record?: RecordJson | undefined;
}

/** Up to so many choices are shown as a list; more are found by typing. */
const FEW = 12;
const commonCurrencies = ["CNY", "IRR", "EUR", "USD", "GBP", "JPY", "CHF", "AED", "TRY", "INR", "HKD", "SGD", "RUB", "CAD", "AUD"];
/** Codes that name no country though a browser has a name for them. */
const noCountry = new Set(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"]);

let countries: { locale: string; choices: Choice[] } | undefined;

function countryChoices(): Choice[] {
  const locale = localeOf();
  if (countries?.locale === locale) return countries.choices;
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const choices: Choice[] = [];
  for (const first of letters)
    for (const second of letters) {
      const code = first + second;
      if (noCountry.has(code) || new Intl.Locale(`und-${code}`).region !== code) continue; // a former one
      const label = countryName(code);
      if (label !== code) choices.push({ value: code, label, retired: false, over: false });
    }
  choices.sort((a, b) => a.label.localeCompare(b.label, locale));
  countries = { locale, choices };
  return choices;
}

/** Text of a value as a control for text holds it: as it is stored, not as it is shown. */
function rawText(value: Value): string {
  if (value === null || value === undefined) return "";
  if (isMoney(value)) return value.amount;
  if (isLink(value)) return value.reference ?? "";
  return String(value);
}

const orNull = (text: string): string | null => (text.trim() === "" ? null : text);
const state = (wish: FieldInputWish): string => (wish.problem ? "Negative" : "None");
const nameOf = (wish: FieldInputWish): string => wish.name ?? wish.field.label;
const helpOf = (wish: FieldInputWish): string => [wish.problem, wish.field.help].filter(Boolean).join(" ");

function textInput(wish: FieldInputWish, type: string, taken: (text: string) => Value): TemplateResult {
  return html`<ui5-input
    class=${isCode(wish.field) || type === "Number" ? "input-ltr" : ""}
    id=${wish.id}
    type=${type === "Number" ? "Text" : type}
    .value=${live(rawText(wish.value))}
    maxlength=${wish.field.max_length ?? 4000}
    accessible-name=${nameOf(wish)}
    accessible-description=${helpOf(wish)}
    value-state=${state(wish)}
    ?required=${wish.required}
    ?disabled=${wish.disabled}
    @input=${(event: Event) => wish.changed(taken((event.target as Input).value))}
  ></ui5-input>`;
}

function noteInput(wish: FieldInputWish): TemplateResult {
  return html`<ui5-textarea
    id=${wish.id}
    rows="3"
    growing
    growing-max-rows="12"
    .value=${live(rawText(wish.value))}
    accessible-name=${nameOf(wish)}
    accessible-description=${helpOf(wish)}
    value-state=${state(wish)}
    ?required=${wish.required}
    ?disabled=${wish.disabled}
    @input=${(event: Event) => wish.changed(orNull((event.target as Input).value))}
  ></ui5-textarea>`;
}

function numberOf(text: string): Value {
  const plain = plainDigits(text).trim();
  if (plain === "") return null;
  const number = Number(plain);
  return Number.isSafeInteger(number) || (Number.isFinite(number) && plain.length <= 15) ? number : plain;
}

function oneOf(wish: FieldInputWish, choices: readonly { value: string; label: string }[]): TemplateResult {
  const now = wish.value === null || wish.value === undefined ? "" : String(wish.value);
  return html`<ui5-select
    id=${wish.id}
    accessible-name=${nameOf(wish)}
    accessible-description=${helpOf(wish)}
    value-state=${state(wish)}
    ?required=${wish.required}
    ?disabled=${wish.disabled}
    @change=${(event: Event) => {
      const chosen = (event.target as Select).selectedOption?.value ?? "";
      wish.changed(wish.field.type === "boolean" ? (chosen === "" ? null : chosen === "true") : orNull(chosen));
    }}
  >
    <ui5-option value="" ?selected=${now === ""}>—</ui5-option>
    ${choices.map((one) => html`<ui5-option value=${one.value} ?selected=${one.value === now}>${one.label}</ui5-option>`)}
  </ui5-select>`;
}

/** A combo box tells what was typed when it is left: until then what stands in it stays, whatever else is drawn anew meanwhile. */
function beingTyped(id: string, text: string): string {
  const there = document.activeElement;
  return there?.id === id ? (there as ComboBox).value : text;
}

/** Choices to be found by typing; where any text is allowed, that is taken too. */
function typedOf(wish: FieldInputWish, choices: readonly { value: string; label: string }[]): TemplateResult {
  const now = rawText(wish.value);
  const shown = choices.find((one) => one.value === now)?.label ?? now;
  return html`<ui5-combobox
    id=${wish.id}
    filter="Contains"
    .value=${live(beingTyped(wish.id, shown))}
    accessible-name=${nameOf(wish)}
    value-state=${state(wish)}
    ?required=${wish.required}
    ?disabled=${wish.disabled}
    @change=${(event: Event) => {
      const text = (event.target as ComboBox).value.trim();
      const chosen = choices.find((one) => one.label.toLowerCase() === text.toLowerCase());
      wish.changed(chosen ? chosen.value : orNull(text));
    }}
  >
    ${choices.map((one) => html`<ui5-cb-item text=${one.label}></ui5-cb-item>`)}
  </ui5-combobox>`;
}

function choiceInput(wish: FieldInputWish): TemplateResult {
  const now = rawText(wish.value);
  const choices = (wish.field.values ?? []).filter((one) => !one.retired || one.value === now);
  const odd = now !== "" && !choices.some((one) => one.value === now) ? [{ value: now, label: now }] : [];
  return wish.field.open || choices.length > FEW ? typedOf(wish, choices) : oneOf(wish, [...choices, ...odd]);
}

export function currencyInput(id: string, name: string, currency: string | null, disabled: boolean, changed: (currency: string | null) => void, placeholder = t("Currency")): TemplateResult {
  const names = new Intl.DisplayNames(localeOf(), { type: "currency" });
  return html`<ui5-combobox
    filter="Contains"
    id=${id}
    .value=${live(beingTyped(id, currency ?? ""))}
    placeholder=${placeholder}
    accessible-name=${name}
    ?disabled=${disabled}
    @change=${(event: Event) => changed(orNull((event.target as ComboBox).value.trim().toUpperCase()))}
  >
    ${commonCurrencies.map((code) => html`<ui5-cb-item text=${code} additional-text=${names.of(code) ?? ""}></ui5-cb-item>`)}
  </ui5-combobox>`;
}

function moneyInput(wish: FieldInputWish): TemplateResult {
  const money: MoneyValue = isMoney(wish.value) ? wish.value : { amount: "", currency: wish.field.currency ?? null };
  const tell = (amount: string, currency: string | null): void => wish.changed(amount === "" ? null : { amount, currency });
  return html`<div class="input-money">
    <ui5-input
      class="input-ltr"
      id=${wish.id}
      .value=${live(money.amount)}
      accessible-name=${nameOf(wish)}
      accessible-description=${helpOf(wish)}
      value-state=${state(wish)}
      ?required=${wish.required}
      ?disabled=${wish.disabled}
      @input=${(event: Event) => tell(plainDigits((event.target as Input).value).trim(), money.currency)}
    ></ui5-input>
    ${currencyInput(`${wish.id}-currency`, t("Currency of {field}", { field: nameOf(wish) }), money.currency, Boolean(wish.disabled || wish.field.currency), (currency) => tell(money.amount, currency))}
  </div>`;
}

/** What is no moment goes to the server as it was typed: it says what is wrong with it. */
const pickedMoment = (value: string): Value => momentOf(value) ?? orNull(plainDigits(value));

function dayInput(wish: FieldInputWish): TemplateResult {
  void fetchPickers(false);
  return html`<ui5-date-picker
    id=${wish.id}
    primary-calendar-type=${pickerType()}
    value-format="yyyy-MM-dd"
    display-format=${pickerFormat()}
    placeholder=${pickerFormat().toUpperCase()}
    .value=${live(pickerDay(rawText(wish.value)))}
    accessible-name=${nameOf(wish)}
    value-state=${state(wish)}
    ?required=${wish.required}
    ?disabled=${wish.disabled}
    @change=${(event: Event) => wish.changed(pickedDay(event.target as DatePicker) || null)}
  ></ui5-date-picker>`;
}

function momentInput(wish: FieldInputWish): TemplateResult {
  void fetchPickers(true);
  return html`<ui5-datetime-picker
    id=${wish.id}
    primary-calendar-type=${pickerType()}
    value-format="yyyy-MM-dd HH:mm"
    display-format=${`${pickerFormat()} HH:mm`}
    placeholder=${`${pickerFormat().toUpperCase()} HH:MM`}
    .value=${live(pickerMoment(rawText(wish.value)))}
    accessible-name=${nameOf(wish)}
    value-state=${state(wish)}
    ?required=${wish.required}
    ?disabled=${wish.disabled}
    @change=${(event: Event) => wish.changed(pickedMoment((event.target as DatePicker).value))}
  ></ui5-datetime-picker>`;
}

function linkInput(wish: FieldInputWish): TemplateResult {
  const link = isLink(wish.value) ? wish.value : null;
  return html`<pb-link-input
    .wish=${{
      entity: wish.field.to ?? "",
      inputId: wish.id,
      name: nameOf(wish),
      description: helpOf(wish),
      negative: Boolean(wish.problem),
      required: Boolean(wish.required),
      disabled: Boolean(wish.disabled),
    }}
    .value=${{ link, text: link ? valueText(wish.field, link, wish.record) : "" }}
    @change=${(event: CustomEvent<{ link: LinkValue | null; record?: RecordJson }>) => wish.changed(event.detail.link, event.detail.record)}
  ></pb-link-input>`;
}

const yesNo = (): { value: string; label: string }[] => [
  { value: "true", label: t("Yes") },
  { value: "false", label: t("No") },
];

/** The control by which a field's value is entered. */
export function fieldInput(wish: FieldInputWish): TemplateResult {
  switch (wish.field.type) {
    case "link":
      return linkInput(wish);
    case "choice":
      return choiceInput(wish);
    case "boolean":
      return oneOf(wish, yesNo());
    case "country":
      return typedOf(wish, countryChoices());
    case "date":
      return dayInput(wish);
    case "instant":
      return momentInput(wish);
    case "money":
      return moneyInput(wish);
    case "note":
      return noteInput(wish);
    case "integer":
    case "decimal":
      return textInput(wish, "Number", numberOf);
    case "email":
      return textInput(wish, "Email", orNull);
    case "phone":
      return textInput(wish, "Tel", orNull);
    case "url":
      return textInput(wish, "URL", orNull);
    default:
      return textInput(wish, "Text", orNull);
  }
}

/** Whether two values of a field say the same. */
export function sameValue(left: Value, right: Value): boolean {
  const plain = (value: Value): string => {
    if (value === undefined || value === null || value === "") return "";
    if (isMoney(value)) return `${Number(value.amount)} ${value.currency ?? ""}`;
    if (isLink(value)) return value.id ?? value.reference ?? "";
    return String(value);
  };
  return plain(left) === plain(right);
}
