// Passkeys between the server's JSON and the browser's WebAuthn (W3C WebAuthn Level 3).
import type { Failure } from "../api/http";
import { t } from "../i18n/text";
import { wrong } from "./problem";

export type PasskeyAsked = Record<string, unknown>;
export type PasskeyWanted = Record<string, unknown>;

interface FromJson {
  parseRequestOptionsFromJSON?: (json: unknown) => PublicKeyCredentialRequestOptions;
  parseCreationOptionsFromJSON?: (json: unknown) => PublicKeyCredentialCreationOptions;
}

function maker(): FromJson | undefined {
  return (globalThis as { PublicKeyCredential?: FromJson }).PublicKeyCredential;
}

export function passkeysWork(): boolean {
  return isSecureContext && typeof maker()?.parseRequestOptionsFromJSON === "function";
}

/** What the browser gave; where its user gave nothing, that is said in words. */
async function given(asks: () => Promise<Credential | null>): Promise<unknown> {
  try {
    const credential = await asks();
    if (credential) return (credential as Credential & { toJSON(): unknown }).toJSON();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    if (error.name === "InvalidStateError") throw wrong(t("This device keeps a passkey for you already."), t("Use that one, or another device."));
  }
  throw wrong(t("No passkey was given."), t("Try again, or go on another way."));
}

const noPasskeys = (): Failure => wrong(t("Passkeys do not work here."), t("They need a browser of today and an address that begins with https."));

/** Answers what the server asks, with a passkey that was made before. */
export async function answerPasskey(asked: PasskeyAsked): Promise<unknown> {
  const publicKey = maker()?.parseRequestOptionsFromJSON?.(asked);
  if (!publicKey) throw noPasskeys();
  return given(() => navigator.credentials.get({ publicKey }));
}

/** Makes a new passkey as the server wants it. */
export async function makePasskey(wanted: PasskeyWanted): Promise<unknown> {
  const publicKey = maker()?.parseCreationOptionsFromJSON?.(wanted);
  if (!publicKey) throw noPasskeys();
  return given(() => navigator.credentials.create({ publicKey }));
}
