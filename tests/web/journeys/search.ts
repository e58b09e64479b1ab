// Searching everything by Ctrl K, by keyboard alone. shows: UX-1 REC-1
import type { Journey } from "../journey";

export const search: readonly Journey[] = [
  {
    name: "search finds records and commands",
    who: "ada",
    languages: ["en", "fa"],
    async goes(v) {
      await v.to("/help");
      await v.page.keyboard.press("Control+k");
      await v.page.locator("dialog.palette input").waitFor();
      await v.accessible();
      await v.page.keyboard.type("wxm");
      await v.page.locator("[role=option]", { hasText: "王小明" }).first().waitFor();
      await v.accessible();
      await v.page.keyboard.press("Escape");
      await v.page.locator("dialog.palette").waitFor({ state: "detached" });
      // By keys alone: the second of what was found is gone to, and comes first the next time.
      await v.page.keyboard.press("Control+k");
      await v.page.locator("dialog.palette input").fill("snow");
      await v.page.locator("[role=option]", { hasText: "Anna Snow" }).first().waitFor();
      await v.page.waitForFunction(() => document.querySelector(".palette-foot span")?.textContent === "");
      await v.page.keyboard.press("ArrowDown");
      await v.page.keyboard.press("ArrowUp");
      await v.page.locator("#hit-0[aria-selected=true]").waitFor();
      await v.page.keyboard.press("Enter");
      await v.page.locator(".record-head h1", { hasText: "Snow" }).waitFor();
      await v.page.keyboard.press("Control+k");
      await v.page.locator("[role=option]", { hasText: "Snow" }).first().waitFor();
      await v.page.locator("dialog.palette input").fill("snow");
      await v.page.locator(".palette-foot a").click();
      await v.page.waitForFunction(() => location.hash === "#/search?q=snow");
      await v.to("/search?q=snow");
      await v.page.locator(".search-hits a", { hasText: "Anna Snow" }).first().waitFor();
      await v.accessible();
    },
  },
  {
    name: "search leads to commands, and the menu to another language and other colours",
    who: "ada",
    runs: [["en", "desk"]],
    async goes(v) {
      await v.to("/");
      await v.page.keyboard.press("Control+k");
      await v.page.locator("dialog.palette input").fill("qqqxyz");
      await v.page.locator(".palette-foot", { hasText: "Nothing was found" }).waitFor();
      await v.page.locator("dialog.palette input").fill("duplicates");
      await v.page.locator("[role=option]", { hasText: "Duplicates" }).first().click();
      await v.page.waitForFunction(() => location.hash.startsWith("#/duplicates"));
      const menu = async (first: string, second: string): Promise<void> => {
        await v.page.locator("ui5-avatar").click();
        await v.page.getByRole("menuitem", { name: first }).click();
        await v.page.getByRole("menuitem", { name: second }).click();
      };
      await menu("Colours", "Dark");
      await v.page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
      await v.page.reload();
      await v.settled();
      if ((await v.page.evaluate(() => document.documentElement.dataset.theme)) !== "dark") v.faults.push("the colours that were chosen are forgotten");
      await menu("Colours", "As the system");
      await menu("Language", "فارسی");
      await v.page.waitForFunction(() => document.documentElement.lang === "fa" && document.documentElement.dir === "rtl");
      await v.page.locator("nav a", { hasText: "مخاطبان" }).waitFor();
      await v.page.reload();
      await v.settled();
      await v.page.locator("nav a", { hasText: "مخاطبان" }).waitFor();
    },
  },
];
