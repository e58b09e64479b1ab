// The same records in other forms: as a list, or as a board.
import { html, nothing, type TemplateResult } from "lit-html";
import "../../styles/board.css";
import type { Entity, Field } from "../../api/types";
import { href } from "../../app/router";
import { t } from "../../i18n/text";

export type Form = "list" | "board";

/** The field whose choices are the columns of a board: a stage, else a status. */
export function stageOf(entity: Entity): Field | undefined {
  return ["stage", "status"].map((name) => entity.fields.find((field) => field.name === name && field.type === "choice" && !field.retired)).find((field) => field !== undefined);
}

/** The way from one to the other, where there is another. */
export function asSwitch(entity: Entity, now: Form): TemplateResult | typeof nothing {
  if (!stageOf(entity)) return nothing;
  const link = (form: Form, text: string): TemplateResult =>
    html`<a href=${href(`/${entity.path}`, { as: form === "list" ? undefined : form })} aria-current=${form === now ? "true" : nothing}>${text}</a>`;
  return html`<nav class="as-switch" aria-label=${t("Shown as")}>${link("list", t("List"))}${link("board", t("Board"))}</nav>`;
}
