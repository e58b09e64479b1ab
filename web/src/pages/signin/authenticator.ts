// The key of an authenticator app, to scan or to type.
import { html, type TemplateResult } from "lit-html";
import { t } from "../../i18n/text";

/** A picture of `address` (otpauth://…) for the camera of a telephone. */
export async function qrOf(address: string): Promise<string> {
  const { default: make } = await import("qrcode-generator");
  const code = make(0, "M");
  code.addData(address);
  code.make();
  return code.createDataURL(5, 2);
}

export function keyView(address: string, qr: string): TemplateResult {
  const secret = new URLSearchParams(address.split("?")[1] ?? "").get("secret") ?? "";
  return html`<p class="muted">${t("Scan this with the app, or type the key, and enter the code that it shows.")}</p>
    <img class="signin-qr" src=${qr} alt=${t("Code to scan with the authenticator app")} />
    <code dir="ltr">${secret}</code>`;
}
