// Roles: what each may do as a matrix, what inheritance cuts; and a role ended.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Link.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import { ask as askServer, get } from "../../api/http";
import { everyUser } from "../../api/users";
import { go, href, type Context, type Page } from "../../app/router";
import { entities, mayDo } from "../../app/session";
import { between } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { ask } from "../../ui/dialog";
import { wrong } from "../../ui/problem";
import { table } from "../../ui/table";
import { toast } from "../../ui/toast";
import { entityName, type Role } from "./role_plan";
import { keepsTable } from "./role_keeps";
import type { Declaration } from "./role_text";
import { room } from "./rooms";
import type { User } from "./users";
import { dutyWord, operationWord, scopeWord } from "./words";

/** What a role may do to an entity, in one cell: dark where it writes, light where it reads. */
function cell(role: Role, entity: string | null): TemplateResult | string {
  const holds = role.holds.filter((one) => one.entity === entity);
  const all = [...new Set(holds.flatMap((one) => one.operations))];
  if (all.length === 0) return html`<span class="muted" aria-label=${t("nothing")}>–</span>`;
  const writes = all.some((one) => ["create", "change", "delete", "merge", "import"].includes(one));
  const word = entity === null ? all.map(operationWord).join(", ") : writes ? t("writes") : t("reads");
  return html`<span class="tag ${writes ? "tag-good" : ""}" title=${all.map(operationWord).join(", ")}>${word}</span>`;
}

export function openRoles(context: Context): Page {
  return room<{ roles: Role[] }>(context, {
    title: () => t("Roles"),
    load: () => get("/roles", undefined, context.signal),
    ...(mayDo("roles") ? { actions: () => html`<ui5-button design="Emphasized" class="role-new" @click=${() => go("/access/roles/-/new")}>${t("New role")}</ui5-button>` } : {}),
    view: ({ roles }) => {
      const names: (string | null)[] = [...entities().filter((one) => !one.retired).map((one) => one.name), null];
      return html`<p class="muted">${t("A role holds what it is granted, cut by what the role above holds and passes on: it never holds more.")}</p>
        <div class="table-place matrix" role="group" aria-label=${t("What each role may do")} tabindex="0">
          <table class="table">
            <caption class="visually-hidden">${t("What each role may do")}</caption>
            <thead>
              <tr>
                <th scope="col">${t("Records")}</th>
                ${roles.map((role) => html`<th scope="col"><ui5-link href=${href(`/access/roles/${role.role}`)}>${role.label}</ui5-link></th>`)}
              </tr>
            </thead>
            <tbody>
              ${names.map((name) => html`<tr><th scope="row">${entityName(name)}</th>${roles.map((role) => html`<td data-title=${role.label}>${cell(role, name)}</td>`)}</tr>`)}
            </tbody>
          </table>
        </div>`;
    },
  });
}

/** Sign-in names of whoever holds the role itself. */
const holdersOf = async (role: string): Promise<string[]> => (await everyUser<User>({ role })).map((one) => one.name);

/** Ends a role, after it is told who loses it. */
async function end(role: Role): Promise<void> {
  const holders = mayDo("users") ? await holdersOf(role.role) : undefined;
  let why = "";
  const done = await ask<true>({
    title: t("End {name}?", { name: role.label }),
    does: t("End"),
    danger: true,
    view: () => html`<p class="role-holders">
        ${holders === undefined
          ? t("Who holds it holds nothing by it, from the next request on.")
          : holders.length === 0
            ? t("Nobody holds it.")
            : html`${tn("One user holds it, and holds nothing by it from the next request on:", "{count} users hold it, and hold nothing by it from the next request on:", holders.length)} <bdi>${holders.join(", ")}</bdi>`}
      </p>
      <p class="muted">${t("A role made again with this name is held by nobody.")}</p>
      <div class="field">
        <ui5-label for="role-end-why" show-colon required>${t("Why")}</ui5-label>
        <ui5-input id="role-end-why" required @input=${(event: Event) => (why = (event.target as Input).value)}></ui5-input>
      </div>`,
    act: async () => {
      if (!why.trim()) throw wrong(t("The reason is missing."), t("Say why: who reviews the rights later needs it."));
      await askServer(`/roles/${encodeURIComponent(role.role)}`, { method: "DELETE", query: { why: why.trim() } });
      return true as const;
    },
  });
  if (!done) return;
  toast(t("The role is ended."));
  go("/access/roles");
}

export function openRole(context: Context): Page {
  const name = context.parts.role ?? "";
  let label = name, labels = new Map<string, string>(); // of all roles, by their names
  return room<Role>(context, {
    title: () => label,
    load: async () => {
      const role = await get<Role>(`/roles/${encodeURIComponent(name)}`, undefined, context.signal);
      label = role.label;
      const { roles } = await get<{ roles: Role[] }>("/roles", undefined, context.signal);
      labels = new Map(roles.map((one) => [one.role, one.label]));
      return role;
    },
    view: (role) => {
      const said = JSON.parse(role.text ?? '{"keeps":[]}') as Declaration;
      return html`<section class="card stack">
        <p>${role.says ?? ""}</p>
        <dl class="facts">
          <div><dt>${t("Inherits from")}</dt><dd>${role.parent ? html`<ui5-link href=${href(`/access/roles/${role.parent}`)}>${labels.get(role.parent) ?? role.parent}</ui5-link>` : "–"}</dd></div>
          ${said.duty ? html`<div><dt>${t("Duty")}</dt><dd>${dutyWord(said.duty)}</dd></div>` : nothing}
          ${said.apart?.length ? html`<div><dt>${t("Should not be held beside it")}</dt><dd>${said.apart.map((one) => labels.get(one) ?? one).join(between())}</dd></div>` : nothing}
          <div><dt>${t("Second factor")}</dt><dd>${role.second_factor ? t("required") : t("not required")}</dd></div>
        </dl>
        ${mayDo("roles") ? html`<div class="actions">
              <ui5-button class="role-change" @click=${() => go(`/access/roles/${role.role}/change`)}>${t("Change")}</ui5-button>
              <ui5-button class="role-end" design="Negative" @click=${() => void end(role)}>${t("End")}</ui5-button>
            </div>` : nothing}
      </section>
      ${table(
        t("What it holds"),
        [
          { title: t("Records"), main: true, cell: (one) => entityName(one.entity) },
          { title: t("May"), cell: (one) => one.operations.map(operationWord).join(", ") || "–" },
          { title: t("Of"), cell: (one) => html`${one.scope.map(scopeWord).join(", ")} ${one.when ? html`<span class="mono">${one.when}</span>` : nothing}` },
          {
            title: t("Cut by inheritance"),
            cell: (one) => (one.cut.length ? html`<span class="tag tag-warn">${one.cut.map(operationWord).join(", ")}</span> ${one.cut_by ? t("by {role}", { role: one.cut_by }) : nothing}` : "–"),
          },
          { title: t("Grant"), cell: (one) => html`<span class="mono">${one.grant}</span>` },
        ],
        role.holds,
      )}
      ${keepsTable(said)}`;
    },
  });
}
