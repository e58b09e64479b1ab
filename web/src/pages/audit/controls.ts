// The catalogue of controls: what is asked, of what, how much may fail, as it ships and as it was set here, and why it matters.
import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import "../../styles/audit.css";
import { get } from "../../api/http";
import type { Context, Page } from "../../app/router";
import { mayBegin } from "../../app/session";
import { between } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import type { Shown } from "../../ui/area";
import { problemStrip } from "../../ui/problem";
import { empty, nextStep } from "../../ui/states";
import type { Control } from "./data";
import { room as auditRoom } from "./rooms";
import { baseOf, changeLimit, limitHistory, limitText, readThreshold, resetLimit, type Threshold } from "./threshold";
import { areaName, gradeName, gradeTag } from "./words";

const most = 100; // drawn at once

interface Catalogue {
  version: string;
  controls: Control[];
}

interface Opened {
  said?: Threshold;
  failure?: unknown;
}

const limitOf = (control: Control): string => t("fails above {limit}", { limit: limitText(control.limit_of, control.limit) });

/** The controls as they are shown in an area: `room` is that of its rooms. */
export function controlsPage(context: Context, room: (context: Context, shown: Shown<Catalogue>) => Page): Page {
  const opened = new Map<string, Opened>();
  let words = "", area = "", grade = "", set = "", failure: unknown, asking = false;

  async function open(control: Control): Promise<void> {
    const one: Opened = {};
    opened.set(control.id, one);
    try {
      one.said = await readThreshold(control, context.signal);
    } catch (error) {
      if (context.signal.aborted) return;
      one.failure = error;
    }
    context.update();
  }
  /** What was said of one may hold for others: all that is open is read anew. */
  async function changed(what: () => Promise<boolean>, controls: readonly Control[], again: () => void): Promise<void> {
    if (asking) return; // a second press, until the dialog is there
    asking = true;
    failure = undefined;
    try {
      if (!(await what())) return;
      again();
      await Promise.all(controls.filter((one) => opened.has(one.id)).map(open));
    } catch (error) {
      failure = error;
    } finally {
      asking = false;
      context.update();
    }
  }

  function limitView(control: Control, controls: readonly Control[], again: () => void): TemplateResult {
    const { said, failure: unread } = opened.get(control.id) ?? {};
    const alike = controls.filter((one) => baseOf(one.id) === baseOf(control.id));
    const limit = limitText(control.limit_of, control.limit), shipped = limitText(control.limit_of, control.limit_shipped);
    return html`<dt>${t("May fail")}</dt>
      <dd>
        <div class="limit">
          <span>${control.limit_set ? t("at most {limit}, as set here; as shipped: {shipped}", { limit, shipped }) : t("at most {limit}, as shipped", { limit })}</span>
          ${mayBegin("audit") ? html`<ui5-button class="limit-change" @click=${() => void changed(() => changeLimit(control, alike), controls, again)}>${t("Change")}</ui5-button>` : nothing}
          ${mayBegin("audit") && control.limit_set && said ? html`<ui5-button class="limit-reset" design="Transparent" @click=${() => void changed(() => resetLimit(control, alike, said), controls, again)}>${t("Take back")}</ui5-button>` : nothing}
        </div>
        ${problemStrip(unread, () => void open(control))}
      </dd>
      ${limitHistory(control, said)}`;
  }

  function controlView(control: Control, controls: readonly Control[], again: () => void): TemplateResult {
    const line = (name: string, text: string | undefined): TemplateResult | typeof nothing => (text ? html`<dt>${name}</dt><dd>${text}</dd>` : nothing);
    return html`<details class="control" @toggle=${(event: Event) => void ((event.target as HTMLDetailsElement).open && !opened.has(control.id) && open(control))}>
      <summary>
        <span class="control-title">${control.title}</span>${gradeTag(control.grade)} ${control.limit_set ? html`<span class="tag tag-warn">${t("Limit set here")}</span>` : nothing}
        <span class="muted">${areaName(control.area)}${between()}${limitOf(control)}</span>
      </summary>
      <div class="control-body">
        <dl>
          ${limitView(control, controls, again)} ${line(t("Criterion"), control.criterion)} ${line(t("Why it matters"), control.why)} ${line(t("Cause"), control.cause)} ${line(t("Effect"), control.effect)}
          ${line(t("What to do"), control.remedy)} <dt>${t("Control")}</dt><dd class="mono">${control.id}</dd>
          ${control.maps.length ? line(t("Standards"), control.maps.map((one) => `${one.standard.toUpperCase()} ${one.clause}`).join(", ")) : nothing}
        </dl>
      </div>
    </details>`;
  }

  const all = (): void => {
    area = grade = set = words = "";
    context.update();
  };

  return room(context, {
    title: () => t("Controls"),
    load: () => get("/controls", { whole: true }, context.signal),
    view: ({ version, controls }, again) => {
      const wanted = words.toLocaleLowerCase();
      const fits = controls.filter((one) => (!area || one.area === area) && (!grade || one.grade === grade) && (!set || one.limit_set) && (!wanted || `${one.title} ${one.id} ${one.criterion ?? ""}`.toLocaleLowerCase().includes(wanted)));
      return html`<div class="card filters">
          <div class="field">
            <ui5-label for="controls-words" show-colon>${t("Search")}</ui5-label>
            <ui5-input id="controls-words" type="Search" show-clear-icon .value=${words} @input=${(event: Event) => ((words = (event.target as Input).value.trim()), context.update())}></ui5-input>
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
          <div class="field">
            <ui5-label for="controls-set" show-colon>${t("Limits")}</ui5-label>
            <ui5-select id="controls-set" @change=${(event: Event) => ((set = (event.target as Select).selectedOption?.getAttribute("data-value") ?? ""), context.update())}>
              <ui5-option data-value="">${t("All")}</ui5-option>
              <ui5-option data-value="set" ?selected=${set === "set"}>${t("Set in this workspace")}</ui5-option>
            </ui5-select>
          </div>
          <p class="muted">${tn("One control", "{count} controls", fits.length)}${between()}${t("Version {version}", { version })}</p>
        </div>
        ${problemStrip(failure)}
        <div>${fits.length ? repeat(fits.slice(0, most), (one) => one.id, (one) => controlView(one, controls, again)) : set && !words ? empty(t("Nothing is set here"), t("All controls judge by what ships with them. Open one to let more of it fail, or less."), nextStep(t("Show all"), all)) : empty(t("Nothing fits"), t("Other words may say it: try a shorter one."), nextStep(t("Show all"), all))}</div>
        ${fits.length > most ? html`<p class="muted">${t("The first {count} are shown: search, or choose an area.", { count: most })}</p>` : nothing}`;
    },
  });
}

export const openControls = (context: Context): Page => controlsPage(context, auditRoom);
