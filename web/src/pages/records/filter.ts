// Conditions of a list: what their editor says, as the server's language for filters, and back.
// What the editor cannot say (an expression from elsewhere) stays as it was written: one condition in its own words.
import type { Entity, Field } from "../../api/types";
import { formatDay, formatNumber } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { choiceLabel, countryName, moneyText } from "../../ui/value";

export type Test =
  | { op: "contains" | "begins"; text: string }
  | { op: "in" | "not in"; values: string[] }
  | { op: "between"; from: string; until: string } // either may be empty; amounts as “10.50 EUR”, or “10.50” in no currency
  | { op: "days"; from: number | null; until: number | null } // counted from today
  | { op: "sign"; sign: ">" | "=" | "<" }
  | { op: "is"; truth: boolean }
  | { op: "empty" | "filled" };

export interface Condition {
  field: Field;
  test: Test;
}

/** One part of a filter: understood, or as it was written. */
export type Part = Condition | { written: string };

export const isCondition = (part: Part): part is Condition => "field" in part;

const quoted = (text: string): string => `'${text.replace(/'/g, "''")}'`;
const dayFrom = (days: number): string => (days === 0 ? "today" : days > 0 ? `today + ${days}` : `today - ${-days}`);

function testText(field: Field, test: Test): string {
  const { name } = field, end = (text: string): string => (field.type === "money" ? quoted(text) : text);
  switch (test.op) {
    case "contains":
    case "begins":
      return `${name} ${test.op} ${quoted(test.text)}`;
    case "in":
    case "not in":
      return test.values.length === 1 ? `${name} ${test.op === "in" ? "=" : "<>"} ${quoted(test.values[0] ?? "")}` : `${name} ${test.op} (${test.values.map(quoted).join(", ")})`;
    case "between":
      return [test.from && `${name} >= ${end(test.from)}`, test.until && `${name} <= ${end(test.until)}`].filter(Boolean).join(" and ");
    case "days":
      return [test.from !== null && `${name} >= ${dayFrom(test.from)}`, test.until !== null && `${name} <= ${dayFrom(test.until)}`].filter(Boolean).join(" and ");
    case "sign":
      return `${name} ${test.sign} 0`;
    case "is":
      return `${name} = ${test.truth}`;
    case "empty":
      return `${name} is null`;
    case "filled":
      return `${name} is not null`;
  }
}

export function filterText(parts: readonly Part[]): string {
  return parts.map((part) => (isCondition(part) ? testText(part.field, part.test) : part.written)).join(" and ");
}

// ---- back: the parts between `and` on the outermost level ----

function tokens(text: string): string[] {
  return text.match(/'(?:[^']|'')*'|\d{4}-\d{2}-\d{2}|[<>!]=|<>|[A-Za-z_][\w]*|-?\d+(?:\.\d+)?|[^\s]/g) ?? [];
}

/** The tests of a filter; `between … and …` keeps its `and`. */
function split(text: string): string[][] {
  const parts: string[][] = [[]];
  let depth = 0, between = false;
  for (const token of tokens(text)) {
    if (token === "(") depth++;
    if (token === ")") depth--;
    if (token === "between") between = true;
    if (depth === 0 && token === "and" && !between) {
      parts.push([]);
      continue;
    }
    if (token === "and") between = false;
    parts[parts.length - 1]?.push(token);
  }
  return parts.filter((part) => part.length > 0);
}

const plain = (token: string): string => (token.startsWith("'") ? token.slice(1, -1).replace(/''/g, "'") : token);

/** Days from today that an operand says; undefined: it is something else. */
function daysOf(operand: readonly string[]): number | undefined {
  if (operand[0] !== "today") return undefined;
  if (operand.length === 1) return 0;
  const text = operand.slice(1).join("");
  return /^[+-]\d+$/.test(text) ? Number(text) : undefined;
}

function bound(sign: string, operand: readonly string[]): Test | undefined {
  const from = sign === ">=", day = daysOf(operand), single = operand.join("");
  if (!from && sign !== "<=") return undefined;
  if (day !== undefined) return { op: "days", from: from ? day : null, until: from ? null : day };
  return /^'?-?\d/.test(single) ? { op: "between", from: from ? plain(single) : "", until: from ? "" : plain(single) } : undefined;
}

