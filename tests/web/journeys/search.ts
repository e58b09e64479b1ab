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
      await v.to("/search?q=snow");
      await v.page.locator(".search-hits a", { hasText: "Anna Snow" }).first().waitFor();
      await v.accessible();
    },
  },
];
