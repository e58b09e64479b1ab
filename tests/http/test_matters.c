/* The matters of a record: who looked at it, where its values come from, likely duplicates,
 * merging. Every documented status is seen, and what is hidden shows in none of them. */
#define WORLD_OF_NAME                                                                              \
    ", personal: {class: identity, purposes: [service], basis: [contract, consent]}"
#include "robot.h"

/* The reader may do everything, but sees no birthday, no remark, and e-mail only masked; of firms
 * nothing. */
static const char clerk[] = "role: clerk\n"
                            "label: Clerk\n"
                            "grants:\n"
                            "  - name: people\n"
                            "    entities: person\n"
                            "    operations: [read, list, change, merge, history, accesses]\n"
                            "    scope: all\n"
                            "    when: \"country is null or country <> 'FR'\"\n"
                            "    rights: {other: write}\n"
                            "    fields: {remark: hidden, born: hidden, email: masked}\n";

/* Reads, and nothing else. */
static const char watcher[] =
    "role: watcher\n"
    "label: Watcher\n"
    "grants:\n"
    "  - {name: people, entities: person, operations: [read, list], scope: all}\n";
static identity_actor onlooker;

static const char people[] = "/api/v1/people";
static const char nowhere[] = "01890a5d-ac96-774b-bcce-b302099a8057";

enum { ID = 37, PATH = 200 };

static void add(server *s, const char *fields, char id[ID])
{
    char body[1024];
    (void)snprintf(body, sizeof body, "{\"fields\":{%s},\"duplicates\":\"warn\"}", fields);
    answer *a = expect(s, 201, ASK(HTTP_POST, people, .body = body));
    (void)snprintf(id, ID, "%s", text_at(a, "record/id"));
}

static const char *path_of(char path[PATH], const char *id, const char *rest)
{
    (void)snprintf(path, PATH, "%s/%s%s", people, id, rest);
    return path;
}

static int size_at(const answer *a, const char *path)
{
    const cJSON *list = at(a->json, path);
    if (!cJSON_IsArray(list))
        fail_msg("no list at %s: %s", path, a->text);
    return cJSON_GetArraySize(list);
}

static bool names(const answer *a, const char *path, const char *name)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, at(a->json, path))
    {
        const cJSON *text = cJSON_IsObject(one) ? cJSON_GetObjectItem(one, "field") : one;
        if (strcmp(cJSON_GetStringValue(text), name) == 0)
            return true;
    }
    return false;
}

/* ---- who looked ---- */

static void who_looked(server *s)
{
    char id[ID], path[PATH], access[PATH], next[32];
    add(s, "\"full_name\":\"Grace Hopper\",\"email\":\"grace@example.org\",\"remark\":\"rear\"",
        id);
    path_of(path, id, "");
    path_of(access, id, "/access");
    answer *a = expect(s, 200, ASK(HTTP_GET, access));
    assert_int_equal(size_at(a, "accesses"), 0);
    expect(s, 200, ASK_AS(&s->reader, HTTP_GET, path, {"Probity-Purpose", "a complaint"}));
    expect(s, 200, ASK(HTTP_GET, people, {"?filter", "full_name = 'Grace Hopper'"}));
    a = expect(s, 200, ASK(HTTP_GET, access));
    assert_int_equal(size_at(a, "accesses"), 2);
    assert_string_equal(text_at(a, "accesses/0/actor"), "holder");
    assert_string_equal(text_at(a, "accesses/1/actor"), "nobody");
    assert_string_equal(text_at(a, "accesses/1/purpose"), "a complaint");
    assert_string_equal(text_at(a, "accesses/1/via"), "API");
    assert_true(names(a, "accesses/0/fields", "remark"));
    assert_false(names(a, "accesses/1/fields", "remark"));
    assert_true(cJSON_IsTrue(at(a->json, "accesses/0/named")));
    assert_true(cJSON_IsNull(at(a->json, "next")));
    /* That somebody saw a field tells that it has a value. */
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, access));
    assert_false(names(a, "accesses/0/fields", "remark"));
    assert_false(names(a, "accesses/0/fields", "email"));
    assert_true(names(a, "accesses/0/fields", "full_name"));
    a = expect(s, 200, ASK(HTTP_GET, access, {"?limit", "1"}));
    assert_int_equal(size_at(a, "accesses"), 1);
    (void)snprintf(next, sizeof next, "%.0f", at(a->json, "next")->valuedouble);
    a = expect(s, 200, ASK(HTTP_GET, access, {"?before", next}));
    assert_int_equal(size_at(a, "accesses"), 1);
    assert_string_equal(text_at(a, "accesses/0/actor"), "nobody");
    expect(s, 400, ASK(HTTP_GET, access, {"?limit", "0"}));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, access));
    expect(s, 403, ASK_AS(&onlooker, HTTP_GET, access));
    expect(s, 404, ASK_AS(&s->nobody, HTTP_GET, access));
    expect(s, 404, ASK(HTTP_GET, path_of(path, nowhere, "/access")));
}

