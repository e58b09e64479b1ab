// A role made or changed: in its matrix, or as text; what the role above cuts is told while it is entered.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
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
import type { Entity } from "../../api/types";
import { go, href, type Context, type Page } from "../../app/router";
import { entities } from "../../app/session";
import { between } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { ask } from "../../ui/dialog";
import { problemStrip, wrong } from "../../ui/problem";
import { withProof } from "../../ui/proof";
import { toast } from "../../ui/toast";
import { several } from "../../ui/several";
import { askParts } from "./role_parts";
import { keepsTable, keptWhole } from "./role_keeps";
import { changesTable, fieldCuts, holdersText, type Holding, type Role, type RolePlan } from "./role_plan";
import { dutyNames, nameOf, partsOf, putParts, putWorkspace, recordOperations, workspaceOf, workspaceOperations, written, type Declaration } from "./role_text";
import { room } from "./rooms";
import { dutyWord, operationWord, scopeShort, scopeWord } from "./words";
import "../../styles/access.css";

interface Loaded {
  role: Declaration;
  roles: Role[];
}

/** What is granted of an operation in words, and whether any of it is left. */
function granted(holds: readonly Holding[], operation: string): { left: Holding[]; cut: Holding[] } {
  return { left: holds.filter((one) => one.operations.includes(operation)), cut: holds.filter((one) => one.cut.includes(operation)) };
}

const scopesOf = (holds: readonly Holding[]): string[] => [...new Set(holds.flatMap((one) => one.scope))];
const conditional = (holds: readonly Holding[]): boolean => holds.every((one) => one.when);

/** Which records, in as little room as there is: all of them leaves nothing for the others to say. */
function scopeLines(holds: readonly Holding[]): TemplateResult {
  const scopes = scopesOf(holds), shown = scopes.includes("all") ? ["all"] : scopes;
  return html`${shown.map((scope) => html`<span>${scopeShort(scope)}</span>`)}${conditional(holds) ? html`<span>*</span>` : nothing}`;
}

class Editor {
  private role: Declaration;
  /** What was typed as text, while that is shown. */
  private text: string | undefined;
  private named: boolean;
  private plan: RolePlan | undefined;
  private failure: unknown;
  private due: ReturnType<typeof setTimeout> | undefined;
  private asked: AbortController | undefined;
  private readonly first: string;
  private saved = false;

  constructor(
    private readonly context: Context,
    private readonly fresh: boolean,
    loaded: Loaded,
  ) {
    this.role = loaded.role;
    this.named = !fresh;
    this.first = JSON.stringify(this.role);
    context.signal.addEventListener("abort", () => {
      clearTimeout(this.due);
      this.asked?.abort();
    });
    if (!fresh) void this.look();
  }

  unsaved = (): boolean => !this.saved && (this.text !== undefined ? this.text !== written(this.role) : JSON.stringify(this.role) !== this.first);

  /** A role without a name or a grant is not asked about: nobody needs to be told that it is not whole yet. */
  private whole = (): boolean => this.text !== undefined || (this.role.role !== "" && this.role.label.trim() !== "" && this.role.grants.length > 0);

  private send(dry_run: boolean, why?: string, signal?: AbortSignal): Promise<RolePlan> {
    const body = { text: this.text ?? written(this.role), dry_run, ...(why ? { why } : {}) };
    return askServer<RolePlan>(`/roles/${encodeURIComponent(this.role.role)}`, { method: "PUT", body, ...(signal ? { signal } : {}) }).then(({ data }) => data);
  }

  /** Asks the server what would come of what is entered. */
  private async look(): Promise<void> {
    this.asked?.abort();
    if (!this.whole()) return;
    const asked = (this.asked = new AbortController());
    try {
      this.plan = await this.send(true, undefined, asked.signal);
      // What is made anew must not say a role otherwise that is there.
      this.failure = this.fresh && !this.plan.new ? wrong(t("There is a role named “{name}” already.", { name: this.plan.role }), t("Choose another name for programs.")) : undefined;
    } catch (error) {
      if (asked.signal.aborted) return;
      this.failure = error;
    }
    this.context.update();
  }

  private changed(role: Declaration): void {
    this.role = role;
    this.later();
  }

  private later(): void {
    this.context.update();
    clearTimeout(this.due);
    this.due = setTimeout(() => void this.look(), 300);
  }

  /** The text is read by the server: only what it understood becomes the form. */
  private async asForm(): Promise<void> {
    clearTimeout(this.due);
    await this.look();
    if (this.failure !== undefined || !this.plan) return;
    this.role = JSON.parse(this.plan.text) as Declaration;
    this.text = undefined;
    this.context.update();
  }

  private async editEntity(entity: Entity, operation?: string): Promise<void> {
    const parts = await askParts(entity, partsOf(this.role, entity.name), operation);
    if (parts) this.changed(putParts(this.role, entity.name, parts));
  }

