/* Every shipped role asks for every operation on records, of the program as it is installed. What
 * is hidden from a role stands in no answer to it: not in lists, searches, history, duplicates,
 * problems, and no order, choice or count tells of it. */
#include "client.h"

enum { SALES, SERVICE, MARKETING, MANAGER, ADMINISTRATOR, STEWARD, AUDITOR, PORTAL, ROLES };

static const char *const roles[ROLES] = {"sales",         "service",      "marketing", "manager",
                                         "administrator", "data_steward", "auditor",   "portal"};
#define S 1U << SALES
#define V 1U << SERVICE
#define M 1U << MARKETING
#define L 1U << MANAGER
#define D 1U << STEWARD

/* Values of a contact that is nobody's, who may see them by what the roles say, and by which of
 * them records can be chosen. */
static const struct {
    const char *field, *value;
    unsigned seen;
    const char *filter; /* as it stands in an address */
} canaries[] = {
    {"full_name", "Quillon Featherstone", S | V | M | L | D,
     "full_name%3D%27Quillon+Featherstone%27"},
    {"email", "qcanary@example.org", V | M | L | D, "email%3D%27qcanary@example.org%27"},
    {"city", "Canarytown", V | M | L | D, "city%3D%27Canarytown%27"},
    {"gender", "Canarygender", V | L | D, "gender%3D%27Canarygender%27"},
    {"birth_date", "1961-03-17", V | L, "birth_date%3D1961-03-17"},
    {"description", "Canarysong at dawn", V | L | D, "description+begins+%27Canarysong%27"},
};
enum { CANARIES = sizeof canaries / sizeof *canaries };

static const char contacts[] =
    "Contact ID,Full Name,Email,City,Gender,Birth Date,Description,Phone\n"
    "C-1,Quillon Featherstone,qcanary@example.org,Canarytown,Canarygender,1961-03-17,"
    "Canarysong at dawn,+49 30 901820\n"
    "C-2,Peter Porter,peter@example.net,Oslo,Male,1970-01-01,Nothing,\n"
    /* Likely the first one. */
    "C-3,Quillon Featherston,,,,,,+49 30 901820\n";

/* What each role is answered, in the order of `roles`. */
typedef struct operation {
    const char *name, *method, *path, *headers, *body; /* `%s`: the id of the record */
    int status[ROLES];
} operation;

#define VERSION "If-Match: *\r\n"
/* Likely the same as the one that is there. */
#define NEW                                                                                        \
    "{\"fields\":{\"full_name\":\"Quillon Featherston\",\"email\":\"quillon@example.com\","        \
    "\"city\":\"Oslo\"}}"