/* ---- where values come from ---- */

#define STATED                                                                                     \
    "{\"fields\":{\"phone\":\"+49 30 901820\"},\"provenance\":{\"phone\":{\"source\":\"Fair\","    \
    "\"collected_at\":\"2024-05-01T10:00:00Z\",\"verified_at\":\"2024-06-01T00:00:00Z\","          \
    "\"verified_by\":\"a call\"},\"full_name\":{\"basis\":\"consent\"},\"remark\":{\"source\":"    \
    "\"canary\"}}}"

/* Until somebody states it, it follows from the log; what is stated holds until the value changes.
 */
static void where_values_come_from(server *s)
{
    char id[ID], path[PATH];
    add(s, "\"full_name\":\"Mary Somerville\",\"remark\":\"canary\",\"email\":\"m@example.org\"",
        id);
    path_of(path, id, "");
    answer *a = expect(s, 200, ASK(HTTP_GET, path, {"?provenance", "true"}));
    assert_string_equal(text_at(a, "provenance/full_name/by"), "holder");
    assert_string_equal(text_at(a, "provenance/full_name/via"), "API");
    assert_string_equal(text_at(a, "provenance/full_name/basis/1"), "consent");
    assert_true(cJSON_IsFalse(at(a->json, "provenance/full_name/stated")));
    assert_null(at(a->json, "provenance/phone")); /* it has no value */
    expect(s, 200, ASK(HTTP_PATCH, path, {"If-Match", "\"1\""}, .body = STATED));
    a = expect(s, 200, ASK(HTTP_GET, path, {"?provenance", "true"}));
    assert_string_equal(text_at(a, "provenance/phone/source"), "Fair");
    assert_string_equal(text_at(a, "provenance/phone/collected_at"), "2024-05-01T10:00:00Z");
    assert_string_equal(text_at(a, "provenance/phone/verified_by"), "a call");
    assert_int_equal(size_at(a, "provenance/full_name/basis"), 1);
    assert_string_equal(text_at(a, "provenance/remark/source"), "canary");
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, path, {"?provenance", "true"}));
    assert_null(strstr(a->text, "canary"));
    assert_null(at(a->json, "provenance/remark"));
    assert_null(at(a->json, "provenance/email"));
    assert_string_equal(text_at(a, "provenance/phone/by"), "holder");
    a = expect(s, 200, ASK_AS(&onlooker, HTTP_GET, path, {"?provenance", "true"}));
    assert_null(at(a->json, "provenance/phone/by")); /* who may not see history */
    expect(s, 200,
           ASK(HTTP_PATCH, path, {"If-Match", "*"},
               .body = "{\"fields\":{\"phone\":\"+49 30 901821\"}}"));
    a = expect(s, 200, ASK(HTTP_GET, path, {"?provenance", "true"}));
    assert_true(cJSON_IsFalse(at(a->json, "provenance/phone/stated")));
    assert_true(cJSON_IsTrue(at(a->json, "provenance/full_name/stated")));
    expect(s, 403, ASK_AS(&s->reader, HTTP_PATCH, path, {"If-Match", "*"}, .body = STATED));
    a = expect(s, 422,
               ASK(HTTP_PATCH, path, {"If-Match", "*"},
                   .body = "{\"fields\":{},\"provenance\":{\"full_name\":{\"basis\":\"none\"},"
                           "\"naem\":{},\"phone\":{\"verified_at\":\"2999-01-01T00:00:00Z\"}}}"));
    assert_int_equal(size_at(a, "problems"), 3);
    expect(s, 400,
           ASK(HTTP_PATCH, path, {"If-Match", "*"},
               .body = "{\"fields\":{},\"provenance\":{\"phone\":{\"colour\":\"red\"}}}"));
}

