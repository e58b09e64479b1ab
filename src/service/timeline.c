/* What happened around a record, in one list. */
#include <stdlib.h>

#include "access.h"
#include "base/time.h"
#include "service/trail.h"

/* A list of records that lead to the one in hand: by one link, in one order. */
typedef struct source {
    const model_field *link;
    const model_field *moment; /* NULL: when they were made */
    bool without;              /* those that have no such moment, by when they were made */
} source;

typedef struct timeline {
    const service_call *call;
    db_workspace *workspace;
    const model_entity *entity;
    pb_uuid id;
    size_t wanted; /* of each source, and one more */
    pb_arena *arena;
    source *sources;
    size_t source_count, source_room;
    service_event *items;
    size_t count, room;
    const service_record *seen;
} timeline;

/* ---- what leads here ---- */

static pb_status add_source(timeline *t, const service_access *access, const model_field *link,
                            pb_error *err)
{
    const model_field *moment = model_field_role(link->entity, "opened_on");
    bool shows = false;
    PB_TRY(service_field_shows(access, link, false, &shows, err));
    if (!shows)
        return PB_OK;
    if (moment != NULL)
        PB_TRY(service_field_shows(access, moment, true, &shows, err));
    bool usable = moment != NULL && shows && !moment->personal.sensitive &&
                  (moment->type == MODEL_DATE || moment->type == MODEL_INSTANT);
    const source by_moment = {link, moment, false}, made = {link, usable ? moment : NULL, usable};
    if (usable && !PB_PUSH(t->arena, t->sources, t->source_count, t->source_room, by_moment))
        return pb_fail_memory(err);
    return PB_PUSH(t->arena, t->sources, t->source_count, t->source_room, made)
               ? PB_OK
               : pb_fail_memory(err);
}

/* Entities that may not be listed are left out; it was not asked for them, so nothing is refused.
 */
static pb_status find_sources(timeline *t, const service_access *access, pb_error *err)
{
    const model_schema *schema = db_workspace_schema(t->workspace);
    for (size_t e = 0; e < schema->entity_count; e++) {
        const model_entity *entity = &schema->entities[e];
        pb_status status = service_may_at_all(access, IDENTITY_OP_LIST, entity, NULL);
        if (status == PB_DENIED)
            continue;
        PB_TRY(status);
        for (size_t i = 0; i < entity->field_count; i++)
            if (entity->fields[i].type == MODEL_LINK && entity->fields[i].target == t->entity)
                PB_TRY(add_source(t, access, &entity->fields[i], err));
    }
    return PB_OK;
}

static pb_status look_around(timeline *t, bool *ret_history, pb_error *err)
{
    db_session *session = NULL;
    service_access access;
    service_denial denial;
    record_data record;
    PB_TRY(db_snapshot_open_within(t->workspace, t->call->limits, &session, err));
    pb_status status = service_access_open(session, t->call, &denial, &access, err);
    if (status == PB_OK) {
        status = find_sources(t, &access, err);
        if (status == PB_OK)
            status = record_read(session, t->entity, t->id, t->arena, &record, err);
        if (status == PB_OK)
            *ret_history = service_may(&access, IDENTITY_OP_HISTORY, &record, NULL) == PB_OK;
        service_access_close(&access);
    }
    db_snapshot_close(session);
    return status;
}

/* ---- gathering ---- */

static int64_t moment_of(const source *from, const service_record *record)
{
    if (from->moment == NULL || from->without)
        return record->record.created_us;
    pb_value value = record->record.values[from->moment->index];
    return from->moment->type == MODEL_DATE ? value.as.i * PB_US_PER_DAY : value.as.i;
}

static pb_status take_page(timeline *t, const source *from, const service_list_page *page,
                           pb_error *err)
{
    for (size_t i = 0; i < page->page.count; i++) {
        const service_event item = {
            .at_us = moment_of(from, &page->rows[i]), .link = from->link, .record = page->rows[i]};
        if (!PB_PUSH(t->arena, t->items, t->count, t->room, item))
            return pb_fail_memory(err);
    }
    return PB_OK;
}

