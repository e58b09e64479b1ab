// Changing or deleting many records: what would come of it is tried first and shown, what was done can be taken back.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/ProgressIndicator.js";
import "@ui5/webcomponents/dist/Select.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import { ask as askServer, get, post, type Problem } from "../../api/http";
import type { Entity, Field, RecordJson, RecordPage, Value } from "../../api/types";
import { between } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { ask, confirmed } from "../../ui/dialog";
import { fieldInput, sameValue } from "../../ui/field_input";
import { problemOf } from "../../ui/problem";
import { toast } from "../../ui/toast";
import { recordTitle, valueText } from "../../ui/value";
import type { Selection } from "./selection";

export interface Chosen {
  entity: Entity;
  filter: string;
  sort: string;
  words: string;
  selection: Selection;
}

interface Row {
  record: RecordJson;
  problem?: Problem;
}

interface BulkAnswer {
  rows: { status: number; version?: number; problem?: Problem }[];
}

const many = 200; // rows that one request takes
const most = 10_000; // records that are changed from a screen; more is an import's work
const shown = 50; // of those that are refused

/** The selected records, with their values. */
async function fetchChosen({ entity, filter, words, selection }: Chosen): Promise<RecordJson[]> {
  const found: RecordJson[] = [];
  if (selection.all && !words) {
    let cursor: string | null | undefined;
    do {
      const query = { filter, limit: many, sort: "created_at", cursor: cursor ?? undefined };
      const page: RecordPage = await get<RecordPage>(`/${entity.path}`, query);
      found.push(...page.records.filter((record) => selection.has(record.id)));
      cursor = page.next;
    } while (cursor && found.length <= most);
    return found;
  }
  if (selection.all) return (await get<RecordPage>(`/${entity.path}/search`, { q: words, limit: many })).records.filter((record) => selection.has(record.id));
  for (const id of selection.named) found.push(await get<RecordJson>(`/${entity.path}/${id}`));
  return found;
}

/** Tries or writes, a few hundred at a time; what each row answers stands in it. */
async function write(entity: Entity, rows: readonly Row[], fields: (record: RecordJson) => Record<string, Value>, dryRun: boolean, progress: (done: number) => void): Promise<void> {
  for (let from = 0; from < rows.length; from += many) {
    const part = rows.slice(from, from + many);
    const body = { dry_run: dryRun, rows: part.map(({ record }) => ({ id: record.id, version: record.version, fields: fields(record) })) };
    const answer = await post<BulkAnswer>(`/${entity.path}/bulk`, body);
    part.forEach((row, at) => {
      const came = answer.rows[at];
      delete row.problem;
      if (came?.problem) row.problem = came.problem;
      else if (!dryRun && came?.version) row.record = { ...row.record, version: came.version };
    });
    progress(Math.min(rows.length, from + many));
  }
}

function writable(entity: Entity): Field[] {
  return entity.fields.filter((field) => !field.retired && field.may === "write");
}

function refusal(row: Row): string {
  const { problem } = row;
  return problem?.problems?.map((one) => one.says).join(" ") || problem?.detail || problem?.title || "";
}

class Change {
  private wanted = new Map<Field, Value>();
  private rows: Row[] | undefined;
  private done = 0;
  private working = "";
  private update: () => void = () => {};

  constructor(
    private readonly entity: Entity,
    private readonly records: readonly RecordJson[],
  ) {
    const first = writable(entity)[0];
    if (first) this.wanted.set(first, null);
  }

  view(update: () => void): TemplateResult {
    this.update = update;
    if (this.working) return html`<p role="status">${this.working}</p><ui5-progress-indicator value=${Math.round((100 * this.done) / Math.max(1, this.records.length))} accessible-name=${this.working}></ui5-progress-indicator>`;
    return this.rows ? this.preview(this.rows) : this.entry();
  }

  private entry(): TemplateResult {
    return html`<p>${tn("{count} record is changed. You see what comes of it before anything is kept.", "{count} records are changed. You see what comes of it before anything is kept.", this.records.length)}</p>
      ${[...this.wanted].map(([field, value], at) => this.line(field, value, at))}
      <ui5-button design="Transparent" @click=${() => this.addLine()}>${t("One more field")}</ui5-button>`;
  }

  private line(field: Field, value: Value, at: number): TemplateResult {
    const id = `bulk-${at}`;
    return html`<div class="condition-range">
      <div class="field">
        <ui5-label for=${`${id}-field`} show-colon>${t("Field")}</ui5-label>
        <ui5-select id=${`${id}-field`} accessible-name=${t("Field")} @change=${(event: Event) => this.toField(field, (event.target as Select).selectedOption?.value ?? "")}>
          ${writable(this.entity).filter((one) => one === field || !this.wanted.has(one)).map((one) => html`<ui5-option value=${one.name} ?selected=${one === field}>${one.label}</ui5-option>`)}
        </ui5-select>
      </div>
      <div class="field">
        <ui5-label for=${id} show-colon>${t("New value")}</ui5-label>
        ${fieldInput({ field, id, value, name: t("New value of {field}", { field: field.label }), changed: (now) => this.wanted.set(field, now) })}
      </div>
    </div>`;
  }

