// Programs that connect: one's own API keys, and where programs find what can be asked.
import { html, nothing } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/CheckBox.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import type CheckBox from "@ui5/webcomponents/dist/CheckBox.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import { ask as askServer, get, post } from "../../api/http";
import type { Context, Page } from "../../app/router";
import { formatAge, formatInstant } from "../../i18n/format";
import { t } from "../../i18n/text";
import { ask, confirmed } from "../../ui/dialog";
import { withProof } from "../../ui/proof";
import { empty } from "../../ui/states";
import { table } from "../../ui/table";
import { toast } from "../../ui/toast";
import { room } from "./rooms";

interface Key {
  credential: number;
  label: string | null;
  scopes: string | null;
  read_only?: boolean;
  from: string;
  until: string | null;
  used: string | null;
}

interface Made {
  key: string;
  client_id: string;
  client_secret: string;
}

async function makeKey(again: () => void): Promise<void> {
  const wish = { label: "", scopes: "", read_only: true };
  const made = await ask<Made>({
    title: t("Make a key"),
    does: t("Make"),
    view: () => html`<p>${t("A key acts in your name, and reaches no further than you.")}</p>
      <div class="field">
        <ui5-label for="key-label" show-colon required>${t("What it is for")}</ui5-label>
        <ui5-input id="key-label" required @input=${(event: Event) => (wish.label = (event.target as Input).value)}></ui5-input>
      </div>
      <div class="field">
        <ui5-label for="key-scopes" show-colon>${t("Scopes")}</ui5-label>
        <ui5-input id="key-scopes" placeholder="contact:read contact:list" @input=${(event: Event) => (wish.scopes = (event.target as Input).value)}></ui5-input>
        <span class="muted">${t("Empty: all that you may do.")}</span>
      </div>
      <ui5-checkbox text=${t("Reads only")} checked @change=${(event: Event) => (wish.read_only = (event.target as CheckBox).checked)}></ui5-checkbox>`,
    act: () => withProof(() => post<Made>("/keys", { label: wish.label, read_only: wish.read_only, ...(wish.scopes ? { scopes: wish.scopes } : {}) })),
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

export function openConnections(context: Context): Page {
  return room<{ credentials: Key[] }>(context, {
    title: () => t("Connections"),
    load: () => get("/keys", undefined, context.signal),
    actions: (again) => html`<ui5-button design="Emphasized" @click=${() => void makeKey(again)}>${t("Make a key")}</ui5-button>`,
    view: ({ credentials }, again) => {
      const end = async (key: Key): Promise<void> => {
        if (!(await confirmed(t("End the key?"), t("Programs that use it are refused from the next request on."), t("End"), true))) return;
        await withProof(() => askServer(`/keys/${key.credential}`, { method: "DELETE" }));
        toast(t("The key is ended."));
        again();
      };
      return html`<section class="stack">
          ${credentials.length
            ? table(
                t("Your keys"),
                [
                  { title: t("What for"), main: true, cell: (one) => one.label ?? "–" },
                  { title: t("Scopes"), cell: (one) => html`<span class="mono">${one.scopes ?? t("all")}</span> ${one.read_only ? html`<span class="tag">${t("reads only")}</span>` : nothing}` },
                  { title: t("Since"), cell: (one) => formatInstant(one.from) },
                  { title: t("Last used"), cell: (one) => (one.used ? formatAge(one.used) : t("never")) },
                  { title: "", cell: (one) => html`<ui5-button design="Transparent" @click=${() => void end(one)}>${t("End")}</ui5-button>` },
                ],
                credentials,
              )
            : empty(t("No key yet"), t("A program connects with a key of yours, or as an OAuth 2.0 client."))}
        </section>
        <section class="card stack">
          <h2>${t("For who writes programs")}</h2>
          <p>${t("Everything that these screens do can be asked for by programs. What there is to ask stands in the description of the interface (OpenAPI 3.1).")}</p>
          <p><a href="/openapi.json" target="_blank" rel="noopener">/openapi.json</a></p>
        </section>`;
    },
  });
}
