/* Verification names what was altered, whichever byte of event, payload, tile, head, key or record
 * it is. */
#include "ledger_support.h"

#include "merkle/hash.h"

/* One row's cell, found by a number in a key column. */
typedef struct cell {
    const char *table, *column, *key;
    int64_t at;
} cell;

static pb_value read_cell(db_workspace *workspace, cell c, pb_arena *arena)
{
    pb_error err = {0};
    char sql[300];
    db_session *session;
    db_stmt *stmt;
    bool row;
    snprintf(sql, sizeof sql, "SELECT %s FROM %s WHERE %s = ?1", c.column, c.table, c.key);
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(db_prepare_text(session, pb_str_c(sql), &stmt, &err), &err);
    db_bind_i64(stmt, 1, c.at);
    must(db_step(stmt, &row, &err), &err);
    assert_true(row);
    pb_value value = db_column_value(stmt, 0);
    if (value.kind == PB_BLOB)
        value.as.s = pb_arena_str(arena, value.as.s);
    db_reset(stmt);
    db_snapshot_close(session);
    return value;
}

/* `at` finds the row, which may be the changed number itself. */
static void write_cell(db_workspace *workspace, cell c, int64_t at, pb_value value)
{
    char sql[300];
    snprintf(sql, sizeof sql, "UPDATE %s SET %s = ?1 WHERE %s = ?2", c.table, c.column, c.key);
    run_sql(workspace, (raw_sql){sql, {value, PB_VALUE_INT(at)}, 2});
}

static void must_name(db_workspace *workspace, const char *want)
{
    pb_error err = {0};
    ledger_report report = {.events = 99};
    pb_status status = verify_now(workspace, &report, &err);
    if (status == PB_OK)
        fail_msg("passed, although: %s", want);
    must_say(&err, want);
    assert_int_equal(status, PB_CORRUPT);
    assert_int_equal(report.events, 99);
}

/* What finds a change is the same on both engines: on a server, whose every question takes a turn
 * to it, one byte in eight is changed, another one in every row; PROBITY_EVERY_BYTE=1 takes all. */
static size_t step(void)
{
    return on_postgres() && getenv("PROBITY_EVERY_BYTE") == NULL ? 8 : 1;
}

/* Changes every byte of a cell of bytes in turn; `emptied` is what an empty cell is told as. */
static size_t alter_bytes(db_workspace *workspace, cell c, const char *want, const char *emptied)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_value value = read_cell(workspace, c, arena);
    assert_int_equal(value.kind, PB_BLOB);
    char *bytes = pb_arena_cstr(arena, value.as.s);
    for (size_t i = (size_t)c.at % step(); i < value.as.s.len; i += step()) {
        char mask = (char)(1U << (i % 8));
        bytes[i] ^= mask;
        write_cell(workspace, c, c.at, PB_VALUE_BLOB(pb_str_n(bytes, value.as.s.len)));
        must_name(workspace, want);
        bytes[i] ^= mask;
    }
    /* one byte less, one more, none */
    write_cell(workspace, c, c.at, PB_VALUE_BLOB(pb_str_n(bytes, value.as.s.len - 1)));
    must_name(workspace, want);
    char *more = pb_arena_printf(arena, "%*s", (int)value.as.s.len + 1, "");
    memcpy(more, bytes, value.as.s.len);
    write_cell(workspace, c, c.at, PB_VALUE_BLOB(pb_str_n(more, value.as.s.len + 1)));
    must_name(workspace, want);
    write_cell(workspace, c, c.at, PB_VALUE_BLOB(PB_STR("")));
    must_name(workspace, emptied);
    write_cell(workspace, c, c.at, PB_VALUE_BLOB(pb_str_n(bytes, value.as.s.len)));
    return value.as.s.len;
}

/* Changes bits of a number, one in each byte; `says` has a place for the number the row then has.
 */
static void alter_number(db_workspace *workspace, cell c, unsigned first_bit, bool is_key,
                         const char *want)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_value value = read_cell(workspace, c, arena);
    assert_int_equal(value.kind, PB_INT);
    for (unsigned bit = first_bit; bit < 64; bit += bit < 56 ? 8 - bit % 8 : 7) {
        int64_t changed = (int64_t)((uint64_t)value.as.i ^ UINT64_C(1) << bit);
        write_cell(workspace, c, c.at, PB_VALUE_INT(changed));
        if (want)
            must_name(workspace, want);
        else
            assert_int_equal(verify_now(workspace, NULL, NULL), PB_CORRUPT);
        write_cell(workspace, c, is_key ? changed : c.at, value);
    }
}

