// What needs me today: what is due, long not looked at, found by audits, doubled, and what is done for me in the background.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents-icons/dist/accept.js";
import "@ui5/webcomponents-icons/dist/future.js";
import { ask } from "../../api/http";
import type { RecordJson, Value } from "../../api/types";
import { href } from "../../app/router";
import { entityNamed, whoAmI } from "../../app/session";
import { formatAge, formatDay } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { toast } from "../../ui/toast";
import { gradeTag } from "../audit/words";
import { jobKind, jobState } from "../audit/words";
import { listOf, type DueRecord, type Home, type HomeFinding, type HomeList } from "./data";

const dayLength = 86_400_000;

function moreThan(count: number, capped: boolean): string {
  return capped ? t("more than {count}", { count }) : tn("{count}", "{count}", count);
}

/** Sets one field and says so; the way back sets what was there before. */
async function setField(list: HomeList, record: DueRecord, field: string, value: Value, said: string, then: () => void): Promise<void> {
  const entity = entityNamed(list.entity);
  if (!entity) return;
  const path = `/${entity.path}/${record.id}`;
  const before = await ask<RecordJson>(path);
  const changed = await ask<unknown>(path, { method: "PATCH", body: { fields: { [field]: value } }, headers: { "If-Match": before.etag ?? "" } });
  const back = async (): Promise<void> => {
    await ask(path, { method: "PATCH", body: { fields: { [field]: before.data.fields[field] ?? null } }, headers: { "If-Match": changed.etag ?? "" } });
    then();
  };
  toast(said, changed.etag ? () => void back() : undefined);
  then();
}

function later(list: HomeList, record: DueRecord, today: string): string {
  const field = entityNamed(list.entity)?.fields.find((one) => one.name === list.due);
  const from = Math.max(Date.parse(record.at), Date.parse(`${today}T${record.at.slice(11) || "00:00:00Z"}`));
  const moved = new Date(from + dayLength).toISOString();
  return field?.type === "date" ? moved.slice(0, 10) : moved;
}

export interface TodayActs {
  /** Does something that may fail; shows the problem, and loads what needs somebody again. */
  doing(work: () => Promise<void>): void;
  again(): void;
}

function dueRow(list: HomeList, record: DueRecord, home: Home, acts: TodayActs): TemplateResult {
  const entity = entityNamed(list.entity), day = record.at.slice(0, 10), title = record.title ?? t("Without a name");
  const writable = entity?.fields.some((field) => field.name === list.due && field.may === "write") ?? false;
  const done = list.done;
  const late = day < home.day;
  return html`<li class="due">
    <a class="due-title" href=${href(`/${entity?.path ?? list.entity}/${record.id}`)}><bdi>${title}</bdi></a>
    <span class=${late ? "due-day due-late" : "due-day muted"}>${late ? t("overdue since {day}", { day: formatDay(day) }) : t("today")}</span>
    ${writable && list.due
      ? html`<span class="due-acts">
          ${done
            ? html`<ui5-button design="Transparent" icon="accept" accessible-name=${t("Done: {what}", { what: title })} @click=${() =>
                acts.doing(() => setField(list, record, done.field, done.value, t("“{what}” is done.", { what: title }), acts.again))}>${t("Done")}</ui5-button>`
            : nothing}
          <ui5-button design="Transparent" icon="future" accessible-name=${t("Postpone to the next day: {what}", { what: title })} @click=${() =>
            acts.doing(() => setField(list, record, list.due ?? "", later(list, record, home.day), t("“{what}” is due a day later.", { what: title }), acts.again))}>${t("Tomorrow")}</ui5-button>
        </span>`
      : nothing}
  </li>`;
}

const overdueTag = (count: number): TemplateResult | typeof nothing => (count > 0 ? html`<span class="tag tag-bad">${tn("{count} overdue", "{count} overdue", count)}</span>` : nothing);

/** A line that leads to what is due; what is done there is more than a tick. */
function plainDue(address: string, title: string, day: string, today: string, more: unknown = nothing): TemplateResult {
  const says = day < today ? t("overdue since {day}", { day: formatDay(day) }) : day === today ? t("today") : t("on {day}", { day: formatDay(day) });
  return html`<li class="due">
    <a class="due-title" href=${address}><bdi>${title}</bdi></a> ${more}
    <span class=${day < today ? "due-day due-late" : "due-day muted"}>${says}</span>
  </li>`;
}

function plansDue(home: Home): TemplateResult | typeof nothing {
  const mine = home.plans;
  if (!mine || mine.count === 0) return nothing;
  return html`<section class="home-list">
    <h3><a href=${href("/audit/plans")}>${t("Planned audits")}</a> <span class="count">${moreThan(mine.count, false)}</span> ${overdueTag(mine.overdue)}</h3>
    <ul class="plain">${mine.first.map((one) => plainDue(href(`/audit/plans/${one.plan}`), one.name, one.due, home.day))}</ul>
    ${mine.count > mine.first.length ? html`<a class="more" href=${href("/audit/plans")}>${t("Show all")}</a>` : nothing}
  </section>`;
}

