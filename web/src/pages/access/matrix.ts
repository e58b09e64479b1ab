// Who may what, for everybody at once, today or on any day before.
import { html, nothing } from "lit-html";
import "@ui5/webcomponents/dist/Link.js";
import { get } from "../../api/http";
import { href, type Context, type Page } from "../../app/router";
import { entityNamed } from "../../app/session";
import { formatInstant, formatNumber } from "../../i18n/format";
import { t } from "../../i18n/text";
import { room } from "./rooms";
import { operationWord } from "./words";
import { kindName, type User } from "./users";

interface Row {
  user: string;
  shown: string;
  kind: User["kind"];
  roles: string[];
  may: { entity: string | null; operations: string[] }[];
}

const strong = ["create", "change", "delete", "merge", "import", "export"];

export function openMatrix(context: Context): Page {
  return room<{ at: string; users: Row[] }>(context, {
    title: () => t("Who may what"),
    load: () => get("/access-matrix", undefined, context.signal),
    view: ({ at, users }) => {
      const names = [...new Set(users.flatMap((row) => row.may.map((one) => one.entity)))];
      return html`<p class="muted">${t("As of {time}. Whether a record is among those somebody may see depends on the record.", { time: formatInstant(at) })}</p>
        <div class="table-place matrix" role="group" aria-label=${t("Who may what")} tabindex="0">
          <table class="table">
            <caption class="visually-hidden">${t("Who may what")}</caption>
            <thead>
              <tr>
                <th scope="col">${t("User")}</th>
                ${names.map((name) => html`<th scope="col">${name === null ? t("the workspace") : (entityNamed(name)?.plural ?? name)}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${users.map(
                (row) => html`<tr>
                  <th scope="row"><ui5-link href=${href(`/access/users/${row.user}`)}>${row.shown}</ui5-link> <span class="muted">${kindName(row.kind)}</span></th>
                  ${names.map((name) => {
                    const operations = row.may.find((one) => one.entity === name)?.operations ?? [];
                    const title = name === null ? t("the workspace") : (entityNamed(name)?.plural ?? name);
                    return html`<td data-title=${title} title=${operations.map(operationWord).join(", ") || nothing}>
                      ${operations.length ? html`<span class="tag ${operations.some((one) => strong.includes(one)) ? "tag-good" : ""}">${formatNumber(operations.length)}</span>` : html`<span class="muted">–</span>`}
                    </td>`;
                  })}
                </tr>`,
              )}
            </tbody>
          </table>
        </div>`;
    },
  });
}
