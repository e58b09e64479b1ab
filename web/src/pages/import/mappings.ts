// Mappings that are used again: kept by a name among what one likes, given to keep as a file, and taken from one.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import "@ui5/webcomponents-icons/dist/download.js";
import "@ui5/webcomponents-icons/dist/upload.js";
import "@ui5/webcomponents-icons/dist/save.js";
import "@ui5/webcomponents-icons/dist/delete.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import { ask as askServer, get } from "../../api/http";
import { t } from "../../i18n/text";
import { askTexts, confirmed } from "../../ui/dialog";
import { keep } from "../../ui/download";
import { toast } from "../../ui/toast";
import { problemOf } from "../../ui/problem";
import type { Mode } from "./bring";
import type { Plan } from "./plan";
import { asYaml, wholeMap } from "./said";

export interface SavedMapping {
  name: string;
  /** The text of a map. */
  map: string;
  mode?: Mode | null;
  match?: string[] | null;
}

export interface MappingsWish {
  plan: Plan;
  busy: boolean;
  /** Something was said by hand. */
  said: boolean;
  /** What rows do, as it is asked for now. */
  bringing: { mode?: Mode; match?: string[] };
  /** One that was saved is to be used; undefined: what the file itself says. */
  use(saved: SavedMapping | undefined): void;
  /** The text of a map file. */
  take(text: string): void;
}

export interface Mappings {
  view(wish: MappingsWish): TemplateResult;
  /** What is shown was said otherwise since. */
  changed(): void;
}

const path = "/me/preferences", own = "·";

export function openMappings(update: () => void, signal: AbortSignal): Mappings {
  let saved: SavedMapping[] = [];
  let used = "";

  const load = async (): Promise<void> => {
    saved = (await get<{ mappings: SavedMapping[] }>(path, undefined, signal)).mappings;
    update();
  };
  const put = async (mappings: SavedMapping[]): Promise<void> => {
    saved = (await askServer<{ mappings: SavedMapping[] }>(path, { method: "PATCH", body: { mappings } })).data.mappings;
    update();
  };

  /** Under a name that is taken, it is that one anew. What others saved meanwhile in another window stays. */
  async function save(wish: MappingsWish): Promise<void> {
    const done = await askTexts(t("Save the mapping"), { name: { label: t("Name"), required: true, value: used, hint: t("For files of this kind: their columns, and what rows do. One of the same name is replaced.") } }, t("Save"), async ({ name }) => {
      const one: SavedMapping = { name: name.trim(), map: JSON.stringify({ files: wholeMap(wish.plan) }), mode: wish.bringing.mode ?? "create", ...(wish.bringing.match ? { match: wish.bringing.match } : {}) };
      await load();
      await put([...saved.filter((other) => other.name !== one.name), one].sort((a, b) => a.name.localeCompare(b.name)));
      used = one.name;
    });
    if (done) toast(t("The mapping is saved."));
    update();
  }

  async function remove(name: string): Promise<void> {
    if (!(await confirmed(t("Remove the mapping “{name}”?", { name }), t("What was imported by it stays."), t("Remove"), true))) return;
    try {
      await load();
      await put(saved.filter((one) => one.name !== name));
      used = "";
    } catch (error) {
      toast(problemOf(error).title);
    }
    update();
  }

  function choose(wish: MappingsWish, value: string): void {
    if (value === own) return;
    used = value;
    wish.use(saved.find((one) => one.name === value));
  }

  async function upload(wish: MappingsWish, event: Event): Promise<void> {
    const input = event.target as HTMLInputElement, file = input.files?.[0];
    if (!file) return;
    const text = await file.text();
    input.value = ""; // the same file can be chosen again
    used = own;
    wish.take(text);
  }

  void load().catch(() => undefined); // without them, a file is mapped by hand
  return {
    changed: () => void (used = own),
    view: (wish) => {
      const now = used === "" && wish.said ? own : used;
      const picked = saved.some((one) => one.name === now);
      return html`<div class="import-mappings">
        <ui5-select class="import-saved" accessible-name=${t("Mapping")} ?disabled=${wish.busy} @change=${(event: Event) => choose(wish, (event.target as Select).selectedOption?.value ?? "")}>
          <ui5-option value="" ?selected=${now === ""}>${t("As it was understood")}</ui5-option>
          ${now === own ? html`<ui5-option value=${own} selected>${t("As said here")}</ui5-option>` : nothing}
          ${saved.map((one) => html`<ui5-option value=${one.name} ?selected=${one.name === now}>${one.name}</ui5-option>`)}
        </ui5-select>
        <ui5-button class="import-save" icon="save" design="Transparent" ?disabled=${wish.busy} @click=${() => save(wish)}>${t("Save")}</ui5-button>
        ${picked ? html`<ui5-button class="import-forget" icon="delete" design="Transparent" ?disabled=${wish.busy} @click=${() => remove(now)}>${t("Remove")}</ui5-button>` : nothing}
        <ui5-button class="import-download" icon="download" design="Transparent" @click=${() => keep("mapping.yaml", new Blob([asYaml(wholeMap(wish.plan))], { type: "application/yaml" }))}>${t("Download")}</ui5-button>
        <ui5-button class="import-upload" icon="upload" design="Transparent" ?disabled=${wish.busy} @click=${(event: Event) => (event.currentTarget as HTMLElement).parentElement?.querySelector("input")?.click()}>${t("Upload")}</ui5-button>
        <input type="file" class="import-map-file" hidden accept=".yaml,.yml,.json" aria-label=${t("A mapping as a file")} @change=${(event: Event) => void upload(wish, event)} />
      </div>`;
    },
  };
}
