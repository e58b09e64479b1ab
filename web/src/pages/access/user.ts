// One user: what is said of it, its roles, sessions, what it signs in with, and how that came to be.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Link.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import { ask as askServer, get, post } from "../../api/http";
import { persons } from "../../api/people";
import { href, type Context, type Page } from "../../app/router";
import { between, formatAge, formatInstant } from "../../i18n/format";
import { t } from "../../i18n/text";
import { dayPicker } from "../../ui/day_picker";
import { ask, confirmed } from "../../ui/dialog";
import { nameChosen, personField, type Choice } from "../../ui/person_input";
import { withProof } from "../../ui/proof";
import { empty, nextStep } from "../../ui/states";
import { table } from "../../ui/table";
import { toast } from "../../ui/toast";
import { makeKey } from "./key";
import { room } from "./rooms";
import { chosenOf, scopeFields, scopeOf, scopeWords } from "./scope";
import { endOf, kindName, mailChoice, mailIsSetUp, roleChoice, showCode, type RoleName, type User } from "./users";
import { browserTable, credentialName, sessionTable, type Credential, type KnownBrowser, type Session } from "./you";

interface Tie {
  kind: "role" | "team" | "superior";
  name: string | null;
  from: string;
  until: string | null;
  by: string | null;
  why: string | null;
  ended_by: string | null;
}

interface Story {
  user: User;
  standing: boolean;
  ties: Tie[];
}

interface Whole extends Story {
  sessions: Session[];
  browsers: KnownBrowser[];
  credentials: Credential[];
  all: RoleName[];
  superior: string | undefined; // as it is called
}

/** What is said of a user, said otherwise; only what was changed is sent. */
async function change(whole: Whole, again: () => void): Promise<void> {
  const { user } = whole, day = user.until?.slice(0, 10) ?? "";
  const wish = { shown: user.shown, until: day, superior: { name: user.superior ?? "" } as Choice };
  const scope = chosenOf(user.scope), before = JSON.stringify(scopeOf(scope));
  const done = await ask<true>({
    title: t("Change {name}", { name: user.shown }),
    does: t("Save"),
    view: () => html`<div class="field">
        <ui5-label for="user-shown" show-colon>${t("Name that is shown")}</ui5-label>
        <ui5-input id="user-shown" value=${wish.shown} @input=${(event: Event) => (wish.shown = (event.target as Input).value)}></ui5-input>
      </div>
      <div class="field">
        <ui5-label for="user-until" show-colon ?required=${user.kind === "auditor"}>${t("Until the end of")}</ui5-label>
        ${dayPicker({ id: "user-until", value: wish.until, changed: (picked) => (wish.until = picked), placeholder: t("no end") })}
      </div>
      ${user.kind === "auditor" ? scopeFields(scope) : nothing}
      ${user.kind === "person"
        ? personField({ id: "user-superior", label: t("Superior"), source: persons(user.name), placeholder: t("Nobody: type a few letters") }, wish.superior.name, (choice) => (wish.superior = choice))
        : nothing}`,
    act: async () => {
      const superior = nameChosen(wish.superior);
      const body = {
        ...(wish.shown !== user.shown ? { shown: wish.shown } : {}),
        ...(wish.until !== day ? { until: wish.until ? endOf(wish.until) : null } : {}),
        ...(JSON.stringify(scopeOf(scope)) !== before ? { scope: scopeOf(scope) } : {}),
      };
      if (Object.keys(body).length > 0) await withProof(() => askServer(`/users/${user.id}`, { method: "PATCH", body }));
      if (superior !== (user.superior ?? "")) await withProof(() => askServer(`/users/${user.id}/superior`, { method: "PUT", body: { superior: superior || null } }));
      return true as const;
    },
  });
  if (done) again();
}

async function giveRoles(whole: Whole, again: () => void): Promise<void> {
  const chosen = new Set<string>();
  const there = whole.all.filter((role) => !whole.user.roles.includes(role.role));
  const done = await ask<true>({
    title: t("Give {name} a role", { name: whole.user.shown }),
    does: t("Give"),
    view: () => roleChoice(there, chosen),
    act: async () => {
      for (const role of chosen) await withProof(() => post(`/users/${whole.user.id}/roles`, { role }));
      return true as const;
    },
  });
  if (done) again();
}

async function takeRole(whole: Whole, role: string, again: () => void): Promise<void> {
  if (!(await confirmed(t("Take the role away?"), t("{name} loses what only {role} allows, from the next request on.", { name: whole.user.shown, role }), t("Take away"), true))) return;
  await askServer(`/users/${whole.user.id}/roles/${encodeURIComponent(role)}`, { method: "DELETE" });
  toast(t("The role is taken away."), () => void withProof(() => post(`/users/${whole.user.id}/roles`, { role })).then(again));
  again();
}

