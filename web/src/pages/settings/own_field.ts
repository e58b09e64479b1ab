// A field of one's own: asked for in one dialog, wherever somebody finds that it is missing. In force at once, for everybody.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/CheckBox.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import "@ui5/webcomponents/dist/TextArea.js";
import type CheckBox from "@ui5/webcomponents/dist/CheckBox.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import type TextArea from "@ui5/webcomponents/dist/TextArea.js";
import { ask as askServer } from "../../api/http";
import type { Entity, Model } from "../../api/types";
import { entities, loadModel } from "../../app/session";
import { redraw } from "../../app/shell";
import { t } from "../../i18n/text";
import { ask } from "../../ui/dialog";
import { bases, basisName, personalClasses, personalName, purposeName, purposes } from "../../ui/personal";
import { wrong } from "../../ui/problem";
import { withProof } from "../../ui/proof";
import { several } from "../../ui/several";
import { toast } from "../../ui/toast";

const types: readonly { type: string; text: () => string }[] = [
  { type: "text", text: () => t("Text, one line") }, { type: "note", text: () => t("Text, many lines") }, { type: "integer", text: () => t("Whole number") },
  { type: "decimal", text: () => t("Number with decimals") }, { type: "money", text: () => t("Amount of money") }, { type: "date", text: () => t("Day") },
  { type: "instant", text: () => t("Moment") }, { type: "boolean", text: () => t("Yes or no") }, { type: "choice", text: () => t("One of a list") },
  { type: "link", text: () => t("Another record") }, { type: "email", text: () => t("E-mail address") }, { type: "phone", text: () => t("Phone number") },
  { type: "url", text: () => t("Web address") }, { type: "person_name", text: () => t("Name of a person") }, { type: "country", text: () => t("Country") },
];

/** What a field of the model may hold besides; none of one's own does. */
const others: Record<string, () => string> = {
  address: () => t("Postal address"), postcode: () => t("Postcode"), org_name: () => t("Name of an organisation"), identifier: () => t("Identifier"),
  bic: () => t("Bank (BIC)"), iban: () => t("Bank account (IBAN)"), vat: () => t("VAT number"), lei: () => t("Legal entity identifier (LEI)"), duns: () => t("D-U-N-S number"), isin: () => t("Security (ISIN)"),
  card: () => t("Card number"), cn_resident_id: () => t("Resident identity number (China)"), cn_uscc: () => t("Unified social credit code (China)"),
  ir_national_id: () => t("National identity number (Iran)"), ir_legal_id: () => t("National identifier of legal persons (Iran)"),
};

export const typeName = (type: string): string => types.find((one) => one.type === type)?.text() ?? others[type]?.() ?? type;

/** A change of the model: refused where it was changed meanwhile; the screens know the new one at once. */
export async function changeModel(path: string, method: "POST" | "PATCH", body: unknown): Promise<true> {
  const model = await askServer<Model>("/model");
  await withProof(() => askServer(path, { method, body, headers: { "If-Match": model.etag ?? "*" } }));
  await loadModel();
  redraw();
  return true;
}

/** “Lieblingsfarbe (2)” → x_lieblingsfarbe_2: names of one's own begin with x_. */
export function nameOf(label: string): string {
  const plain = label.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  return `x_${plain || "field"}`.slice(0, 50);
}

export const input = (id: string, label: string, value: string, set: (value: string) => void, hint?: string, required = false): TemplateResult => html`<div class="field">
  <ui5-label for=${id} show-colon ?required=${required}>${label}</ui5-label>
  <ui5-input id=${id} value=${value} ?required=${required} @input=${(event: Event) => set((event.target as Input).value)}></ui5-input>
  ${hint ? html`<span class="muted">${hint}</span>` : nothing}
</div>`;

