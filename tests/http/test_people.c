/* Users, teams and how users sign in, administered over HTTP by the program as it is installed.
 * Every answer is held to the OpenAPI document. */
#include "office.h"

#define USERS "/api/v1/users"
#define TEAMS "/api/v1/teams"
/* Of nobody and nothing. */
#define NONE "01890a5d-ac96-774b-bcce-b302099a8057"

static const char *at(const char *base, const char *id, const char *rest)
{
    static char path[4][400];
    static size_t turn;
    char *out = path[turn++ % 4];
    snprintf(out, sizeof path[0], "%s/%s%s", base, id, rest);
    return out;
}

static void id_of(office *o, const char *name, char id[37])
{
    office_take(o, 200, o->ann, "GET", at(USERS, name, ""), NULL, "user", "id", id, 37);
}

/* shows: ACC-1 ACC-3 INT-1 */
static void test_a_user_from_first_to_last_day(void **state)
{
    char id[37], code[64], cho[200], path[300];
    office *o = office_open();
    (void)state;
    client_answer a = client_expect(
        &o->c, 201, "POST", USERS, o->ann,
        "{\"name\":\"cho\",\"shown\":\"Cho Ito\",\"roles\":[\"sales\"],\"superior\":\"ann\","
        "\"why\":\"joins the house\"}");
    const cJSON *user = cJSON_GetObjectItem(a.json, "user");
    snprintf(id, sizeof id, "%s", cJSON_GetStringValue(cJSON_GetObjectItem(user, "id")));
    snprintf(code, sizeof code, "%s", client_text(&a, "code"));
    snprintf(path, sizeof path, "\r\nLocation: " USERS "/%s\r\n", id);
    assert_non_null(strstr(a.text, path));
    client_free(&a);
    client_enrol(&o->c, "cho", code, cho, NULL, 0);
    office_expect(o, 200, "\"name\":\"cho\"", cho, "GET", "/api/v1/me", NULL);
    office_expect(o, 200, "\"superior\":\"ann\"", o->ann, "GET", USERS "?role=sales&limit=5", NULL);
    office_expect(o, 200, "\"next\":\"ann\"", o->ann, "GET", USERS "?limit=1", NULL);
    office_expect(o, 200, "\"users\":[{\"id\"", o->ann, "GET", USERS "?after=bob", NULL);
    office_expect(o, 200, "\"users\":[]", o->ann, "GET", USERS "?team=None", NULL);
    office_expect(o, 200, "\"shown\":\"Cho\"", o->ann, "PATCH", at(USERS, id, ""),
                  "{\"shown\":\"Cho\",\"language\":\"fa\",\"why\":\"so called\"}");
    office_expect(o, 200, "joins the house", o->ann, "GET", at(USERS, "cho", ""), NULL);
    office_expect(o, 200, "\"standing\":false", o->ann, "GET",
                  at(USERS, "cho", "?at=2001-01-01T00:00:00Z"), NULL);
    /* Who leaves loses everything at once, and holds nothing when coming back. */
    office_expect(o, 200, "\"roles\":[]", o->ann, "POST", at(USERS, id, "/end"),
                  "{\"why\":\"left\"}");
    office_expect(o, 401, NULL, cho, "GET", "/api/v1/me", NULL);
    office_expect(o, 404, NULL, o->ann, "POST", at(USERS, id, "/end"), "{}");
    office_expect(o, 404, NULL, o->ann, "POST", at(USERS, id, "/code"), "{}");
    office_expect(o, 422, NULL, o->ann, "POST", at(USERS, id, "/return"),
                  "{\"until\":\"2001-01-01T00:00:00Z\"}");
    office_expect(o, 200, "\"roles\":[]", o->ann, "POST", at(USERS, id, "/return"), "{}");
    office_expect(o, 409, NULL, o->ann, "POST", at(USERS, id, "/return"), "{}");
    office_expect(o, 200, "\"code_until\":\"20", o->ann, "POST", at(USERS, id, "/code"), "{}");
    office_close(o);
}

/* Sign-in names of who is found, in order, with a blank behind each; "+" at the end: there are
 * more. */
