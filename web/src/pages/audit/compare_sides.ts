// What can stand on either side of a comparison: audits of the workspace, kept ones of other systems, and files as long as they are kept.
import { html, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import "@ui5/webcomponents/dist/ComboBox.js";
import "@ui5/webcomponents/dist/ComboBoxItem.js";
import "@ui5/webcomponents/dist/ComboBoxItemGroup.js";
import "@ui5/webcomponents/dist/Label.js";
import type ComboBox from "@ui5/webcomponents/dist/ComboBox.js";
import { get } from "../../api/http";
import { between, formatDigits, formatInstant } from "../../i18n/format";
import { t } from "../../i18n/text";
import type { AuditRun } from "./data";
import { recentFiles } from "./files";
import type { Plan } from "./plan_data";

export interface Side {
  /** As it stands in the address: audit-3, or 12, the job that audited a file. */
  key: string;
  own: boolean;
  /** It was done by a plan, which may ask a part only. */
  planned: boolean;
  /** The workspace, the other system, or the file. */
  name: string;
  /** Name and date; no two are alike. */
  text: string;
  group: string;
  /** Where its report is. */
  report: string;
}

const PAGE = 200; // the most that the server gives at once

async function everyAudit(signal: AbortSignal): Promise<AuditRun[]> {
  const all: AuditRun[] = [];
  for (let below: number | null | undefined; ; ) {
    const page: { audits: AuditRun[]; next: number | null } = await get("/audits", { limit: PAGE, ...(below ? { below } : {}) }, signal);
    all.push(...page.audits);
    below = page.next;
    if (!below) return all;
  }
}

/** Plan → the other system that it audits; also of plans that were taken away. */
async function sources(signal: AbortSignal): Promise<Map<number, string>> {
  const [now, gone] = await Promise.all([get<{ plans: Plan[] }>("/audit-plans", undefined, signal), get<{ plans: Plan[] }>("/audit-plans", { removed: true }, signal)]);
  return new Map([...gone.plans, ...now.plans].flatMap((one) => (one.source ? [[one.plan, one.source] as const] : [])));
}

function sideOf(one: AuditRun, systems: ReadonlyMap<number, string>): Side {
  const planned = one.plan !== null;
  const name = !one.own ? ((planned ? systems.get(one.plan ?? 0) : undefined) ?? one.title) : planned ? one.title : t("This workspace");
  const group = !one.own ? name : planned ? t("This workspace, by a plan") : name;
  return { key: `audit-${one.audit}`, own: one.own, planned, name, text: `${name}${between()}${formatInstant(one.at)}`, group, report: `/audits/${one.audit}/reports/json` };
}

/** Two of one minute are told apart by their numbers. */
function apart(sides: readonly Side[]): Side[] {
  const often = new Map<string, number>();
  for (const one of sides) often.set(one.text, (often.get(one.text) ?? 0) + 1);
  return sides.map((one) => ((often.get(one.text) ?? 0) > 1 ? { ...one, text: `${one.text}${between()}${formatDigits(/\d+$/.exec(one.key)?.[0] ?? "")}` } : one));
}

/** Those of the workspace first, newest first in each group; other systems by name; files at the end. */
export async function sidesOf(signal: AbortSignal): Promise<readonly Side[]> {
  const [audits, systems, files] = await Promise.all([everyAudit(signal), sources(signal), recentFiles(signal).catch(() => [])]); // who may look only has no files
  const kept = audits.map((one) => sideOf(one, systems));
  const others = kept.filter((one) => !one.own), names = [...new Set(others.map((one) => one.group))].sort((a, b) => a.localeCompare(b));
  const sent = files
    .filter((one) => one.files.includes("report.json"))
    .map((one): Side => ({ key: String(one.id), own: false, planned: false, name: one.title, text: `${one.title}${between()}${formatInstant(one.asked_at)}`, group: t("Files, kept for a day"), report: `/jobs/${one.id}/files/report.json` }));
  return apart([...kept.filter((one) => one.own && !one.planned), ...kept.filter((one) => one.own && one.planned), ...names.flatMap((name) => others.filter((one) => one.group === name)), ...sent]);
}

/** One that is not listed, such as a file that somebody else sent: its report says what it is. */
export const unlisted = (key: string): Side => {
  const audit = /^audit-(\d+)$/.exec(key)?.[1];
  return { key, own: false, planned: false, name: key, text: key, group: "", report: audit ? `/audits/${audit}/reports/json` : `/jobs/${encodeURIComponent(key)}/files/report.json` };
};

/** Found by typing a part of the name or the date, or looked for in its group. */
export function sideChoice(id: string, label: string, sides: readonly Side[], chosen: Side, take: (side: Side) => void): TemplateResult {
  const groups = [...new Set(sides.map((one) => one.group))];
  return html`<div class="field">
    <ui5-label for=${id} show-colon>${label}</ui5-label>
    <ui5-combobox
      id=${id}
      filter="Contains"
      accessible-name=${label}
      .value=${live(chosen.text)}
      @change=${(event: Event) => {
        const box = event.target as ComboBox, side = sides.find((one) => one.text === box.value);
        if (side) take(side);
        else box.value = chosen.text;
      }}
    >
      ${groups.map((group) => html`<ui5-cb-item-group header-text=${group}>${sides.filter((one) => one.group === group).map((one) => html`<ui5-cb-item text=${one.text}></ui5-cb-item>`)}</ui5-cb-item-group>`)}
    </ui5-combobox>
  </div>`;
}
