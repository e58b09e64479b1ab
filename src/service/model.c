/* Changing the model of a workspace. */
#include "service/model.h"

#include "access.h"
#include "internal.h"
#include "model_body.h"

#include "base/cbor.h"
#include "db/kept.h"

enum { ITEMS_MOST = 401, PAYLOAD_MAX = 1 << 20 };

typedef struct model_work {
    const service_call *call;
    const service_model_wish *wish;
    bool dry_run;
    pb_arena *arena;
    model_kept *items; /* as they are to be */
    pb_str *before;    /* as they were; absent: they were not */
    size_t count;
    model_schema *schema;
    int64_t version;
    service_denial denial;
} model_work;

/* ---- who may ---- */

static pb_status may_change(model_work *work, db_session *session, pb_error *err)
{
    service_access access;
    PB_TRY(service_access_open(session, work->call, &work->denial, &access, err));
    pb_status status = service_may_at_all(&access, IDENTITY_OP_MODEL, NULL, err);
    if (status == PB_OK && !work->dry_run) /* looking asks for no proof */
        status = service_need_proof(&access, IDENTITY_OP_MODEL, err);
    service_access_close(&access);
    return status;
}

/* ---- what is there ---- */

static pb_status fail_there(const service_model_wish *wish, pb_error *err)
{
    if (pb_str_empty(wish->field))
        return pb_fail(err, PB_EXISTS, PB_MSG("There is an entity “{name}” already."), "name",
                       PB_ARG(wish->entity), NULL);
    return pb_fail(err, PB_EXISTS, PB_MSG("“{entity}” has a field “{name}” already."), "entity",
                   PB_ARG(wish->entity), "name", PB_ARG(wish->field), NULL);
}

static pb_status fail_absent(const service_model_wish *wish, bool entity, pb_error *err)
{
    if (entity)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no entity “{name}”."), "name",
                       PB_ARG(wish->entity), NULL);
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("“{word}” is not a field of “{entity}”."), "word",
                   PB_ARG(wish->field), "entity", PB_ARG(wish->entity), NULL);
}

/* What is added to what the program declares bears a name that no version of it will have. */
static pb_status check_own_name(pb_str name, pb_error *err)
{
    if (pb_str_starts(name, MODEL_OWN) && name.len > MODEL_OWN.len)
        return PB_OK;
    char *proposed = NULL;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    if (arena != NULL)
        proposed = pb_arena_printf(arena, "x_%.*s", PB_STR_FMT(name));
    pb_fail(err, PB_INVALID, PB_MSG("“{name}” cannot be a name of your own."), "name", PB_ARG(name),
            NULL);
    pb_error_hint(err, PB_MSG("Begin it with x_, such as {name}: what people read is the label."),
                  "name", proposed == NULL ? "x_" : proposed, NULL);
    return PB_INVALID;
}

static size_t own_entities(const model_schema *schema)
{
    size_t count = 0;
    for (size_t i = 0; i < schema->entity_count; i++)
        count += schema->entities[i].own;
    return count;
}

static size_t own_fields(const model_entity *entity)
{
    size_t count = 0;
    for (size_t i = 0; i < entity->field_count; i++)
        count += entity->fields[i].own;
    return count;
}

static pb_status check_make(const model_schema *schema, const service_model_wish *wish,
                            pb_error *err)
{
    const model_entity *entity = model_entity_find(schema, wish->entity);
    if (pb_str_empty(wish->field)) {
        if (entity != NULL)
            return fail_there(wish, err);
        if (own_entities(schema) >= SERVICE_OWN_ENTITIES)
            return pb_fail(err, PB_LIMIT, PB_MSG("There are {count} entities of your own already."),
                           "count", PB_ARG_INT(SERVICE_OWN_ENTITIES), NULL);
        return check_own_name(wish->entity, err);
    }
    if (entity == NULL)
        return fail_absent(wish, true, err);
    if (model_field_find(entity, wish->field) != NULL)
        return fail_there(wish, err);
    if (own_fields(entity) >= SERVICE_OWN_FIELDS)
        return pb_fail(err, PB_LIMIT, PB_MSG("“{entity}” has {count} fields of your own already."),
                       "entity", PB_ARG(wish->entity), "count", PB_ARG_INT(SERVICE_OWN_FIELDS),
                       NULL);
    return entity->own ? PB_OK : check_own_name(wish->field, err);
}

static pb_status check_there(const model_schema *schema, const service_model_wish *wish,
                             pb_error *err)
{
    const model_entity *entity = model_entity_find(schema, wish->entity);
    if (entity == NULL)
        return fail_absent(wish, true, err);
    if (!pb_str_empty(wish->field) && model_field_find(entity, wish->field) == NULL)
        return fail_absent(wish, false, err);
    return PB_OK;
}

/* ---- what it becomes ---- */