static const operation operations[] = {
    {"list",
     "GET",
     "/api/v1/contacts?total=true",
     "",
     NULL,
     {200, 200, 200, 200, 403, 200, 200, 200}},
    {"list of the deleted",
     "GET",
     "/api/v1/contacts?deleted=true",
     "",
     NULL,
     {403, 403, 403, 403, 403, 200, 403, 403}},
    {"search",
     "GET",
     "/api/v1/contacts/search?q=quillon",
     "",
     NULL,
     {200, 200, 200, 200, 403, 200, 200, 200}},
    {"read", "GET", "/api/v1/contacts/%s", "", NULL, {200, 200, 200, 200, 404, 200, 200, 404}},
    {"history",
     "GET",
     "/api/v1/contacts/%s/history",
     "",
     NULL,
     {403, 200, 403, 200, 404, 200, 200, 404}},
    {"provenance",
     "GET",
     "/api/v1/contacts/%s?provenance=true",
     "",
     NULL,
     {200, 200, 200, 200, 404, 200, 200, 404}},
    {"timeline",
     "GET",
     "/api/v1/contacts/%s/timeline",
     "",
     NULL,
     {200, 200, 200, 200, 404, 200, 200, 404}},
    {"who looked",
     "GET",
     "/api/v1/contacts/%s/access",
     "",
     NULL,
     {403, 403, 403, 403, 404, 200, 200, 404}},
    {"groups by all that is told of",
     "GET",
     "/api/v1/contacts/groups?by=city,contact_source",
     "",
     NULL,
     {403, 403, 200, 200, 403, 200, 403, 403}},
    {"duplicates",
     "GET",
     "/api/v1/contacts/duplicates?state=all",
     "",
     NULL,
     {403, 403, 403, 403, 403, 200, 403, 403}},
    {"duplicates of one",
     "GET",
     "/api/v1/contacts/%s/duplicates",
     "",
     NULL,
     {403, 403, 403, 403, 403, 200, 403, 403}},
    {"merge with itself",
     "POST",
     "/api/v1/contacts/%s/merge",
     "",
     "{\"records\":[\"%s\"],\"dry_run\":true}",
     {403, 403, 403, 403, 403, 409, 403, 403}},
    {"settings", "GET", "/api/v1/settings", "", NULL, {403, 403, 403, 403, 200, 403, 403, 403}},
    {"check", "POST", "/api/v1/contacts/check", "", NEW, {403, 200, 403, 200, 403, 200, 403, 403}},
    {"create",
     "POST",
     "/api/v1/contacts",
     "",
     "{\"fields\":{\"email\":\"none\"}}",
     {403, 422, 403, 422, 403, 422, 403, 403}},
    {"change",
     "PATCH",
     "/api/v1/contacts/%s",
     VERSION,
     "{\"fields\":{\"contact_source\":\"Fair\"}}",
     {403, 200, 403, 200, 404, 200, 403, 404}},
    {"delete",
     "DELETE",
     "/api/v1/contacts/%s",
     VERSION,
     NULL,
     {403, 403, 403, 403, 404, 200, 403, 404}},
    {"bring back",
     "POST",
     "/api/v1/contacts/%s/restore",
     "",
     NULL,
     {403, 403, 403, 403, 404, 200, 403, 404}},
    {"bulk",
     "POST",
     "/api/v1/contacts/bulk",
     "",
     "{\"rows\":[{\"id\":\"%s\",\"version\":99,\"fields\":{\"city\":\"Bergen\"}}]}",
     {200, 200, 200, 200, 200, 200, 200, 200}},
    {"home", "GET", "/api/v1/home", "", NULL, {200, 200, 200, 200, 200, 200, 200, 200}},
    {"how it is", "GET", "/api/v1/health", "", NULL, {403, 403, 403, 403, 200, 403, 403, 403}},
    {"views", "GET", "/api/v1/views", "", NULL, {200, 200, 200, 200, 200, 200, 200, 200}},
    {"model", "GET", "/api/v1/model", "", NULL, {200, 200, 200, 200, 200, 200, 200, 200}},
    {"add a field",
     "POST",
     "/api/v1/model/entities/contact/fields?dry_run=true",
     "",
     "{\"name\":\"x_shoe\",\"type\":\"text\"}",
     {403, 403, 403, 403, 201, 403, 403, 403}},
};
enum { OPERATIONS = sizeof operations / sizeof *operations };
/* Of the one row. */
static const int bulk_status[ROLES] = {403, 409, 403, 409, 404, 409, 403, 404};

typedef struct house {
    client c;
    char header[ROLES][200], id[37];
} house;

static void open_house(house *h)
{
    char code[ROLES][64];
    char *folder = program_folder();
    PROGRAM_EXPECT(folder, 0, "Made workspace", "init", "ws");
    program_write(folder, "contacts.csv", contacts);
    PROGRAM_EXPECT(folder, 0, "imported", "import", "contacts.csv", "-w", "ws");
    for (size_t i = 0; i < ROLES; i++) {
        const char *const portal[] = {"--role",    roles[i], "--kind", "portal",
                                      "--contact", "C-2",    NULL};
        const char *const person[] = {"--role", roles[i], NULL};
        client_add_user(folder, roles[i], i == PORTAL ? portal : person, code[i]);
    }
    h->c = client_start(folder);
    for (size_t i = 0; i < ROLES; i++)
        client_enrol(&h->c, roles[i], code[i], h->header[i], NULL, 0);
    client_hold(&h->c, h->header[0]);
    client_answer a = client_expect(
        &h->c, 200, "GET", "/api/v1/contacts?filter=full_name%3D%27Quillon+Featherstone%27",
        h->header[STEWARD], NULL);
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "records"), 0);
    snprintf(h->id, sizeof h->id, "%s", cJSON_GetStringValue(cJSON_GetObjectItem(first, "id")));
    client_free(&a);
}

