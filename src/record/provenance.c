#include "record/provenance.h"

#include "base/cbor.h"
#include "merged.h"
#include "steps.h"

/* ---- statements ---- */

static bool is_basis(const model_field *field, pb_str basis)
{
    for (size_t i = 0; i < field->personal.basis.count; i++)
        if (pb_str_eq(field->personal.basis.items[i], basis))
            return true;
    return !field->personal.declared;
}

static bool problem(record_problem *ret, const model_field *field, pb_str value, const char *says)
{
    *ret = (record_problem){field, value, pb_str_c(says)};
    return false;
}

bool record_statement_good(const record_statement *s, int64_t now_us, record_problem *ret_problem)
{
    if (s->source.len > RECORD_SOURCE_MOST)
        return problem(ret_problem, s->field, pb_str_sub(s->source, 0, 40),
                       PB_MSG("The source must have at most 500 bytes."));
    if (s->verified_by.len > RECORD_SOURCE_MOST)
        return problem(ret_problem, s->field, pb_str_sub(s->verified_by, 0, 40),
                       PB_MSG("Who verified it must have at most 500 bytes."));
    if (s->basis.ptr != NULL && !is_basis(s->field, s->basis))
        return problem(ret_problem, s->field, s->basis,
                       PB_MSG("“{value}” is no legal basis that is declared for this field."));
    if (s->collected && s->collected_us > now_us)
        return problem(ret_problem, s->field, PB_STR("collected_at"),
                       PB_MSG("“{value}” must not be in the future."));
    if (s->verified && s->verified_us > now_us)
        return problem(ret_problem, s->field, PB_STR("verified_at"),
                       PB_MSG("“{value}” must not be in the future."));
    return true;
}

static void put_text(pb_buf *out, const char *key, pb_str text)
{
    if (text.ptr == NULL)
        return;
    pb_cbor_text(out, pb_str_c(key));
    pb_cbor_text(out, text);
}

/* Keys in the order of RFC 8949 4.2.1: by length, then by letter. */
static void put_statement(pb_buf *out, const record_statement *s)
{
    size_t pairs = 1 + (size_t)s->collected + (size_t)s->verified + (size_t)(s->basis.ptr != NULL) +
                   (size_t)(s->source.ptr != NULL) + (size_t)(s->verified_by.ptr != NULL);
    pb_cbor_map(out, pairs);
    put_text(out, "basis", s->basis);
    put_text(out, "field", s->field->name);
    put_text(out, "source", s->source);
    if (s->verified) {
        pb_cbor_text(out, PB_STR("verified"));
        pb_cbor_int(out, s->verified_us);
    }
    if (s->collected) {
        pb_cbor_text(out, PB_STR("collected"));
        pb_cbor_int(out, s->collected_us);
    }
    put_text(out, "verified_by", s->verified_by);
}

static pb_status keep_place(db_session *session, const model_entity *entity, pb_uuid id,
                            const model_field *field, uint64_t sequence, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(session,
                      "INSERT INTO value_origin (entity, record, field, seq)"
                      " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (entity, record, field)"
                      " DO UPDATE SET seq = excluded.seq",
                      &stmt, err));
    db_bind_text(stmt, 1, entity->name);
    db_bind_blob(stmt, 2, pb_uuid_str(&id));
    db_bind_text(stmt, 3, field->name);
    db_bind_i64(stmt, 4, (int64_t)sequence);
    return db_run(stmt, err);
}

pb_status record_state(db_session *session, ledger_actor actor, int64_t now_us,
                       const model_entity *entity, pb_uuid id, const record_statement *statements,
                       size_t count, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(1 << 20);
    uint64_t sequence;
    pb_cbor_map(&payload, 3);
    put_text(&payload, "entity", entity->name);
    pb_cbor_text(&payload, PB_STR("record"));
    pb_cbor_bytes(&payload, pb_uuid_str(&id));
    pb_cbor_text(&payload, PB_STR("values"));
    pb_cbor_array(&payload, count);
    for (size_t i = 0; i < count; i++)
        put_statement(&payload, &statements[i]);
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {
        .kind = "value.stated", .at_us = now_us, .actor = actor, .payload = pb_buf_str(&payload)};
    PB_TRY(ledger_append(session, &event, &sequence, err));
    for (size_t i = 0; i < count; i++)
        PB_TRY(keep_place(session, entity, id, statements[i].field, sequence, err));
    return PB_OK;
}

/* ---- statements read ---- */

