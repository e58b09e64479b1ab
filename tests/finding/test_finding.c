/* Kept audits and the list of findings, on both engines: random audits and changes against a list
 * that is kept by hand, reports that come back as they were, words that people are refused with. */
#include "world.h"

#include "base/time.h"

#include <math.h>

enum { STEPS = 120 };

static unsigned draw(world *w, unsigned below)
{
    w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(w->seed >> 33) % below;
}

/* ---- an audit, kept ---- */

typedef struct keeping {
    world *w;
    bool own;
    int64_t run;
    const finding_report *report;
} keeping;

static finding_call call_of(const world *w)
{
    return (finding_call){{PB_STR("tester"), PB_STR_NONE, PB_STR("tests")}, w->day * DAY_US};
}

static pb_status keep_work(db_session *session, void *context, pb_error *err)
{
    keeping *k = context;
    const finding_call call = call_of(k->w);
    const finding_run run = {.at_us = call.now_us,
                             .as_of_days = k->w->day,
                             .by = call.actor.name,
                             .title = PB_STR("the world"),
                             .own = k->own,
                             .letter = k->w->result.overall.letter,
                             .score = k->w->result.overall.score,
                             .records = 7,
                             .rules = {1, 2, 3}};
    PB_TRY(finding_run_keep(session, &call, &run, &k->w->result, &k->run, err));
    return k->report == NULL ? PB_OK : finding_report_keep(session, k->run, k->report, err);
}

static int64_t keep(world *w, bool own, const finding_report *report)
{
    pb_error err = {0};
    keeping k = {w, own, 0, report};
    w->result.as_of_days = w->day;
    must(db_write(w->workspace, keep_work, &k, &err), &err);
    return k.run;
}

static finding_item *items_of(world *w, const finding_filter *filter, size_t *ret_count)
{
    pb_error err = {0};
    db_session *session;
    finding_item *items = NULL;
    must(db_snapshot_open(w->workspace, &session, &err), &err);
    must(finding_list(session, filter, w->arena, &items, ret_count, &err), &err);
    db_snapshot_close(session);
    return items;
}

static const finding_item *item_of(world *w, size_t control)
{
    static const finding_filter all;
    size_t count = 0;
    finding_item *items = items_of(w, &all, &count);
    for (size_t i = 0; i < count; i++)
        if (pb_str_eq(items[i].control, w->controls[control].id))
            return &items[i];
    return NULL;
}

/* ---- a change ---- */

typedef struct changing {
    world *w;
    int64_t n, version;
    const finding_change *change;
    finding_item item;
} changing;

static pb_status change_work(db_session *session, void *context, pb_error *err)
{
    changing *c = context;
    const finding_call call = call_of(c->w);
    return finding_put(session, &call, c->n, c->version, c->change, c->w->arena, &c->item, err);
}

static pb_status change(world *w, int64_t n, int64_t version, const finding_change *wish,
                        pb_error *err)
{
    changing c = {w, n, version, wish, {.n = 0}};
    return db_write(w->workspace, change_work, &c, err);
}

static void refused(world *w, int64_t n, finding_change wish, const char *field)
{
    pb_error err = {0};
    assert_int_equal(change(w, n, 0, &wish, &err), PB_INVALID);
    if (!pb_str_is(pb_error_arg(&err, "field"), field))
        fail_msg("not %s but %.*s", field, PB_STR_FMT(pb_error_arg(&err, "field")));
}

/* ---- what is expected, kept by hand ---- */

typedef struct expected {
    bool there;
    int64_t proved; /* the run that saw the mend; 0: none did */
    finding_state state;
    int64_t until;
} expected;

static void expect_audit(const world *w, expected *e, const audit_finding *found, int64_t run)
{
    bool seen = e->state == FINDING_MENDED && e->proved > 0;
    bool waived = found->outcome == AUDIT_WAIVED;
    if (found->outcome == AUDIT_PASS && e->there)
        *e = (expected){true, seen ? e->proved : run, FINDING_MENDED, INT64_MIN};
    if (waived)
        *e = (expected){true, 0, FINDING_WAIVED, w->day + 5};
    if (found->outcome != AUDIT_FAIL)
        return;
    bool stays = e->there && (e->state == FINDING_OPEN || e->state == FINDING_ACCEPTED ||
                              (e->state == FINDING_WAIVED && e->until >= w->day));
    if (!stays)
        *e = (expected){true, 0, FINDING_OPEN, INT64_MIN};
}

