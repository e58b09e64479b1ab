// Why personal data is looked at, asked before it is shown; it goes with all that is asked for until the window is closed.
import { html } from "lit-html";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import { t } from "../i18n/text";
import { ask } from "../ui/dialog";
import { wrong } from "../ui/problem";

/** What was said; undefined where nobody said anything. */
export function sayPurpose(): Promise<string | undefined> {
  let said = "";
  return ask<string>({
    title: t("What do you need this for?"),
    does: t("Go on"),
    view: () => html`<p>${t("Personal data is shown here to who says what for. What you say stands in the log beside what you looked at.")}</p>
      <div class="field">
        <ui5-label for="purpose-said" required show-colon>${t("Purpose")}</ui5-label>
        <ui5-input id="purpose-said" required maxlength="200" placeholder=${t("For example: answering case C-1001")} @input=${(event: Event) => (said = (event.target as Input).value.trim())}></ui5-input>
      </div>`,
    act: () => {
      if (!said) throw wrong(t("No purpose is said."), t("A few words are enough: which customer, which case, which campaign."));
      return said;
    },
  });
}