static pb_status add_item(model_work *work, pb_str entity, pb_str field, pb_str before, pb_str body,
                          pb_error *err)
{
    if (work->count == ITEMS_MOST)
        return pb_fail(err, PB_LIMIT, PB_MSG("Too much is declared at once."), NULL);
    work->before[work->count] = before;
    work->items[work->count++] = (model_kept){entity, field, body};
    return PB_OK;
}

static pb_status add_member(void *context, pb_str name, pb_str body, pb_error *err)
{
    model_work *work = context;
    return add_item(work, work->wish->entity, name, PB_STR_NONE, body, err);
}

static const model_kept *kept_of(const model_kept *kept, size_t count, pb_str entity, pb_str field)
{
    for (size_t i = 0; i < count; i++)
        if (pb_str_eq(kept[i].entity, entity) &&
            (pb_str_eq(kept[i].field, field) ||
             (pb_str_empty(kept[i].field) && pb_str_empty(field))))
            return &kept[i];
    return NULL;
}

/* The keys that may be said of what is there. */
static model_body_kind kind_of(const model_schema *schema, const service_model_wish *wish)
{
    const model_entity *entity = model_entity_find(schema, wish->entity);
    const model_field *field =
        entity == NULL || pb_str_empty(wish->field) ? NULL : model_field_find(entity, wish->field);
    bool own =
        pb_str_empty(wish->field) ? entity != NULL && entity->own : field != NULL && field->own;
    if (pb_str_empty(wish->field))
        return wish->make ? MODEL_BODY_NEW_ENTITY : own ? MODEL_BODY_OWN_ENTITY : MODEL_BODY_ENTITY;
    return wish->make ? MODEL_BODY_NEW_FIELD : own ? MODEL_BODY_OWN_FIELD : MODEL_BODY_FIELD;
}

static pb_status make_items(model_work *work, const model_schema *schema, const model_kept *kept,
                            size_t kept_count, pb_error *err)
{
    const service_model_wish *wish = work->wish;
    const model_kept *before = kept_of(kept, kept_count, wish->entity, wish->field);
    pb_str old = before == NULL ? PB_STR_NONE : before->body, body;
    pb_str field = wish->field.ptr == NULL ? PB_STR("") : wish->field;
    work->items = pb_arena_array(work->arena, ITEMS_MOST, sizeof *work->items);
    work->before = pb_arena_array(work->arena, ITEMS_MOST, sizeof *work->before);
    if (work->items == NULL || work->before == NULL)
        return pb_fail_memory(err);
    model_body said = {.kind = kind_of(schema, wish), .text = wish->body, .arena = work->arena};
    PB_TRY(model_body_merge(&said, old, &body, err));
    PB_TRY(add_item(work, wish->entity, field, old, body, err));
    return said.kind == MODEL_BODY_NEW_ENTITY ? model_body_members(&said, add_member, work, err)
                                              : PB_OK;
}

/* ---- what must stay ---- */

static pb_status fail_lost(const model_field *field, const char *says, const char *hint,
                           pb_str value, pb_error *err)
{
    pb_fail(err, PB_INVALID, says, "field", PB_ARG(field->name), "value", PB_ARG(value), NULL);
    pb_error_hint(err, hint, NULL);
    return PB_INVALID;
}

/* Whatever stands in the tables must mean afterwards what it meant before. */
static pb_status check_field_stays(const model_field *was, const model_field *is, pb_error *err)
{
    if (is == NULL || is->type != was->type || is->many < was->many ||
        (was->target != NULL && !pb_str_eq(was->target->name, is->target->name)))
        return fail_lost(was,
                         PB_MSG("What the field “{field}” holds cannot become something else."),
                         PB_MSG("Retire it, and add a field of the other kind."), PB_STR_NONE, err);
    if (is->personal.sensitive != was->personal.sensitive)
        return fail_lost(
            was,
            PB_MSG("Whether the field “{field}” is sensitive is settled when it is added: that is "
                   "how its values are stored."),
            PB_MSG("Retire it, and add another."), PB_STR_NONE, err);
    for (size_t i = 0; i < was->choice_count; i++)
        if (model_choice_find(is, was->choices[i].value) == NULL)
            return fail_lost(was,
                             PB_MSG("The value “{value}” of the field “{field}” cannot be taken "
                                    "away: records may have it."),
                             PB_MSG("Name it in “retired_values” instead."), was->choices[i].value,
                             err);
    return PB_OK;
}

static pb_status check_stays(const model_schema *was, const model_schema *is, pb_error *err)
{
    for (size_t e = 0; e < was->entity_count; e++) {
        const model_entity *old = &was->entities[e];
        const model_entity *new = model_entity_find(is, old->name);
        for (size_t i = 0; new != NULL &&i < old->field_count; i++)
            PB_TRY(check_field_stays(&old->fields[i], model_field_find(new, old->fields[i].name),
                                     err));
        if (new == NULL)
            return pb_fail(err, PB_INTERNAL, PB_MSG("There is no entity “{name}”."), "name",
                           PB_ARG(old->name), NULL);
    }
    return PB_OK;
}

