// The same records in other forms: as a list, or as a board.
import { html, nothing, type TemplateResult } from "lit-html";
import "../../styles/board.css";
import type { Entity } from "../../api/types";
import { href } from "../../app/router";
import { t } from "../../i18n/text";

export type Form = "list" | "board";

const hasStages = (entity: Entity): boolean => entity.fields.some((field) => (field.name === "stage" || field.name === "status") && field.type === "choice" && !field.retired);

/** The way from one to the other, where there is another. */
export function asSwitch(entity: Entity, now: Form): TemplateResult | typeof nothing {
  if (!hasStages(entity)) return nothing;
  const link = (form: Form, text: string): TemplateResult =>
    html`<a href=${href(`/${entity.path}`, { as: form === "list" ? undefined : form })} aria-current=${form === now ? "true" : nothing}>${text}</a>`;
  return html`<nav class="as-switch" aria-label=${t("Shown as")}>${link("list", t("List"))}${link("board", t("Board"))}</nav>`;
}
