// An audit that is begun here: of the workspace, or of another system's export, with its progress and a way to stop it.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/ProgressIndicator.js";
import { ask as askServer } from "../../api/http";
import { cancel, work, type Job } from "../../api/job";
import { t } from "../../i18n/text";
import { download } from "../../ui/download";
import { problemStrip } from "../../ui/problem";

interface Kept {
  audit: number;
}

interface FileResult {
  letter: string | null;
  mark: number | null;
  failed?: number;
}

export interface Running {
  /** Something is being done: nothing else is begun. */
  busy(): boolean;
  view(): TemplateResult | typeof nothing;
  ofWorkspace(): Promise<number | undefined>;
  /** `file`: another system's export, where the plan is of one. */
  ofPlan(plan: string, name: string, file?: File): Promise<number | undefined>;
  ofFile(file: File): Promise<void>;
}

/** Sends an export to be audited; gives its id. */
async function send(file: File): Promise<string> {
  return (await askServer<{ id: string }>("/imports", { method: "POST", query: { name: file.name, for: "audit" }, file, headers: { "Content-Type": "application/octet-stream" } })).data.id;
}

export function running(update: () => void, signal: AbortSignal): Running {
  let job: Job | undefined, what = "", failure: unknown, result: FileResult | undefined, ofJob = 0, busy = false;

  const told = (now: Job): void => {
    job = now;
    ofJob = now.id;
    update();
  };

  const refused = (error: unknown): void => {
    failure = error;
    update();
  };

  async function doing<T>(says: string, begin: () => Promise<T | undefined>): Promise<T | undefined> {
    if (busy) return undefined;
    busy = true;
    what = says;
    failure = result = undefined;
    update();
    try {
      return await begin();
    } catch (error) {
      if (!signal.aborted) failure = error;
      return undefined;
    } finally {
      job = undefined;
      busy = false;
      update();
    }
  }

  function progress(now: Job): TemplateResult {
    const share = now.progress && now.progress.total > 0 ? Math.round((now.progress.done / now.progress.total) * 100) : 0;
    return html`<section class="card audit-run" role="status" aria-live="polite">
      <h2>${what}</h2>
      <p class="muted">${now.progress?.what ?? t("It begins in a moment.")}</p>
      <ui5-progress-indicator value=${share} accessible-name=${what}></ui5-progress-indicator>
      <div class="actions"><ui5-button @click=${() => void cancel(now)}>${t("Stop")}</ui5-button></div>
    </section>`;
  }

  function fileView(one: FileResult): TemplateResult {
    const forms = [["report.html", t("Report (HTML)")], ["report.pdf", "PDF"], ["findings.xlsx", "Excel"], ["report.json", "JSON"], ["findings.csv", "CSV"]] as const;
    return html`<section class="card stack">
      <h2>${what}</h2>
      <p>${t("Mark {letter}. The file and its reports are kept for a day, for you alone; none of it came among your own records.", { letter: one.letter ?? "–" })}</p>
      <div class="reports">${forms.map(([name, text]) => html`<ui5-button @click=${() => void download(`/jobs/${ofJob}/files/${name}`, name).catch(refused)}>${text}</ui5-button>`)}</div>
    </section>`;
  }

  return {
    busy: () => busy,
    view: () => html`${problemStrip(failure)} ${job ? progress(job) : nothing} ${result ? fileView(result) : nothing}`,
    ofWorkspace: async () => (await doing(t("Audit of the workspace"), () => work<Kept>("/audits", {}, told, signal)))?.audit,
    ofPlan: async (plan, name, file) => (await doing(name, async () => work<Kept>(`/audit-plans/${plan}/runs`, file ? { import: await send(file) } : undefined, told, signal)))?.audit,
    ofFile: async (file) => {
      result = await doing(t("Audit of {file}", { file: file.name }), async () => {
        return work<FileResult>("/audits", { import: await send(file) }, told, signal);
      });
      update();
    },
  };
}
