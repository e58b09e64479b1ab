// Who can see this, and who could on any day before: with the rule that says so.
import { html, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import { get } from "../../api/http";
import type { Entity, LinkValue, RecordJson } from "../../api/types";
import { go, href, type Context, type Page } from "../../app/router";
import { entities, entityNamed, mayDoTo } from "../../app/session";
import { formatInstant } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { dayPicker } from "../../ui/day_picker";
import { empty, nextStep } from "../../ui/states";
import "../../ui/link_input";
import { table } from "../../ui/table";
import { recordTitle } from "../../ui/value";
import { room } from "./rooms";
import { operationWord, rightWord, scopeWord } from "./words";

interface May {
  user: string;
  shown: string;
  right: "masked" | "read" | "write";
  operation: string;
  role: string;
  grant: string | null;
  /** Of which records the grant speaks; empty where the rule names none. */
  scope: string[];
  rule: string;
}

interface WhoCan {
  at: string;
  users: number;
  may: May[];
}

interface RecordPage {
  records: { id: string; fields: Record<string, unknown> }[];
}

function firstOf(entity: Entity | undefined): TemplateResult | undefined {
  return entity && mayDoTo(entity, "create") ? nextStep(t("New: {entity}", { entity: entity.label }), `/${entity.path}/new`) : undefined;
}

/** The rule in words of the reader; how the role's text calls the grant stands below, for who changes it. */
function ruleView(one: May): TemplateResult {
  if (one.scope.length === 0) return html`${one.rule}`;
  const scope = one.scope.map(scopeWord).join(", ");
  return html`${one.right === "masked" ? t("Shown masked, for: {records}", { records: scope }) : t("Granted for: {records}", { records: scope })}
    <div class="muted"><bdi class="mono">${one.grant}</bdi></div>`;
}

export function openWhoCan(context: Context): Page {
  const query = context.query;
  const wish = { entity: query.get("entity") ?? "contact", field: query.get("field") ?? "", id: query.get("id") ?? "", at: query.get("at") ?? "" };
  let name = "";
  const show = (): void => go(href("/access/who-can", wish).slice(1));

  async function load(): Promise<WhoCan | null> {
    const entity = entityNamed(wish.entity);
    if (!entity) return null;
    if (!wish.field) wish.field = entity.key[0] ?? entity.fields[0]?.name ?? "";
    if (!wish.id) wish.id = (await get<RecordPage>(`/${entity.path}`, { limit: 1 })).records[0]?.id ?? "";
    if (!wish.id) return null;
    name = await get<RecordJson>(`/${entity.path}/${encodeURIComponent(wish.id)}`, undefined, context.signal).then((record) => recordTitle(entity, record), () => wish.id);
    return get<WhoCan>("/who-can", { entity: wish.entity, field: wish.field, id: wish.id, at: wish.at ? `${wish.at}T12:00:00Z` : undefined }, context.signal);
  }

  const choose = (id: string, label: string, value: string, all: readonly { name: string; label: string }[], set: (name: string) => void): TemplateResult => html`<div class="field">
    <ui5-label for=${id} show-colon>${label}</ui5-label>
    <ui5-select id=${id} @change=${(event: Event) => {
      set((event.target as Select).selectedOption?.getAttribute("data-value") ?? "");
      show();
    }}>
      ${all.map((one) => html`<ui5-option data-value=${one.name} ?selected=${one.name === value}>${one.label}</ui5-option>`)}
    </ui5-select>
  </div>`;

  return room<WhoCan | null>(context, {
    title: () => t("Who can see this?"),
    load,
    view: (answer) => html`<div class="card filters">
        ${choose("who-entity", t("Kind of record"), wish.entity, entities().map((one) => ({ name: one.name, label: one.plural })), (name) => {
          wish.entity = name;
          wish.field = wish.id = "";
        })}
        ${choose("who-field", t("Field"), wish.field, entityNamed(wish.entity)?.fields ?? [], (name) => (wish.field = name))}
        <div class="field">
          <ui5-label for="who-id" show-colon>${t("Record")}</ui5-label>
          <pb-link-input
            .wish=${{ entity: wish.entity, inputId: "who-id", name: t("Record"), description: "", negative: false, required: true, disabled: false }}
            .value=${{ link: wish.id ? { id: wish.id, reference: null } : null, text: name }}
            @change=${(event: CustomEvent<{ link: LinkValue | null }>) => {
              const id = event.detail.link?.id ?? event.detail.link?.reference ?? ""; // whose name may not be read is asked for by its id
              if (!id) return;
              wish.id = id;
              show();
            }}
          ></pb-link-input>
        </div>
        <div class="field">
          <ui5-label for="who-at" show-colon>${t("On the day")}</ui5-label>
          ${dayPicker({ id: "who-at", value: wish.at, placeholder: t("today"), changed: (day) => {
            wish.at = day;
            show();
          } })}
        </div>
      </div>
      ${answer === null
        ? empty(t("No record yet"), t("There is no record of this kind to ask about."), firstOf(entityNamed(wish.entity)))
        : html`<p>
              ${tn("One user looked at; as of {time}:", "{count} users looked at; as of {time}:", answer.users, { time: formatInstant(answer.at) })}
              ${tn("one of them can.", "{count} of them can.", answer.may.length)}
            </p>
            ${answer.may.length
              ? table(
                  t("Who can"),
                  [
                    { title: t("User"), main: true, cell: (one) => one.shown },
                    { title: t("Right"), cell: (one) => html`<span class="tag ${one.right === "write" ? "tag-good" : one.right === "masked" ? "tag-warn" : ""}">${rightWord(one.right)}</span>` },
                    { title: t("Operation"), cell: (one) => operationWord(one.operation) },
                    { title: t("By the role"), cell: (one) => one.role },
                    { title: t("Rule"), cell: ruleView },
                  ],
                  answer.may,
                )
              : empty(t("Nobody"), t("No user can see this field of this record."), nextStep(t("See what each role may do"), "/access/roles"))}`}`,
  });
}
