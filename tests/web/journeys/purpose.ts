// Where a purpose is asked for, it is asked once, wherever personal data is met, and stands in the log. shows: UX-1 ACC-5
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";

/** As an administrator says it, whoever goes this way. */
async function wanted(v: Visitor, on: boolean): Promise<void> {
  const headers = { Cookie: v.told.people["ada"] ?? "", "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json" };
  const answer = await fetch(`${v.told.address}/api/v1/settings`, { method: "PATCH", headers, body: JSON.stringify({ purpose_required: on }) });
  if (!answer.ok) throw new Error(`purpose_required: ${answer.status} ${await answer.text()}`);
}

async function saysWhatFor(v: Visitor): Promise<void> {
  const dialog = v.page.locator("ui5-dialog[open]"), says = dialog.locator("#purpose-said input"), does = dialog.locator(".dialog-does");
  const said = { en: "case 4711: what was agreed", fa: "پرونده ۴۷۱۱", "zh-CN": "工单 4711" }[v.language];
  v.means(/^400 GET \//); // each is asked again, once it is said what for
  await v.to("/settings");
  await v.page.locator("ui5-switch#purpose").click();
  await v.page.locator(".toast").waitFor();
  await v.page.evaluate(() => (location.hash = "/contacts"));
  await says.waitFor();
  await v.accessibleIn((await v.page.evaluate(() => document.documentElement.dataset.theme)) === "dark" ? "dark" : "light", false);
  await does.click();
  await dialog.locator(".problem").waitFor();
  await dialog.locator(".dialog-cancel").click();
  await v.page.locator("main .problem").waitFor();
  await v.page.locator("main .problem ui5-link, main .problem ui5-button").first().click();
  await says.fill(said);
  await does.click();
  await v.page.locator("[role=grid] [data-index='0'] a").first().click();
  await v.page.locator(".record-head h1").waitFor();
  // Another window says it anew: the search asks, too.
  await v.page.reload();
  await says.waitFor();
  await v.page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await v.to("/help");
  await v.page.keyboard.press("Control+k");
  await v.page.locator("dialog.palette input").fill("snow");
  await says.fill("a call that came in");
  await does.click();
  await dialog.waitFor({ state: "detached" });
  await v.page.keyboard.press("Control+k");
  await v.page.locator("dialog.palette input").fill("snow");
  await v.page.locator("[role=option]", { hasText: "Anna Snow" }).first().waitFor();
  await v.page.keyboard.press("Escape");
  await v.to("/settings");
  await v.page.locator("ui5-switch#purpose").click();
  await v.page.locator(".toast").waitFor();
  await v.to(`/access/log?kind=record.read`);
  await v.page.locator("main td", { hasText: said }).first().waitFor();
}

async function andPutBack(v: Visitor): Promise<void> {
  try {
    await saysWhatFor(v);
  } finally {
    await wanted(v, false);
  }
}

export const purpose: readonly Journey[] = [{ name: "administrator asks everybody what for, and is asked", who: "ada", runs: [["en", "desk"], ["fa", "phone"]], goes: andPutBack }];
