/* Fields and entities of one's own over HTTP, by the program as it is installed: in force at once,
 * for everybody, without a restart. Every answer is held to the OpenAPI document. */
#include "office.h"

#define MODEL "/api/v1/model"
#define ENTITIES MODEL "/entities"
#define SHOE                                                                                       \
    "{\"name\":\"x_shoe\",\"type\":\"choice\",\"label\":\"Shoe size\",\"values\":[\"small\","      \
    "\"large\"],\"why\":\"asked for by sales\"}"

/* The document says what there is now. */
static void hold_again(office *o, const char *who)
{
    cJSON_Delete(o->c.openapi);
    o->c.openapi = NULL;
    client_hold(&o->c, who);
}

/* Who may enter any record; whoever sells may enter her own alone. */
static void let_in(office *o, char who[200])
{
    static const char *const steward[] = {"--role", "data_steward", NULL};
    char code[64];
    client_add_user(o->c.folder, "eve", steward, code);
    client_enrol(&o->c, "eve", code, who, NULL, 0);
}

static void id_of_new(office *o, const char *who, const char *path, const char *body, char id[37])
{
    office_take(o, 201, who, "POST", path, body, "record", "id", id, 37);
}

/* As the workspace says it, in the reader's language; where it says nothing, as ever. */
static void called_in_each_language(office *o, const char *who)
{
    char fa[300], zh[300];
    snprintf(fa, sizeof fa, "%sAccept-Language: fa\r\n", who);
    snprintf(zh, sizeof zh, "%sAccept-Language: zh-CN\r\n", who);
    office_expect(o, 200, NULL, o->ann, "PATCH", ENTITIES "/contact/fields/x_shoe",
                  "{\"labels\":{\"en\":\"Shoe\",\"fa\":\"اندازه کفش\"}}");
    office_expect(o, 200, "\"label\":\"اندازه کفش\"", fa, "GET", MODEL, NULL);
    office_expect(o, 200, "\"label\":\"Boot\"", zh, "GET", MODEL, NULL);
    office_expect(o, 200, "\"label\":\"Shoe\"", who, "GET", MODEL, NULL);
    office_expect(o, 200, "\"label\":\"联系人\"", zh, "GET", MODEL, NULL);
    office_expect(o, 200, "\"fresh_days\":730", zh, "GET", MODEL, NULL);
    office_expect(o, 200, "\"review_days\":180", zh, "GET", MODEL, NULL);
    office_expect(o, 200, "\"value\":\"Won\",\"label\":\"赢单\",\"retired\":false,\"over\":true",
                  zh, "GET", MODEL, NULL);
    office_expect(o, 200, "\"title\":\"اندازه کفش\"", fa, "GET", "/openapi.json", NULL);
    office_expect(o, 200, NULL, o->ann, "PATCH", ENTITIES "/contact",
                  "{\"labels\":{\"fa\":\"مشتری ما\"}}");
    office_expect(o, 200, "\"label\":\"مشتری ما\"", fa, "GET", MODEL, NULL);
    office_expect(o, 422, "klingon", o->ann, "PATCH", ENTITIES "/contact",
                  "{\"labels\":{\"klingon\":\"x\"}}");
    office_expect(o, 200, NULL, o->ann, "PATCH", ENTITIES "/contact/fields/x_shoe",
                  "{\"labels\":null}");
    office_expect(o, 200, "\"label\":\"Boot\"", fa, "GET", MODEL, NULL);
}

