// Every screen, and where it lies. A new one is a line here; the first that fits counts.
import type { Route } from "./router";

/** Of records, by the path of their entity: nearly every address fits, so they are looked at last. */
export const ofRecords: readonly Route[] = [
  { pattern: "/{path}", load: async () => (await import("../pages/records/list")).openList },
  { pattern: "/{path}/new", load: async () => (await import("../pages/record/form")).openForm },
  { pattern: "/{path}/{id}/edit", load: async () => (await import("../pages/record/form")).openForm },
  { pattern: "/{path}/{id}", load: async () => (await import("../pages/record/record")).openRecord },
];

export const routes: readonly Route[] = [
  { pattern: "/", load: async () => (await import("../pages/home/home")).openHome },
  { pattern: "/import", load: async () => (await import("../pages/import/import")).openImport },
  { pattern: "/duplicates", load: async () => (await import("../pages/duplicates/queue")).openDuplicates },
  { pattern: "/duplicates/{path}/{left}/{right}", load: async () => (await import("../pages/duplicates/compare")).openCompare },
  { pattern: "/search", load: async () => (await import("../pages/search/search")).openSearch },
  { pattern: "/access", load: async () => (await import("../pages/access/you")).openYou },
  { pattern: "/access/users", load: async () => (await import("../pages/access/users")).openUsers },
  { pattern: "/access/users/{id}", load: async () => (await import("../pages/access/user")).openUser },
  { pattern: "/access/teams", load: async () => (await import("../pages/access/teams")).openTeams },
  { pattern: "/access/roles", load: async () => (await import("../pages/access/roles")).openRoles },
  { pattern: "/access/roles/{role}", load: async () => (await import("../pages/access/roles")).openRole },
  { pattern: "/access/matrix", load: async () => (await import("../pages/access/matrix")).openMatrix },
  { pattern: "/access/who-can", load: async () => (await import("../pages/access/who_can")).openWhoCan },
  { pattern: "/access/reviews", load: async () => (await import("../pages/access/reviews")).openReviews },
  { pattern: "/access/reviews/{review}", load: async () => (await import("../pages/access/reviews")).openReview },
  { pattern: "/access/log", load: async () => (await import("../pages/access/log")).openLog },
  { pattern: "/access/ledger", load: async () => (await import("../pages/access/ledger")).openLedger },
  { pattern: "/access/ledger/{sequence}", load: async () => (await import("../pages/access/ledger")).openEvent },
  { pattern: "/audit", load: async () => (await import("../pages/audit/overview")).openAudits },
  { pattern: "/audit/findings", load: async () => (await import("../pages/audit/findings")).openFindings },
  { pattern: "/audit/findings/{finding}", load: async () => (await import("../pages/audit/findings")).openFinding },
  { pattern: "/audit/plans", load: async () => (await import("../pages/audit/plans")).openPlans },
  { pattern: "/audit/plans/{plan}", load: async () => (await import("../pages/audit/plans")).openPlan },
  { pattern: "/audit/controls", load: async () => (await import("../pages/audit/controls")).openControls },
  { pattern: "/audit/compare/{job}", load: async () => (await import("../pages/audit/compare")).openCompare },
  { pattern: "/audit/{audit}", load: async () => (await import("../pages/audit/result")).openAudit },
  { pattern: "/settings", load: async () => (await import("../pages/settings/general")).openGeneral },
  { pattern: "/settings/entities", load: async () => (await import("../pages/settings/entities")).openEntities },
  { pattern: "/settings/entities/{name}", load: async () => (await import("../pages/settings/entities")).openEntity },
  { pattern: "/settings/backups", load: async () => (await import("../pages/settings/backups")).openBackups },
  { pattern: "/settings/connections", load: async () => (await import("../pages/settings/connections")).openConnections },
  { pattern: "/settings/jobs", load: async () => (await import("../pages/settings/jobs")).openJobs },
  { pattern: "/help", load: async () => (await import("../pages/help/help")).openHelp },
  { pattern: "/help/{topic}", load: async () => (await import("../pages/help/help")).openHelp },
  { pattern: "/feedback", load: async () => (await import("../pages/feedback/feedback")).openOwn },
  { pattern: "/feedback/all", load: async () => (await import("../pages/feedback/feedback")).openAll },
];
