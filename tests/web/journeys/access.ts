// An administrator looks after rights; an auditor takes a proof away. shows: UX-1 ACC-1 ACC-2 ACC-3 ACC-4 ACC-5 SEC-2
import type { Page } from "playwright-core";
import { asked, runOf } from "../asked";
import type { Journey } from "../journey";
import { listIsAccessible, takes, writes } from "../person";
import { codeOf } from "../proof";
import type { Visitor } from "../visitor";

/** Another browser opens the link: name and code stand there, nothing of it went to the server, and it is off the address. */
export async function comesByLink(v: Visitor, link: string, name: string, factor = false, looks?: (page: Page) => Promise<void>): Promise<void> {
  const context = await v.page.context().browser()?.newContext({ locale: v.language });
  if (!context) throw new Error("There is no other browser.");
  const page = await context.newPage();
  const code = new URLSearchParams(link.split("?")[1]).get("code") ?? "";
  page.on("request", (request) => {
    if (request.url().includes(code)) v.faults.push(`the code of an enrolment link was sent: ${request.url()}`);
  });
  await page.goto(link);
  await page.locator("ui5-input#code").waitFor();
  if (code.length < 8 || (await page.locator("ui5-input#code input").inputValue()) !== code) v.faults.push("the code of the link does not stand in its field");
  if ((await page.locator("ui5-input#name input").inputValue()) !== name) v.faults.push("the name of the link does not stand in its field");
  if (page.url().includes(code)) v.faults.push("the code of the link stayed in the address");
  await page.locator("ui5-input#password input").fill(`seven grey herons wade ${name}`);
  await page.locator("#go").click();
  if (factor) {
    await page.getByRole("button", { name: "Use an authenticator app" }).click();
    await page.locator("ui5-input#code input").fill(codeOf((await page.locator("code[dir=ltr]").textContent())?.trim() ?? ""));
    await page.locator("#go").click();
  }
  await page.locator("nav a").first().waitFor({ state: "attached" });
  await looks?.(page);
  await context.close();
}

/** Who is above her is found among all users by a few letters. */
async function setsSuperior(v: Visitor): Promise<void> {
  await v.page.reload(); // in the theme as it is now, from the start
  await v.settled();
  await v.page.locator(".user-change").click();
  await writes(v, "user-superior", "Ver");
  await v.page.getByRole("option", { name: "vera" }).waitFor();
  await listIsAccessible(v);
  await takes(v, "vera");
  await v.page.locator("ui5-dialog[open] .dialog-does").click();
  await v.page.locator("main dd", { hasText: "vera" }).waitFor();
}

async function asksTheLog(v: Visitor): Promise<void> {
  await v.to("/contacts?filter=full_name = 'Anna Snow'");
  await v.page.locator("[role=grid] [data-index='0'] a").first().click();
  await v.page.locator(".record-who-can").click();
  await v.page.locator("main td", { hasText: "mina" }).first().waitFor();
  if ((await v.page.locator("ui5-input#who-id input").first().inputValue()) !== "Anna Snow") v.faults.push("the record is not called by its name");
  await v.accessible();
  v.means(/^404 GET \/who-can$/);
  if (v.language === "en") {
    await v.page.locator("ui5-date-picker#who-at input").fill("2020-03-01");
    await v.page.locator("ui5-date-picker#who-at input").press("Tab");
  } else {
    const on = await v.page.evaluate(() => location.hash.slice(1));
    await v.to(`${on}${on.includes("?") ? "&" : "?"}at=2020-03-01`); // a day is written otherwise in each calendar
  }
  await v.page.locator(".problem").waitFor();
  await v.to("/access/log");
  const rows = v.page.locator("main .table tbody tr");
  await rows.first().waitFor();
  await v.page.locator("ui5-select#log-kind").click();
  const at = await v.page.locator("ui5-select#log-kind ui5-option").evaluateAll((all) => all.findIndex((one) => one.getAttribute("data-value") === "signin.passed"));
  await v.page.getByRole("option").nth(at).click();
  await v.page.waitForFunction(() => location.hash.includes("kind=signin.passed"));
  await v.page.waitForFunction(() => {
    const kinds = Array.from(document.querySelectorAll("main .table tbody tr")).map((one) => one.querySelector(".log-kind")?.textContent?.trim());
    return kinds.length > 0 && kinds.every((one) => one === "signin.passed");
  });
  if (v.language !== "en" && (await rows.filter({ hasText: "Somebody signed in." }).count())) v.faults.push("what happened is told in English");
  await v.to("/access/log?kind=signin.passed&until=2020-01-01");
  await v.page.locator(".empty").waitFor();
  await v.accessible();
  await v.page.locator(".empty .empty-next").click();
  await rows.first().waitFor();
}

