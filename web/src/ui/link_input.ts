// Which record a link leads to, found by a few letters of its name: <pb-link-input>.
import { html, render } from "lit-html";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/SuggestionItem.js";
import "@ui5/webcomponents/dist/features/InputSuggestions.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import { get } from "../api/http";
import type { Entity, LinkValue, RecordJson, RecordPage } from "../api/types";
import { entityNamed } from "../app/session";
import { t } from "../i18n/text";
import { recordTitle, valueText } from "./value";
import "../styles/field_input.css";

/** What tells people of one name apart: the first filled field that is no title. */
function aside(entity: Entity, record: RecordJson): string {
  for (const name of ["email", "city", "phone", "number", "stage", "status"]) {
    const field = entity.fields.find((one) => one.name === name);
    if (!field || entity.title.includes(name)) continue;
    const text = valueText(field, record.fields[name], record);
    if (text) return text;
  }
  return "";
}

export class LinkInput extends HTMLElement {
  private chosen: LinkValue | null = null;
  private text = "";
  private found: RecordJson[] = [];
  private due: ReturnType<typeof setTimeout> | undefined;
  private asked: AbortController | undefined;
  private settings = { entity: "", inputId: "", name: "", description: "", negative: false, required: false, disabled: false };

  /** How it looks and what it looks for. */
  set wish(wish: typeof this.settings) {
    this.settings = wish;
    this.draw();
  }

  /** The link and what is shown for it; not drawn again while somebody types. */
  set value(value: { link: LinkValue | null; text: string }) {
    if (value.link?.id === this.chosen?.id && value.link?.reference === this.chosen?.reference && (this.text || !value.text)) return;
    this.chosen = value.link;
    this.text = value.text;
    this.draw();
  }

  disconnectedCallback(): void {
    clearTimeout(this.due);
    this.asked?.abort();
  }

  private tell(link: LinkValue | null, record?: RecordJson): void {
    this.chosen = link;
    this.dispatchEvent(new CustomEvent("change", { detail: { link, record } }));
  }

  private typed(input: Input): void {
    this.text = input.value;
    if (this.text.trim() === "") this.tell(null);
    clearTimeout(this.due);
    this.due = setTimeout(() => void this.look(), 180);
  }

  private async look(): Promise<void> {
    const entity = entityNamed(this.settings.entity);
    const words = this.text.trim();
    if (!entity || words === "") return;
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const page = await get<RecordPage>(`/${entity.path}/search`, { q: words, limit: 8 }, this.asked.signal);
      this.found = page.records;
      this.draw();
    } catch {
      this.found = []; // the frame says that the server cannot be reached; what was typed stays
    }
  }

  /** One was taken from those shown, or a name was typed in full. */
  private took(input: Input): void {
    const entity = entityNamed(this.settings.entity);
    this.text = input.value;
    const words = this.text.trim();
    if (words === "") return this.tell(null);
    const record = this.found.find((one) => recordTitle(entity, one) === words);
    if (record) this.tell({ id: record.id, reference: null }, record);
    else this.tell({ id: null, reference: words }); // the server looks for it by its name, or says that there is none
  }

  private draw(): void {
    const entity = entityNamed(this.settings.entity);
    const { inputId, name, description, negative, required, disabled } = this.settings;
    render(
      html`<ui5-input
        id=${inputId}
        show-suggestions
        show-clear-icon
        filter="None"
        .value=${this.text}
        placeholder=${t("Type a few letters")}
        accessible-name=${name}
        accessible-description=${description}
        value-state=${negative ? "Negative" : "None"}
        ?required=${required}
        ?disabled=${disabled}
        @input=${(event: Event) => this.typed(event.target as Input)}
        @change=${(event: Event) => {
          event.stopPropagation();
          this.took(event.target as Input);
        }}
      >
        ${this.found.map((one) => html`<ui5-suggestion-item text=${recordTitle(entity, one)} additional-text=${entity ? aside(entity, one) : ""}></ui5-suggestion-item>`)}
      </ui5-input>`,
      this,
    );
  }
}

customElements.define("pb-link-input", LinkInput);
