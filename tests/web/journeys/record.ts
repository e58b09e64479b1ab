// A record's page: its story, values changed in place, what somebody else saved first. shows: UX-1 REC-1 UPD-4
import { asked, made } from "../asked";
import type { Journey } from "../journey";

export const record: readonly Journey[] = [
  {
    name: "record: two people change one value, and the second chooses",
    who: "ada",
    languages: ["en", "fa"],
    async goes(v) {
      await v.to("/");
      const one = await made(v, "contacts", { full_name: `Lena Berg ${v.language} ${v.size}`, job_title: "Buyer", email: `lena.${v.language}.${v.size}@example.se`.toLowerCase() });
      await v.to(`/contacts/${one.id}`);
      await v.page.locator(".record-head h1", { hasText: "Lena Berg" }).waitFor();
      await v.accessible();
      // By the keyboard alone.
      await v.page.locator("#value-job_title .value-edit").focus();
      await v.page.keyboard.press("Enter");
      await v.page.locator("#edit-job_title input").fill("Head Buyer");
      const other = await asked(v, "PATCH", `/contacts/${one.id}`, { fields: { job_title: "Chief Buyer" } }, `"${one.version}"`);
      if (other.status !== 200) throw new Error(`the other change: ${other.status}`);
      await v.page.keyboard.press("Enter");
      await v.page.locator("ui5-dialog[open] .clash").waitFor();
      await v.accessible();
      await v.page.locator(".clash input").nth(1).check();
      await v.page.locator("ui5-dialog[open] .dialog-does").click();
      await v.page.locator("#value-job_title .value-shown", { hasText: "Head Buyer" }).waitFor();
      await v.page.locator(".story-changes ins", { hasText: "Head Buyer" }).first().waitFor({ state: "attached" });
    },
  },
  {
    name: "record: deleted, and brought back",
    who: "ada",
    languages: ["en", "zh-CN"],
    sizes: ["desk"],
    async goes(v) {
      await v.to("/");
      const one = await made(v, "contacts", { full_name: `Ivo Klein ${v.language}`, email: `ivo.${v.language}@example.at`.toLowerCase() });
      await v.to(`/contacts/${one.id}`);
      await v.page.locator(".record-delete").click();
      await v.page.locator("ui5-dialog[open] .dialog-does").click();
      await v.page.locator(".record-restore").waitFor();
      await v.accessible();
      await v.page.locator(".record-restore").click();
      await v.page.locator(".record-edit").waitFor();
      // Of one that is not there that is said, with a way on.
      await v.to("/contacts/00000000-0000-7000-8000-000000000001");
      await v.page.locator(".empty ui5-link").click();
      await v.page.locator("[role=grid]").waitFor();
    },
  },
];
