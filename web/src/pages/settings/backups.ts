// Backups and drills: the plan, where they lie, how old they are, and the evidence that they come back.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import { get } from "../../api/http";
import type { Context, Page } from "../../app/router";
import { mayDo } from "../../app/session";
import { formatAge, formatBytes, formatInstant, formatNumber } from "../../i18n/format";
import { t } from "../../i18n/text";
import { ask } from "../../ui/dialog";
import { doing } from "../../ui/doing";
import { empty, nextStep } from "../../ui/states";
import { table } from "../../ui/table";
import { toast } from "../../ui/toast";
import { room } from "./rooms";

/** Marked in the sentence as read from the left, in a language that is read from the right, too. */
const command = "probity backup WORKSPACE --to PLACE";

interface Plan {
  declared: boolean;
  every_seconds: number;
  lose_at_most_seconds: number;
  recover_within_seconds: number;
  drill_every_seconds: number;
}

interface Backups {
  plan: Plan;
  places: { place: string; newest: string | null; same_disk: boolean; late: boolean; next: string | null; drilled: string | null; drill_late: boolean }[];
  made: { at: string; place: string; backup: string; bytes_sent: number; seconds: number }[];
}

interface Drill {
  at: string;
  place: string;
  fault: string;
  good: boolean;
  ran: boolean;
  noticed: string | null;
  recovered_in_seconds: number;
  lost_seconds: number;
  within_targets: boolean;
}

/** What a drill does to a copy on purpose, in the server's names. */
const faults = ["none", "lost-disk", "torn-page", "flipped-bit-database", "flipped-bit-backup", "flipped-bit-manifest", "missing-piece", "wrong-key", "full-target", "old-copy"] as const;

function faultName(fault: string): string {
  const words: Record<string, string> = {
    none: t("nothing: it only has to come back"), "lost-disk": t("the disk of the server"), "torn-page": t("half a page of the database"), "flipped-bit-database": t("one bit of the database"),
    "flipped-bit-backup": t("one bit of the backup"), "flipped-bit-manifest": t("one bit of the backup's list of contents"), "missing-piece": t("a piece of the backup"), "wrong-key": t("the right key"),
    "full-target": t("room where the backups lie"), "old-copy": t("the newest backups: an old copy is passed off as new"),
  };
  return words[fault] ?? fault;
}

/** Asks what a drill is to lose on purpose; undefined: it was left. */
async function askFault(): Promise<string | undefined> {
  let chosen = "none";
  return ask<string>({
    title: t("Drill now"),
    does: t("Begin"),
    view: () => html`<p>${t("The backups are brought back beside the workspace and compared with it. Nothing of the workspace is touched.")}</p>
      <div class="field">
        <ui5-label for="drill-fault" show-colon>${t("What is lost on purpose")}</ui5-label>
        <ui5-select id="drill-fault" @change=${(event: Event) => (chosen = (event.target as Select).selectedOption?.getAttribute("data-value") ?? "none")}>
          ${faults.map((one) => html`<ui5-option data-value=${one} ?selected=${one === chosen}>${faultName(one)}</ui5-option>`)}
        </ui5-select>
      </div>`,
    act: () => chosen,
  });
}

/** “4 hours”, “30 days”. */
function span(seconds: number): string {
  if (seconds < 0.05) return t("less than a second");
  const [unit, length] = seconds >= 86400 ? ["day", 86400] : seconds >= 3600 ? ["hour", 3600] : seconds >= 60 ? ["minute", 60] : ["second", 1];
  return formatNumber(seconds / Number(length), { style: "unit", unit: String(unit), unitDisplay: "long", maximumFractionDigits: 1 });
}

function planView(plan: Plan): TemplateResult {
  return html`<section class="card stack">
    <h2>${t("The plan")}</h2>
    ${plan.declared ? nothing : html`<p class="muted">${t("Nobody has declared one: this is what is taken for granted.")}</p>`}
    <dl class="facts">
      <div><dt>${t("A backup every")}</dt><dd>${span(plan.every_seconds)}</dd></div>
      <div><dt>${t("Lose at most")}</dt><dd>${span(plan.lose_at_most_seconds)}</dd></div>
      <div><dt>${t("Be back within")}</dt><dd>${span(plan.recover_within_seconds)}</dd></div>
      <div><dt>${t("A drill every")}</dt><dd>${span(plan.drill_every_seconds)}</dd></div>
    </dl>
  </section>`;
}

