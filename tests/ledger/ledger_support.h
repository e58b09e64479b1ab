/* A small workspace with events in it, for tests of the ledger. */
#ifndef TEST_LEDGER_SUPPORT_H
#define TEST_LEDGER_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "engine.h"
#include "ledger/ledger.h"
#include "sys/file.h"
#include "tiny_schema.h"

/** Fails the test with the error's words when `status` is not PB_OK. */
static inline void must(pb_status status, const pb_error *err)
{
    if (status == PB_OK)
        return;
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 14);
    pb_error_render(err, &err->primary, NULL, &text);
    pb_buf_byte(&text, ' ');
    pb_error_render(err, &err->detail, NULL, &text);
    fail_msg("status %d: %s", status, pb_buf_cstr(&text));
}

/** True when the primary line is `want`. */
static inline bool says(const pb_error *err, const char *want)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 14);
    pb_error_render(err, &err->primary, NULL, &text);
    return strcmp(pb_buf_cstr(&text), want) == 0;
}

/** Fails the test unless the primary line is `want`. */
static inline void must_say(const pb_error *err, const char *want)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 14);
    pb_error_render(err, &err->primary, NULL, &text);
    assert_string_equal(pb_buf_cstr(&text), want);
}

static tiny_schema test_schema;

static inline db_workspace *scratch_workspace(void)
{
    pb_error err = {0};
    db_workspace *workspace = NULL;
    char key[] = "/tmp/probity-key-XXXXXX";
    db_options options = {.scratch = !on_postgres(), .key.key_file = key};
    tiny_schema_make(&test_schema);
    if (on_postgres()) { /* a name only: the key is made there, and not needed again */
        int file = mkstemp(key);
        assert_true(file >= 0);
        close(file);
        unlink(key);
    }
    must(db_workspace_create(on_postgres() ? engine_address() : NULL, &test_schema.schema, &options,
                             NULL, &workspace, &err),
         &err);
    unlink(key);
    if (on_postgres())
        engine_lift_rights();
    return workspace;
}

/** One statement with at most three parameters, in a transaction of its own. */
typedef struct raw_sql {
    const char *sql;
    pb_value values[3];
    size_t count;
} raw_sql;

/* Bytes are written otherwise on a server: x'00' is CAST('\\x00' AS bytea) there, and a BLOB a
 * bytea. */
static inline const char *raw_words(const char *sql, char out[1000])
{
    size_t len = 0;
    bool bytes = false;
    if (!on_postgres())
        return sql;
    for (const char *at = sql; *at != '\0' && len < 980; at++) {
        bool begins = at > sql && at[-1] != '\'' && strncmp(at, "x'", 2) == 0;
        bool ends = bytes && *at == '\'';
        const char *other = begins                           ? "CAST('\\x"
                            : ends                           ? "' AS bytea)"
                            : strncmp(at, "AS BLOB", 7) == 0 ? "AS bytea"
                                                             : NULL;
        if (other == NULL) {
            out[len++] = *at;
            continue;
        }
        len += (size_t)snprintf(out + len, 20, "%s", other);
        at += begins ? 1 : ends ? 0 : 6;
        bytes = begins;
    }
    out[len] = '\0';
    return out;
}

static inline pb_status raw_work(db_session *session, void *context, pb_error *err)
{
    const raw_sql *raw = context;
    db_stmt *stmt;
    char words[1000];
    PB_TRY(db_prepare_text(session, pb_str_c(raw_words(raw->sql, words)), &stmt, err));
    for (size_t i = 0; i < raw->count; i++)
        db_bind_value(stmt, (int)i + 1, raw->values[i]);
    return db_run(stmt, err);
}

static inline void run_sql(db_workspace *workspace, raw_sql raw)
{
    pb_error err = {0};
    must(db_write(workspace, raw_work, &raw, &err), &err);
}

static inline int64_t one_number(db_session *session, const char *sql)
{
    pb_error err = {0};
    db_stmt *stmt;
    bool row;
    must(db_prepare_text(session, pb_str_c(sql), &stmt, &err), &err);
    must(db_step(stmt, &row, &err), &err);
    assert_true(row);
    int64_t value = db_column_i64(stmt, 0);
    db_reset(stmt);
    return value;
}

