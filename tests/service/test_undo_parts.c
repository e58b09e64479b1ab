/* A run is taken back in parts: others write in between, one that was cut off is gone on with, and
 * a rehearsal keeps nobody waiting and keeps nothing. */
#include "asked.h"
#include "service_support.h"

enum { PEOPLE = 400 };

typedef struct trial {
    office *o;
    db_workspace *workspace;
    int asked, stops_at; /* how often it was asked whether to stop; 0: never */
} trial;

static pb_status change_city(db_session *session, void *context, pb_error *err)
{
    trial *t = context;
    pb_uuid id;
    record_writer *writer = NULL;
    const model_entity *contact =
        model_entity_find(service_schema(t->o->service), PB_STR("contact"));
    const record_input input = {model_field_find(contact, PB_STR("city")), PB_STR("Ulm"), NULL};
    PB_TRY(record_lookup(session, contact, PB_STR("N-10"), &id, err));
    PB_TRY(record_writer_open(session, t->o->call.actor, t->o->call.now_us + 1, RECORD_STRICT,
                              &writer, err));
    pb_status status = record_change(writer, contact, id, 0, &input, 1, NULL, NULL, err);
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    return status;
}

static bool stop(void *context, const char *stage, const char *what, uint64_t done, uint64_t total)
{
    trial *t = context;
    (void)stage;
    (void)what;
    (void)done;
    (void)total;
    return ++t->asked == t->stops_at;
}

static pb_status import(trial *t, exchange_plan *plan, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    pb_buf_addc(&text, "Contact ID,Full Name,Email\n");
    for (int i = 1; i <= PEOPLE; i++)
        pb_buf_printf(&text, "N-%d,Person %d,p%d@example.org\n", i, i, i);
    const char *path = put(t->o, "people.csv", pb_buf_cstr(&text));
    const service_source source = {.paths = &path, .path_count = 1};
    return service_import(t->o->service, &t->o->call, t->workspace, &source, false, false,
                          t->o->arena, plan, err);
}

static trial begin(office *o)
{
    trial t = {.o = o};
    pb_error err = {0};
    exchange_plan plan;
    t.workspace = open_workspace(o, make_workspace(o));
    must(import(&t, &plan, &err), &err);
    return t;
}

static pb_status undo(trial *t, int64_t run, bool dry_run, int stops_at, service_undone *undone,
                      pb_error *err)
{
    service_call call = t->o->call;
    t->asked = 0;
    t->stops_at = stops_at;
    call.progress = stop;
    call.context = t;
    return service_undo(&call, t->workspace, run, dry_run, t->o->arena, undone, err);
}

static int64_t people(const trial *t)
{
    return asked_number(t->workspace, "SELECT COUNT(*) FROM contact");
}

static int64_t of_kind(const trial *t, const char *kind)
{
    return asked_number(
        t->workspace,
        pb_arena_printf(t->o->arena, "SELECT COUNT(*) FROM t_import_run WHERE kind = '%s'", kind));
}

static void must_verify(trial *t)
{
    pb_error err = {0};
    ledger_report report;
    must(service_verify(t->o->service, &t->o->call, t->workspace, &report, &err), &err);
}

/* shows: INT-5 REC-1 PER-2 */
static void test_one_that_was_cut_off_is_gone_on_with(void **state)
{
    trial t = begin(*state);
    pb_error err = {0};
    service_undone undone;
    exchange_plan plan;
    assert_int_equal(undo(&t, 1, false, 4, &undone, &err), PB_CANCELLED);
    assert_string_equal(err.primary.id, "Run {run} is taken back in part only");
    assert_non_null(err.hint.id);
    int64_t left = people(&t);
    assert_in_range(left, 1, PEOPLE - 1);
    assert_int_equal(of_kind(&t, "undoing"), 1);
    must_verify(&t);
    /* the file does not come in beside what is left of it, and the undoing is no run to take back
     */
    assert_int_not_equal(import(&t, &plan, &err), PB_OK);
    assert_int_equal(undo(&t, 2, false, 0, &undone, &err), PB_CONFLICT);
    assert_int_equal(people(&t), left);
    must(db_write(t.workspace, change_city, &t, &err), &err);
    must(undo(&t, 1, false, 0, &undone, &err), &err);
    assert_int_equal(undone.counts.deleted, left - 1);
    assert_int_equal(undone.counts.kept, 1);
    assert_string_equal(undone.kept[0].says.ptr, "The record was worked on since");
    assert_int_equal(people(&t), 1);
    assert_int_equal(of_kind(&t, "undoing"), 0);
    assert_int_equal(of_kind(&t, "undo"), 1);
    assert_int_equal(undo(&t, 1, false, 0, &undone, &err), PB_CONFLICT);
    must_verify(&t);
    /* taken back itself, all of its parts are */
    t.o->call.now_us += 1000000;
    must(undo(&t, 2, false, 0, &undone, &err), &err);
    assert_int_equal(people(&t), PEOPLE);
    must_verify(&t);
    db_workspace_close(t.workspace);
}

