// Records from a file, and back: how rows meet records, how sure each column is, a mapping that is used again. shows: UX-1 IMP-1 DQ-1 INT-1 INT-5
import { readFileSync } from "node:fs";
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";
import { asked, made, runOf } from "../asked";

const rows = (of: string): string => `full_name,email,city,Sign ${of}\nGreta Holm ${of},greta.${of}@example.se,Stockholm,Aries\nBad Mail ${of},nope,,Leo\nOle Dahl ${of},ole.${of}@example.no,Oslo,Virgo\n`;

async function send(v: Visitor, name: string, text: string): Promise<void> {
  await v.page.locator(".drop input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await v.page.locator(".diff-table .tag-bad").waitFor();
}

/** Until what was chosen was looked at. */
async function looked(v: Visitor): Promise<void> {
  await v.page.locator(".import-doing").waitFor({ state: "detached" });
}

async function throughAndBack(v: Visitor): Promise<void> {
  const of = runOf(v), page = v.page;
  await v.to("/import");
  await v.accessible();
  await send(v, `people-${of}.csv`, rows(of));
  await page.locator(".import-nowhere").getByText(`Sign ${of}`).waitFor();
  await v.accessible();

  // A column that goes nowhere gets a field, without leaving.
  await page.locator(".import-make").click();
  await page.locator("ui5-dialog[open] ui5-input#field-label").waitFor();
  await v.accessible();
  await page.locator("ui5-dialog[open] .dialog-does").click();
  await page.locator(".import-columns .tag-good").waitFor();
  await looked(v);
  if (await page.locator(".import-nowhere").count()) v.faults.push("a column that has a field now is still said to go nowhere");

  // What does not go together is refused before it is asked for.
  await page.locator("input[name=import-mode][value=upsert]").check();
  await looked(v);
  await page.locator("input[name=import-way][value=id]").check();
  await page.locator(".import-wrong").waitFor();
  if (await page.locator(".import-run").getAttribute("disabled") === null) v.faults.push("rows that cannot meet records could be imported");
  await v.accessible();
  await page.locator("input[name=import-way][value=fields]").check();
  await page.locator(".import-wrong").waitFor({ state: "detached" });
  await looked(v);

  // Saved by a name, kept as a file, and both used for another file.
  await page.locator(".import-save").click();
  await page.locator("ui5-dialog[open] ui5-input#asked-name input").fill(`Fair ${of}`);
  await page.locator("ui5-dialog[open] .dialog-does").click();
  await page.locator(".import-forget").waitFor();
  const [map] = await Promise.all([page.waitForEvent("download"), page.locator(".import-download").click()]);
  const text = readFileSync(await map.path(), "utf8");
  if (!text.includes(`"Sign ${of}": x_`)) v.faults.push(`the mapping as a file lacks a column: ${text}`);
  await page.locator(".import-drop").click();
  await send(v, `others-${of}.csv`, rows(of));
  const upload = async (contents: string): Promise<void> => page.locator(".import-map-file").setInputFiles({ name: "mapping.yaml", mimeType: "application/yaml", buffer: Buffer.from(contents) });
  v.means(/^422 PUT \/imports\/.*\/mapping$/);
  await upload("files: {'*': {entity: contact, columns: {city: colour}}}");
  await page.locator(".problem").getByText("colour").waitFor();
  const said = await page.locator(".problem").innerText();
  if (!/:1:\d+/.test(said) || said.includes("/")) v.faults.push(`a refused mapping names no place in it: ${said}`);
  await upload(text);
  await page.locator(".import-columns .tag-good").first().waitFor();
  await looked(v);
  await page.locator(".import-saved").click();
  await page.locator(".import-saved ui5-option", { hasText: `Fair ${of}` }).click();
  await page.locator("input[name=import-mode][value=upsert]:checked").waitFor();
  await looked(v);

  await page.locator(".import-run").click();
  await page.locator(".import-done").waitFor();
  await v.accessible();
  await page.locator(".import-undo").click();
  await page.locator("ui5-dialog[open] .dialog-does").click();
  await page.locator(".drop").waitFor();
}

/** An import that is at work is ended as it is: what came in is kept, and taken back afterwards. */
async function cutOff(v: Visitor): Promise<void> {
  await v.to("/home");
  const many = `full_name,email\n${Array.from({ length: 100_000 }, (_, n) => `Cut Off ${n},cut.${n}@example.net\n`).join("")}`;
  const job = await v.page.evaluate(async (text) => {
    const sent = (await (await fetch("/api/v1/imports?name=many.csv", { method: "POST", headers: { "Content-Type": "text/csv" }, body: text })).json()) as { id: string };
    return ((await (await fetch(`/api/v1/imports/${sent.id}/run`, { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"duplicates":"ignore"}' })).json()) as { id: number }).id;
  }, many);
  await v.page.waitForFunction(async () => ((await (await fetch("/api/v1/runs?limit=1")).json()) as { runs: { kind: string; records: number }[] }).runs.some((one) => one.kind === "unfinished" && one.records > 0), null, { polling: 200 });
  await v.to("/import");
  const run = v.page.locator(".import-runs li", { hasText: "many.csv" });
  await run.locator(".import-keep").click();
  await run.locator(".import-part").waitFor();
  await v.accessible();
  await v.page.waitForFunction(async (id) => !["waiting", "running"].includes(((await (await fetch(`/api/v1/jobs/${id}`)).json()) as { state: string }).state), job, { polling: 200 });
  const { status } = await asked(v, "GET", "/runs");
  if (status !== 200) v.faults.push(`the runs cannot be read: ${status}`);
  await run.locator(".import-take-back").click();
  await v.page.locator("ui5-dialog[open] .dialog-does").click();
  await run.locator(".import-undone").waitFor({ timeout: 60_000 });
}

/** A file changes records that are there: cell by cell beforehand; what it refused is taken away as a file; then taken back. */
async function changes(v: Visitor): Promise<void> {
  await v.to("/import");
  const one = await made(v, "contacts", { full_name: "Ingrid Moe", email: "ingrid.moe@fjord.example", city: "Bergen", country: "NO" });
  const text = "full_name,email,city\nIngrid Moe,ingrid.moe@fjord.example,Oslo\nNobody There,nobody@fjord.example,Oslo\nBad Mail,none,Oslo\n";
  const there = async (): Promise<unknown> => ((await asked(v, "GET", `/contacts/${one.id}`)).data as unknown as { fields: Record<string, unknown> }).fields["city"];
  await v.page.locator(".drop input[type=file]").setInputFiles({ name: "moves.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await v.page.locator(".diff-table").waitFor();
  await v.page.locator("input[name=import-mode][value=update]").check();
  await v.page.locator(".import-doing").waitFor({ state: "detached" });
  await v.page.locator("input[name=import-way][value=fields]").check();
  await v.page.locator(".import-doing").waitFor({ state: "detached" });
  await v.page.locator(".diff-cells del", { hasText: "Bergen" }).waitFor();
  await v.page.locator(".diff-cells ins", { hasText: "Oslo" }).first().waitFor();
  await v.accessible();
  const [file] = await Promise.all([v.page.waitForEvent("download"), v.page.locator(".import-rejects").click()]);
  if (!file.suggestedFilename().endsWith("-refused.csv")) v.faults.push(`what was refused is called ${file.suggestedFilename()}`);
  await v.page.locator(".import-run").click();
  await v.page.getByRole("button", { name: "Import another" }).waitFor();
  if ((await there()) !== "Oslo") v.faults.push("the import changed nothing");
  // As if nobody had proved for long who it is: that is asked for, and may be left.
  const problem = { type: "urn:probity:problem:denied", title: "This asks for a proof.", status: 403 };
  await v.page.route("**/api/v1/runs/*/undo", (route) => route.fulfill({ status: 403, contentType: "application/problem+json", body: JSON.stringify(problem) }), { times: 1 });
  await v.page.route("**/api/v1/me", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), proved_lately: false } });
  }, { times: 1 });
  v.means(/^403 POST \/runs\/\d+\/undo$/);
  await v.page.locator(".toast ui5-button").click();
  await v.page.locator("ui5-input#proof-password").waitFor();
  await v.accessible();
  await v.page.locator("ui5-dialog[open] .dialog-cancel").click();
  await v.page.locator(".toast", { hasText: "This asks for a proof." }).waitFor();
  await v.page.locator(".import-undo").click();
  await v.page.locator("ui5-dialog[open] .dialog-does").click();
  await v.page.locator("ui5-dialog").waitFor({ state: "detached" });
  for (let i = 0; i < 40 && (await there()) !== "Bergen"; i++) await v.page.waitForTimeout(100);
  if ((await there()) !== "Bergen") v.faults.push("the import was not taken back");
}

export const imports: readonly Journey[] = [
  { name: "import: a file goes in by a mapping that is kept, and is taken back", who: "ada", runs: [["en", "desk"], ["fa", "phone"]], goes: throughAndBack },
  { name: "import: what came in of one that was cut off is kept", who: "lin", languages: ["en"], sizes: ["desk"], goes: cutOff },
  { name: "import: a file changes what is there, seen cell by cell, and is taken back", who: "ada", languages: ["en"], sizes: ["desk"], goes: changes },
];
