// Teams: who is in one sees the records of the others where a role says so.
import { html, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import { ask as askServer, get, post } from "../../api/http";
import { members } from "../../api/people";
import { everyUser } from "../../api/users";
import { href, type Context, type Page } from "../../app/router";
import { formatInstant } from "../../i18n/format";
import { t } from "../../i18n/text";
import { ask, askTexts, confirmed } from "../../ui/dialog";
import { namesChosen, peopleField, type Choices } from "../../ui/person_input";
import { withProof } from "../../ui/proof";
import { empty, nextStep } from "../../ui/states";
import { table } from "../../ui/table";
import { room } from "./rooms";
import type { User } from "./users";

interface Team {
  id: string;
  name: string;
  from: string;
  members: string[];
}

interface Loaded {
  teams: Team[];
  users: User[];
}

async function nameIt(title: string, does: string, name: string, send: (name: string) => Promise<unknown>): Promise<boolean> {
  const named = await askTexts(title, { name: { label: t("Name"), required: true, value: name } }, does, async (texts) => withProof(() => send(texts.name.trim())));
  return named !== undefined;
}

/** Who is in it: each with a box, and more by typing; those that were changed join or leave. */
async function changeMembers(team: Team, users: readonly User[], again: () => void): Promise<void> {
  const idOf = (name: string): string => users.find((one) => one.name === name)?.id ?? encodeURIComponent(name);
  const shown = (name: string): string => users.find((one) => one.name === name)?.shown ?? name;
  const choices: Choices = { chosen: new Set(team.members), known: new Map(team.members.map((name) => [name, { name, shown: shown(name), external: false }])), next: { name: "" } };
  const done = await ask<true>({
    title: t("Who is in {team}", { team: team.name }),
    does: t("Save"),
    view: (update) => peopleField({ id: "team-members", label: t("Users"), source: members }, choices, update),
    act: async () => {
      const now = namesChosen(choices);
      for (const name of now) if (!team.members.includes(name)) await withProof(() => askServer(`/teams/${team.id}/members/${idOf(name)}`, { method: "PUT", body: {} }));
      for (const name of team.members) if (!now.includes(name)) await withProof(() => askServer(`/teams/${team.id}/members/${idOf(name)}`, { method: "DELETE" }));
      return true as const;
    },
  });
  if (done) again();
}

function actions(team: Team, users: readonly User[], again: () => void): TemplateResult {
  const rename = async (): Promise<void> => {
    if (await nameIt(t("Rename {team}", { team: team.name }), t("Rename"), team.name, (name) => askServer(`/teams/${team.id}`, { method: "PATCH", body: { name } }))) again();
  };
  const end = async (): Promise<void> => {
    if (!(await confirmed(t("End {team}?", { team: team.name }), t("Its members see no more what only the team let them see, from the next request on."), t("End"), true))) return;
    await askServer(`/teams/${team.id}`, { method: "DELETE" });
    again();
  };
  return html`<ui5-button design="Transparent" @click=${() => void changeMembers(team, users, again)}>${t("Members")}</ui5-button>
    <ui5-button design="Transparent" @click=${() => void rename()}>${t("Rename")}</ui5-button>
    <ui5-button design="Transparent" @click=${() => void end()}>${t("End")}</ui5-button>`;
}

export function openTeams(context: Context): Page {
  const add = async (again: () => void): Promise<void> => {
    if (await nameIt(t("Add a team"), t("Add"), "", (name) => post("/teams", { name }))) again();
  };
  return room<Loaded>(context, {
    title: () => t("Teams"),
    load: async () => {
      const [{ teams }, users] = await Promise.all([get<{ teams: Team[] }>("/teams", undefined, context.signal), everyUser<User>(undefined, context.signal)]);
      return { teams, users };
    },
    actions: (again) => html`<ui5-button design="Emphasized" @click=${() => void add(again)}>${t("Add a team")}</ui5-button>`,
    view: ({ teams, users }, again) => {
      const member = (name: string): TemplateResult | string => {
        const user = users.find((one) => one.name === name);
        return user ? html`<ui5-link class="team-member" href=${href(`/access/users/${user.id}`)}>${user.shown}</ui5-link> ` : name;
      };
      return teams.length === 0
        ? empty(t("No team"), t("Who is in a team sees the records of the others in it, where a role says so."), nextStep(t("Add a team"), () => void add(again)))
        : table(
            t("Teams"),
            [
              { title: t("Team"), main: true, cell: (team) => team.name },
              { title: t("Members"), cell: (team) => (team.members.length ? team.members.map(member) : "–") },
              { title: t("Since"), cell: (team) => formatInstant(team.from) },
              { title: "", cell: (team) => actions(team, users, again) },
            ],
            teams,
          );
    },
  });
}
