// A new record, or a whole one to be changed: fields from the model, what is wrong with them in the server's words.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Link.js";
import "@ui5/webcomponents/dist/MessageStrip.js";
import "@ui5/webcomponents-icons/dist/add.js";
import "../../styles/form.css";
import { ask as askServer, Failure, unreachable, get, type Problem } from "../../api/http";
import type { Entity, Field, RecordJson, Value } from "../../api/types";
import { go, href, type Context, type Page } from "../../app/router";
import { entityNamed, entityOf, whoAmI } from "../../app/session";
import { formatAge } from "../../i18n/format";
import { t } from "../../i18n/text";
import { ask, confirmed } from "../../ui/dialog";
import { fieldInput, sameValue } from "../../ui/field_input";
import { problemStrip } from "../../ui/problem";
import { toast } from "../../ui/toast";
import { recordTitle } from "../../ui/value";
import { change, remove, saidSaved } from "./change";
import { draftOf, dropDraft, keepDraft } from "./draft";
import { groupsOf, isMain, type FieldGroup } from "./groups";
import { likelyList, likelyRecords, likelyStrip, type Likely } from "./likely";
import { openedOf } from "./opened";

interface Checked {
  problems: { field: string | null; value: string | null; says: string }[];
  likely: Likely[];
}

type LikelyRecord = RecordJson & { sure: number };

/** Values that an address gives a new record: links by id, texts as they are. */
function given(entity: Entity, query: URLSearchParams): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const [name, text] of query) {
    const field = entity.fields.find((one) => one.name === name && one.may === "write");
    if (field) values[name] = field.type === "link" ? { id: text, reference: null } : text;
  }
  return values;
}

/** Whoever writes a record of one's own house is its owner, unless said otherwise. */
function ownerOf(entity: Entity): Record<string, Value> {
  const mine = whoAmI()?.staff;
  const owner = entity.fields.find((one) => one.name === "owner" && one.to === "staff" && one.may === "write");
  return owner && mine ? { owner: { id: mine, reference: null } } : {};
}

export async function openForm(context: Context): Promise<Page> {
  const { path = "", id } = context.parts;
  const entity = entityOf(path);
  if (!entity) return (await import("../missing")).openMissing();
  const before = id ? await openedOf(context, entity, id) : undefined;
  return form(context, entity, before);
}

