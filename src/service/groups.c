/* Reports by group, decided by the condition that lists have. */
#include "service/groups.h"

#include "access.h"
#include "base/time.h"
#include "internal.h"
#include "sys/clock.h"

typedef struct reporting {
    const service_call *call;
    record_groups_asked *asked;
    pb_arena *arena;
    service_groups *groups;
    const record_data **shown; /* records that links lead to: what they are called was told */
    size_t shown_count, shown_room;
    service_denial denial;
} reporting;

/* ---- what links lead to ---- */

/* Of what is told, the title alone. */
static pb_status keep_title(reporting *r, const service_record *seen, pb_error *err)
{
    size_t count = seen->record.entity->field_count;
    record_data *record = pb_arena_alloc(r->arena, sizeof *record);
    pb_value *values = pb_arena_array(r->arena, count + 1, sizeof *values);
    pb_str *refs = pb_arena_array(r->arena, count + 1, sizeof *refs);
    if (record == NULL || values == NULL || refs == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const model_field *field = &seen->record.entity->fields[i];
        if (field->title && service_right(seen, field) >= IDENTITY_READ)
            values[i] = seen->record.values[i];
    }
    *record = seen->record;
    record->values = values;
    record->refs = refs;
    const record_data *kept = record;
    return PB_PUSH(r->arena, r->shown, r->shown_count, r->shown_room, kept) ? PB_OK
                                                                            : pb_fail_memory(err);
}

static pb_status title_one(reporting *r, const service_access *access, const record_data *record,
                           pb_str *ret_title, pb_error *err)
{
    service_record seen;
    pb_status status = service_see(access, IDENTITY_OP_LIST, record, r->arena, &seen, err);
    if (status == PB_NOT_FOUND)
        return PB_OK;
    PB_TRY(status);
    PB_TRY(service_title(&seen, r->arena, ret_title, err));
    return ret_title->ptr == NULL ? PB_OK : keep_title(r, &seen, err);
}

static bool id_of(const record_group *group, size_t which, pb_uuid *ret_id)
{
    pb_value value = group->keys[which].value;
    if (value.kind != PB_BLOB || value.as.s.len != sizeof ret_id->b)
        return false;
    memcpy(ret_id->b, value.as.s.ptr, sizeof ret_id->b);
    return true;
}

static pb_status read_titles(reporting *r, const service_access *access, size_t which,
                             pb_str *titles, pb_error *err)
{
    const record_groups *groups = &r->groups->groups;
    const record_list_asked asked = {.access = service_list_access,
                                     .context = (void *)(uintptr_t)access};
    const record_data **records = NULL;
    size_t count = 0;
    pb_uuid *ids = pb_arena_array(r->arena, groups->count + 1, sizeof *ids);
    size_t *places = pb_arena_array(r->arena, groups->count + 1, sizeof *places);
    if (ids == NULL || places == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < groups->count; i++)
        if (id_of(&groups->groups[i], which, &ids[count]))
            places[count++] = i;
    PB_TRY(record_linked_read(access->session, &asked, groups->by[which], ids, count, r->arena,
                              &records, err));
    for (size_t i = 0; i < count; i++)
        if (records[i] != NULL)
            PB_TRY(title_one(r, access, records[i], &titles[places[i]], err));
    return PB_OK;
}

/* Where what it leads to may not be listed, nothing is called; it was not asked for, so nothing is
 * refused. */
static pb_status put_titles(reporting *r, const service_access *access, pb_error *err)
{
    const record_groups *groups = &r->groups->groups;
    service_denial unsaid;
    service_access lists = *access;
    lists.listing = IDENTITY_OP_LIST;
    lists.denial = &unsaid;
    for (size_t i = 0; i < groups->by_count; i++) {
        if (groups->by[i]->type != MODEL_LINK)
            continue;
        pb_str *titles = pb_arena_array(r->arena, groups->count + 1, sizeof *titles);
        if (titles == NULL)
            return pb_fail_memory(err);
        r->groups->titles[i] = titles;
        pb_status status =
            service_may_at_all(&lists, IDENTITY_OP_LIST, groups->by[i]->target, NULL);
        if (status != PB_DENIED)
            PB_TRY(status);
        if (status == PB_OK)
            PB_TRY(read_titles(r, &lists, i, titles, err));
    }
    return PB_OK;
}

/* ---- the report ---- */

static const bool *told(const record_groups *groups, const model_entity *entity, pb_arena *arena)
{
    bool *fields = pb_arena_array(arena, entity->field_count + 1, sizeof *fields);
    for (size_t i = 0; fields != NULL && i < groups->by_count; i++)
        fields[groups->by[i]->index] = true;
    for (size_t i = 0; fields != NULL && i < groups->field_count; i++)
        fields[groups->fields[i]->index] = true;
    return fields;
}

static pb_status need_purpose(const service_access *access, const model_entity *entity,
                              const bool *fields, pb_error *err)
{
    for (size_t i = 0; access->purpose_missing && i < entity->field_count; i++)
        if (fields[i] && entity->fields[i].personal.declared)
            return service_fail_purpose(err);
    return PB_OK;
}

static pb_status read_groups(db_session *session, reporting *r, const service_access *access,
                             pb_error *err)
{
    const model_entity *entity = r->asked->entity;
    pb_status status = record_groups_read(session, r->asked, r->arena, &r->groups->groups, err);
    if (status == PB_DENIED)
        r->denial =
            (service_denial){.refused = true, .operation = IDENTITY_OP_REPORT, .entity = entity};
    PB_TRY(status);
    const bool *fields = told(&r->groups->groups, entity, r->arena);
    if (fields == NULL)
        return pb_fail_memory(err);
    PB_TRY(need_purpose(access, entity, fields, err));
    return put_titles(r, access, err);
}

static pb_status report_in(db_session *session, reporting *r, pb_error *err)
{
    service_access access;
    PB_TRY(service_access_open(session, r->call, &r->denial, &access, err));
    access.listing = IDENTITY_OP_REPORT;
    r->asked->access = service_list_access;
    r->asked->context = &access;
    pb_status status = service_may_at_all(&access, IDENTITY_OP_REPORT, r->asked->entity, err);
    if (status == PB_OK)
        status = read_groups(session, r, &access, err);
    r->asked->context = NULL;
    service_access_close(&access);
    return status;
}

pb_status service_groups_read(const service_call *call, db_workspace *workspace,
                              record_groups_asked asked, pb_arena *arena,
                              service_groups *ret_groups, pb_error *err)
{
    db_session *session = NULL;
    service_groups groups = {.groups = {.count = 0}};
    reporting r = {.call = call, .asked = &asked, .arena = arena, .groups = &groups};
    if (asked.today_days == 0)
        asked.today_days = sys_day_of(call->now_us);
    PB_TRY(db_snapshot_open_settled(workspace, call->limits, &session, err));
    pb_status status = report_in(session, &r, err);
    db_snapshot_close(session);
    PB_TRY(service_refused(call, workspace, &r.denial, status, err));
    const bool *fields = told(&groups.groups, asked.entity, arena);
    if (fields == NULL)
        return pb_fail_memory(err);
    PB_TRY(service_log_counted(call, workspace, asked.entity, fields, groups.groups.total, err));
    if (r.shown_count > 0)
        PB_TRY(service_log_shown(call, workspace, r.shown, r.shown_count, err));
    *ret_groups = groups;
    return PB_OK;
}
