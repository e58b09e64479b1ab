// The rooms of access, as far as they lead somewhere for whom they are shown.
import type { Context, Page } from "../../app/router";
import { mayDo } from "../../app/session";
import { t } from "../../i18n/text";
import { room as roomOf, type Shown } from "../../ui/area";
import type { Room } from "../../ui/tabs";

function rooms(): Room[] {
  const all: Room[] = [{ path: "/access", text: t("You") }];
  if (mayDo("users")) all.push({ path: "/access/users", text: t("Users") }, { path: "/access/teams", text: t("Teams") });
  if (mayDo("users") || mayDo("roles")) {
    all.push({ path: "/access/roles", text: t("Roles") }, { path: "/access/matrix", text: t("Who may what") }, { path: "/access/who-can", text: t("Who can see this") });
    all.push({ path: "/access/reviews", text: t("Reviews") });
  }
  if (mayDo("ledger")) all.push({ path: "/access/log", text: t("Log") }, { path: "/access/ledger", text: t("Ledger") });
  return all;
}

/** A screen of the area. */
export const room = <T>(context: Context, shown: Shown<T>): Page => roomOf({ name: () => t("Access"), rooms }, context, shown);
