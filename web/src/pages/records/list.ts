// The records of one entity, from the model: chosen, sorted, in the columns its reader wants, however many there are.
// What is asked for stands in the address, so that going back and links work.
import { html, nothing, type TemplateResult } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Icon.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Link.js";
import "@ui5/webcomponents-icons/dist/add.js";
import "@ui5/webcomponents-icons/dist/download.js";
import "@ui5/webcomponents-icons/dist/history.js";
import "@ui5/webcomponents-icons/dist/search.js";
import "@ui5/webcomponents-icons/dist/table-column.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import "../../styles/list.css";
import { Failure, fetched } from "../../api/http";
import type { Entity } from "../../api/types";
import { go, href, type Context, type Page, type Place } from "../../app/router";
import { entityOf, mayDoTo } from "../../app/session";
import { allTexts, t, tn } from "../../i18n/text";
import { endFields } from "../../ui/fresh";
import { problemStrip } from "../../ui/problem";
import { empty } from "../../ui/states";
import { toast } from "../../ui/toast";
import { openMissing } from "../missing";
import { asSwitch } from "./as";
import { allFields, columnsNamed, keepColumns, loadColumns, sortable, usualSort, type Column } from "./columns";
import { Conditions } from "./conditions";
import { filterParts, filterText } from "./filter";
import { Grid } from "./grid";
import { Selection } from "./selection";
import { Source } from "./source";
import { Views, type Look, type View } from "./views";

const mostLinks = 8; // that a list may expand

