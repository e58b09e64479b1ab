// Programs that connect: one's own API keys, and where programs find what can be asked.
import { html, nothing } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import { ask as askServer, get } from "../../api/http";
import type { Context, Page } from "../../app/router";
import { formatAge, formatInstant, formatNumber } from "../../i18n/format";
import { t } from "../../i18n/text";
import { confirmed } from "../../ui/dialog";
import { withProof } from "../../ui/proof";
import { empty, nextStep } from "../../ui/states";
import { table } from "../../ui/table";
import { toast } from "../../ui/toast";
import { makeKey } from "../access/key";
import { room } from "./rooms";

interface Key {
  credential: number;
  label: string | null;
  scopes: string | null;
  read_only?: boolean;
  rate?: number;
  from: string;
  until: string | null;
  used: string | null;
}

export function openConnections(context: Context): Page {
  const make = (again: () => void): Promise<void> => makeKey("/keys", t("A key acts in your name, and reaches no further than you."), again);
  return room<{ credentials: Key[] }>(context, {
    title: () => t("Connections"),
    load: () => get("/keys", undefined, context.signal),
    actions: (again) => html`<ui5-button design="Emphasized" @click=${() => void make(again)}>${t("Make a key")}</ui5-button>`,
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
                  { title: t("Requests a minute"), number: true, cell: (one) => (one.rate ? formatNumber(one.rate) : "–") },
                  { title: t("Since"), cell: (one) => formatInstant(one.from) },
                  { title: t("Until"), cell: (one) => (one.until ? formatInstant(one.until) : t("no end")) },
                  { title: t("Last used"), cell: (one) => (one.used ? formatAge(one.used) : t("never")) },
                  { title: "", cell: (one) => html`<ui5-button design="Transparent" @click=${() => void end(one)}>${t("End")}</ui5-button>` },
                ],
                credentials,
              )
            : empty(t("No key yet"), t("A program connects with a key of yours, or as an OAuth 2.0 client."), nextStep(t("Make a key"), () => void make(again)))}
        </section>
        <section class="card stack">
          <h2>${t("For who writes programs")}</h2>
          <p>${t("Everything that these screens do can be asked for by programs. What there is to ask stands in the description of the interface (OpenAPI 3.1).")}</p>
          <p><a dir="ltr" href="/openapi.json" target="_blank" rel="noopener">/openapi.json</a></p>
        </section>`;
    },
  });
}
