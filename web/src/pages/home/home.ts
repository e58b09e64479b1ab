// The first screen: what needs me today, how the house stands, and for newcomers where to begin. Each part loads by itself.
import { html, nothing, type TemplateResult } from "lit-html";
import "../../styles/home.css";
import type { Context, Page } from "../../app/router";
import { mayBegin, mayDo, whoAmI } from "../../app/session";
import { formatDay } from "../../i18n/format";
import { t } from "../../i18n/text";
import { Part } from "../../ui/part";
import { problemStrip } from "../../ui/problem";
import { readHome } from "./data";
import { auditView, fieldsThere, monthsView, pipelineView, readCases, readPipeline, readWon } from "./figures";
import { guideIsAway, guideSteps, guideView, noteTried, putGuideAway } from "./guide";
import { dueCard, duplicatesCard, findingsCard, jobsCard, staleCard } from "./today";

function card(title: string, contents: unknown, more = ""): TemplateResult {
  return html`<section class="card ${more}"><h2>${title}</h2>${contents}</section>`;
}

function greeting(): string {
  const hour = new Date().getHours(), name = whoAmI()?.name ?? "";
  if (hour < 12) return t("Good morning, {name}", { name });
  return hour < 18 ? t("Good afternoon, {name}", { name }) : t("Good evening, {name}", { name });
}

export function openHome(context: Context): Page {
  const { signal, update } = context;
  let failure: unknown;
  const home = new Part(() => readHome(signal), update);
  const deals = fieldsThere("opportunity", "stage"), closing = fieldsThere("opportunity", "stage", "closed_on");
  const cases = fieldsThere("service_case", "opened_on", "closed_on");
  const pipeline = deals && new Part(() => readPipeline(deals, signal), update);
  const won = closing && new Part(() => readWon(closing, signal), update);
  const coming = cases && new Part(() => readCases(cases, signal), update);
  const guide = guideIsAway() ? undefined : new Part(() => guideSteps(signal), update);
  let guided = guide !== undefined;

  const acts = {
    doing(work: () => Promise<void>): void {
      failure = undefined;
      work().catch((error: unknown) => {
        failure = error;
        update();
      });
    },
    again: () => void home.again(),
  };

  function search(): void {
    noteTried("search");
    void guide?.again();
    dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true }));
  }

  function onKey(event: KeyboardEvent): void {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") noteTried("search");
  }
  addEventListener("keydown", onKey);

  const away = (): void => {
    putGuideAway();
    guided = false;
    update();
  };

  function needs(): TemplateResult {
    return card(t("What needs me today"), home.view((told) => dueCard(told, acts)), "home-today");
  }

  function aside(): TemplateResult | typeof nothing {
    const told = home.data;
    if (!told) return home.failure === undefined ? html`${card(t("Audit"), home.view(() => nothing, 3))}` : nothing;
    return html`${told.audits || mayBegin("audit") ? card(t("Last audit"), auditView(told.audits?.trend ?? [])) : nothing}
      ${told.findings && (told.findings.count > 0 || mayDo("findings")) ? card(t("My findings"), findingsCard(told)) : nothing}
      ${told.duplicates.length > 0 ? card(t("Duplicates to decide"), duplicatesCard(told)) : nothing}
      ${told.jobs.first.length > 0 ? card(t("My jobs"), jobsCard(told)) : nothing}`;
  }

  const stale = (): TemplateResult | typeof nothing => (home.data && home.data.stale.length > 0 ? card(t("Long not looked at"), staleCard(home.data)) : nothing);

  return {
    title: () => t("Home"),
    leave: () => removeEventListener("keydown", onKey),
    view: () => html`<div class="page home">
      <div class="page-head">
        <h1>${greeting()}</h1>
        <span class="muted">${formatDay(home.data?.day ?? new Date().toISOString(), true)}</span>
      </div>
      ${problemStrip(failure)}
      ${guided && guide && guide.failure === undefined && guide.data ? guideView(guide.data, away, search) : nothing}
      <div class="home-parts">
        <div class="home-main">
          ${needs()}
          ${pipeline && !pipeline.denied && deals ? card(t("Pipeline"), pipeline.view((told) => pipelineView(deals, told), 5)) : nothing}
          <div class="home-trends">
            ${won && !won.denied ? card(t("Won and lost by month"), won.view((lines) => monthsView(t("Won and lost by month"), lines, ["good", "bad"]), 5)) : nothing}
            ${coming && !coming.denied ? card(t("Cases by month"), coming.view((lines) => monthsView(t("Cases by month"), lines, ["warn", "good"]), 5)) : nothing}
          </div>
        </div>
        <div class="home-side">${aside()} ${stale()}</div>
      </div>
    </div>`,
  };
}