/** A name that no field of the entity has. */
function freeName(entity: Entity, label: string): string {
  const name = nameOf(label), taken = new Set(entity.fields.map((field) => field.name));
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}_${n}`;
  return free;
}

/** Whose data it is, what for and by what right: without that it is masked for nobody, and erased with nobody. */
interface Personal {
  class: string;
  purposes: Set<string>;
  basis: Set<string>;
}

const take = (set: Set<string>) => (value: string, on: boolean): void => void (on ? set.add(value) : set.delete(value));

function personalForm(wish: Personal): TemplateResult {
  return html`${several(t("May be used for"), purposes.map((value) => ({ value, text: purposeName(value) })), wish.purposes, take(wish.purposes))}
    ${several(t("What allows it"), bases.map((value) => ({ value, text: basisName(value) })), wish.basis, take(wish.basis))}`;
}

function personalSaid(wish: Personal): { class: string; purposes: string[]; basis: string[] } | undefined {
  if (!wish.class) return undefined;
  if (wish.purposes.size === 0 || wish.basis.size === 0) throw wrong(t("Personal data needs a purpose and what allows it."), t("Choose at least one of each."));
  return { class: wish.class, purposes: [...wish.purposes], basis: [...wish.basis] };
}

/** Asks for a field and adds it; `given` is what is proposed. Gives its name for programs; undefined: it was left. */
export async function addField(entity: Entity, given: { label?: string; type?: string } = {}): Promise<string | undefined> {
  const label = given.label ?? "", type = types.some((one) => one.type === given.type) ? (given.type ?? "text") : "text";
  const wish = { label, name: label ? freeName(entity, label) : "", help: "", type, to: "account", values: "", required: false };
  const personal: Personal = { class: "", purposes: new Set(), basis: new Set() };
  const body = (whose = personalSaid(personal)): Record<string, unknown> => ({
    name: wish.name,
    label: wish.label,
    ...(wish.type === "link" ? { to: wish.to } : { type: wish.type }), // a link is told by what it leads to
    ...(wish.help ? { help: wish.help } : {}),
    ...(wish.required ? { required: true } : {}),
    ...(whose ? { personal: whose } : {}),
    ...(wish.type === "choice" ? { values: wish.values.split("\n").map((one) => one.trim()).filter(Boolean) } : {}),
  });
  const select = (id: string, label: string, value: string, all: readonly { value: string; text: string }[], set: (value: string) => void): TemplateResult => html`<div class="field">
    <ui5-label for=${id} show-colon>${label}</ui5-label>
    <ui5-select id=${id} @change=${(event: Event) => set((event.target as Select).selectedOption?.getAttribute("data-value") ?? "")}>
      ${all.map((one) => html`<ui5-option data-value=${one.value} ?selected=${one.value === value}>${one.text}</ui5-option>`)}
    </ui5-select>
  </div>`;
  const done = await ask<true>({
    title: t("Add a field to {entity}", { entity: entity.plural }),
    does: t("Add"),
    view: (update) => html`${input("field-label", t("Label"), wish.label, (value) => {
        wish.label = value;
        wish.name = freeName(entity, value);
        update();
      }, undefined, true)}
      ${select("field-type", t("What it holds"), wish.type, types.map((one) => ({ value: one.type, text: one.text() })), (value) => {
        wish.type = value;
        update();
      })}
      ${wish.type === "link" ? select("field-to", t("Kind of record"), wish.to, entities().map((one) => ({ value: one.name, text: one.plural })), (value) => (wish.to = value)) : nothing}
      ${wish.type === "choice"
        ? html`<div class="field">
            <ui5-label for="field-values" show-colon required>${t("Its values, one a line")}</ui5-label>
            <ui5-textarea id="field-values" rows="5" @input=${(event: Event) => (wish.values = (event.target as TextArea).value)}></ui5-textarea>
          </div>`
        : nothing}
      ${select("field-personal", t("Personal data"), personal.class, [{ value: "", text: t("none") }, ...personalClasses.map((value) => ({ value, text: personalName(value) }))], (value) => {
        personal.class = value;
        update();
      })}
      ${personal.class ? personalForm(personal) : nothing}
      ${input("field-help", t("Help beside it"), wish.help, (value) => (wish.help = value))}
      ${input("field-name", t("Name for programs"), wish.name, (value) => (wish.name = value), t("Begins with x_; small letters, digits and _."), true)}
      <ui5-checkbox text=${t("Required")} @change=${(event: Event) => (wish.required = (event.target as CheckBox).checked)}></ui5-checkbox>`,
    act: () => changeModel(`/model/entities/${entity.name}/fields`, "POST", body()),
  });
  if (!done) return undefined;
  toast(t("The field is there, for everybody."));
  return wish.name;
}