static db_workspace *filled(void)
{
    db_workspace *workspace = scratch_workspace();
    ledger_report report;
    fill(workspace);
    must_verify(workspace, &report);
    return workspace;
}

static void still_good(db_workspace *workspace)
{
    ledger_report report;
    must_verify(workspace, &report);
    assert_int_equal(report.events, FILLED_EVENTS);
    db_workspace_close(workspace);
}

/* shows: ACC-5 */
static void test_every_byte_of_every_event(void **state)
{
    (void)state;
    db_workspace *workspace = filled();
    size_t bytes = 0;
    for (int64_t i = 0; i < FILLED_EVENTS; i++) {
        char want[100];
        snprintf(want, sizeof want, "Event %d of the log was altered", (int)i);
        bytes += alter_bytes(workspace, (cell){"ledger_event", "body", "seq", i}, want, want);
        snprintf(want, sizeof want, "Event %d of the log is missing", (int)i);
        cell seq = {"ledger_event", "seq", "seq", i};
        for (unsigned bit = 5; bit < 63; bit += 9) {
            int64_t moved = i ^ (INT64_C(1) << bit);
            write_cell(workspace, seq, i, PB_VALUE_INT(moved));
            must_name(workspace, want);
            write_cell(workspace, seq, moved, PB_VALUE_INT(i));
        }
    }
    assert_true(bytes > FILLED_EVENTS * 50);
    still_good(workspace);
}

/* shows: ACC-5 */
static void test_every_byte_of_every_payload(void **state)
{
    (void)state;
    db_workspace *workspace = filled();
    for (int64_t i = 0; i < FILLED_EVENTS; i++) {
        if (i == 15)
            continue;
        char want[100], emptied[100]; /* an empty payload is an erased one, but nobody said so */
        snprintf(want, sizeof want, "The payload of event %d was altered", (int)i);
        snprintf(emptied, sizeof emptied, "The payload of event %d is missing", (int)i);
        alter_bytes(workspace, (cell){"ledger_payload", "body", "seq", i}, want, emptied);
    }
    alter_number(workspace, (cell){"ledger_payload", "seq", "seq", 4}, 5, true, NULL);
    still_good(workspace);
}

/* shows: ACC-5 */
static void test_every_byte_of_every_tile(void **state)
{
    (void)state;
    db_workspace *workspace = filled();
    alter_bytes(workspace, (cell){"ledger_tile", "hashes", "idx", 0},
                "Tile 0/0 of the log was altered", "Tile 0/0 of the log was altered");
    alter_number(workspace, (cell){"ledger_tile", "idx", "level", 0}, 0, false,
                 "Tile 0/0 of the log was altered");
    still_good(workspace);
}

/* shows: ACC-5 */
static void test_every_byte_of_every_head(void **state)
{
    (void)state;
    db_workspace *workspace = filled();
    for (int64_t size = 2; size <= FILLED_EVENTS; size += 2) {
        char want[100];
        snprintf(want, sizeof want, "The signed head of size %d was altered", (int)size);
        alter_bytes(workspace, (cell){"ledger_head", "root", "size", size}, want, want);
        alter_bytes(workspace, (cell){"ledger_head", "signature", "size", size}, want, want);
        alter_number(workspace, (cell){"ledger_head", "at_us", "size", size}, 0, false, want);
        for (unsigned bit = 0; bit < 64; bit += bit ? 9 : 5) {
            cell c = {"ledger_head", "size", "size", size};
            int64_t moved = (int64_t)((uint64_t)size ^ UINT64_C(1) << bit);
            snprintf(want, sizeof want, "The signed head of size %lld was altered",
                     (long long)moved);
            write_cell(workspace, c, size, PB_VALUE_INT(moved));
            must_name(workspace, want);
            write_cell(workspace, c, moved, PB_VALUE_INT(size));
        }
    }
    still_good(workspace);
}

