// Conditions of every kind are entered by hand, and hold the list to what the server finds by the same words. shows: UX-1 REC-1
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";
import { asked } from "../asked";

/** Chooses an option of a select by its value: the name of a field, the key of a way. */
export async function pick(v: Visitor, select: string, value: string): Promise<void> {
  await v.page.locator(select).click();
  const at = await v.page.locator(`${select} ui5-option`).evaluateAll((all, wanted) => all.findIndex((one) => (one as HTMLElement & { value?: string }).value === wanted || one.getAttribute("data-value") === wanted), value);
  if (at < 0) throw new Error(`${select} has no option ${value}`);
  await v.page.getByRole("option").nth(at).click();
}

/** How many there are, page by page: a total that takes long to count is told as far as it went. */
async function counted(v: Visitor, path: string, filter: string): Promise<number> {
  for (let count = 0, cursor = ""; ; ) {
    const { status, data } = await asked(v, "GET", `/${path}?limit=200&fields=changed_at&filter=${encodeURIComponent(filter)}${cursor && `&cursor=${cursor}`}`);
    if (status !== 200) throw new Error(`${filter}: ${status} ${JSON.stringify(data)}`);
    const page = data as unknown as { records: unknown[]; next: string | null };
    count += page.records.length;
    if (!page.next) return count;
    cursor = page.next;
  }
}

/** Waits until the list says how many there are. */
async function says(v: Visitor, count: number, what: string): Promise<void> {
  const text = count === 1 ? "1 record" : `${new Intl.NumberFormat("en").format(count)} records`;
  await v.page.waitForFunction((wanted) => document.querySelector(".list-count")?.textContent?.trim() === wanted, text, { timeout: 8000 }).catch(async () => {
    v.faults.push(`${what}: the list says “${await v.page.locator(".list-count").textContent()}”, not “${text}”`);
  });
}

interface Wish {
  field: string;
  way: string;
  enter?: () => Promise<void>;
  /** The same in the words of the server, written by hand. */
  filter: string;
  chip: RegExp;
}

async function one(v: Visitor, path: string, wish: Wish): Promise<void> {
  await v.to(`/${path}`);
  await v.page.locator(".list-bar").getByRole("button", { name: "Filter", exact: true }).click();
  await pick(v, "ui5-select#condition-field", wish.field);
  await pick(v, "ui5-select#condition-way", wish.way);
  await wish.enter?.();
  await v.page.locator("ui5-dialog[open] .dialog-does").click();
  await v.page.locator(".chip", { hasText: wish.chip }).waitFor();
  await says(v, await counted(v, path, wish.filter), `${wish.field} ${wish.way}`);
}

const day = (from: number): string => {
  const now = new Date();
  return new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate() + from)).toISOString().slice(0, 10);
};