function userActions(whole: Whole, again: () => void): TemplateResult {
  const { user, standing } = whole;
  const code = async (): Promise<void> => {
    let mail = false;
    const make = (): Promise<{ code: string; code_until?: string | null }> => withProof(() => post(`/users/${user.id}/code`, mail ? { mail } : {}));
    const made = (await mailIsSetUp())
      ? await ask({
          title: t("New enrolment code"),
          does: t("Make it"),
          view: () => html`<p>${t("With it {name} sets a new password.", { name: user.shown })}</p>
            ${mailChoice(mail, (on) => (mail = on))}`,
          act: make,
        })
      : await make();
    if (!made) return;
    await showCode(user, made.code, made.code_until ?? null, mail);
    again();
  };
  const end = async (): Promise<void> => {
    if (!(await confirmed(t("End {name}?", { name: user.shown }), t("All sessions and keys end at once. What was done stays in the log; the user can return."), t("End"), true))) return;
    await post(`/users/${user.id}/end`, {});
    again();
  };
  const back = async (): Promise<void> => {
    await withProof(() => post(`/users/${user.id}/return`, {}));
    again();
  };
  return html`<div class="actions">
    ${standing
      ? html`<ui5-button class="user-change" @click=${() => void change(whole, again)}>${t("Change")}</ui5-button><ui5-button @click=${() => void code()}>${t("New enrolment code")}</ui5-button><ui5-button design="Negative" @click=${() => void end()}>${t("End")}</ui5-button>`
      : html`<ui5-button @click=${() => void back()}>${t("Let return")}</ui5-button>`}
  </div>`;
}

/** What the user signs in with; an administrator ends it, never sees it. */
function credentials(whole: Whole, again: () => void): TemplateResult {
  const { user } = whole, shown = whole.credentials.filter((one) => one.kind !== "recovery");
  const end = async (one: Credential): Promise<void> => {
    if (!(await confirmed(t("Take it away?"), t("{name} no longer signs in with it: {credential}.", { name: user.shown, credential: credentialName(one) }), t("Take away"), true))) return;
    await withProof(() => askServer(`/users/${user.id}/credentials/${one.credential}`, { method: "DELETE" }));
    again();
  };
  const endFactors = async (): Promise<void> => {
    if (!(await confirmed(t("End the second factors?"), t("For who lost the telephone or key: its sessions end too, and the next sign-in asks for another second factor."), t("End them"), true))) return;
    await withProof(() => askServer(`/users/${user.id}/factors`, { method: "DELETE" }));
    toast(t("The second factors are ended."));
    again();
  };
  return html`<section class="stack" aria-labelledby="user-credentials">
    <div class="page-head">
      <h2 id="user-credentials">${t("Credentials")}</h2>
      <div class="actions">
        ${shown.some((one) => one.kind === "totp" || one.kind === "passkey") ? html`<ui5-button @click=${() => void endFactors()}>${t("End the second factors")}</ui5-button>` : nothing}
        ${user.kind === "program" && whole.standing ? html`<ui5-button class="user-key" @click=${() => void makeKey(`/users/${user.id}/keys`, t("The key acts in the name of {name}.", { name: user.shown }), again)}>${t("Make a key")}</ui5-button>` : nothing}
      </div>
    </div>
    ${shown.length
      ? table(
          t("Credentials"),
          [
            { title: t("Kind"), main: true, cell: credentialName },
            { title: t("Since"), cell: (one) => formatInstant(one.from) },
            { title: t("Last used"), cell: (one) => (one.used ? formatAge(one.used) : "–") },
            { title: "", cell: (one) => html`<ui5-button design="Transparent" @click=${() => void end(one)}>${t("Take away")}</ui5-button>` },
          ],
          shown,
        )
      : empty(t("Nothing yet"), user.kind === "program" ? t("A program connects with a key.") : t("With the enrolment code a password is set."))}
  </section>`;
}

