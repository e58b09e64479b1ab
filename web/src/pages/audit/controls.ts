// The catalogue of controls: what is asked, of what, from which limit on it fails, and why it matters.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import "../../styles/audit.css";
import { get } from "../../api/http";
import type { Context, Page } from "../../app/router";
import { formatNumber, formatPercent } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { empty } from "../../ui/states";
import type { Control } from "./data";
import { room } from "./rooms";
import { areaName, gradeName, gradeTag } from "./words";

const most = 100; // drawn at once

function limitOf(control: Control): string {
  return control.limit_of === "share" ? t("fails above {limit}", { limit: formatPercent(control.limit, 1) }) : t("fails above {limit}", { limit: formatNumber(control.limit) });
}

function controlView(control: Control): TemplateResult {
  const line = (name: string, text: string | undefined): TemplateResult | typeof nothing => (text ? html`<dt>${name}</dt><dd>${text}</dd>` : nothing);
  return html`<details class="control">
    <summary><span class="control-title">${control.title}</span>${gradeTag(control.grade)}<span class="muted">${areaName(control.area)} · ${limitOf(control)}</span></summary>
    <div class="control-body">
      <dl>
        ${line(t("Criterion"), control.criterion)} ${line(t("Why it matters"), control.why)} ${line(t("Cause"), control.cause)} ${line(t("Effect"), control.effect)}
        ${line(t("What to do"), control.remedy)} <dt>${t("Control")}</dt><dd class="mono">${control.id}</dd>
        ${control.maps.length ? line(t("Standards"), control.maps.map((one) => `${one.standard.toUpperCase()} ${one.clause}`).join(", ")) : nothing}
      </dl>
    </div>
  </details>`;
}

export function openControls(context: Context): Page {
  let words = "", area = "", grade = "";
  return room<{ version: string; controls: Control[] }>(context, {
    title: () => t("Controls"),
    load: () => get("/controls", { whole: true }, context.signal),
    view: ({ version, controls }) => {
      const wanted = words.toLocaleLowerCase();
      const fits = controls.filter((one) => (!area || one.area === area) && (!grade || one.grade === grade) && (!wanted || `${one.title} ${one.id} ${one.criterion ?? ""}`.toLocaleLowerCase().includes(wanted)));
      return html`<div class="card filters">
          <div class="field">
            <ui5-label for="controls-words" show-colon>${t("Search")}</ui5-label>
            <ui5-input id="controls-words" type="Search" show-clear-icon @input=${(event: Event) => ((words = (event.target as Input).value.trim()), context.update())}></ui5-input>
          </div>
          <div class="field">
            <ui5-label for="controls-area" show-colon>${t("Area")}</ui5-label>
            <ui5-select id="controls-area" @change=${(event: Event) => ((area = (event.target as Select).selectedOption?.getAttribute("data-value") ?? ""), context.update())}>
              <ui5-option data-value="">${t("All")}</ui5-option>
              ${[...new Set(controls.map((one) => one.area))].map((name) => html`<ui5-option data-value=${name} ?selected=${name === area}>${areaName(name)}</ui5-option>`)}
            </ui5-select>
          </div>
          <div class="field">
            <ui5-label for="controls-grade" show-colon>${t("Grade")}</ui5-label>
            <ui5-select id="controls-grade" @change=${(event: Event) => ((grade = (event.target as Select).selectedOption?.getAttribute("data-value") ?? ""), context.update())}>
              <ui5-option data-value="">${t("All")}</ui5-option>
              ${["essential", "important", "desirable"].map((name) => html`<ui5-option data-value=${name} ?selected=${name === grade}>${gradeName(name)}</ui5-option>`)}
            </ui5-select>
          </div>
          <p class="muted">${tn("One control", "{count} controls", fits.length)} · ${t("Version {version}", { version })}</p>
        </div>
        <div>${fits.length ? fits.slice(0, most).map(controlView) : empty(t("Nothing fits"), t("Other words may say it: try a shorter one."))}</div>
        ${fits.length > most ? html`<p class="muted">${t("The first {count} are shown: search, or choose an area.", { count: most })}</p>` : nothing}`;
    },
  });
}
