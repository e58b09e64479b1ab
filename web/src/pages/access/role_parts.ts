// What a role grants of one kind of records, entered: operations, which records, how far each class of fields shows.
import { html, nothing, type TemplateResult } from "lit-html";
import { keyed } from "lit-html/directives/keyed.js";
import { repeat } from "lit-html/directives/repeat.js";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import type { Entity } from "../../api/types";
import { t } from "../../i18n/text";
import { ask } from "../../ui/dialog";
import { personalName } from "../../ui/personal";
import { several } from "../../ui/several";
import { recordOperations, rightNames, scopeNames, type Part, type Right } from "./role_text";
import { operationWord, rightWord, scopeWord } from "./words";

const without = (list: readonly string[], name: string): string[] => list.filter((one) => one !== name);

export const newPart = (operation?: string): Part => ({ grant: "", every: false, operations: operation ? [operation] : ["read", "list"], scope: ["own"], when: "", rights: { other: "read" }, classes: {}, fields: {} });

interface RightWish {
  id: string;
  label: string;
  chosen: Right | undefined;
  /** What holds where nothing is chosen; absent: something must be. */
  otherwise?: string;
  take: (right: Right | undefined) => void;
}

function rightSelect({ id, label, chosen, otherwise, take }: RightWish): TemplateResult {
  return html`<div class="field">
    <ui5-label for=${id} show-colon>${label}</ui5-label>
    <ui5-select id=${id} @change=${(event: Event) => take(((event.target as Select).selectedOption?.getAttribute("data-value") || undefined) as Right | undefined)}>
      ${otherwise ? html`<ui5-option data-value="" ?selected=${chosen === undefined}>${otherwise}</ui5-option>` : nothing}
      ${rightNames.map((right) => html`<ui5-option data-value=${right} ?selected=${right === chosen}>${rightWord(right)}</ui5-option>`)}
    </ui5-select>
  </div>`;
}

/** Sets or takes away one of what may be absent. */
function put<K extends string>(map: Partial<Record<K, Right>>, key: K, right: Right | undefined): void {
  if (right) map[key] = right;
  else delete map[key];
}

function fieldRights(entity: Entity, part: Part, nth: number, update: () => void): TemplateResult {
  const classes = [...new Set(entity.fields.flatMap((field) => field.personal ?? []))];
  const set = Object.keys(part.fields), free = entity.fields.filter((field) => !field.retired && !set.includes(field.name));
  const label = (name: string): string => entity.fields.find((field) => field.name === name)?.label ?? name;
  return html`<fieldset class="role-rights">
    <legend>${t("How far fields show")}</legend>
    <div class="role-right-list">
      ${rightSelect({ id: `part-${nth}-other`, label: t("Fields of no class"), chosen: part.rights.other, take: (right) => (part.rights.other = right ?? "read") })}
      ${rightSelect({ id: `part-${nth}-personal`, label: t("Personal data"), chosen: part.rights.personal, otherwise: t("as fields of no class"), take: (right) => put(part.rights, "personal", right) })}
      ${rightSelect({ id: `part-${nth}-sensitive`, label: t("Sensitive fields"), chosen: part.rights.sensitive, otherwise: t("as their class"), take: (right) => put(part.rights, "sensitive", right) })}
      ${classes.map((name) => rightSelect({ id: `part-${nth}-class-${name}`, label: personalName(name), chosen: part.classes[name], otherwise: t("as personal data"), take: (right) => put(part.classes, name, right) }))}
      ${repeat(set, (name) => name, (name) =>
        rightSelect({
          id: `part-${nth}-field-${name}`, label: t("Field: {field}", { field: label(name) }), chosen: part.fields[name], otherwise: t("as its class"),
          take: (right) => {
            put(part.fields, name, right);
            update();
          },
        }),
      )}
      <div class="field">
        <ui5-label for="part-${nth}-field" show-colon>${t("One field otherwise")}</ui5-label>
        ${keyed(set.length, html`<ui5-select id="part-${nth}-field" @change=${(event: Event) => {
          const name = (event.target as Select).selectedOption?.getAttribute("data-value");
          if (name) part.fields[name] = "hidden";
          update();
        }}>
          <ui5-option data-value="" selected>${t("Choose a field")}</ui5-option>
          ${free.map((field) => html`<ui5-option data-value=${field.name}>${field.label}</ui5-option>`)}
        </ui5-select>`)}
      </div>
    </div>
  </fieldset>`;
}

function partForm(entity: Entity, part: Part, nth: number, update: () => void, away: () => void): TemplateResult {
  const take = (of: "operations" | "scope") => (name: string, on: boolean): void => void (part[of] = on ? [...part[of], name] : without(part[of], name));
  return html`<section class="role-part stack" aria-labelledby="part-${nth}">
    <div class="page-head">
      <h2 id="part-${nth}">${part.grant ? html`<span class="mono">${part.grant}</span>` : t("New grant")}</h2>
      <div class="actions"><ui5-button design="Transparent" @click=${away}>${t("Take away")}</ui5-button></div>
    </div>
    ${part.every ? html`<p class="muted">${t("This grant is for all kinds of records, those added later too. Changed here, it is for those that there are now.")}</p>` : nothing}
    ${several(t("May"), recordOperations.map((name) => ({ value: name, text: operationWord(name) })), new Set(part.operations), take("operations"))}
    ${several(t("Of"), scopeNames.map((name) => ({ value: name, text: scopeWord(name) })), new Set(part.scope), take("scope"))}
    <div class="field">
      <ui5-label for="part-${nth}-when" show-colon>${t("Only where")}</ui5-label>
      <ui5-input id="part-${nth}-when" class="mono" value=${part.when} placeholder="stage <> 'Won'" @input=${(event: Event) => (part.when = (event.target as Input).value)}></ui5-input>
      <span class="muted">${t("A condition of fields of the record; empty: all of them.")}</span>
    </div>
    ${fieldRights(entity, part, nth, update)}
  </section>`;
}

/** Asks what is granted of one kind of records; undefined where it was left as it is. */
export function askParts(entity: Entity, there: readonly Part[], operation?: string): Promise<Part[] | undefined> {
  const parts = there.map((part) => structuredClone(part));
  if (parts.length === 0 || (operation && !parts.some((part) => part.operations.includes(operation)))) parts.push(newPart(operation));
  return ask<Part[]>({
    title: t("What is granted: {entity}", { entity: entity.plural }),
    wide: true,
    does: t("Take over"),
    view: (update) => html`${repeat(parts, (part) => part, (part, nth) => partForm(entity, part, nth, update, () => {
        parts.splice(parts.indexOf(part), 1);
        update();
      }))}
      <div class="actions"><ui5-button class="part-more" @click=${() => {
        parts.push(newPart());
        update();
      }}>${t("One more grant")}</ui5-button></div>`,
    act: () => parts,
  });
}
