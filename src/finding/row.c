/* A finding as a row, and as an event. */
#include "internal.h"

#include "base/cbor.h"

enum { EVENT_MAX = 64 << 10 };

static const char *const states[FINDING_STATES] = {"open", "accepted", "mended", "waived"};

const char *finding_state_word(finding_state state)
{
    return states[state];
}

bool finding_state_parse(pb_str word, finding_state *ret_state)
{
    for (int i = 0; i < FINDING_STATES; i++) {
        if (!pb_str_is(word, states[i]))
            continue;
        *ret_state = (finding_state)i;
        return true;
    }
    return false;
}

pb_status finding_row_read(db_stmt *stmt, pb_arena *arena, finding_item *ret_item, pb_error *err)
{
    finding_item item = {.n = db_column_i64(stmt, 0),
                         .proved = db_column_i64(stmt, 6),
                         .due = db_take_number(stmt, 8, INT64_MIN),
                         .until = db_take_number(stmt, 9, INT64_MIN),
                         .population = (uint64_t)db_column_i64(stmt, 12),
                         .failing = (uint64_t)db_column_i64(stmt, 13),
                         .first_run = db_column_i64(stmt, 14),
                         .last_run = db_column_i64(stmt, 15),
                         .opened_us = db_column_i64(stmt, 16),
                         .changed_us = db_column_i64(stmt, 17),
                         .version = db_column_i64(stmt, 18)};
    pb_str owner = db_column_blob(stmt, 7);
    if (!finding_state_parse(db_column_text(stmt, 5), &item.state) ||
        (owner.len != 0 && owner.len != sizeof item.owner.b))
        return db_fail_altered("t_finding", err);
    if (owner.len != 0)
        memcpy(item.owner.b, owner.ptr, sizeof item.owner.b);
    if (!db_take_text(stmt, 1, arena, &item.control) || !db_take_text(stmt, 2, arena, &item.area) ||
        !db_take_text(stmt, 3, arena, &item.grade) || !db_take_text(stmt, 4, arena, &item.entity) ||
        !db_take_text(stmt, 10, arena, &item.note) || !db_take_text(stmt, 11, arena, &item.said_by))
        return pb_fail_memory(err);
    *ret_item = item;
    return PB_OK;
}

static bool is_nobody(const pb_uuid *id)
{
    static const pb_uuid nobody;
    return memcmp(id->b, nobody.b, sizeof id->b) == 0;
}

/* What may change, from the second parameter on. */
static void bind_said(db_stmt *stmt, const finding_item *item)
{
    db_bind_text(stmt, 2, pb_str_c(finding_state_word(item->state)));
    db_bind_i64(stmt, 3, item->proved);
    if (is_nobody(&item->owner))
        db_bind_null(stmt, 4);
    else
        db_bind_blob(stmt, 4, pb_uuid_str(&item->owner));
    db_bind_unless(stmt, 5, item->due, INT64_MIN);
    db_bind_unless(stmt, 6, item->until, INT64_MIN);
    db_bind_some_text(stmt, 7, item->note);
    db_bind_some_text(stmt, 8, item->said_by);
    db_bind_i64(stmt, 9, (int64_t)item->population);
    db_bind_i64(stmt, 10, (int64_t)item->failing);
    db_bind_i64(stmt, 11, item->last_run);
    db_bind_i64(stmt, 12, item->opened_us);
    db_bind_i64(stmt, 13, item->changed_us);
    db_bind_i64(stmt, 14, item->version);
}

pb_status finding_row_store(db_session *session, finding_item *item, pb_error *err)
{
    static const char add_sql[] =
        "INSERT INTO t_finding (n, state, proved, owner, due, until_day, note, said_by, population,"
        " failing, last_run, opened_us, changed_us, version, control, area, grade, entity,"
        " first_run) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,"
        " ?16, ?17, ?18, ?19)";
    static const char change_sql[] =
        "UPDATE t_finding SET state = ?2, proved = ?3, owner = ?4, due = ?5, until_day = ?6,"
        " note = ?7, said_by = ?8, population = ?9, failing = ?10, last_run = ?11, opened_us = ?12,"
        " changed_us = ?13, version = ?14 WHERE n = ?1";
    static const char next_sql[] = "SELECT COALESCE(MAX(n), 0) + 1 FROM t_finding";
    bool fresh = item->n == 0;
    db_stmt *stmt;
    if (fresh)
        PB_TRY(db_next_number(session, next_sql, &item->n, err));
    item->version++;
    PB_TRY(db_prepare(session, fresh ? add_sql : change_sql, &stmt, err));
    db_bind_i64(stmt, 1, item->n);
    bind_said(stmt, item);
    if (fresh) {
        db_bind_text(stmt, 15, item->control);
        db_bind_text(stmt, 16, item->area);
        db_bind_text(stmt, 17, item->grade);
        db_bind_some_text(stmt, 18, item->entity);
        db_bind_i64(stmt, 19, item->first_run);
    }
    return db_run(stmt, err);
}

/* ---- events: the keys of a map are in the order of their bytes, the shorter ones first ---- */

static void put_day(pb_buf *out, const char *key, int64_t day)
{
    if (day == INT64_MIN)
        return;
    pb_cbor_text(out, pb_str_c(key));
    pb_cbor_int(out, day);
}

static void put_text(pb_buf *out, const char *key, pb_str text)
{
    if (text.ptr == NULL)
        return;
    pb_cbor_text(out, pb_str_c(key));
    pb_cbor_text(out, text);
}

pb_status finding_event(db_session *session, const finding_call *call, const char *kind,
                        const finding_item *item, int64_t run, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(EVENT_MAX);
    uint64_t sequence;
    bool owned = !is_nobody(&item->owner);
    pb_cbor_map(&payload, 3 + (size_t)(item->due != INT64_MIN) + (size_t)(run > 0) +
                              (size_t)(item->note.ptr != NULL) + (size_t)owned +
                              (size_t)(item->until != INT64_MIN));
    put_day(&payload, "due", item->due);
    put_day(&payload, "run", run > 0 ? run : INT64_MIN);
    put_text(&payload, "note", item->note);
    if (owned) {
        pb_cbor_text(&payload, PB_STR("owner"));
        pb_cbor_bytes(&payload, pb_uuid_str(&item->owner));
    }
    put_text(&payload, "state", pb_str_c(finding_state_word(item->state)));
    put_day(&payload, "until", item->until);
    put_text(&payload, "control", item->control);
    pb_cbor_text(&payload, PB_STR("failing"));
    pb_cbor_uint(&payload, item->failing);
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {
        .kind = kind, .at_us = call->now_us, .actor = call->actor, .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, &sequence, err);
}
