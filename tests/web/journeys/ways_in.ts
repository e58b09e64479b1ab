// Somebody new makes a passkey and recovery codes, leaves, and comes back by the passkey. shows: UX-1 SEC-2 ACC-1
import type { Page } from "playwright-core";
import { asked } from "../asked";
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";
import { comesByLink } from "./access";

/** A key within the device, which whoever holds it has just unlocked (W3C WebAuthn Level 3, 11). */
async function withKey(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
}

async function addsPasskey(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.locator("ui5-dialog[open] ui5-input input").fill("this laptop");
  await page.locator(".dialog-does").click();
  await page.locator("main td").getByText("Passkey: this laptop").waitFor();
}

async function makesCodes(v: Visitor, page: Page): Promise<void> {
  await page.getByRole("button", { name: "New recovery codes" }).click();
  await page.locator(".signin-codes code").first().waitFor();
  if ((await page.locator(".signin-codes code").count()) !== 10) v.faults.push("there are not ten recovery codes");
  await page.locator(".dialog-does").click();
}

/** Nobody is signed in afterwards, in the browser and for the server. */
async function leaves(v: Visitor, page: Page): Promise<void> {
  await page.locator(".frame-head ui5-avatar").click();
  await page.locator("ui5-menu-item[data-what=leave]").click();
  await page.locator("ui5-input#name").waitFor();
  const status = await page.evaluate(async () => (await fetch("/api/v1/me")).status);
  if (status !== 401) v.faults.push(`who signed out is still let in: ${status}`);
}

/** As if the last proof were long ago: it is given anew, by the passkey. */
async function changesPassword(page: Page, password: string): Promise<void> {
  const problem = { type: "urn:probity:problem:denied", title: "Prove first.", status: 403 };
  await page.route("**/api/v1/password", (route) => route.fulfill({ status: 403, contentType: "application/problem+json", body: JSON.stringify(problem) }), { times: 1 });
  await page.route("**/api/v1/me", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), proved_lately: false } });
  }, { times: 1 });
  await page.goto(`${page.url().split("#")[0]}#/access`);
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.locator("ui5-dialog[open] ui5-input input").fill(password);
  await page.locator("ui5-dialog[open] .dialog-does").click();
  await page.locator(".proof-passkey").click();
  await page.getByText("The password is changed.").waitFor();
}

export const waysIn: readonly Journey[] = [
  {
    name: "newcomer makes a passkey and recovery codes, signs out, and comes back by the passkey",
    who: "ada",
    languages: ["en"],
    async goes(v) {
      await v.to("/access/users");
      const name = `keys-${v.size}`;
      const { status, data } = await asked(v, "POST", "/users", { name, roles: ["sales"] });
      if (status !== 201) throw new Error(`${name}: ${status}`);
      const { code } = data as unknown as { code: string };
      await comesByLink(v, `${v.page.url().split("#")[0]}#/enrol?name=${name}&code=${code}`, name, false, async (page) => {
        await withKey(page);
        await page.goto(`${v.told.address}/#/access`);
        await addsPasskey(page);
        await makesCodes(v, page);
        await leaves(v, page);
        await page.getByRole("button", { name: "Sign in with a passkey" }).click();
        await page.locator("nav a").first().waitFor({ state: "attached" });
        if (!(await page.locator(".frame-head ui5-avatar").getAttribute("accessible-name"))?.includes(name)) v.faults.push("the passkey let somebody else in");
        await changesPassword(page, `nine blue kites over ${name}`);
        await leaves(v, page);
        await page.locator("ui5-input#name input").fill(name);
        await page.locator("ui5-input#password input").fill(`nine blue kites over ${name}`);
        await page.locator("#go").click();
        await page.locator("nav a").first().waitFor({ state: "attached" }); // the passkey is the second factor, and asked for at once
        await leaves(v, page);
      });
    },
  },
];
