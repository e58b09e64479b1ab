#include "record/looked.h"

#include <stdlib.h>

#include "base/cbor.h"
#include "merged.h"

/* Events that name not all records they showed are filed under no record's id. */
static const pb_uuid nobody = {{0}};

/* ---- what an event says ---- */

typedef struct reading {
    pb_str entity;
    pb_str *fields;
    size_t field_count;
    pb_str *records; /* 16 bytes each */
    size_t record_count;
    uint64_t count;
} reading;

static pb_status take_list(pb_cbor *in, bool bytes, pb_arena *arena, pb_str **ret_items,
                           size_t *ret_count, pb_error *err)
{
    size_t count = pb_cbor_get_array(in);
    pb_str *items = pb_arena_array(arena, count + 1, sizeof *items);
    if (items == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        items[i] = bytes ? pb_cbor_get_bytes(in) : pb_cbor_get_text(in);
    *ret_items = items;
    *ret_count = count;
    return PB_OK;
}

static pb_status read_payload(pb_str payload, uint64_t sequence, pb_arena *arena, reading *ret,
                              pb_error *err)
{
    pb_cbor in = {payload, 0, false};
    size_t pairs = pb_cbor_get_map(&in);
    *ret = (reading){.count = 0};
    for (size_t i = 0; i < pairs; i++) {
        pb_str key = pb_cbor_get_text(&in);
        if (pb_str_is(key, "count"))
            ret->count = pb_cbor_get_uint(&in);
        else if (pb_str_is(key, "entity"))
            ret->entity = pb_cbor_get_text(&in);
        else if (pb_str_is(key, "fields"))
            PB_TRY(take_list(&in, false, arena, &ret->fields, &ret->field_count, err));
        else if (pb_str_is(key, "records"))
            PB_TRY(take_list(&in, true, arena, &ret->records, &ret->record_count, err));
        else
            pb_cbor_skip(&in);
    }
    return pb_cbor_done(&in)
               ? PB_OK
               : pb_fail(err, PB_CORRUPT, PB_MSG("The payload of event {event} could not be read."),
                         "event", PB_ARG_INT(sequence), NULL);
}

/* ---- filing ---- */

static pb_status read_upto(db_session *session, uint64_t *ret_upto, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    int64_t upto = 0;
    PB_TRY(db_prepare(session, "SELECT value FROM setting WHERE name = 'looked.upto'", &stmt, err));
    PB_TRY(db_step(stmt, &row, err));
    bool good = !row || (pb_str_to_i64(db_column_blob(stmt, 0), &upto) && upto >= 0);
    db_reset(stmt);
    *ret_upto = (uint64_t)upto;
    return good ? PB_OK
                : pb_fail(err, PB_CORRUPT,
                          PB_MSG("What is stored of the log of readings is damaged."), NULL);
}

static pb_status write_upto(db_session *session, uint64_t upto, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(32);
    db_stmt *stmt;
    pb_buf_printf(&text, "%llu", (unsigned long long)upto);
    PB_TRY(db_prepare(session,
                      "INSERT INTO setting (name, value) VALUES ('looked.upto', ?1)"
                      " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                      &stmt, err));
    db_bind_blob(stmt, 1, pb_buf_str(&text));
    return db_run(stmt, err);
}

static pb_status file_one(db_session *session, pb_str entity, pb_str record, uint64_t sequence,
                          pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(session,
                      "INSERT INTO record_looked (entity, record, seq) VALUES (?1, ?2, ?3)"
                      " ON CONFLICT DO NOTHING",
                      &stmt, err));
    db_bind_text(stmt, 1, entity);
    db_bind_blob(stmt, 2, record);
    db_bind_i64(stmt, 3, (int64_t)sequence);
    return db_run(stmt, err);
}

static pb_status file_event(void *context, uint64_t sequence, const ledger_event *event,
                            bool erased, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    reading read;
    if (arena == NULL)
        return pb_fail_memory(err);
    if (erased || event->payload.len == 0)
        return PB_OK; /* whom it was about is not known any more */
    PB_TRY(read_payload(event->payload, sequence, arena, &read, err));
    for (size_t i = 0; i < read.record_count; i++)
        if (read.records[i].len == sizeof(pb_uuid))
            PB_TRY(file_one(context, read.entity, read.records[i], sequence, err));
    return read.count > read.record_count
               ? file_one(context, read.entity, pb_uuid_str(&nobody), sequence, err)
               : PB_OK;
}

pb_status record_looked_file(db_session *session, bool *ret_done, pb_error *err)
{
    uint64_t from = 0, end = 0;
    PB_TRY(read_upto(session, &from, err));
    PB_TRY(ledger_next(session, &end, err));
    uint64_t until = end - from > RECORD_LOOKED_PORTION ? from + RECORD_LOOKED_PORTION : end;
    *ret_done = until >= end;
    if (from >= end)
        return PB_OK;
    PB_TRY(ledger_each_between(session, "record.read", from, until, file_event, session, err));
    return write_upto(session, until, err);
}

/* ---- telling ---- */

typedef struct found {
    uint64_t sequence;
    bool named;
} found;

typedef struct looking {
    db_session *session;
    const model_entity *entity;
    uint64_t before;
    size_t limit;
    pb_arena *arena;
    found *items;
    size_t count, room;
} looking;

static pb_status find_of(looking *l, const pb_uuid *id, bool named, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(l->session,
                      "SELECT seq FROM record_looked WHERE entity = ?1 AND record = ?2"
                      " AND seq < ?3 ORDER BY seq DESC LIMIT ?4",
                      &stmt, err));
    db_bind_text(stmt, 1, l->entity->name);
    db_bind_blob(stmt, 2, pb_uuid_str(id));
    db_bind_i64(stmt, 3, l->before > INT64_MAX ? INT64_MAX : (int64_t)l->before);
    db_bind_i64(stmt, 4, (int64_t)l->limit);
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        const found one = {(uint64_t)db_column_i64(stmt, 0), named};
        if (!PB_PUSH(l->arena, l->items, l->count, l->room, one)) {
            db_reset(stmt);
            return pb_fail_memory(err);
        }
    }
}

