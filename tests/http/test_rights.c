/* Roles and who may what over HTTP, of the program as it is installed. Every answer is held to the
 * OpenAPI document. */
#include "office.h"

#define ROLES "/api/v1/roles"
#define MATRIX "/api/v1/access-matrix"
#define NONE "01890a5d-ac96-774b-bcce-b302099a8057"

/* A body that defines a role by its text, which has no quotation marks. */
static const char *role_body(const char *text, const char *more)
{
    static char body[2000];
    char escaped[1500];
    size_t out = 0;
    for (const char *c = text; *c != '\0' && out + 3 < sizeof escaped; c++) {
        if (*c == '\n')
            escaped[out++] = '\\';
        escaped[out++] = *c == '\n' ? 'n' : *c;
    }
    escaped[out] = '\0';
    snprintf(body, sizeof body, "{\"text\":\"%s\"%s}", escaped, more);
    return body;
}

#define GRANT(operations)                                                                          \
    "role: porter\nlabel: Porter\nparent: sales\ngrants:\n  - {name: doors, entities: contact,"    \
    " operations: " operations ", scope: [team], rights: read}\n"

static const cJSON *change_of(const client_answer *a, const char *role, const char *operation)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(a->json, "changes"))
    {
        const char *of = cJSON_GetStringValue(cJSON_GetObjectItem(one, "operation"));
        if (strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(one, "role")), role) == 0 &&
            of != NULL && strcmp(of, operation) == 0)
            return one;
    }
    return NULL;
}

static void expect_change(const client_answer *a, const char *role, const char *operation,
                          const char *before, const char *after)
{
    const cJSON *one = change_of(a, role, operation);
    const char *was = cJSON_GetStringValue(cJSON_GetObjectItem(one, "before"));
    const char *is = cJSON_GetStringValue(cJSON_GetObjectItem(one, "after"));
    if (was == NULL || is == NULL || strcmp(was, before) != 0 || strcmp(is, after) != 0)
        fail_msg("%s, %s: not from “%s” to “%s” in\n%s", role, operation, before, after, a->text);
}

/* shows: ACC-1 ACC-2 INT-1 */
static void test_a_role_is_told_before_it_changes(void **state)
{
    office *o = office_open();
    (void)state;
    office_expect(o, 404, NULL, o->ann, "GET", ROLES "/porter", NULL);
    client_answer a = client_expect(&o->c, 200, "PUT", ROLES "/porter", o->ann,
                                    role_body(GRANT("[read, list, export]"), ",\"dry_run\":true"));
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(a.json, "new")));
    expect_change(&a, "porter", "read", "", "team");
    assert_null(change_of(&a, "porter", "export")); /* its parent has none */
    assert_non_null(strstr(a.text, "\"cut\":[\"export\"],\"cut_by\":\"Sales\""));
    /* Of sales every grant hides it, or shows it masked: a right to read all reaches no further. */
    assert_non_null(strstr(a.text, "\"field\":\"gender\",\"granted\":\"read\","
                                   "\"left\":\"masked\""));
    client_free(&a);
    office_expect(o, 404, NULL, o->ann, "GET", ROLES "/porter", NULL); /* nothing was done */
    a = client_expect(&o->c, 200, "PUT", ROLES "/porter", o->ann,
                      role_body(GRANT("[read, list, export]"), ",\"why\":\"doors\""));
    client_free(&a);
    office_expect(o, 200, "\"cut\":[\"export\"],\"cut_by\":\"Sales\"", o->ann, "GET",
                  ROLES "/porter", NULL);
    client_add_user(o->c.folder, "pat", (const char *const[]){"--role", "porter", NULL},
                    (char[64]){""});
    a = client_expect(&o->c, 200, "PUT", ROLES "/porter", o->ann,
                      role_body(GRANT("[read]"), ",\"dry_run\":true"));
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(a.json, "new")));
    expect_change(&a, "porter", "list", "team", "");
    assert_string_equal(
        cJSON_GetStringValue(cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "holders"), 0)), "pat");
    client_free(&a);
    /* What is told as text can be sent back, and changes nothing. */
    a = client_expect(&o->c, 200, "GET", ROLES "/porter", o->ann, NULL);
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "text", client_text(&a, "text"));
    char *text = cJSON_PrintUnformatted(body);
    office_expect(o, 200, "\"changes\":[]", o->ann, "PUT", ROLES "/porter", text);
    free(text);
    cJSON_Delete(body);
    client_free(&a);
    office_expect(o, 204, NULL, o->ann, "DELETE", ROLES "/porter?why=closed", NULL);
    office_expect(o, 404, NULL, o->ann, "DELETE", ROLES "/porter", NULL);
    office_close(o);
}