/* shows: ACC-5 */
static void test_every_byte_of_the_public_key(void **state)
{
    (void)state;
    db_workspace *workspace = filled();
    pb_error err = {0};
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_BUF key = PB_BUF_INIT(4096);
    db_session *session;
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(ledger_key_text(session, &key, &err), &err);
    db_snapshot_close(session);
    char *bytes = pb_arena_cstr(arena, pb_buf_str(&key));
    raw_sql put = {"UPDATE setting SET value = ?1 WHERE name = 'ledger.key'",
                   {PB_VALUE_BLOB(pb_str_n(bytes, key.len))},
                   1};
    for (size_t i = 0; i < key.len; i++) {
        bytes[i] ^= 1;
        run_sql(workspace, put);
        must_name(workspace, "The stored public key of the log was altered");
        bytes[i] ^= 1;
    }
    run_sql(workspace, put);
    run_sql(workspace, (raw_sql){.sql = "DELETE FROM setting WHERE name = 'ledger.key'"});
    must_name(workspace, "The stored public key of the log was altered");
    run_sql(workspace, (raw_sql){"INSERT INTO setting (name, value) VALUES ('ledger.key', ?1)",
                                 {PB_VALUE_BLOB(pb_str_n(bytes, key.len))},
                                 1});
    still_good(workspace);
}

/* shows: ACC-5 REC-7 */
static void test_every_record_row_is_held_by_its_event(void **state)
{
    (void)state;
    db_workspace *workspace = filled();
    for (int64_t n = 1; n <= FILLED_RECORDS; n++) {
        char want[100];
        snprintf(want, sizeof want, "Record contact %d was altered", (int)n);
        alter_bytes(workspace, (cell){"t_contact", "id", "n", n}, want, want);
        alter_number(workspace, (cell){"t_contact", "version", "n", n}, 0, false, want);
        alter_number(workspace, (cell){"t_contact", "event", "n", n}, 0, false, want);
    }
    run_sql(workspace, (raw_sql){.sql = "CREATE TABLE kept AS SELECT * FROM t_contact"});
    run_sql(workspace, (raw_sql){.sql = "DELETE FROM t_contact WHERE n = 3"});
    must_name(workspace,
              "Record contact 03030303-0303-0303-0303-030303030303 of event 10 is missing");
    run_sql(workspace, (raw_sql){.sql = "INSERT INTO t_contact SELECT * FROM kept WHERE n = 3"});
    run_sql(workspace,
            (raw_sql){.sql = "INSERT INTO t_contact (n, id, version, event, created_us, changed_us,"
                             " deleted) VALUES (9, x'09090909090909090909090909090909', 1, 0, 0, 0,"
                             " 0)"});
    must_name(workspace, "Record contact 9 was altered");
    run_sql(workspace, (raw_sql){.sql = "DELETE FROM t_contact WHERE n = 9"});
    still_good(workspace);
}

