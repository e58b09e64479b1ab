// What stands where there is nothing yet: loading, empty.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Link.js";
import { href } from "../app/router";
import { t } from "../i18n/text";

/** Grey lines in the shape of what comes: nothing jumps when it is there. */
export function loading(lines = 6): TemplateResult {
  return html`<div class="skeleton" role="status" aria-label=${t("Loading")}>
    ${Array.from({ length: lines }, () => html`<div class="skeleton-line"></div>`)}
  </div>`;
}

/** Nothing here, why, and what to do about it. `page`: there is nothing else on the page, so that its title is this. */
export function empty(title: string, says: string, action?: TemplateResult, page = false): TemplateResult {
  return html`<div class="empty">
    <svg class="empty-mark" viewBox="0 0 96 72" aria-hidden="true">
      <rect x="10" y="12" width="60" height="46" rx="6" /><path d="M22 26h36M22 36h26M22 46h18" />
      <circle cx="72" cy="50" r="13" /><path d="m81.500 59.500 8 8" />
    </svg>
    ${page ? html`<h1>${title}</h1>` : html`<h2>${title}</h2>`}
    <p>${says}</p>
    ${action ?? nothing}
  </div>`;
}

/** What to do about what is empty: a link to where it is done, or a button that does it. */
export function nextStep(text: string, does: string | (() => void)): TemplateResult {
  return typeof does === "string" ? html`<ui5-link class="empty-next" href=${href(does)}>${text}</ui5-link>` : html`<ui5-button class="empty-next" @click=${does}>${text}</ui5-button>`;
}
