// The editor of one condition: which field, and what its values must be, by the field's type.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/CheckBox.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import type CheckBox from "@ui5/webcomponents/dist/CheckBox.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import { get } from "../../api/http";
import type { Entity, Field, Value } from "../../api/types";
import { entityNamed, mayDoTo } from "../../app/session";
import { formatNumber } from "../../i18n/format";
import { t } from "../../i18n/text";
import { ask } from "../../ui/dialog";
import { wrong } from "../../ui/problem";
import { fieldInput } from "../../ui/field_input";
import { choiceLabel, countryName, isLink, recordTitle } from "../../ui/value";
import { dayRange } from "../../ui/days";
import { amountEnds, amountRange, amountRangeView, usualCurrency, type AmountRange } from "./amount_range";
import type { Condition, Test } from "./filter";

interface Groups {
  groups: { keys: { value: unknown; label: string | null }[]; count: number }[];
}

/** What a value is called, where the condition itself cannot say it. */
export type Called = Map<string, string>;

const mostValues = 100;

/** Fields that a list may be chosen by. */
export function filterFields(entity: Entity): Field[] {
  return entity.fields.filter((field) => !field.retired && field.may !== "masked" && (!field.sensitive || field.type === "link"));
}

type Kind = "text" | "choice" | "link" | "number" | "money" | "day" | "truth";

function kindOf(field: Field): Kind {
  switch (field.type) {
    case "choice":
    case "country":
      return "choice";
    case "link":
      return "link";
    case "integer":
    case "decimal":
      return "number";
    case "money":
      return "money";
    case "date":
    case "instant":
      return "day";
    case "boolean":
      return "truth";
    default:
      return "text";
  }
}

/** The ways to test a field, as the editor names them. */
function ways(kind: Kind): [string, string][] {
  const always: [string, string][] = [["empty", t("is empty")], ["filled", t("is filled")]];
  switch (kind) {
    case "text":
      return [["contains", t("contains")], ["begins", t("begins with")], ["in", t("is exactly")], ["not in", t("is not")], ...always];
    case "choice":
      return [["in", t("is one of")], ["not in", t("is none of")], ...always];
    case "link":
      return [["in", t("is")], ["not in", t("is not")], ...always];
    case "number":
      return [["between", t("lies between")], ...always];
    case "money":
      return [["between", t("lies between")], ["sign", t("is")], ...always];
    case "truth":
      return [["is", t("is")], ...always];
    case "day":
      return [["-6", t("last 7 days")], ["-29", t("last 30 days")], ["-89", t("last 90 days")], ["0", t("today")], ["past", t("before today")], ["7", t("next 7 days")], ["30", t("next 30 days")],
        ["month", t("this month")], ["last month", t("last month")], ["year", t("this year")], ["between", t("from … to …")], ...always];
  }
}

interface Draft {
  field: Field;
  way: string;
  text: string;
  values: string[];
  from: Value;
  until: Value;
  sign: ">" | "=" | "<";
  truth: boolean;
  amounts: AmountRange;
}

function wayOf(condition: Condition): string {
  const { test } = condition;
  if (test.op !== "days") return test.op;
  if (test.from === null && test.until === -1) return "past";
  if (test.until === 0 && test.from !== null) return String(test.from);
  return test.from === 0 && test.until !== null ? String(test.until) : "between";
}

function draftOf(field: Field, condition?: Condition): Draft {
  const test = condition?.test;
  return {
    field,
    way: condition ? wayOf(condition) : (ways(kindOf(field))[0]?.[0] ?? "filled"),
    text: test && "text" in test ? test.text : test && "values" in test && kindOf(field) === "text" ? (test.values[0] ?? "") : "",
    values: test && "values" in test ? [...test.values] : [],
    from: test?.op === "between" ? test.from || null : null,
    until: test?.op === "between" ? test.until || null : null,
    sign: test?.op === "sign" ? test.sign : ">",
    truth: test?.op === "is" ? test.truth : true,
    amounts: amountRange(field, test?.op === "between" ? test.from : "", test?.op === "between" ? test.until : ""),
  };
}

function dayTest(draft: Draft): Test | undefined {
  if (draft.way === "past") return { op: "days", from: null, until: -1 };
  if (draft.way === "month" || draft.way === "last month" || draft.way === "year") return { op: "between", ...dayRange(draft.way) };
  const days = Number(draft.way);
  if (Number.isInteger(days)) return days <= 0 ? { op: "days", from: days, until: 0 } : { op: "days", from: 0, until: days };
  return undefined;
}

