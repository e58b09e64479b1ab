// A salesperson looks at what is to be done by day, and moves it to another one. shows: UX-1 REC-3
import { asked, made } from "../asked";
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";

/** Something of one's own to do on a day, at noon. */
async function toDo(v: Visitor, subject: string, day: string): Promise<void> {
  const me = (await asked(v, "GET", "/me")).data as unknown as { staff: string };
  await made(v, "activities", { subject, kind: "Task", status: "Planned", due_on: `${day}T12:00:00Z`, owner: { id: me.staff } });
}

const isOn = (v: Visitor, subject: string, day: string): Promise<void> =>
  v.page.locator(`[role=gridcell][data-day='${day}'] [data-entry]`, { hasText: subject }).waitFor();

export const calendar: readonly Journey[] = [
  {
    name: "calendar: a month of one's own, moved by keys and by hand",
    who: "mina",
    languages: ["en"],
    sizes: ["desk"],
    async goes(v) {
      const subject = "Ring the harbour office";
      await v.to("/activities");
      await toDo(v, subject, "2026-03-11");
      await v.to("/activities?as=calendar&day=2026-03-11");
      await isOn(v, subject, "2026-03-11");
      await v.accessible();
      await v.page.locator("#day-2026-03-11").focus();
      await v.page.keyboard.press("Enter");
      await v.page.keyboard.press("Control+ArrowRight");
      await isOn(v, subject, "2026-03-12");
      await v.page.getByRole("button", { name: "Undo" }).click();
      await isOn(v, subject, "2026-03-11");
      await v.page.locator("#day-2026-03-11 [data-entry]").hover();
      await v.page.mouse.down();
      await v.page.locator("#day-2026-03-19").hover({ position: { x: 60, y: 60 } });
      await v.page.locator("#day-2026-03-19").hover({ position: { x: 65, y: 65 } });
      await v.page.locator("#day-2026-03-19 .sortable-ghost").waitFor();
      await v.page.mouse.up();
      await isOn(v, subject, "2026-03-19");
      await v.page.locator("#day-2026-03-11").focus();
      await v.page.keyboard.press("PageDown");
      await v.page.locator("#day-2026-04-11:focus").waitFor();
      await v.page.keyboard.press("n");
      await v.page.waitForFunction(() => location.hash.startsWith("#/activities/new?due_on=2026-04-11T"));
      await v.to("/activities?as=calendar&view=week&day=2026-03-19");
      await isOn(v, subject, "2026-03-19");
      await v.accessible();
    },
  },
  {
    name: "calendar: an agenda below a small month of the reader's calendar",
    who: "mina",
    languages: ["fa"],
    sizes: ["phone"],
    async goes(v) {
      await v.to("/activities");
      await toDo(v, "Nowruz greetings", "2026-03-21");
      await v.to("/activities?as=calendar&day=2026-03-21");
      await v.page.locator(".calendar-steps h2", { hasText: "فروردین" }).waitFor();
      await v.page.locator("#day-2026-03-21", { hasText: "۱" }).waitFor();
      const first = await v.page.locator(".small-month [data-day]").first().getAttribute("data-day");
      if (first !== "2026-03-21") v.faults.push(`the month begins with the week of ${first}`); // a Saturday
      await v.page.locator(".agenda [data-entry]", { hasText: "Nowruz greetings" }).waitFor();
      await v.accessible();
    },
  },
];