function testOf(field: Field, rest: readonly string[]): Test | undefined {
  const [first = "", second = "", ...more] = rest;
  const tail = rest.join(" ");
  if (tail === "is null") return { op: "empty" };
  if (tail === "is not null") return { op: "filled" };
  if ((first === "contains" || first === "begins") && rest.length === 2) return { op: first, text: plain(second) };
  if (field.type === "boolean" && first === "=" && (second === "true" || second === "false") && rest.length === 2) return { op: "is", truth: second === "true" };
  if (field.type === "money" && second === "0" && rest.length === 2 && /^[<>=]$/.test(first)) return { op: "sign", sign: first as ">" | "=" | "<" };
  if ((first === "=" || first === "<>" || first === "!=") && second.startsWith("'") && rest.length === 2) return { op: first === "=" ? "in" : "not in", values: [plain(second)] };
  const not = first === "not" && second === "in";
  if ((first === "in" || not) && rest[rest.length - 1] === ")") {
    const inside = (not ? more : rest.slice(1)).slice(1, -1).filter((token) => token !== ",");
    return { op: not ? "not in" : "in", values: inside.map(plain) };
  }
  return bound(first, rest.slice(1));
}

/** Two halves of one range become one condition. */
function joined(before: Part | undefined, now: Condition): Condition | undefined {
  if (!before || !isCondition(before) || before.field !== now.field) return undefined;
  const a = before.test, b = now.test;
  if (a.op === "between" && b.op === "between" && !a.until && !b.from) return { field: now.field, test: { op: "between", from: a.from, until: b.until } };
  if (a.op === "days" && b.op === "days" && a.until === null && b.from === null) return { field: now.field, test: { op: "days", from: a.from, until: b.until } };
  return undefined;
}

export function filterParts(entity: Entity, text: string): Part[] {
  if (tokens(text).includes("or")) return text.trim() ? [{ written: text.trim() }] : [];
  const parts: Part[] = [];
  for (const part of split(text)) {
    const field = entity.fields.find((one) => one.name === part[0]);
    const test = field && testOf(field, part.slice(1));
    if (!field || !test) {
      parts.push({ written: part.join(" ") });
      continue;
    }
    const whole = joined(parts[parts.length - 1], { field, test });
    if (whole) parts.pop();
    parts.push(whole ?? { field, test });
  }
  return parts;
}

// ---- in words ----

function dayText(days: number): string {
  if (days === 0) return t("today");
  return days < 0 ? tn("{count} day ago", "{count} days ago", -days) : tn("in {count} day", "in {count} days", days);
}

function daysText(test: { from: number | null; until: number | null }): string {
  if (test.from !== null && test.until === 0 && test.from < 0) return tn("last {count} day", "last {count} days", -test.from);
  if (test.from === 0 && test.until !== null && test.until > 0) return tn("next {count} day", "next {count} days", test.until);
  if (test.from !== null && test.from === test.until) return dayText(test.from);
  if (test.from === null) return t("until {day}", { day: dayText(test.until ?? 0) });
  if (test.until === null) return t("from {day}", { day: dayText(test.from) });
  return t("{from} to {until}", { from: dayText(test.from), until: dayText(test.until) });
}

/** “10.50 EUR” in its two parts. */
export function amountOf(text: string): { amount: string; currency: string | null } {
  const [amount = "", currency = null] = text.split(" ");
  return { amount, currency };
}

function endText(field: Field, text: string): string {
  if (field.type === "money") return moneyText(amountOf(text));
  return field.type === "date" || field.type === "instant" ? formatDay(text) : formatNumber(Number(text), { maximumFractionDigits: 6 });
}

function betweenText(field: Field, from: string, until: string): string {
  if (!from) return t("until {day}", { day: endText(field, until) });
  if (!until) return t("from {day}", { day: endText(field, from) });
  return from === until ? endText(field, from) : t("{from} to {until}", { from: endText(field, from), until: endText(field, until) });
}

function signText(sign: ">" | "=" | "<"): string {
  return sign === ">" ? t("above zero") : sign === "<" ? t("below zero") : t("zero");
}

/** `called`: what records are called, by id. */
export function testWords(condition: Condition, called: ReadonlyMap<string, string>): string {
  const { field, test } = condition;
  const name = (value: string): string =>
    field.type === "choice" ? choiceLabel(field, value) : field.type === "country" ? countryName(value) : field.type === "link" ? (called.get(value) ?? "…") : value;
  switch (test.op) {
    case "contains":
      return t("contains “{text}”", { text: test.text });
    case "begins":
      return t("begins with “{text}”", { text: test.text });
    case "in":
      return test.values.map(name).join(t(", "));
    case "not in":
      return t("not {values}", { values: test.values.map(name).join(t(", ")) });
    case "between":
      return betweenText(field, test.from, test.until);
    case "days":
      return daysText(test);
    case "sign":
      return signText(test.sign);
    case "is":
      return test.truth ? t("Yes") : t("No");
    case "empty":
      return t("empty");
    case "filled":
      return t("filled");
  }
}
