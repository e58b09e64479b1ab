// An address that leads nowhere, or to what is not there (any more) for who asks.
import { html } from "lit-html";
import "@ui5/webcomponents/dist/Link.js";
import type { Problem } from "../api/http";
import { href, type Page } from "../app/router";
import { entityOf } from "../app/session";
import { t } from "../i18n/text";
import { empty } from "../ui/states";

export function openMissing(): Page {
  return {
    title: () => t("Nothing is here"),
    view: () => html`<div class="page">
      ${empty(t("Nothing is here"), t("The address leads to no screen. It may have been moved, or mistyped."), html`<ui5-link href="#/">${t("To the start")}</ui5-link>`, true)}
    </div>`,
  };
}

/** What the server does not have: said in its words, with the list beside which it would stand. */
export function openGone(problem: Problem, path: string): Page {
  const entity = entityOf(path.split("/")[1] ?? "");
  return {
    title: () => t("Nothing is here"),
    view: () => html`<div class="page">
      ${empty(
        t("Nothing is here"),
        [problem.title, problem.detail, problem.hint].filter(Boolean).join(" "),
        entity ? html`<ui5-link href=${href(`/${entity.path}`)}>${entity.plural}</ui5-link>` : html`<ui5-link href="#/">${t("To the start")}</ui5-link>`,
      )}
    </div>`,
  };
}
