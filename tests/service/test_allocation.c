/* Memory runs out at the nth allocation, for every n or a spread of them: each operation says so,
 * leaves nothing half done, leaks nothing (the leak checker looks at the end), and works again when
 * there is memory.
 * Argument: `long` tries every n. */
#include "service_support.h"

#include "allocation.h"

#include "report/report.h"

enum { EVERY = 60, SPREAD = 90 };

static bool every_n;

/* An operation, and what must hold after it failed. */
typedef struct trial {
    office *o;
    pb_status (*run)(struct trial *trial, pb_error *err);
    void (*check)(struct trial *trial);
    const char *source;
    const char *path;
    uint64_t events;
} trial;

static pb_status run_at(trial *t, uint64_t n, uint64_t *ret_count, pb_error *err)
{
    bool fired;
    allocation_arm(n);
    pb_status status = t->run(t, err);
    uint64_t count = allocation_disarm(&fired);
    if (ret_count != NULL)
        *ret_count = count;
    return status;
}

static void must_say(pb_status status, uint64_t n, const pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(65536);
    if (status == PB_OK || status == PB_MEMORY)
        return;
    pb_error_render(err, &err->primary, NULL, &out);
    pb_buf_addc(&out, " | ");
    pb_error_render(err, &err->detail, NULL, &out);
    fail_msg("allocation %llu: status %d, %s", (unsigned long long)n, (int)status,
             pb_buf_cstr(&out));
}

/* Without a failure, then with one at each n, then without again. */
static void try_all(trial *t)
{
    pb_error err;
    uint64_t all = 0, failed = 0;
    must(run_at(t, 0, &all, &err), &err);
    for (uint64_t i = 0; i < (every_n ? all : EVERY + SPREAD); i++) {
        uint64_t n = every_n || i < EVERY ? i + 1 : EVERY + (all - EVERY) * (i - EVERY) / SPREAD;
        if (n > all)
            break;
        pb_status status = run_at(t, n, NULL, &err);
        must_say(status, n, &err);
        failed += status == PB_MEMORY;
        if (status != PB_OK && t->check != NULL)
            t->check(t);
    }
    print_message("%llu allocations, %llu failures told\n", (unsigned long long)all,
                  (unsigned long long)failed);
    assert_true(failed > 0);
    must(run_at(t, 0, NULL, &err), &err);
}

static const char contacts[] = "Contact ID,Full Name,Email,Phone,Account Name,Birth Date,Notes\n"
                               "c1,Anna Adler,anna@example.com,+49 30 901820,Acme,1990-01-31,x\n"
                               "c2,Bob Brown,bob@example.com,,Acme,31.12.1985,\n"
                               "c3,王小明,wxm@example.cn,+86 138 0013 8000,,,\n";

static pb_status open_service(trial *t, pb_error *err)
{
    service_extra extra = {0};
    service_core *service = NULL;
    const audit_catalogue *catalogue;
    PB_TRY(service_open(t->o->assets, t->o->asset_count, &extra, &service, err));
    pb_status status = service_controls(service, &catalogue, err);
    service_close(service);
    return status;
}

/* shows: DQ-1 */
static void test_reading_the_declarations(void **state)
{
    trial t = {.o = *state, .run = open_service};
    try_all(&t);
}

static pb_status make_reports(const report_input *report, pb_locale *locale, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT((size_t)1 << 28);
    PB_TRY(report_html(report, locale, &out, err));
    pb_buf_clear(&out);
    PB_TRY(report_json(report, locale, &out, err));
    pb_buf_clear(&out);
    return report_csv(report, locale, &out, err);
}

static pb_status audit_files(trial *t, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    service_source source = {.paths = &t->source, .path_count = 1};
    service_audit_result result;
    pb_locale *locale = NULL;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(service_audit(t->o->service, &t->o->call, &source, NULL, 20270, arena, &result, err));
    report_input report = service_report(t->o->service, &result, "1", NULL);
    locale = pb_locale_open("en", NULL);
    pb_status status = locale != NULL ? make_reports(&report, locale, err) : pb_fail_memory(err);
    pb_locale_free(locale);
    return status;
}

/* shows: AUD-3 */
static void test_an_audit_and_its_reports(void **state)
{
    office *o = *state;
    trial t = {.o = o, .run = audit_files, .source = put(o, "contacts.csv", contacts)};
    try_all(&t);
}

static pb_status import_rehearsal(trial *t, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    service_source source = {.paths = &t->source, .path_count = 1};
    db_options options = {.key = t->o->key};
    db_workspace *workspace = NULL;
    exchange_plan plan = {0};
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(db_workspace_open(t->path, service_schema(t->o->service), &options, &workspace, err));
    pb_status status = service_import(t->o->service, &t->o->call, workspace, &source, true, false,
                                      arena, &plan, err);
    db_workspace_close(workspace);
    return status;
}

static void nothing_was_kept(trial *t)
{
    ledger_event event;
    db_workspace *workspace = open_workspace(t->o, t->path);
    assert_int_equal(last_event(t->o, workspace, &event), t->events);
    assert_int_equal(count_records(t->o, workspace, "contact"), 0);
    db_workspace_close(workspace);
}

/* shows: INT-5 PER-2 REC-7 */
static void test_an_import(void **state)
{
    office *o = *state;
    trial t = {.o = o,
               .run = import_rehearsal,
               .check = nothing_was_kept,
               .source = put(o, "contacts.csv", contacts),
               .path = make_workspace(o),
               .events = 1};
    try_all(&t);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reading_the_declarations, office_open, office_close),
        cmocka_unit_test_setup_teardown(test_an_audit_and_its_reports, office_open, office_close),
        cmocka_unit_test_setup_teardown(test_an_import, office_open, office_close),
    };
    const struct CMUnitTest on_server[] = {
        /* what has to do with the engine */
        cmocka_unit_test_setup_teardown(test_an_import, office_open, office_close),
    };
    every_n = argc > 1 && strcmp(argv[1], "long") == 0;
    return on_postgres() ? cmocka_run_group_tests(on_server, NULL, NULL)
                         : cmocka_run_group_tests(tests, NULL, NULL);
}
