/* Statements of the embedded engine. */
#include "spare.h"

#include <limits.h>

static pb_status prepare_flags(db_conn *conn, pb_str sql, sqlite3_stmt **ret_stmt, pb_error *err)
{
    if (sql.len > INT_MAX)
        return pb_fail(err, PB_LIMIT, PB_MSG("The SQL text is too long."), NULL);
    sqlite3_stmt *stmt = NULL;
    db_spare_forget();
    int code =
        sqlite3_prepare_v3(conn->db, sql.ptr, (int)sql.len, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
    if (code == SQLITE_ERROR && db_spare_ran_out())
        return pb_fail_memory(err);
    if (code != SQLITE_OK) {
        pb_status status = db_sqlite_fail(conn->db, code, err);
        pb_error_hint(err, PB_MSG("The statement was: {sql}"), "sql", PB_ARG(sql), NULL);
        return status;
    }
    if (stmt == NULL)
        return pb_fail(err, PB_INTERNAL, PB_MSG("The SQL text holds no statement."), NULL);
    *ret_stmt = stmt;
    return PB_OK;
}

pb_status db_sqlite_prepare(db_conn *conn, pb_str sql, db_native **ret_native, pb_error *err)
{
    db_native *native = calloc(1, sizeof *native);
    if (native == NULL)
        return pb_fail_memory(err);
    native->conn = conn;
    pb_status status = prepare_flags(conn, sql, &native->stmt, err);
    if (status != PB_OK) {
        free(native);
        return status;
    }
    native->selects = sqlite3_stmt_readonly(native->stmt) != 0;
    *ret_native = native;
    return PB_OK;
}

db_native *db_sqlite_finalize(db_native *native)
{
    if (native != NULL) {
        sqlite3_finalize(native->stmt);
        free(native);
    }
    return NULL;
}

void db_sqlite_bind(db_native *native, int parameter, pb_value value)
{
    int code = SQLITE_OK;
    switch (value.kind) {
    case PB_NULL:
        code = sqlite3_bind_null(native->stmt, parameter);
        break;
    case PB_INT:
        code = sqlite3_bind_int64(native->stmt, parameter, value.as.i);
        break;
    case PB_REAL:
        code = sqlite3_bind_double(native->stmt, parameter, value.as.r);
        break;
    case PB_TEXT:
        code = sqlite3_bind_text64(native->stmt, parameter, value.as.s.ptr, value.as.s.len,
                                   SQLITE_STATIC, SQLITE_UTF8);
        break;
    case PB_BLOB:
        code = sqlite3_bind_blob64(native->stmt, parameter, value.as.s.ptr, value.as.s.len,
                                   SQLITE_STATIC);
        break;
    }
    if (code != SQLITE_OK && native->bind_status == SQLITE_OK)
        native->bind_status = code;
}

int db_sqlite_parameter(db_native *native, const char *name)
{
    char full[80];
    if (snprintf(full, sizeof full, ":%s", name) >= (int)sizeof full)
        return 0;
    return sqlite3_bind_parameter_index(native->stmt, full);
}

pb_status db_sqlite_step(db_native *native, bool *ret_row, pb_error *err)
{
    db_conn *conn = native->conn;
    int code = native->bind_status;
    if (code == SQLITE_OK) {
        if (native->foreign)
            db_sqlite_foreign_enter(native);
        conn->watched = conn->limits != NULL && native->selects;
        code = sqlite3_step(native->stmt);
        conn->watched = false;
        if (native->foreign)
            db_sqlite_foreign_leave(native);
    }
    if (code == SQLITE_ROW) {
        *ret_row = true;
        return PB_OK;
    }
    pb_status status = PB_OK;
    if (code == SQLITE_DONE)
        *ret_row = false;
    else if ((code & 0xff) == SQLITE_INTERRUPT && conn->stopped)
        status = db_limits_fail(conn->limits, err);
    else if (native->foreign)
        status = db_sqlite_foreign_fail(native, code, err);
    else
        status = db_sqlite_fail(conn->db, code, err);
    db_sqlite_reset(native, false);
    return status;
}

void db_sqlite_reset(db_native *native, bool bindings)
{
    sqlite3_reset(native->stmt);
    native->bind_status = SQLITE_OK;
    native->steps_left = native->max_steps;
    if (bindings)
        sqlite3_clear_bindings(native->stmt);
}

int db_sqlite_column_count(db_native *native)
{
    return sqlite3_column_count(native->stmt);
}

const char *db_sqlite_column_name(db_native *native, int column)
{
    const char *name = sqlite3_column_name(native->stmt, column);
    return name == NULL ? "" : name;
}

bool db_sqlite_column_is_null(db_native *native, int column)
{
    return sqlite3_column_type(native->stmt, column) == SQLITE_NULL;
}

int64_t db_sqlite_column_i64(db_native *native, int column)
{
    return sqlite3_column_int64(native->stmt, column);
}

pb_str db_sqlite_column_text(db_native *native, int column)
{
    const char *text = (const char *)sqlite3_column_text(native->stmt, column);
    if (text == NULL)
        return PB_STR_NONE;
    return pb_str_n(text, (size_t)sqlite3_column_bytes(native->stmt, column));
}

/* In SQLite's multi-thread mode, which deps builds, a column's value may be used as any other:
 * found once instead of at each question about it. */
static pb_str bytes_of(sqlite3_value *value)
{
    const char *bytes = sqlite3_value_blob(value);
    size_t len = (size_t)sqlite3_value_bytes(value);
    return bytes == NULL ? PB_STR("") : pb_str_n(bytes, len);
}

pb_str db_sqlite_column_blob(db_native *native, int column)
{
    sqlite3_value *value = sqlite3_column_value(native->stmt, column);
    return sqlite3_value_type(value) == SQLITE_NULL ? PB_STR_NONE : bytes_of(value);
}

/* Filled in place, part by part: values handed back whole are copied at every step, which shows
 * where rows are read by the million. */
static void take_value(sqlite3_value *value, pb_value *ret)
{
    const char *text;
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        ret->kind = PB_INT;
        ret->as.i = sqlite3_value_int64(value);
        break;
    case SQLITE_FLOAT:
        ret->kind = PB_REAL;
        ret->as.r = sqlite3_value_double(value);
        break;
    case SQLITE_TEXT:
        ret->kind = PB_TEXT;
        text = (const char *)sqlite3_value_text(value);
        ret->as.s.len = text == NULL ? 0 : (size_t)sqlite3_value_bytes(value);
        ret->as.s.ptr = text;
        break;
    case SQLITE_BLOB:
        ret->kind = PB_BLOB;
        ret->as.s = bytes_of(value);
        break;
    default:
        ret->kind = PB_NULL;
        break;
    }
}

pb_value db_sqlite_column_value(db_native *native, int column)
{
    pb_value value = PB_VALUE_NULL;
    take_value(sqlite3_column_value(native->stmt, column), &value);
    return value;
}

void db_sqlite_column_values(db_native *native, int first, size_t count, pb_value *ret_values)
{
    for (size_t i = 0; i < count; i++)
        take_value(sqlite3_column_value(native->stmt, first + (int)i), &ret_values[i]);
}
