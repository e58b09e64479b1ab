// Ctrl K: every record and every command by a few letters, by keyboard through and through.
import { html, nothing, render, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Icon.js";
import "@ui5/webcomponents-icons/dist/add.js";
import "@ui5/webcomponents-icons/dist/arrow-right.js";
import "@ui5/webcomponents-icons/dist/history.js";
import "@ui5/webcomponents-icons/dist/search.js";
import "../styles/search.css";
import { t } from "../i18n/text";
import { foundIn, commands, recent, remember, searched, type Hit } from "../pages/search/find";
import { go } from "./router";

const fewEach = 4;
const soonest = 150; // ms after the last letter
const patience = 400; // ms until what came is shown although more is to come: what is shown piece by piece moves under the finger

interface Group {
  title: string;
  hits: Hit[];
}

class Palette {
  private readonly dialog = document.createElement("dialog");
  private words = "";
  private groups: Group[] = [];
  private active = 0;
  private moved = false; // by the reader, since the last letter
  private searching = false;
  private failure = false;
  private asked = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly before = document.activeElement;

  constructor() {
    this.dialog.className = "palette";
    this.dialog.setAttribute("aria-label", t("Search"));
    this.dialog.addEventListener("close", this.closed);
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    document.body.append(this.dialog);
    this.groups = this.known();
    this.draw();
    this.dialog.showModal();
    this.dialog.querySelector("input")?.focus();
  }

  close(): void {
    this.dialog.close();
  }

  private readonly closed = (): void => {
    clearTimeout(this.timer);
    this.asked.abort();
    this.dialog.remove();
    open = undefined;
    if (this.before instanceof HTMLElement && this.before.isConnected) this.before.focus();
  };

  private get hits(): Hit[] {
    return this.groups.flatMap((group) => group.hits);
  }

  /** What needs no server: recent records, and commands. */
  private known(): Group[] {
    const words = this.words.toLocaleLowerCase();
    const fits = (hit: Hit): boolean => words.split(/\s+/).every((word) => hit.text.toLocaleLowerCase().includes(word));
    const groups = [
      { title: t("Lately opened"), hits: recent().filter(fits).slice(0, 5) },
      { title: t("Commands"), hits: commands().filter(fits).slice(0, words ? 8 : 6) },
    ];
    return groups.filter((group) => group.hits.length > 0);
  }

  private readonly typed = (event: Event): void => {
    this.words = (event.target as HTMLInputElement).value.trim();
    clearTimeout(this.timer);
    this.asked.abort();
    this.active = 0;
    this.moved = false;
    this.failure = false;
    this.searching = this.words !== "";
    this.groups = this.known();
    this.draw();
    if (this.words) this.timer = setTimeout(() => void this.search(), soonest);
  };

  /** What was found, in the order of the entities whichever answered first; where the reader is stays where it is. */
  private show(found: ReadonlyMap<string, Group>): void {
    const here = this.moved ? this.hits[this.active] : undefined;
    this.groups = [...searched().flatMap((entity) => found.get(entity.name) ?? []), ...this.known()];
    this.active = Math.max(0, this.hits.findIndex((hit) => hit.to === here?.to && hit.text === here.text));
    this.draw();
  }

  private async search(): Promise<void> {
    const asked = (this.asked = new AbortController());
    const found = new Map<string, Group>(), since = performance.now();
    const failed = await foundIn(this.words, fewEach, asked.signal, (entity, hits) => {
      if (asked.signal.aborted) return;
      if (hits.length > 0) found.set(entity.name, { title: entity.plural, hits });
      if (performance.now() - since > patience) this.show(found);
    });
    if (asked.signal.aborted) return;
    this.searching = false;
    this.failure = failed;
    this.show(found);
  }

  private readonly key = (event: KeyboardEvent): void => {
    const count = this.hits.length;
    if (event.key === "ArrowDown") this.active = count ? (this.active + 1) % count : 0;
    else if (event.key === "ArrowUp") this.active = count ? (this.active + count - 1) % count : 0;
    else if (event.key === "Enter") return this.choose(this.hits[this.active]);
    else return;
    this.moved = true;
    event.preventDefault();
    this.draw();
    this.dialog.querySelector(`#hit-${this.active}`)?.scrollIntoView({ block: "nearest" });
  };

  private choose(hit: Hit | undefined): void {
    if (!hit && !this.words) return;
    this.dialog.close();
    if (!hit) return go(`/search?${new URLSearchParams({ q: this.words })}`);
    remember(hit);
    if (hit.act) void hit.act();
    else go(hit.to);
  }

  private draw(): void {
    let at = 0;
    render(
      html`<div class="palette-box">
        <div class="palette-head">
          <ui5-icon name="search"></ui5-icon>
          <input type="text" role="combobox" aria-expanded="true" aria-controls="palette-hits" aria-autocomplete="list" aria-label=${t("Search records and commands")} autocomplete="off" spellcheck="false"
            placeholder=${t("Search records and commands")} aria-activedescendant=${this.hits.length ? `hit-${this.active}` : nothing} @input=${this.typed} @keydown=${this.key} />
          <button type="button" class="palette-close" @click=${() => this.dialog.close()}>${t("Close")}</button>
        </div>
        <div class="palette-hits" id="palette-hits" role="listbox" aria-label=${t("Results")}>
          ${this.groups.map(
            (group, nth) => html`<div role="group" aria-labelledby=${`hits-${nth}`}>
              <div class="palette-title" id=${`hits-${nth}`} role="presentation">${group.title}</div>
              ${group.hits.map((hit) => this.hit(hit, at++))}
            </div>`,
          )}
        </div>
        ${this.foot()}
      </div>`,
      this.dialog,
    );
  }

  private hit(hit: Hit, at: number): TemplateResult {
    return html`<div id=${`hit-${at}`} role="option" class="palette-hit" aria-selected=${String(at === this.active)} @click=${() => this.choose(hit)}>
      <ui5-icon name=${hit.icon}></ui5-icon><span class="palette-text"><bdi>${hit.text}</bdi></span><span class="muted"><bdi>${hit.aside}</bdi></span>
    </div>`;
  }

  private foot(): TemplateResult {
    const says = this.searching ? t("Searching …") : this.failure ? t("Some records could not be searched.") : this.hits.length === 0 ? t("Nothing was found for “{words}”.", { words: this.words }) : "";
    return html`<div class="palette-foot" role="status">
      <span>${says}</span>${this.words
        ? html`<a href=${`#/search?${new URLSearchParams({ q: this.words })}`} @click=${() => this.dialog.close()}>${t("All results")}</a>`
        : nothing}
    </div>`;
  }
}

let open: Palette | undefined;

/** Shows it; where it is shown already, closes it. */
export function showSearch(): void {
  if (open) return open.close();
  open = new Palette();
}