const endOf = (value: Value): string => (value === null || value === undefined ? "" : String(value).slice(0, 40));

/** The condition that was entered; undefined: something is missing. */
function testOf(draft: Draft): Test | undefined {
  const { way } = draft;
  if (way === "empty" || way === "filled") return { op: way };
  if (way === "between") {
    const { from, until } = kindOf(draft.field) === "money" ? amountEnds(draft.field, draft.amounts) : { from: endOf(draft.from), until: endOf(draft.until) };
    return from || until ? { op: "between", from, until } : undefined;
  }
  if (way === "sign") return { op: "sign", sign: draft.sign };
  if (way === "is") return { op: "is", truth: draft.truth };
  if (kindOf(draft.field) === "day") return dayTest(draft);
  if (kindOf(draft.field) === "text") {
    const text = draft.text.trim();
    if (!text) return undefined;
    return way === "in" || way === "not in" ? { op: way, values: [text] } : { op: way === "begins" ? "begins" : "contains", text };
  }
  return (way === "in" || way === "not in") && draft.values.length > 0 ? { op: way, values: draft.values } : undefined;
}

/** Values that a choice has in these records, most frequent first, and those that the model names. */
async function valuesOf(entity: Entity, field: Field): Promise<{ value: string; text: string; count: number }[]> {
  const named = (field.values ?? []).filter((one) => !one.retired).map((one) => ({ value: one.value, text: one.label, count: 0 }));
  if (!mayDoTo(entity, "report")) return named; // who may not count records is not told which values they have
  const answer = await get<Groups>(`/${entity.path}/groups`, { by: field.name });
  const found = answer.groups.flatMap((group) => {
    const value = group.keys[0]?.value;
    return typeof value === "string" ? [{ value, text: field.type === "country" ? countryName(value) : choiceLabel(field, value), count: group.count }] : [];
  });
  const missing = named.filter((one) => !found.some((other) => other.value === one.value));
  return [...found, ...missing].sort((a, b) => b.count - a.count).slice(0, mostValues);
}

class Editor {
  private draft: Draft;
  private values: { value: string; text: string; count: number }[] | undefined;
  private update: () => void = () => {};

  constructor(
    private readonly entity: Entity,
    private readonly called: Called,
    private readonly before: Condition | undefined,
    field: Field,
  ) {
    this.draft = draftOf(field, before);
    this.load();
  }

  private load(): void {
    this.values = undefined;
    const { field } = this.draft;
    if (kindOf(field) === "money" && !this.before) void this.propose();
    if (kindOf(field) !== "choice") return;
    valuesOf(this.entity, field)
      .catch(() => (field.values ?? []).map((one) => ({ value: one.value, text: one.label, count: 0 }))) // counting is refused: those that are known
      .then((values) => {
        if (this.draft.field !== field) return;
        this.values = values;
        this.update();
      });
  }

  /** Which currency is meant most likely; it is left alone where somebody said one meanwhile. */
  private async propose(): Promise<void> {
    const { field, amounts } = this.draft;
    const currency = await usualCurrency(this.entity, field).catch(() => null); // who may not look says it herself
    amounts.currency ??= currency;
    if (this.draft.amounts === amounts) this.update();
  }

  view(update: () => void): TemplateResult {
    this.update = update;
    const { draft } = this;
    return html`<div class="condition">
      <div class="field">
        <ui5-label for="condition-field" show-colon>${t("Field")}</ui5-label>
        <ui5-select id="condition-field" accessible-name=${t("Field")} ?disabled=${this.before !== undefined} @change=${(event: Event) => this.toField(event)}>
          ${filterFields(this.entity).map((field) => html`<ui5-option value=${field.name} ?selected=${field === draft.field}>${field.label}</ui5-option>`)}
        </ui5-select>
      </div>
      <div class="field">
        <ui5-label for="condition-way" show-colon>${t("Comparison")}</ui5-label>
        <ui5-select id="condition-way" accessible-name=${t("Comparison")} @change=${(event: Event) => this.toWay(event)}>
          ${ways(kindOf(draft.field)).map(([way, text]) => html`<ui5-option value=${way} ?selected=${way === draft.way}>${text}</ui5-option>`)}
        </ui5-select>
      </div>
      ${this.operand()}
    </div>`;
  }

  private toField(event: Event): void {
    const name = (event.target as Select).selectedOption?.value;
    const field = this.entity.fields.find((one) => one.name === name);
    if (!field) return;
    this.draft = draftOf(field);
    this.load();
    this.update();
  }

  private toWay(event: Event): void {
    this.draft.way = (event.target as Select).selectedOption?.value ?? this.draft.way;
    this.update();
  }

