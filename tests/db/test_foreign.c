/* Foreign statements: what an auditor's query may do, and all it may not. */
#include "db_support.h"

static pb_status some_rows(db_session *session, void *context, pb_error *err)
{
    (void)context;
    for (int64_t n = 1; n <= 100; n++)
        PB_TRY(insert_account(session, n, PB_STR("Acme"), err));
    return PB_OK;
}

static const char *const allowed[] = {
    "SELECT * FROM account",
    "SELECT COUNT(*) FROM account;",
    "SELECT a.name, c.email FROM account a LEFT JOIN contact c ON c.account_id = a.id",
    "WITH few AS (SELECT name, COUNT(*) AS k FROM account GROUP BY name) SELECT * FROM few",
    "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < 100)"
    " SELECT SUM(i) FROM t",
    "SELECT record, source, LOWER(TRIM(name)) FROM account -- 't_contact; DROP'\n",
    "SELECT name, ROW_NUMBER() OVER (PARTITION BY city ORDER BY name) FROM account",
    "WITH a AS (SELECT id FROM account), b(k) AS NOT MATERIALIZED (SELECT id FROM a)"
    " SELECT COUNT(*) FROM b",
    "SELECT COUNT(*) FROM (SELECT DISTINCT name FROM account) AS x",
    "SELECT * FROM value_note",
    "SELECT * FROM source_column",
    "SELECT * FROM source_file",
    "VALUES (1, 2)",
    "SELECT CASE WHEN name LIKE 'a%' THEN ROUND(1.5) ELSE 0 END FROM account WHERE name IN ('a')"
    " /* all; of it */ ;;",
};

static const char *const refused[] = {
    "SELECT * FROM t_account",
    "SELECT * FROM T_ACCOUNT",
    "SELECT * FROM \"t_account\"",
    "SELECT * FROM [t_account]",
    "SELECT * FROM `t_account`",
    "SELECT * FROM 't_account'",
    "SELECT * FROM main.t_account",
    "SELECT * FROM main . /* x */ t_account",
    "SELECT * FROM t_account AS account",
    "WITH account AS (SELECT * FROM t_account) SELECT * FROM account",
    "WITH account AS (SELECT * FROM setting) SELECT * FROM account",
    "SELECT (SELECT value FROM setting LIMIT 1) FROM account",
    "SELECT * FROM account WHERE EXISTS (SELECT 1 FROM ledger_payload)",
    "SELECT * FROM account UNION SELECT * FROM t_account",
    "SELECT * FROM ledger_event",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM sqlite_schema",
    "SELECT sql FROM main.sqlite_schema",
    "WITH account AS (SELECT sql FROM sqlite_schema) SELECT * FROM account",
    "SELECT * FROM pragma_table_info('t_account')",
    "SELECT * FROM pragma_database_list",
    "WITH contact AS (SELECT * FROM pragma_database_list) SELECT * FROM contact",
    "SELECT * FROM sqlite_dbpage",
    "SELECT COUNT(*) FROM search_fresh",
    "SELECT COUNT(*) FROM sqlite_schema",
    "SELECT COUNT(*) FROM pragma_table_list",
    "SELECT 1 FROM sqlite_schema",
    "SELECT sqlite_schema.sql FROM account, sqlite_schema",
    "WITH x AS (SELECT 1) SELECT COUNT(*) FROM x, sqlite_schema",
    "SELECT * FROM json_each('[1]')",
    "PRAGMA key",
    "PRAGMA query_only = OFF",
    "PRAGMA table_list",
    "ATTACH DATABASE '/tmp/x' AS x",
    "DETACH DATABASE main",
    "INSERT INTO account (name) VALUES ('x')",
    "INSERT INTO setting (name) VALUES ('x')",
    "UPDATE account SET name = 'x'",
    "DELETE FROM account",
    "DELETE FROM t_account",
    "DROP VIEW account",
    "DROP TABLE t_account",
    "CREATE TABLE x (y)",
    "CREATE TEMP TABLE x AS SELECT * FROM account",
    "CREATE VIEW x AS SELECT 1",
    "ALTER TABLE account RENAME TO x",
    "REINDEX",
    "ANALYZE",
    "VACUUM",
    "VACUUM INTO '/tmp/x'",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT x",
    "EXPLAIN SELECT * FROM account",
    "EXPLAIN QUERY PLAN SELECT * FROM account",
    "SELECT * FROM account; SELECT * FROM account",
    "SELECT 1; DROP TABLE t_account",
    "SELECT 1 /* ; */ ; -- x\n DELETE FROM account",
    "SELECT load_extension('x')",
    "SELECT randomblob(1000000000)",
    "SELECT zeroblob(1000000000)",
    "SELECT random()",
    "SELECT sqlite_version()",
    "SELECT date('now')",
    "SELECT printf('%1000000000d', 1)",
    "SELECT fts5_source_id()",
    "SELECT writefile('/tmp/x', 'y')",
    "SELECT readfile('/etc/passwd')",
    "SELECT * FROM nowhere",
    "SELECT nothing FROM account",
    "SELECT",
    "",
    "   -- only words",
};