/** A drill without damage brings everything back; one with some has to notice it. */
function cameOf(one: Drill): TemplateResult {
  if (!one.ran) return html`<span class="tag tag-bad">${t("could not run")}</span>`;
  if (!one.good) return html`<span class="tag tag-bad">${one.fault === "none" ? t("did not come back") : t("was not noticed")}</span>`;
  return html`<span class="tag tag-good">${one.fault === "none" ? t("came back") : t("was noticed")}</span>`;
}

const late = (is: boolean): TemplateResult => (is ? html`<span class="tag tag-bad">${t("late")}</span>` : html`<span class="tag tag-good">${t("in time")}</span>`);

export function openBackups(context: Context): Page {
  const here = doing(context.update, context.signal);
  return room<Backups & { drills: Drill[] }>(context, {
    title: () => t("Backups and drills"),
    load: async () => {
      const [backups, drills] = await Promise.all([get<Backups>("/backups", undefined, context.signal), get<{ drills: Drill[] }>("/drills", undefined, context.signal)]);
      return { ...backups, drills: drills.drills };
    },
    view: (all, again) => {
      const backUp = async (): Promise<void> => {
        if (await here.run(t("Backup"), "/backups", () => Promise.resolve({}))) toast(t("The backup is made."));
        again();
      };
      const drill = async (): Promise<void> => {
        const fault = await askFault();
        if (fault === undefined) return;
        const done = await here.run<{ drills: { good: boolean }[] }>(t("Drill of a backup"), "/drills", () => Promise.resolve(fault === "none" ? {} : { fault }));
        if (done) toast(done.drills.every((one) => one.good) ? t("The drill went well.") : t("The drill went wrong: see below what was noticed."));
        again();
      };
      const buttons =
        mayDo("backup") && all.places.length
          ? html`<div class="actions">
              <ui5-button class="backup-now" ?disabled=${here.busy()} @click=${() => void backUp()}>${t("Back up now")}</ui5-button>
              <ui5-button class="drill-now" ?disabled=${here.busy()} @click=${() => void drill()}>${t("Drill now")}</ui5-button>
            </div>`
          : nothing;
      return html`${here.view()} ${planView(all.plan)}
        <section class="stack">
          <div class="page-head"><h2>${t("Places")}</h2>${buttons}</div>
          ${all.places.length
            ? table(
                t("Places"),
                [
                  { title: t("Place"), main: true, cell: (one) => html`<span class="mono">${one.place}</span> ${one.same_disk ? html`<span class="tag tag-warn">${t("same disk")}</span>` : nothing}` },
                  { title: t("Newest backup"), cell: (one) => html`${one.newest ? formatAge(one.newest) : t("never")} ${late(one.late)}` },
                  { title: t("Last drill"), cell: (one) => html`${one.drilled ? formatAge(one.drilled) : t("never")} ${late(one.drill_late)}` },
                  { title: t("Next"), cell: (one) => (one.next ? formatInstant(one.next) : "–") },
                ],
                all.places,
              )
            : empty(t("No backup yet"), t("On the machine of the server: probity backup WORKSPACE --to PLACE. From then on the place is known here.").replace(command, `\u2066${command}\u2069`), nextStep(t("How backups are made"), "/help/backups"))}
        </section>
        <section class="stack">
          <h2>${t("Drills")}</h2>
          ${all.drills.length
            ? table(
                t("Drills"),
                [
                  { title: t("When"), main: true, cell: (one) => formatInstant(one.at) },
                  { title: t("What was lost on purpose"), cell: (one) => html`<div>${faultName(one.fault)}${one.noticed ? html`<div class="muted" dir="auto">${one.noticed}</div>` : nothing}</div>` },
                  { title: t("Result"), cell: cameOf },
                  { title: t("Took"), number: true, cell: (one) => span(one.recovered_in_seconds) },
                  { title: t("Within the targets"), cell: (one) => (one.within_targets ? t("yes") : t("no")) },
                ],
                all.drills,
              )
            : empty(t("No drill yet"), t("A backup that was never brought back is a hope. A drill brings it back beside the workspace and compares."), mayDo("backup") && all.places.length ? nextStep(t("Drill now"), () => void drill()) : nextStep(t("How a drill is made"), "/help/backups"))}
        </section>
        ${all.made.length
          ? html`<section class="stack">
              <h2>${t("Backups")}</h2>
              ${table(
                t("Backups"),
                [
                  { title: t("When"), main: true, cell: (one) => formatInstant(one.at) },
                  { title: t("Place"), cell: (one) => html`<span class="mono">${one.place}</span>` },
                  { title: t("Sent"), number: true, cell: (one) => formatBytes(one.bytes_sent) },
                  { title: t("Took"), number: true, cell: (one) => span(one.seconds) },
                ],
                all.made.slice(0, 20),
              )}
            </section>`
          : nothing}`;
    },
  });
}
