// One customer's page worked on: values mended in place, verified, taken back; who looked; a merge taken apart; what is due today. shows: UX-1 REC-1 DQ-9 ACC-5
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";
import { asked, made } from "../asked";

interface Values {
  fields: Record<string, unknown>;
}

const valueOf = async (v: Visitor, address: string, field: string): Promise<unknown> => ((await asked(v, "GET", address)).data as unknown as Values).fields[field] ?? null;

async function mended(v: Visitor): Promise<void> {
  await v.to("/");
  const one = await made(v, "contacts", { full_name: "Nora Lind", job_title: "Buyer", email: "nora.lind@example.no", city: "Oslo", country: "NO" });
  const shown = v.page.locator("#value-email .value-shown");
  await v.to(`/contacts/${one.id}`);
  await v.page.locator("#value-email .value-edit").click();
  await v.page.locator("#edit-email input").fill("nowhere");
  v.means(/^422 PATCH \/contacts\//);
  await v.page.locator("#value-email .value-save").click();
  await v.page.locator("#value-email .form-problem").waitFor();
  await v.accessible();
  await v.page.keyboard.press("Escape");
  await shown.getByText("nora.lind@example.no").waitFor();
  await v.page.locator("#value-email .value-edit").click();
  await v.page.locator("#edit-email input").fill("nora@example.no");
  await v.page.keyboard.press("Enter");
  await shown.getByText("nora@example.no", { exact: true }).waitFor();
  await v.page.locator(".toast ui5-button").click();
  await shown.getByText("nora.lind@example.no").waitFor();
  // Where a value comes from, and that somebody verified it.
  await v.page.locator("#value-email .value-sign").click();
  await v.page.locator("#source-email").waitFor();
  await v.accessible();
  await v.page.locator("#source-email").getByRole("button", { name: "I have verified it" }).click();
  await v.page.getByText("E-mail is verified.").waitFor();
  await v.page.locator("#value-email .value-sign[data-sign=verified]").waitFor();
  await v.page.locator("#source-email", { hasText: "ada" }).waitFor();
  // The story, cut down to what is asked for; who looked is told.
  await v.page.getByRole("button", { name: "Changes", exact: true }).click();
  await v.page.locator(".story-changes ins", { hasText: "nora@example.no" }).first().waitFor({ state: "attached" });
  await v.page.getByRole("button", { name: "Who looked" }).click();
  await v.page.locator(".story-item", { hasText: "ada" }).first().waitFor();
  await v.accessible();
}

/** What was typed and left is kept, offered, and thrown away. */
async function left(v: Visitor): Promise<void> {
  await v.to("/");
  const one = await made(v, "contacts", { full_name: "Pia Falk", job_title: "Buyer", email: "pia.falk@example.se" });
  const title = v.page.locator("ui5-input#field-job_title input");
  const shows = (): Promise<string> => v.page.locator("ui5-input#field-job_title").evaluate((field) => (field as HTMLElement & { value: string }).value);
  await v.to(`/contacts/${one.id}`);
  await v.page.locator(".record-edit").click();
  await title.fill("Head of buying");
  v.page.once("dialog", (asks) => void asks.accept());
  await v.page.evaluate((address) => (location.hash = address), `/contacts/${one.id}`);
  await v.page.locator("ui5-message-strip", { hasText: "did not save it" }).waitFor();
  await v.accessible();
  await v.page.locator("ui5-message-strip").getByRole("link", { name: "Go on" }).click();
  await v.page.locator(".form ui5-message-strip", { hasText: "did not save" }).waitFor();
  if ((await shows()) !== "Head of buying") v.faults.push("what was typed is not offered again");
  await v.page.locator(".form ui5-message-strip ui5-link").click();
  await v.page.locator(".form ui5-message-strip").waitFor({ state: "detached" });
  if ((await shows()) !== "Buyer") v.faults.push("begun anew, the form does not show the record");
  await title.fill("Head of buying");
  await v.page.locator(".form-save").click();
  await v.page.locator("#value-job_title", { hasText: "Head of buying" }).waitFor();
  await v.page.locator(".toast ui5-button").click();
  await v.page.locator("#value-job_title .value-shown").getByText("Buyer", { exact: true }).waitFor();
}

async function apart(v: Visitor): Promise<void> {
  await v.to("/");
  const stays = await made(v, "contacts", { full_name: "Ute Kern", email: "ute.kern@example.de", city: "Ulm" });
  const goes = await made(v, "contacts", { full_name: "Ute Kern", email: "ute@example.de", city: "Ulm", job_title: "Owner" });
  const merged = await asked(v, "POST", `/contacts/${stays.id}/merge`, { records: [goes.id] });
  if (merged.status !== 200) throw new Error(`the merge: ${merged.status} ${JSON.stringify(merged.data)}`);
  await v.to(`/contacts/${goes.id}`);
  await v.page.locator("ui5-message-strip", { hasText: "merged into another one" }).locator("a").click();
  await v.page.locator(".record-unmerge").click();
  await v.page.locator("ui5-dialog[open]", { hasText: "comes back as it was" }).waitFor();
  await v.accessible();
  await v.page.locator("ui5-dialog[open] .dialog-does").click();
  await v.page.getByText("The merge is taken apart.").waitFor();
  await v.page.locator(".record-unmerge").waitFor({ state: "detached" });
  await v.to(`/contacts/${goes.id}`);
  await v.page.locator(".record-edit").waitFor();
}

/** What falls due is done, or put off, where it is shown; and taken back. */
async function today(v: Visitor): Promise<void> {
  await v.to("/");
  const { staff } = (await asked(v, "GET", "/me")).data as unknown as { staff: string };
  const due = new Date(Date.now() - 86_400_000).toISOString();
  const call = await made(v, "activities", { subject: "Call the harbour", kind: "Call", status: "Planned", due_on: due, owner: staff });
  await v.to("/contacts");
  await v.to("/");
  const row = v.page.locator(".home-today .due", { hasText: "Call the harbour" });
  await row.locator(".due-late").waitFor();
  await v.accessible();
  await row.getByRole("button", { name: /Postpone/ }).click();
  await v.page.getByText("“Call the harbour” is due a day later.").waitFor();
  await row.waitFor({ state: "detached" });
  if (String(await valueOf(v, `/activities/${call.id}`, "due_on")).slice(0, 10) <= new Date().toISOString().slice(0, 10)) v.faults.push("what was put off is due today still");
  await v.page.locator(".toast ui5-button").click();
  await row.locator(".due-late").waitFor();
  await row.getByRole("button", { name: "Done: Call the harbour" }).click();
  await v.page.getByText("“Call the harbour” is done.").waitFor();
  await row.waitFor({ state: "detached" });
  if ((await valueOf(v, `/activities/${call.id}`, "status")) !== "Done") v.faults.push("what was done is not done");
}

export const story: readonly Journey[] = [
  { name: "record: a value is mended in place, verified and taken back, and who looked is told", who: "ada", runs: [["en", "desk"]], goes: mended },
  { name: "record: what was typed and left is offered again", who: "ada", runs: [["en", "desk"]], goes: left },
  { name: "record: a merge is taken apart on the page of what it became", who: "ada", runs: [["en", "desk"]], goes: apart },
  { name: "home: what falls due is done or put off, and taken back", who: "sam", runs: [["en", "desk"]], goes: today },
];
