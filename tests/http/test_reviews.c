/* Access reviews over HTTP, by the program as it is installed. Every answer is held to the OpenAPI
 * document. */
#include "office.h"

#define REVIEWS "/api/v1/access-reviews"
#define LATER "\"due\":\"2999-01-01T00:00:00Z\""

/* The number of the item of that user and role; 0: there is none. */
static int item_of(office *o, const char *who, int review, const char *name, const char *role,
                   char state[20])
{
    char path[100];
    const cJSON *one;
    int number = 0;
    snprintf(path, sizeof path, REVIEWS "/%d", review);
    client_answer a = client_expect(&o->c, 200, "GET", path, who, NULL);
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(a.json, "items"))
    {
        if (strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(one, "name")), name) != 0 ||
            strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(one, "role")), role) != 0)
            continue;
        number = (int)cJSON_GetNumberValue(cJSON_GetObjectItem(one, "item"));
        snprintf(state, 20, "%s", cJSON_GetStringValue(cJSON_GetObjectItem(one, "state")));
    }
    client_free(&a);
    return number;
}

static void decide(office *o, int status, const char *has, const char *who, int review, int item,
                   const char *word)
{
    char path[200];
    snprintf(path, sizeof path, REVIEWS "/%d/items/%d/%s", review, item, word);
    office_expect(o, status, has, who, "POST", path, "{\"why\":\"looked at it\"}");
}

/* A second administrator, and somebody above bob who administers nothing. */
static void open_more(office *o, char cid[200], char max[200])
{
    static const char *const administrator[] = {"--role", "administrator", "--role", "auditor",
                                                NULL};
    static const char *const manager[] = {"--role", "manager", NULL};
    char code[64];
    client_add_user(o->c.folder, "cid", administrator, code);
    client_enrol(&o->c, "cid", code, cid, NULL, 0);
    client_add_user(o->c.folder, "max", manager, code);
    client_enrol(&o->c, "max", code, max, NULL, 0);
    office_expect(o, 200, NULL, o->ann, "PUT", "/api/v1/users/bob/superior",
                  "{\"superior\":\"max\"}");
}

/* shows: ACC-3 ACC-1 */
static void test_rights_are_confirmed_or_revoked_by_others(void **state)
{
    char cid[200], max[200], was[20];
    office *o = office_open();
    (void)state;
    open_more(o, cid, max);
    office_expect(o, 200, "\"reviews\":[]", o->ann, "GET", REVIEWS, NULL);
    office_expect(o, 200, NULL, o->bob, "GET", "/api/v1/contacts", NULL);
    office_expect(o, 201, "\"open\":5,", o->ann, "POST", REVIEWS, "{" LATER ",\"why\":\"yearly\"}");
    office_expect(o, 200, "\"apart\":[\"auditor\"]", o->ann, "GET", REVIEWS "/1", NULL);
    int ann = item_of(o, o->ann, 1, "ann", "administrator", was);
    int bob = item_of(o, o->ann, 1, "bob", "sales", was);
    assert_true(ann > 0 && bob > 0);
    assert_string_equal(was, "open");
    /* Nobody decides about herself; who is above sees those below, and nobody else. */
    decide(o, 403, "her own", o->ann, 1, ann, "confirm");
    assert_int_equal(item_of(o, max, 1, "ann", "administrator", was), 0);
    assert_int_equal(item_of(o, max, 1, "bob", "sales", was), bob);
    office_expect(o, 200, "\"open\":1,", max, "GET", REVIEWS, NULL);
    office_expect(o, 200, "\"reviews\":[]", o->bob, "GET", REVIEWS, NULL);
    office_expect(o, 404, NULL, o->bob, "GET", REVIEWS "/1", NULL);
    decide(o, 404, NULL, o->bob, 1, bob, "confirm");
    decide(o, 404, NULL, max, 1, ann, "revoke");
    decide(o, 200, "\"state\":\"revoked\"", max, 1, bob, "revoke");
    office_expect(o, 403, NULL, o->bob, "GET", "/api/v1/contacts", NULL); /* at once */
    decide(o, 409, "max", o->ann, 1, bob, "confirm");
    /* What nobody holds any more ends by itself, and with the last decision the review. */
    office_expect(o, 200, NULL, o->ann, "POST", "/api/v1/users/max/end", "{}");
    decide(o, 200, "\"state\":\"confirmed\"", cid, 1, ann, "confirm");
    office_expect(o, 200, "\"closed\":null", o->ann, "GET", REVIEWS "/1", NULL);
    decide(o, 200, NULL, o->ann, 1, item_of(o, o->ann, 1, "cid", "auditor", was), "confirm");
    decide(o, 200, NULL, o->ann, 1, item_of(o, o->ann, 1, "cid", "administrator", was), "confirm");
    office_expect(o, 200, "\"open\":0,\"confirmed\":3,\"revoked\":1,\"gone\":1", o->ann, "GET",
                  REVIEWS "/1", NULL);
    office_expect(o, 200, "\"closed\":\"20", o->ann, "GET", REVIEWS, NULL);
    office_close(o);
}

