// The ways to all screens, beside them (on a phone: behind the menu).
import { html, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Icon.js";
import "@ui5/webcomponents-icons/dist/home.js";
import "@ui5/webcomponents-icons/dist/customer.js";
import { t } from "../i18n/text";
import { placeOf } from "./router";
import { entities } from "./session";

interface Way {
  path: string;
  text: string;
  icon: string;
}

function link(way: Way): TemplateResult {
  const here = placeOf(location.hash).path;
  const current = here === way.path || (way.path !== "/" && here.startsWith(`${way.path}/`));
  return html`<a href="#${way.path}" aria-current=${current ? "page" : "false"}><ui5-icon name=${way.icon}></ui5-icon>${way.text}</a>`;
}

export function navigation(): TemplateResult {
  const records = entities().filter((entity) => !entity.retired && entity.name !== "staff");
  return html`${link({ path: "/", text: t("Home"), icon: "home" })}
    <h2>${t("Records")}</h2>
    ${records.map((entity) => link({ path: `/${entity.path}`, text: entity.plural, icon: "customer" }))}`;
}
