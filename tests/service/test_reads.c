/* Showing records: what the log keeps of it, and that nothing is shown which it could not keep. */
#include "service_support.h"

#include "base/cbor.h"
#include "service/move.h"
#include "service/reads.h"

static const char people[] = "Contact ID,Full Name,Email,Phone\n"
                             "c1,Anna Adler,anna@example.com,\n"
                             "c2,Anna Brown,,+49 30 901820\n"
                             "c3,Carla Cross,carla@example.com,+49 30 901821\n";
static const char firms[] = "Account ID,Account Name\na1,Anna Works\n";

/* What a face was told. */
typedef struct told {
    size_t records, steps;
} told;

static pb_status take_record(void *context, const record_data *record, pb_error *err)
{
    told *t = context;
    (void)record;
    (void)err;
    t->records++;
    return PB_OK;
}

static pb_status take_step(void *context, const record_step *step, pb_error *err)
{
    told *t = context;
    (void)step;
    (void)err;
    t->steps++;
    return PB_OK;
}

static void import(office *o, db_workspace *workspace, const char *name, const char *text)
{
    pb_error err;
    exchange_plan plan = {0};
    const char *path = put(o, name, text);
    service_source source = {.paths = &path, .path_count = 1};
    must(service_import(o->service, &o->call, workspace, &source, false, false, o->arena, &plan,
                        &err),
         &err);
    assert_int_equal(plan.files[0].rejected, 0);
}

static db_workspace *workspace_with_people(office *o)
{
    db_workspace *workspace = open_workspace(o, make_workspace(o));
    import(o, workspace, "contacts.csv", people);
    import(o, workspace, "accounts.csv", firms);
    return workspace;
}

static pb_status show(office *o, db_workspace *workspace, const char *entity, const char *source_id,
                      told *t, pb_error *err)
{
    const model_entity *which = model_entity_find(service_schema(o->service), pb_str_c(entity));
    const service_view view = {take_record, take_step, t};
    db_session *session = NULL;
    pb_uuid id;
    must(db_snapshot_open(workspace, &session, err), err);
    must(record_lookup(session, which, pb_str_c(source_id), &id, err), err);
    db_snapshot_close(session);
    return service_show(&o->call, workspace, which, id, &view, o->arena, err);
}

static pb_status find(office *o, db_workspace *workspace, const char *words, told *t, pb_error *err)
{
    const service_view view = {.record = take_record, .context = t};
    return service_find(&o->call, workspace, NULL, pb_str_c(words), 2000, &view, err);
}

/* The payload of a read, in words: `entity count/ids: fields`. */
static void assert_read(const ledger_event *event, const char *expected)
{
    PB_AUTO_BUF fields = PB_BUF_INIT(65536);
    PB_AUTO_BUF all = PB_BUF_INIT(65536);
    pb_cbor in = {event->payload, 0, false};
    assert_string_equal(event->kind, "record.read");
    assert_int_equal(pb_cbor_get_map(&in), 4);
    assert_true(pb_str_is(pb_cbor_get_text(&in), "count"));
    uint64_t count = pb_cbor_get_uint(&in);
    assert_true(pb_str_is(pb_cbor_get_text(&in), "entity"));
    pb_str entity = pb_cbor_get_text(&in);
    assert_true(pb_str_is(pb_cbor_get_text(&in), "fields"));
    for (size_t left = pb_cbor_get_array(&in); left > 0; left--) {
        pb_buf_byte(&fields, ' ');
        pb_buf_add(&fields, pb_cbor_get_text(&in));
    }
    assert_true(pb_str_is(pb_cbor_get_text(&in), "records"));
    size_t ids = pb_cbor_get_array(&in);
    for (size_t left = ids; left > 0; left--)
        assert_int_equal(pb_cbor_get_bytes(&in).len, sizeof(pb_uuid));
    assert_true(pb_cbor_done(&in));
    pb_buf_printf(&all, "%.*s %zu/%zu:%s", PB_STR_FMT(entity), (size_t)count, ids,
                  pb_buf_cstr(&fields));
    assert_string_equal(pb_buf_cstr(&all), expected);
}

