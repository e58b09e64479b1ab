// A salesperson moves a deal by the keyboard and by hand, and takes it back. shows: UX-1 REC-3
import { made } from "../asked";
import type { Journey } from "../journey";

export const board: readonly Journey[] = [
  {
    name: "board: a case is moved by keys and by hand",
    who: "ada",
    languages: ["en"],
    sizes: ["desk"],
    async goes(v) {
      await v.to("/cases");
      const staff = await v.page.evaluate(async () => (await (await fetch("/api/v1/staff?limit=1")).json()).records[0].id as string);
      const subject = "Keys of the office are lost";
      await made(v, "cases", { subject, number: "B-1", status: "New", opened_on: new Date().toISOString(), owner: { id: staff } });
      await v.to("/cases?as=board");
      const card = v.page.locator(".board-card", { hasText: "B-1" });
      await card.waitFor();
      const before = await card.evaluate((one) => one.closest("section")?.getAttribute("aria-label"));
      await card.focus();
      await v.page.keyboard.press("Control+ArrowRight");
      await v.page.locator(".toast").waitFor();
      const after = await card.evaluate((one) => one.closest("section")?.getAttribute("aria-label"));
      if (before === after) v.faults.push(`the card stayed in ${before}`);
      await v.page.getByRole("button", { name: "Undo" }).click();
      await v.page.waitForFunction((wanted) => Array.from(document.querySelectorAll(".board-card")).find((one) => one.textContent?.includes("B-1"))?.closest("section")?.getAttribute("aria-label") === wanted, before);
      await card.hover({ position: { x: 12, y: 40 } });
      await v.page.mouse.down();
      const other = v.page.locator(".board-column").nth(1).locator(".board-cards");
      await other.hover({ position: { x: 60, y: 12 } });
      await other.hover({ position: { x: 64, y: 16 } });
      await other.locator(".sortable-ghost").waitFor();
      await v.page.mouse.up();
      await other.locator(".board-card", { hasText: "B-1" }).waitFor();
      await v.page.locator(".toast").waitFor();
    },
  },
];
