// Rights over time: reviewed, taken away and given back, ended and let return; sessions, teams and keys. shows: UX-1 ACC-1 ACC-2 ACC-4 SEC-2
import type { Page } from "playwright-core";
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";
import { asked } from "../asked";
import { takes, writes } from "../person";
import { comesByLink } from "./access";

interface Added {
  id: string;
  code: string;
}

async function added(v: Visitor, name: string, roles: readonly string[]): Promise<Added> {
  const { status, data } = await asked(v, "POST", "/users", { name, roles });
  if (status !== 201) throw new Error(`${name}: ${status} ${JSON.stringify(data)}`);
  const { code } = data as unknown as { code: string };
  const { users } = (await asked(v, "GET", `/users?q=${name}`)).data as unknown as { users: { id: string; name: string }[] };
  const id = users.find((one) => one.name === name)?.id;
  if (!id) throw new Error(`${name} is not among the users`);
  return { id, code };
}

async function rolesOf(v: Visitor, id: string): Promise<string> {
  const { user } = (await asked(v, "GET", `/users/${id}`)).data as unknown as { user?: { roles: string[] }; roles?: string[] };
  const roles = user?.roles ?? ((await asked(v, "GET", `/users/${id}`)).data as unknown as { roles: string[] }).roles;
  return roles.join();
}

const dialog = (page: Page) => page.locator("ui5-dialog[open]");

async function reviews(v: Visitor): Promise<void> {
  await v.to("/access/reviews");
  const stays = await added(v, "reviewed-stays", ["sales"]), loses = await added(v, "reviewed-loses", ["marketing"]);
  await v.page.getByRole("button", { name: "Start a review" }).first().click();
  await v.accessible();
  await dialog(v.page).locator(".dialog-does").click();
  await v.page.waitForFunction(() => /access\/reviews\/\d+/.test(location.hash));
  const row = (name: string) => v.page.locator("main tbody tr", { hasText: name });
  await row("reviewed-stays").getByRole("button", { name: "Confirm" }).click();
  await row("reviewed-stays").getByText("confirmed").waitFor();
  await row("reviewed-loses").getByRole("button", { name: "Revoke" }).click();
  await row("reviewed-loses").getByText("revoked").waitFor();
  await v.accessible();
  if ((await rolesOf(v, stays.id)) !== "sales") v.faults.push("what was confirmed is held no more");
  if ((await rolesOf(v, loses.id)) !== "") v.faults.push("what was revoked is still held");
  await v.to("/access/reviews");
  await v.page.locator("main tbody tr").first().waitFor();
}

async function goesAndReturns(v: Visitor): Promise<void> {
  await v.to("/access/users");
  const one = await added(v, "leaver", ["service"]);
  await v.to(`/access/users/${one.id}`);
  const roles = v.page.locator("section[aria-labelledby=user-roles-title]");
  await roles.getByRole("button", { name: "Take away" }).click();
  await dialog(v.page).locator(".dialog-does").click();
  await roles.locator(".empty").waitFor();
  if ((await rolesOf(v, one.id)) !== "") v.faults.push("a role that was taken away is still held");
  await v.page.locator(".toast ui5-button").click();
  await roles.getByRole("link", { name: "Service" }).waitFor();
  await v.page.getByRole("button", { name: "New enrolment code" }).click();
  await v.page.locator(".code-shown").or(dialog(v.page).locator(".dialog-does")).first().waitFor();
  if (!(await v.page.locator(".code-shown").count())) await dialog(v.page).locator(".dialog-does").click(); // by mail, where that is set up
  await v.page.locator(".code-shown").waitFor();
  await v.accessible();
  await dialog(v.page).locator(".dialog-does").click();
  await v.page.locator(".user-change + ui5-button + ui5-button").click();
  await dialog(v.page).locator(".dialog-does").click();
  await v.page.getByRole("button", { name: "Let return" }).waitFor();
  await v.accessible();
  await v.page.getByRole("button", { name: "Let return" }).click();
  await v.page.locator(".user-change").waitFor();
  if ((await rolesOf(v, one.id)) !== "") v.faults.push("one who returned holds what she held");
}