async function eachKind(v: Visitor): Promise<void> {
  const box = (text: string) => async (): Promise<void> => {
    await v.page.locator(`ui5-dialog[open] .condition-values ui5-checkbox[text="${text}"]`).click();
  };
  const text = (value: string) => async (): Promise<void> => v.page.locator("#condition-value input").fill(value);
  const range = (from: string, until: string) => async (): Promise<void> => {
    await v.page.locator("#condition-from input").fill(from);
    await v.page.locator("#condition-until input").fill(until);
    await v.page.locator("#condition-until input").press("Tab");
  };
  const amounts = (from: string, until: string) => async (): Promise<void> => {
    await v.page.locator("#condition-from input").fill("a lot");
    await v.page.locator("ui5-dialog[open] .dialog-does").click();
    await v.page.locator("ui5-dialog[open] .problem", { hasText: "“a lot” is no amount." }).waitFor();
    await v.page.locator("#condition-from input").fill(from);
    await v.page.locator("#condition-until input").fill(until);
    await v.accessible();
  };
  const wishes: Wish[] = [
    { field: "name", way: "contains", enter: text("GTX"), filter: "name contains 'GTX'", chip: /GTX/ },
    { field: "name", way: "empty", filter: "name is null", chip: /empty/ },
    { field: "stage", way: "in", enter: box("Won"), filter: "stage in ('Won')", chip: /Won/ },
    { field: "stage", way: "not in", enter: box("Won"), filter: "stage not in ('Won')", chip: /not Won/ },
    { field: "amount", way: "sign", filter: "amount > 0", chip: /above zero/ },
    { field: "amount", way: "between", enter: amounts("1,000", "2500.5"), filter: "amount >= '1000' and amount <= '2500.5'", chip: /1,000 to 2,500.5/ },
    { field: "amount", way: "filled", filter: "amount is not null", chip: /filled/ },
    { field: "probability", way: "between", enter: range("20", "80"), filter: "probability >= 20 and probability <= 80", chip: /20 to 80/ },
    { field: "closed_on", way: "between", enter: range("2017-03-01", "2017-03-31"), filter: "closed_on >= 2017-03-01 and closed_on <= 2017-03-31", chip: /Mar 2017/ },
    { field: "opened_on", way: "-6", filter: `opened_on >= ${day(-6)} and opened_on <= ${day(0)}`, chip: /last 6 days/ },
    { field: "closed_on", way: "past", filter: `closed_on < ${day(0)}`, chip: /until 1 day ago/ },
    { field: "closed_on", way: "year", filter: `closed_on >= ${day(0).slice(0, 4)}-01-01 and closed_on <= ${day(0).slice(0, 4)}-12-31`, chip: /Jan/ },
  ];
  for (const wish of wishes) await one(v, "opportunities", wish);
  await one(v, "products", { field: "is_active", way: "is", filter: "is_active = true", chip: /Yes/ });
}

/** What is missing is said; a condition that stands is opened with what it says, changed, and one more is added. */
async function changed(v: Visitor): Promise<void> {
  await v.to("/opportunities");
  await v.page.locator(".list-bar").getByRole("button", { name: "Filter", exact: true }).click();
  await v.page.locator("ui5-dialog[open] .dialog-does").click();
  await v.page.locator("ui5-dialog[open] .problem", { hasText: "The condition is not whole." }).waitFor();
  await v.accessible();
  await v.page.locator("ui5-dialog[open] .dialog-cancel").click();
  await v.to("/opportunities?filter=stage = 'Won'");
  await v.page.locator(".chip button").first().click();
  await v.page.locator('ui5-dialog[open] .condition-values ui5-checkbox[text="Lost"]').click();
  await v.accessible();
  await v.page.locator("ui5-dialog[open] .dialog-does").click();
  await v.page.locator(".chip", { hasText: "Lost" }).waitFor();
  await says(v, await counted(v, "opportunities", "stage in ('Won', 'Lost')"), "two stages");
  await v.page.locator(".list-bar").getByRole("button", { name: "Filter", exact: true }).click();
  await pick(v, "ui5-select#condition-field", "account");
  await v.page.locator("#condition-value input").fill("Isdom");
  await v.page.getByRole("option", { name: /Isdom/ }).first().click();
  await v.page.locator("ui5-dialog[open] .dialog-does").click();
  await v.page.locator(".chip", { hasText: "Isdom" }).waitFor();
  const id = /account = '([0-9a-f-]{36})'/.exec(decodeURIComponent(v.page.url().replace(/\+/g, " ")))?.[1] ?? "";
  await says(v, await counted(v, "opportunities", `stage in ('Won', 'Lost') and account = '${id}'`), "two stages of an account");
  // Typed by hand, with what no form knows: it stays as it is written.
  await v.to("/opportunities?filter=stage = 'Won' or probability > 50");
  await v.page.locator(".chip", { hasText: "stage = 'Won' or probability > 50" }).waitFor();
  await says(v, await counted(v, "opportunities", "stage = 'Won' or probability > 50"), "one of two conditions");
}

export const conditions: readonly Journey[] = [
  { name: "lists are held to conditions of every kind", who: "ada", runs: [["en", "desk"]], goes: eachKind },
  { name: "lists: a condition is changed, and one more is added", who: "ada", runs: [["en", "desk"]], goes: changed },
];
