// Saved views of a list: its columns, conditions and order under a name, one's own or shared with one's teams.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/CheckBox.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import "@ui5/webcomponents-icons/dist/delete.js";
import "@ui5/webcomponents-icons/dist/edit.js";
import type CheckBox from "@ui5/webcomponents/dist/CheckBox.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import { ask as askServer, Failure, get, post } from "../../api/http";
import type { Entity } from "../../api/types";
import { t } from "../../i18n/text";
import { ask, confirmed } from "../../ui/dialog";
import { toast } from "../../ui/toast";

/** How a list looks: what a view keeps of it. */
export interface Look {
  columns: string[];
  filter: string;
  sort: string;
}

export interface View {
  view: number;
  name: string;
  columns: string[];
  filter: string | null;
  sort: string | null;
  shared: boolean;
  default: boolean;
  own: boolean;
  owner: string | null;
  version: number;
}

type Named = Pick<View, "name" | "shared" | "default">;

export class Views {
  private constructor(
    private readonly entity: Entity,
    private all: View[],
  ) {}

  static async of(entity: Entity, signal: AbortSignal): Promise<Views> {
    try {
      return new Views(entity, (await get<{ views: View[] }>("/views", { entity: entity.name }, signal)).views);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return new Views(entity, []); // the list is there without them
    }
  }

  find(number: number): View | undefined {
    return this.all.find((one) => one.view === number);
  }
  get usual(): View | undefined {
    return this.all.find((one) => one.own && one.default);
  }

  async saveAs(look: Look): Promise<View | undefined> {
    const view = await askNamed(t("Save this view"), undefined, (named) => post<View>("/views", { entity: this.entity.name, ...look, ...named }));
    if (view) this.took(view);
    return view;
  }

  /** What the list looks like now is what the view is from now on. */
  async update(view: View, look: Look): Promise<View> {
    const now = await this.put(view, { name: view.name, shared: view.shared, default: view.default }, look);
    toast(t("The view “{name}” is saved.", { name: now.name }));
    return now;
  }

  /** Another name, shared or not, what the list begins with. */
  async rename(view: View): Promise<View | undefined> {
    return askNamed(t("Change this view"), view, (named) => this.put(view, named, { columns: view.columns, filter: view.filter ?? "", sort: view.sort ?? "" }));
  }

  async remove(view: View): Promise<boolean> {
    if (!(await confirmed(t("Delete the view “{name}”?", { name: view.name }), t("The records stay as they are."), t("Delete"), true))) return false;
    await askServer(`/views/${view.view}`, { method: "DELETE", headers: { "If-Match": `"${view.version}"` } });
    this.all = this.all.filter((one) => one !== view);
    return true;
  }

  private async put(view: View, named: Named, look: Look): Promise<View> {
    const answer = await askServer<View>(`/views/${view.view}`, { method: "PUT", body: { ...look, ...named }, headers: { "If-Match": `"${view.version}"` } });
    this.took(answer.data);
    return answer.data;
  }

  private took(view: View): void {
    const others = this.all.filter((one) => one.view !== view.view).map((one) => (view.default && one.own ? { ...one, default: false } : one));
    this.all = [...others, view].sort((a, b) => a.view - b.view);
  }

  /** To choose one; 0 is none. */
  pick(chosen: View | undefined, choose: (view: number) => void): TemplateResult | typeof nothing {
    const name = (view: View): string => (view.own ? view.name : t("{name} (of {owner})", { name: view.name, owner: view.owner ?? "?" }));
    if (this.all.length === 0) return nothing;
    return html`<ui5-select class="list-view" accessible-name=${t("View")} @change=${(event: Event) => choose(Number((event.target as Select).selectedOption?.value ?? 0))}>
      <ui5-option value="0" ?selected=${!chosen}>${t("All records")}</ui5-option>
      ${this.all.map((view) => html`<ui5-option value=${view.view} ?selected=${view.view === chosen?.view}>${name(view)}</ui5-option>`)}
    </ui5-select>`;
  }
  /** The first whose records these conditions name. */
  ofFilter(filter: string, textOf: (filter: string) => string): View | undefined {
    return this.all.find((view) => filter !== "" && view.filter !== null && textOf(view.filter) === filter);
  }

  /** Which one is chosen, and what can be done with it. `changed`: the list looks otherwise than it. */
  bar(chosen: View | undefined, changed: boolean, wishes: { choose(view: number): void; save(): void; saveAs(): void; rename(): void; remove(): void }): TemplateResult {
    return html`${this.pick(chosen, wishes.choose)}
    ${chosen && changed ? html`<span class="tag tag-warn" role="status">${t("changed, not saved")}</span>` : nothing}
    ${chosen?.own && changed ? html`<ui5-button design="Transparent" @click=${wishes.save}>${t("Save view")}</ui5-button>` : nothing}
    ${changed || this.all.length === 0 ? html`<ui5-button design="Transparent" @click=${wishes.saveAs}>${chosen ? t("Save as another") : t("Save view")}</ui5-button>` : nothing}
    ${chosen?.own
      ? html`<ui5-button design="Transparent" icon="edit" accessible-name=${t("Change this view")} tooltip=${t("Change this view")} @click=${wishes.rename}></ui5-button>
          <ui5-button design="Transparent" icon="delete" accessible-name=${t("Delete this view")} tooltip=${t("Delete this view")} @click=${wishes.remove}></ui5-button>`
      : nothing}`;
  }
}

function askNamed(title: string, before: View | undefined, act: (named: Named) => Promise<View>): Promise<View | undefined> {
  const named: Named = { name: before?.name ?? "", shared: before?.shared ?? false, default: before?.default ?? false };
  const check = (key: "shared" | "default", text: string): TemplateResult =>
    html`<ui5-checkbox text=${text} ?checked=${named[key]} @change=${(event: Event) => (named[key] = (event.target as CheckBox).checked)}></ui5-checkbox>`;
  return ask<View>({
    title,
    does: t("Save"),
    act: () => act(named),
    view: () => html`${before ? nothing : html`<p>${t("A view keeps under a name which records a list shows, in which order and with which columns.")}</p>`}
      <div class="field">
        <ui5-label for="view-name" show-colon required>${t("Name")}</ui5-label>
        <ui5-input id="view-name" required maxlength="100" value=${named.name} @input=${(event: Event) => (named.name = (event.target as Input).value.trim())}></ui5-input>
      </div>
      ${check("shared", t("My teams see it, too"))} ${check("default", t("The list begins with it"))}`,
  });
}
