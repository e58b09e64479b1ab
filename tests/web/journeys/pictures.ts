// The pictures of the manual: main pages in three languages. Made by `tests/web/run.py --pictures`.
import { asked } from "../asked";
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";

async function recordOf(v: Visitor): Promise<void> {
  await v.to("/");
  const found = await asked(v, "GET", `/contacts?filter=${encodeURIComponent("full_name = '王小明'")}`);
  const { records } = found.data as unknown as { records: { id: string }[] };
  await v.to(`/contacts/${records[0]?.id ?? ""}`);
  await v.page.getByRole("heading", { level: 1, name: "王小明" }).waitFor();
}

async function auditOf(v: Visitor): Promise<void> {
  await v.to("/audit");
  if ((await v.page.locator(".table tbody tr").count()) === 0) {
    await v.page.locator(".page-head ui5-button").first().click();
    await v.page.locator(".audit-lead").waitFor();
  } else {
    await v.page.locator(".table tbody ui5-link").first().click();
    await v.page.locator(".audit-lead").waitFor();
  }
}

async function findingOf(v: Visitor): Promise<void> {
  await v.to("/audit/findings");
  await v.page.locator(".table tbody ui5-link").first().click();
  await v.page.locator(".facts").first().waitFor();
}

const pages: Record<string, { who: string; open(v: Visitor): Promise<void> }> = {
  home: { who: "ada", open: (v) => v.to("/") },
  list: { who: "ada", open: (v) => v.to("/opportunities") },
  calendar: { who: "mina", open: (v) => v.to("/activities?as=calendar") },
  record: { who: "ada", open: recordOf },
  audit: { who: "ada", open: auditOf },
  findings: { who: "ada", open: (v) => v.to("/audit/findings") },
  finding: { who: "ada", open: findingOf },
  roles: { who: "ada", open: (v) => v.to("/access/roles") },
};

export const pictures: readonly Journey[] = [
  {
    name: "picture audit first", // what follows shows its findings
    who: "ada",
    languages: ["en"],
    sizes: ["desk"],
    pictures: true,
    goes: auditOf,
  },
  ...Object.entries(pages).map(([name, { who, open }]): Journey => ({
    name: `picture ${name}`,
    who,
    pictures: true,
    async goes(v) {
      await open(v);
      await v.picture(name);
    },
  })),
];
