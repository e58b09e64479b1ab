/* Workspaces aside: the state of another, written to without its knowing. */
#include "copy_support.h"

#include "db/aside.h"

#include <pthread.h>

enum { ROUNDS = 8, MANY = 70000 /* more than a connection keeps in memory */ };

typedef struct asked {
    room *r;
    uint64_t digest;
} asked;

static pb_status take_digest(db_session *session, void *context, pb_error *err)
{
    asked *a = context;
    (void)err;
    a->digest = digest_of(a->r, session);
    return PB_OK;
}

/* Only its writer sees it. */
static uint64_t digest_aside(room *r, db_workspace *aside)
{
    asked a = {.r = r};
    assert_ok(r, db_write(aside, take_digest, &a, &r->err));
    return a.digest;
}

static pb_status write_many(db_session *session, void *context, pb_error *err)
{
    const script *s = context;
    char name[600];
    memset(name, 'm', sizeof name);
    for (int64_t n = 0; n < MANY; n++)
        PB_TRY(insert_account(session, s->next + 1000 + n, pb_str_n(name, sizeof name), err));
    return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
}

static void files_are(room *r, size_t want)
{
    pb_str *names;
    size_t count = 0;
    if (on_postgres())
        return;
    assert_ok(r, sys_dir_list(r->url, r->arena, &names, &count, &r->err));
    assert_int_equal(count, want);
}

static size_t files_now(room *r)
{
    pb_str *names;
    size_t count = 0;
    if (!on_postgres())
        assert_ok(r, sys_dir_list(r->url, r->arena, &names, &count, &r->err));
    return count;
}

/* Each sees its own, whatever the other writes, and wherever the pages lie. */
static void apart_body(room *r)
{
    make(r);
    script s = {.seed = 4711, .next = 1};
    for (int round = 0; round < ROUNDS; round++) {
        db_workspace *aside = NULL;
        write_some(r, &s, (int)(roll(&s) % 60));
        if (round % 4 == 1)
            reopen(r);
        if (round % 4 == 2)
            assert_ok(r, db_check_pages(r->workspace, &r->err)); /* moves the log into the file */
        uint64_t before = digest_now(r, r->workspace);
        size_t files = files_now(r);
        assert_ok(r, db_aside_open(r->workspace, &aside, &r->err));
        assert_true(before == digest_aside(r, aside));
        write_some(r, &s, round % 3 == 0 ? 0 : 30);
        if (round % 2 == 0)
            assert_ok(r, db_check_pages(r->workspace, &r->err));
        uint64_t there = digest_now(r, r->workspace);
        assert_true(before == digest_aside(r, aside));
        /* What is committed aside is seen by what is written aside after it, and by nobody else. */
        script apart = s;
        apart.seed++;
        for (int i = 0; i < 20; i++)
            assert_ok(r, db_write(aside, scribble, &apart, &r->err));
        assert_true(before != digest_aside(r, aside));
        assert_true(there == digest_now(r, r->workspace));
        files_are(r, files);
        aside = db_workspace_close(aside);
        assert_true(there == digest_now(r, r->workspace));
        write_some(r, &s, 5);
    }
    assert_ok(r, db_check_pages(r->workspace, &r->err));
    reopen(r);
}
/* shows: PER-3 INT-5 */
ON_EVERY_ENGINE(what_is_written_aside_is_seen_by_nobody, apart_body)

/* Much is written and taken back; the workspace stays as it is, and small. */
static void much_body(room *r)
{
    make(r);
    script s = {.seed = 3, .next = 1};
    write_some(r, &s, 50);
    db_workspace *aside = NULL;
    uint64_t want = digest_now(r, r->workspace);
    assert_ok(r, db_aside_open(r->workspace, &aside, &r->err));
    assert_status(PB_CANCELLED, db_write(aside, write_many, &s, &r->err));
    assert_true(want == digest_aside(r, aside));
    write_some(r, &s, 1);
    db_workspace_close(aside);
    if (!on_postgres()) {
        char path[5000];
        struct stat about;
        snprintf(path, sizeof path, "%s/records.db", r->url);
        r->workspace = db_workspace_close(r->workspace);
        assert_int_equal(stat(path, &about), 0);
        assert_in_range(about.st_size, 1, 8 << 20);
    }
}
/* shows: PER-3 INT-5 */
ON_EVERY_ENGINE(much_is_taken_back_aside, much_body)

typedef struct busy {
    db_workspace *workspace;
    _Atomic bool stop;
    int64_t commits;
    script s;
} busy;

static void *keep_writing(void *context)
{
    busy *b = context;
    pb_error err;
    while (!b->stop) {
        if (db_write(b->workspace, scribble, &b->s, &err) != PB_OK)
            return NULL;
        b->commits++;
    }
    return b;
}