async function form(context: Context, entity: Entity, before: RecordJson | undefined): Promise<Page> {
  const update = context.update;
  const draftId = before?.id ?? "new";
  const draft = draftOf(entity.path, draftId);
  const start: Record<string, Value> = before ? {} : { ...ownerOf(entity), ...given(entity, context.query) };
  let values: Record<string, Value> = { ...start, ...draft?.values }; // what differs from `before`
  const linked: Record<string, RecordJson | null> = { ...before?.linked };
  const touched = new Set<string>(Object.keys(draft?.values ?? {}));
  const asked = new Set<string>(); // what the server said is required here
  const groups = groupsOf(entity, true);
  let all = before !== undefined;
  let checked: Checked = { problems: [], likely: [] };
  let likely: LikelyRecord[] = [];
  let failure: unknown;
  let tried = false, busy = false, done = false;
  let draftShown = draft !== undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let key = crypto.randomUUID();
  let turn = 0;

  await Promise.all(
    Object.entries(values).map(async ([name, value]) => {
      const target = entityNamed(entity.fields.find((one) => one.name === name)?.to ?? "");
      if (!target || typeof value !== "object" || value === null || !("id" in value) || !value.id || linked[name]) return;
      linked[name] = await get<RecordJson>(`/${target.path}/${value.id}`).catch(() => null);
    }),
  );

  const seen = (): RecordJson => ({
    ...(before ?? { id: "", version: 0, created_at: "", changed_at: "", deleted: false, source_id: null, fields: {} }),
    fields: { ...before?.fields, ...values },
    linked,
  });
  const valueOf = (field: Field): Value => (field.name in values ? values[field.name] : before?.fields[field.name]);
  const changes = (): Record<string, Value> =>
    Object.fromEntries(Object.entries(values).filter(([name, value]) => !sameValue(value, before ? before.fields[name] : undefined)));
  const dirty = (): boolean => !done && Object.entries(changes()).some(([name, value]) => !sameValue(value, start[name]));

  function set(field: Field, value: Value, record?: RecordJson): void {
    values = { ...values, [field.name]: value };
    touched.add(field.name);
    if (record) linked[field.name] = record;
    else delete linked[field.name];
    if (field.type === "choice") asked.clear();
    keepDraft(entity.path, draftId, dirty() ? changes() : {});
    key = crypto.randomUUID();
    if (failure instanceof Failure && failure.problem.type === unreachable) failure = undefined; // half a word is not saved by itself
    clearTimeout(timer);
    timer = setTimeout(look, 350);
    update();
  }

  /** Whole, as it would stand: for the server to look at. */
  const whole = (): Record<string, Value> => {
    const fields: Record<string, Value> = {};
    for (const field of entity.fields) {
      const value = valueOf(field);
      if (field.may === "write" && value !== null && value !== undefined && value !== "") fields[field.name] = value;
    }
    return fields;
  };

  /** Nothing is asked before somebody typed something: what the form begins with is half a record, which is no mistake of anybody. */
  function look(): void {
    if (dirty()) return void check();
    turn++;
    checked = { problems: [], likely: [] };
    likely = [];
    update();
  }

  async function check(): Promise<void> {
    const mine = ++turn;
    try {
      const answer = await askServer<{ likely: Likely[] }>(`/${entity.path}/check`, { method: "POST", body: { fields: whole() }, signal: context.signal });
      if (mine !== turn) return;
      await took({ problems: [], ...answer.data });
    } catch (error) {
      if (mine !== turn || !(error instanceof Failure) || error.status !== 422) return; // the frame says when the server is away
      await took({ problems: error.problem.problems ?? [], likely: (error.problem.likely ?? []) as Likely[] });
    }
  }

  async function took(next: Checked): Promise<void> {
    checked = next;
    for (const one of next.problems) if (one.field && one.value === null) asked.add(one.field);
    update();
    const records = await likelyRecords(entity, next.likely.filter((one) => one.id !== before?.id));
    if (checked !== next) return;
    likely = records;
    update();
  }

  const problemOf = (field: Field): string | undefined => {
    const one = checked.problems.find((problem) => problem.field === field.name);
    if (!one || (!tried && (!touched.has(field.name) || one.value === null))) return undefined;
    return one.says;
  };

  async function save(): Promise<void> {
    if (busy) return;
    (document.activeElement as HTMLElement | null)?.blur?.(); // controls tell what was typed when they are left
    await Promise.resolve();
    clearTimeout(timer);
    busy = true;
    failure = undefined;
    tried = true;
    update();
    try {
      const record = before ? await saveChanges(before) : await create("refuse");
      if (record) left(record);
    } catch (error) {
      await refused(error);
    }
    busy = false;
    update();
  }

  async function create(duplicates: "refuse" | "warn"): Promise<RecordJson | undefined> {
    const answer = await askServer<{ record: RecordJson }>(`/${entity.path}`, {
      method: "POST",
      body: { fields: whole(), duplicates },
      headers: { "Idempotency-Key": `${key}-${duplicates}` },
    });
    const record = answer.data.record;
    toast(t("{name} is saved.", { name: recordTitle(entity, record) }), () => {
      remove(entity, record)
        .then(() => go(`/${entity.path}`))
        .catch((error: unknown) => toast(error instanceof Failure ? error.problem.title : String(error)));
    });
    return record;
  }

  async function saveChanges(record: RecordJson): Promise<RecordJson | undefined> {
    const wanted = changes();
    if (Object.keys(wanted).length === 0) return record;
    const after = await change(entity, record, wanted);
    if (after) saidSaved(entity, record, after, Object.keys(wanted), () => dispatchEvent(new HashChangeEvent("hashchange")));
    return after;
  }

  function left(record: RecordJson): void {
    done = true;
    dropDraft(entity.path, draftId);
    go(`/${entity.path}/${record.id}`, true);
  }

  async function refused(error: unknown): Promise<void> {
    const problem: Problem | undefined = error instanceof Failure ? error.problem : undefined;
    const same = (problem?.likely ?? []) as Likely[];
    // A rule about the whole record names neither field nor value; a likely duplicate names the other record as its value.
    const values = (problem?.problems ?? []).filter((one) => one.field !== null || one.value === null);
    if (same.length > 0 && values.length === 0) return same.length ? asSame(same) : undefined;
    failure = error;
    if (problem?.problems) await took({ problems: problem.problems, likely: same });
    all = all || values.some((one) => one.field !== null && !isShown(one.field));
    update();
    requestAnimationFrame(() => document.getElementById("form-problems")?.focus());
  }

  /** The server is nearly sure that it is there already: asked once more, then it is a pair to be looked at. */
  async function asSame(same: Likely[]): Promise<void> {
    const records = await likelyRecords(entity, same);
    likely = records;
    const record = await ask<RecordJson>({
      title: t("Probably there already"),
      does: t("Save it as another one"),
      wide: true,
      view: () => html`<p>${t("A record that is kept twice is wrong twice. Open the one that is there, unless you know that they are two.")}</p>
        <div @click=${closeOnLink}>${likelyList(entity, records)}</div>
        <p class="muted">${t("If you save it all the same, a steward is asked to compare them.")}</p>`,
      act: () => create("warn"),
    });
    if (record) left(record);
  }

  function closeOnLink(event: Event): void {
    const dialog = (event.currentTarget as HTMLElement).closest("ui5-dialog");
    if ((event.target as HTMLElement).tagName === "A" && dialog) (dialog as HTMLElement & { open: boolean }).open = false;
  }

  const isShown = (name: string | null): boolean => {
    const field = entity.fields.find((one) => one.name === name);
    return all || (field !== undefined && (isMain(entity, field) || asked.has(field.name) || field.name in values));
  };

  async function discard(): Promise<void> {
    if (dirty() && !(await confirmed(t("Leave without saving?"), t("What you typed is thrown away."), t("Throw it away"), true))) return;
    done = true;
    dropDraft(entity.path, draftId);
    go(before ? `/${entity.path}/${before.id}` : `/${entity.path}`);
  }

  function anew(): void {
    values = { ...start };
    touched.clear();
    draftShown = false;
    checked = { problems: [], likely: [] };
    likely = [];
    dropDraft(entity.path, draftId);
    update();
  }

  const onKey = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || (event.key !== "Enter" && event.key.toLowerCase() !== "s") || document.querySelector("ui5-dialog[open]")) return;
    event.preventDefault();
    void save();
  };
  addEventListener("keydown", onKey);
  if (draft) void check();

  function fieldView(field: Field): TemplateResult {
    const inputId = `field-${field.name}`;
    const problem = problemOf(field);
    const required = field.required || asked.has(field.name);
    return html`<div class="form-field" ?data-wide=${field.type === "note" || field.type === "address"}>
      <ui5-label for=${inputId} ?required=${required} wrapping-type="Normal">${field.label}</ui5-label>
      ${fieldInput({ field, id: inputId, value: valueOf(field), problem, required, record: seen(), changed: (value, record) => set(field, value, record) })}
      ${problem ? html`<span class="form-problem">${problem}</span>` : field.help ? html`<span class="form-help">${field.help}</span>` : nothing}
    </div>`;
  }

  function groupView(group: FieldGroup): TemplateResult | typeof nothing {
    const fields = group.fields.filter((field) => isShown(field.name));
    if (fields.length === 0) return nothing;
    return html`<section class="card form-group" aria-labelledby=${`group-${group.id}`}>
      <h2 id=${`group-${group.id}`}>${group.title}</h2>
      <div class="form-fields">${fields.map(fieldView)}</div>
    </section>`;
  }

  function summary(): TemplateResult | typeof nothing {
    if (failure === undefined) return nothing;
    const problems = failure instanceof Failure ? (failure.problem.problems ?? []) : [];
    if (problems.length === 0) return problemStrip(failure, () => void save());
    return html`<div id="form-problems" tabindex="-1" role="alert">
      <ui5-message-strip design="Negative" hide-close-button>
        <strong>${failure instanceof Failure ? failure.problem.title : ""}</strong>
        <ul class="form-problems">
          ${problems.map((one) => {
            const field = entity.fields.find((other) => other.name === one.field);
            if (!one.field) return html`<li>${one.says}</li>`; // of the record as a whole
            return html`<li>
              <a href=${location.hash} @click=${(event: Event) => (event.preventDefault(), document.getElementById(`field-${one.field}`)?.focus())}>${field?.label ?? one.field}</a>: ${one.says}
            </li>`;
          })}
        </ul>
      </ui5-message-strip>
    </div>`;
  }

  const heading = (): string => (before ? t("Change {name}", { name: recordTitle(entity, before) }) : t("New: {entity}", { entity: entity.label }));
  const more = groups.flatMap((group) => group.fields).length;

  return {
    title: heading,
    unsaved: dirty,
    leave: () => {
      clearTimeout(timer);
      removeEventListener("keydown", onKey);
    },
    view: () => html`<div class="page form">
      <nav class="crumbs" aria-label=${t("Where this is")}>
        <a href=${href(`/${entity.path}`)}>${entity.plural}</a>${before ? html`<a href=${href(`/${entity.path}/${before.id}`)}><bdi>${recordTitle(entity, before)}</bdi></a>` : nothing}
      </nav>
      <div class="page-head"><h1>${heading()}</h1></div>
      ${draftShown && draft
        ? html`<ui5-message-strip design="Information" hide-close-button>
            ${t("This is what you typed {when} and did not save.", { when: formatAge(draft.at) })} <ui5-link accessible-role="Button" @click=${anew}>${t("Begin anew")}</ui5-link>
          </ui5-message-strip>`
        : nothing}
      ${summary()} ${likelyStrip(entity, likely)} ${groups.map(groupView)}
      ${!all && groups.flatMap((group) => group.fields).filter((field) => isShown(field.name)).length < more
        ? html`<div><ui5-button design="Transparent" icon="add" @click=${() => ((all = true), update())}>${t("Show all fields")}</ui5-button></div>`
        : nothing}
      <div class="form-foot">
        <ui5-button class="form-save" design="Emphasized" ?disabled=${busy} @click=${save}>${t("Save")}</ui5-button>
        <ui5-button design="Transparent" @click=${discard}>${t("Cancel")}</ui5-button>
        <span class="muted form-keys">${t("Ctrl S saves")}</span>
      </div>
    </div>`,
  };
}
