/* What has no sheet of its own stands in a sheet of all the rest, and the summary says so. */
#include "sheets.h"
#include "workbook_support.h"

enum { CONTROLS = 3 };

/* Three findings with as many records as their number; enough of an audit to write of. */
typedef struct made {
    audit_control controls[CONTROLS];
    audit_finding findings[CONTROLS];
    audit_failure failures[CONTROLS];
    audit_result result;
    audit_catalogue catalogue;
    report_reading reading;
    report_input input;
    model_schema *schema;
} made;

static void make(made *m)
{
    static const char *const ids[CONTROLS] = {"OWN-A", "OWN-B", "OWN-C"};
    const model_source source = {
        pb_str_c("model.yaml"),
        pb_str_c("entity: contact\ntitle: [name]\nkey: [name]\nfields:\n  name: {type: text}\n")};
    *m = (made){0};
    assert_int_equal(model_schema_load(&source, 1, &m->schema, NULL), PB_OK);
    for (size_t i = 0; i < CONTROLS; i++) {
        m->failures[i] = (audit_failure){
            .n = 1, .record = pb_str_c("r7"), .field = pb_str_c("name"), .value = pb_str_c("Zed")};
        m->controls[i] = (audit_control){.id = pb_str_c(ids[i]),
                                         .base = pb_str_c(ids[i]),
                                         .area = pb_str_c("accuracy"),
                                         .title = pb_str_c(ids[i]),
                                         .problem = pb_str_c("Called {value}."),
                                         .unit = pb_str_c("names")};
    }
    m->result = (audit_result){.findings = m->findings,
                               .finding_count = CONTROLS,
                               .newest_days = INT64_MIN,
                               .overall = {.letter = '-'},
                               .records = 9};
    m->input = (report_input){.result = &m->result,
                              .catalogue = &m->catalogue,
                              .schema = m->schema,
                              .reading = &m->reading,
                              .program_version = "1",
                              .title = pb_str_c("Made"),
                              .show_values = true};
}

/* `counts[i]` records fail finding i. */
static contents written(made *m, const char *folder, const size_t counts[CONTROLS],
                        sheets_limits limits)
{
    audit_failure *lists[CONTROLS];
    char path[4096];
    for (size_t i = 0; i < CONTROLS; i++) {
        lists[i] = calloc(counts[i] + 1, sizeof *lists[i]);
        assert_non_null(lists[i]);
        for (size_t k = 0; k < counts[i]; k++)
            lists[i][k] = m->failures[i];
        m->findings[i] = (audit_finding){.control = &m->controls[i],
                                         .outcome = AUDIT_FAIL,
                                         .population = 9,
                                         .failing = counts[i],
                                         .failures = lists[i],
                                         .failure_count = counts[i]};
    }
    pb_locale *locale = pb_locale_open("en", NULL);
    snprintf(path, sizeof path, "%s/made.xlsx", folder);
    assert_int_equal(sheets_write(&m->input, locale, folder, path, limits, NULL), PB_OK);
    pb_locale_free(locale);
    for (size_t i = 0; i < CONTROLS; i++)
        free(lists[i]);
    return contents_of(folder, "made.xlsx");
}

static size_t times(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}

/* shows: AUD-8 AUD-10 */
static void test_no_record_is_lost_and_what_does_not_fit_is_told(void **state)
{
    (void)state;
    static const struct {
        size_t counts[CONTROLS];
        sheets_limits limits;
        size_t shown; /* records on all sheets */
        const char *says, *left;
        bool further;
    } cases[] = {
        {{4, 3, 2}, {3, 100}, 9, NULL, NULL, false},
        {{4, 3, 2},
         {1, 100},
         9,
         "Findings without a sheet of their own: 2. Their records (5) stand in the sheet",
         NULL,
         true},
        {{4, 3, 2},
         {0, 6}, /* a head, four records, and a line that says what is missing */
         4,
         "Findings without a sheet of their own: 3. Their records (4) stand in the sheet",
         "Records that do not fit into it: 5; they are in findings.csv.",
         true},
        {{4, 3, 2},
         {1, 7}, /* to the last row */
         9,
         "Findings without a sheet of their own: 2. Their records (5) stand in the sheet",
         NULL,
         true},
    };
    char *folder = program_folder();
    made m;
    make(&m);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        contents c = written(&m, folder, cases[i].counts, cases[i].limits);
        assert_int_equal(times(c.text, "\nr7\n"), cases[i].shown);
        assert_int_equal(times(c.text, "[Further findings]"), cases[i].further);
        assert_int_equal(times(c.text, "Findings without a sheet"), cases[i].says != NULL);
        if (cases[i].says != NULL)
            assert_has(c.text, cases[i].says);
        assert_int_equal(times(c.text, "do not fit into"), cases[i].left != NULL ? 2 : 0);
        if (cases[i].left != NULL)
            assert_has(c.text, cases[i].left);
        free(c.text);
    }
    model_schema_free(m.schema);
    program_remove_folder(folder);
}

/* More findings than sheets, through the program itself. shows: AUD-10 AUD-13 */
static void test_more_findings_than_sheets(void **state)
{
    (void)state;
    enum { MANY = 255 };
    char *folder = program_folder(), path[4096], name[64], text[2048];
    snprintf(path, sizeof path, "%s/rules", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "rules/MY-%03d.yaml", i);
        snprintf(text, sizeof text,
                 "id: MY-%03d\narea: accuracy\ngrade: essential\nrequirement: [DQ-1]\n"
                 "applies: {entity: contact}\ntitle: Rule %d\ncriterion: c\nwhy: w\n"
                 "check: {fails: \"e.full_name = 'Zed Lee'\", problem: Called Zed.}\n"
                 "pass: count <= 0\ncause: c\neffect: e\nremedy: r\nevidence: [key]\n"
                 "effort: minutes_once 5\nfixtures:\n"
                 "  pass: {contact: [{id: c1, full_name: Ann Lee}]}\n"
                 "  fail: {contact: [{id: c1, full_name: Zed Lee}], expect: [c1]}\n"
                 "  not_applicable: [{account: [{id: a, name: X}]}]\n",
                 i, i);
        program_write(folder, name, text);
    }
    program_write(folder, "contacts.csv", "id,Name\nc-lost,Zed Lee\nc2,Ann Lee\n");
    program_result r = PROGRAM(folder, "audit", "contacts.csv", "--controls", "rules", "--format",
                               "xlsx", "--as-of", "2025-06-30");
    assert_string_equal(r.err, "");
    program_free(&r);
    contents c = contents_of(folder, "report/findings.xlsx");
    assert_has(c.text, "Findings without a sheet of their own:");
    assert_has(c.text, "[Further findings]");
    assert_has(c.text, "[MY-249]");
    assert_int_equal(times(c.text, "[MY-254]"), 0);
    assert_true(times(c.text, "\nc-lost\n") >= MANY);
    free(c.text);
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_record_is_lost_and_what_does_not_fit_is_told),
        cmocka_unit_test(test_more_findings_than_sheets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
