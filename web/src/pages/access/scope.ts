// What an external auditor is let see: kinds of records, and areas of the audit. What is not named is not seen.
import { several } from "../../ui/several";
import { html, type TemplateResult } from "lit-html";
import { entities, entityNamed } from "../../app/session";
import { between } from "../../i18n/format";
import { t } from "../../i18n/text";
import { areaName, areaNames } from "../audit/words";

export interface Scope {
  entities: string[];
  areas: string[];
}

export interface Chosen {
  entities: Set<string>;
  areas: Set<string>;
}

export const chosenOf = (scope?: Scope | null): Chosen => ({ entities: new Set(scope?.entities), areas: new Set(scope?.areas) });
export const scopeOf = (chosen: Chosen): Scope => ({ entities: [...chosen.entities], areas: [...chosen.areas] });

export function scopeFields(chosen: Chosen): TemplateResult {
  const take = (set: Set<string>) => (value: string, on: boolean): void => void (on ? set.add(value) : set.delete(value));
  const kinds = entities().filter((one) => !one.retired).map((one) => ({ value: one.name, text: one.plural }));
  return html`${several(t("Records that are shown"), kinds, chosen.entities, take(chosen.entities))}
    ${several(t("Areas of audits that are shown"), areaNames.map((one) => ({ value: one, text: areaName(one) })), chosen.areas, take(chosen.areas))}`;
}

export function scopeWords(scope: Scope): string {
  const names = [...scope.entities.map((name) => entityNamed(name)?.plural ?? name), ...scope.areas.map(areaName)];
  return names.join(between()) || t("nothing");
}
