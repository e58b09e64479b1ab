// A key for a program: made, and shown once. One's own, or that of a user who is a program.
import { html } from "lit-html";
import "@ui5/webcomponents/dist/CheckBox.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import type CheckBox from "@ui5/webcomponents/dist/CheckBox.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import { post } from "../../api/http";
import { t } from "../../i18n/text";
import { plainDigits } from "../../ui/calendar_text";
import { dayPicker } from "../../ui/day_picker";
import { ask } from "../../ui/dialog";
import { wrong } from "../../ui/problem";
import { withProof } from "../../ui/proof";

interface Made {
  key: string;
  client_id: string;
  client_secret: string;
}

/** Asks what the key is for, makes it at `path`, and shows it. `says`: whose rights it has. */
export async function makeKey(path: string, says: string, again: () => void): Promise<void> {
  const wish = { label: "", scopes: "", read_only: true, rate: "", until: "" };
  const made = await ask<Made>({
    title: t("Make a key"),
    does: t("Make"),
    view: () => html`<p>${says}</p>
      <div class="field">
        <ui5-label for="key-label" show-colon required>${t("What it is for")}</ui5-label>
        <ui5-input id="key-label" required @input=${(event: Event) => (wish.label = (event.target as Input).value)}></ui5-input>
      </div>
      <div class="field">
        <ui5-label for="key-scopes" show-colon>${t("Scopes")}</ui5-label>
        <ui5-input id="key-scopes" placeholder="contact:read contact:list" @input=${(event: Event) => (wish.scopes = (event.target as Input).value)}></ui5-input>
        <span class="muted">${t("Empty: all that its user may do.")}</span>
      </div>
      <ui5-checkbox text=${t("Reads only")} checked @change=${(event: Event) => (wish.read_only = (event.target as CheckBox).checked)}></ui5-checkbox>
      <div class="field">
        <ui5-label for="key-rate" show-colon>${t("Requests a minute at most")}</ui5-label>
        <ui5-input id="key-rate" class="input-ltr" @input=${(event: Event) => (wish.rate = plainDigits((event.target as Input).value).trim())}></ui5-input>
        <span class="muted">${t("Empty: no limit.")}</span>
      </div>
      <div class="field">
        <ui5-label for="key-until" show-colon>${t("Good until the end of")}</ui5-label>
        ${dayPicker({ id: "key-until", value: wish.until, changed: (day) => (wish.until = day) })}
      </div>`,
    act: () => {
      if (wish.rate && !/^\d{1,9}$/.test(wish.rate)) throw wrong(t("“{value}” is no number of requests.", { value: wish.rate }), t("Write a whole number, or nothing for no limit."));
      return withProof(() =>
        post<Made>(path, {
          label: wish.label,
          read_only: wish.read_only,
          ...(wish.scopes ? { scopes: wish.scopes } : {}),
          ...(wish.rate ? { rate: Number(wish.rate) } : {}),
          ...(wish.until ? { until: `${wish.until}T23:59:59Z` } : {}),
        }),
      );
    },
  });
  if (!made) return;
  await ask<true>({
    title: t("The key"),
    does: t("I have kept it"),
    act: () => true,
    view: () => html`<p>${t("It is shown now and never again.")}</p>
      <dl class="facts">
        <div><dt>${t("Key")}</dt><dd class="mono">${made.key}</dd></div>
        <div><dt>${t("OAuth 2.0 client")}</dt><dd class="mono">${made.client_id}</dd></div>
        <div><dt>${t("Secret of the client")}</dt><dd class="mono">${made.client_secret}</dd></div>
      </dl>`,
  });
  again();
}
