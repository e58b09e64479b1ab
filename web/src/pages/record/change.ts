// Changing a record that others may change, too: what they changed is never overwritten in silence.
import { html } from "lit-html";
import { ask as askServer, Failure, get } from "../../api/http";
import type { Entity, RecordJson, Value } from "../../api/types";
import { t } from "../../i18n/text";
import { ask } from "../../ui/dialog";
import { sameValue } from "../../ui/field_input";
import { toast } from "../../ui/toast";
import { valueText } from "../../ui/value";

export type Changes = Record<string, Value>;

const tag = (record: RecordJson): string => `"${record.version}"`;
export const addressOf = (entity: Entity, id: string): string => `/${entity.path}/${id}`;

/** Changes fields of the version that `record` is; a conflict is a Failure with 412. */
async function send(entity: Entity, record: RecordJson, changes: Changes): Promise<RecordJson> {
  const answer = await askServer<RecordJson>(addressOf(entity, record.id), { method: "PATCH", body: { fields: changes }, headers: { "If-Match": tag(record) } });
  return answer.data;
}

export async function remove(entity: Entity, record: RecordJson): Promise<RecordJson> {
  return (await askServer<RecordJson>(addressOf(entity, record.id), { method: "DELETE", headers: { "If-Match": tag(record) } })).data;
}

export async function restore(entity: Entity, id: string): Promise<RecordJson> {
  return (await askServer<RecordJson>(`${addressOf(entity, id)}/restore`, { method: "POST" })).data;
}

interface Clash {
  name: string;
  mine: Value;
  theirs: Value;
}

/** Both values beside each other, for each field that both changed; gives which are to be kept. */
async function choose(entity: Entity, now: RecordJson, mineRecord: RecordJson, clashes: Clash[]): Promise<Changes | undefined> {
  const keepMine = new Set<string>();
  const shown = (name: string, value: Value, record: RecordJson): string => {
    const field = entity.fields.find((one) => one.name === name);
    return (field ? valueText(field, value, record) : "") || t("nothing");
  };
  return ask<Changes>({
    title: t("Somebody else saved first"),
    does: t("Save what is chosen"),
    wide: true,
    act: () => Object.fromEntries(clashes.filter((one) => keepMine.has(one.name)).map((one) => [one.name, one.mine])),
    view: (update) => html`<p>${t("While you were typing, these values were changed by somebody else. Choose what is to stand.")}</p>
      ${clashes.map((one) => {
        const label = entity.fields.find((field) => field.name === one.name)?.label ?? one.name;
        const option = (mine: boolean, says: string, value: string) =>
          html`<label class="clash-side" ?data-chosen=${keepMine.has(one.name) === mine}>
            <input
              type="radio"
              name=${`clash-${one.name}`}
              .checked=${keepMine.has(one.name) === mine}
              @change=${() => {
                if (mine) keepMine.add(one.name);
                else keepMine.delete(one.name);
                update();
              }}
            />
            <span class="muted">${says}</span><bdi class="clash-value">${value}</bdi>
          </label>`;
        return html`<fieldset class="clash">
          <legend>${label}</legend>
          ${option(false, t("Take theirs"), shown(one.name, one.theirs, now))} ${option(true, t("Keep mine"), shown(one.name, one.mine, mineRecord))}
        </fieldset>`;
      })}`,
  });
}

/**
 * Saves changes of what `record` was. Where somebody else saved first, what both changed is asked for and the rest is saved beside it.
 * Gives the record as it stands then, with what was changed; undefined where the person left the question.
 */
export async function change(entity: Entity, record: RecordJson, changes: Changes): Promise<RecordJson | undefined> {
  let base = record, wanted = changes;
  for (;;) {
    try {
      return await send(entity, base, wanted);
    } catch (error) {
      if (!(error instanceof Failure) || error.status !== 412) throw error;
    }
    const now = await get<RecordJson>(addressOf(entity, record.id));
    const before = base;
    const clashes = Object.entries(wanted).flatMap(([name, mine]): Clash[] => {
      const theirs = now.fields[name];
      return sameValue(theirs, before.fields[name]) || sameValue(theirs, mine) ? [] : [{ name, mine, theirs }];
    });
    base = now;
    if (clashes.length === 0) {
      toast(t("Somebody else changed other fields meanwhile; both changes stand."));
      continue;
    }
    const chosen = await choose(entity, now, record, clashes);
    if (!chosen) return undefined;
    const clashing = new Set(clashes.map((one) => one.name));
    wanted = { ...Object.fromEntries(Object.entries(wanted).filter(([name]) => !clashing.has(name))), ...chosen };
    if (Object.keys(wanted).length === 0) return now;
  }
}

/** Says that it is saved, and takes it back on demand. */
export function saidSaved(entity: Entity, before: RecordJson, after: RecordJson, names: readonly string[], then: (record: RecordJson) => void): void {
  toast(t("Saved"), () => {
    const former = Object.fromEntries(names.map((name) => [name, before.fields[name] ?? null]));
    change(entity, after, former)
      .then((record) => record && then(record))
      .catch((error: unknown) => toast(error instanceof Failure ? error.problem.title : String(error)));
  });
}
