/* What controls let pass, said over HTTP: who may, what is refused, and that the next audit judges
 * by it and tells so; of the program as it is installed. */
#include "house.h"

static const char control[] = "FAKE-MAIL-RESERVED";
static const char place[] = "/api/v1/controls/FAKE-MAIL-RESERVED/threshold";
static const char of_one[] = "/api/v1/controls/FAKE-MAIL-RESERVED%2Fcontact.email/threshold";

static const char half[] = "{\"limit\":0.5,\"reason\":\"a migration under way\"}";

/* Each person's answer, in the order of `people`; the external auditor's area is another. */
static const int may_read[PEOPLE] = {200, 200, 403, 403, 404};
static const int may_say[PEOPLE] = {200, 200, 403, 403, 403};

static void each_role_does_what_it_may(house *h)
{
    for (int who = 0; who < PEOPLE; who++) {
        client_answer a = told(h, may_read[who], "GET", place, h->header[who], NULL);
        client_free(&a);
        a = told(h, may_say[who], "PUT", place, h->header[who], half);
        client_free(&a);
        if (may_say[who] != 200)
            continue;
        a = told(h, 200, "PUT", place, h->header[who],
                 "{\"limit\":null,\"reason\":\"only tried\"}");
        assert_true(cJSON_IsFalse(cJSON_GetObjectItem(a.json, "limit_set")));
        client_free(&a);
    }
    client_answer a = told(h, 401, "GET", place, "", NULL);
    client_free(&a);
    a = told(h, 401, "PUT", place, "", half);
    client_free(&a);
}

/* A refusal names the field, and leaves what holds as it was. */
static void what_is_wrong_is_refused(house *h)
{
    static const struct {
        int status;
        const char *body, *field;
    } wrong[] = {
        {422, "{\"limit\":1.5,\"reason\":\"x\"}", "limit"},
        {422, "{\"limit\":-0.1,\"reason\":\"x\"}", "limit"},
        {422, "{\"limit\":0.5,\"reason\":\" \"}", "reason"},
        {422, "{\"limit\":0.5}", "reason"},
        {400, "{\"limit\":\"half\",\"reason\":\"x\"}", "limit"},
        {400, "{\"limits\":0.5,\"reason\":\"x\"}", "limits"},
        {400, "{\"limit\":0.5,\"reason\":7}", "reason"},
    };
    client_answer before = get(h, AUDITOR, place), a;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        a = told(h, wrong[i].status, "PUT", place, h->header[STEWARD], wrong[i].body);
        assert_string_equal(client_text(&a, a.status == 400 ? "value" : "field"), wrong[i].field);
        assert_true(strlen(client_text(&a, "title")) > 0);
        client_free(&a);
    }
    a = told(h, 400, "GET", "/api/v1/controls/FAKE-MAIL-RESERVED/threshold?colour=blue",
             h->header[STEWARD], NULL);
    client_free(&a);
    a = told(h, 404, "GET", "/api/v1/controls/FAKE-NOTHING/threshold", h->header[STEWARD], NULL);
    client_free(&a);
    a = told(h, 404, "PUT", "/api/v1/controls/FAKE-NOTHING/threshold", h->header[STEWARD], half);
    client_free(&a);
    size_t size = 20 << 10;
    char *large = malloc(size + 64);
    assert_non_null(large);
    snprintf(large, size + 64, "{\"limit\":0.5,\"reason\":\"%*s\"}", (int)size, "x");
    a = told(h, 413, "PUT", place, h->header[STEWARD], large);
    client_free(&a);
    free(large);
    char body[1200];
    snprintf(body, sizeof body, "{\"limit\":0.5,\"reason\":\"x%01001d\"}", 7);
    a = told(h, 422, "PUT", place, h->header[STEWARD], body);
    assert_string_equal(client_text(&a, "field"), "reason");
    client_free(&a);
    a = get(h, AUDITOR, place);
    assert_true(cJSON_Compare(a.json, before.json, true));
    client_free(&a);
    client_free(&before);
}

/* How the newest audit judged the control: "pass", "fail", … */
static void newest_audit_says(house *h, int audit, const char *status)
{
    char path[100];
    const cJSON *one;
    bool found = false;
    snprintf(path, sizeof path, "/api/v1/audits/%d", audit);
    client_answer a = get(h, AUDITOR, path);
    cJSON_ArrayForEach(one, list(&a, "outcomes"))
    {
        if (strncmp(text(one, "control"), control, strlen(control)) != 0 ||
            strstr(text(one, "control"), "contact.email") == NULL)
            continue;
        assert_string_equal(text(one, "outcome"), status);
        found = true;
    }
    if (!found)
        fail_msg("%s is not in:\n%s", control, a.text);
    client_free(&a);
}