static void found_are(office *o, const char *query, const char *names)
{
    char path[300], found[300] = "";
    snprintf(path, sizeof path, USERS "?%s", query);
    client_answer a = client_expect(&o->c, 200, "GET", path, o->ann, NULL);
    const cJSON *user, *users = cJSON_GetObjectItem(a.json, "users");
    cJSON_ArrayForEach(user, users)
    {
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(user, "name"));
        size_t end = strlen(found);
        snprintf(found + end, sizeof found - end, "%s ", name);
    }
    size_t len = strlen(found);
    if (!cJSON_IsNull(cJSON_GetObjectItem(a.json, "next")))
        snprintf(found + len, sizeof found - len, "+");
    if (strcmp(found, names) != 0)
        fail_msg("%s: “%s” were found instead of “%s”", query, found, names);
    client_free(&a);
}

/* shows: ACC-1 INT-1 */
static void test_somebody_is_found_by_words(void **state)
{
    static const char *const added[] = {
        "{\"name\":\"m.mueller\",\"shown\":\"Max M\u00fcller\",\"roles\":[\"sales\"]}",
        "{\"name\":\"till-07\",\"shown\":\"Max till\",\"kind\":\"program\",\"roles\":[\"sales\"]}",
        ("{\"name\":\"mrk\",\"shown\":\"\u0645\u062d\u0645\u062f \u0631\u0636\u0627\u064a\u06cc "
         "\u06a9\u0631\u06cc\u0645\u06cc\"}"),
        "{\"name\":\"wxm\",\"shown\":\"\u738b\u5c0f\u660e\"}"};
    office *o = office_open();
    (void)state;
    for (size_t i = 0; i < sizeof added / sizeof *added; i++)
        office_expect(o, 201, NULL, o->ann, "POST", USERS, added[i]);
    found_are(o, "q=MULL", "m.mueller ");
    found_are(o, "q=M%C3%9CLLER%20max", "m.mueller "); /* any order, any case */
    found_are(o, "q=m.mue", "m.mueller ");
    found_are(o, "q=mueller", "m.mueller "); /* a part of the sign-in name */
    found_are(o, "q=till-07", "till-07 ");
    found_are(o, "q=max", "m.mueller till-07 ");
    found_are(o, "q=max&kind=person", "m.mueller ");
    found_are(o, "q=max&role=sales&limit=1", "m.mueller +");
    found_are(o, "q=max&limit=1&after=m.mueller", "till-07 ");
    /* The Arabic letters kaf and yeh for the Persian ones, and the name as Latin letters say it. */
    found_are(o, "q=%D9%83%D8%B1%D9%8A%D9%85%D9%8A", "mrk ");
    found_are(o, "q=mohammad", "mrk ");
    found_are(o, "q=wang", "wxm ");
    found_are(o, "q=%E5%B0%8F%E6%98%8E", "wxm ");
    found_are(o, "q=max%20miller", "");
    found_are(o, "q=-", ""); /* no word at all */
    office_expect(o, 400, "It takes words of a name.", o->ann, "GET", USERS "?q=", NULL);
    office_expect(o, 400, "It takes words of a name.", o->ann, "GET", USERS "?q=%20", NULL);
    office_expect(o, 400, "“robot”", o->ann, "GET", USERS "?q=max&kind=robot", NULL);
    office_expect(o, 403, NULL, o->bob, "GET", USERS "?q=max", NULL);
    office_close(o);
}

