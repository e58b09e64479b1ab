// One customer's whole story on a page: who it is, what is known and since when, what happened, what belongs to it.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Icon.js";
import "@ui5/webcomponents/dist/Link.js";
import "@ui5/webcomponents/dist/MessageStrip.js";
import "@ui5/webcomponents-icons/dist/delete.js";
import "@ui5/webcomponents-icons/dist/edit.js";
import "@ui5/webcomponents-icons/dist/process.js";
import "@ui5/webcomponents-icons/dist/undo.js";
import "../../styles/form.css";
import "../../styles/record.css";
import { Failure, get, post } from "../../api/http";
import type { Entity, RecordJson } from "../../api/types";
import { iconOf } from "../../app/icons";
import { go, href, type Context, type Page } from "../../app/router";
import { entityNamed, entityOf, mayDo, mayDoTo } from "../../app/session";
import { between, formatAge, formatInstant, formatPercent } from "../../i18n/format";
import { t, tn } from "../../i18n/text";
import { ask, confirmed } from "../../ui/dialog";
import { isStale, staleText } from "../../ui/fresh";
import { toast } from "../../ui/toast";
import { isEmpty, isLink, recordTitle, valueView } from "../../ui/value";
import { remove, restore } from "./change";
import { becameOf, convert, isConverted, mayConvert, unconvert } from "./convert";
import { openDetails, type Opened } from "./details";
import { draftOf, dropDraft } from "./draft";
import { openedOf, withLinks } from "./opened";
import { openRelated } from "./related";
import { openStory } from "./story";

interface Pair {
  left: RecordJson;
  right: RecordJson;
  sure: number | null;
}

interface Unmerged {
  record: RecordJson;
  restored: number;
  kept: { entity: string; id: string; field: string | null; says: string }[];
}

type Section = "details" | "story" | "related";

const say = (error: unknown): void => toast(error instanceof Failure ? error.problem.title : String(error));

export async function openRecord(context: Context): Promise<Page> {
  const { path = "", id = "" } = context.parts;
  const entity = entityOf(path);
  if (!entity) return (await import("../missing")).openMissing();
  return recordPage(context, entity, await openedOf(context, entity, id));
}

