// What links to a record: of each kind how many, the first few, and a way to add one.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/Icon.js";
import { get } from "../../api/http";
import type { Entity, Field, RecordJson, RecordPage } from "../../api/types";
import { iconOf } from "../../app/icons";
import { href, type Context } from "../../app/router";
import { entities, mayDoTo } from "../../app/session";
import { formatNumber } from "../../i18n/format";
import { t } from "../../i18n/text";
import { loading } from "../../ui/states";
import { isEmpty, recordTitle, valueText } from "../../ui/value";

interface List {
  entity: Entity;
  link: Field;
  records: RecordJson[];
  total: number;
  capped: boolean;
}

const FIRST = 4;

/** The newest first, by the day that says when it was. */
function orderOf(entity: Entity): string | undefined {
  const day = entity.fields.find((field) => /^(started_on|opened_on|ordered_on|due_on)$/.test(field.name));
  return day ? `-${day.name}` : undefined;
}

function factOf(list: List, record: RecordJson): string {
  for (const name of ["stage", "status", "kind", "job_title", "amount", "email"]) {
    const field = list.entity.fields.find((one) => one.name === name);
    if (field && !list.entity.title.includes(name) && !isEmpty(record.fields[name])) return valueText(field, record.fields[name], record);
  }
  return "";
}

export function openRelated(context: Context, entity: Entity, id: string): { view(): TemplateResult; reload(): void } {
  let lists: List[] | undefined;

  async function load(): Promise<void> {
    const links = entities() // nothing is asked for by a link that is masked
      .filter((one) => !one.retired && mayDoTo(one, "list"))
      .flatMap((one) => one.fields.filter((field) => field.to === entity.name && !field.retired && field.may !== "masked").map((link) => ({ entity: one, link })));
    const read = await Promise.all(
      links.map(async ({ entity: other, link }): Promise<List[]> => {
        const sort = orderOf(other);
        const page = await get<RecordPage>(`/${other.path}`, { filter: `${link.name} = '${id}'`, limit: FIRST, total: true, ...(sort ? { sort } : {}) }, context.signal).catch(() => undefined);
        return page ? [{ entity: other, link, records: page.records, total: page.total ?? page.records.length, capped: page.total_capped ?? false }] : [];
      }),
    );
    lists = read.flat();
    context.update();
  }

  const several = (list: List): boolean => (lists ?? []).filter((one) => one.entity === list.entity).length > 1;
  const add = (list: List): string => href(`/${list.entity.path}/new`, { [list.link.name]: id });

  function listView(list: List): TemplateResult {
    const title = several(list) ? t("{records}: {link}", { records: list.entity.plural, link: list.link.label }) : list.entity.plural;
    return html`<section class="related-list">
      <div class="related-head">
        <h3><ui5-icon name=${iconOf(list.entity.name)}></ui5-icon>${title}<span class="related-count">${formatNumber(list.total)}${list.capped ? "+" : ""}</span></h3>
        ${mayDoTo(list.entity, "create") ? html`<a class="related-add" href=${add(list)} aria-label=${t("Add: {entity}", { entity: list.entity.label })}>${t("Add")}</a>` : nothing}
      </div>
      <ul>
        ${list.records.map(
          (record) =>
            html`<li><a href=${href(`/${list.entity.path}/${record.id}`)}><bdi>${recordTitle(list.entity, record)}</bdi></a><span class="muted">${factOf(list, record)}</span></li>`,
        )}
      </ul>
      ${list.total > list.records.length ? html`<a href=${href(`/${list.entity.path}`, { filter: `${list.link.name} = '${id}'` })}>${t("Show all")}</a>` : nothing}
    </section>`;
  }

  void load();
  return {
    reload: () => void load(),
    view: () => {
      if (!lists) return html`<section class="card related"><h2>${t("Related")}</h2>${loading(4)}</section>`;
      const filled = lists.filter((list) => list.total > 0);
      const bare = lists.filter((list) => list.total === 0 && mayDoTo(list.entity, "create") && list.entity.name !== "field_change" && !filled.some((one) => one.entity === list.entity));
      const once = bare.filter((list, at) => bare.findIndex((one) => one.entity === list.entity) === at);
      return html`<section class="card related" aria-labelledby="related-title">
        <h2 id="related-title">${t("Related")}</h2>
        ${filled.map(listView)} ${filled.length === 0 ? html`<p class="muted">${t("Nothing links here yet.")}</p>` : nothing}
        ${once.length ? html`<div class="related-bare"><span class="muted">${t("Add:")}</span>${once.map((list) => html`<a href=${add(list)}>${list.entity.label}</a>`)}</div>` : nothing}
      </section>`;
    },
  };
}
