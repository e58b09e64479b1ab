/* What comes in many at once, imports and undoings of any size, is judged for duplicates as a
 * whole; records that were merged away and come again; merges of many links that are stopped. */
#include "review_support.h"
#include "service/merge.h"

enum { LARGE = 9000, FEW = 200, LINKS = 700 };

/* A file of LARGE different persons, the last of whom is also the sixth. */
static char *large_file(office *o)
{
    PB_AUTO_BUF text = PB_BUF_INIT(8 << 20);
    pb_buf_addc(&text, "Contact ID,Full Name,Email,Phone\n");
    for (int i = 0; i < LARGE; i++)
        pb_buf_printf(&text, "c%d,Person%c%c%c Family%c%c,person%d@example-company.org,+4930%07d\n",
                      i, 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676 % 26, 'a' + i % 17,
                      'a' + i % 13, i, 2000000 + i * 37);
    pb_buf_addc(&text, "x1,Personfaa Familyff,person5@example-company.org,+49302000185\n");
    return put(o, "contacts.csv", pb_buf_cstr(&text));
}

/* A file that is large because of its remarks: strangers to all, but the last is the seventh of the
 * large file. */
static char *long_file(office *o)
{
    PB_AUTO_BUF text = PB_BUF_INIT(8 << 20);
    pb_buf_addc(&text, "Contact ID,Full Name,Email,Phone,Description\n");
    for (int i = 0; i < FEW; i++) {
        pb_buf_printf(&text, "d%d,Zoltan%c%c Novak%c,zoltan%d@other-company.net,+4940%07d,", i,
                      'a' + i % 26, 'a' + i / 26 % 26, 'a' + i % 11, i, 3000000 + i * 41);
        for (int k = 0; k < 250; k++)
            pb_buf_addc(&text, "met at a fair ");
        pb_buf_addc(&text, "\n");
    }
    pb_buf_addc(&text, "x2,Persongaa Familygg,person6@example-company.org,+49302000222,\n");
    return put(o, "more.csv", pb_buf_cstr(&text));
}

static bool is_queued(office *o, db_workspace *workspace, const char *a, const char *b,
                      record_pair *ret_pair)
{
    pb_error err;
    pb_uuid left, right;
    db_session *session = NULL;
    ids_of(o, workspace, a, b, &left, &right);
    must(db_snapshot_open(workspace, &session, &err), &err);
    pb_status status =
        record_review_find(session, contact_of(o), left, right, o->arena, ret_pair, &err);
    db_snapshot_close(session);
    return status == PB_OK;
}

static uint64_t learned_rows(office *o, db_workspace *workspace, const char *a, const char *b)
{
    pb_error err;
    pb_uuid left, right;
    record_waterfall fall;
    db_session *session = NULL;
    ids_of(o, workspace, a, b, &left, &right);
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(record_review_explain(session, contact_of(o), left, right, o->arena, &fall, &err), &err);
    db_snapshot_close(session);
    return fall.learned_rows;
}

/* Whatever its size, an import leaves nothing to a second command: all rows are compared when they
 * are there, and what was learned is kept for the gate; few among many are compared one by one. */
/* shows: DQ-4 */
static void test_a_large_import_is_judged_as_a_whole(void **state)
{
    office *o = *state;
    pb_error err;
    ledger_event event;
    record_pair pair;
    const char *path = make_workspace(o);
    db_workspace *workspace = open_workspace(o, path);
    exchange_plan plan = import(o, workspace, large_file(o), NULL);
    assert_int_equal(plan.judged_count, 1);
    assert_true(plan.judged[0].together);
    assert_int_equal(plan.judged[0].records, LARGE + 1);
    assert_int_equal(plan.judged[0].among, LARGE + 1);
    assert_int_equal(plan.judged[0].learned, LARGE + 1);
    assert_int_equal(plan.suspected, 1);
    assert_int_equal(plan.judged[0].pairs, 1);
    assert_true(is_queued(o, workspace, "c5", "x1", &pair));
    assert_true(pb_str_is(pair.by, "import"));
    assert_int_equal(pair.run, plan.run);
    last_event(o, workspace, &event);
    assert_string_equal(event.kind, "match.learned");
    assert_int_equal(learned_rows(o, workspace, "c5", "x1"), LARGE + 1);

    plan = import(o, workspace, long_file(o), NULL);
    assert_int_equal(plan.judged_count, 1);
    assert_false(plan.judged[0].together);
    assert_int_equal(plan.judged[0].records, FEW + 1);
    assert_int_equal(plan.judged[0].among, LARGE + FEW + 2);
    assert_int_equal(plan.judged[0].learned, LARGE + 1);
    assert_true(is_queued(o, workspace, "c6", "x2", &pair));
    assert_int_equal(pair.run, plan.run);
    assert_int_equal(plan.suspected, 1);
    assert_int_equal(waiting(workspace), 2);
    ledger_report report;
    must(service_verify(o->service, &o->call, workspace, &report, &err), &err);
    db_workspace_close(workspace);
}

