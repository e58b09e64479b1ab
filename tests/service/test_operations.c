/* The operations as wholes: what each leaves in the ledger, and what it leaves when it fails. */
#include "service_support.h"

static const char contacts[] = "Contact ID,Full Name,Email\n"
                               "c1,Anna Adler,anna@example.com\n"
                               "c2,Bob Brown,not an address\n"
                               "c3,Adler Anna,anna@example.com\n";

static bool payload_has(const ledger_event *event, const char *text)
{
    return pb_str_find(event->payload, pb_str_c(text)) != SIZE_MAX;
}

static exchange_plan import(office *o, db_workspace *workspace, const char *path, bool dry_run)
{
    pb_error err;
    exchange_plan plan = {0};
    service_source source = {.paths = &path, .path_count = 1};
    must(service_import(o->service, &o->call, workspace, &source, dry_run, false, o->arena, &plan,
                        &err),
         &err);
    return plan;
}

/* shows: REC-7 */
static void test_making_a_workspace_is_its_first_event(void **state)
{
    office *o = *state;
    pb_error err;
    ledger_event event;
    const char *path = make_workspace(o);
    db_workspace *workspace = open_workspace(o, path);
    assert_int_equal(last_event(o, workspace, &event), 1);
    assert_string_equal(event.kind, "workspace.created");
    assert_true(pb_str_is(event.actor.name, "tester"));
    db_workspace_close(workspace);
    db_key_source other = {.key_file = place(o, "key2")};
    assert_int_equal(service_init(o->service, &o->call, path, &other, NULL, &err), PB_EXISTS);
    assert_int_equal(sys_path_kind(other.key_file), SYS_NONE); /* no key without a workspace */
}

/* shows: DQ-1 REC-7 */
static void test_entry_is_strict_and_an_audit_keeps_what_it_finds(void **state)
{
    office *o = *state;
    pb_error err;
    ledger_event event;
    char *file = put(o, "contacts.csv", contacts);
    db_workspace *workspace = open_workspace(o, make_workspace(o));
    uint64_t before = last_event(o, workspace, &event);
    exchange_plan plan = import(o, workspace, file, true);
    assert_int_equal(plan.files[0].imported, 2); /* a rehearsal counts, and keeps nothing */
    assert_int_equal(last_event(o, workspace, &event), before);
    assert_int_equal(count_records(o, workspace, "contact"), 0);
    plan = import(o, workspace, file, false);
    assert_int_equal(plan.files[0].imported, 2);
    assert_int_equal(plan.files[0].rejected, 1);
    assert_int_equal(count_records(o, workspace, "contact"), 2);
    last_event(o, workspace, &event);
    assert_string_equal(event.kind, "import.finished");
    db_workspace_close(workspace);

    service_audit_result result;
    service_source source = {.paths = (const char *const[]){file}, .path_count = 1};
    must(service_audit(o->service, &o->call, &source, NULL, 20000, o->arena, &result, &err), &err);
    assert_int_equal(result.result.records, 3); /* the wrong address is a finding, not a reject */
    assert_int_equal(result.reading.files[0].rejected, 0);
    assert_true(pb_str_is(result.title, "contacts"));
}

/* shows: AUD-3 REC-7 */
static void test_an_audit_of_a_workspace_is_an_event(void **state)
{
    office *o = *state;
    pb_error err;
    ledger_event event;
    const char *path = make_workspace(o);
    db_workspace *workspace = open_workspace(o, path);
    import(o, workspace, put(o, "contacts.csv", contacts), false);
    uint64_t before = last_event(o, workspace, &event);
    db_workspace_close(workspace);
    service_audit_result result;
    service_source source = {.paths = (const char *const[]){path}, .path_count = 1, .key = o->key};
    must(service_audit(o->service, &o->call, &source, "Ours", 20000, o->arena, &result, &err),
         &err);
    assert_int_equal(result.result.records, 2);
    assert_true(pb_str_is(result.title, "Ours"));
    workspace = open_workspace(o, path);
    assert_int_equal(last_event(o, workspace, &event), before + 1);
    assert_string_equal(event.kind, "audit.run");
    assert_true(payload_has(&event, "mark"));
    assert_true(payload_has(&event, "DUP-EXACT/contact") ||
                payload_has(&event, "DUP-NEAR/contact"));
    ledger_report report;
    must(service_verify(o->service, &o->call, workspace, &report, &err), &err);
    assert_int_equal(report.events, before + 1);
    db_workspace_close(workspace);
    /* a workspace among files is a slip, and nothing is logged */
    source.paths = (const char *const[]){path, place(o, "contacts.csv")};
    source.path_count = 2;
    assert_int_equal(
        service_audit(o->service, &o->call, &source, NULL, 20000, o->arena, &result, &err),
        PB_USAGE);
}

