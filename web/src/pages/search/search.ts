// All that a few words find, by entity.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Icon.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents-icons/dist/search.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import "../../styles/search.css";
import type { Entity } from "../../api/types";
import { go, href, type Context, type Page, type Place } from "../../app/router";
import { t } from "../../i18n/text";
import { problemStrip } from "../../ui/problem";
import { empty, loading, nextStep } from "../../ui/states";
import { foundIn, remember, searched, type Hit } from "./find";

const mostEach = 20;

class Search implements Page {
  private words = "";
  private only = "";
  private found = new Map<Entity, Hit[]>();
  private busy = false;
  private failed = false;
  private asked = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly context: Context) {
    this.read(context.query);
  }

  title(): string {
    return t("Search");
  }
  leave(): void {
    clearTimeout(this.timer);
    this.asked.abort();
  }
  moved(place: Place): boolean {
    this.read(place.query);
    return true;
  }

  private read(query: URLSearchParams): void {
    const words = query.get("q") ?? "";
    this.only = query.get("in") ?? "";
    if (words !== this.words) {
      this.words = words;
      void this.search();
    }
    this.context.update();
  }

  private async search(): Promise<void> {
    this.asked.abort();
    const asked = (this.asked = new AbortController());
    this.found = new Map();
    this.failed = false;
    this.busy = this.words !== "";
    if (!this.words) return;
    const failed = await foundIn(this.words, mostEach, asked.signal, (entity, hits) => {
      if (asked.signal.aborted) return;
      if (hits.length > 0) this.found.set(entity, hits);
      this.context.update();
    });
    if (asked.signal.aborted) return;
    this.busy = false;
    this.failed = failed;
    this.context.update();
  }

  private readonly typed = (event: Event): void => {
    const q = (event.target as Input).value.trim();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => go(href("/search", { q, in: this.only }).slice(1), true), 250);
  };

  view(): TemplateResult {
    const groups = searched().filter((entity) => this.found.has(entity));
    const shown = groups.some((entity) => entity.path === this.only) ? groups.filter((entity) => entity.path === this.only) : groups;
    return html`<div class="page">
      <h1>${t("Search")}</h1>
      <ui5-input class="search-words" type="Search" show-clear-icon value=${this.words} placeholder=${t("Search records")} accessible-name=${t("Search records")} @input=${this.typed}>
        <ui5-icon slot="icon" name="search"></ui5-icon>
      </ui5-input>
      ${groups.length > 1 ? this.filters(groups) : nothing}
      ${this.failed ? problemStrip(new Error(t("Some records could not be searched.")), () => void this.search()) : nothing} ${shown.map((entity) => this.group(entity, this.found.get(entity) ?? []))}
      ${this.busy && groups.length === 0 ? loading() : nothing} ${this.busy || groups.length > 0 ? nothing : this.nothingHere()}
    </div>`;
  }

  private filters(groups: readonly Entity[]): TemplateResult {
    const link = (text: string, path: string): TemplateResult =>
      html`<a class="search-filter" href=${href("/search", { q: this.words, in: path })} aria-current=${this.only === path ? "true" : nothing}>${text}</a>`;
    return html`<nav class="search-filters" aria-label=${t("Kinds of records")}>${link(t("All"), "")} ${groups.map((entity) => link(entity.plural, entity.path))}</nav>`;
  }

  private group(entity: Entity, hits: readonly Hit[]): TemplateResult {
    return html`<section class="card">
      <h2>${entity.plural}</h2>
      <ul class="search-hits">
        ${hits.map((hit) => html`<li><a href=${`#${hit.to}`} @click=${() => remember(hit)}><bdi>${hit.text}</bdi></a> <span class="muted"><bdi>${hit.aside}</bdi></span></li>`)}
      </ul>
      ${hits.length === mostEach ? html`<a href=${href(`/${entity.path}`, { q: this.words })}>${t("More in the list")}</a>` : nothing}
    </section>`;
  }

  private nothingHere(): TemplateResult {
    return this.words
      ? empty(t("Nothing was found"), t("No record has these words. Fewer letters find more; initials of Chinese names work, too."), nextStep(t("How to search"), "/help/search"))
      : empty(t("Search all records"), t("By name, number, e-mail, phone or city: a few letters are enough."), nextStep(t("How to search"), "/help/search"));
  }
}

export function openSearch(context: Context): Page {
  return new Search(context);
}
