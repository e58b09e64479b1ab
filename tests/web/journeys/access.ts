// An administrator looks after rights; an auditor takes a proof away. shows: UX-1 ACC-1 ACC-2 ACC-3 ACC-4 ACC-5 SEC-2
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";

/** Another browser opens the link: name and code stand there, nothing of it went to the server, and it is off the address. */
async function comesByLink(v: Visitor, link: string, name: string): Promise<void> {
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
  await page.locator("nav a").first().waitFor({ state: "attached" });
  await context.close();
}

export const access: readonly Journey[] = [
  {
    name: "administrator looks after rights",
    who: "ada",
    async goes(v) {
      for (const address of ["/access", "/access/users", "/access/roles", "/access/roles/sales", "/access/matrix", "/access/who-can", "/access/reviews", "/access/log", "/access/ledger", "/access/ledger/5"]) {
        await v.to(address);
        await v.accessible();
      }
    },
  },
  {
    name: "administrator adds a user",
    who: "ada",
    languages: ["en"],
    async goes(v) {
      await v.to("/access/users");
      await v.page.getByRole("button", { name: "Add a user" }).click();
      await v.page.locator("ui5-input#user-name input").fill(`new-${v.size}`);
      await v.page.locator(".dialog-does").click();
      await v.page.locator(".code-shown").waitFor();
      await v.accessible();
      const link = (await v.page.locator(".code-link").textContent()) ?? "";
      await v.page.locator(".dialog-does").click();
      await v.page.getByRole("link", { name: `new-${v.size}` }).waitFor();
      await comesByLink(v, link, `new-${v.size}`);
      await v.page.getByRole("link", { name: `new-${v.size}` }).click();
      await v.page.getByRole("heading", { level: 1, name: `new-${v.size}` }).waitFor();
      await v.accessible();
      if (v.size !== "desk") return;
      /* The browser that she signed in on is known, and not any more when she says so. */
      await v.to("/access");
      const forget = v.page.getByRole("button", { name: "Forget", exact: true });
      await forget.first().waitFor();
      const known = await forget.count();
      await forget.first().click();
      await v.page.waitForFunction((most) => Array.from(document.querySelectorAll("ui5-button")).filter((one) => one.textContent?.trim() === "Forget").length < most, known);
    },
  },
];
