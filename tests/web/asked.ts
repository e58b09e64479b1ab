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

/** At least one audit of the workspace, made by a steward where nobody made one yet. */
export async function audited(v: Visitor): Promise<void> {
  const at = `${v.told.address}/api/v1`, headers = { Cookie: v.told.people["lin"] ?? "", "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json" };
  const said = async <T>(path: string, method = "GET"): Promise<T> => {
    const answer = await fetch(at + path, { method, headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  if ((await said<{ audits: { plan: number | null }[] }>("/audits")).audits.some((one) => one.plan === null)) return; // one of a plan asks a part
  const { id } = await said<{ id: number }>("/audits", "POST");
  for (const until = Date.now() + 60_000; ; await new Promise((go) => setTimeout(go, 100))) {
    const { state } = await said<{ state: string }>(`/jobs/${id}`);
    if (state === "done") return;
    if (!["waiting", "running"].includes(state) || Date.now() > until) throw new Error(`The audit is ${state}.`);
  }
}

/** What the reader calls a value of a choice: journeys go by its name in the model, in whichever language. */
export async function labelOf(v: Visitor, path: string, field: string, value: string): Promise<string> {
  const { entities } = (await asked(v, "GET", "/model")).data as unknown as { entities: { path: string; fields: { name: string; values?: { value: string; label: string }[] }[] }[] };
  const label = entities.find((one) => one.path === path)?.fields.find((one) => one.name === field)?.values?.find((one) => one.value === value)?.label;
  if (label === undefined) throw new Error(`${path}.${field} has no value ${value}.`);
  return label;
}

/** Names of records made on the way stay apart in every language and size. */
export const runOf = (v: Visitor): string => `${v.language}-${v.size}`.toLowerCase();
