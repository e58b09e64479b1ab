// What is planned is said here: what for, of what, by whom, by which criteria and when.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/CheckBox.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import "@ui5/webcomponents/dist/TextArea.js";
import type CheckBox from "@ui5/webcomponents/dist/CheckBox.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import type TextArea from "@ui5/webcomponents/dist/TextArea.js";
import { ask as askServer, get } from "../../api/http";
import { auditPeople } from "../../api/people";
import { entities } from "../../app/session";
import { between } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { dayPicker } from "../../ui/day_picker";
import { ask } from "../../ui/dialog";
import { choicesOf, namesChosen, peopleField } from "../../ui/person_input";
import { toast } from "../../ui/toast";
import { several } from "../../ui/several";
import type { Control } from "./data";
import { repeatName, repeats, type Plan, type Repeat } from "./plan_data";
import { areaName } from "./words";

/** What can be said of a plan. */
export type PlanWish = Pick<Plan, "name" | "goals" | "criteria" | "source" | "entities" | "areas" | "controls" | "team" | "repeat" | "due">;

export const wishOf = ({ name, goals, criteria, source, entities, areas, controls, team, repeat, due }: PlanWish): PlanWish => ({ name, goals, criteria, source, entities, areas, controls, team, repeat, due });

const most = 30; // controls that are shown at once

/** Controls to choose among, by words and by area; those chosen stay in sight. */
function controlsView(all: readonly Control[], areas: ReadonlySet<string>, chosen: Set<string>, found: { words: string; area: string }, update: () => void): TemplateResult {
  const within = all.filter((one) => areas.size === 0 || areas.has(one.area));
  const words = found.words.toLocaleLowerCase();
  const fits = within.filter((one) => !chosen.has(one.id) && (!found.area || one.area === found.area) && (!words || `${one.title} ${one.id} ${one.criterion ?? ""}`.toLocaleLowerCase().includes(words)));
  const box = (id: string, text: string, on: boolean): TemplateResult => html`<ui5-checkbox text=${text} .checked=${on} @change=${(event: Event) => {
    if ((event.target as CheckBox).checked) chosen.add(id);
    else chosen.delete(id);
    update();
  }}></ui5-checkbox>`;
  return html`<fieldset class="several pick-controls">
    <legend>${t("Single controls (none chosen: all)")}</legend>
    <div class="filters">
      <div class="field">
        <ui5-label for="plan-words" show-colon>${t("Search")}</ui5-label>
        <ui5-input id="plan-words" type="Search" show-clear-icon value=${found.words} @input=${(event: Event) => ((found.words = (event.target as Input).value.trim()), update())}></ui5-input>
      </div>
      <div class="field">
        <ui5-label for="plan-area" show-colon>${t("Area")}</ui5-label>
        <ui5-select id="plan-area" @change=${(event: Event) => ((found.area = (event.target as Select).selectedOption?.getAttribute("data-value") ?? ""), update())}>
          <ui5-option data-value="">${t("All")}</ui5-option>
          ${[...new Set(within.map((one) => one.area))].map((name) => html`<ui5-option data-value=${name} ?selected=${name === found.area}>${areaName(name)}</ui5-option>`)}
        </ui5-select>
      </div>
      <p class="muted" role="status">${tn("One chosen", "{count} chosen", chosen.size)}${between()}${tn("One more fits", "{count} more fit", fits.length)}</p>
    </div>
    <div class="pick-list" role="group" aria-label=${t("Controls")} tabindex="0">
      ${[...chosen].map((id) => box(id, all.find((one) => one.id === id)?.title ?? id, true))} ${fits.slice(0, most).map((one) => box(one.id, one.title, false))}
    </div>
    ${fits.length > most ? html`<p class="muted">${t("The first {count} are shown: search, or choose an area.", { count: most })}</p>` : nothing}
  </fieldset>`;
}

export interface Saying {
  title: string;
  /** What it begins with. */
  from?: PlanWish;
  /** The plan that is changed, and its version; else a new one is made. */
  changes?: { plan: number; etag: string | null };
}

/** Keeps what was said of a plan; gives it as it is kept, and its version. */
export async function keepPlan(plan: number, etag: string | null, wish: PlanWish): Promise<{ data: Plan; etag: string | null }> {
  return askServer<Plan>(`/audit-plans/${plan}`, { method: "PUT", ...(etag ? { headers: { "If-Match": etag } } : {}), body: wish });
}