function findingsDue(home: Home): TemplateResult | typeof nothing {
  const mine = home.findings;
  if (!mine || mine.due === 0) return nothing;
  const first = mine.first.filter((one): one is HomeFinding & { due: string } => one.due !== null && one.due <= home.day);
  const all = href("/audit/findings", { owner: whoAmI()?.name, due_until: home.day });
  return html`<section class="home-list">
    <h3><a href=${all}>${t("Findings to be mended")}</a> <span class="count">${moreThan(mine.due, false)}</span> ${overdueTag(mine.overdue)}</h3>
    <ul class="plain">${first.map((one) => plainDue(href(`/audit/findings/${one.finding}`), one.title ?? one.control, one.due, home.day, gradeTag(one.grade)))}</ul>
    ${mine.due > first.length ? html`<a class="more" href=${all}>${t("Show all")}</a>` : nothing}
  </section>`;
}

export function dueCard(home: Home, acts: TodayActs): TemplateResult {
  const lists = home.due.filter((list) => list.count > 0);
  if (lists.length === 0 && !home.plans?.count && !home.findings?.due)
    return html`<p class="home-calm">${home.staff ? t("Nothing is due today. What falls due is shown here with its day.") : t("You are no member of the staff: no records are yours, so nothing of yours falls due.")}</p>`;
  return html`${lists.map(
    (list) => html`<section class="home-list">
      <h3><a href=${listOf(list.address)}>${list.label}</a> <span class="count">${moreThan(list.count, list.capped)}</span>
        ${overdueTag(list.overdue ?? 0)}</h3>
      <ul class="plain">
        ${list.first.map((record) => dueRow(list, record, home, acts))}
      </ul>
      ${list.count > list.first.length ? html`<a class="more" href=${listOf(list.address)}>${t("Show all")}</a>` : nothing}
    </section>`,
  )}
  ${plansDue(home)} ${findingsDue(home)}`;
}

export function staleCard(home: Home): TemplateResult {
  const late = home.stale.filter((list) => list.count > 0);
  if (late.length === 0) return html`<p class="home-calm">${t("All records were looked at in time.")}</p>`;
  return html`${late.map(
    (list) => html`<section class="home-list">
      <h3><a href=${listOf(list.address)}>${list.label}</a> <span class="count">${moreThan(list.count, list.capped)}</span></h3>
      <p class="muted">${tn("Not looked at for more than {count} day", "Not looked at for more than {count} days", list.review_days ?? 0)}</p>
      <ul class="plain">
        ${list.first.slice(0, 3).map(
          (record) => html`<li class="due">
            <a class="due-title" href=${href(`/${entityNamed(list.entity)?.path ?? list.entity}/${record.id}`)}><bdi>${record.title ?? t("Without a name")}</bdi></a>
            <span class="due-day muted">${formatAge(record.at)}</span>
          </li>`,
        )}
      </ul>
    </section>`,
  )}`;
}

export function findingsCard(home: Home): TemplateResult | typeof nothing {
  const mine = home.findings;
  if (!mine) return nothing;
  if (mine.count === 0) return html`<p class="home-calm">${t("No finding waits for you.")}</p>`;
  return html`<ul class="plain">
      ${mine.first.map(
        (one) => html`<li class="due">
          <a class="due-title" href=${href(`/audit/findings/${one.finding}`)}><bdi>${one.title ?? one.control}</bdi></a>
          ${gradeTag(one.grade)}
          <span class="due-day ${one.due && one.due < home.day ? "due-late" : "muted"}">${one.due ? t("until {day}", { day: formatDay(one.due) }) : tn("{count} record", "{count} records", one.failing)}</span>
        </li>`,
      )}
    </ul>
    <a class="more" href=${href("/audit/findings", { owner: whoAmI()?.name })}>${t("All my findings")}</a>`;
}

export function duplicatesCard(home: Home): TemplateResult {
  return html`<ul class="plain">
    ${home.duplicates.map(
      (one) => html`<li class="due">
        <a class="due-title" href=${href("/duplicates", { entity: entityNamed(one.entity)?.path })}>${one.label}</a>
        <span class="due-day muted">${one.capped ? t("more than {count} pairs", { count: one.count }) : tn("{count} pair", "{count} pairs", one.count)}</span>
      </li>`,
    )}
  </ul>`;
}

export function jobsCard(home: Home): TemplateResult {
  return html`<ul class="plain">
    ${home.jobs.first.map(
      (job) => html`<li class="due">
        <span class="due-title">${jobKind(job.kind)}</span>
        <span class=${job.state === "failed" ? "tag tag-bad" : "tag"}>${jobState(job.state)}</span>
        <span class="due-day muted">${formatAge(job.at)}</span>
      </li>`,
    )}
  </ul>`;
}