/* shows: REC-1 INT-1 ACC-1 */
static void test_a_field_is_there_for_everybody_at_once(void **state)
{
    char id[37], path[200], eve[200];
    office *o = office_open();
    (void)state;
    let_in(o, eve);
    office_expect(o, 200, "\"version\":0", eve, "GET", MODEL, NULL);
    office_expect(o, 201, "\"dry_run\":true", o->ann, "POST",
                  ENTITIES "/contact/fields?dry_run=true", SHOE);
    office_expect(o, 200, "\"version\":0", eve, "GET", MODEL, NULL);
    office_expect(o, 201, "\"version\":1", o->ann, "POST", ENTITIES "/contact/fields", SHOE);
    office_expect(o, 200, "\"label\":\"Shoe size\"", eve, "GET", MODEL, NULL);
    hold_again(o, o->ann);
    id_of_new(o, eve, "/api/v1/contacts",
              "{\"fields\":{\"full_name\":\"Cho Ito\",\"phone\":\"+49 30 123456\",\"x_shoe\":"
              "\"large\"}}",
              id);
    snprintf(path, sizeof path, "/api/v1/contacts/%s", id);
    office_expect(o, 200, "\"x_shoe\":\"large\"", eve, "GET", path, NULL);
    office_expect(o, 200, id, eve, "GET", "/api/v1/contacts?filter=x_shoe%20=%20'large'", NULL);
    office_expect(o, 422, "x_shoe", eve, "POST", "/api/v1/contacts",
                  "{\"fields\":{\"full_name\":\"Dan Day\",\"phone\":\"+49 30 1234\",\"x_shoe\":"
                  "\"tall\"}}");
    /* It is called otherwise, takes more, and is retired: what is there stays. */
    office_expect(o, 200, "\"version\":2", o->ann, "PATCH", ENTITIES "/contact/fields/x_shoe",
                  "{\"label\":\"Boot\",\"more_values\":[\"tall\"]}");
    office_expect(o, 200, "\"label\":\"Boot\"", eve, "GET", MODEL, NULL);
    office_expect(o, 200, NULL, o->ann, "PATCH", ENTITIES "/contact/fields/x_shoe",
                  "{\"retired\":true,\"why\":\"nobody asks any more\"}");
    office_expect(o, 200, "\"x_shoe\":\"large\"", eve, "GET", path, NULL);
    office_expect(o, 422, "retired", eve, "POST", "/api/v1/contacts",
                  "{\"fields\":{\"full_name\":\"Dan Day\",\"phone\":\"+49 30 1234\",\"x_shoe\":"
                  "\"tall\"}}");
    called_in_each_language(o, eve);
    office_close(o);
}

/* shows: REC-1 INT-1 ACC-1 ACC-2 */
static void test_an_entity_has_the_rights_of_the_one_it_is_like(void **state)
{
    char id[37], path[200], eve[200];
    office *o = office_open();
    (void)state;
    let_in(o, eve);
    office_expect(o, 201, "\"entity\":\"x_vehicle\"", o->ann, "POST", ENTITIES,
                  "{\"name\":\"x_vehicle\",\"label\":\"Vehicle\",\"title\":[\"plate\"],"
                  "\"search\":[\"plate\"],\"columns\":[\"owner\",\"plate\"],\"access_as\":"
                  "\"account\",\"links\":{\"owner\":{"
                  "\"to\":\"staff\",\"role\":\"owner\"}},\"fields\":{\"plate\":{\"type\":"
                  "\"identifier\",\"required\":true}}}");
    hold_again(o, o->ann);
    office_expect(o, 200, "\"path\":\"x_vehicle\"", eve, "GET", MODEL, NULL);
    office_expect(o, 200, "\"columns\":[\"owner\",\"plate\"]", eve, "GET", MODEL, NULL);
    /* It has its operations at once; the administrator, who sees no customers, sees none of it. */
    id_of_new(o, eve, "/api/v1/x_vehicle", "{\"fields\":{\"plate\":\"AB 123\"}}", id);
    snprintf(path, sizeof path, "/api/v1/x_vehicle/%s", id);
    office_expect(o, 200, "AB 123", eve, "GET", "/api/v1/x_vehicle/search?q=123", NULL);
    office_expect(o, 404, NULL, o->ann, "GET", path, NULL);
    office_expect(o, 403, NULL, o->ann, "GET", "/api/v1/x_vehicle", NULL);
    office_expect(o, 201, NULL, o->ann, "POST", ENTITIES "/x_vehicle/fields",
                  "{\"name\":\"colour\",\"type\":\"text\"}");
    hold_again(o, o->ann);
    office_expect(o, 201, "\"colour\":\"red\"", eve, "POST", "/api/v1/x_vehicle",
                  "{\"fields\":{\"plate\":\"CD 1\",\"colour\":\"red\"}}");
    /* Commands read the same model. */
    PROGRAM_EXPECT(o->c.folder, 0, "AB 123", "find", "123", "--entity", "x_vehicle", "-w", "ws");
    program_write(o->c.folder, "x_vehicle.csv", "plate,colour\nEF 9,blue\n");
    PROGRAM_EXPECT(o->c.folder, 0, "imported", "import", "x_vehicle.csv", "-w", "ws");
    office_expect(o, 200, "EF 9", eve, "GET", "/api/v1/x_vehicle/search?q=EF", NULL);
    PROGRAM_EXPECT(o->c.folder, 0, "x_vehicle", "export", "-w", "ws", "--out", "out", "--entity",
                   "x_vehicle");
    office_close(o);
}
/* A key proves nothing: it may look what would come of a change, and makes none. */
static void by_a_key(office *o)
{
    static const char *const role[] = {"--role", "modeller", NULL};
    char text[200], key[300], code[64], dan[200];
    program_write(o->c.folder, "modeller.yaml",
                  "role: modeller\nlabel: Modeller\ngrants:\n"
                  "  - {name: model, operations: model}\n");
    PROGRAM_EXPECT(o->c.folder, 0, "modeller", "roles", "-w", "ws", "--set", "modeller.yaml");
    client_add_user(o->c.folder, "dan", role, code);
    client_enrol(&o->c, "dan", code, dan, NULL, 0);
    office_take(o, 201, dan, "POST", "/api/v1/keys", "{\"label\":\"all\"}", NULL, "key", text,
                sizeof text);
    snprintf(key, sizeof key, "Authorization: Bearer %s\r\n", text);
    office_expect(o, 201, "\"dry_run\":true", key, "POST", ENTITIES "/contact/fields?dry_run=true",
                  SHOE);
    office_expect(o, 403, "A key alone", key, "POST", ENTITIES "/contact/fields", SHOE);
    office_expect(o, 403, "A key alone", key, "PATCH", ENTITIES "/contact", "{\"label\":\"A\"}");
}

