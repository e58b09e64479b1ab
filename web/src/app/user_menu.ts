// Who is signed in, language, theme, and the way out.
import { html, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Avatar.js";
import "@ui5/webcomponents/dist/Menu.js";
import "@ui5/webcomponents/dist/MenuItem.js";
import "@ui5/webcomponents/dist/MenuSeparator.js";
import type Menu from "@ui5/webcomponents/dist/Menu.js";
import { language, languages, t, type Language } from "../i18n/text";
import { problemOf } from "../ui/problem";
import { toast } from "../ui/toast";
import { restart } from "./shell";
import { signOut, whoAmI } from "./session";
import { theme, useTheme, type Theme } from "./theme";
import { speak } from "./ui5";

const themes: Theme[] = ["system", "light", "dark"];

function themeName(one: Theme): string {
  return one === "light" ? t("Light") : one === "dark" ? t("Dark") : t("As the system");
}

async function chosen(event: CustomEvent<{ item: HTMLElement }>): Promise<void> {
  const { what, value } = event.detail.item.dataset;
  if (what === "language") {
    await speak(value as Language);
    await restart();
  } else if (what === "theme") {
    useTheme(value as Theme);
  } else if (what === "leave") {
    try {
      await signOut();
    } catch (error) {
      return toast(problemOf(error).title); // one is still signed in
    }
    await restart();
  } else if (what === "go") {
    location.hash = value ?? "";
  }
}

function show(event: Event): void {
  const opener = event.currentTarget as HTMLElement;
  const menu = document.getElementById("user-menu") as Menu | null;
  if (menu) {
    menu.opener = opener;
    menu.open = true;
  }
}

export function userMenu(): TemplateResult {
  const name = whoAmI()?.name ?? "";
  return html`<ui5-avatar size="XS" initials=${name.slice(0, 2).toUpperCase()} interactive accessible-name=${t("You: {name}", { name })} @click=${show}></ui5-avatar>
    <ui5-menu id="user-menu" header-text=${name} @ui5-item-click=${chosen}>
      <ui5-menu-item text=${t("Language")}>
        ${languages.map((one) => html`<ui5-menu-item text=${one.name} data-what="language" data-value=${one.id} ?checked=${one.id === language()}></ui5-menu-item>`)}
      </ui5-menu-item>
      <ui5-menu-item text=${t("Colours")}>
        ${themes.map((one) => html`<ui5-menu-item text=${themeName(one)} data-what="theme" data-value=${one} ?checked=${one === theme()}></ui5-menu-item>`)}
      </ui5-menu-item>
      <ui5-menu-separator></ui5-menu-separator>
      <ui5-menu-item text=${t("Sign out")} data-what="leave"></ui5-menu-item>
    </ui5-menu>`;
}
