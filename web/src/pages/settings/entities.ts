// Entities and fields: what there is, adding one's own, retiring what nobody uses. In force at once, for everybody.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/CheckBox.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Link.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import "@ui5/webcomponents/dist/TextArea.js";
import type CheckBox from "@ui5/webcomponents/dist/CheckBox.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import type TextArea from "@ui5/webcomponents/dist/TextArea.js";
import { ask as askServer } from "../../api/http";
import type { Entity, Field, Model } from "../../api/types";
import { href, type Context, type Page } from "../../app/router";
import { entities, loadModel } from "../../app/session";
import { redraw } from "../../app/shell";
import { t, tn } from "../../i18n/text";
import { ask, confirmed } from "../../ui/dialog";
import { withProof } from "../../ui/proof";
import { empty } from "../../ui/states";
import { table } from "../../ui/table";
import { toast } from "../../ui/toast";
import { room } from "./rooms";

const types: readonly { type: string; text: () => string }[] = [
  { type: "text", text: () => t("Text, one line") }, { type: "note", text: () => t("Text, many lines") }, { type: "integer", text: () => t("Whole number") },
  { type: "decimal", text: () => t("Number") }, { type: "money", text: () => t("Amount of money") }, { type: "date", text: () => t("Day") },
  { type: "instant", text: () => t("Moment") }, { type: "boolean", text: () => t("Yes or no") }, { type: "choice", text: () => t("One of a list") },
  { type: "link", text: () => t("Another record") }, { type: "email", text: () => t("E-mail address") }, { type: "phone", text: () => t("Phone number") },
  { type: "url", text: () => t("Web address") }, { type: "person_name", text: () => t("Name of a person") }, { type: "country", text: () => t("Country") },
];

export const typeName = (type: string): string => types.find((one) => one.type === type)?.text() ?? type;

/** A change of the model: refused where it was changed meanwhile; the screens know the new one at once. */
async function change(path: string, method: "POST" | "PATCH", body: unknown): Promise<true> {
  const model = await askServer<Model>("/model");
  await withProof(() => askServer(path, { method, body, headers: { "If-Match": model.etag ?? "*" } }));
  await loadModel();
  redraw();
  return true;
}

/** “Lieblingsfarbe (2)” → x_lieblingsfarbe_2: names of one's own begin with x_. */
function nameOf(label: string): string {
  const plain = label.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  return `x_${plain || "field"}`.slice(0, 50);
}

const input = (id: string, label: string, value: string, set: (value: string) => void, hint?: string, required = false): TemplateResult => html`<div class="field">
  <ui5-label for=${id} show-colon ?required=${required}>${label}</ui5-label>
  <ui5-input id=${id} value=${value} ?required=${required} @input=${(event: Event) => set((event.target as Input).value)}></ui5-input>
  ${hint ? html`<span class="muted">${hint}</span>` : nothing}
</div>`;

async function addEntity(again: () => void): Promise<void> {
  const wish = { label: "", plural: "", name: "" };
  const done = await ask<true>({
    title: t("Add a kind of record"),
    does: t("Add"),
    view: (update) => html`${input("entity-label", t("Name of one"), wish.label, (value) => {
        wish.label = value;
        wish.name = nameOf(value);
        update();
      }, t("Such as: Contract"), true)}
      ${input("entity-plural", t("Name of many"), wish.plural, (value) => (wish.plural = value), t("Such as: Contracts"), true)}
      ${input("entity-name", t("Name for programs"), wish.name, (value) => (wish.name = value), t("Begins with x_; small letters, digits and _."), true)}`,
    act: () => change("/model/entities", "POST", { name: wish.name, label: wish.label, plural: wish.plural, fields: { title: { type: "text", label: t("Title"), required: true, title: true, search: true } } }),
  });
  if (!done) return;
  toast(t("It is there, for everybody."));
  again();
}

