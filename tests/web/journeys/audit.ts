// A steward audits the workspace and gives a finding to somebody; an auditor reads; another system's export is audited.
// shows: AUD-3 AUD-5 AUD-8 AUD-9 AUD-10 AUD-11 UX-1
import type { Locator } from "playwright-core";
import { asked, audited } from "../asked";
import type { Journey } from "../journey";
import { isWritten, listIsAccessible, takes, writes } from "../person";
import type { Visitor } from "../visitor";

/** Whom nobody is called is said, and nothing is saved then; the keyboard alone does. */
async function givesByTyping(v: Visitor): Promise<void> {
  await audited(v);
  await v.to("/audit/findings");
  const row = v.page.locator("main .table tbody tr").first(), does = v.page.locator("ui5-dialog[open] .dialog-does");
  await row.locator("td ui5-button").click();
  await writes(v, "finding-owner", "nobody-of-all");
  await v.page.locator("ui5-input#finding-owner[value-state=Information]").waitFor();
  await listIsAccessible(v);
  await isWritten(v, "finding-owner");
  await does.click();
  await v.page.locator("ui5-dialog .problem", { hasText: "nobody-of-all" }).waitFor();
  const owner = await writes(v, "finding-owner", "SA");
  await v.page.getByRole("option", { name: "sam" }).waitFor();
  if (v.size === "phone") await takes(v, "sam");
  else {
    await owner.press("ArrowDown");
    await owner.press("Enter");
  }
  await does.click();
  await row.getByText("sam", { exact: true }).waitFor();
  // The list is narrowed to hers; what is left empty is nobody's again.
  await writes(v, "findings-owner", "sam");
  await takes(v, "sam");
  await v.page.waitForFunction(() => location.hash.includes("owner=sam"));
  await v.page.waitForFunction(() => document.querySelectorAll("main .table tbody tr").length === 1);
  await v.accessible();
  await row.locator("td ui5-button").click();
  await v.page.locator("ui5-input#finding-owner .ui5-input-clear-icon-wrapper").first().click();
  await does.click();
  await v.page.locator("main .empty").waitFor();
}

/** From the list of audits: the system that was planned and the file that was dropped, chosen by name; then the same twice. */
async function comparesOthers(v: Visitor): Promise<void> {
  const box = (side: string): Locator => v.page.locator(`ui5-combobox#compare-${side}`);
  await v.to("/audit");
  await v.page.locator(".audits-compare").click();
  await v.page.getByRole("heading", { name: "This workspace and Old CRM" }).waitFor();
  for (const group of ["This workspace", "Old CRM", "Files, kept for a day"])
    if ((await box("left").locator(`ui5-cb-item-group[header-text="${group}"]`).count()) !== 1) v.faults.push(`there is no group “${group}”`);
  await box("left").locator("input").first().fill("peop");
  await v.page.getByRole("option", { name: /^people · / }).first().click();
  await v.page.getByRole("heading", { name: "people and Old CRM" }).waitFor();
  await v.page.locator("main th", { hasText: "people is" }).waitFor();
  await v.page.locator("main td", { hasText: "alike" }).first().waitFor(); // the same rows, once kept and once not
  await v.accessible();
  await box("left").locator("input").first().fill("old crm");
  await v.page.getByRole("option", { name: /^Old CRM · / }).first().click();
  await v.page.locator("main .empty", { hasText: "Both are the same" }).waitFor();
  await v.accessible();
  for (const side of ["left", "right"]) {
    await box(side).locator("input").first().fill("this workspace");
    await v.page.getByRole("option", { name: /^This workspace · / }).first().click();
    await v.page.waitForFunction((name) => document.querySelector<HTMLInputElement>(`ui5-combobox#compare-${name}`)?.value.startsWith("This workspace"), side);
  }
  await v.page.getByRole("heading", { name: "Compare two audits" }).waitFor();
}

