// The first screen: what needs a manager and a steward today, where a newcomer begins. shows: UX-1 DQ-10 AUD-9
import type { Journey } from "../journey";

export const home: readonly Journey[] = [
  {
    name: "home shows a manager how the house stands",
    who: "vera",
    languages: ["fa"],
    async goes(v) {
      await v.to("/");
      await v.page.locator(".home-today").waitFor();
      await v.page.locator(".columns-drawing rect").first().waitFor();
      await v.page.locator(".bars a[href*='filter=']").first().waitFor();
      const table = v.page.locator(".chart-table").first();
      await table.locator("summary").click();
      await table.locator("tbody tr").first().waitFor();
      await v.accessible();
    },
  },
  {
    name: "home leads a newcomer through first steps",
    who: "ada",
    languages: ["en"],
    async goes(v) {
      await v.to("/");
      const guide = v.page.locator(".guide");
      await guide.waitFor();
      await guide.locator("li[data-done]", { has: v.page.locator("a[href='#/import']") }).waitFor(); // the demo's records are there
      await guide.locator("li:not([data-done])", { has: v.page.locator("a[href='#/settings/backups']") }).waitFor();
      await v.accessible();
      for (const address of await guide.locator("a[href]").evaluateAll((all) => all.map((one) => one.getAttribute("href") ?? ""))) {
        await v.to(address.slice(1));
        if ((await v.page.locator("main h1").count()) === 0) v.faults.push(`a first step leads to ${address}, where nothing is`);
      }
      await v.to("/");
      await guide.locator("ui5-button").click();
      await guide.waitFor({ state: "detached" });
      await v.page.reload();
      await v.settled();
      await v.page.locator(".home-today .home-calm, .home-today li").first().waitFor();
      if (await guide.count()) v.faults.push("the guide came back after it was put away");
    },
  },
];
