// Classes of personal data, in words.
import { t } from "../i18n/text";

/** As the model names them, what is met most often first. */
export const personalClasses = ["identity", "contact", "location", "employment", "demographic", "behaviour", "preference", "free_text", "financial", "government_id", "health", "biometric", "special"] as const;

/** What kind of personal data a field holds, as the model classes it. */
export function personalName(kind: string): string {
  const words: Record<string, string> = {
    identity: t("who somebody is"), contact: t("how somebody is reached"), location: t("where somebody is"), employment: t("work and employment"), demographic: t("age, gender and the like"), behaviour: t("what somebody does"),
    preference: t("what somebody prefers"), free_text: t("free text"), financial: t("money and payments"),
    government_id: t("official numbers"), health: t("health"), biometric: t("biometric features"), special: t("special categories (GDPR, article 9)"),
  };
  return words[kind] ?? kind;
}

/** What personal data may be used for, and what allows it (GDPR, articles 6 and 13), as the model names them. */
export const purposes = ["contract", "service", "marketing", "billing", "analysis", "security", "employment", "legal"] as const;
export const bases = ["consent", "contract", "legitimate_interest", "legal_obligation", "vital_interest", "public_interest", "human_resources", "public_source"] as const;

export function purposeName(purpose: string): string {
  const words: Record<string, string> = { contract: t("contract"), service: t("service"), marketing: t("marketing"), billing: t("billing"), analysis: t("analysis"), security: t("security"), employment: t("work and employment"), legal: t("legal claims and duties") };
  return words[purpose] ?? purpose;
}

export function basisName(basis: string): string {
  const words: Record<string, string> = { consent: t("consent"), contract: t("contract"), legitimate_interest: t("legitimate interest"), legal_obligation: t("legal obligation"), vital_interest: t("vital interest"), public_interest: t("public interest"), human_resources: t("human resources"), public_source: t("public source") };
  return words[basis] ?? basis;
}
