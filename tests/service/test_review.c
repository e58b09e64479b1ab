/* The gate on every way in, and the review: what is found, what is refused, what is told to whom,
 * what lasts, and what decisions say of the search. */
#include "review_support.h"

#include <math.h>

/* shows: DQ-4 */
static void test_import_warns_refuses_or_ignores(void **state)
{
    office *o = *state;
    char *file = put(o, "contacts.csv", few);
    const service_gate refuse = {.duplicates = RECORD_DUPLICATES_REFUSE};
    const service_gate ignore = {.duplicates = RECORD_DUPLICATES_IGNORE};
    db_workspace *workspace = open_workspace(o, make_workspace(o));
    exchange_plan plan = import(o, workspace, file, NULL);
    assert_int_equal(plan.files[0].imported, 3); /* the third is likely the first */
    assert_int_equal(plan.suspected, 1);
    assert_int_equal(plan.judged_count, 1);
    assert_int_equal(plan.judged[0].records, 3);
    assert_int_equal(plan.judged[0].pairs, 1);
    assert_false(plan.judged[0].together);
    assert_int_equal(plan.judged[0].learned, 0);
    assert_int_equal(waiting(workspace), 1);
    plan = import(o, workspace, file, &refuse); /* all of them are there */
    assert_int_equal(plan.files[0].imported, 0);
    assert_int_equal(plan.files[0].rejected, 3);
    assert_true(pb_str_starts(plan.files[0].rejects[0].says, PB_STR("Very probably the same")));
    assert_true(pb_str_is(plan.files[0].rejects[1].value, "c2"));
    assert_int_equal(waiting(workspace), 1);
    plan = import(o, workspace, file, &ignore);
    assert_int_equal(plan.files[0].imported, 3);
    assert_int_equal(plan.suspected, 0);
    assert_int_equal(plan.judged_count, 0);
    assert_int_equal(waiting(workspace), 1);
    db_workspace_close(workspace);
}

/* --- one by one --- */

static pb_status sees_nothing(void *context, const model_entity *entity, pb_uuid id,
                              bool *ret_visible, pb_error *err)
{
    (void)context;
    (void)entity;
    (void)id;
    (void)err;
    *ret_visible = false;
    return PB_OK;
}

static size_t make_inputs(office *o, const char *name, const char *mail, record_input *inputs)
{
    const model_entity *contact = contact_of(o);
    inputs[0] =
        (record_input){model_field_find(contact, PB_STR("full_name")), pb_str_c(name), NULL};
    inputs[1] = (record_input){model_field_find(contact, PB_STR("email")), pb_str_c(mail), NULL};
    inputs[2] =
        (record_input){model_field_find(contact, PB_STR("birth_date")), PB_STR("1980-03-14"), NULL};
    return 3;
}

/* shows: DQ-4 SEC-1 */
static void test_an_entry_is_told_what_its_actor_may_see(void **state)
{
    office *o = *state;
    pb_error err;
    record_input inputs[3];
    service_entered entered;
    char *file = put(o, "contacts.csv", few);
    db_workspace *workspace = open_workspace(o, make_workspace(o));
    import(o, workspace, file, NULL);
    service_entry entry = {
        .entity = contact_of(o),
        .inputs = inputs,
        .count = make_inputs(o, "Annabell Weberknecht", "annabel@nordlicht.de", inputs),
        .gate = {.what = RECORD_DUPLICATES_DECLARED, .by = PB_STR("entry")}};
    must(service_enter(&o->call, workspace, &entry, o->arena, &entered, &err), &err);
    assert_true(entered.likely_count >= 1);
    assert_true(pb_str_is(entered.likely[0].called, "c1") ||
                pb_str_is(entered.likely[0].called, "c3"));
    /* what is hidden from who enters it refuses nothing and is not told of: it waits for who
     * may see both */
    entry.gate = (record_gate){.what = RECORD_DUPLICATES_REFUSE, .may_see = sees_nothing};
    uint64_t before = count_records(o, workspace, "contact");
    must(service_enter(&o->call, workspace, &entry, o->arena, &entered, &err), &err);
    assert_int_equal(count_records(o, workspace, "contact"), before + 1);
    assert_int_equal(entered.likely_count, 0);
    assert_int_equal(entered.problem_count, 0);
    /* a change is an entry too */
    pb_uuid a, b;
    ids_of(o, workspace, "c2", "c1", &a, &b);
    entry.change = &a;
    entry.gate = (record_gate){.what = RECORD_DUPLICATES_REFUSE};
    assert_int_equal(service_enter(&o->call, workspace, &entry, o->arena, &entered, &err),
                     PB_INVALID);
    db_workspace_close(workspace);
}

