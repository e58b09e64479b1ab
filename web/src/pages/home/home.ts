// What needs me today.
import { html } from "lit-html";
import type { Context, Page } from "../../app/router";
import { whoAmI } from "../../app/session";
import { t } from "../../i18n/text";

export function openHome(_context: Context): Page {
  return {
    title: () => t("Home"),
    view: () => html`<div class="page"><h1>${t("Good to see you, {name}", { name: whoAmI()?.name ?? "" })}</h1></div>`,
  };
}
