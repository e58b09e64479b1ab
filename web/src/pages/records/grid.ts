// A list of any length: only the rows in sight stand in the page. The bar at its side is as long as the list, up to what browsers can
// measure; beyond that the bar is shorter than the rows it stands for, and small movements are still taken one to one.
import { html, nothing, render, type TemplateResult } from "lit-html";
import type { Entity, RecordJson } from "../../api/types";
import { go, href } from "../../app/router";
import { t } from "../../i18n/text";
import { staleMark } from "../../ui/fresh";
import { isNumeric, recordTitle, valueText, valueView } from "../../ui/value";
import { limited, sortable, valueOf, widthRange, type Column } from "./columns";
import type { Selection } from "./selection";
import type { Source } from "./source";

const heights = { desk: 44, phone: 96 };
const tallest = 12_000_000; // pixels; browsers measure up to some 17 million
const beyond = 6; // rows drawn above and below what is seen

export interface GridState {
  entity: Entity;
  columns: Column[];
  sort: string;
  selection: Selection | undefined; // undefined: nothing can be done to several
  source: Source;
}

export interface GridWishes {
  state(): GridState;
  sortBy(field: string): void;
  resized(): void;
  /** The selection changed. */
  selected(): void;
}

const phone = matchMedia("(max-width: 48rem)");

export class Grid {
  private scroller: HTMLElement | undefined;
  private real = 0; // pixels above the first row in sight, were the list as long as it is
  private lastTop = 0;
  private active = 0; // the row that the keyboard is at
  private settle: ReturnType<typeof setTimeout> | undefined;
  private watching: ResizeObserver | undefined;
  private due = false;
  private anchor = 0; // where a selection with Shift began

  constructor(private readonly wishes: GridWishes) {
    phone.addEventListener("change", this.soon);
  }

  leave(): void {
    phone.removeEventListener("change", this.soon);
    this.watching?.disconnect();
    clearTimeout(this.settle);
  }

  /** Given the element it lives in, once that is there. */
  mount = (element: Element | undefined): void => {
    if (!(element instanceof HTMLElement) || element === this.scroller) return;
    this.scroller = element;
    this.watching?.disconnect();
    this.watching = new ResizeObserver(this.soon);
    this.watching.observe(element);
    element.addEventListener("scroll", this.scrolled, { passive: true });
    this.soon();
  };

  /** Another list: begins at the top. */
  begin(): void {
    this.real = this.lastTop = this.active = this.anchor = 0;
    if (this.scroller) this.scroller.scrollTop = 0;
    this.soon();
  }

