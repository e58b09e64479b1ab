// The frame of all screens about access: its rooms, as far as they lead somewhere for whom they are shown.
import { html, type TemplateResult } from "lit-html";
import type { Context, Page } from "../../app/router";
import { mayDo } from "../../app/session";
import { t } from "../../i18n/text";
import { problemStrip } from "../../ui/problem";
import { loading } from "../../ui/states";
import { tabs, type Room } from "../../ui/tabs";

function rooms(): Room[] {
  const all: Room[] = [{ path: "/access", text: t("You") }];
  if (mayDo("users")) all.push({ path: "/access/users", text: t("Users") });
  if (mayDo("users") || mayDo("roles")) {
    all.push({ path: "/access/roles", text: t("Roles") }, { path: "/access/matrix", text: t("Who may what") }, { path: "/access/who-can", text: t("Who can see this") });
    all.push({ path: "/access/reviews", text: t("Reviews") });
  }
  if (mayDo("ledger")) all.push({ path: "/access/log", text: t("Log") }, { path: "/access/ledger", text: t("Ledger") });
  return all;
}

export interface Shown<T> {
  title: () => string;
  load: () => Promise<T>;
  view: (data: T, again: () => void) => TemplateResult;
  actions?: (again: () => void) => TemplateResult;
}

/** A screen of the area that shows what it loads; `again` loads it anew. */
export function room<T>(context: Context, shown: Shown<T>): Page {
  let data: T | undefined, failure: unknown;
  const again = (): void => {
    failure = undefined;
    shown
      .load()
      .then((got) => (data = got))
      .catch((error: unknown) => {
        if (!context.signal.aborted) failure = error;
      })
      .finally(context.update);
  };
  again();
  return {
    title: shown.title,
    view: () => html`<div class="page">
      <div class="page-head">
        <h1>${shown.title()}</h1>
        ${shown.actions ? html`<div class="actions">${shown.actions(again)}</div>` : ""}
      </div>
      ${tabs(t("Access"), rooms())} ${problemStrip(failure, again)} ${data !== undefined ? shown.view(data, again) : failure === undefined ? loading() : ""}
    </div>`,
  };
}
