/* Statements that do not come from us: read only, over published views, as a role that sees nothing
 * else, for a limited time, and without harm to the transaction when they fail.
 */
#include "dialect.h"

#include "../pure.h"

#include "sys/clock.h"

/* SQLite's machine takes some twenty million steps a second: the limit is said in them. */
enum { STEPS_A_MS = 20000 };

/* Role, names and time of what follows, up to the end of the transaction or the next such call. */
static pb_status take_on(db_conn *conn, const char *role, const char *path, int64_t timeout_ms,
                         pb_error *err)
{
    char sql[500];
    snprintf(sql, sizeof sql,
             "SELECT set_config('role', '%s', true), set_config('search_path', '%s', true),"
             " set_config('statement_timeout', '%lld', true)",
             role, path, (long long)timeout_ms);
    return db_pg_send_text(conn, sql, 0, NULL, NULL, NULL, NULL, err);
}

pb_status db_pg_foreign_enter(db_native *native, pb_error *err)
{
    db_conn *conn = native->conn;
    char path[200];
    const char *schema = conn->where->schema;
    int64_t left = native->max_steps == 0 ? 0 : native->budget_us / 1000 + 1;
    if (native->max_steps > 0 && native->budget_us <= 0)
        return db_pg_foreign_limit(native, err);
    native->began_us = sys_monotonic_us();
    snprintf(path, sizeof path, "\"%s_sql\", pg_catalog, \"%s\"", schema, schema);
    PB_TRY(db_pg_send_text(conn, "SAVEPOINT foreign_one", 0, NULL, NULL, NULL, NULL, err));
    return take_on(conn, conn->roles.query, path, left, err);
}

pb_status db_pg_foreign_leave(db_native *native, pb_error *err)
{
    db_conn *conn = native->conn;
    char path[200];
    snprintf(path, sizeof path, "\"%s\", pg_catalog, pg_temp", conn->where->schema);
    PB_TRY(take_on(conn, conn->roles.app, path, 0, err));
    return db_pg_send_text(conn, "RELEASE foreign_one", 0, NULL, NULL, NULL, NULL, err);
}

pb_status db_pg_foreign_limit(const db_native *native, pb_error *err)
{
    pb_fail(err, PB_LIMIT, PB_MSG("The query was stopped: it took more than {seconds} s."),
            "seconds", PB_ARG_INT(native->max_steps / STEPS_A_MS / 1000), NULL);
    pb_error_hint(err, PB_MSG("Make the query narrower, or look at fewer records."), NULL);
    return PB_LIMIT;
}

void db_pg_foreign_spent(db_native *native)
{
    native->budget_us -= sys_monotonic_us() - native->began_us;
}

int64_t db_pg_foreign_budget(const db_native *native)
{
    return native->max_steps / STEPS_A_MS * 1000 + 1000;
}

pb_status db_pg_prepare_foreign(db_conn *conn, pb_str sql, int64_t max_steps,
                                db_native **ret_native, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(64 << 20);
    PB_AUTO_BUF text = PB_BUF_INIT(8 << 20);
    pg_places places = {.arena = arena};
    db_native *native = NULL;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(db_pg_translate(conn->layout, sql, &places, &text, err));
    PB_TRY(db_pg_native_new(conn, pb_buf_cstr(&text), &places, &native, err));
    native->foreign = true;
    native->touches = UINT64_MAX;
    native->max_steps = max_steps;
    native->budget_us = db_pg_foreign_budget(native);
    pb_status status = db_pg_native_ready(native, err);
    if (status == PB_OK && !native->rows)
        status = db_refuse(native->sql, err);
    if (status != PB_OK)
        db_pg_finalize(native);
    else
        *ret_native = native;
    return status;
}
