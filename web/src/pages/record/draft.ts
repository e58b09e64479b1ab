// What was typed and is not saved: kept for this tab and this person, so that neither a lost connection nor a slip takes it away.
import type { Value } from "../../api/types";
import { whoAmI } from "../../app/session";

export interface Draft {
  at: string;
  values: Record<string, Value>;
}

const keyOf = (path: string, id: string): string => `draft:${whoAmI()?.name ?? ""}:${path}:${id}`;

export function keepDraft(path: string, id: string, values: Record<string, Value>): void {
  if (Object.keys(values).length === 0) return dropDraft(path, id);
  const draft: Draft = { at: new Date().toISOString(), values };
  sessionStorage.setItem(keyOf(path, id), JSON.stringify(draft));
}

export function draftOf(path: string, id: string): Draft | undefined {
  const kept = sessionStorage.getItem(keyOf(path, id));
  return kept ? (JSON.parse(kept) as Draft) : undefined;
}

export function dropDraft(path: string, id: string): void {
  sessionStorage.removeItem(keyOf(path, id));
}
