/* Audits and checks of the ledger that the server itself does: of the workspace, kept in it, and of
 * another system's file, which leaves one's own records as they are. Every answer is held to the
 * OpenAPI document. */
#include "work.h"

#include <time.h>

static const char others[] = "Contact ID,Full Name,Email,City\n"
                             "F-1,Quillon Featherstone,quillon@example.org,Oslo\n"
                             "F-2,Quillon Featherstone,quillon@example.org,Oslo\n"
                             "F-3,Peter Porter,not an address,Bergen\n";

/* shows: AUD-3 AUD-10 INT-1 */
static void test_the_server_audits_its_workspace_and_keeps_it(void **state)
{
    work w;
    char path[120];
    (void)state;
    work_start(&w);
    long n = work_ask(&w, w.steward, "/api/v1/audits", "{\"title\":\"Spring\"}");
    work_over(&w, w.steward, n, "done");
    client_answer a = work_get(&w, w.steward, 200, n, "/result");
    assert_string_equal(client_text(&a, "title"), "Spring");
    int run = (int)work_number(&a, "audit");
    assert_true(work_number(&a, "records") >= 3);
    client_free(&a);
    (void)snprintf(path, sizeof path, "/api/v1/audits/%d", run);
    a = client_expect(&w.c, 200, "GET", path, w.steward, NULL);
    assert_non_null(strstr(a.text, "\"title\":\"Spring\""));
    client_free(&a);
    static const char *const begins[][2] = {
        {"html", "<!DOCTYPE html>"}, {"json", "{"}, {"pdf", "%PDF"}, {"xlsx", "PK"}};
    for (size_t i = 0; i < 4; i++) {
        (void)snprintf(path, sizeof path, "/api/v1/audits/%d/reports/%s", run, begins[i][0]);
        a = client_expect(&w.c, 200, "GET", path, w.steward, NULL);
        const char *body = strstr(a.text, "\r\n\r\n");
        assert_non_null(body);
        assert_int_equal(strncasecmp(body + 4, begins[i][1], strlen(begins[i][1])), 0);
        client_free(&a);
    }
    a = client_expect(&w.c, 403, "POST", "/api/v1/audits", w.sales, "{}");
    client_free(&a);
    work_end(&w);
}

/* shows: AUD-3 INT-1 */
static void test_anothers_file_is_audited_and_does_not_come_in(void **state)
{
    static const char *const files[] = {"report.html", "report.json", "findings.csv", "report.pdf",
                                        "findings.xlsx"};
    work w;
    char id[37], body[120], path[80];
    (void)state;
    work_start(&w);
    work_send(&w, w.steward, others, id);
    (void)snprintf(body, sizeof body, "{\"import\":\"%s\",\"title\":\"Another CRM\"}", id);
    long n = work_ask(&w, w.steward, "/api/v1/audits", body);
    work_over(&w, w.steward, n, "done");
    client_answer a = work_get(&w, w.steward, 200, n, "/result");
    assert_string_equal(client_text(&a, "title"), "Another CRM");
    assert_true(work_number(&a, "failed") > 0);
    client_free(&a);
    a = work_get(&w, w.steward, 200, n, "/files");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        (void)snprintf(path, sizeof path, "\"name\":\"%s\"", files[i]);
        assert_non_null(strstr(a.text, path));
    }
    client_free(&a);
    a = work_get(&w, w.steward, 200, n, "/files/findings.csv");
    assert_non_null(strstr(a.text, "DQ-"));
    client_free(&a);
    a = client_expect(&w.c, 200, "GET", "/api/v1/contacts?total=true", w.steward, NULL);
    assert_int_equal((int)work_number(&a, "total"), 3);
    client_free(&a);
    a = client_expect(&w.c, 200, "GET", "/api/v1/audits", w.steward, NULL);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "audits")), 0);
    client_free(&a);
    /* What somebody else sent, or nobody, is not there. */
    (void)snprintf(body, sizeof body, "{\"import\":\"%s\"}",
                   "01900000-0000-7000-8000-000000000000");
    a = client_expect(&w.c, 404, "POST", "/api/v1/audits", w.steward, body);
    client_free(&a);
    work_end(&w);
}