class List implements Page {
  private columns: Column[];
  private sort = "";
  private chosenView: View | undefined;
  private words = "";
  private deleted = false;
  private readonly conditions: Conditions;
  private source: Source;
  private readonly selection = new Selection();
  private readonly grid: Grid;
  private typing: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly entity: Entity,
    private readonly context: Context,
    private readonly views: Views,
  ) {
    this.columns = loadColumns(entity);
    this.conditions = new Conditions(entity, context, (filter) => this.to({ filter }));
    this.grid = new Grid({
      state: () => ({ entity, columns: this.columns, sort: this.source.isSearch ? "" : this.sort, selection: this.mayBulk ? this.selection : undefined, source: this.source }),
      sortBy: (field) => this.to({ sort: this.sort === field ? `-${field}` : field }),
      resized: () => this.keepColumns(),
      selected: () => context.update(),
    });
    this.read(context.query);
    this.source = this.ask();
  }

  title(): string {
    return this.entity.plural;
  }

  leave(): void {
    clearTimeout(this.typing);
    this.source.end();
    this.grid.leave();
  }

  moved(place: Place): boolean {
    if (place.parts.path !== this.entity.path || place.query.has("as")) return false;
    this.read(place.query);
    this.begin();
    return true;
  }

  // ---- what is asked for ----

  private get mayBulk(): boolean {
    return !this.deleted && (mayDoTo(this.entity, "change") || mayDoTo(this.entity, "delete"));
  }

  private read(query: URLSearchParams): void {
    const view = query.has("view") ? this.views.find(Number(query.get("view"))) : query.size === 0 ? this.views.usual : undefined;
    if (view?.view !== this.chosenView?.view) this.columns = view ? this.columnsOf(view) : loadColumns(this.entity);
    this.chosenView = view;
    const changed = !view || query.has("changed"); // else the address says no more than which view it is
    this.sort = (changed ? query.get("sort") : view.sort) ?? usualSort(this.entity);
    this.words = query.get("q") ?? "";
    this.deleted = query.has("deleted");
    this.conditions.read((changed ? query.get("filter") : view.filter) ?? "");
  }

  private ask(): Source {
    const names = this.columns.filter((column) => !column.head).map((column) => column.field.name);
    const links = this.columns.filter((column) => column.field.type === "link").map((column) => column.field.name);
    const fields = [...new Set([...this.entity.title, ...this.entity.key.slice(0, 1), ...names, ...endFields(this.entity).map((field) => field.name)])].join(",");
    return new Source(
      { path: this.entity.path, filter: this.conditions.text, sort: this.sort, fields, expand: links.slice(0, mostLinks).join(","), words: this.words, deleted: this.deleted },
      () => {
        this.selection.of = this.source.total ?? 0;
        this.grid.soon();
        this.context.update();
      },
    );
  }

  /** Asks anew, from the top. */
  private begin(): void {
    this.source.end();
    this.source = this.ask();
    this.selection.clear();
    this.grid.begin();
    this.context.update();
  }

  /** Goes to the address of another order or filter. */
  private to(change: { sort?: string; filter?: string; q?: string; deleted?: boolean }, replace = false): void {
    const now = { sort: this.sort, filter: this.conditions.text, q: this.words, deleted: this.deleted, ...change };
    const view = this.chosenView, other = view && this.isOther({ ...this.look, filter: now.filter, sort: now.sort });
    const query: Record<string, string | undefined> = { view: view ? String(view.view) : this.views.usual && "0", changed: other ? "yes" : undefined, q: now.q, deleted: now.deleted && !now.q ? "yes" : undefined };
    if (!view || other) query.filter = now.filter;
    if ((!view || other) && now.sort !== usualSort(this.entity)) query.sort = now.sort;
    go(href(`/${this.entity.path}`, query).slice(1), replace);
  }

  // ---- saved views ----

  private columnsOf(view: View): Column[] {
    const columns = columnsNamed(this.entity, view.columns);
    return columns.length > 0 ? columns : loadColumns(this.entity);
  }

  private get look(): Look {
    return { columns: this.columns.map((column) => column.field.name), filter: this.conditions.text, sort: this.sort };
  }

  /** Whether the list looks otherwise than the view that is chosen, or than it does by itself. */
  private isOther(look = this.look): boolean {
    const view = this.chosenView;
    const names = (columns: readonly Column[]): string => columns.map((column) => column.field.name).join(",");
    const filter = view?.filter ? filterText(filterParts(this.entity, view.filter)) : "";
    return look.filter !== filter || look.sort !== (view?.sort ?? usualSort(this.entity)) || (view !== undefined && look.columns.join(",") !== names(this.columnsOf(view)));
  }

  private keepColumns(): void {
    if (!this.chosenView) keepColumns(this.entity, this.columns);
  }

  private goToView(view: number): void {
    go(href(`/${this.entity.path}`, { view: view === 0 && !this.views.usual ? undefined : String(view) }).slice(1));
  }

  /** Does it; the view as it is then is the one that is chosen. */
  private async viewed(work: () => Promise<View | undefined>): Promise<void> {
    try {
      const view = await work();
      if (!view) return;
      this.chosenView = view;
      this.to({}, true);
    } catch (error) {
      toast(error instanceof Failure ? error.problem.title : String(error));
    }
    this.context.update();
  }

  private async removeView(view: View): Promise<void> {
    try {
      if (await this.views.remove(view)) this.goToView(0);
    } catch (error) {
      toast(error instanceof Failure ? error.problem.title : String(error));
    }
  }

  private viewBar(): TemplateResult | typeof nothing {
    if (this.words) return nothing;
    const view = this.chosenView;
    return this.views.bar(view, this.isOther(), {
      choose: (number) => this.goToView(number),
      save: () => view && void this.viewed(() => this.views.update(view, this.look)),
      saveAs: () => void this.viewed(() => this.views.saveAs(this.look)),
      rename: () => view && void this.viewed(() => this.views.rename(view)),
      remove: () => view && void this.removeView(view),
    });
  }

  private readonly typed = (event: Event): void => {
    const text = (event.target as Input).value.trim();
    clearTimeout(this.typing);
    this.typing = setTimeout(() => text !== this.words && this.to({ q: text }, true), 250);
  };

  // ---- what can be done ----

  private async chooseColumns(): Promise<void> {
    const [{ askColumns }] = await Promise.all([fetched(() => import("./column_dialog")), allTexts()]);
    const columns = await askColumns(this.entity, this.columns);
    if (!columns) return;
    this.columns = columns;
    this.keepColumns();
    this.begin();
  }

  private get chosen() {
    return { entity: this.entity, filter: this.conditions.text, sort: this.sort, words: this.words, selection: this.selection };
  }

  private async change(which: "bulkChange" | "bulkDelete"): Promise<void> {
    const [work] = await Promise.all([fetched(() => import("./bulk")), allTexts()]);
    if (await work[which](this.chosen, () => this.begin())) this.begin();
  }

  private async takeAway(): Promise<void> {
    const [{ askExport }] = await Promise.all([fetched(() => import("./export")), allTexts()]);
    askExport(this.chosen, this.columns);
  }

  // ---- drawing ----

  view(): TemplateResult {
    const { entity } = this;
    return html`<div class="list-page">
      <div class="page-head">
        <h1>${entity.plural}</h1>
        <div class="actions">
          ${asSwitch(entity, "list", this.words || this.deleted ? "" : this.conditions.text)}
          ${mayDoTo(entity, "export") && !this.deleted ? html`<ui5-button design="Transparent" icon="download" accessible-name=${t("Export")} tooltip=${t("Export")} @click=${() => void this.takeAway()}></ui5-button>` : nothing}
          <ui5-button design="Transparent" icon="table-column" accessible-name=${t("Columns")} tooltip=${t("Columns")} @click=${() => this.chooseColumns()}></ui5-button>
          ${mayDoTo(entity, "restore") && !this.deleted
            ? html`<ui5-button class="list-deleted" design="Transparent" icon="history" accessible-name=${t("Deleted records")} tooltip=${t("Deleted records")} @click=${() => this.to({ q: "", deleted: true })}></ui5-button>`
            : nothing}
          ${mayDoTo(entity, "create") ? html`<ui5-button design="Emphasized" icon="add" @click=${() => go(`/${entity.path}/new`)}>${t("New")}</ui5-button>` : nothing}
        </div>
      </div>
      <div class="list-bar">
        <ui5-input class="list-search" type="Search" show-clear-icon value=${this.words} placeholder=${t("Search in this list")} accessible-name=${t("Search in this list")} @input=${this.typed}>
          <ui5-icon slot="icon" name="search"></ui5-icon>
        </ui5-input>
        ${this.viewBar()} ${this.chips()} ${this.sortPick()}
        <span class="list-count muted" role="status">${this.countText()}</span>
      </div>
      ${this.selection.count > 0 ? this.bulkBar() : nothing} ${problemStrip(this.source.failure, () => this.source.again())} ${this.contents()}
    </div>`;
  }

  private countText(): string {
    const { source } = this;
    if (source.total === undefined) return source.failure === undefined ? t("Loading") : "";
    if (source.searchIsFull) return t("The {count} best matches", { count: source.total });
    return source.atLeast ? t("More than {count} records", { count: source.total }) : tn("{count} record", "{count} records", source.total);
  }

  private chips(): TemplateResult | typeof nothing {
    if (this.words) return html`<span class="muted">${t("Best matches among all records; conditions do not count.")}</span>`;
    return html`${this.deleted
        ? html`<span class="chip"
            ><span>${t("Deleted records")}</span>
            <button type="button" class="chip-away" aria-label=${t("Take away: {condition}", { condition: t("Deleted records") })} @click=${() => this.to({ deleted: false })}><ui5-icon name="decline"></ui5-icon></button
          ></span>`
        : nothing}
      ${this.conditions.view()}`;
  }

  /** On a phone, where no heads of columns are: by what, and which way. */
  private sortPick(): TemplateResult | typeof nothing {
    if (this.words) return nothing;
    const fields = allFields(this.entity).filter((field) => sortable(field) && (field.name === "changed_at" || this.sort.replace("-", "") === field.name || this.columns.some((column) => column.field.name === field.name)));
    const option = (value: string, text: string): TemplateResult => html`<ui5-option value=${value} ?selected=${value === this.sort}>${text}</ui5-option>`;
    return html`<ui5-select class="list-sort" accessible-name=${t("Sorted by")} @change=${(event: Event) => this.to({ sort: (event.target as Select).selectedOption?.value ?? "" })}>
      ${fields.map((field) => html`${option(field.name, `${field.label} ↑`)}${option(`-${field.name}`, `${field.label} ↓`)}`)}
    </ui5-select>`;
  }

  private bulkBar(): TemplateResult {
    const { selection, entity } = this;
    const clear = (): void => {
      selection.clear();
      this.grid.soon();
      this.context.update();
    };
    return html`<div class="list-bulk" role="region" aria-label=${t("Selected records")}>
      <strong role="status">${tn("{count} selected", "{count} selected", selection.count)}</strong>
      ${mayDoTo(entity, "change") ? html`<ui5-button design="Transparent" @click=${() => this.change("bulkChange")}>${t("Change")}</ui5-button>` : nothing}
      ${mayDoTo(entity, "delete") ? html`<ui5-button design="Transparent" @click=${() => this.change("bulkDelete")}>${t("Delete")}</ui5-button>` : nothing}
      <ui5-button design="Transparent" @click=${clear}>${t("Clear selection")}</ui5-button>
    </div>`;
  }

  private contents(): TemplateResult {
    if (this.source.total === 0) return this.nothingHere();
    return html`<div class="grid" role="grid" tabindex="0" aria-label=${this.entity.plural} aria-multiselectable=${this.mayBulk ? "true" : nothing} @keydown=${this.grid.keydown} ${ref(this.grid.mount)}></div>`;
  }

  private nothingHere(): TemplateResult {
    const { entity } = this;
    if (this.deleted) return empty(t("Nothing is deleted"), t("What was deleted stands here, and can be brought back."), html`<ui5-button @click=${() => this.to({ filter: "", deleted: false })}>${t("Show all")}</ui5-button>`);
    if (this.words || this.conditions.parts.length > 0)
      return empty(t("Nothing fits"), t("No record fulfils what is asked for here."), html`<ui5-button @click=${() => this.to({ filter: "", q: "" })}>${t("Show all")}</ui5-button>`);
    return empty(t("No records yet"), t("Here stands what you enter or import."), html`<div class="actions">
      ${mayDoTo(entity, "create") ? html`<ui5-button design="Emphasized" @click=${() => go(`/${entity.path}/new`)}>${t("New")}</ui5-button>` : nothing}
      ${mayDoTo(entity, "import") ? html`<ui5-button @click=${() => go("/import")}>${t("Import")}</ui5-button>` : nothing}
    </div>`);
  }
}

export async function openList(context: Context): Promise<Page> {
  const entity = entityOf(context.parts.path ?? "");
  if (!entity) return openMissing();
  const form = context.query.get("as");
  if (form === "board" || form === "calendar") await allTexts();
  if (form === "board") return (await import("./board")).openBoard(entity, context);
  if (form === "calendar") return (await import("./calendar")).openCalendar(entity, context, await Views.of(entity, context.signal));
  return new List(entity, context, await Views.of(entity, context.signal));
}
