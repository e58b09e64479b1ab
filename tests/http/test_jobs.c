/* Jobs over HTTP, by those that take records out and put them back. Every answer is held to the
 * OpenAPI document. */
#include "work.h"

/* shows: INT-1 ACC-2 SEC-1 */
static void test_an_export_shows_what_may_be_seen(void **state)
{
    work w;
    (void)state;
    work_start(&w);
    long n = work_ask(&w, w.carrier, "/api/v1/exports", "{\"entity\":\"contact\"}");
    work_over(&w, w.carrier, n, "done");
    client_answer a = work_get(&w, w.carrier, 200, n, "/result");
    assert_int_equal((int)work_number(&a, "records"), 3);
    /* What the role keeps back of them is said, by field; of records beyond it, nothing. */
    assert_non_null(strstr(a.text, "\"hidden\":[\"description\"],\"masked\":[\"birth_date\"]"));
    client_free(&a);
    a = work_get(&w, w.carrier, 200, n, "/files");
    assert_non_null(strstr(a.text, "\"name\":\"contact.csv\""));
    assert_null(strstr(a.text, "result.json"));
    client_free(&a);
    a = work_get(&w, w.carrier, 200, n, "/files/contact.csv");
    assert_string_equal(a.type, "text/csv");
    assert_non_null(strstr(a.text, "attachment; filename*=UTF-8''contact.csv"));
    assert_non_null(strstr(a.text, "Ada Lovelace"));
    assert_non_null(strstr(a.text, "'=cmd|"));
    assert_null(strstr(a.text, "Canarysong"));
    assert_null(strstr(a.text, "description"));
    client_free(&a);
    /* Nobody else has it, and who may not look after jobs does not even learn of it. */
    a = work_get(&w, w.steward, 200, n, "");
    assert_null(strstr(a.text, "/files"));
    client_free(&a);
    for (const char *const *rest =
             (const char *const[]){"/result", "/files", "/files/contact.csv", NULL};
         *rest != NULL; rest++) {
        a = work_get(&w, w.steward, 403, n, *rest);
        client_free(&a);
        a = work_get(&w, w.sales, 404, n, *rest);
        client_free(&a);
        a = work_get(&w, "", 401, n, *rest);
        client_free(&a);
    }
    a = work_get(&w, w.carrier, 404, n, "/files/other.csv");
    client_free(&a);
    work_end(&w);
}

static void lines_and_workbook(work *w)
{
    long n = work_ask(w, w->carrier, "/api/v1/exports",
                      "{\"entity\":\"contact\",\"format\":\"jsonl\",\"sort\":\"-full_name\","
                      "\"filter\":\"city = 'Oslo' or city = 'London'\",\"fields\":\"full_name\"}");
    work_over(w, w->carrier, n, "done");
    client_answer a = work_get(w, w->carrier, 200, n, "/files/contact.jsonl");
    const char *ada = strstr(a.text, "Ada Lovelace"), *calc = strstr(a.text, "=cmd");
    assert_true(ada != NULL && calc != NULL && ada < calc);
    assert_null(strstr(a.text, "Grace"));
    assert_null(strstr(a.text, "example.org"));
    client_free(&a);
    a = work_get(w, w->carrier, 200, n, "/result"); /* what was not asked for is not kept back */
    assert_non_null(strstr(a.text, "\"hidden\":[],\"masked\":[]"));
    client_free(&a);
    n = work_ask(w, w->carrier, "/api/v1/exports",
                 "{\"entity\":\"contact\",\"format\":\"xlsx\",\"filter\":\"city = 'Nowhere'\"}");
    work_over(w, w->carrier, n, "done");
    a = work_get(w, w->carrier, 200, n, "/files/contact.xlsx");
    assert_memory_equal(strstr(a.text, "\r\n\r\n") + 4, "PK\3\4", 4);
    client_free(&a);
}

/* shows: INT-1 DQ-1 */
static void test_what_is_asked_for_is_checked_at_once(void **state)
{
    static const struct {
        int status;
        const char *body;
    } wrong[] = {
        {422, "{\"entity\":\"unicorn\"}"},
        {422, "{\"entity\":\"contact\",\"format\":\"pdf\"}"},
        {422, "{\"entity\":\"contact\",\"filter\":\"city = \"}"},
        {403, "{\"entity\":\"contact\",\"filter\":\"description = 'x'\"}"},
        {400, "{\"entity\":7}"},
        {400, "{\"what\":\"contact\"}"},
        {400, "{}"},
    };
    work w;
    (void)state;
    work_start(&w);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        client_answer a = client_expect(&w.c, wrong[i].status, "POST", "/api/v1/exports", w.carrier,
                                        wrong[i].body);
        client_free(&a);
    }
    client_answer a =
        client_expect(&w.c, 403, "POST", "/api/v1/exports", w.steward, "{\"entity\":\"contact\"}");
    client_free(&a);
    a = client_expect(&w.c, 401, "POST", "/api/v1/exports", "", "{\"entity\":\"contact\"}");
    client_free(&a);
    a = client_expect(&w.c, 200, "GET", "/api/v1/jobs", w.carrier, NULL);
    assert_non_null(strstr(a.text, "{\"jobs\":[]}"));
    client_free(&a);
    lines_and_workbook(&w);
    a = client_expect(&w.c, 200, "GET", "/api/v1/jobs?state=done&limit=1", w.carrier, NULL);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "jobs")), 1);
    client_free(&a);
    a = client_expect(&w.c, 200, "GET", "/api/v1/jobs", w.sales, NULL);
    assert_non_null(strstr(a.text, "{\"jobs\":[]}"));
    client_free(&a);
    a = client_expect(&w.c, 400, "GET", "/api/v1/jobs?state=asleep", w.carrier, NULL);
    client_free(&a);
    a = client_expect(&w.c, 401, "GET", "/api/v1/jobs", "", NULL);
    client_free(&a);
    a = work_get(&w, w.carrier, 404, 999, "");
    client_free(&a);
    a = work_get(&w, w.carrier, 404, 999, "/events");
    client_free(&a);
    a = client_expect(&w.c, 404, "POST", "/api/v1/jobs/x/cancel", w.carrier, NULL);
    client_free(&a);
    a = client_expect(&w.c, 409, "POST", "/api/v1/jobs/1/cancel", w.carrier, NULL);
    client_free(&a);
    work_end(&w);
}

