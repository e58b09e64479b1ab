/* Outcomes of a run: waived, could not run, stopped; marks and their caps; what is kept of many
 * failures. */
#include "audit_support.h"

static const char areas[] = "areas: {accuracy: Accuracy, sales: Sales, consistency: Consistency}\n";

#define CONTROL(id, area, grade, check, pass)                                                      \
    "id: " id "\narea: " area "\ngrade: " grade "\nrequirement: [DQ-1]\n"                          \
    "applies: {entity: contact, otherwise: none}\ntitle: t\ncriterion: c\nwhy: w\ncheck: " check   \
    "\npass: " pass "\ncause: c\neffect: e\nremedy: r\nevidence: [record, full_name]\n"            \
    "effort: minutes_per_record 1\nfixtures: {pass: {}, fail: {expect: [x]}, not_applicable: "     \
    "{}}\n"

static const char no_email[] =
    CONTROL("T-NO-EMAIL", "accuracy", "essential",
            "{fails: e.email is null, value: e.full_name, problem: p}", "share <= 10 %");
static const char nobody[] = CONTROL("T-NOBODY", "accuracy", "important",
                                     "{fails: e.full_name = 'nobody', problem: p}", "count <= 0");
static const char broken[] =
    CONTROL("T-BROKEN", "sales", "important",
            "{sql: \"select n + 1000 as n from contact\", problem: p}", "count <= 0");
static const char empty[] =
    CONTROL("T-EMPTY", "sales", "important", "{population: e.n < 0, fails: e.n > 0, problem: p}",
            "count <= 0");
static const char firm[] =
    CONTROL("T-FIRM", "sales", "desirable", "{fails: e.email is null, problem: p}",
            "count <= 0") "waivable: false\n";

typedef struct run_world {
    support *base;
    audit_catalogue *catalogue;
    support_world world;
    db_session *session;
    pb_arena *arena;
    audit_result result;
} run_world;

static void load_catalogue(run_world *w)
{
    const char *const texts[] = {areas, no_email, nobody, broken, empty, firm};
    model_source sources[6];
    for (size_t i = 0; i < 6; i++)
        sources[i] = (model_source){PB_STR("t.yaml"), pb_str_c(texts[i])};
    SUPPORT_OK(audit_catalogue_load(w->base->schema, sources, 6, &w->catalogue, &w->base->err),
               &w->base->err);
}

static void load_rows(run_world *w, const char *text)
{
    char folder[64], path[100];
    const char *paths[] = {path};
    SUPPORT_OK(support_open(&w->world, &w->base->err), &w->base->err);
    (void)snprintf(folder, sizeof folder, "%.50s-csv", w->world.folder);
    (void)snprintf(path, sizeof path, "%s/contacts.csv", folder);
    mkdir(folder, 0700);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    SUPPORT_OK(support_import(&w->world, paths, 1, &w->base->err), &w->base->err);
    support_remove(folder);
    SUPPORT_OK(db_snapshot_open(w->world.workspace, &w->session, &w->base->err), &w->base->err);
}

static pb_status run(run_world *w, const audit_waiver *waivers, size_t count, const char *day)
{
    audit_options options = {.waivers = waivers, .waiver_count = count};
    assert_true(pb_date_parse(pb_str_c(day), &options.as_of_days));
    return audit_run(w->session, w->base->schema, w->catalogue, &options, w->arena, &w->result,
                     &w->base->err);
}

static const audit_finding *finding(const run_world *w, const char *id)
{
    for (size_t i = 0; i < w->result.finding_count; i++)
        if (pb_str_is(w->result.findings[i].control->id, id))
            return &w->result.findings[i];
    fail_msg("no control %s", id);
    return NULL;
}

static void open_world(run_world *w, support *base, const char *rows)
{
    *w = (run_world){.base = base, .world = {.base = base}};
    w->arena = pb_arena_new((size_t)1 << 30);
    load_catalogue(w);
    load_rows(w, rows);
}

static void close_world(run_world *w)
{
    support_unload(&w->world, w->session);
    audit_catalogue_free(w->catalogue);
    pb_arena_free(w->arena);
}

static const char four[] = "id,full_name,email,phone\n"
                           "c1,Li Wei,li@example.cn,\nc2,Sara Karimi,,+98 21 8877 6655\n"
                           "c3,Ann Lee,ann@example.org,\nc4,Bo Chen,bo@example.org,\n";

/* shows: AUD-8 */
static void test_outcomes(void **state)
{
    run_world w;
    open_world(&w, *state, four);
    SUPPORT_OK(run(&w, NULL, 0, "2025-06-30"), &w.base->err);
    const audit_finding *failed = finding(&w, "T-NO-EMAIL");
    assert_int_equal(failed->outcome, AUDIT_FAIL);
    assert_int_equal(failed->failing, 1);
    assert_int_equal(failed->population, 4);
    assert_int_equal(failed->failure_count, 1);
    assert_true(pb_str_is(failed->failures[0].record, "c2"));
    assert_true(pb_str_is(failed->failures[0].value, "Sara Karimi"));
    assert_true(pb_str_is(failed->failures[0].source, "contacts.csv"));
    assert_non_null(failed->failures[0].evidence);
    assert_true(pb_str_is(failed->failures[0].evidence[0], "c2"));
    assert_true(pb_str_is(failed->failures[0].evidence[1], "Sara Karimi"));
    assert_int_equal(finding(&w, "T-NOBODY")->outcome, AUDIT_PASS);
    assert_int_equal(finding(&w, "T-EMPTY")->outcome, AUDIT_NOT_APPLICABLE);
    assert_true(pb_str_is(finding(&w, "T-EMPTY")->reason, "none"));
    close_world(&w);
}

