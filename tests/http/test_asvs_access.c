/* OWASP ASVS, chapter 8: who may do what, tried at every operation that the server describes. */
#include "asvs.h"

enum { SALES, SERVICE, MARKETING, MANAGER, ADMINISTRATOR, STEWARD, AUDITOR, PORTAL, ROLES };

static const char *const roles[ROLES] = {"sales",         "service",      "marketing", "manager",
                                         "administrator", "data_steward", "auditor",   "portal"};

static const char contacts[] = "Contact ID,Full Name,Email,City\n"
                               "C-1,Quillon Featherstone,qcanary@example.org,Canarytown\n"
                               "C-2,Peter Porter,peter@example.net,Oslo\n";
static const char canary[] = "qcanary@example.org";

/* Everybody there is, and the record that is not the portal customer's. */
static struct {
    bool there;
    char header[ROLES][200], id[37];
} world;

static void open_world(office *o)
{
    char code[64];
    if (world.there)
        return;
    program_write(o->c.folder, "contacts.csv", contacts);
    PROGRAM_EXPECT(o->c.folder, 0, "imported", "import", "contacts.csv", "-w", "ws");
    for (size_t i = 0; i < ROLES; i++) {
        const char *const portal[] = {"--role",    roles[i], "--kind", "portal",
                                      "--contact", "C-2",    NULL};
        const char *const person[] = {"--role", roles[i], NULL};
        client_add_user(o->c.folder, roles[i], i == PORTAL ? portal : person, code);
        client_enrol(&o->c, roles[i], code, world.header[i], NULL, 0);
    }
    client_answer a = client_expect(&o->c, 200, "GET", "/api/v1/contacts/search?q=quillon",
                                    world.header[STEWARD], NULL);
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "records"), 0);
    snprintf(world.id, sizeof world.id, "%s",
             cJSON_GetStringValue(cJSON_GetObjectItem(first, "id")));
    client_free(&a);
    world.there = true;
}

/* ---- every operation there is ---- */

/* An operation of the document, with the id of the record where its path has one. */
typedef struct described {
    char path[500], verb[8];
    const char *body; /* an empty object where it takes JSON */
    bool closed;      /* for who is signed in only */
} described;

static void fill_path(const char *template, const char *id, char *out, size_t room)
{
    size_t at = 0;
    for (const char *c = template; *c != '\0' && at + 40 < room; c++) {
        if (*c != '{') {
            out[at++] = *c;
            continue;
        }
        const char *value = strncmp(c, "{id}", 4) == 0 ? id : "1";
        at += (size_t)snprintf(out + at, room - at, "%s", value);
        c = strchr(c, '}');
    }
    out[at] = '\0';
}

static bool is_closed(const cJSON *operation)
{
    const cJSON *way, *ways = cJSON_GetObjectItem(operation, "security");
    bool open = cJSON_GetArraySize(ways) == 0;
    cJSON_ArrayForEach(way, ways) open = open || cJSON_GetArraySize(way) == 0;
    return !open;
}

/* Calls `each` for all operations whose path begins so; their number. The answers are those of
 * requests that are not whole: only who may is looked at, so they are not held to the document. */
static size_t each_operation(office *o, const char *begin,
                             void (*each)(office *o, const described *d))
{
    const cJSON *path, *operation, *document = o->c.openapi;
    size_t count = 0;
    o->c.openapi = NULL;
    cJSON_ArrayForEach(path, cJSON_GetObjectItem(document, "paths"))
    {
        if (strncmp(path->string, begin, strlen(begin)) != 0)
            continue;
        cJSON_ArrayForEach(operation, path)
        {
            described d = {.closed = is_closed(operation)};
            const cJSON *content =
                cJSON_GetObjectItem(cJSON_GetObjectItem(operation, "requestBody"), "content");
            size_t length = strlen(operation->string);
            if (!cJSON_IsObject(operation) || length >= sizeof d.verb)
                continue;
            for (size_t i = 0; i < length; i++)
                d.verb[i] = (char)(operation->string[i] & ~0x20);
            d.body = cJSON_GetObjectItem(content, "application/json") != NULL ? "{}" : NULL;
            fill_path(path->string, world.id, d.path, sizeof d.path);
            each(o, &d);
            count++;
        }
    }
    o->c.openapi = (cJSON *)(uintptr_t)document;
    return count;
}