export const access: readonly Journey[] = [
  {
    name: "administrator adds a user",
    who: "ada",
    async goes(v) {
      const name = `new-${runOf(v)}`;
      await v.to("/access/users");
      await v.page.locator(".page-head ui5-button").click();
      await v.page.locator("ui5-input#user-name input").fill(name);
      await v.page.locator(".dialog-does").click();
      await v.page.locator(".code-shown").waitFor();
      await v.accessible();
      const link = (await v.page.locator(".code-link").textContent()) ?? "";
      await v.page.locator(".dialog-does").click();
      await v.page.getByRole("link", { name }).waitFor();
      await comesByLink(v, link, name, false, async (page) => {
        if (v.language !== "en") return;
        // No role asks for it: a second factor of one's own accord.
        await page.goto(`${page.url().split("#")[0]}#/access`);
        await page.locator(".you-totp").click();
        await page.locator("#factor-code input").fill(codeOf((await page.locator("code[dir=ltr]").textContent())?.trim() ?? ""));
        await page.locator("ui5-dialog[open] .dialog-does").click();
        await page.locator("main td", { hasText: "Authenticator app" }).waitFor();
        if (await page.locator(".you-totp").count()) v.faults.push("an authenticator app that is kept is offered again");
      });
      await v.page.getByRole("link", { name }).click();
      await v.page.getByRole("heading", { level: 1, name }).waitFor();
      await v.accessible();
      if (v.language !== "zh-CN") await setsSuperior(v);
      if (v.size !== "desk" || v.language !== "en") return;
      /* The browser that she signed in on is known, and not any more when she says so. */
      await v.to("/access");
      const forget = v.page.getByRole("button", { name: "Forget", exact: true });
      await forget.first().waitFor();
      const known = await forget.count();
      await forget.first().click();
      await v.page.waitForFunction((most) => Array.from(document.querySelectorAll("ui5-button")).filter((one) => one.textContent?.trim() === "Forget").length < most, known);
    },
  },
  {
    name: "administrator lets an external auditor see a part",
    who: "ada",
    languages: ["en"],
    sizes: ["desk"],
    async goes(v) {
      await v.to("/access/users");
      await v.page.getByRole("button", { name: "Add a user" }).click();
      await v.page.locator("ui5-input#user-name input").fill("outside");
      await v.page.locator("ui5-select#user-kind").click();
      await v.page.getByRole("option", { name: "External auditor" }).click();
      await v.page.locator("ui5-date-picker#user-until input").fill("2099-12-31");
      await v.page.locator("ui5-date-picker#user-until input").press("Tab");
      await v.page.locator('fieldset.several ui5-checkbox[text="Contacts"]').click();
      await v.page.locator('fieldset.several ui5-checkbox[text="Completeness"]').click();
      await v.page.locator('fieldset.several ui5-checkbox[text="Auditor"]').click();
      await v.accessible();
      await v.page.locator(".dialog-does").click();
      await v.page.locator(".code-shown").waitFor();
      const link = (await v.page.locator(".code-link").textContent()) ?? "";
      await v.page.locator(".dialog-does").click();
      await comesByLink(v, link, "outside", true, async (page) => {
        await page.locator("nav a[href='#/contacts']").waitFor();
        if (await page.locator("nav a[href='#/opportunities']").count()) v.faults.push("an external auditor is led to records beyond her scope");
        await page.locator("nav a[href='#/audit']").click();
        await page.locator(".audit-two, .empty").first().waitFor();
        if (await page.getByRole("button", { name: "Audit this workspace" }).count()) v.faults.push("an external auditor is offered an audit that she may not begin");
        await page.locator("nav a[href='#/contacts']").click();
        await page.locator("[role=grid] [data-index='0']").waitFor();
      });
      // She is shown another kind of records, and her time ends sooner; her telephone is lost.
      await v.page.getByRole("link", { name: "outside" }).click();
      await v.page.locator(".user-scope", { hasText: "Contacts · Completeness" }).waitFor();
      await v.page.locator(".user-change").click();
      await v.page.locator('fieldset.several ui5-checkbox[text="Accounts"]').click();
      await v.page.locator("ui5-date-picker#user-until input").fill("2098-06-30");
      await v.page.locator("ui5-date-picker#user-until input").press("Tab");
      await v.page.locator(".dialog-does").click();
      await v.page.locator(".user-scope", { hasText: "Accounts" }).waitFor();
      await v.page.getByText(/30 Jun 2098/).first().waitFor();
      await v.page.getByRole("button", { name: "End the second factors" }).click();
      await v.page.locator("ui5-dialog[open] .dialog-does").click();
      await v.page.getByRole("button", { name: "End the second factors" }).waitFor({ state: "detached" });
      await v.accessible();
    },
  },
  {
    name: "administrator makes a team, says who is above whom, gives a program its key, makes a role and ends it",
    who: "ada",
    languages: ["en"],
    sizes: ["desk"],
    async goes(v) {
      await v.to("/access/teams");
      await v.page.getByRole("button", { name: "Add a team" }).first().click();
      await v.page.locator("ui5-input#asked-name input").fill("North");
      await v.page.locator(".dialog-does").click();
      await v.page.getByRole("button", { name: "Members" }).click();
      await writes(v, "team-members", "mi");
      await takes(v, "mina");
      await v.page.locator('fieldset.several ui5-checkbox[text="mina"][checked]').waitFor();
      await v.accessible();
      await v.page.locator(".dialog-does").click();
      await v.page.locator("main .team-member", { hasText: "mina" }).click();
      await v.page.locator("main dd", { hasText: "North" }).waitFor();
      await v.page.locator(".user-change").click();
      await writes(v, "user-superior", "ver");
      await takes(v, "vera");
      await v.page.locator(".dialog-does").click();
      await v.page.locator("main dd", { hasText: "vera" }).waitFor();
      await v.page.locator("main td", { hasText: "Superior: vera" }).waitFor();
      await v.accessible();
      await v.to("/access/teams");
      await v.page.getByRole("button", { name: "End" }).click();
      await v.page.locator("ui5-dialog[open] .dialog-does").click();
      await v.page.locator(".empty").waitFor();
      await v.to("/access/users");
      await v.page.getByRole("button", { name: "Add a user" }).click();
      await v.page.locator("ui5-input#user-name input").fill("shop");
      await v.page.locator("ui5-select#user-kind").click();
      await v.page.getByRole("option", { name: "Program" }).click();
      await v.page.locator(".dialog-does").click();
      await v.page.getByRole("link", { name: "shop" }).click();
      await v.page.locator(".user-key").click();
      await v.page.locator("ui5-input#key-label input").fill("Orders of the web shop");
      await v.page.locator("ui5-input#key-rate input").fill("60");
      await v.page.locator(".dialog-does").click();
      await v.page.getByText("It is shown now and never again.").waitFor();
      await v.page.locator(".dialog-does").click();
      await v.page.getByText("API key: Orders of the web shop").waitFor();
      // A role of one's own: made in its matrix; what the role above does not let it is crossed out at once.
      await v.to("/access/roles");
      await v.page.locator(".role-new").click();
      await v.page.locator("ui5-input#role-label input").fill("Door keeper");
      await v.page.locator("ui5-select#role-parent").click();
      await v.page.getByRole("option", { name: "Sales" }).click();
      await v.page.getByRole("button", { name: "Contacts: export: nothing" }).click();
      await v.page.locator('fieldset.several ui5-checkbox[text="read"]').click();
      await v.page.locator("ui5-select#part-0-class-demographic").click();
      await v.page.getByRole("option", { name: "reads and writes", exact: true }).click();
      await v.accessible();
      await v.page.locator("ui5-dialog[open] .dialog-does").click();
      await v.page.getByRole("button", { name: "Contacts: export: cut by Sales" }).waitFor();
      await v.page.getByRole("button", { name: "Contacts: read: own records" }).waitFor();
      await v.page.locator(".role-fields summary").click();
      await v.page.locator(".role-fields td", { hasText: "reads masked" }).first().waitFor();
      await v.accessible();
      // What roles below do not get: lines of their own, marked in the matrix; what is missing is said.
      await v.page.locator(".role-keep-more").click();
      await v.page.locator("ui5-dialog[open] .dialog-does").click();
      await v.page.locator("ui5-dialog[open] .problem", { hasText: "No kind of records is chosen." }).waitFor();
      await v.page.locator('ui5-dialog[open] fieldset.several ui5-checkbox[text="Contacts"]').click();
      await v.page.locator('ui5-dialog[open] fieldset.several ui5-checkbox[text="read"]').click();
      await v.accessible();
      await v.page.locator("ui5-dialog[open] .dialog-does").click();
      await v.page.getByRole("button", { name: "Contacts: read: own records (not passed on)" }).waitFor();
      await v.page.locator(".role-keep-more").click();
      await v.page.locator("ui5-select#keep-reach").click();
      await v.page.getByRole("option", { name: "all kinds of records, those added later too" }).click();
      await v.page.locator('ui5-dialog[open] fieldset.several ui5-checkbox[text="history"]').click();
      await v.page.locator("ui5-select#keep-extent").click();
      await v.page.getByRole("option", { name: "some fields only" }).click();
      await v.page.locator('ui5-dialog[open] fieldset.several ui5-checkbox[text="official numbers"]').click();
      const many = v.page.locator("ui5-dialog[open] fieldset.several:has(.several-words)").last();
      await many.locator(".several-words input").fill("birth");
      await many.locator("ui5-checkbox[hidden]").first().waitFor({ state: "attached" });
      if ((await many.locator("ui5-checkbox:visible").count()) === 0) v.faults.push("no field of many is found by a word of its name");
      await v.accessible();
      await v.page.locator("ui5-dialog[open] .dialog-does").click();
      await v.page.locator(".role-keeps td", { hasText: "official numbers: a role below does not see" }).waitFor();
      await v.page.locator(".role-keep-change").first().click();
      await v.page.locator('ui5-dialog[open] fieldset.several ui5-checkbox[text="read"]').click();
      await v.page.locator("ui5-dialog[open] .dialog-does").click();
      await v.page.getByRole("button", { name: "Contacts: read: own records", exact: true }).waitFor();
      await v.page.locator(".role-keep-away").first().click();
      await v.page.locator(".role-keeps tbody tr").nth(1).waitFor({ state: "detached" });
      // As text, with one operation more; the form understands it.
      await v.page.getByRole("button", { name: "As text" }).click();
      const text = v.page.locator("ui5-textarea#role-text textarea");
      await text.fill((await text.inputValue()).replace('"read"', '"read", "list"'));
      await v.page.getByRole("button", { name: "Matrix", exact: true }).click();
      await v.page.getByRole("button", { name: "Contacts: list: own records" }).waitFor();
      await v.page.locator("#role-go").click();
      await v.page.locator("ui5-dialog[open] .dialog-does").click();
      await v.page.locator("ui5-dialog[open] .problem", { hasText: "The reason is missing." }).waitFor();
      await v.page.locator("ui5-input#role-why input").fill("The door is manned now");
      await v.page.locator("ui5-dialog[open] .dialog-does").click();
      await v.page.getByRole("heading", { level: 1, name: "Door keeper" }).waitFor();
      await v.page.locator(".role-keeps td", { hasText: "official numbers" }).waitFor();
      // Who holds it is told before it ends.
      const { users } = (await asked(v, "GET", "/users")).data as unknown as { users: { id: string; name: string }[] };
      await asked(v, "POST", `/users/${users.find((one) => one.name === "sam")?.id ?? ""}/roles`, { role: "door_keeper" });
      await v.page.locator(".role-end").click();
      await v.page.locator(".role-holders", { hasText: "sam" }).waitFor();
      await v.page.locator("ui5-input#role-end-why input").fill("The door is locked");
      await v.accessible();
      await v.page.locator("ui5-dialog[open] .dialog-does").click();
      await v.page.locator(".role-new").waitFor();
      await v.page.locator("main .matrix").waitFor();
      if (await v.page.getByRole("link", { name: "Door keeper" }).count()) v.faults.push("a role that was ended is still there");
    },
  },
  {
    name: "administrator finds one of many users by words, and puts two into a team",
    who: "ada",
    languages: ["en"],
    async goes(v) {
      await v.to("/access/users");
      const crowd = `crowd-${v.size}`;
      for (let i = 10; i < 34; i++) {
        const { status } = await asked(v, "POST", "/users", { name: `${crowd}-${i}`, shown: `Person ${i} of ${v.size}`, roles: ["sales"] });
        if (status !== 201) throw new Error(`${crowd}-${i}: ${status}`);
      }
      const { status } = await asked(v, "POST", "/teams", { name: crowd });
      if (status !== 201) throw new Error(`${crowd}: ${status}`);
      await v.to("/access/teams");
      await v.to("/access/users");
      await v.page.locator("main .several-words input").fill(`27 ${v.size}`);
      await v.page.waitForFunction(() => document.querySelectorAll("main .table tbody tr").length === 1);
      await v.page.locator("main .table").getByText(`Person 27 of ${v.size}`).waitFor();
      await v.accessible();
      await v.to("/access/teams");
      await v.page.locator("main .table tbody tr", { hasText: crowd }).getByRole("button", { name: "Members" }).click();
      for (const who of [27, 31]) {
        await writes(v, "team-members", `person ${who} ${v.size}`);
        await takes(v, `Person ${who} of ${v.size}`);
        await v.page.locator(`ui5-dialog[open] ui5-checkbox[text="Person ${who} of ${v.size} (${crowd}-${who})"][checked]`).waitFor();
      }
      if ((await v.page.locator("ui5-dialog[open] .several ui5-checkbox").count()) !== 2) v.faults.push("others than those that are chosen have a box");
      await v.accessible();
      await v.page.locator(".dialog-does").click();
      await v.page.locator("main .table tbody tr", { hasText: crowd }).getByText(`Person 31 of ${v.size}`).waitFor();
    },
  },
  { name: "administrator asks the log, and who could see a record on a day before", who: "ada", runs: [["en", "desk"], ["zh-CN", "desk"], ["fa", "phone"]], goes: asksTheLog },
];