static pb_status gather(timeline *t, const source *from, pb_error *err)
{
    PB_AUTO_BUF filter = PB_BUF_INIT(4096);
    PB_AUTO_BUF sort = PB_BUF_INIT(512);
    char id[37];
    record_list_asked asked = {.entity = from->link->entity};
    pb_uuid_text(t->id, id);
    pb_buf_printf(&filter, "%.*s = '%s'", PB_STR_FMT(from->link->name), id);
    if (from->moment != NULL)
        pb_buf_printf(&filter, " and %.*s is %snull", PB_STR_FMT(from->moment->name),
                      from->without ? "" : "not ");
    if (from->moment == NULL || from->without)
        pb_buf_addc(&sort, "-created_at");
    else
        pb_buf_printf(&sort, "-%.*s", PB_STR_FMT(from->moment->name));
    if (filter.failed || sort.failed)
        return pb_fail_memory(err);
    asked.filter = pb_buf_str(&filter);
    asked.sort = pb_buf_str(&sort);
    for (size_t left = t->wanted; left > 0;) {
        service_list_page page;
        asked.limit = left < RECORD_LIST_MOST ? (int64_t)left : RECORD_LIST_MOST;
        PB_TRY(service_list(t->call, t->workspace, asked, t->arena, &page, err));
        PB_TRY(take_page(t, from, &page, err));
        left -= page.page.count;
        asked.cursor = page.page.next;
        if (page.page.next.ptr == NULL)
            break;
    }
    return PB_OK;
}

static pb_status take_fields(timeline *t, const record_step *step, service_event *item,
                             pb_error *err)
{
    item->fields = pb_arena_array(t->arena, step->change_count + 1, sizeof *item->fields);
    if (item->fields == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < step->change_count; i++) {
        const model_field *field = step->changes[i].field;
        bool new = field != NULL &&service_right(t->seen, field) >= IDENTITY_READ;
        for (size_t k = 0; k < item->field_count; k++)
            new = new && item->fields[k] != field;
        if (new)
            item->fields[item->field_count++] = field;
    }
    return PB_OK;
}

static pb_status take_step(void *context, const record_step *step, pb_error *err)
{
    timeline *t = context;
    service_event item = {.at_us = step->event.at_us,
                          .sequence = step->sequence,
                          .version = step->event.version,
                          .kind = pb_arena_str(t->arena, pb_str_c(step->event.kind)),
                          .actor = pb_arena_str(t->arena, step->event.actor.name)};
    if (item.kind.ptr == NULL || item.actor.ptr == NULL)
        return pb_fail_memory(err);
    PB_TRY(take_fields(t, step, &item, err));
    return PB_PUSH(t->arena, t->items, t->count, t->room, item) ? PB_OK : pb_fail_memory(err);
}

/* ---- in one list ---- */

/* Newest first; of one moment always in the same order. */
static int compare(const void *a, const void *b)
{
    const service_event *one = a, *other = b;
    if (one->at_us != other->at_us)
        return one->at_us < other->at_us ? 1 : -1;
    if (one->link != other->link)
        return one->link == NULL ? -1 : other->link == NULL ? 1 : one->link < other->link ? -1 : 1;
    if (one->link == NULL)
        return one->sequence < other->sequence ? 1 : -1;
    return pb_str_cmp(pb_uuid_str(&one->record.record.id), pb_uuid_str(&other->record.record.id));
}

static pb_status too_deep(pb_error *err)
{
    pb_fail(err, PB_LIMIT, PB_MSG("A timeline is told up to its {count} newest entries."), "count",
            PB_ARG_INT(SERVICE_TIMELINE_DEPTH), NULL);
    pb_error_hint(err, PB_MSG("What is older stands in the lists of each entity."), NULL);
    return PB_LIMIT;
}

pb_status service_timeline_read(const service_call *call, db_workspace *workspace,
                                const model_entity *entity, pb_uuid id, size_t from, size_t limit,
                                pb_arena *arena, service_timeline *ret_timeline, pb_error *err)
{
    service_record seen;
    timeline t = {.call = call,
                  .workspace = workspace,
                  .entity = entity,
                  .id = id,
                  .wanted = from + limit + 1,
                  .arena = arena,
                  .seen = &seen};
    bool history = false;
    if (from > SERVICE_TIMELINE_DEPTH)
        return too_deep(err);
    PB_TRY(service_read(call, workspace, entity, id, arena, &seen, err));
    PB_TRY(look_around(&t, &history, err));
    for (size_t i = 0; i < t.source_count; i++)
        PB_TRY(gather(&t, &t.sources[i], err));
    if (history)
        PB_TRY(service_history(call, workspace, entity, id, take_step, &t, err));
    if (t.count > 0)
        qsort(t.items, t.count, sizeof *t.items, compare);
    size_t behind = t.count > from ? t.count - from : 0;
    *ret_timeline =
        (service_timeline){.items = t.items == NULL ? NULL : t.items + (t.count - behind),
                           .count = behind < limit ? behind : limit,
                           .more = behind > limit,
                           .history = history};
    return PB_OK;
}
