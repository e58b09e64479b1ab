// Entering records. shows: UX-1 REC-1 DQ-1 UPD-4
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";

const fill = (v: Visitor, field: string, text: string): Promise<void> => v.page.locator(`#field-${field} input`).fill(text);

export const forms: readonly Journey[] = [
  {
    name: "forms: a contact that is there already is shown while it is typed",
    who: "mina",
    async goes(v) {
      await v.to("/contacts/new");
      await v.accessible(); // nothing is looked at before something is typed: no refusal is meant yet
      v.means(/^422 POST \/contacts(\/check)?$/);
      await fill(v, "full_name", "Anna Snow");
      await fill(v, "email", "anna.snow@example.com");
      await v.page.locator(".likely-list a").first().waitFor();
      await v.accessible();
      await v.page.keyboard.press("Control+s");
      await v.page.locator("ui5-dialog[open] .likely-list a").first().waitFor();
      await v.page.locator("ui5-dialog[open] .dialog-cancel").click();
      await v.page.locator("ui5-dialog.dialog").waitFor({ state: "detached" });
      await fill(v, "full_name", `Mara Lindt ${v.language} ${v.size}`);
      await fill(v, "email", `mara.${v.language}.${v.size}@example.ch`.toLowerCase());
      await v.page.locator(".likely-list").waitFor({ state: "detached" });
      await v.page.keyboard.press("Control+s");
      await v.page.waitForURL(/contacts\/[0-9a-f-]{36}$/);
      await v.page.locator("h1", { hasText: "Mara Lindt" }).waitFor();
    },
  },
  {
    name: "forms: what is wrong is said at its field, in the server's words",
    who: "ada",
    languages: ["en", "zh-CN"],
    sizes: ["desk"],
    async goes(v) {
      await v.to("/contacts/new");
      v.means(/^422 POST \/contacts(\/check)?$/);
      await fill(v, "email", "nobody");
      await v.page.locator(".form-field", { has: v.page.locator("#field-email") }).locator(".form-problem", { hasText: "@" }).waitFor();
      await v.page.locator(".form-save").click();
      await v.page.locator("#form-problems a").first().click();
      await v.accessible();
    },
  },
  {
    name: "forms: what was typed outlives a lost connection",
    who: "ada",
    languages: ["en"],
    sizes: ["desk"],
    async goes(v) {
      await v.to("/contacts/new");
      v.means(/^422 POST \/contacts(\/check)?$/);
      await v.page.context().setOffline(true);
      await fill(v, "full_name", "Tomas Far Away");
      await v.page.locator(".form-save").click();
      await v.page.locator(".offline-strip").waitFor();
      await v.page.locator(".problem").waitFor();
      await v.page.context().setOffline(false);
      // It is saved by itself once the line is back. A name alone is refused by a rule of the whole record: that is said.
      await v.page.locator("#form-problems li", { hasText: "can be reached by e-mail, phone or post" }).waitFor();
      await v.page.locator(".offline-strip").waitFor({ state: "detached" });
      v.faults.splice(0, v.faults.length, ...v.faults.filter((one) => !one.includes("ERR_INTERNET_DISCONNECTED")));
      if ((await v.page.locator("#field-full_name input").inputValue()) !== "Tomas Far Away") v.faults.push("what was typed is lost");
      await fill(v, "email", "tomas.far.away@example.ch");
      await v.page.locator(".form-save").click();
      await v.page.waitForURL(/contacts\/[0-9a-f-]{36}$/);
      await v.page.locator("h1", { hasText: "Tomas Far Away" }).waitFor();
      // A screen that could not be opened opens by itself, too.
      await v.page.context().setOffline(true);
      await v.page.evaluate(() => (location.hash = "#/access/users"));
      await v.page.locator(".problem").waitFor();
      await v.page.context().setOffline(false);
      await v.page.locator("main td", { hasText: "mina" }).first().waitFor();
      v.faults.splice(0, v.faults.length, ...v.faults.filter((one) => !one.includes("ERR_INTERNET_DISCONNECTED")));
    },
  },
];