  private toField(before: Field, name: string): void {
    const now = this.entity.fields.find((one) => one.name === name);
    if (!now) return;
    this.wanted = new Map([...this.wanted].map(([field, value]): [Field, Value] => (field === before ? [now, null] : [field, value])));
    this.update();
  }

  private addLine(): void {
    const next = writable(this.entity).find((field) => !this.wanted.has(field));
    if (next) this.wanted.set(next, null);
    this.update();
  }

  private preview(rows: readonly Row[]): TemplateResult {
    const refused = rows.filter((row) => row.problem);
    return html`<p role="status"><strong>${tn("{count} record changes.", "{count} records change.", rows.length - refused.length)}</strong>
        ${tn("{count} has these values already.", "{count} have these values already.", this.records.length - rows.length)}</p>
      <ul>${[...this.wanted].map(([field, value]) => html`<li>${field.label}: ${valueText(field, value) || t("empty")}</li>`)}</ul>
      ${refused.length === 0
        ? nothing
        : html`<h2>${tn("{count} record is refused", "{count} records are refused", refused.length)}</h2>
            <ul class="bulk-refused" tabindex="0" aria-label=${t("Refused records")}>${refused.slice(0, shown).map((row) => html`<li><bdi>${recordTitle(this.entity, row.record)}</bdi>: ${refusal(row)}</li>`)}</ul>`}`;
  }

  private readonly fields = (): Record<string, Value> => Object.fromEntries([...this.wanted].map(([field, value]) => [field.name, value]));

  private async run(rows: readonly Row[], dryRun: boolean): Promise<void> {
    this.working = dryRun ? t("Trying it") : t("Writing");
    this.done = 0;
    try {
      await write(this.entity, rows, this.fields, dryRun, (done) => {
        this.done = done;
        this.update();
      });
    } finally {
      this.working = "";
    }
  }

  /** First tried, then done: gives the rows that were written. */
  async act(): Promise<Row[] | undefined> {
    if (!this.rows) {
      const rows = this.records.filter((record) => [...this.wanted].some(([field, value]) => !sameValue(record.fields[field.name], value))).map((record): Row => ({ record }));
      await this.run(rows, true);
      this.rows = rows;
      return undefined;
    }
    const good = this.rows.filter((row) => !row.problem);
    await this.run(good, false);
    return good.filter((row) => !row.problem);
  }

  /** The values as they were. */
  before = (record: RecordJson): Record<string, Value> => Object.fromEntries([...this.wanted.keys()].map((field) => [field.name, record.fields[field.name] ?? null]));
}

function tooMany(): Promise<boolean> {
  return confirmed(t("Too many records"), t("At most {count} records are changed at once. Choose fewer by a filter.", { count: most }), t("Close"));
}

/** Asks for new values and writes them into the selected records. Gives whether something changed. */
export async function bulkChange(chosen: Chosen, again: () => void): Promise<boolean> {
  const { entity } = chosen;
  if (chosen.selection.count > most) return (await tooMany(), false);
  const records = await fetchChosen(chosen).catch((error: unknown) => (toast(problemOf(error).title), undefined));
  if (!records) return false;
  const change = new Change(entity, records);
  const written = await ask<Row[]>({ title: t("Change several records"), does: t("Go on"), wide: true, view: (update) => change.view(update), act: () => change.act() });
  if (!written || written.length === 0) return false;
  toast(tn("{count} record changed", "{count} records changed", written.length), () => {
    void write(entity, written, change.before, false, () => {}).then(
      () => (toast(t("Taken back")), again()),
      (error: unknown) => toast(problemOf(error).title),
    );
  });
  return true;
}

async function each(records: readonly RecordJson[], work: (record: RecordJson) => Promise<unknown>): Promise<{ done: RecordJson[]; failed: unknown[] }> {
  const done: RecordJson[] = [], failed: unknown[] = [];
  for (const record of records)
    await work(record).then(
      () => done.push(record),
      (error: unknown) => failed.push(error),
    );
  return { done, failed };
}

/** Deletes the selected records, with a way back. */
export async function bulkDelete(chosen: Chosen, again: () => void): Promise<boolean> {
  const { entity, selection } = chosen;
  if (selection.count > most) return (await tooMany(), false);
  const sure = await confirmed(t("Delete records"), tn("{count} record is deleted. It can be brought back.", "{count} records are deleted. They can be brought back.", selection.count), t("Delete"), true);
  if (!sure) return false;
  const records = await fetchChosen(chosen).catch((error: unknown) => (toast(problemOf(error).title), undefined));
  if (!records) return false;
  const { done, failed } = await each(records, (record) => askServer(`/${entity.path}/${record.id}`, { method: "DELETE", headers: { "If-Match": `"${record.version}"` } }));
  const first = failed[0];
  const says = tn("{count} record deleted", "{count} records deleted", done.length) + (first ? `${between()}${tn("{count} refused", "{count} refused", failed.length)}: ${problemOf(first).title}` : "");
  toast(says, done.length === 0 ? undefined : () => {
    void each(done, (record) => post(`/${entity.path}/${record.id}/restore`)).then(({ failed: left }) => {
      toast(left.length === 0 ? t("Brought back") : tn("{count} record could not be brought back", "{count} records could not be brought back", left.length));
      again();
    });
  });
  return done.length > 0;
}
