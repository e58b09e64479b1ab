// The rooms of settings, as far as they lead somewhere for whom they are shown.
import type { Context, Page } from "../../app/router";
import { mayDo } from "../../app/session";
import { t } from "../../i18n/text";
import { room as roomOf, type Shown } from "../../ui/area";
import type { Room } from "../../ui/tabs";

function rooms(): Room[] {
  const all: Room[] = [{ path: "/settings", text: t("General") }];
  if (mayDo("model")) all.push({ path: "/settings/entities", text: t("Entities and fields") });
  if (mayDo("backup") || mayDo("audit")) all.push({ path: "/settings/backups", text: t("Backups and drills") });
  if (mayDo("audit")) all.push({ path: "/settings/controls", text: t("Controls and limits") });
  if (mayDo("settings")) all.push({ path: "/settings/mail", text: t("Mail") });
  all.push({ path: "/settings/connections", text: t("Connections") });
  if (mayDo("jobs")) all.push({ path: "/settings/jobs", text: t("Jobs") });
  return all;
}

/** A screen of the area. */
export const room = <T>(context: Context, shown: Shown<T>): Page => roomOf({ name: () => t("Settings"), rooms }, context, shown);
