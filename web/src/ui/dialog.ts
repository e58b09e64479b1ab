// Dialogs that are asked and answered: a promise of what was chosen. Escape and Cancel give undefined; focus goes back to where it was.
import { html, nothing, render, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Bar.js";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Dialog.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import type Dialog from "@ui5/webcomponents/dist/Dialog.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import { t } from "../i18n/text";
import { problemStrip } from "./problem";

export interface DialogWish<T> {
  title: string;
  /** The contents; `update` draws it again. */
  view: (update: () => void) => TemplateResult;
  /** The word on the button that does it. */
  does: string;
  danger?: boolean;
  /** Called by that button: gives the result, undefined to stay open; what it throws is shown in the dialog. */
  act: () => Promise<T | undefined> | T | undefined;
  wide?: boolean;
}

/** Shows a dialog; gives what `act` gave, or undefined where it was left. */
export function ask<T>(wish: DialogWish<T>): Promise<T | undefined> {
  const place = document.createElement("div");
  document.body.append(place);
  let failure: unknown, busy = false;
  return new Promise((resolve) => {
    let result: T | undefined;
    const dialog = (): Dialog | null => place.querySelector("ui5-dialog");
    const close = (): void => {
      const open = dialog();
      if (open) open.open = false;
    };
    const act = async (): Promise<void> => {
      if (busy) return;
      busy = true;
      failure = undefined;
      update();
      try {
        result = await wish.act();
        if (result !== undefined) return close();
      } catch (error) {
        failure = error;
      } finally {
        busy = false;
        update();
      }
    };
    const ended = (event: Event): void => {
      if (event.target !== dialog()) return; // of a part inside, such as a list of choices
      resolve(result);
      place.remove();
    };
    const update = (): void => {
      render(
        html`<ui5-dialog class=${wish.wide ? "dialog dialog-wide" : "dialog"} header-text=${wish.title} @ui5-close=${ended}>
          <form class="dialog-body" @submit=${(event: Event) => (event.preventDefault(), void act())}>${problemStrip(failure)} ${wish.view(update)}</form>
          <ui5-bar slot="footer" design="Footer" accessible-name=${t("What can be done")}>
            <ui5-button slot="endContent" class="dialog-does" design=${wish.danger ? "Negative" : "Emphasized"} ?disabled=${busy} @click=${act}>${wish.does}</ui5-button>
            <ui5-button slot="endContent" class="dialog-cancel" design="Transparent" @click=${close}>${t("Cancel")}</ui5-button>
          </ui5-bar>
        </ui5-dialog>`,
        place,
      );
    };
    update();
    requestAnimationFrame(() => {
      const open = dialog();
      if (open) open.open = true;
    });
  });
}

/** Asks whether something is to be done. */
export async function confirmed(title: string, says: string, does: string, danger = false): Promise<boolean> {
  return (await ask<true>({ title, view: () => html`<p>${says}</p>`, does, danger, act: () => true })) ?? false;
}

export interface TextWish {
  label: string;
  hint?: string;
  type?: "Text" | "Password" | "Email";
  required?: boolean;
  value?: string;
}

/** Asks for a few texts, by name. */
export function askTexts<N extends string>(title: string, wishes: Record<N, TextWish>, does: string, act: (texts: Record<N, string>) => Promise<unknown>): Promise<unknown> {
  const names = Object.keys(wishes) as N[];
  const texts = Object.fromEntries(names.map((name) => [name, wishes[name].value ?? ""])) as Record<N, string>;
  return ask({
    title,
    does,
    act: async () => (await act(texts)) ?? true,
    view: () => html`${names.map((name) => {
      const wish = wishes[name], id = `asked-${name}`;
      return html`<div class="field">
        <ui5-label for=${id} show-colon ?required=${wish.required ?? false}>${wish.label}</ui5-label>
        <ui5-input id=${id} type=${wish.type ?? "Text"} ?required=${wish.required ?? false} value=${texts[name]} @input=${(event: Event) => (texts[name] = (event.target as Input).value)}></ui5-input>
        ${wish.hint ? html`<span class="muted">${wish.hint}</span>` : nothing}
      </div>`;
    })}`,
  });
}
