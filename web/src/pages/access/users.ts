// Who may use the workspace: list, and adding somebody.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/CheckBox.js";
import "@ui5/webcomponents/dist/Link.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import type CheckBox from "@ui5/webcomponents/dist/CheckBox.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import { get, post } from "../../api/http";
import { everyUser } from "../../api/users";
import type { LinkValue } from "../../api/types";
import { href, type Context, type Page } from "../../app/router";
import { entityNamed, mayDo } from "../../app/session";
import { formatInstant } from "../../i18n/format";
import { t } from "../../i18n/text";
import { dayPicker } from "../../ui/day_picker";
import { ask } from "../../ui/dialog";
import "../../ui/link_input";
import { wrong } from "../../ui/problem";
import { withProof } from "../../ui/proof";
import { empty, nextStep } from "../../ui/states";
import { table } from "../../ui/table";
import { toast } from "../../ui/toast";
import { has, MANY, several, wordsInput } from "../../ui/several";
import { room } from "./rooms";
import { chosenOf, scopeFields, scopeOf, type Scope } from "./scope";

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
  scope?: Scope | null;
}

export interface RoleName {
  role: string;
  label: string;
  says: string | null;
}

/** The last moment of a day: it counts whole. */
export const endOf = (day: string): string => `${day}T23:59:59Z`;

export function kindName(kind: User["kind"]): string {
  return kind === "person" ? t("Person") : kind === "program" ? t("Program") : kind === "portal" ? t("Customer") : t("External auditor");
}

/** Whether codes can go out by mail, as far as who asks may know. */
export async function mailIsSetUp(): Promise<boolean> {
  if (!mayDo("settings")) return false;
  return (await get<{ host: string | null }>("/mail")).host !== null;
}

export function mailChoice(mail: boolean, set: (on: boolean) => void): TemplateResult {
  return html`<div><ui5-checkbox id="user-mail" wrapping-type="Normal" ?checked=${mail} text=${t("Send the code by mail, too")} @change=${(event: Event) => set((event.target as CheckBox).checked)}></ui5-checkbox></div>`;
}

export async function showCode(user: User, code: string, until: string | null, mailed = false): Promise<void> {
  const link = `${location.origin}/${href("/enrol", { name: user.name, code })}`;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(link);
    toast(t("The link is copied."));
  };
  await ask<true>({
    title: t("Code for {name}", { name: user.shown }),
    does: t("Done"),
    act: () => true,
    view: () => html`${mailed ? html`<p>${t("It is on its way by mail; the outbox under Settings tells what became of it.")}</p>` : nothing}
      <p>${t("Give it to {name} in person or by a way only the two of you have. It is shown now and never again.", { name: user.shown })}</p>
      <p class="code-shown mono" dir="ltr">${code}</p>
      <p>${t("Or give this link, which brings name and code along:")}</p>
      <p class="code-link mono" dir="ltr">${link}</p>
      ${"clipboard" in navigator ? html`<div><ui5-button class="code-copy" @click=${() => void copy()}>${t("Copy the link")}</ui5-button></div>` : nothing}
      ${until ? html`<p class="muted">${t("Good until {time}.", { time: formatInstant(until) })}</p>` : nothing}`,
  });
}

export function roleChoice(roles: readonly RoleName[], chosen: Set<string>): TemplateResult {
  return several(t("Roles"), roles.map((role) => ({ value: role.role, text: role.label })), chosen, (role, on) => void (on ? chosen.add(role) : chosen.delete(role)));
}