static client_answer plan_ask(work *w, int status, const char *verb, const char *rest,
                              const char *who, const char *tag, const char *body)
{
    char path[100], headers[400];
    (void)snprintf(path, sizeof path, "/api/v1/audit-plans%s", rest);
    (void)snprintf(headers, sizeof headers, "%s%s%s%s", who, tag != NULL ? "If-Match: " : "",
                   tag != NULL ? tag : "", tag != NULL ? "\r\n" : "");
    return client_expect(&w->c, status, verb, path, headers, body);
}

static void plan_is_refused(work *w)
{
    static const struct {
        const char *body, *field;
    } wrong[] = {
        {"{\"name\":\"x\",\"entities\":[\"unicorn\"]}", "entities"},
        {"{\"name\":\"x\",\"areas\":[\"magic\"]}", "areas"},
        {"{\"name\":\"x\",\"controls\":[\"DQ-NONE\"]}", "controls"},
        {"{\"name\":\"x\",\"team\":[\"nobody\"]}", "team"},
        {"{\"name\":\"x\",\"repeat\":\"monthly\"}", "due"},
        {"{\"name\":\"x\",\"repeat\":\"hourly\",\"due\":\"2030-01-31\"}", "repeat"},
        {"{\"name\":\"x\",\"due\":\"soon\"}", "due"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        client_answer a = plan_ask(w, 422, "POST", "", w->steward, NULL, wrong[i].body);
        assert_string_equal(client_text(&a, "field"), wrong[i].field);
        client_free(&a);
    }
    client_answer a = plan_ask(w, 400, "POST", "", w->steward, NULL, "{\"goals\":\"x\"}");
    client_free(&a);
    a = plan_ask(w, 403, "POST", "", w->sales, NULL, "{\"name\":\"x\"}");
    client_free(&a);
    a = plan_ask(w, 403, "GET", "", w->sales, NULL, NULL);
    client_free(&a);
    a = plan_ask(w, 404, "GET", "/99", w->steward, NULL, NULL);
    client_free(&a);
}

/* What is there is changed and done by who may, who says which version it was. */
static void plan_is_guarded(work *w)
{
    static const struct {
        int status;
        const char *verb, *rest, *tag, *body;
        bool sales;
    } asked[] = {
        {403, "GET", "/1", NULL, NULL, true},
        {403, "PUT", "/1", "*", "{\"name\":\"x\"}", true},
        {403, "DELETE", "/1", "*", NULL, true},
        {403, "POST", "/1/runs", NULL, NULL, true},
        {404, "PUT", "/9", "*", "{\"name\":\"x\"}", false},
        {422, "PUT", "/1", "*", "{\"name\":\"x\",\"due\":\"soon\"}", false},
        {404, "DELETE", "/9", "*", NULL, false},
        {428, "DELETE", "/1", NULL, NULL, false},
        {412, "DELETE", "/1", "\"7\"", NULL, false},
        {404, "POST", "/9/runs", NULL, NULL, false},
    };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        client_answer a =
            plan_ask(w, asked[i].status, asked[i].verb, asked[i].rest,
                     asked[i].sales ? w->sales : w->steward, asked[i].tag, asked[i].body);
        client_free(&a);
    }
    char headers[400];
    (void)snprintf(headers, sizeof headers, "%sIf-None-Match: *\r\n", w->steward);
    client_answer a = client_expect(&w->c, 304, "GET", "/api/v1/audit-plans/1", headers, NULL);
    client_free(&a);
    a = client_expect(&w->c, 403, "GET", "/api/v1/audit-people", w->sales, NULL);
    client_free(&a);
}

