// Messages to who runs the program, and their words.
import { t } from "../../i18n/text";

export const kinds = ["trouble", "wish", "question", "praise"] as const;
export const states = ["open", "answered", "planned", "done", "declined"] as const;
export type Kind = (typeof kinds)[number];
export type State = (typeof states)[number];

export interface Message {
  message: number;
  kind: Kind;
  state: State;
  text: string;
  page: string | null;
  author: string | null;
  own: boolean;
  at: string;
  answer: string | null;
  answered_by: string | null;
  answered_at: string | null;
  version: number;
}

export function kindWord(kind: Kind): string {
  return kind === "trouble" ? t("Trouble") : kind === "wish" ? t("Wish") : kind === "question" ? t("Question") : t("Praise");
}

export function stateWord(state: State): string {
  const words: Record<State, string> = { open: t("open"), answered: t("answered"), planned: t("planned"), done: t("done"), declined: t("declined") };
  return words[state];
}
