// How much a control lets fail: as it ships and as this workspace set it; changed with a reason, what that means shown before; who said what when.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import "@ui5/webcomponents/dist/TextArea.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import type TextArea from "@ui5/webcomponents/dist/TextArea.js";
import { ask as askServer, get } from "../../api/http";
import { between, formatInstant, formatNumber, formatPercent } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { plainDigits } from "../../ui/calendar_text";
import { ask } from "../../ui/dialog";
import { toast } from "../../ui/toast";
import type { Audit, AuditRun, Control, Outcome } from "./data";

export interface Threshold {
  control: string;
  limit_of: "share" | "count";
  limit: number;
  limit_shipped: number;
  limit_set: boolean;
  /** Newest first: of it alone, or of all that ask the same. */
  history: Said[];
}

interface Said {
  control: string;
  /** null: what ships. */
  limit: number | null;
  reason: string;
  changed_by: string;
  changed_at: string;
}

const manyRecords = 10000; // where no audit says how many there are

const placeOf = (id: string): string => `/controls/${encodeURIComponent(id)}/threshold`;
/** The control of which this is asked of one field or kind of record. */
export const baseOf = (id: string): string => id.split("/")[0] ?? id;

export const readThreshold = (control: Control, signal: AbortSignal): Promise<Threshold> => get<Threshold>(placeOf(control.id), undefined, signal);

export function limitText(of: "share" | "count", limit: number): string {
  return of === "share" ? formatPercent(limit, 4) : formatNumber(limit);
}

/** What the newest audit of the workspace came to, by control; nothing where there was none yet. */
async function lookedAt(): Promise<ReadonlyMap<string, Outcome>> {
  const { audits } = await get<{ audits: AuditRun[] }>("/audits", { limit: 50 });
  const newest = audits.find((one) => one.own);
  if (!newest) return new Map();
  const { outcomes } = await get<Audit>(`/audits/${newest.audit}`);
  return new Map(outcomes.map((one) => [one.control, one]));
}

const newestOf = (said: Threshold, id: string): number | null => said.history.find((one) => one.control === id)?.limit ?? null;

/** Those of several that ask the same for which something is set alone: it stands over what is set for all. */
async function setAlone(alike: readonly Control[]): Promise<ReadonlySet<Control>> {
  const set = alike.filter((one) => one.limit_set && one.id !== baseOf(one.id));
  const said = await Promise.all(set.map((one) => get<Threshold>(placeOf(one.id))));
  return new Set(set.filter((one, at) => said[at] && newestOf(said[at], one.id) !== null));
}

/** What a limit would mean, by what the newest audit saw. */
function meaning(control: Control, seen: Outcome | undefined, limit: number): string {
  if (!seen || seen.population === 0)
    return control.limit_of === "share" ? t("Of {population} records {most} may fail.", { population: formatNumber(manyRecords), most: formatNumber(Math.floor(limit * manyRecords + 1e-6)) }) : tn("One record may fail.", "{count} records may fail.", limit);
  const most = control.limit_of === "share" ? Math.floor(limit * seen.population + 1e-6) : limit;
  const figures = { population: formatNumber(seen.population), most: formatNumber(most), failing: formatNumber(seen.failing) };
  return seen.failing <= most
    ? t("Of {population} that the newest audit looked at {most} may fail; {failing} did: it would pass.", figures)
    : t("Of {population} that the newest audit looked at {most} may fail; {failing} did: it would fail.", figures);
}

/** What was typed as a limit: per cent of a share, or a number of records. */
function typed(control: Control, text: string): number | undefined {
  const plain = plainDigits(text).replace(/[%٪\s]/g, "").replace(/[,٫]/, ".");
  const number = plain === "" ? NaN : Number(plain);
  if (!Number.isFinite(number) || number < 0) return undefined;
  if (control.limit_of === "share") return number <= 100 ? Number((number / 100).toFixed(6)) : undefined;
  return Number.isInteger(number) ? number : undefined;
}

const shownAs = (control: Control, limit: number): string => formatNumber(control.limit_of === "share" ? limit * 100 : limit, { maximumFractionDigits: 4, useGrouping: false });

function previewOf(of: readonly Control[], alone: ReadonlySet<Control>, seen: ReadonlyMap<string, Outcome>, limit: number | undefined): TemplateResult {
  if (limit === undefined) return html`<p class="muted">${t("What it means is shown here.")}</p>`;
  return html`<ul class="plain-list limit-preview" aria-label=${t("What it means")}>
    ${of.map((one) => {
      if (of.length === 1) return html`<li>${meaning(one, seen.get(one.id), limit)}</li>`;
      const says = alone.has(one) ? t("stays at {limit}, which was set for it alone", { limit: limitText(one.limit_of, one.limit) }) : meaning(one, seen.get(one.id), limit);
      return html`<li><b>${one.title}</b>: ${says}</li>`;
    })}
  </ul>`;
}

