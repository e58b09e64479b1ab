// An administrator adds a kind of record and a field, which everybody has at once. shows: UX-1 REC-6 PER-3 PER-4 INT-1
import type { Journey } from "../journey";

export const settings: readonly Journey[] = [
  {
    name: "administrator adds a kind of record",
    who: "ada",
    languages: ["en"],
    async goes(v) {
      const name = `Contract ${v.size}`;
      await v.to("/settings/entities");
      await v.page.getByRole("button", { name: "Add a kind of record" }).click();
      await v.page.locator("ui5-input#entity-label input").fill(name);
      await v.page.locator("ui5-input#entity-plural input").fill(`${name}s`);
      await v.accessible();
      await v.page.locator(".dialog-does").click();
      await v.page.locator("main").getByRole("link", { name: `${name}s` }).click();
      await v.page.getByRole("heading", { level: 1, name: `${name}s` }).waitFor();
      await v.page.getByRole("button", { name: "Add a field" }).click();
      await v.page.locator("ui5-input#field-label input").fill("Runs until");
      await v.accessible();
      await v.page.locator(".dialog-does").click();
      await v.page.getByText("x_runs_until").waitFor();
    },
  },
];
