// Who comes for the first time. shows: UX-1
import { asked, runOf } from "../asked";
import type { Journey } from "../journey";
import { comesByLink } from "./access";

export const newcomer: readonly Journey[] = [
  {
    name: "newcomer finds the way in",
    who: undefined,
    sizes: ["phone"],
    async goes(v) {
      await v.to("/");
      await v.page.locator("ui5-input#name").waitFor();
      await v.accessible();
    },
  },
  {
    name: "newcomer comes by a link, and first steps lead to the customers",
    who: "ada",
    async goes(v) {
      await v.to("/access/users");
      const name = `fresh-${runOf(v)}`;
      const added = await asked(v, "POST", "/users", { name, roles: ["sales"], language: v.language });
      if (added.status !== 201) throw new Error(`${name}: ${added.status}`);
      const { code } = added.data as unknown as { code: string };
      await comesByLink(v, `${v.page.url().split("#")[0]}#/enrol?name=${name}&code=${code}`, name, false, async (page) => {
        await page.locator(".guide a[href='#/accounts'], .guide a[href='#/contacts']").first().click();
        await page.locator("[role=grid], .empty").first().waitFor();
        if ((await page.locator("html").getAttribute("lang")) !== v.language) v.faults.push(`the newcomer is not spoken to in ${v.language}`);
      });
    },
  },
];