export const audit: readonly Journey[] = [
  {
    name: "audit: a steward runs it",
    who: "lin",
    languages: ["en"],
    sizes: ["desk"],
    async goes(v) {
      await v.to("/audit");
      await v.accessible();
      await v.page.getByRole("button", { name: "Audit this workspace" }).first().click();
      await v.page.locator(".mark-letter").first().waitFor();
      await v.page.getByRole("heading", { name: "What to do first" }).waitFor();
      const [report] = await Promise.all([v.page.waitForEvent("download"), v.page.getByRole("button", { name: "Report (HTML)" }).click()]);
      if (report.suggestedFilename() !== "audit-1.html") v.faults.push(`the report is called ${report.suggestedFilename()}`);
      await v.to("/audit/findings");
      await v.page.getByRole("button", { name: "Change", exact: true }).first().click();
      await writes(v, "finding-owner", "min");
      await takes(v, "mina");
      await v.accessible();
      await v.page.locator(".dialog-does").click();
      await v.page.locator("main td").getByText("mina").first().waitFor();
      // Two at once: what would change is shown before.
      await v.page.locator("input.pick").nth(0).check();
      await v.page.locator("input.pick").nth(1).check();
      await v.page.getByRole("button", { name: "Change those chosen (2)" }).click();
      await writes(v, "several-owner", "li");
      await takes(v, "lin");
      await v.page.locator("ui5-dialog li").getByText("→").first().waitFor();
      await v.accessible();
      await v.page.locator(".dialog-does").click();
      await v.page.locator("main td").getByText("lin", { exact: true }).nth(1).waitFor();
      await v.page.locator("main .table ui5-link").first().click();
      await v.page.locator("probity-chart").first().waitFor();
      await v.accessible();
      await v.page.locator("main .table td a").first().click();
      await v.page.locator(".record-head h1").first().waitFor();
      // What was given to her stands at home, by its name, and leads to her part of the list.
      await v.to("/");
      await v.page.locator(".home-side a[href*='/audit/findings/']").first().waitFor();
      await v.page.getByRole("link", { name: "All my findings" }).click();
      await v.page.locator("main td").getByText("lin", { exact: true }).nth(1).waitFor();
      if (await v.page.locator("main td").getByText("mina", { exact: true }).count()) v.faults.push("another's findings are among mine");
      // What may fail is set with a reason; what it means is shown before, who said it afterwards.
      v.means(/^422 PUT \/controls\//);
      await v.to("/settings/controls");
      await v.page.locator("ui5-input#controls-words input").fill("COM-PHONE");
      await v.page.locator(".control summary").first().click();
      await v.page.locator(".limit-change").click();
      await v.page.locator("ui5-input#limit-amount input").fill("100");
      await v.page.locator(".limit-preview").getByText("it would pass").waitFor();
      await v.page.locator("ui5-input#limit-amount input").fill("101");
      await v.page.getByText("What it means is shown here.").waitFor();
      await v.page.locator("ui5-input#limit-amount input").fill("62.5");
      await v.page.locator(".dialog-does").click();
      await v.page.locator("ui5-dialog .problem").waitFor(); // no reason yet
      await v.page.locator("ui5-textarea#limit-reason textarea").fill("Most are reached by mail");
      await v.accessible();
      await v.page.locator(".dialog-does").click();
      await v.page.locator(".limit-history").getByText("Most are reached by mail").waitFor();
      await v.page.locator(".control .tag", { hasText: "Limit set here" }).waitFor();
      await v.accessible();
      await v.page.locator(".limit-reset").click();
      await v.page.locator("ui5-textarea#limit-reason textarea").fill("Numbers were asked for");
      await v.page.locator(".dialog-does").click();
      await v.page.locator(".limit-history").getByText("taken back").waitFor();
      await v.page.locator(".control .tag", { hasText: "Limit set here" }).waitFor({ state: "detached" });
    },
  },
  { name: "audit: a finding is given to somebody by typing, and the list is narrowed to her", who: "lin", runs: [["en", "desk"], ["fa", "phone"]], goes: givesByTyping },
  {
    name: "audit: planned, and done within its scope",
    who: "lin",
    languages: ["en"],
    sizes: ["desk"],
    async goes(v) {
      await v.to("/audit/plans");
      await v.page.getByRole("button", { name: "Plan an audit" }).first().click();
      await v.page.locator("ui5-input#plan-name input").fill("Addresses");
      await v.page.locator("ui5-textarea#plan-goals textarea").fill("Letters arrive");
      await v.page.locator("ui5-date-picker#plan-due input").fill("2024-01-31");
      await v.page.locator("ui5-date-picker#plan-due input").press("Tab");
      await v.page.locator('fieldset.several ui5-checkbox[text="Contacts"]').click();
      for (const who of ["lin", "sam"]) {
        await writes(v, "plan-team", who.slice(0, 2));
        await takes(v, who);
        await v.page.locator(`fieldset.several ui5-checkbox[text="${who}"][checked]`).waitFor();
      }
      await v.page.locator('fieldset.several ui5-checkbox[text="sam"]').click(); // and is away again
      // Controls are found by words, chosen, and stay in sight.
      await v.page.locator("ui5-input#plan-words input").fill("e-mail");
      await v.page.locator(".pick-list ui5-checkbox").first().click();
      await v.page.locator(".pick-controls [role=status]").getByText("One chosen").waitFor();
      await v.page.locator("ui5-input#plan-words input").fill("nothing is called so");
      await v.page.locator(".pick-controls [role=status]").getByText("0 more fit").waitFor();
      if ((await v.page.locator(".pick-list ui5-checkbox").count()) !== 1) v.faults.push("what is chosen is not in sight");
      await v.page.locator(".pick-list ui5-checkbox").click();
      await v.page.locator(".pick-controls [role=status]").getByText("0 chosen").waitFor();
      await v.accessible();
      await v.page.locator(".dialog-does").click();
      await v.page.locator("main td").getByText("overdue").waitFor();
      await v.accessible();
      await v.to("/");
      await v.page.locator(".home-today li.due", { hasText: "Addresses" }).getByText("overdue since").waitFor();
      await v.accessible();
      await v.to("/audit/plans");
      await v.page.locator("main .table ui5-link").first().click();
      await v.page.getByRole("button", { name: "Audit now" }).click();
      await v.page.locator(".audit-lead").waitFor();
      await v.page.locator("main ui5-link").getByText("Addresses").click();
      // Again next year, ended, and ended no more.
      await v.page.getByRole("button", { name: "Again next year" }).click();
      await v.page.locator("ui5-date-picker#plan-due input").fill("2100-01-31");
      await v.page.locator("ui5-date-picker#plan-due input").press("Tab");
      await v.page.locator(".dialog-does").click();
      await v.page.locator("main").getByText("Letters arrive").waitFor();
      await v.page.getByRole("button", { name: "End", exact: true }).click();
      await v.page.locator("main .page-head p", { hasText: "done" }).waitFor();
      await v.page.locator(".toast ui5-button").click();
      await v.page.getByRole("button", { name: "End", exact: true }).waitFor();
      await v.accessible();
      // Taken away, and brought back from the list of those.
      await v.page.getByRole("button", { name: "Take away" }).click();
      await v.page.locator(".dialog-does").click();
      await v.page.getByRole("heading", { name: "Taken away" }).waitFor();
      await v.accessible();
      await v.page.getByRole("button", { name: "Bring back" }).click();
      await v.page.getByRole("heading", { name: "Taken away" }).waitFor({ state: "detached" });
      if ((await v.page.locator("main .table ui5-link").getByText("Addresses").count()) < 2) v.faults.push("the plan did not come back");
      // A month of the calendar, by keys: what is done today leads to the audit, and days lead on.
      await v.to("/audit/plans");
      await v.page.locator("[role=gridcell][aria-current=date]").focus();
      await v.page.keyboard.press("Enter");
      await v.page.locator(".calendar-entry a:focus").waitFor();
      await v.page.keyboard.press("Escape");
      await v.page.keyboard.press("PageDown");
      await v.page.locator("[role=gridcell]:focus:not([aria-current])").waitFor();
      await v.accessible();
    },
  },
  {
    name: "audit: a calendar of what is planned and what was done, in the reader's calendar",
    who: "lin",
    languages: ["fa"],
    sizes: ["phone"],
    async goes(v) {
      await audited(v);
      await v.to("/audit/plans");
      await asked(v, "POST", "/audit-plans", { name: "Nowruz", repeat: "weekly", due: "2025-03-21" });
      await v.to("/audit");
      await v.to("/audit/plans");
      await v.page.locator(".small-month [aria-current=date][data-marked]").waitFor(); // the audit of today
      await v.page.locator(".agenda .mark-letter").first().waitFor();
      await v.accessible();
      // It comes every week, in each month to come.
      const title = await v.page.locator(".calendar-steps h2").innerText();
      await v.page.locator(".small-day[aria-selected=true]").focus();
      await v.page.keyboard.press("PageDown");
      await v.page.locator(".calendar-steps h2").getByText(title).waitFor({ state: "detached" });
      await v.page.locator(".small-day[data-marked]:not([data-other])").first().click();
      await v.page.locator(".agenda a", { hasText: "Nowruz" }).nth(1).waitFor();
      await v.page.locator(".agenda a", { hasText: "Nowruz" }).first().click();
      await v.page.locator("main h1", { hasText: "Nowruz" }).waitFor();
      await v.accessible();
    },
  },
  {
    name: "audit: another system's export",
    who: "lin",
    languages: ["en"],
    sizes: ["desk"],
    async goes(v) {
      await audited(v);
      await v.to("/audit");
      const rows = ["full_name,email", "Ann Example,ann@example.org", "Bob Example,not an address", "test test,test@test.com"].join("\n");
      await v.page.locator("input[type=file]").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(rows) });
      await v.page.getByRole("button", { name: "PDF" }).waitFor();
      await v.accessible();
      // Left and come back to: it is still found.
      await v.to("/audit/findings");
      await v.to("/audit");
      await v.page.getByRole("heading", { name: "Audits of files, kept for a day" }).waitFor();
      const [sheet] = await Promise.all([v.page.waitForEvent("download"), v.page.getByRole("button", { name: /^Excel/ }).first().click()]);
      if (sheet.suggestedFilename() !== "findings.xlsx") v.faults.push(`the workbook is called ${sheet.suggestedFilename()}`);
      await v.accessible();
      // Beside one's own records.
      await v.page.locator(".file-compare").first().click();
      await v.page.locator("main th", { hasText: "people" }).first().waitFor();
      await v.page.locator("main td", { hasText: "Overall" }).waitFor();
      await v.page.locator("main td .tag-bad").first().waitFor();
      await v.accessible();
      // Planned, it is kept with its reports, and is told apart from one's own.
      const { data } = await asked(v, "POST", "/audit-plans", { name: "Their people", source: "Old CRM" });
      await v.to(`/audit/plans/${(data as unknown as { plan: number }).plan}`);
      await v.page.getByText("Audit now: drop the export of Old CRM here").waitFor();
      await v.accessible();
      await v.page.locator("input[type=file]").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(rows) });
      await v.page.locator(".audit-lead").waitFor();
      await v.to("/audit");
      await v.page.locator("main td .tag", { hasText: "another system" }).first().waitFor();
      // Beside one's own: the newest audit of the workspace stands there from the start.
      await v.page.locator("main tr", { hasText: "another system" }).first().locator("ui5-link").first().click();
      await v.page.getByText("Compare with this workspace").click();
      await v.page.getByRole("heading", { name: "This workspace and Old CRM" }).waitFor();
      await v.page.locator("main .mark-pair").first().waitFor();
      await v.accessible();
      await comparesOthers(v);
    },
  },
  {
    name: "audit: an auditor reads a result, takes it away, checks the ledger and takes a proof away",
    who: "omar",
    async goes(v) {
      await audited(v);
      await v.to("/audit");
      await v.page.locator(".table tbody ui5-link").first().click();
      await v.page.locator(".audit-lead").waitFor();
      await v.accessible();
      const [report] = await Promise.all([v.page.waitForEvent("download"), v.page.locator(".reports ui5-button").first().click()]);
      if (!/^audit-\d+\.html$/.test(report.suggestedFilename())) v.faults.push(`the report is called ${report.suggestedFilename()}`);
      await v.to("/audit/controls");
      await v.page.locator(".control").first().click();
      await v.page.locator(".limit").first().waitFor();
      if ((await v.page.locator(".limit-change").count()) === 0) v.faults.push("an auditor of the house is not let say what may fail");
      await v.to("/access/ledger");
      await v.page.locator("[aria-labelledby=ledger-verify] ui5-button").click();
      await v.page.locator("[aria-labelledby=ledger-verify] .tag-good").waitFor();
      await v.page.locator("ui5-input#proof-number input").fill("9");
      await v.page.locator("[aria-labelledby=ledger-proof] ui5-button").click();
      await v.page.locator("#event-says").waitFor();
      await v.page.locator(".log-kind", { hasText: "user.added" }).waitFor();
      if (v.language !== "en" && (await v.page.getByText("A user was added.").count())) v.faults.push("what happened is told in English");
      const [proof] = await Promise.all([v.page.waitForEvent("download"), v.page.locator("[aria-labelledby=event-proof] ui5-button").click()]);
      if (proof.suggestedFilename() !== "proof-9.json") v.faults.push(`the proof is called ${proof.suggestedFilename()}`);
      await v.accessible();
    },
  },
];
