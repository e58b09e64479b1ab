// Signing in, step by step: name and password or a passkey, a second factor, the first time with a code.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Link.js";
import "@ui5/webcomponents/dist/Title.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import "../../styles/signin.css";
import { post } from "../../api/http";
import { placeOf, type Page } from "../../app/router";
import { speak } from "../../app/ui5";
import { language, languages, t } from "../../i18n/text";
import { problemStrip } from "../../ui/problem";
import { keyView, qrOf } from "./authenticator";
import { answerPasskey, makePasskey, passkeysWork, type PasskeyAsked, type PasskeyWanted } from "../../ui/passkey";

interface Step {
  step: "signed_in" | "needs_second" | "needs_enrol";
  ticket?: string;
  totp?: boolean;
  recovery?: boolean;
  passkey?: PasskeyAsked;
}

interface Factor {
  begun: string;
  address?: string;
  passkey?: PasskeyWanted;
}

type Form = "password" | "enrol" | "second" | "recovery" | "factor" | "totp";

/** What an enrolment link brings: #/enrol?name=…&code=…, which no server sees. It is taken off the address, so that nothing keeps it. */
function enrolLink(): Record<string, string> | undefined {
  const { path, query } = placeOf(location.hash);
  if (path !== "/enrol") return undefined;
  history.replaceState(null, "", "#/");
  return Object.fromEntries(query);
}

