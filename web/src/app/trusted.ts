// What may become markup or a script (Trusted Types, W3C): lit-html's templates by its own policy, and by this one, which takes every
// text that reaches such a place elsewhere, no more than what follows. All else is refused by the browser, as the server asks of it.

interface Policies {
  createPolicy(name: string, rules: { createHTML(text: string): string | null; createScriptURL(address: string): string | null }): unknown;
}

/** Keeps the screens when the connection drops. */
export const worker = "/worker.js";

const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;

/* A drawing (ECharts) is emptied by ""; in a list of suggestions (UI5) what fits stands in <b>. No other tag, and no attribute. */
const harmless = /^(?:[^<>]|<\/?b>)*$/;

policies?.createPolicy("default", {
  createHTML: (text) => (harmless.test(text) ? text : null),
  createScriptURL: (address) => (address === worker ? address : null),
});
