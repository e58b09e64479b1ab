// Entering records. shows: UX-1 REC-1 DQ-1 UPD-4
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";
import { asked, labelOf, runOf } from "../asked";
import { pick } from "./conditions";

const fill = (v: Visitor, field: string, text: string): Promise<void> => v.page.locator(`#field-${field} input`).fill(text);

const press = async (v: Visitor, select: string, value: string): Promise<void> => {
  await pick(v, `ui5-select#field-${select}`, value);
};

/** One of many choices, typed as the reader calls it. */
async function typed(v: Visitor, path: string, field: string, value: string): Promise<void> {
  const input = v.page.locator(`#field-${field} input`).first();
  await input.fill(await labelOf(v, path, field, value));
  await v.page.waitForTimeout(700); // what was entered before is looked at by the server meanwhile: what is being typed stays
  await input.press("Tab");
}

interface Read {
  fields: Record<string, unknown>;
}

/** What the server keeps of the record whose page is open. */
async function kept(v: Visitor): Promise<Record<string, unknown>> {
  await v.page.waitForURL(/\/[0-9a-f-]{36}$/);
  return ((await asked(v, "GET", new URL(v.page.url()).hash.slice(1))).data as unknown as Read).fields;
}

function same(v: Visitor, found: Record<string, unknown>, wanted: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(wanted)) if (JSON.stringify(found[name]) !== JSON.stringify(value)) v.faults.push(`${name} is ${JSON.stringify(found[name])}, not ${JSON.stringify(value)}`);
}

/** Money with its currency, numbers in the reader's digits, days of the reader's calendar, moments, links, yes and no. */
async function everyKind(v: Visitor): Promise<void> {
  const fa = v.language === "fa", run = runOf(v);
  v.means(/^422 POST \/(products|opportunities|activities)(\/check)?$/); // half a record is looked at while it is typed
  await v.to("/products/new");
  await v.page.getByRole("button", { name: fa ? "نمایش همه فیلدها" : "Show all fields" }).click();
  await fill(v, "name", `Lamp ${run}`);
  await fill(v, "code", `L-${run}`);
  await v.page.locator("#field-price input").first().fill(fa ? "۱۲۵۰٫۵" : "1250.5");
  await v.page.locator(".input-money:has(#field-price) ui5-combobox input").fill("EUR");
  await v.page.locator(".input-money:has(#field-price) ui5-combobox input").press("Tab");
  await fill(v, "weight_g", fa ? "۴۵۰" : "450");
  await press(v, "is_active", "true");
  await v.accessible();
  await v.page.locator(".form-save").click();
  same(v, await kept(v), { price: { amount: "1250.50", currency: "EUR" }, weight_g: 450, is_active: true });
  await v.to("/activities/new");
  await v.page.getByRole("button", { name: fa ? "نمایش همه فیلدها" : "Show all fields" }).click();
  await fill(v, "subject", `Visit ${run}`);
  await typed(v, "activities", "kind", "Call");
  await fill(v, "due_on", fa ? "1405/10/03 15:30" : "2026-12-24 15:30");
  await v.page.locator("#field-due_on input").press("Tab");
  await fill(v, "started_on", fa ? "1405/10/02 09:05" : "2026-12-23 09:05");
  await v.page.locator("#field-started_on input").press("Tab");
  await fill(v, "duration_minutes", fa ? "۹۰" : "90");
  await v.page.locator("#field-description textarea").fill("First line\nsecond line");
  await v.page.locator("#field-account input").fill("Isdom");
  await v.page.getByRole("option", { name: /Isdom/ }).first().click();
  await v.accessible();
  await v.page.locator(".form-save").click();
  const moment = (text: string): Promise<string> => v.page.evaluate((at) => new Date(at).toISOString().replace(".000Z", "Z"), text);
  const visit = await kept(v), there = new URL(v.page.url()).hash.slice(1);
  same(v, visit, { due_on: await moment("2026-12-24T15:30"), started_on: await moment("2026-12-23T09:05"), kind: "Call", duration_minutes: 90, description: "First line\nsecond line" });
  if (!(visit["account"] as { id?: string } | null)?.id) v.faults.push("the account that was chosen is not kept");
  // A day of the reader's calendar, typed.
  await v.to("/opportunities/new");
  await v.page.getByRole("button", { name: fa ? "نمایش همه فیلدها" : "Show all fields" }).click();
  await fill(v, "expected_close", fa ? "1405/12/29" : "2027-03-20");
  await v.page.locator("#field-expected_close input").press("Tab");
  await fill(v, "probability", fa ? "۴۰٫۵" : "40.5");
  await fill(v, "name", `Deal ${run}`);
  await v.page.locator("#field-account input").fill("Isdom");
  await v.page.getByRole("option", { name: /Isdom/ }).first().click();
  await typed(v, "opportunities", "stage", "Prospecting");
  await v.page.locator(".form-save").click();
  same(v, await kept(v), { expected_close: "2027-03-20", probability: 40.5 });
  await v.to(there);
  // A day of the reader's calendar; changed in the form, and left without saving when that is said.
  await v.page.locator(".record-edit").click();
  await fill(v, "subject", "Something else");
  await v.page.locator(".form-foot ui5-button").nth(1).click();
  await v.page.locator("ui5-dialog[open] .dialog-does").click();
  await v.page.locator("h1", { hasText: `Visit ${run}` }).waitFor();
}

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
    name: "forms: every kind of value is entered, and read back as it was meant",
    who: "ada",
    runs: [["en", "desk"], ["fa", "desk"]],
    goes: everyKind,
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