/** The page before all others. `done` is called once somebody is signed in. */
export function openSignIn(update: () => void, done: () => Promise<void>): Page {
  const given = enrolLink();
  let form: Form = given ? "enrol" : "password";
  let step: Step | undefined;
  let factor: Factor | undefined;
  let qr = "";
  let busy = false;
  let failure: unknown;

  const value = (id: string): string => (document.getElementById(id) as Input | null)?.value ?? "";
  const to = (next: Form) => () => {
    form = next;
    failure = undefined;
    update();
  };

  async function doing(work: () => Promise<void>): Promise<void> {
    if (busy) return;
    busy = true;
    failure = undefined;
    update();
    try {
      await work();
    } catch (error) {
      failure = error;
    }
    busy = false;
    update();
  }

  async function took(next: Step): Promise<void> {
    step = next;
    if (next.step === "signed_in") return done();
    form = next.step === "needs_enrol" ? "factor" : "second";
    if (next.passkey && passkeysWork() && form === "second" && !next.totp) await bySecondPasskey();
  }

  const signIn = () => doing(async () => took(await post<Step>("/sign-in", { name: value("name"), password: value("password"), cookie: true })));
  const enrol = () =>
    doing(async () => took(await post<Step>("/enrol", { name: value("name"), code: value("code"), password: value("password"), cookie: true })));
  const bySecond = (path: string) => () => doing(async () => took(await post<Step>(path, { ticket: step?.ticket, code: value("code"), cookie: true })));

  async function bySecondPasskey(): Promise<void> {
    if (!step?.passkey) return;
    const passkey = await answerPasskey(step.passkey);
    await took(await post<Step>("/sign-in/passkey", { ticket: step.ticket, passkey, cookie: true }));
  }

  const byPasskey = () =>
    doing(async () => {
      const asked = await post<{ ticket: string; passkey: PasskeyAsked }>("/sign-in/passkey/begin");
      const passkey = await answerPasskey(asked.passkey);
      await took(await post<Step>("/sign-in/passkey", { ticket: asked.ticket, passkey, cookie: true }));
    });

  const beginTotp = () =>
    doing(async () => {
      factor = await post<Factor>("/sign-in/factor", { ticket: step?.ticket, kind: "totp" });
      qr = await qrOf(factor.address ?? "");
      form = "totp";
    });

  const beginPasskey = () =>
    doing(async () => {
      factor = await post<Factor>("/sign-in/factor", { ticket: step?.ticket, kind: "passkey" });
      if (!factor.passkey) return;
      const passkey = await makePasskey(factor.passkey);
      await took(await post<Step>("/sign-in/new-factor", { ticket: step?.ticket, begun: factor.begun, passkey, cookie: true }));
    });

  const endTotp = () =>
    doing(async () => took(await post<Step>("/sign-in/new-factor", { ticket: step?.ticket, begun: factor?.begun, code: value("code"), cookie: true })));

  function field(id: string, label: string, type: "Text" | "Password", autocomplete: string, hint?: string, known = ""): TemplateResult {
    return html`<div class="field">
      <ui5-label for=${id} required show-colon>${label}</ui5-label>
      <ui5-input id=${id} type=${type} name=${autocomplete} value=${known} required ?disabled=${busy} accessible-description=${hint ?? ""} @keydown=${onEnter}></ui5-input>
      ${hint ? html`<span class="muted">${hint}</span>` : nothing}
    </div>`;
  }

  function onEnter(event: KeyboardEvent): void {
    if (event.key === "Enter") document.getElementById("go")?.click();
  }

  const button = (text: string, act: () => unknown): TemplateResult =>
    html`<ui5-button id="go" design="Emphasized" ?disabled=${busy} @click=${act}>${text}</ui5-button>`;
  const link = (text: string, act: () => unknown): TemplateResult => html`<ui5-link accessible-role="Button" @click=${act}>${text}</ui5-link>`;

  function password(): TemplateResult {
    return html`<h2>${t("Sign in")}</h2>
      ${problemStrip(failure)} ${field("name", t("Sign-in name"), "Text", "username")} ${field("password", t("Password"), "Password", "current-password")}
      ${button(t("Sign in"), signIn)}
      ${passkeysWork() ? html`<ui5-button ?disabled=${busy} @click=${byPasskey}>${t("Sign in with a passkey")}</ui5-button>` : nothing}
      ${link(t("First time here? Use your enrolment code"), to("enrol"))}`;
  }

  function first(): TemplateResult {
    return html`<h2>${t("The first time")}</h2>
      <p class="muted">${t("An administrator gave you a sign-in name and a code. Choose a password of your own.")}</p>
      ${problemStrip(failure)} ${field("name", t("Sign-in name"), "Text", "username", undefined, given?.name)} ${field("code", t("Enrolment code"), "Text", "one-time-code", undefined, given?.code)}
      ${field("password", t("New password"), "Password", "new-password", t("15 characters or more; several words are easy to remember."))}
      ${button(t("Go on"), enrol)} ${link(t("Back to signing in"), to("password"))}`;
  }

  function second(): TemplateResult {
    return html`<h2>${t("Confirm that it is you")}</h2>
      ${problemStrip(failure)}
      ${step?.totp
        ? html`${field("code", t("Code of your authenticator app"), "Text", "one-time-code")} ${button(t("Go on"), bySecond("/sign-in/code"))}`
        : nothing}
      ${step?.passkey ? html`<ui5-button ?disabled=${busy} @click=${() => doing(bySecondPasskey)}>${t("Use a passkey")}</ui5-button>` : nothing}
      ${step?.recovery ? link(t("Use a recovery code"), to("recovery")) : nothing} ${link(t("Back to signing in"), to("password"))}`;
  }

  function recovery(): TemplateResult {
    return html`<h2>${t("Use a recovery code")}</h2>
      ${problemStrip(failure)} ${field("code", t("Recovery code"), "Text", "one-time-code")} ${button(t("Go on"), bySecond("/sign-in/recovery"))}
      ${link(t("Back"), to("second"))}`;
  }

  function choose(): TemplateResult {
    return html`<h2>${t("A second factor")}</h2>
      <p class="muted">${t("Your role asks for more than a password: somebody who learns it must not be able to act as you.")}</p>
      ${problemStrip(failure)} ${button(t("Use an authenticator app"), beginTotp)}
      ${passkeysWork() ? html`<ui5-button ?disabled=${busy} @click=${beginPasskey}>${t("Use a passkey")}</ui5-button>` : nothing}`;
  }

  function totp(): TemplateResult {
    return html`<h2>${t("Authenticator app")}</h2>
      ${keyView(factor?.address ?? "", qr)}
      ${problemStrip(failure)} ${field("code", t("Code of your authenticator app"), "Text", "one-time-code")} ${button(t("Go on"), endTotp)}`;
  }

  const forms: Record<Form, () => TemplateResult> = { password, enrol: first, second, recovery, factor: choose, totp };

  return {
    title: () => t("Sign in"),
    view: () => html`<div class="signin">
      <aside class="signin-side">
        <img src="/icon.svg" alt="" />
        <h1>${t("Customer records that survive an audit")}</h1>
        <ul>
          <li>${t("Every value checked, every change kept, every look logged")}</li>
          <li>${t("Access decided once, provable for any day")}</li>
          <li>${t("Audits in plain words, with evidence anyone can verify")}</li>
        </ul>
      </aside>
      <main class="signin-main">
        <div class="signin-top">
          ${languages.map(
            (one) =>
              html`<ui5-link accessible-role="Button" lang=${one.id} aria-current=${one.id === language()} @click=${async () => {
                await speak(one.id);
                update();
              }}>${one.name}</ui5-link>`,
          )}
        </div>
        <div class="signin-form">${forms[form]()}</div>
      </main>
    </div>`,
  };
}