function reasonField(take: (text: string) => void): TemplateResult {
  return html`<div class="field">
    <ui5-label for="limit-reason" show-colon required>${t("Why")}</ui5-label>
    <ui5-textarea id="limit-reason" rows="2" required maxlength="300" accessible-description=${t("Reports and the ledger tell it to whoever audits later.")} @input=${(event: Event) => take((event.target as TextArea).value)}></ui5-textarea>
    <span class="muted">${t("Reports and the ledger tell it to whoever audits later.")}</span>
  </div>`;
}

/** Asks what may fail from the next audit on; whether it was changed. `alike`: all that ask the same, this one among them. */
export async function changeLimit(control: Control, alike: readonly Control[]): Promise<boolean> {
  const [seen, alone] = await Promise.all([lookedAt(), setAlone(alike)]);
  let limit: number | undefined = control.limit, reason = "", all = false;
  const share = control.limit_of === "share";
  const done = await ask<true>({
    title: t("What may fail"),
    does: t("Save"),
    wide: true,
    view: (update) => html`<p>${control.title}</p>
      ${alike.length > 1
        ? html`<div class="field">
            <ui5-label for="limit-of" show-colon>${t("Said of")}</ui5-label>
            <ui5-select id="limit-of" @change=${(event: Event) => ((all = (event.target as Select).selectedOption?.getAttribute("data-value") === "all"), update())}>
              <ui5-option data-value="one" ?selected=${!all}>${t("This control alone")}</ui5-option>
              <ui5-option data-value="all" ?selected=${all}>${tn("The one that asks this", "All {count} that ask the same", alike.length)}</ui5-option>
            </ui5-select>
          </div>`
        : nothing}
      <div class="field">
        <ui5-label for="limit-amount" show-colon required>${share ? t("At most, in per cent of what is looked at") : t("At most, in records")}</ui5-label>
        <ui5-input
          id="limit-amount"
          required
          value=${shownAs(control, control.limit)}
          value-state=${limit === undefined ? "Negative" : "None"}
          @input=${(event: Event) => ((limit = typed(control, (event.target as Input).value)), update())}
        >
          <div slot="valueStateMessage">${share ? t("A number from 0 to 100.") : t("A whole number from 0 on.")}</div>
        </ui5-input>
        <span class="muted">${t("As shipped: {limit}", { limit: limitText(control.limit_of, control.limit_shipped) })}</span>
      </div>
      <div role="status">${previewOf(all ? alike : [control], alone, seen, limit)}</div>
      ${reasonField((text) => (reason = text))}`,
    act: async () => {
      if (limit === undefined) return undefined;
      await askServer(placeOf(all ? baseOf(control.id) : control.id), { method: "PUT", body: { limit, reason } });
      toast(t("It holds from the next audit on."));
      return true as const;
    },
  });
  return done === true;
}

/** What holds again once what was said of one control is taken back, and of which that is said. */
function behind(control: Control, said: Threshold): { id: string; limit: number } {
  const own = newestOf(said, control.id) !== null, base = baseOf(control.id);
  return own ? { id: control.id, limit: base === control.id ? control.limit_shipped : (newestOf(said, base) ?? control.limit_shipped) } : { id: base, limit: control.limit_shipped };
}

export async function resetLimit(control: Control, alike: readonly Control[], said: Threshold): Promise<boolean> {
  const [seen, alone] = await Promise.all([lookedAt(), setAlone(alike)]);
  const next = behind(control, said);
  const of = next.id === control.id ? [control] : alike;
  let reason = "";
  const done = await ask<true>({
    title: t("Take back what was set?"),
    does: t("Take back"),
    wide: true,
    view: () => html`<p>${t("From the next audit on at most {limit} may fail again.", { limit: limitText(control.limit_of, next.limit) })}</p>
      ${previewOf(of, alone, seen, next.limit)} ${reasonField((text) => (reason = text))}`,
    act: async () => {
      await askServer(placeOf(next.id), { method: "PUT", body: { limit: null, reason } });
      toast(t("It holds from the next audit on."));
      return true as const;
    },
  });
  return done === true;
}

function saidOf(control: Control, one: Said): string {
  const limit = one.limit === null ? t("taken back") : t("at most {limit}", { limit: limitText(control.limit_of, one.limit) });
  return one.control === control.id ? limit : t("{limit}, for all that ask the same", { limit });
}

/** Who said what when, newest first. */
export function limitHistory(control: Control, said: Threshold | undefined): TemplateResult | typeof nothing {
  if (!said || said.history.length === 0) return nothing;
  return html`<dt>${t("History")}</dt>
    <dd>
      <ul class="plain-list limit-history">
        ${said.history.map((one) => html`<li>${formatInstant(one.changed_at)}${between()}${one.changed_by}${between()}<b>${saidOf(control, one)}</b><span class="muted">${one.reason}</span></li>`)}
      </ul>
    </dd>`;
}
