// Who may use the workspace: list, adding somebody, one user with roles, sessions and history.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Link.js";
import "@ui5/webcomponents/dist/MultiComboBox.js";
import "@ui5/webcomponents/dist/MultiComboBoxItem.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import type MultiComboBox from "@ui5/webcomponents/dist/MultiComboBox.js";
import { ask as askServer, get, post } from "../../api/http";
import { href, type Context, type Page } from "../../app/router";
import { formatAge, formatInstant } from "../../i18n/format";
import { t } from "../../i18n/text";
import { ask, confirmed } from "../../ui/dialog";
import { withProof } from "../../ui/proof";
import { empty } from "../../ui/states";
import { table } from "../../ui/table";
import { toast } from "../../ui/toast";
import { room } from "./rooms";
import { browserTable, credentialName, sessionTable, type Credential, type KnownBrowser, type Session } from "./you";

export interface User {
  id: string;
  name: string;
  shown: string;
  kind: "person" | "program" | "portal" | "auditor";
  language: string;
  from: string;
  until: string | null;
  roles: string[];
  teams: string[];
  superior: string | null;
}

interface RoleName {
  role: string;
  label: string;
  says: string | null;
}

interface Story {
  user: User;
  standing: boolean;
  said: { name: string; shown: string; from: string; until: string | null; by: string | null; why: string | null; ended_by: string | null; ended_why: string | null }[];
}

export function kindName(kind: User["kind"]): string {
  return kind === "person" ? t("Person") : kind === "program" ? t("Program") : kind === "portal" ? t("Customer") : t("External auditor");
}

async function showCode(user: User, code: string, until: string | null): Promise<void> {
  const link = `${location.origin}/${href("/enrol", { name: user.name, code })}`;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(link);
    toast(t("The link is copied."));
  };
  await ask<true>({
    title: t("Code for {name}", { name: user.shown }),
    does: t("Done"),
    act: () => true,
    view: () => html`<p>${t("Give it to {name} in person or by a way only the two of you have. It is shown now and never again.", { name: user.shown })}</p>
      <p class="code-shown mono" dir="ltr">${code}</p>
      <p>${t("Or give this link, which brings name and code along:")}</p>
      <p class="code-link mono" dir="ltr">${link}</p>
      ${"clipboard" in navigator ? html`<div><ui5-button class="code-copy" @click=${() => void copy()}>${t("Copy the link")}</ui5-button></div>` : nothing}
      ${until ? html`<p class="muted">${t("Good until {time}.", { time: formatInstant(until) })}</p>` : nothing}`,
  });
}

function roleChoice(roles: readonly RoleName[], chosen: Set<string>): TemplateResult {
  return html`<div class="field">
    <ui5-label for="user-roles" show-colon>${t("Roles")}</ui5-label>
    <ui5-multi-combobox id="user-roles" @selection-change=${(event: CustomEvent<{ items: HTMLElement[] }>) => {
      chosen.clear();
      for (const item of event.detail.items) chosen.add(item.dataset.value ?? "");
      void (event.target as MultiComboBox);
    }}>
      ${roles.map((role) => html`<ui5-mcb-item data-value=${role.role} text=${role.label} ?selected=${chosen.has(role.role)}></ui5-mcb-item>`)}
    </ui5-multi-combobox>
  </div>`;
}

async function addUser(again: () => void): Promise<void> {
  const { roles } = await get<{ roles: RoleName[] }>("/roles");
  const wish = { name: "", shown: "", kind: "person" as User["kind"], until: "" };
  const chosen = new Set<string>();
  const kinds: User["kind"][] = ["person", "auditor", "program"];
  const added = await ask<{ user: User; code: string | null; code_until: string | null }>({
    title: t("Add a user"),
    does: t("Add"),
    view: (update) => html`<div class="field">
        <ui5-label for="user-name" show-colon required>${t("Sign-in name")}</ui5-label>
        <ui5-input id="user-name" required @input=${(event: Event) => (wish.name = (event.target as Input).value)}></ui5-input>
      </div>
      <div class="field">
        <ui5-label for="user-shown" show-colon>${t("Name that is shown")}</ui5-label>
        <ui5-input id="user-shown" @input=${(event: Event) => (wish.shown = (event.target as Input).value)}></ui5-input>
      </div>
      <div class="field">
        <ui5-label for="user-kind" show-colon>${t("Kind")}</ui5-label>
        <ui5-select id="user-kind" @change=${(event: Event) => {
          wish.kind = ((event.target as Select).selectedOption?.getAttribute("data-value") ?? "person") as User["kind"];
          update();
        }}>
          ${kinds.map((kind) => html`<ui5-option data-value=${kind} ?selected=${kind === wish.kind}>${kindName(kind)}</ui5-option>`)}
        </ui5-select>
        ${wish.kind === "auditor" ? html`<span class="muted">${t("Reads only, for a limited time; personal data is masked.")}</span>` : nothing}
      </div>
      ${wish.kind === "auditor"
        ? html`<div class="field">
            <ui5-label for="user-until" show-colon required>${t("Until (year-month-day)")}</ui5-label>
            <ui5-input id="user-until" placeholder="2027-03-31" @input=${(event: Event) => (wish.until = (event.target as Input).value)}></ui5-input>
          </div>`
        : nothing}
      ${roleChoice(roles, chosen)}`,
    act: () =>
      withProof(() =>
        post("/users", {
          name: wish.name,
          kind: wish.kind,
          roles: [...chosen],
          ...(wish.shown ? { shown: wish.shown } : {}),
          ...(wish.kind === "auditor" && wish.until ? { until: `${wish.until}T00:00:00Z` } : {}),
        }),
      ),
  });
  if (!added) return;
  if (added.code) await showCode(added.user, added.code, added.code_until);
  again();
}