static void count_file(void *context, const model_entity *entity, const char *path, uint64_t rows)
{
    (void)entity;
    assert_int_equal(sys_path_kind(path), SYS_FILE);
    *(uint64_t *)context += rows;
}

/* shows: REC-7 INT-5 */
static void test_an_export_is_an_event_and_a_failed_one_is_none(void **state)
{
    office *o = *state;
    pb_error err;
    ledger_event event;
    uint64_t rows = 0;
    db_workspace *workspace = open_workspace(o, make_workspace(o));
    char *file = put(o, "contacts.csv", contacts);
    import(o, workspace, file, false);
    uint64_t before = last_event(o, workspace, &event);
    assert_int_not_equal(
        service_export(o->service, &o->call, workspace, NULL, 0, file, count_file, &rows, &err),
        PB_OK); /* a file stands where the folder should be */
    assert_int_equal(last_event(o, workspace, &event), before);
    must(service_export(o->service, &o->call, workspace, NULL, 0, place(o, "out"), count_file,
                        &rows, &err),
         &err);
    assert_int_equal(rows, 2);
    assert_int_equal(last_event(o, workspace, &event), before + 1);
    assert_string_equal(event.kind, "records.exported");
    assert_true(payload_has(&event, "contact"));
    db_workspace_close(workspace);
}

/* shows: DQ-4 */
static void test_duplicates_of_files_and_of_a_workspace_are_the_same(void **state)
{
    office *o = *state;
    pb_error err;
    ledger_event event;
    char *file = put(o, "contacts.csv", contacts);
    const char *path = make_workspace(o);
    db_workspace *workspace = open_workspace(o, path);
    import(o, workspace, file, false);
    uint64_t before = last_event(o, workspace, &event);
    db_workspace_close(workspace);
    const char *const paths[] = {file, path};
    for (size_t i = 0; i < 2; i++) {
        service_duplicates *lists = NULL;
        size_t count = 0;
        service_source source = {.paths = &paths[i], .path_count = 1, .key = o->key};
        must(service_find_duplicates(o->service, &o->call, &source, PB_STR("contact"), 0.9,
                                     o->arena, &lists, &count, &err),
             &err);
        assert_int_equal(count, 1);
        assert_int_equal(lists[0].result.pair_count, 1);
        assert_true(pb_str_is(lists[0].ids[lists[0].result.pairs[0].left], "c1"));
        assert_true(pb_str_is(lists[0].ids[lists[0].result.pairs[0].right], "c3"));
        assert_int_equal(service_find_duplicates(o->service, &o->call, &source, PB_STR("account"),
                                                 0.9, o->arena, &lists, &count, &err),
                         PB_NOT_FOUND);
    }
    workspace = open_workspace(o, path);
    assert_int_equal(last_event(o, workspace, &event), before); /* looking changes nothing */
    db_workspace_close(workspace);
}

static bool stop_at_once(void *context, const char *stage, const char *what, uint64_t done,
                         uint64_t total)
{
    (void)stage, (void)what, (void)done, (void)total;
    ++*(int *)context;
    return true;
}

