// What a role holds but does not pass on to roles below it: said in a line each, and entered.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import type { Entity } from "../../api/types";
import { entities } from "../../app/session";
import { between } from "../../i18n/format";
import { t } from "../../i18n/text";
import { ask } from "../../ui/dialog";
import { personalClasses, personalName } from "../../ui/personal";
import { wrong } from "../../ui/problem";
import { several } from "../../ui/several";
import { table } from "../../ui/table";
import { entityName } from "./role_plan";
import { recordOperations, rightNames, workspaceOperations, type Declaration, type Keep, type Right } from "./role_text";
import { operationWord, rightWord } from "./words";

type Reach = "every" | "some" | "workspace";

/** What is entered of one, whole before it is taken over. */
interface Draft {
  reach: Reach;
  kinds: Set<string>;
  operations: Set<string>;
  /** The operations whole; else of some fields only. */
  whole: boolean;
  classes: Set<string>;
  fields: Set<string>;
  passes: Right;
}

const present = (): Entity[] => entities().filter((one) => !one.retired);
const reachOf = (keep: Keep): Reach => (keep.entities === "all" ? "every" : keep.entities?.length ? "some" : "workspace");

/** Whether an operation on a kind of records, whole, is kept from roles below. */
export const keptWhole = (role: Declaration, entity: string, operation: string): boolean =>
  role.keeps.some((keep) => !keep.classes?.length && !keep.fields?.length && keep.operations.includes(operation) && (keep.entities === "all" || (keep.entities ?? []).includes(entity)));

/** A field as a role names it, with its kind of records or without, as it is called. */
function fieldWord(name: string, kinds: readonly string[]): string {
  const [entity, field] = name.includes(".") ? (name.split(".") as [string, string]) : [undefined, name];
  const there = entities().filter((one) => (entity ? one.name === entity : kinds.length === 0 || kinds.includes(one.name)));
  const label = there.flatMap((one) => one.fields).find((one) => one.name === field)?.label ?? field;
  return entity ? t("{field} ({entity})", { field: label, entity: entityName(entity) }) : label;
}

const recordsWord = (keep: Keep): string => {
  const reach = reachOf(keep);
  if (reach === "workspace") return t("the workspace");
  return reach === "every" ? t("all kinds of records") : (keep.entities as string[]).map(entityName).join(between());
};

function extentWord(keep: Keep): string {
  const kinds = Array.isArray(keep.entities) ? keep.entities : [];
  const parts = [...(keep.classes ?? []).map(personalName), ...(keep.fields ?? []).map((name) => fieldWord(name, kinds))];
  return parts.length ? t("{fields}: a role below {right}", { fields: parts.join(between()), right: rightWord(keep.passes ?? "hidden") }) : t("all of it");
}

/** What is kept, and the ways to change it where `change` is given. */
export function keepsTable(role: Declaration, change?: (keeps: Keep[]) => void): TemplateResult {
  const { keeps } = role;
  const edit = async (nth: number): Promise<void> => {
    const keep = await askKeep(keeps[nth]);
    if (keep) change?.([...keeps.slice(0, nth), keep, ...keeps.slice(nth + 1)]);
  };
  return html`<section class="stack role-keeps" aria-labelledby="role-keeps">
    <div class="page-head">
      <h2 id="role-keeps">${t("Not passed on to roles below")}</h2>
      ${change ? html`<div class="actions"><ui5-button class="role-keep-more" @click=${() => void edit(keeps.length)}>${t("Keep something back")}</ui5-button></div>` : nothing}
    </div>
    ${keeps.length === 0
      ? html`<p class="muted">${t("Roles that inherit from this one may be granted all that it holds.")}</p>`
      : table(
          t("Not passed on to roles below"),
          [
            { title: t("Records"), main: true, cell: ([keep]) => recordsWord(keep) },
            { title: t("Acts"), cell: ([keep]) => keep.operations.map(operationWord).join(between()) },
            { title: t("Of it"), cell: ([keep]) => extentWord(keep) },
            ...(change
              ? [{ title: "", cell: ([keep, nth]: [Keep, number]) => html`<div class="actions">
                  <ui5-button design="Transparent" class="role-keep-change" accessible-name=${`${t("Change")}: ${recordsWord(keep)}`} @click=${() => void edit(nth)}>${t("Change")}</ui5-button>
                  <ui5-button design="Transparent" class="role-keep-away" accessible-name=${`${t("Take away")}: ${recordsWord(keep)}`} @click=${() => change(keeps.filter((other) => other !== keep))}>${t("Take away")}</ui5-button>
                </div>` }]
              : []),
          ],
          keeps.map((keep, nth): [Keep, number] => [keep, nth]),
        )}
  </section>`;
}