export function openUsers(context: Context): Page {
  return room<{ users: User[]; roles: RoleName[] }>(context, {
    title: () => t("Users"),
    load: async () => {
      const [{ users }, { roles }] = await Promise.all([get<{ users: User[] }>("/users", undefined, context.signal), get<{ roles: RoleName[] }>("/roles", undefined, context.signal)]);
      return { users, roles };
    },
    actions: (again) => html`<ui5-button design="Emphasized" @click=${() => void addUser(again)}>${t("Add a user")}</ui5-button>`,
    view: ({ users, roles }) =>
      users.length === 0
        ? empty(t("No users"), t("Add the first one."))
        : table(
            t("Users"),
            [
              { title: t("Name"), main: true, cell: (one) => html`<ui5-link href=${href(`/access/users/${one.id}`)}>${one.shown}</ui5-link>` },
              { title: t("Sign-in name"), cell: (one) => html`<bdi>${one.name}</bdi>` },
              { title: t("Kind"), cell: (one) => kindName(one.kind) },
              { title: t("Roles"), cell: (one) => one.roles.map((role) => html`<span class="tag">${roles.find((other) => other.role === role)?.label ?? role}</span>`) },
              { title: t("Teams"), cell: (one) => one.teams.join(", ") || "–" },
              { title: t("Until"), cell: (one) => (one.until ? formatInstant(one.until) : t("open")) },
            ],
            users,
          ),
  });
}

interface Whole extends Story {
  sessions: Session[];
  browsers: KnownBrowser[];
  credentials: Credential[];
  all: RoleName[];
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
    const made = await withProof(() => post<{ code: string; code_until?: string | null }>(`/users/${user.id}/code`));
    await showCode(user, made.code, made.code_until ?? null);
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
      ? html`<ui5-button @click=${() => void code()}>${t("New enrolment code")}</ui5-button><ui5-button design="Negative" @click=${() => void end()}>${t("End")}</ui5-button>`
      : html`<ui5-button @click=${() => void back()}>${t("Let return")}</ui5-button>`}
  </div>`;
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
      return { ...story, sessions: sessions.sessions, browsers: known.browsers, credentials: credentials.credentials, all: roles.roles };
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
            <div><dt>${t("Until")}</dt><dd>${user.until ? formatInstant(user.until) : t("open")}</dd></div>
            <div><dt>${t("Superior")}</dt><dd>${user.superior ?? "–"}</dd></div>
            <div><dt>${t("Teams")}</dt><dd>${user.teams.join(", ") || "–"}</dd></div>
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
            : empty(t("No role"), t("Without a role nothing can be seen or done."))}
        </section>
        <section class="stack"><h2>${t("Sessions")}</h2>
          ${whole.sessions.length ? sessionTable(whole.sessions, (one) => void endSession(one)) : empty(t("Not signed in"), t("Nobody uses the workspace in this name at the moment."))}
        </section>
        <section class="stack"><h2>${t("Known browsers")}</h2>
          ${whole.browsers.length ? browserTable(whole.browsers, (one) => void forget(one)) : empty(t("No known browser"), t("The next one this user signs in on becomes known."))}
        </section>
        <section class="stack"><h2>${t("Credentials")}</h2>
          ${table(t("Credentials"), [
            { title: t("Kind"), main: true, cell: credentialName },
            { title: t("Since"), cell: (one) => formatInstant(one.from) },
            { title: t("Last used"), cell: (one) => (one.used ? formatAge(one.used) : "–") },
          ], whole.credentials.filter((one) => one.kind !== "recovery"))}
        </section>`;
    },
  });
}