/* Every face of the report tells what was planned and when it was done. */
static void report_tells_the_plan(work *w, int run)
{
    char path[80], schema[4096], fault[1024];
    (void)snprintf(path, sizeof path, "/api/v1/audits/%d/reports/html", run);
    client_answer a = client_expect(&w->c, 200, "GET", path, w->steward, NULL);
    assert_non_null(strstr(a.text, "Letters arrive"));
    assert_non_null(strstr(a.text, "At most 1 %"));
    assert_non_null(strstr(a.text, "Planned for"));
    assert_non_null(strstr(a.text, "Done on"));
    client_free(&a);
    (void)snprintf(path, sizeof path, "/api/v1/audits/%d/reports/json", run);
    a = client_expect(&w->c, 200, "GET", path, w->steward, NULL);
    const cJSON *planned = cJSON_GetObjectItem(a.json, "planned");
    assert_int_equal(cJSON_GetObjectItem(planned, "plan")->valueint, 1);
    assert_int_equal(cJSON_GetObjectItem(planned, "version")->valueint, 1);
    assert_string_equal(cJSON_GetObjectItem(planned, "goals")->valuestring, "Letters arrive");
    assert_string_equal(cJSON_GetObjectItem(planned, "criteria")->valuestring, "At most 1 %");
    const cJSON *team = cJSON_GetObjectItem(planned, "team");
    assert_int_equal(cJSON_GetArraySize(team), 1);
    assert_string_equal(cJSON_GetArrayItem(team, 0)->valuestring, "auditor");
    assert_string_equal(
        cJSON_GetArrayItem(cJSON_GetObjectItem(planned, "entities"), 0)->valuestring, "contact");
    assert_string_equal(cJSON_GetObjectItem(planned, "planned_for")->valuestring, "2024-01-31");
    assert_string_equal(cJSON_GetObjectItem(planned, "done_on")->valuestring,
                        cJSON_GetObjectItem(a.json, "as_of")->valuestring);
    (void)snprintf(schema, sizeof schema, "%s/doc/schema/report-1.json", program_root());
    char *whole = program_slurp(schema), *body = strstr(a.text, "\r\n\r\n");
    assert_non_null(body);
    const char *refused = schema_refuses(whole, body + 4, fault, sizeof fault);
    if (refused != NULL)
        fail_msg("%s", refused);
    free(whole);
    client_free(&a);
}

/* What was taken away is listed apart, and comes back as it was before; what is there does not. */
static void plan_comes_back(work *w)
{
    client_answer a = plan_ask(w, 200, "GET", "?removed=true", w->steward, NULL, NULL);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "plans")), 1);
    client_free(&a);
    a = plan_ask(w, 403, "POST", "/1/restore", w->sales, NULL, NULL);
    client_free(&a);
    a = plan_ask(w, 404, "POST", "/9/restore", w->steward, NULL, NULL);
    client_free(&a);
    a = plan_ask(w, 200, "POST", "/1/restore", w->steward, NULL, NULL);
    assert_int_equal((int)work_number(&a, "version"), 5);
    assert_string_equal(client_text(&a, "name"), "Everything");
    assert_string_equal(client_text(&a, "due"), "2098-01-31");
    client_free(&a);
    a = plan_ask(w, 409, "POST", "/1/restore", w->steward, NULL, NULL);
    assert_string_equal(client_text(&a, "title"),
                        "The planned audit 1, “Everything”, was not taken away.");
    client_free(&a);
    a = plan_ask(w, 200, "GET", "/1", w->steward, NULL, NULL);
    assert_int_equal((int)work_number(&a, "version"), 5);
    client_free(&a);
    a = plan_ask(w, 200, "GET", "?removed=true", w->steward, NULL, NULL);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "plans")), 0);
    client_free(&a);
    a = plan_ask(w, 200, "GET", "", w->steward, NULL, NULL);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "plans")), 1);
    client_free(&a);
}

/* Saves a report that is a file. */
static void save_report(work *w, int run, const char *format, const char *file)
{
    char path[80];
    (void)snprintf(path, sizeof path, "/api/v1/audits/%d/reports/%s", run, format);
    client_answer a = client_expect(&w->c, 200, "GET", path, w->steward, NULL);
    const char *body = strstr(a.text, "\r\n\r\n"),
               *language = strstr(a.text, "\r\nContent-Language: en\r\n");
    assert_true(body != NULL && language != NULL && language < body);
    assert_null(strstr(language + 2, "\r\nContent-Language:")); /* the report's, not the reader's */
    size_t size = a.length - (size_t)(body + 4 - a.text);
    FILE *to = fopen(file, "wb");
    assert_non_null(to);
    assert_int_equal(fwrite(body + 4, 1, size, to), size);
    fclose(to);
    client_free(&a);
}