static void audit_at_random(world *w, expected *e)
{
    static const audit_outcome outcomes[] = {AUDIT_PASS,  AUDIT_FAIL,           AUDIT_FAIL,
                                             AUDIT_FAIL,  AUDIT_NOT_APPLICABLE, AUDIT_COULD_NOT_RUN,
                                             AUDIT_WAIVED};
    PB_AUTO_BUF until = PB_BUF_INIT(32);
    pb_date_format(&until, w->day + 5);
    for (size_t i = 0; i < CONTROLS; i++) {
        w->found[i].outcome = outcomes[draw(w, 7)];
        w->found[i].failing = draw(w, 100);
        w->found[i].waived_until = pb_buf_str(&until);
        w->found[i].waived_why = PB_STR("declared");
    }
    int64_t run = keep(w, true, NULL);
    for (size_t i = 0; i < CONTROLS; i++)
        expect_audit(w, &e[i], &w->found[i], run);
}

static void change_at_random(world *w, expected *e)
{
    pb_error err = {0};
    size_t control = draw(w, CONTROLS);
    finding_state state = (finding_state)draw(w, FINDING_STATES);
    const finding_item *item = item_of(w, control);
    if (item == NULL)
        return;
    finding_change wish = {.has_state = true,
                           .state = state,
                           .has_owner = true,
                           .owner = {.b = {1, (uint8_t)(1 + draw(w, 3))}},
                           .has_due = true,
                           .due = w->day + draw(w, 30),
                           .has_until = true,
                           .until = w->day + 1 + draw(w, 9),
                           .has_note = true,
                           .note = PB_STR("said"),
                           .waivable = w->controls[control].waivable};
    pb_status status = change(w, item->n, item->version, &wish, &err);
    if (state == FINDING_WAIVED && !wish.waivable) {
        assert_int_equal(status, PB_INVALID);
        return;
    }
    must(status, &err);
    int64_t kept = e[control].state == state ? e[control].proved : 0;
    e[control] = (expected){true, kept, state, state == FINDING_WAIVED ? wish.until : INT64_MIN};
    assert_int_equal(change(w, item->n, item->version, &wish, &err), PB_CONFLICT);
}

/* shows: AUD-9 */
static void test_random_audits_and_changes_give_the_list_kept_by_hand(void **state)
{
    (void)state;
    world *w = world_open(20261122);
    expected e[CONTROLS] = {{.there = false}};
    pb_error err = {0};
    for (int step = 0; step < STEPS; step++) {
        if (draw(w, 2) == 0)
            audit_at_random(w, e);
        else
            change_at_random(w, e);
        w->day += draw(w, 4);
        for (size_t i = 0; i < CONTROLS; i++) {
            const finding_item *item = item_of(w, i);
            assert_int_equal(item != NULL, e[i].there);
            if (item == NULL)
                continue;
            assert_int_equal(item->state, e[i].state);
            assert_true(item->proved == e[i].proved && finding_proved_by(item) == e[i].proved);
            assert_true(item->until == e[i].until);
        }
    }
    ledger_report report;
    db_session *session;
    must(db_snapshot_open(w->workspace, &session, &err), &err);
    must(ledger_verify(session, NULL, NULL, &report, &err), &err);
    db_snapshot_close(session);
    assert_true(report.events > STEPS / 2);
    world_close(w);
}

/* Former versions kept 1 for "some audit did". */
/* shows: AUD-12 */
static void test_which_audit_proved_a_mend_is_said_where_it_was_noted(void **state)
{
    (void)state;
    const finding_item unknown = {.state = FINDING_MENDED, .first_run = 1, .proved = 1},
                       known = {.state = FINDING_MENDED, .first_run = 1, .proved = 2},
                       none = {.state = FINDING_MENDED, .first_run = 1};
    assert_int_equal(finding_proved_by(&unknown), 0);
    assert_int_equal(finding_proved_by(&known), 2);
    assert_int_equal(finding_proved_by(&none), 0);
}

