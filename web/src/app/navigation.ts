// The ways to all screens, beside them (on a phone: behind the menu). Each shows to whom it leads somewhere.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Icon.js";
import "@ui5/webcomponents-icons/dist/home.js";
import "@ui5/webcomponents-icons/dist/search.js";
import "@ui5/webcomponents-icons/dist/duplicate.js";
import "@ui5/webcomponents-icons/dist/upload.js";
import "@ui5/webcomponents-icons/dist/inspection.js";
import "@ui5/webcomponents-icons/dist/locked.js";
import "@ui5/webcomponents-icons/dist/action-settings.js";
import "@ui5/webcomponents-icons/dist/sys-help.js";
import { t } from "../i18n/text";
import { iconOf } from "./icons";
import { placeOf } from "./router";
import { entities, mayDo, mayDoTo } from "./session";

interface Way {
  path: string;
  text: string;
  icon: string;
}

// What belongs to other records, or to people of the house, is reached from there.
const inner = new Set(["staff", "campaign_member", "field_change", "order_line"]);

function link(way: Way): TemplateResult {
  const here = placeOf(location.hash).path;
  const current = here === way.path || (way.path !== "/" && here.startsWith(`${way.path}/`));
  return html`<li>
    <a href="#${way.path}" aria-current=${current ? "page" : nothing}><ui5-icon name=${way.icon}></ui5-icon><span>${way.text}</span></a>
  </li>`;
}

function group(title: string, ways: Way[]): TemplateResult | typeof nothing {
  return ways.length === 0
    ? nothing
    : html`<h2 class="frame-side-title">${title}</h2>
        <ul>
          ${ways.map(link)}
        </ul>`;
}

function records(): Way[] {
  return entities()
    .filter((entity) => !entity.retired && !inner.has(entity.name) && mayDoTo(entity, "list"))
    .map((entity) => ({ path: `/${entity.path}`, text: entity.plural, icon: iconOf(entity.name) }));
}

function quality(): Way[] {
  const ways: Way[] = [];
  if (entities().some((entity) => mayDoTo(entity, "merge"))) ways.push({ path: "/duplicates", text: t("Duplicates"), icon: "duplicate" });
  if (entities().some((entity) => mayDoTo(entity, "import"))) ways.push({ path: "/import", text: t("Import"), icon: "upload" });
  if (mayDo("audit")) ways.push({ path: "/audit", text: t("Audit"), icon: "inspection" });
  return ways;
}

function house(): Way[] {
  const ways: Way[] = [{ path: "/access", text: t("Access"), icon: "locked" }];
  ways.push({ path: "/settings", text: t("Settings"), icon: "action-settings" }, { path: "/help", text: t("Help"), icon: "sys-help" });
  return ways;
}

export function navigation(): TemplateResult {
  return html`<ul>
      ${link({ path: "/", text: t("Home"), icon: "home" })}
    </ul>
    ${group(t("Records"), records())} ${group(t("Data quality"), quality())} ${group(t("Administration"), house())}`;
}
