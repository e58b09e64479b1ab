// Two records side by side: how they compare, which values survive, what a merge would bring; then it is done, and can be undone.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/MessageStrip.js";
import "../../styles/form.css";
import "../../styles/record.css";
import "../../styles/duplicates.css";
import { get } from "../../api/http";
import type { Entity, Field, RecordJson } from "../../api/types";
import { go, href, type Context, type Page } from "../../app/router";
import { entityNamed, entityOf, mayDoTo } from "../../app/session";
import { between, formatInstant, formatNumber, formatPercent } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { confirmed } from "../../ui/dialog";
import { sameValue } from "../../ui/field_input";
import { problemStrip } from "../../ui/problem";
import { toast } from "../../ui/toast";
import { isEmpty, recordTitle, valueView } from "../../ui/value";
import { withLinks } from "../record/opened";
import { decide, merge, neighbour, readPairs, keepQueue, unmerge, type Agreement, type Decision, type Merged, type Pair } from "./pairs";

export async function openCompare(context: Context): Promise<Page> {
  const { path = "", left = "", right = "" } = context.parts;
  const entity = entityOf(path);
  if (!entity) return (await import("../missing")).openMissing();
  const pair = await get<Pair>(`/${path}/${left}/duplicates/${right}`, undefined, context.signal);
  const [first, second] = await Promise.all([withLinks(entity, pair.left), withLinks(entity, pair.right)]);
  return compare(context, entity, { ...pair, left: first, right: second });
}

const filledFields = (record: RecordJson): number => Object.values(record.fields).filter((value) => !isEmpty(value)).length;

