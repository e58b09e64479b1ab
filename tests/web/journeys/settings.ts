// An administrator adds a kind of record and a field, which everybody has at once; sets up mail, tries it, and sends a code by it. shows: UX-1 REC-6 PER-3 PER-4 INT-1
import type { Journey } from "../journey";
import { pick } from "./conditions";
import { asked, made } from "../asked";
import { mailServer } from "../mail_server";
import type { Visitor } from "../visitor";

async function mailGoesOut(v: Visitor): Promise<void> {
  const server = await mailServer();
  try {
    await v.to("/settings/mail");
    await v.page.getByRole("heading", { name: "Mail is not set up" }).waitFor();
    await v.accessible();
    await v.page.locator(".mail-set-up").click();
    await v.page.locator("ui5-input#mail-host input").fill("localhost");
    await v.page.locator("ui5-select#mail-tls").click();
    await v.page.getByRole("option", { name: "None, to this machine only" }).click();
    await v.page.locator("ui5-input#mail-port input").fill("many");
    await v.page.locator("ui5-input#mail-sender input").fill("crm@house.example");
    await v.page.locator(".dialog-does").click();
    await v.page.locator("ui5-dialog[open] .problem", { hasText: "“many” is no port." }).waitFor();
    await v.page.locator("ui5-input#mail-port input").fill(String(server.port));
    await v.accessible();
    await v.page.locator(".dialog-does").click();
    await v.page.locator("main .facts", { hasText: `localhost:${server.port}` }).waitFor();
    await v.page.locator(".mail-test").click();
    await v.page.locator("ui5-input#mail-to input").fill("never@house.example");
    await v.page.locator(".dialog-does").click();
    await v.page.locator("ui5-dialog[open] .problem", { hasText: "550 5.1.1 No such mailbox" }).waitFor();
    await v.accessible();
    await v.page.locator("ui5-input#mail-to input").fill("ada@house.example");
    await v.page.locator(".dialog-does").click();
    await v.page.locator(".mail-sent", { hasText: "kept as 1" }).waitFor();
    await v.page.locator(".dialog-cancel").click();
    await v.page.locator("ui5-dialog[open]").waitFor({ state: "detached" });
    // A new user's code goes out by it.
    await v.to("/access/users");
    await v.page.getByRole("button", { name: "Add a user" }).click();
    await v.page.locator("ui5-input#user-name input").fill("posted");
    await v.page.locator("ui5-input#user-staff input").fill("Mina Exam");
    await v.page.locator("ui5-suggestion-item", { hasText: "Mina Example" }).or(v.page.getByRole("option", { name: /Mina Example/ })).first().click();
    await v.page.locator("ui5-checkbox#user-mail").click();
    await v.accessible();
    await v.page.locator(".dialog-does").click();
    await v.page.locator(".code-shown").waitFor();
    await v.page.locator(".dialog-does").click();
    for (const until = Date.now() + 20_000; !server.taken.includes("mina@house.example") && Date.now() < until; ) await new Promise((go) => setTimeout(go, 100));
    if (!server.taken.includes("mina@house.example")) v.faults.push("the code of a new user did not come by mail");
    await v.to("/settings/mail");
    const sent = v.page.locator("main tbody tr", { hasText: "posted" }).locator(".tag-good");
    for (let i = 0; i < 20 && (await sent.count()) === 0; i++) {
      await v.page.getByRole("button", { name: "Look again" }).click();
      await v.page.waitForTimeout(250);
    }
    await sent.waitFor();
    await v.accessible();
    await unanswered(v);
    await v.page.getByRole("button", { name: "Take away" }).click();
    await v.page.locator("ui5-dialog[open] .dialog-does").click();
    await v.page.locator(".mail-set-up").waitFor();
  } finally {
    server.end();
  }
}

