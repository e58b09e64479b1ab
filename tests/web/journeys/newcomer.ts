// Who comes for the first time. shows: UX-1
import type { Journey } from "../journey";

export const newcomer: readonly Journey[] = [
  {
    name: "newcomer finds the way in",
    who: undefined,
    async goes(v) {
      await v.to("/");
      await v.page.locator("ui5-input#name").waitFor();
      await v.accessible();
    },
  },
  {
    name: "administrator comes home",
    who: "ada",
    async goes(v) {
      await v.to("/");
      await v.page.locator("nav a").first().waitFor({ state: v.size === "phone" ? "attached" : "visible" });
      await v.accessible();
    },
  },
];