/* ASVS V8.3.2 */
/* shows: ACC-1 ACC-3 SEC-2 */
static void test_rights_are_given_by_others_and_taken_at_once(void **state)
{
    char id[37], ann[37];
    office *o = office_open();
    (void)state;
    id_of(o, "bob", id);
    id_of(o, "ann", ann);
    office_expect(o, 200, NULL, o->bob, "GET", "/api/v1/contacts", NULL);
    office_expect(o, 200, "\"roles\":[]", o->ann, "DELETE", at(USERS, id, "/roles/sales?why=moved"),
                  NULL);
    office_expect(o, 403, NULL, o->bob, "GET", "/api/v1/contacts", NULL); /* same session */
    office_expect(o, 404, NULL, o->ann, "DELETE", at(USERS, id, "/roles/sales"), NULL);
    office_expect(o, 200, "\"roles\":[\"service\"]", o->ann, "POST", at(USERS, id, "/roles"),
                  "{\"role\":\"service\",\"until\":\"2999-01-01T00:00:00Z\",\"why\":\"helps\"}");
    office_expect(o, 200, NULL, o->bob, "GET", "/api/v1/contacts", NULL);
    office_expect(o, 404, "cook", o->ann, "POST", at(USERS, id, "/roles"), "{\"role\":\"cook\"}");
    office_expect(o, 422, NULL, o->ann, "POST", at(USERS, id, "/roles"),
                  "{\"role\":\"sales\",\"from\":\"2001-01-01T00:00:00Z\"}");
    office_expect(o, 400, "role", o->ann, "POST", at(USERS, id, "/roles"), "{}");
    /* Nobody lifts herself. */
    office_expect(o, 403, "oneself", o->ann, "POST", at(USERS, ann, "/roles"),
                  "{\"role\":\"manager\"}");
    office_expect(o, 403, "oneself", o->ann, "PATCH", at(USERS, ann, ""), "{\"until\":null}");
    office_expect(o, 403, NULL, o->bob, "POST", at(USERS, id, "/roles"), "{\"role\":\"manager\"}");
    /* Who is above whom has no circle. */
    office_expect(o, 200, "\"superior\":\"ann\"", o->ann, "PUT", at(USERS, id, "/superior"),
                  "{\"superior\":\"ann\"}");
    office_expect(o, 403, "oneself", o->ann, "PUT", at(USERS, ann, "/superior"),
                  "{\"superior\":\"bob\"}");
    office_expect(o, 422, NULL, o->ann, "PUT", at(USERS, id, "/superior"),
                  "{\"superior\":\"bob\"}");
    office_expect(o, 200, "\"superior\":null", o->ann, "PUT", at(USERS, id, "/superior"),
                  "{\"superior\":null}");
    office_expect(o, 400, "superior", o->ann, "PUT", at(USERS, id, "/superior"), "{}");
    office_close(o);
}

/* shows: ACC-1 SEC-2 */
static void test_sessions_and_credentials_of_others(void **state)
{
    char id[37], path[100] = "";
    office *o = office_open();
    (void)state;
    id_of(o, "bob", id);
    client_answer a = client_expect(&o->c, 200, "GET", at(USERS, id, "/sessions"), o->ann, NULL);
    const cJSON *one = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "sessions"), 0);
    snprintf(path, sizeof path, "/sessions/%.0f",
             cJSON_GetNumberValue(cJSON_GetObjectItem(one, "session")));
    assert_false(cJSON_IsTrue(cJSON_GetObjectItem(one, "current")));
    client_free(&a);
    office_expect(o, 403, NULL, o->bob, "GET", at(USERS, NONE, "/sessions"), NULL);
    office_expect(o, 404, NULL, o->ann, "GET", at(USERS, NONE, "/sessions"), NULL);
    office_expect(o, 204, NULL, o->ann, "DELETE", at(USERS, id, path), NULL);
    office_expect(o, 401, NULL, o->bob, "GET", "/api/v1/me", NULL);
    office_expect(o, 404, NULL, o->ann, "DELETE", at(USERS, id, path), NULL);
    office_expect(o, 200, "\"ended\":0", o->ann, "DELETE", at(USERS, id, "/sessions"), NULL);
    a = client_expect(&o->c, 200, "GET", at(USERS, id, "/known-browsers"), o->ann, NULL);
    one = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "browsers"), 0);
    snprintf(path, sizeof path, "/known-browsers/%.0f",
             cJSON_GetNumberValue(cJSON_GetObjectItem(one, "browser")));
    client_free(&a);
    office_expect(o, 204, NULL, o->ann, "DELETE", at(USERS, id, path), NULL);
    office_expect(o, 404, NULL, o->ann, "DELETE", at(USERS, id, path), NULL);
    office_expect(o, 404, NULL, o->ann, "DELETE", at(USERS, id, "/known-browsers/x"), NULL);
    office_expect(o, 200, "\"ended\":0", o->ann, "DELETE", at(USERS, id, "/known-browsers"), NULL);
    office_expect(o, 404, NULL, o->ann, "GET", at(USERS, NONE, "/known-browsers"), NULL);
    office_expect(o, 404, NULL, o->ann, "DELETE", at(USERS, NONE, "/known-browsers"), NULL);
    a = client_expect(&o->c, 200, "GET", at(USERS, id, "/credentials"), o->ann, NULL);
    one = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "credentials"), 0);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(one, "kind")), "password");
    snprintf(path, sizeof path, "/credentials/%.0f",
             cJSON_GetNumberValue(cJSON_GetObjectItem(one, "credential")));
    client_free(&a);
    office_expect(o, 204, NULL, o->ann, "DELETE", at(USERS, id, "/factors"), NULL);
    office_expect(o, 204, NULL, o->ann, "DELETE", at(USERS, id, path), NULL);
    office_expect(o, 404, NULL, o->ann, "DELETE", at(USERS, id, path), NULL);
    office_expect(o, 200, "\"credentials\":[]", o->ann, "GET", at(USERS, id, "/credentials"), NULL);
    /* A key is for programs only. */
    office_expect(o, 403, "no program", o->ann, "POST", at(USERS, id, "/keys"),
                  "{\"label\":\"x\"}");
    office_close(o);
}