/* shows: INT-1 DQ-1 ACC-1 */
static void test_what_cannot_be_is_refused(void **state)
{
    static const struct {
        int status;
        const char *method, *path, *body, *has;
    } tries[] = {
        {400, "GET", MODEL "?colour=red", NULL, "colour"},
        {400, "POST", ENTITIES, "{\"label\":\"X\"}", "name"},
        {400, "POST", ENTITIES, "{\"name\":7}", "name"},
        {400, "POST", ENTITIES, "{\"name\":", NULL},
        {400, "POST", ENTITIES "?dry_run=maybe", "{\"name\":\"x_a\"}", "dry_run"},
        {422, "POST", ENTITIES, "{\"name\":\"vehicle\",\"fields\":{}}", "x_vehicle"},
        {422, "POST", ENTITIES, "{\"name\":\"x_a\",\"fields\":{\"a\":{\"type\":\"no\"}}}", "no"},
        {422, "POST", ENTITIES, "{\"name\":\"x_a\",\"colour\":1}", "colour"},
        {409, "POST", ENTITIES, "{\"name\":\"contact\"}", "contact"},
        {404, "POST", ENTITIES "/nothing/fields", "{\"name\":\"x_a\",\"type\":\"text\"}", NULL},
        {409, "POST", ENTITIES "/contact/fields", "{\"name\":\"email\",\"type\":\"text\"}", NULL},
        {404, "PATCH", ENTITIES "/contact/fields/x_no", "{\"label\":\"A\"}", NULL},
        {404, "PATCH", ENTITIES "/x_no", "{\"label\":\"A\"}", NULL},
        {422, "PATCH", ENTITIES "/contact", "{\"retired\":true}", "retired"},
        {422, "PATCH", ENTITIES "/contact/fields/email", "{\"type\":\"text\"}", "type"},
    };
    char stale[300];
    office *o = office_open();
    (void)state;
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
        office_expect(o, tries[i].status, tries[i].has, o->ann, tries[i].method, tries[i].path,
                      tries[i].body);
    office_expect(o, 401, NULL, "", "GET", MODEL, NULL);
    office_expect(o, 401, NULL, "", "POST", ENTITIES, "{\"name\":\"x_a\"}");
    office_expect(o, 403, NULL, o->bob, "POST", ENTITIES "/contact/fields", SHOE);
    office_expect(o, 403, NULL, o->bob, "PATCH", ENTITIES "/contact", "{\"label\":\"A\"}");
    by_a_key(o);
    snprintf(stale, sizeof stale, "%sIf-Match: \"7\"\r\n", o->ann);
    office_expect(o, 412, NULL, stale, "POST", ENTITIES "/contact/fields", SHOE);
    snprintf(stale, sizeof stale, "%sIf-Match: seven\r\n", o->ann);
    office_expect(o, 412, NULL, stale, "POST", ENTITIES "/contact/fields", SHOE);
    snprintf(stale, sizeof stale, "%sIf-Match: \"0\"\r\n", o->ann);
    office_expect(o, 200, "\"version\":0", o->bob, "GET", MODEL, NULL);
    office_expect(o, 201, NULL, stale, "POST", ENTITIES "/contact/fields", SHOE);
    office_close(o);
}