static void busy_body(room *r)
{
    make(r);
    busy b = {.workspace = r->workspace, .s = {.seed = 99, .next = 1}};
    pthread_t thread;
    write_some(r, &b.s, 200);
    assert_int_equal(0, pthread_create(&thread, NULL, keep_writing, &b));
    for (int round = 0; round < ROUNDS; round++) {
        db_workspace *aside = NULL;
        script apart = {.seed = (uint64_t)round, .next = 1000000};
        assert_ok(r, db_aside_open(r->workspace, &aside, &r->err));
        uint64_t want = digest_aside(r, aside);
        assert_ok(r, db_check_pages(r->workspace, &r->err));
        assert_true(want == digest_aside(r, aside));
        assert_ok(r, db_write(aside, scribble, &apart, &r->err));
        db_workspace_close(aside);
    }
    b.stop = true;
    void *result = NULL;
    assert_int_equal(0, pthread_join(thread, &result));
    assert_non_null(result);
    assert_true(b.commits > ROUNDS);
}
/* shows: PER-3 INT-5 */
ON_EVERY_ENGINE(others_write_all_the_while, busy_body)

static void none_body(room *r)
{
    db_workspace *scratch = NULL, *aside = NULL, *beyond = NULL;
    db_session *session = NULL;
    const db_options options = {.scratch = true};
    make(r);
    assert_ok(r, db_workspace_create(NULL, &r->tiny.schema, &options, NULL, &scratch, &r->err));
    assert_false(db_aside_is_cheap(scratch));
    assert_status(PB_UNSUPPORTED, db_aside_open(scratch, &aside, &r->err));
    db_workspace_close(scratch);
    assert_ok(r, db_aside_open(r->workspace, &aside, &r->err));
    if (!on_postgres()) { /* it has no readers, and there is none of it */
        assert_status(PB_UNSUPPORTED, db_snapshot_open(aside, &session, &r->err));
        assert_status(PB_UNSUPPORTED, db_aside_open(aside, &beyond, &r->err));
    }
    db_workspace_close(aside);
}
/* shows: INT-5 */
ON_EVERY_ENGINE(what_has_none_aside_says_so, none_body)

typedef struct rehearsal {
    room *r;
    bool others_write;
    int64_t own, other; /* rows */
} rehearsal;

/* Writes a row, has somebody else write one where that need not wait for it, and keeps nothing. */
static pb_status rehearsed(db_session *session, void *context, pb_error *err)
{
    rehearsal *this = context;
    room *r = this->r;
    int64_t before = count_in(r, session, ACCOUNTS);
    PB_TRY(insert_account(session, this->own, PB_STR("Tried"), err));
    assert_int_equal(count_in(r, session, ACCOUNTS), before + 1);
    if (this->others_write)
        PB_TRY(db_write(r->workspace, insert_work, &this->other, err));
    return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
}

static void rehearse_body(room *r)
{
    rehearsal any = {r, true, 1, 2}, brief = {r, !on_postgres(), 3, 4};
    make(r);
    assert_status(PB_CANCELLED, db_rehearse(r->workspace, false, NULL, rehearsed, &any, &r->err));
    assert_int_equal(count_now(r, ACCOUNTS), 1);
    assert_status(PB_CANCELLED, db_rehearse(r->workspace, true, NULL, rehearsed, &brief, &r->err));
    assert_int_equal(count_now(r, ACCOUNTS), on_postgres() ? 1 : 2);
}

/* Whoever stops while rows are copied has not to wait for the last of them. */
static void stopped_body(room *r)
{
    rehearsal any = {r, false, 1, 2};
    const db_limits over = {.until_us = 1};
    make(r);
    assert_status(PB_BUSY, db_rehearse(r->workspace, false, &over, rehearsed, &any, &r->err));
}
/* shows: INT-5 */
ON_EVERY_ENGINE(a_rehearsal_keeps_nothing_and_others_write, rehearse_body)
/* shows: INT-5 */
ON_EVERY_ENGINE(a_rehearsal_ends_when_it_may_take_no_longer, stopped_body)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_aside_is_seen_by_nobody),
        cmocka_unit_test(much_is_taken_back_aside),
        cmocka_unit_test(others_write_all_the_while),
        cmocka_unit_test(what_has_none_aside_says_so),
        cmocka_unit_test(a_rehearsal_keeps_nothing_and_others_write),
        cmocka_unit_test(a_rehearsal_ends_when_it_may_take_no_longer),
    };
    return cmocka_run_group_tests_name("db/aside", tests, NULL, NULL);
}