  private cell(entity: Entity, operation: string): TemplateResult {
    const holds = this.holds(entity.name), { left, cut } = granted(holds, operation);
    const kept = left.length > 0 && keptWhole(this.role, entity.name, operation);
    const says = left.length ? `${scopesOf(left).map(scopeWord).join(between())}${kept ? ` (${t("not passed on")})` : ""}` : cut.length ? t("cut by {role}", { role: cut[0]?.cut_by ?? "" }) : t("nothing");
    const shown = left.length ? scopeLines(left) : cut.length ? scopeLines(cut) : "–";
    const kind = left.length ? `tag tag-good${kept ? " role-kept" : ""}` : cut.length ? "tag tag-warn role-cut" : "muted";
    return html`<td data-title=${operationWord(operation)} ?data-none=${left.length + cut.length === 0}>
      <button type="button" class="role-cell" title=${says} aria-label=${`${entity.plural}: ${operationWord(operation)}: ${says}`} @click=${() => void this.editEntity(entity, operation)}><span class=${kind}>${shown}</span></button>
    </td>`;
  }

  /** What the server said of it; until then what is entered, as if nothing cut it. */
  private holds(entity: string): readonly Holding[] {
    if (this.plan && this.failure === undefined) return this.plan.holds.filter((one) => one.entity === entity);
    return partsOf(this.role, entity).map((part) => ({ entity, grant: part.grant, operations: part.operations, cut: [], cut_by: null, scope: part.scope, when: part.when || null }));
  }

  private matrix(): TemplateResult {
    const kinds = entities().filter((one) => !one.retired);
    return html`<div class="table-place matrix role-matrix" role="group" aria-label=${t("What it may do")} tabindex="0">
        <table class="table">
          <caption class="visually-hidden">${t("What it may do")}</caption>
          <thead><tr><th scope="col">${t("Records")}</th>${recordOperations.map((one) => html`<th scope="col">${operationWord(one)}</th>`)}</tr></thead>
          <tbody>
            ${kinds.map((entity) => html`<tr>
              <th scope="row"><ui5-button design="Transparent" class="role-row" data-entity=${entity.name} @click=${() => void this.editEntity(entity)}>${entity.plural}</ui5-button></th>
              ${recordOperations.map((one) => this.cell(entity, one))}
            </tr>`)}
          </tbody>
        </table>
      </div>
      <p class="muted">${t("Crossed out: granted here, but cut by what the role above holds and passes on. *: only records for which a condition is true. Dashed: not passed on to roles below.")}</p>`;
  }

  private workspace(): TemplateResult {
    const cut = (name: string): string | null | undefined => this.plan?.holds.find((one) => one.entity === null && one.cut.includes(name))?.cut_by;
    const choices = workspaceOperations.map((name) => ({ value: name, text: cut(name) ? `${operationWord(name)} (${t("cut by {role}", { role: cut(name) ?? "" })})` : operationWord(name) }));
    return several(t("On the workspace as a whole"), choices, workspaceOf(this.role), (name, on) => this.changed(putWorkspace(this.role, name, on)));
  }

  private head(roles: readonly Role[]): TemplateResult {
    const { role } = this;
    const text = (id: string, label: string, value: string, required: boolean, take: (value: string) => void): TemplateResult => html`<div class="field">
      <ui5-label for=${id} show-colon ?required=${required}>${label}</ui5-label>
      <ui5-input id=${id} value=${value} ?required=${required} @input=${(event: Event) => take((event.target as Input).value)}></ui5-input>
    </div>`;
    return html`<section class="card role-head">
      ${text("role-label", t("Name"), role.label, true, (label) => this.changed({ ...role, label, ...(this.named ? {} : { role: nameOf(label, roles.map((one) => one.role)) }) }))}
      ${this.fresh
        ? text("role-name", t("Name for programs"), role.role, true, (name) => {
            this.named = true;
            this.changed({ ...role, role: name.trim() });
          })
        : nothing}
      ${text("role-says", t("What it is for"), role.says ?? "", false, (says) => this.changed({ ...role, says }))}
      <div class="field">
        <ui5-label for="role-parent" show-colon>${t("Inherits from")}</ui5-label>
        <ui5-select id="role-parent" @change=${(event: Event) => this.changed({ ...role, parent: (event.target as Select).selectedOption?.getAttribute("data-value") ?? "" })}>
          <ui5-option data-value="" ?selected=${!role.parent}>${t("no role")}</ui5-option>
          ${roles.filter((one) => one.role !== role.role).map((one) => html`<ui5-option data-value=${one.role} ?selected=${one.role === role.parent}>${one.label}</ui5-option>`)}
        </ui5-select>
      </div>
      <div class="field">
        <ui5-label for="role-duty" show-colon>${t("Duty")}</ui5-label>
        <ui5-select id="role-duty" @change=${(event: Event) => this.changed({ ...role, duty: (event.target as Select).selectedOption?.getAttribute("data-value") ?? "" })}>
          <ui5-option data-value="" ?selected=${!role.duty}>${role.parent ? t("as the role it inherits from") : t("none")}</ui5-option>
          ${dutyNames.map((name) => html`<ui5-option data-value=${name} ?selected=${name === role.duty}>${dutyWord(name)}</ui5-option>`)}
        </ui5-select>
      </div>
      <ui5-checkbox id="role-factor" text=${t("Needs a second factor")} ?checked=${role.second_factor} @change=${(event: Event) => this.changed({ ...role, second_factor: (event.target as CheckBox).checked })}></ui5-checkbox>
${several(t("Should not be held beside it"), roles.filter((one) => one.role !== role.role).map((one) => ({ value: one.role, text: one.label })), new Set(role.apart), (name, on) => this.changed({ ...role, apart: on ? [...(role.apart ?? []), name] : (role.apart ?? []).filter((one) => one !== name) }))}
    </section>`;
  }

