// The mark of an audit: its letter, its figure, and the change since the one before.
import { html, nothing, type TemplateResult } from "lit-html";
import { formatNumber } from "../../i18n/format";
import { t } from "../../i18n/text";
import "../../styles/audit.css";

export function figure(mark: number): string {
  return formatNumber(mark, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

export function changeView(now: number, before: number): TemplateResult {
  const change = Math.round((now - before) * 10) / 10;
  if (change === 0) return html`<span class="mark-change muted">${t("as before")}</span>`;
  const text = formatNumber(Math.abs(change), { maximumFractionDigits: 1 });
  return html`<span class="mark-change ${change > 0 ? "mark-up" : "mark-down"}">${change > 0 ? t("▲ {points} better", { points: text }) : t("▼ {points} worse", { points: text })}</span>`;
}

export function letterView(letter: string | null): TemplateResult {
  return html`<span class="mark-letter" data-letter=${letter ?? "-"}>${letter ?? "–"}</span>`;
}

export function markView(letter: string | null, mark: number | null, before?: number): TemplateResult {
  return html`<div class="mark">
    ${letterView(letter)}
    <div>
      <div class="mark-figure">${mark === null ? t("No mark") : t("{mark} of 100", { mark: figure(mark) })}</div>
      ${mark !== null && before !== undefined ? changeView(mark, before) : nothing}
    </div>
  </div>`;
}