/* ---- V8.2.1 ---- */

#define ADMINISTRATORS(status)                                                                     \
    {                                                                                              \
        403, 403, 403, 403, status, 403, 403, 403                                                  \
    }
#define LOOKING(status)                                                                            \
    {                                                                                              \
        403, 403, 403, 403, status, status, status, 403                                            \
    }
#define EVERYBODY(status)                                                                          \
    {                                                                                              \
        status, status, status, status, status, status, status, status                             \
    }
#define DAY "2999-01-01T00:00:00Z"

/* What each role is answered by operations on people and rights, in the order of `roles`. */
static const struct {
    const char *method, *path, *body; /* `%s`: the record */
    int status[ROLES];
} matrix[] = {
    {"GET", "/api/v1/users", NULL, ADMINISTRATORS(200)},
    {"POST", "/api/v1/users", "{\"name\":\"eve\"}", ADMINISTRATORS(201)},
    {"GET", "/api/v1/users/bob", NULL, ADMINISTRATORS(200)},
    {"PATCH", "/api/v1/users/bob", "{\"shown\":\"Bob\"}", ADMINISTRATORS(200)},
    {"POST", "/api/v1/users/bob/roles", "{\"role\":\"service\"}", ADMINISTRATORS(200)},
    {"DELETE", "/api/v1/users/bob/roles/service", NULL, ADMINISTRATORS(200)},
    {"PUT", "/api/v1/users/bob/superior", "{\"superior\":\"ann\"}", ADMINISTRATORS(200)},
    {"POST", "/api/v1/users/eve/code", "{}", ADMINISTRATORS(200)},
    {"POST", "/api/v1/users/eve/end", "{}", ADMINISTRATORS(200)},
    {"POST", "/api/v1/users/eve/return", "{}", ADMINISTRATORS(200)},
    {"GET", "/api/v1/users/%s/sessions", NULL, ADMINISTRATORS(404)},
    {"DELETE", "/api/v1/users/%s/sessions", NULL, ADMINISTRATORS(404)},
    {"DELETE", "/api/v1/users/%s/sessions/1", NULL, ADMINISTRATORS(404)},
    {"GET", "/api/v1/users/%s/known-browsers", NULL, ADMINISTRATORS(404)},
    {"DELETE", "/api/v1/users/%s/known-browsers", NULL, ADMINISTRATORS(404)},
    {"DELETE", "/api/v1/users/%s/known-browsers/1", NULL, ADMINISTRATORS(404)},
    {"GET", "/api/v1/users/%s/credentials", NULL, ADMINISTRATORS(404)},
    {"DELETE", "/api/v1/users/%s/credentials/1", NULL, ADMINISTRATORS(404)},
    {"DELETE", "/api/v1/users/%s/factors", NULL, ADMINISTRATORS(404)},
    {"POST", "/api/v1/users/%s/keys", "{\"label\":\"x\"}", ADMINISTRATORS(404)},
    {"GET", "/api/v1/teams", NULL, ADMINISTRATORS(200)},
    {"POST", "/api/v1/teams", "{\"name\":\"North\"}", ADMINISTRATORS(201)},
    {"PATCH", "/api/v1/teams/%s", "{\"name\":\"South\"}", ADMINISTRATORS(404)},
    {"DELETE", "/api/v1/teams/%s", NULL, ADMINISTRATORS(404)},
    {"PUT", "/api/v1/teams/%s/members/bob", "{}", ADMINISTRATORS(404)},
    {"DELETE", "/api/v1/teams/%s/members/bob", NULL, ADMINISTRATORS(404)},
    {"GET", "/api/v1/roles", NULL, LOOKING(200)},
    {"GET", "/api/v1/roles/sales", NULL, LOOKING(200)},
    {"PUT", "/api/v1/roles/porter", "{\"text\":\"role: porter\\nlabel: P\\ngrants: []\\n\"}",
     ADMINISTRATORS(200)},
    {"DELETE", "/api/v1/roles/porter", NULL, ADMINISTRATORS(204)},
    {"GET", "/api/v1/who-can?entity=contact&field=email&id=%s", NULL, LOOKING(200)},
    {"GET", "/api/v1/access-matrix", NULL, LOOKING(200)},
    {"GET", "/api/v1/access-reviews", NULL, EVERYBODY(200)}, /* each sees those below */
    {"POST", "/api/v1/access-reviews", "{\"due\":\"" DAY "\"}", ADMINISTRATORS(201)},
    {"GET", "/api/v1/access-reviews/1", NULL, {404, 404, 404, 404, 200, 404, 404, 404}},
    {"POST", "/api/v1/access-reviews/1/items/9999/confirm", "{}", EVERYBODY(404)},
    {"POST", "/api/v1/access-reviews/1/items/9999/revoke", "{}", EVERYBODY(404)},
};
enum { MATRIX = sizeof matrix / sizeof *matrix };

