// Outgoing mail: by which server it goes, a letter to try it, and what became of what was to be sent.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import { ask as askServer, get, post } from "../../api/http";
import type { Context, Page } from "../../app/router";
import { between, formatAge, formatInstant, formatNumber } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { confirmed } from "../../ui/dialog";
import { withProof } from "../../ui/proof";
import { empty } from "../../ui/states";
import { table } from "../../ui/table";
import { toast } from "../../ui/toast";
import { setUpMail, tlsName, tryMail, type MailServer } from "./mail_dialogs";
import { room } from "./rooms";

interface Message {
  message: number;
  kind: "enrolment" | "reminder";
  user: string | null;
  state: "waiting" | "sent" | "failed" | "dropped";
  at: string;
  due: string | null;
  tries: number;
  ended_at: string | null;
  said: string | null;
}

interface Mail extends MailServer {
  changed_at: string | null;
  changed_by: string | null;
  outbox: { waiting: number; tried: number; sent: number; failed: number; dropped: number };
  messages: Message[];
}

function serverView(mail: Mail, again: () => void): TemplateResult {
  const takeAway = async (): Promise<void> => {
    if (!(await confirmed(t("Take the mail server away?"), t("Nothing is sent any more. What waits stays in the outbox until there is a mail server again."), t("Take away"), true))) return;
    await withProof(() => askServer("/mail", { method: "DELETE" }));
    toast(t("Mail is not sent any more."));
    again();
  };
  return html`<section class="card stack" aria-labelledby="mail-server">
    <div class="page-head">
      <h2 id="mail-server">${t("Mail server")}</h2>
      <div class="actions">
        <ui5-button class="mail-test" design="Emphasized" @click=${() => void tryMail()}>${t("Send a test letter")}</ui5-button>
        <ui5-button class="mail-change" @click=${() => void setUpMail(mail, again)}>${t("Change")}</ui5-button>
        <ui5-button design="Negative" @click=${() => void takeAway()}>${t("Take away")}</ui5-button>
      </div>
    </div>
    <dl class="facts">
      <div><dt>${t("Host and port")}</dt><dd><span class="mono">${mail.host}:${mail.port}</span></dd></div>
      <div><dt>${t("Encryption")}</dt><dd>${mail.tls ? tlsName(mail.tls) : "–"}</dd></div>
      <div><dt>${t("Sender")}</dt><dd><bdi>${mail.sender}</bdi></dd></div>
      <div><dt>${t("Login name")}</dt><dd>${mail.login ? html`<bdi>${mail.login}</bdi>` : t("none")}</dd></div>
      <div><dt>${t("Address in links")}</dt><dd>${mail.site ? html`<bdi>${mail.site}</bdi>` : t("none: letters have no links")}</dd></div>
      <div><dt>${t("Changed")}</dt><dd>${mail.changed_at ? formatAge(mail.changed_at) : "–"}${mail.changed_by ? html`${between()}<bdi>${mail.changed_by}</bdi>` : nothing}</dd></div>
    </dl>
  </section>`;
}

function stateTag(one: Message): TemplateResult {
  if (one.state === "sent") return html`<span class="tag tag-good">${t("sent")}</span>`;
  if (one.state === "failed") return html`<span class="tag tag-bad">${t("failed")}</span>`;
  if (one.state === "dropped") return html`<span class="tag">${t("dropped")}</span>`;
  return html`<span class=${one.said ? "tag tag-warn" : "tag"}>${one.said ? t("retrying") : t("waits")}</span>`;
}

function outboxView(mail: Mail, again: () => void): TemplateResult {
  const retry = async (one: Message): Promise<void> => {
    await post(`/mail/messages/${one.message}/retry`);
    toast(t("It is being tried."));
    setTimeout(again, 1500); // by then most servers have answered
  };
  const drop = async (one: Message): Promise<void> => {
    if (!(await confirmed(t("Drop the message?"), t("It is never sent, and its contents are wiped."), t("Drop"), true))) return;
    await askServer(`/mail/messages/${one.message}`, { method: "DELETE" });
    toast(t("The message is dropped."));
    again();
  };
  const buttons = (one: Message): TemplateResult | typeof nothing =>
    one.state === "waiting"
      ? html`<ui5-button class="mail-retry" design="Transparent" ?disabled=${!mail.host} @click=${() => void retry(one)}>${t("Try now")}</ui5-button><ui5-button class="mail-drop" design="Transparent" @click=${() => void drop(one)}>${t("Drop")}</ui5-button>`
      : nothing;
  return html`<section class="stack" aria-labelledby="mail-outbox">
    <div class="page-head">
      <h2 id="mail-outbox">${t("Outbox")}</h2>
      <div class="actions"><ui5-button design="Transparent" @click=${again}>${t("Look again")}</ui5-button></div>
    </div>
    ${mail.messages.length
      ? html`<p class="muted">${tn("{count} message waits", "{count} messages wait", mail.outbox.waiting)}${between()}${t("of the last 30 days: {sent} sent, {failed} failed", { sent: formatNumber(mail.outbox.sent), failed: formatNumber(mail.outbox.failed) })}</p>
          ${table(
            t("Outbox"),
            [
              { title: t("For"), main: true, cell: (one) => html`<bdi>${one.user ?? t("Unknown")}</bdi>` },
              { title: t("What"), cell: (one) => (one.kind === "enrolment" ? t("Enrolment code") : t("Reminder")) },
              { title: t("State"), cell: stateTag },
              { title: t("Put in"), cell: (one) => formatAge(one.at) },
              { title: t("Tries"), number: true, cell: (one) => formatNumber(one.tries) },
              { title: t("Next try, or end"), cell: (one) => (one.due ? formatInstant(one.due) : one.ended_at ? formatInstant(one.ended_at) : "–") },
              { title: t("What the mail server said"), cell: (one) => (one.said ? html`<span class="mono">${one.said}</span>` : "–") },
              { title: "", cell: buttons },
            ],
            mail.messages,
          )}`
      : empty(t("The outbox is empty"), t("Codes of new users go through here, where they are sent by mail, and reminders of findings and planned audits that are due."))}
  </section>`;
}

export function openMail(context: Context): Page {
  return room<Mail>(context, {
    title: () => t("Mail"),
    load: () => get("/mail", undefined, context.signal),
    view: (mail, again) => html`${mail.host
      ? serverView(mail, again)
      : empty(
          t("Mail is not set up"),
          t("With a mail server, codes reach new users by mail, and whoever owns a finding is reminded when it is due. Ask who runs your mail for its host, port and a login for programs."),
          html`<ui5-button class="mail-set-up" design="Emphasized" @click=${() => void setUpMail(mail, again)}>${t("Set up mail")}</ui5-button>`,
        )}
    ${mail.host || mail.messages.length ? outboxView(mail, again) : nothing}`,
  });
}