function recordPage(context: Context, entity: Entity, first: RecordJson): Page {
  let record: Opened = first;
  let pairs: Pair[] = [];
  let section: Section = context.query.get("part") === "story" ? "story" : "details";
  const address = `/${entity.path}/${first.id}`;
  const story = openStory(context, entity, first.id);
  const related = openRelated(context, entity, first.id);
  const details = openDetails(context, entity, () => record, reload);

  async function reload(): Promise<void> {
    record = await withLinks(entity, await get<Opened>(address, { provenance: true }));
    story.reload();
    void loadPairs();
    context.update();
  }

  async function loadPairs(): Promise<void> {
    if (!mayDoTo(entity, "list") || !mayDoTo(entity, "merge")) return; // pairs are told to who may merge them
    const page = await get<{ pairs: Pair[] }>(`${address}/duplicates`, undefined, context.signal).catch(() => undefined);
    pairs = page?.pairs ?? [];
    context.update();
  }

  async function bringBack(): Promise<void> {
    try {
      await restore(entity, record.id);
      await reload();
      toast(t("It is back."));
    } catch (error) {
      say(error);
    }
  }

  async function takeAway(): Promise<void> {
    try {
      await remove(entity, record);
      await reload();
      toast(t("{name} is deleted.", { name: recordTitle(entity, record) }), () => void bringBack());
    } catch (error) {
      if (error instanceof Failure && error.status === 412) await reload();
      say(error);
    }
  }

  async function unmerge(): Promise<void> {
    try {
      const plan = await post<Unmerged>(`${address}/unmerge`, { dry_run: true });
      const done = await ask<Unmerged>({
        title: t("Take the last merge apart"),
        does: t("Take it apart"),
        act: () => post<Unmerged>(`${address}/unmerge`, { dry_run: false }),
        view: () => html`<p>${tn("{count} record comes back as it was.", "{count} records come back as they were.", plan.restored)}</p>
          ${plan.kept.length
            ? html`<p>${t("What was worked on since stays:")}</p>
                <ul>
                  ${plan.kept.map((one) => html`<li>${one.says}</li>`)}
                </ul>`
            : nothing}`,
      });
      if (!done) return;
      await reload();
      related.reload();
      toast(t("The merge is taken apart."));
    } catch (error) {
      say(error);
    }
  }

  /** Converts it or takes that back: `does` asks and does it, `said` is said then. */
  async function converting(does: (entity: Entity, record: RecordJson) => Promise<boolean>, said: string): Promise<void> {
    try {
      if (!(await does(entity, record))) return;
      await reload();
      related.reload();
      toast(said);
    } catch (error) {
      say(error);
    }
  }

  function became(): TemplateResult | typeof nothing {
    const live = !record.deleted && !record.merged_into;
    const those = live && isConverted(entity, record) ? becameOf(entity, record) : [];
    if (those.length === 0) return nothing;
    return html`<ui5-message-strip class="record-became" design="Positive" hide-close-button>
      ${t("It was converted into:")} ${those.map((one) => html`<a href=${href(`/${one.entity.path}/${one.record.id}`)}>${one.entity.label} <bdi>${recordTitle(one.entity, one.record)}</bdi></a> `)}
    </ui5-message-strip>`;
  }

  function banner(): TemplateResult | typeof nothing {
    if (record.merged_into)
      return html`<ui5-message-strip design="Information" hide-close-button>
        ${t("This record was merged into another one.")} <a href=${href(`/${entity.path}/${record.merged_into}`)}>${t("Go there")}</a>
      </ui5-message-strip>`;
    if (record.deleted)
      return html`<ui5-message-strip design="Critical" hide-close-button>
        ${t("This record was deleted {when}. It can be brought back.", { when: formatAge(record.changed_at) })}
        ${mayDoTo(entity, "restore") ? html`<button type="button" class="chip record-restore" @click=${bringBack}>${t("Bring it back")}</button>` : nothing}
      </ui5-message-strip>`;
    return nothing;
  }

  function duplicates(): TemplateResult | typeof nothing {
    if (pairs.length === 0 || record.deleted || record.merged_into) return nothing;
    return html`<ui5-message-strip class="record-duplicates" design="Critical" hide-close-button>
      ${pairs.slice(0, 3).map((pair) => {
        const other = pair.left.id === record.id ? pair.right : pair.left;
        return html`<div>
          ${t("Probably kept twice: {name} ({sure} sure).", { name: recordTitle(entity, other), sure: pair.sure === null ? "?" : formatPercent(Math.min(pair.sure, 0.999), 1) })}
          <a href=${href(`/duplicates/${entity.path}/${record.id}/${other.id}`)}>${t("Compare")}</a>
        </div>`;
      })}
    </ui5-message-strip>`;
  }

  function draftStrip(): TemplateResult | typeof nothing {
    const draft = details.unsaved() ? undefined : draftOf(entity.path, record.id);
    if (!draft || record.deleted) return nothing;
    return html`<ui5-message-strip design="Information" hide-close-button>
      ${t("You changed something here {when} and did not save it.", { when: formatAge(draft.at) })} <a href=${href(`${address}/edit`)}>${t("Go on")}</a>
      <ui5-link accessible-role="Button" @click=${() => (dropDraft(entity.path, record.id), context.update())}>${t("Throw it away")}</ui5-link>
    </ui5-message-strip>`;
  }

  /** What is asked for first about a record, without scrolling. */
  function keyFacts(): TemplateResult {
    const wanted = ["job_title", "account", "stage", "status", "amount", "life_cycle", "industry", "email", "phone", "city", "country", "due_on", "closed_on"];
    const fields = wanted.flatMap((name) => entity.fields.find((field) => field.name === name && !entity.title.includes(name)) ?? []).filter((field) => !isEmpty(record.fields[field.name]));
    return html`<dl class="record-facts">
      ${fields.slice(0, 6).map((field) => html`<div><dt>${field.label}</dt><dd>${valueView(field, record.fields[field.name], record)}</dd></div>`)}
    </dl>`;
  }

  function owner(): TemplateResult | typeof nothing {
    const staff = entityNamed("staff"), value = record.fields.owner, who = record.linked?.owner;
    if (!isLink(value) || !value.id || !staff) return nothing;
    const name = who ? recordTitle(staff, who) : (value.reference ?? "");
    const letters = [...name.split(/\s+/).map((word) => [...word][0] ?? "").join("")].slice(0, 2).join("");
    return html`<a class="record-owner" href=${href(`/${staff.path}/${value.id}`)} title=${t("Owner")}><span class="record-owner-mark" aria-hidden="true">${letters}</span><span><span class="muted">${t("Owner")}</span><bdi>${name}</bdi></span></a>`;
  }

  function actions(): TemplateResult {
    const live = !record.deleted && !record.merged_into;
    const activity = entityNamed("activity");
    const link = activity?.fields.find((field) => field.to === entity.name);
    return html`<div class="actions record-actions">
      ${live && mayDoTo(entity, "change") ? html`<ui5-button class="record-edit" design="Emphasized" icon="edit" @click=${() => go(`${address}/edit`)}>${t("Change")}</ui5-button>` : nothing}
      ${live && mayConvert(entity) && !isConverted(entity, record) ? html`<ui5-button class="record-convert" icon="process" @click=${() => converting(convert, t("{name} is converted.", { name: recordTitle(entity, record) }))}>${t("Convert")}</ui5-button>` : nothing}
      ${live && activity && link && mayDoTo(activity, "create") ? html`<ui5-button icon="add" @click=${() => go(`/${activity.path}/new?${link.name}=${record.id}`)}>${activity.label}</ui5-button>` : nothing}
      ${live && story.merged() && mayDoTo(entity, "merge") ? html`<ui5-button class="record-unmerge" design="Transparent" icon="undo" @click=${unmerge}>${t("Unmerge")}</ui5-button>` : nothing}
      ${live && mayConvert(entity) && isConverted(entity, record) ? html`<ui5-button class="record-unconvert" design="Transparent" icon="undo" @click=${() => converting(unconvert, t("The conversion is taken back."))}>${t("Take the conversion back")}</ui5-button>` : nothing}
      ${live && (mayDo("users") || mayDo("roles"))
        ? html`<ui5-button class="record-who-can" design="Transparent" icon="locked" tooltip=${t("Who can see this?")} accessible-name=${t("Who can see this?")} @click=${() => go(href("/access/who-can", { entity: entity.name, id: record.id }).slice(1))}></ui5-button>`
        : nothing}
      ${live && mayDoTo(entity, "delete")
        ? html`<ui5-button class="record-delete" design="Transparent" icon="delete" tooltip=${t("Delete")} accessible-name=${t("Delete")} @click=${askDelete}></ui5-button>`
        : nothing}
    </div>`;
  }

  async function askDelete(): Promise<void> {
    const name = recordTitle(entity, record);
    if (await confirmed(t("Delete {name}?", { name }), t("It is no longer shown or counted, and can be brought back."), t("Delete"), true)) await takeAway();
  }

  function part(one: Section, text: string): TemplateResult {
    return html`<button type="button" class="chip" aria-pressed=${section === one} @click=${() => ((section = one), context.update())}>${text}</button>`;
  }

  void loadPairs();
  return {
    title: () => recordTitle(entity, record),
    unsaved: details.unsaved,
    view: () => html`<div class="page record" data-section=${section}>
      <nav class="crumbs" aria-label=${t("Where this is")}><a href=${href(`/${entity.path}`)}>${entity.plural}</a></nav>
      <header class="card record-head">
        <div class="record-who">
          <span class="record-mark"><ui5-icon name=${iconOf(entity.name)}></ui5-icon></span>
          <div>
            <h1 class=${record.deleted ? "record-deleted" : ""}><bdi>${recordTitle(entity, record)}</bdi></h1>
            <p class="muted">${entity.label}${between()}${t("changed {when}", { when: formatAge(record.changed_at) })}<span class="visually-hidden">${formatInstant(record.changed_at)}</span>
              ${isStale(entity, record) ? html`<span class="tag tag-warn record-stale">${staleText(entity)}</span>` : nothing}</p>
          </div>
          ${owner()} ${actions()}
        </div>
        ${keyFacts()}
      </header>
      ${banner()} ${became()} ${duplicates()} ${draftStrip()}
      <div class="record-parts" role="group" aria-label=${t("Parts of the page")}>${part("details", t("Details"))} ${part("story", t("Story"))} ${part("related", t("Related"))}</div>
      <div class="record-body">
        <div class="record-main">
          <div data-part="details">${details.view()}</div>
          <div data-part="related">${related.view()}</div>
        </div>
        <div class="record-side" data-part="story">${story.view()}</div>
      </div>
    </div>`,
  };
}
