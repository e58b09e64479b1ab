// What widens rights or takes much away asks for a proof of ten minutes at most: who acts is asked once, and the work is done again.
import { html, nothing } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import { Failure, get, post } from "../api/http";
import type { Me } from "../api/types";
import { t } from "../i18n/text";
import { answerPasskey, passkeysWork, type PasskeyAsked } from "./passkey";
import { ask } from "./dialog";

/** By a passkey that verifies its user, as at signing in. */
async function provePasskey(): Promise<void> {
  const asked = await post<{ ticket: string; passkey: PasskeyAsked }>("/sign-in/passkey/begin");
  await post("/prove", { ticket: asked.ticket, passkey: await answerPasskey(asked.passkey) });
}

async function prove(me: Me): Promise<boolean> {
  let password = "", code = "", byPasskey = false;
  const withPasskey = (event: Event): void => {
    byPasskey = true;
    (event.target as HTMLElement).closest("form")?.dispatchEvent(new SubmitEvent("submit", { cancelable: true })); // whatever fields are empty
  };
  const done = await ask<true>({
    title: t("Prove that it is you"),
    does: t("Go on"),
    view: () => html`<p>${t("This reaches far. It needs a proof that is no older than ten minutes.")}</p>
      <div class="field">
        <ui5-label for="proof-password" show-colon required>${t("Password")}</ui5-label>
        <ui5-input id="proof-password" type="Password" required @input=${(event: Event) => (password = (event.target as Input).value)}></ui5-input>
      </div>
      ${me.second_factor
        ? html`<div class="field">
            <ui5-label for="proof-code" show-colon required>${t("Code of your authenticator app")}</ui5-label>
            <ui5-input id="proof-code" required @input=${(event: Event) => (code = (event.target as Input).value)}></ui5-input>
          </div>`
        : nothing}
      ${passkeysWork() ? html`<div><ui5-button class="proof-passkey" design="Transparent" @click=${withPasskey}>${t("Use a passkey")}</ui5-button></div>` : nothing}`,
    act: async () => {
      const passkey = byPasskey;
      byPasskey = false; // whoever goes on after a passkey that failed means the password
      if (passkey) await provePasskey();
      else await post("/prove", { password, ...(code ? { code } : {}) });
      return true as const;
    },
  });
  return done ?? false;
}

/** Does something; where it is refused for want of a proof, asks for one and does it again. */
export async function withProof<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure) || error.status !== 403) throw error;
    const me = await get<Me>("/me");
    if (me.proved_lately || !(await prove(me))) throw error;
    return work();
  }
}
