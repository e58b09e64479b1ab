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

/** Where something stands in its day: at what hour, and between which pixels. */
async function placeOf(v: Visitor, subject: string): Promise<{ hour: number; from: number; until: number }> {
  return v.page.locator("[data-times] [data-entry]", { hasText: subject }).evaluate((entry) => {
    const own = entry.getBoundingClientRect(), column = (entry.closest("[role=gridcell]") ?? entry).getBoundingClientRect();
    return { hour: ((own.top - column.top) / column.height) * 24, from: own.left, until: own.right };
  });
}

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
    },
  },
  {
    name: "calendar: a week by the hour, its entries side by side, moved by an hour and held to a condition",
    who: "mina",
    languages: ["en"],
    sizes: ["desk"],
    async goes(v) {
      const day = "2026-04-15", call = "Ring the pilot", letter = "Write to the pilot";
      await v.to("/activities");
      await toDo(v, call, day);
      await toDo(v, letter, day);
      await v.to(`/activities?as=calendar&view=week&day=${day}`);
      await isOn(v, call, day);
      await isOn(v, letter, day);
      const [one, other, hour] = [await placeOf(v, call), await placeOf(v, letter), await v.page.evaluate((at) => new Date(at).getHours(), `${day}T12:00:00Z`)];
      if (Math.abs(one.hour - hour) > 0.02 || Math.abs(other.hour - hour) > 0.02) v.faults.push(`they stand at ${one.hour} and ${other.hour}, not at ${hour}`);
      if (one.from < other.until - 1 && other.from < one.until - 1) v.faults.push(`they cover each other: ${JSON.stringify([one, other])}`);
      await v.accessible();
      await v.page.locator(`[data-entry]`, { hasText: call }).locator("a").focus();
      await v.page.keyboard.press("Control+ArrowDown");
      await v.page.locator(".toast").waitFor();
      const later = await placeOf(v, call);
      if (Math.abs(later.hour - one.hour - 1) > 0.02) v.faults.push(`after being moved by an hour it stands at ${later.hour}`);
      const thing = v.page.locator("[data-entry]", { hasText: letter }), column = v.page.locator(`#day-2026-04-17`);
      await thing.hover({ position: { x: 20, y: 6 } });
      await v.page.mouse.down();
      const box = await thing.boundingBox(), there = await column.boundingBox();
      if (!box || !there) throw new Error("nothing to drag");
      await v.page.mouse.move(there.x + 30, box.y + 10, { steps: 4 });
      await v.page.mouse.move(there.x + 30, box.y + 6 - there.height / 12, { steps: 4 }); // two hours up
      await column.locator(".sortable-ghost").waitFor();
      await v.page.mouse.up();
      await isOn(v, letter, "2026-04-17");
      const dragged = await placeOf(v, letter);
      if (Math.abs(dragged.hour - other.hour + 2) > 0.02) v.faults.push(`dragged up by two hours it stands at ${dragged.hour}, before at ${other.hour}`);
      await v.page.locator(`#day-${day}`).focus();
      await v.page.keyboard.press("ArrowDown");
      await v.page.keyboard.press("n");
      const eleven = await v.page.evaluate((at) => new Date(at).toISOString(), `${day}T10:00:00`); // one below the usual hour
      await v.page.waitForFunction((wanted) => decodeURIComponent(location.hash).startsWith(`#/activities/new?due_on=${wanted}`), eleven);
      await v.to(`/activities?as=calendar&view=week&day=${day}&filter=subject contains 'Ring the'`);
      await v.page.locator(".list-bar .chip").waitFor();
      await isOn(v, call, day);
      await v.page.locator("[data-entry]", { hasText: letter }).waitFor({ state: "detached" });
      await v.page.locator(".as-switch a[href*='filter=']").first().click();
      await v.page.locator("[role=grid] [data-index='0']", { hasText: call }).waitFor();
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