/* shows: PRI-3 PRI-7 */
static void test_a_read_leaves_the_fields_shown(void **state)
{
    office *o = *state;
    pb_error err;
    told t = {0};
    ledger_event event;
    db_workspace *workspace = workspace_with_people(o);
    uint64_t before = last_event(o, workspace, &event);
    must(show(o, workspace, "contact", "c1", &t, &err), &err);
    assert_int_equal(t.records, 1);
    assert_int_equal(t.steps, 1);
    assert_int_equal(last_event(o, workspace, &event), before + 1);
    assert_read(&event, "contact 1/1: full_name email");
    assert_true(pb_str_is(event.actor.name, "tester"));
    assert_true(pb_str_empty(event.entity)); /* no step in the record's history */
    /* two contacts and an account: one event, the account's name is nobody's */
    must(find(o, workspace, "anna", &t, &err), &err);
    assert_int_equal(t.records, 4);
    assert_int_equal(last_event(o, workspace, &event), before + 2);
    assert_read(&event, "contact 2/2: full_name email phone");
    ledger_report report;
    must(service_verify(o->service, &o->call, workspace, &report, &err), &err);
    db_workspace_close(workspace);
}

/* shows: PRI-3 */
static void test_what_shows_nothing_personal_leaves_nothing(void **state)
{
    office *o = *state;
    pb_error err;
    told t = {0};
    ledger_event event;
    db_workspace *workspace = workspace_with_people(o);
    uint64_t before = last_event(o, workspace, &event);
    must(find(o, workspace, "nobody", &t, &err), &err);
    assert_int_equal(t.records, 0);
    must(show(o, workspace, "account", "a1", &t, &err), &err);
    assert_int_equal(t.records, 1);
    assert_int_equal(last_event(o, workspace, &event), before);
    db_workspace_close(workspace);
}

static pb_status clear_phone(db_session *session, void *context, pb_error *err)
{
    const office *o = context;
    const model_entity *contact = model_entity_find(service_schema(o->service), PB_STR("contact"));
    const record_input input = {model_field_find(contact, PB_STR("phone")), PB_STR(""), NULL};
    record_writer *writer = NULL;
    pb_uuid id;
    PB_TRY(record_lookup(session, contact, PB_STR("c3"), &id, err));
    PB_TRY(record_writer_open(session, o->call.actor, o->call.now_us, RECORD_STRICT, &writer, err));
    pb_status status = record_change(writer, contact, id, 0, &input, 1, NULL, NULL, err);
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    return status;
}

/* A value that was taken away is still shown by the history, and not by a search. */
/* shows: PRI-3 REC-7 */
static void test_history_is_shown_too(void **state)
{
    office *o = *state;
    pb_error err;
    told t = {0};
    ledger_event event;
    db_workspace *workspace = workspace_with_people(o);
    must(db_write(workspace, clear_phone, o, &err), &err);
    must(show(o, workspace, "contact", "c3", &t, &err), &err);
    assert_int_equal(t.steps, 2);
    last_event(o, workspace, &event);
    assert_read(&event, "contact 1/1: full_name email phone");
    must(find(o, workspace, "carla", &t, &err), &err);
    last_event(o, workspace, &event);
    assert_read(&event, "contact 1/1: full_name email");
    db_workspace_close(workspace);
}

/* shows: ACC-4 PRI-3 */
static void test_what_cannot_be_logged_is_no_success(void **state)
{
    office *o = *state;
    pb_error err = {0};
    told t = {0};
    ledger_event event;
    db_workspace *workspace = workspace_with_people(o);
    uint64_t before = last_event(o, workspace, &event);
    pb_str name = o->call.actor.name;
    o->call.actor.name = PB_STR("\xff");
    assert_int_equal(show(o, workspace, "contact", "c1", &t, &err), PB_INVALID);
    assert_non_null(err.hint.id);
    assert_int_equal(find(o, workspace, "anna", &t, &err), PB_INVALID);
    must(find(o, workspace, "nobody", &t, &err), &err);
    o->call.actor.name = name;
    assert_int_equal(last_event(o, workspace, &event), before);
    db_workspace_close(workspace);
}

