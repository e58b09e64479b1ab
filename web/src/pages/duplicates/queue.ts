// All pairs that somebody should look at, the surest first; many decided at once.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/CheckBox.js";
import type CheckBox from "@ui5/webcomponents/dist/CheckBox.js";
import "../../styles/record.css";
import "../../styles/duplicates.css";
import { Failure, get, post } from "../../api/http";
import type { Entity } from "../../api/types";
import { go, href, type Context, type Page } from "../../app/router";
import { mayBegin } from "../../app/session";
import { between, formatNumber, formatPercent } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { problemStrip } from "../../ui/problem";
import { empty, loading, nextStep } from "../../ui/states";
import { toast } from "../../ui/toast";
import { recordTitle } from "../../ui/value";
import { factsOf } from "../record/likely";
import { keepQueue, mergeable, readPairs, type Decision, type Pair } from "./pairs";

interface DecisionRow {
  status: number;
}

const SHOWN = 60;

export async function openDuplicates(context: Context): Promise<Page> {
  const all = mergeable();
  const counted = await Promise.all(
    all.map((one) =>
      get<{ pairs: Pair[] }>(`/${one.path}/duplicates`, { limit: 1 }, context.signal)
        .then((page) => page.pairs.length > 0)
        .catch(() => false),
    ),
  );
  const filled = all.filter((_one, at) => counted[at]);
  const wanted = context.query.get("entity");
  const entity = all.find((one) => one.path === wanted) ?? filled[0] ?? all.find((one) => one.name === "contact") ?? all[0];
  return queue(context, entity, filled);
}

