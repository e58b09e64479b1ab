// A day of who sells, of who serves and of who leads them: their records, from a list to a file. shows: UX-1 UPD-4 REC-1 REC-3 ACC-1
import { readFileSync } from "node:fs";
import { asked, labelOf, made, runOf } from "../asked";
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";

const filled = (v: Visitor, field: string, text: string): Promise<void> => v.page.locator(`#field-${field} input`).fill(text);

async function myself(v: Visitor): Promise<string> {
  return ((await asked(v, "GET", "/me")).data as unknown as { staff: string }).staff;
}

/** Chooses one of a list of choices: by typing where that is offered, on a phone by its own list. */
async function chosen(v: Visitor, select: string, label: string): Promise<void> {
  const place = v.page.locator(select);
  if (v.size === "desk" && (await place.evaluate((one) => one.localName)) === "ui5-combobox") {
    await place.locator("input").fill(label);
    return place.locator("input").press("Tab");
  }
  await place.click();
  await v.page.getByRole("option", { name: label, exact: true }).click();
}

/** Something done, entered from the record that it belongs to; its story and what belongs to it tell of it. */
async function logged(v: Visitor, subject: string): Promise<void> {
  await v.page.locator(".record-head ui5-button[icon=add]").click();
  await v.page.waitForURL(/activities\/new\?/);
  await filled(v, "subject", subject);
  await chosen(v, "#field-kind", await labelOf(v, "activities", "kind", "Call"));
  await v.accessible();
  await v.page.keyboard.press("Control+s");
  await v.page.waitForURL(/activities\/[0-9a-f-]{36}$/);
}

/** A choice of a record, changed where it stands. */
async function changed(v: Visitor, field: string, label: string): Promise<void> {
  await v.page.locator(".record-body h2").first().waitFor();
  const edit = v.page.locator(`#value-${field} .value-edit`), empty = v.page.locator("button.details-empty");
  if ((await edit.count()) === 0) await empty.click();
  await edit.click();
  await chosen(v, `#edit-${field}`, label);
  await v.page.locator(`#value-${field} .value-save`).click();
  await v.page.locator(`#value-${field} .value-shown`, { hasText: label }).waitFor();
}

export const duties: readonly Journey[] = [
  {
    name: "duties: who sells logs a call and moves a deal on",
    who: "mina",
    async goes(v) {
      await v.to("/accounts");
      const { records } = (await asked(v, "GET", "/accounts?limit=1&sort=name")).data as unknown as { records: { id: string }[] };
      const name = `Pumps for the harbour, ${runOf(v)}`, call = `Asked for the drawings, ${runOf(v)}`, next = await labelOf(v, "opportunities", "stage", "Qualification");
      const deal = await made(v, "opportunities", { name, stage: "Prospecting", account: { id: records[0]?.id }, owner: { id: await myself(v) } });
      await v.to(`/opportunities?filter=name = '${name}'`);
      await v.page.locator("[role=grid] a", { hasText: name }).first().click();
      await v.page.waitForURL(new RegExp(`opportunities/${deal.id}$`));
      await logged(v, call);
      await v.to(`/opportunities/${deal.id}`);
      if (v.size === "phone") await v.page.locator(".record-parts .chip").nth(2).click();
      await v.page.locator(".related", { hasText: call }).first().waitFor();
      if (v.size === "phone") await v.page.locator(".record-parts .chip").first().click();
      await changed(v, "stage", next);
      await v.to("/opportunities?as=board&filter=name begins 'Pumps for'");
      await v.page.locator(`section[aria-label='${next}'] .board-card`, { hasText: name }).waitFor();
      await v.accessible();
    },
  },
  {
    name: "duties: who serves takes a case on and sees it in the list",
    who: "sam",
    async goes(v) {
      const subject = `Pump leaks, ${runOf(v)}`;
      await v.to("/cases/new");
      await filled(v, "subject", subject);
      await v.accessible();
      await v.page.keyboard.press("Control+s");
      await v.page.waitForURL(/cases\/[0-9a-f-]{36}$/);
      const address = new URL(v.page.url()).hash.slice(1);
      await logged(v, `Rang back, ${runOf(v)}`);
      await v.to(address);
      await changed(v, "status", await labelOf(v, "cases", "status", "In progress"));
      await v.to("/cases?filter=status = 'In progress'&sort=-changed_at");
      await v.page.locator("[role=grid] [data-index='0']", { hasText: subject }).waitFor();
    },
  },
  {
    name: "duties: who leads takes a list away as a file",
    who: "vera",
    async goes(v) {
      const city = `Weimar ${runOf(v)}`;
      await v.to("/contacts");
      const owner = { id: await myself(v) }; // what she and her people have, she may take out
      for (const name of ["Ines Koch", "王芳", "نیلوفر رضایی"]) await made(v, "contacts", { full_name: name, email: `${name.length}.${name.charCodeAt(0)}.${runOf(v)}@example.org`, city, country: "DE", owner });
      await v.to(`/contacts?filter=city = '${city}'&sort=full_name`);
      await v.page.locator("[role=grid] [data-index='0']").waitFor();
      const { records } = (await asked(v, "GET", `/contacts?limit=200&sort=full_name&filter=${encodeURIComponent(`city = '${city}'`)}`)).data as unknown as { records: { fields: { full_name: string } }[] };
      await v.page.locator("main ui5-button[icon=download]").click();
      await v.page.locator(".export-leaves").waitFor();
      await chosen(v, "ui5-select#export-format", "CSV");
      await v.accessible();
      await v.page.locator(".dialog-does").click();
      const proof = v.page.locator("#proof-password input"), ready = v.page.locator("ui5-dialog[open] a[download]");
      await proof.or(ready).first().waitFor();
      if (await proof.isVisible()) v.faults.push("a proof was asked for, though she has just signed in");
      const [file] = await Promise.all([v.page.waitForEvent("download"), ready.click()]);
      const lines = readFileSync(await file.path(), "utf8").replace(/^\ufeff/, "").trim().split(/\r?\n/);
      if (!/\.csv$/.test(file.suggestedFilename())) v.faults.push(`the file is called ${file.suggestedFilename()}`);
      if (records.length !== 3 || lines.length !== records.length + 1) v.faults.push(`${lines.length - 1} rows of ${records.length}: ${lines.join("\n").slice(0, 400)}`);
      for (const [at, { fields }] of records.entries()) if (!lines[at + 1]?.includes(fields.full_name)) v.faults.push(`row ${at + 1} is not ${fields.full_name}: ${lines[at + 1] ?? ""}`);
      if (lines.some((line) => line.includes("Anna Snow"))) v.faults.push("what the condition leaves out is in the file");
    },
  },
];
