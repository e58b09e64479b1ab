// Runs the journeys: each in its languages and sizes, one browser for all, a fresh window each. Says what came of it in TAP.
import { readFileSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";
import { journeys } from "./journeys/all";
import { provedLately } from "./proof";
import { Visitor, type Told } from "./visitor";
import { languages, sizes, type Journey } from "./journey";

const flags = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

type Run = readonly [(typeof languages)[number], keyof typeof sizes];

/** Of a journey in several languages each, and each size: the first on a desk, the next on a phone, the last by turns. Combined, and of pictures: each language in each size. */
function runsOf(journey: Journey, nth: number, combined: boolean): readonly Run[] {
  if (journey.runs) return journey.runs;
  const spoken = journey.languages ?? languages, seen = journey.sizes ?? (["desk", "phone"] as const);
  if (combined || spoken.length === 1 || seen.length === 1) return spoken.flatMap((language) => seen.map((size): Run => [language, size]));
  return spoken.map((language, at): Run => [language, at === 0 || (at > 1 && nth % 2) ? "desk" : "phone"]);
}

async function once(browser: Browser, told: Told, journey: Journey, language: (typeof languages)[number], size: keyof typeof sizes, turn: number): Promise<string[]> {
  if (journey.who) await provedLately(told, journey.who);
  const visitor = await Visitor.come(browser, told, journey.who, language, size, turn, journey.worker);
  try {
    await journey.goes(visitor);
    return visitor.faults;
  } catch (error) {
    await visitor.keepPicture(journey.name);
    return [...visitor.faults, error instanceof Error ? (error.stack ?? error.message) : String(error)];
  } finally {
    await visitor.leave();
  }
}

async function main(): Promise<void> {
  const told = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Told;
  const pictures = process.argv.includes("--pictures");
  told.whole = process.argv.includes("--whole");
  const names = process.argv.slice(3).filter((one) => !one.startsWith("--"));
  const chosen = journeys.filter((one) => Boolean(one.pictures) === pictures && (names.length === 0 || names.some((name) => one.name.includes(name))));
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: flags });
  let count = 0, failed = 0;
  for (const [nth, journey] of chosen.entries())
    for (const [turn, [language, size]] of runsOf(journey, nth, pictures || process.argv.includes("--combined")).entries()) {
      const began = performance.now();
      const faults = await once(browser, told, journey, language, size, pictures || journey.light ? 0 : turn);
      const name = `${journey.name} ${language} ${size}`;
      console.log(`${faults.length ? "not ok" : "ok"} ${++count} - ${name}`);
      console.log(`# took ${((performance.now() - began) / 1000).toFixed(1)} s`);
      for (const fault of faults) console.log(fault.replace(/^/gm, "# "));
      if (faults.length) failed++;
    }
  console.log(`1..${count}`);
  await browser.close();
  process.exit(failed || count === 0 ? 1 : 0);
}

await main();
