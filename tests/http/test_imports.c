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
    /* A column that no field fits: the field that could be added for it. */
    assert_non_null(strstr(a.text, "\"suggests\":{\"name\":\"zodiac\",\"label\":\"Zodiac\","
                                   "\"type\":\"text\"}"));
    assert_non_null(strstr(a.text, "\"how\":\"name\",\"confidence\":\"likely\""));
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

static client_answer mapping_of(work *w, const char *id, int status, const char *body)
{
    char path[100];
    (void)snprintf(path, sizeof path, IMPORTS "/%s/mapping", id);
    return client_expect(&w->c, status, body == NULL ? "GET" : "PUT", path, w->carrier, body);
}

static void column_is(const client_answer *a, int at, const char *header, const char *field,
                      const char *how)
{
    const cJSON *one = cJSON_GetArrayItem(cJSON_GetObjectItem(file_of(a), "columns"), at);
    const char *is = cJSON_GetStringValue(cJSON_GetObjectItem(one, "field"));
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(one, "header")), header);
    assert_string_equal(is == NULL ? "" : is, field);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(one, "how")), how);
}

/* shows: INT-1 INT-5 DQ-9 */
static void test_how_a_file_is_read_is_said_beside_it(void **state)
{
    static const char mapping[] = "{\"map\":\"files:\\n  more people.csv:\\n    entity: contact\\n"
                                  "    columns:\\n      Zodiac: job_title\\n\"}";
    work w;
    char id[37], path[100];
    (void)state;
    work_start(&w);
    work_send(&w, w.carrier, people, id);
    (void)snprintf(path, sizeof path, IMPORTS "/%s/columns", id);
    client_answer a = client_expect(&w.c, 200, "GET", path, w.carrier, NULL);
    column_is(&a, 1, "Full Name", "full_name", "name");
    column_is(&a, 4, "Zodiac", "", "unmapped");
    client_free(&a);
    a = mapping_of(&w, id, 200, NULL);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(a.json, "map")));
    client_free(&a);
    a = mapping_of(&w, id, 200, mapping);
    column_is(&a, 4, "Zodiac", "job_title", "map");
    client_free(&a);
    /* What cannot be read so is told, and what was said before stays. */
    a = mapping_of(&w, id, 422, "{\"map\":\"files: {more people.csv: {entity: nonsense}}\"}");
    assert_non_null(strstr(a.text, "nonsense"));
    assert_non_null(strstr(a.text, "\"detail\":\"the mapping:1:35\""));
    client_free(&a);
    a = mapping_of(&w, id, 422, "{\"map\":\"files: [\"}");
    assert_non_null(strstr(a.text, "\"detail\":\"the mapping:"));
    client_free(&a);
    a = mapping_of(&w, id, 400, "{\"colour\":1}");
    client_free(&a);
    a = client_expect(&w.c, 200, "GET", path, w.carrier, NULL);
    column_is(&a, 4, "Zodiac", "job_title", "map");
    client_free(&a);
    /* A mapping for whichever file it is; one by name counts before it. */
    a = mapping_of(&w, id, 200,
                   "{\"map\":\"files: {'*': {entity: contact, columns: {Zodiac: city}}}\"}");
    column_is(&a, 4, "Zodiac", "city", "map");
    client_free(&a);
    a = mapping_of(&w, id, 200, mapping);
    client_free(&a);
    /* A check reads the file so, unless it says otherwise itself. */
    long n = ask(&w, id, "check", "{}");
    work_over(&w, w.carrier, n, "done");
    a = work_get(&w, w.carrier, 200, n, "/result");
    column_is(&a, 4, "Zodiac", "job_title", "map");
    client_free(&a);
    n = ask(&w, id, "check", "{\"map\":null}");
    work_over(&w, w.carrier, n, "done");
    a = work_get(&w, w.carrier, 200, n, "/result");
    column_is(&a, 4, "Zodiac", "", "unmapped");
    client_free(&a);
    a = client_expect(&w.c, 200, "GET", IMPORTS, w.carrier, NULL);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "imports")), 1);
    client_free(&a);
    a = client_expect(&w.c, 404, "GET", path, w.steward, NULL);
    client_free(&a);
    a = client_expect(&w.c, 403, "GET", path, w.sales, NULL);
    client_free(&a);
    (void)snprintf(path, sizeof path, IMPORTS "/%s", id);
    a = client_expect(&w.c, 204, "DELETE", path, w.carrier, NULL);
    client_free(&a);
    a = mapping_of(&w, id, 404, NULL);
    client_free(&a);
    a = mapping_of(&w, id, 404, mapping);
    client_free(&a);
    work_end(&w);
}

