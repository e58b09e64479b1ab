// Builds the screens into plain files with names of their own contents; tools/build-web calls it.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";

const messages = process.env.PROBITY_WEB_MESSAGES ?? new URL("../build-web/messages", import.meta.url).pathname;
const server = process.env.PROBITY_SERVER ?? "https://localhost:8443";

/** The worker's cache is named by what was built, so that the worker of a later build begins an empty one and deletes those before. */
const cacheOfThisBuild: Plugin = {
  name: "cache-of-this-build",
  apply: "build",
  async writeBundle({ dir = "dist" }, parts) {
    const built = createHash("sha256").update(Object.keys(parts).sort().join("\n")).update(await readFile(join(dir, "index.html")));
    const worker = join(dir, "worker.js"), source = await readFile(worker, "utf8"), name = "screens-of-no-build";
    if (!source.includes(name)) throw new Error(`${worker}: the name of its cache, ${name}, is not there to be replaced.`);
    await writeFile(worker, source.replace(name, `screens-${built.digest("hex").slice(0, 16)}`));
  },
};

export default defineConfig({
  base: "/",
  plugins: [cacheOfThisBuild],
  resolve: { alias: { "@messages": messages } },
  build: {
    target: "es2022",
    assetsDir: "app",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
  },
  // `npx vite` beside a running `probity serve`: screens are drawn anew as they are edited.
  server: {
    proxy: Object.fromEntries(
      ["/api", "/oauth", "/openapi.json", "/healthz", "/readyz", "/report"].map((path) => [
        path,
        { target: server, secure: false, changeOrigin: true },
      ]),
    ),
  },
});
