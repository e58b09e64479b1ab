// Records from a file, and back. shows: UX-1 IMP-1 DQ-1
import type { Journey } from "../journey";

const rows = (of: string): string => `full_name,email,city\nGreta Holm ${of},greta.${of}@example.se,Stockholm\nBad Mail ${of},nope,\nOle Dahl ${of},ole.${of}@example.no,Oslo\n`;

export const imports: readonly Journey[] = [
  {
    name: "import: a file with a refused row is looked at, imported and undone",
    who: "lin",
    languages: ["en", "fa"],
    async goes(v) {
      await v.to("/import");
      await v.accessible();
      const of = `${v.language}-${v.size}`.toLowerCase();
      await v.page.locator("input[type=file]").setInputFiles({ name: `people-${of}.csv`, mimeType: "text/csv", buffer: Buffer.from(rows(of)) });
      await v.page.locator(".diff-table .tag-bad").waitFor();
      await v.accessible();
      await v.page.locator(".import-run").click();
      await v.page.locator(".import-done").waitFor();
      await v.accessible();
      await v.page.locator(".import-undo").click();
      await v.page.locator("ui5-dialog[open] .dialog-does").click();
      await v.page.locator(".drop").waitFor();
    },
  },
];
