/* Files that are sent in over HTTP, looked at, imported and taken back. Every answer is held to the
 * OpenAPI document. */
#include "work.h"

#define IMPORTS "/api/v1/imports"

static const char people[] = "Contact ID,Full Name,Email,City,Zodiac\n"
                             "N-1,Rosalind Franklin,rosalind@example.org,London,first\n"
                             "N-2,Nobody at all,not an address,Paris,second\n"
                             "N-3,Emmy Noether,emmy@example.net,Erlangen,third\n";

static int contacts(work *w)
{
    client_answer a =
        client_expect(&w->c, 200, "GET", "/api/v1/contacts?total=true", w->carrier, NULL);
    int count = (int)work_number(&a, "total");
    client_free(&a);
    return count;
}

static long ask(work *w, const char *id, const char *what, const char *body)
{
    char path[200];
    snprintf(path, sizeof path, IMPORTS "/%s/%s", id, what);
    return work_ask(w, w->carrier, path, body);
}

static const cJSON *file_of(const client_answer *a)
{
    return cJSON_GetArrayItem(cJSON_GetObjectItem(a->json, "files"), 0);
}

/* shows: INT-1 DQ-1 DQ-9 REC-1 */
static void test_a_file_is_looked_at_imported_and_taken_back(void **state)
{
    work w;
    char id[37], path[100];
    (void)state;
    work_start(&w);
    work_send(&w, w.carrier, people, id);
    long n = ask(&w, id, "check", "{}");
    work_over(&w, w.carrier, n, "done");
    client_answer a = work_get(&w, w.carrier, 200, n, "/result");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(a.json, "dry_run")));
    assert_int_equal((int)cJSON_GetObjectItem(file_of(&a), "imported")->valuedouble, 2);
    assert_int_equal((int)cJSON_GetObjectItem(file_of(&a), "rejected")->valuedouble, 1);
    assert_non_null(strstr(a.text, "\"value\":\"not an address\""));
    assert_non_null(strstr(a.text, "\"sample\":\"Rosalind Franklin\""));
    client_free(&a);
    assert_int_equal(contacts(&w), 3);
    n = ask(&w, id, "run", "{}");
    work_over(&w, w.carrier, n, "done");
    a = work_get(&w, w.carrier, 200, n, "/result");
    int run = (int)work_number(&a, "run");
    client_free(&a);
    assert_int_equal(contacts(&w), 5);
    a = work_get(&w, w.carrier, 200, n, "/files");
    const cJSON *file = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "files"), 0);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(file, "name")),
                        "rejected-more people.csv");
    client_free(&a);
    a = work_get(&w, w.carrier, 200, n, "/files/rejected-more%20people.csv");
    assert_non_null(strstr(a.text, "N-2,Nobody at all,not an address,Paris,second"));
    assert_null(strstr(a.text, "N-1"));
    client_free(&a);
    /* The very same file once more is passed over, unless it is said. */
    n = ask(&w, id, "run", "{}");
    work_over(&w, w.carrier, n, "done");
    assert_int_equal(contacts(&w), 5);
    (void)snprintf(path, sizeof path, "/api/v1/runs/%d/undo", run);
    n = work_ask(&w, w.carrier, path, "{}");
    work_over(&w, w.carrier, n, "done");
    assert_int_equal(contacts(&w), 3);
    work_end(&w);
}

/* shows: INT-1 ACC-2 SEC-1 */
static void test_what_was_sent_is_its_senders_alone(void **state)
{
    work w;
    char id[37], path[100];
    (void)state;
    work_start(&w);
    work_send(&w, w.carrier,
              "Contact ID,Full Name,Email,Description\n"
              "N-1,Ann,ann@example.org,what may not be written\n",
              id);
    (void)snprintf(path, sizeof path, IMPORTS "/%s", id);
    client_answer a = client_expect(&w.c, 200, "GET", path, w.carrier, NULL);
    client_free(&a);
    a = client_expect(&w.c, 404, "GET", path, w.steward, NULL);
    client_free(&a);
    a = client_expect(&w.c, 404, "DELETE", path, w.steward, NULL);
    client_free(&a);
    a = client_expect(&w.c, 403, "GET", path, w.sales, NULL);
    client_free(&a);
    a = client_expect(&w.c, 401, "GET", path, "", NULL);
    client_free(&a);
    a = client_expect(&w.c, 400, "POST", IMPORTS "?name=../up.csv", w.carrier, "{}");
    client_free(&a);
    a = client_expect(&w.c, 422, "POST", IMPORTS "?name=up.csv", w.carrier, "");
    client_free(&a);
    /* A column goes into a field that the role does not show: refused, and nothing is kept. */
    long n = ask(&w, id, "run", "{\"duplicates\":\"ignore\"}");
    work_over(&w, w.carrier, n, "failed");
    a = work_get(&w, w.carrier, 200, n, "");
    assert_int_equal(
        (int)cJSON_GetObjectItem(cJSON_GetObjectItem(a.json, "problem"), "status")->valuedouble,
        403);
    client_free(&a);
    assert_int_equal(contacts(&w), 3);
    (void)snprintf(path, sizeof path, IMPORTS "/%s/run", id);
    a = client_expect(&w.c, 400, "POST", path, w.carrier, "{\"duplicates\":\"eat\"}");
    client_free(&a);
    a = client_expect(&w.c, 200, "GET", IMPORTS, w.carrier, NULL);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "imports")), 1);
    client_free(&a);
    (void)snprintf(path, sizeof path, IMPORTS "/%s", id);
    a = client_expect(&w.c, 204, "DELETE", path, w.carrier, NULL);
    client_free(&a);
    a = client_expect(&w.c, 404, "GET", path, w.carrier, NULL);
    client_free(&a);
    work_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_is_looked_at_imported_and_taken_back),
        cmocka_unit_test(test_what_was_sent_is_its_senders_alone),
    };
    return cmocka_run_group_tests_name("http/imports", tests, NULL, NULL);
}
