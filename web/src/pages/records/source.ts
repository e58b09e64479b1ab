// The rows of a list as far as somebody looks at them: pages of 50, fetched when they come into sight, the next one ahead; few are kept.
import { get } from "../../api/http";
import type { RecordJson, RecordPage } from "../../api/types";

export interface Asked {
  path: string;
  filter: string;
  sort: string;
  fields: string;
  expand: string;
  /** Words to find: the best matches, without filter and order. */
  words: string;
  /** Those that were deleted, instead. */
  deleted: boolean;
}

export const PAGE = 50;
const FOUND = 200; // what a search gives at most
const KEPT = 40; // pages
const FAR = 10_000_000; // what the server counts and passes over

interface Sheet {
  rows: RecordJson[];
  next: string | null;
  used: number;
}

export class Source {
  /** Rows there are as far as is known; undefined: not yet. */
  total: number | undefined;
  /** There are more than `total`, it is still being counted. */
  atLeast = false;
  failure: unknown;
  private readonly sheets = new Map<number, Sheet>();
  private readonly asking = new Map<number, AbortController>();
  private readonly ended = new AbortController();
  private turn = 0;

  constructor(
    readonly asked: Asked,
    private readonly changed: () => void,
  ) {}

  end(): void {
    this.ended.abort();
    for (const one of this.asking.values()) one.abort();
    this.asking.clear();
  }

  /** What was found by words is few, and in an order of its own. */
  get isSearch(): boolean {
    return this.asked.words !== "";
  }
  get searchIsFull(): boolean {
    return this.isSearch && this.total === FOUND;
  }

  row(index: number): RecordJson | undefined {
    const sheet = this.sheets.get(Math.floor(index / PAGE));
    if (sheet) sheet.used = ++this.turn;
    return sheet?.rows[index % PAGE];
  }

  /** Rows `from` to `until` are in sight: fetches what is missing, and the page behind them. */
  see(from: number, until: number): void {
    if (this.failure !== undefined) return;
    const first = Math.floor(Math.max(0, from) / PAGE);
    const last = Math.floor(Math.max(0, until - 1) / PAGE);
    for (const [page, asking] of this.asking)
      if (page < first - 1 || page > last + 1) {
        asking.abort();
        this.asking.delete(page);
      }
    for (let page = first; page <= last; page++) this.want(page);
    if (this.sheets.has(last) && (until % PAGE > PAGE / 2 || until % PAGE === 0)) this.want(last + 1);
  }

  again(): void {
    this.failure = undefined;
    this.changed();
  }

  /** A row was changed elsewhere on the screen. */
  replace(record: RecordJson): void {
    for (const sheet of this.sheets.values()) {
      const at = sheet.rows.findIndex((row) => row.id === record.id);
      const before = sheet.rows[at];
      if (before) sheet.rows[at] = { ...record, ...(before.linked ? { linked: before.linked } : {}) };
    }
    this.changed();
  }

  private want(page: number): void {
    if (this.sheets.has(page) || this.asking.has(page)) return;
    if (this.total !== undefined && !this.atLeast && page * PAGE >= this.total) return;
    if (page * PAGE > FAR) return;
    const asking = new AbortController();
    this.asking.set(page, asking);
    void this.fetch(page, asking);
  }

  private async fetch(page: number, asking: AbortController): Promise<void> {
    try {
      const signal = AbortSignal.any([asking.signal, this.ended.signal]);
      const answer = this.isSearch ? await this.search(signal) : await this.page(page, signal);
      if (this.asking.get(page) !== asking) return;
      this.asking.delete(page);
      this.take(page, answer);
    } catch (error) {
      if (asking.signal.aborted || this.ended.signal.aborted) return;
      this.asking.delete(page);
      this.failure = error;
    }
    this.changed();
  }

  private page(page: number, signal: AbortSignal): Promise<RecordPage> {
    const before = this.sheets.get(page - 1);
    const { path, filter, sort, fields, expand, deleted } = this.asked;
    const query: Record<string, string | number | boolean | undefined> = { filter, sort, fields, expand, limit: PAGE, ...(deleted ? { deleted } : {}) };
    if (before?.next) query.cursor = before.next;
    else if (page > 0) query.skip = page * PAGE;
    if (this.total === undefined) query.total = true;
    return get<RecordPage>(`/${path}`, query, signal);
  }

  private search(signal: AbortSignal): Promise<RecordPage> {
    return get<RecordPage>(`/${this.asked.path}/search`, { q: this.asked.words, limit: FOUND }, signal);
  }

  private take(page: number, answer: RecordPage): void {
    if (this.isSearch) {
      this.total = answer.records.length;
      for (let at = 0; at === 0 || at * PAGE < answer.records.length; at++)
        this.sheets.set(at, { rows: answer.records.slice(at * PAGE, (at + 1) * PAGE), next: null, used: ++this.turn });
      return;
    }
    this.sheets.set(page, { rows: answer.records, next: answer.next, used: ++this.turn });
    if (answer.total !== undefined && this.total === undefined) {
      this.total = answer.total;
      this.atLeast = answer.total_capped ?? false;
      if (this.atLeast) void this.count();
    }
    if (!answer.next && !this.atLeast && (answer.records.length > 0 || page === 0)) this.total = page * PAGE + answer.records.length;
    this.forget();
  }

  /** How many there are, where it is more than is counted along the way. */
  private async count(): Promise<void> {
    const { path, filter } = this.asked;
    try {
      const answer = await get<RecordPage>(`/${path}`, { filter, limit: 1, fields: this.asked.fields, total: true, total_most: FAR }, this.ended.signal);
      this.total = answer.total ?? this.total;
      this.atLeast = answer.total_capped ?? false;
    } catch {
      return; // the list goes on as far as it is known
    }
    this.changed();
  }

  private forget(): void {
    const oldest = [...this.sheets].sort((a, b) => a[1].used - b[1].used);
    for (const [page] of oldest.slice(0, Math.max(0, oldest.length - KEPT))) this.sheets.delete(page);
  }
}
