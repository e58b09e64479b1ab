// A record's page: its story, values changed in place, what somebody else saved first. shows: UX-1 REC-1 UPD-4
import { asked, made, runOf } from "../asked";
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";

/** shows: REC-3 */
async function becomes(v: Visitor): Promise<void> {
  await v.to("/");
  const firm = `Skarn Mining ${v.language}`, who = `Vera Quist ${v.language}`, mail = `vera.${v.language}@skarn.example`.toLowerCase();
  const account = await made(v, "accounts", { name: firm, phone: "+46 8 123 456 78" });
  const lead = await made(v, "leads", { full_name: who, company: firm, email: mail, phone: "+46 8 123 456 78", status: "Working" });
  await v.to(`/leads/${lead.id}`);
  await v.page.locator(".record-convert").click();
  const dialog = v.page.locator("ui5-dialog[open]");
  await dialog.locator('.convert-part[data-entity="contact"] input[value="make"]:checked').waitFor();
  await v.accessible();
  // The account is there already: it is chosen by the keyboard.
  await dialog.locator('.convert-part[data-entity="account"] input:checked').focus();
  await v.page.keyboard.press("ArrowDown");
  await dialog.locator(`.convert-part[data-entity="account"] input[value="${account.id}"]:checked`).waitFor();
  await dialog.locator('.convert[aria-busy="false"]').waitFor();
  await v.page.keyboard.press("Tab");
  await dialog.locator(".dialog-does").click();
  const became = v.page.locator(".record-became a");
  await became.nth(1).waitFor();
  await v.accessible();
  if ((await became.nth(0).getAttribute("href"))?.endsWith(account.id) !== true) throw new Error("another account");
  // And back again.
  await v.page.locator(".record-unconvert").click();
  await dialog.locator(".dialog-does").click();
  await v.page.locator(".record-convert").waitFor();
}

export const record: readonly Journey[] = [
  {
    name: "record: what was long not looked at is marked, in its list and on its page, until somebody changes it",
    who: "ada",
    languages: ["en"],
    async goes(v) {
      await v.to("/");
      const fields = { full_name: `Olaf Stein ${v.size}`, email: `olaf.${v.size}@example.de`, job_title: "Buyer" };
      const one = await made(v, "contacts", fields);
      const list = `/contacts?filter=full_name = '${fields.full_name}'`;
      await v.to(list);
      await v.page.locator("[role=grid] [data-index='0']", { hasText: fields.full_name }).waitFor();
      if (await v.page.locator(".stale-mark").count()) v.faults.push("a new record is marked as old");
      await v.page.clock.setFixedTime(Date.now() + 200 * 86_400_000); // contacts are to be looked at every 180 days
      await v.page.reload();
      await v.page.locator("[data-index='0'] .stale-mark").waitFor();
      await v.accessible();
      await v.to(`/contacts/${one.id}`);
      await v.page.locator(".record-stale").waitFor();
      await v.accessible();
      await v.page.clock.setFixedTime(Date.now());
      const now = await asked(v, "PATCH", `/contacts/${one.id}`, { fields: { job_title: "Head Buyer" } }, `"${one.version}"`);
      if (now.status !== 200) throw new Error(`the change: ${now.status}`);
      await v.page.reload();
      await v.page.locator(".record-head h1", { hasText: fields.full_name }).waitFor();
      if (await v.page.locator(".record-stale").count()) v.faults.push("it is marked as old, though it was just changed");
    },
  },
  {
    name: "record: two people change one value, and the second chooses",
    who: "ada",
    runs: [["en", "desk"], ["zh-CN", "phone"], ["fa", "phone"]],
    async goes(v) {
      await v.to("/");
      const one = await made(v, "contacts", { full_name: `Lena Berg ${v.language} ${v.size}`, job_title: "Buyer", email: `lena.${v.language}.${v.size}@example.se`.toLowerCase() });
      await v.to(`/contacts/${one.id}`);
      await v.page.locator(".record-head h1", { hasText: "Lena Berg" }).waitFor();
      await v.accessible();
      // By the keyboard alone.
      await v.page.locator("#value-job_title .value-edit").focus();
      await v.page.keyboard.press("Enter");
      await v.page.locator("#edit-job_title input").fill("Head Buyer");
      const other = await asked(v, "PATCH", `/contacts/${one.id}`, { fields: { job_title: "Chief Buyer" } }, `"${one.version}"`);
      if (other.status !== 200) throw new Error(`the other change: ${other.status}`);
      v.means(/^412 PATCH \/contacts\//);
      await v.page.keyboard.press("Enter");
      await v.page.locator("ui5-dialog[open] .clash").waitFor();
      await v.accessible();
      await v.page.locator(".clash input").nth(1).check();
      await v.page.locator("ui5-dialog[open] .dialog-does").click();
      await v.page.locator("#value-job_title .value-shown", { hasText: "Head Buyer" }).waitFor();
      await v.page.locator(".story-changes ins", { hasText: "Head Buyer" }).first().waitFor({ state: "attached" });
    },
  },
  { name: "record: a lead becomes customers that are partly there, and a lead again", who: "ada", runs: [["en", "desk"], ["fa", "phone"]], goes: becomes },
  {
    name: "record: deleted, and brought back",
    who: "lin",
    async goes(v) {
      await v.to("/");
      const one = await made(v, "contacts", { full_name: `Ivo Klein ${runOf(v)}`, email: `ivo.${runOf(v)}@example.at` });
      await v.to(`/contacts/${one.id}`);
      await v.page.locator(".record-delete").click();
      await v.page.locator("ui5-dialog[open] .dialog-does").click();
      await v.page.locator(".record-restore").waitFor();
      await v.accessible();
      // It is found among what was deleted, and nowhere else.
      await v.to(`/contacts?filter=full_name = 'Ivo Klein ${runOf(v)}'`);
      await v.page.locator(".empty").waitFor();
      await v.page.locator(".list-deleted").click();
      await v.page.locator("[role=grid] a", { hasText: "Ivo Klein" }).first().waitFor();
      await v.accessible();
      await v.page.locator("[role=grid] a", { hasText: "Ivo Klein" }).first().click();
      await v.page.locator(".record-restore").click();
      await v.page.locator(".record-edit").waitFor();
      // Of one that is not there that is said, with a way on.
      v.means(/^404 GET \/contacts\//);
      await v.to("/contacts/00000000-0000-7000-8000-000000000001");
      await v.page.locator(".empty ui5-link").click();
      await v.page.locator("[role=grid]").waitFor();
    },
  },
];
