// Builds the screens into plain files with names of their own contents; tools/build-web calls it.
import { defineConfig } from "vite";

const messages = process.env.PROBITY_WEB_MESSAGES ?? new URL("../build-web/messages", import.meta.url).pathname;
const server = process.env.PROBITY_SERVER ?? "https://localhost:8443";

export default defineConfig({
  base: "/",
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