  /** Draws it, once, before the browser paints. */
  soon = (): void => {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      if (this.scroller?.isConnected) this.draw();
    });
  };

  focus(): void {
    this.scroller?.focus();
  }

  private get rowHeight(): number {
    return phone.matches ? heights.phone : heights.desk;
  }
  private get count(): number {
    const { source } = this.wishes.state();
    return source.total ?? 50;
  }
  private get headHeight(): number {
    return phone.matches ? 0 : heights.desk;
  }
  private get inSight(): number {
    return Math.max(1, (this.scroller?.clientHeight ?? 600) - this.headHeight);
  }
  private get length(): number {
    return this.count * this.rowHeight;
  }
  /** How many pixels of the bar stand for one of the list. */
  private get scale(): number {
    const most = this.length - this.inSight;
    return this.length <= tallest || most <= 0 ? 1 : (tallest - this.inSight) / most;
  }

  private readonly scrolled = (): void => {
    if (!this.scroller) return;
    const top = this.scroller.scrollTop, moved = top - this.lastTop, scale = this.scale;
    if (moved === 0) return this.soon(); // sideways
    this.lastTop = top;
    const ends = top <= 0 || top >= this.scroller.scrollHeight - this.scroller.clientHeight - 1;
    this.real = scale === 1 || ends || Math.abs(moved) > 2 * this.inSight ? top / scale : this.real + moved;
    this.real = Math.min(Math.max(0, this.real), Math.max(0, this.length - this.inSight));
    this.draw();
    clearTimeout(this.settle);
    if (scale !== 1) this.settle = setTimeout(() => this.agree(), 200);
  };

  /** The bar is put where the rows are: after small movements they differ. */
  private agree(): void {
    if (!this.scroller) return;
    this.lastTop = Math.round(this.real * this.scale);
    this.scroller.scrollTop = this.lastTop;
    this.draw();
  }

  // ---- drawing ----

  private draw(): void {
    const scroller = this.scroller;
    if (!scroller) return;
    const state = this.wishes.state(), { source, columns, selection } = state;
    const height = this.rowHeight;
    const first = Math.max(0, Math.floor(this.real / height) - beyond);
    const last = Math.min(this.count, Math.ceil((this.real + this.inSight) / height) + beyond);
    source.see(Math.floor(this.real / height), Math.min(this.count, Math.ceil((this.real + this.inSight) / height)));
    const tracks = columns.map((column, at) => (at === columns.length - 1 ? `minmax(${column.width}px, 1fr)` : `${column.width}px`));
    scroller.style.setProperty("--tracks", `${selection ? "3rem " : ""}${tracks.join(" ")}`);
    scroller.style.setProperty("--row", `${height}px`);
    scroller.setAttribute("aria-rowcount", String(source.total === undefined || source.atLeast ? -1 : source.total + 1));
    scroller.setAttribute("aria-busy", String(source.total === undefined && source.failure === undefined));
    this.active = Math.min(this.active, Math.max(0, this.count - 1));
    const shown = this.active >= first && this.active < last && source.row(this.active);
    if (shown) scroller.setAttribute("aria-activedescendant", `row-${this.active}`);
    else scroller.removeAttribute("aria-activedescendant");
    render(this.contents(state, first, last), scroller);
    const space = scroller.querySelector<HTMLElement>(".grid-space"), rows = scroller.querySelector<HTMLElement>(".grid-rows");
    if (!space || !rows) return;
    space.style.blockSize = `${Math.min(this.length, tallest)}px`;
    rows.style.transform = `translateY(${this.lastTop + first * height - this.real}px)`;
    for (const link of rows.querySelectorAll("a")) link.tabIndex = -1; // reached by the arrows and Enter
  }

  private contents(state: GridState, first: number, last: number): TemplateResult {
    return html`${phone.matches ? nothing : this.head(state)}
      <div class="grid-space" role="presentation">
        <div class="grid-rows" role="rowgroup" @click=${this.clicked}>
          ${Array.from({ length: Math.max(0, last - first) }, (_, at) => this.row(state, first + at))}
        </div>
      </div>`;
  }

  private head({ columns, sort, selection }: GridState): TemplateResult {
    const [by = "", ...others] = sort.split(","), falling = by.startsWith("-"), name = falling ? by.slice(1) : by;
    const order = (column: Column): string => (column.field.name !== name ? "none" : falling ? "descending" : "ascending");
    return html`<div class="grid-head" role="rowgroup">
      <div class="grid-row" role="row" aria-rowindex="1">
        ${selection
          ? html`<div role="columnheader" class="grid-check">
              <label><input type="checkbox" aria-label=${t("Select all")} .checked=${selection.all} .indeterminate=${!selection.all && selection.count > 0} @change=${() => this.selectAll()} /></label>
            </div>`
          : nothing}
        ${columns.map(
          (column) => html`<div role="columnheader" class=${isNumeric(column.field) ? "is-number" : ""} aria-sort=${sortable(column.field) && others.length === 0 ? order(column) : nothing}>
            ${sortable(column.field)
              ? html`<button type="button" class="grid-sort" @click=${() => this.wishes.sortBy(column.field.name)}>
                  <span>${column.field.label}</span><span class="grid-arrow" aria-hidden="true">${order(column) === "none" ? "" : falling ? "↓" : "↑"}</span>
                </button>`
              : html`<span class="grid-sort">${column.field.label}</span>`}
            <span class="grid-resize" role="separator" tabindex="0" aria-orientation="vertical" aria-label=${t("Width of {column}", { column: column.field.label })}
              aria-valuenow=${column.width} aria-valuemin=${widthRange.least} aria-valuemax=${widthRange.most}
              @keydown=${(event: KeyboardEvent) => this.resizeByKey(event, column)} @pointerdown=${(event: PointerEvent) => this.resize(event, column)}></span>
          </div>`,
        )}
      </div>
    </div>`;
  }

  private row(state: GridState, index: number): TemplateResult {
    const { source, columns, selection } = state, record = source.row(index);
    if (!record)
      return html`<div class="grid-row is-waiting" role="row" aria-rowindex=${index + 2}>
        ${selection && !phone.matches ? html`<div role="gridcell"></div>` : nothing}
        ${(phone.matches ? columns.slice(0, 1) : columns).map(() => html`<div role="gridcell"><span class="grid-wait"></span></div>`)}
      </div>`;
    const chosen = selection?.has(record.id) ?? false;
    return html`<div id=${`row-${index}`} data-index=${index} role="row" aria-rowindex=${index + 2} aria-selected=${selection ? String(chosen) : nothing}
      class=${`grid-row${chosen ? " is-chosen" : ""}${index === this.active ? " is-active" : ""}`}>
      ${selection
        ? html`<div role="gridcell" class="grid-check">
            <label><input type="checkbox" tabindex="-1" aria-label=${t("Select {record}", { record: recordTitle(state.entity, record) })} .checked=${chosen} /></label>
          </div>`
        : nothing}
      ${phone.matches ? this.card(state, record) : columns.map((column, at) => this.cell(state, record, column, at === 0))}
    </div>`;
  }

  private cell({ entity }: GridState, record: RecordJson, column: Column, first: boolean): TemplateResult {
    const value = valueOf(record, column), text = valueText(column.field, value, record);
    return html`<div role="gridcell" class=${isNumeric(column.field) ? "is-number" : ""} title=${text}>
      ${first
        ? html`<a class="grid-title" href=${href(`/${entity.path}/${record.id}`)}><bdi>${text || recordTitle(entity, record)}</bdi></a>${staleMark(entity, record)}`
        : valueView(column.field, value, record)}
    </div>`;
  }

  private card({ entity, columns }: GridState, record: RecordJson): TemplateResult {
    const others = columns.filter((column) => !entity.title.includes(column.field.name) && valueText(column.field, valueOf(record, column), record) !== "").slice(0, 4);
    return html`<div role="gridcell" class="grid-card">
      <a class="grid-title" href=${href(`/${entity.path}/${record.id}`)}><bdi>${recordTitle(entity, record)}</bdi></a>${staleMark(entity, record)}
      <span class="grid-facts">${others.map((column) => html`<span>${valueView(column.field, valueOf(record, column), record)}</span>`)}</span>
    </div>`;
  }

  // ---- by hand ----

  private readonly clicked = (event: MouseEvent): void => {
    const target = event.target as HTMLElement, row = target.closest<HTMLElement>("[data-index]");
    if (!row) return;
    const index = Number(row.dataset.index);
    this.active = index;
    if (target.closest(".grid-check")) {
      if (target instanceof HTMLInputElement) this.toggle(index, event.shiftKey);
    } else if (!target.closest("a") && !getSelection()?.toString()) {
      this.open(index);
    }
    this.soon();
  };

  private open(index: number): void {
    const { entity, source } = this.wishes.state(), record = source.row(index);
    if (record) go(`/${entity.path}/${record.id}`);
  }

  private toggle(index: number, reach = false): void {
    const { selection, source } = this.wishes.state(), record = source.row(index);
    if (!selection || !record) return;
    if (!reach) {
      selection.toggle(record.id);
      this.anchor = index;
    } else {
      for (let at = Math.min(index, this.anchor); at <= Math.max(index, this.anchor); at++) {
        const between = source.row(at);
        if (between) selection.add(between.id);
      }
    }
    this.wishes.selected();
    this.soon();
  }

  private selectAll(): void {
    this.wishes.state().selection?.toggleAll();
    this.wishes.selected();
    this.soon();
  }

  private resize(event: PointerEvent, column: Column): void {
    event.preventDefault();
    const handle = event.currentTarget as HTMLElement, from = event.clientX, before = column.width;
    const side = getComputedStyle(handle).direction === "rtl" ? -1 : 1;
    handle.setPointerCapture(event.pointerId);
    const move = (now: PointerEvent): void => {
      column.width = limited(before + side * (now.clientX - from));
      this.soon();
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", () => (handle.removeEventListener("pointermove", move), this.wishes.resized()), { once: true });
  }

  private resizeByKey(event: KeyboardEvent, column: Column): void {
    const side = getComputedStyle(event.currentTarget as HTMLElement).direction === "rtl" ? -1 : 1;
    const step = event.key === "ArrowRight" ? 16 : event.key === "ArrowLeft" ? -16 : 0;
    if (step === 0) return;
    event.preventDefault();
    column.width = limited(column.width + side * step);
    this.wishes.resized();
    this.soon();
  }

  // ---- by keyboard ----

  keydown = (event: KeyboardEvent): void => {
    if (event.target !== this.scroller) return;
    const page = Math.max(1, Math.floor(this.inSight / this.rowHeight) - 1);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.count, End: this.count };
    const step = steps[event.key];
    if (step !== undefined) this.moveTo(this.active + step, event.shiftKey);
    else if (event.key === "Enter") this.open(this.active);
    else if (event.key === " ") this.toggle(this.active, event.shiftKey);
    else if (event.key === "a" && (event.ctrlKey || event.metaKey) && this.wishes.state().selection) this.selectAll();
    else return;
    event.preventDefault();
  };

  private moveTo(index: number, reach: boolean): void {
    this.active = Math.min(Math.max(0, index), Math.max(0, this.count - 1));
    if (reach) this.toggle(this.active, true);
    const height = this.rowHeight, top = this.active * height;
    const real = top < this.real ? top : top + height > this.real + this.inSight ? top + height - this.inSight : this.real;
    if (real !== this.real) {
      this.real = real;
      this.agree();
    }
    this.soon();
  }
}
