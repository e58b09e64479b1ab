// Every screen, and where it lies. A new one is a line here; the first that fits counts.
import type { Route } from "./router";

export const routes: readonly Route[] = [
  { pattern: "/", load: async () => (await import("../pages/home/home")).openHome },
];
