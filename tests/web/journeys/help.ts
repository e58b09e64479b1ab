// Somebody looks something up, by hand and by the keyboard. shows: UX-1
import type { Journey } from "../journey";

export const help: readonly Journey[] = [
  {
    name: "help about a screen by its key",
    who: "ada",
    languages: ["en"],
    sizes: ["desk"],
    async goes(v) {
      await v.to("/access/roles");
      await v.page.keyboard.press("?");
      await v.page.locator("#help-access[data-wanted]").waitFor();
      await v.page.locator("ui5-input#help-search input").fill("proof event");
      await v.page.waitForFunction(() => document.querySelectorAll(".help-topic").length === 1);
      await v.accessible();
    },
  },
];
