/* Records against the log: each row belongs to the newest event of its record, and each record's
 * newest event has its row. */
#include "verify_rows.h"

enum { PART = 4096 }; /* rows handed out at once */

static pb_status fail_record(const char *says, pb_str entity, int64_t n, pb_error *err)
{
    return pb_fail(err, PB_CORRUPT, says, "entity", PB_ARG(entity), "number", PB_ARG_INT(n), NULL);
}

/* Each event's row is seen once: whoever sees it takes its bit, and there is none left for another
 * row that claims the same event. */
static bool take_event(verifier *v, int64_t event)
{
    if (event < 0 || (uint64_t)event >= v->count || verify_bit(v->superseded, (uint64_t)event))
        return false;
    uint8_t bit = (uint8_t)(1U << (event % 8));
    uint8_t *bits = &v->record_events[event / 8];
    return (__atomic_fetch_and(bits, (uint8_t)~bit, __ATOMIC_RELAXED) & bit) != 0;
}

/* A row: n, id, version, event, and the body of that event. */
static pb_status check_row(verifier *v, const model_entity *entity, db_stmt *stmt, pb_error *err)
{
    int64_t n = db_column_i64(stmt, 0), version = db_column_i64(stmt, 2),
            event = db_column_i64(stmt, 3);
    pb_str id = db_column_blob(stmt, 1);
    event_body body;
    if (id.len != sizeof body.event.record.b || !take_event(v, event) ||
        !event_read(db_column_blob(stmt, 4), &body) ||
        !pb_str_eq(body.event.entity, entity->name) ||
        memcmp(body.event.record.b, id.ptr, id.len) != 0 || body.event.version != version)
        return fail_record(PB_MSG("Record {entity} {number} was altered"), entity->name, n, err);
    return PB_OK;
}

/* ---- parts ---- */

typedef struct part {
    const model_entity *entity;
    int64_t from, to; /* both belong to it */
    uint64_t number;
} part;

/* The row behind the part that begins at `from`; false: the part goes to the end. */
static pb_status find_end(db_session *session, const model_entity *entity, int64_t from,
                          int64_t *ret_next, bool *ret_found, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1024);
    db_stmt *stmt;
    pb_buf_printf(&sql, "SELECT n FROM \"t_%.*s\" WHERE n >= ?1 ORDER BY n LIMIT 1 OFFSET %d",
                  PB_STR_FMT(entity->name), PART);
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), &stmt, err));
    db_bind_i64(stmt, 1, from);
    PB_TRY(db_step(stmt, ret_found, err));
    if (*ret_found)
        *ret_next = db_column_i64(stmt, 0);
    db_reset(stmt);
    return PB_OK;
}

/* Inside the lock. */
static pb_status take_part(rows_check *rows, db_session *session, part *ret_part, bool *ret_there,
                           pb_error *err)
{
    const model_schema *schema = db_workspace_schema(db_session_workspace(session));
    int64_t next = 0;
    bool more = false;
    *ret_there = !rows->stop && rows->entity < schema->entity_count;
    if (!*ret_there)
        return PB_OK;
    *ret_part = (part){&schema->entities[rows->entity], rows->next, INT64_MAX, rows->parts++};
    PB_TRY(find_end(session, ret_part->entity, rows->next, &next, &more, err));
    if (more)
        ret_part->to = next - 1;
    else
        rows->entity++;
    rows->next = more ? next : INT64_MIN;
    return PB_OK;
}

static pb_status check_part(const rows_check *rows, db_session *session, const part *p,
                            uint64_t *records, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1024);
    db_stmt *stmt;
    bool row;
    pb_buf_printf(&sql,
                  "SELECT r.n, r.id, r.version, r.event, e.body FROM \"t_%.*s\" AS r"
                  " LEFT JOIN ledger_event AS e ON e.seq = r.event"
                  " WHERE r.n >= ?1 AND r.n <= ?2 ORDER BY r.n",
                  PB_STR_FMT(p->entity->name));
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), &stmt, err));
    db_bind_i64(stmt, 1, p->from);
    db_bind_i64(stmt, 2, p->to);
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        pb_status status = check_row(rows->v, p->entity, stmt, err);
        if (status != PB_OK) {
            db_reset(stmt);
            return status;
        }
        (*records)++;
    }
    return rows->check == NULL || *records == 0
               ? PB_OK
               : rows->check(rows->context, session, p->entity, p->from, p->to, err);
}

