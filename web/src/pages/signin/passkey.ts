// Passkeys between the server's JSON and the browser's WebAuthn (W3C WebAuthn Level 3).

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

function asJson(credential: Credential | null): unknown {
  if (!credential) throw new DOMException("No passkey was given.", "NotAllowedError");
  return (credential as Credential & { toJSON(): unknown }).toJSON();
}

/** Answers what the server asks, with a passkey that was made before. */
export async function answerPasskey(asked: PasskeyAsked): Promise<unknown> {
  const publicKey = maker()?.parseRequestOptionsFromJSON?.(asked);
  if (!publicKey) throw new DOMException("Passkeys do not work here.", "NotSupportedError");
  return asJson(await navigator.credentials.get({ publicKey }));
}

/** Makes a new passkey as the server wants it. */
export async function makePasskey(wanted: PasskeyWanted): Promise<unknown> {
  const publicKey = maker()?.parseCreationOptionsFromJSON?.(wanted);
  if (!publicKey) throw new DOMException("Passkeys do not work here.", "NotSupportedError");
  return asJson(await navigator.credentials.create({ publicKey }));
}
