// An administrator has a backup made and drilled, sees what came of both, and the jobs that did it. shows: PER-3 PER-4 UX-1
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";
import { pick } from "./conditions";

/** What only somebody at the machine of the server may say: where backups lie. */
async function firstBackup(v: Visitor): Promise<void> {
  const { program, workspace } = v.told;
  await promisify(execFile)(program, ["backup", workspace, "--to", join(workspace, "..", "safe")], { env: { ...process.env, XDG_CONFIG_HOME: join(workspace, "..") } });
}

async function backedUpAndDrilled(v: Visitor): Promise<void> {
  await v.to("/settings/backups");
  await v.page.getByRole("heading", { name: "No backup yet" }).waitFor();
  await v.page.getByRole("heading", { name: "No drill yet" }).waitFor();
  await firstBackup(v);
  await v.to("/settings");
  await v.to("/settings/backups");
  const made = v.page.locator("section", { has: v.page.locator("h2", { hasText: "Backups" }) }).last().locator("tbody tr");
  await made.first().waitFor();
  const before = await made.count();
  await v.page.locator(".backup-now").click();
  await v.page.locator(".toast", { hasText: "The backup is made." }).waitFor();
  await v.page.waitForFunction((were) => document.querySelectorAll("main section:last-of-type tbody tr").length > were, before);
  const drills = v.page.locator("section", { has: v.page.locator("h2", { hasText: "Drills" }) }).locator("tbody tr");
  await v.page.locator(".drill-now").click();
  await v.accessible();
  await v.page.locator("ui5-dialog[open] .dialog-does").click();
  await v.page.locator(".toast", { hasText: "The drill went well." }).waitFor({ timeout: 60_000 });
  await drills.filter({ hasText: "it only has to come back" }).locator(".tag-good").waitFor();
  await v.page.locator(".drill-now").click();
  await pick(v, "ui5-select#drill-fault", "flipped-bit-backup");
  await v.page.locator("ui5-dialog[open] .dialog-does").click();
  await drills.filter({ hasText: "one bit of the backup" }).locator(".tag-good").waitFor({ timeout: 60_000 });
  await v.accessible();
  await v.to("/settings/jobs");
  await v.page.locator("main tbody tr", { hasText: "Drill of a backup" }).first().locator(".tag-good").waitFor();
  await v.accessible();
}

/** A long job is seen while it is done, and stopped. */
async function stopped(v: Visitor): Promise<void> {
  await v.to("/settings/jobs");
  const many = `full_name,email\n${Array.from({ length: 200_000 }, (_, n) => `Never There ${n},never.${n}@example.net\n`).join("")}`;
  await v.page.evaluate(async (text) => {
    const sent = (await (await fetch("/api/v1/imports?name=never.csv", { method: "POST", headers: { "Content-Type": "text/csv" }, body: text })).json()) as { id: string };
    await fetch(`/api/v1/imports/${sent.id}/run`, { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });
  }, many);
  await v.to("/settings");
  await v.to("/settings/jobs");
  const row = v.page.locator("main tbody tr").first();
  await row.getByRole("button", { name: "Stop" }).click();
  await row.getByText("Cancelled").waitFor();
  await v.accessible();
}

const here = (name: string, goes: Journey["goes"]): Journey => ({ name, who: "ada", languages: ["en"], sizes: ["desk"], goes });

export const upkeep: readonly Journey[] = [here("backups: made, drilled, and a damage that is noticed", backedUpAndDrilled), here("jobs: one that takes long is stopped", stopped)];
