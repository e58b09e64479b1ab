// Charts: Apache ECharts as SVG, in the colours of the theme, mirrored where the reader reads from the right. Behind each is its table.
import { html, nothing, type TemplateResult } from "lit-html";
import { attachThemeLoaded, detachThemeLoaded } from "@ui5/webcomponents-base/dist/theming/ThemeLoaded.js";
import type { EChartsType } from "echarts/core";
import "../styles/chart.css";
import { formatNumber } from "../i18n/format";
import { isRtl, t } from "../i18n/text";

export interface Series {
  name: string;
  values: readonly (number | null)[];
  kind?: "bar" | "line";
  colour?: "plain" | "good" | "bad" | "warn";
  /** Bars of one category stand on each other. */
  stacked?: boolean;
}

export interface ChartWish {
  label: string;
  categories: readonly string[];
  series: readonly Series[];
  /** What the categories are: the heading of the table's first column. */
  of: string;
  /** Bars that lie, one category a line: for long names. */
  lying?: boolean;
  most?: number;
  format?: (value: number) => string;
  /** Called with the number of the category that was chosen. */
  chosen?: (index: number) => void;
}

const fallback = { plain: "#0070f2", good: "#188918", bad: "#d20a0a", warn: "#e76500" };
const variables = { plain: "--sapChart_OrderedColor_1", good: "--sapPositiveColor", bad: "--sapNegativeColor", warn: "--sapCriticalColor" };
const others = ["#0070f2", "#c87b00", "#75980b", "#df1278", "#8b47d7"];

function colour(name: string, otherwise: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || otherwise;
}

function colourOf(series: Series, at: number): string {
  if (series.colour) return colour(variables[series.colour], fallback[series.colour]);
  return colour(`--sapChart_OrderedColor_${at + 1}`, others[at % others.length] ?? fallback.plain);
}

function optionsOf(wish: ChartWish): Record<string, unknown> {
  const rtl = isRtl(), text = colour("--sapTextColor", "#1d2d3e"), muted = colour("--sapContent_LabelColor", "#556b82");
  const line = colour("--sapList_BorderColor", "#e5e5e5"), font = colour("--sapFontFamily", "sans-serif");
  const format = wish.format ?? ((value: number) => formatNumber(value, { maximumFractionDigits: 1 }));
  const label = { color: muted, fontFamily: font, fontSize: 12 };
  const names = {
    type: "category", data: wish.categories, axisTick: { show: false }, axisLine: { lineStyle: { color: line } },
    axisLabel: { ...label, hideOverlap: true, ...(wish.lying ? { width: 150, overflow: "truncate" } : {}) },
  };
  const numbers = {
    type: "value", max: wish.most ?? null, minInterval: wish.format ? 0 : 1, splitNumber: 4, splitLine: { lineStyle: { color: line } },
    axisLabel: { ...label, formatter: format, hideOverlap: true },
  };
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 350,
    textStyle: { fontFamily: font, color: text },
    grid: { left: 4, right: 24, top: wish.series.length > 1 ? 32 : 10, bottom: 4, containLabel: true },
    ...(wish.series.length > 1 ? { legend: { top: 0, [rtl ? "right" : "left"]: 0, icon: "circle", itemHeight: 9, textStyle: { ...label } } } : {}),
    tooltip: {
      trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: wish.lying ? "shadow" : "line" },
      backgroundColor: colour("--sapList_Background", "#fff"), borderColor: line, textStyle: { color: text, fontFamily: font, fontSize: 12 },
      valueFormatter: (value: unknown) => (typeof value === "number" ? format(value) : "–"),
    },
    xAxis: wish.lying ? { ...numbers, inverse: rtl } : { ...names, inverse: rtl },
    yAxis: wish.lying ? { ...names, inverse: true, position: rtl ? "right" : "left" } : { ...numbers, position: rtl ? "right" : "left" },
    series: wish.series.map((series, at) => ({
      name: series.name, type: series.kind ?? "bar", data: series.values, color: colourOf(series, at), barMaxWidth: 28, symbolSize: 7, connectNulls: true,
      itemStyle: { borderRadius: series.stacked ? 0 : wish.lying ? (rtl ? [4, 0, 0, 4] : [0, 4, 4, 0]) : [4, 4, 0, 0] }, lineStyle: { width: 2.5 },
      ...(series.stacked ? { stack: "all" } : {}),
    })),
  };
}

/** The drawing itself; fills its place, and draws again when that or the theme changes. */
class ChartElement extends HTMLElement {
  private drawing: EChartsType | undefined;
  private wanted: ChartWish | undefined;
  private said = "";
  private readonly sizes = new ResizeObserver(() => this.drawing?.resize());

  set wish(wish: ChartWish) {
    const said = JSON.stringify([wish.categories, wish.series, wish.most]);
    this.wanted = wish;
    if (said === this.said) return;
    this.said = said;
    this.draw();
  }

  connectedCallback(): void {
    void this.begin();
  }

  disconnectedCallback(): void {
    this.sizes.disconnect();
    detachThemeLoaded(this.draw);
    this.drawing?.dispose();
    this.drawing = undefined;
  }

  private async begin(): Promise<void> {
    const { init } = await import("./echarts");
    if (!this.isConnected || this.drawing) return;
    this.drawing = init(this, null, { renderer: "svg" });
    this.drawing.on("click", (event) => this.wanted?.chosen?.(event.dataIndex));
    this.sizes.observe(this);
    attachThemeLoaded(this.draw);
    this.draw();
  }

  private readonly draw = (): void => {
    if (this.drawing && this.wanted) this.drawing.setOption(optionsOf(this.wanted), true);
  };
}
customElements.define("probity-chart", ChartElement);

/** The numbers behind a drawing. */
export function tableOf(wish: ChartWish): TemplateResult {
  const format = wish.format ?? ((value: number) => formatNumber(value));
  return html`<details class="chart-table">
    <summary>${t("As a table")}</summary>
    <div class="chart-rows" role="region" aria-label=${wish.label} tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">${wish.of}</th>
            ${wish.series.map((series) => html`<th scope="col" class="number">${series.name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${wish.categories.map(
            (name, at) => html`<tr>
              <th scope="row">${name}</th>
              ${wish.series.map((series) => {
                const value = series.values[at];
                return html`<td class="number">${typeof value === "number" ? format(value) : "–"}</td>`;
              })}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

/** A chart with its name and, behind it, its numbers. What has nothing to show is not drawn. */
export function chart(wish: ChartWish): TemplateResult | typeof nothing {
  if (wish.categories.length === 0) return nothing;
  const lines = wish.lying ? Math.min(16, 2 + wish.categories.length) : 0;
  return html`<figure class="chart" data-lines=${lines || nothing}>
    <probity-chart role="img" aria-label=${t("Chart: {what}; its numbers stand in the table below.", { what: wish.label })} .wish=${wish}></probity-chart>
    ${tableOf(wish)}
  </figure>`;
}
