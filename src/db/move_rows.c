#include "move_rows.h"

#include "setting.h"

#include "base/buf.h"

#include <sodium.h>

/* Rows of one transaction: long enough that a commit costs little, short enough that no engine has
 * to hold much of it. */
enum { CHUNK = 20000, TELL_EACH = 4096, SQL_MAX = 1 << 20 };

/* One table on its way. A chunk can be run again: what it changes is set back when it begins. */
typedef struct carry {
    const db_table *table;
    db_session *from;
    db_move_state *state;
    pb_buf select, insert;
    size_t key_columns[DB_KEY_PARTS_MAX]; /* which columns the key consists of */
    size_t key_count;
    pb_arena *arena;                 /* of the last key */
    pb_value last[DB_KEY_PARTS_MAX]; /* the row this chunk begins behind; NULLs before the first */
    bool begun, ended;
    pb_value next[DB_KEY_PARTS_MAX]; /* the same for the following chunk */
    crypto_generichash_state hash, next_hash;
    uint64_t rows, next_rows;
} carry;

/* ---- hashing ---- */

static void hash_begin(crypto_generichash_state *hash, const db_table *table)
{
    crypto_generichash_init(hash, NULL, 0, DB_MOVE_HASH);
    for (size_t i = 0; i < table->count; i++) {
        crypto_generichash_update(hash, (const uint8_t *)table->columns[i].name.ptr,
                                  table->columns[i].name.len);
        crypto_generichash_update(hash, (const uint8_t *)"\n", 1);
    }
}

void db_move_hash_value(crypto_generichash_state *hash, pb_value value)
{
    uint8_t head[1 + 8] = {(uint8_t)value.kind};
    const void *body = NULL;
    uint64_t len = 0;
    switch (value.kind) {
    case PB_NULL:
        break;
    case PB_INT:
        memcpy(&len, &value.as.i, sizeof len);
        break;
    case PB_REAL:
        memcpy(&len, &value.as.r, sizeof len);
        break;
    case PB_TEXT:
    case PB_BLOB:
        body = value.as.s.ptr;
        len = value.as.s.len;
        break;
    }
    for (size_t i = 0; i < 8; i++)
        head[1 + i] = (uint8_t)(len >> (8 * i));
    crypto_generichash_update(hash, head, sizeof head);
    if (body != NULL)
        crypto_generichash_update(hash, body, (size_t)len);
}

static void hash_row(crypto_generichash_state *hash, db_stmt *row, const db_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        db_move_hash_value(hash, db_column_value(row, (int)i));
}

/* ---- the statements ---- */

pb_status db_move_key(const db_table *table, size_t columns[DB_KEY_PARTS_MAX], size_t *ret_count,
                      pb_error *err)
{
    pb_str rest = pb_str_c(table->primary), part;
    *ret_count = 0;
    for (size_t i = 0; table->primary == NULL && i < table->count; i++)
        if (table->columns[i].type == DB_KEY)
            columns[(*ret_count)++] = i;
    while (table->primary != NULL && pb_str_split(&rest, ',', &part))
        for (size_t i = 0; i < table->count && *ret_count < DB_KEY_PARTS_MAX; i++)
            if (pb_str_eq(table->columns[i].name, pb_str_trim(part)))
                columns[(*ret_count)++] = i;
    return *ret_count > 0 ? PB_OK
                          : pb_fail(err, PB_INTERNAL, PB_MSG("The table {table} has no key."),
                                    "table", PB_ARG(table->name), NULL);
}

static void add_names(pb_buf *sql, const db_table *table, const size_t *which, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pb_buf_printf(sql, "%s\"%.*s\"", i > 0 ? ", " : "",
                      PB_STR_FMT(table->columns[which == NULL ? i : which[i]].name));
}

static void add_parameters(pb_buf *sql, size_t first, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pb_buf_printf(sql, "%s?%zu", i > 0 ? ", " : "", first + i);
}

bool db_move_of_place(const db_table *table, db_stmt *row)
{
    if (!pb_str_is(table->name, "setting"))
        return false;
    pb_str name = db_column_text(row, 0);
    return pb_str_eq(name, SETTING_LAYOUT) || pb_str_eq(name, SETTING_MOVED) ||
           pb_str_eq(name, SETTING_MOVING) || pb_str_eq(name, SETTING_ERA) ||
           pb_str_eq(name, SETTING_TORN);
}

void db_move_select(pb_buf *sql, const db_table *table, const size_t *key, size_t key_count,
                    bool behind)
{
    sql->len = 0;
    pb_buf_addc(sql, "SELECT ");
    add_names(sql, table, NULL, table->count);
    pb_buf_printf(sql, " FROM \"%.*s\"", PB_STR_FMT(table->name));
    if (behind) {
        pb_buf_addc(sql, " WHERE (");
        add_names(sql, table, key, key_count);
        pb_buf_addc(sql, ") > (");
        add_parameters(sql, 1, key_count);
        pb_buf_addc(sql, ")");
    }
    pb_buf_addc(sql, " ORDER BY ");
    add_names(sql, table, key, key_count);
}

