// What stands in a calendar: records by the days that their fields name. Only the days in sight are fetched.
import { get } from "../../api/http";
import type { Entity, Field, RecordJson, RecordPage } from "../../api/types";
import { lengthFields } from "./calendar_hours";
import { addDays, localDay } from "../../ui/days";

const PAGE = 200; // the most that the server gives at once
const MOST = 1000; // records of one field that are fetched for what is in sight

/** A record on a day; one that has two days stands on both. */
export interface Entry {
  record: RecordJson;
  field: Field;
  day: string;
}

export interface Sight {
  from: string;
  until: string;
  /** The member of the staff whose records they are; "": everybody's. */
  owner: string;
  /** Conditions besides. */
  filter: string;
}

/** Where a record stands by a field, in the reader's time zone. */
export function dayOf(record: RecordJson, field: Field): string | undefined {
  const value = record.fields[field.name];
  if (typeof value !== "string" || value === "") return undefined;
  if (field.type === "date") return value.slice(0, 10);
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? undefined : localDay(at);
}

/** The value that puts a record `count` days further; a moment keeps its time of day, or is so many minutes later in it. */
export function shifted(field: Field, value: string, count: number, minutes = 0): string {
  if (field.type === "date") return addDays(value.slice(0, 10), count);
  const at = new Date(value);
  at.setDate(at.getDate() + count);
  at.setMinutes(at.getMinutes() + minutes);
  return at.toISOString();
}

export class Days {
  failure: unknown;
  busy = true;
  /** There are more than were fetched. */
  more = false;
  private entries: Entry[] = [];
  private sight = "";
  private asking = new AbortController();

  constructor(
    private readonly entity: Entity,
    private readonly fields: readonly Field[],
    private readonly shown: readonly Field[],
    private readonly changed: () => void,
  ) {}

  end(): void {
    this.asking.abort();
  }

  see(sight: Sight, anew = false): void {
    const key = JSON.stringify(sight);
    if (key === this.sight && !anew) return;
    this.sight = key;
    this.asking.abort();
    this.asking = new AbortController();
    void this.fetch(sight, this.asking.signal);
  }

  /** Of a day, in the order of the day. */
  on(day: string, field = ""): Entry[] {
    const found = this.entries.filter((one) => one.day === day && (field === "" || one.field.name === field));
    const once = field === "" ? found.filter((one, at) => found.findIndex((other) => other.record.id === one.record.id) === at) : found;
    return once.sort((a, b) => orderOf(a).localeCompare(orderOf(b)));
  }

  /** A record as it is now, wherever it stood. */
  put(record: RecordJson): void {
    const before = this.entries.find((one) => one.record.id === record.id)?.record;
    const now: RecordJson = before?.linked ? { ...record, linked: before.linked } : record;
    this.entries = [...this.entries.filter((one) => one.record.id !== record.id), ...this.entriesOf(now)];
    this.changed();
  }

  private entriesOf(record: RecordJson): Entry[] {
    return this.fields.flatMap((field) => {
      const day = dayOf(record, field);
      return day ? [{ record, field, day }] : [];
    });
  }

  private async fetch(sight: Sight, signal: AbortSignal): Promise<void> {
    this.busy = true;
    this.more = false;
    this.failure = undefined;
    this.changed();
    try {
      const found = new Map<string, RecordJson>();
      for (const records of await Promise.all(this.fields.map((field) => this.ofField(field, sight, signal)))) for (const record of records) found.set(record.id, record);
      this.entries = [...found.values()].flatMap((record) => this.entriesOf(record));
    } catch (error) {
      if (signal.aborted) return;
      this.failure = error;
      this.entries = [];
    }
    this.busy = false;
    this.changed();
  }

  private async ofField(field: Field, sight: Sight, signal: AbortSignal): Promise<RecordJson[]> {
    const around = field.type === "instant" ? 1 : 0; // the reader's day is not the server's
    const filter = [`${field.name} >= ${addDays(sight.from, -around)}`, `${field.name} <= ${addDays(sight.until, around)}`, ...(sight.owner ? [`owner = '${sight.owner}'`] : []), ...(sight.filter ? [`(${sight.filter})`] : [])].join(" and ");
    const lengths = Object.values(lengthFields(this.entity, field)).flatMap((one) => (one ? [one.name] : []));
    const names = [...new Set([...this.entity.title, ...this.fields.map((one) => one.name), ...this.shown.map((one) => one.name), ...lengths])];
    const links = names.filter((name) => this.entity.fields.some((one) => one.name === name && one.type === "link"));
    const records: RecordJson[] = [];
    let cursor: string | undefined;
    do {
      const page: RecordPage = await get<RecordPage>(`/${this.entity.path}`, { filter, sort: field.name, limit: PAGE, cursor, fields: names.join(","), expand: links.join(",") }, signal);
      records.push(...page.records);
      cursor = page.next ?? undefined;
    } while (cursor && records.length < MOST);
    if (cursor) this.more = true;
    return records;
  }
}

/* What has a time comes in its order, before what has none. */
const orderOf = ({ record, field }: Entry): string => (field.type === "instant" ? `0${String(record.fields[field.name])}` : "1");
