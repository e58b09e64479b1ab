/* Which records failed a control, in pieces: one sealed text for many of them. */
#include "internal.h"

#include "base/cbor.h"
#include "base/utf8.h"

enum { PIECE_ROWS = 100, PIECE_MAX = 8 << 20, ROW_MEMBERS = 8, TEXT_BYTES = 2000 };

/* ---- a row ---- */

static void put_some(pb_buf *out, pb_str text)
{
    if (text.ptr == NULL)
        pb_cbor_null(out);
    else
        pb_cbor_text(out, pb_utf8_cut(text, TEXT_BYTES));
}

static void put_row(pb_buf *out, const audit_failure *failure)
{
    pb_cbor_array(out, ROW_MEMBERS);
    pb_cbor_int(out, failure->n);
    put_some(out, failure->record);
    put_some(out, failure->field);
    put_some(out, failure->problem);
    put_some(out, failure->value);
    put_some(out, failure->other);
    put_some(out, failure->suggestion);
    put_some(out, failure->owner);
}

static pb_str take_some(pb_cbor *in, pb_arena *arena, bool *memory)
{
    if (pb_cbor_peek(in) != PB_CBOR_TEXT) {
        pb_cbor_get_null(in);
        return PB_STR_NONE;
    }
    pb_str text = pb_arena_str(arena, pb_cbor_get_text(in));
    *memory = *memory && text.ptr != NULL;
    return text;
}

static bool take_row(pb_cbor *in, pb_arena *arena, audit_failure *ret)
{
    bool memory = true;
    in->bad = in->bad || pb_cbor_get_array(in) != ROW_MEMBERS;
    ret->n = pb_cbor_get_int(in);
    ret->record = take_some(in, arena, &memory);
    ret->field = take_some(in, arena, &memory);
    ret->problem = take_some(in, arena, &memory);
    ret->value = take_some(in, arena, &memory);
    ret->other = take_some(in, arena, &memory);
    ret->suggestion = take_some(in, arena, &memory);
    ret->owner = take_some(in, arena, &memory);
    return memory;
}

/* ---- keeping ---- */

static pb_status forget(db_session *session, pb_str control, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(session, "DELETE FROM t_audit_evidence WHERE control = ?1", &stmt, err));
    db_bind_text(stmt, 1, control);
    return db_run(stmt, err);
}

static pb_status keep_piece(db_session *session, int64_t run, pb_str control, int64_t part,
                            const audit_failure *failures, size_t count, pb_error *err)
{
    static const char next[] = "SELECT COALESCE(MAX(n), 0) + 1 FROM t_audit_evidence";
    static const char sql[] = "INSERT INTO t_audit_evidence (n, run, control, part, rows, body)"
                              " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    PB_AUTO_BUF body = PB_BUF_INIT(PIECE_MAX);
    int64_t n = 0;
    db_stmt *stmt;
    pb_cbor_array(&body, count);
    for (size_t i = 0; i < count; i++)
        put_row(&body, &failures[i]);
    if (body.failed)
        return pb_fail_memory(err);
    PB_TRY(db_next_number(session, next, &n, err));
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_i64(stmt, 2, run);
    db_bind_text(stmt, 3, control);
    db_bind_i64(stmt, 4, part);
    db_bind_i64(stmt, 5, (int64_t)count);
    db_bind_blob(stmt, 6, pb_buf_str(&body));
    return db_run(stmt, err);
}

pb_status finding_evidence_keep(db_session *session, int64_t run, pb_str control,
                                const audit_failure *failures, size_t count, pb_error *err)
{
    size_t most = count < FINDING_EVIDENCE_MOST ? count : FINDING_EVIDENCE_MOST;
    PB_TRY(forget(session, control, err));
    for (size_t at = 0; at < most; at += PIECE_ROWS)
        PB_TRY(keep_piece(session, run, control, (int64_t)(at / PIECE_ROWS), failures + at,
                          most - at < PIECE_ROWS ? most - at : PIECE_ROWS, err));
    return PB_OK;
}

/* ---- reading ---- */

typedef struct reading {
    pb_arena *arena;
    size_t place, after, limit; /* of the next row of the piece at hand; what is wanted */
    audit_failure *failures;
    size_t count, room;
} reading;

static pb_status read_piece(void *context, db_stmt *stmt, pb_error *err)
{
    reading *r = context;
    pb_cbor in = {.in = db_column_blob(stmt, 1)};
    r->place = (size_t)db_column_i64(stmt, 0) * PIECE_ROWS;
    size_t rows = pb_cbor_get_array(&in);
    for (size_t i = 0; i < rows && !in.bad; i++, r->place++) {
        audit_failure failure = {0};
        if (r->place < r->after || r->count == r->limit) {
            pb_cbor_skip(&in);
            continue;
        }
        if (!take_row(&in, r->arena, &failure) ||
            !PB_PUSH(r->arena, r->failures, r->count, r->room, failure))
            return pb_fail_memory(err);
    }
    return pb_cbor_done(&in) ? PB_OK : db_fail_altered("t_audit_evidence", err);
}

pb_status finding_evidence_read(db_session *session, pb_str control, size_t after, size_t limit,
                                pb_arena *arena, audit_failure **ret_failures, size_t *ret_count,
                                size_t *ret_total, pb_error *err)
{
    static const char total_sql[] =
        "SELECT COALESCE(SUM(rows), 0) FROM t_audit_evidence WHERE control = ?1";
    static const char sql[] = "SELECT part, body FROM t_audit_evidence"
                              " WHERE control = ?1 AND part >= ?2 AND part <= ?3 ORDER BY part";
    reading r = {.arena = arena, .after = after, .limit = limit};
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, total_sql, &stmt, err));
    db_bind_text(stmt, 1, control);
    PB_TRY(db_step(stmt, &row, err));
    size_t total = row ? (size_t)db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_text(stmt, 1, control);
    db_bind_i64(stmt, 2, (int64_t)(after / PIECE_ROWS));
    db_bind_i64(stmt, 3, (int64_t)((after + limit) / PIECE_ROWS));
    PB_TRY(db_each(stmt, read_piece, &r, err));
    *ret_failures = r.failures;
    *ret_count = r.count;
    *ret_total = total;
    return PB_OK;
}
