// Several records are changed at once: seen beforehand, refused row by row, taken back. shows: UX-1 REC-1
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";
import { asked, made } from "../asked";
import { pick } from "./conditions";

const town = "Bulkstadt";

interface Page {
  records: { fields: Record<string, unknown> }[];
}

async function fieldsOf(v: Visitor, name: string): Promise<unknown[]> {
  const { data } = await asked(v, "GET", `/contacts?limit=50&sort=full_name&filter=${encodeURIComponent(`city = '${town}'`)}`);
  return (data as unknown as Page).records.map((one) => one.fields[name] ?? null);
}

async function holds(v: Visitor, name: string, wanted: readonly unknown[], when: string): Promise<void> {
  const found = await fieldsOf(v, name);
  if (JSON.stringify(found) !== JSON.stringify(wanted)) v.faults.push(`${when}: ${name} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
}

async function several(v: Visitor): Promise<void> {
  const does = v.page.locator("ui5-dialog[open] .dialog-does");
  await v.to("/contacts");
  for (let i = 1; i <= 3; i++) await made(v, "contacts", { full_name: `Person ${i}`, city: town, job_title: i === 3 ? "Clerk" : `Job ${i}`, email: `person.${i}@bulk.example` });
  await v.to(`/contacts?filter=city = '${town}'`);
  await v.page.locator("[role=grid] [data-index='2']").waitFor();
  await v.page.locator("[role=grid]").focus();
  await v.page.keyboard.press("Control+a");
  await v.page.getByText("3 selected").waitFor();
  await v.page.locator(".list-bulk").getByRole("button", { name: "Change", exact: true }).click();
  // An address that is none is refused beforehand, row by row; nothing is written.
  await pick(v, "ui5-select#bulk-0-field", "email");
  await v.page.locator("#bulk-0 input").fill("no address");
  await does.click();
  await v.page.getByText("3 records are refused").waitFor();
  await v.page.locator(".bulk-refused li", { hasText: "Person 2" }).waitFor();
  await v.accessible();
  await holds(v, "email", ["person.1@bulk.example", "person.2@bulk.example", "person.3@bulk.example"], "refused");
  await v.page.locator("ui5-dialog[open] .dialog-cancel").click();
  // Two fields at once; who has the values already is told and left alone.
  await v.page.locator(".list-bulk").getByRole("button", { name: "Change", exact: true }).click();
  await pick(v, "ui5-select#bulk-0-field", "job_title");
  await v.page.locator("#bulk-0 input").fill("Clerk");
  await v.accessible();
  await does.click();
  await v.page.getByText("2 records change.").waitFor();
  await v.page.getByText("1 has these values already.").waitFor();
  await holds(v, "job_title", ["Job 1", "Job 2", "Clerk"], "before it is said");
  await does.click();
  await v.page.getByText("2 records changed").waitFor();
  await holds(v, "job_title", ["Clerk", "Clerk", "Clerk"], "after");
  await v.page.locator(".toast ui5-button").click();
  await v.page.getByText("Taken back").waitFor();
  await holds(v, "job_title", ["Job 1", "Job 2", "Clerk"], "taken back");
  // Emptied, with one more field.
  await v.page.locator("[role=grid] [data-index='2']").waitFor();
  await v.page.locator("[role=grid]").focus();
  await v.page.keyboard.press("Control+a");
  await v.page.locator(".list-bulk").getByRole("button", { name: "Change", exact: true }).click();
  await pick(v, "ui5-select#bulk-0-field", "job_title");
  await v.page.getByRole("button", { name: "One more field" }).click();
  await pick(v, "ui5-select#bulk-1-field", "country");
  await v.page.locator("#bulk-1 input").fill("Austria");
  await v.page.locator("#bulk-1 input").press("Tab");
  await does.click();
  await v.page.getByText("3 records change.").waitFor();
  await does.click();
  await v.page.getByText("3 records changed").waitFor();
  await holds(v, "job_title", [null, null, null], "emptied");
  await holds(v, "country", ["AT", "AT", "AT"], "emptied");
  await v.page.getByRole("button", { name: "Clear selection" }).waitFor({ state: "detached" });
}

export const bulk: readonly Journey[] = [{ name: "lists: several are changed at once, and it is taken back", who: "ada", runs: [["en", "desk"]], goes: several }];