static client_answer ask(house *h, size_t role, const operation *o)
{
    char path[300], body[600], headers[400];
    snprintf(path, sizeof path, "%.*s%s%s", (int)strcspn(o->path, "%"), o->path,
             strstr(o->path, "%s") != NULL ? h->id : "",
             strstr(o->path, "%s") != NULL ? strstr(o->path, "%s") + 2 : "");
    snprintf(headers, sizeof headers, "%s%s", h->header[role], o->headers);
    if (o->body == NULL)
        return client_ask(&h->c, o->method, path, headers, NULL);
    const char *place = strstr(o->body, "%s");
    snprintf(body, sizeof body, "%.*s%s%s",
             place != NULL ? (int)(place - o->body) : (int)strlen(o->body), o->body,
             place != NULL ? h->id : "", place != NULL ? place + 2 : "");
    return client_ask(&h->c, o->method, path, headers, body);
}

static void hides(size_t role, const char *what, const client_answer *a)
{
    for (size_t i = 0; i < CANARIES; i++)
        if (!(canaries[i].seen >> role & 1) && strstr(a->text, canaries[i].value) != NULL)
            fail_msg("%s: %s shows %s: %s", roles[role], what, canaries[i].field, a->text);
}

static void every_operation(house *h, size_t role)
{
    for (size_t i = 0; i < OPERATIONS; i++) {
        const operation *o = &operations[i];
        client_answer a = ask(h, role, o);
        if (a.status != o->status[role])
            fail_msg("%s: %s: not %d but\n%s", roles[role], o->name, o->status[role], a.text);
        hides(role, o->name, &a);
        for (size_t k = 0; strcmp(o->name, "read") == 0 && k < CANARIES; k++)
            if ((canaries[k].seen >> role & 1) && strstr(a.text, canaries[k].value) == NULL)
                fail_msg("%s does not see %s: %s", roles[role], canaries[k].field, a.text);
        if (strcmp(o->name, "bulk") == 0) {
            const cJSON *row = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "rows"), 0);
            assert_int_equal(cJSON_GetObjectItem(row, "status")->valuedouble, bulk_status[role]);
        }
        client_free(&a);
    }
}

static int found(const client_answer *a)
{
    return cJSON_GetArraySize(cJSON_GetObjectItem(a->json, "records"));
}

/* Who answers for the records sees the pair, and is told how sure it is where all shows. */
static void the_pair_is_there(house *h)
{
    client_answer a =
        client_expect(&h->c, 200, "GET", "/api/v1/contacts/duplicates", h->header[STEWARD], NULL);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "pairs")), 1);
    client_free(&a);
}

/* Who sees no value learns nothing from choosing by it, and nothing of it from the order. */
static void no_choice_tells(house *h, size_t role)
{
    char path[300];
    for (size_t i = 0; i < CANARIES; i++) {
        snprintf(path, sizeof path, "/api/v1/contacts?filter=%s", canaries[i].filter);
        client_answer a = client_ask(&h->c, "GET", path, h->header[role], NULL);
        if (canaries[i].seen >> role & 1)
            assert_int_equal(found(&a), 1);
        else if (found(&a) != 0 || (a.status != 403 && a.status != 200))
            fail_msg("%s: a list chosen by %s: %s", roles[role], canaries[i].field, a.text);
        client_free(&a);
        snprintf(path, sizeof path, "/api/v1/contacts?sort=%s&fields=%s", canaries[i].field,
                 canaries[i].field);
        a = client_ask(&h->c, "GET", path, h->header[role], NULL);
        bool note = strcmp(canaries[i].field, "description") == 0; /* notes have no order */
        if (a.status != 200 && a.status != 403 && !(note && a.status == 422))
            fail_msg("%s: a list sorted by %s: %s", roles[role], canaries[i].field, a.text);
        hides(role, "a sorted list", &a);
        client_free(&a);
    }
    for (size_t i = 0; i < CANARIES; i++) {
        snprintf(path, sizeof path, "/api/v1/contacts/groups?by=%s", canaries[i].field);
        client_answer a = client_ask(&h->c, "GET", path, h->header[role], NULL);
        bool note = strcmp(canaries[i].field, "description") == 0;
        if (a.status != 200 && a.status != 403 && !(note && a.status == 422))
            fail_msg("%s: groups by %s: %s", roles[role], canaries[i].field, a.text);
        hides(role, "a report", &a);
        client_free(&a);
    }
    client_answer a =
        client_ask(&h->c, "GET", "/api/v1/contacts/search?q=qcanary", h->header[role], NULL);
    if (!(canaries[1].seen >> role & 1) && found(&a) != 0)
        fail_msg("%s finds somebody by e-mail: %s", roles[role], a.text);
    client_free(&a);
}