/* What programs that are not ours read in it; the caller frees it. */
static char *read_report(work *w, int run, bool pdf)
{
    static const char unpack[] =
        "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); "
        "open(sys.argv[2], 'wb').write(b''.join(map(z.read, z.namelist())))";
    char file[300], out[300];
    int status = 0;
    (void)snprintf(file, sizeof file, "%s/report.file", w->folder);
    (void)snprintf(out, sizeof out, "%s/report.txt", w->folder);
    save_report(w, run, pdf ? "pdf" : "xlsx", file);
    pid_t child = fork();
    if (child == 0) {
        if (pdf)
            execlp("pdftotext", "pdftotext", "-enc", "UTF-8", file, out, (char *)NULL);
        else
            execlp("python3", "python3", "-c", unpack, file, out, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    return program_slurp(out);
}

/* The pages to print and the workbook have it as well. */
static void files_tell_the_plan(work *w, int run)
{
    static const char *const parts[] = {"What was planned", "Letters arrive", "At most 1 %",
                                        "Planned for", "Done on"};
    char *const texts[] = {read_report(w, run, true), read_report(w, run, false)};
    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
            if (strstr(texts[i], parts[k]) == NULL)
                fail_msg("“%s” is not in the %s", parts[k], i == 0 ? "PDF" : "workbook");
        free(texts[i]);
    }
}

/* People are found by words, and one by the sign-in name alone. */
static void helpers_are_found(work *w)
{
    static const struct {
        const char *query;
        int status;
        const char *has, *lacks;
    } asked[] = {
        {"?q=stew", 200, "\"name\":\"data_steward\"", "\"name\":\"sales\""},
        {"?q=S%C3%81LES", 200, "\"name\":\"sales\"", "steward"},
        {"?q=nobody", 200, "\"people\":[]", "\"name\""},
        {"?name=sales", 200, "\"name\":\"sales\"", "steward"},
        {"?name=sale", 200, "\"people\":[]", "\"name\""},
        {"?limit=1", 200, "\"more\":true", "steward"},
        {"?q=%20", 400, "It takes words of a name.", "people\":"},
        {"?limit=1001", 400, "1 to 1000", "people\":"},
    };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        char path[80];
        (void)snprintf(path, sizeof path, "/api/v1/audit-people%s", asked[i].query);
        client_answer a = client_expect(&w->c, asked[i].status, "GET", path, w->steward, NULL);
        if (strstr(a.text, asked[i].has) == NULL || strstr(a.text, asked[i].lacks) != NULL)
            fail_msg("%s: %s", asked[i].query, a.text);
        client_free(&a);
    }
}