/** Her own sessions, browsers and keys; who looks after her ends the session that is left. */
async function own(v: Visitor): Promise<void> {
  await v.to("/access/users");
  const name = "keeper", one = await added(v, name, ["sales"]);
  await comesByLink(v, `${v.page.url().split("#")[0]}#/enrol?name=${name}&code=${one.code}`, name, false, async (page) => {
    const session = (): Promise<number> =>
      page.evaluate(async ([who, password]) => (await fetch("/api/v1/sign-in", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name: who, password }) })).status, [name, `seven grey herons wade ${name}`]);
    for (let i = 0; i < 2; i++) if ((await session()) !== 200) v.faults.push("there is no second session");
    await page.goto(`${page.url().split("#")[0]}#/access`);
    const sessions = page.locator("section[aria-labelledby=you-sessions] tbody tr");
    await sessions.nth(2).waitFor();
    await sessions.filter({ has: page.getByRole("button", { name: "End" }) }).first().getByRole("button", { name: "End" }).click();
    await page.getByText("The session is ended.").waitFor();
    await sessions.nth(2).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "End all others" }).click();
    await dialog(page).locator(".dialog-does").click();
    await sessions.nth(1).waitFor({ state: "detached" });
    await page.goto(`${page.url().split("#")[0]}#/settings/connections`);
    await page.getByRole("button", { name: "Make a key" }).first().click();
    await page.locator("ui5-input#key-label input").fill("Nightly copy");
    await page.locator("ui5-input#key-rate input").fill("many");
    await dialog(page).locator(".dialog-does").click();
    await dialog(page).locator(".problem", { hasText: "is no number of requests" }).waitFor();
    await page.locator("ui5-input#key-rate input").fill("30");
    await page.locator("ui5-input#key-scopes input").fill("contact:read");
    await dialog(page).locator(".dialog-does").click();
    await page.getByText("It is shown now and never again.").waitFor();
    await dialog(page).locator(".dialog-does").click();
    const key = page.locator("main tbody tr", { hasText: "Nightly copy" });
    await key.getByText("contact:read").waitFor();
    await key.getByRole("button", { name: "End" }).click();
    await dialog(page).locator(".dialog-does").click();
    await key.waitFor({ state: "detached" });
    await v.to(`/access/users/${one.id}`);
    await v.page.getByRole("heading", { name: "Sessions" }).waitFor();
    await v.page.locator("main tbody tr", { has: v.page.getByRole("button", { name: "Forget" }) }).first().getByRole("button", { name: "Forget" }).click();
    await v.page.getByText("No known browser").waitFor();
    await v.page.locator("main tbody tr", { has: v.page.getByRole("button", { name: "End", exact: true }) }).first().getByRole("button", { name: "End", exact: true }).click();
    await v.page.getByText("Not signed in").waitFor();
    if ((await page.evaluate(async () => (await fetch("/api/v1/me")).status)) !== 401) v.faults.push("a session that was ended goes on");
  });
}

async function teams(v: Visitor): Promise<void> {
  await v.to("/access/teams");
  const { status } = await asked(v, "POST", "/teams", { name: "East" });
  if (status !== 201) throw new Error(`East: ${status}`);
  await v.to("/access/users");
  await v.to("/access/teams");
  const row = (name: string) => v.page.locator("main tbody tr", { hasText: name });
  await row("East").getByRole("button", { name: "Rename" }).click();
  await v.page.locator("ui5-input#asked-name input").fill("Far East");
  await dialog(v.page).locator(".dialog-does").click();
  await row("Far East").getByRole("button", { name: "Members" }).click();
  await writes(v, "team-members", "sam");
  await takes(v, "sam");
  await dialog(v.page).locator("ui5-checkbox[text=sam][checked]").waitFor();
  await dialog(v.page).locator(".dialog-does").click();
  await row("Far East").getByText("sam").waitFor();
  await row("Far East").getByRole("button", { name: "Members" }).click();
  await dialog(v.page).locator("ui5-checkbox[text=sam]").click();
  await dialog(v.page).locator(".dialog-does").click();
  await row("Far East").getByText("sam").waitFor({ state: "detached" });
  // What is refused is said, though the screen has no place of its own for it.
  await v.page.route("**/api/v1/teams/*", (route) => route.fulfill({ status: 409, contentType: "application/problem+json", body: JSON.stringify({ type: "", title: "The team is in use.", status: 409 }) }), { times: 1 });
  v.means(/^409 DELETE \/teams\//);
  await row("Far East").getByRole("button", { name: "End" }).click();
  await dialog(v.page).locator(".dialog-does").click();
  await v.page.locator(".toast", { hasText: "The team is in use." }).waitFor();
  await row("Far East").getByRole("button", { name: "End" }).click();
  await dialog(v.page).locator(".dialog-does").click();
  await row("Far East").waitFor({ state: "detached" });
}

const here = (name: string, goes: Journey["goes"]): Journey => ({ name, who: "ada", runs: [["en", "desk"]], goes });

export const rights: readonly Journey[] = [
  here("administrator reviews who holds what", reviews),
  here("administrator takes a role away, ends a user and lets her return", goesAndReturns),
  here("administrator renames a team, and changes who is in it", teams),
  here("somebody ends her sessions and keys, and is signed out by an administrator", own),
];
