// A job that is begun on a screen: how far it is, a way to stop it, and what it was refused for.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/ProgressIndicator.js";
import { cancel, work, type Job } from "../api/job";
import { t } from "../i18n/text";
import { problemStrip } from "./problem";

export interface Doing {
  /** Something is being done: nothing else is begun. */
  busy(): boolean;
  /** The job that was begun last; 0: none was. */
  job(): number;
  view(): TemplateResult | typeof nothing;
  /** Prepares what the job works on, begins it, and gives what came of it; undefined: it was stopped, refused, or something else is being done. */
  run<T>(says: string, path: string, prepared: () => Promise<unknown>): Promise<T | undefined>;
}

function card(what: string, now: Job): TemplateResult {
  const share = now.progress && now.progress.total > 0 ? Math.round((now.progress.done / now.progress.total) * 100) : 0;
  return html`<section class="card doing" role="status" aria-live="polite">
    <h2>${what}</h2>
    <p class="muted">${now.progress?.what ?? t("It begins in a moment.")}</p>
    <ui5-progress-indicator value=${share} accessible-name=${what}></ui5-progress-indicator>
    <div class="actions"><ui5-button @click=${() => void cancel(now)}>${t("Stop")}</ui5-button></div>
  </section>`;
}

export function doing(update: () => void, signal: AbortSignal): Doing {
  let now: Job | undefined, what = "", failure: unknown, last = 0, busy = false;
  const told = (job: Job): void => {
    now = job;
    last = job.id;
    update();
  };
  return {
    busy: () => busy,
    job: () => last,
    view: () => html`${problemStrip(failure)} ${now ? card(what, now) : nothing}`,
    async run<T>(says: string, path: string, prepared: () => Promise<unknown>): Promise<T | undefined> {
      if (busy) return undefined;
      busy = true;
      what = says;
      failure = undefined;
      update();
      try {
        return await work<T>(path, await prepared(), told, signal);
      } catch (error) {
        if (!signal.aborted) failure = error;
        return undefined;
      } finally {
        now = undefined;
        busy = false;
        update();
      }
    },
  };
}
