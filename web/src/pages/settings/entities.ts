// Entities and fields: what there is, adding one's own, retiring what nobody uses. In force at once, for everybody.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Link.js";
import type { Entity, Field, Model } from "../../api/types";
import { href, type Context, type Page } from "../../app/router";
import { entities, loadModel } from "../../app/session";
import { formatNumber } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { ask, confirmed } from "../../ui/dialog";
import { personalName } from "../../ui/personal";
import { empty } from "../../ui/states";
import { table } from "../../ui/table";
import { toast } from "../../ui/toast";
import { addField, changeModel, input, nameOf, typeName } from "./own_field";
import { room } from "./rooms";

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
    act: () => changeModel("/model/entities", "POST", { name: wish.name, label: wish.label, plural: wish.plural, fields: { title: { type: "text", label: t("Title"), required: true, title: true, search: true } } }),
  });
  if (!done) return;
  toast(t("It is there, for everybody."));
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
  await changeModel(`/model/entities/${entity.name}/fields/${field.name}`, "PATCH", { retired });
  again();
}

function fieldTable(entity: Entity, again: () => void): TemplateResult {
  return table(
    t("Fields of {entity}", { entity: entity.plural }),
    [
      { title: t("Field"), main: true, cell: (field) => html`${field.label} ${field.own ? html`<span class="tag">${t("own")}</span>` : nothing} ${field.retired ? html`<span class="tag tag-warn">${t("retired")}</span>` : nothing}` },
      { title: t("What it holds"), cell: (field) => (field.type === "link" ? t("{type}: {entity}", { type: typeName("link"), entity: entities().find((one) => one.name === field.to)?.plural ?? field.to ?? "" }) : typeName(field.type)) },
      { title: t("Required"), cell: (field) => (field.required ? t("yes") : t("no")) },
      { title: t("Personal data"), cell: (field) => (field.personal ? personalName(field.personal) : "–") },
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
          { title: t("Own fields"), number: true, cell: (entity) => formatNumber(entity.fields.filter((field) => field.own).length) },
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
      if (one) void addField(one).then((name) => name && again());
    }}>${t("Add a field")}</ui5-button>`,
    view: (_model, again) => {
      const one = entity();
      return one ? fieldTable(one, again) : empty(t("Nothing is here"), t("There is no such kind of record."));
    },
  });
}
