#include "internal.h"

#include "token.h"

#include "sys/clock.h"

enum { TEXT_MOST = 4096 };

/* ---- the text ---- */

/* Names that end in figures are words: what is left are values. */
static bool is_value(const db_token *token)
{
    return token->kind == DB_TOKEN_STRING || token->kind == DB_TOKEN_NUMBER;
}

void db_watch_text(pb_str sql, pb_buf *out)
{
    db_token token;
    size_t at = 0, begun = out->len;
    while (db_token_next(sql, &at, &token)) {
        pb_str text = is_value(&token) ? PB_STR("?") : token.text;
        if (out->len - begun + text.len > TEXT_MOST) {
            pb_buf_addc(out, " …");
            return;
        }
        pb_buf_addc(out, token.apart && out->len > begun ? " " : "");
        pb_buf_add(out, text);
    }
}

static char *text_of(const db_stmt *stmt)
{
    PB_AUTO_BUF text = PB_BUF_INIT(2 * TEXT_MOST);
    db_watch_text(pb_str_n(stmt->sql, stmt->sql_len), &text);
    return text.failed ? NULL : strdup(pb_buf_cstr(&text));
}

void db_watch_end(db_watch *watch)
{
    for (size_t i = 0; i < watch->count; i++)
        free(watch->items[i].sql);
    watch->count = 0;
}

/* ---- what ran ---- */

static db_watched *find(db_watch *watch, const db_stmt *stmt)
{
    for (size_t i = 0; i < watch->count; i++)
        if (watch->items[i].stmt == stmt)
            return &watch->items[i];
    return NULL;
}

/* Where there is no place left, the one that took least gives up its own. */
static db_watched *place(db_watch *watch)
{
    if (watch->count < DB_WATCHED)
        return &watch->items[watch->count++];
    db_watched *least = &watch->items[0];
    for (size_t i = 1; i < DB_WATCHED; i++)
        if (watch->items[i].us < least->us)
            least = &watch->items[i];
    free(least->sql);
    return least;
}

static db_watched *enter(db_watch *watch, const db_stmt *stmt)
{
    char *sql = text_of(stmt);
    if (sql == NULL) /* nothing depends on it but a line of the log */
        return NULL;
    db_watched *item = place(watch);
    *item = (db_watched){.stmt = stmt, .sql = sql};
    return item;
}

pb_status db_watch_step(db_watch *watch, db_stmt *stmt, bool *ret_row, pb_error *err)
{
    int64_t began = sys_coarse_us();
    pb_status status = stmt->engine->step(stmt->native, ret_row, err);
    int64_t us = sys_coarse_us() - began;
    bool row = status == PB_OK && *ret_row;
    stmt->rows += row;
    if (us > 0 || watch->count > 0) {
        db_watched *item = find(watch, stmt);
        if (item == NULL && us > 0)
            item = enter(watch, stmt);
        if (item != NULL) {
            item->us += us;
            item->rows += stmt->rows;
            stmt->rows = 0;
        }
    }
    if (!row)
        stmt->rows = 0;
    return status;
}

void db_watch_forget(const db_limits *limits, const db_stmt *stmt)
{
    db_watched *item = limits == NULL || limits->watch == NULL ? NULL : find(limits->watch, stmt);
    if (item != NULL)
        item->stmt = NULL; /* another one may come to lie in its place */
}