/* A role above changes what all below it hold. */
/* shows: ACC-2 */
static void test_a_parent_takes_from_those_below(void **state)
{
    office *o = office_open();
    (void)state;
    office_expect(o, 200, NULL, o->ann, "PUT", ROLES "/upper",
                  role_body("role: upper\nlabel: Upper\ngrants:\n  - {name: a, entities: contact,"
                            " operations: [read, list], scope: all, rights: write}\n",
                            ""));
    office_expect(
        o, 200, NULL, o->ann, "PUT", ROLES "/lower",
        role_body("role: lower\nlabel: Lower\nparent: upper\ngrants:\n  - {name: a,"
                  " entities: all, operations: [read, list], scope: own, rights: write}\n",
                  ""));
    client_answer a = client_expect(
        &o->c, 200, "PUT", ROLES "/upper", o->ann,
        role_body("role: upper\nlabel: Upper\ngrants:\n  - {name: a, entities: contact, operations:"
                  " [read], scope: all, rights: {other: write, personal: hidden}}\n",
                  ",\"dry_run\":true"));
    expect_change(&a, "upper", "list", "all", "");
    expect_change(&a, "lower", "list", "own", "");
    assert_non_null(strstr(a.text, "{\"role\":\"lower\",\"entity\":\"contact\",\"field\":"));
    client_free(&a);
    office_expect(o, 409, "inherits", o->ann, "DELETE", ROLES "/upper", NULL);
    office_close(o);
}

/* shows: ACC-1 ACC-2 SEC-2 */
static void test_who_may_define_and_ask(void **state)
{
    static const char *const paths[] = {ROLES, ROLES "/sales", MATRIX,
                                        "/api/v1/who-can?entity=contact&id=" NONE "&field=email"};
    office *o = office_open();
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        office_expect(o, 403, NULL, o->bob, "GET", paths[i], NULL);
        office_expect(o, 401, NULL, "", "GET", paths[i], NULL);
    }
    office_expect(o, 403, NULL, o->bob, "PUT", ROLES "/porter", role_body(GRANT("[read]"), ""));
    office_expect(o, 403, NULL, o->bob, "DELETE", ROLES "/sales", NULL);
    /* Whoever administers lifts nobody's own role by it, be it told only or not. */
    static const char own[] = "role: administrator\nlabel: All\ngrants:\n  - {name: a, entities: "
                              "all, operations: [read], scope: all, rights: write}\n";
    office_expect(o, 200, "\"dry_run\":true", o->ann, "PUT", ROLES "/administrator",
                  role_body(own, ",\"dry_run\":true"));
    office_expect(o, 403, "of her own", o->ann, "PUT", ROLES "/administrator", role_body(own, ""));
    office_expect(o, 403, "of her own", o->ann, "DELETE", ROLES "/administrator", NULL);
    office_expect(o, 422, "porter", o->ann, "PUT", ROLES "/gate", role_body(GRANT("[read]"), ""));
    office_expect(o, 422, "fly", o->ann, "PUT", ROLES "/porter", role_body(GRANT("[fly]"), ""));
    office_expect(o, 400, "text", o->ann, "PUT", ROLES "/porter", "{}");
    office_expect(o, 400, "colour", o->ann, "GET", ROLES "?colour=red", NULL);
    office_expect(o, 400, "moment", o->ann, "GET", ROLES "/sales?at=soon", NULL);
    office_expect(o, 200, "\"roles\":[]", o->ann, "GET", ROLES "?at=2001-01-01T00:00:00Z", NULL);
    office_close(o);
}

/* Bob sells, and the contact is not his: the role and what he may not do, each in his words. */
static void a_refusal_names_the_role_as_its_reader_does(office *o, const char *id)
{
    static const struct {
        const char *language, *title, *role;
    } readers[] = {{"en", ": change.", "The role Sales grants it"},
                   {"fa", "تغییر", "فروش"},
                   {"zh-CN", "更改", "销售"}};
    char path[80], headers[300];
    snprintf(path, sizeof path, "/api/v1/contacts/%s", id);
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        snprintf(headers, sizeof headers, "%sIf-Match: *\r\nAccept-Language: %s\r\n", o->bob,
                 readers[i].language);
        client_answer a =
            client_expect(&o->c, 403, "PATCH", path, headers, "{\"fields\":{\"city\":\"Bonn\"}}");
        const char *title = cJSON_GetStringValue(cJSON_GetObjectItem(a.json, "title"));
        const char *detail = cJSON_GetStringValue(cJSON_GetObjectItem(a.json, "detail"));
        if (strstr(title, readers[i].title) == NULL || strstr(detail, readers[i].role) == NULL ||
            (i > 0 && (strstr(detail, "Sales") != NULL || strstr(title, "change") != NULL)))
            fail_msg("%s: %s %s", readers[i].language, title, detail);
        client_free(&a);
    }
}