/* ---- what personal data is read for ---- */

static void a_purpose_is_needed(server *s)
{
    static const char settings[] = "/api/v1/settings";
    char id[ID], path[PATH];
    add(s, "\"full_name\":\"Emmy Noether\",\"email\":\"emmy@example.org\"", id);
    path_of(path, id, "");
    expect(s, 200, ASK_AS(&s->reader, HTTP_GET, path));
    answer *a = expect(s, 200, ASK(HTTP_GET, settings));
    assert_true(cJSON_IsFalse(at(a->json, "purpose_required")));
    expect(s, 400, ASK(HTTP_GET, settings, {"?x", "1"}));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, settings));
    expect(s, 403, ASK_AS(&s->reader, HTTP_GET, settings));
    static const char on[] = "{\"purpose_required\":true}";
    expect(s, 400, ASK(HTTP_PATCH, settings, .body = "{\"purpose_required\":1}"));
    expect(s, 401, ASK_AS(NULL, HTTP_PATCH, settings, .body = on));
    expect(s, 403, ASK_AS(&s->reader, HTTP_PATCH, settings, .body = on));
    a = expect(s, 200, ASK(HTTP_PATCH, settings, .body = on));
    assert_true(cJSON_IsTrue(at(a->json, "purpose_required")));
    a = expect(s, 400, ASK_AS(&s->reader, HTTP_GET, path));
    assert_null(strstr(a->text, "Emmy"));
    assert_non_null(strstr(text_at(a, "hint"), "Probity-Purpose"));
    expect(s, 400, ASK_AS(&s->reader, HTTP_GET, people));
    expect(s, 400, ASK_AS(&s->reader, HTTP_GET, path, {"?provenance", "true"}));
    expect(s, 400, ASK_AS(&s->reader, HTTP_GET, path, {"Purpose", "prefetch"}));
    expect(s, 200, ASK_AS(&s->reader, HTTP_GET, path, {"Probity-Purpose", "a complaint"}));
    expect(s, 200, ASK_AS(&s->reader, HTTP_GET, path_of(path, id, "/access")));
    expect(s, 200,
           ASK_AS(&s->reader, HTTP_PATCH, path_of(path, id, ""),
                  {"If-Match", "*", "Probity-Purpose", "a call"},
                  .body = "{\"fields\":{\"vip\":true}}"));
    char merge[PATH], body[200], twin[ID];
    add(s, "\"full_name\":\"E. Noether\",\"email\":\"emmy@example.org\"", twin);
    (void)snprintf(body, sizeof body, "{\"records\":[\"%s\"],\"dry_run\":true}", twin);
    expect(s, 400, ASK_AS(&s->reader, HTTP_POST, path_of(merge, id, "/merge"), .body = body));
    expect(s, 200,
           ASK_AS(&s->reader, HTTP_POST, merge, {"Probity-Purpose", "cleaning"}, .body = body));
    expect(s, 200, ASK(HTTP_DELETE, path_of(merge, twin, ""), {"If-Match", "*"}));
    expect(s, 200, ASK(HTTP_PATCH, settings, .body = "{\"purpose_required\":false}"));
    expect(s, 200, ASK_AS(&s->reader, HTTP_GET, path));
}

