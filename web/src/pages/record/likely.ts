// Records that one is likely the same as, called by their names.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/MessageStrip.js";
import { get } from "../../api/http";
import type { Entity, RecordJson } from "../../api/types";
import { href } from "../../app/router";
import { between, formatPercent } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { recordTitle, valueText } from "../../ui/value";

export interface Likely {
  id: string;
  called: string;
  sure: number;
}

const read = new Map<string, Promise<RecordJson | undefined>>();

/** The records themselves, each read once; what may not be seen is left out. */
export async function likelyRecords(entity: Entity, likely: readonly Likely[]): Promise<(RecordJson & { sure: number })[]> {
  const records = await Promise.all(
    likely.slice(0, 5).map(async (one) => {
      let asked = read.get(one.id);
      if (!asked) read.set(one.id, (asked = get<RecordJson>(`/${entity.path}/${one.id}`).catch(() => undefined)));
      const record = await asked;
      return record ? [{ ...record, sure: one.sure }] : [];
    }),
  );
  return records.flat();
}

/** A few values by which a person is recognised. */
export function factsOf(entity: Entity, record: RecordJson, most = 3): string {
  const facts: string[] = [];
  for (const name of ["job_title", "company", "email", "phone", "city", "country", "industry", "status", "stage"]) {
    const field = entity.fields.find((one) => one.name === name);
    const text = field && !entity.title.includes(name) ? valueText(field, record.fields[name], record) : "";
    if (text) facts.push(text);
    if (facts.length === most) break;
  }
  return facts.join(between());
}

export function likelyList(entity: Entity, records: readonly (RecordJson & { sure: number })[]): TemplateResult {
  return html`<ul class="likely-list">
    ${records.map(
      (one) =>
        html`<li>
          <span class="likely-sure" title=${t("How sure it is that they are one")}>${formatPercent(Math.min(one.sure, 0.999))}</span>
          <span class="likely-who"><strong><bdi>${recordTitle(entity, one)}</bdi></strong><span class="muted"><bdi>${factsOf(entity, one)}</bdi></span></span>
          <a href=${href(`/${entity.path}/${one.id}`)}>${t("Open it instead")}</a>
        </li>`,
    )}
  </ul>`;
}

export function likelyStrip(entity: Entity, records: readonly (RecordJson & { sure: number })[]): TemplateResult {
  return html`<div class="likely" role="status" aria-live="polite">
    ${records.length > 0
      ? html`<ui5-message-strip design="Critical" hide-close-button>
          <h2 class="likely-title">${tn("Is it this one, which is there already?", "Is it one of these, which are there already?", records.length)}</h2>
          ${likelyList(entity, records)}
        </ui5-message-strip>`
      : nothing}
  </div>`;
}
