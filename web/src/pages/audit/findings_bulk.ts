// Several findings changed at once: what would come of each is shown before anything is sent.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/CheckBox.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Option.js";
import "@ui5/webcomponents/dist/Select.js";
import type CheckBox from "@ui5/webcomponents/dist/CheckBox.js";
import type Select from "@ui5/webcomponents/dist/Select.js";
import { Failure, ask as askServer } from "../../api/http";
import { auditPeople, type Person } from "../../api/people";
import { formatDay } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { dayPicker } from "../../ui/day_picker";
import { ask } from "../../ui/dialog";
import { knownOf, nameChosen, personField, type Choice } from "../../ui/person_input";
import { toast } from "../../ui/toast";
import type { Finding } from "./data";
import { stateName, states } from "./words";

interface Wish {
  owner?: string | null;
  due?: string | null;
  state?: Finding["state"];
}

type Known = ReadonlyMap<string, Person>;

const named = (known: Known, name: string | null): string => (name === null ? t("Nobody") : (known.get(name)?.shown ?? name));

/** What would change of one, in words; nothing where it is so already. */
function changes(one: Finding, wish: Wish, known: Known): string[] {
  const said: string[] = [];
  const arrow = (from: string, to: string): string => `${from} → ${to}`;
  if (wish.owner !== undefined && wish.owner !== one.owner) said.push(arrow(named(known, one.owner), named(known, wish.owner)));
  if (wish.due !== undefined && wish.due !== one.due) said.push(arrow(one.due ? formatDay(one.due) : "–", wish.due ? formatDay(wish.due) : "–"));
  if (wish.state !== undefined && wish.state !== one.state) said.push(arrow(stateName(one.state), stateName(wish.state)));
  return said;
}

/** As the server tags it: its version, and the audit that last looked. */
const tagOf = (one: Finding): string => `"${one.version}-${one.last_audit}"`;

/** Asks what is to be said of all of them, and says it one by one: what one refuses leaves the others changed. */
export async function changeSeveral(findings: readonly Finding[]): Promise<void> {
  const known = await knownOf(findings.flatMap((one) => one.owner ?? []), auditPeople);
  const wish: Wish = {};
  let owner: Choice = { name: "" }, nobody = false;
  const give = (): void => {
    if (nobody) wish.owner = null;
    else if (owner.name) wish.owner = owner.name;
    else delete wish.owner;
  };
  const left = new Set(findings);
  const refused = new Map<Finding, string>();
  const kept = t("As it is");
  const preview = (): TemplateResult => html`<ul class="plain-list" aria-label=${t("What would change")}>
    ${[...left].map((one) => {
      const said = changes(one, wish, known);
      return html`<li><b>${one.title ?? one.control}</b>: ${said.length ? said.join("; ") : html`<span class="muted">${t("nothing")}</span>`} ${refused.has(one) ? html`<span class="tag tag-bad">${refused.get(one)}</span>` : nothing}</li>`;
    })}
  </ul>`;
  const chosen = (event: Event): string | null => (event.target as Select).selectedOption?.getAttribute("data-value") ?? null;
  const done = await ask<number>({
    title: tn("Change one finding", "Change {count} findings", findings.length),
    does: t("Change them"),
    wide: true,
    view: (update) => html`${personField({ id: "several-owner", label: t("Who mends it"), source: auditPeople, placeholder: t("As it is: type a few letters"), disabled: nobody }, owner.name, (choice, person) => {
        owner = choice;
        if (person) known.set(person.name, person);
        give();
        update();
      })}
      <div><ui5-checkbox id="several-nobody" text=${t("Nobody mends them any more")} @change=${(event: Event) => {
        nobody = (event.target as CheckBox).checked;
        give();
        update();
      }}></ui5-checkbox></div>
      <div class="field">
        <ui5-label for="several-due" show-colon>${t("Until")}</ui5-label>
        ${dayPicker({ id: "several-due", value: wish.due ?? "", changed: (day) => {
          if (day) wish.due = day;
          else delete wish.due;
          update();
        } })}
      </div>
      <div class="field">
        <ui5-label for="several-state" show-colon>${t("State")}</ui5-label>
        <ui5-select id="several-state" @change=${(event: Event) => {
          const value = chosen(event);
          if (value === "-") delete wish.state;
          else wish.state = value as Finding["state"];
          update();
        }}>
          <ui5-option data-value="-">${kept}</ui5-option>
          ${states.filter((state) => state !== "waived").map((state) => html`<ui5-option data-value=${state}>${stateName(state)}</ui5-option>`)}
        </ui5-select>
      </div>
      ${preview()}`,
    act: async () => {
      let count = 0;
      if (!nobody) nameChosen(owner);
      refused.clear();
      for (const one of [...left]) {
        if (changes(one, wish, known).length === 0) continue;
        try {
          await askServer(`/findings/${one.finding}`, { method: "PATCH", headers: { "If-Match": tagOf(one) }, body: wish });
          left.delete(one);
          count++;
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          refused.set(one, error.problem.title);
        }
      }
      if (count) toast(tn("One finding is changed.", "{count} findings are changed.", count));
      return refused.size ? undefined : count;
    },
  });
  void done;
}
