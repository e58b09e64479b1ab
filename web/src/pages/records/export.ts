// Taking a list out as a file: as it stands, with its conditions, order and columns. A job writes it; then it can be fetched.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import { Failure, get, post } from "../../api/http";
import { ended, type Job } from "../../api/job";
import { formatBytes, formatList, formatNumber } from "../../i18n/format";
import { t } from "../../i18n/text";
import { ask } from "../../ui/dialog";
import { withProof } from "../../ui/proof";
import type { Chosen } from "./bulk";
import type { Column } from "./columns";

interface JobFiles {
  files: { name: string; bytes: number }[];
}

/** What came of it: which fields one's roles kept back in some of the records. */
interface Taken {
  hidden: string[];
  masked: string[];
}

function keptBack(chosen: Chosen, taken: Taken): TemplateResult {
  const named = (names: readonly string[]): string => formatList(names.map((name) => chosen.entity.fields.find((field) => field.name === name)?.label ?? name));
  return html`${taken.hidden.length ? html`<p>${t("Your roles leave out: {fields}", { fields: named(taken.hidden) })}</p>` : nothing}
    ${taken.masked.length ? html`<p>${t("Your roles mask: {fields}", { fields: named(taken.masked) })}</p>` : nothing}`;
}

export async function askExport(chosen: Chosen, columns: readonly Column[]): Promise<void> {
  let format = "xlsx", job: Job | undefined, files: JobFiles["files"] | undefined, taken: Taken = { hidden: [], masked: [] };
  let update: () => void = () => {};
  const closed = new AbortController(); // who leaves the dialog waits no more
  const fields = columns.filter((column) => !column.head).map((column) => column.field.name).join(",");
  const run = async (): Promise<true | undefined> => {
    if (files) return true;
    const body = { entity: chosen.entity.name, filter: chosen.filter, sort: chosen.sort, fields, format };
    job = await withProof(() => post<Job>("/exports", body));
    job = await ended(job, (now) => ((job = now), update()), closed.signal);
    if (job.state !== "done") throw new Failure(job.problem ?? { type: "", title: t("The export was stopped."), status: 0 });
    taken = await get<Taken>(`/jobs/${job.id}/result`);
    files = (await get<JobFiles>(`/jobs/${job.id}/files`)).files;
    return undefined;
  };
  const choose = (): TemplateResult => html`<p>${t("What is taken out is noted: who, when, which records.")}</p>
    <p class="export-leaves">${t("The file holds what your roles let you take out. That may be less than the list shows: records and fields beyond it are left out or masked.")}</p>
    <div class="field">
      <ui5-label for="export-format" show-colon>${t("Format")}</ui5-label>
      <ui5-select id="export-format" accessible-name=${t("Format")} @change=${(event: Event) => (format = (event.target as Select).selectedOption?.value ?? format)}>
        <ui5-option value="xlsx" ?selected=${format === "xlsx"}>Excel (XLSX)</ui5-option>
        <ui5-option value="csv" ?selected=${format === "csv"}>CSV</ui5-option>
        <ui5-option value="jsonl" ?selected=${format === "jsonl"}>JSON Lines</ui5-option>
      </ui5-select>
    </div>`;
  await ask<true>({
    title: t("Export"),
    does: t("Go on"),
    view: (draw) => {
      update = draw;
      if (files)
        return html`<p role="status">${t("The file is ready.")}</p>
          ${files.map((file) => html`<p><a download href=${`/api/v1/jobs/${job?.id ?? 0}/files/${encodeURIComponent(file.name)}`}>${file.name}</a> <span class="muted">${formatBytes(file.bytes)}</span></p>`)}
          ${keptBack(chosen, taken)}`;
      return html`${choose()} ${job ? html`<p role="status">${t("Writing: {count} records", { count: formatNumber(job.progress?.done ?? 0) })}</p>` : nothing}`;
    },
    act: run,
  });
  closed.abort();
}