static bool is_in_matrix(const char *method, const char *template)
{
    for (size_t i = 0; i < MATRIX; i++) {
        char bare[300];
        snprintf(bare, sizeof bare, "%.*s", (int)strcspn(matrix[i].path, "?"), matrix[i].path);
        if (strcmp(matrix[i].method, method) == 0 && described_same(template, bare))
            return true;
    }
    return false;
}

/* No operation on people and rights is left out. */
static void none_is_missing(office *o)
{
    static const char *const begins[] = {"/api/v1/users", "/api/v1/teams", "/api/v1/roles",
                                         "/api/v1/who-can", "/api/v1/access-"};
    const cJSON *path, *operation;
    cJSON_ArrayForEach(path, cJSON_GetObjectItem(o->c.openapi, "paths"))
    {
        bool ours = false;
        for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
            ours = ours || strncmp(path->string, begins[i], strlen(begins[i])) == 0;
        cJSON_ArrayForEach(operation, path)
        {
            char method[16] = "";
            for (size_t i = 0; i < strlen(operation->string) && i < 15; i++)
                method[i] = (char)(operation->string[i] & ~0x20);
            if (ours && cJSON_IsObject(operation) && !is_in_matrix(method, path->string))
                fail_msg("%s %s is tried by no role", method, path->string);
        }
    }
}

/* shows: ACC-1 ACC-2 SEC-1 ASVS V8.2.1 */
static void every_role_and_operation(office *o)
{
    char path[300];
    open_world(o);
    none_is_missing(o);
    for (size_t i = 0; i < MATRIX; i++) {
        const char *place = strstr(matrix[i].path, "%s");
        snprintf(path, sizeof path, "%.*s%s%s",
                 (int)(place == NULL ? strlen(matrix[i].path) : (size_t)(place - matrix[i].path)),
                 matrix[i].path, place == NULL ? "" : world.id, place == NULL ? "" : place + 2);
        for (size_t role = 0; role < ROLES; role++) {
            client_answer a =
                client_ask(&o->c, matrix[i].method, path, world.header[role], matrix[i].body);
            if (a.status != matrix[i].status[role])
                fail_msg("%s: %s %s: not %d but\n%s", roles[role], matrix[i].method, path,
                         matrix[i].status[role], a.text);
            if (strstr(a.text, canary) != NULL)
                fail_msg("%s: %s %s shows it:\n%s", roles[role], matrix[i].method, path, a.text);
            client_free(&a);
        }
    }
}

/* ---- V8.2.2 ---- */

static void not_of_another(office *o, const described *d)
{
    char headers[300];
    snprintf(headers, sizeof headers, "%sIf-Match: *\r\n", world.header[PORTAL]);
    client_answer a = client_ask(&o->c, d->verb, d->path, headers, d->body);
    if (a.status < 400 || a.status >= 500 || strstr(a.text, canary) != NULL ||
        strstr(a.text, "Quillon") != NULL)
        fail_msg("%s %s as another customer:\n%s", d->verb, d->path, a.text);
    client_free(&a);
}

/* shows: ACC-1 ACC-2 ASVS V8.2.2 */
static void no_record_of_another(office *o)
{
    static const char *const lists[] = {"", "/search?q=quillon", "?filter=city%3D%27Canarytown%27"};
    open_world(o);
    assert_true(each_operation(o, "/api/v1/contacts/{id}", not_of_another) >= 5);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        char path[200];
        snprintf(path, sizeof path, "/api/v1/contacts%s", lists[i]);
        client_answer a = client_ask(&o->c, "GET", path, world.header[PORTAL], NULL);
        if (strstr(a.text, canary) != NULL || strstr(a.text, world.id) != NULL)
            fail_msg("%s as another customer:\n%s", path, a.text);
        client_free(&a);
    }
}

/* ---- V8.2.3 ---- */