/* shows: DQ-4 */
static void test_a_rehearsal_of_a_large_import_keeps_nothing(void **state)
{
    office *o = *state;
    pb_error err;
    ledger_event event;
    exchange_plan plan = {0};
    const char *file = large_file(o);
    const service_source source = {.paths = &file, .path_count = 1};
    db_workspace *workspace = open_workspace(o, make_workspace(o));
    uint64_t size = last_event(o, workspace, &event);
    must(service_import(o->service, &o->call, workspace, &source, true, false, o->arena, &plan,
                        &err),
         &err);
    assert_int_equal(plan.suspected, 1);
    assert_int_equal(waiting(workspace), 0);
    assert_int_equal(last_event(o, workspace, &event), size);
    db_workspace_close(workspace);
}

static bool stop_comparing(void *context, const char *stage, const char *what, uint64_t done,
                           uint64_t total)
{
    (void)what;
    (void)done;
    (void)total;
    bool comparing = strcmp(stage, "Comparing") == 0;
    *(bool *)context = *(bool *)context || comparing;
    return comparing;
}

/* shows: DQ-4 */
static void test_an_import_stopped_while_it_is_judged_leaves_nothing(void **state)
{
    office *o = *state;
    pb_error err;
    bool seen = false;
    exchange_plan plan = {0};
    const char *file = large_file(o);
    const service_source source = {.paths = &file, .path_count = 1};
    db_workspace *workspace = open_workspace(o, make_workspace(o));
    service_call call = o->call;
    call.progress = stop_comparing;
    call.context = &seen;
    assert_int_equal(
        service_import(o->service, &call, workspace, &source, false, false, o->arena, &plan, &err),
        PB_CANCELLED);
    assert_true(seen);
    assert_int_equal(count_records(o, workspace, "contact"), 0);
    db_workspace_close(workspace);
}

/* The same records teach the same weights: they are kept once. */
/* shows: DQ-4 AUD-1 */
static void test_a_search_keeps_what_it_learned_once(void **state)
{
    office *o = *state;
    pb_error err;
    ledger_event event;
    service_duplicates *lists;
    size_t count;
    const char *path = make_workspace(o);
    const service_gate ignore = {.duplicates = RECORD_DUPLICATES_IGNORE};
    const service_source source = {.paths = &path, .path_count = 1, .key = o->key};
    db_workspace *workspace = open_workspace(o, path);
    exchange_plan plan = import(o, workspace, large_file(o), &ignore);
    assert_int_equal(plan.judged_count, 0);
    assert_int_equal(waiting(workspace), 0);
    assert_int_equal(learned_rows(o, workspace, "c5", "x1"), 0);
    db_workspace_close(workspace);
    for (int round = 0; round < 2; round++) {
        must(service_find_duplicates(o->service, &o->call, &source, PB_STR_NONE, 0, o->arena,
                                     &lists, &count, &err),
             &err);
        assert_int_equal(count, 1);
        assert_true(lists[0].kept == (round == 0));
        assert_false(lists[0].unkept);
        assert_true(lists[0].threshold == MODEL_DUPLICATE_FIND);
        assert_int_equal(lists[0].result.pair_count, 1);
    }
    workspace = open_workspace(o, path);
    last_event(o, workspace, &event);
    assert_string_equal(event.kind, "match.learned");
    assert_int_equal(event.at_us, o->call.now_us);
    assert_int_equal(learned_rows(o, workspace, "c5", "x1"), LARGE + 1);
    db_workspace_close(workspace);
}

