// An address that leads nowhere.
import { html } from "lit-html";
import "@ui5/webcomponents/dist/Link.js";
import type { Page } from "../app/router";
import { t } from "../i18n/text";
import { empty } from "../ui/states";

export function openMissing(): Page {
  return {
    title: () => t("Nothing is here"),
    view: () => html`<div class="page">
      ${empty(t("Nothing is here"), t("The address leads to no screen. It may have been moved, or mistyped."), html`<ui5-link href="#/">${t("To the start")}</ui5-link>`)}
    </div>`,
  };
}
