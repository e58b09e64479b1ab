// Keeps the screens for the time the connection drops. Records are never kept here: only the program's own files.
// The build puts its own name in here: each has a cache of its own, and whoever becomes active deletes those before it.
const kept = "screens-of-no-build";

/** The start and what it names: who comes again without a connection finds the screens even after the very first visit. */
async function keepStart() {
  const cache = await caches.open(kept), start = await fetch("/", { cache: "no-cache" });
  if (!start.ok) throw new Error(`The start could not be kept: ${start.status}`);
  await cache.put("/", start.clone());
  const parts = new Set(Array.from((await start.text()).matchAll(/\/app\/[\w.-]+/g), ([path]) => path));
  await cache.addAll([...parts]);
}

self.addEventListener("install", (event) => event.waitUntil(keepStart().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name !== kept).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});

async function fromNetwork(request) {
  const cache = await caches.open(kept);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const found = await cache.match(request);
    if (found) return found;
    throw error;
  }
}

async function fromCache(request) {
  const cache = await caches.open(kept);
  const found = await cache.match(request);
  if (found) return found;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/app/")) event.respondWith(fromCache(event.request));
  else if (url.pathname === "/" || /^\/(icon.*\.svg|manifest\.webmanifest)$/.test(url.pathname)) event.respondWith(fromNetwork(event.request));
});
