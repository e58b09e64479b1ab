// Records as cards, in a column a stage: dragged, or moved by the keyboard, to another one. The server checks a move as any other change.
import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { ref } from "lit-html/directives/ref.js";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Link.js";
import "@ui5/webcomponents-icons/dist/add.js";
import { Failure, get } from "../../api/http";
import type { Choice, Entity, RecordJson, RecordPage } from "../../api/types";
import { go, href, type Context, type Page } from "../../app/router";
import { mayDoTo } from "../../app/session";
import { between, formatNumber } from "../../i18n/format";
import { t } from "../../i18n/text";
import { Dragging } from "../../ui/drag";
import { problemStrip } from "../../ui/problem";
import { loading } from "../../ui/states";
import { toast } from "../../ui/toast";
import { moneyText, recordTitle, valueView } from "../../ui/value";
import { readGroups, sumOf, type Groups } from "../home/data";
import { change } from "../record/change";
import { asSwitch, stageOf } from "./as";
import { Conditions } from "./conditions";

const PAGE = 20; // cards of a column that are fetched at once
const facts = 3; // fields on a card beside its title

interface Stack {
  choice: Choice;
  cards: RecordJson[];
  next: string | null;
  busy: boolean;
}

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;

export function openBoard(entity: Entity, context: Context): Page {
  const found = stageOf(entity);
  if (!found) throw new Error(t("These records have no stages."));
  const stage = found;
  const amount = entity.fields.find((field) => field.name === "amount" && field.type === "money");
  const mayMove = mayDoTo(entity, "change") && stage.may === "write";
  const shown = entity.fields.filter((field) => !entity.title.includes(field.name) && ["amount", "account", "contact", "owner", "priority", "expected_close", "due_on"].includes(field.name)).slice(0, facts + 1);
  const stacks: Stack[] = (stage.values ?? []).filter((one) => !one.retired).map((choice) => ({ choice, cards: [], next: null, busy: true }));
  const dragging = new Dragging({
    things: ".board-card",
    dropped: (thing, from, to) => {
      const source = stacks[Number(from.dataset.at)], target = stacks[Number(to.dataset.at)];
      const record = source?.cards.find((card) => `card-${card.id}` === thing.id);
      if (record && source && target) void move(record, source, target);
    },
  });
  const conditions = new Conditions(entity, context, (filter) => go(href(`/${entity.path}`, { as: "board", filter }).slice(1)));
  conditions.read(context.query.get("filter") ?? "");
  let groups: Groups | undefined, failure: unknown, said = "";

  async function fill(stack: Stack): Promise<void> {
    stack.busy = true;
    try {
      const got = await get<RecordPage>(
        `/${entity.path}`,
        {
          filter: [`${stage.name} = ${quoted(stack.choice.value)}`, ...(conditions.text ? [`(${conditions.text})`] : [])].join(" and "), limit: PAGE, cursor: stack.next ?? undefined,
          fields: [...new Set([...entity.title, stage.name, ...shown.map((field) => field.name)])].join(","), expand: shown.filter((field) => field.type === "link").map((field) => field.name).join(","),
        },
        context.signal,
      );
      stack.cards = [...stack.cards, ...got.records.filter((record) => !stack.cards.some((card) => card.id === record.id))];
      stack.next = got.next;
    } catch (error) {
      if (!context.signal.aborted) failure = error;
    }
    stack.busy = false;
    context.update();
  }

  async function count(): Promise<void> {
    try {
      groups = await readGroups(entity, { by: stage.name, measure: amount ? `count,sum:${amount.name}` : "count", ...(conditions.text ? { filter: conditions.text } : {}) }, context.signal);
    } catch {
      groups = undefined; // who may not report sees the cards without numbers
    }
    context.update();
  }

  /** Shows it there at once; where the server refuses, it goes back and says why. */
  async function move(record: RecordJson, from: Stack, to: Stack): Promise<void> {
    if (from === to) return;
    const at = from.cards.indexOf(record);
    from.cards = from.cards.filter((card) => card !== record);
    to.cards = [record, ...to.cards];
    failure = undefined;
    context.update();
    try {
      const now = await change(entity, record, { [stage.name]: to.choice.value });
      if (!now) return back();
      const moved: RecordJson = { ...record, ...now, ...(record.linked ? { linked: record.linked } : {}) };
      to.cards = to.cards.map((card) => (card === record ? moved : card));
      said = t("{what} is in {where} now.", { what: recordTitle(entity, record), where: to.choice.label });
      toast(said, () => void move(moved, to, from));
      void count();
    } catch (error) {
      failure = error instanceof Failure ? error : error;
      back();
    }
    context.update();

    function back(): void {
      to.cards = to.cards.filter((card) => card !== record);
      from.cards.splice(at, 0, record);
      context.update();
    }
  }

  /** By the keyboard: Ctrl and an arrow, in the direction that is read. */
  function key(event: KeyboardEvent, record: RecordJson, from: Stack): void {
    if (!event.ctrlKey || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
    event.preventDefault();
    const forward = (event.key === "ArrowRight") === (document.documentElement.dir !== "rtl");
    const to = stacks[stacks.indexOf(from) + (forward ? 1 : -1)];
    if (to) void move(record, from, to).then(() => requestAnimationFrame(() => document.getElementById(`card-${record.id}`)?.focus()));
  }

  function card(record: RecordJson, stack: Stack): TemplateResult {
    const title = recordTitle(entity, record);
    return html`<article class="board-card" id="card-${record.id}" tabindex="0" aria-label=${title} @keydown=${(event: KeyboardEvent) => key(event, record, stack)}>
      <ui5-link href=${href(`/${entity.path}/${record.id}`)}>${title}</ui5-link>
      ${shown.map((field) => (record.fields[field.name] === null || record.fields[field.name] === undefined ? nothing : html`<div class="board-fact">${valueView(field, record.fields[field.name], record)}</div>`))}
      ${mayMove
        ? html`<select aria-label=${t("Move {what} to", { what: title })} @change=${(event: Event) => {
            const to = stacks[Number((event.target as HTMLSelectElement).value)];
            if (to) void move(record, stack, to);
          }}>
            ${stacks.map((one, at) => html`<option value=${at} ?selected=${one === stack}>${one.choice.label}</option>`)}
          </select>`
        : nothing}
    </article>`;
  }

  function column(stack: Stack, at: number): TemplateResult {
    const group = groups?.groups.find((one) => one.keys[0]?.value === stack.choice.value);
    const sum = group ? sumOf(group, `sum:${amount?.name ?? ""}`) : undefined;
    return html`<section class="board-column" aria-label=${stack.choice.label}>
      <header>
        <h2>${stack.choice.label}</h2>
        <span class="muted">${groups ? formatNumber(group?.count ?? 0) : ""}${sum && Number(sum.amount) !== 0 ? html`${between()}${moneyText(sum)}` : nothing}</span>
      </header>
      <div class="board-cards" data-at=${at} ${mayMove ? ref(dragging.mount) : nothing}>
        ${repeat(stack.cards, (record) => record.id, (record) => card(record, stack))}
      </div>
      ${stack.busy ? loading(2) : stack.cards.length === 0 ? html`<p class="muted board-none">${t("Nothing here")}</p>` : nothing}
      ${stack.next && !stack.busy ? html`<ui5-button design="Transparent" @click=${() => void fill(stack)}>${t("Show more")}</ui5-button>` : nothing}
    </section>`;
  }

  for (const stack of stacks) void fill(stack);
  void count();
  return {
    title: () => entity.plural,
    leave: () => dragging.end(),
    view: () => html`<div class="board-page">
      <div class="page-head">
        <h1>${entity.plural}</h1>
        <div class="actions">
          ${asSwitch(entity, "board", conditions.text)}
          ${mayDoTo(entity, "create") ? html`<ui5-button design="Emphasized" icon="add" @click=${() => go(`/${entity.path}/new`)}>${t("New")}</ui5-button>` : nothing}
        </div>
      </div>
      <div class="list-bar">${conditions.view()}</div>
      ${mayMove ? html`<p class="muted">${t("Drag a card to another column, or move it with Ctrl and an arrow.")}</p>` : nothing}
      ${problemStrip(failure)}
      <p class="visually-hidden" role="status">${said}</p>
      <div class="board" tabindex="0" role="group" aria-label=${t("{what} by stage", { what: entity.plural })}>${stacks.map(column)}</div>
    </div>`,
  };
}
