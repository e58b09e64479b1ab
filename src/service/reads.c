/* Showing records, and logging who saw what of them: the one place where reads become events. */
#include "service/reads.h"

#include "internal.h"

#include "backup/fixture.h"
#include "backup/standby.h"
#include "base/cbor.h"
#include "base/time.h"
#include "db/move.h"

/* What was told of one entity's records. */
typedef struct entity_seen {
    bool due;     /* something of it must be logged */
    bool *fields; /* by number of the field: it was told */
    pb_map *gone; /* names of fields that are no longer declared; NULL: none was told */
    pb_uuid *ids;
    size_t id_count, id_room;
    uint64_t records;
} entity_seen;

typedef struct reads {
    const service_call *call;
    const service_view *view;
    const model_schema *schema;
    const model_entity *entity; /* of the history being told */
    pb_arena *arena;
    entity_seen **seen; /* by entity->index; NULL: nothing of it was told */
} reads;

static pb_status reads_begin(reads *r, pb_error *err)
{
    r->seen = pb_arena_array(r->arena, r->schema->entity_count + 1, sizeof(entity_seen *));
    return r->seen == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status seen_of(reads *r, const model_entity *entity, entity_seen **ret, pb_error *err)
{
    entity_seen **seen = &r->seen[entity->index];
    if (*seen == NULL) {
        entity_seen *made = pb_arena_alloc(r->arena, sizeof *made);
        if (made == NULL)
            return pb_fail_memory(err);
        made->fields = pb_arena_array(r->arena, entity->field_count + 1, sizeof *made->fields);
        if (made->fields == NULL)
            return pb_fail_memory(err);
        *seen = made;
    }
    *ret = *seen;
    return PB_OK;
}

static void note_field(entity_seen *seen, const model_field *field)
{
    seen->due = seen->due || field->personal.declared || field->log_reads;
    seen->fields[field->index] = true;
}

/* Whether a field that is no longer declared was personal nobody knows any more: it is held to be.
 */
static pb_status note_gone(reads *r, entity_seen *seen, pb_str name, pb_error *err)
{
    seen->due = true;
    if (seen->gone == NULL)
        seen->gone = pb_map_new(r->arena);
    return seen->gone == NULL || pb_map_put(seen->gone, name, NULL) == NULL ? pb_fail_memory(err)
                                                                            : PB_OK;
}

static pb_status note_record(reads *r, entity_seen *seen, pb_uuid id, pb_error *err)
{
    seen->records++;
    if (seen->id_count < SERVICE_READ_IDS &&
        !PB_PUSH(r->arena, seen->ids, seen->id_count, seen->id_room, id))
        return pb_fail_memory(err);
    return PB_OK;
}

static pb_status tell_record(void *context, const record_data *record, pb_error *err)
{
    reads *r = context;
    entity_seen *seen = NULL;
    PB_TRY(seen_of(r, record->entity, &seen, err));
    PB_TRY(note_record(r, seen, record->id, err));
    for (size_t i = 0; i < record->entity->field_count; i++) {
        const model_field *field = &record->entity->fields[i];
        if (record->values[i].kind != PB_NULL || !pb_str_empty(record->refs[i]))
            note_field(seen, field);
    }
    return r->view->record(r->view->context, record, err);
}

static pb_status tell_step(void *context, const record_step *step, pb_error *err)
{
    reads *r = context;
    entity_seen *seen = NULL;
    PB_TRY(seen_of(r, r->entity, &seen, err));
    for (size_t i = 0; i < step->change_count; i++) {
        const struct record_change_item *change = &step->changes[i];
        if (change->before.kind == PB_NULL && change->after.kind == PB_NULL)
            continue;
        /* The source's own id of a record is no field, and was never one. */
        if (change->field != NULL)
            note_field(seen, change->field);
        else if (!pb_str_is(change->name, "source_id"))
            PB_TRY(note_gone(r, seen, change->name, err));
    }
    return r->view->step(r->view->context, step, err);
}

/* Keys in the order of RFC 8949 4.2.1, fields in that of the entity, then those gone. */
static pb_status payload_of(const service_call *call, const entity_seen *seen,
                            const model_entity *entity, pb_buf *out, pb_error *err)
{
    size_t cursor = 0, count = seen->gone == NULL ? 0 : pb_map_count(seen->gone);
    pb_str name;
    uint64_t value;
    for (size_t i = 0; i < entity->field_count; i++)
        count += seen->fields[i];
    pb_cbor_map(out, 4 + (size_t)(call->device.len > 0) + (size_t)(call->address.len > 0));
    pb_cbor_text(out, PB_STR("count"));
    pb_cbor_uint(out, seen->records);
    service_put_place(out, "device", call->device);
    pb_cbor_text(out, PB_STR("entity"));
    pb_cbor_text(out, entity->name);
    pb_cbor_text(out, PB_STR("fields"));
    pb_cbor_array(out, count);
    for (size_t i = 0; i < entity->field_count; i++)
        if (seen->fields[i])
            pb_cbor_text(out, entity->fields[i].name);
    while (seen->gone != NULL && pb_map_next(seen->gone, &cursor, &name, &value))
        pb_cbor_text(out, name);
    service_put_place(out, "address", call->address);
    pb_cbor_text(out, PB_STR("records"));
    pb_cbor_array(out, seen->id_count);
    for (size_t i = 0; i < seen->id_count; i++)
        pb_cbor_bytes(out, pb_uuid_str(&seen->ids[i]));
    return out->failed ? pb_fail_memory(err) : PB_OK;
}

/* Where the events of a read go. */
typedef pb_status (*event_sink)(void *context, const ledger_event *event, pb_error *err);

static pb_status into_ledger(void *context, const ledger_event *event, pb_error *err)
{
    uint64_t sequence;
    return ledger_append(context, event, &sequence, err);
}

/* The notes of a standby. */
static pb_status into_notes(void *context, const ledger_event *event, pb_error *err)
{
    return backup_standby_note(context, event, err);
}

typedef struct service_later_event {
    ledger_event event;
    struct service_later_event *next;
} later_event;

static pb_status into_later(void *context, const ledger_event *event, pb_error *err)
{
    service_later *later = context;
    PB_TRY(ledger_writable(event, err)); /* it spoils no commit of others */
    later_event *kept = pb_arena_alloc(later->arena, sizeof *kept);
    if (kept == NULL)
        return pb_fail_memory(err);
    *kept = (later_event){*event, NULL};
    kept->event.payload = pb_arena_str(later->arena, event->payload);
    kept->event.actor.purpose = pb_arena_str(later->arena, event->actor.purpose);
    if (kept->event.payload.ptr == NULL ||
        (event->actor.purpose.ptr != NULL && kept->event.actor.purpose.ptr == NULL))
        return pb_fail_memory(err);
    if (later->first == NULL)
        later->first = kept;
    else
        later->last->next = kept;
    later->last = kept;
    return PB_OK;
}

static pb_status put_reads(const reads *r, event_sink sink, void *context, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(1 << 20);
    for (size_t i = 0; i < r->schema->entity_count; i++) {
        if (r->seen[i] == NULL || !r->seen[i]->due)
            continue;
        pb_buf_clear(&payload);
        PB_TRY(payload_of(r->call, r->seen[i], &r->schema->entities[i], &payload, err));
        ledger_event event = {.kind = "record.read",
                              .at_us = r->call->now_us,
                              .actor = r->call->actor,
                              .payload = pb_buf_str(&payload)};
        PB_TRY(sink(context, &event, err));
    }
    return PB_OK;
}

static pb_status append_reads(db_session *session, void *context, pb_error *err)
{
    return put_reads(context, into_ledger, session, err);
}

static pb_status hinted(pb_status status, pb_error *err)
{
    if (status != PB_OK && err != NULL && err->hint.id == NULL)
        pb_error_hint(err,
                      PB_MSG("Personal data is shown only when the log can keep who read it. Make "
                             "sure that the workspace can be written."),
                      NULL);
    return status;
}

static pb_status log_reads(reads *r, db_workspace *workspace, pb_error *err)
{
    bool due = false;
    for (size_t i = 0; i < r->schema->entity_count; i++)
        due = due || (r->seen[i] != NULL && r->seen[i]->due);
    /* A workspace that was moved away is closed to writing, its log with it, but stays to be read:
     * reading goes on without the event. */
    if (!due || db_moved_to(workspace) != NULL)
        return PB_OK;
    if (db_standby_of(workspace) != NULL)
        return hinted(put_reads(r, into_notes, workspace, err), err);
    if (r->call->later != NULL)
        return put_reads(r, into_later, r->call->later, err);
    return hinted(db_write_within(workspace, r->call->limits, append_reads, r, err), err);
}

typedef struct written_later {
    const service_later *const *laters;
    size_t count;
} written_later;

static pb_status append_later(db_session *session, void *context, pb_error *err)
{
    const written_later *w = context;
    for (size_t i = 0; i < w->count; i++)
        for (const later_event *one = w->laters[i]->first; one != NULL; one = one->next)
            PB_TRY(into_ledger(session, &one->event, err));
    return PB_OK;
}

pb_status service_later_write(db_workspace *workspace, const service_later *const *laters,
                              size_t count, pb_error *err)
{
    written_later w = {laters, count};
    return hinted(db_write_log(workspace, append_later, &w, err), err);
}

pb_status service_show(const service_call *call, db_workspace *workspace,
                       const model_entity *entity, pb_uuid id, const service_view *view,
                       pb_arena *arena, pb_error *err)
{
    reads r = {call, view, db_workspace_schema(workspace), entity, arena, NULL};
    db_session *session = NULL;
    record_data record;
    PB_TRY(reads_begin(&r, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = record_read(session, entity, id, arena, &record, err);
    if (status == PB_OK)
        status = tell_record(&r, &record, err);
    if (status == PB_OK && view->step != NULL)
        status = record_history(session, entity, id, tell_step, &r, err);
    db_snapshot_close(session);
    return status == PB_OK ? log_reads(&r, workspace, err) : status;
}

pb_status service_find(const service_call *call, db_workspace *workspace,
                       const model_entity *entity, pb_str query, int64_t limit,
                       const service_view *view, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    reads r = {call, view, db_workspace_schema(workspace), entity, arena, NULL};
    db_session *session = NULL;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(reads_begin(&r, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = record_find(session, entity, query, limit, tell_record, &r, err);
    db_snapshot_close(session);
    return status == PB_OK ? log_reads(&r, workspace, err) : status;
}

static pb_status show_nothing(void *context, const record_data *record, pb_error *err)
{
    (void)context;
    (void)record;
    (void)err;
    return PB_OK;
}

static pb_status log_shown_in(const service_call *call, db_workspace *workspace, pb_arena *arena,
                              const record_data *const *records, size_t count, pb_error *err)
{
    const service_view view = {.record = show_nothing};
    reads r = {call, &view, db_workspace_schema(workspace), NULL, arena, NULL};
    PB_TRY(reads_begin(&r, err));
    for (size_t i = 0; i < count; i++)
        PB_TRY(tell_record(&r, records[i], err));
    return log_reads(&r, workspace, err);
}

pb_status service_log_counted(const service_call *call, db_workspace *workspace,
                              const model_entity *entity, const bool *fields, uint64_t records,
                              pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    const service_view view = {.record = show_nothing};
    reads r = {call, &view, db_workspace_schema(workspace), NULL, arena, NULL};
    entity_seen *seen = NULL;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(reads_begin(&r, err));
    PB_TRY(seen_of(&r, entity, &seen, err));
    for (size_t i = 0; i < entity->field_count; i++)
        if (fields[i])
            note_field(seen, &entity->fields[i]);
    seen->records = records;
    return log_reads(&r, workspace, err);
}

pb_status service_log_shown(const service_call *call, db_workspace *workspace,
                            const record_data *const *records, size_t count, pb_error *err)
{
    if (call->later != NULL)
        return log_shown_in(call, workspace, call->later->arena, records, count, err);
    PB_AUTO_ARENA arena = pb_arena_new(0);
    return arena == NULL ? pb_fail_memory(err)
                         : log_shown_in(call, workspace, arena, records, count, err);
}

/* ---- cases of controls ---- */

/* What a case says of one read. */
static pb_status read_item(reads *r, const model_yaml *item, int64_t *ret_at_us, pb_error *err)
{
    static const char *const keys[] = {"entity", "fields", "on", NULL};
    const model_yaml *name, *fields, *on;
    entity_seen *seen = NULL;
    int64_t days;
    PB_TRY(model_yaml_check_keys(item, keys, err));
    PB_TRY(model_yaml_need(item, "entity", &name, err));
    PB_TRY(model_yaml_need(item, "fields", &fields, err));
    PB_TRY(model_yaml_need(item, "on", &on, err));
    PB_TRY(model_yaml_expect(fields, MODEL_YAML_LIST, err));
    const model_entity *entity = model_entity_find(r->schema, name->text);
    if (entity == NULL)
        return model_yaml_fail(name, err, PB_MSG("The model has no entity {entity}."), "entity",
                               PB_ARG(name->text), NULL);
    if (!pb_date_parse(on->text, &days))
        return model_yaml_fail(on, err, PB_MSG("“{value}” is no date."), "value", PB_ARG(on->text),
                               NULL);
    PB_TRY(seen_of(r, entity, &seen, err));
    seen->due = true;
    PB_TRY(note_record(r, seen, (pb_uuid){{0}}, err));
    for (size_t i = 0; i < fields->count; i++) {
        const model_yaml *node = fields->items[i];
        const model_field *field = model_field_find(entity, node->text);
        if (field == NULL)
            return model_yaml_fail(node, err, PB_MSG("Entity {entity} has no field {field}."),
                                   "entity", PB_ARG(entity->name), "field", PB_ARG(node->text),
                                   NULL);
        note_field(seen, field);
    }
    *ret_at_us = days * PB_US_PER_DAY;
    return PB_OK;
}

static pb_status begin_own(db_session *session, void *context, pb_error *err)
{
    (void)context;
    return backup_plan_begin(session, err);
}

pb_status service_reads_fixture(db_workspace *workspace, const service_call *call,
                                const model_yaml *list, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(model_yaml_expect(list, MODEL_YAML_LIST, err));
    PB_TRY(db_write_within(workspace, call->limits, begin_own, NULL, err));
    for (size_t i = 0; i < list->count; i++) {
        service_call then = *call;
        reads r = {&then, NULL, db_workspace_schema(workspace), NULL, arena, NULL};
        PB_TRY(reads_begin(&r, err));
        PB_TRY(read_item(&r, list->items[i], &then.now_us, err));
        PB_TRY(db_write_within(workspace, call->limits, append_reads, &r, err));
    }
    return PB_OK;
}
