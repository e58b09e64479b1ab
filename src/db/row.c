/* What rows have in common: values that may be absent, numbers given in turn. */
#include "db/row.h"

pb_status db_next_number(db_session *session, const char *sql, int64_t *ret_n, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    PB_TRY(db_step(stmt, &row, err));
    *ret_n = row ? db_column_i64(stmt, 0) : 1;
    db_reset(stmt);
    return PB_OK;
}

void db_bind_some_text(db_stmt *stmt, int parameter, pb_str text)
{
    if (text.ptr == NULL)
        db_bind_null(stmt, parameter);
    else
        db_bind_text(stmt, parameter, text);
}

void db_bind_unless(db_stmt *stmt, int parameter, int64_t number, int64_t absent)
{
    if (number == absent)
        db_bind_null(stmt, parameter);
    else
        db_bind_i64(stmt, parameter, number);
}

bool db_take_text(db_stmt *stmt, int column, pb_arena *arena, pb_str *ret_text)
{
    *ret_text = PB_STR_NONE;
    if (db_column_is_null(stmt, column))
        return true;
    *ret_text = pb_arena_str(arena, db_column_text(stmt, column));
    return ret_text->ptr != NULL;
}

int64_t db_take_number(db_stmt *stmt, int column, int64_t absent)
{
    return db_column_is_null(stmt, column) ? absent : db_column_i64(stmt, column);
}

pb_status db_fail_altered(const char *table, pb_error *err)
{
    return pb_fail(err, PB_CORRUPT, PB_MSG("The table {table} of the workspace was altered."),
                   "table", table, NULL);
}