/* What an undoing brings back is compared, however much it is. */
/* shows: DQ-4 REC-5 */
static void test_an_undoing_is_judged_wholly(void **state)
{
    office *o = *state;
    pb_error err;
    service_undone undone;
    record_pair pair;
    const service_gate ignore = {.duplicates = RECORD_DUPLICATES_IGNORE};
    db_workspace *workspace = open_workspace(o, make_workspace(o));
    exchange_plan plan = import(o, workspace, large_file(o), &ignore);
    must(service_undo(&o->call, workspace, plan.run, false, o->arena, &undone, &err), &err);
    assert_int_equal(undone.judged, 0);
    import(o, workspace,
           put(o, "c7.csv",
               "Contact ID,Full Name,Email,Phone\n"
               "y7,Personhaa Familyhh,person7@example-company.org,+49302000259\n"),
           NULL);
    must(service_undo(&o->call, workspace, undone.number, false, o->arena, &undone, &err), &err);
    assert_int_equal(undone.counts.restored, LARGE + 1);
    assert_int_equal(undone.judged, LARGE + 1);
    assert_int_equal(undone.suspected, 2);
    assert_true(is_queued(o, workspace, "c5", "x1", &pair));
    assert_true(pb_str_is(pair.by, "undo"));
    assert_true(is_queued(o, workspace, "c7", "y7", &pair));
    assert_int_equal(waiting(workspace), 2);
    db_workspace_close(workspace);
}

static bool city_is(office *o, db_workspace *workspace, const char *name, const char *city)
{
    pb_error err;
    pb_uuid id, other;
    record_data record;
    db_session *session = NULL;
    ids_of(o, workspace, name, "c2", &id, &other);
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(record_read(session, contact_of(o), id, o->arena, &record, &err), &err);
    db_snapshot_close(session);
    pb_value value = record.values[model_field_find(contact_of(o), PB_STR("city"))->index];
    return value.kind == PB_TEXT ? pb_str_is(value.as.s, city) : *city == '\0';
}

/* The source goes on sending a record that was merged away here. */
/* shows: DQ-4 REC-7 */
static void test_an_import_of_a_record_merged_away_changes_the_survivor(void **state)
{
    office *o = *state;
    pb_error err;
    service_undone undone;
    service_merged merged;
    db_workspace *workspace = open_workspace(o, make_workspace(o));
    import(o, workspace, put(o, "contacts.csv", few), NULL);
    const service_merge_ask ask = {.entity = contact_of(o),
                                   .names = (const char *const[]){"c1", "c3"},
                                   .name_count = 2,
                                   .into = "c1"};
    must(service_merge(&o->call, workspace, &ask, o->arena, &merged, &err), &err);
    exchange_plan plan =
        import(o, workspace,
               put(o, "later.csv",
                   "Contact ID,Full Name,Email,Phone,Birth Date,City\n"
                   "c3,Anabel Weberknecht,annabel@nordlicht.de,,1980-03-14,Kiel\n"
                   "c9,Wladimir Quast,quast@example.net,+493023122311,1955-05-05,Mainz\n"),
               NULL);
    assert_int_equal(plan.files[0].rows, 2);
    assert_int_equal(plan.files[0].imported, 1);
    assert_int_equal(plan.files[0].led, 1);
    assert_int_equal(plan.files[0].rejected, 0);
    assert_true(plan.files[0].proved);
    assert_int_equal(count_records(o, workspace, "contact"), 3);
    assert_true(city_is(o, workspace, "c3", "Kiel"));
    must(service_undo(&o->call, workspace, plan.run, false, o->arena, &undone, &err), &err);
    assert_int_equal(undone.counts.deleted, 1);
    assert_int_equal(undone.counts.changed, 1);
    assert_true(city_is(o, workspace, "c1", ""));
    db_workspace_close(workspace);
}

