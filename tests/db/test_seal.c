/* Sensitive values: a server never gets them readable, and every question about them has the answer
 * it has in a folder. */
#include "db_support.h"

#define SECRET "Rosengasse 7"
#define SECRET_HEX "526f73656e67617373" /* what bytes look like in a text of a row */

static void make_sensitive(room *r)
{
    r->tiny.account[1].personal.sensitive = true; /* city */
    r->tiny.contact[2].personal.sensitive = true; /* birth, a whole number */
    make(r);
}

static pb_status insert_two(db_session *session, pb_str city, int64_t birth, pb_error *err)
{
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare(session,
                      "INSERT INTO t_account (n, id, version, event, created_us, changed_us,"
                      " deleted, name, city) VALUES (?1, ?2, 1, 0, 0, 0, 0, ?3, ?4)",
                      &stmt, err));
    db_bind_i64(stmt, 1, 1);
    db_bind_blob(stmt, 2, PB_STR("0000000000000001"));
    db_bind_text(stmt, 3, PB_STR("Acme"));
    db_bind_text(stmt, 4, city);
    PB_TRY(db_run(stmt, err));
    PB_TRY(db_prepare(session,
                      "INSERT INTO t_contact (n, id, version, event, created_us, changed_us,"
                      " deleted, birth) VALUES (?, ?, 1, 0, 0, 0, 0, ?)",
                      &stmt, err));
    db_bind_i64(stmt, 1, 1);
    db_bind_blob(stmt, 2, PB_STR("0000000000000002"));
    db_bind_i64(stmt, 3, birth);
    return db_run(stmt, err);
}

