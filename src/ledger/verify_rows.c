/* Records against the log: each row belongs to the newest event of its record, and each record's
 * newest event has its row. */
#include "verify.h"

static pb_status fail_record(const char *says, pb_str entity, int64_t n, pb_error *err)
{
    return pb_fail(err, PB_CORRUPT, says, "entity", PB_ARG(entity), "number", PB_ARG_INT(n), NULL);
}

/* A row: n, id, version, event, and the body of that event. */
static pb_status check_row(verifier *v, const model_entity *entity, db_stmt *stmt, pb_uuid *ret_id,
                           uint64_t *ret_event, pb_error *err)
{
    int64_t n = db_column_i64(stmt, 0), version = db_column_i64(stmt, 2),
            event = db_column_i64(stmt, 3);
    pb_str id = db_column_blob(stmt, 1);
    event_body body;
    bool newest = event >= 0 && (uint64_t)event < v->count &&
                  verify_bit(v->record_events, (uint64_t)event) &&
                  !verify_bit(v->superseded, (uint64_t)event);
    if (!newest || id.len != sizeof body.event.record.b ||
        !event_read(db_column_blob(stmt, 4), &body) ||
        !pb_str_eq(body.event.entity, entity->name) ||
        memcmp(body.event.record.b, id.ptr, id.len) != 0 || body.event.version != version)
        return fail_record(PB_MSG("Record {entity} {number} was altered"), entity->name, n, err);
    verify_bit_clear(v->record_events, (uint64_t)event);
    memcpy(ret_id->b, id.ptr, id.len);
    *ret_event = (uint64_t)event;
    return PB_OK;
}

static pb_status check_entity(verifier *v, const model_entity *entity, ledger_row_check row_check,
                              void *row_context, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1024);
    db_stmt *stmt;
    bool row;
    pb_buf_printf(&sql,
                  "SELECT r.n, r.id, r.version, r.event, e.body FROM \"t_%.*s\" AS r"
                  " LEFT JOIN ledger_event AS e ON e.seq = r.event ORDER BY r.n",
                  PB_STR_FMT(entity->name));
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(v->session, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        pb_uuid id;
        uint64_t event = 0;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        pb_status status = check_row(v, entity, stmt, &id, &event, err);
        if (status == PB_OK && row_check)
            status = row_check(row_context, v->session, entity, id, event, err);
        if (status != PB_OK) {
            db_reset(stmt);
            return status;
        }
        v->report.records++;
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

pb_status verify_rows(verifier *v, ledger_row_check row_check, void *row_context, pb_error *err)
{
    const model_schema *schema = db_workspace_schema(db_session_workspace(v->session));
    for (size_t i = 0; i < schema->entity_count; i++)
        PB_TRY(check_entity(v, &schema->entities[i], row_check, row_context, err));
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