/* --- review --- */

static size_t pairs_in(office *o, const char *path, const model_entity *entity)
{
    pb_error err;
    service_duplicates *lists;
    size_t count;
    service_source source = {.paths = &path, .path_count = 1, .key = o->key};
    must(service_find_duplicates(o->service, &o->call, &source, entity->name, 0.9, o->arena, &lists,
                                 &count, &err),
         &err);
    return lists[0].result.pair_count;
}

/* shows: DQ-4 AUD-1 */
static void test_not_a_duplicate_stays_so(void **state)
{
    office *o = *state;
    pb_error err;
    uint64_t calibrated = 9;
    pb_uuid a, b;
    ledger_event event;
    char *file = put(o, "contacts.csv", few);
    const char *path = make_workspace(o);
    db_workspace *workspace = open_workspace(o, path);
    import(o, workspace, file, NULL);
    db_workspace_close(workspace);
    assert_int_equal(pairs_in(o, path, contact_of(o)), 1);
    workspace = open_workspace(o, path);
    ids_of(o, workspace, "c1", "c3", &a, &b);
    must(service_review_decide(&o->call, workspace, contact_of(o), a, b, RECORD_DIFFERENT,
                               PB_STR("mother and daughter"), &calibrated, &err),
         &err);
    assert_int_equal(calibrated, 0);
    last_event(o, workspace, &event);
    assert_string_equal(event.kind, "match.decided");
    assert_true(pb_str_find(event.payload, PB_STR("mother and daughter")) != SIZE_MAX);
    service_queue *queues;
    size_t count;
    must(service_queue_fill(&o->call, workspace, PB_STR_NONE, o->arena, &queues, &count, &err),
         &err);
    assert_int_equal(waiting(workspace), 0);
    db_workspace_close(workspace);
    assert_int_equal(pairs_in(o, path, contact_of(o)), 0);
    /* the audit heeds it too */
    service_source source = {.paths = (const char *[]){path}, .path_count = 1, .key = o->key};
    service_audit_result audited;
    must(service_audit(o->service, &o->call, &source, NULL, 20000, o->arena, &audited, &err), &err);
    for (size_t i = 0; i < audited.result.finding_count; i++)
        if (pb_str_starts(audited.result.findings[i].control->id, PB_STR("DUP-NEAR")))
            assert_int_equal(audited.result.findings[i].failing, 0);
    /* the rows come anew, under other ids: c1 and c3 of either import are still two */
    workspace = open_workspace(o, path);
    exchange_plan plan = import(o, workspace, file, NULL);
    assert_int_equal(plan.suspected, 3); /* each is likely its own earlier self */
    assert_int_equal(waiting(workspace), 3);
    db_workspace_close(workspace);
}

