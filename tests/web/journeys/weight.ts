// What the first load weighs, as a browser takes it, and what the page may do. shows: UX-1 SEC-1
import type { CDPSession } from "playwright-core";
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";

const MOST = 320 * 1024; // bytes on the wire, heads of the answers included

/** Everything that is sent for the first page until nothing is asked for any more: what is fetched ahead counts, too. */
async function weigh(v: Visitor, until: string): Promise<void> {
  const cdp: CDPSession = await v.page.context().newCDPSession(v.page);
  const sent = new Map<string, { url: string; coding: string; kind: string; bytes: number }>();
  cdp.on("Network.responseReceived", ({ requestId, response, type }) => {
    const heads = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]));
    sent.set(requestId, { url: new URL(response.url).pathname, coding: heads["content-encoding"] ?? "", kind: type, bytes: 0 });
  });
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const one = sent.get(requestId);
    if (one) one.bytes = encodedDataLength;
  });
  await cdp.send("Network.enable");
  await v.to("/");
  await v.page.locator(until).first().waitFor({ state: "attached" });
  await v.page.waitForLoadState("networkidle");
  const all = [...sent.values()].sort((a, b) => b.bytes - a.bytes);
  const bytes = all.reduce((sum, one) => sum + one.bytes, 0);
  console.log(`# first load, ${v.language}: ${(bytes / 1024).toFixed(1)} KiB in ${all.length} answers`);
  if (all.length < 5) v.faults.push(`only ${all.length} answers were seen: nothing was weighed`);
  if (bytes > MOST) v.faults.push(`the first load takes ${bytes} bytes of ${MOST}:\n${all.slice(0, 12).map((one) => `  ${one.bytes} ${one.url}`).join("\n")}`);
  for (const one of all)
    if ((one.kind === "Script" || one.kind === "Stylesheet") && one.bytes > 2048 && one.coding !== "br") v.faults.push(`${one.url} came without Brotli (${one.coding || "plain"})`);
}

/** What was tried and went through, though no policy lets it. */
function tried(): string[] {
  const ways: Record<string, () => unknown> = {
    "markup with a handler": () => (document.createElement("div").innerHTML = "<img src=x onerror=alert(1)>"),
    "markup with an attribute": () => document.createElement("p").insertAdjacentHTML("beforeend", "<b id=x>x</b>"),
    "a script from elsewhere": () => (document.createElement("script").src = "https://example.org/x.js"),
    "a text as a script": () => (document.createElement("script").text = "alert(1)"),
    "a policy of its own": () => (globalThis as unknown as { trustedTypes: { createPolicy(name: string, rules: object): unknown } }).trustedTypes.createPolicy("mine", {}),
  };
  return Object.keys(ways).filter((name) => {
    try {
      ways[name]?.();
      return true;
    } catch {
      return false;
    }
  });
}

export const weight: readonly Journey[] = [
  {
    name: "policy: no text becomes markup or a script",
    who: "ada",
    languages: ["en"],
    sizes: ["desk"],
    async goes(v) {
      await v.to("/");
      for (const way of await v.page.evaluate(tried)) v.faults.push(`it went through: ${way}`);
      await v.page.waitForTimeout(50); // what the browser says of it comes after
      v.faults.splice(0, v.faults.length, ...v.faults.filter((one) => !/^console: .*(Trusted|TrustedTypePolicy)/.test(one)));
    },
  },
  { name: "weight of the first load, signed out", who: undefined, sizes: ["desk"], light: true, goes: (v) => weigh(v, "ui5-input#name") },
  { name: "weight of the first load, signed in", who: "ada", sizes: ["desk"], light: true, goes: (v) => weigh(v, "nav a") },
  {
    name: "weight of the first load, signed in, dark",
    who: "ada",
    languages: ["zh-CN"], // the heaviest of the three
    sizes: ["desk"],
    light: true,
    async goes(v) {
      await v.page.emulateMedia({ colorScheme: "dark" });
      await weigh(v, "nav a");
    },
  },
];
