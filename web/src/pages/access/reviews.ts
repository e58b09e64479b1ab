// Access reviews: who holds what, when it was last used; confirmed or revoked by somebody else, until a day.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Link.js";
import "@ui5/webcomponents/dist/ProgressIndicator.js";
import { get, post } from "../../api/http";
import { go, href, type Context, type Page } from "../../app/router";
import { mayDo } from "../../app/session";
import { between, formatAge, formatDay, formatDigits, formatNumber } from "../../i18n/format";
import { t } from "../../i18n/text";
import { dayPicker } from "../../ui/day_picker";
import { ask } from "../../ui/dialog";
import { withProof } from "../../ui/proof";
import { empty, nextStep } from "../../ui/states";
import { table } from "../../ui/table";
import { room } from "./rooms";
import type { RoleName } from "./users";

interface Review {
  review: number;
  from: string;
  due: string;
  closed: string | null;
  overdue: boolean;
  by: string;
  why: string | null;
  open: number;
  confirmed: number;
  revoked: number;
  gone: number;
}

interface Item {
  item: number;
  user: string;
  name: string;
  role: string;
  since: string;
  used: string | null;
  apart: string[];
  state: "open" | "confirmed" | "revoked" | "gone";
  decided_by: string | null;
}

function stateTag(review: Review): TemplateResult {
  if (review.closed) return html`<span class="tag tag-good">${t("done")}</span>`;
  return review.overdue ? html`<span class="tag tag-bad">${t("overdue")}</span>` : html`<span class="tag">${t("open")}</span>`;
}

async function start(): Promise<void> {
  const month = new Date(Date.now() + 30 * 86400000).toISOString().slice(0, 10);
  let due = month;
  const begun = await ask<Review>({
    title: t("Start an access review"),
    does: t("Begin"),
    view: () => html`<p>${t("Every role that somebody holds is put before a reviewer. What is not confirmed by the day is a finding.")}</p>
      <div class="field">
        <ui5-label for="review-due" show-colon required>${t("To be done by")}</ui5-label>
        ${dayPicker({ id: "review-due", value: due, changed: (day) => (due = day) })}
      </div>`,
    act: () => withProof(() => post<Review>("/access-reviews", { due: `${due}T23:59:59Z` })),
  });
  if (begun) go(`/access/reviews/${begun.review}`);
}

export function openReviews(context: Context): Page {
  const button = (): TemplateResult | typeof nothing => (mayDo("users") ? html`<ui5-button design="Emphasized" @click=${() => void start()}>${t("Start a review")}</ui5-button>` : nothing);
  return room<{ reviews: Review[] }>(context, {
    title: () => t("Access reviews"),
    load: () => get("/access-reviews", undefined, context.signal),
    actions: () => html`${button()}`,
    view: ({ reviews }) =>
      reviews.length === 0
        ? empty(t("No review yet"), t("Rights that nobody uses any more are found by looking at all of them, once or twice a year."), mayDo("users") ? nextStep(t("Start a review"), () => void start()) : undefined)
        : table(
            t("Access reviews"),
            [
              { title: t("Review"), main: true, cell: (one) => html`<ui5-link href=${href(`/access/reviews/${one.review}`)}>${t("Review {number}", { number: one.review })}</ui5-link>` },
              { title: t("State"), cell: stateTag },
              { title: t("To be done by"), cell: (one) => formatDay(one.due) },
              { title: t("Open"), number: true, cell: (one) => formatNumber(one.open) },
              { title: t("Confirmed"), number: true, cell: (one) => formatNumber(one.confirmed) },
              { title: t("Revoked"), number: true, cell: (one) => formatNumber(one.revoked) },
            ],
            reviews,
          ),
  });
}

export function openReview(context: Context): Page {
  const number = context.parts.review ?? "";
  const states: Record<Item["state"], string> = { open: t("open"), confirmed: t("confirmed"), revoked: t("revoked"), gone: t("gone meanwhile") };
  return room<Review & { items: Item[]; roles: RoleName[] }>(context, {
    title: () => t("Review {number}", { number: formatDigits(number) }),
    load: async () => {
      const [review, { roles }] = await Promise.all([
        get<Review & { items: Item[] }>(`/access-reviews/${encodeURIComponent(number)}`, undefined, context.signal),
        get<{ roles: RoleName[] }>("/roles", undefined, context.signal),
      ]);
      return { ...review, roles };
    },
    view: (review, again) => {
      const called = (role: string): string => review.roles.find((one) => one.role === role)?.label ?? role; // one that is no more stands as it was named
      const decide = async (item: Item, how: "confirm" | "revoke"): Promise<void> => {
        await withProof(() => post(`/access-reviews/${review.review}/items/${item.item}/${how}`, {}));
        again();
      };
      const done = review.items.length ? Math.round(((review.items.length - review.open) / review.items.length) * 100) : 100;
      return html`<section class="card stack">
          <p>${stateTag(review)} ${t("To be done by {day}; begun by {name}.", { day: formatDay(review.due), name: review.by })}</p>
          <ui5-progress-indicator value=${done} accessible-name=${t("Decided")}></ui5-progress-indicator>
        </section>
        ${table(
          t("What is held"),
          [
            { title: t("User"), main: true, cell: (one) => html`<ui5-link href=${href(`/access/users/${one.user}`)}>${one.name}</ui5-link>` },
            { title: t("Role"), cell: (one) => called(one.role) },
            { title: t("Held since"), cell: (one) => formatDay(one.since) },
            { title: t("Last used"), cell: (one) => (one.used ? formatAge(one.used) : html`<span class="tag tag-warn">${t("never")}</span>`) },
            { title: t("Conflict of duty"), cell: (one) => (one.apart.length ? html`<span class="tag tag-bad">${one.apart.map(called).join(", ")}</span>` : "–") },
            { title: t("State"), cell: (one) => html`${states[one.state]}${one.decided_by ? html`${between()}${one.decided_by}` : nothing}` },
            {
              title: "",
              cell: (one) =>
                one.state === "open"
                  ? html`<div class="actions">
                      <ui5-button @click=${() => void decide(one, "confirm")}>${t("Confirm")}</ui5-button>
                      <ui5-button design="Negative" @click=${() => void decide(one, "revoke")}>${t("Revoke")}</ui5-button>
                    </div>`
                  : nothing,
            },
          ],
          review.items,
        )}`;
    },
  });
}
