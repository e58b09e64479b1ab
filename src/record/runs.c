/* The list of runs: what was imported, corrected and taken back. */
#include <string.h>

#include "base/cbor.h"
#include "internal.h"
#include "record/undo.h"

#define RUN_COLUMNS                                                                                \
    "SELECT MIN(run), MAX(run), at_us, actor, kind, profile, SUM(COALESCE(imported, 0)), first,"   \
    " event, MAX(undone) FROM t_import_run WHERE event IS NOT NULL"

/* Names of the files of runs `first` to `last`. */
static pb_status put_files(db_session *session, int64_t first, int64_t last, pb_buf *out,
                           pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session,
                      "SELECT source FROM t_source_file WHERE run >= ?1 AND run <= ?2"
                      " AND entity <> '' ORDER BY run",
                      &stmt, err));
    db_bind_i64(stmt, 1, first);
    db_bind_i64(stmt, 2, last);
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        if (out->len > 0)
            pb_buf_addc(out, ", ");
        pb_buf_add(out, db_column_text(stmt, 0));
    }
}

static pb_status read_run(db_session *session, db_stmt *stmt, pb_buf *about, record_run_info *ret,
                          pb_error *err)
{
    *ret = (record_run_info){.number = db_column_i64(stmt, 0),
                             .at_us = db_column_i64(stmt, 2),
                             .actor = db_column_text(stmt, 3),
                             .kind = db_column_text(stmt, 4),
                             .records = (uint64_t)db_column_i64(stmt, 6),
                             .first = (uint64_t)db_column_i64(stmt, 7),
                             .event = (uint64_t)db_column_i64(stmt, 8),
                             .undone = !db_column_is_null(stmt, 9)};
    pb_buf_clear(about);
    if (pb_str_is(ret->kind, "import") || pb_str_is(ret->kind, "unfinished") ||
        pb_str_is(ret->kind, "partial"))
        PB_TRY(put_files(session, ret->number, db_column_i64(stmt, 1), about, err));
    else
        pb_buf_add(about, db_column_text(stmt, 5));
    ret->about = pb_buf_str(about);
    return about->failed ? pb_fail_memory(err) : PB_OK;
}

pb_status record_run_list(db_session *session, record_run_each each, void *context, pb_error *err)
{
    PB_AUTO_BUF about = PB_BUF_INIT(1 << 20);
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session,
                      RUN_COLUMNS
                      " GROUP BY event, at_us, actor, kind, profile, first ORDER BY event DESC",
                      &stmt, err));
    for (;;) {
        record_run_info run;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        pb_status status = read_run(session, stmt, &about, &run, err);
        if (status == PB_OK)
            status = each(context, &run, err);
        if (status != PB_OK) {
            db_reset(stmt);
            return status;
        }
    }
}

pb_status record_run_find(db_session *session, int64_t number, pb_arena *arena,
                          record_run_info *ret_run, pb_error *err)
{
    PB_AUTO_BUF about = PB_BUF_INIT(1 << 20);
    record_run_info run;
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session,
                      RUN_COLUMNS " AND event = (SELECT event FROM t_import_run WHERE run = ?1)"
                                  " GROUP BY event, at_us, actor, kind, profile, first",
                      &stmt, err));
    db_bind_i64(stmt, 1, number);
    PB_TRY(db_step(stmt, &row, err));
    if (!row) {
        pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no run {number}"), "number", PB_ARG_INT(number),
                NULL);
        pb_error_hint(err, PB_MSG("`probity runs` lists all of them"), NULL);
        return PB_NOT_FOUND;
    }
    pb_status status = read_run(session, stmt, &about, &run, err);
    if (status == PB_OK) {
        run.actor = pb_arena_str(arena, run.actor);
        run.kind = pb_arena_str(arena, run.kind);
        run.about = pb_arena_str(arena, run.about);
        status = run.actor.ptr && run.kind.ptr && run.about.ptr ? PB_OK : pb_fail_memory(err);
    }
    db_reset(stmt);
    if (status == PB_OK)
        *ret_run = run;
    return status;
}

pb_status run_mark_undone(db_session *session, const record_run_info *run, int64_t by,
                          pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(session,
                      "UPDATE t_import_run SET undone = ?1 WHERE first = ?2 AND undone IS NULL",
                      &stmt, err));
    db_bind_i64(stmt, 1, by);
    db_bind_i64(stmt, 2, (int64_t)run->first);
    return db_run(stmt, err);
}

/* The kind of the event that ends a run of that kind. */
static const char *closing_kind(const char *kind)
{
    static const char *const kinds[][2] = {{"fix", "records.fixed"},
                                           {"merge", "records.merged"},
                                           {"unmerge", "records.unmerged"},
                                           {"convert", "records.converted"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kind, kinds[i][0]) == 0)
            return kinds[i][1];
    return "run.undone";
}

pb_status run_append_end(db_session *session, ledger_actor actor, int64_t now_us, const char *kind,
                         pb_str about, uint64_t first, uint64_t records, uint64_t kept,
                         int64_t number, uint64_t *ret_sequence, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(65536);
    pb_cbor_map(&payload, 5); /* keys by length, then by letter */
    pb_cbor_text(&payload, PB_STR("run"));
    pb_cbor_uint(&payload, (uint64_t)number);
    pb_cbor_text(&payload, PB_STR("kept"));
    pb_cbor_uint(&payload, kept);
    pb_cbor_text(&payload, PB_STR("about"));
    pb_cbor_text(&payload, about);
    pb_cbor_text(&payload, PB_STR("first"));
    pb_cbor_uint(&payload, first);
    pb_cbor_text(&payload, PB_STR("records"));
    pb_cbor_uint(&payload, records);
    if (payload.failed)
        return pb_fail_memory(err);
    ledger_event event = {.kind = closing_kind(kind),
                          .at_us = now_us,
                          .actor = actor,
                          .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, ret_sequence, err);
}

pb_status record_run_end(db_session *session, ledger_actor actor, int64_t now_us, const char *kind,
                         pb_str about, uint64_t first, uint64_t records, uint64_t kept,
                         int64_t *ret_number, pb_error *err)
{
    int64_t number;
    uint64_t sequence;
    db_stmt *stmt;
    PB_TRY(run_next_number(session, &number, err));
    PB_TRY(run_append_end(session, actor, now_us, kind, about, first, records, kept, number,
                          &sequence, err));
    PB_TRY(db_prepare(session,
                      "INSERT INTO t_import_run (run, at_us, actor, profile, kind, imported, first,"
                      " event) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                      &stmt, err));
    db_bind_i64(stmt, 1, number);
    db_bind_i64(stmt, 2, now_us);
    db_bind_text(stmt, 3, actor.name);
    db_bind_text(stmt, 4, about);
    db_bind_text(stmt, 5, pb_str_c(kind));
    db_bind_i64(stmt, 6, (int64_t)records);
    db_bind_i64(stmt, 7, (int64_t)first);
    db_bind_i64(stmt, 8, (int64_t)sequence);
    PB_TRY(db_run(stmt, err));
    *ret_number = number;
    return PB_OK;
}
