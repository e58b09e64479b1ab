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
    name: "lists show the columns that are chosen, as wide and in the order that is wanted, kept in a view",
    who: "ada",
    languages: ["en"],
    sizes: ["desk"],
    async goes(v) {
      const heads = async (): Promise<string[]> => (await v.page.locator("[role=columnheader] .grid-sort > span:first-child").allTextContents()).map((one) => one.trim());
      const wait = (wanted: string): Promise<unknown> => v.page.waitForFunction((name) => [...document.querySelectorAll("[role=columnheader] .grid-sort > span:first-child")].some((one) => one.textContent?.trim() === name), wanted);
      await v.to("/products");
      await listed(v);
      await v.page.locator("ui5-button[icon=table-column]").click();
      const boxes = v.page.locator(".column-choice ui5-checkbox");
      await boxes.first().waitFor();
      await v.accessible();
      const chosen = v.page.locator(".column-choice ui5-checkbox[checked]");
      for (let left = await chosen.count(); left > 0; left--) {
        await chosen.first().click({ position: { x: 20, y: 20 } });
        await chosen.nth(left - 1).waitFor({ state: "detached" });
      }
      await v.page.locator("ui5-dialog[open] .dialog-does").click();
      await v.page.locator("ui5-dialog[open] .problem", { hasText: "No column is chosen." }).waitFor();
      for (const name of ["Product name", "Weight in grams", "On sale"]) await v.page.locator(`.column-choice ui5-checkbox[text="${name}"]`).click({ position: { x: 20, y: 20 } });
      await v.page.locator('ui5-button[accessible-name="Move On sale up"]').click();
      await v.page.locator("ui5-dialog[open] .dialog-does").click();
      await wait("Weight in grams");
      if ((await heads()).join() !== "Product name,On sale,Weight in grams") v.faults.push(`the columns are ${(await heads()).join()}`);
      // Wider by keys and by hand; the next visit finds it so.
      const first = v.page.locator("[role=columnheader]").filter({ has: v.page.getByRole("button", { name: "Product name" }) });
      const wide = async (): Promise<number> => (await first.boundingBox())?.width ?? 0;
      const before = await wide(), handle = first.locator(".grid-resize");
      await handle.focus();
      await v.page.keyboard.press("ArrowRight");
      await v.page.waitForTimeout(100);
      const byKey = await wide();
      if (byKey < before + 10) v.faults.push(`a column is ${byKey} wide after it was made wider from ${before}`);
      const box = await handle.boundingBox();
      if (box) {
        await v.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
        await v.page.mouse.down();
        await v.page.mouse.move(box.x + 80, box.y + box.height / 2, { steps: 4 });
        await v.page.mouse.up();
      }
      await v.page.waitForTimeout(100);
      const byHand = await wide();
      if (byHand < byKey + 40) v.faults.push(`a column is ${byHand} wide after it was drawn from ${byKey}`);
      await v.to("/");
      await v.to("/products");
      await wait("Weight in grams");
      if (Math.abs((await wide()) - byHand) > 2) v.faults.push("the width of a column is forgotten");
      // A view of it: saved, looked at otherwise, saved again, called otherwise.
      await v.page.getByRole("button", { name: "Save view" }).click();
      await v.page.locator("ui5-input#view-name input").fill("Weights");
      await v.page.locator(".dialog-does").click();
      await v.page.waitForFunction(() => /view=\d+/.test(location.hash));
      const address = new URL(v.page.url()).hash.slice(1);
      await v.page.getByRole("columnheader").getByRole("button", { name: "Weight in grams" }).click();
      await v.page.getByText("changed, not saved").waitFor();
      await v.page.getByRole("button", { name: "Save view", exact: true }).click();
      await v.page.getByText("The view “Weights” is saved.").waitFor();
      await v.page.locator('ui5-button[accessible-name="Change this view"]').click();
      await v.page.locator("ui5-input#view-name input").fill("Heavy ones");
      await v.accessible();
      await v.page.locator(".dialog-does").click();
      await v.page.locator("ui5-select.list-view", { hasText: "Heavy ones" }).waitFor();
      await v.to("/products?view=0");
      await v.page.locator("ui5-select.list-view").click();
      await v.page.getByRole("option", { name: "Heavy ones" }).click();
      await v.page.waitForFunction((wanted) => location.hash.startsWith(`#${wanted}`), address);
      await v.page.locator("[role=columnheader][aria-sort]", { hasText: "Weight in grams" }).waitFor();
      await v.page.getByRole("button", { name: "Delete this view" }).click();
      await v.page.locator(".dialog-does").click();
      await v.page.locator("ui5-select.list-view").waitFor({ state: "detached" });
      // Words of its own find what begins so; nothing found says so and leads back.
      await v.page.locator(".list-search input").fill("gtx");
      await v.page.locator("[role=grid] [data-index='0']", { hasText: "GTX" }).waitFor();
      await v.page.locator(".list-search input").fill("qqqxyz");
      await v.page.locator(".empty").waitFor();
      await v.page.locator(".empty ui5-button").click();
      await listed(v);
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