function draftOf(keep: Keep | undefined): Draft {
  return {
    reach: keep ? reachOf(keep) : "some",
    kinds: new Set(Array.isArray(keep?.entities) ? keep.entities : []),
    operations: new Set(keep?.operations ?? ["export"]),
    whole: !keep?.classes?.length && !keep?.fields?.length,
    classes: new Set(keep?.classes ?? []),
    fields: new Set(keep?.fields ?? []),
    passes: keep?.passes ?? "hidden",
  };
}

const kindsOf = (draft: Draft): Entity[] => (draft.reach === "every" ? present() : draft.reach === "some" ? present().filter((one) => draft.kinds.has(one.name)) : []);

/** Fields of the chosen kinds; what the role names without its kind stays what it is. */
function fieldChoices(draft: Draft): { value: string; text: string }[] {
  const alone = [...draft.fields].filter((name) => !name.includes("."));
  const named = kindsOf(draft).flatMap((entity) => entity.fields.filter((field) => !field.retired).map((field) => `${entity.name}.${field.name}`));
  return [...alone, ...named].map((value) => ({ value, text: fieldWord(value, [...draft.kinds]) }));
}

/** What was entered as the server takes it, in the order of the matrix; what is missing is said. */
function keepOf(draft: Draft): Keep {
  const records = draft.reach !== "workspace";
  const all: readonly string[] = records ? recordOperations : workspaceOperations;
  const operations = all.filter((one) => draft.operations.has(one));
  if (operations.length === 0) throw wrong(t("No operation is chosen."), t("Choose what roles below are not to get."));
  if (!records) return { operations };
  if (draft.reach === "some" && draft.kinds.size === 0) throw wrong(t("No kind of records is chosen."), t("Choose one at least, or all kinds of records."));
  const keep: Keep = { entities: draft.reach === "every" ? "all" : [...draft.kinds], operations };
  if (draft.whole) return keep;
  const there = new Set(fieldChoices(draft).map((one) => one.value)), fields = [...draft.fields].filter((one) => there.has(one));
  if (draft.classes.size + fields.length === 0) throw wrong(t("No field is chosen."), t("Choose classes or fields, or keep back the operations whole."));
  return { ...keep, ...(draft.classes.size ? { classes: [...draft.classes] } : {}), ...(fields.length ? { fields } : {}), passes: draft.passes };
}

const take = (set: Set<string>) => (name: string, on: boolean): void => void (on ? set.add(name) : set.delete(name));

function choice<V extends string>(id: string, label: string, chosen: V, all: readonly (readonly [V, string])[], chose: (value: V) => void): TemplateResult {
  return html`<div class="field">
    <ui5-label for=${id} show-colon>${label}</ui5-label>
    <ui5-select id=${id} @change=${(event: Event) => chose(((event.target as Select).selectedOption?.getAttribute("data-value") ?? chosen) as V)}>
      ${all.map(([value, text]) => html`<ui5-option data-value=${value} ?selected=${value === chosen}>${text}</ui5-option>`)}
    </ui5-select>
  </div>`;
}

/** Which fields of the records, where the operations are not kept whole. */
function partForm(draft: Draft): TemplateResult {
  return html`${several(t("Classes of personal data"), personalClasses.map((value) => ({ value, text: personalName(value) })), draft.classes, take(draft.classes))}
    ${several(t("Fields"), fieldChoices(draft), draft.fields, take(draft.fields))}
    ${choice<Right>("keep-passes", t("A role below, of these fields, at most"), draft.passes, rightNames.filter((right) => right !== "write").map((right) => [right, rightWord(right)]), (right) => (draft.passes = right))}`;
}

function keepForm(draft: Draft, update: () => void): TemplateResult {
  const records = draft.reach !== "workspace";
  const operations: readonly string[] = records ? recordOperations : workspaceOperations;
  return html`${choice<Reach>("keep-reach", t("Records"), draft.reach, [["some", t("kinds of records that are chosen")], ["every", t("all kinds of records, those added later too")], ["workspace", t("the workspace as a whole")]], (reach) => {
      draft.reach = reach;
      update();
    })}
    ${draft.reach === "some" ? several(t("Kinds of records"), present().map((one) => ({ value: one.name, text: one.plural })), draft.kinds, (name, on) => {
      take(draft.kinds)(name, on);
      update();
    }) : nothing}
    ${several(t("Acts"), operations.map((value) => ({ value, text: operationWord(value) })), draft.operations, take(draft.operations))}
    ${records ? choice("keep-extent", t("Of it"), draft.whole ? "whole" : "part", [["whole", t("all of it")], ["part", t("some fields only")]] as const, (extent) => {
      draft.whole = extent === "whole";
      update();
    }) : nothing}
    ${records && !draft.whole ? partForm(draft) : nothing}`;
}

/** Asks what is kept back; undefined where it was left as it is. */
function askKeep(there: Keep | undefined): Promise<Keep | undefined> {
  const draft = draftOf(there);
  return ask<Keep>({
    title: t("Not passed on to roles below"),
    wide: true,
    does: t("Take over"),
    view: (update) => keepForm(draft, update),
    act: () => keepOf(draft),
  });
}