static const char keeper[] =
    "role: keeper\nlabel: Keeper\ngrants:\n  - {name: users, operations: [users]}\n"
    "  - {name: c, entities: contact, operations: [read, list, change], scope: all, rights: "
    "write}\n";

/* ASVS V8.3.3 */
/* shows: ACC-1 SEC-2 INT-1 */
static void test_a_key_does_less_than_who_it_acts_for(void **state)
{
    char id[37], bob[37], text[200], all[300], some[300];
    office *o = office_open();
    (void)state;
    id_of(o, "bob", bob);
    program_write(o->c.folder, "keeper.yaml", keeper);
    PROGRAM_EXPECT(o->c.folder, 0, "was defined", "roles", "--set", "keeper.yaml", "-w", "ws");
    office_take(o, 201, o->ann, "POST", USERS,
                "{\"name\":\"robot\",\"kind\":\"program\",\"roles\":[\"keeper\"]}", "user", "id",
                id, sizeof id);
    office_expect(o, 422, "program", o->ann, "POST", at(USERS, id, "/code"), "{}");
    office_take(o, 201, o->ann, "POST", at(USERS, id, "/keys"), "{\"label\":\"whole\"}", NULL,
                "key", text, sizeof text);
    snprintf(all, sizeof all, "Authorization: Bearer %s\r\n", text);
    office_take(o, 201, o->ann, "POST", at(USERS, id, "/keys"),
                "{\"label\":\"part\",\"scopes\":\"contact.list\",\"rate\":600}", NULL, "key", text,
                sizeof text);
    snprintf(some, sizeof some, "Authorization: Bearer %s\r\n", text);
    office_expect(o, 200, NULL, all, "GET", USERS, NULL);
    office_expect(o, 403, "scope users", some, "GET", USERS, NULL);
    office_expect(o, 403, "scope users", some, "GET", at(USERS, bob, "/sessions"), NULL);
    office_expect(o, 200, NULL, some, "GET", "/api/v1/contacts", NULL);
    office_expect(o, 403, "contact.create", some, "POST", "/api/v1/contacts", "{\"fields\":{}}");
    /* Nor does any key hand out rights, whatever it may. */
    office_expect(o, 403, "A key alone", all, "POST", at(USERS, bob, "/roles"),
                  "{\"role\":\"manager\"}");
    office_expect(o, 403, "A key alone", all, "POST", USERS, "{\"name\":\"eve\"}");
    office_expect(o, 403, "proof", all, "POST", at(USERS, id, "/keys"), "{\"label\":\"more\"}");
    office_expect(o, 200, NULL, all, "DELETE", at(USERS, bob, "/roles/sales"), NULL);
    /* It ends with the right of who it acts for. */
    office_expect(o, 200, NULL, o->ann, "DELETE", at(USERS, id, "/roles/keeper"), NULL);
    office_expect(o, 403, NULL, all, "GET", "/api/v1/contacts", NULL);
    office_close(o);
}