/* ---- what happened around a record ---- */

typedef struct narrow_key {
    server *s;
    char text[IDENTITY_KEY_TEXT];
} narrow_key;

static pb_status make_key(db_session *session, void *context, pb_error *err)
{
    narrow_key *k = context;
    identity_key_wish wish;
    PB_TRY(robot_add(session, k->s, &wish, err));
    wish.scopes = PB_STR("firm.list");
    return robot_key(session, k->s, &wish, k->text, err);
}

/* A key reaches no further than its scopes. */
static void a_narrow_key(server *s, const char *path)
{
    pb_error err;
    char bearer[128];
    narrow_key k = {.s = s};
    world_must(db_write(s->w.workspace, make_key, &k, &err), &err);
    (void)snprintf(bearer, sizeof bearer, "Bearer %s", k.text);
    answer *a = expect(s, 403, ASK_AS(NULL, HTTP_GET, path, {"Authorization", bearer}));
    assert_string_equal(text_at(a, "title"), "The key has not the scope person.read.");
}

static void a_timeline(server *s)
{
    char id[ID], path[PATH], body[300], next[32];
    add(s, "\"full_name\":\"Sofia Kowalewskaja\",\"email\":\"sofia@example.org\"", id);
    for (int i = 0; i < 3; i++) {
        (void)snprintf(body, sizeof body,
                       "{\"fields\":{\"title\":\"Canarydeal %d\",\"person\":{\"id\":\"%s\"}}}", i,
                       id);
        expect(s, 201, ASK(HTTP_POST, "/api/v1/deals", .body = body));
    }
    expect(s, 200,
           ASK(HTTP_PATCH, path_of(path, id, ""), {"If-Match", "*"},
               .body = "{\"fields\":{\"remark\":\"canary\",\"vip\":true}}"));
    path_of(path, id, "/timeline");
    answer *a = expect(s, 200, ASK(HTTP_GET, path));
    assert_int_equal(size_at(a, "items"), 5);
    assert_string_equal(text_at(a, "items/0/kind"), "record.changed");
    assert_true(names(a, "items/0/fields", "remark"));
    assert_string_equal(text_at(a, "items/1/record/fields/title"), "Canarydeal 2");
    assert_string_equal(text_at(a, "items/1/link"), "person");
    assert_string_equal(text_at(a, "items/4/kind"), "record.created");
    a = expect(s, 200, ASK(HTTP_GET, path, {"?limit", "2"}));
    (void)snprintf(next, sizeof next, "%.0f", at(a->json, "next")->valuedouble);
    a = expect(s, 200, ASK(HTTP_GET, path, {"?limit", "3", "?from", next}));
    assert_int_equal(size_at(a, "items"), 3);
    assert_true(cJSON_IsNull(at(a->json, "next")));
    /* The reader sees no deals, and no remark; who sees no history sees none. */
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, path));
    assert_int_equal(size_at(a, "items"), 2);
    assert_null(strstr(a->text, "Canarydeal"));
    assert_false(names(a, "items/0/fields", "remark"));
    a = expect(s, 200, ASK_AS(&onlooker, HTTP_GET, path));
    assert_int_equal(size_at(a, "items"), 0);
    assert_true(cJSON_IsFalse(at(a->json, "history")));
    expect(s, 400, ASK(HTTP_GET, path, {"?limit", "201"}));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, path));
    expect(s, 404, ASK_AS(&s->nobody, HTTP_GET, path));
    a_narrow_key(s, path);
    expect(s, 413, ASK(HTTP_GET, path, {"?from", "1001"}));
}

/* ---- likely duplicates ---- */

