// The log: who did what, when, from where, what for. Everything here is an event of the ledger.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Link.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import { get } from "../../api/http";
import { go, href, type Context, type Page } from "../../app/router";
import { entities, entityNamed } from "../../app/session";
import { formatInstant, formatNumber } from "../../i18n/format";
import { t } from "../../i18n/text";
import { dayPicker } from "../../ui/day_picker";
import { problemStrip } from "../../ui/problem";
import { empty, loading, nextStep } from "../../ui/states";
import { table } from "../../ui/table";
import { room } from "./rooms";
import { wayWord } from "./words";

export interface LedgerEvent {
  sequence: number;
  kind: string;
  says: string | null;
  at: string;
  actor: string | null;
  purpose: string | null;
  via: string | null;
  entity: string | null;
  record: string | null;
  version: number | null;
  erased: boolean;
}

interface Events {
  events: LedgerEvent[];
  next: number | null;
}

const filters = ["kind", "actor", "entity", "record", "from", "until"] as const;

/** The moment at which a day begins, or ends, where the reader is. */
function momentOf(day: string, end: boolean): string | undefined {
  const moment = new Date(`${day}T${end ? "23:59:59.999" : "00:00:00"}`);
  return day && !Number.isNaN(moment.getTime()) ? moment.toISOString() : undefined;
}

/** What happened, in words; below it how the ledger calls that kind of event, which is what a program asks for. */
export function kindView(kind: string, says: string | null | undefined): TemplateResult {
  return says ? html`<div>${says}<div class="muted log-kind"><bdi class="mono">${kind}</bdi></div></div>` : html`<bdi class="mono">${kind}</bdi>`;
}

/** The record an event is about, as a way to it. */
function about(event: LedgerEvent): unknown {
  if (!event.entity) return "–";
  const entity = entityNamed(event.entity);
  const name = entity?.label ?? event.entity;
  return entity && event.record ? html`<ui5-link href=${href(`/${entity.path}/${event.record}`)}>${name}</ui5-link>` : name;
}

function eventTable(events: readonly LedgerEvent[]): unknown {
  return table(
    t("Events"),
    [
      { title: t("Number"), number: true, cell: (event) => html`<ui5-link href=${href(`/access/ledger/${event.sequence}`)}>${formatNumber(event.sequence)}</ui5-link>` },
      { title: t("What"), main: true, cell: (event) => html`${kindView(event.kind, event.says)} ${event.erased ? html`<span class="tag">${t("erased")}</span>` : nothing}` },
      { title: t("When"), cell: (event) => formatInstant(event.at) },
      { title: t("Who"), cell: (event) => event.actor ?? t("the program") },
      { title: t("About"), cell: about },
      { title: t("What for"), cell: (event) => event.purpose ?? "–" },
      { title: t("By way of"), cell: (event) => (event.via ? wayWord(event.via) : "–") },
    ],
    events,
  );
}

export function openLog(context: Context): Page {
  const query = context.query;
  let kinds: { kind: string; says: string }[] = [], shown: LedgerEvent[] = [], next: number | null = null, more = false, failure: unknown;

  const load = async (below?: number): Promise<Events> =>
    get<Events>(
      "/ledger/events",
      { ...Object.fromEntries(filters.map((name) => [name, query.get(name) ?? undefined])), from: momentOf(query.get("from") ?? "", false), until: momentOf(query.get("until") ?? "", true), below, limit: 50 },
      context.signal,
    );

  async function readOn(): Promise<void> {
    if (next === null || more) return;
    more = true;
    context.update();
    try {
      const got = await load(next);
      shown = [...shown, ...got.events];
      next = got.next;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    more = false;
    context.update();
  }

  const set = (name: (typeof filters)[number], value: string): void => {
    const wanted = Object.fromEntries(filters.map((one) => [one, one === name ? value : (query.get(one) ?? undefined)]));
    go(href("/access/log", wanted).slice(1));
  };
  const text = (name: (typeof filters)[number], label: string) => html`<div class="field">
    <ui5-label for="log-${name}" show-colon>${label}</ui5-label>
    <ui5-input id="log-${name}" value=${query.get(name) ?? ""} @change=${(event: Event) => set(name, (event.target as Input).value)}></ui5-input>
  </div>`;

  const day = (name: "from" | "until", label: string) => html`<div class="field">
    <ui5-label for="log-${name}" show-colon>${label}</ui5-label>
    ${dayPicker({ id: `log-${name}`, value: query.get(name) ?? "", changed: (picked) => set(name, picked) })}
  </div>`;
  const kind = query.get("kind") ?? "";

  return room<true>(context, {
    title: () => t("Log"),
    load: async () => {
      const [got, known] = await Promise.all([load(), get<{ kinds: typeof kinds }>("/ledger/kinds", undefined, context.signal)]);
      kinds = known.kinds;
      shown = got.events;
      next = got.next;
      return true;
    },
    view: () => html`<div class="filters card">
        <div class="field">
          <ui5-label for="log-entity" show-colon>${t("Kind of record")}</ui5-label>
          <ui5-select id="log-entity" @change=${(event: Event) => set("entity", (event.target as Select).selectedOption?.getAttribute("data-value") ?? "")}>
            <ui5-option data-value="">${t("All")}</ui5-option>
            ${entities().map((entity) => html`<ui5-option data-value=${entity.name} ?selected=${query.get("entity") === entity.name}>${entity.plural}</ui5-option>`)}
          </ui5-select>
        </div>
        <div class="field">
          <ui5-label for="log-kind" show-colon>${t("Kind of event")}</ui5-label>
          <ui5-select id="log-kind" @change=${(event: Event) => set("kind", (event.target as Select).selectedOption?.getAttribute("data-value") ?? "")}>
            <ui5-option data-value="">${t("All")}</ui5-option>
            ${kinds.map((one) => html`<ui5-option data-value=${one.kind} ?selected=${kind === one.kind} additional-text=${one.kind}>${one.says}</ui5-option>`)}
          </ui5-select>
        </div>
        ${text("actor", t("Who (sign-in name)"))} ${day("from", t("From"))} ${day("until", t("To"))}
        ${filters.some((name) => query.get(name)) ? html`<ui5-button design="Transparent" @click=${() => go("/access/log")}>${t("Show all")}</ui5-button>` : nothing}
      </div>
      ${shown.length ? eventTable(shown) : empty(t("No event fits"), t("The log holds whatever was done or looked at; nothing in it is what is asked for here."), nextStep(t("Show all"), "/access/log"))} ${problemStrip(failure, () => void readOn())}
      ${more ? loading(2) : next !== null ? html`<div class="actions"><ui5-button @click=${() => void readOn()}>${t("Show earlier ones")}</ui5-button></div>` : nothing}`,
  });
}
