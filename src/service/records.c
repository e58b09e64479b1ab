/* Records read: lists, searches, one, its history. */
#include "access.h"

#include "base/time.h"
#include "internal.h"
#include "service/reads.h"
#include "sys/clock.h"

/* ---- a list ---- */

typedef struct listing {
    const service_call *call;
    record_list_asked *asked;
    pb_arena *arena;
    service_list_page *page;
    identity_operation operation; /* IDENTITY_OP_LIST, or _EXPORT */
    service_denial denial;
} listing;

/* Only the fields asked for are shown, and so noted. */
static pb_status keep_fields(const record_list_page *page, record_data *record, pb_arena *arena,
                             pb_error *err)
{
    size_t count = record->entity->field_count;
    bool *wanted = pb_arena_array(arena, count + 1, sizeof *wanted);
    pb_value *values = pb_arena_array(arena, count + 1, sizeof *values);
    pb_str *refs = pb_arena_array(arena, count + 1, sizeof *refs);
    if (wanted == NULL || values == NULL || refs == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < page->field_count; i++)
        wanted[page->fields[i]->index] = true;
    for (size_t i = 0; i < page->expand_count; i++)
        wanted[page->expands[i]->index] = true;
    for (size_t i = 0; i < count; i++)
        if (wanted[i]) {
            values[i] = record->values[i];
            refs[i] = record->refs[i];
        }
    record->values = values;
    record->refs = refs;
    return PB_OK;
}

static pb_status see_linked(const service_access *access, const record_list_page *page,
                            const record_list_row *row, pb_arena *arena, service_record *seen,
                            pb_error *err)
{
    service_record *linked = pb_arena_array(arena, page->expand_count + 1, sizeof *linked);
    if (linked == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < page->expand_count; i++)
        if (row->linked[i] != NULL && service_right(seen, page->expands[i]) >= IDENTITY_READ)
            PB_TRY(service_see(access, access->listing, row->linked[i], arena, &linked[i], err));
    seen->linked = linked;
    return PB_OK;
}

static pb_status see_rows(const service_access *access, listing *l, pb_error *err)
{
    const record_list_page *page = &l->page->page;
    bool all = page->field_count == l->asked->entity->field_count;
    service_record *rows = pb_arena_array(l->arena, page->count + 1, sizeof *rows);
    if (rows == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < page->count; i++) {
        PB_TRY(
            service_see(access, access->listing, &page->rows[i].record, l->arena, &rows[i], err));
        if (page->expand_count > 0)
            PB_TRY(see_linked(access, page, &page->rows[i], l->arena, &rows[i], err));
        if (!all)
            PB_TRY(keep_fields(page, &rows[i].record, l->arena, err));
    }
    l->page->rows = rows;
    return PB_OK;
}

/* Choosing or sorting by what is hidden is refused there. */
static pb_status read_page(db_session *session, listing *l, pb_error *err)
{
    pb_status status = record_list_read(session, l->asked, l->arena, &l->page->page, err);
    if (status == PB_DENIED)
        l->denial = (service_denial){
            .refused = true, .operation = l->operation, .entity = l->asked->entity};
    return status;
}

static pb_status list_in(db_session *session, listing *l, pb_error *err)
{
    service_access access;
    PB_TRY(service_access_open(session, l->call, &l->denial, &access, err));
    access.listing = l->operation;
    l->asked->access = service_list_access;
    l->asked->context = &access;
    pb_status status = service_may_at_all(&access, l->operation, l->asked->entity, err);
    if (status == PB_OK && l->asked->deleted)
        status = service_may_at_all(&access, IDENTITY_OP_RESTORE, l->asked->entity, err);
    if (status == PB_OK)
        status = read_page(session, l, err);
    if (status == PB_OK)
        status = see_rows(&access, l, err);
    l->asked->context = NULL;
    service_access_close(&access);
    return status;
}

static pb_status log_page(const service_call *call, db_workspace *workspace,
                          const service_list_page *page, pb_arena *arena, pb_error *err)
{
    size_t links = page->page.expand_count, count = 0;
    const record_data **shown =
        pb_arena_array(arena, page->page.count * (1 + links) + 1, sizeof *shown);
    if (shown == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < page->page.count; i++) {
        shown[count++] = &page->rows[i].record;
        for (size_t k = 0; k < links; k++)
            if (page->rows[i].linked[k].record.entity != NULL)
                shown[count++] = &page->rows[i].linked[k].record;
    }
    return service_log_shown(call, workspace, shown, count, err);
}

