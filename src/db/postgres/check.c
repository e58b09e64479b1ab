/* Looking for damage: every row of every table is read and taken apart, and the indexes walked
 * through where the server lets us.
 *
 * What is not seen: pages the server holds in memory are not read from the disk again, and without
 * checksums (initdb --data-checksums) a changed byte inside a value stays unseen here; the ledger's
 * verification sees it, since it compares every value with its event.
 */
#include "postgres.h"

static pb_status read_table(db_conn *conn, const db_table *table, pb_error *err)
{
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT sum(octet_length(t::text)) FROM \"%.*s\" AS t",
             PB_STR_FMT(table->name));
    PB_TRY(db_pg_send_text(conn, sql, 0, NULL, NULL, NULL, NULL, err));
    pb_status status = db_pg_wait(conn, -1, NULL, err);
    if (status == PB_CORRUPT)
        pb_error_hint(err, PB_MSG("The table is {table}."), "table", PB_ARG(table->name), NULL);
    return status;
}

/* bt_index_check is there when an administrator has installed amcheck and lets us use it. */
static pb_status walk_indexes(db_conn *conn, pb_error *err)
{
    static const char sql[] =
        "SELECT format('SELECT %s(%s)', p.oid::regproc, quote_literal(c.oid) || '::regclass')"
        " FROM pg_proc p, pg_class c JOIN pg_am a ON a.oid = c.relam WHERE c.relkind = 'i'"
        " AND a.amname = 'btree' AND p.proname = 'bt_index_check' AND p.pronargs = 1"
        " AND c.relnamespace = current_schema()::regnamespace"
        " AND has_function_privilege(p.oid, 'EXECUTE')";
    PGresult *texts = NULL;
    PB_TRY(db_pg_send_text(conn, sql, 0, NULL, NULL, NULL, NULL, err));
    PB_TRY(db_pg_wait(conn, 0, &texts, err));
    pb_status status = PB_OK;
    for (int i = 0; i < PQntuples(texts) && status == PB_OK; i++) {
        status = db_pg_send_text(conn, PQgetvalue(texts, i, 0), 0, NULL, NULL, NULL, NULL, err);
        if (status == PB_OK)
            status = db_pg_wait(conn, -1, NULL, err);
    }
    PQclear(texts);
    return status;
}

pb_status db_pg_checks_indexes(db_conn *conn, bool *ret_checks, pb_error *err)
{
    static const char sql[] = "SELECT count(*) FROM pg_proc AS p WHERE p.proname = 'bt_index_check'"
                              " AND p.pronargs = 1 AND has_function_privilege(p.oid, 'EXECUTE')";
    PGresult *result = NULL;
    PB_TRY(db_pg_send_text(conn, sql, 0, NULL, NULL, NULL, NULL, err));
    PB_TRY(db_pg_wait(conn, 0, &result, err));
    db_native answer = {.result = result, .stepping = true};
    *ret_checks = PQntuples(result) == 1 && db_pg_column_i64(&answer, 0) > 0;
    PQclear(result);
    return PB_OK;
}

pb_status db_pg_check(db_conn *conn, const db_target *target, pb_error *err)
{
    for (size_t i = 0; i < target->layout->table_count; i++)
        PB_TRY(read_table(conn, &target->layout->tables[i], err));
    return walk_indexes(conn, err);
}