/* shows: INT-6 PRI-3 */
static void test_a_workspace_moved_away_is_read_without_events(void **state)
{
    office *o = *state;
    pb_error err;
    told t = {0};
    ledger_event event;
    service_moved moved;
    db_workspace *workspace = workspace_with_people(o);
    must(service_move(o->service, &o->call, workspace, place(o, "there"), o->arena, &moved, &err),
         &err);
    uint64_t before = last_event(o, workspace, &event);
    must(show(o, workspace, "contact", "c1", &t, &err), &err);
    must(find(o, workspace, "anna", &t, &err), &err);
    assert_int_equal(t.records, 4);
    assert_int_equal(last_event(o, workspace, &event), before);
    db_workspace_close(workspace);
    workspace = open_workspace(o, place(o, "there"));
    must(show(o, workspace, "contact", "c1", &t, &err), &err);
    assert_int_equal(last_event(o, workspace, &event), before + 1);
    db_workspace_close(workspace);
}

/* shows: ACC-4 */
static void test_of_many_records_all_are_named(void **state)
{
    office *o = *state;
    pb_error err;
    told t = {0};
    ledger_event event;
    PB_AUTO_BUF csv = PB_BUF_INIT(1 << 20);
    db_workspace *workspace = open_workspace(o, make_workspace(o));
    pb_buf_addc(&csv, "Contact ID,Full Name,Email\n");
    for (int i = 0; i < 300; i++)
        pb_buf_printf(&csv, "c%d,Anna Adler,anna%d@example.com\n", i, i);
    import(o, workspace, "contacts.csv", pb_buf_cstr(&csv));
    must(find(o, workspace, "anna", &t, &err), &err);
    last_event(o, workspace, &event);
    assert_read(&event, "contact 300/300: full_name email");
    db_workspace_close(workspace);
}

static const audit_finding *unread(office *o, const char *path, int64_t as_of_days)
{
    pb_error err;
    service_audit_result *result = pb_arena_alloc(o->arena, sizeof *result);
    service_source source = {.paths = &path, .path_count = 1, .key = o->key};
    must(service_audit(o->service, &o->call, &source, NULL, as_of_days, o->arena, result, &err),
         &err);
    for (size_t i = 0; i < result->result.finding_count; i++)
        if (pb_str_is(result->result.findings[i].control->id, "COM-UNREAD-FIELD/contact"))
            return &result->result.findings[i];
    fail_msg("the control was not asked");
    return NULL;
}

/* The reads of the operations are those the control asks for. */
/* shows: PRI-3 REC-6 AUD-3 */
static void test_the_audit_knows_what_nobody_reads(void **state)
{
    office *o = *state;
    pb_error err;
    told t = {0};
    const int64_t day = o->call.now_us / (INT64_C(86400) * 1000000);
    db_workspace *workspace = workspace_with_people(o);
    char *path = place(o, "w");
    assert_int_equal(unread(o, path, day)->outcome, AUDIT_NOT_APPLICABLE);
    must(show(o, workspace, "contact", "c2", &t, &err), &err);
    db_workspace_close(workspace);
    assert_int_equal(unread(o, path, day + 365)->outcome, AUDIT_NOT_APPLICABLE);
    workspace = open_workspace(o, path);
    o->call.now_us += INT64_C(400) * 86400 * 1000000;
    must(show(o, workspace, "contact", "c1", &t, &err), &err);
    db_workspace_close(workspace);
    const audit_finding *finding = unread(o, path, day + 400);
    assert_int_equal(finding->outcome, AUDIT_FAIL);
    assert_int_equal(finding->population, 3);
    assert_int_equal(finding->failing, 1);
    assert_true(pb_str_is(finding->failures[0].field, "phone"));
    assert_true(pb_str_is(finding->failures[0].value, "2"));
    assert_true(pb_str_is(finding->failures[0].other, "2025-06-15"));
    finding = unread(o, put(o, "contacts.csv", people), day + 400);
    assert_int_equal(finding->outcome, AUDIT_NOT_APPLICABLE);
    assert_true(pb_str_find(finding->reason, PB_STR("is an export")) != SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_read_leaves_the_fields_shown, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_what_shows_nothing_personal_leaves_nothing,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(test_history_is_shown_too, office_open, office_close),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_logged_is_no_success, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_a_workspace_moved_away_is_read_without_events,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(test_of_many_records_all_are_named, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_the_audit_knows_what_nobody_reads, office_open,
                                        office_close),
    };
    return cmocka_run_group_tests_name("service/reads", tests, NULL, NULL);
}
