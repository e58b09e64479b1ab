// Clicks from home to a list in Chromium, each time in a browser that was never there, then once more. Prints milliseconds as JSON.
// Usage: node screens.mjs WEB ADDRESS COOKIE ROUNDS
import { createRequire } from "node:module";

const [web, address, cookie, rounds] = process.argv.slice(2);
const { chromium } = createRequire(`${web}/package.json`)("playwright-core");
const SHOWN = ".grid-rows .grid-row[data-index]:not(.is-waiting)";
const REST = 2000; // somebody reads the first page before going on

/** From the click until the frame in which rows stand has been painted: the task after it. */
function click(shown) {
  return new Promise((resolve, reject) => {
    const link = document.querySelector("nav a[href='#/contacts']");
    const began = performance.now();
    const look = () => {
      if (document.querySelectorAll(shown).length < 10) return performance.now() - began < 20000 ? requestAnimationFrame(look) : reject(new Error("The list did not come."));
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now() - began);
      port2.postMessage(0);
    };
    link.click();
    requestAnimationFrame(look);
  });
}

async function once(browser) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en", ignoreHTTPSErrors: true });
  const [name, value] = cookie.split(/=(.*)/s);
  await context.addCookies([{ name, value, url: address, httpOnly: true, secure: true, sameSite: "Strict" }]);
  const page = await context.newPage();
  await page.goto(address);
  await page.locator("nav a[href='#/contacts']").waitFor();
  await page.waitForTimeout(REST);
  const cold = await page.evaluate(click, SHOWN);
  await page.evaluate(() => (location.hash = "/"));
  await page.locator(".home").waitFor();
  await page.waitForTimeout(REST);
  const warm = await page.evaluate(click, SHOWN);
  await context.close();
  return { cold, warm };
}

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-quic", "--disable-background-networking"] });
const all = [];
for (let round = 0; round < Number(rounds); round++) all.push(await once(browser));
await browser.close();
console.log(JSON.stringify(all));
