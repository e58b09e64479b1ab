// What was reported and answered: one's own messages; for who answers, all of them with their numbers.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Link.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import "@ui5/webcomponents/dist/TextArea.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import type TextArea from "@ui5/webcomponents/dist/TextArea.js";
import "../../styles/feedback.css";
import { ask as askServer, get } from "../../api/http";
import { go, href, type Context, type Page } from "../../app/router";
import { mayDo } from "../../app/session";
import { between, formatAge, formatInstant, formatNumber } from "../../i18n/format";
import { t } from "../../i18n/text";
import { room } from "../../ui/area";
import { ask } from "../../ui/dialog";
import { empty, nextStep } from "../../ui/states";
import { toast } from "../../ui/toast";
import { giveFeedback } from "./give";
import { kindWord, kinds, stateWord, states, type Kind, type Message, type State } from "./words";

interface Messages {
  messages: Message[];
  counts?: { kind: Kind; state: State; count: number }[];
  next: number | null;
}

const area = {
  name: () => t("Feedback"),
  rooms: () => [{ path: "/feedback", text: t("Yours") }, ...(mayDo("settings") ? [{ path: "/feedback/all", text: t("Of everybody") }] : [])],
};

function change(message: Message, body: unknown): Promise<unknown> {
  return askServer(`/feedback/${message.message}`, { method: "PATCH", body, headers: { "If-Match": `"${message.version}"` } });
}

const area_text = (id: string, label: string, set: (value: string) => void, value = ""): TemplateResult => html`<div class="field">
  <ui5-label for=${id} show-colon required>${label}</ui5-label>
  <ui5-textarea id=${id} rows="5" maxlength="4000" value=${value} @input=${(event: Event) => set((event.target as TextArea).value)}></ui5-textarea>
</div>`;

async function answer(message: Message, again: () => void): Promise<void> {
  let text = message.answer ?? "", state: State = "answered";
  const done = await ask<true>({
    title: t("Answer {name}", { name: message.author ?? "" }),
    does: t("Answer"),
    view: () => html`<blockquote class="feedback-text">${message.text}</blockquote>
      ${area_text("feedback-answer", t("Answer"), (value) => (text = value), text)}
      <div class="field">
        <ui5-label for="feedback-state" show-colon>${t("What becomes of it")}</ui5-label>
        <ui5-select id="feedback-state" @change=${(event: Event) => (state = ((event.target as Select).selectedOption?.getAttribute("data-value") ?? "answered") as State)}>
          ${states.filter((one) => one !== "open").map((one) => html`<ui5-option data-value=${one} ?selected=${one === state}>${stateWord(one)}</ui5-option>`)}
        </ui5-select>
      </div>`,
    act: async () => {
      await change(message, { state, answer: text });
      return true as const;
    },
  });
  if (done) toast(t("The answer is given."));
  again();
}

async function add(message: Message, again: () => void): Promise<void> {
  let text = "";
  await ask<true>({
    title: t("Add to your message"),
    does: t("Send"),
    view: () => area_text("feedback-more", t("In your words"), (value) => (text = value)),
    act: async () => {
      await change(message, { text });
      return true as const;
    },
  });
  again();
}

function messageView(message: Message, again: () => void): TemplateResult {
  const look = message.state === "open" ? "tag-warn" : message.state === "declined" ? "" : "tag-good";
  return html`<article class="card stack feedback">
    <div class="page-head">
      <h2>${kindWord(message.kind)} <span class="tag ${look}">${stateWord(message.state)}</span></h2>
      <span class="muted" title=${formatInstant(message.at)}>${message.own ? nothing : html`<bdi>${message.author ?? t("Unknown")}</bdi>${between()}`}${formatAge(message.at)}</span>
    </div>
    <p class="feedback-text">${message.text}</p>
    ${message.page ? html`<p class="muted">${t("Given on")} <ui5-link href=${href(message.page)}>${message.page}</ui5-link></p>` : nothing}
    ${message.answer
      ? html`<div class="feedback-answer">
          <p class="feedback-text">${message.answer}</p>
          <p class="muted">${message.answered_by}${between()}${message.answered_at ? formatAge(message.answered_at) : ""}</p>
        </div>`
      : nothing}
    <div class="actions">
      ${mayDo("settings") ? html`<ui5-button @click=${() => void answer(message, again)}>${t("Answer")}</ui5-button>` : nothing}
      ${message.own ? html`<ui5-button design="Transparent" @click=${() => void add(message, again)}>${t("Add to it")}</ui5-button>` : nothing}
    </div>
  </article>`;
}

function counts(all: NonNullable<Messages["counts"]>): TemplateResult {
  return html`<dl class="facts feedback-counts card">
    ${kinds.map((kind) => {
      const of = all.filter((one) => one.kind === kind);
      const sum = of.reduce((total, one) => total + one.count, 0), open = of.find((one) => one.state === "open")?.count ?? 0;
      return html`<div><dt>${kindWord(kind)}</dt><dd>${formatNumber(sum)} ${open ? html`<span class="tag tag-warn">${t("{count} open", { count: open })}</span>` : nothing}</dd></div>`;
    })}
  </dl>`;
}

function openMessages(context: Context, all: boolean): Page {
  const below = context.query.get("below") ?? undefined;
  return room<Messages>(area, context, {
    title: () => t("Feedback"),
    load: () => get("/feedback", { ...(all ? { all: true } : {}), below }, context.signal),
    actions: (again) => html`<ui5-button design="Emphasized" @click=${() => void giveFeedback().then(again)}>${t("Tell us")}</ui5-button>`,
    view: (shown, again) => html`${shown.counts ? counts(shown.counts) : nothing}
      ${shown.messages.length
        ? shown.messages.map((message) => messageView(message, again))
        : empty(
            t("Nothing reported yet"),
            all ? t("What people report of the program, from whichever screen they are on, comes here to be answered.") : t("Tell what troubles you, what you wish for, or what you like: who runs this workspace answers."),
            nextStep(t("Tell us"), () => void giveFeedback().then(again)),
          )}
      ${shown.next !== null ? html`<div class="actions"><ui5-button @click=${() => go(href(all ? "/feedback/all" : "/feedback", { below: String(shown.next) }).slice(1))}>${t("Show earlier ones")}</ui5-button></div>` : nothing}`,
  });
}

export const openOwn = (context: Context): Page => openMessages(context, false);
export const openAll = (context: Context): Page => openMessages(context, true);
