// Much to decide: pairs of the queue at once, a finding said to be mended or let be, what came of an audit narrowed and compared. shows: UX-1 DQ-1 AUD-9 AUD-10
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";
import { asked, audited, made } from "../asked";
import { pick } from "./conditions";

/** Two pairs are said to be two at once; that is taken back; then both are undecided, and come back to the queue. */
async function pairs(v: Visitor): Promise<void> {
  await v.to("/duplicates?entity=contacts");
  for (const name of ["Rosa Blum", "Arne Falk"])
    for (const at of ["example.com", "example.org"]) await made(v, "contacts", { full_name: name, email: `${name.replace(" ", ".").toLowerCase()}@${at}`, phone: name.startsWith("R") ? "+49 30 901821" : "+49 30 901822", city: "Berlin" });
  const pair = (name: string) => v.page.locator(".pair", { hasText: name });
  const choose = async (): Promise<void> => {
    for (const name of ["Rosa Blum", "Arne Falk"]) await pair(name).first().locator("ui5-checkbox").click();
    await v.page.locator('.pair-bar ui5-checkbox[text="2 chosen"]').waitFor();
  };
  await v.to("/contacts");
  await v.to("/duplicates?entity=contacts");
  await pair("Rosa Blum").first().waitFor();
  await choose();
  await v.accessible();
  await v.page.locator(".pair-bar").getByRole("button", { name: "They are two" }).click();
  await v.page.getByText("2 pairs decided.").waitFor();
  await pair("Rosa Blum").waitFor({ state: "detached" });
  await v.page.locator(".toast ui5-button").click();
  await pair("Rosa Blum").first().waitFor();
  await choose();
  await v.page.locator(".pair-bar").getByRole("button", { name: "Undecided" }).click();
  await pair("Arne Falk").waitFor({ state: "detached" });
  await v.page.locator(".chips a", { hasText: "Undecided" }).click();
  await pair("Arne Falk").first().waitFor();
  await v.accessible();
  await choose();
  await v.page.locator(".pair-bar").getByRole("button", { name: "Back to the queue" }).click();
  await pair("Arne Falk").waitFor({ state: "detached" });
  await v.to("/duplicates?entity=contacts");
  await choose();
  await v.page.locator(".pair-bar").getByRole("button", { name: "They are two" }).click();
  await pair("Rosa Blum").waitFor({ state: "detached" });
}

async function finding(v: Visitor): Promise<void> {
  await v.to("/");
  await audited(v);
  const { findings } = (await asked(v, "GET", "/findings?state=open")).data as unknown as { findings: { finding: number }[] };
  const one = findings[findings.length - 1]?.finding;
  if (!one) throw new Error("There is no open finding.");
  const dialog = v.page.locator("ui5-dialog[open]"), does = dialog.locator(".dialog-does");
  const change = async (state: string): Promise<void> => {
    await v.page.getByRole("button", { name: "Change", exact: true }).click();
    await pick(v, "ui5-select#finding-state", state);
  };
  await v.to(`/audit/findings/${one}`);
  await change("mended");
  await dialog.locator("ui5-date-picker#finding-due input").fill("2099-05-01");
  await dialog.locator("ui5-date-picker#finding-due input").press("Tab");
  await dialog.locator("#finding-note textarea").fill("Asked every customer");
  await v.accessible();
  await does.click();
  await v.page.getByText("the next audit, if it passes").waitFor();
  await v.page.getByText("Asked every customer").waitFor();
  await v.page.getByText(/1 May 2099/).first().waitFor();
  // It may be let be, if it is said until when and why.
  await change("waived");
  await dialog.locator("#finding-note textarea").fill("");
  v.means(/^4\d\d PATCH \/findings\//);
  await does.click();
  await dialog.locator(".problem").waitFor();
  await v.accessible();
  await dialog.locator("ui5-date-picker#finding-until input").fill("2099-12-31");
  await dialog.locator("ui5-date-picker#finding-until input").press("Tab");
  await dialog.locator("#finding-note textarea").fill("The old system is switched off then");
  await does.click();
  await v.page.getByText("The old system is switched off then").waitFor();
  await v.to("/audit/findings?state=waived");
  await v.page.locator("main tbody tr").first().waitFor();
  await v.to(`/audit/findings/${one}`);
  await change("open");
  await does.click();
  await v.page.getByText("The finding is changed.").waitFor();
}

/** What came of an audit is narrowed, and put beside the one before; the controls are found by words, area and grade. */
async function narrowed(v: Visitor): Promise<void> {
  await v.to("/");
  await audited(v);
  const { id } = (await asked(v, "POST", "/audits")).data as unknown as { id: number };
  for (let i = 0; i < 300 && ((await asked(v, "GET", `/jobs/${id}`)).data as unknown as { state: string }).state !== "done"; i++) await v.page.waitForTimeout(100);
  const { audits } = (await asked(v, "GET", "/audits")).data as unknown as { audits: { audit: number; plan: number | null; own: boolean }[] };
  const newest = audits.find((one) => one.own && one.plan === null)?.audit ?? 0, before = audits.find((one) => one.own && one.audit < newest)?.audit ?? 0;
  await v.to(`/audit/${newest}`);
  const failing = await v.page.locator("main .control").count();
  await v.page.locator(".choose button[aria-pressed=false]").first().click();
  await v.page.waitForFunction((was) => document.querySelectorAll("main .control").length !== was, failing);
  await pick(v, "ui5-select#audit-area", "completeness");
  await v.accessible();
  await pick(v, "ui5-select#audit-other", String(before));
  await v.page.locator("section", { has: v.page.locator("#audit-other") }).locator(".plain-list li, p").first().waitFor();
  await v.to("/audit/controls");
  const all = await v.page.locator("main .control").count();
  await v.page.locator("ui5-input#controls-words input").fill("e-mail");
  await v.page.waitForFunction((was) => document.querySelectorAll("main .control").length < was, all);
  await pick(v, "ui5-select#controls-grade", "essential");
  await pick(v, "ui5-select#controls-set", "set");
  await v.page.locator("main .empty").waitFor();
  await v.accessible();
  await v.page.locator("main .empty .empty-next").click();
  await v.page.waitForFunction((was) => document.querySelectorAll("main .control").length === was, all);
}

const here = (name: string, who: string, goes: Journey["goes"]): Journey => ({ name, who, runs: [["en", "desk"]], goes });

export const queue: readonly Journey[] = [
  here("duplicates: pairs are decided several at once, and that is taken back", "lin", pairs),
  here("audit: a finding is said to be mended, and let be until a day", "lin", finding),
  here("audit: what came of it is narrowed, and put beside the one before", "lin", narrowed),
];
