// What went wrong, in the server's own words: what, where, how to mend it.
import { html, nothing, type TemplateResult } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import "@ui5/webcomponents/dist/MessageStrip.js";
import { Failure, unreachable, watchReach, type Problem } from "../api/http";
import { t } from "../i18n/text";

export function problemOf(error: unknown): Problem {
  if (error instanceof Failure) return error.problem;
  return { type: "", title: t("Something went wrong in the browser."), status: 0, detail: String(error) };
}

/** What the screen itself finds wrong before the server is asked, and how to mend it. */
export const wrong = (title: string, hint: string): Failure => new Failure({ type: "", title, hint, status: 0 });

/** As long as it is shown: does it once the server can be reached again. */
function whenBack(again: () => void): (shown?: Element) => void {
  let stop: (() => void) | undefined;
  return (shown) => {
    stop?.();
    stop = shown && watchReach((online) => online && again());
  };
}

/** `again` does what failed once more: by a link, and by itself where it failed for want of a connection that came back. */
export function problemStrip(error: unknown, again?: () => void): TemplateResult | typeof nothing {
  if (error === undefined || error === null) return nothing;
  const problem = problemOf(error);
  return html`<ui5-message-strip class="problem" design="Negative" hide-close-button role="alert" ${again && problem.type === unreachable ? ref(whenBack(again)) : nothing}>
    <div>
      <strong>${problem.title}</strong>
      ${problem.detail ? html`<div>${problem.detail}</div>` : nothing}
      ${problem.hint ? html`<div>${problem.hint}</div>` : nothing}
      ${again ? html`<ui5-link accessible-role="Button" @click=${again}>${t("Try again")}</ui5-link>` : nothing}
    </div>
  </ui5-message-strip>`;
}
