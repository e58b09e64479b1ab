// The screens as an app: they can be installed, and are there when the connection is not. shows: UPD-4 UX-1
import type { Journey } from "../journey";
import type { Visitor } from "../visitor";

interface Installable {
  errors: { message: string; critical: number }[];
  data: string;
}

/** What an earlier build kept is gone once the worker of this one is active. */
async function forgetsEarlierBuilds(v: Visitor): Promise<void> {
  await v.page.evaluate(async () => {
    await (await caches.open("screens-1")).put("/app/old.js", new Response("old"));
    await (await navigator.serviceWorker.ready).unregister();
  });
  await v.page.reload();
  const names = await v.page.evaluate(async () => {
    const worker = (await navigator.serviceWorker.ready).active;
    while (worker?.state === "activating") await new Promise((done) => worker.addEventListener("statechange", done, { once: true }));
    return caches.keys();
  });
  if (names.length !== 1 || !/^screens-[0-9a-f]{16}$/.test(names[0] ?? "")) v.faults.push(`the worker keeps the caches ${names.join(", ")}`);
}

export const offline: readonly Journey[] = [
  {
    name: "app: it can be installed, and begins without a connection",
    who: "mina",
    languages: ["fa"],
    sizes: ["phone"],
    worker: true,
    async goes(v) {
      await v.to("/");
      await v.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      await v.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
      await forgetsEarlierBuilds(v);
      await v.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
      const cdp = await v.page.context().newCDPSession(v.page);
      const told = (await cdp.send("Page.getAppManifest")) as unknown as Installable;
      for (const error of told.errors) v.faults.push(`the manifest: ${error.message}`);
      if (!/"display": "standalone"/.test(told.data)) v.faults.push("the manifest does not say that it stands alone");
      const { installabilityErrors } = (await cdp.send("Page.getInstallabilityErrors")) as { installabilityErrors: { errorId: string }[] };
      for (const { errorId } of installabilityErrors) if (errorId !== "in-incognito") v.faults.push(`it cannot be installed: ${errorId}`); // as every window here is
      const touch = await v.page.evaluate(async () => (await fetch(document.querySelector<HTMLLinkElement>("link[rel=apple-touch-icon]")?.href ?? "/nothing")).headers.get("Content-Type"));
      if (touch !== "image/png") v.faults.push(`the icon for iOS is ${touch ?? "not there"}`);
      await v.page.context().setOffline(true);
      await v.page.reload();
      await v.page.locator(".problem").waitFor(); // said by the screens themselves, in the reader's language
      if ((await v.page.evaluate(() => document.documentElement.lang)) !== "fa") v.faults.push("without a connection it speaks another language");
      await v.page.context().setOffline(false);
      await v.page.locator(".home-today").waitFor({ timeout: 20_000 }); // by itself
      v.faults.splice(0, v.faults.length, ...v.faults.filter((one) => !one.includes("ERR_INTERNET_DISCONNECTED")));
    },
  },
  {
    name: "app: a list that lost the connection says so, and goes on by itself",
    who: "mina",
    languages: ["en"],
    sizes: ["desk"],
    async goes(v) {
      await v.to("/contacts");
      await v.page.locator("[role=grid] [data-index='0']").waitFor();
      await v.page.context().setOffline(true);
      await v.page.evaluate(() => (location.hash = "/contacts?sort=-full_name"));
      await v.page.locator(".offline-strip").waitFor();
      await v.page.locator(".problem").waitFor(); // it was tried three times
      await v.page.context().setOffline(false);
      await v.page.locator(".offline-strip").waitFor({ state: "detached" });
      await v.page.locator(".problem").waitFor({ state: "detached" });
      await v.page.locator("[role=columnheader][aria-sort=descending]").waitFor();
      await v.page.locator("[role=grid] [data-index='0']").waitFor();
      v.faults.splice(0, v.faults.length, ...v.faults.filter((one) => !one.includes("ERR_INTERNET_DISCONNECTED")));
    },
  },
];