  private operand(): TemplateResult | typeof nothing {
    const { draft } = this, kind = kindOf(draft.field);
    if (draft.way === "empty" || draft.way === "filled") return nothing;
    if (kind === "text") return this.textInput();
    if (kind === "choice") return this.choiceInput();
    if (kind === "link") return this.linkInput();
    if (kind === "truth") return this.pick("condition-value", [["true", t("Yes")], ["false", t("No")]], String(draft.truth), (value) => (draft.truth = value === "true"));
    if (kind === "money" && draft.way === "between") return amountRangeView(draft.field, draft.amounts);
    if (kind === "money") return this.pick("condition-value", [[">", t("above zero")], ["=", t("zero")], ["<", t("below zero")]], draft.sign, (value) => (draft.sign = value as ">" | "=" | "<"));
    return draft.way === "between" ? this.range() : nothing;
  }

  private textInput(): TemplateResult {
    return html`<div class="field">
      <ui5-label for="condition-value" show-colon>${t("Text")}</ui5-label>
      <ui5-input id="condition-value" value=${this.draft.text} @input=${(event: Event) => (this.draft.text = (event.target as Input).value)}></ui5-input>
    </div>`;
  }

  private pick(id: string, options: [string, string][], now: string, chosen: (value: string) => void): TemplateResult {
    return html`<div class="field">
      <ui5-label for=${id} show-colon>${t("Value")}</ui5-label>
      <ui5-select id=${id} accessible-name=${t("Value")} @change=${(event: Event) => chosen((event.target as Select).selectedOption?.value ?? now)}>
        ${options.map(([value, text]) => html`<ui5-option value=${value} ?selected=${value === now}>${text}</ui5-option>`)}
      </ui5-select>
    </div>`;
  }

  private choiceInput(): TemplateResult {
    const { draft } = this;
    if (!this.values) return html`<p class="muted">${t("Loading")}</p>`;
    const toggle = (value: string, on: boolean): void => {
      draft.values = on ? [...draft.values, value] : draft.values.filter((one) => one !== value);
    };
    return html`<div class="condition-values" role="group" aria-label=${draft.field.label}>
      ${this.values.map(
        (one) => html`<div>
          <ui5-checkbox text=${one.text} ?checked=${draft.values.includes(one.value)} @change=${(event: Event) => toggle(one.value, (event.target as CheckBox).checked)}></ui5-checkbox>
          <span class="muted number">${formatNumber(one.count)}</span>
        </div>`,
      )}
    </div>`;
  }

  private linkInput(): TemplateResult {
    const { draft } = this, id = draft.values[0];
    return html`<div class="field">
      <ui5-label for="condition-value" show-colon>${draft.field.label}</ui5-label>
      ${fieldInput({
        field: draft.field,
        id: "condition-value",
        value: id ? { id, reference: this.called.get(id) ?? null } : null,
        changed: (value, linked) => {
          const chosen = isLink(value) ? value.id : null;
          draft.values = chosen ? [chosen] : [];
          if (chosen && linked) this.called.set(chosen, recordTitle(entityNamed(draft.field.to ?? ""), linked));
        },
      })}
    </div>`;
  }

  private range(): TemplateResult {
    const { draft } = this;
    const field: Field = draft.field.type === "instant" ? { ...draft.field, type: "date" } : draft.field;
    const end = (id: string, label: string, value: Value, changed: (value: Value) => void): TemplateResult =>
      html`<div class="field">
        <ui5-label for=${id} show-colon>${label}</ui5-label>
        ${fieldInput({ field, id, value, changed, name: label })}
      </div>`;
    return html`<div class="condition-range">
      ${end("condition-from", t("From"), draft.from, (value) => (draft.from = value))} ${end("condition-until", t("To"), draft.until, (value) => (draft.until = value))}
    </div>`;
  }

  result(): Condition {
    const test = testOf(this.draft);
    if (!test) throw wrong(t("The condition is not whole."), t("Enter what {field} is held to, or take another condition.", { field: this.draft.field.label }));
    return { field: this.draft.field, test };
  }
}

/** Asks for a condition; `before`: the one that is edited. */
export async function askCondition(entity: Entity, called: Called, before?: Condition): Promise<Condition | undefined> {
  const field = before?.field ?? filterFields(entity)[0];
  if (!field) return undefined;
  const editor = new Editor(entity, called, before, field);
  return ask<Condition>({ title: before ? t("Change the condition") : t("Add a condition"), does: t("Apply"), view: (update) => editor.view(update), act: () => editor.result() });
}