static pb_status insert_note(db_session *session, const char *field, int64_t part, pb_error *err)
{
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare(session,
                      "INSERT INTO t_value_note (entity, field, kind, n, part, value, problem)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                      &stmt, err));
    db_bind_text(stmt, 1, PB_STR("account"));
    db_bind_text(stmt, 2, pb_str_c(field));
    db_bind_text(stmt, 3, PB_STR("bad"));
    db_bind_i64(stmt, 4, 1);
    db_bind_i64(stmt, 5, part);
    db_bind_text(stmt, 6, PB_STR(SECRET "!"));
    db_bind_null(stmt, 7);
    return db_run(stmt, err);
}

static pb_status insert_all(db_session *session, void *context, pb_error *err)
{
    db_stmt *stmt = NULL;
    (void)context;
    PB_TRY(insert_two(session, PB_STR(SECRET), 7919, err));
    PB_TRY(insert_note(session, "city", 1, err));
    PB_TRY(
        db_prepare(session, "INSERT INTO ledger_payload (seq, body) VALUES (?1, ?2)", &stmt, err));
    db_bind_i64(stmt, 1, 900);
    db_bind_blob(stmt, 2, PB_STR("\x02S1:" SECRET)); /* looks sealed, and is a payload */
    return db_run(stmt, err);
}

/* An administrator of the server reads all rows of all tables. */
static void nobody_reads_it(void)
{
    static const char *const tables[] = {"t_account", "t_contact", "t_value_note",
                                         "ledger_payload"};
    for (size_t i = 0; on_postgres() && i < sizeof tables / sizeof tables[0]; i++) {
        char sql[400];
        snprintf(sql, sizeof sql,
                 "DO $$ BEGIN IF EXISTS (SELECT 1 FROM w%d.%s AS t WHERE t::text LIKE '%%" SECRET
                 "%%' OR t::text LIKE '%%" SECRET_HEX "%%' OR t::text LIKE '%%7919%%')"
                 " THEN RAISE EXCEPTION 'readable'; END IF; END $$",
                 engine_count, tables[i]);
        engine_say("postgres", sql);
    }
}

static const char *text_of(room *r, db_session *session, const char *sql)
{
    db_stmt *stmt = NULL;
    bool row = false;
    assert_ok(r, db_prepare_foreign(session, pb_str_c(sql), 0, &stmt, &r->err));
    assert_ok(r, db_step(stmt, &row, &r->err));
    const char *text = row ? pb_arena_cstr(r->arena, db_column_text(stmt, 0)) : "no row";
    db_stmt_close(stmt);
    return text;
}

static void sealed_body(room *r)
{
    db_session *session = NULL;
    make_sensitive(r);
    assert_ok(r, db_write(r->workspace, insert_all, NULL, &r->err));
    nobody_reads_it();
    reopen(r);
    assert_ok(r, db_snapshot_open(r->workspace, &session, &r->err));
    assert_int_equal(7919, count_in(r, session, "SELECT birth FROM t_contact"));
    db_stmt *stmt = NULL;
    bool row = false;
    assert_ok(
        r, db_prepare(session, "SELECT city, body FROM t_account, ledger_payload", &stmt, &r->err));
    assert_ok(r, db_step(stmt, &row, &r->err));
    assert_true(pb_str_is(db_column_text(stmt, 0), SECRET));
    assert_true(pb_str_is(db_column_blob(stmt, 1), "\x02S1:" SECRET));
    db_reset(stmt);
    /* questions that a sealed value could not answer */
    assert_string_equal("Acme", text_of(r, session,
                                        "select name from account where city like "
                                        "'Rosen%' and length(city) = 12"));
    assert_string_equal("7920", text_of(r, session, "select max(c.birth) + 1 from contact c"));
    assert_string_equal("7!", text_of(r, session, "select substr(value, 12) from value_note"));
    assert_string_equal(SECRET, text_of(r, session,
                                        "select t.city from (select * from account) t"
                                        " order by t.city"));
    assert_string_equal("1", text_of(r, session, "select count(*) from account"));
    db_snapshot_close(session);
}
/* shows: PER-2 SEC-1 */
ON_EVERY_ENGINE(what_is_sensitive_lies_sealed_on_a_server, sealed_body)

static pb_status change_city(db_session *session, void *context, pb_error *err)
{
    db_stmt *stmt = NULL;
    const pb_str *city = context;
    PB_TRY(db_prepare(session, "UPDATE t_account SET version = version + 1, city = ?1 WHERE n = ?2",
                      &stmt, err));
    db_bind_text(stmt, 1, *city);
    db_bind_i64(stmt, 2, 1);
    return db_run(stmt, err);
}

static void changed_body(room *r)
{
    db_session *session = NULL;
    pb_str cities[] = {PB_STR("Bern " SECRET), PB_STR("\x02S1:" SECRET), PB_STR("")};
    make_sensitive(r);
    assert_ok(r, db_write(r->workspace, insert_all, NULL, &r->err));
    for (size_t i = 0; i < 3; i++) {
        assert_ok(r, db_write(r->workspace, change_city, &cities[i], &r->err));
        nobody_reads_it();
        assert_ok(r, db_snapshot_open(r->workspace, &session, &r->err));
        /* a copy made for an earlier transaction is not asked */
        assert_string_equal(pb_arena_cstr(r->arena, cities[i]),
                            text_of(r, session, "select city || '' from account"));
        db_snapshot_close(session);
    }
}
/* shows: PER-2 SEC-1 */
ON_EVERY_ENGINE(changed_values_are_sealed_again, changed_body)

static pb_status write_wrongly(db_session *session, void *context, pb_error *err)
{
    db_stmt *stmt = NULL;
    return db_prepare_text(session, *(const pb_str *)context, &stmt, err);
}

/* shows: PER-2 SEC-1 */
static void test_nothing_goes_out_readable_by_mistake(void **state)
{
    pb_str statements[] = {
        PB_STR("UPDATE t_account SET city = 'Bern' WHERE n = ?1"),
        PB_STR("UPDATE t_account SET name = ?1, city = upper(?2) WHERE n = ?3"),
        PB_STR("INSERT INTO t_account (n, id, version, event, created_us, changed_us, deleted,"
               " city) VALUES (?1, ?2, 1, 0, 0, 0, 0, 'Bern')"),
        PB_STR("INSERT INTO t_account (n, id, version, event, created_us, changed_us, deleted,"
               " city) VALUES (?1, ?2, 1, 0, 0, 0, 0, coalesce(?3, ?4))"),
    };
    (void)state;
    room *r = room_open(&test_engines[0]);
    make_sensitive(r);
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        assert_status(on_postgres() ? PB_INTERNAL : PB_OK,
                      db_write(r->workspace, write_wrongly, &statements[i], &r->err));
    room_close(r);
}

static pb_status insert_plain_note(db_session *session, void *context, pb_error *err)
{
    (void)context;
    return insert_note(session, "name", 2, err);
}

/* shows: PER-2 */
static void test_notes_about_other_fields_stay_readable_to_queries(void **state)
{
    (void)state;
    room *r = room_open(&test_engines[0]);
    make_sensitive(r);
    assert_ok(r, db_write(r->workspace, insert_plain_note, NULL, &r->err));
    assert_int_equal(1,
                     count_now(r, "SELECT COUNT(*) FROM t_value_note WHERE value = '" SECRET "!'"));
    room_close(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sensitive_lies_sealed_on_a_server),
        cmocka_unit_test(changed_values_are_sealed_again),
        cmocka_unit_test(test_nothing_goes_out_readable_by_mistake),
        cmocka_unit_test(test_notes_about_other_fields_stay_readable_to_queries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
