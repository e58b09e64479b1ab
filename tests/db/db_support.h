/* What the tests of db share: a place, a schema, rows to write, and the engines to run on. */
#ifndef DB_SUPPORT_H
#define DB_SUPPORT_H

#include "db/search.h"
#include "db/workspace.h"
#include "engine.h"
#include "sys/file.h"
#include "sys/random.h"
#include "tiny_schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/** Every test of behaviour runs once for each engine: see engine.h for servers. */
typedef struct test_engine {
    const char *name;
    const char *url; /* pattern; {folder} is the test's own folder */
} test_engine;
static const test_engine test_engines[] = {{"sqlite", "%s/workspace"}};
enum { TEST_ENGINES = sizeof test_engines / sizeof test_engines[0] };

typedef struct room {
    pb_arena *arena;
    char *folder;
    char *url;
    char *key;
    tiny_schema tiny;
    db_options options;
    db_workspace *workspace;
    pb_error err;
} room;

static inline const char *said(room *r)
{
    pb_buf text = PB_BUF_INIT(1 << 16);
    pb_error_render(&r->err, &r->err.primary, NULL, &text);
    pb_buf_addc(&text, " | ");
    pb_error_render(&r->err, &r->err.detail, NULL, &text);
    pb_buf_addc(&text, " | ");
    pb_error_render(&r->err, &r->err.hint, NULL, &text);
    const char *copy = pb_arena_cstr(r->arena, pb_buf_str(&text));
    pb_buf_free(&text);
    return copy;
}

/** Fails with the words of the error. */
#define assert_ok(r, call)                                                                         \
    do {                                                                                           \
        pb_status status_ = (call);                                                                \
        if (status_ != PB_OK)                                                                      \
            fail_msg("status %d: %s", (int)status_, said(r));                                      \
    } while (0)
#define assert_status(want, call) assert_int_equal((want), (call))

static inline room *room_open(const test_engine *engine)
{
    room *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->arena = pb_arena_new(0);
    assert_ok(r, sys_temp_dir(r->arena, &r->folder, &r->err));
    char url[4096];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(url, sizeof url, engine->url, r->folder);
#pragma GCC diagnostic pop
    r->url = pb_arena_cstr(r->arena, pb_str_c(on_postgres() ? engine_address() : url));
    r->key = pb_arena_printf(r->arena, "%s/keys/one", r->folder);
    tiny_schema_make(&r->tiny);
    r->options.key.key_file = r->key;
    return r;
}

static inline void room_close(room *r)
{
    db_workspace_close(r->workspace);
    assert_ok(r, sys_dir_remove_tree(r->folder, &r->err));
    pb_arena_free(r->arena);
    free(r);
}

static inline void make(room *r)
{
    assert_ok(
        r, db_workspace_create(r->url, &r->tiny.schema, &r->options, NULL, &r->workspace, &r->err));
}

static inline void reopen(room *r)
{
    r->workspace = db_workspace_close(r->workspace);
    assert_ok(r, db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err));
}

/** One account row; the id is made of n. */
static inline pb_status insert_account(db_session *session, int64_t n, pb_str name, pb_error *err)
{
    db_stmt *stmt = NULL;
    char id[24];
    snprintf(id, sizeof id, "%016lld", (long long)n);
    PB_TRY(db_prepare(session,
                      "INSERT INTO t_account (n, id, version, event, created_us, changed_us,"
                      " deleted, name) VALUES (?1, ?2, 1, 0, 0, 0, 0, ?3)",
                      &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_blob(stmt, 2, pb_str_n(id, 16));
    db_bind_text(stmt, 3, name);
    return db_run(stmt, err);
}

static inline pb_status insert_work(db_session *session, void *context, pb_error *err)
{
    return insert_account(session, *(const int64_t *)context, PB_STR("Acme"), err);
}

static inline int64_t count_in(room *r, db_session *session, const char *sql)
{
    db_stmt *stmt = NULL;
    bool row = false;
    assert_ok(r, db_prepare(session, sql, &stmt, &r->err));
    assert_ok(r, db_step(stmt, &row, &r->err));
    assert_true(row);
    int64_t count = db_column_i64(stmt, 0);
    db_reset(stmt);
    return count;
}

static inline int64_t count_now(room *r, const char *sql)
{
    db_session *session = NULL;
    assert_ok(r, db_snapshot_open(r->workspace, &session, &r->err));
    int64_t count = count_in(r, session, sql);
    db_snapshot_close(session);
    return count;
}

#define ACCOUNTS "SELECT COUNT(*) FROM t_account"

/** `static void name(void **state)` that runs `body` on every engine. */
#define ON_EVERY_ENGINE(name, body)                                                                \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        for (size_t i = 0; i < TEST_ENGINES; i++) {                                                \
            room *r = room_open(&test_engines[i]);                                                 \
            body(r);                                                                               \
            room_close(r);                                                                         \
        }                                                                                          \
    }

#endif