/* shows: INT-1 REC-1 PER-1 */
static void test_a_run_is_taken_back(void **state)
{
    work w;
    (void)state;
    work_start(&w);
    client_answer a = client_expect(&w.c, 200, "GET", "/api/v1/runs", w.steward, NULL);
    assert_non_null(strstr(a.text, "\"kind\":\"import\",\"about\":\"contacts.csv\""));
    client_free(&a);
    a = client_expect(&w.c, 200, "GET", "/api/v1/runs", w.carrier, NULL);
    assert_non_null(strstr(a.text, "{\"runs\":[]}"));
    client_free(&a);
    a = client_expect(&w.c, 404, "POST", "/api/v1/runs/1/undo", w.carrier, "{}");
    client_free(&a);
    a = client_expect(&w.c, 404, "POST", "/api/v1/runs/77/undo", w.steward, "{}");
    client_free(&a);
    a = client_expect(&w.c, 400, "POST", "/api/v1/runs/1/undo", w.steward, "{\"really\":true}");
    client_free(&a);
    long n = work_ask(&w, w.steward, "/api/v1/runs/1/undo", "{\"dry_run\":true}");
    work_over(&w, w.steward, n, "done");
    a = work_get(&w, w.steward, 200, n, "/result");
    assert_int_equal((int)work_number(&a, "deleted"), 3);
    client_free(&a);
    n = work_ask(&w, w.steward, "/api/v1/runs/1/undo", "{}");
    work_over(&w, w.steward, n, "done");
    a = client_expect(&w.c, 200, "GET", "/api/v1/contacts", w.carrier, NULL);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "records")), 0);
    client_free(&a);
    n = work_ask(&w, w.steward, "/api/v1/runs/1/undo", "{}"); /* a second time it fails */
    work_over(&w, w.steward, n, "failed");
    a = work_get(&w, w.steward, 200, n, "");
    assert_non_null(strstr(a.text, "\"problem\":{"));
    client_free(&a);
    work_end(&w);
}

/* shows: INT-1 PER-1 */
static void test_jobs_and_files_outlive_the_server(void **state)
{
    work w;
    (void)state;
    work_start(&w);
    long first = work_ask(&w, w.carrier, "/api/v1/exports", "{\"entity\":\"contact\"}");
    work_over(&w, w.carrier, first, "done");
    /* Whether it was done, being done or waiting when the server was told to end. */
    long second = work_ask(&w, w.carrier, "/api/v1/exports", "{\"entity\":\"contact\"}");
    client_stop(&w.c);
    w.c = client_start(w.c.folder);
    client_hold(&w.c, w.carrier);
    client_answer a = work_get(&w, w.carrier, 200, first, "/files/contact.csv");
    assert_non_null(strstr(a.text, "Ada Lovelace"));
    client_free(&a);
    work_over(&w, w.carrier, second, "done");
    a = work_get(&w, w.carrier, 200, second, "/files/contact.csv");
    assert_non_null(strstr(a.text, "Grace Hopper"));
    client_free(&a);
    /* What was seen of it before is not told again. */
    char header[300], path[80];
    a = work_wait(&w, w.carrier, first);
    const char *id = strstr(a.text, "id: ");
    assert_non_null(id);
    (void)snprintf(header, sizeof header, "%sLast-Event-ID: %.*s\r\n", w.carrier,
                   id == NULL ? 0 : (int)strcspn(id + 4, "\r\n"), id == NULL ? "" : id + 4);
    (void)snprintf(path, sizeof path, "/api/v1/jobs/%ld/events", first);
    client_free(&a);
    a = client_expect(&w.c, 200, "GET", path, header, NULL);
    assert_null(strstr(a.text, "event: "));
    client_free(&a);
    work_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_export_shows_what_may_be_seen),
        cmocka_unit_test(test_what_is_asked_for_is_checked_at_once),
        cmocka_unit_test(test_a_run_is_taken_back),
        cmocka_unit_test(test_jobs_and_files_outlive_the_server),
    };
    return cmocka_run_group_tests_name("http/jobs", tests, NULL, NULL);
}