void db_move_insert(pb_buf *sql, const db_table *table)
{
    pb_buf_printf(sql, "INSERT INTO \"%.*s\" (", PB_STR_FMT(table->name));
    add_names(sql, table, NULL, table->count);
    pb_buf_addc(sql, ") VALUES (");
    add_parameters(sql, 1, table->count);
    pb_buf_addc(sql, ")");
    if (pb_str_is(table->name, "setting")) /* a new workspace has some already */
        pb_buf_addc(sql, " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
}

/* ---- carrying ---- */

static pb_status tell(db_move_state *state, uint64_t rows, pb_error *err)
{
    uint64_t before = state->done;
    state->done += rows;
    if (state->options->progress == NULL ||
        (rows == 1 && before / TELL_EACH == state->done / TELL_EACH))
        return PB_OK;
    if (state->options->progress(state->options->context, state->done, state->total))
        return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
    return PB_OK;
}

/* The key of the row, kept beyond it. */
static pb_status remember(carry *work, db_stmt *row, pb_error *err)
{
    for (size_t i = 0; i < work->key_count; i++) {
        pb_value value = db_column_value(row, (int)work->key_columns[i]);
        if (value.kind == PB_TEXT || value.kind == PB_BLOB) {
            value.as.s = pb_arena_str(work->arena, value.as.s);
            if (value.as.s.ptr == NULL)
                return pb_fail_memory(err);
        }
        work->next[i] = value;
    }
    return PB_OK;
}

static pb_status carry_row(carry *work, db_stmt *row, db_stmt *insert, pb_error *err)
{
    if (db_move_of_place(work->table, row))
        return PB_OK;
    for (size_t i = 0; i < work->table->count; i++)
        db_bind_value(insert, (int)i + 1, db_column_value(row, (int)i));
    PB_TRY(db_run(insert, err));
    hash_row(&work->next_hash, row, work->table);
    work->next_rows++;
    return PB_OK;
}

/* One transaction of the copy. */
static pb_status carry_chunk(db_session *to, void *context, pb_error *err)
{
    carry *work = context;
    db_stmt *row = NULL, *insert = NULL;
    bool found = true;
    work->next_hash = work->hash;
    work->next_rows = work->rows;
    PB_TRY(db_prepare_text(work->from, pb_buf_str(&work->select), &row, err));
    PB_TRY(db_prepare_text(to, pb_buf_str(&work->insert), &insert, err));
    for (size_t i = 0; work->begun && i < work->key_count; i++)
        db_bind_value(row, (int)i + 1, work->last[i]);
    pb_status status = PB_OK;
    for (size_t i = 0; i < CHUNK && status == PB_OK; i++) {
        status = db_step(row, &found, err);
        if (status != PB_OK || !found)
            break;
        status = carry_row(work, row, insert, err);
        if (status == PB_OK && i == CHUNK - 1)
            status = remember(work, row, err);
    }
    work->ended = !found;
    db_reset(row);
    return status;
}

static pb_status carry_all(carry *work, db_workspace *to, pb_error *err)
{
    while (!work->ended) {
        uint64_t before = work->rows;
        db_move_select(&work->select, work->table, work->key_columns, work->key_count, work->begun);
        if (work->select.failed || work->insert.failed)
            return pb_fail_memory(err);
        PB_TRY(db_write(to, carry_chunk, work, err));
        work->hash = work->next_hash;
        work->rows = work->next_rows;
        work->begun = true;
        memcpy(work->last, work->next, sizeof work->last);
        PB_TRY(tell(work->state, work->rows - before, err));
    }
    return PB_OK;
}

pb_status db_move_copy(db_session *from, db_workspace *to, const db_table *table,
                       db_move_state *state, db_moved_table *ret_moved, pb_error *err)
{
    carry work = {.table = table,
                  .from = from,
                  .state = state,
                  .select = PB_BUF_INIT(SQL_MAX),
                  .insert = PB_BUF_INIT(SQL_MAX),
                  .arena = pb_arena_new((size_t)1 << 30)};
    pb_status status = work.arena == NULL ? pb_fail_memory(err) : PB_OK;
    if (status == PB_OK)
        status = db_move_key(table, work.key_columns, &work.key_count, err);
    hash_begin(&work.hash, table);
    db_move_insert(&work.insert, table);
    if (status == PB_OK)
        status = carry_all(&work, to, err);
    *ret_moved = (db_moved_table){.name = table->name, .rows = work.rows};
    crypto_generichash_final(&work.hash, ret_moved->hash, DB_MOVE_HASH);
    pb_arena_free(work.arena);
    pb_buf_free(&work.select);
    pb_buf_free(&work.insert);
    return status;
}

pb_status db_move_reread(db_session *session, const db_table *table, db_move_state *state,
                         db_moved_table *ret_found, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MAX);
    crypto_generichash_state hash;
    size_t key[DB_KEY_PARTS_MAX], key_count;
    db_stmt *row = NULL;
    bool found = true;
    *ret_found = (db_moved_table){.name = table->name};
    PB_TRY(db_move_key(table, key, &key_count, err));
    db_move_select(&sql, table, key, key_count, false);
    if (sql.failed)
        return pb_fail_memory(err);
    hash_begin(&hash, table);
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), &row, err));
    pb_status status = db_step(row, &found, err);
    while (status == PB_OK && found) {
        if (!db_move_of_place(table, row)) {
            hash_row(&hash, row, table);
            ret_found->rows++;
            status = tell(state, 1, err);
        }
        if (status == PB_OK)
            status = db_step(row, &found, err);
    }
    db_reset(row);
    crypto_generichash_final(&hash, ret_found->hash, DB_MOVE_HASH);
    return status;
}

pb_status db_move_count(db_session *session, const db_table *table, uint64_t *ret_rows,
                        pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MAX);
    db_stmt *stmt = NULL;
    bool found = false;
    pb_buf_printf(&sql, "SELECT COUNT(*) FROM \"%.*s\"", PB_STR_FMT(table->name));
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), &stmt, err));
    PB_TRY(db_step(stmt, &found, err));
    *ret_rows = found ? (uint64_t)db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    return PB_OK;
}