/* shows: INT-5 PER-2 */
static void test_a_rehearsal_tells_the_same_and_keeps_nothing(void **state)
{
    trial t = begin(*state);
    pb_error err = {0};
    service_undone undone, done;
    ledger_event event;
    must(db_write(t.workspace, change_city, &t, &err), &err);
    uint64_t events = last_event(t.o, t.workspace, &event);
    must(undo(&t, 1, true, 0, &undone, &err), &err);
    assert_int_equal(undone.counts.deleted, PEOPLE - 1);
    assert_int_equal(undone.kept_count, 1);
    assert_int_equal(last_event(t.o, t.workspace, &event), events);
    assert_int_equal(undo(&t, 1, true, 4, &undone, &err), PB_CANCELLED);
    assert_int_equal(last_event(t.o, t.workspace, &event), events);
    must(undo(&t, 1, false, 0, &done, &err), &err);
    assert_int_equal(done.counts.deleted, PEOPLE - 1);
    assert_int_equal(done.kept_count, 1);
    assert_int_equal(people(&t), 1);
    db_workspace_close(t.workspace);
}

/* How rows that link by a field are looked for (SQLite), or whether an index begins with it. */
static bool by_index(const trial *t, const model_field *field)
{
    pb_arena *arena = t->o->arena;
    if (!on_postgres()) {
        pb_str way =
            asked_column(t->workspace, arena, 3,
                         pb_arena_printf(arena,
                                         "EXPLAIN QUERY PLAN SELECT n FROM t_%.*s WHERE "
                                         "\"%.*s_id\" = x'00' AND deleted = 0 ORDER BY n",
                                         PB_STR_FMT(field->entity->name), PB_STR_FMT(field->name)));
        return pb_str_starts(way, PB_STR("SEARCH"));
    }
    return asked_number(t->workspace,
                        pb_arena_printf(arena,
                                        "SELECT COUNT(*) FROM pg_indexes WHERE schemaname = "
                                        "current_schema() AND tablename = 't_%.*s' AND indexdef "
                                        "LIKE '%%btree (%.*s_id%%'",
                                        PB_STR_FMT(field->entity->name), PB_STR_FMT(field->name))) >
           0;
}

/* Else each record that goes would cost a walk through all that could link to it.
 * shows: INT-5 REC-1 */
static void test_what_links_to_a_record_is_found_by_an_index(void **state)
{
    trial t = begin(*state);
    const model_schema *schema = service_schema(t.o->service);
    size_t links = 0;
    for (size_t i = 0; i < schema->entity_count; i++)
        for (size_t k = 0; k < schema->entities[i].field_count; k++) {
            const model_field *field = &schema->entities[i].fields[k];
            if (field->type != MODEL_LINK)
                continue;
            if (!by_index(&t, field))
                fail_msg("%.*s.%.*s has none", PB_STR_FMT(field->entity->name),
                         PB_STR_FMT(field->name));
            links++;
        }
    assert_true(links > 40);
    db_workspace_close(t.workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_links_to_a_record_is_found_by_an_index,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(test_one_that_was_cut_off_is_gone_on_with, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_a_rehearsal_tells_the_same_and_keeps_nothing,
                                        office_open, office_close),
    };
    return cmocka_run_group_tests_name("service/undo_parts", tests, NULL, NULL);
}