/* shows: ACC-1 ACC-2 */
static void test_an_auditor_from_outside_reads_for_a_time_what_is_named(void **state)
{
    char id[37], code[64], eva[200];
    office *o = office_open();
    (void)state;
    office_expect(o, 422, "end", o->ann, "POST", USERS,
                  "{\"name\":\"eva\",\"kind\":\"auditor\",\"roles\":[\"auditor\"]}");
    client_answer a =
        client_expect(&o->c, 201, "POST", USERS, o->ann,
                      "{\"name\":\"eva\",\"kind\":\"auditor\",\"roles\":[\"auditor\"],"
                      "\"until\":\"2999-01-01T00:00:00Z\",\"scope\":{\"entities\":[\"account\"]}}");
    snprintf(id, sizeof id, "%s",
             cJSON_GetStringValue(cJSON_GetObjectItem(cJSON_GetObjectItem(a.json, "user"), "id")));
    snprintf(code, sizeof code, "%s", client_text(&a, "code"));
    client_free(&a);
    client_enrol(&o->c, "eva", code, eva, NULL, 0);
    office_expect(o, 200, NULL, eva, "GET", "/api/v1/accounts", NULL);
    office_expect(o, 403, NULL, eva, "GET", "/api/v1/contacts", NULL);
    office_expect(o, 403, NULL, eva, "POST", "/api/v1/accounts", "{\"fields\":{\"name\":\"A\"}}");
    office_expect(o, 403, NULL, eva, "GET", USERS, NULL);
    office_expect(o, 200, "\"contact\"", o->ann, "PATCH", at(USERS, id, ""),
                  "{\"scope\":{\"entities\":[\"contact\"],\"areas\":[\"privacy\"]}}");
    office_expect(o, 403, NULL, eva, "GET", "/api/v1/accounts", NULL);
    office_expect(o, 200, NULL, eva, "GET", "/api/v1/contacts", NULL);
    office_expect(o, 422, NULL, o->ann, "PATCH", at(USERS, id, ""), "{\"until\":null}");
    office_expect(o, 400, "scope", o->ann, "PATCH", at(USERS, id, ""), "{\"scope\":[]}");
    office_expect(o, 422, "unicorn", o->ann, "PATCH", at(USERS, id, ""),
                  "{\"scope\":{\"entities\":[\"unicorn\"]}}");
    office_close(o);
}

/* shows: ACC-1 */
static void test_teams(void **state)
{
    char team[37], bob[37], member[200];
    office *o = office_open();
    (void)state;
    id_of(o, "bob", bob);
    office_take(o, 201, o->ann, "POST", TEAMS, "{\"name\":\"North\"}", NULL, "id", team,
                sizeof team);
    office_expect(o, 409, "North", o->ann, "POST", TEAMS, "{\"name\":\"north\"}");
    office_expect(o, 400, "name", o->ann, "POST", TEAMS, "{\"name\":\" \"}");
    office_expect(o, 403, NULL, o->bob, "POST", TEAMS, "{\"name\":\"South\"}");
    office_expect(o, 403, NULL, o->bob, "GET", TEAMS, NULL);
    snprintf(member, sizeof member, "/members/%s", bob);
    office_expect(o, 200, "\"members\":[\"bob\"]", o->ann, "PUT", at(TEAMS, team, member), "{}");
    office_expect(o, 409, NULL, o->ann, "PUT", at(TEAMS, team, member), "{}");
    office_expect(o, 404, NULL, o->ann, "PUT", at(TEAMS, NONE, member), "{}");
    office_expect(o, 404, NULL, o->ann, "PUT", at(TEAMS, "North", member), "{}");
    office_expect(o, 200, "\"name\":\"bob\"", o->ann, "GET", USERS "?team=North", NULL);
    office_expect(o, 200, "\"name\":\"South\"", o->ann, "PATCH", at(TEAMS, team, ""),
                  "{\"name\":\"South\",\"why\":\"moved\"}");
    office_expect(o, 200, "\"members\":[]", o->ann, "DELETE", at(TEAMS, team, member), NULL);
    office_expect(o, 404, NULL, o->ann, "DELETE", at(TEAMS, team, member), NULL);
    office_expect(o, 204, NULL, o->ann, "DELETE", at(TEAMS, team, "?why=gone"), NULL);
    office_expect(o, 404, NULL, o->ann, "DELETE", at(TEAMS, team, ""), NULL);
    office_expect(o, 200, "\"teams\":[]", o->ann, "GET", TEAMS, NULL);
    office_close(o);
}

