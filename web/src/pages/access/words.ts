// Operations, scopes and rights in words.
import { t } from "../../i18n/text";

const operations: Record<string, () => string> = {
  create: () => t("create"), read: () => t("read"), list: () => t("list"), change: () => t("change"), delete: () => t("delete"),
  restore: () => t("bring back"), merge: () => t("merge"), import: () => t("import"), export: () => t("export"), report: () => t("report"),
  history: () => t("history"), accesses: () => t("see who looked"), audit: () => t("audit"), ledger: () => t("ledger"), users: () => t("users"),
  roles: () => t("roles"), model: () => t("model"), jobs: () => t("long jobs"), backup: () => t("backups"), settings: () => t("settings"), findings: () => t("findings"),
};
const scopes: Record<string, () => string> = {
  own: () => t("own records"), team: () => t("the team’s"), below: () => t("of those below"), all: () => t("all records"), portal: () => t("the customer’s own"),
};
/** The same where there is little room. */
const short: Record<string, () => string> = { own: () => t("one’s own"), team: () => t("team"), below: () => t("below"), all: () => t("all"), portal: () => t("portal") };
const rights: Record<string, () => string> = { write: () => t("reads and writes"), read: () => t("reads"), masked: () => t("reads masked"), hidden: () => t("does not see") };
/** For whom the model says a field is, or is not. */
const duties: Record<string, () => string> = {
  sales: () => t("sales"), service: () => t("service"), marketing: () => t("marketing"), manager: () => t("management"),
  administrator: () => t("administration"), steward: () => t("data quality"), auditor: () => t("auditing"), customer: () => t("a customer"),
};
/** By which way something came to the ledger; any other is told as it stands there. */
const ways: Record<string, () => string> = { "command line": () => t("command line"), mail: () => t("mail server"), opening: () => t("opening of the workspace") };

const word = (words: Record<string, () => string>, name: string): string => words[name]?.() ?? name;
export const operationWord = (name: string): string => word(operations, name);
export const scopeWord = (name: string): string => word(scopes, name);
export const scopeShort = (name: string): string => word(short, name);
export const rightWord = (name: string): string => word(rights, name);
export const dutyWord = (name: string): string => word(duties, name);
export const wayWord = (name: string): string => word(ways, name);