/* Two who are likely one, to everybody; two of whom the reader may see one. */
static void the_queue(server *s, char a_id[ID], char b_id[ID])
{
    char hidden[ID], path[PATH], body[400];
    add(s, "\"full_name\":\"Ada Lovelace\",\"email\":\"ada@example.org\",\"born\":\"1915-12-10\"",
        a_id);
    add(s,
        "\"full_name\":\"Ada Lovelace\",\"email\":\"ada@example.org\",\"born\":\"1915-12-10\","
        "\"remark\":\"canary\"",
        b_id);
    add(s,
        "\"full_name\":\"Ada Lovelace\",\"email\":\"ada@example.org\",\"country\":\"FR\","
        "\"score\":77.25",
        hidden);
    static const char queue[] = "/api/v1/people/duplicates";
    answer *a = expect(s, 200, ASK(HTTP_GET, queue));
    assert_int_equal(size_at(a, "pairs"), 3);
    assert_true(at(a->json, "pairs/0/sure")->valuedouble > 0.9);
    assert_true(names(a, "pairs/0/compared", "full_name"));
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, queue));
    assert_int_equal(size_at(a, "pairs"), 1);
    assert_null(strstr(a->text, hidden));
    assert_null(strstr(a->text, "canary"));
    assert_null(strstr(a->text, "ada@"));
    assert_null(strstr(a->text, "1915"));
    assert_false(names(a, "pairs/0/compared", "born"));
    assert_false(names(a, "pairs/0/compared", "email"));
    assert_true(cJSON_IsNull(at(a->json, "pairs/0/sure")));
    assert_true(cJSON_IsTrue(at(a->json, "pairs/0/more_compared")));
    a = expect(s, 200, ASK(HTTP_GET, queue, {"?limit", "2", "?state", "all"}));
    assert_int_equal(size_at(a, "pairs"), 2);
    char next[32];
    (void)snprintf(next, sizeof next, "%.0f", at(a->json, "next")->valuedouble);
    a = expect(s, 200, ASK(HTTP_GET, queue, {"?after", next, "?limit", "2"}));
    assert_int_equal(size_at(a, "pairs"), 1);
    a = expect(s, 200, ASK(HTTP_GET, path_of(path, b_id, "/duplicates")));
    assert_int_equal(size_at(a, "pairs"), 2);
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, path));
    assert_int_equal(size_at(a, "pairs"), 1);
    expect(s, 400, ASK(HTTP_GET, queue, {"?state", "closed"}));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, queue));
    expect(s, 403, ASK_AS(&onlooker, HTTP_GET, queue));
    expect(s, 404, ASK(HTTP_GET, queue, {"?after", "999"}));
    expect(s, 400, ASK(HTTP_GET, path, {"?limit", "999"}));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, path));
    expect(s, 403, ASK_AS(&onlooker, HTTP_GET, path));
    expect(s, 404, ASK_AS(&s->reader, HTTP_GET, path_of(path, hidden, "/duplicates")));
    (void)snprintf(body, sizeof body,
                   "{\"decisions\":[{\"left\":\"%s\",\"right\":\"%s\",\"decision\":\"same\"},"
                   "{\"left\":\"%s\",\"right\":\"%s\",\"decision\":\"perhaps\"},{},"
                   "{\"left\":\"%s\",\"right\":\"%s\",\"decision\":\"same\"}]}",
                   a_id, hidden, a_id, b_id, a_id, a_id);
    static const int by_reader[] = {404, 400, 400, 422};
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_POST, queue, .body = body));
    for (int i = 0; i < 4; i++)
        assert_int_equal(cJSON_GetArrayItem(at(a->json, "rows"), i)->child->valuedouble,
                         by_reader[i]);
    expect(s, 400, ASK(HTTP_POST, queue, .body = "{\"decisions\":[]}"));
    expect(s, 401, ASK_AS(NULL, HTTP_POST, queue, .body = body));
    (void)snprintf(body, sizeof body,
                   "{\"decisions\":[{\"left\":\"%s\",\"right\":\"%s\",\"decision\":\"different\","
                   "\"reason\":\"twins\"}]}",
                   a_id, hidden);
    a = expect(s, 200, ASK(HTTP_POST, queue, .body = body));
    assert_int_equal(cJSON_GetArrayItem(at(a->json, "rows"), 0)->child->valuedouble, 200);
    a = expect(s, 200, ASK(HTTP_GET, queue, {"?state", "different"}));
    assert_string_equal(text_at(a, "pairs/0/reason"), "twins");
    assert_string_equal(text_at(a, "pairs/0/decided_by"), "holder");
}

