// Words of audits: grades, outcomes, states, areas, jobs.
import { html, type TemplateResult } from "lit-html";
import { t } from "../../i18n/text";

export function gradeName(grade: string): string {
  return grade === "essential" ? t("Essential") : grade === "important" ? t("Important") : grade === "desirable" ? t("Desirable") : grade;
}

export function gradeTag(grade: string): TemplateResult {
  return html`<span class="tag ${grade === "essential" ? "tag-bad" : grade === "important" ? "tag-warn" : ""}">${gradeName(grade)}</span>`;
}

export const outcomes = ["fail", "could_not_run", "waived", "pass", "not_applicable"] as const;

export function outcomeName(outcome: string): string {
  switch (outcome) {
    case "pass": return t("Passed");
    case "fail": return t("Failed");
    case "not_applicable": return t("Does not apply");
    case "waived": return t("Waived");
    default: return t("Could not be checked");
  }
}

export function outcomeTag(outcome: string): TemplateResult {
  const colour = outcome === "pass" ? "tag-good" : outcome === "fail" ? "tag-bad" : outcome === "not_applicable" ? "" : "tag-warn";
  return html`<span class="tag ${colour}">${outcomeName(outcome)}</span>`;
}

export const states = ["open", "accepted", "mended", "waived"] as const;

export function stateName(state: string): string {
  switch (state) {
    case "open": return t("Open");
    case "accepted": return t("Being mended");
    case "mended": return t("Said to be mended");
    case "waived": return t("Waived");
    default: return state;
  }
}

export function stateTag(state: string, proved: boolean): TemplateResult {
  if (state === "mended" && proved) return html`<span class="tag tag-good">${t("Mended, proved by an audit")}</span>`;
  return html`<span class="tag ${state === "open" ? "tag-warn" : ""}">${stateName(state)}</span>`;
}

/** The areas that the catalogue that ships asks about. */
export const areaNames = ["sales", "service", "completeness", "accuracy", "authenticity", "duplicates", "consistency", "timeliness", "privacy", "usage", "backup", "operations"] as const;

export function areaName(area: string): string {
  switch (area) {
    case "sales": return t("Sales process");
    case "service": return t("Customer service");
    case "completeness": return t("Completeness");
    case "accuracy": return t("Accuracy");
    case "authenticity": return t("Real records");
    case "duplicates": return t("Duplicates");
    case "consistency": return t("Consistency");
    case "timeliness": return t("Timeliness");
    case "privacy": return t("Privacy");
    case "usage": return t("Usage");
    case "backup": return t("Backups");
    case "operations": return t("Operations");
    case "access": return t("Access");
    case "security": return t("Security");
    default: return area;
  }
}

export function jobKind(kind: string): string {
  switch (kind) {
    case "audit-workspace": return t("Audit of the workspace");
    case "audit-file": return t("Audit of a file");
    case "import": return t("Import");
    case "import-check": return t("Check of a file");
    case "undo": return t("Undoing an import");
    case "export": return t("Export");
    case "backup-workspace": return t("Backup");
    case "drill-workspace": return t("Drill of a backup");
    case "ledger-verify": return t("Check of the ledger");
    default: return kind;
  }
}

export function jobState(state: string): string {
  switch (state) {
    case "waiting": return t("Waiting");
    case "running": return t("Running");
    case "done": return t("Done");
    case "failed": return t("Went wrong");
    case "cancelled": return t("Cancelled");
    default: return state;
  }
}
