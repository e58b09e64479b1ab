/* Statements that do not come from us: what they may touch, and how long they may run. */
#include "spare.h"

#include "../pure.h"

#include "base/time.h"

/* Steps between two looks at the budget. */
enum { STEP_CHUNK = 1000 };

/* A column may be read from a published view, and from the tables a view reads when it is read
 * through that view. */
static bool may_read(const db_conn *conn, const char *table, const char *through)
{
    if (table == NULL)
        return false;
    if (db_layout_view(conn->layout, pb_str_c(table)) != NULL)
        return true;
    const db_view *view = through == NULL ? NULL : db_layout_view(conn->layout, pb_str_c(through));
    if (view == NULL)
        return false;
    for (size_t i = 0; i < view->read_count; i++)
        if (pb_str_eq_nocase(view->reads[i]->name, pb_str_c(table)))
            return true;
    return false;
}

/* When rows are only counted SQLite names what stands behind FROM without a column or database, be
 * it a table or a common table expression. */
static bool may_count(const db_conn *conn, const char *table, const char *column,
                      const char *database)
{
    return table != NULL && column != NULL && column[0] == '\0' && database == NULL &&
           db_defines(conn->foreign_sql, pb_str_c(table));
}

static int authorize(void *context, int action, const char *a, const char *b, const char *database,
                     const char *through)
{
    db_conn *conn = context;
    if (!conn->foreign)
        return SQLITE_OK;
    const char *what = a;
    bool good = false;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        good = true;
        break;
    case SQLITE_READ:
        good = (database != NULL && sqlite3_stricmp(database, "main") == 0 &&
                may_read(conn, a, through)) ||
               (database == NULL && may_read(conn, a, NULL)) || may_count(conn, a, b, database);
        break;
    case SQLITE_FUNCTION:
        what = b;
        good = b != NULL && db_is_pure(pb_str_c(b));
        break;
    case SQLITE_PRAGMA:
        what = "PRAGMA";
        break;
    case SQLITE_ATTACH:
        what = "ATTACH";
        break;
    default:
        break;
    }
    if (!good && conn->refused[0] == '\0')
        snprintf(conn->refused, sizeof conn->refused, "%s", what == NULL ? "" : what);
    return good ? SQLITE_OK : SQLITE_DENY;
}

static int progress(void *context)
{
    db_conn *conn = context;
    if (conn->watched && db_limits_over(conn->limits)) {
        conn->stopped = true;
        return 1;
    }
    if (!conn->counts)
        return 0;
    conn->steps_left -= STEP_CHUNK;
    if (conn->steps_left > 0)
        return 0;
    conn->out_of_steps = true;
    return 1;
}

static void watch(db_conn *conn)
{
    bool wanted = conn->counts || conn->limits != NULL;
    sqlite3_progress_handler(conn->db, wanted ? STEP_CHUNK : 0, wanted ? progress : NULL, conn);
}

void db_sqlite_limit(db_conn *conn, const db_limits *limits)
{
    conn->limits = limits;
    conn->stopped = false;
    watch(conn);
}

/* iso_day(days since 1970-01-01): the one function that statements have from us. */
static void iso_day(sqlite3_context *context, int count, sqlite3_value **values)
{
    PB_AUTO_BUF text = PB_BUF_INIT(40);
    if (count != 1 || sqlite3_value_type(values[0]) != SQLITE_INTEGER)
        return;
    pb_date_format(&text, sqlite3_value_int64(values[0]));
    sqlite3_result_text(context, pb_buf_cstr(&text), (int)text.len, SQLITE_TRANSIENT);
}

pb_status db_sqlite_guard(db_conn *conn, pb_error *err)
{
    int code = sqlite3_create_function_v2(conn->db, "iso_day", 1,
                                          SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                                          NULL, iso_day, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_set_authorizer(conn->db, authorize, conn);
    return code == SQLITE_OK ? PB_OK : db_sqlite_fail(conn->db, code, err);
}

void db_sqlite_foreign_enter(db_native *native)
{
    db_conn *conn = native->conn;
    conn->foreign = true;
    conn->foreign_sql = pb_str_c(sqlite3_sql(native->stmt));
    conn->out_of_steps = false;
    conn->steps_left = native->steps_left;
    conn->counts = native->max_steps > 0;
    if (conn->counts)
        watch(conn);
}

void db_sqlite_foreign_leave(db_native *native)
{
    db_conn *conn = native->conn;
    conn->foreign = false;
    native->steps_left = conn->steps_left;
    if (conn->counts) {
        conn->counts = false;
        watch(conn);
    }
}

pb_status db_sqlite_foreign_fail(db_native *native, int code, pb_error *err)
{
    if (!native->conn->out_of_steps || (code & 0xff) != SQLITE_INTERRUPT)
        return db_sqlite_fail(native->conn->db, code, err);
    pb_fail(err, PB_LIMIT, PB_MSG("The query was stopped: it took more than {steps} steps."),
            "steps", PB_ARG_INT(native->max_steps), NULL);
    pb_error_hint(err, PB_MSG("Make the query narrower, or look at fewer records."), NULL);
    return PB_LIMIT;
}

static pb_status prepare(db_conn *conn, pb_str sql, db_native *native, pb_error *err)
{
    conn->refused[0] = '\0';
    conn->foreign_sql = sql;
    conn->foreign = true;
    db_spare_forget();
    int code = sqlite3_prepare_v3(conn->db, sql.ptr, (int)sql.len, 0, &native->stmt, NULL);
    conn->foreign = false;
    if (code != SQLITE_OK && (db_spare_ran_out() || (code & 0xff) == SQLITE_NOMEM))
        return pb_fail_memory(err);
    if (code != SQLITE_OK && conn->refused[0] != '\0')
        return db_refuse(conn->refused, err);
    if (code == SQLITE_AUTH)
        return db_refuse(sqlite3_errmsg(conn->db), err);
    if (code != SQLITE_OK) {
        pb_fail(err, PB_INVALID, PB_MSG("The query could not be understood."), NULL);
        pb_error_detail(err, PB_MSG("The database says: {words}"), "words",
                        sqlite3_errmsg(conn->db), NULL);
        return PB_INVALID;
    }
    if (native->stmt == NULL)
        return pb_fail(err, PB_INVALID, PB_MSG("The query is empty."), NULL);
    if (sqlite3_stmt_isexplain(native->stmt) != 0)
        return db_refuse("EXPLAIN", err);
    if (sqlite3_stmt_readonly(native->stmt) == 0 || sqlite3_column_count(native->stmt) == 0)
        return db_refuse(sqlite3_sql(native->stmt), err);
    return PB_OK;
}

pb_status db_sqlite_prepare_foreign(db_conn *conn, pb_str sql, int64_t max_steps,
                                    db_native **ret_native, pb_error *err)
{
    PB_TRY(db_check_foreign(sql, conn->layout, err));
    db_native *native = calloc(1, sizeof *native);
    if (native == NULL)
        return pb_fail_memory(err);
    native->conn = conn;
    native->foreign = native->selects = true;
    native->max_steps = max_steps;
    native->steps_left = max_steps;
    pb_status status = prepare(conn, sql, native, err);
    if (status != PB_OK)
        db_sqlite_finalize(native);
    else
        *ret_native = native;
    return status;
}
