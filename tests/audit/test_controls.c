/* The shipped controls: they load, their SQL is accepted, and every case comes out as it says. */
#include "audit_support.h"

static int start(void **state)
{
    support *s = support_new();
    SUPPORT_OK(audit_catalogue_load(s->schema, s->controls.items, s->controls.count, &s->catalogue,
                                    &s->err),
               &s->err);
    *state = s;
    return 0;
}

static int end(void **state)
{
    support_free(*state);
    return 0;
}

/* shows: AUD-3 AUD-8 */
static void test_every_sql_is_accepted(void **state)
{
    support *s = *state;
    support_world world = {.base = s};
    db_session *session = NULL;
    SUPPORT_OK(support_open(&world, &s->err), &s->err);
    SUPPORT_OK(db_snapshot_open(world.workspace, &session, &s->err), &s->err);
    SUPPORT_OK(audit_catalogue_check(session, s->catalogue, &s->err), &s->err);
    support_unload(&world, session);
}

/* shows: AUD-3 AUD-8 AUD-13 */
static void test_every_case_comes_out(void **state)
{
    support *s = *state;
    support_world world = {.base = s};
    audit_fixture_loader loader = {support_load, support_unload, &world};
    PB_AUTO_ARENA arena = pb_arena_new(0);
    audit_fixture_result *results = NULL;
    size_t count = 0, bad = 0;
    SUPPORT_OK(audit_fixtures_run(s->schema, s->catalogue, pb_str_c(getenv("AUDIT_ONLY")), &loader,
                                  arena, &results, &count, &s->err),
               &s->err);
    for (size_t i = 0; i < count; i++) {
        const audit_fixture_result *result = &results[i];
        if (result->good)
            continue;
        PB_AUTO_BUF says = PB_BUF_INIT(1 << 16);
        pb_arg args[] = {{"expected", result->expected}, {"found", result->found}};
        pb_format(&says, result->says, args, 2);
        print_message("%.*s:%d: %.*s: %s\n", PB_STR_FMT(result->fixture->place.file),
                      result->fixture->place.line, PB_STR_FMT(result->control->id),
                      pb_buf_cstr(&says));
        bad++;
    }
    print_message("%zu cases, %zu bad\n", count, bad);
    assert_int_equal(bad, 0);
    assert_true(count >= 75 || getenv("AUDIT_ONLY"));
}

/* shows: AUD-8 AUD-13 */
static void test_every_file_is_proved(void **state)
{
    support *s = *state;
    size_t proved = 0;
    for (size_t i = 0; i < s->catalogue->count; i++) {
        const audit_control *control = &s->catalogue->controls[i];
        bool kinds[3] = {false};
        for (size_t k = 0; k < control->fixture_count; k++)
            kinds[control->fixtures[k].kind] = true;
        if (control->fixture_count)
            assert_true(kinds[0] && kinds[1] && kinds[2]);
        proved += control->fixture_count > 0;
    }
    assert_true(proved >= 25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_sql_is_accepted),
        cmocka_unit_test(test_every_case_comes_out),
        cmocka_unit_test(test_every_file_is_proved),
    };
    return cmocka_run_group_tests(tests, start, end);
}