/** What the user holds and held, since when, by whom. */
function story(whole: Whole): TemplateResult | typeof nothing {
  const kinds: Record<Tie["kind"], string> = { role: t("Role"), team: t("Team"), superior: t("Superior") };
  return whole.ties.length === 0
    ? nothing
    : html`<section class="stack"><h2>${t("Held and when")}</h2>
        ${table(
          t("Held and when"),
          [
            { title: t("What"), main: true, cell: (one) => html`${kinds[one.kind]}: <bdi>${(one.kind === "role" ? whole.all.find((role) => role.role === one.name)?.label : undefined) ?? one.name ?? "–"}</bdi>` },
            { title: t("Since"), cell: (one) => formatInstant(one.from) },
            { title: t("Until"), cell: (one) => (one.until ? formatInstant(one.until) : t("no end")) },
            { title: t("By whom"), cell: (one) => [one.by, one.ended_by].filter(Boolean).join(between()) || "–" },
            { title: t("Why"), cell: (one) => one.why ?? "–" },
          ],
          whole.ties,
        )}
      </section>`;
}

export function openUser(context: Context): Page {
  const id = encodeURIComponent(context.parts.id ?? "");
  let name = "";
  return room<Whole>(context, {
    title: () => name || t("User"),
    load: async () => {
      const [story, sessions, known, credentials, roles] = await Promise.all([
        get<Story>(`/users/${id}`),
        get<{ sessions: Session[] }>(`/users/${id}/sessions`),
        get<{ browsers: KnownBrowser[] }>(`/users/${id}/known-browsers`),
        get<{ credentials: Credential[] }>(`/users/${id}/credentials`),
        get<{ roles: RoleName[] }>("/roles"),
      ]);
      name = story.user.shown;
      const above = story.user.superior ? await persons().named(story.user.superior, context.signal) : undefined;
      return { ...story, sessions: sessions.sessions, browsers: known.browsers, credentials: credentials.credentials, all: roles.roles, superior: above?.shown };
    },
    view: (whole, again) => {
      const { user } = whole;
      const endSession = async (one: Session): Promise<void> => {
        await askServer(`/users/${id}/sessions/${one.session}`, { method: "DELETE" });
        again();
      };
      const forget = async (one: KnownBrowser): Promise<void> => {
        await askServer(`/users/${id}/known-browsers/${one.browser}`, { method: "DELETE" });
        again();
      };
      return html`<section class="card stack">
          <dl class="facts">
            <div><dt>${t("Sign-in name")}</dt><dd><bdi>${user.name}</bdi></dd></div>
            <div><dt>${t("Kind")}</dt><dd>${kindName(user.kind)}</dd></div>
            <div><dt>${t("Since")}</dt><dd>${formatInstant(user.from)}</dd></div>
            <div><dt>${t("Until")}</dt><dd>${user.until ? formatInstant(user.until) : t("no end")}</dd></div>
            <div><dt>${t("Superior")}</dt><dd>${whole.superior ?? user.superior ?? "–"}</dd></div>
            <div><dt>${t("Teams")}</dt><dd>${user.teams.length ? html`<ui5-link href=${href("/access/teams")}>${user.teams.join(", ")}</ui5-link>` : "–"}</dd></div>
            ${user.kind === "auditor" && user.scope ? html`<div><dt>${t("Is shown")}</dt><dd class="user-scope">${scopeWords(user.scope)}</dd></div>` : nothing}
          </dl>
          ${userActions(whole, again)}
        </section>
        <section class="stack" aria-labelledby="user-roles-title">
          <div class="page-head"><h2 id="user-roles-title">${t("Roles")}</h2><div class="actions"><ui5-button @click=${() => void giveRoles(whole, again)}>${t("Give a role")}</ui5-button></div></div>
          ${user.roles.length
            ? table(
                t("Roles"),
                [
                  { title: t("Role"), main: true, cell: (role: string) => html`<ui5-link href=${href(`/access/roles/${role}`)}>${whole.all.find((one) => one.role === role)?.label ?? role}</ui5-link>` },
                  { title: t("Says"), cell: (role: string) => whole.all.find((one) => one.role === role)?.says ?? "" },
                  { title: "", cell: (role: string) => html`<ui5-button design="Transparent" @click=${() => void takeRole(whole, role, again)}>${t("Take away")}</ui5-button>` },
                ],
                user.roles,
              )
            : empty(t("No role"), t("Without a role nothing can be seen or done."), nextStep(t("Give a role"), () => void giveRoles(whole, again)))}
        </section>
        <section class="stack"><h2>${t("Sessions")}</h2>
          ${whole.sessions.length ? sessionTable(whole.sessions, (one) => void endSession(one)) : empty(t("Not signed in"), t("Nobody uses the workspace in this name at the moment."))}
        </section>
        <section class="stack"><h2>${t("Known browsers")}</h2>
          ${whole.browsers.length ? browserTable(whole.browsers, (one) => void forget(one)) : empty(t("No known browser"), t("The next one this user signs in on becomes known."))}
        </section>
        ${credentials(whole, again)} ${story(whole)}`;
    },
  });
}