/* shows: ACC-3 ACC-4 */
static void test_when_a_role_was_used_last(void **state)
{
    static const char *const idle[] = {"--role", "manager", NULL};
    char code[64];
    const cJSON *one;
    office *o = office_open();
    (void)state;
    client_add_user(o->c.folder, "idle", idle, code);
    office_expect(o, 201, NULL, o->ann, "POST", "/api/v1/teams", "{\"name\":\"North\"}");
    office_expect(o, 201, NULL, o->ann, "POST", REVIEWS,
                  "{" LATER ",\"roles\":[\"administrator\",\"manager\",\"sales\"]}");
    client_answer a = client_expect(&o->c, 200, "GET", REVIEWS "/1", o->ann, NULL);
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(a.json, "items"))
    {
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(one, "name"));
        bool used = cJSON_IsString(cJSON_GetObjectItem(one, "used"));
        bool seen = cJSON_IsString(cJSON_GetObjectItem(one, "seen"));
        if (used != (strcmp(name, "ann") == 0) || seen != (strcmp(name, "idle") != 0))
            fail_msg("%s: used %d, seen %d in\n%s", name, used, seen, a.text);
    }
    client_free(&a);
    office_close(o);
}

/* shows: ACC-3 INT-1 */
static void test_what_cannot_be_reviewed(void **state)
{
    office *o = office_open();
    (void)state;
    office_expect(o, 400, "due", o->ann, "POST", REVIEWS, "{}");
    office_expect(o, 400, "moment", o->ann, "POST", REVIEWS, "{\"due\":\"soon\"}");
    office_expect(o, 422, "to come", o->ann, "POST", REVIEWS, "{\"due\":\"2001-01-01T00:00:00Z\"}");
    office_expect(o, 404, "cook", o->ann, "POST", REVIEWS, "{" LATER ",\"roles\":[\"cook\"]}");
    office_expect(o, 422, "Nobody holds", o->ann, "POST", REVIEWS,
                  "{" LATER ",\"roles\":[\"portal\"]}");
    office_expect(o, 403, NULL, o->bob, "POST", REVIEWS, "{" LATER "}");
    office_expect(o, 401, NULL, "", "GET", REVIEWS, NULL);
    office_expect(o, 404, NULL, o->ann, "GET", REVIEWS "/1", NULL);
    office_expect(o, 404, NULL, o->ann, "GET", REVIEWS "/x", NULL);
    decide(o, 404, NULL, o->ann, 1, 1, "revoke");
    office_close(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rights_are_confirmed_or_revoked_by_others),
        cmocka_unit_test(test_when_a_role_was_used_last),
        cmocka_unit_test(test_what_cannot_be_reviewed),
    };
    return cmocka_run_group_tests_name("http/reviews", tests, NULL, NULL);
}