static inline int64_t count_of(db_workspace *workspace, const char *table)
{
    pb_error err = {0};
    char sql[200];
    db_session *session;
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", table);
    must(db_snapshot_open(workspace, &session, &err), &err);
    int64_t count = one_number(session, sql);
    db_snapshot_close(session);
    return count;
}

static inline pb_status verify_now(db_workspace *workspace, ledger_report *report, pb_error *err)
{
    db_session *session = NULL;
    pb_status status = db_snapshot_open(workspace, &session, err);
    if (status == PB_OK)
        status = ledger_verify(session, NULL, NULL, report, err);
    db_snapshot_close(session);
    return status;
}

static inline void must_verify(db_workspace *workspace, ledger_report *report)
{
    pb_error err = {0};
    must(verify_now(workspace, report, &err), &err);
}

/** An event of a record of entity contact. */
static inline ledger_event contact_event(const char *kind, uint8_t id, int64_t version,
                                         uint64_t previous, pb_str payload)
{
    ledger_event event = {.kind = kind,
                          .at_us = INT64_C(1700000000000000) + id * 1000 + version,
                          .actor = {PB_STR("test"), PB_STR("to see"), PB_STR("unit")},
                          .entity = PB_STR("contact"),
                          .version = version,
                          .previous = previous,
                          .payload = payload};
    memset(event.record.b, id, sizeof event.record.b);
    return event;
}

/** Appends the event and writes the row as the road to a record would. */
static inline pb_status write_contact(db_session *session, const ledger_event *event, int64_t n,
                                      uint64_t *ret_sequence, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(ledger_append(session, event, ret_sequence, err));
    const char *sql =
        event->version == 1
            ? "INSERT INTO t_contact (version, event, n, id, created_us, changed_us, deleted)"
              " VALUES (?1, ?2, ?3, ?4, 0, 0, 0)"
            : "UPDATE t_contact SET version = ?1, event = ?2 WHERE n = ?3 AND id = ?4";
    PB_TRY(db_prepare_text(session, pb_str_c(sql), &stmt, err));
    db_bind_i64(stmt, 1, event->version);
    db_bind_i64(stmt, 2, (int64_t)*ret_sequence);
    db_bind_i64(stmt, 3, n);
    db_bind_blob(stmt, 4, pb_uuid_str(&event->record));
    return db_run(stmt, err);
}

/** Work: makes contact number `*(int *)context` with one event. */
static inline pb_status create_work(db_session *session, void *context, pb_error *err)
{
    int n = *(int *)context;
    char payload[64];
    uint64_t sequence;
    snprintf(payload, sizeof payload, "contact %d of the test, as made", n);
    ledger_event event = contact_event("record.created", (uint8_t)n, 1, 0, pb_str_c(payload));
    return write_contact(session, &event, n, &sequence, err);
}

/** Ten commits of two events each: 8 contacts made, 6 of them changed once, an audit run, a note
 * without payload, an import begun and ended. */
static inline pb_status fill_work(db_session *session, void *context, pb_error *err)
{
    int step = *(int *)context;
    uint64_t sequence;
    for (int half = 0; half < 2; half++) {
        int i = step * 2 + half;
        char payload[64];
        snprintf(payload, sizeof payload, "what happened in event %d", i);
        ledger_event event;
        if (i < 8)
            event = contact_event("record.created", (uint8_t)(i + 1), 1, 0, pb_str_c(payload));
        else if (i < 14)
            event = contact_event("record.changed", (uint8_t)(i - 7), 2, (uint64_t)(i - 7),
                                  pb_str_c(payload));
        if (i < 14) {
            PB_TRY(write_contact(session, &event, i < 8 ? i + 1 : i - 7, &sequence, err));
            continue;
        }
        event = (ledger_event){.kind = i % 2 ? "audit.run" : "import.finished",
                               .at_us = INT64_C(1700000001000000) + i,
                               .actor = {PB_STR("test"), PB_STR_NONE, PB_STR("unit")}};
        if (i != 15)
            event.payload = pb_str_c(payload);
        PB_TRY(ledger_append(session, &event, &sequence, err));
    }
    return PB_OK;
}

enum { FILLED_EVENTS = 20, FILLED_COMMITS = 10, FILLED_PAYLOADS = 19, FILLED_RECORDS = 8 };

static inline void fill(db_workspace *workspace)
{
    pb_error err = {0};
    for (int step = 0; step < FILLED_COMMITS; step++)
        must(db_write(workspace, fill_work, &step, &err), &err);
}

#endif