static void note_failure(rows_check *rows, const part *p, pb_status status, const pb_error *error)
{
    if (!rows->stop || p->number < rows->failed) {
        rows->failed = p->number;
        rows->status = status;
        rows->error = *error;
    }
    rows->stop = true;
}

void verify_rows_begin(rows_check *rows, verifier *v, ledger_row_check check, void *context)
{
    *rows = (rows_check){.v = v, .check = check, .context = context, .next = INT64_MIN};
    pthread_mutex_init(&rows->lock, NULL);
}

void verify_rows_work(rows_check *rows, db_session *session)
{
    for (;;) {
        part p = {0};
        bool there = false;
        uint64_t records = 0;
        pb_error error = {0};
        pthread_mutex_lock(&rows->lock);
        pb_status status = take_part(rows, session, &p, &there, &error);
        pthread_mutex_unlock(&rows->lock);
        if (status == PB_OK && there)
            status = check_part(rows, session, &p, &records, &error);
        pthread_mutex_lock(&rows->lock);
        rows->records += records;
        if (status != PB_OK)
            note_failure(rows, &p, status, &error);
        pthread_mutex_unlock(&rows->lock);
        if (status != PB_OK || !there)
            return;
    }
}

/* Names from old declarations come from events: only what can be a table's name is asked for. */
static bool plain_name(pb_str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!((name.ptr[i] >= 'a' && name.ptr[i] <= 'z') ||
              (name.ptr[i] >= '0' && name.ptr[i] <= '9') || name.ptr[i] == '_'))
            return false;
    return name.len > 0 && name.len <= 100;
}

/* A newest event whose row was not seen: its entity may no longer be declared, its table stays. */
static pb_status check_unseen(verifier *v, uint64_t sequence, pb_error *err)
{
    static const char event_sql[] = "SELECT body FROM ledger_event WHERE seq = ?1";
    PB_AUTO_BUF sql = PB_BUF_INIT(1024);
    event_body body;
    db_stmt *stmt, *find;
    bool row, found = false;
    PB_TRY(db_prepare(v->session, event_sql, &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)sequence);
    PB_TRY(db_step(stmt, &row, err));
    if (!row || !event_read(db_column_blob(stmt, 0), &body)) {
        db_reset(stmt);
        return verify_fail_event(PB_MSG("Event {event} of the log was altered"), sequence, err);
    }
    const model_schema *schema = db_workspace_schema(db_session_workspace(v->session));
    if (!model_entity_find(schema, body.event.entity) && plain_name(body.event.entity)) {
        pb_buf_printf(&sql,
                      "SELECT 1 FROM \"t_%.*s\" WHERE id = ?1 AND version = ?2 AND event = ?3",
                      PB_STR_FMT(body.event.entity));
        if (db_prepare_text(v->session, pb_buf_str(&sql), &find, NULL) == PB_OK) {
            db_bind_blob(find, 1, pb_uuid_str(&body.event.record));
            db_bind_i64(find, 2, body.event.version);
            db_bind_i64(find, 3, (int64_t)sequence);
            if (db_step(find, &found, NULL) != PB_OK)
                found = false;
            db_reset(find);
        }
    }
    pb_status status = PB_OK;
    if (!found) {
        char id[37];
        pb_uuid_text(body.event.record, id);
        status = pb_fail(err, PB_CORRUPT,
                         PB_MSG("Record {entity} {id} of event {event} is missing"), "entity",
                         PB_ARG(body.event.entity), "id", id, "event", PB_ARG_INT(sequence), NULL);
    }
    db_reset(stmt);
    return status;
}

static pb_status check_all_seen(verifier *v, pb_error *err)
{
    for (uint64_t sequence = 0; sequence < v->count; sequence++) {
        if (sequence % 8 == 0 && v->record_events[sequence / 8] == 0) {
            sequence += 7;
            continue;
        }
        if (verify_bit(v->record_events, sequence) && !verify_bit(v->superseded, sequence))
            PB_TRY(check_unseen(v, sequence, err));
    }
    return PB_OK;
}

pb_status verify_rows_end(rows_check *rows, pb_error *err)
{
    pthread_mutex_destroy(&rows->lock);
    if (rows->status != PB_OK) {
        if (err != NULL)
            *err = rows->error;
        return rows->status;
    }
    rows->v->report.records = rows->records;
    return check_all_seen(rows->v, err);
}
