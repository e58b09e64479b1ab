// Roles: what each may do as a matrix, what inheritance cuts, and how a change would move every right.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Link.js";
import "@ui5/webcomponents/dist/TextArea.js";
import type TextArea from "@ui5/webcomponents/dist/TextArea.js";
import { ask as askServer, get } from "../../api/http";
import { href, type Context, type Page } from "../../app/router";
import { entities, entityNamed, mayDo } from "../../app/session";
import { t, tn } from "../../i18n/text";
import { ask } from "../../ui/dialog";
import { withProof } from "../../ui/proof";
import { table } from "../../ui/table";
import { toast } from "../../ui/toast";
import { room } from "./rooms";
import { operationWord, rightWord, scopeWord } from "./words";

interface Holding {
  entity: string | null;
  grant: string;
  operations: string[];
  cut: string[];
  cut_by: string | null;
  scope: string[];
  when: string | null;
}

interface Role {
  role: string;
  label: string;
  says: string | null;
  parent: string | null;
  second_factor: boolean;
  from: string;
  holds: Holding[];
  text?: string;
}

interface RightChange {
  role: string;
  entity: string | null;
  field: string | null;
  operation: string | null;
  before: string;
  after: string;
}

interface Plan {
  role: string;
  new: boolean;
  changes: RightChange[];
  holders: string[];
}

const entityName = (name: string | null): string => (name === null ? t("the workspace") : (entityNamed(name)?.plural ?? name));

/** What a role may do to an entity, in one cell: dark where it writes, light where it reads. */
function cell(role: Role, entity: string | null): TemplateResult | string {
  const holds = role.holds.filter((one) => one.entity === entity);
  const all = [...new Set(holds.flatMap((one) => one.operations))];
  if (all.length === 0) return html`<span class="muted" aria-label=${t("nothing")}>·</span>`;
  const writes = all.some((one) => ["create", "change", "delete", "merge", "import"].includes(one));
  const word = entity === null ? all.map(operationWord).join(", ") : writes ? t("writes") : t("reads");
  return html`<span class="tag ${writes ? "tag-good" : ""}" title=${all.map(operationWord).join(", ")}>${word}</span>`;
}

export function openRoles(context: Context): Page {
  return room<{ roles: Role[] }>(context, {
    title: () => t("Roles"),
    load: () => get("/roles", undefined, context.signal),
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

function changesTable(plan: Plan): TemplateResult {
  return html`<p>
      ${tn("One right would change.", "{count} rights would change.", plan.changes.length)}
      ${tn("One user holds the role or one below it.", "{count} users hold the role or one below it.", plan.holders.length)} ${plan.holders.join(", ")}
    </p>
    ${plan.changes.length
      ? table(
          t("Rights that change"),
          [
            { title: t("Role"), main: true, cell: (one) => one.role },
            { title: t("Records"), cell: (one) => entityName(one.entity) },
            { title: t("Field"), cell: (one) => (one.field ? (entityNamed(one.entity ?? "")?.fields.find((field) => field.name === one.field)?.label ?? one.field) : "–") },
            { title: t("Operation"), cell: (one) => (one.operation ? operationWord(one.operation) : "–") },
            { title: t("Before"), cell: (one) => rightWord(one.before) },
            { title: t("After"), cell: (one) => rightWord(one.after) },
          ],
          plan.changes.slice(0, 200),
        )
      : nothing}`;
}

/** Two steps: the text; then every right that moves, for whom; only then it is done. */
async function edit(role: Role, again: () => void): Promise<void> {
  let text = role.text ?? "";
  const send = (dry_run: boolean): Promise<Plan> => withProof(async () => (await askServer<Plan>(`/roles/${role.role}`, { method: "PUT", body: { text, dry_run } })).data);
  const plan = await ask<Plan>({
    title: t("Change {role}", { role: role.label }),
    wide: true,
    does: t("See what would change"),
    view: () => html`<div class="field">
      <ui5-label for="role-text" show-colon>${t("Declaration (YAML)")}</ui5-label>
      <ui5-textarea id="role-text" class="mono" rows="18" value=${text} @input=${(event: Event) => (text = (event.target as TextArea).value)}></ui5-textarea>
    </div>`,
    act: () => send(true),
  });
  if (!plan) return;
  const done = await ask<Plan>({ title: t("What would change"), wide: true, does: t("Change the role"), view: () => changesTable(plan), act: () => send(false) });
  if (!done) return;
  toast(t("The role is changed."));
  again();
}

export function openRole(context: Context): Page {
  const name = context.parts.role ?? "";
  let label = name;
  return room<Role>(context, {
    title: () => label,
    load: async () => {
      const role = await get<Role>(`/roles/${encodeURIComponent(name)}`, undefined, context.signal);
      label = role.label;
      return role;
    },
    view: (role, again) => html`<section class="card stack">
        <p>${role.says ?? ""}</p>
        <dl class="facts">
          <div><dt>${t("Inherits from")}</dt><dd>${role.parent ? html`<ui5-link href=${href(`/access/roles/${role.parent}`)}>${role.parent}</ui5-link>` : "–"}</dd></div>
          <div><dt>${t("Second factor")}</dt><dd>${role.second_factor ? t("required") : t("not required")}</dd></div>
        </dl>
        ${mayDo("roles") ? html`<div class="actions"><ui5-button @click=${() => void edit(role, again)}>${t("Change")}</ui5-button></div>` : nothing}
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
      )}`,
  });
}
