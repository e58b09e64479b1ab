// Who is meant, found among all users by a few letters of the name: <pb-person-input>, personField() for one, peopleField() for several.
import { html, nothing, render, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/CheckBox.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/SuggestionItem.js";
import "@ui5/webcomponents/dist/features/InputSuggestions.js";
import type CheckBox from "@ui5/webcomponents/dist/CheckBox.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import type { Person, PersonSource } from "../api/people";
import { t } from "../i18n/text";
import { wrong } from "./problem";
import "../styles/field_input.css";

/** Somebody by the sign-in name, "" nobody; `typed` is what was written where it is nobody's name. */
export interface Choice {
  name: string;
  typed?: string;
}

/** The sign-in name that was chosen, "" for nobody; throws where what was typed is nobody's. */
export function nameChosen(choice: Choice): string {
  if (choice.typed !== undefined) throw wrong(t("No user is called “{name}”.", { name: choice.typed }), t("Choose one of those that are shown while you type, or leave it empty."));
  return choice.name;
}

/** Several of them by their sign-in names, and who was called so far. */
export interface Choices {
  chosen: Set<string>;
  known: Map<string, Person>;
  /** What is being written of one more. */
  next: Choice;
}

/** Likewise; throws where what was typed of one more is nobody's. */
export function namesChosen(choices: Choices): string[] {
  nameChosen(choices.next);
  return [...choices.chosen];
}

const FIRST = 8; // asked for and shown; who does not find somebody among them types on
const PAUSE = 180; // ms without a key before it is asked

/** Two of one name are told apart by how they sign in. */
const called = (one: Person): string => (one.shown === one.name ? one.name : `${one.shown} (${one.name})`);

const alike = (one: string, other: string): boolean => one.toLocaleLowerCase() === other.toLocaleLowerCase();

interface Wish {
  inputId: string;
  label: string;
  placeholder?: string;
  disabled?: boolean;
}

export class PersonInput extends HTMLElement {
  private people: PersonSource | undefined;
  private settings: Wish = { inputId: "", label: "" };
  private chosen = ""; // sign-in name
  private text = "";
  private settled = { name: "", text: "" }; // what it held when somebody began to type
  private open = false; // something was typed that is nobody yet
  private found: readonly Person[] = [];
  private more = false;
  private foundFor = ""; // the words that were asked for last
  private state: "" | "asked" | "nobody" = "";
  private due: ReturnType<typeof setTimeout> | undefined;
  private asked: AbortController | undefined;

  set source(source: PersonSource) {
    this.people = source;
  }

  set wish(wish: Wish) {
    this.settings = wish;
    this.draw();
  }

  /** The sign-in name; what it is called is asked for here. Not drawn again while somebody types. */
  set value(name: string) {
    if (name === this.chosen) return;
    this.hold(name, name);
    this.draw();
    if (name) void this.call(name);
  }

  disconnectedCallback(): void {
    clearTimeout(this.due);
    this.asked?.abort();
  }

  private async call(name: string): Promise<void> {
    const one = await this.people?.named(name).catch(() => undefined); // who is no user any more is called by the sign-in name
    if (!one || this.chosen !== name || this.text !== name) return;
    this.hold(name, called(one));
    this.draw();
  }

  private hold(name: string, text: string): void {
    this.chosen = name;
    this.text = text;
    this.state = "";
    this.open = false;
    this.settled = { name, text };
  }

  private tell(choice: Choice, person?: Person): void {
    this.chosen = choice.name;
    this.dispatchEvent(new CustomEvent("chosen", { detail: { choice, person } }));
  }

  private typed(input: Input): void {
    this.text = input.value;
    this.asked?.abort();
    clearTimeout(this.due);
    if (this.text.trim() === "") {
      this.found = [];
      this.hold("", "");
      this.tell({ name: "" });
      return this.draw();
    }
    this.open = true;
    this.tell({ name: "", typed: this.text.trim() });
    this.due = setTimeout(() => void this.look(this.text.trim()), PAUSE);
  }

  private async look(words: string): Promise<void> {
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    try {
      const page = await this.people?.find(words, FIRST, asked.signal);
      if (!page || asked.signal.aborted) return;
      this.found = page.people;
      this.more = page.more;
      this.foundFor = words;
      this.state = "asked";
      this.draw();
    } catch {
      if (!asked.signal.aborted) this.found = []; // the frame says that the server cannot be reached; what was typed stays
    }
  }

  private meant(words: string): Person | undefined {
    const whole = this.found.find((one) => alike(called(one), words) || alike(one.name, words));
    const shown = this.found.filter((one) => alike(one.shown, words));
    return whole ?? (shown.length === 1 && !this.more ? shown[0] : undefined);
  }

  /** One was taken from those shown, or a name was typed in full. */
  private async took(input: Input): Promise<void> {
    const words = (this.text = input.value).trim();
    clearTimeout(this.due);
    if (words === "") return this.typed(input);
    if (!this.meant(words) && this.foundFor !== words) await this.look(words);
    if (this.text.trim() !== words) return; // typed on meanwhile
    const one = this.meant(words);
    if (one) this.hold(one.name, called(one));
    else this.state = "nobody";
    this.tell(one ? { name: one.name } : { name: "", typed: words }, one);
    this.draw();
  }

  /** What UI5 tells nothing of: Escape, and on a telephone Cancel, put back what stood there; one may be taken whose name was typed in full. */
  private left(input: Input): void {
    if (!this.open) return;
    if (input.value !== this.settled.text) return void (this.meant(input.value.trim()) && this.took(input));
    clearTimeout(this.due);
    this.hold(this.settled.name, this.settled.text);
    this.tell({ name: this.settled.name });
    this.draw();
  }

  /** Empties it for the next one. */
  clear(): void {
    this.foundFor = "";
    this.found = [];
    this.hold("", "");
    this.draw();
  }

  private says(): { state: "None" | "Information" | "Negative"; text: string } {
    if (this.state === "nobody") return { state: "Negative", text: t("No user is called “{name}”.", { name: this.text.trim() }) };
    if (this.state === "asked" && this.found.length === 0) return { state: "Information", text: t("No user is called so.") };
    if (this.state === "asked" && this.more) return { state: "Information", text: t("More fit than are shown: type on.") };
    return { state: "None", text: "" };
  }

  /** Nobody is filled in who was not taken: the first that fits is not the one who is meant. */
  private draw(): void {
    const { inputId, label, placeholder, disabled } = this.settings, says = this.says();
    render(
      html`<ui5-input
        id=${inputId}
        show-suggestions
        no-typeahead
        show-clear-icon
        filter="None"
        .value=${this.text}
        placeholder=${placeholder ?? t("Type a few letters")}
        accessible-name=${label}
        value-state=${says.state}
        ?disabled=${disabled ?? false}
        @input=${(event: Event) => this.typed(event.target as Input)}
        @focusout=${(event: Event) => this.left(event.currentTarget as Input)}
        @close=${(event: Event) => this.left(event.currentTarget as Input)}
        @change=${(event: Event) => {
          event.stopPropagation();
          void this.took(event.target as Input);
        }}
      >
        ${this.found.map((one) => html`<ui5-suggestion-item text=${called(one)} additional-text=${one.external ? t("external auditor") : ""}></ui5-suggestion-item>`)}
        ${says.text ? html`<div slot="valueStateMessage">${says.text}</div>` : nothing}
      </ui5-input>`,
      this,
    );
  }
}

customElements.define("pb-person-input", PersonInput);

export interface PersonWish {
  id: string;
  label: string;
  source: PersonSource;
  /** Shown while it is empty, where that does not mean nobody. */
  placeholder?: string;
  disabled?: boolean;
}

/** One of them, or nobody where it is left empty; who is no user any more stays until another one is chosen. */
export function personField({ id, label, source, placeholder, disabled }: PersonWish, chosen: string, take: (choice: Choice, person?: Person) => void): TemplateResult {
  return html`<div class="field">
    <ui5-label for=${id} show-colon>${label}</ui5-label>
    <pb-person-input
      .source=${source}
      .wish=${{ inputId: id, label, placeholder, disabled }}
      .value=${chosen}
      @chosen=${(event: CustomEvent<{ choice: Choice; person?: Person }>) => take(event.detail.choice, event.detail.person)}
    ></pb-person-input>
  </div>`;
}

/** Several of them: each with its box, which takes it away again, and a field that adds one more. */
export function peopleField({ id, label, source }: PersonWish, choices: Choices, update: () => void): TemplateResult {
  const { chosen, known } = choices;
  const add = (event: CustomEvent<{ choice: Choice; person?: Person }>): void => {
    const { choice, person } = event.detail;
    choices.next = person ? { name: "" } : choice;
    if (!person) return;
    known.set(person.name, person);
    chosen.add(person.name);
    (event.target as PersonInput).clear();
    update();
  };
  const box = (one: Person): TemplateResult => html`<ui5-checkbox text=${called(one)} .checked=${chosen.has(one.name)} @change=${(event: Event) => {
    if ((event.target as CheckBox).checked) chosen.add(one.name);
    else chosen.delete(one.name);
    update();
  }}></ui5-checkbox>`;
  return html`<fieldset class="several">
    <legend>${label}</legend>
    <pb-person-input class="several-add" .source=${source} .wish=${{ inputId: id, label: `${label}: ${t("Add somebody")}`, placeholder: t("Add somebody: type a few letters") }} @chosen=${add}></pb-person-input>
    ${[...known.values()].map(box)}
  </fieldset>`;
}

/** Who is called so now; whom nobody knows any more is called by the sign-in name. */
export async function knownOf(names: Iterable<string>, source: PersonSource, signal?: AbortSignal): Promise<Map<string, Person>> {
  const all = await Promise.all([...new Set(names)].map(async (name): Promise<Person> => (await source.named(name, signal).catch(() => undefined)) ?? { name, shown: name, external: false }));
  return new Map(all.map((one) => [one.name, one]));
}

export const choicesOf = async (names: readonly string[], source: PersonSource): Promise<Choices> => ({ chosen: new Set(names), known: await knownOf(names, source), next: { name: "" } });