/* Stops when so many links were moved; counts how often it was asked. */
typedef struct stopping {
    uint64_t at, told;
} stopping;

static bool stop_moving(void *context, const char *stage, const char *what, uint64_t done,
                        uint64_t total)
{
    stopping *s = context;
    (void)what;
    bool moving = strcmp(stage, "Moving links") == 0;
    assert_true(!moving || done < total);
    s->told += moving;
    return moving && done >= s->at;
}

static pb_status count_run(void *context, const record_run_info *run, pb_error *err)
{
    (void)run;
    (void)err;
    (*(size_t *)context)++;
    return PB_OK;
}

static size_t runs_of(db_workspace *workspace)
{
    pb_error err;
    size_t count = 0;
    must(service_runs(workspace, count_run, &count, &err), &err);
    return count;
}

/* Many links to one record: told how far it is, and stopped half-way nothing of it is left. */
/* shows: DQ-4 */
static void test_a_merge_that_is_stopped_leaves_nothing(void **state)
{
    office *o = *state;
    pb_error err;
    service_merged merged;
    service_unmerged parted;
    ledger_report report;
    stopping stop = {.at = 512};
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    const service_gate ignore = {.duplicates = RECORD_DUPLICATES_IGNORE};
    db_workspace *workspace = open_workspace(o, make_workspace(o));
    import(o, workspace,
           put(o, "accounts.csv",
               "Account ID,Account Name,City,Country\nA1,Acme Works GmbH,Berlin,DE\n"
               "A2,Acme Works,Berlin,DE\n"),
           &ignore);
    pb_buf_addc(&text, "Contact ID,Full Name,Email,Account ID\n");
    for (int i = 0; i < LINKS; i++)
        pb_buf_printf(&text, "c%d,Person%c Family%c,p%d@example.org,A2\n", i, 'a' + i % 26,
                      'a' + i % 17, i);
    import(o, workspace, put(o, "contacts.csv", pb_buf_cstr(&text)), &ignore);
    size_t runs = runs_of(workspace);
    service_merge_ask ask = {.entity =
                                 model_entity_find(service_schema(o->service), PB_STR("account")),
                             .names = (const char *const[]){"A1", "A2"},
                             .name_count = 2,
                             .into = "A1"};
    service_call call = o->call;
    call.progress = stop_moving;
    call.context = &stop;
    assert_int_equal(service_merge(&call, workspace, &ask, o->arena, &merged, &err), PB_CANCELLED);
    assert_int_equal(stop.told, 3); /* 0, 256, 512 */
    assert_int_equal(runs_of(workspace), runs);
    assert_int_equal(count_records(o, workspace, "account"), 2);
    stop = (stopping){.at = UINT64_MAX};
    must(service_merge(&call, workspace, &ask, o->arena, &merged, &err), &err);
    assert_int_equal(merged.counts.links, LINKS);
    assert_int_equal(count_records(o, workspace, "account"), 1);
    stop = (stopping){.at = 512};
    assert_int_equal(
        service_unmerge(&call, workspace, ask.entity, "A1", false, o->arena, &parted, &err),
        PB_CANCELLED);
    assert_int_equal(count_records(o, workspace, "account"), 1);
    assert_int_equal(runs_of(workspace), runs + 1);
    stop = (stopping){.at = UINT64_MAX};
    must(service_unmerge(&call, workspace, ask.entity, "A1", false, o->arena, &parted, &err), &err);
    assert_int_equal(parted.counts.links, LINKS);
    must(service_verify(o->service, &o->call, workspace, &report, &err), &err);
    db_workspace_close(workspace);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, office_open, office_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_large_import_is_judged_as_a_whole),
        TEST(test_a_rehearsal_of_a_large_import_keeps_nothing),
        TEST(test_an_import_stopped_while_it_is_judged_leaves_nothing),
        TEST(test_a_search_keeps_what_it_learned_once),
        TEST(test_an_undoing_is_judged_wholly),
        TEST(test_an_import_of_a_record_merged_away_changes_the_survivor),
        TEST(test_a_merge_that_is_stopped_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
