// What takes long: what is being done, what came of it, and stopping it.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/ProgressIndicator.js";
import { get, post } from "../../api/http";
import type { Context, Page } from "../../app/router";
import { entities, mayBegin, mayDoTo } from "../../app/session";
import { between, formatAge, formatNumber } from "../../i18n/format";
import { t } from "../../i18n/text";
import { empty, nextStep } from "../../ui/states";
import { table } from "../../ui/table";
import { jobKind, jobState } from "../audit/words";
import { room } from "./rooms";

interface Job {
  id: number;
  kind: string;
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  asked_by: string;
  asked_at: string;
  own: boolean;
  progress?: { what: string; done: number; total: number };
  problem?: { title: string };
}

const again_ms = 2000;

function stateView(job: Job): TemplateResult {
  const look = job.state === "done" ? "tag-good" : job.state === "failed" ? "tag-bad" : "";
  const share = job.progress && job.progress.total > 0 ? Math.round((job.progress.done / job.progress.total) * 100) : undefined;
  return html`<span class="tag ${look}">${jobState(job.state)}</span> ${job.problem?.title ?? ""}
    ${job.state === "running" && share !== undefined ? html`<ui5-progress-indicator value=${share} accessible-name=${job.progress?.what ?? t("Progress")}></ui5-progress-indicator>` : nothing}`;
}

/** What begins such work, as far as the reader may. */
function firstStep(): TemplateResult | undefined {
  if (entities().some((one) => mayDoTo(one, "import"))) return nextStep(t("Import"), "/import");
  return mayBegin("audit") ? nextStep(t("Audit"), "/audit") : undefined;
}

export function openJobs(context: Context): Page {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const page = room<{ jobs: Job[] }>(context, {
    title: () => t("Jobs"),
    load: () => get("/jobs", undefined, context.signal),
    view: ({ jobs }, again) => {
      clearTimeout(timer);
      if (jobs.some((job) => job.state === "running" || job.state === "waiting")) timer = setTimeout(again, again_ms);
      const stop = async (job: Job): Promise<void> => {
        await post(`/jobs/${job.id}/cancel`);
        again();
      };
      return jobs.length
        ? table(
            t("Jobs"),
            [
              { title: t("Job"), main: true, cell: (job) => html`${formatNumber(job.id)}${between()}${jobKind(job.kind)}` },
              { title: t("State"), cell: stateView },
              { title: t("Asked by"), cell: (job) => job.asked_by },
              { title: t("When"), cell: (job) => formatAge(job.asked_at) },
              { title: "", cell: (job) => (job.own && (job.state === "running" || job.state === "waiting") ? html`<ui5-button design="Transparent" @click=${() => void stop(job)}>${t("Stop")}</ui5-button>` : nothing) },
            ],
            jobs,
          )
        : empty(t("No jobs"), t("Imports, exports, audits and other long work show here while they are done."), firstStep());
    },
  });
  return { ...page, leave: () => clearTimeout(timer) };
}