/* All that is kept, with the change in its place. */
static pb_status make_schema(model_work *work, const model_schema *schema, const model_kept *kept,
                             size_t count, pb_error *err)
{
    model_kept *all = pb_arena_array(work->arena, count + work->count, sizeof *all);
    size_t all_count = count;
    if (all == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        all[i] = kept[i];
    for (size_t i = 0; i < work->count; i++) {
        const model_kept *item = &work->items[i];
        const model_kept *before = kept_of(kept, count, item->entity, item->field);
        all[before != NULL ? (size_t)(before - kept) : all_count++] = *item;
    }
    PB_TRY(model_schema_with(schema, all, all_count, &work->schema, err));
    return check_stays(schema, work->schema, err);
}

/* ---- the transaction ---- */

/* Keys in the order of RFC 8949 4.2.1. */
static void put_item(const model_kept *item, pb_str before, pb_buf *out)
{
    pb_cbor_map(out, 4);
    pb_cbor_text(out, PB_STR("after"));
    pb_cbor_text(out, item->body);
    pb_cbor_text(out, PB_STR("field"));
    pb_cbor_text(out, item->field);
    pb_cbor_text(out, PB_STR("before"));
    if (before.ptr == NULL)
        pb_cbor_null(out);
    else
        pb_cbor_text(out, before);
    pb_cbor_text(out, PB_STR("entity"));
    pb_cbor_text(out, item->entity);
}

static void put_hash(const char *key, const model_schema *schema, pb_buf *out)
{
    pb_cbor_text(out, pb_str_c(key));
    pb_cbor_bytes(out, pb_str_n((const char *)schema->hash, sizeof schema->hash));
}

static pb_status log_change(db_session *session, const model_work *work, int64_t version,
                            pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(PAYLOAD_MAX);
    bool says = work->wish->why.len > 0;
    uint64_t sequence;
    pb_cbor_map(&payload, 4 + (size_t)says);
    if (says) {
        pb_cbor_text(&payload, PB_STR("why"));
        pb_cbor_text(&payload, work->wish->why);
    }
    put_hash("after", work->schema, &payload);
    pb_cbor_text(&payload, PB_STR("items"));
    pb_cbor_array(&payload, work->count);
    for (size_t i = 0; i < work->count; i++)
        put_item(&work->items[i], work->before[i], &payload);
    put_hash("before", db_workspace_schema(db_session_workspace(session)), &payload);
    pb_cbor_text(&payload, PB_STR("version"));
    pb_cbor_int(&payload, version);
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {.kind = "model.changed",
                                .at_us = work->call->now_us,
                                .actor = work->call->actor,
                                .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, &sequence, err);
}

static pb_status change(db_session *session, void *context, pb_error *err)
{
    model_work *work = context;
    PB_TRY(may_change(work, session, err));
    const db_model_change made = {.items = work->items,
                                  .count = work->count,
                                  .at_us = work->call->now_us,
                                  .schema = work->schema};
    PB_TRY(db_model_change_store(session, &made, &work->version, err));
    return log_change(session, work, work->version, err);
}

static pb_status prepare(model_work *work, db_session *session, pb_error *err)
{
    const db_workspace *workspace = db_session_workspace(session);
    const model_schema *schema = db_workspace_schema(workspace);
    const service_model_wish *wish = work->wish;
    model_kept *kept;
    size_t count;
    PB_TRY(may_change(work, session, err));
    if (wish->expected >= 0 && wish->expected != db_model_version(workspace))
        return pb_fail(err, PB_CONFLICT,
                       PB_MSG("The model was changed: it is at version {version}, not {expected}."),
                       "version", PB_ARG_INT(db_model_version(workspace)), "expected",
                       PB_ARG_INT(wish->expected), NULL);
    PB_TRY(wish->make ? check_make(schema, wish, err) : check_there(schema, wish, err));
    PB_TRY(db_kept_read(session, work->arena, &kept, &count, err));
    PB_TRY(make_items(work, schema, kept, count, err));
    return make_schema(work, schema, kept, count, err);
}

pb_status service_model_put(const service_call *call, db_workspace *workspace,
                            const service_model_wish *wish, bool dry_run, int64_t *ret_version,
                            pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    db_session *session = NULL;
    if (arena == NULL)
        return pb_fail_memory(err);
    model_work work = {.call = call, .wish = wish, .dry_run = dry_run, .arena = arena};
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = prepare(&work, session, err);
    db_snapshot_close(session);
    work.version = db_model_version(workspace);
    if (status == PB_OK && !dry_run)
        status = db_write_within(workspace, call->limits, change, &work, err);
    model_schema_free(work.schema);
    if (status != PB_OK)
        return service_refused(call, workspace, &work.denial, status, err);
    *ret_version = work.version;
    return PB_OK;
}
