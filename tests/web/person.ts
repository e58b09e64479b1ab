// Choosing somebody by typing: on a telephone the field opens a page of its own, with its own input.
import type { Locator } from "playwright-core";
import type { Visitor } from "./visitor";

/** Writes into the field `id` as somebody does, in place of what stands there; gives the input that was written into. */
export async function writes(v: Visitor, id: string, text: string): Promise<Locator> {
  const field = v.page.locator(`ui5-input#${id}`);
  if (v.size === "phone") await field.click();
  const input = v.size === "phone" ? field.locator("ui5-responsive-popover input") : field.locator("input").first();
  await input.press("ControlOrMeta+a"); // written over: where a telephone's page is emptied it closes
  await input.pressSequentially(text);
  return input;
}

/** Takes one of those that are shown then. */
export async function takes(v: Visitor, name: string): Promise<void> {
  await v.page.getByRole("option", { name }).click();
}

/** Says on a telephone that it is written; elsewhere the field is simply left. */
export async function isWritten(v: Visitor, id: string): Promise<void> {
  if (v.size === "phone") await v.page.locator(`ui5-input#${id} .ui5-responsive-popover-footer ui5-button`).first().click();
}

/** While the list is open, in the theme as it is: one that is changed under it leaves the letters that fit in the other's colour. Not
 *  on a telephone, where UI5's own page stands over the dialog, its parts called as the dialog's are. */
export async function listIsAccessible(v: Visitor): Promise<void> {
  if (v.size === "phone") return;
  await v.accessibleIn((await v.page.evaluate(() => document.documentElement.dataset.theme)) === "dark" ? "dark" : "light", false);
}