async function addUser(again: () => void): Promise<void> {
  const [{ roles }, posted] = await Promise.all([get<{ roles: RoleName[] }>("/roles"), mailIsSetUp()]);
  const wish = { name: "", shown: "", kind: "person" as User["kind"], until: "", staff: "", staffName: "", mail: false };
  const chosen = new Set<string>(), scope = chosenOf();
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
        ${wish.kind === "auditor" ? html`<span class="muted">${t("Reads only, for a limited time, and nothing but what is chosen here; personal data is masked.")}</span>` : nothing}
      </div>
      ${wish.kind !== "program" && entityNamed("staff")
        ? html`<div class="field">
            <ui5-label for="user-staff" show-colon>${t("Record of staff")}</ui5-label>
            <pb-link-input
              .wish=${{ entity: "staff", inputId: "user-staff", name: t("Record of staff"), description: "", negative: false, required: false, disabled: false }}
              .value=${{ link: wish.staff ? { id: wish.staff, reference: null } : null, text: wish.staffName }}
              @change=${(event: CustomEvent<{ link: LinkValue | null }>) => {
                wish.staff = event.detail.link?.id ?? "";
                wish.staffName = event.detail.link?.reference ?? "";
              }}
            ></pb-link-input>
            <span class="muted">${t("Who this user is among the owners of records; letters go to its address.")}</span>
          </div>
          ${posted ? mailChoice(wish.mail, (on) => (wish.mail = on)) : nothing}`
        : nothing}
      ${wish.kind === "auditor"
        ? html`<div class="field">
            <ui5-label for="user-until" show-colon required>${t("Until the end of")}</ui5-label>
            ${dayPicker({ id: "user-until", value: wish.until, changed: (day) => (wish.until = day) })}
          </div>
          ${scopeFields(scope)}`
        : nothing}
      ${roleChoice(roles, chosen)}`,
    act: () => {
      if (wish.kind !== "program" && wish.staffName && !wish.staff) throw wrong(t("No record of staff is called “{name}”.", { name: wish.staffName }), t("Choose one of those that are shown while you type, or leave it empty."));
      return withProof(() =>
        post("/users", {
          name: wish.name,
          kind: wish.kind,
          roles: [...chosen],
          ...(wish.shown ? { shown: wish.shown } : {}),
          ...(wish.kind !== "program" && wish.staff ? { staff: wish.staff } : {}),
          ...(wish.kind !== "program" && wish.mail ? { mail: true } : {}),
          ...(wish.kind === "auditor" ? { scope: scopeOf(scope) } : {}),
          ...(wish.kind === "auditor" && wish.until ? { until: endOf(wish.until) } : {}),
        }),
      );
    },
  });
  if (!added) return;
  if (added.code) await showCode(added.user, added.code, added.code_until, wish.mail);
  again();
}

export function openUsers(context: Context): Page {
  let words = "";
  return room<{ users: User[]; roles: RoleName[] }>(context, {
    title: () => t("Users"),
    load: async () => {
      const [users, { roles }] = await Promise.all([everyUser<User>(undefined, context.signal), get<{ roles: RoleName[] }>("/roles", undefined, context.signal)]);
      return { users, roles };
    },
    actions: (again) => html`<ui5-button design="Emphasized" @click=${() => void addUser(again)}>${t("Add a user")}</ui5-button>`,
    view: ({ users, roles }, again) =>
      users.length === 0
        ? empty(t("No users"), t("Whoever signs in, people and programs, is a user, with a role that says what it may do."), nextStep(t("Add a user"), () => void addUser(again)))
        : html`${users.length > MANY ? wordsInput(t("Find by name"), words, (typed) => ((words = typed), context.update())) : nothing}
        ${table(
            t("Users"),
            [
              { title: t("Name"), main: true, cell: (one) => html`<ui5-link href=${href(`/access/users/${one.id}`)}>${one.shown}</ui5-link>` },
              { title: t("Sign-in name"), cell: (one) => html`<bdi>${one.name}</bdi>` },
              { title: t("Kind"), cell: (one) => kindName(one.kind) },
              { title: t("Roles"), cell: (one) => one.roles.map((role) => html`<span class="tag">${roles.find((other) => other.role === role)?.label ?? role}</span>`) },
              { title: t("Teams"), cell: (one) => one.teams.join(", ") || "–" },
              { title: t("Until"), cell: (one) => (one.until ? formatInstant(one.until) : t("no end")) },
            ],
            users.filter((one) => has(words, `${one.shown} ${one.name}`)),
          )}`,
  });
}
