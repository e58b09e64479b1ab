// The conditions that a list, a board or a calendar is held to: shown, changed, taken away. They stand in the address as a filter.
import { html, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Icon.js";
import "@ui5/webcomponents-icons/dist/add-filter.js";
import "@ui5/webcomponents-icons/dist/decline.js";
import { fetched, get } from "../../api/http";
import type { Entity, RecordJson } from "../../api/types";
import type { Context } from "../../app/router";
import { entityNamed } from "../../app/session";
import { allTexts, t } from "../../i18n/text";
import { recordTitle } from "../../ui/value";
import { filterParts, filterText, isCondition, testWords, type Part } from "./filter";
import type { Called } from "./filter_editor";

export class Conditions {
  parts: Part[] = [];
  private readonly called: Called = new Map();

  /** `go`: leads to the address of another filter. */
  constructor(
    private readonly entity: Entity,
    private readonly context: Context,
    private readonly go: (filter: string) => void,
  ) {}

  get text(): string {
    return filterText(this.parts);
  }

  read(filter: string): void {
    this.parts = filterParts(this.entity, filter);
    void this.callLinks();
  }

  /** What the records are called that conditions name by id. */
  private async callLinks(): Promise<void> {
    for (const part of this.parts) {
      if (!isCondition(part) || part.field.type !== "link" || !("values" in part.test)) continue;
      const target = part.field.to ? entityNamed(part.field.to) : undefined;
      for (const id of part.test.values) {
        if (!target || this.called.has(id)) continue;
        this.called.set(id, t("A record"));
        try {
          this.called.set(id, recordTitle(target, await get<RecordJson>(`/${target.path}/${id}`, undefined, this.context.signal)));
        } catch {
          continue; // it may not be seen, or is gone
        }
        this.context.update();
      }
    }
  }

  private async edit(before?: Part): Promise<void> {
    const [{ askCondition }] = await Promise.all([fetched(() => import("./filter_editor")), allTexts()]);
    const condition = await askCondition(this.entity, this.called, before && isCondition(before) ? before : undefined);
    if (!condition) return;
    this.go(filterText(before ? this.parts.map((part) => (part === before ? condition : part)) : [...this.parts, condition]));
  }

  /** Each as a chip, and a button for one more. */
  view(): TemplateResult {
    const without = (part: Part): void => this.go(filterText(this.parts.filter((one) => one !== part)));
    const words = (part: Part): string => (isCondition(part) ? `${part.field.label}: ${testWords(part, this.called)}` : part.written);
    return html`${this.parts.map(
        (part) => html`<span class="chip">
          ${isCondition(part) ? html`<button type="button" @click=${() => this.edit(part)}>${words(part)}</button>` : html`<span>${words(part)}</span>`}
          <button type="button" class="chip-away" aria-label=${t("Take away: {condition}", { condition: words(part) })} @click=${() => without(part)}><ui5-icon name="decline"></ui5-icon></button>
        </span>`,
      )}
      <ui5-button design="Transparent" icon="add-filter" @click=${() => this.edit()}>${t("Filter")}</ui5-button>`;
  }
}
