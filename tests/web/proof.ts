// Who people are, proved: by a password, and by an authenticator app where somebody has one.
import { createHmac } from "node:crypto";
import type { Told } from "./visitor";

/** What an authenticator app shows for a key (RFC 6238). */
export function codeOf(secret: string): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", bits = [...secret].map((one) => letters.indexOf(one).toString(2).padStart(5, "0")).join("");
  const counter = Buffer.alloc(8);
  counter.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const mac = createHmac("sha1", Buffer.from((bits.match(/.{8}/g) ?? []).map((one) => parseInt(one, 2)))).update(counter).digest();
  return String((mac.readUInt32BE((mac[19] ?? 0) & 15) & 0x7fffffff) % 1000000).padStart(6, "0");
}

/** A proof reaches for ten minutes, and all journeys take longer. */
const soon_ms = 5 * 60_000;
const proved = new Map<string, number>();
const began = Date.now();

/** Who comes has proved lately who it is, as somebody has who signs in for what the journey is about. */
export async function provedLately(told: Told, who: string): Promise<void> {
  const proof = told.proofs[who];
  if (!proof || Date.now() - (proved.get(who) ?? began) < soon_ms) return;
  const answer = await fetch(`${told.address}/api/v1/prove`, {
    method: "POST",
    headers: { Cookie: told.people[who] ?? "", Origin: told.address, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json" },
    body: JSON.stringify({ password: proof.password, ...(proof.secret ? { code: codeOf(proof.secret) } : {}) }),
  });
  const cookie = answer.headers.getSetCookie().find((one) => one.startsWith("probity="));
  if (!answer.ok || !cookie) throw new Error(`${who} proves who it is: ${answer.status} ${await answer.text()}`);
  told.people[who] = cookie.split(";")[0] ?? "";
  proved.set(who, Date.now());
}
