// What can be found by a few letters: records of every entity, those that were opened lately, and commands.
import { Failure, get } from "../../api/http";
import type { Entity, RecordJson, RecordPage } from "../../api/types";
import { iconOf } from "../../app/icons";
import { entities, mayDo, mayDoTo, signOut } from "../../app/session";
import { restart } from "../../app/shell";
import { useTheme } from "../../app/theme";
import { speak } from "../../app/ui5";
import { between } from "../../i18n/format";
import { languages, t } from "../../i18n/text";
import { recordTitle, valueText } from "../../ui/value";

export interface Hit {
  text: string;
  aside: string;
  icon: string;
  to: string;
  /** A command that is no address. */
  act?: () => unknown;
}

const lately: Hit[] = []; // of this session: nothing of a record outlives the page
const mostLately = 12;

/** Entities whose records are searched, the most asked for first. */
export function searched(): Entity[] {
  const first = ["contact", "account", "opportunity", "lead", "service_case", "sales_order", "activity"];
  const place = (entity: Entity): number => (first.indexOf(entity.name) + first.length + 1) % (first.length + 1);
  return entities()
    .filter((entity) => !entity.retired && mayDoTo(entity, "list"))
    .sort((a, b) => place(a) - place(b));
}

/** What tells records of one name apart: the first values beside the title. */
function asideOf(entity: Entity, record: RecordJson): string {
  const telling = ["email", "account", "city", "stage", "status", "kind", "number"];
  return telling
    .flatMap((name) => {
      const field = entity.title.includes(name) ? undefined : entity.fields.find((one) => one.name === name);
      const text = field ? valueText(field, record.fields[name], record) : "";
      return text && !(field?.type === "link" && text === t("A record")) ? [text] : [];
    })
    .slice(0, 2)
    .join(between());
}

export function hitOf(entity: Entity, record: RecordJson): Hit {
  return { text: recordTitle(entity, record), aside: asideOf(entity, record), icon: iconOf(entity.name), to: `/${entity.path}/${record.id}` };
}

/** Searches all of them at once and tells each as it answers. Gives whether some could not be searched. */
export async function foundIn(words: string, limit: number, signal: AbortSignal, tell: (entity: Entity, hits: Hit[]) => void): Promise<boolean> {
  let failed = false;
  await Promise.all(
    searched().map(async (entity) => {
      try {
        const page = await get<RecordPage>(`/${entity.path}/search`, { q: words, limit }, signal);
        tell(entity, page.records.map((record) => hitOf(entity, record)));
      } catch (error) {
        if (!(error instanceof Failure && error.status === 403)) failed = true; // what may not be searched is not missing
      }
    }),
  );
  return failed;
}

export const recent = (): readonly Hit[] => lately;

export function remember(hit: Hit): void {
  if (hit.act || hit.icon === "arrow-right" || hit.icon === "add") return;
  const at = lately.findIndex((one) => one.to === hit.to);
  if (at >= 0) lately.splice(at, 1);
  lately.unshift(hit);
  lately.length = Math.min(lately.length, mostLately);
}

const way = (text: string, to: string): Hit => ({ text, aside: "", icon: "arrow-right", to });
const deed = (text: string, act: () => unknown): Hit => ({ text, aside: "", icon: "arrow-right", to: "", act });

export function commands(): Hit[] {
  const mine = entities().filter((entity) => !entity.retired);
  return [
    way(t("Home"), "/"),
    ...mine.filter((entity) => mayDoTo(entity, "list")).map((entity) => way(entity.plural, `/${entity.path}`)),
    ...mine.filter((entity) => mayDoTo(entity, "create")).map((entity): Hit => ({ text: t("New: {entity}", { entity: entity.label }), aside: "", icon: "add", to: `/${entity.path}/new` })),
    ...(mine.some((entity) => mayDoTo(entity, "merge")) ? [way(t("Duplicates"), "/duplicates")] : []),
    ...(mine.some((entity) => mayDoTo(entity, "import")) ? [way(t("Import"), "/import")] : []),
    ...(mayDo("audit") ? [way(t("Audit"), "/audit")] : []),
    way(t("Access"), "/access"),
    way(t("Help"), "/help"),
    ...languages.map((one) => deed(t("Language: {language}", { language: one.name }), async () => (await speak(one.id), await restart()))),
    deed(t("Colours: light"), () => useTheme("light")),
    deed(t("Colours: dark"), () => useTheme("dark")),
    deed(t("Colours: as the system"), () => useTheme("system")),
    deed(t("Sign out"), async () => (await signOut(), await restart())),
  ];
}
