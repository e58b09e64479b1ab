/* Records against the log: each row belongs to the newest event of its record, and each record's
 * newest event has its row. */
#include "verify_rows.h"

#include "kinds.h"

enum { PART = 4096 }; /* numbers of rows handed out at once */

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

/* What a row says of itself is compared before it takes the bit: a row that claims the event of
 * another does not take it away from that one, whoever comes first. */
static bool belongs(ledger_rows *rows, const ledger_row *row, event_body *ret_body)
{
    return row->id.len == sizeof ret_body->event.record.b && event_read(row->body, ret_body) &&
           pb_str_eq(ret_body->event.entity, rows->entity->name) &&
           memcmp(ret_body->event.record.b, row->id.ptr, row->id.len) == 0 &&
           ret_body->event.version == row->version && take_event(rows->v, row->event);
}

pb_status ledger_row_take(ledger_rows *rows, const ledger_row *row, ledger_event *ret_event,
                          bool *ret_erased, pb_error *err)
{
    event_body body;
    if (!belongs(rows, row, &body))
        return fail_record(PB_MSG("Record {entity} {number} was altered"), rows->entity->name,
                           row->n, err);
    rows->count++;
    *ret_event = body.event;
    ret_event->kind = ledger_kind_find(body.kind)->name; /* only declared kinds have a bit */
    *ret_erased = body.has_commitment && row->payload.len == 0;
    if (body.has_commitment && !*ret_erased)
        ret_event->payload = pb_str_sub(row->payload, LEDGER_SALT, row->payload.len);
    return PB_OK;
}

/* ---- parts ---- */

/* The first row from `from` on; false: there is none. */
static pb_status find_row(db_session *session, const model_entity *entity, int64_t from,
                          int64_t *ret_n, bool *ret_found, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1024);
    db_stmt *stmt;
    pb_buf_printf(&sql, "SELECT n FROM \"t_%.*s\" WHERE n >= ?1 ORDER BY n LIMIT 1",
                  PB_STR_FMT(entity->name));
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), &stmt, err));
    db_bind_i64(stmt, 1, from);
    PB_TRY(db_step(stmt, ret_found, err));
    if (*ret_found)
        *ret_n = db_column_i64(stmt, 0);
    db_reset(stmt);
    return PB_OK;
}

/* Inside the lock. Each part begins with a row, so that gaps in the numbers cost nothing. */
static pb_status take_part(rows_check *all, db_session *session, ledger_rows *ret_part,
                           bool *ret_there, pb_error *err)
{
    const model_schema *schema = db_workspace_schema(db_session_workspace(session));
    *ret_there = false;
    while (!all->stop && !*ret_there && all->entity < schema->entity_count) {
        const model_entity *entity = &schema->entities[all->entity];
        int64_t from = 0, to;
        PB_TRY(find_row(session, entity, all->next, &from, ret_there, err));
        bool last = __builtin_add_overflow(from, PART - 1, &to) || to == INT64_MAX;
        if (*ret_there)
            *ret_part = (ledger_rows){.v = all->v,
                                      .entity = entity,
                                      .from = from,
                                      .to = last ? INT64_MAX : to,
                                      .number = all->parts++};
        bool end = last || !*ret_there;
        all->next = end ? INT64_MIN : to + 1;
        all->entity += end;
    }
    return PB_OK;
}

/* Without somebody who knows payloads: rows and their events only. */
static pb_status check_rows(ledger_rows *part, db_session *session, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1024);
    db_stmt *stmt;
    pb_buf_printf(&sql,
                  "SELECT r.n, r.id, r.version, r.event, " LEDGER_ROW_COLUMNS
                  " FROM \"t_%.*s\" AS r" LEDGER_ROW_JOINS
                  " WHERE r.n >= ?1 AND r.n <= ?2 ORDER BY r.n",
                  PB_STR_FMT(part->entity->name));
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), &stmt, err));
    db_bind_i64(stmt, 1, part->from);
    db_bind_i64(stmt, 2, part->to);
    for (;;) {
        bool row, erased;
        ledger_event event;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        const ledger_row read = {.n = db_column_i64(stmt, 0),
                                 .id = db_column_blob(stmt, 1),
                                 .version = db_column_i64(stmt, 2),
                                 .event = db_column_i64(stmt, 3),
                                 .body = db_column_blob(stmt, 4),
                                 .payload = db_column_blob(stmt, 5)};
        pb_status status = ledger_row_take(part, &read, &event, &erased, err);
        if (status != PB_OK) {
            db_reset(stmt);
            return status;
        }
    }
}

static pb_status check_part(const rows_check *all, db_session *session, ledger_rows *part,
                            pb_error *err)
{
    return all->check == NULL
               ? check_rows(part, session, err)
               : all->check(all->context, session, part->entity, part->from, part->to, part, err);
}

static void note_failure(rows_check *rows, const ledger_rows *p, pb_status status,
                         const pb_error *error)
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
        ledger_rows p = {0};
        bool there = false;
        pb_error error = {0};
        pthread_mutex_lock(&rows->lock);
        pb_status status = take_part(rows, session, &p, &there, &error);
        pthread_mutex_unlock(&rows->lock);
        if (status == PB_OK && there)
            status = check_part(rows, session, &p, &error);
        pthread_mutex_lock(&rows->lock);
        rows->records += p.count;
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
