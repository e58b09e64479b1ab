// Records from a file: sent, understood, looked at cell by cell, then imported, all or nothing; and taken back.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/MessageStrip.js";
import "@ui5/webcomponents/dist/ProgressIndicator.js";
import "@ui5/webcomponents/dist/Icon.js";
import "../../styles/form.css";
import "../../styles/record.css";
import "../../styles/import.css";
import { ask as askServer, Failure, get, post } from "../../api/http";
import { cancel, work, type Job } from "../../api/job";
import type { Entity } from "../../api/types";
import { href, type Context, type Page } from "../../app/router";
import { entityNamed } from "../../app/session";
import { between, formatAge, formatBytes, formatInstant, formatNumber } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { ask } from "../../ui/dialog";
import { keep } from "../../ui/download";
import { dropPlace, exportForms } from "../../ui/drop";
import { Part } from "../../ui/part";
import { problemStrip } from "../../ui/problem";
import { empty, nextStep } from "../../ui/states";
import { withProof } from "../../ui/proof";
import { toast } from "../../ui/toast";
import { addField } from "../settings/own_field";
import { asUsual, bringingView, bringingWish, wrongWay } from "./bring";
import { openDiff } from "./diff";
import { openMappings, type SavedMapping } from "./mappings";
import { planView, type Plan, type PlanColumn, type PlanFile } from "./plan";
import { copyOf, forFiles, isSaid, mapOf, nothingSaid, readBack, type MapEntry, type Said } from "./said";

interface Sent {
  id: string;
  name: string;
  bytes: number;
}

interface Run {
  run: number;
  kind: string;
  about: string;
  by: string;
  at: string;
  records: number;
  undone: boolean;
}

interface Undone {
  deleted: number;
  restored: number;
  changed: number;
  kept: number;
  what_is_kept: { says: string }[];
}

