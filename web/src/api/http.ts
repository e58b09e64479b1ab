// The one way to the server: /api/v1, by cookie. Failures are problems (RFC 9457) that say what, where and how to mend it.
import { language, t } from "../i18n/text";

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  hint?: string;
  field?: string;
  value?: string;
  request?: string;
  problems?: { field: string; value: string | null; says: string }[];
  likely?: unknown[];
}

export class Failure extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
  }
  get status(): number {
    return this.problem.status;
  }
}

export interface Answer<T> {
  data: T;
  etag: string | null;
  status: number;
}

export interface Ask {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  /** Sent as it is (a file), with its own type. */
  file?: Blob;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** The type of what failed because no answer came. */
export const unreachable = "urn:probity:problem:unreachable";

type Listener = (online: boolean) => void;
const listeners = new Set<Listener>();
let reachable = true;
let purpose = "";
let askPurpose: () => Promise<string | undefined> = () => Promise.resolve(undefined);
let purposeAsked: Promise<string | undefined> | undefined;
let onSignedOut: () => void = () => {};

/** Told when the server can no longer, or again, be reached. */
export function watchReach(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
export const isReachable = (): boolean => reachable;
/** Who looks at personal data may be asked what for, by `asks`; the answer goes with every request from then on. */
export function whenPurposeWanted(asks: typeof askPurpose): void {
  askPurpose = asks;
}
/** Whoever signs in next says anew what for. */
export function forgetPurpose(): void {
  purpose = "";
}
export function whenSignedOut(then: () => void): void {
  onSignedOut = then;
}

/** A part of the program that is fetched when it is first gone to did not come: that is no answer, either. */
export async function fetched<T>(part: () => Promise<T>): Promise<T> {
  try {
    return await part();
  } catch (error) {
    if (error instanceof Failure) throw error;
    try {
      await fetch("/healthz", { cache: "no-store" });
    } catch {
      noteReach(false);
      throw noAnswer();
    }
    throw error;
  }
}

function noAnswer(): Failure {
  return new Failure({
    type: unreachable,
    title: t("The server cannot be reached."),
    hint: t("What you typed is kept. It is tried again when the connection is back."),
    status: 0,
  });
}

function noteReach(now: boolean): void {
  if (now === reachable) return;
  reachable = now;
  for (const listener of [...listeners]) listener(now);
  if (!now) void lookForServer();
}

/** Until the time is over, or the browser says that it has a line again. */
function pauseOrLine(ms: number): Promise<void> {
  const over = new AbortController();
  return new Promise((resolve) => {
    const go = (): void => {
      clearTimeout(timer);
      over.abort();
      resolve();
    };
    const timer = setTimeout(go, ms);
    addEventListener("online", go, { signal: over.signal });
  });
}

/** Asks, ever more seldom, until the server is there again: what waits for it is told, and nobody has to try by hand. */
async function lookForServer(): Promise<void> {
  for (let wait = 1000; !reachable; wait = Math.min(2 * wait, 15000)) {
    await pauseOrLine(wait);
    try {
      await fetch("/healthz", { cache: "no-store" });
      noteReach(true);
    } catch {
      continue;
    }
  }
}

function addressOf(path: string, query: Ask["query"]): string {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== "");
  if (pairs.length === 0) return path;
  return `${path}?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`;
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return { type: "", title: t("The server answered in a way that is not understood here."), status: response.status };
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads are tried again when the line broke; what changes something is not, unless it has an Idempotency-Key. */
async function reach(address: string, init: RequestInit, again: boolean): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await fetch(address, init);
      noteReach(true);
      return response;
    } catch (error) {
      if (init.signal?.aborted) throw error;
      noteReach(false);
      if (!again || attempt >= 2) throw noAnswer();
      await pause(500 * 2 ** attempt);
    }
  }
}

/** The bytes of its UTF-8, one a character: what fetch takes for a header, and what the server reads as text. */
const asHeader = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text));

const wantsPurpose = (problem: Problem): boolean => problem.status === 400 && (problem.hint ?? "").includes("Probity-Purpose");

/** Whether a purpose is known that was not `sent` yet: many requests wait for one answer. */
async function purposeSaid(sent: string): Promise<boolean> {
  if (purpose !== sent) return true;
  purposeAsked ??= askPurpose().finally(() => (purposeAsked = undefined));
  const said = await purposeAsked;
  if (said) purpose = said;
  return purpose !== sent;
}

/** What came, of which the server says that it is well; else a Failure. `path` begins with a slash and is below /api/v1 unless it is one of the few besides it. */
export async function send(path: string, what: Ask = {}): Promise<Response> {
  const sent = purpose, headers: Record<string, string> = { Accept: "application/json", "Accept-Language": language(), ...what.headers };
  if (sent) headers["Probity-Purpose"] = asHeader(sent);
  const init: RequestInit = { method: what.method ?? "GET", headers, credentials: "same-origin" };
  if (what.signal) init.signal = what.signal;
  if (what.file) {
    init.body = what.file;
    headers["Content-Type"] ??= what.file.type || "application/octet-stream";
  } else if (what.body !== undefined) {
    init.body = JSON.stringify(what.body);
    headers["Content-Type"] ??= "application/json";
  }
  const address = addressOf(/^\/(oauth|openapi\.json|healthz|readyz)/.test(path) ? path : `/api/v1${path}`, what.query);
  const response = await reach(address, init, init.method === "GET" || "Idempotency-Key" in headers);
  if (!response.ok) {
    const problem = await problemOf(response);
    if (response.status === 401 && !path.startsWith("/sign-in") && path !== "/me") onSignedOut();
    if (wantsPurpose(problem) && (await purposeSaid(sent))) return send(path, what);
    throw new Failure(problem);
  }
  return response;
}

/** Asks the server for JSON. */
export async function ask<T>(path: string, what: Ask = {}): Promise<Answer<T>> {
  const response = await send(path, what);
  const text = await response.text();
  return { data: (text ? JSON.parse(text) : undefined) as T, etag: response.headers.get("ETag"), status: response.status };
}

export async function get<T>(path: string, query?: Ask["query"], signal?: AbortSignal): Promise<T> {
  return (await ask<T>(path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) })).data;
}

/** Without a body where the operation takes none: the server refuses one that does not belong there. */
export async function post<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
  return (await ask<T>(path, { method: "POST", ...(body === undefined ? {} : { body }), ...(headers ? { headers } : {}) })).data;
}