/* Who may not see a value whole gets enough to recognise it, and cannot write it. */
/* shows: ACC-1 ACC-2 ASVS V8.2.3 */
static void masked_values_stay_masked(office *o)
{
    static const char *const reads[] = {"/api/v1/contacts/%s",
                                        "/api/v1/contacts?fields=full_name,email",
                                        "/api/v1/contacts", "/api/v1/contacts?fields=email"};
    char path[200];
    open_world(o);
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        const char *place = strstr(reads[i], "%s");
        snprintf(path, sizeof path, "%.*s%s",
                 (int)(place == NULL ? strlen(reads[i]) : (size_t)(place - reads[i])), reads[i],
                 place == NULL ? "" : world.id);
        office_expect(o, 200, "q***@example.org", world.header[SALES], "GET", path, NULL);
        client_answer a = client_ask(&o->c, "GET", path, world.header[SALES], NULL);
        assert_null(strstr(a.text, canary));
        client_free(&a);
    }
    snprintf(path, sizeof path, "/api/v1/contacts/%s", world.id);
    char headers[300];
    snprintf(headers, sizeof headers, "%sIf-Match: *\r\n", world.header[SALES]);
    office_expect(o, 403, NULL, headers, "PATCH", path, "{\"fields\":{\"city\":\"Bergen\"}}");
    office_expect(o, 403, NULL, headers, "PATCH", path, "{\"fields\":{\"email\":\"a@b.example\"}}");
}

/* ---- V8.3.1, V8.4.1 ---- */

static void not_for_nobody(office *o, const described *d)
{
    client_answer a = client_ask(&o->c, d->verb, d->path, "", d->body);
    if (d->closed && a.status != 401)
        fail_msg("%s %s, not signed in:\n%s", d->verb, d->path, a.text);
    if (strstr(a.text, canary) != NULL)
        fail_msg("%s %s, not signed in, shows it:\n%s", d->verb, d->path, a.text);
    client_free(&a);
}

/* shows: ACC-1 SEC-2 ASVS V8.3.1 */
static void nothing_for_who_is_nobody(office *o)
{
    open_world(o);
    assert_true(each_operation(o, "/", not_for_nobody) > 50);
}

static const char *stranger; /* who is somebody in another workspace */

static void not_for_strangers(office *o, const described *d)
{
    client_answer a = client_ask(&o->c, d->verb, d->path, stranger, d->body);
    if (d->closed && a.status != 401)
        fail_msg("%s %s, as somebody of another workspace:\n%s", d->verb, d->path, a.text);
    client_free(&a);
}

static const char *native; /* who may read everything here */

static void not_there(office *o, const described *d)
{
    if (strcmp(d->verb, "GET") != 0)
        return;
    client_answer a = client_ask(&o->c, d->verb, d->path, native, NULL);
    if (a.status < 400 || a.status >= 500)
        fail_msg("%s %s, of another workspace:\n%s", d->verb, d->path, a.text);
    client_free(&a);
}

/* shows: ACC-1 ASVS V8.4.1 */
static void no_workspace_sees_another(office *o)
{
    static const char *const steward[] = {"--role", "data_steward", NULL};
    char code[64], header[200];
    open_world(o);
    office *other = office_open();
    client_add_user(other->c.folder, "sue", steward, code);
    client_enrol(&other->c, "sue", code, header, NULL, 0);
    stranger = world.header[STEWARD];
    native = header;
    assert_true(each_operation(other, "/", not_for_strangers) > 50);
    assert_true(each_operation(other, "/api/v1/contacts/{id}", not_there) >= 5);
    office_close(other);
}

static const asvs_row rows[] = {
    {"V8.2.1", every_role_and_operation, "tests/http/test_roles.c", NULL},
    {"V8.2.2", no_record_of_another, "tests/http/test_roles.c", NULL},
    {"V8.2.3", masked_values_stay_masked, "tests/http/test_roles.c", NULL},
    {"V8.3.1", nothing_for_who_is_nobody, NULL, NULL},
    {"V8.3.2", NULL, "tests/http/test_people.c", NULL},
    {"V8.3.3", NULL, "tests/http/test_people.c", NULL},
    {"V8.4.1", no_workspace_sees_another, NULL, NULL},
};

int main(void)
{
    static const char *const none[] = {NULL};
    return asvs_run("access", rows, sizeof rows / sizeof *rows, none);
}
