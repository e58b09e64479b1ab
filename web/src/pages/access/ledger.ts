// The ledger itself: its signed head, checking it whole, and the proof of one event to take away.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import { get, post } from "../../api/http";
import { ended, type Job } from "../../api/job";
import { go, type Context, type Page } from "../../app/router";
import { formatDigits, formatInstant, formatNumber } from "../../i18n/format";
import { t } from "../../i18n/text";
import { plainDigits } from "../../ui/calendar_text";
import { keep } from "../../ui/download";
import { problemStrip } from "../../ui/problem";
import { toast } from "../../ui/toast";
import { kindView, type LedgerEvent } from "./log";
import { room } from "./rooms";
import { wayWord } from "./words";

interface Head {
  size: number;
  root: string;
  at: string;
  note: string;
  key: string;
}

interface Inclusion {
  index: number;
  size: number;
  leaf: string;
  path: string[];
  root: string;
  note: string;
  event: Record<string, unknown>;
}

async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  toast(t("Copied."));
}

export function openLedger(context: Context): Page {
  let job: Job | undefined, failure: unknown, wanted = "";

  async function verify(): Promise<void> {
    failure = undefined;
    try {
      const told = (now: Job): void => {
        job = now;
        context.update();
      };
      told(await post<Job>("/ledger/verify", {}));
      if (job) job = await ended(job, told, context.signal);
    } catch (error) {
      if (!context.signal.aborted) failure = error;
    }
    context.update();
  }

  const facts = (head: Head): TemplateResult => html`<section class="card stack" aria-labelledby="ledger-head">
    <h2 id="ledger-head">${t("The signed head")}</h2>
    <p class="muted">${t("It stands for every event so far: change one, and no head that was given out fits any more. Give it to your auditor, publish it, keep it elsewhere.")}</p>
    <dl class="facts">
      <div><dt>${t("Events")}</dt><dd class="number">${formatNumber(head.size)}</dd></div>
      <div><dt>${t("Signed")}</dt><dd>${formatInstant(head.at)}</dd></div>
      <div><dt>${t("Root")}</dt><dd class="mono">${head.root}</dd></div>
      <div><dt>${t("Key that checks it")}</dt><dd class="mono">${head.key}</dd></div>
    </dl>
    <div class="actions">
      <ui5-button @click=${() => void copy(head.note)}>${t("Copy the head")}</ui5-button>
      <ui5-button @click=${() => keep(`probity-head-${head.size}.txt`, new Blob([head.note], { type: "text/plain" }))}>${t("Download the head")}</ui5-button>
    </div>
  </section>`;

  function state(): TemplateResult | typeof nothing {
    if (!job) return nothing;
    if (job.state === "done") return html`<p role="status"><span class="tag tag-good">${t("unaltered")}</span> ${t("Every page, event, payload, head and record fits.")}</p>`;
    if (job.state === "failed") return html`<p role="status"><span class="tag tag-bad">${t("it does not fit")}</span> ${job.problem?.title ?? ""}</p>`;
    return html`<p role="status">${t("Being checked …")}</p>`;
  }

  return room<Head>(context, {
    title: () => t("Ledger"),
    load: () => get<Head>("/ledger/head", undefined, context.signal),
    view: (head) => html`${facts(head)}
      <section class="card stack" aria-labelledby="ledger-verify">
        <h2 id="ledger-verify">${t("Check it now")}</h2>
        <p class="muted">${t("Reads the whole workspace and recomputes every hash and signature.")}</p>
        ${problemStrip(failure)} ${state()}
        <div class="actions"><ui5-button design="Emphasized" @click=${() => void verify()}>${t("Check the ledger")}</ui5-button></div>
      </section>
      <section class="card stack" aria-labelledby="ledger-proof">
        <h2 id="ledger-proof">${t("Proof of one event")}</h2>
        <p class="muted">${t("An outsider checks it without this program: tools/ledger-verify, or any other program that knows RFC 6962.")}</p>
        <form class="filters" @submit=${(event: Event) => (event.preventDefault(), wanted && go(`/access/ledger/${wanted}`))}>
          <div class="field">
            <ui5-label for="proof-number" show-colon>${t("Number of the event")}</ui5-label>
            <ui5-input id="proof-number" class="input-ltr" @input=${(event: Event) => (wanted = plainDigits((event.target as Input).value).trim())}></ui5-input>
          </div>
          <ui5-button @click=${() => wanted && go(`/access/ledger/${wanted}`)}>${t("Show it")}</ui5-button>
        </form>
      </section>`,
  });
}

/** A part of an event as people call it and read it; what has no word here stands as the ledger holds it. */
function partOf(name: string, value: unknown, says: string | null | undefined): TemplateResult {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const known = (word: string, shown = text): TemplateResult => html`<div><dt>${word}</dt><dd><bdi>${shown}</bdi></dd></div>`;
  switch (name) {
    case "kind": return html`<div><dt>${t("Kind of event")}</dt><dd>${kindView(text, says)}</dd></div>`;
    case "at": return known(t("When"), formatInstant(text));
    case "actor": return known(t("Who"));
    case "purpose": return known(t("What for"));
    case "via": return known(t("By way of"), wayWord(text));
    default: return html`<div><dt class="mono">${name}</dt><dd><bdi>${text}</bdi></dd></div>`;
  }
}

/** One event, and its proof to take away. */
export function openEvent(context: Context): Page {
  const number = context.parts.sequence ?? "";
  return room<Inclusion & { says: string | null | undefined }>(context, {
    title: () => t("Event {number}", { number: formatDigits(number) }),
    load: async () => {
      const [proof, log] = await Promise.all([
        get<Inclusion>(`/ledger/proofs/${encodeURIComponent(number)}`, undefined, context.signal),
        get<{ events: LedgerEvent[] }>("/ledger/events", { below: Number(number) + 1, limit: 1 }, context.signal), // its words, in the reader's language
      ]);
      return { ...proof, says: log.events.find((one) => one.sequence === Number(number))?.says };
    },
    view: (proof) => html`<section class="card stack" aria-labelledby="event-says">
        <h2 id="event-says">${t("What the ledger holds")}</h2>
        <dl class="facts">
          ${Object.entries(proof.event).map(([name, value]) => partOf(name, value, proof.says))}
        </dl>
      </section>
      <section class="card stack" aria-labelledby="event-proof">
        <h2 id="event-proof">${t("Its proof")}</h2>
        <p class="muted">
          ${t("The event is number {index} of {size}; {count} hashes lead from it to the signed root.", { index: proof.index, size: proof.size, count: proof.path.length })}
        </p>
        <dl class="facts">
          <div><dt>${t("Leaf")}</dt><dd class="mono">${proof.leaf}</dd></div>
          <div><dt>${t("Root")}</dt><dd class="mono">${proof.root}</dd></div>
        </dl>
        <div class="actions">
          <ui5-button design="Emphasized" @click=${() => keep(`proof-${proof.index}.json`, new Blob([JSON.stringify(proof, null, 1)], { type: "application/json" }))}>${t("Download the proof")}</ui5-button>
        </div>
      </section>`,
  });
}
