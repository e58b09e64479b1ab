#include "merge_names.h"

#include "base/bytes.h"

static pb_status by_id(db_session *session, const model_schema *schema, pb_uuid id,
                       const model_entity **entity, bool *ret_found, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    *ret_found = false;
    if (arena == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < schema->entity_count && !*ret_found; i++) {
        record_data record;
        pb_error why;
        if (*entity != NULL && *entity != &schema->entities[i])
            continue;
        pb_status status = record_read(session, &schema->entities[i], id, arena, &record, &why);
        *ret_found = status == PB_OK;
        if (*ret_found)
            *entity = &schema->entities[i];
        else if (status != PB_NOT_FOUND) {
            if (err != NULL)
                *err = why;
            return status;
        }
    }
    return PB_OK;
}

static pb_status nothing_called(pb_str name, pb_error *err)
{
    pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no record called {text}."), "text", PB_ARG(name),
            NULL);
    pb_error_hint(err, PB_MSG("Look for it by a part of its name with “find”."), NULL);
    return PB_NOT_FOUND;
}

static pb_status several_kinds(pb_str name, const model_entity *a, const model_entity *b,
                               pb_error *err)
{
    pb_fail(err, PB_CONFLICT, PB_MSG("Records of several kinds are called {text}."), "text",
            PB_ARG(name), NULL);
    pb_error_detail(err, PB_MSG("Possible: {list}"), "list", a->name.ptr, NULL);
    pb_error_hint(err, PB_MSG("Say which you mean: --entity {entity}"), "entity", b->name.ptr,
                  NULL);
    return PB_CONFLICT;
}

pb_status service_named(db_session *session, const model_schema *schema, pb_str name,
                        const model_entity **entity, pb_uuid *ret_id, pb_error *err)
{
    pb_uuid id;
    const model_entity *found = NULL;
    if (pb_uuid_parse(name, &id)) {
        bool is_id;
        PB_TRY(by_id(session, schema, id, entity, &is_id, err));
        *ret_id = id;
        if (is_id)
            return PB_OK;
    }
    if (*entity != NULL)
        return record_lookup(session, *entity, name, ret_id, err);
    for (size_t i = 0; i < schema->entity_count; i++) {
        pb_error why;
        pb_status status = record_lookup(session, &schema->entities[i], name, &id, &why);
        if (status == PB_NOT_FOUND)
            continue;
        if (status != PB_OK) {
            if (err != NULL)
                *err = why;
            return status;
        }
        if (found != NULL)
            return several_kinds(name, found, &schema->entities[i], err);
        found = &schema->entities[i];
        *ret_id = id;
    }
    if (found == NULL)
        return nothing_called(name, err);
    *entity = found;
    return PB_OK;
}