async function addField(entity: Entity, again: () => void): Promise<void> {
  const wish = { label: "", name: "", help: "", type: "text", to: "account", values: "", required: false, personal: false };
  const body = (): Record<string, unknown> => ({
    name: wish.name,
    label: wish.label,
    type: wish.type,
    ...(wish.help ? { help: wish.help } : {}),
    ...(wish.required ? { required: true } : {}),
    ...(wish.type === "link" ? { to: wish.to } : {}),
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
        wish.name = nameOf(value);
        update();
      }, undefined, true)}
      ${select("field-type", t("What it holds"), wish.type, types.map((one) => ({ value: one.type, text: one.text() })), (value) => {
        wish.type = value;
        update();
      })}
      ${wish.type === "link" ? select("field-to", t("Of"), wish.to, entities().map((one) => ({ value: one.name, text: one.plural })), (value) => (wish.to = value)) : nothing}
      ${wish.type === "choice"
        ? html`<div class="field">
            <ui5-label for="field-values" show-colon required>${t("Its values, one a line")}</ui5-label>
            <ui5-textarea id="field-values" rows="5" @input=${(event: Event) => (wish.values = (event.target as TextArea).value)}></ui5-textarea>
          </div>`
        : nothing}
      ${input("field-help", t("Help beside it"), wish.help, (value) => (wish.help = value))}
      ${input("field-name", t("Name for programs"), wish.name, (value) => (wish.name = value), t("Begins with x_; small letters, digits and _."), true)}
      <ui5-checkbox text=${t("Required")} @change=${(event: Event) => (wish.required = (event.target as CheckBox).checked)}></ui5-checkbox>`,
    act: () => change(`/model/entities/${entity.name}/fields`, "POST", body()),
  });
  if (!done) return;
  toast(t("The field is there, for everybody."));
  again();
}

async function retire(entity: Entity, field: Field, again: () => void): Promise<void> {
  const retired = !field.retired;
  const sure = await confirmed(
    retired ? t("Retire {field}?", { field: field.label }) : t("Bring {field} back?", { field: field.label }),
    retired ? t("It is not asked for and not shown any more; its values stay and come back with it.") : t("It is asked for and shown again, with the values it has."),
    retired ? t("Retire") : t("Bring back"),
    retired,
  );
  if (!sure) return;
  await change(`/model/entities/${entity.name}/fields/${field.name}`, "PATCH", { retired });
  again();
}

function fieldTable(entity: Entity, again: () => void): TemplateResult {
  return table(
    t("Fields of {entity}", { entity: entity.plural }),
    [
      { title: t("Field"), main: true, cell: (field) => html`${field.label} ${field.own ? html`<span class="tag">${t("own")}</span>` : nothing} ${field.retired ? html`<span class="tag tag-warn">${t("retired")}</span>` : nothing}` },
      { title: t("What it holds"), cell: (field) => (field.type === "link" ? t("{type}: {entity}", { type: typeName("link"), entity: entities().find((one) => one.name === field.to)?.plural ?? field.to ?? "" }) : typeName(field.type)) },
      { title: t("Required"), cell: (field) => (field.required ? t("yes") : t("no")) },
      { title: t("Personal data"), cell: (field) => field.personal ?? "–" },
      { title: t("For programs"), cell: (field) => html`<span class="mono">${field.name}</span>` },
      { title: "", cell: (field) => (field.own ? html`<ui5-button design="Transparent" @click=${() => void retire(entity, field, again)}>${field.retired ? t("Bring back") : t("Retire")}</ui5-button>` : nothing) },
    ],
    entity.fields,
  );
}

export function openEntities(context: Context): Page {
  return room<Model>(context, {
    title: () => t("Entities and fields"),
    load: loadModel,
    actions: (again) => html`<ui5-button design="Emphasized" @click=${() => void addEntity(again)}>${t("Add a kind of record")}</ui5-button>`,
    view: (model) =>
      table(
        t("Kinds of records"),
        [
          { title: t("Kind of record"), main: true, cell: (entity) => html`<ui5-link href=${href(`/settings/entities/${entity.name}`)}>${entity.plural}</ui5-link> ${entity.own ? html`<span class="tag">${t("own")}</span>` : nothing}` },
          { title: t("Fields"), number: true, cell: (entity) => tn("One field", "{count} fields", entity.fields.length) },
          { title: t("Own fields"), number: true, cell: (entity) => String(entity.fields.filter((field) => field.own).length) },
          { title: t("Personal data"), cell: (entity) => (entity.personal ? t("yes") : t("no")) },
          { title: t("For programs"), cell: (entity) => html`<span class="mono">/api/v1/${entity.path}</span>` },
        ],
        model.entities,
      ),
  });
}

export function openEntity(context: Context): Page {
  const name = context.parts.name ?? "";
  const entity = (): Entity | undefined => entities().find((one) => one.name === name);
  return room<Model>(context, {
    title: () => entity()?.plural ?? t("Kind of record"),
    load: loadModel,
    actions: (again) => html`<ui5-button design="Emphasized" @click=${() => {
      const one = entity();
      if (one) void addField(one, again);
    }}>${t("Add a field")}</ui5-button>`,
    view: (_model, again) => {
      const one = entity();
      return one ? fieldTable(one, again) : empty(t("Nothing is here"), t("There is no such kind of record."));
    },
  });
}
