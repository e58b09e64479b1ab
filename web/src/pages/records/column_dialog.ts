// Which columns a list shows, in which order: chosen in a dialog, by keyboard as well as by hand.
import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/CheckBox.js";
import "@ui5/webcomponents-icons/dist/navigation-down-arrow.js";
import "@ui5/webcomponents-icons/dist/navigation-up-arrow.js";
import type CheckBox from "@ui5/webcomponents/dist/CheckBox.js";
import type { Entity, Field } from "../../api/types";
import { t } from "../../i18n/text";
import { ask } from "../../ui/dialog";
import { wrong } from "../../ui/problem";
import { allFields, columnsNamed, type Column } from "./columns";

export async function askColumns(entity: Entity, now: readonly Column[]): Promise<Column[] | undefined> {
  const widths = Object.fromEntries(now.map((column) => [column.field.name, column.width]));
  let names = now.map((column) => column.field.name);
  const order = (): Field[] => {
    const fields = allFields(entity);
    const chosen = names.flatMap((name) => fields.filter((field) => field.name === name));
    return [...chosen, ...fields.filter((field) => !names.includes(field.name))];
  };
  const move = (name: string, step: number): void => {
    const at = names.indexOf(name), other = names[at + step];
    if (other === undefined) return;
    names = names.map((one, index) => (index === at ? other : index === at + step ? name : one));
  };
  const line = (field: Field, update: () => void): TemplateResult => {
    const at = names.indexOf(field.name), shown = at >= 0;
    const button = (icon: string, text: string, step: number, off: boolean): TemplateResult =>
      html`<ui5-button design="Transparent" icon=${icon} accessible-name=${text} ?disabled=${off} @click=${() => (move(field.name, step), update())}></ui5-button>`;
    return html`<div>
      <ui5-checkbox text=${field.label} ?checked=${shown} @change=${(event: Event) => {
        names = (event.target as CheckBox).checked ? [...names, field.name] : names.filter((one) => one !== field.name);
        update();
      }}></ui5-checkbox>
      ${shown
        ? html`${button("navigation-up-arrow", t("Move {column} up", { column: field.label }), -1, at === 0)} ${button("navigation-down-arrow", t("Move {column} down", { column: field.label }), 1, at === names.length - 1)}`
        : nothing}
    </div>`;
  };
  return ask<Column[]>({
    title: t("Columns"),
    does: t("Apply"),
    view: (update) => html`<div class="column-choice">${repeat(order(), (field) => field.name, (field) => line(field, update))}</div>`,
    act: () => {
      const columns = columnsNamed(entity, names, widths);
      if (columns.length === 0) throw wrong(t("No column is chosen."), t("Choose one at least."));
      return columns;
    },
  });
}
