/* Reading the rows of a workspace, table after table, as bytes. */
#include "db/rows.h"

#include "internal.h"
#include "move_rows.h"

#include "base/cbor.h"

#include <sodium.h>

enum { SQL_MAX = 1 << 20, ROW_MAX = 1 << 30, MARK_EACH = 4, LENGTH = 4 };

struct db_rows {
    db_session *session;
    pb_arena *arena;
    const db_layout *layout;
    db_rows_table *tables;
    size_t next;   /* table to be begun */
    db_stmt *stmt; /* of the table at hand; NULL: none */
    size_t key[DB_KEY_PARTS_MAX], key_count;
    pb_buf row;
};

static pb_status name_table(const db_table *table, pb_arena *arena, db_rows_table *ret,
                            pb_error *err)
{
    pb_str *columns = pb_arena_array(arena, table->count + 1, sizeof *columns);
    if (columns == NULL)
        return pb_fail_memory(err);
    for (size_t c = 0; c < table->count; c++)
        columns[c] = table->columns[c].name;
    *ret = (db_rows_table){table->name, columns, table->count};
    return PB_OK;
}

pb_status db_rows_table_of(db_session *session, const model_entity *entity, pb_arena *arena,
                           const db_rows_table **ret_table, pb_error *err)
{
    db_rows_table *named = pb_arena_alloc(arena, sizeof *named);
    char *name = pb_arena_printf(arena, "t_%.*s", PB_STR_FMT(entity->name));
    if (named == NULL || name == NULL)
        return pb_fail_memory(err);
    const db_table *table = db_layout_table(session->workspace->layout, pb_str_c(name));
    if (table == NULL)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no entity {entity}."), "entity",
                       PB_ARG(entity->name), NULL);
    *ret_table = named;
    return name_table(table, arena, named, err);
}

static pb_status list_tables(db_rows *rows, pb_error *err)
{
    const db_layout *layout = rows->layout;
    rows->tables = pb_arena_array(rows->arena, layout->table_count + 1, sizeof *rows->tables);
    if (rows->tables == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < layout->table_count; i++)
        PB_TRY(name_table(&layout->tables[i], rows->arena, &rows->tables[i], err));
    return PB_OK;
}

pb_status db_rows_open(db_session *session, db_rows **ret_rows, pb_error *err)
{
    db_rows *rows = calloc(1, sizeof *rows);
    if (rows == NULL)
        return pb_fail_memory(err);
    *rows = (db_rows){.session = session,
                      .arena = pb_arena_new(64 << 20),
                      .layout = session->workspace->layout,
                      .row = PB_BUF_INIT(ROW_MAX)};
    pb_status status = rows->arena == NULL ? pb_fail_memory(err) : PB_OK;
    if (status == PB_OK)
        status = db_move_complete(
            session, rows->arena,
            PB_MSG("A backup would lack it. Name the declarations it was made with: --model DIR"),
            err);
    if (status == PB_OK && session->workspace->older)
        status = db_migrate_there(session, rows->arena, &rows->layout, err);
    if (status == PB_OK)
        status = list_tables(rows, err);
    if (status != PB_OK)
        db_rows_close(rows);
    else
        *ret_rows = rows;
    return status;
}

db_rows *db_rows_close(db_rows *rows)
{
    if (rows == NULL)
        return NULL;
    if (rows->stmt != NULL)
        db_reset(rows->stmt);
    pb_buf_free(&rows->row);
    pb_arena_free(rows->arena);
    free(rows);
    return NULL;
}

pb_status db_rows_total(db_rows *rows, uint64_t *ret_total, pb_error *err)
{
    uint64_t total = 0;
    for (size_t i = 0; i < rows->layout->table_count; i++) {
        uint64_t count = 0;
        PB_TRY(db_move_count(rows->session, &rows->layout->tables[i], &count, err));
        total += count;
    }
    *ret_total = total;
    return PB_OK;
}

static pb_status begin_table(db_rows *rows, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MAX);
    const db_table *table = &rows->layout->tables[rows->next];
    PB_TRY(db_move_key(table, rows->key, &rows->key_count, err));
    db_move_select(&sql, table, rows->key, rows->key_count, false);
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(rows->session, pb_buf_str(&sql), &rows->stmt, err));
    rows->next++;
    return PB_OK;
}

static void put_value(pb_buf *out, pb_value value)
{
    if (value.kind == PB_TEXT) {
        pb_cbor_array(out, 1); /* a text, whatever its bytes are */
        pb_cbor_bytes(out, value.as.s);
    } else {
        pb_cbor_value(out, value);
    }
}

static bool is_key(const db_rows *rows, size_t column)
{
    for (size_t i = 0; i < rows->key_count; i++)
        if (rows->key[i] == column)
            return true;
    return false;
}

/* One row of the table at hand, and whether its key marks it. */
static pb_status put_row(db_rows *rows, const db_table *table, bool *ret_mark, pb_error *err)
{
    static const uint8_t no_key[crypto_shorthash_KEYBYTES];
    uint8_t sum = 0, hash[crypto_shorthash_BYTES];
    pb_buf *row = &rows->row;
    pb_buf_clear(row);
    pb_buf_room(row, LENGTH);
    pb_cbor_array(row, table->count);
    for (size_t i = 0; i < table->count; i++) {
        size_t start = row->len;
        put_value(row, db_column_value(rows->stmt, (int)i));
        if (row->failed)
            return pb_fail_buffer(row, PB_MSG("A row is too large for a backup."), err);
        if (!is_key(rows, i))
            continue;
        crypto_shorthash(hash, (const uint8_t *)row->ptr + start, row->len - start, no_key);
        sum = (uint8_t)(sum + hash[0]);
    }
    uint32_t len = (uint32_t)(row->len - LENGTH);
    for (int i = 0; i < LENGTH; i++)
        row->ptr[i] = (char)(len >> (24 - 8 * i));
    *ret_mark = sum % MARK_EACH == 0;
    return PB_OK;
}

pb_status db_rows_next(db_rows *rows, db_row *ret_row, bool *ret_more, pb_error *err)
{
    for (;;) {
        bool found = false, mark = false;
        if (rows->stmt == NULL && rows->next == rows->layout->table_count) {
            *ret_more = false;
            return PB_OK;
        }
        if (rows->stmt == NULL)
            PB_TRY(begin_table(rows, err));
        const db_table *table = &rows->layout->tables[rows->next - 1];
        PB_TRY(db_step(rows->stmt, &found, err));
        if (!found)
            rows->stmt = NULL;
        if (!found || db_move_of_place(table, rows->stmt))
            continue;
        PB_TRY(put_row(rows, table, &mark, err));
        *ret_row = (db_row){&rows->tables[rows->next - 1], pb_buf_str(&rows->row), mark};
        *ret_more = true;
        return PB_OK;
    }
}