/* What a single change can do to whole rows: taken away, added, exchanged. */
/* shows: ACC-5 */
static void test_rows_removed_added_exchanged(void **state)
{
    (void)state;
    static const struct {
        const char *change, *want;
    } cases[] = {
        {"DELETE FROM ledger_event WHERE seq = 0", "Event 0 of the log is missing"},
        {"DELETE FROM ledger_event WHERE seq = 7", "Event 7 of the log is missing"},
        {"DELETE FROM ledger_event WHERE seq = 19", "Event 19 of the log is missing"},
        {"DELETE FROM ledger_event", "Event 0 of the log is missing"},
        {"DELETE FROM ledger_payload WHERE seq = 0", "The payload of event 0 is missing"},
        {"DELETE FROM ledger_payload WHERE seq = 19", "The payload of event 19 is missing"},
        {"DELETE FROM ledger_tile", "Tile 0/0 of the log was altered"},
        {"DELETE FROM ledger_head WHERE size = 20", "No signed head covers event 18"},
        {"DELETE FROM ledger_head", "No signed head covers event 0"},
        {"INSERT INTO ledger_event SELECT 20, body FROM ledger_event WHERE seq = 15",
         "No signed head covers event 20"},
        {"INSERT INTO ledger_payload SELECT 15, body FROM ledger_payload WHERE seq = 14",
         "The payload of event 15 was altered"},
        {"INSERT INTO ledger_payload SELECT 20, body FROM ledger_payload WHERE seq = 14",
         "The payload of event 20 was altered"},
        {"INSERT INTO ledger_tile SELECT 0, 1, hashes FROM ledger_tile",
         "Tile 0/1 does not belong to the log"},
        {"INSERT INTO ledger_tile SELECT 1, 0, hashes FROM ledger_tile",
         "Tile 1/0 does not belong to the log"},
        {"INSERT INTO ledger_head SELECT 19, at_us, root, signature FROM ledger_head WHERE size = "
         "20",
         "The signed head of size 19 was altered"},
        {"INSERT INTO ledger_head SELECT 40, at_us, root, signature FROM ledger_head WHERE size = "
         "20",
         "The signed head of size 40 was altered"},
        {"UPDATE ledger_event SET body = (SELECT e.body FROM ledger_event AS e WHERE"
         " e.seq = 33 - ledger_event.seq) WHERE seq IN (16, 17)",
         "Event 16 of the log was altered"},
        {"UPDATE ledger_payload SET body = (SELECT e.body FROM ledger_payload AS e WHERE"
         " e.seq = 1 - ledger_payload.seq) WHERE seq IN (0, 1)",
         "The payload of event 0 was altered"},
    };
    static const char *const tables[] = {"ledger_event", "ledger_payload", "ledger_tile",
                                         "ledger_head"};
    db_workspace *workspace = filled();
    char sql[200];
    for (size_t t = 0; t < 4; t++) {
        snprintf(sql, sizeof sql, "CREATE TABLE kept_%s AS SELECT * FROM %s", tables[t], tables[t]);
        run_sql(workspace, (raw_sql){.sql = sql});
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run_sql(workspace, (raw_sql){.sql = cases[i].change});
        must_name(workspace, cases[i].want);
        for (size_t t = 0; t < 4; t++) {
            snprintf(sql, sizeof sql, "DELETE FROM %s", tables[t]);
            run_sql(workspace, (raw_sql){.sql = sql});
            snprintf(sql, sizeof sql, "INSERT INTO %s SELECT * FROM kept_%s", tables[t], tables[t]);
            run_sql(workspace, (raw_sql){.sql = sql});
        }
    }
    still_good(workspace);
}

/* Someone who knows how trees work changes an event and mends its tile: the signed heads hold him.
 */
/* shows: ACC-5 */
static void test_an_event_altered_with_its_tile(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    db_workspace *workspace = filled();
    cell event = {"ledger_event", "body", "seq", 17}, tile = {"ledger_tile", "hashes", "idx", 0};
    pb_value body = read_cell(workspace, event, arena), hashes = read_cell(workspace, tile, arena);
    char *changed = pb_arena_cstr(arena, body.as.s), *mended = pb_arena_cstr(arena, hashes.as.s);
    size_t at = pb_str_find(body.as.s, PB_STR("test"));
    assert_true(at < body.as.s.len);
    memcpy(changed + at, "evil", 4);
    merkle_hash leaf = merkle_leaf(pb_str_n(changed, body.as.s.len));
    memcpy(mended + 17 * sizeof leaf, leaf.b, sizeof leaf);
    write_cell(workspace, event, 17, PB_VALUE_BLOB(pb_str_n(changed, body.as.s.len)));
    write_cell(workspace, tile, 0, PB_VALUE_BLOB(pb_str_n(mended, hashes.as.s.len)));
    must_name(workspace, "Among the events 16 to 17 of the log one was altered");
    write_cell(workspace, event, 17, body);
    must_name(workspace, "Tile 0/0 of the log was altered");
    write_cell(workspace, tile, 0, hashes);
    still_good(workspace);
}

static pb_status erase_work(db_session *session, void *context, pb_error *err)
{
    return ledger_erase_payload(session, *(uint64_t *)context, (ledger_actor){.name = PB_STR("x")},
                                1, err);
}