/* shows: DQ-4 */
static void test_quality_follows_from_decisions(void **state)
{
    office *o = *state;
    pb_error err;
    uint64_t calibrated;
    pb_uuid a, b;
    service_quality *list;
    size_t count;
    char *file = put(o, "contacts.csv", few);
    db_workspace *workspace = open_workspace(o, make_workspace(o));
    import(o, workspace, file, NULL);
    must(service_review_quality(workspace, NULL, 0, o->arena, &list, &count, &err), &err);
    assert_int_equal(count, 0);
    ids_of(o, workspace, "c1", "c3", &a, &b);
    must(service_review_decide(&o->call, workspace, contact_of(o), a, b, RECORD_SAME, PB_STR_NONE,
                               &calibrated, &err),
         &err);
    ids_of(o, workspace, "c1", "c2", &a, &b);
    must(service_review_decide(&o->call, workspace, contact_of(o), a, b, RECORD_SAME,
                               PB_STR("an alias"), &calibrated, &err),
         &err);
    must(service_review_quality(workspace, NULL, 0, o->arena, &list, &count, &err), &err);
    assert_int_equal(count, 1);
    const likeness_quality *of = &list[0].quality;
    assert_int_equal(of->all.decided, 2);
    assert_int_equal(of->all.precision.of, 1);
    assert_int_equal(of->all.precision.part, 1);
    assert_int_equal(of->all.recall.of, 2); /* the alias no search would have found */
    assert_int_equal(of->all.recall.part, 1);
    assert_true(fabs(of->all.recall.value - 0.5) < 1e-9);
    assert_true(of->all.recall.low > 0.05 && of->all.recall.high < 0.95);
    assert_int_equal(of->script_count, 1);
    assert_true(pb_str_is(of->scripts[0].name, "latin"));
    assert_int_equal(of->rule_count, 2);
    db_workspace_close(workspace);
}

/* shows: DQ-4 */
static void test_files_and_workspaces_explain_alike(void **state)
{
    office *o = *state;
    pb_error err;
    service_comparison from_file, from_workspace;
    char *file = put(o, "contacts.csv", few);
    const char *path = make_workspace(o);
    db_workspace *workspace = open_workspace(o, path);
    import(o, workspace, file, NULL);
    db_workspace_close(workspace);
    service_source files = {.paths = (const char *[]){file}, .path_count = 1};
    service_source kept = {.paths = (const char *[]){path}, .path_count = 1, .key = o->key};
    must(service_explain(o->service, &o->call, &files, NULL, PB_STR("c1"), PB_STR("c3"), o->arena,
                         &from_file, &err),
         &err);
    must(service_explain(o->service, &o->call, &kept, NULL, PB_STR("c1"), PB_STR("c3"), o->arena,
                         &from_workspace, &err),
         &err);
    assert_int_equal(from_file.waterfall.learned_rows, 3);
    assert_int_equal(from_workspace.waterfall.learned_rows, 0); /* no search was made there */
    assert_true(from_file.waterfall.comparison.score > 0.5);
    assert_true(from_workspace.waterfall.comparison.score > 0.9);
    assert_true(from_workspace.queued);
    assert_false(from_file.queued);
    assert_int_equal(service_explain(o->service, &o->call, &files, NULL, PB_STR("c1"),
                                     PB_STR("nobody"), o->arena, &from_file, &err),
                     PB_NOT_FOUND);
}

/* Known intervals (Wilson 1927): 8 of 10, none of 10. */
/* shows: DQ-4 */
static void test_intervals_are_wilsons(void **state)
{
    (void)state;
    likeness_share share = likeness_share_of(8, 10);
    assert_true(fabs(share.low - 0.4901625) < 1e-5 && fabs(share.high - 0.9433178) < 1e-5);
    share = likeness_share_of(0, 10);
    assert_true(share.low <= 0 && fabs(share.high - 0.2775328) < 1e-5);
    share = likeness_share_of(0, 0);
    assert_int_equal(share.of, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_import_warns_refuses_or_ignores, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_an_entry_is_told_what_its_actor_may_see, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_not_a_duplicate_stays_so, office_open, office_close),
        cmocka_unit_test_setup_teardown(test_quality_follows_from_decisions, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_files_and_workspaces_explain_alike, office_open,
                                        office_close),
        cmocka_unit_test(test_intervals_are_wilsons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