static pb_status try(room *r, db_session *session, pb_str sql)
{
    db_stmt *stmt = NULL;
    bool row = true;
    PB_TRY(db_prepare_foreign(session, sql, 10000000, &stmt, &r->err));
    pb_status status = PB_OK;
    while (status == PB_OK && row)
        status = db_step(stmt, &row, &r->err);
    db_stmt_close(stmt);
    return status;
}

static void refusals_body(room *r)
{
    db_session *session = NULL;
    make(r);
    assert_ok(r, db_write(r->workspace, some_rows, NULL, &r->err));
    assert_ok(r, db_snapshot_open(r->workspace, &session, &r->err));
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        if (try(r, session, pb_str_c(allowed[i])) != PB_OK)
            fail_msg("refused: %s: %s", allowed[i], said(r));
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        pb_status status = try(r, session, pb_str_c(refused[i]));
        if (status != PB_DENIED && status != PB_INVALID)
            fail_msg("status %d for: %s", (int)status, refused[i]);
    }
    assert_status(PB_DENIED, try(r, session, PB_STR("SELECT 1\0; DELETE FROM account")));
    assert_status(PB_DENIED, try(r, session, PB_STR("SELECT * FROM t_account")));
    assert_non_null(strstr(said(r), "t_account"));
    assert_int_equal(100, count_in(r, session, ACCOUNTS));
    db_snapshot_close(session);
}
/* shows: SEC-1 */
ON_EVERY_ENGINE(foreign_queries_read_views_only, refusals_body)

static void budget_body(room *r)
{
    db_session *session = NULL;
    db_stmt *stmt = NULL;
    bool row = false;
    make(r);
    assert_ok(r, db_write(r->workspace, some_rows, NULL, &r->err));
    assert_ok(r, db_snapshot_open(r->workspace, &session, &r->err));
    pb_str endless = PB_STR("WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t)"
                            " SELECT COUNT(*) FROM t");
    assert_ok(r, db_prepare_foreign(session, endless, 100000, &stmt, &r->err));
    assert_status(PB_LIMIT, db_step(stmt, &row, &r->err));
    assert_status(PB_LIMIT, db_step(stmt, &row, &r->err)); /* each run has the whole budget again */
    db_stmt_close(stmt);
    /* Steps of several rows count together. */
    pb_str rows = PB_STR("WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t)"
                         " SELECT i FROM t");
    assert_ok(r, db_prepare_foreign(session, rows, 100000, &stmt, &r->err));
    pb_status status = PB_OK;
    int64_t count = 0;
    for (row = true; status == PB_OK && row; count++)
        status = db_step(stmt, &row, &r->err);
    assert_int_equal(PB_LIMIT, status);
    assert_in_range(count, 1000, 100000);
    db_stmt_close(stmt);
    /* Our own statements are not held to it. */
    assert_int_equal(100, count_in(r, session, ACCOUNTS));
    db_snapshot_close(session);
}
ON_EVERY_ENGINE(foreign_queries_end, budget_body)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(foreign_queries_read_views_only),
        cmocka_unit_test(foreign_queries_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
