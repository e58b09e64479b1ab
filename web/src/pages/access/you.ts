// One's own sessions and what one signs in with.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import "../../styles/signin.css";
import { ask as askServer, get, post } from "../../api/http";
import type { Context, Page } from "../../app/router";
import { whoAmI } from "../../app/session";
import { formatAge, formatInstant } from "../../i18n/format";
import { t } from "../../i18n/text";
import { ask, askTexts, confirmed } from "../../ui/dialog";
import { withProof } from "../../ui/proof";
import { empty } from "../../ui/states";
import { table } from "../../ui/table";
import { toast } from "../../ui/toast";
import { keyView, qrOf } from "../signin/authenticator";
import { makePasskey, passkeysWork, type PasskeyWanted } from "../../ui/passkey";
import { room } from "./rooms";

export interface Session {
  session: number;
  address: string | null;
  device: string | null;
  second_factor: boolean;
  program: boolean;
  current: boolean;
  from: string;
  seen: string;
  until: string;
}

export interface Credential {
  credential: number;
  kind: "password" | "totp" | "passkey" | "recovery" | "enrolment" | "key";
  label: string | null;
  by: string;
  from: string;
  until: string | null;
  used: string | null;
}

/** A browser on which somebody signed in: guesses of strangers do not slow it. */
export interface KnownBrowser {
  browser: number;
  address: string | null;
  device: string | null;
  current: boolean;
  from: string;
  seen: string;
  until: string;
}

interface Mine {
  sessions: Session[];
  browsers: KnownBrowser[];
  credentials: Credential[];
}

/** What a credential is, in words. */
export function credentialName(one: Credential): string {
  const names: Record<Credential["kind"], string> = {
    password: t("Password"),
    totp: t("Authenticator app"),
    passkey: t("Passkey"),
    recovery: t("Recovery code"),
    enrolment: t("Enrolment code"),
    key: t("API key"),
  };
  return one.label ? `${names[one.kind]}: ${one.label}` : names[one.kind];
}

/** “Chrome on Linux” of what a browser says of itself. */
export function deviceName(device: string | null): string {
  if (!device) return t("Unknown");
  const browser = /Edg\//.test(device) ? "Edge" : /Firefox\//.test(device) ? "Firefox" : /Chrome\//.test(device) ? "Chrome" : /Safari\//.test(device) ? "Safari" : undefined;
  const system = /Android/.test(device) ? "Android" : /iPhone|iPad/.test(device) ? "iOS" : /Windows/.test(device) ? "Windows" : /Mac OS/.test(device) ? "macOS" : /Linux/.test(device) ? "Linux" : undefined;
  if (browser && system) return t("{browser} on {system}", { browser, system });
  return browser ?? device;
}

export function sessionTable(sessions: readonly Session[], end: (one: Session) => void): TemplateResult {
  return table(
    t("Sessions"),
    [
      { title: t("Device"), main: true, cell: (one) => html`${deviceName(one.device)} ${one.current ? html`<span class="tag tag-good">${t("this one")}</span>` : nothing}` },
      { title: t("Address"), cell: (one) => html`<bdi>${one.address ?? "–"}</bdi>` },
      { title: t("Signed in"), cell: (one) => formatInstant(one.from) },
      { title: t("Seen"), cell: (one) => formatAge(one.seen) },
      { title: t("Second factor"), cell: (one) => (one.second_factor ? t("yes") : t("no")) },
      { title: "", cell: (one) => (one.current ? nothing : html`<ui5-button design="Transparent" @click=${() => end(one)}>${t("End")}</ui5-button>`) },
    ],
    sessions,
  );
}

export function browserTable(browsers: readonly KnownBrowser[], takeBack: (one: KnownBrowser) => void): TemplateResult {
  return table(
    t("Known browsers"),
    [
      { title: t("Device"), main: true, cell: (one) => html`${deviceName(one.device)} ${one.current ? html`<span class="tag tag-good">${t("this one")}</span>` : nothing}` },
      { title: t("Address"), cell: (one) => html`<bdi>${one.address ?? "–"}</bdi>` },
      { title: t("Since"), cell: (one) => formatInstant(one.from) },
      { title: t("Last used"), cell: (one) => formatAge(one.seen) },
      { title: "", cell: (one) => html`<ui5-button design="Transparent" @click=${() => takeBack(one)}>${t("Forget")}</ui5-button>` },
    ],
    browsers,
  );
}

async function addPasskey(again: () => void): Promise<void> {
  const begun = await withProof(() => post<{ begun: string; passkey?: PasskeyWanted }>("/credentials/begin", { kind: "passkey" }));
  if (!begun.passkey) return;
  const passkey = await makePasskey(begun.passkey);
  await askTexts(t("A name for the passkey"), { label: { label: t("Name"), hint: t("Such as: laptop, blue key"), required: true } }, t("Keep it"), async ({ label }) =>
    post("/credentials", { begun: begun.begun, passkey, label }),
  );
  again();
  toast(t("The passkey is kept."));
}

/** For who signs in by a password alone, and wants more than that. */
async function addAuthenticator(again: () => void): Promise<void> {
  const begun = await withProof(() => post<{ begun: string; address?: string }>("/credentials/begin", { kind: "totp" }));
  const address = begun.address ?? "", qr = await qrOf(address);
  let code = "";
  const done = await ask<true>({
    title: t("Authenticator app"),
    does: t("Keep it"),
    view: () => html`${keyView(address, qr)}
      <div class="field">
        <ui5-label for="factor-code" show-colon required>${t("Code of your authenticator app")}</ui5-label>
        <ui5-input id="factor-code" required @input=${(event: Event) => (code = (event.target as Input).value.trim())}></ui5-input>
      </div>`,
    act: async () => {
      await withProof(() => post("/credentials", { begun: begun.begun, code }));
      return true as const;
    },
  });
  if (!done) return;
  toast(t("The authenticator app is kept. From now on its code is asked for."));
  again();
}

