// Backups and drills: the plan, where they lie, how old they are, and the evidence that they come back.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import { get, post } from "../../api/http";
import type { Context, Page } from "../../app/router";
import { mayDo } from "../../app/session";
import { formatAge, formatBytes, formatInstant, formatNumber } from "../../i18n/format";
import { t } from "../../i18n/text";
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

/** “4 hours”, “30 days”. */
function span(seconds: number): string {
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

const late = (is: boolean): TemplateResult => (is ? html`<span class="tag tag-bad">${t("late")}</span>` : html`<span class="tag tag-good">${t("in time")}</span>`);

export function openBackups(context: Context): Page {
  return room<Backups & { drills: Drill[] }>(context, {
    title: () => t("Backups and drills"),
    load: async () => {
      const [backups, drills] = await Promise.all([get<Backups>("/backups", undefined, context.signal), get<{ drills: Drill[] }>("/drills", undefined, context.signal)]);
      return { ...backups, drills: drills.drills };
    },
    view: (all, again) => {
      const start = async (path: string, says: string): Promise<void> => {
        await post(path, {});
        toast(says);
        again();
      };
      const drill = (): void => void start("/drills", t("The drill is begun; see it under Jobs."));
      const buttons =
        mayDo("backup") && all.places.length
          ? html`<div class="actions">
              <ui5-button @click=${() => void start("/backups", t("The backup is begun; see it under Jobs."))}>${t("Back up now")}</ui5-button>
              <ui5-button @click=${drill}>${t("Drill now")}</ui5-button>
            </div>`
          : nothing;
      return html`${planView(all.plan)}
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
                  { title: t("What was lost on purpose"), cell: (one) => one.fault },
                  { title: t("Came back"), cell: (one) => (one.good ? html`<span class="tag tag-good">${t("yes")}</span>` : html`<span class="tag tag-bad">${one.ran ? t("no") : t("could not run")}</span>`) },
                  { title: t("In"), number: true, cell: (one) => span(one.recovered_in_seconds) },
                  { title: t("Within the targets"), cell: (one) => (one.within_targets ? t("yes") : t("no")) },
                ],
                all.drills,
              )
            : empty(t("No drill yet"), t("A backup that was never brought back is a hope. A drill brings it back beside the workspace and compares."), mayDo("backup") && all.places.length ? nextStep(t("Drill now"), drill) : nextStep(t("How a drill is made"), "/help/backups"))}
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
