/* An import of many parts that ends half-way: what it wrote is taken back, and what others did to
 * it meanwhile is kept and told. */
#include "asked.h"
#include "service_support.h"

enum { PEOPLE = 400 };

typedef struct trial {
    office *o;
    db_workspace *workspace;
    int parts;
    bool meddles; /* somebody works on a record of the first part */
} trial;

static char *people(office *o)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    pb_buf_addc(&text, "Contact ID,Full Name,Email\n");
    for (int i = 1; i <= PEOPLE; i++)
        pb_buf_printf(&text, "N-%d,Person %d,p%d@example.org\n", i, i, i);
    return put(o, "people.csv", pb_buf_cstr(&text));
}

static pb_status meddle(db_session *session, void *context, pb_error *err)
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

static pb_status each(void *context, const exchange_told *told, pb_error *err)
{
    (void)context;
    (void)told;
    (void)err;
    return PB_OK;
}

static pb_status part(void *context, bool kept, pb_error *err)
{
    trial *t = context;
    t->parts += kept;
    return kept && t->parts == 1 && t->meddles ? db_write(t->workspace, meddle, t, err) : PB_OK;
}

static bool stop_after_two(void *context, const char *stage, const char *what, uint64_t done,
                           uint64_t total)
{
    (void)stage;
    (void)what;
    (void)done;
    (void)total;
    return ((const trial *)context)->parts >= 2;
}

static void import(trial *t, pb_error *err)
{
    const char *path = people(t->o);
    const service_bringing bring = {
        .mode = RECORD_MODE_CREATE, .sliced = true, .each = each, .slice = part, .context = t};
    const service_source source = {.paths = &path, .path_count = 1, .bring = &bring};
    service_call call = t->o->call;
    exchange_plan plan;
    call.progress = stop_after_two;
    call.context = t;
    assert_int_equal(service_import(t->o->service, &call, t->workspace, &source, false, false,
                                    t->o->arena, &plan, err),
                     PB_CANCELLED);
}

static const char *said(const pb_error *err, const pb_msg *part_of, pb_buf *out)
{
    pb_buf_clear(out);
    pb_error_render(err, part_of, NULL, out);
    return pb_buf_cstr(out);
}

static void stop(office *o, bool meddles, const char *detail)
{
    PB_AUTO_BUF out = PB_BUF_INIT(4096);
    trial t = {.o = o, .meddles = meddles};
    pb_error err = {0};
    t.workspace = open_workspace(o, make_workspace(o));
    import(&t, &err);
    assert_string_equal(said(&err, &err.primary, &out), "The import was stopped");
    assert_string_equal(said(&err, &err.detail, &out), detail);
    assert_int_equal(asked_number(t.workspace, "SELECT COUNT(*) FROM contact"), meddles);
    db_workspace_close(t.workspace);
}

/* shows: INT-1 INT-5 REC-1 */
static void test_a_stopped_import_leaves_nothing_and_says_so(void **state)
{
    stop(*state, false, "What it had written was taken back: nothing was kept.");
}

/* shows: INT-1 INT-5 REC-1 */
static void test_what_others_worked_on_stays_and_is_told(void **state)
{
    stop(*state, true,
         "What it had written, run 1, was taken back, but for 1 records or values that stay as "
         "they are. Of the first: The record was worked on since.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_stopped_import_leaves_nothing_and_says_so,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(test_what_others_worked_on_stays_and_is_told, office_open,
                                        office_close),
    };
    return cmocka_run_group_tests_name("service/import_stopped", tests, NULL, NULL);
}
