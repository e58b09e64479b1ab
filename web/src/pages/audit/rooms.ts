// The rooms of audits.
import type { Context, Page } from "../../app/router";
import { t } from "../../i18n/text";
import { room as roomOf, type Shown } from "../../ui/area";

const rooms = () => [
  { path: "/audit", text: t("Audits") },
  { path: "/audit/plans", text: t("Plans") },
  { path: "/audit/findings", text: t("Findings") },
  { path: "/audit/controls", text: t("Controls") },
];

/** A screen of the area. */
export const room = <T>(context: Context, shown: Shown<T>): Page => roomOf({ name: () => t("Audit"), rooms }, context, shown);
