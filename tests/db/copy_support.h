/* What the tests of copies, kept logs and faults share: states, scripts that change them, copies in
 * memory and workspaces built from them.
 */
#ifndef COPY_SUPPORT_H
#define COPY_SUPPORT_H

#include "db_support.h"

#include "db/log.h"
#include "sys/clock.h"

/* ---- what a state is: every row of accounts ---- */

static inline uint64_t digest_of(room *r, db_session *session)
{
    db_stmt *stmt = NULL;
    bool row = false;
    uint64_t digest = 1469598103934665603u;
    assert_ok(r, db_prepare(session, "SELECT n, name, version FROM t_account ORDER BY n", &stmt,
                            &r->err));
    for (;;) {
        assert_ok(r, db_step(stmt, &row, &r->err));
        if (!row)
            return digest;
        pb_str name = db_column_text(stmt, 1);
        digest = (digest ^ (uint64_t)db_column_i64(stmt, 0)) * 1099511628211u;
        digest = (digest ^ (uint64_t)db_column_i64(stmt, 2)) * 1099511628211u;
        for (size_t i = 0; i < name.len; i++)
            digest = (digest ^ (uint8_t)name.ptr[i]) * 1099511628211u;
    }
}

static inline uint64_t digest_now(room *r, db_workspace *workspace)
{
    db_session *session = NULL;
    assert_ok(r, db_snapshot_open(workspace, &session, &r->err));
    uint64_t digest = digest_of(r, session);
    db_snapshot_close(session);
    return digest;
}

/* ---- writing ---- */

typedef struct script {
    uint64_t seed;
    int64_t next;
} script;

static inline uint64_t roll(script *s)
{
    s->seed = s->seed * 6364136223846793005u + 1442695040888963407u;
    return s->seed >> 33;
}

static inline pb_status change_name(db_session *session, int64_t n, pb_str name, pb_error *err)
{
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare(session, "UPDATE t_account SET name = ?2, version = version + 1 WHERE n = ?1",
                      &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_text(stmt, 2, name);
    return db_run(stmt, err);
}

/* Some rows more, some changed, now and then many gone. */
static inline pb_status scribble(db_session *session, void *context, pb_error *err)
{
    script *s = context;
    script now = *s;
    char name[600];
    for (uint64_t i = roll(&now) % 40; i > 0; i--) {
        size_t len = 1 + roll(&now) % sizeof name;
        memset(name, 'a' + (int)(roll(&now) % 26), len);
        if (now.next == 1 || roll(&now) % 3 == 0)
            PB_TRY(insert_account(session, now.next++, pb_str_n(name, len), err));
        else
            PB_TRY(change_name(session, 1 + (int64_t)(roll(&now) % (uint64_t)now.next),
                               pb_str_n(name, len), err));
    }
    if (roll(&now) % 20 == 0 && !on_postgres()) { /* where rows may not be deleted */
        db_stmt *stmt = NULL;
        PB_TRY(db_prepare(session, "DELETE FROM t_account WHERE n % 3 = 0", &stmt, err));
        PB_TRY(db_run(stmt, err));
    }
    *s = now;
    return PB_OK;
}

static inline void write_some(room *r, script *s, int commits)
{
    for (int i = 0; i < commits; i++)
        assert_ok(r, db_write(r->workspace, scribble, s, &r->err));
}

/* ---- copying ---- */

typedef struct stored {
    db_copy_facts facts;
    char *head;
    pb_buf bytes;
} stored;

static inline void read_runs(room *r, db_copy *copy, stored *to)
{
    const db_copy_facts *facts = db_copy_about(copy);
    to->facts = *facts;
    to->head = pb_arena_cstr(r->arena, facts->head);
    to->facts.head = pb_str_n(to->head, facts->head.len);
    to->bytes = PB_BUF_INIT((size_t)1 << 30);
    for (uint64_t run = 0; run < facts->run_count; run++)
        assert_ok(r, db_copy_read(copy, run, &to->bytes, &r->err));
    assert_int_equal(facts->page_count * DB_PAGE_SIZE, to->bytes.len);
}

static inline void give_runs(room *r, db_restore *restore, const stored *from, uint64_t leave_out)
{
    for (uint64_t i = 0; i < from->facts.run_count; i++) {
        uint64_t run = from->facts.run_count - 1 - i; /* any order will do */
        if (run != leave_out)
            assert_ok(r, db_restore_run(
                             restore, run,
                             pb_str_sub(pb_buf_str(&from->bytes), run * DB_RUN_SIZE, DB_RUN_SIZE),
                             &r->err));
    }
}

static inline db_workspace *built(room *r, const stored *from, const char *folder)
{
    db_restore *restore = NULL;
    db_workspace *workspace = NULL;
    assert_ok(r, db_restore_open(folder, from->facts.head, from->facts.page_count,
                                 &from->facts.position, NULL, &restore, &r->err));
    give_runs(r, restore, from, UINT64_MAX);
    assert_ok(r, db_restore_finish(restore, &r->err));
    assert_ok(r, db_workspace_open(folder, &r->tiny.schema, &r->options, &workspace, &r->err));
    assert_ok(r, db_check_pages(workspace, &r->err));
    return workspace;
}

static inline char *place(room *r, const char *name)
{
    return pb_arena_printf(r->arena, "%s/%s", r->folder, name);
}

#endif
