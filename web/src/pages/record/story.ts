// What happened around a record, by day: what was said and done, what was changed from what to what, and who looked.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Icon.js";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents-icons/dist/show.js";
import "@ui5/webcomponents-icons/dist/edit.js";
import "@ui5/webcomponents-icons/dist/add.js";
import "@ui5/webcomponents-icons/dist/delete.js";
import "@ui5/webcomponents-icons/dist/combine.js";
import "@ui5/webcomponents-icons/dist/undo.js";
import { get } from "../../api/http";
import type { Entity, Field, RecordJson, Value } from "../../api/types";
import { iconOf } from "../../app/icons";
import { href, type Context } from "../../app/router";
import { entityNamed, mayDoTo } from "../../app/session";
import { between, formatDay, formatInstant } from "../../i18n/format";
import { localeOf, t, tn } from "../../i18n/text";
import { problemStrip } from "../../ui/problem";
import { loading } from "../../ui/states";
import { recordTitle, valueText } from "../../ui/value";

interface Item {
  at: string;
  what: "record" | "change";
  entity?: string;
  link?: string;
  record?: RecordJson;
  sequence?: number;
  kind?: string;
  actor?: string | null;
  fields?: string[];
}

interface Timeline {
  items: Item[];
  next: number | null;
  history: boolean;
}

interface Step {
  sequence: number;
  kind: string;
  at: string;
  actor: string | null;
  erased: boolean;
  changes: { name: string; before: unknown; after: unknown }[];
}

interface Access {
  sequence: number;
  at: string;
  actor: string;
  purpose: string | null;
  fields: string[];
  records: number;
  named: boolean;
}

export interface Story {
  view(): TemplateResult;
  reload(): void;
  /** Whether a merge of this record can be taken apart. */
  merged(): boolean;
}

/** Decimals of a currency where they are not two (ISO 4217). */
const noDecimals = new Set(["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"]);
const threeDecimals = new Set(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]);

function amountOf(minor: number, currency: string | null): string {
  const digits = currency && noDecimals.has(currency) ? 0 : currency && threeDecimals.has(currency) ? 3 : 2;
  return (minor / 10 ** digits).toFixed(digits);
}

/** Names of the records that links led to, asked for once each. */
const names = new Map<string, string>();

