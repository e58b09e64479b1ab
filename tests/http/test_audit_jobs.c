/* Audits and checks of the ledger that the server itself does: of the workspace, kept in it, and of
 * another system's file, which leaves one's own records as they are. Every answer is held to the
 * OpenAPI document. */
#include "work.h"

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
        cmocka_unit_test(test_the_server_checks_its_ledger),
    };
    client_without_leaks();
    return cmocka_run_group_tests_name("http/audit_jobs", tests, NULL, NULL);
}