  private asText(): TemplateResult {
    return html`<div class="field">
      <ui5-label for="role-text" show-colon>${t("Declaration (YAML)")}</ui5-label>
      <ui5-textarea id="role-text" class="mono" rows="24" .value=${this.text ?? ""} @input=${(event: Event) => {
        this.text = (event.target as TextArea).value;
        this.later();
      }}></ui5-textarea>
    </div>`;
  }

  /** Every right that moves, for whom, and why; only then it is done. */
  private async finish(): Promise<void> {
    clearTimeout(this.due);
    await this.look();
    const { plan } = this;
    if (this.failure !== undefined || !plan) return this.context.update();
    let why = "";
    const done = await ask<RolePlan>({
      title: t("What would change"),
      wide: true,
      does: this.fresh ? t("Make the role") : t("Change the role"),
      view: () => html`<div class="field">
          <ui5-label for="role-why" show-colon required>${t("Why")}</ui5-label>
          <ui5-input id="role-why" required @input=${(event: Event) => (why = (event.target as Input).value)}></ui5-input>
          <span class="muted">${t("It stands in the log beside the change.")}</span>
        </div>
        ${changesTable(plan)}`,
      act: () => {
        if (!why.trim()) throw wrong(t("The reason is missing."), t("Say why: who reviews the rights later needs it."));
        return withProof(() => this.send(false, why.trim()));
      },
    });
    if (!done) return;
    this.saved = true;
    toast(this.fresh ? t("The role is made.") : t("The role is changed."));
    go(`/access/roles/${done.role}`);
  }

  private told(): TemplateResult | typeof nothing {
    const { plan } = this;
    if (!plan || this.failure !== undefined) return nothing;
    return html`<p class="role-told" role="status">${tn("One right would change.", "{count} rights would change.", plan.changes.length)} ${holdersText(plan)}</p>`;
  }

  view(roles: readonly Role[]): TemplateResult {
    const form = (on: boolean, text: string, act: () => void): TemplateResult => html`<button type="button" class="chip" aria-pressed=${on} @click=${act}>${text}</button>`;
    const asText = this.text !== undefined;
    const ready = this.whole();
    return html`${this.head(roles)}
      <div class="chips role-forms" role="group" aria-label=${t("Shown as")}>
        ${form(!asText, t("Matrix"), () => void (asText && this.asForm()))}
        ${form(asText, t("As text"), () => {
          this.text ??= written(this.role);
          this.context.update();
        })}
      </div>
      ${problemStrip(this.failure)}
      ${asText ? this.asText() : html`${this.matrix()} ${this.workspace()} ${keepsTable(this.role, (keeps) => this.changed({ ...this.role, keeps }))} ${this.plan && this.failure === undefined ? fieldCuts(this.plan) : nothing}`}
      ${this.told()}
      <div class="actions">
        <ui5-button id="role-go" design="Emphasized" ?disabled=${!ready} @click=${() => void this.finish()}>${t("See what would change")}</ui5-button>
        <ui5-button design="Transparent" @click=${() => go(this.fresh ? "/access/roles" : `/access/roles/${this.role.role}`)}>${t("Cancel")}</ui5-button>
      </div>`;
  }
}

function open(context: Context, name: string | undefined): Page {
  let editor: Editor | undefined, label = "";
  const page = room<Loaded>(context, {
    title: () => (name === undefined ? t("New role") : t("Change {role}", { role: label })),
    load: async () => {
      const { roles } = await get<{ roles: Role[] }>("/roles", undefined, context.signal);
      if (name === undefined) return { roles, role: { role: "", label: "", second_factor: false, grants: [], keeps: [] } };
      const role = await get<Role>(`/roles/${encodeURIComponent(name)}`, undefined, context.signal);
      label = role.label;
      return { roles, role: JSON.parse(role.text ?? "{}") as Declaration };
    },
    view: (loaded) => (editor ??= new Editor(context, name === undefined, loaded)).view(loaded.roles),
    actions: () => html`<ui5-link href=${href(name === undefined ? "/access/roles" : `/access/roles/${name}`)}>${name === undefined ? t("All roles") : label}</ui5-link>`,
  });
  return { ...page, unsaved: () => editor?.unsaved() ?? false };
}

export const openNewRole = (context: Context): Page => open(context, undefined);
export const openRoleChange = (context: Context): Page => open(context, context.parts.role ?? "");