/* A record that may not be seen is refused in the words for one that is not there. */
static void absent_and_hidden_are_one(house *h, size_t role)
{
    static const char none[] = "01890a5d-ac96-774b-bcce-b302099a8057";
    char path[200];
    snprintf(path, sizeof path, "/api/v1/contacts/%s", h->id);
    client_answer hidden = client_expect(&h->c, 404, "GET", path, h->header[role], NULL);
    snprintf(path, sizeof path, "/api/v1/contacts/%s", none);
    client_answer absent = client_expect(&h->c, 404, "GET", path, h->header[role], NULL);
    char *title = strdup(client_text(&hidden, "title"));
    char *at = strstr(title, h->id);
    assert_non_null(at);
    memcpy(at, none, strlen(none));
    assert_string_equal(title, client_text(&absent, "title"));
    assert_null(cJSON_GetObjectItem(hidden.json, "detail"));
    assert_null(cJSON_GetObjectItem(hidden.json, "hint"));
    free(title);
    client_free(&hidden);
    client_free(&absent);
}

/* A customer is told who looked at what is kept of him, when and what for. */
static void a_customer_asks_who_looked(house *h)
{
    char path[200], headers[300];
    client_answer a = client_expect(&h->c, 200, "GET", "/api/v1/contacts", h->header[PORTAL], NULL);
    const cJSON *own = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "records"), 0);
    snprintf(path, sizeof path, "/api/v1/contacts/%s",
             cJSON_GetStringValue(cJSON_GetObjectItem(own, "id")));
    client_free(&a);
    snprintf(headers, sizeof headers, "%sProbity-Purpose: a complaint\r\n", h->header[SERVICE]);
    a = client_expect(&h->c, 200, "GET", path, headers, NULL);
    client_free(&a);
    snprintf(path + strlen(path), sizeof path - strlen(path), "/access?limit=1");
    a = client_expect(&h->c, 200, "GET", path, h->header[PORTAL], NULL);
    const cJSON *look = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "accesses"), 0);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(look, "actor")), "service");
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(look, "purpose")), "a complaint");
    client_free(&a);
}

/* What a problem names is called as the reader calls it. */
static void problems_in_the_readers_words(house *h)
{
    char headers[300];
    snprintf(headers, sizeof headers, "%sAccept-Language: zh-CN\r\n", h->header[STEWARD]);
    client_answer a = client_expect(&h->c, 404, "GET",
                                    "/api/v1/contacts/01890a5d-ac96-774b-bcce-b302099a8057/access",
                                    headers, NULL);
    assert_non_null(strstr(client_text(&a, "title"), "联系人"));
    assert_null(strstr(client_text(&a, "title"), "Contact"));
    client_free(&a);
}

/* ASVS V8.2.1 V8.2.2 V8.2.3 */
/* shows: ACC-1 ACC-2 SEC-1 INT-1 */
static void test_no_role_is_told_what_is_hidden_from_it(void **state)
{
    house *h = calloc(1, sizeof *h);
    assert_non_null(h);
    (void)state;
    open_house(h);
    for (size_t role = 0; role < ROLES; role++) {
        every_operation(h, role);
        no_choice_tells(h, role);
    }
    the_pair_is_there(h);
    a_customer_asks_who_looked(h);
    problems_in_the_readers_words(h);
    absent_and_hidden_are_one(h, ADMINISTRATOR);
    absent_and_hidden_are_one(h, PORTAL);
    client_stop(&h->c);
    PROGRAM_EXPECT(h->c.folder, 0, "The ledger is whole", "ledger", "verify", "-w", "ws");
    program_remove_folder(h->c.folder);
    free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_role_is_told_what_is_hidden_from_it),
    };
    return cmocka_run_group_tests_name("http/roles", tests, NULL, NULL);
}