static pb_status list_under(identity_operation operation, const service_call *call,
                            db_workspace *workspace, record_list_asked asked, pb_arena *arena,
                            service_list_page *ret_page, pb_error *err)
{
    db_session *session = NULL;
    service_list_page page;
    listing l = {call, &asked, arena, &page, operation, {.entity = NULL}};
    if (asked.today_days == 0)
        asked.today_days = sys_day_of(call->now_us);
    asked.asker = call->who == NULL ? PB_STR_NONE : pb_uuid_str(&call->who->user);
    PB_TRY(db_snapshot_open_settled(workspace, call->limits, &session, err));
    pb_status status = list_in(session, &l, err);
    db_snapshot_close(session);
    PB_TRY(service_refused(call, workspace, &l.denial, status, err));
    PB_TRY(log_page(call, workspace, &page, arena, err));
    *ret_page = page;
    return PB_OK;
}

pb_status service_list(const service_call *call, db_workspace *workspace, record_list_asked asked,
                       pb_arena *arena, service_list_page *ret_page, pb_error *err)
{
    return list_under(IDENTITY_OP_LIST, call, workspace, asked, arena, ret_page, err);
}

pb_status service_take_out(const service_call *call, db_workspace *workspace,
                           record_list_asked asked, pb_arena *arena, service_list_page *ret_page,
                           pb_error *err)
{
    return list_under(IDENTITY_OP_EXPORT, call, workspace, asked, arena, ret_page, err);
}

/* ---- a search ---- */

typedef struct searching {
    const service_access *access;
    pb_arena *arena;
    service_record *found;
    size_t count, room;
    size_t limit;
    service_denial denial;
} searching;

static bool keep_text(pb_arena *arena, pb_str *text)
{
    if (text->ptr == NULL)
        return true;
    *text = pb_arena_str(arena, *text);
    return text->ptr != NULL;
}

/* What is found lives only as long as it is told. */
static pb_status keep_record(const record_data *record, pb_arena *arena, record_data *ret_record,
                             pb_error *err)
{
    size_t count = record->entity->field_count;
    record_data kept = *record;
    kept.values = pb_arena_array(arena, count + 1, sizeof *kept.values);
    kept.refs = pb_arena_array(arena, count + 1, sizeof *kept.refs);
    kept.currencies = pb_arena_array(arena, count + 1, sizeof *kept.currencies);
    bool good = kept.values != NULL && kept.refs != NULL && kept.currencies != NULL &&
                keep_text(arena, &kept.source_id);
    for (size_t i = 0; good && i < count; i++) {
        kept.values[i] = record->values[i];
        kept.refs[i] = record->refs[i];
        kept.currencies[i] = record->currencies[i];
        if (kept.values[i].kind == PB_TEXT || kept.values[i].kind == PB_BLOB)
            good = keep_text(arena, &kept.values[i].as.s);
        good = good && keep_text(arena, &kept.refs[i]) && keep_text(arena, &kept.currencies[i]);
    }
    *ret_record = kept;
    return good ? PB_OK : pb_fail_memory(err);
}

/* A record that the words found through a field that is hidden must not show by being found: its
 * title and what was searched must be readable, or it is passed over. */
static bool found_fairly(const service_record *seen)
{
    const model_entity *entity = seen->record.entity;
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].search && service_right(seen, &entity->fields[i]) < IDENTITY_READ)
            return false;
    return true;
}

static pb_status take_found(void *context, const record_data *record, pb_error *err)
{
    searching *s = context;
    record_data kept;
    service_record seen;
    if (s->count == s->limit)
        return PB_OK;
    PB_TRY(keep_record(record, s->arena, &kept, err));
    pb_status status = service_see(s->access, IDENTITY_OP_LIST, &kept, s->arena, &seen, err);
    if (status == PB_NOT_FOUND || (status == PB_OK && !found_fairly(&seen)))
        return PB_OK;
    PB_TRY(status);
    return PB_PUSH(s->arena, s->found, s->count, s->room, seen) ? PB_OK : pb_fail_memory(err);
}

static pb_status search_in(db_session *session, const service_call *call,
                           const model_entity *entity, pb_str words, searching *s, pb_error *err)
{
    /* Whoever sees few of the records finds those among more. */
    enum { WIDER = 20 };
    service_access access;
    PB_TRY(service_access_open(session, call, &s->denial, &access, err));
    s->access = &access;
    pb_status status = service_may_at_all(&access, IDENTITY_OP_LIST, entity, err);
    int64_t limit = (int64_t)s->limit * (access.policy == NULL ? 1 : WIDER);
    if (status == PB_OK)
        status = record_find(session, entity, words, limit, take_found, s, err);
    s->access = NULL;
    service_access_close(&access);
    return status;
}