/* shows: INT-1 PER-3 */
static void test_a_field_is_proposed_by_what_stands_in_its_column(void **state)
{
    static const char file[] = "Contact ID,Full Name,Vegan,Seat,Deck\n"
                               "N-1,Rosalind Franklin,yes,12,https://example.org/r\n"
                               "N-3,Emmy Noether,no,14,https://example.org/e\n";
    work w;
    char id[37], path[100];
    (void)state;
    work_start(&w);
    work_send(&w, w.carrier, file, id);
    (void)snprintf(path, sizeof path, IMPORTS "/%s/columns", id);
    client_answer a = client_expect(&w.c, 200, "GET", path, w.carrier, NULL);
    assert_non_null(strstr(a.text, "\"label\":\"Vegan\",\"type\":\"boolean\""));
    assert_non_null(strstr(a.text, "\"label\":\"Seat\",\"type\":\"integer\""));
    assert_non_null(strstr(a.text, "\"label\":\"Deck\",\"type\":\"url\""));
    client_free(&a);
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
    a = client_expect(&w.c, 400, "POST", path, w.carrier, "{\"mode\":\"eat\"}");
    client_free(&a);
    a = client_expect(&w.c, 400, "POST", path, w.carrier, "{\"blank\":\"both\"}");
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

/* Sends rows for C-1 (another city, twice), C-2 (as it is), C-9 (new) and one without an address.
 */
static void send_changes(work *w, char id[37])
{
    work_send(w, w->carrier,
              "Contact ID,Full Name,Email,City\n"
              "C-1,Ada Lovelace,ada@example.org,Paris\n"
              "C-3,Grace Hopper,grace@example.com,Arlington\n"
              "C-9,Emmy Noether,emmy@example.net,Erlangen\n"
              "C-1,Ada King,ada@example.org,Rome\n"
              "C-3,Grace Hopper,no address,Oslo\n",
              id);
}

static client_answer diff(work *w, const char *id, const char *query)
{
    char path[200];
    (void)snprintf(path, sizeof path, IMPORTS "/%s/diff%s", id, query);
    return client_expect(&w->c, 200, "GET", path, w->carrier, NULL);
}

static const cJSON *rows_of(const client_answer *a, int count)
{
    const cJSON *rows = cJSON_GetObjectItem(a->json, "rows");
    if (cJSON_GetArraySize(rows) != count)
        fail_msg("not %d rows: %s", count, a->text);
    return rows;
}

static const char *text_of(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(object, key));
    return text == NULL ? "(none)" : text;
}

/* Page by page, each row is there once, in its order. */
static void check_pages(work *w, const char *id)
{
    static const char *const wanted[] = {"changed", "same", "new", "refused", "refused"};
    char query[80] = "?limit=1";
    for (size_t i = 0; i < 5; i++) {
        client_answer a = diff(w, id, query);
        const cJSON *row = cJSON_GetArrayItem(rows_of(&a, 1), 0);
        assert_string_equal(text_of(row, "outcome"), wanted[i]);
        assert_int_equal((int)cJSON_GetObjectItem(row, "row")->valuedouble, (int)i + 1);
        (void)snprintf(query, sizeof query, "?limit=1&cursor=%s", text_of(a.json, "next"));
        client_free(&a);
    }
    client_answer a = diff(w, id, query);
    rows_of(&a, 0);
    assert_string_equal(text_of(a.json, "next"), "(none)");
    client_free(&a);
}

static void check_filters(work *w, const char *id)
{
    client_answer a = diff(w, id, "?outcome=changed");
    const cJSON *row = cJSON_GetArrayItem(rows_of(&a, 1), 0);
    const cJSON *cells = cJSON_GetObjectItem(row, "changes");
    assert_int_equal(cJSON_GetArraySize(cells), 1);
    assert_string_equal(text_of(row, "called"), "C-1");
    assert_string_equal(text_of(cJSON_GetArrayItem(cells, 0), "field"), "city");
    assert_string_equal(text_of(cJSON_GetArrayItem(cells, 0), "old"), "London");
    assert_string_equal(text_of(cJSON_GetArrayItem(cells, 0), "new"), "Paris");
    client_free(&a);
    a = diff(w, id, "?outcome=refused");
    const cJSON *why = cJSON_GetArrayItem(
        cJSON_GetObjectItem(cJSON_GetArrayItem(rows_of(&a, 2), 0), "problems"), 0);
    assert_string_equal(text_of(why, "value"), "1"); /* the row that was first */
    client_free(&a);
    a = diff(w, id, "?field=city");
    rows_of(&a, 1);
    client_free(&a);
    a = diff(w, id, "?field=email");
    rows_of(&a, 0);
    client_free(&a);
}

static int city_is(work *w, const char *city)
{
    char path[100];
    (void)snprintf(path, sizeof path, "/api/v1/contacts?total=true&filter=city%%3D'%s'", city);
    client_answer a = client_expect(&w->c, 200, "GET", path, w->carrier, NULL);
    int count = (int)work_number(&a, "total");
    client_free(&a);
    return count;
}

