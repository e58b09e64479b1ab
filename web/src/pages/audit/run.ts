// An audit that is begun here: of the workspace, or of another system's export, with its progress and a way to stop it.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import { ask as askServer } from "../../api/http";
import { t } from "../../i18n/text";
import { doing } from "../../ui/doing";
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
  const here = doing(update, signal);
  let result: FileResult | undefined, ofFile = "", failure: unknown;

  const refused = (error: unknown): void => {
    failure = error;
    update();
  };

  async function run<T>(says: string, path: string, prepared: () => Promise<unknown>): Promise<T | undefined> {
    failure = result = undefined;
    return here.run<T>(says, path, prepared);
  }

  function fileView(one: FileResult): TemplateResult {
    const forms = [["report.html", t("Report (HTML)")], ["report.pdf", "PDF"], ["findings.xlsx", "Excel"], ["report.json", "JSON"], ["findings.csv", "CSV"]] as const;
    return html`<section class="card stack">
      <h2>${t("Audit of {file}", { file: ofFile })}</h2>
      <p>${t("Mark {letter}. The file and its reports are kept for a day, for you alone; none of it came among your own records.", { letter: one.letter ?? "–" })}</p>
      <div class="reports">${forms.map(([name, text]) => html`<ui5-button @click=${() => void download(`/jobs/${here.job()}/files/${name}`, name).catch(refused)}>${text}</ui5-button>`)}</div>
    </section>`;
  }

  return {
    busy: here.busy,
    view: () => html`${problemStrip(failure)} ${here.view()} ${result ? fileView(result) : nothing}`,
    ofWorkspace: async () => (await run<Kept>(t("Audit of the workspace"), "/audits", () => Promise.resolve({})))?.audit,
    ofPlan: async (plan, name, file) => (await run<Kept>(name, `/audit-plans/${plan}/runs`, async () => (file ? { import: await send(file) } : undefined)))?.audit,
    ofFile: async (file) => {
      if (here.busy()) return;
      ofFile = file.name;
      result = await run<FileResult>(t("Audit of {file}", { file: file.name }), "/audits", async () => ({ import: await send(file) }));
      update();
    },
  };
}
