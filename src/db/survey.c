/* What a database holds, told without knowing what it is meant to hold. */
#include "db/upgrade.h"

#include "internal.h"
#include "move_rows.h"

#include <sodium.h>

enum { SQL_MAX = 1 << 20, TABLES_MAX = 4096 };

typedef struct names {
    pb_arena *arena;
    pb_str *items;
    size_t count, capacity;
} names;

static pb_status note_name(void *context, pb_str name, pb_error *err)
{
    names *list = context;
    pb_str copy = pb_arena_str(list->arena, name);
    if (copy.ptr == NULL || !PB_PUSH(list->arena, list->items, list->count, list->capacity, copy))
        return pb_fail_memory(err);
    return PB_OK;
}

/* Rows are added up, so that it does not matter in which order they come. */
static void add_row(db_stmt *row, size_t columns, db_survey_table *table)
{
    crypto_generichash_state hash;
    uint8_t bytes[sizeof table->sum];
    crypto_generichash_init(&hash, NULL, 0, sizeof bytes);
    for (size_t i = 0; i < columns; i++)
        db_move_hash_value(&hash, db_column_value(row, (int)i));
    crypto_generichash_final(&hash, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof table->sum / sizeof *table->sum; i++) {
        uint64_t part;
        memcpy(&part, bytes + i * sizeof part, sizeof part);
        table->sum[i] += part;
    }
    table->rows++;
}

static pb_status read_rows(db_session *session, db_survey_table *table, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MAX);
    db_stmt *stmt = NULL;
    bool row = true;
    table->rows = 0;
    memset(table->sum, 0, sizeof table->sum);
    pb_buf_addc(&sql, "SELECT ");
    for (size_t i = 0; i < table->column_count; i++)
        pb_buf_printf(&sql, "%s\"%.*s\"", i > 0 ? ", " : "", PB_STR_FMT(table->columns[i]));
    pb_buf_printf(&sql, " FROM \"%.*s\"", PB_STR_FMT(table->name));
    /* What the program notes of its own version is what an upgrade changes. */
    if (pb_str_is(table->name, "setting"))
        pb_buf_addc(&sql, " WHERE name NOT IN ('layout', 'format')");
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), &stmt, err));
    PB_TRY(db_step(stmt, &row, err));
    while (row) {
        add_row(stmt, table->column_count, table);
        PB_TRY(db_step(stmt, &row, err));
    }
    return PB_OK;
}

static pb_status read_table(db_session *session, pb_arena *arena, pb_str name,
                            db_survey_table *table, pb_error *err)
{
    names columns = {.arena = arena};
    char *text = pb_arena_cstr(arena, name);
    if (text == NULL)
        return pb_fail_memory(err);
    PB_TRY(session->engine->columns(session->conn, text, note_name, &columns, err));
    *table =
        (db_survey_table){.name = name, .columns = columns.items, .column_count = columns.count};
    return columns.count == 0 ? PB_OK : read_rows(session, table, err);
}

pb_status db_survey_read(db_session *session, pb_arena *arena, db_survey *ret_survey, pb_error *err)
{
    names tables = {.arena = arena};
    db_survey survey = {0};
    PB_TRY(session->engine->tables(session->conn, note_name, &tables, err));
    survey.tables = pb_arena_array(arena, tables.count + 1, sizeof *survey.tables);
    if (survey.tables == NULL || tables.count > TABLES_MAX)
        return pb_fail_memory(err);
    for (size_t i = 0; i < tables.count; i++) {
        PB_TRY(read_table(session, arena, tables.items[i], &survey.tables[i], err));
        survey.rows += survey.tables[i].rows;
    }
    survey.count = tables.count;
    *ret_survey = survey;
    return PB_OK;
}

static bool is_in(const char *const *list, pb_str name)
{
    for (; list != NULL && *list != NULL; list++)
        if (pb_str_eq(name, pb_str_c(*list)))
            return true;
    return false;
}

pb_status db_survey_compare(db_session *session, const db_survey *survey, const char *const *except,
                            pb_error *err)
{
    for (size_t i = 0; i < survey->count; i++) {
        db_survey_table now = survey->tables[i];
        if (now.column_count == 0 || is_in(except, now.name))
            continue;
        PB_TRY(read_rows(session, &now, err));
        const db_survey_table *was = &survey->tables[i];
        if (now.rows == was->rows && memcmp(now.sum, was->sum, sizeof now.sum) == 0)
            continue;
        pb_fail(err, PB_CORRUPT,
                PB_MSG("What was stored would not be the same afterwards: {table}."), "table",
                PB_ARG(now.name), NULL);
        pb_error_detail(err, PB_MSG("It had {was} rows, and has {now}; or one of them changed."),
                        "was", PB_ARG_INT(was->rows), "now", PB_ARG_INT(now.rows), NULL);
        return PB_CORRUPT;
    }
    return PB_OK;
}
