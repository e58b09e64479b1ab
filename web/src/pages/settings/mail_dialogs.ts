// What is asked about outgoing mail: the mail server, and whom to send a test letter.
import { html, nothing } from "lit-html";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/MessageStrip.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import { ask as askServer, Failure, post } from "../../api/http";
import { t } from "../../i18n/text";
import { ask } from "../../ui/dialog";
import { problemStrip, wrong } from "../../ui/problem";
import { withProof } from "../../ui/proof";
import { toast } from "../../ui/toast";

export type Tls = "starttls" | "tls" | "none";

export interface MailServer {
  host: string | null;
  port: number | null;
  tls: Tls | null;
  sender: string | null;
  login: string | null;
  has_secret: boolean;
  site: string | null;
}

/** Where mail servers listen for each kind (RFC 6409, 8314, 5321). */
const ports: Record<Tls, string> = { starttls: "587", tls: "465", none: "25" };

interface Texts {
  host: string;
  port: string;
  sender: string;
  login: string;
  secret: string;
  site: string;
}

export function tlsName(tls: Tls): string {
  return tls === "starttls" ? t("STARTTLS (begun in plain text, required)") : tls === "tls" ? t("TLS from the beginning") : t("None, to this machine only");
}

/** The port as a number: what is none is said here, before the server is asked. */
function portOf(text: string): number {
  if (!/^\d{1,5}$/.test(text.trim())) throw wrong(t("“{value}” is no port.", { value: text }), t("It is a number from 1 to 65535: 587 for STARTTLS, 465 for TLS."));
  return Number(text);
}

export async function setUpMail(mail: MailServer, again: () => void): Promise<void> {
  let tls: Tls = mail.tls ?? "starttls";
  const texts: Texts = {
    host: mail.host ?? "",
    port: mail.port ? String(mail.port) : ports[tls],
    sender: mail.sender ?? "",
    login: mail.login ?? "",
    secret: "",
    site: mail.site ?? (mail.host || location.protocol !== "https:" ? "" : location.origin),
  };
  const field = (name: keyof Texts, label: string, more: { type?: "Email" | "Password" | "URL"; required?: boolean; hint?: string; placeholder?: string } = {}) => html`<div class="field">
    <ui5-label for=${`mail-${name}`} show-colon ?required=${more.required ?? false}>${label}</ui5-label>
    <ui5-input id=${`mail-${name}`} type=${more.type ?? "Text"} ?required=${more.required ?? false} .value=${texts[name]} placeholder=${more.placeholder ?? ""} @input=${(event: Event) => (texts[name] = (event.target as Input).value)}></ui5-input>
    ${more.hint ? html`<span class="muted">${more.hint}</span>` : nothing}
  </div>`;
  const done = await ask<true>({
    title: t("Mail server"),
    does: t("Save"),
    view: (update) => html`${field("host", t("Host"), { required: true, placeholder: "mail.example.org" })}
      <div class="field">
        <ui5-label for="mail-tls" show-colon>${t("Encryption")}</ui5-label>
        <ui5-select id="mail-tls" @change=${(event: Event) => {
          const before = ports[tls];
          tls = ((event.target as Select).selectedOption?.getAttribute("data-value") ?? "starttls") as Tls;
          if (texts.port === before) texts.port = ports[tls];
          update();
        }}>
          ${(Object.keys(ports) as Tls[]).map((one) => html`<ui5-option data-value=${one} ?selected=${one === tls}>${tlsName(one)}</ui5-option>`)}
        </ui5-select>
      </div>
      ${field("port", t("Port"), { required: true })}
      ${field("sender", t("Sender"), { type: "Email", required: true, placeholder: "crm@example.org", hint: t("The address that letters come from.") })}
      ${tls === "none"
        ? nothing
        : html`${field("login", t("Login name"), { hint: t("Empty where the mail server asks for none.") })}
          ${field("secret", t("Password"), { type: "Password", hint: mail.has_secret ? t("Empty keeps the one that is kept. For another host, port or login it is to be given anew.") : t("It is kept sealed, and never shown again.") })}`}
      ${field("site", t("Address in links"), { type: "URL", hint: t("Where people open these screens, beginning with https://; empty: letters have no links.") })}`,
    act: async () => {
      const login = tls === "none" ? "" : texts.login.trim();
      const body = { host: texts.host.trim(), port: portOf(texts.port), tls, sender: texts.sender.trim(), site: texts.site.trim(), ...(login ? { login } : {}), ...(login && texts.secret ? { secret: texts.secret } : {}) };
      await withProof(() => askServer("/mail", { method: "PUT", body }));
      return true as const;
    },
  });
  if (!done) return;
  toast(t("The mail server is kept. Send a test letter to see whether it works."));
  again();
}

interface Tried {
  sent: boolean;
  said: string | null;
  title?: string;
  detail?: string | null;
  hint?: string | null;
}

/** Sends letters as often as is wished, and tells of each what the mail server answered. */
export async function tryMail(): Promise<void> {
  let to = "", tried: Tried | undefined;
  await ask<never>({
    title: t("Send a test letter"),
    does: t("Send"),
    view: () => html`<p>${t("It is sent at once; what the mail server answers is shown here.")}</p>
      <div class="field">
        <ui5-label for="mail-to" show-colon required>${t("Send to")}</ui5-label>
        <ui5-input id="mail-to" type="Email" required @input=${(event: Event) => (to = (event.target as Input).value)}></ui5-input>
      </div>
      ${tried === undefined
        ? nothing
        : tried.sent
          ? html`<ui5-message-strip class="mail-sent" design="Positive" hide-close-button role="status">
              <div><strong>${t("The mail server took the letter.")}</strong>${tried.said ? html`<div class="mono">${tried.said}</div>` : nothing}</div>
            </ui5-message-strip>`
          : problemStrip(new Failure({ type: "", status: 0, title: tried.title ?? t("The letter could not be sent."), detail: tried.detail ?? tried.said ?? "", hint: tried.hint ?? "" }))}`,
    act: async () => {
      tried = undefined;
      tried = await withProof(() => post<Tried>("/mail/tests", { to: to.trim() }));
      return undefined;
    },
  });
}
