/* Converted records: which is meant, what it became, and how much of that shows. */
#include "convert.h"

#include "base/bytes.h"
#include "internal.h"
#include "merge_names.h"

static pb_status fail_kind(const model_entity *entity, pb_error *err)
{
    return pb_fail(err, PB_NOT_FOUND,
                   PB_MSG("Records of {entity} are not converted into others: their model does not "
                          "say into which."),
                   "entity", PB_ARG(entity->label), NULL);
}

pb_status convert_find(const service_access *access, const model_entity *entity, const char *name,
                       pb_arena *arena, record_data *ret_record, pb_error *err)
{
    const model_schema *schema = db_workspace_schema(db_session_workspace(access->session));
    pb_uuid id;
    if (entity->convert == NULL)
        return fail_kind(entity, err);
    PB_TRY(service_may_at_all(access, IDENTITY_OP_CHANGE, entity, err));
    /* Who is decided about names records by their ids: that a name leads nowhere would tell. */
    if (access->policy == NULL)
        PB_TRY(service_named(access->session, schema, pb_str_c(name), &entity, &id, err));
    else if (!pb_uuid_parse(pb_str_c(name), &id))
        return pb_fail(err, PB_NOT_FOUND,
                       PB_MSG("There is no record of {entity} with the id {id}."), "entity",
                       PB_ARG(entity->label), "id", name, NULL);
    PB_TRY(record_read(access->session, entity, id, arena, ret_record, err));
    return service_may(access, IDENTITY_OP_CHANGE, ret_record, err);
}

static pb_status hide_all(const record_data *record, pb_arena *arena, service_record *ret_seen,
                          pb_error *err)
{
    size_t count = record->entity->field_count + 1;
    uint8_t *none = pb_arena_array(arena, count, 1);
    *ret_seen = (service_record){.record = *record, .rights = none};
    ret_seen->record.values = pb_arena_array(arena, count, sizeof(pb_value));
    ret_seen->record.refs = pb_arena_array(arena, count, sizeof(pb_str));
    ret_seen->record.currencies = pb_arena_array(arena, count, sizeof(pb_str));
    ret_seen->record.source_id = PB_STR_NONE;
    return none != NULL && ret_seen->record.values != NULL && ret_seen->record.refs != NULL &&
                   ret_seen->record.currencies != NULL
               ? PB_OK
               : pb_fail_memory(err);
}

pb_status convert_see(const service_access *access, const model_entity *entity, pb_uuid id,
                      pb_arena *arena, service_record *ret_seen, pb_error *err)
{
    record_data record;
    PB_TRY(record_read(access->session, entity, id, arena, &record, err));
    pb_status status = service_in_scope(access, IDENTITY_OP_READ, entity, NULL);
    if (status == PB_OK)
        status = service_see(access, IDENTITY_OP_READ, &record, arena, ret_seen, NULL);
    if (status == PB_OK)
        return service_need_purpose(access, ret_seen, err);
    access->denial->refused = false;
    return status == PB_NOT_FOUND || status == PB_DENIED ? hide_all(&record, arena, ret_seen, err)
                                                         : pb_fail_memory(err);
}

static bool link_of(const record_data *record, const model_field *link, pb_uuid *ret_id)
{
    if (link == NULL || record->values[link->index].kind != PB_BLOB)
        return false;
    memcpy(ret_id, record->values[link->index].as.s.ptr, sizeof *ret_id);
    return true;
}

static pb_status tell_step(const service_access *access, const record_data *record,
                           const record_made *made, size_t made_count, pb_arena *arena,
                           service_converted_step *told, pb_error *err)
{
    pb_uuid id;
    for (size_t i = 0; i < made_count && !told->made; i++)
        if (made[i].entity == told->step->entity) {
            told->made = true;
            id = made[i].id;
        }
    if (!told->made)
        told->used = link_of(record, told->step->link, &id);
    return told->made || told->used
               ? convert_see(access, told->step->entity, id, arena, &told->record, err)
               : PB_OK;
}

pb_status convert_tell(const service_access *access, const record_data *record,
                       const record_run_info *run, pb_arena *arena, service_converted *converted,
                       pb_error *err)
{
    const model_convert *convert = record->entity->convert;
    record_made *made;
    size_t count;
    PB_TRY(record_run_made(access->session, run, arena, &made, &count, err));
    converted->steps = pb_arena_array(arena, convert->step_count, sizeof *converted->steps);
    if (converted->steps == NULL)
        return pb_fail_memory(err);
    converted->count = convert->step_count;
    for (size_t i = 0; i < convert->step_count; i++) {
        converted->steps[i].step = &convert->steps[i];
        PB_TRY(tell_step(access, record, made, count, arena, &converted->steps[i], err));
    }
    converted->run = run->number;
    return convert_see(access, record->entity, record->id, arena, &converted->record, err);
}