/* shows: INT-1 INT-5 DQ-9 ACC-2 */
static void test_rows_change_records_and_are_told_cell_by_cell(void **state)
{
    work w;
    char id[37], path[100];
    const char *upsert = "{\"mode\":\"upsert\",\"match\":[\"id\",\"email\"]}";
    (void)state;
    work_start(&w);
    send_changes(&w, id);
    (void)snprintf(path, sizeof path, IMPORTS "/%s/diff", id);
    client_answer a = client_expect(&w.c, 404, "GET", path, w.carrier, NULL);
    client_free(&a);
    long n = ask(&w, id, "check", upsert);
    work_over(&w, w.carrier, n, "done");
    check_pages(&w, id);
    check_filters(&w, id);
    a = client_expect(&w.c, 404, "GET", path, w.steward, NULL);
    client_free(&a);
    a = client_expect(&w.c, 403, "GET", path, w.sales, NULL);
    client_free(&a);
    /* Where it is to be said what personal data is looked at for, it is here, too. */
    static const char settings[] = "/api/v1/settings";
    a = client_expect(&w.c, 200, "PATCH", settings, w.carrier, "{\"purpose_required\":true}");
    client_free(&a);
    a = client_expect(&w.c, 400, "GET", path, w.carrier, NULL);
    client_free(&a);
    a = client_expect(&w.c, 200, "PATCH", settings, w.carrier, "{\"purpose_required\":false}");
    client_free(&a);
    (void)snprintf(path, sizeof path, IMPORTS "/%s/diff?outcome=eaten", id);
    a = client_expect(&w.c, 400, "GET", path, w.carrier, NULL);
    client_free(&a);
    assert_int_equal(city_is(&w, "London"), 1);
    n = ask(&w, id, "run", upsert);
    work_over(&w, w.carrier, n, "done");
    a = work_get(&w, w.carrier, 200, n, "/result");
    const cJSON *file = file_of(&a);
    assert_int_equal((int)cJSON_GetObjectItem(file, "changed")->valuedouble, 1);
    assert_int_equal((int)cJSON_GetObjectItem(file, "same")->valuedouble, 1);
    assert_int_equal((int)cJSON_GetObjectItem(file, "imported")->valuedouble, 1);
    const cJSON *change = cJSON_GetArrayItem(cJSON_GetObjectItem(file, "changes"), 0);
    assert_string_equal(text_of(change, "field"), "city");
    int run = (int)work_number(&a, "run");
    client_free(&a);
    assert_int_equal(city_is(&w, "Paris"), 1);
    (void)snprintf(path, sizeof path, "/api/v1/runs/%d/undo", run);
    n = work_ask(&w, w.carrier, path, "{\"dry_run\":true}");
    work_over(&w, w.carrier, n, "done");
    assert_int_equal(city_is(&w, "Paris"), 1);
    n = work_ask(&w, w.carrier, path, "{}");
    work_over(&w, w.carrier, n, "done");
    assert_int_equal(city_is(&w, "London"), 1);
    assert_int_equal(contacts(&w), 3);
    work_end(&w);
}

/* shows: ACC-2 INT-1 AUD-1 */
static void test_a_file_to_be_audited_takes_the_right_to_audit(void **state)
{
    work w;
    client_answer a;
    const char *import = IMPORTS "?name=up.csv", *audit = IMPORTS "?name=up.csv&for=audit";
    (void)state;
    work_start(&w);
    a = client_expect(&w.c, 403, "POST", audit, w.carrier, "{}");
    client_free(&a);
    a = client_expect(&w.c, 201, "POST", audit, w.steward, "{}");
    client_free(&a);
    a = client_expect(&w.c, 400, "POST", IMPORTS "?name=up.csv&for=fun", w.steward, "{}");
    client_free(&a);
    a = client_expect(&w.c, 201, "POST", import, w.carrier, "{}");
    client_free(&a);
    a = client_expect(&w.c, 200, "GET", IMPORTS, w.auditor, NULL);
    client_free(&a);
    a = client_expect(&w.c, 403, "POST", import, w.auditor, "{}");
    client_free(&a);
    a = client_expect(&w.c, 201, "POST", audit, w.auditor, "{}");
    char path[100];
    (void)snprintf(path, sizeof path, IMPORTS "/%s/run", client_text(&a, "id"));
    client_free(&a);
    a = client_expect(&w.c, 403, "POST", path, w.auditor, "{}");
    client_free(&a);
    work_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_is_looked_at_imported_and_taken_back),
        cmocka_unit_test(test_how_a_file_is_read_is_said_beside_it),
        cmocka_unit_test(test_a_field_is_proposed_by_what_stands_in_its_column),
        cmocka_unit_test(test_what_was_sent_is_its_senders_alone),
        cmocka_unit_test(test_rows_change_records_and_are_told_cell_by_cell),
        cmocka_unit_test(test_a_file_to_be_audited_takes_the_right_to_audit),
    };
    return cmocka_run_group_tests_name("http/imports", tests, NULL, NULL);
}