/** Asks what is planned; the plan as it was kept, undefined where it was left. */
export async function say({ title, from, changes }: Saying): Promise<Plan | undefined> {
  const [{ controls }, team] = await Promise.all([get<{ controls: Control[] }>("/controls", { whole: true }), choicesOf(from?.team ?? [], auditPeople)]);
  const areas = [...new Set(controls.map((one) => one.area))];
  const wish = { name: from?.name ?? "", goals: from?.goals ?? "", criteria: from?.criteria ?? "", source: from?.source ?? "", repeat: from?.repeat ?? ("once" as Repeat), due: from?.due ?? "" };
  const chosen = { entities: new Set(from?.entities), areas: new Set(from?.areas), controls: new Set(from?.controls) };
  const found = { words: "", area: "" };
  let other = wish.source !== "";
  const text = (name: "goals" | "criteria", label: string, hint: string): TemplateResult => html`<div class="field">
    <ui5-label for="plan-${name}" show-colon>${label}</ui5-label>
    <ui5-textarea id="plan-${name}" rows="2" value=${wish[name]} placeholder=${hint} @input=${(event: Event) => (wish[name] = (event.target as TextArea).value)}></ui5-textarea>
  </div>`;
  const take = (set: Set<string>, update: () => void = () => undefined) => (value: string, on: boolean): void => {
    if (on) set.add(value);
    else set.delete(value);
    update();
  };
  return ask<Plan>({
    title,
    does: t("Save"),
    wide: true,
    view: (update) => html`<div class="field">
        <ui5-label for="plan-name" show-colon required>${t("Name")}</ui5-label>
        <ui5-input id="plan-name" value=${wish.name} maxlength="200" @input=${(event: Event) => (wish.name = (event.target as Input).value)}></ui5-input>
      </div>
      ${text("goals", t("Goals"), t("What the audit is to tell, and for whom"))} ${text("criteria", t("Criteria"), t("What counts as good enough, said beforehand"))}
      <div class="field">
        <ui5-label for="plan-of" show-colon>${t("What is audited")}</ui5-label>
        <ui5-select id="plan-of" @change=${(event: Event) => ((other = (event.target as Select).selectedOption?.getAttribute("data-value") === "other"), update())}>
          <ui5-option data-value="" ?selected=${!other}>${t("This workspace")}</ui5-option>
          <ui5-option data-value="other" ?selected=${other}>${t("Another system, by its export")}</ui5-option>
        </ui5-select>
      </div>
      ${other
        ? html`<div class="field">
            <ui5-label for="plan-source" show-colon required>${t("Which system")}</ui5-label>
            <ui5-input id="plan-source" value=${wish.source} maxlength="200" @input=${(event: Event) => (wish.source = (event.target as Input).value)}></ui5-input>
            <span class="muted">${t("Whoever does the audit hands in its export then. Nothing of it comes among your own records.")}</span>
          </div>`
        : nothing}
      <div class="field">
        <ui5-label for="plan-repeat" show-colon>${t("How often")}</ui5-label>
        <ui5-select id="plan-repeat" @change=${(event: Event) => ((wish.repeat = (event.target as Select).selectedOption?.getAttribute("data-value") as Repeat), update())}>
          ${repeats.map((one) => html`<ui5-option data-value=${one} ?selected=${one === wish.repeat}>${repeatName(one)}</ui5-option>`)}
        </ui5-select>
      </div>
      <div class="field">
        <ui5-label for="plan-due" show-colon ?required=${wish.repeat !== "once"}>${t("Next on")}</ui5-label>
        ${dayPicker({ id: "plan-due", value: wish.due, changed: (day) => (wish.due = day) })}
      </div>
      ${peopleField({ id: "plan-team", label: t("Team"), source: auditPeople }, team, update)}
      ${several(t("Records (none chosen: all)"), entities().filter((one) => !one.retired).map((one) => ({ value: one.name, text: one.plural })), chosen.entities, take(chosen.entities))}
      ${several(t("Areas (none chosen: all)"), areas.map((one) => ({ value: one, text: areaName(one) })), chosen.areas, take(chosen.areas, update))}
      ${controlsView(controls, chosen.areas, chosen.controls, found, update)}`,
    act: async () => {
      if (other && wish.source.trim() === "") throw new Error(t("Say which system is audited."));
      const body = { ...wish, source: other ? wish.source.trim() : null, due: wish.due || null, entities: [...chosen.entities], areas: [...chosen.areas], controls: [...chosen.controls], team: namesChosen(team) };
      const kept = changes ? await keepPlan(changes.plan, changes.etag, body) : await askServer<Plan>("/audit-plans", { method: "POST", body });
      toast(t("The plan is kept."));
      return kept.data;
    },
  });
}
