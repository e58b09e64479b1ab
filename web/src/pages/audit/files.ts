// Audits of files that were sent, as long as the server keeps them: found again after the screen was left.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Link.js";
import { get } from "../../api/http";
import { href } from "../../app/router";
import { formatInstant } from "../../i18n/format";
import { t } from "../../i18n/text";
import { download } from "../../ui/download";
import { table } from "../../ui/table";
import { toast } from "../../ui/toast";
import { letterView } from "./mark";
import { jobState } from "./words";

interface Sent {
  id: number;
  kind: string;
  state: string;
  asked_at: string;
  own: boolean;
}

export interface SentAudit extends Sent {
  title: string;
  letter: string | null;
  files: string[];
}

const few = 10;

/** Those that one asked for oneself, newest first; files that are not kept any more are left out. */
export async function recentFiles(signal: AbortSignal): Promise<readonly SentAudit[]> {
  const { jobs } = await get<{ jobs: Sent[] }>("/jobs", { limit: 100 }, signal);
  const sent = jobs.filter((one) => one.kind === "audit-file" && one.own).slice(0, few);
  const told = await Promise.all(
    sent.map(async (one): Promise<SentAudit> => {
      if (one.state !== "done") return { ...one, title: "", letter: null, files: [] };
      const [result, files] = await Promise.all([
        get<{ title: string; letter: string }>(`/jobs/${one.id}/result`, undefined, signal).catch(() => undefined),
        get<{ files: { name: string }[] }>(`/jobs/${one.id}/files`, undefined, signal).catch(() => ({ files: [] })),
      ]);
      return { ...one, title: result?.title ?? "", letter: result?.letter ?? null, files: files.files.map((file) => file.name) };
    }),
  );
  return told.filter((one) => one.state !== "done" || one.files.length > 0);
}

const shown: Record<string, string> = { "report.html": "HTML", "report.pdf": "PDF", "findings.xlsx": "Excel", "report.json": "JSON", "findings.csv": "CSV" };

export function filesView(files: readonly SentAudit[]): TemplateResult | typeof nothing {
  if (files.length === 0) return nothing;
  const refused = (error: unknown): void => toast(error instanceof Error ? error.message : t("The file could not be fetched."));
  return html`<section class="stack">
    <h2>${t("Audits of files, kept for a day")}</h2>
    ${table(
      t("Audits of files, kept for a day"),
      [
        { title: t("File"), main: true, cell: (one) => html`<bdi>${one.title || t("Audit of a file")}</bdi>` },
        { title: t("When"), cell: (one) => formatInstant(one.asked_at) },
        { title: t("Mark"), cell: (one) => (one.state === "done" ? letterView(one.letter) : jobState(one.state)) },
        {
          title: t("Compare"),
          cell: (one) => (one.files.includes("report.json") ? html`<ui5-link class="file-compare" href=${href("/audit/compare", { right: String(one.id) })}>${t("With this workspace")}</ui5-link>` : "–"),
        },
        {
          title: t("Reports"),
          cell: (one) => html`<div class="reports">${one.files.filter((name) => shown[name]).map((name) => html`<ui5-button design="Transparent" accessible-name=${`${shown[name] ?? name}: ${one.title}`} @click=${() => void download(`/jobs/${one.id}/files/${name}`, name).catch(refused)}>${shown[name]}</ui5-button>`)}</div>`,
        },
      ],
      files,
    )}
  </section>`;
}