/* A broken check is never a pass: it is said, fails the run at its grade, and weighs as a failure.
 */
/* shows: AUD-8 */
static void test_could_not_run_is_never_a_pass(void **state)
{
    run_world w;
    open_world(&w, *state, four);
    SUPPORT_OK(run(&w, NULL, 0, "2025-06-30"), &w.base->err);
    const audit_finding *broke = finding(&w, "T-BROKEN");
    assert_int_equal(broke->outcome, AUDIT_COULD_NOT_RUN);
    assert_int_equal(broke->failure_count, 0);
    assert_true(broke->score == 0);
    assert_true(broke->reason_value.len > 0);
    assert_true(audit_fails_at(&w.result, MODEL_IMPORTANT));
    for (size_t i = 0; i < w.result.area_count; i++)
        if (pb_str_is(w.result.areas[i].name, "sales"))
            assert_int_equal(w.result.areas[i].failed, 2);
    close_world(&w);
}

/* shows: AUD-8 */
static void test_waiver_holds_until_its_day(void **state)
{
    audit_waiver waivers[] = {
        {PB_STR("T-NO-EMAIL"), PB_STR("2025-06-30"), PB_STR("A. Lee"), PB_STR("asked for")},
        {PB_STR("T-FIRM"), PB_STR("2099-01-01"), PB_STR("A. Lee"), PB_STR("never")}};
    run_world w;
    open_world(&w, *state, four);
    SUPPORT_OK(run(&w, waivers, 2, "2025-06-30"), &w.base->err);
    assert_int_equal(finding(&w, "T-NO-EMAIL")->outcome, AUDIT_WAIVED);
    assert_true(pb_str_is(finding(&w, "T-NO-EMAIL")->waived_by, "A. Lee"));
    assert_int_equal(finding(&w, "T-FIRM")->outcome, AUDIT_FAIL); /* may not be waived */
    assert_false(audit_fails_at(&w.result, MODEL_ESSENTIAL));
    SUPPORT_OK(run(&w, waivers, 2, "2025-07-01"), &w.base->err);
    assert_int_equal(finding(&w, "T-NO-EMAIL")->outcome, AUDIT_FAIL);
    assert_true(audit_fails_at(&w.result, MODEL_ESSENTIAL));
    close_world(&w);
}

/* shows: AUD-8 */
static void test_failed_essential_caps_the_mark(void **state)
{
    run_world w;
    open_world(&w, *state, four);
    SUPPORT_OK(run(&w, NULL, 0, "2025-06-30"), &w.base->err);
    assert_true(w.result.overall.score <= 64);
    assert_true(w.result.overall.letter == 'D' || w.result.overall.letter == 'E');
    /* accuracy: essential failed 1 of 4 (0.375), important passed (1) → (5·0.375 + 3) / 8 = 60.9 */
    for (size_t i = 0; i < w.result.area_count; i++)
        if (pb_str_is(w.result.areas[i].name, "accuracy"))
            assert_true(w.result.areas[i].score == 60.9);
    /* one record of four fails an essential control: 100 · 3 / 4 */
    assert_int_equal(w.result.source_count, 1);
    assert_true(w.result.sources[0].score == 75.0);
    assert_int_equal(w.result.sources[0].failing, 1);
    close_world(&w);
}

static bool stop_at_second(void *context, const audit_control *control, size_t done, size_t total)
{
    size_t *seen = context;
    (void)control;
    (void)total;
    *seen = done;
    return done == 1;
}

/* shows: AUD-8 */
static void test_stops_on_request(void **state)
{
    run_world w;
    size_t seen = 0;
    audit_options options = {.progress = stop_at_second, .context = &seen};
    open_world(&w, *state, four);
    assert_int_equal(audit_run(w.session, w.base->schema, w.catalogue, &options, w.arena, &w.result,
                               &w.base->err),
                     PB_CANCELLED);
    assert_int_equal(seen, 1);
    close_world(&w);
}

/* Counts stay exact beyond what is kept. */
/* shows: AUD-3 */
static void test_many_failures(void **state)
{
    enum { ROWS = AUDIT_MAX_FAILURES + 500 };
    run_world w;
    PB_AUTO_BUF csv = PB_BUF_INIT((size_t)64 << 20);
    pb_buf_addc(&csv, "id,full_name,email\n");
    for (int i = 0; i < ROWS; i++)
        pb_buf_printf(&csv, "c%d,Ann Lee,\n", i);
    pb_buf_addc(&csv, "last,Ann Lee,ann@example.org\n");
    open_world(&w, *state, pb_buf_cstr(&csv));
    SUPPORT_OK(run(&w, NULL, 0, "2025-06-30"), &w.base->err);
    const audit_finding *failed = finding(&w, "T-NO-EMAIL");
    assert_int_equal(failed->failing, ROWS);
    assert_int_equal(failed->population, ROWS + 1);
    assert_int_equal(failed->failure_count, AUDIT_MAX_FAILURES);
    assert_int_equal(w.result.sources[0].failing, ROWS);
    assert_non_null(failed->failures[AUDIT_EVIDENCE - 1].evidence);
    assert_null(failed->failures[AUDIT_EVIDENCE].evidence);
    close_world(&w);
}

static int start(void **state)
{
    *state = support_new();
    return 0;
}

static int end(void **state)
{
    support_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_could_not_run_is_never_a_pass),
        cmocka_unit_test(test_waiver_holds_until_its_day),
        cmocka_unit_test(test_failed_essential_caps_the_mark),
        cmocka_unit_test(test_stops_on_request),
        cmocka_unit_test(test_many_failures),
    };
    return cmocka_run_group_tests(tests, start, end);
}
