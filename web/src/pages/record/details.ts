// The values of a record in groups: each with where it comes from, and changed in place.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Icon.js";
import "@ui5/webcomponents-icons/dist/accept.js";
import "@ui5/webcomponents-icons/dist/decline.js";
import "@ui5/webcomponents-icons/dist/edit.js";
import { ask as askServer, Failure } from "../../api/http";
import type { Entity, Field, RecordJson, Value } from "../../api/types";
import type { Context } from "../../app/router";
import { mayDoTo, whoAmI } from "../../app/session";
import { between, formatAge, formatInstant } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { fieldInput, sameValue } from "../../ui/field_input";
import { basisName } from "../../ui/personal";
import { toast } from "../../ui/toast";
import { isEmpty, valueView } from "../../ui/value";
import { change, saidSaved } from "./change";
import { draftOf, dropDraft, keepDraft } from "./draft";
import { groupsOf } from "./groups";

export interface Provenance {
  source: string | null;
  collected_at: string | null;
  verified_at: string | null;
  verified_by: string | null;
  basis: string[];
  merged_from: string | null;
  file: string | null;
  row?: number;
  by: string;
  via: string | null;
  at: string;
}

export type Opened = RecordJson & { provenance?: Record<string, Provenance> };

export interface Details {
  view(): TemplateResult;
  unsaved(): boolean;
}

const verifiable = new Set(["email", "phone", "address", "postcode", "url"]);

interface Editing {
  field: Field;
  value: Value;
  problem: string | undefined;
  busy: boolean;
}