static pb_status log_found(const service_call *call, db_workspace *workspace,
                           const service_record *records, size_t count, pb_arena *arena,
                           pb_error *err)
{
    const record_data **shown = pb_arena_array(arena, count + 1, sizeof *shown);
    if (shown == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        shown[i] = &records[i].record;
    return service_log_shown(call, workspace, shown, count, err);
}

pb_status service_search(const service_call *call, db_workspace *workspace,
                         const model_entity *entity, pb_str words, int64_t limit, pb_arena *arena,
                         service_record **ret_records, size_t *ret_count, pb_error *err)
{
    db_session *session = NULL;
    searching s = {.arena = arena, .limit = (size_t)limit};
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = search_in(session, call, entity, words, &s, err);
    db_snapshot_close(session);
    PB_TRY(service_refused(call, workspace, &s.denial, status, err));
    PB_TRY(log_found(call, workspace, s.found, s.count, arena, err));
    *ret_records = s.found;
    *ret_count = s.count;
    return PB_OK;
}

/* ---- one record ---- */

static pb_status read_in(db_session *session, const service_call *call, const model_entity *entity,
                         pb_uuid id, identity_operation operation, pb_arena *arena,
                         service_denial *denial, service_record *ret_record, pb_error *err)
{
    service_access access;
    record_data record;
    PB_TRY(service_access_open(session, call, denial, &access, err));
    pb_status status = service_in_scope(&access, IDENTITY_OP_READ, entity, err);
    if (status == PB_OK)
        status = record_read(session, entity, id, arena, &record, err);
    if (status == PB_OK)
        status = service_see(&access, IDENTITY_OP_READ, &record, arena, ret_record, err);
    if (status == PB_OK && operation != IDENTITY_OP_READ)
        status = service_may(&access, operation, &record, err);
    service_access_close(&access);
    return status;
}

static pb_status read_one(const service_call *call, db_workspace *workspace,
                          const model_entity *entity, pb_uuid id, identity_operation operation,
                          pb_arena *arena, service_record *ret_record, pb_error *err)
{
    db_session *session = NULL;
    service_denial denial = {.refused = false};
    PB_TRY(db_snapshot_open_settled(workspace, call->limits, &session, err));
    pb_status status =
        read_in(session, call, entity, id, operation, arena, &denial, ret_record, err);
    db_snapshot_close(session);
    return service_refused(call, workspace, &denial, status, err);
}

pb_status service_read(const service_call *call, db_workspace *workspace,
                       const model_entity *entity, pb_uuid id, pb_arena *arena,
                       service_record *ret_record, pb_error *err)
{
    service_record seen;
    PB_TRY(read_one(call, workspace, entity, id, IDENTITY_OP_READ, arena, &seen, err));
    const record_data *shown = &seen.record;
    PB_TRY(service_log_shown(call, workspace, &shown, 1, err));
    *ret_record = seen;
    return PB_OK;
}

/* ---- history ---- */

typedef struct telling {
    const service_record *seen;
    record_history_each each;
    void *context;
    pb_arena *arena;
} telling;

static bool may_tell(const telling *t, const struct record_change_item *change)
{
    if (t->seen->rights == NULL)
        return true;
    return change->field != NULL && service_right(t->seen, change->field) >= IDENTITY_READ;
}

static pb_status tell_step(void *context, const record_step *step, pb_error *err)
{
    telling *t = context;
    record_step told = *step;
    pb_arena_reset(t->arena);
    told.changes = pb_arena_array(t->arena, step->change_count + 1, sizeof *told.changes);
    told.choices = pb_arena_array(t->arena, step->choice_count + 1, sizeof *told.choices);
    told.change_count = told.choice_count = 0;
    if (told.changes == NULL || told.choices == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < step->change_count; i++)
        if (may_tell(t, &step->changes[i]))
            told.changes[told.change_count++] = step->changes[i];
    for (size_t i = 0; i < step->choice_count; i++) {
        const model_field *field = model_field_find(t->seen->record.entity, step->choices[i].field);
        if (t->seen->rights == NULL ||
            (field != NULL && service_right(t->seen, field) >= IDENTITY_READ))
            told.choices[told.choice_count++] = step->choices[i];
    }
    return t->each(t->context, &told, err);
}

static pb_status tell_nothing(void *context, const record_data *record, pb_error *err)
{
    (void)context;
    (void)record;
    (void)err;
    return PB_OK;
}

pb_status service_history(const service_call *call, db_workspace *workspace,
                          const model_entity *entity, pb_uuid id, record_history_each each,
                          void *context, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_ARENA steps = pb_arena_new(0);
    service_record seen;
    if (arena == NULL || steps == NULL)
        return pb_fail_memory(err);
    PB_TRY(read_one(call, workspace, entity, id, IDENTITY_OP_HISTORY, arena, &seen, err));
    telling t = {&seen, each, context, steps};
    const service_view view = {tell_nothing, tell_step, &t};
    return service_show(call, workspace, entity, id, &view, arena, err);
}
