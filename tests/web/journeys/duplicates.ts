// Records that are one: compared, merged, taken apart. shows: UX-1 DQ-1 REC-1
import { made } from "../asked";
import type { Journey } from "../journey";

export const duplicates: readonly Journey[] = [
  {
    name: "duplicates: a steward compares, merges and takes apart, by keys",
    who: "lin",
    async goes(v) {
      await v.to("/duplicates?entity=contacts"); // it opens at the first kind that has pairs, and others may have some
      const fields = { full_name: `Paula Novak ${v.language} ${v.size}`, email: `paula.${v.language}.${v.size}@example.cz`.toLowerCase(), city: "Praha", country: "CZ" };
      const one = await made(v, "contacts", fields), two = await made(v, "contacts", { ...fields, job_title: "Engineer" });
      await v.page.reload();
      await v.page.locator(`.pair-open[href*="${one.id}"][href*="${two.id}"]`).waitFor();
      await v.accessible();
      await v.to(`/duplicates/contacts/${one.id}/${two.id}`);
      await v.page.locator(".merge-plan").waitFor();
      await v.accessible();
      await v.page.locator("main").focus();
      await v.page.keyboard.press("m");
      await v.page.locator(".merge-done, ui5-dialog[open]").first().waitFor();
      const sure = v.page.locator("ui5-dialog[open] .dialog-does");
      if (await sure.isVisible()) await sure.click();
      await v.page.locator(".merge-apart").click();
      await v.page.locator(".merge-done").waitFor({ state: "detached" });
      await v.page.locator(".merge-plan").waitFor();
      await v.page.locator("main").focus();
      await v.page.keyboard.press("d");
      await v.page.waitForFunction((id) => !location.hash.includes(id), two.id);
    },
  },
];
