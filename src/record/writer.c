/* A writer: its memory, what it keeps about each entity, its ids, its end. */
#include "internal.h"

#include "db/kept.h"
#include "merged.h"

#include <stdlib.h>
#include <string.h>

#include "sys/clock.h"
#include "sys/random.h"

enum {
    ROW_MAX = 64 << 20,     /* memory of one row: values, problems, notes */
    TOKENS_MAX = 4 << 20,   /* search tokens of one row */
    PAYLOAD_MAX = 32 << 20, /* payload of one event */
    ID_RANDOM = 8
};

pb_status writer_parts(record_writer *writer, pb_error *err)
{
    writer->arena = pb_arena_new(0);
    writer->row = pb_arena_new(ROW_MAX);
    writer->reader = model_reader_new(writer->days.today);
    writer->payload = PB_BUF_INIT(PAYLOAD_MAX);
    writer->tokens = PB_BUF_INIT(TOKENS_MAX);
    writer->folded = PB_BUF_INIT(TOKENS_MAX);
    writer->other = PB_BUF_INIT(TOKENS_MAX);
    writer->ids.us = writer->now_us;
    model_reader_zone(writer->reader, writer->days.zone);
    if (writer->arena == NULL || writer->row == NULL || writer->reader == NULL)
        return pb_fail_memory(err);
    writer->plans =
        pb_arena_array(writer->arena, writer->schema->entity_count, sizeof *writer->plans);
    return writer->plans ? PB_OK : pb_fail_memory(err);
}

pb_status record_writer_open(db_session *session, ledger_actor actor, int64_t now_us,
                             record_policy policy, record_writer **ret_writer, pb_error *err)
{
    PB_TRY(db_model_holds(session, err));
    record_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL)
        return pb_fail_memory(err);
    writer->session = session;
    writer->schema = db_workspace_schema(db_session_workspace(session));
    writer->actor = actor;
    writer->now_us = now_us;
    writer->days = (model_days){sys_day_of(now_us), sys_zone()};
    writer->policy = policy;
    pb_status status = writer_parts(writer, err);
    if (status != PB_OK) {
        record_writer_close(writer);
        return status;
    }
    *ret_writer = writer;
    return PB_OK;
}

void record_writer_last(record_writer *writer)
{
    writer->last = true;
}

record_writer *record_writer_close(record_writer *writer)
{
    if (writer == NULL)
        return NULL;
    for (size_t i = 0; writer->plans != NULL && i < writer->schema->entity_count; i++) {
        keyset_free(&writer->plans[i].index.set);
        keyset_free(&writer->plans[i].promised);
        pb_arena_free(writer->plans[i].ref_arena);
    }
    pb_buf_free(&writer->payload);
    pb_buf_free(&writer->tokens);
    pb_buf_free(&writer->folded);
    pb_buf_free(&writer->other);
    model_reader_free(writer->reader);
    pb_arena_free(writer->row);
    pb_arena_free(writer->arena);
    free(writer);
    return NULL;
}

static pb_status make_insert(record_writer *writer, plan *p, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(128 << 10);
    pb_buf_addc(&sql, "INSERT INTO t_");
    pb_buf_add(&sql, p->entity->name);
    pb_buf_addc(&sql, " (");
    pb_buf_add(&sql, p->lay->list);
    pb_buf_addc(&sql, ") VALUES (?");
    for (size_t i = 1; i < LAYOUT_HEAD + p->lay->count; i++)
        pb_buf_addc(&sql, ",?");
    pb_buf_byte(&sql, ')');
    if (sql.failed)
        return pb_fail_memory(err);
    return db_prepare_text(writer->session, pb_buf_str(&sql), &p->insert, err);
}

pb_status writer_cells(record_writer *writer, plan *p, const model_entity *entity, pb_error *err)
{
    p->entity = entity;
    /* Most writers make one record, so they take what their session keeps; rows of files that are
     * only looked at have none. */
    p->lay = writer->session != NULL ? layout_of(writer->session, entity)
                                     : layout_make(entity, writer->arena);
    if (p->lay == NULL)
        return pb_fail_memory(err);
    size_t fields = p->entity->field_count;
    pb_arena *arena = writer->arena;
    p->cells = pb_arena_array(arena, p->lay->count + 1, sizeof *p->cells);
    p->before = pb_arena_array(arena, p->lay->count + 1, sizeof *p->before);
    p->values = pb_arena_array(arena, fields + 1, sizeof *p->values);
    p->links = pb_arena_array(arena, fields + 1, sizeof *p->links);
    p->given = pb_arena_array(arena, fields + 1, sizeof *p->given);
    p->ref_arena = pb_arena_new(0);
    p->country = pb_arena_array(arena, fields + 1, sizeof *p->country);
    p->bound = pb_arena_array(arena, p->lay->count + 1, sizeof *p->bound);
    bool good = p->cells && p->before && p->values && p->links && p->given && p->ref_arena &&
                p->country && p->bound;
    for (size_t i = 0; good && i < fields; i++) {
        const model_field *country = model_field_find(p->entity, p->entity->fields[i].country);
        p->country[i] = country ? p->lay->first[country->index] : SIZE_MAX;
    }
    return good ? PB_OK : pb_fail_memory(err);
}