export function openStory(context: Context, entity: Entity, id: string): Story {
  let items: Item[] | undefined;
  let next: number | null = null;
  let steps = new Map<number, Step>();
  let looks: Access[] | undefined;
  let looksNext: number | null = null;
  let filter = "all";
  let failure: unknown;
  let busy = false;
  const address = `/${entity.path}/${id}`;
  const mayLook = mayDoTo(entity, "accesses"), mayHistory = mayDoTo(entity, "history");

  async function load(from: number | null): Promise<void> {
    busy = true;
    failure = undefined;
    context.update();
    try {
      const [line, history] = await Promise.all([
        get<Timeline>(`${address}/timeline`, { limit: 30, ...(from === null ? {} : { from }) }, context.signal),
        from === null && mayHistory ? get<{ steps: Step[] }>(`${address}/history`, undefined, context.signal) : undefined,
      ]);
      items = from === null ? line.items : [...(items ?? []), ...line.items];
      next = line.next;
      if (history) steps = new Map(history.steps.map((step) => [step.sequence, step]));
      void nameLinks();
    } catch (error) {
      if (!context.signal.aborted) failure = error;
    }
    busy = false;
    context.update();
  }

  async function loadLooks(): Promise<void> {
    busy = true;
    context.update();
    try {
      const page = await get<{ accesses: Access[]; next: number | null }>(`${address}/access`, { limit: 40, ...(looksNext === null ? {} : { before: looksNext }) }, context.signal);
      looks = [...(looks ?? []), ...page.accesses];
      looksNext = page.next;
    } catch (error) {
      if (!context.signal.aborted) failure = error;
    }
    busy = false;
    context.update();
  }

  /** Links stand in the history by id; people know them by name. */
  async function nameLinks(): Promise<void> {
    const wanted = new Map<string, Entity>();
    for (const step of steps.values())
      for (const one of step.changes) {
        const target = entityNamed(entity.fields.find((field) => field.name === one.name)?.to ?? "");
        for (const value of [one.before, one.after]) if (target && typeof value === "string" && !names.has(value)) wanted.set(value, target);
      }
    await Promise.all(
      [...wanted].slice(0, 40).map(async ([link, target]) => {
        const record = await get<RecordJson>(`/${target.path}/${link}`, undefined, context.signal).catch(() => undefined);
        if (record) names.set(link, recordTitle(target, record));
      }),
    );
    if (wanted.size > 0) context.update();
  }

  function show(kind: string): void {
    filter = kind;
    if (kind === "looks" && !looks) void loadLooks();
    context.update();
  }

  const kindOf = (item: Item): string => (item.what === "change" ? "changes" : (item.entity ?? ""));

  function chips(): TemplateResult {
    const kinds = [...new Set((items ?? []).filter((item) => item.what === "record").map(kindOf))];
    const chip = (kind: string, text: string): TemplateResult =>
      html`<button type="button" class="chip" aria-pressed=${filter === kind} @click=${() => show(kind)}>${text}</button>`;
    return html`<div class="chips" role="group" aria-label=${t("What to show")}>
      ${chip("all", t("Everything"))} ${kinds.map((kind) => chip(kind, entityNamed(kind)?.plural ?? kind))} ${chip("changes", t("Changes"))}
      ${mayLook ? chip("looks", t("Who looked")) : nothing}
    </div>`;
  }

  const fieldNamed = (name: string): Field | undefined => entity.fields.find((field) => field.name === name);

  /** A value of the history as people read it. */
  function shown(field: Field, value: unknown, step: Step, side: "before" | "after"): string {
    if (value === null || value === undefined || value === "") return "";
    if (field.type === "money" && typeof value === "number") {
      const currency = step.changes.find((one) => one.name === `${field.name}_currency`)?.[side];
      const code = typeof currency === "string" ? currency : null;
      return valueText(field, { amount: amountOf(value, code), currency: code });
    }
    if (field.type === "link") {
      const reference = step.changes.find((one) => one.name === `${field.name}_ref`)?.[side];
      const name = names.get(String(value));
      return name ?? (typeof reference === "string" && reference !== value ? reference : t("A record"));
    }
    return valueText(field, value as Value);
  }

  function changeLine(step: Step, one: Step["changes"][number]): TemplateResult | typeof nothing {
    const field = fieldNamed(one.name);
    if (!field) return nothing; // a part of another field, told with it
    const before = shown(field, one.before, step, "before"), after = shown(field, one.after, step, "after");
    return html`<li>
      <span class="muted">${field.label}</span>
      ${before ? html`<del><bdi>${before}</bdi></del><span aria-hidden="true" class="arrow"></span><span class="visually-hidden">${t("became")}</span>` : nothing}
      ${after ? html`<ins><bdi>${after}</bdi></ins>` : html`<em>${t("emptied")}</em>`}
    </li>`;
  }

  function changeSentence(item: Item): string {
    const who = item.actor ?? t("Somebody");
    const count = item.fields?.length ?? 0;
    const first = fieldNamed(item.fields?.[0] ?? "")?.label ?? "";
    switch (item.kind) {
      case "record.created":
        return t("{who} added this record", { who });
      case "record.deleted":
        return t("{who} deleted it", { who });
      case "record.restored":
        return t("{who} brought it back", { who });
      case "record.merged":
        return t("{who} merged another record into this one", { who });
      case "record.absorbed":
        return t("{who} merged it into another record", { who });
      case "record.unmerged":
      case "record.released":
        return t("{who} took a merge apart", { who });
      default:
        return count === 1 ? t("{who} changed {field}", { who, field: first }) : tn("{who} changed {count} field", "{who} changed {count} fields", count, { who });
    }
  }

  const changeIcons: Record<string, string> = { "record.created": "add", "record.deleted": "delete", "record.restored": "undo", "record.merged": "combine", "record.absorbed": "combine", "record.unmerged": "undo", "record.released": "undo" };

  function changeView(item: Item): TemplateResult {
    const step = item.sequence === undefined ? undefined : steps.get(item.sequence);
    const lines = step?.changes ?? [];
    const list = html`<ul class="story-changes">${lines.map((one) => step && changeLine(step, one))}</ul>`;
    return html`<li class="story-item">
      <span class="story-mark"><ui5-icon name=${changeIcons[item.kind ?? ""] ?? "edit"}></ui5-icon></span>
      <div class="story-body">
        <p>${changeSentence(item)}<time class="story-time" datetime=${item.at}>${timeOf(item.at)}</time></p>
        ${step?.erased ? html`<p class="muted">${t("The values were erased.")}</p>` : lines.length === 0 ? nothing : item.kind === "record.created" ? html`<details><summary>${tn("{count} value", "{count} values", item.fields?.length ?? 0)}</summary>${list}</details>` : list}
      </div>
    </li>`;
  }

  function recordView(item: Item): TemplateResult | typeof nothing {
    const target = entityNamed(item.entity ?? "");
    const record = item.record;
    if (!target || !record) return nothing;
    const aside = ["kind", "status", "stage", "amount", "outcome"].flatMap((name) => {
      const field = target.fields.find((one) => one.name === name);
      const text = field && !target.title.includes(name) ? valueText(field, record.fields[name], record) : "";
      return text ? [text] : [];
    });
    const note = record.fields.description;
    return html`<li class="story-item">
      <span class="story-mark story-mark-record"><ui5-icon name=${iconOf(target.name)}></ui5-icon></span>
      <div class="story-body">
        <p>
          <a href=${href(`/${target.path}/${record.id}`)}><bdi>${recordTitle(target, record)}</bdi></a>
          <time class="story-time" datetime=${item.at}>${timeOf(item.at)}</time>
        </p>
        <p class="muted">${[target.label, ...aside].join(between())}</p>
        ${typeof note === "string" && note ? html`<p class="story-note">${note}</p>` : nothing}
      </div>
    </li>`;
  }

  function timeOf(at: string): string {
    return new Intl.DateTimeFormat(localeOf(), { hour: "2-digit", minute: "2-digit" }).format(new Date(at));
  }

  const localDay = (at: string): string => {
    const day = new Date(at);
    return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
  };

  /** In the reader's words: today, yesterday, else the day. */
  function dayTitle(day: string): string {
    const now = localDay(new Date().toISOString()), before = localDay(new Date(Date.now() - 86400000).toISOString()), after = localDay(new Date(Date.now() + 86400000).toISOString());
    return day === now ? t("Today") : day === before ? t("Yesterday") : day === after ? t("Tomorrow") : formatDay(day, true);
  }

  function byDay<T extends { at: string }>(list: readonly T[], draw: (one: T) => TemplateResult | typeof nothing): TemplateResult[] {
    const days = new Map<string, T[]>();
    for (const one of list) days.set(localDay(one.at), [...(days.get(localDay(one.at)) ?? []), one]);
    return [...days].map(([day, ones]) => html`<section class="story-day"><h3>${dayTitle(day)}</h3><ol>${ones.map(draw)}</ol></section>`);
  }

  function lookView(one: Access): TemplateResult {
    const labels = one.fields.flatMap((name) => fieldNamed(name)?.label ?? []);
    return html`<li class="story-item">
      <span class="story-mark"><ui5-icon name="show"></ui5-icon></span>
      <div class="story-body">
        <p>${one.records > 1 ? tn("{who} saw it in a list of {count}", "{who} saw it in a list of {count}", one.records, { who: one.actor }) : t("{who} looked at it", { who: one.actor })}
          <time class="story-time" datetime=${one.at} title=${formatInstant(one.at)}>${timeOf(one.at)}</time></p>
        ${one.purpose ? html`<p>${t("What for: {purpose}", { purpose: one.purpose })}</p>` : nothing}
        ${labels.length ? html`<details><summary>${tn("{count} field", "{count} fields", labels.length)}</summary><p class="muted">${labels.join(", ")}</p></details>` : nothing}
      </div>
    </li>`;
  }

  function lines(): TemplateResult {
    if (failure !== undefined) return html`${problemStrip(failure, () => (items ? void load(next) : void load(null)))}`;
    if (filter === "looks") return looks ? html`${byDay(looks, lookView)} ${looks.length === 0 ? html`<p class="muted">${t("Nobody looked at it so far.")}</p>` : nothing}` : loading(4);
    if (!items) return loading(6);
    const found = items.filter((item) => filter === "all" || kindOf(item) === filter);
    return found.length ? html`${byDay(found, (item) => (item.what === "change" ? changeView(item) : recordView(item)))}` : html`<p class="muted">${t("Nothing of this kind so far.")}</p>`;
  }

  void load(null);
  return {
    reload: () => {
      looks = undefined;
      looksNext = null;
      void load(null);
    },
    merged: () => {
      let open = 0;
      for (const step of steps.values()) open += step.kind === "record.merged" ? 1 : step.kind === "record.unmerged" ? -1 : 0;
      return open > 0;
    },
    view: () => {
      const more = filter === "looks" ? looks && looksNext !== null : items && next !== null;
      return html`<section class="card story" aria-labelledby="story-title">
        <h2 id="story-title">${t("Story")}</h2>
        ${chips()} ${lines()}
        ${more ? html`<ui5-button design="Transparent" ?disabled=${busy} @click=${() => (filter === "looks" ? loadLooks() : load(next))}>${t("Show more")}</ui5-button>` : nothing}
      </section>`;
    },
  };
}
