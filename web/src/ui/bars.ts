// Bars and columns of a few counts, drawn here: home shows them before anything else is loaded, and ECharts weighs more than the rest of it.
import { html, nothing, svg, type TemplateResult } from "lit-html";
import "../styles/bars.css";
import { formatNumber } from "../i18n/format";
import { isRtl, t } from "../i18n/text";
import { tableOf, type ChartWish } from "./chart";

export interface Bar {
  name: string;
  more: string;
  value: number;
  /** Where the records behind it are listed. */
  address: string;
}

/** A line each: name, bar, number; each leads to its records. */
export function bars(wish: { label: string; lines: readonly Bar[] }): TemplateResult {
  const most = Math.max(1, ...wish.lines.map((one) => one.value));
  return html`<ul class="bars" aria-label=${wish.label}>
    ${wish.lines.map((one) => {
      const width = (100 * one.value) / most;
      return html`<li>
        <a href=${one.address}>
          <span class="bars-name">${one.name}${one.more ? html` <span class="muted">${one.more}</span>` : nothing}</span>
          <span class="bars-number">${formatNumber(one.value)}</span>
          <svg class="bars-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect x=${isRtl() ? 100 - width : 0} width=${width} height="1" /></svg>
        </a>
      </li>`;
    })}
  </ul>`;
}

/** The least of 2, 4, 10, 20, 40, 100, … that nothing is higher than: its half is a whole number. */
function topOf(most: number): number {
  for (let ten = 1; ; ten *= 10) for (const top of [2 * ten, 4 * ten, 10 * ten]) if (top >= most) return top;
}

/** Columns side by side, a group for each category; the first is where reading begins. */
export function columns(wish: ChartWish): TemplateResult {
  const count = Math.max(wish.categories.length, 6), each = 0.8 / wish.series.length;
  const top = topOf(Math.max(...wish.series.flatMap((series) => series.values.map((value) => value ?? 0))));
  const step = Math.ceil(count / 4); // as many names as there is room for on a phone
  const place = (at: number, nth: number): number => {
    const from = at + 0.1 + nth * each;
    return isRtl() ? count - from - each : from;
  };
  return html`<figure class="chart">
    <div class="columns" role="img" aria-label=${t("Chart: {what}; its numbers stand in the table below.", { what: wish.label })}>
      <div class="columns-legend">${wish.series.map((series) => html`<span data-colour=${series.colour ?? "plain"}>${series.name}</span>`)}</div>
      <div class="columns-scale">${[top, top / 2, 0].map((value) => html`<span>${formatNumber(value)}</span>`)}</div>
      <svg class="columns-drawing" viewBox=${`0 0 ${count} 100`} preserveAspectRatio="none">
        ${[0.5, 50, 99.5].map((y) => svg`<line x1="0" x2=${count} y1=${y} y2=${y} />`)}
        ${wish.series.map((series, nth) =>
          series.values.map((value, at) => {
            const height = (100 * (value ?? 0)) / top;
            return svg`<rect data-colour=${series.colour ?? "plain"} x=${place(at, nth)} width=${each} y=${100 - height} height=${height}><title>${series.name}, ${wish.categories[at]}: ${formatNumber(value ?? 0)}</title></rect>`;
          }),
        )}
      </svg>
      <div class="columns-names">${Array.from({ length: Math.ceil(count / step) }, (_, at) => html`<span>${wish.categories[at * step] ?? ""}</span>`)}</div>
    </div>
    ${tableOf(wish)}
  </figure>`;
}