/* What cannot be understood is told with its place, before anything is done. */
/* shows: INT-1 */
static void test_what_is_not_understood(void **state)
{
    static const struct {
        int status;
        const char *method, *path, *body, *has;
    } tries[] = {
        {400, "GET", USERS "?colour=red", NULL, "colour"},
        {400, "GET", USERS "?limit=1001", NULL, "1 to 1000"},
        {400, "GET", USERS "?at=yesterday", NULL, "moment"},
        {400, "GET", USERS "?at=2999-01-01T00:00:00Z", NULL, "not to come"},
        {404, "GET", USERS "/" NONE, NULL, NULL},
        {404, "GET", USERS "/nobody", NULL, NULL},
        {400, "POST", USERS, "{\"name\":\"eve\",\"colour\":\"red\"}", "colour"},
        {400, "POST", USERS, "{\"name\":7}", "name"},
        {400, "POST", USERS, "{}", "name"},
        {422, "POST", USERS, "{\"name\":\"eve\",\"kind\":\"ghost\"}", "ghost"},
        {422, "POST", USERS, "{\"name\":\"eve\",\"language\":\"tlh\"}", "tlh"},
        {422, "POST", USERS, "{\"name\":\"eve\",\"kind\":\"portal\"}", "contact"},
        {404, "POST", USERS, "{\"name\":\"eve\",\"roles\":[\"cook\"]}", "cook"},
        {400, "POST", USERS, "{\"name\":\"eve\",\"roles\":\"sales\"}", "roles"},
        {409, "POST", USERS, "{\"name\":\"BOB\"}", "another user"},
        {400, "POST", USERS, "{\"name\":\"eve\",\"until\":\"soon\"}", "until"},
        {404, "POST", USERS "/nobody/end", "{}", NULL},
        {404, "PATCH", USERS "/nobody", "{\"shown\":\"x\"}", NULL},
        {404, "PUT", USERS "/nobody/superior", "{\"superior\":null}", NULL},
        {404, "DELETE", USERS "/nobody/roles/sales", NULL, NULL},
        {404, "GET", USERS "/bob/credentials", NULL, NULL}, /* named by id there */
        {404, "DELETE", USERS "/" NONE "/sessions/x", NULL, NULL},
        {400, "DELETE", USERS "/bob/roles/sales?colour=red", NULL, "colour"},
    };
    office *o = office_open();
    (void)state;
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
        office_expect(o, tries[i].status, tries[i].has, o->ann, tries[i].method, tries[i].path,
                      tries[i].body);
    office_expect(o, 401, NULL, "", "GET", USERS, NULL);
    office_expect(o, 401, NULL, "", "GET", TEAMS, NULL);
    office_close(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_user_from_first_to_last_day),
        cmocka_unit_test(test_somebody_is_found_by_words),
        cmocka_unit_test(test_rights_are_given_by_others_and_taken_at_once),
        cmocka_unit_test(test_sessions_and_credentials_of_others),
        cmocka_unit_test(test_a_key_does_less_than_who_it_acts_for),
        cmocka_unit_test(test_an_auditor_from_outside_reads_for_a_time_what_is_named),
        cmocka_unit_test(test_teams),
        cmocka_unit_test(test_what_is_not_understood),
    };
    return cmocka_run_group_tests_name("http/people", tests, NULL, NULL);
}
