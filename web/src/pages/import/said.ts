// What a person said of how a file is read: as a map, as the server takes it; kept by a name, or as a file of one's own.
import type { Plan, PlanColumn, PlanFile } from "./plan";

/** What a person said against how the file was understood. */
export interface Said {
  entity: Map<string, string>;
  columns: Map<string, Map<string, string>>;
}

export interface MapEntry {
  entity?: string;
  columns?: Record<string, string>;
}

/** Of every file of which nothing else is said. */
export const anyFile = "*";

export const nothingSaid = (): Said => ({ entity: new Map(), columns: new Map() });
export const copyOf = (said: Said): Said => ({ entity: new Map(said.entity), columns: new Map([...said.columns].map(([file, columns]) => [file, new Map(columns)])) });
export const isSaid = (said: Said): boolean => said.entity.size > 0 || said.columns.size > 0;

/** The map, which the server reads as YAML: JSON is YAML. */
export function mapOf(said: Said): string | null {
  const files: Record<string, MapEntry> = {};
  for (const [file, entity] of said.entity) files[file] = { ...files[file], entity };
  for (const [file, columns] of said.columns) files[file] = { ...files[file], columns: Object.fromEntries(columns) };
  return isSaid(said) ? JSON.stringify({ files }) : null;
}

/** What a column is, as a map says it. What a known product means by it, and parts of a value, are understood anew each time. */
function word(column: PlanColumn): string | undefined {
  if (column.how === "ignored") return "ignore";
  return ["id", "map", "name", "values"].includes(column.how) ? (column.field ?? undefined) : undefined;
}

const entryOf = (file: PlanFile): MapEntry => ({
  entity: file.entity ?? "ignore",
  ...(file.entity ? { columns: Object.fromEntries(file.columns.flatMap((column) => (word(column) === undefined ? [] : [[column.header, word(column) ?? ""]]))) } : {}),
});

/** All of how a plan's files are read, to be used for others: the only one stands for any. */
export function wholeMap(plan: Plan): Record<string, MapEntry> {
  return Object.fromEntries(plan.files.map((file) => [plan.files.length === 1 ? anyFile : file.name, entryOf(file)]));
}

/** The same as people write it. */
export function asYaml(files: Record<string, MapEntry>): string {
  const quoted = JSON.stringify;
  return `files:\n${Object.entries(files)
    .map(([file, entry]) => {
      const columns = Object.entries(entry.columns ?? {});
      return `  ${quoted(file)}:\n    entity: ${entry.entity ?? "ignore"}\n${columns.length ? `    columns:\n${columns.map(([header, field]) => `      ${quoted(header)}: ${field}\n`).join("")}` : ""}`;
    })
    .join("")}`;
}

/** What was kept, for the files that are there now; and which of its columns they do not have. */
export function forFiles(kept: Record<string, MapEntry>, plan: Plan): { said: Said; absent: string[] } {
  const said = nothingSaid(), absent: string[] = [];
  for (const file of plan.files) {
    const entry = kept[file.name] ?? kept[anyFile];
    if (!entry) continue;
    if (entry.entity) said.entity.set(file.name, entry.entity);
    const headers = new Set(file.columns.map((column) => column.header));
    const columns = Object.entries(entry.columns ?? {});
    absent.push(...columns.map(([header]) => header).filter((header) => !headers.has(header)));
    said.columns.set(file.name, new Map(columns.filter(([header]) => headers.has(header))));
  }
  return { said, absent };
}

/** What a map that the server read said: how it told the columns then. */
export function readBack(files: { name: string; entity: string | null; columns: PlanColumn[] }[]): Said {
  const said = nothingSaid();
  for (const file of files) {
    said.entity.set(file.name, file.entity ?? "ignore");
    const columns = file.columns.filter((column) => ["map", "ignored", "id"].includes(column.how)).map((column): [string, string] => [column.header, column.field ?? "ignore"]);
    if (file.entity && columns.length) said.columns.set(file.name, new Map(columns));
  }
  return said;
}