/* shows: PRI-5 ACC-5 */
static void test_erased_payloads_must_be_gone_and_on_record(void **state)
{
    (void)state;
    pb_error err = {0};
    ledger_report report;
    db_workspace *workspace = filled();
    run_sql(workspace, (raw_sql){.sql = "CREATE TABLE kept AS SELECT * FROM ledger_payload"});
    for (uint64_t i = 3; i < 6; i++)
        must(db_write(workspace, erase_work, &i, &err), &err);
    must_verify(workspace, &report);
    assert_int_equal(report.erased, 3);
    for (int i = 3; i < 6; i++) {
        char sql[200], want[100];
        snprintf(sql, sizeof sql,
                 "INSERT INTO ledger_payload SELECT * FROM kept WHERE seq = %d"
                 " ON CONFLICT (seq) DO UPDATE SET body = excluded.body",
                 i);
        snprintf(want, sizeof want, "The payload of event %d is there although it was erased", i);
        run_sql(workspace, (raw_sql){.sql = sql});
        must_name(workspace, want);
        snprintf(sql, sizeof sql, "DELETE FROM ledger_payload WHERE seq = %d", i);
        run_sql(workspace, (raw_sql){.sql = sql});
    }
    run_sql(workspace, (raw_sql){.sql = "DELETE FROM ledger_payload WHERE seq = 2"});
    must_name(workspace, "The payload of event 2 is missing");
    run_sql(workspace,
            (raw_sql){.sql = "INSERT INTO ledger_payload SELECT * FROM kept WHERE seq = 2"});
    must_verify(workspace, &report);
    db_workspace_close(workspace);
}

static pb_status many_work(db_session *session, void *context, pb_error *err)
{
    int count = *(int *)context;
    uint64_t sequence;
    for (int i = 0; i < count; i++) {
        ledger_event event = {.kind = "audit.run",
                              .at_us = i,
                              .actor = {.name = PB_STR("t")},
                              .payload = PB_STR("p")};
        PB_TRY(ledger_append(session, &event, &sequence, err));
    }
    return PB_OK;
}

/* The value is read and written whole: on a server a payload lies sealed. */
static void alter_at(db_workspace *workspace, const char *table, const char *column,
                     const char *where, size_t byte, const char *want)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_error err = {0};
    char sql[300], change[300];
    db_session *session;
    db_stmt *stmt;
    bool row;
    snprintf(sql, sizeof sql, "SELECT %s FROM %s WHERE %s", column, table, where);
    snprintf(change, sizeof change, "UPDATE %s SET %s = ?1 WHERE %s", table, column, where);
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(db_prepare_text(session, pb_str_c(sql), &stmt, &err), &err);
    must(db_step(stmt, &row, &err), &err);
    assert_true(row);
    pb_str have = db_column_blob(stmt, 0);
    char *bytes = pb_arena_cstr(arena, have);
    size_t len = have.len;
    assert_true(byte < len);
    db_reset(stmt);
    db_snapshot_close(session);
    for (int time = 0; time < 2; time++) {
        bytes[byte] ^= 0x10;
        run_sql(workspace, (raw_sql){change, {PB_VALUE_BLOB(pb_str_n(bytes, len))}, 1});
        if (time == 0)
            must_name(workspace, want);
    }
}

/* Trees of more than one level of tiles. */
/* shows: ACC-5 */
static void test_a_tall_tree(void **state)
{
    (void)state;
    pb_error err = {0};
    ledger_report report;
    db_workspace *workspace = scratch_workspace();
    static const int counts[] = {300, 1, 511, 200, 60000, 6000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        int count = counts[i];
        must(db_write(workspace, many_work, &count, &err), &err);
    }
    must_verify(workspace, &report);
    assert_int_equal(report.events, 67012);
    alter_at(workspace, "ledger_tile", "hashes", "level = 0 AND idx = 0", 100,
             "Tile 0/0 of the log was altered");
    alter_at(workspace, "ledger_tile", "hashes", "level = 0 AND idx = 261", 3,
             "Tile 0/261 of the log was altered");
    alter_at(workspace, "ledger_tile", "hashes", "level = 1 AND idx = 0", 8191,
             "Tile 1/0 of the log was altered");
    alter_at(workspace, "ledger_tile", "hashes", "level = 1 AND idx = 1", 150,
             "Tile 1/1 of the log was altered");
    alter_at(workspace, "ledger_tile", "hashes", "level = 2 AND idx = 0", 31,
             "Tile 2/0 of the log was altered");
    alter_at(workspace, "ledger_event", "body", "seq = 66000", 20,
             "Event 66000 of the log was altered");
    alter_at(workspace, "ledger_payload", "body", "seq = 300", 2,
             "The payload of event 300 was altered");
    must_verify(workspace, &report);
    db_workspace_close(workspace);
}

typedef struct seen {
    size_t rows, fail_at;
} seen;