export async function openImport(context: Context): Promise<Page> {
  const update = context.update;
  let sent: Sent | undefined;
  let plan: Plan | undefined, result: Plan | undefined;
  let said: Said = nothingSaid();
  let diff: ReturnType<typeof openDiff> | undefined;
  let job: Job | undefined;
  let doing = "";
  let failure: unknown;
  let bringing = asUsual();
  let running = false; // it is brought in
  let stale = false; // what is shown is not what is asked for
  const runs = new Part(() => get<{ runs: Run[] }>("/runs", { limit: 50 }, context.signal).then((page) => page.runs), update);

  const sum = (key: "imported" | "changed" | "same" | "rejected" | "merged_away", from = plan): number => (from?.files ?? []).reduce((all, file) => all + file[key], 0);
  const wish = (): unknown => ({ map: mapOf(said), ...bringingWish(bringing, plan) });
  const mappings = openMappings(context.update, context.signal);

  /** One thing at a time, with its progress; what goes wrong is said where it stands. */
  async function during(text: string, act: () => Promise<void>): Promise<void> {
    if (doing) return;
    doing = text;
    failure = undefined;
    update();
    try {
      await act();
    } catch (error) {
      if (!context.signal.aborted) failure = error;
    }
    doing = "";
    running = false;
    job = undefined;
    update();
  }

  const told = (now: Job): void => {
    job = now;
    update();
  };

  const take = (file: File): Promise<void> =>
    during(t("Sending {file}", { file: file.name }), async () => {
      plan = result = diff = undefined;
      said = nothingSaid();
      bringing = asUsual();
      sent = (await askServer<Sent>("/imports", { method: "POST", query: { name: file.name }, file })).data;
      doing = t("Looking at {file}", { file: file.name });
      await check();
    });

  async function check(): Promise<void> {
    if (!sent) return;
    stale = false;
    const looked = await work<Plan>(`/imports/${sent.id}/check`, wish(), told, context.signal).catch((error: unknown) => {
      stale = true;
      throw error;
    });
    stale ||= !looked;
    if (!looked) return;
    plan = looked;
    diff = openDiff(context, sent.id, "");
  }

  /** Where what was chosen does not go together, nothing is asked. What is chosen meanwhile is looked at next. */
  async function again(): Promise<void> {
    stale = true;
    update();
    while (stale && !doing && plan && !wrongWay(bringing, plan)) {
      await during(t("Looking at it anew"), check);
      if (failure !== undefined || context.signal.aborted) return;
    }
  }

  function saidAnew(): void {
    mappings.changed();
    void again();
  }

  /** Reads the file as `next` says; where that is refused, as before. */
  async function readSo(next: Said): Promise<void> {
    const before = said;
    said = next;
    try {
      await check();
    } catch (error) {
      said = before;
      throw error;
    }
  }

  /** A map as somebody wrote it: the server reads it, and says what it means for this file. */
  async function takeMap(map: string): Promise<void> {
    if (!sent) return;
    const looked = (await askServer<Pick<Plan, "files">>(`/imports/${sent.id}/mapping`, { method: "PUT", body: { map } })).data;
    await readSo(readBack(looked.files));
  }

  const uploadMap = (text: string): Promise<void> => during(t("Looking at it anew"), () => takeMap(text));

  /** What was saved, as far as this file has its columns; what the others are called is told. */
  const use = (saved: SavedMapping | undefined): Promise<void> =>
    during(t("Looking at it anew"), async () => {
      if (!plan) return;
      if (!saved) {
        bringing = asUsual();
        return readSo(nothingSaid());
      }
      const match = saved.match ?? [], way = match[0] === "id" || match[0] === "likely" ? match[0] : "fields";
      bringing = { ...asUsual(), mode: saved.mode ?? "create", way: match.length ? way : undefined, fields: new Set(match) };
      let files: Record<string, MapEntry> | undefined;
      try {
        files = (JSON.parse(saved.map) as { files?: Record<string, MapEntry> }).files;
      } catch {
        return takeMap(saved.map); // not saved by this screen
      }
      const { said: next, absent } = forFiles(files ?? {}, plan);
      await readSo(next);
      if (absent.length) toast(t("Columns of the mapping that this file does not have: {columns}", { columns: absent.join(", ") }));
    });

  /** A field for a column that none fits; what holds it goes there. */
  async function make(file: PlanFile, entity: Entity, column: PlanColumn): Promise<void> {
    const field = await addField(entity, { label: column.suggests?.label ?? column.header, ...(column.suggests ? { type: column.suggests.type } : {}) });
    if (field === undefined) return;
    said = copyOf(said);
    said.columns.set(file.name, (said.columns.get(file.name) ?? new Map<string, string>()).set(column.header, field));
    saidAnew();
  }

  const run = (): Promise<void> =>
    during(t("Importing"), async () => {
      if (!sent) return;
      running = true;
      result = await work<Plan>(`/imports/${sent.id}/run`, wish(), told, context.signal);
      if (!result) return toast(t("Nothing was imported: it was cancelled."));
      toast(tn("{count} record imported.", "{count} records imported.", sum("imported", result)), result.run === undefined ? undefined : () => void undo(result?.run ?? 0));
      await runs.again();
    });

  /** First what would come of it, then it is asked for. */
  async function undo(number: number): Promise<void> {
    try {
      const look = await withProof(() => work<Undone>(`/runs/${number}/undo`, { dry_run: true }, told, context.signal));
      job = undefined;
      if (!look) return;
      const done = await ask<Undone>({
        title: t("Undo this import?"),
        does: t("Undo it"),
        danger: true,
        act: () => withProof(() => work<Undone>(`/runs/${number}/undo`, { dry_run: false }, told, context.signal)),
        view: () => html`<ul>
            <li>${tn("{count} record is deleted.", "{count} records are deleted.", look.deleted)}</li>
            ${look.changed ? html`<li>${tn("{count} record becomes what it was.", "{count} records become what they were.", look.changed)}</li>` : nothing}
            ${look.restored ? html`<li>${tn("{count} record comes back.", "{count} records come back.", look.restored)}</li>` : nothing}
          </ul>
          ${look.kept ? html`<p>${tn("{count} was worked on since, and stays:", "{count} were worked on since, and stay:", look.kept)}</p><ul>${look.what_is_kept.slice(0, 10).map((one) => html`<li>${one.says}</li>`)}</ul>` : nothing}`,
      });
      if (done) {
        result = undefined;
        sent = plan = diff = undefined;
        toast(t("It is undone."));
        await runs.again();
      }
    } catch (error) {
      toast(error instanceof Failure ? error.problem.title : String(error));
    }
    job = undefined;
    update();
  }

  /** What was refused, as a file to mend and import again. */
  function rejects(file: PlanFile): void {
    const cell = (value: string | number | null): string => {
      const text = String(value ?? "");
      return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replace(/"/g, '""')}"`; // no formula for a spreadsheet
    };
    const lines = [["row", "line", "column", "value", "says"], ...file.rejects.map((one) => [one.row, one.line, one.column, one.value, one.says])];
    keep(`${file.name}-refused.csv`, new Blob([`\ufeff${lines.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`], { type: "text/csv" }));
  }

  const fileDrop = (): TemplateResult =>
    dropPlace({
      title: t("Drop a file here, or choose one"),
      says: t("CSV, Excel (XLSX), JSON, vCard, or a ZIP of them as another system exports it. Nothing is kept before you say so."),
      accept: exportForms,
      disabled: Boolean(doing),
      take: (file) => void take(file),
    });

  function progress(): TemplateResult {
    const now = job?.progress;
    const share = now && now.total > 0 ? Math.min(100, Math.round((100 * now.done) / now.total)) : 0;
    return html`<div class="import-progress" role="status">
      <p class="import-doing">${doing}</p>
      <ui5-progress-indicator accessible-name=${doing} value=${share}></ui5-progress-indicator>
      <p class="muted">${now ? [now.stage, now.what].filter(Boolean).join(between()) : ""}</p>
      ${job ? html`<div><ui5-button design="Transparent" @click=${() => job && cancel(job)}>${t("Cancel")}</ui5-button></div>` : nothing}
    </div>`;
  }

  function count(text: string, number: number, kind: string): TemplateResult {
    return html`<div class="import-count" data-kind=${kind}><strong>${formatNumber(number)}</strong><span>${text}</span></div>`;
  }

  function planned(): TemplateResult | typeof nothing {
    if (!plan || !sent || result) return nothing;
    const counts = { new: sum("imported"), changed: sum("changed"), same: sum("same"), merged_away: sum("merged_away"), refused: sum("rejected") };
    const refused = plan.files.filter((file) => file.rejects.length > 0), busy = Boolean(doing);
    return html`<section class="card">
        <div class="page-head"><h2>${t("What would come of it")}</h2><span class="muted"><bdi>${sent.name}</bdi>${between()}${formatBytes(sent.bytes)}${plan.product ? `${between()}${plan.product}` : ""}</span></div>
        ${busy ? progress() : nothing}
        <div class="import-counts" ?hidden=${busy}>
          ${count(t("new"), counts.new, "new")} ${count(t("changed"), counts.changed, "changed")} ${count(t("as they are"), counts.same, "same")} ${count(t("refused"), counts.refused, "refused")}
          ${count(t("likely there already"), plan.likely_duplicates, "same")} ${plan.unresolved ? count(t("links that lead nowhere"), plan.unresolved, "refused") : nothing}
        </div>
        <div class="actions" ?hidden=${busy}>
          <ui5-button class="import-run" design="Emphasized" ?disabled=${stale || counts.new + counts.changed === 0} @click=${run}>${tn("Import {count} record", "Import {count} records", counts.new + counts.changed)}</ui5-button>
          ${refused.map((file) => html`<ui5-button class="import-rejects" @click=${() => rejects(file)}>${t("Download what was refused")}</ui5-button>`)}
          <ui5-button class="import-drop" design="Transparent" @click=${drop}>${t("Throw the file away")}</ui5-button>
        </div>
      </section>
      <section class="card stack"><h2>${t("Rows and records")}</h2>${bringingView(bringing, plan, busy, () => void again())}</section>
      <section class="card">
        <div class="page-head"><h2>${t("Columns and fields")}</h2>${mappings.view({ plan, busy, said: isSaid(said), bringing: bringingWish(bringing, plan), use: (saved) => void use(saved), take: (text) => void uploadMap(text) })}</div>
        ${plan.files.map((file) => planView({ file, said, busy, creates: bringing.mode !== "update", changed: saidAnew, make: (entity, column) => void make(file, entity, column) }))}
      </section>
      <section class="card"><h2>${t("Row by row")}</h2>${diff?.view(counts)}</section>`;
  }

  async function drop(): Promise<void> {
    if (sent) await askServer(`/imports/${sent.id}`, { method: "DELETE" }).catch(() => undefined);
    sent = plan = diff = undefined;
    update();
  }

  function finished(): TemplateResult | typeof nothing {
    if (!result) return nothing;
    const number = result.run;
    return html`<section class="card import-done" role="status">
      <h2>${t("Imported")}</h2>
      <div class="import-counts">${count(t("new"), sum("imported", result), "new")} ${count(t("changed"), sum("changed", result), "changed")} ${count(t("refused"), sum("rejected", result), "refused")}</div>
      <ul>
        ${result.files.map((file) => {
          const entity = entityNamed(file.entity ?? "");
          return entity ? html`<li><a href=${href(`/${entity.path}`)}>${entity.plural}</a>: ${formatNumber(file.imported + file.changed)}</li>` : nothing;
        })}
        ${result.likely_duplicates ? html`<li><a href="#/duplicates">${tn("{count} is likely there already: compare it", "{count} are likely there already: compare them", result.likely_duplicates)}</a></li>` : nothing}
      </ul>
      <div class="actions">
        <ui5-button design="Emphasized" @click=${() => ((result = plan = sent = diff = undefined), update())}>${t("Import another file")}</ui5-button>
        ${number === undefined ? nothing : html`<ui5-button class="import-undo" @click=${() => undo(number)}>${t("Undo")}</ui5-button>`}
      </div>
    </section>`;
  }

  /** What an import wrote that was cut off stays; one that is still at work ends there. */
  const keepPart = (one: Run): Promise<void> =>
    during(t("Keeping {what}", { what: one.about }), async () => {
      await withProof(() => post(`/runs/${one.run}/keep`));
      toast(t("What came in is kept. To bring in the rest, import the file again and let it change records that are there."));
      await runs.again();
    });

  function runView(one: Run): TemplateResult {
    return html`<li>
      <span class="import-about"><bdi>${one.about}</bdi><span class="muted" title=${formatInstant(one.at)}>${tn("{count} record", "{count} records", one.records)}${between()}${one.by}${between()}${formatAge(one.at)}</span></span>
      ${one.kind === "import" || one.undone ? nothing : html`<span class=${one.kind === "partial" ? "tag import-part" : "tag tag-warn"}>${one.kind === "partial" ? t("A part, kept") : t("Not finished")}</span>`}
      ${one.kind === "unfinished" && !one.undone ? html`<ui5-button class="import-keep" design="Transparent" ?disabled=${Boolean(doing)} accessible-name=${t("Keep what came in of {what}", { what: one.about })} @click=${() => keepPart(one)}>${t("Keep")}</ui5-button>` : nothing}
      ${one.undone ? html`<span class="tag import-undone">${t("Undone")}</span>` : html`<ui5-button class="import-take-back" design="Transparent" ?disabled=${Boolean(doing)} accessible-name=${t("Undo {what}", { what: one.about })} @click=${() => undo(one.run)}>${t("Undo")}</ui5-button>`}
    </li>`;
  }

  function earlier(): TemplateResult | typeof nothing {
    const imports = (runs.data ?? []).filter((one) => ["import", "unfinished", "partial"].includes(one.kind));
    if (runs.denied || (plan && imports.length === 0)) return nothing;
    return html`<section class="card">
      <h2>${t("Earlier imports")}</h2>
      ${runs.view(
        () =>
          imports.length
            ? html`<ul class="import-runs">${imports.map(runView)}</ul>`
            : empty(t("No import yet"), t("What is imported stands here afterwards: how much, by whom, and a way to take it back."), nextStep(t("How an import goes"), "/help/import")),
        2,
      )}
    </section>`;
  }

  return {
    title: () => t("Import"),
    unsaved: () => Boolean(doing),
    view: () => html`<div class="page">
      <div class="page-head"><h1>${t("Import")}</h1></div>
      ${failure === undefined ? nothing : problemStrip(failure)} ${doing && (running || !plan) ? html`<section class="card">${progress()}</section>` : nothing} ${finished()} ${plan || result || doing ? nothing : fileDrop()} ${running ? nothing : planned()} ${earlier()}
    </div>`,
  };
}