static void two_side_by_side(server *s, const char *a_id, const char *b_id)
{
    char path[PATH], rest[100], firms[PATH];
    static const char same[] = "{\"decision\":\"same\",\"reason\":\"asked her\"}";
    (void)snprintf(rest, sizeof rest, "/duplicates/%s", b_id);
    path_of(path, a_id, rest);
    answer *a = expect(s, 200, ASK(HTTP_GET, path));
    double all = at(a->json, "sure")->valuedouble;
    assert_string_equal(text_at(a, "left/id"), a_id);
    assert_true(at(a->json, "compared/0/weight")->valuedouble > 0);
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, path));
    assert_null(strstr(a->text, "canary"));
    assert_false(names(a, "compared", "born"));
    assert_true(at(a->json, "sure")->valuedouble < all); /* by what shows alone */
    expect(s, 400, ASK(HTTP_GET, path, {"?x", "1"}));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, path));
    expect(s, 403, ASK_AS(&onlooker, HTTP_GET, path));
    expect(s, 404, ASK_AS(&s->nobody, HTTP_GET, path_of(firms, a_id, "/duplicates/x")));
    expect(s, 400, ASK(HTTP_PUT, path, .body = "{\"decision\":\"so\"}"));
    expect(s, 401, ASK_AS(NULL, HTTP_PUT, path, .body = same));
    expect(s, 403, ASK_AS(&onlooker, HTTP_PUT, path, .body = same));
    (void)snprintf(rest, sizeof rest, "/duplicates/%s", nowhere);
    expect(s, 404, ASK(HTTP_PUT, path_of(firms, a_id, rest), .body = same));
    (void)snprintf(rest, sizeof rest, "/duplicates/%s", a_id);
    expect(s, 422, ASK(HTTP_PUT, path_of(firms, a_id, rest), .body = same));
    expect(s, 422, ASK(HTTP_GET, firms));
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_PUT, path, .body = same));
    assert_string_equal(text_at(a, "state"), "same");
    assert_string_equal(text_at(a, "reason"), "asked her");
}

/* ---- merging ---- */

static void merging(server *s, const char *a_id, const char *b_id)
{
    char path[PATH], body[400], other[PATH], french[ID];
    path_of(path, a_id, "/merge");
    (void)snprintf(body, sizeof body, "{\"records\":[\"%s\"],\"dry_run\":true}", b_id);
    answer *a = expect(s, 200, ASK_AS(&s->reader, HTTP_POST, path, .body = body));
    assert_true(cJSON_IsNull(at(a->json, "run")));
    assert_int_equal(size_at(a, "records"), 2);
    assert_string_equal(text_at(a, "record/id"), a_id);
    assert_null(strstr(a->text, "canary"));
    assert_null(strstr(a->text, "ada@"));
    assert_false(names(a, "fields", "born"));
    assert_false(names(a, "fields", "remark"));
    assert_true(names(a, "fields", "full_name"));
    expect(s, 200, ASK_AS(&s->reader, HTTP_GET, path_of(other, b_id, ""))); /* nothing was done */
    add(s, "\"full_name\":\"Ada King\",\"phone\":\"+33 1 42 68 53 00\",\"country\":\"FR\"", french);
    expect(s, 400, ASK(HTTP_POST, path, .body = "{\"records\":[]}"));
    expect(s, 401, ASK_AS(NULL, HTTP_POST, path, .body = body));
    expect(s, 403, ASK_AS(&onlooker, HTTP_POST, path, .body = body));
    (void)snprintf(body, sizeof body, "{\"records\":[\"%s\"]}", french);
    expect(s, 404, ASK_AS(&s->reader, HTTP_POST, path, .body = body));
    (void)snprintf(body, sizeof body, "{\"records\":[\"%s\"],\"take\":{\"remark\":\"%s\"}}", b_id,
                   b_id);
    expect(s, 403, ASK_AS(&s->reader, HTTP_POST, path, .body = body));
    (void)snprintf(body, sizeof body, "{\"records\":[\"%s\"],\"take\":{\"remark\":\"%s\"}}", b_id,
                   french);
    expect(s, 422, ASK(HTTP_POST, path, .body = body));
    (void)snprintf(body, sizeof body, "{\"records\":[\"%s\"],\"take\":{\"full_name\":\"%s\"}}",
                   b_id, b_id);
    a = expect(s, 200, ASK(HTTP_POST, path, .body = body));
    assert_true(at(a->json, "run")->valuedouble > 0);
    assert_string_equal(text_at(a, "record/fields/remark"), "canary");
    expect(s, 409, ASK(HTTP_POST, path, .body = body)); /* merged already */
    a = expect(s, 200, ASK(HTTP_GET, other));
    assert_string_equal(text_at(a, "merged_into"), a_id);
}