/** `record` gives the newest; `changed` is called with what was saved. */
export function openDetails(context: Context, entity: Entity, record: () => Opened, changed: (record: RecordJson) => Promise<void>): Details {
  let editing: Editing | undefined;
  let told = ""; // the field whose source is shown
  let emptyToo = false;
  const groups = groupsOf(entity);

  const mayWrite = (field: Field): boolean => field.may === "write" && mayDoTo(entity, "change") && !record().deleted && !record().merged_into;

  /** Once the component itself has drawn what it was told: disabled, it takes no focus. */
  const focusSoon = (name: string): void => {
    requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(`edit-${name}`)?.focus()));
  };

  function begin(field: Field): void {
    if (!mayWrite(field) || editing?.busy) return;
    const kept = draftOf(entity.path, record().id)?.values[field.name];
    editing = { field, value: kept === undefined ? record().fields[field.name] : kept, problem: undefined, busy: false };
    context.update();
    focusSoon(field.name);
  }

  function end(): void {
    const name = editing?.field.name;
    if (name) dropDraft(entity.path, record().id);
    editing = undefined;
    context.update();
    requestAnimationFrame(() => requestAnimationFrame(() => name && document.getElementById(`value-${name}`)?.querySelector<HTMLElement>(".value-edit")?.focus()));
  }

  async function save(): Promise<void> {
    const one = editing;
    if (!one || one.busy) return;
    (document.activeElement as HTMLElement | null)?.blur?.(); // the control tells what was typed when it is left
    await Promise.resolve();
    const before = record();
    if (sameValue(one.value, before.fields[one.field.name])) return end();
    one.busy = true;
    one.problem = undefined;
    context.update();
    try {
      const after = await change(entity, before, { [one.field.name]: one.value });
      if (after) {
        await changed(after);
        saidSaved(entity, before, after, [one.field.name], (undone) => void changed(undone));
      }
      one.busy = false;
      return end();
    } catch (error) {
      one.busy = false;
      if (!(error instanceof Failure)) throw error;
      const problem = error.problem;
      one.problem = problem.problems?.find((other) => other.field === one.field.name)?.says ?? [problem.title, ...(problem.problems ?? []).map((other) => other.says), problem.hint ?? ""].join(" ");
      context.update();
      focusSoon(one.field.name);
    }
  }

  function onKey(event: KeyboardEvent): void {
    const inPopup = (event.target as HTMLElement & { open?: boolean }).open === true;
    if (event.key === "Escape" && !inPopup) {
      event.stopPropagation();
      end();
    } else if (event.key === "Enter" && !inPopup && (editing?.field.type !== "note" || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void save();
    }
  }

  function editor(one: Editing): TemplateResult {
    const inputId = `edit-${one.field.name}`;
    return html`<div class="value-editor" @keydown=${onKey}>
      ${fieldInput({
        field: one.field,
        id: inputId,
        name: one.field.label,
        value: one.value,
        problem: one.problem,
        required: one.field.required,
        disabled: one.busy,
        record: record(),
        changed: (value) => {
          one.value = value;
          one.problem = undefined;
          keepDraft(entity.path, record().id, { [one.field.name]: value });
          context.update();
        },
      })}
      ${one.problem ? html`<span class="form-problem" role="alert">${one.problem}</span>` : one.field.help ? html`<span class="form-help">${one.field.help}</span>` : nothing}
      <div class="actions">
        <ui5-button class="value-save" design="Emphasized" icon="accept" ?disabled=${one.busy} @click=${save}>${t("Save")}</ui5-button>
        <ui5-button design="Transparent" icon="decline" ?disabled=${one.busy} @click=${end}>${t("Cancel")}</ui5-button>
      </div>
    </div>`;
  }

  function quality(field: Field, known: Provenance): { sign: string; says: string } {
    const days = (Date.now() - new Date(known.verified_at ?? known.collected_at ?? known.at).getTime()) / 86400000;
    if (field.fresh_days !== undefined && days > field.fresh_days)
      return { sign: "stale", says: tn("Old: not looked at for more than {count} day", "Old: not looked at for more than {count} days", field.fresh_days) };
    if (known.verified_at) return { sign: "verified", says: t("Verified") };
    if (verifiable.has(field.type)) return { sign: "unverified", says: t("Not verified") };
    return { sign: "plain", says: t("Where it comes from") };
  }

  async function verify(field: Field, known: Provenance): Promise<void> {
    const now = record();
    try {
      const stated = { [field.name]: { source: known.source, collected_at: known.collected_at, verified_at: new Date().toISOString(), verified_by: whoAmI()?.name ?? null } };
      await askServer(`/${entity.path}/${now.id}`, { method: "PATCH", body: { fields: {}, provenance: stated }, headers: { "If-Match": `"${now.version}"` } });
      await changed(now);
      toast(t("{field} is verified.", { field: field.label }));
    } catch (error) {
      toast(error instanceof Failure ? error.problem.title : String(error));
    }
  }

  function source(field: Field, known: Provenance): TemplateResult {
    const from = known.file ? (known.row ? t("{file}, row {row}", { file: known.file, row: known.row }) : known.file) : (known.source ?? t("entered by hand"));
    const line = (title: string, text: string | TemplateResult): TemplateResult => html`<dt>${title}</dt><dd>${text}</dd>`;
    return html`<div class="value-source" id=${`source-${field.name}`}>
      <dl>
        ${line(t("Source"), html`<bdi>${from}</bdi>`)} ${line(t("Since"), t("{when}, by {who}", { when: formatInstant(known.at), who: known.by }))}
        ${known.collected_at ? line(t("Collected"), formatInstant(known.collected_at)) : nothing} ${known.merged_from ? line(t("Merged"), t("It came with a record that was merged into this one.")) : nothing}
        ${known.basis.length ? line(t("Basis"), known.basis.map(basisName).join(", ")) : nothing}
        ${line(t("Verified"), known.verified_at ? t("{when}, by {who}", { when: formatInstant(known.verified_at), who: known.verified_by ?? t("somebody") }) : t("Never"))}
      </dl>
      ${mayWrite(field) ? html`<ui5-button design="Transparent" icon="accept" @click=${() => verify(field, known)}>${t("I have verified it")}</ui5-button>` : nothing}
    </div>`;
  }

  function row(field: Field): TemplateResult {
    const now = record(), value = now.fields[field.name], known = now.provenance?.[field.name];
    const sign = known && !isEmpty(value) ? quality(field, known) : undefined;
    const open = told === field.name;
    return html`<div class="value-row" id=${`value-${field.name}`} ?data-note=${field.type === "note"}>
      <dt>${field.label}</dt>
      <dd>
        ${editing?.field === field
          ? editor(editing)
          : html`<span class="value-shown" @dblclick=${() => begin(field)}>${isEmpty(value) ? html`<span class="muted" aria-label=${t("nothing")}>–</span>` : valueView(field, value, now)}</span>
              <span class="value-tools">
                ${sign && known
                  ? html`<button type="button" class="value-sign" data-sign=${sign.sign} aria-expanded=${open} title=${`${sign.says}${between()}${formatAge(known.verified_at ?? known.at)}`} aria-label=${t("{field}: {says}", { field: field.label, says: sign.says })} @click=${() => ((told = open ? "" : field.name), context.update())}></button>`
                  : nothing}
                ${mayWrite(field)
                  ? html`<button type="button" class="value-edit" aria-label=${t("Change {field}", { field: field.label })} @click=${() => begin(field)}><ui5-icon name="edit"></ui5-icon></button>`
                  : nothing}
              </span>
              ${open && known ? source(field, known) : nothing}`}
      </dd>
    </div>`;
  }

  const isShown = (field: Field): boolean => emptyToo || editing?.field === field || !isEmpty(record().fields[field.name]);

  return {
    unsaved: () => editing !== undefined && !sameValue(editing.value, record().fields[editing.field.name]),
    view: () => {
      const shown = groups.map((group) => ({ ...group, fields: group.fields.filter(isShown) })).filter((group) => group.fields.length > 0);
      return html`<section class="card details" aria-labelledby="details-title">
        <div class="details-head">
          <h2 id="details-title">${t("Details")}</h2>
          <button type="button" class="chip details-empty" aria-pressed=${emptyToo} @click=${() => ((emptyToo = !emptyToo), context.update())}>${t("Empty fields too")}</button>
        </div>
        ${shown.map((group) => html`<section class="details-group"><h3>${group.title}</h3><dl>${group.fields.map(row)}</dl></section>`)}
      </section>`;
    },
  };
}
