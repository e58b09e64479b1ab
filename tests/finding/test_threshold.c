/* What a workspace lets pass, on both engines: random changes against a table that is kept by
 * hand, in the order in which they were said, each an event of the ledger. */
#include "world.h"

#include "finding/threshold.h"
#include "ledger/ledger.h"

enum { NAMES = 4, CHANGES = 60, SHARE_STEPS = 1000000 };

/* Of the last two one is asked for as often as the other is only a beginning of it. */
static const char *const names[NAMES] = {"TRY-1", "TRY-1/account.name", "TRY-2", "TRY-22"};

typedef struct table {
    finding_threshold said[CHANGES];
    size_t count;
} table;

typedef struct change {
    finding_threshold threshold;
    int64_t now_us;
} change;

static uint64_t draw(world *w, uint64_t below)
{
    w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
    return (w->seed >> 33) % below;
}

static pb_status put_work(db_session *session, void *context, pb_error *err)
{
    const change *c = context;
    const finding_call call = {{.name = c->threshold.by}, c->now_us};
    return finding_threshold_put(session, &call, &c->threshold, 3, err);
}

static void say_one(world *w, table *all)
{
    pb_error err = {0};
    finding_threshold *t = &all->said[all->count];
    *t = (finding_threshold){.control = pb_str_c(names[draw(w, NAMES)]),
                             .shipped = draw(w, 4) == 0,
                             .share = draw(w, 2) == 0,
                             .reason = pb_str_c(pb_arena_printf(w->arena, "since %zu", all->count)),
                             .by = draw(w, 2) == 0 ? PB_STR("ada") : PB_STR("林"),
                             .at_us = DAY0 * DAY_US + (int64_t)(all->count / 2)};
    if (!t->shipped)
        t->limit = t->share ? (double)draw(w, SHARE_STEPS + 1) / SHARE_STEPS
                            : (double)draw(w, FINDING_THRESHOLD_COUNT + UINT64_C(1));
    change c = {*t, t->at_us};
    all->count++;
    must(db_write(w->workspace, put_work, &c, &err), &err);
}

static void must_be(const finding_threshold *have, const finding_threshold *want)
{
    assert_true(pb_str_eq(have->control, want->control));
    assert_true(pb_str_eq(have->reason, want->reason));
    assert_true(pb_str_eq(have->by, want->by));
    assert_int_equal(have->shipped, want->shipped);
    assert_int_equal(have->share, want->share);
    assert_int_equal(have->at_us, want->at_us);
    if (!want->shipped)
        assert_true(have->limit == want->limit);
}

/* The newest of a name in the table by hand, below `end`; NULL: none. */
static const finding_threshold *latest(const table *all, const char *name, size_t *end)
{
    while (*end > 0)
        if (pb_str_is(all->said[--*end].control, name))
            return &all->said[*end];
    return NULL;
}

static void history_is_as_said(world *w, db_session *session, const table *all)
{
    for (size_t i = 0; i < NAMES; i++) {
        pb_error err = {0};
        finding_threshold *said = NULL;
        size_t count = 0, seen = 0, end = all->count;
        const finding_threshold *want;
        must(finding_threshold_history(session, pb_str_c(names[i]), w->arena, &said, &count, &err),
             &err);
        for (; (want = latest(all, names[i], &end)) != NULL; seen++) {
            assert_true(seen < count);
            must_be(&said[seen], want);
        }
        assert_int_equal(seen, count);
    }
}

static void what_holds_is_the_latest(world *w, db_session *session, const table *all)
{
    pb_error err = {0};
    finding_threshold *now = NULL;
    size_t count = 0, wanted = 0;
    must(finding_thresholds(session, w->arena, &now, &count, &err), &err);
    for (size_t i = 0; i < NAMES; i++) {
        size_t end = all->count, found = 0;
        const finding_threshold *want = latest(all, names[i], &end);
        if (want == NULL || want->shipped)
            continue;
        wanted++;
        for (size_t k = 0; k < count; k++)
            if (pb_str_eq(now[k].control, want->control)) {
                found++;
                must_be(&now[k], want);
            }
        assert_int_equal(found, 1);
    }
    assert_int_equal(count, wanted);
}

static pb_status count_event(void *context, const ledger_event *event, bool erased, pb_error *err)
{
    (void)event;
    (void)erased;
    (void)err;
    ++*(int *)context;
    return PB_OK;
}

static void each_is_an_event(world *w)
{
    pb_error err = {0};
    db_session *session;
    int count = 0;
    must(db_snapshot_open(w->workspace, &session, &err), &err);
    must(ledger_each_of(session, "audit.threshold", count_event, &count, &err), &err);
    must(ledger_verify(session, NULL, NULL, &(ledger_report){0}, &err), &err);
    db_snapshot_close(session);
    assert_int_equal(count, CHANGES);
}

/* shows: AUD-8 ACC-5 */
static void test_what_holds_is_what_was_said_last(void **state)
{
    world *w = world_open(20261123);
    table *all = calloc(1, sizeof *all);
    assert_non_null(all);
    (void)state;
    while (all->count < CHANGES) {
        pb_error err = {0};
        db_session *session;
        say_one(w, all);
        must(db_snapshot_open(w->workspace, &session, &err), &err);
        what_holds_is_the_latest(w, session, all);
        history_is_as_said(w, session, all);
        db_snapshot_close(session);
    }
    each_is_an_event(w);
    free(all);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_holds_is_what_was_said_last)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