/* Newest first; of one event the item that names the record. */
static int compare(const void *a, const void *b)
{
    const found *one = a, *other = b;
    if (one->sequence != other->sequence)
        return one->sequence < other->sequence ? 1 : -1;
    return (int)other->named - (int)one->named;
}

static pb_status tell(const looking *l, const found *item, record_looked_each each, void *context,
                      pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    ledger_event event;
    reading read = {.count = 0};
    record_looked looked = {.sequence = item->sequence, .event = &event, .named = item->named};
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(ledger_read(l->session, item->sequence, arena, &event, &looked.erased, err));
    if (!looked.erased)
        PB_TRY(read_payload(event.payload, item->sequence, arena, &read, err));
    looked.fields = read.fields;
    looked.field_count = read.field_count;
    looked.records = read.count;
    return each(context, &looked, err);
}

pb_status record_looked_list(db_session *session, const model_entity *entity, pb_uuid id,
                             uint64_t before, size_t limit, record_looked_each each, void *context,
                             pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    looking l = {.session = session, .entity = entity, .before = before, .limit = limit};
    pb_uuid *ids = NULL;
    size_t count = 0, told = 0;
    l.arena = arena;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(merged_all(session, entity, id, arena, &ids, &count, err));
    for (size_t i = 0; i < count; i++)
        PB_TRY(find_of(&l, &ids[i], true, err));
    PB_TRY(find_of(&l, &nobody, false, err));
    if (l.count > 0)
        qsort(l.items, l.count, sizeof *l.items, compare);
    for (size_t i = 0; i < l.count && told < limit; i++) {
        if (i > 0 && l.items[i].sequence == l.items[i - 1].sequence)
            continue;
        PB_TRY(tell(&l, &l.items[i], each, context, err));
        told++;
    }
    return PB_OK;
}
