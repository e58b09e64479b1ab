// The same records in other forms: as a list, a board, or a calendar.
import { html, nothing, type TemplateResult } from "lit-html";
import "../../styles/board.css";
import type { Entity, Field } from "../../api/types";
import { href } from "../../app/router";
import { t } from "../../i18n/text";

export type Form = "list" | "board" | "calendar";

/** The field whose choices are the columns of a board: a stage, else a status. */
export function stageOf(entity: Entity): Field | undefined {
  return ["stage", "status"].map((name) => entity.fields.find((field) => field.name === name && field.type === "choice" && !field.retired)).find((field) => field !== undefined);
}

/** The fields that put a record on a day of a calendar: those among the usual columns of a list. */
export function dayFields(entity: Entity): Field[] {
  return entity.columns.flatMap((name) => entity.fields.filter((field) => field.name === name && (field.type === "date" || field.type === "instant") && !field.retired && field.may !== "masked"));
}

/** The way from one to the others, where there are others; conditions go along. */
export function asSwitch(entity: Entity, now: Form, filter = ""): TemplateResult | typeof nothing {
  const board = stageOf(entity) !== undefined, days = dayFields(entity).length > 0;
  if (!board && !days) return nothing;
  const link = (form: Form, text: string): TemplateResult =>
    html`<a href=${href(`/${entity.path}`, { as: form === "list" ? undefined : form, filter })} aria-current=${form === now ? "true" : nothing}>${text}</a>`;
  return html`<nav class="as-switch" aria-label=${t("Shown as")}>${link("list", t("List"))}${board ? link("board", t("Board")) : nothing}${days ? link("calendar", t("Calendar")) : nothing}</nav>`;
}