/** A mail server that does not answer: the letter waits, is tried anew, and is dropped. */
async function unanswered(v: Visitor): Promise<void> {
  const row = v.page.locator("main tbody tr", { hasText: "later" });
  await v.page.locator(".mail-change").click();
  await v.page.locator("ui5-input#mail-port input").fill("1");
  await v.page.locator(".dialog-does").click();
  await v.page.locator("main .facts", { hasText: "localhost:1" }).waitFor();
  const { id } = await made(v, "staff", { full_name: "Later Comer", email: "later@house.example" });
  const added = await asked(v, "POST", "/users", { name: "later", kind: "person", staff: id, roles: ["sales"], mail: true });
  if (added.status !== 201) v.faults.push(`a user who is written to: ${added.status} ${JSON.stringify(added.data)}`);
  await v.page.getByRole("button", { name: "Look again" }).click();
  await row.locator(".mail-retry").click();
  await v.page.locator(".toast", { hasText: "It is being tried." }).waitFor();
  await row.locator(".tag-warn").waitFor();
  await v.accessible();
  await row.locator(".mail-drop").click();
  await v.page.locator("ui5-dialog[open] .dialog-does").click();
  await row.getByText("dropped").waitFor();
}

/** Choices, a link, whose data it is; retired, and brought back. */
async function fieldsOfOnesOwn(v: Visitor): Promise<void> {
  const dialog = v.page.locator("ui5-dialog[open]"), does = dialog.locator(".dialog-does");
  const row = (name: string) => v.page.locator("main tbody tr", { hasText: name });
  const add = async (label: string, type: string): Promise<void> => {
    await v.page.getByRole("button", { name: "Add a field" }).click();
    await dialog.locator("ui5-input#field-label input").fill(label);
    await pick(v, "ui5-select#field-type", type);
  };
  await add("Kind of contract", "choice");
  await dialog.locator("ui5-textarea#field-values textarea").fill("Rent\nLease");
  await v.accessible();
  await does.click();
  await row("x_kind_of_contract").waitFor();
  await add("Customer", "link");
  await pick(v, "ui5-select#field-to", "contact");
  await dialog.locator("ui5-input#field-help input").fill("Who signs it");
  await does.click();
  await row("x_customer").getByText("Contacts").waitFor();
  await add("Mail of the signer", "email");
  await pick(v, "ui5-select#field-personal", "contact");
  await does.click();
  await dialog.locator(".problem", { hasText: "Personal data needs a purpose and what allows it." }).waitFor();
  await dialog.locator('ui5-checkbox[text="service"]').click();
  await dialog.locator('ui5-checkbox[text="legitimate interest"]').click();
  await v.accessible();
  await does.click();
  await row("x_mail_of_the_signer").getByText("how somebody is reached").waitFor();
  await row("x_customer").getByRole("button", { name: "Retire" }).click();
  await does.click();
  await row("x_customer").getByText("retired").waitFor();
  await row("x_customer").getByRole("button", { name: "Bring back" }).click();
  await does.click();
  await row("x_customer").getByText("retired").waitFor({ state: "detached" });
}

export const settings: readonly Journey[] = [
  {
    name: "administrator adds a kind of record, and sets up mail",
    who: "ada",
    languages: ["en"],
    async goes(v) {
      const name = `Contract ${v.size}`;
      await v.to("/settings/entities");
      await v.page.getByRole("button", { name: "Add a kind of record" }).click();
      await v.page.locator("ui5-input#entity-label input").fill(name);
      await v.page.locator("ui5-input#entity-plural input").fill(`${name}s`);
      await v.accessible();
      await v.page.locator(".dialog-does").click();
      await v.page.locator("main").getByRole("link", { name: `${name}s` }).click();
      await v.page.getByRole("heading", { level: 1, name: `${name}s` }).waitFor();
      await v.page.getByRole("button", { name: "Add a field" }).click();
      await v.page.locator("ui5-input#field-label input").fill("Runs until");
      await v.accessible();
      await v.page.locator(".dialog-does").click();
      await v.page.getByText("x_runs_until").waitFor();
      if (v.size === "desk") await fieldsOfOnesOwn(v);
      if (v.size === "desk") await mailGoesOut(v); // there is one mail server for all
    },
  },
];
