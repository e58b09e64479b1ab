// Trouble, a wish, a question or praise, from wherever one is.
import { html } from "lit-html";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import "@ui5/webcomponents/dist/TextArea.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import type TextArea from "@ui5/webcomponents/dist/TextArea.js";
import { post } from "../../api/http";
import { placeOf } from "../../app/router";
import { t } from "../../i18n/text";
import { ask } from "../../ui/dialog";
import { toast } from "../../ui/toast";
import { kindWord, kinds, type Kind, type Message } from "./words";

/** Asks for a message and sends it, with the screen it is given on (without what stands behind its ?). */
export async function giveFeedback(): Promise<Message | undefined> {
  const wish = { kind: "trouble" as Kind, text: "" };
  const page = placeOf(location.hash).path;
  const given = await ask<Message>({
    title: t("Tell us"),
    does: t("Send"),
    view: () => html`<p>${t("Who runs this workspace reads it and answers. You find the answer under Help.")}</p>
      <div class="field">
        <ui5-label for="feedback-kind" show-colon>${t("What it is")}</ui5-label>
        <ui5-select id="feedback-kind" @change=${(event: Event) => (wish.kind = ((event.target as Select).selectedOption?.getAttribute("data-value") ?? "trouble") as Kind)}>
          ${kinds.map((kind) => html`<ui5-option data-value=${kind} ?selected=${kind === wish.kind}>${kindWord(kind)}</ui5-option>`)}
        </ui5-select>
      </div>
      <div class="field">
        <ui5-label for="feedback-text" show-colon required>${t("In your words")}</ui5-label>
        <ui5-textarea id="feedback-text" rows="6" maxlength="4000" required @input=${(event: Event) => (wish.text = (event.target as TextArea).value)}></ui5-textarea>
        <span class="muted">${t("The screen you are on goes along ({page}); no data of customers does.", { page })}</span>
      </div>`,
    act: () => post<Message>("/feedback", { kind: wish.kind, text: wish.text, page }),
  });
  if (given) toast(t("Thank you. It is on its way."));
  return given;
}