static pb_status damaged(uint64_t sequence, pb_error *err)
{
    return pb_fail(err, PB_CORRUPT, PB_MSG("The payload of event {event} could not be read."),
                   "event", PB_ARG_INT(sequence), NULL);
}

static record_statement read_statement(pb_cbor *in, const model_entity *entity)
{
    record_statement s = {.collected = false};
    size_t pairs = pb_cbor_get_map(in);
    for (size_t i = 0; i < pairs; i++) {
        pb_str key = pb_cbor_get_text(in);
        if (pb_str_is(key, "collected")) {
            s.collected = true;
            s.collected_us = pb_cbor_get_int(in);
        } else if (pb_str_is(key, "verified")) {
            s.verified = true;
            s.verified_us = pb_cbor_get_int(in);
        } else if (pb_str_is(key, "field")) {
            s.field = model_field_find(entity, pb_cbor_get_text(in));
        } else if (pb_str_is(key, "basis")) {
            s.basis = pb_cbor_get_text(in);
        } else if (pb_str_is(key, "source")) {
            s.source = pb_cbor_get_text(in);
        } else if (pb_str_is(key, "verified_by")) {
            s.verified_by = pb_cbor_get_text(in);
        } else {
            pb_cbor_skip(in);
        }
    }
    return s;
}

static pb_status find_statement(pb_cbor *in, const model_field *field, record_statement *ret,
                                bool *ret_found)
{
    size_t pairs = pb_cbor_get_map(in);
    for (size_t i = 0; i < pairs; i++) {
        if (!pb_str_is(pb_cbor_get_text(in), "values")) {
            pb_cbor_skip(in);
            continue;
        }
        size_t count = pb_cbor_get_array(in);
        for (size_t k = 0; k < count; k++) {
            record_statement s = read_statement(in, field->entity);
            *ret_found = *ret_found || s.field == field;
            if (s.field == field)
                *ret = s;
        }
    }
    return pb_cbor_done(in) ? PB_OK : PB_CORRUPT;
}

static pb_status place_of(db_session *session, const model_field *field, pb_uuid id,
                          uint64_t *ret_sequence, bool *ret_found, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(session,
                      "SELECT seq FROM value_origin WHERE entity = ?1 AND record = ?2 AND"
                      " field = ?3",
                      &stmt, err));
    db_bind_text(stmt, 1, field->entity->name);
    db_bind_blob(stmt, 2, pb_uuid_str(&id));
    db_bind_text(stmt, 3, field->name);
    PB_TRY(db_step(stmt, ret_found, err));
    *ret_sequence = *ret_found ? (uint64_t)db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    return PB_OK;
}

/* One that is older than the value (or than what brought it here: `since`) says nothing of it. */
static pb_status take_statement(db_session *session, const model_field *field, pb_uuid id,
                                uint64_t since, pb_arena *arena, record_provenance *p,
                                pb_error *err)
{
    uint64_t sequence;
    bool found, erased, said = false;
    ledger_event event;
    PB_TRY(place_of(session, field, id, &sequence, &found, err));
    if (!found || sequence < since)
        return PB_OK;
    PB_TRY(ledger_read(session, sequence, arena, &event, &erased, err));
    if (erased)
        return PB_OK;
    pb_cbor in = {event.payload, 0, false};
    if (find_statement(&in, field, &p->said, &said) != PB_OK)
        return damaged(sequence, err);
    p->stated = said;
    return PB_OK;
}

/* ---- what follows from the log ---- */

typedef struct walking {
    const record_data *record;
    record_provenance *list;
    pb_uuid *from; /* by field: whose value is looked for further back */
    bool *done;
    pb_arena *arena;
} walking;

static bool same(const pb_uuid *a, const pb_uuid *b)
{
    return pb_str_eq(pb_uuid_str(a), pb_uuid_str(b));
}

static const struct record_choice *choice_of(const record_step *step, pb_str field)
{
    for (size_t i = 0; i < step->choice_count; i++)
        if (pb_str_eq(step->choices[i].field, field))
            return &step->choices[i];
    return NULL;
}