/* shows: ACC-1 ACC-2 ACC-4 */
static void test_who_can_see_a_field_and_who_could(void **state)
{
    static const char contacts[] = "Contact ID,Full Name,Email\nC-1,Ida Berg,ida@example.org\n";
    static const char *const sales[] = {"--role", "service", NULL};
    char id[37], path[300], code[64], sam[200], fa[300];
    office *o = office_open();
    (void)state;
    program_write(o->c.folder, "contacts.csv", contacts);
    PROGRAM_EXPECT(o->c.folder, 0, "imported", "import", "contacts.csv", "-w", "ws");
    client_add_user(o->c.folder, "sam", sales, code);
    client_enrol(&o->c, "sam", code, sam, NULL, 0);
    client_answer a = client_expect(&o->c, 200, "GET", "/api/v1/contacts", sam, NULL);
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "records"), 0);
    snprintf(id, sizeof id, "%s", cJSON_GetStringValue(cJSON_GetObjectItem(first, "id")));
    client_free(&a);
    snprintf(path, sizeof path, "/api/v1/who-can?entity=contact&field=email&id=%s", id);
    office_expect(o, 200, "{\"user\":\"sam\",", o->ann, "GET", path, NULL);
    a = client_expect(&o->c, 200, "GET", path, o->ann, NULL);
    assert_null(strstr(a.text, "\"user\":\"ann\"")); /* who asks sees nothing of it herself */
    assert_null(strstr(a.text, "ida@example.org"));
    client_free(&a);
    /* The rule names the role as its reader calls it, and says of which records the grant speaks.
     */
    snprintf(fa, sizeof fa, "%sAccept-Language: fa\r\n", o->ann);
    a = client_expect(&o->c, 200, "GET", path, fa, NULL);
    const cJSON *may = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "may"), 0);
    const char *rule = cJSON_GetStringValue(cJSON_GetObjectItem(may, "rule"));
    if (strstr(rule, "فروش") == NULL || strstr(rule, "Sales") != NULL)
        fail_msg("The rule names the role otherwise: %s", rule);
    assert_non_null(strstr(a.text, "\"scope\":[\"all\"]"));
    client_free(&a);
    a_refusal_names_the_role_as_its_reader_does(o, id);
    snprintf(path, sizeof path,
             "/api/v1/who-can?entity=contact&field=email&id=%s&at=2001-01-01T00:00:00Z", id);
    office_expect(o, 404, "not there yet", o->ann, "GET", path, NULL);
    snprintf(path, sizeof path, "/api/v1/who-can?entity=contact&field=wings&id=%s", id);
    office_expect(o, 404, "wings", o->ann, "GET", path, NULL);
    office_expect(o, 404, NULL, o->ann, "GET",
                  "/api/v1/who-can?entity=contact&field=email&id=" NONE, NULL);
    office_expect(o, 400, "id", o->ann, "GET", "/api/v1/who-can?entity=contact&field=email&id=C-1",
                  NULL);
    office_expect(o, 400, "field", o->ann, "GET", "/api/v1/who-can?entity=contact&id=" NONE, NULL);
    office_close(o);
}

/* shows: ACC-1 ACC-3 */
static void test_the_matrix_says_who_may_what(void **state)
{
    office *o = office_open();
    (void)state;
    office_expect(o, 200, "{\"entity\":null,\"operations\":[\"ledger\",\"users\",", o->ann, "GET",
                  MATRIX "?user=ann", NULL);
    office_expect(o, 200,
                  "\"user\":\"bob\",\"shown\":\"bob\",\"kind\":\"person\",\"roles\":[\"sales\"],"
                  "\"may\":[{\"entity\":\"contact\",\"operations\":[\"read\"]}]",
                  o->ann, "GET", MATRIX "?entity=contact&operation=read", NULL);
    office_expect(o, 200, "\"may\":[]", o->ann, "GET", MATRIX "?user=bob&operation=users", NULL);
    office_expect(o, 200, "\"users\":[]", o->ann, "GET", MATRIX "?at=2001-01-01T00:00:00Z", NULL);
    office_expect(o, 404, "unicorn", o->ann, "GET", MATRIX "?entity=unicorn", NULL);
    office_expect(o, 400, "fly", o->ann, "GET", MATRIX "?operation=fly", NULL);
    office_close(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_role_is_told_before_it_changes),
        cmocka_unit_test(test_a_parent_takes_from_those_below),
        cmocka_unit_test(test_who_may_define_and_ask),
        cmocka_unit_test(test_who_can_see_a_field_and_who_could),
        cmocka_unit_test(test_the_matrix_says_who_may_what),
    };
    return cmocka_run_group_tests_name("http/rights", tests, NULL, NULL);
}
