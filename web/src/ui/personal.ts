// Classes of personal data, in words.
import { t } from "../i18n/text";

/** As the model names them, what is met most often first. */
export const personalClasses = ["identity", "contact", "location", "employment", "demographic", "behaviour", "preference", "free_text", "financial", "government_id", "health", "biometric", "special"] as const;

/** What kind of personal data a field holds, as the model classes it. */
export function personalName(kind: string): string {
  const words: Record<string, string> = {
    identity: t("who somebody is"), contact: t("how somebody is reached"), location: t("where somebody is"), employment: t("employment"), demographic: t("age, gender and the like"), behaviour: t("what somebody does"),
    preference: t("what somebody prefers"), free_text: t("free text"), financial: t("money and payments"),
    government_id: t("official numbers"), health: t("health"), biometric: t("biometric features"), special: t("special categories (GDPR, article 9)"),
  };
  return words[kind] ?? kind;
}