/* shows: AUD-9 */
static void test_what_is_half_said_is_refused_with_the_field(void **state)
{
    (void)state;
    world *w = world_open(20261122);
    pb_error err = {0};
    w->found[0].outcome = w->found[1].outcome = AUDIT_FAIL;
    keep(w, true, NULL);
    int64_t fixed = item_of(w, 0)->n, n = item_of(w, 1)->n;
    finding_change wish = {.has_state = true, .state = FINDING_ACCEPTED};
    refused(w, n, wish, "owner");
    wish.has_owner = true;
    wish.owner.b[0] = 1;
    refused(w, n, wish, "due");
    wish = (finding_change){.has_state = true, .state = FINDING_WAIVED, .waivable = true};
    refused(w, n, wish, "note");
    wish.has_note = true;
    wish.note = PB_STR("why");
    refused(w, n, wish, "until");
    wish.has_until = true;
    wish.until = w->day - 1;
    refused(w, n, wish, "until");
    wish.until = w->day;
    must(change(w, n, 0, &wish, &err), &err);
    wish.waivable = false;
    refused(w, fixed, wish, "state");
    assert_int_equal(change(w, 999, 0, &wish, &err), PB_NOT_FOUND);
    /* It is waived in the audits that follow, until that day and no longer. */
    audit_waiver *waivers = NULL;
    size_t count = 0;
    db_session *session;
    must(db_snapshot_open(w->workspace, &session, &err), &err);
    must(finding_waivers(session, w->day, w->arena, &waivers, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_true(pb_str_eq(waivers[0].control, w->controls[1].id));
    assert_true(pb_str_is(waivers[0].by, "tester") && pb_str_is(waivers[0].why, "why"));
    must(finding_waivers(session, w->day + 1, w->arena, &waivers, &count, &err), &err);
    assert_int_equal(count, 0);
    db_snapshot_close(session);
    world_close(w);
}

/* shows: AUD-9 */
static void test_an_audit_of_something_else_leaves_the_list_alone(void **state)
{
    (void)state;
    world *w = world_open(20261122);
    pb_error err = {0};
    w->found[2].outcome = AUDIT_FAIL;
    int64_t run = keep(w, false, NULL);
    assert_null(item_of(w, 2));
    finding_outcome *outcomes = NULL;
    size_t count = 0;
    db_session *session;
    must(db_snapshot_open(w->workspace, &session, &err), &err);
    must(finding_outcomes(session, run, w->arena, &outcomes, &count, &err), &err);
    assert_int_equal(count, CONTROLS);
    assert_int_equal(outcomes[2].outcome, AUDIT_FAIL);
    must(finding_trend(session, w->controls[2].id, 9, w->arena, &outcomes, &count, &err), &err);
    assert_int_equal(count, 0);
    db_snapshot_close(session);
    world_close(w);
}

/* shows: AUD-10 */
static void test_a_report_comes_back_as_it_was(void **state)
{
    (void)state;
    enum { SIZE = (1 << 20) * 2 + 77 };
    world *w = world_open(20261122);
    pb_error err = {0};
    char *bytes = malloc(SIZE);
    assert_non_null(bytes);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (char)draw(w, 256);
    const finding_report report = {"pdf", "fa", pb_str_n(bytes, SIZE)};
    int64_t run = keep(w, true, &report);
    PB_AUTO_BUF out = PB_BUF_INIT(SIZE + 1);
    pb_str language = PB_STR_NONE;
    finding_run found;
    db_session *session;
    must(db_snapshot_open(w->workspace, &session, &err), &err);
    must(finding_report_read(session, run, "pdf", w->arena, &out, &language, &err), &err);
    assert_int_equal(out.len, SIZE);
    assert_memory_equal(out.ptr, bytes, SIZE);
    assert_true(pb_str_is(language, "fa"));
    assert_int_equal(finding_report_read(session, run, "csv", w->arena, &out, &language, &err),
                     PB_NOT_FOUND);
    must(finding_run_read(session, run, w->arena, &found, &err), &err);
    assert_true(found.letter == 'C' && fabs(found.score - 71.24) < 1e-9);
    assert_true(pb_str_is(found.title, "the world") && found.rules[2] == 3);
    assert_int_equal(finding_run_read(session, run + 1, w->arena, &found, &err), PB_NOT_FOUND);
    db_snapshot_close(session);
    free(bytes);
    world_close(w);
}

/* ---- evidence ---- */

enum { FAILING = 257 };

typedef struct proving {
    const audit_failure *failures;
    size_t count;
} proving;

static pb_status prove_work(db_session *session, void *context, pb_error *err)
{
    const proving *p = context;
    return finding_evidence_keep(session, 1, PB_STR("TRY-0/account.name"), p->failures, p->count,
                                 err);
}

static size_t proof_page(world *w, size_t after, size_t limit, audit_failure **ret, size_t *ret_all)
{
    pb_error err = {0};
    db_session *session;
    size_t count = 0;
    must(db_snapshot_open(w->workspace, &session, &err), &err);
    must(finding_evidence_read(session, PB_STR("TRY-0/account.name"), after, limit, w->arena, ret,
                               &count, ret_all, &err),
         &err);
    db_snapshot_close(session);
    return count;
}

/* shows: AUD-8 */
static void test_evidence_is_paged_as_it_was_kept_and_replaced_by_the_next(void **state)
{
    world *w = world_open(20261122);
    pb_error err = {0};
    audit_failure failures[FAILING] = {0}, *page = NULL;
    size_t all = 0;
    proving p = {failures, FAILING};
    (void)state;
    for (size_t i = 0; i < FAILING; i++)
        failures[i] = (audit_failure){.n = (int64_t)i + 1,
                                      .record = pb_str_c(pb_arena_printf(w->arena, "R-%zu", i)),
                                      .field = i % 3 == 0 ? PB_STR("name") : PB_STR_NONE,
                                      .problem = PB_STR("“{value}” is wrong."),
                                      .value = i % 2 == 0 ? PB_STR("价值") : PB_STR_NONE};
    must(db_write(w->workspace, prove_work, &p, &err), &err);
    static const size_t steps[] = {1, 7, 99, 100, 101, 200, FAILING + 1};
    for (size_t s = 0; s < sizeof steps / sizeof *steps; s++)
        for (size_t at = 0, count = 1; count > 0; at += count) {
            count = proof_page(w, at, steps[s], &page, &all);
            assert_int_equal(all, FAILING);
            assert_int_equal(count, FAILING - at < steps[s] ? FAILING - at : steps[s]);
            for (size_t i = 0; i < count; i++) {
                const audit_failure *kept = &failures[at + i];
                assert_int_equal(page[i].n, kept->n);
                assert_true(pb_str_eq(page[i].record, kept->record));
                assert_true(pb_str_eq(page[i].field, kept->field));
                assert_true((page[i].value.ptr == NULL) == (kept->value.ptr == NULL));
                assert_true(pb_str_eq(page[i].value, kept->value));
            }
        }
    p.count = 3;
    must(db_write(w->workspace, prove_work, &p, &err), &err);
    assert_int_equal(proof_page(w, 0, 50, &page, &all), 3);
    assert_int_equal(all, 3);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_audits_and_changes_give_the_list_kept_by_hand),
        cmocka_unit_test(test_which_audit_proved_a_mend_is_said_where_it_was_noted),
        cmocka_unit_test(test_what_is_half_said_is_refused_with_the_field),
        cmocka_unit_test(test_an_audit_of_something_else_leaves_the_list_alone),
        cmocka_unit_test(test_a_report_comes_back_as_it_was),
        cmocka_unit_test(test_evidence_is_paged_as_it_was_kept_and_replaced_by_the_next),
    };
    return cmocka_run_group_tests_name("finding", tests, NULL, NULL);
}
