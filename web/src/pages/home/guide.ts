// For who is here for the first time: a few steps that lead somewhere, ticked as they are done, put away when they are no longer needed.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Icon.js";
import "@ui5/webcomponents/dist/Link.js";
import "@ui5/webcomponents-icons/dist/decline.js";
import "@ui5/webcomponents-icons/dist/accept.js";
import { get } from "../../api/http";
import { href } from "../../app/router";
import { entities, mayDo, mayDoTo, whoAmI } from "../../app/session";
import { t } from "../../i18n/text";
import type { RecordPage } from "../../api/types";

interface Step {
  id: string;
  text: string;
  says: string;
  href: string | undefined;
  done: boolean;
}

const key = (what: string): string => `guide:${whoAmI()?.user ?? ""}:${what}`;
const noted = (what: string): boolean => localStorage.getItem(key(what)) !== null;

export const guideIsAway = (): boolean => noted("away");
export const putGuideAway = (): void => localStorage.setItem(key("away"), "yes");
/** Something was tried that leaves no trace on the server. */
export const noteTried = (what: string): void => localStorage.setItem(key(what), "yes");

async function some(path: string, name: string, least: number, signal: AbortSignal): Promise<boolean> {
  try {
    const told = await get<Record<string, unknown>>(path, undefined, signal);
    const list = told[name];
    return Array.isArray(list) && list.length >= least;
  } catch {
    return false; // not to be seen: then it is not ticked, either
  }
}

async function hasRecords(signal: AbortSignal): Promise<boolean> {
  const first = entities().find((one) => ["account", "contact"].includes(one.name) && mayDoTo(one, "list"));
  if (!first) return false;
  try {
    return (await get<RecordPage>(`/${first.path}`, { limit: 1 }, signal)).records.length > 0;
  } catch {
    return false;
  }
}

async function backedUp(signal: AbortSignal): Promise<boolean> {
  try {
    const told = await get<{ plan: { declared: boolean }; places: unknown[] }>("/backups", { limit: 1 }, signal);
    return told.plan.declared || told.places.length > 0;
  } catch {
    return false;
  }
}

/** The steps that this person may make. */
export async function guideSteps(signal: AbortSignal): Promise<Step[]> {
  const steps: Promise<Step>[] = [];
  const add = (id: string, text: string, says: string, where: string | undefined, done: boolean | Promise<boolean>): void => {
    steps.push(Promise.resolve(done).then((is) => ({ id, text, says, href: where, done: is })));
  };
  const list = entities().find((one) => ["contact", "account"].includes(one.name) && mayDoTo(one, "list"));
  if (entities().some((one) => mayDoTo(one, "import")))
    add("import", t("Bring in your data"), t("A spreadsheet or another system's export; it is tried first and can be undone."), href("/import"), hasRecords(signal));
  else if (list) add("look", t("Look at your customers"), t("Every value tells where it comes from and how old it is."), href(`/${list.path}`), noted("look"));
  if (mayDo("users")) add("users", t("Invite colleagues"), t("Each gets a name, a role and a code for the first time."), href("/access/users"), some("/users", "users", 2, signal));
  if (mayDo("audit")) add("audit", t("See the first audit"), t("What is wrong with the data, in plain words and with evidence."), href("/audit"), some("/audits", "audits", 1, signal));
  if (mayDo("backup")) add("backup", t("Say where backups go"), t("And try once whether they come back."), href("/settings/backups"), backedUp(signal));
  add("search", t("Try Ctrl K"), t("Every record and every command, by a few letters."), undefined, noted("search"));
  return Promise.all(steps);
}

export function guideView(steps: readonly Step[], away: () => void, search: () => void): TemplateResult {
  const left = steps.filter((step) => !step.done).length;
  return html`<section class="card guide" aria-labelledby="guide-title">
    <div class="guide-head">
      <div>
        <h2 id="guide-title">${t("First steps")}</h2>
        <p class="muted">${left === 0 ? t("All done. You know your way around.") : t("{done} of {count} done", { done: steps.length - left, count: steps.length })}</p>
      </div>
      <ui5-button design="Transparent" icon="decline" accessible-name=${t("Put the first steps away")} @click=${away}></ui5-button>
    </div>
    <ol class="guide-steps">
      ${steps.map(
        (step) => html`<li ?data-done=${step.done}>
          <span class="guide-mark" aria-hidden="true">${step.done ? html`<ui5-icon name="accept"></ui5-icon>` : nothing}</span>
          <div>
            ${step.href
              ? html`<a href=${step.href} @click=${() => noteTried(step.id)}>${step.text}</a>`
              : html`<ui5-link accessible-role="Button" @click=${search}>${step.text}</ui5-link>`}
            ${step.done ? html`<span class="visually-hidden">${t("Done")}</span>` : nothing}
            <p class="muted">${step.says}</p>
          </div>
        </li>`,
      )}
    </ol>
  </section>`;
}