static pb_status see_row(seen *s, db_session *session, db_stmt *stmt, ledger_rows *rows,
                         pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    const ledger_row row = {.n = db_column_i64(stmt, 0),
                            .id = db_column_blob(stmt, 1),
                            .version = db_column_i64(stmt, 2),
                            .event = db_column_i64(stmt, 3),
                            .body = db_column_blob(stmt, 4),
                            .payload = db_column_blob(stmt, 5)};
    ledger_event taken, read;
    bool gone, erased;
    PB_TRY(ledger_row_take(rows, &row, &taken, &gone, err));
    assert_memory_equal(taken.record.b, row.id.ptr, 16);
    PB_TRY(ledger_read(session, (uint64_t)row.event, arena, &read, &erased, err));
    assert_string_equal(taken.kind, read.kind);
    assert_int_equal(taken.previous, read.previous);
    assert_true(pb_str_eq(taken.payload, read.payload) && gone == erased);
    return ++s->rows == s->fail_at ? pb_fail(err, PB_CORRUPT, "row differs", NULL) : PB_OK;
}

static pb_status check_rows(void *context, db_session *session, const model_entity *entity,
                            int64_t from, int64_t to, ledger_rows *rows, pb_error *err)
{
    static const char sql[] =
        "SELECT r.n, r.id, r.version, r.event, " LEDGER_ROW_COLUMNS
        " FROM t_contact AS r" LEDGER_ROW_JOINS " WHERE r.n >= ?1 AND r.n <= ?2";
    db_stmt *stmt;
    bool row;
    assert_true(pb_str_is(entity->name, "contact"));
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, from);
    db_bind_i64(stmt, 2, to);
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        pb_status status = see_row(context, session, stmt, rows, err);
        if (status != PB_OK) {
            db_reset(stmt);
            return status;
        }
    }
}

static void test_rows_are_shown_to_who_can_replay_them(void **state)
{
    (void)state;
    pb_error err = {0};
    ledger_report report;
    db_workspace *workspace = filled();
    db_session *session;
    seen s = {0, 0};
    must(db_snapshot_open(workspace, &session, &err), &err);
    const ledger_check check = {.rows = check_rows, .rows_context = &s};
    must(ledger_verify_with(session, &check, &report, &err), &err);
    assert_int_equal(s.rows, FILLED_RECORDS);
    s = (seen){0, 5};
    assert_int_equal(ledger_verify_with(session, &check, &report, &err), PB_CORRUPT);
    must_say(&err, "row differs");
    assert_int_equal(s.rows, 5);
    db_snapshot_close(session);
    db_workspace_close(workspace);
}

/* Who does not hand on the rows that were read has checked none of them. */
static pb_status look_away(void *context, db_session *session, const model_entity *entity,
                           int64_t from, int64_t to, ledger_rows *rows, pb_error *err)
{
    (void)context, (void)session, (void)entity, (void)from, (void)to, (void)rows, (void)err;
    return PB_OK;
}

/* shows: ACC-5 */
static void test_rows_that_nobody_took_are_missed(void **state)
{
    (void)state;
    pb_error err = {0};
    ledger_report report;
    db_workspace *workspace = filled();
    db_session *session;
    const ledger_check check = {.rows = look_away};
    must(db_snapshot_open(workspace, &session, &err), &err);
    assert_int_equal(ledger_verify_with(session, &check, &report, &err), PB_CORRUPT);
    must_say(&err, "Record contact 07070707-0707-0707-0707-070707070707 of event 6 is missing");
    db_snapshot_close(session);
    db_workspace_close(workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_byte_of_every_event),
        cmocka_unit_test(test_every_byte_of_every_payload),
        cmocka_unit_test(test_every_byte_of_every_tile),
        cmocka_unit_test(test_every_byte_of_every_head),
        cmocka_unit_test(test_every_byte_of_the_public_key),
        cmocka_unit_test(test_every_record_row_is_held_by_its_event),
        cmocka_unit_test(test_rows_removed_added_exchanged),
        cmocka_unit_test(test_an_event_altered_with_its_tile),
        cmocka_unit_test(test_erased_payloads_must_be_gone_and_on_record),
        cmocka_unit_test(test_a_tall_tree),
        cmocka_unit_test(test_rows_are_shown_to_who_can_replay_them),
        cmocka_unit_test(test_rows_that_nobody_took_are_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