function queue(context: Context, entity: Entity | undefined, filled: Entity[]): Page {
  const states: [string, string][] = [
    ["open", t("To be decided")],
    ["unsure", t("Undecided")],
    ["same", t("Said to be one")],
    ["different", t("Said to be two")],
  ];
  const state = states.find(([one]) => one === context.query.get("state"))?.[0] ?? "open";
  let pairs: Pair[] | undefined;
  let more = false, busy = false;
  let shown = SHOWN;
  let failure: unknown;
  const chosen = new Set<Pair>();

  async function load(): Promise<void> {
    if (!entity) return;
    try {
      const read = await readPairs(entity, state, context.signal);
      pairs = read.pairs;
      more = read.more;
      keepQueue(entity, pairs);
    } catch (error) {
      if (!context.signal.aborted) failure = error;
    }
    chosen.clear();
    context.update();
  }

  async function decideAll(decision: Decision, back?: Pair[]): Promise<void> {
    if (!entity || busy) return;
    busy = true;
    context.update();
    const these = back ?? [...chosen];
    try {
      const answer = await post<{ rows: DecisionRow[] }>(`/${entity.path}/duplicates`, { decisions: these.map((pair) => ({ left: pair.left.id, right: pair.right.id, decision })) });
      const done = answer.rows.filter((row) => row.status < 300).length;
      const refused = these.length - done;
      const says = tn("{count} pair decided.", "{count} pairs decided.", done);
      toast(refused > 0 ? `${says} ${tn("{count} was refused.", "{count} were refused.", refused)}` : says, back ? undefined : () => void decideAll(state as Decision, these));
    } catch (error) {
      toast(error instanceof Failure ? error.problem.title : String(error));
    }
    busy = false;
    await load();
  }

  const addressOf = (pair: Pair): string => `/duplicates/${entity?.path}/${pair.left.id}/${pair.right.id}`;
  const link = (path: string, to: string): string => href("/duplicates", { entity: path, state: to === "open" ? undefined : to });

  function select(pair: Pair, on: boolean): void {
    if (on) chosen.add(pair);
    else chosen.delete(pair);
    context.update();
  }

  function pairView(pair: Pair): TemplateResult {
    if (!entity) return html``;
    const left = recordTitle(entity, pair.left), right = recordTitle(entity, pair.right);
    const side = (record: Pair["left"], name: string): TemplateResult =>
      html`<span class="pair-side"><strong><bdi>${name}</bdi></strong><span class="muted"><bdi>${factsOf(entity, record, 3)}</bdi></span></span>`;
    return html`<li class="pair">
      <ui5-checkbox accessible-name=${t("Choose {left} and {right}", { left, right })} ?checked=${chosen.has(pair)} @change=${(event: Event) => select(pair, (event.target as CheckBox).checked)}></ui5-checkbox>
      <span class="pair-sure">${pair.sure === null ? "?" : formatPercent(Math.min(pair.sure, 0.9999), 1)}</span>
      ${side(pair.left, left)} ${side(pair.right, right)}
      <a class="pair-open" href=${href(addressOf(pair))} aria-label=${t("Compare {left} and {right}", { left, right })}>${t("Compare")}</a>
    </li>`;
  }

  function bar(): TemplateResult {
    const every = pairs !== undefined && pairs.length > 0 && chosen.size === Math.min(shown, pairs.length);
    const button = (decision: Decision, text: string): TemplateResult => html`<ui5-button design="Transparent" ?disabled=${chosen.size === 0 || busy} @click=${() => decideAll(decision)}>${text}</ui5-button>`;
    return html`<div class="pair-bar">
      <ui5-checkbox
        text=${chosen.size ? tn("{count} chosen", "{count} chosen", chosen.size) : t("Choose all shown")}
        ?checked=${every}
        @change=${(event: Event) => {
          chosen.clear();
          if ((event.target as CheckBox).checked) for (const pair of (pairs ?? []).slice(0, shown)) chosen.add(pair);
          context.update();
        }}
      ></ui5-checkbox>
      <span class="actions">
        ${state === "different" ? nothing : button("different", t("They are two"))} ${state === "same" ? nothing : button("same", t("They are one"))} ${state === "unsure" ? nothing : button("unsure", t("Undecided"))}
        ${state === "open" ? nothing : button("open", t("Back to the queue"))}
      </span>
    </div>`;
  }

  function list(): TemplateResult {
    if (failure !== undefined) return problemStrip(failure, () => ((failure = undefined), void load())) as TemplateResult;
    if (!entity) return empty(t("Nothing to decide"), t("You may merge records of no kind: who may is a data steward, and whoever runs this workspace gives that role."), nextStep(t("To the start"), "/"));
    if (!pairs) return loading(8);
    if (pairs.length === 0 && state !== "open") return empty(t("Nothing here"), t("What was decided of two records stands here, and can be decided otherwise."), nextStep(t("To be decided"), link(entity.path, "open").slice(1)));
    if (pairs.length === 0)
      return empty(t("Nothing to decide"), t("Records that are likely one come here when they are entered or imported, and when an audit finds them."), mayBegin("audit") ? nextStep(t("Audit this workspace"), "/audit") : undefined);
    return html`${bar()}
      <ul class="pairs">
        ${pairs.slice(0, shown).map(pairView)}
      </ul>
      ${pairs.length > shown ? html`<ui5-button design="Transparent" @click=${() => ((shown += SHOWN), context.update())}>${t("Show more")}</ui5-button>` : nothing}
      ${more ? html`<p class="muted">${t("There are more than {count} pairs; these are the first of them.", { count: pairs.length })}</p>` : nothing}`;
  }

  void load();
  return {
    title: () => t("Duplicates"),
    view: () => html`<div class="page">
      <div class="page-head">
        <h1>${t("Duplicates")}</h1>
        ${pairs?.length && state === "open" ? html`<ui5-button design="Emphasized" @click=${() => pairs?.[0] && go(addressOf(pairs[0]))}>${t("Begin with the surest")}</ui5-button>` : nothing}
      </div>
      ${filled.length > 1 ? html`<div class="tabs">${filled.map((one) => html`<a href=${link(one.path, state)} aria-current=${one === entity ? "page" : nothing}>${one.plural}</a>`)}</div>` : nothing}
      <section class="card">
        <nav class="chips" aria-label=${t("Which pairs")}>
          ${states.map(([one, text]) => html`<a class="chip" href=${link(entity?.path ?? "", one)} aria-current=${one === state ? "true" : nothing}>${text}${one === state && pairs ? `${between()}${formatNumber(pairs.length)}` : ""}</a>`)}
        </nav>
        ${list()}
      </section>
    </div>`,
  };
}
