// Converting a record, such as a lead: what it becomes is shown first, with those that are likely there already, and can be taken back.
import { html, nothing, type TemplateResult } from "lit-html";
import { post } from "../../api/http";
import type { ConvertStep, Entity, RecordJson } from "../../api/types";
import { entityNamed, mayDoTo } from "../../app/session";
import { between, formatPercent } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { ask } from "../../ui/dialog";
import { problemStrip } from "../../ui/problem";
import { isLink, recordTitle } from "../../ui/value";
import { addressOf } from "./change";
import { factsOf, likelyRecords, type Likely } from "./likely";

interface Step {
  entity: string;
  made: boolean;
  used: boolean;
  record?: RecordJson;
  likely: Likely[];
}

interface Converted {
  already: boolean;
  record: RecordJson;
  steps: Step[];
  linked: number;
  left: number;
}

interface Unconverted {
  deleted: number;
  changed: number;
  kept: { entity: string; id: string; field: string | null; says: string }[];
}

/** Whether it was converted, by the values that a conversion sets. */
export function isConverted(entity: Entity, record: RecordJson): boolean {
  const marks = Object.entries(entity.convert?.marks ?? {});
  return marks.length > 0 && marks.every(([name, value]) => record.fields[name] === value);
}

export function mayConvert(entity: Entity): boolean {
  const makes = (step: ConvertStep): boolean => {
    const target = entityNamed(step.entity);
    return target !== undefined && mayDoTo(target, "create");
  };
  return mayDoTo(entity, "change") && (entity.convert?.steps ?? []).some(makes);
}

/** What it became: the records that its links lead to. */
export function becameOf(entity: Entity, record: RecordJson): { entity: Entity; record: RecordJson }[] {
  return (entity.convert?.steps ?? []).flatMap((step) => {
    const target = entityNamed(step.entity), link = entity.fields.find((field) => field.to === step.entity);
    const linked = link && isLink(record.fields[link.name]) ? record.linked?.[link.name] : undefined;
    return target && linked ? [{ entity: target, record: linked }] : [];
  });
}

/** `make`, `leave`, or the id of one that is there. */
type Choice = string;
type There = RecordJson & { sure?: number };

interface Part {
  step: ConvertStep;
  target: Entity;
  choice: Choice;
  made?: RecordJson;
  there: There[];
}

function bodyOf(parts: readonly Part[]): { use: Record<string, string>; make: string[] } {
  const used = parts.filter((part) => part.choice !== "make" && part.choice !== "leave");
  return { use: Object.fromEntries(used.map((part) => [part.step.entity, part.choice])), make: parts.filter((part) => part.choice === "make").map((part) => part.step.entity) };
}

/** Takes what a preview told; those that were found before stay to be chosen. */
async function learn(parts: Part[], told: Converted): Promise<void> {
  for (const part of parts) {
    const step = told.steps.find((one) => one.entity === part.step.entity);
    if (!step) continue;
    part.choice = step.made ? "make" : step.used && step.record ? step.record.id : "leave";
    if (step.made && step.record) part.made = step.record;
    const found: There[] = part.step.may_use ? await likelyRecords(part.target, step.likely) : [];
    if (step.used && step.record) found.push(step.record);
    part.there = [...part.there, ...found.filter((one) => part.there.every((other) => other.id !== one.id))];
  }
}

function choiceView(part: Part, choice: Choice, says: string, facts: string, choose: (choice: Choice) => void): TemplateResult {
  return html`<label class="convert-choice" ?data-chosen=${part.choice === choice}>
    <input type="radio" name=${`convert-${part.step.entity}`} value=${choice} .checked=${part.choice === choice} @change=${() => choose(choice)} />
    <span class="convert-what"><bdi>${says}</bdi>${facts ? html`<span class="muted"><bdi>${facts}</bdi></span>` : nothing}</span>
  </label>`;
}

function thereFacts(part: Part, one: There): string {
  const facts = factsOf(part.target, one, 2);
  const sure = one.sure === undefined ? "" : t("{sure} sure it is the same", { sure: formatPercent(Math.min(one.sure, 0.999), 1) });
  return [sure, facts].filter(Boolean).join(between());
}

function partView(part: Part, choose: (choice: Choice) => void): TemplateResult {
  const { target, made } = part;
  const called = made ? recordTitle(target, made) : "";
  return html`<fieldset class="convert-part" data-entity=${part.step.entity}>
    <legend>${target.label}</legend>
    ${mayDoTo(target, "create") ? choiceView(part, "make", called ? t("New: {name}", { name: called }) : t("A new one"), made ? factsOf(target, made) : "", choose) : nothing}
    ${part.there.map((one) => choiceView(part, one.id, recordTitle(target, one), thereFacts(part, one), choose))}
    ${choiceView(part, "leave", t("None"), "", choose)}
  </fieldset>`;
}

/** Asks what it becomes, and converts it; true where it was done. */
export async function convert(entity: Entity, record: RecordJson): Promise<boolean> {
  const address = `${addressOf(entity, record.id)}/convert`;
  const parts = (entity.convert?.steps ?? []).flatMap((step): Part[] => {
    const target = entityNamed(step.entity);
    return target ? [{ step, target, choice: "leave", there: [] }] : [];
  });
  let told = await post<Converted>(address, { dry_run: true });
  await learn(parts, told);
  let turn = 0, busy = false, failure: unknown;
  const look = async (update: () => void): Promise<void> => {
    const mine = ++turn;
    busy = true;
    update();
    try {
      const next = await post<Converted>(address, { ...bodyOf(parts), dry_run: true });
      if (mine !== turn) return;
      failure = undefined;
      told = next;
      await learn(parts, next);
    } catch (error) {
      if (mine === turn) failure = error;
    } finally {
      if (mine === turn) {
        busy = false;
        update();
      }
    }
  };
  const done = await ask<Converted>({
    title: t("Convert {name}", { name: recordTitle(entity, record) }),
    does: t("Convert"),
    act: () => (busy ? undefined : post<Converted>(address, bodyOf(parts))),
    view: (update) => html`${failure ? problemStrip(failure) : nothing}
      <p>${t("It becomes these, with its values, and stays linked to them:")}</p>
      <div class="convert" aria-busy=${busy ? "true" : "false"}>
        ${parts.map((part) => partView(part, (choice) => ((part.choice = choice), void look(update))))}
      </div>
      ${told.linked > 0 ? html`<p class="muted">${tn("{count} activity or other record is linked to them, too.", "{count} activities and other records are linked to them, too.", told.linked)}</p>` : nothing}`,
  });
  return done !== undefined;
}

/** Takes a conversion back, with a look at what goes and what stays; true where it was done. */
export async function unconvert(entity: Entity, record: RecordJson): Promise<boolean> {
  const address = `${addressOf(entity, record.id)}/unconvert`;
  const plan = await post<Unconverted>(address, { dry_run: true });
  const done = await ask<Unconverted>({
    title: t("Take the conversion back"),
    does: t("Take it back"),
    act: () => post<Unconverted>(address, { dry_run: false }),
    view: () => html`<p>${tn("{count} record that it made is deleted.", "{count} records that it made are deleted.", plan.deleted)} ${tn("{count} record gets back what it held.", "{count} records get back what they held.", plan.changed)}</p>
      ${plan.kept.length
        ? html`<p>${t("What was worked on since stays:")}</p>
            <ul>
              ${plan.kept.map((one) => html`<li>${entityNamed(one.entity)?.label ?? one.entity}: ${one.says}</li>`)}
            </ul>`
        : nothing}`,
  });
  return done !== undefined;
}