/* shows: AUD-1 AUD-10 AUD-12 */
static void test_an_audit_is_planned_and_done_within_its_scope(void **state)
{
    static const char first[] =
        "{\"name\":\"Addresses\",\"goals\":\"Letters arrive\",\"criteria\":\"At most 1 %\","
        "\"entities\":[\"contact\"],\"areas\":[\"completeness\"],\"team\":[\"auditor\"],"
        "\"repeat\":\"monthly\",\"due\":\"2024-01-31\"}";
    work w;
    char path[80];
    (void)state;
    work_start(&w);
    plan_is_refused(&w);
    client_answer a = plan_ask(&w, 201, "POST", "", w.steward, NULL, first);
    assert_int_equal((int)work_number(&a, "plan"), 1);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(a.json, "overdue")));
    client_free(&a);
    a = plan_ask(&w, 428, "PUT", "/1", w.steward, NULL, first);
    client_free(&a);
    a = plan_ask(&w, 412, "PUT", "/1", w.steward, "\"7\"", first);
    client_free(&a);
    plan_is_guarded(&w);
    /* Done: only what is in its scope was asked, and the next day is one that is to come. */
    long n = work_ask(&w, w.steward, "/api/v1/audit-plans/1/runs", NULL);
    work_over(&w, w.steward, n, "done");
    a = work_get(&w, w.steward, 200, n, "/result");
    int run = (int)work_number(&a, "audit");
    client_free(&a);
    (void)snprintf(path, sizeof path, "/api/v1/audits/%d", run);
    a = client_expect(&w.c, 200, "GET", path, w.steward, NULL);
    assert_int_equal((int)work_number(&a, "plan"), 1);
    assert_string_equal(client_text(&a, "title"), "Addresses");
    const cJSON *outcomes = cJSON_GetObjectItem(a.json, "outcomes"), *one;
    assert_true(cJSON_GetArraySize(outcomes) > 0);
    cJSON_ArrayForEach(one, outcomes)
    {
        assert_string_equal(cJSON_GetObjectItem(one, "area")->valuestring, "completeness");
        assert_string_equal(cJSON_GetObjectItem(one, "entity")->valuestring, "contact");
    }
    client_free(&a);
    report_tells_the_plan(&w, run);
    files_tell_the_plan(&w, run);
    a = plan_ask(&w, 200, "GET", "/1", w.auditor, NULL, NULL);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(a.json, "overdue")));
    const cJSON *history = cJSON_GetObjectItem(a.json, "history");
    assert_int_equal(cJSON_GetArraySize(history), 2);
    assert_int_equal(cJSON_GetObjectItem(cJSON_GetArrayItem(history, 0), "audit")->valueint, run);
    assert_string_equal(cJSON_GetObjectItem(cJSON_GetArrayItem(history, 1), "due")->valuestring,
                        "2024-01-31");
    client_free(&a);
    a = plan_ask(&w, 200, "PUT", "/1", w.steward, "\"2\"",
                 "{\"name\":\"Everything\",\"due\":\"2098-01-31\"}");
    assert_string_equal(client_text(&a, "repeat"), "once");
    client_free(&a);
    a = client_expect(&w.c, 200, "GET", "/api/v1/audit-people", w.steward, NULL);
    assert_non_null(strstr(a.text, "\"name\":\"sales\""));
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(a.json, "more")));
    client_free(&a);
    helpers_are_found(&w);
    a = plan_ask(&w, 204, "DELETE", "/1", w.steward, "\"3\"", NULL);
    client_free(&a);
    a = plan_ask(&w, 404, "GET", "/1", w.steward, NULL, NULL);
    client_free(&a);
    a = plan_ask(&w, 200, "GET", "", w.steward, NULL, NULL);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "plans")), 0);
    client_free(&a);
    plan_comes_back(&w);
    work_end(&w);
}

/* What home tells of planned audits: names in their order, with “late/” before those overdue. */
static void home_tells(work *w, const char *who, const char *expected)
{
    char told[400] = "";
    client_answer a = client_expect(&w->c, 200, "GET", "/api/v1/home", who, NULL);
    const cJSON *plans = cJSON_GetObjectItem(a.json, "plans"), *one;
    const char *today = cJSON_GetObjectItem(a.json, "day")->valuestring;
    int late = 0;
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(plans, "first"))
    {
        const char *due = cJSON_GetObjectItem(one, "due")->valuestring;
        size_t end = strlen(told);
        late += strcmp(due, today) < 0;
        (void)snprintf(told + end, sizeof told - end, "%s%s ",
                       strcmp(due, today) < 0 ? "late/" : "",
                       cJSON_GetObjectItem(one, "name")->valuestring);
    }
    assert_string_equal(told, expected);
    assert_int_equal(cJSON_GetObjectItem(plans, "overdue")->valueint, late);
    client_free(&a);
}