async function newRecoveryCodes(): Promise<void> {
  const made = await withProof(() => post<{ codes: string[] }>("/recovery-codes"));
  await ask<true>({
    title: t("Recovery codes"),
    does: t("I have kept them"),
    act: () => true,
    view: () => html`<p>${t("Each signs you in once when your second factor is not at hand. They are shown now and never again.")}</p>
      <div class="signin-codes">${made.codes.map((code) => html`<code>${code}</code>`)}</div>`,
  });
}

async function changePassword(again: () => void): Promise<void> {
  const done = await askTexts(
    t("Change the password"),
    { password: { label: t("New password"), type: "Password", required: true, hint: t("15 characters or more; several words are easy to remember.") } },
    t("Change"),
    async ({ password }) => withProof(() => askServer("/password", { method: "PUT", body: { password } })),
  );
  if (done) toast(t("The password is changed."));
  again();
}

function credentials(mine: Mine, again: () => void): TemplateResult {
  const shown = mine.credentials.filter((one) => one.kind !== "recovery" && one.kind !== "key");
  const end = async (one: Credential): Promise<void> => {
    if (!(await confirmed(t("Take it away?"), credentialName(one), t("Take away"), true))) return;
    await withProof(() => askServer(`/credentials/${one.credential}`, { method: "DELETE" }));
    again();
  };
  return table(
    t("What you sign in with"),
    [
      { title: t("Kind"), main: true, cell: credentialName },
      { title: t("Since"), cell: (one) => formatInstant(one.from) },
      { title: t("Last used"), cell: (one) => (one.used ? formatAge(one.used) : "–") },
      { title: "", cell: (one) => (one.kind === "password" ? nothing : html`<ui5-button design="Transparent" @click=${() => void end(one)}>${t("Take away")}</ui5-button>`) },
    ],
    shown,
  );
}

export function openYou(context: Context): Page {
  return room<Mine>(context, {
    title: () => t("You: {name}", { name: whoAmI()?.name ?? "" }),
    load: async () => {
      const [sessions, known, own] = await Promise.all([
        get<{ sessions: Session[] }>("/sessions"),
        get<{ browsers: KnownBrowser[] }>("/known-browsers"),
        get<{ credentials: Credential[] }>("/credentials"),
      ]);
      return { sessions: sessions.sessions, browsers: known.browsers, credentials: own.credentials };
    },
    view: (mine, again) => {
      const end = async (one: Session): Promise<void> => {
        await askServer(`/sessions/${one.session}`, { method: "DELETE" });
        toast(t("The session is ended."));
        again();
      };
      const endOthers = async (): Promise<void> => {
        if (!(await confirmed(t("End all other sessions?"), t("Every other browser and program in your name has to sign in again."), t("End them"), true))) return;
        await askServer("/sessions", { method: "DELETE" });
        again();
      };
      const forget = async (one: KnownBrowser): Promise<void> => {
        await askServer(`/known-browsers/${one.browser}`, { method: "DELETE" });
        toast(t("The browser is not known any more."));
        again();
      };
      const forgetAll = async (): Promise<void> => {
        if (!(await confirmed(t("Forget all known browsers?"), t("Sessions go on. Until you sign in on them again, wrong guesses of strangers slow you there, too."), t("Forget them"), true))) return;
        await askServer("/known-browsers", { method: "DELETE" });
        again();
      };
      return html`<section class="stack" aria-labelledby="you-ways">
          <div class="page-head">
            <h2 id="you-ways">${t("What you sign in with")}</h2>
            <div class="actions">
              ${passkeysWork() ? html`<ui5-button @click=${() => void addPasskey(again)}>${t("Add a passkey")}</ui5-button>` : nothing}
              ${mine.credentials.some((one) => one.kind === "totp") ? nothing : html`<ui5-button class="you-totp" @click=${() => void addAuthenticator(again)}>${t("Add an authenticator app")}</ui5-button>`}
              <ui5-button @click=${() => void newRecoveryCodes()}>${t("New recovery codes")}</ui5-button>
              <ui5-button @click=${() => void changePassword(again)}>${t("Change the password")}</ui5-button>
            </div>
          </div>
          ${credentials(mine, again)}
        </section>
        <section class="stack" aria-labelledby="you-sessions">
          <div class="page-head">
            <h2 id="you-sessions">${t("Sessions")}</h2>
            <div class="actions">${mine.sessions.length > 1 ? html`<ui5-button @click=${() => void endOthers()}>${t("End all others")}</ui5-button>` : nothing}</div>
          </div>
          ${mine.sessions.length ? sessionTable(mine.sessions, (one) => void end(one)) : empty(t("No session"), t("You use a key or a token."))}
        </section>
        <section class="stack" aria-labelledby="you-browsers">
          <div class="page-head">
            <h2 id="you-browsers">${t("Known browsers")}</h2>
            <div class="actions">${mine.browsers.length > 1 ? html`<ui5-button @click=${() => void forgetAll()}>${t("Forget all")}</ui5-button>` : nothing}</div>
          </div>
          <p class="muted">${t("You signed in on them before. When strangers guess at your password, sign-in becomes slow elsewhere, not here.")}</p>
          ${mine.browsers.length ? browserTable(mine.browsers, (one) => void forget(one)) : empty(t("No known browser"), t("The next one you sign in on becomes known."))}
        </section>`;
    },
  });
}
