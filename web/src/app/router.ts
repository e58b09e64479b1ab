// Addresses of screens: #/contacts/ID?tab=history. What stands behind the # never reaches a server's log.
import type { TemplateResult } from "lit-html";

/** A screen that is open. `view` is drawn anew after `update()`; `leave` ends what it began. */
export interface Page {
  /** Shown as the window's title. */
  title(): string;
  view(): TemplateResult;
  leave?(): void;
  /** The address changed and it is the same screen: true where it took the new one itself. */
  moved?(place: Place): boolean;
  /** A text: what was typed is not saved, ask before it is left. */
  unsaved?(): boolean;
}

export interface Place {
  path: string;
  parts: Record<string, string>;
  query: URLSearchParams;
}

export interface Context extends Place {
  /** Draws the screen again, once, before the browser paints. */
  update(): void;
  /** Ends when the screen is left: for requests that nobody waits for any more. */
  signal: AbortSignal;
}

export type Opener = (context: Context) => Page | Promise<Page>;

/** One route: its code is loaded when it is first gone to. */
export interface Route {
  pattern: string; // "/{entity}/{id}"
  load: () => Promise<Opener>;
  /** Most begin there: its texts are loaded at the start. tools/build-web reads this. */
  first?: true;
}

export function placeOf(hash: string): { path: string; query: URLSearchParams } {
  const text = hash.replace(/^#/, "") || "/";
  const at = text.indexOf("?");
  const path = at < 0 ? text : text.slice(0, at);
  return { path: path.startsWith("/") ? path : `/${path}`, query: new URLSearchParams(at < 0 ? "" : text.slice(at + 1)) };
}

export function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/"), given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const parts: Record<string, string> = {};
  for (let i = 0; i < wanted.length; i++) {
    const want = wanted[i] ?? "", have = given[i] ?? "";
    if (want.startsWith("{")) parts[want.slice(1, -1)] = decodeURIComponent(have);
    else if (want !== have) return undefined;
  }
  return parts;
}

/** Goes to a screen. `replace`: going back does not lead here. */
export function go(address: string, replace = false): void {
  const hash = `#${address}`;
  if (replace) location.replace(hash);
  else location.hash = hash;
}

/** An address with its query, for href. */
export function href(path: string, query?: Record<string, string | undefined>): string {
  const pairs = Object.entries(query ?? {}).filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== "");
  return `#${path}${pairs.length ? `?${new URLSearchParams(pairs)}` : ""}`;
}