/* shows: DQ-1 */
static void test_stopping_leaves_nothing(void **state)
{
    office *o = *state;
    pb_error err;
    ledger_event event;
    exchange_plan plan;
    int asked = 0;
    db_workspace *workspace = open_workspace(o, make_workspace(o));
    const char *file = put(o, "contacts.csv", contacts);
    service_source source = {.paths = &file, .path_count = 1};
    service_call call = o->call;
    uint64_t before = last_event(o, workspace, &event);
    call.progress = stop_at_once;
    call.context = &asked;
    assert_int_equal(
        service_import(o->service, &call, workspace, &source, false, false, o->arena, &plan, &err),
        PB_CANCELLED);
    assert_true(asked > 0);
    assert_int_equal(last_event(o, workspace, &event), before);
    assert_int_equal(count_records(o, workspace, "contact"), 0);
    db_workspace_close(workspace);
    service_audit_result result;
    assert_int_equal(
        service_audit(o->service, &call, &source, NULL, 20000, o->arena, &result, &err),
        PB_CANCELLED);
}

/* What is there twice, of files and of a workspace: groups, share, what hangs on them and is at
 * stake, by source and way in. */
/* shows: DQ-4 AUD-9 */
static void test_what_is_there_twice_says_what_is_at_stake(void **state)
{
    office *o = *state;
    pb_error err;
    const char *paths[] = {
        put(o, "accounts.csv",
            "Account ID,Account Name,Phone,City,Country\n"
            "A1,Weber Bau GmbH,+49 89 4417822,Berlin,DE\nA2,Weber Bau,+49 89 4417822,Berlin,DE\n"
            "A3,Nordlicht Solar GmbH,+49 431 998811,Kiel,DE\n"),
        put(o, "opportunities.csv",
            "Opportunity ID,Opportunity Name,Account ID,Amount,Currency,Stage,Close Date,Owner\n"
            "O1,One,A1,100.00,EUR,Won,2025-01-01,Anna\nO2,Two,A2,50.00,EUR,Won,2025-01-01,Anna\n"
            "O3,Three,A2,70.00,USD,Won,2025-01-01,Anna\nO4,Four,A3,999.00,EUR,Won,2025-01-01,"
            "Anna\n")};
    const char *path = make_workspace(o);
    const service_source files = {.paths = paths, .path_count = 2};
    const service_source kept = {.paths = &path, .path_count = 1, .key = o->key};
    exchange_plan plan;
    db_workspace *workspace = open_workspace(o, path);
    must(service_import(o->service, &o->call, workspace, &files, false, false, o->arena, &plan,
                        &err),
         &err);
    db_workspace_close(workspace);
    for (int round = 0; round < 2; round++) {
        service_audit_result audited;
        const audit_copies *copies = NULL;
        must(service_audit(o->service, &o->call, round == 0 ? &files : &kept, NULL, 20300, o->arena,
                           &audited, &err),
             &err);
        for (size_t i = 0; i < audited.result.copies_count; i++)
            if (pb_str_is(audited.result.copies[i].entity->name, "account"))
                copies = &audited.result.copies[i];
        assert_non_null(copies);
        assert_int_equal(copies->groups, 1);
        assert_int_equal(copies->grouped, 2);
        assert_int_equal(copies->records, 3);
        assert_int_equal(copies->linked, 3);
        assert_int_equal(copies->linked_amounts.count, 2);
        assert_true(pb_str_is(copies->linked_amounts.currency[0], "EUR"));
        assert_int_equal(copies->linked_amounts.minor[0], 15000);
        assert_int_equal(copies->linked_amounts.minor[1], 7000);
        assert_int_equal(copies->source_count, 1);
        assert_true(pb_str_is(copies->sources[0].name, "accounts.csv"));
        assert_int_equal(copies->sources[0].grouped, 2);
        assert_int_equal(copies->way_count, 1);
        assert_true(pb_str_is(copies->ways[0].name, "import"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_making_a_workspace_is_its_first_event, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_entry_is_strict_and_an_audit_keeps_what_it_finds,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(test_an_audit_of_a_workspace_is_an_event, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_an_export_is_an_event_and_a_failed_one_is_none,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(test_duplicates_of_files_and_of_a_workspace_are_the_same,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(test_stopping_leaves_nothing, office_open, office_close),
        cmocka_unit_test_setup_teardown(test_what_is_there_twice_says_what_is_at_stake, office_open,
                                        office_close),
    };
    return cmocka_run_group_tests_name("service/operations", tests, NULL, NULL);
}