/* shows: AUD-1 AUD-3 */
static void test_a_plan_audits_another_systems_export(void **state)
{
    work w;
    char id[37], body[120], path[80];
    (void)state;
    work_start(&w);
    work_send(&w, w.steward, others, id);
    client_answer a = plan_ask(&w, 201, "POST", "", w.steward, NULL,
                               "{\"name\":\"Their contacts\",\"source\":\"Old CRM\","
                               "\"areas\":[\"completeness\"],\"due\":\"2024-01-31\"}");
    assert_string_equal(client_text(&a, "source"), "Old CRM");
    client_free(&a);
    a = plan_ask(&w, 422, "POST", "/1/runs", w.steward, NULL, "{}");
    assert_string_equal(client_text(&a, "field"), "import");
    client_free(&a);
    (void)snprintf(body, sizeof body, "{\"import\":\"%s\"}", id);
    long n = work_ask(&w, w.steward, "/api/v1/audit-plans/1/runs", body);
    work_over(&w, w.steward, n, "done");
    a = work_get(&w, w.steward, 200, n, "/result");
    int run = (int)work_number(&a, "audit");
    client_free(&a);
    (void)snprintf(path, sizeof path, "/api/v1/audits/%d", run);
    a = client_expect(&w.c, 200, "GET", path, w.steward, NULL);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(a.json, "own")));
    assert_int_equal((int)work_number(&a, "plan"), 1);
    client_free(&a);
    (void)snprintf(path, sizeof path, "/api/v1/audits/%d/reports/json", run);
    a = client_expect(&w.c, 200, "GET", path, w.steward, NULL);
    const cJSON *planned = cJSON_GetObjectItem(a.json, "planned");
    assert_string_equal(cJSON_GetObjectItem(planned, "source")->valuestring, "Old CRM");
    client_free(&a);
    /* It is done; nobody's work list has grown, and one's own records are as they were. */
    a = plan_ask(&w, 200, "GET", "/1", w.steward, NULL, NULL);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(a.json, "due")));
    client_free(&a);
    a = client_expect(&w.c, 200, "GET", "/api/v1/findings", w.steward, NULL);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "findings")), 0);
    client_free(&a);
    /* One of the workspace takes no file. */
    a = plan_ask(&w, 201, "POST", "", w.steward, NULL, "{\"name\":\"Ours\"}");
    client_free(&a);
    a = plan_ask(&w, 422, "POST", "/2/runs", w.steward, NULL, body);
    assert_string_equal(client_text(&a, "field"), "import");
    client_free(&a);
    work_end(&w);
}

static void plan_due(work *w, const char *name, const char *team, int days)
{
    char body[300], due[20];
    time_t at = time(NULL) + days * 24 * 60 * 60;
    struct tm parts;
    assert_non_null(gmtime_r(&at, &parts));
    assert_true(strftime(due, sizeof due, "%Y-%m-%d", &parts) > 0);
    (void)snprintf(body, sizeof body, "{\"name\":\"%s\",\"team\":[%s],\"due\":\"%s\"}", name, team,
                   due);
    client_answer a = plan_ask(w, 201, "POST", "", w->steward, NULL, body);
    client_free(&a);
}

/* shows: AUD-1 UX-1 */
static void test_home_tells_whose_turn_it_is(void **state)
{
    work w;
    (void)state;
    work_start(&w);
    home_tells(&w, w.steward, "");
    plan_due(&w, "Soon", "\"data_steward\"", 5);
    plan_due(&w, "Missed", "\"data_steward\",\"auditor\"", -3);
    plan_due(&w, "Next-year", "\"data_steward\"", 300);
    plan_due(&w, "Anybody", "", 2);
    plan_due(&w, "Others", "\"auditor\"", -9);
    home_tells(&w, w.steward, "late/Missed Anybody Soon ");
    home_tells(&w, w.auditor, "late/Others late/Missed Anybody ");
    client_answer a = client_expect(&w.c, 200, "GET", "/api/v1/home", w.sales, NULL);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(a.json, "plans")));
    client_free(&a);
    /* Done, or taken away: nothing is left to do. */
    work_over(&w, w.steward, work_ask(&w, w.steward, "/api/v1/audit-plans/2/runs", NULL), "done");
    a = plan_ask(&w, 204, "DELETE", "/4", w.steward, "*", NULL);
    client_free(&a);
    home_tells(&w, w.steward, "Soon ");
    work_end(&w);
}

/* shows: ACC-4 INT-1 */
static void test_the_server_checks_its_ledger(void **state)
{
    work w;
    (void)state;
    work_start(&w);
    long n = work_ask(&w, w.steward, "/api/v1/ledger/verify", "{}");
    work_over(&w, w.steward, n, "done");
    client_answer a = work_get(&w, w.steward, 200, n, "/result");
    assert_true(work_number(&a, "events") > 3 && work_number(&a, "records") >= 3);
    client_free(&a);
    work_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_server_audits_its_workspace_and_keeps_it),
        cmocka_unit_test(test_anothers_file_is_audited_and_does_not_come_in),
        cmocka_unit_test(test_an_audit_is_planned_and_done_within_its_scope),
        cmocka_unit_test(test_a_plan_audits_another_systems_export),
        cmocka_unit_test(test_home_tells_whose_turn_it_is),
        cmocka_unit_test(test_the_server_checks_its_ledger),
    };
    client_without_leaks();
    return cmocka_run_group_tests_name("http/audit_jobs", tests, NULL, NULL);
}
