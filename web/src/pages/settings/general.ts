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

interface Preferences {
  reminders: "on" | "off" | null;
}

function choice<V extends string>(id: string, label: string, value: V, all: readonly { value: V; text: string }[], set: (value: V) => unknown): TemplateResult {
  return html`<div class="field">
    <ui5-label for=${id} show-colon>${label}</ui5-label>
    <ui5-select id=${id} @change=${(event: Event) => set((event.target as Select).selectedOption?.getAttribute("data-value") as V)}>
      ${all.map((one) => html`<ui5-option data-value=${one.value} ?selected=${one.value === value}>${one.text}</ui5-option>`)}
    </ui5-select>
  </div>`;
}

/** A switch with what it means beside it. */
function setting(id: string, label: string, says: string, checked: boolean, set: (on: boolean) => unknown): TemplateResult {
  return html`<div class="setting">
    <div>
      <ui5-label for=${id}>${label}</ui5-label>
      <p class="muted">${says}</p>
    </div>
    <ui5-switch id=${id} ?checked=${checked} accessible-name=${label} @change=${(event: Event) => set((event.target as Switch).checked)}></ui5-switch>
  </div>`;
}

function letters(own: Preferences): TemplateResult {
  return html`<section class="card stack">
    <h2>${t("Letters to you")}</h2>
    ${setting("own-reminders", t("Remind me by mail of what is due"), t("Once a day, while findings of yours or planned audits of your teams are due or overdue."), own.reminders !== "off", async (on) => {
      await askServer("/me/preferences", { method: "PATCH", body: { reminders: on ? "on" : "off" } });
      toast(t("The setting is changed."));
    })}
  </section>`;
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
  return room<{ settings: Settings | null; own: Preferences }>(context, {
    title: () => t("Settings"),
    load: async () => {
      const [settings, own] = await Promise.all([
        mayDo("settings") ? get<Settings>("/settings", undefined, context.signal) : Promise.resolve(null),
        get<Preferences>("/me/preferences", undefined, context.signal),
      ]);
      return { settings, own };
    },
    view: ({ settings, own: likes }, again) => html`${own(context.update)} ${letters(likes)}
      ${settings
        ? html`<section class="card stack">
            <h2>${t("For everybody")}</h2>
            ${setting("purpose", t("Who looks at personal data says what for"), t("Without a purpose personal data is not shown; what was said stands in the log beside each look."), settings.purpose_required, async (on) => {
              await askServer("/settings", { method: "PATCH", body: { purpose_required: on } });
              toast(t("The setting is changed."));
              again();
            })}
          </section>`
        : nothing}`,
  });
}