function compare(context: Context, entity: Entity, pair: Pair): Page {
  const records = [pair.left, pair.right] as const;
  // What is known more of survives, unless somebody chooses otherwise; of equals the older.
  let into: RecordJson = filledFields(pair.right) > filledFields(pair.left) ? pair.right : pair.left;
  const take: Record<string, string> = {};
  let plan: Merged | undefined, done: Merged | undefined;
  let failure: unknown;
  let busy = false;
  let turn = 0;
  const mayMerge = mayDoTo(entity, "merge") && !pair.left.merged_into && !pair.right.merged_into;
  const other = (): RecordJson => (into === pair.left ? pair.right : pair.left);
  const fields = entity.fields.filter((field) => !field.retired && records.some((record) => !isEmpty(record.fields[field.name])));

  async function look(): Promise<void> {
    if (!mayMerge) return;
    const mine = ++turn;
    try {
      const looked = await merge(entity, into.id, other().id, take, true);
      if (mine === turn) ((plan = looked), (failure = undefined));
    } catch (error) {
      if (mine === turn) ((plan = undefined), (failure = error));
    }
    context.update();
  }

  function survive(record: RecordJson): void {
    into = record;
    void look();
    context.update();
  }

  function choose(field: Field, record: RecordJson): void {
    take[field.name] = record.id;
    void look();
    context.update();
  }

  const next = (step: 1 | -1, drop: boolean): void => go(neighbour(pair.left.id, pair.right.id, step, drop));

  async function doing(work: () => Promise<void>): Promise<void> {
    if (busy) return;
    busy = true;
    context.update();
    try {
      await work();
    } catch (error) {
      failure = error;
    }
    busy = false;
    context.update();
  }

  const say = (decision: Decision): Promise<void> =>
    doing(async () => {
      await decide(entity, pair, decision);
      const words: Record<Decision, string> = { same: t("Said to be one."), different: t("Said to be two."), unsure: t("Left undecided."), open: t("Back in the queue.") };
      toast(words[decision], () => void decide(entity, pair, "open").then(() => go(`/duplicates/${entity.path}/${pair.left.id}/${pair.right.id}`)));
      next(1, true);
    });

  const doMerge = (): Promise<void> =>
    doing(async () => {
      if (!plan || done) return;
      const more = plan.gains.filter((one) => !one.loses);
      if (plan.said_different && !(await confirmed(t("Merge them all the same?"), t("Somebody said that they are two."), t("Merge"), true))) return;
      if (more.length > 0 && !(await confirmed(t("Merge?"), tn("{count} person will see more than before.", "{count} people will see more than before.", more.length), t("Merge")))) return;
      done = await merge(entity, into.id, other().id, take, false);
      toast(t("They are one record now."), () => void apart());
    });

  const apart = (): Promise<void> =>
    doing(async () => {
      await unmerge(entity, into.id);
      done = undefined;
      toast(t("The merge is taken apart."));
      await look();
    });

  function onKey(event: KeyboardEvent): void {
    const at = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("ui5-dialog[open]") || /^(INPUT|TEXTAREA|UI5-INPUT)$/.test(at.tagName)) return;
    const acts: Record<string, () => unknown> = {
      n: () => next(1, Boolean(done)),
      p: () => next(-1, false),
      m: () => mayMerge && doMerge(),
      s: () => !done && say("same"),
      d: () => !done && say("different"),
      u: () => !done && say("unsure"),
    };
    const act = acts[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  }
  addEventListener("keydown", onKey);
  void look();
  if (pair.queued) void readPairs(entity, "open", context.signal).then(({ pairs }) => keepQueue(entity, pairs)).catch(() => undefined);

  const levels: Record<Agreement["level"], string> = { differs: t("differs"), partly: t("partly alike"), near: t("nearly alike"), equal: t("alike") };
  const strongest = Math.max(1, ...pair.compared.map((one) => Math.abs(one.weight)));

  function weight(field: Field): TemplateResult | typeof nothing {
    const one = pair.compared.find((agreement) => agreement.field === field.name);
    if (!one) return nothing;
    return html`<span class="weight" data-side=${one.weight < 0 ? "against" : "for"}>
      <span>${levels[one.level]}</span><meter min="0" max=${strongest} .value=${Math.abs(one.weight)} aria-label=${t("Weight")}></meter><span class="number">${formatNumber(one.weight, { signDisplay: "always", maximumFractionDigits: 1 })}</span>
    </span>`;
  }

  function cell(field: Field, record: RecordJson): TemplateResult {
    const value = record.fields[field.name];
    const from = plan?.fields.find((one) => one.field === field.name)?.from ?? take[field.name];
    const differ = !sameValue(pair.left.fields[field.name], pair.right.fields[field.name]);
    const chosen = differ && from === record.id;
    const name = recordTitle(entity, record);
    return html`<td data-title=${name} ?data-chosen=${chosen} ?data-differs=${differ}>
      ${mayMerge && differ && !done && !isEmpty(value)
        ? html`<label class="survivor"><input type="radio" name=${`take-${field.name}`} aria-label=${t("{field} of {name}", { field: field.label, name })} .checked=${chosen} @change=${() => choose(field, record)} /><span>${valueView(field, value, record)}</span></label>`
        : html`<span>${isEmpty(value) ? html`<span class="muted" aria-label=${t("nothing")}>–</span>` : valueView(field, value, record)}</span>`}
    </td>`;
  }

  function head(record: RecordJson): TemplateResult {
    return html`<th scope="col">
      <a href=${href(`/${entity.path}/${record.id}`)}><bdi>${recordTitle(entity, record)}</bdi></a>
      <div class="muted">${t("since {when}", { when: formatInstant(record.created_at) })}</div>
      ${mayMerge && !done ? html`<label class="survivor"><input type="radio" name="into" .checked=${into === record} @change=${() => survive(record)} /><span>${t("This one stays")}</span></label>` : nothing}
    </th>`;
  }

  function preview(): TemplateResult | typeof nothing {
    if (!plan || done) return nothing;
    const moving = new Map<string, number>();
    for (const one of plan.links) moving.set(one.entity, (moving.get(one.entity) ?? 0) + 1);
    const more = plan.gains.filter((one) => !one.loses), less = plan.gains.filter((one) => one.loses);
    const labels = (names: string[]): string => names.map((name) => entity.fields.find((field) => field.name === name)?.label ?? name).join(", ");
    const people = (gains: Merged["gains"]): TemplateResult => html`<ul>${gains.slice(0, 12).map((one) => html`<li><bdi>${one.who}</bdi>${one.fields.length ? html`<span class="muted"> ${labels(one.fields)}</span>` : nothing}</li>`)}</ul>`;
    return html`<section class="card merge-plan" aria-labelledby="plan-title">
      <h2 id="plan-title">${t("What a merge would bring")}</h2>
      ${plan.said_different ? html`<ui5-message-strip design="Critical" hide-close-button>${t("Somebody said that they are two.")}</ui5-message-strip>` : nothing}
      <div class="cards">
        <div><h3>${t("What moves along")}</h3>
          ${moving.size ? html`<ul>${[...moving].map(([name, count]) => html`<li>${entityNamed(name)?.plural ?? name}: ${formatNumber(count)}</li>`)}</ul>` : html`<p class="muted">${t("Nothing links to the record that goes.")}</p>`}
        </div>
        <div><h3>${t("Who will see more")}</h3>${more.length ? people(more) : html`<p class="muted">${t("Nobody.")}</p>`}</div>
        ${less.length ? html`<div><h3>${t("Who will see less")}</h3>${people(less)}</div>` : nothing}
      </div>
    </section>`;
  }

  function result(): TemplateResult | typeof nothing {
    if (!done) return nothing;
    return html`<section class="card merge-done" role="status">
      <h2>${t("They are one record now.")}</h2>
      <p><a href=${href(`/${entity.path}/${done.record.id}`)}><bdi>${recordTitle(entity, done.record)}</bdi></a>${between()}${tn("{count} link moved", "{count} links moved", done.links.length)}</p>
      <div class="actions">
        <ui5-button class="merge-next" design="Emphasized" @click=${() => next(1, true)}>${t("Next pair")}</ui5-button>
        <ui5-button class="merge-apart" ?disabled=${busy} @click=${apart}>${t("Take the merge apart")}</ui5-button>
      </div>
    </section>`;
  }

  function actions(): TemplateResult | typeof nothing {
    if (done) return nothing;
    const button = (name: string, key: string, text: string, act: () => unknown): TemplateResult => html`<ui5-button class=${`pair-${name}`} ?disabled=${busy} tooltip=${t("Key {key}", { key })} @click=${act}>${text}</ui5-button>`;
    return html`<div class="form-foot pair-foot">
      ${mayMerge ? html`<ui5-button class="pair-merge" design="Emphasized" ?disabled=${busy || !plan} tooltip=${t("Key {key}", { key: "M" })} @click=${doMerge}>${t("Merge")}</ui5-button>` : nothing}
      ${button("different", "D", t("They are two"), () => say("different"))} ${button("unsure", "U", t("Undecided"), () => say("unsure"))} ${button("next", "N", t("Next"), () => next(1, false))}
      <span class="muted form-keys">${t("Keys: M merge, S one, D two, U undecided, N next, P before")}</span>
    </div>`;
  }

  return {
    title: () => t("Compare"),
    leave: () => removeEventListener("keydown", onKey),
    view: () => html`<div class="page compare">
      <nav class="crumbs" aria-label=${t("Where this is")}><a href=${href("/duplicates", { entity: entity.path })}>${t("Duplicates")}</a></nav>
      <div class="page-head">
        <h1>${t("One or two?")}</h1>
        ${pair.sure === null ? nothing : html`<span class="compare-sure">${t("{sure} sure that they are one", { sure: formatPercent(Math.min(pair.sure, 0.9999), 2) })}</span>`}
      </div>
      ${failure === undefined ? nothing : problemStrip(failure, () => void look())} ${result()}
      <div class="table-place">
        <table class="table compare-table">
          <thead>
            <tr><th scope="col">${t("Field")}</th>${records.map(head)}<th scope="col">${t("How they compare")}</th></tr>
          </thead>
          <tbody>
            ${fields.map((field) => html`<tr><th scope="row">${field.label}</th>${records.map((record) => cell(field, record))}<td>${weight(field)}</td></tr>`)}
          </tbody>
        </table>
      </div>
      ${pair.more_compared ? html`<p class="muted">${t("Fields that you may not see were compared, too.")}</p>` : nothing} ${preview()} ${actions()}
    </div>`,
  };
}