static void taking_apart(server *s, const char *a_id, const char *b_id)
{
    char path[PATH], other[PATH];
    path_of(path, b_id, "/unmerge");
    expect(s, 400, ASK(HTTP_POST, path, .body = "{\"sure\":true}"));
    expect(s, 401, ASK_AS(NULL, HTTP_POST, path, .body = "{}"));
    expect(s, 403, ASK_AS(&onlooker, HTTP_POST, path, .body = "{}"));
    expect(s, 404,
           ASK_AS(&s->reader, HTTP_POST, path_of(other, nowhere, "/unmerge"), .body = "{}"));
    answer *a = expect(s, 200, ASK_AS(&s->reader, HTTP_POST, path, .body = "{\"dry_run\":true}"));
    assert_int_equal(at(a->json, "restored")->valuedouble, 1);
    assert_null(strstr(a->text, "canary"));
    expect(s, 409, ASK(HTTP_DELETE, path_of(other, b_id, ""), {"If-Match", "*"}));
    /* Where the survivor was deleted, nothing can go back. */
    expect(s, 200, ASK(HTTP_DELETE, path_of(other, a_id, ""), {"If-Match", "*"}));
    expect(s, 409, ASK(HTTP_POST, path, .body = "{}"));
    expect(s, 200, ASK(HTTP_POST, path_of(other, a_id, "/restore")));
    a = expect(s, 200, ASK(HTTP_POST, path, .body = "{}"));
    assert_int_equal(at(a->json, "restored")->valuedouble, 1);
    a = expect(s, 200, ASK(HTTP_GET, path_of(other, b_id, "")));
    assert_null(at(a->json, "merged_into"));
    expect(s, 404, ASK(HTTP_POST, path, .body = "{}"));
}

/* shows: INT-1 DQ-1 ACC-2 ACC-5 REC-1 */
static void the_matters_of_a_record(void **state)
{
    server *s = calloc(1, sizeof *s);
    char a_id[ID], b_id[ID];
    pb_error err;
    assert_non_null(s);
    begin(s, *state, clerk);
    onlooker = somebody(s, watcher, 3);
    who_looked(s);
    where_values_come_from(s);
    a_purpose_is_needed(s);
    a_timeline(s);
    the_queue(s, a_id, b_id);
    two_side_by_side(s, a_id, b_id);
    merging(s, a_id, b_id);
    taking_apart(s, a_id, b_id);
    everything_was_seen(s, "matters", 40);
    world_must(world_verify(&s->w, &err), &err);
    end(s);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(the_matters_of_a_record, (void *)(uintptr_t)world_engines[0]),
    };
    return cmocka_run_group_tests_name("http/matters", tests, NULL, NULL);
}
