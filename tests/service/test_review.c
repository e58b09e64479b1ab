/* The gate on every way in, and the review: what is found, what is refused, what is told to whom,
 * what lasts, and what decisions say of the search. */
#include "service/merge.h"
#include "service/review.h"

#include <math.h>

#include "service_support.h"

enum { LARGE = 9000, FEW = 200 };

static const char few[] = "Contact ID,Full Name,Email,Phone,Birth Date\n"
                          "c1,Annabel Weberknecht,annabel@nordlicht.de,+493023122340,1980-03-14\n"
                          "c2,Dschingis Okonjo,okonjo@example.org,+493023122399,1961-11-02\n"
                          "c3,Anabel Weberknecht,annabel@nordlicht.de,,1980-03-14\n";

static exchange_plan import(office *o, db_workspace *workspace, const char *path,
                            const service_gate *gate)
{
    pb_error err;
    exchange_plan plan = {0};
    service_source source = {.paths = &path, .path_count = 1, .gate = gate, .again = true};
    o->call.now_us += 1000000;
    must(service_import(o->service, &o->call, workspace, &source, false, false, o->arena, &plan,
                        &err),
         &err);
    return plan;
}

static uint64_t waiting(db_workspace *workspace)
{
    pb_error err;
    uint64_t counts[4];
    must(service_review_count(workspace, NULL, counts, &err), &err);
    return counts[RECORD_OPEN];
}

static const model_entity *contact_of(office *o)
{
    return model_entity_find(service_schema(o->service), PB_STR("contact"));
}

/* Ids of two contacts by their source ids. */
static void ids_of(office *o, db_workspace *workspace, const char *a, const char *b, pb_uuid *ret_a,
                   pb_uuid *ret_b)
{
    pb_error err;
    const model_entity *entity = NULL;
    must(service_review_names(workspace, contact_of(o), pb_str_c(a), pb_str_c(b), &entity, ret_a,
                              ret_b, &err),
         &err);
    assert_ptr_equal(entity, contact_of(o));
}

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
    must(service_merge(o->service, &o->call, workspace, &ask, o->arena, &merged, &err), &err);
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
    assert_false(entered.hidden);
    assert_true(pb_str_is(entered.likely[0].called, "c1") ||
                pb_str_is(entered.likely[0].called, "c3"));
    entry.gate = (record_gate){
        .what = RECORD_DUPLICATES_REFUSE, .may_see = sees_nothing, .ask = PB_STR("data steward")};
    uint64_t before = count_records(o, workspace, "contact");
    assert_int_equal(service_enter(&o->call, workspace, &entry, o->arena, &entered, &err),
                     PB_INVALID);
    assert_int_equal(count_records(o, workspace, "contact"), before);
    assert_int_equal(entered.likely_count, 0);
    assert_true(entered.hidden);
    assert_int_equal(entered.problem_count, 1);
    assert_true(pb_str_is(entered.problems[0].value, "data steward"));
    PB_AUTO_BUF said = PB_BUF_INIT(65536);
    pb_error_render(&err, &err.primary, NULL, &said);
    pb_error_render(&err, &err.detail, NULL, &said);
    pb_error_render(&err, &err.hint, NULL, &said);
    assert_non_null(strstr(pb_buf_cstr(&said), "data steward"));
    assert_null(strstr(pb_buf_cstr(&said), "c1"));
    assert_null(strstr(pb_buf_cstr(&said), "Weberknecht"));
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
        cmocka_unit_test_setup_teardown(test_a_large_import_is_judged_as_a_whole, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_a_rehearsal_of_a_large_import_keeps_nothing,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(test_an_import_stopped_while_it_is_judged_leaves_nothing,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(test_a_search_keeps_what_it_learned_once, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_an_undoing_is_judged_wholly, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_an_import_of_a_record_merged_away_changes_the_survivor,
                                        office_open, office_close),
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