enum { CHILDREN = 3, ENTRIES = 12, CHANGES = 8 };

static void enter(office *o, const char *who, int child)
{
    char body[200];
    for (int i = 0; i < ENTRIES; i++) {
        snprintf(body, sizeof body,
                 "{\"fields\":{\"full_name\":\"Child %c%c\",\"email\":\"c%d.%d@example.org\"}}",
                 'A' + child, 'A' + i, child, i);
        client_answer a = client_ask(&o->c, "POST", "/api/v1/contacts", who, body);
        if (a.status != 201) {
            fprintf(stderr, "%s\n", a.text);
            _exit(1);
        }
        client_free(&a);
    }
    _exit(0);
}

/* Whoever is at work when the model changes notices nothing: no answer but the intended, and none
 * of what was answered is lost. */
/* shows: REC-1 PER-1 INT-1 */
static void test_who_is_at_work_meanwhile_notices_nothing(void **state)
{
    pid_t children[CHILDREN];
    char body[100], eve[200];
    office *o = office_open();
    (void)state;
    let_in(o, eve);
    cJSON_Delete(o->c.openapi);
    o->c.openapi = NULL;
    fflush(NULL);
    for (int i = 0; i < CHILDREN; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0)
            enter(o, eve, i);
    }
    for (int i = 0; i < CHANGES; i++) {
        snprintf(body, sizeof body, "{\"name\":\"x_f%d\",\"type\":\"text\"}", i);
        office_expect(o, 201, NULL, o->ann, "POST", ENTITIES "/contact/fields", body);
    }
    for (int i = 0; i < CHILDREN; i++) {
        int status = 0;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    snprintf(body, sizeof body, "\"total\":%d", CHILDREN * ENTRIES);
    office_expect(o, 200, body, eve, "GET", "/api/v1/contacts?total=true&limit=1", NULL);
    office_expect(o, 200, "x_f7", o->bob, "GET", MODEL, NULL);
    office_close(o);
}

static bool knows(client *c, const char *who, const char *field)
{
    client_answer a = client_expect(c, 200, "GET", MODEL, who, NULL);
    bool there = strstr(a.text, field) != NULL;
    client_free(&a);
    return there;
}

/* shows: REC-1 INT-1 */
static void test_another_server_of_the_workspace_learns_of_it(void **state)
{
    char eve[200];
    office *o = office_open();
    client other = client_start(o->c.folder);
    (void)state;
    let_in(o, eve);
    assert_false(knows(&other, o->ann, "x_shoe"));
    office_expect(o, 201, NULL, o->ann, "POST", ENTITIES "/contact/fields", SHOE);
    while (!knows(&other, o->ann, "x_shoe"))
        usleep(20000);
    client_answer a = client_expect(&other, 201, "POST", "/api/v1/contacts", eve,
                                    "{\"fields\":{\"full_name\":\"Cho Ito\",\"phone\":"
                                    "\"+49 30 123456\",\"x_shoe\":\"small\"}}");
    client_free(&a);
    client_stop(&other);
    office_close(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_field_is_there_for_everybody_at_once),
        cmocka_unit_test(test_an_entity_has_the_rights_of_the_one_it_is_like),
        cmocka_unit_test(test_what_cannot_be_is_refused),
        cmocka_unit_test(test_who_is_at_work_meanwhile_notices_nothing),
        cmocka_unit_test(test_another_server_of_the_workspace_learns_of_it),
    };
    return cmocka_run_group_tests_name("http/model", tests, NULL, NULL);
}
