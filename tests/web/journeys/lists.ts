// Lists of records: rows in sight, order, conditions, columns, selection. shows: UX-1 REC-1
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";

async function listed(v: Visitor): Promise<void> {
  await v.page.locator("[role=grid] [data-index='0']").waitFor();
}

const count = (v: Visitor): Promise<number> => v.page.locator("[role=grid] [data-index]").count();

export const lists: readonly Journey[] = [
  {
    name: "lists are sorted on a phone, where no heads of columns are",
    who: "ada",
    languages: ["fa"],
    sizes: ["phone"],
    async goes(v) {
      await v.to("/contacts");
      await listed(v);
      await v.page.locator(".list-sort").waitFor();
    },
  },
  {
    name: "lists hold only the rows in sight, sorted and chosen by the address",
    who: "ada",
    languages: ["en"],
    sizes: ["desk"],
    async goes(v) {
      await v.to("/opportunities?sort=-amount");
      await listed(v);
      if ((await count(v)) > 60) v.faults.push("More rows are drawn than are in sight.");
      await v.page.locator("[role=grid]").evaluate((grid) => (grid.scrollTop = grid.scrollHeight));
      await v.page.locator("[role=grid] [aria-rowindex='7376']").waitFor();
      await v.page.locator("[role=grid] [data-index='7374']").waitFor();
      await v.page.locator("[role=columnheader] button").first().click();
      await v.page.locator("[role=columnheader][aria-sort=ascending]").first().waitFor();
      await v.to("/opportunities?filter=stage = 'Won'");
      await v.page.locator(".chip").waitFor();
      await v.page.getByText("4,238 records").waitFor();
      await v.page.locator(".chip-away").click();
      await v.page.getByText("7,375 records").waitFor();
      await v.to("/opportunities?filter=stage = 'Won'&sort=-amount");
      await v.page.getByText("4,238 records").waitFor();
      await v.page.getByRole("button", { name: "Save view" }).click();
      await v.page.locator("ui5-input#view-name input").fill("Won, largest first");
      await v.page.locator(".dialog-does").click();
      await v.page.waitForFunction(() => /^#\/opportunities\?view=\d+$/.test(location.hash));
      const address = new URL(v.page.url()).hash.slice(1);
      await v.page.locator(".chip-away").click();
      await v.page.getByText("changed, not saved").waitFor();
      await v.accessible();
      await v.to(address);
      await v.page.getByText("4,238 records").waitFor();
      await v.page.getByRole("button", { name: "Delete this view" }).click();
      await v.page.locator(".dialog-does").click();
      await v.page.getByText("7,375 records").waitFor();
    },
  },
  {
    name: "lists are walked by keyboard, and rows selected",
    who: "ada",
    languages: ["en"],
    sizes: ["desk"],
    async goes(v) {
      await v.to("/accounts");
      await listed(v);
      await v.page.locator("[role=grid]").focus();
      await v.page.keyboard.press("ArrowDown");
      await v.page.keyboard.press(" ");
      await v.page.getByText("1 selected").waitFor();
      await v.page.locator("[data-index='1'][aria-selected='true']").waitFor();
      await v.accessible();
      // What is deleted comes back at once where that was not meant.
      await v.page.getByRole("button", { name: "Delete", exact: true }).click();
      await v.page.locator(".dialog-does").click();
      await v.page.getByText("1 record deleted").waitFor();
      await v.page.locator(".toast ui5-button").click();
      await v.page.getByText("Brought back").waitFor();
      await listed(v);
      await v.page.locator("[role=grid]").focus();
      await v.page.keyboard.press("ArrowDown");
      await v.page.keyboard.press("Enter");
      await v.page.waitForFunction(() => /#\/accounts\/[0-9a-f-]{36}/.test(location.hash));
    },
  },
];