/* What is stored of the entity: asked for when no writer before knew it. */
static pb_status stored_of(record_writer *writer, plan *p, pb_error *err)
{
    known_entity stored = {0};
    p->known = known_of(writer->session, p->entity);
    if (p->known != NULL && p->known->known) {
        stored = *p->known;
    } else {
        PB_TRY(db_last_n(writer->session, p->entity, &stored.last_n, err));
        PB_TRY(merged_any(writer->session, p->entity, &stored.merged, err));
    }
    p->last_n = p->index.first_n = stored.last_n;
    p->index.filed = p->last_n > 0;
    p->merged = stored.merged;
    if (!stored.known || stored.promises)
        PB_TRY(links_load(writer, p, err));
    stored.promises = p->open_promises > 0;
    stored.known = true;
    if (p->known != NULL)
        *p->known = stored;
    return PB_OK;
}

pb_status writer_plan(record_writer *writer, const model_entity *entity, plan **ret_plan,
                      pb_error *err)
{
    plan *p = &writer->plans[entity->index];
    if (!p->used) {
        PB_TRY(writer_cells(writer, p, entity, err));
        PB_TRY(keys_index(p->lay, writer->arena, &p->index, err));
        PB_TRY(make_insert(writer, p, err));
        PB_TRY(stored_of(writer, p, err));
        p->used = true;
    }
    *ret_plan = p;
    return PB_OK;
}

pb_status writer_begin_row(record_writer *writer, pb_error *err)
{
    if (writer->broken || writer->finished)
        return pb_fail(err, PB_INTERNAL,
                       PB_MSG("The writer of records was used after it had ended or failed."),
                       NULL);
    pb_arena_reset(writer->row);
    model_reader_reset(writer->reader);
    writer->problems = NULL;
    writer->problem_count = writer->problem_capacity = 0;
    writer->notes = NULL;
    writer->note_count = writer->note_capacity = 0;
    gate_forget(writer);
    writer->led = false;
    return PB_OK;
}

pb_status writer_end_row(record_writer *writer, pb_status status)
{
    bool refused = status == PB_INVALID || status == PB_NOT_FOUND || status == PB_CONFLICT;
    if (status != PB_OK && !refused)
        writer->broken = true;
    return status;
}

/* The records of a writer are made at one moment: a counter of 24 bits before 38 random ones keeps
 * their ids in the order of making, which keeps the index of ids appended to, and apart from those
 * of other writers of the same moment (RFC 9562 §6.2, method 1). */
pb_status writer_new_id(record_writer *writer, pb_uuid *ret_id, pb_error *err)
{
    if (writer->ids.used + ID_RANDOM > writer->ids.filled) {
        /* Most writers make one record, some a million. */
        bool first = writer->ids.filled == 0;
        PB_TRY(sys_sodium_init(err));
        writer->ids.filled = first ? ID_RANDOM : sizeof writer->ids.bytes;
        sys_random(writer->ids.bytes, writer->ids.filled);
        writer->ids.used = 0;
    }
    uint8_t random[ID_RANDOM];
    memcpy(random, writer->ids.bytes + writer->ids.used, ID_RANDOM);
    writer->ids.used += ID_RANDOM;
    uint32_t counter = writer->ids.counter++;
    if (counter == (UINT32_C(1) << 24) - 1) {
        writer->ids.counter = 0;
        writer->ids.us++;
    }
    /* The two top bits of the first byte are the variant's. */
    random[0] = (uint8_t)(counter >> 18 & 0x3f);
    random[1] = (uint8_t)(counter >> 10);
    random[2] = (uint8_t)(counter >> 2);
    random[3] = (uint8_t)((counter & 3) << 6 | (random[3] & 0x3f));
    *ret_id = pb_uuid_v7(writer->ids.us, random);
    return PB_OK;
}

static pb_status finish(record_writer *writer, pb_error *err)
{
    writer->broken = true; /* until all of it is written */
    PB_TRY(links_finish(writer, err));
    for (size_t i = 0; i < writer->schema->entity_count && !writer->last; i++) {
        plan *p = &writer->plans[i];
        if (!p->used)
            continue;
        PB_TRY(keys_flush(writer, p, err));
        PB_TRY(gate_finish(writer, p, err));
        if (p->lists_off)
            PB_TRY(db_lists_make(writer->session, p->entity, err));
    }
    writer->broken = false;
    return PB_OK;
}

pb_status record_writer_finish(record_writer *writer, pb_error *err)
{
    PB_TRY(writer_begin_row(writer, err));
    PB_TRY(writer_end_row(writer, finish(writer, err)));
    writer->finished = true;
    return PB_OK;
}

uint64_t record_writer_unresolved(const record_writer *writer)
{
    return writer->unresolved;
}