/* A merge that took the value from another record leads on to that record's own events. */
static pb_status take_change(walking *w, const record_step *step, const model_field *field,
                             pb_error *err)
{
    size_t i = field->index;
    record_provenance *p = &w->list[i];
    const struct record_choice *choice = choice_of(step, field->name);
    if (w->done[i] || !same(&step->event.record, &w->from[i]))
        return PB_OK;
    if (choice != NULL && !choice->several && !same(&choice->from, &step->event.record)) {
        p->merged_at = p->merged ? p->merged_at : step->sequence;
        p->merged = true;
        p->from = w->from[i] = choice->from;
        return PB_OK;
    }
    w->done[i] = p->known = true;
    p->sequence = step->sequence;
    p->set_us = step->event.at_us;
    p->by = pb_arena_str(w->arena, step->event.actor.name);
    p->via = step->event.actor.via.ptr == NULL ? PB_STR_NONE
                                               : pb_arena_str(w->arena, step->event.actor.via);
    return p->by.ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status take_step(void *context, const record_step *step, pb_error *err)
{
    walking *w = context;
    for (size_t i = 0; i < step->change_count; i++)
        if (step->changes[i].field != NULL)
            PB_TRY(take_change(w, step, step->changes[i].field, err));
    return PB_OK;
}

/* The file and row of an import that set the value: those of the record where it made that, else
 * those that its event names. */
static pb_status row_of(db_session *session, const record_data *record, uint64_t sequence,
                        pb_arena *arena, int64_t *ret_run, int64_t *ret_row, pb_error *err)
{
    ledger_event event;
    bool erased;
    step_item *items;
    size_t count;
    const layout *lay = layout_of(session, record->entity);
    *ret_run = *ret_row = 0;
    if (lay == NULL)
        return pb_fail_memory(err);
    PB_TRY(ledger_read(session, sequence, arena, &event, &erased, err));
    if (strcmp(event.kind, "record.created") == 0) {
        *ret_run = record->run;
        *ret_row = record->row;
        return PB_OK;
    }
    if (erased || strcmp(event.kind, "record.changed") != 0)
        return PB_OK;
    PB_TRY(steps_decode(lay, &event, arena, &items, &count, err));
    for (size_t i = 0; i < count; i++) {
        bool run = pb_str_is(items[i].name, "@run"), row = pb_str_is(items[i].name, "@row");
        if ((run || row) && items[i].after.kind == PB_INT)
            *(run ? ret_run : ret_row) = items[i].after.as.i;
    }
    return PB_OK;
}

static pb_status take_file(db_session *session, const model_entity *entity, pb_uuid id,
                           const record_data *record, pb_arena *arena, record_provenance *p,
                           pb_error *err)
{
    record_data other;
    db_stmt *stmt;
    int64_t run, in_file;
    bool row;
    if (!p->known)
        return PB_OK;
    if (!same(&id, &record->id)) {
        PB_TRY(record_read(session, entity, id, arena, &other, err));
        record = &other;
    }
    PB_TRY(row_of(session, record, p->sequence, arena, &run, &in_file, err));
    if (run == 0)
        return PB_OK;
    PB_TRY(db_prepare(session, "SELECT source FROM t_source_file WHERE run = ?1 AND entity = ?2",
                      &stmt, err));
    db_bind_i64(stmt, 1, run);
    db_bind_text(stmt, 2, entity->name);
    PB_TRY(db_step(stmt, &row, err));
    if (row)
        p->file = pb_arena_str(arena, db_column_text(stmt, 0));
    db_reset(stmt);
    p->row = row ? in_file : 0;
    return row && p->file.ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

/* What was stated here since a merge goes before what was stated of the record it came from. */
static pb_status take_origin(db_session *session, const record_data *record,
                             const model_field *field, pb_uuid from, pb_arena *arena,
                             record_provenance *p, pb_error *err)
{
    PB_TRY(take_file(session, record->entity, from, record, arena, p, err));
    if (p->merged)
        PB_TRY(take_statement(session, field, record->id, p->merged_at, arena, p, err));
    return p->stated ? PB_OK : take_statement(session, field, from, p->sequence, arena, p, err);
}

pb_status record_provenance_read(db_session *session, const record_data *record, pb_arena *arena,
                                 record_provenance **ret_list, pb_error *err)
{
    const model_entity *entity = record->entity;
    size_t count = entity->field_count;
    walking w = {.record = record, .arena = arena};
    w.list = pb_arena_array(arena, count + 1, sizeof *w.list);
    w.from = pb_arena_array(arena, count + 1, sizeof *w.from);
    w.done = pb_arena_array(arena, count + 1, sizeof *w.done);
    if (w.list == NULL || w.from == NULL || w.done == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        w.from[i] = record->id;
    PB_TRY(record_history(session, entity, record->id, take_step, &w, err));
    for (size_t i = 0; i < count; i++) {
        if (record->values[i].kind == PB_NULL && record->refs[i].ptr == NULL)
            continue;
        PB_TRY(take_origin(session, record, &entity->fields[i], w.from[i], arena, &w.list[i], err));
    }
    *ret_list = w.list;
    return PB_OK;
}
