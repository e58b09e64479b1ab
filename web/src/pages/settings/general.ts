// Language, colours and calendar of one's own; what holds for the whole workspace.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import "@ui5/webcomponents/dist/Switch.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import type Switch from "@ui5/webcomponents/dist/Switch.js";
import { ask as askServer, get } from "../../api/http";
import type { Context, Page } from "../../app/router";
import { mayDo } from "../../app/session";
import { restart } from "../../app/shell";
import { theme, useTheme, type Theme } from "../../app/theme";
import { speak } from "../../app/ui5";
import { calendar, keepCalendar, type Calendar } from "../../i18n/format";
import { language, languages, t, type Language } from "../../i18n/text";
import { toast } from "../../ui/toast";
import { room } from "./rooms";

interface Settings {
  purpose_required: boolean;
}

function choice<V extends string>(id: string, label: string, value: V, all: readonly { value: V; text: string }[], set: (value: V) => unknown): TemplateResult {
  return html`<div class="field">
    <ui5-label for=${id} show-colon>${label}</ui5-label>
    <ui5-select id=${id} @change=${(event: Event) => set((event.target as Select).selectedOption?.getAttribute("data-value") as V)}>
      ${all.map((one) => html`<ui5-option data-value=${one.value} ?selected=${one.value === value}>${one.text}</ui5-option>`)}
    </ui5-select>
  </div>`;
}

function own(update: () => void): TemplateResult {
  const themes: { value: Theme; text: string }[] = [
    { value: "system", text: t("As the system") },
    { value: "light", text: t("Light") },
    { value: "dark", text: t("Dark") },
  ];
  const calendars: { value: Calendar; text: string }[] = [
    { value: "gregorian", text: t("Gregorian") },
    { value: "jalali", text: t("Jalali") },
  ];
  return html`<section class="card stack">
    <h2>${t("For you, in this browser")}</h2>
    <div class="filters">
      ${choice<Language>("own-language", t("Language"), language(), languages.map((one) => ({ value: one.id, text: one.name })), async (value) => {
        await speak(value);
        await restart();
      })}
      ${choice("own-theme", t("Colours"), theme(), themes, useTheme)}
      ${choice("own-calendar", t("Calendar"), calendar(), calendars, (value) => {
        keepCalendar(value);
        update();
      })}
    </div>
  </section>`;
}

export function openGeneral(context: Context): Page {
  return room<Settings | null>(context, {
    title: () => t("Settings"),
    load: () => (mayDo("settings") ? get<Settings>("/settings", undefined, context.signal) : Promise.resolve(null)),
    view: (settings, again) => html`${own(context.update)}
      ${settings
        ? html`<section class="card stack">
            <h2>${t("For everybody")}</h2>
            <div class="setting">
              <div>
                <ui5-label for="purpose">${t("Who looks at personal data says what for")}</ui5-label>
                <p class="muted">${t("Without a purpose personal data is not shown; what was said stands in the log beside each look.")}</p>
              </div>
              <ui5-switch id="purpose" ?checked=${settings.purpose_required} accessible-name=${t("Who looks at personal data says what for")} @change=${async (event: Event) => {
                await askServer("/settings", { method: "PATCH", body: { purpose_required: (event.target as Switch).checked } });
                toast(t("The setting is changed."));
                again();
              }}></ui5-switch>
            </div>
          </section>`
        : nothing}`,
  });
}
