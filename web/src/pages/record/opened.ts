// A record as it is opened: whoever must say why first is asked.
import { html } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import { Failure, get, statePurpose } from "../../api/http";
import type { Entity, RecordJson } from "../../api/types";
import type { Context, Page } from "../../app/router";
import { entityNamed } from "../../app/session";
import { t } from "../../i18n/text";
import { isLink } from "../../ui/value";

/** Whether the server wants to be told what personal data is read for. */
export const wantsPurpose = (error: unknown): boolean => error instanceof Failure && error.status === 400 && (error.problem.hint ?? "").includes("Probity-Purpose");

/** Why personal data is read, asked before it is shown; it goes with all that is read until the window is closed. */
export function purposePage(context: Context, then: () => void): Page {
  let said = "";
  const go = (): void => {
    if (said.trim() === "") return;
    statePurpose(said.trim());
    then();
  };
  return {
    title: () => t("What for?"),
    view: () => html`<div class="page">
      <section class="card purpose">
        <h1>${t("What do you need this for?")}</h1>
        <p>${t("Personal data is shown here to who says what for. What you say stands in the log beside what you looked at.")}</p>
        <div class="field">
          <ui5-label for="purpose" required show-colon>${t("Purpose")}</ui5-label>
          <ui5-input
            id="purpose"
            required
            maxlength="200"
            placeholder=${t("For example: answering case C-1001")}
            @input=${(event: Event) => ((said = (event.target as Input).value), context.update())}
            @keydown=${(event: KeyboardEvent) => event.key === "Enter" && go()}
          ></ui5-input>
        </div>
        <div><ui5-button design="Emphasized" ?disabled=${said.trim() === ""} @click=${go}>${t("Go on")}</ui5-button></div>
      </section>
    </div>`,
  };
}

/** The records that links lead to, for their names; what may not be seen stays as it is. */
export async function withLinks(entity: Entity, record: RecordJson): Promise<RecordJson> {
  const linked: Record<string, RecordJson | null> = { ...record.linked };
  await Promise.all(
    entity.fields.map(async (field) => {
      const value = record.fields[field.name], target = entityNamed(field.to ?? "");
      if (!target || !isLink(value) || !value.id || linked[field.name]) return;
      linked[field.name] = await get<RecordJson>(`/${target.path}/${value.id}`).catch(() => null);
    }),
  );
  return { ...record, linked };
}

/** The record with the names of what it links to; or the page that asks for the purpose. */
export async function openedOf(context: Context, entity: Entity, id: string): Promise<{ record: RecordJson } | { page: Page }> {
  try {
    const record = await get<RecordJson>(`/${entity.path}/${id}`, { provenance: true }, context.signal);
    return { record: await withLinks(entity, record) };
  } catch (error) {
    if (!wantsPurpose(error)) throw error;
    return { page: purposePage(context, () => dispatchEvent(new HashChangeEvent("hashchange"))) };
  }
}