/* Reports say that it is no rule of the product by which it passed. */
static void report_tells(house *h, int audit, const char *form, const char *words, bool there)
{
    char path[100];
    snprintf(path, sizeof path, "/api/v1/audits/%d/reports/%s", audit, form);
    client_answer a = get(h, AUDITOR, path);
    if ((strstr(a.text, words) != NULL) != there)
        fail_msg("%s: “%s” %s", path, words, there ? "is missing" : "is told");
    client_free(&a);
}

static void one_event_more(house *h, int *count)
{
    client_answer a = get(h, AUDITOR, "/api/v1/ledger/events?kind=audit.threshold&limit=100");
    assert_int_equal(cJSON_GetArraySize(list(&a, "events")), ++*count);
    client_free(&a);
}

/* shows: AUD-8 AUD-9 ACC-1 ACC-5 */
static void test_the_next_audit_judges_by_what_was_said(void **state)
{
    house *h = calloc(1, sizeof *h);
    int events = 4; /* two who may said one each, and took it back */
    assert_non_null(h);
    (void)state;
    open_house(h);
    each_role_does_what_it_may(h);
    what_is_wrong_is_refused(h);
    newest_audit_says(h, 1, "fail");
    client_answer a = told(h, 200, "PUT", place, h->header[STEWARD], half);
    assert_true(number(a.json, "limit") == 0.5);
    assert_true(number(a.json, "limit_shipped") == 0.001);
    const cJSON *said = cJSON_GetArrayItem(list(&a, "history"), 0);
    assert_string_equal(text(said, "changed_by"), "steward");
    assert_string_equal(text(said, "reason"), "a migration under way");
    client_free(&a);
    one_event_more(h, &events);
    audit(h->c.folder);
    newest_audit_says(h, 2, "pass");
    report_tells(h, 1, "json", "\"shipped\"", false);
    report_tells(h, 2, "json", "\"shipped\"", true);
    report_tells(h, 2, "html", "was set in this workspace", true);
    report_tells(h, 2, "html", "Set by steward: a migration under way", true);
    report_tells(h, 2, "json", "\"set_why\": \"a migration under way\"", true);
    /* Of one field alone it stands over what is said of all. */
    a = told(h, 200, "PUT", of_one, h->header[AUDITOR],
             "{\"limit\":0.01,\"reason\":\"contacts are clean by now\"}");
    assert_true(number(a.json, "limit") == 0.01);
    assert_int_equal(cJSON_GetArraySize(list(&a, "history")), events + 1);
    client_free(&a);
    one_event_more(h, &events);
    audit(h->c.folder);
    newest_audit_says(h, 3, "fail");
    a = told(h, 200, "PUT", of_one, h->header[AUDITOR],
             "{\"limit\":null,\"reason\":\"as with the others\"}");
    assert_true(number(a.json, "limit") == 0.5);
    client_free(&a);
    a = told(h, 200, "PUT", place, h->header[STEWARD], "{\"limit\":null,\"reason\":\"done\"}");
    assert_true(number(a.json, "limit") == 0.001);
    client_free(&a);
    audit(h->c.folder);
    newest_audit_says(h, 4, "fail");
    report_tells(h, 4, "json", "\"shipped\"", false);
    close_house(h);
}

/* shows: AUD-8 */
static void test_controls_tell_what_is_set(void **state)
{
    house *h = calloc(1, sizeof *h);
    const cJSON *one;
    int set = 0;
    assert_non_null(h);
    (void)state;
    open_house(h);
    client_answer a = told(h, 200, "PUT", of_one, h->header[STEWARD], half);
    client_free(&a);
    a = get(h, AUDITOR, "/api/v1/controls?area=authenticity");
    cJSON_ArrayForEach(one, list(&a, "controls"))
    {
        if (!cJSON_IsTrue(cJSON_GetObjectItem(one, "limit_set")))
            continue;
        set++;
        assert_string_equal(text(one, "id"), "FAKE-MAIL-RESERVED/contact.email");
        assert_true(number(one, "limit") == 0.5);
        assert_true(number(one, "limit_shipped") == 0.001);
    }
    assert_int_equal(set, 1);
    client_free(&a);
    close_house(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_next_audit_judges_by_what_was_said),
        cmocka_unit_test(test_controls_tell_what_is_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
