/* Moving as an operation: what is proved, what the ledger keeps, and that the copy goes on. */
#include "service_support.h"

#include "service/move.h"

static const char deals[] = "Opportunity Name,Account Name,Stage,Amount,Currency,Owner,Close Date\n"
                            "One,Acme,Won,1200.50,EUR,Ann,2025-01-02\n"
                            "Two,Acme,Won,99999999999.99,EUR,Ann,2025-01-02\n"
                            "Three,Bolt,Won,7,USD,Ann,2025-01-02\n"
                            "Four,Bolt,Won,,USD,Ann,2025-01-02\n"
                            "Five,Bolt,Won,3.25,,Ann,2025-01-02\n";

static void import_deals(office *o, db_workspace *workspace)
{
    pb_error err;
    exchange_plan plan = {0};
    const char *path = put(o, "opportunities.csv", deals);
    service_source source = {.paths = &path, .path_count = 1, .again = true};
    must(service_import(o->service, &o->call, workspace, &source, false, false, o->arena, &plan,
                        &err),
         &err);
    assert_int_equal(plan.files[0].imported, 5);
}

static const service_moved_sum *sum_in(const service_moved *moved, const char *currency)
{
    for (size_t i = 0; i < moved->sum_count; i++)
        if (pb_str_is(moved->sums[i].field->name, "amount") &&
            pb_str_is(moved->sums[i].currency, currency))
            return &moved->sums[i];
    fail_msg("no sum in %s", currency);
    return NULL;
}

/* shows: INT-6 PER-2 REC-7 */
static void test_counts_sums_and_the_ledger_are_proved(void **state)
{
    office *o = *state;
    pb_error err;
    service_moved moved;
    ledger_event event;
    db_workspace *workspace = open_workspace(o, make_workspace(o));
    import_deals(o, workspace);
    must(service_move(o->service, &o->call, workspace, place(o, "there"), o->arena, &moved, &err),
         &err);
    assert_int_equal(sum_in(&moved, "EUR")->minor, INT64_C(10000000120049));
    assert_int_equal(sum_in(&moved, "EUR")->values, 2);
    assert_int_equal(sum_in(&moved, "USD")->minor, 700);
    assert_int_equal(sum_in(&moved, "USD")->values, 1);
    assert_int_equal(sum_in(&moved, "")->minor, 325);
    uint64_t size = last_event(o, workspace, &event);
    assert_string_equal(event.kind, "workspace.moving");
    assert_true(pb_str_find(event.payload, PB_STR("there")) != SIZE_MAX);
    assert_int_equal(moved.head.size, size);
    assert_int_equal(moved.ledger.events, size);
    db_workspace_close(workspace);
    workspace = open_workspace(o, place(o, "there"));
    assert_int_equal(last_event(o, workspace, &event), size);
    assert_string_equal(event.kind, "workspace.moving");
    import_deals(o, workspace); /* life goes on there */
    assert_true(last_event(o, workspace, &event) > size);
    db_workspace_close(workspace);
}

/* shows: INT-6 REC-7 */
static void test_taking_back_is_an_event(void **state)
{
    office *o = *state;
    pb_error err;
    service_moved moved;
    ledger_event event;
    db_workspace *workspace = open_workspace(o, make_workspace(o));
    assert_int_equal(service_take_back(&o->call, workspace, &err), PB_INVALID);
    must(service_move(o->service, &o->call, workspace, place(o, "there"), o->arena, &moved, &err),
         &err);
    must(service_take_back(&o->call, workspace, &err), &err);
    last_event(o, workspace, &event);
    assert_string_equal(event.kind, "workspace.taken_back");
    import_deals(o, workspace);
    db_workspace_close(workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_counts_sums_and_the_ledger_are_proved, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_taking_back_is_an_event, office_open, office_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
