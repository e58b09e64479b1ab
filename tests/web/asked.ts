// What somebody else does meanwhile: asked of the server behind the screen's back.
import type { Visitor } from "./visitor";

export interface Told {
  status: number;
  data: { id: string; version: number; record: { id: string; version: number } };
}

export async function asked(v: Visitor, method: string, path: string, body?: unknown, match?: string): Promise<Told> {
  return v.page.evaluate(
    async ([how, where, what, tag]) => {
      const headers: Record<string, string> = { "Content-Type": "application/json" };
      if (tag) headers["If-Match"] = tag;
      const answer = await fetch(`/api/v1${where}`, { method: how ?? "GET", headers, ...(what ? { body: what } : {}) });
      return { status: answer.status, data: await answer.json() } as Told;
    },
    [method, path, body === undefined ? "" : JSON.stringify(body), match ?? ""],
  );
}

/** A record that is there before the journey goes on; whether one like it is there already does not matter. */
export async function made(v: Visitor, path: string, fields: Record<string, unknown>): Promise<{ id: string; version: number }> {
  const answer = await asked(v, "POST", `/${path}`, { fields, duplicates: "warn" });
  if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.data)}`);
  return answer.data.record;
}
