/* Operations on records as a program meets them. Every answer is checked against the OpenAPI
 * document that the server itself gives; at the end every operation and every status that is
 * documented must have been seen. */
#include "robot.h"

/* The reader sees no remark, and e-mail only masked. */
static const char looker[] = "role: looker\n"
                             "label: Looker\n"
                             "grants:\n"
                             "  - name: all\n"
                             "    entities: all\n"
                             "    operations: [read, list]\n"
                             "    scope: all\n"
                             "    rights: {other: read}\n"
                             "    fields: {remark: hidden, email: masked}\n";

#define PERSON                                                                                     \
    "{\"fields\":{\"full_name\":\"Ada Lovelace\",\"email\":\"ada@example.org\","                   \
    "\"born\":\"1915-12-10\",\"vip\":true,\"score\":1.5,\"remark\":\"secret\","                    \
    "\"balance\":{\"amount\":\"12.50\",\"currency\":\"EUR\"}}}"

static void create_and_read(server *s, char *id)
{
    char path[128];
    answer *a = expect(s, 201, ASK(HTTP_POST, "/api/v1/people", .body = PERSON));
    assert_string_equal(a->etag, "\"1\"");
    (void)snprintf(id, 37, "%s", text_at(a, "record/id"));
    (void)snprintf(path, sizeof path, "/api/v1/people/%s", id);
    assert_string_equal(a->location, path);
    a = expect(s, 200, ASK(HTTP_GET, path));
    assert_string_equal(text_at(a, "fields/full_name"), "Ada Lovelace");
    assert_string_equal(text_at(a, "fields/born"), "1915-12-10");
    assert_string_equal(text_at(a, "fields/balance/amount"), "12.50");
    assert_string_equal(text_at(a, "fields/balance/currency"), "EUR");
    assert_true(cJSON_IsTrue(at(a->json, "fields/vip")));
    assert_true(cJSON_IsNull(at(a->json, "fields/phone")));
    expect(s, 304, ASK(HTTP_GET, path, {"If-None-Match", "\"1\""}));
    expect(s, 400, ASK(HTTP_GET, path, {"?field", "x"}));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, path));
    expect(s, 404, ASK(HTTP_GET, "/api/v1/people/01890a5d-ac96-774b-bcce-b302099a8057"));
    expect(s, 404, ASK_AS(&s->nobody, HTTP_GET, path)); /* what may not be read is not there */
}

static void refuse_what_is_wrong(server *s)
{
    static const char people[] = "/api/v1/people";
    answer *a = expect(s, 422,
                       ASK(HTTP_POST, people,
                           .body = "{\"fields\":{\"full_name\":7,\"naem\":\"x\",\"vip\":\"y\"}}"));
    assert_int_equal(cJSON_GetArraySize(at(a->json, "problems")), 3);
    assert_string_equal(text_at(a, "problems/0/field"), "full_name");
    assert_string_equal(text_at(a, "problems/0/value"), "7");
    assert_string_equal(text_at(a, "problems/1/says"), "There is no field “naem”.");
    a = expect(s, 422,
               ASK(HTTP_POST, people,
                   .body = "{\"fields\":{\"full_name\":\"B\",\"email\":\"not one\",\"born\":"
                           "\"2999-01-01\"}}"));
    assert_int_equal(cJSON_GetArraySize(at(a->json, "problems")), 2);
    assert_string_equal(text_at(a, "problems/0/field"), "email");
    assert_string_equal(text_at(a, "problems/0/value"), "not one");
    expect(s, 400, ASK(HTTP_POST, people, .body = "{\"fields\":{},\"fields\":{}}"));
    expect(s, 400, ASK(HTTP_POST, people, .body = "{\"values\":{}}"));
    expect(s, 400, ASK(HTTP_POST, people, .body = "[]"));
    expect(s, 401, ASK_AS(NULL, HTTP_POST, people, .body = PERSON));
    expect(s, 403, ASK_AS(&s->reader, HTTP_POST, people, .body = PERSON));
}

static void the_same_request_twice(server *s)
{
    static const char body[] =
        "{\"fields\":{\"full_name\":\"Once\",\"email\":\"once@example.org\"}}";
    static const char other[] =
        "{\"fields\":{\"full_name\":\"Twice\",\"email\":\"t@example.org\"}}";
    char first[4096];
    answer *a =
        expect(s, 201, ASK(HTTP_POST, "/api/v1/people", {"Idempotency-Key", "k-1"}, .body = body));
    assert_false(a->replayed);
    (void)snprintf(first, sizeof first, "%.4000s", a->text);
    a = expect(s, 201, ASK(HTTP_POST, "/api/v1/people", {"Idempotency-Key", "k-1"}, .body = body));
    assert_true(a->replayed);
    assert_string_equal(a->text, first);
    assert_non_null(strstr(first, a->location + strlen("/api/v1/people/")));
    expect(s, 422, ASK(HTTP_POST, "/api/v1/people", {"Idempotency-Key", "k-1"}, .body = other));
    assert_int_equal(world_number(&s->w, "SELECT COUNT(*) FROM t_person WHERE full_name = 'Once'"),
                     1);
    s->w.now_us += INT64_C(25) * 3600 * 1000000; /* a day later the key is forgotten by the next */
    expect(s, 201, ASK(HTTP_POST, "/api/v1/people", {"Idempotency-Key", "k-2"}, .body = other));
    assert_int_equal(world_number(&s->w, "SELECT COUNT(*) FROM request_done"), 1);
}

static void change(server *s, const char *id)
{
    char path[128];
    static const char body[] = "{\"fields\":{\"phone\":\"+49 30 901820\",\"score\":null}}";
    (void)snprintf(path, sizeof path, "/api/v1/people/%s", id);
    expect(s, 428, ASK(HTTP_PATCH, path, .body = body));
    expect(s, 412, ASK(HTTP_PATCH, path, {"If-Match", "\"7\""}, .body = body));
    answer *a = expect(s, 200, ASK(HTTP_PATCH, path, {"If-Match", "\"1\""}, .body = body));
    assert_string_equal(a->etag, "\"2\"");
    assert_string_equal(text_at(a, "fields/phone"), "+4930901820");
    assert_true(cJSON_IsNull(at(a->json, "fields/score")));
    assert_string_equal(text_at(a, "fields/full_name"), "Ada Lovelace");
    expect(s, 412, ASK(HTTP_PATCH, path, {"If-Match", "\"1\""}, .body = body));
    expect(s, 400, ASK(HTTP_PATCH, path, {"If-Match", "\"2\""}, .body = "{\"fields\":"));
    expect(s, 401, ASK_AS(NULL, HTTP_PATCH, path, .body = body));
    expect(s, 403, ASK_AS(&s->reader, HTTP_PATCH, path, {"If-Match", "\"2\""}, .body = body));
    expect(s, 404, ASK_AS(&s->nobody, HTTP_PATCH, path, {"If-Match", "\"2\""}, .body = body));
    expect(
        s, 422,
        ASK(HTTP_PATCH, path, {"If-Match", "\"2\""}, .body = "{\"fields\":{\"full_name\":null}}"));
    (void)snprintf(path, sizeof path, "/api/v1/people/%s/history", id);
    a = expect(s, 200, ASK(HTTP_GET, path));
    assert_int_equal(cJSON_GetArraySize(at(a->json, "steps")), 2);
    assert_string_equal(text_at(a, "steps/0/kind"), "record.changed");
    assert_string_equal(text_at(a, "steps/0/actor"), "holder");
    assert_string_equal(text_at(a, "steps/0/via"), "API");
    expect(s, 400, ASK(HTTP_GET, path, {"?x", "1"}));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, path));
    expect(s, 403, ASK_AS(&s->reader, HTTP_GET, path));
    expect(s, 404, ASK_AS(&s->nobody, HTTP_GET, path));
}

/* All that a change goes through, and nothing of it stays. */
static void a_change_is_looked_at(server *s, const char *id)
{
    static const char body[] = "{\"fields\":{\"phone\":\"+49 30 901820\",\"score\":null,"
                               "\"full_name\":\"Ada Lovelace\"}}";
    char path[136], record[128];
    (void)snprintf(record, sizeof record, "/api/v1/people/%s", id);
    (void)snprintf(path, sizeof path, "%s/check", record);
    answer *a = expect(s, 200, ASK(HTTP_POST, path, {"If-Match", "\"1\""}, .body = body));
    const cJSON *cells = at(a->json, "changes");
    assert_int_equal(cJSON_GetArraySize(cells), 2); /* what stays as it is is no change */
    assert_int_equal(at(a->json, "version")->valuedouble, 1);
    assert_string_equal(text_at(a, "changes/0/field"), "phone");
    assert_true(cJSON_IsNull(at(a->json, "changes/0/before")));
    assert_string_equal(text_at(a, "changes/0/after"), "+4930901820");
    assert_string_equal(text_at(a, "changes/1/field"), "score");
    assert_true(at(a->json, "changes/1/before")->valuedouble > 1.4);
    assert_true(cJSON_IsNull(at(a->json, "changes/1/after")));
    expect(s, 428, ASK(HTTP_POST, path, .body = body));
    expect(s, 412, ASK(HTTP_POST, path, {"If-Match", "\"7\""}, .body = body));
    expect(s, 400, ASK(HTTP_POST, path, {"If-Match", "\"1\""}, .body = "{\"fields\":"));
    expect(s, 401, ASK_AS(NULL, HTTP_POST, path, .body = body));
    expect(s, 403, ASK_AS(&s->reader, HTTP_POST, path, {"If-Match", "\"1\""}, .body = body));
    expect(s, 404, ASK_AS(&s->nobody, HTTP_POST, path, {"If-Match", "\"1\""}, .body = body));
    expect(
        s, 422,
        ASK(HTTP_POST, path, {"If-Match", "\"1\""}, .body = "{\"fields\":{\"full_name\":null}}"));
    a = expect(s, 200, ASK(HTTP_GET, record));
    assert_string_equal(a->etag, "\"1\"");
    assert_true(at(a->json, "fields/score")->valuedouble > 1.4);
    (void)snprintf(path, sizeof path, "/api/v1/people/%s/history", id);
    a = expect(s, 200, ASK(HTTP_GET, path));
    assert_int_equal(cJSON_GetArraySize(at(a->json, "steps")), 1); /* that it was created */
}

static void delete_and_restore(server *s, const char *id)
{
    char path[128], back[160];
    (void)snprintf(path, sizeof path, "/api/v1/people/%s", id);
    (void)snprintf(back, sizeof back, "%s/restore", path);
    expect(s, 428, ASK(HTTP_DELETE, path));
    expect(s, 412, ASK(HTTP_DELETE, path, {"If-Match", "\"1\""}));
    expect(s, 400, ASK(HTTP_DELETE, path, {"?x", "1"}));
    expect(s, 401, ASK_AS(NULL, HTTP_DELETE, path));
    expect(s, 403, ASK_AS(&s->reader, HTTP_DELETE, path, {"If-Match", "\"2\""}));
    expect(s, 404, ASK_AS(&s->nobody, HTTP_DELETE, path, {"If-Match", "\"2\""}));
    answer *a = expect(s, 200, ASK(HTTP_DELETE, path, {"If-Match", "\"2\""}));
    assert_true(cJSON_IsTrue(at(a->json, "deleted")));
    a = expect(s, 200, ASK(HTTP_GET, "/api/v1/people", {"?filter", "full_name begins 'Ada'"}));
    assert_int_equal(cJSON_GetArraySize(at(a->json, "records")), 0);
    a = expect(s, 200, ASK(HTTP_GET, "/api/v1/people", {"?deleted", "true"}));
    assert_int_equal(cJSON_GetArraySize(at(a->json, "records")), 1);
    expect(s, 400, ASK(HTTP_POST, back, {"?x", "1"}));
    expect(s, 401, ASK_AS(NULL, HTTP_POST, back));
    expect(s, 403, ASK_AS(&s->reader, HTTP_POST, back));
    expect(s, 404, ASK_AS(&s->nobody, HTTP_POST, back));
    a = expect(s, 200, ASK(HTTP_POST, back));
    assert_true(cJSON_IsFalse(at(a->json, "deleted")));
}

static void a_link_stands_in_the_way(server *s)
{
    char path[128], body[256];
    answer *a = expect(s, 201,
                       ASK(HTTP_POST, "/api/v1/firms",
                           .body = "{\"fields\":{\"name\":\"Globex\",\"city\":\"Bonn\"}}"));
    (void)snprintf(path, sizeof path, "%.120s", a->location);
    (void)snprintf(body, sizeof body, "{\"fields\":{\"title\":\"Sale\",\"firm\":{\"id\":\"%s\"}}}",
                   text_at(a, "record/id"));
    a = expect(s, 201, ASK(HTTP_POST, "/api/v1/deals", .body = body));
    assert_string_equal(text_at(a, "record/fields/firm/id"), path + strlen("/api/v1/firms/"));
    expect(s, 409, ASK(HTTP_DELETE, path, {"If-Match", "\"1\""}));
    a = expect(s, 200, ASK(HTTP_GET, "/api/v1/deals", {"?expand", "firm"}));
    assert_string_equal(text_at(a, "records/0/linked/firm/fields/name"), "Globex");
}

static void lists(server *s)
{
    static const char people[] = "/api/v1/people";
    answer *a = expect(s, 200,
                       ASK(HTTP_GET, people,
                           {"?sort", "-full_name", "?limit", "2", "?total", "true", "?fields",
                            "full_name,email,changed_at"}));
    assert_int_equal(cJSON_GetArraySize(at(a->json, "records")), 2);
    assert_int_equal(at(a->json, "total")->valuedouble, 3);
    assert_string_equal(text_at(a, "records/0/fields/full_name"), "Twice");
    assert_int_equal(cJSON_GetArraySize(at(a->json, "records/0/fields")), 2);
    char next[1024];
    (void)snprintf(next, sizeof next, "%s", text_at(a, "next"));
    a = expect(s, 200, ASK(HTTP_GET, people, {"?sort", "-full_name", "?cursor", next}));
    assert_int_equal(cJSON_GetArraySize(at(a->json, "records")), 1);
    assert_string_equal(text_at(a, "records/0/fields/full_name"), "Ada Lovelace");
    expect(s, 422, ASK(HTTP_GET, people, {"?sort", "full_name", "?cursor", next}));
    expect(s, 422, ASK(HTTP_GET, people, {"?filter", "full_name ="}));
    expect(s, 400, ASK(HTTP_GET, people, {"?limit", "many"}));
    expect(s, 400, ASK(HTTP_GET, people, {"?sort", "vip", "?sort", "born"}));
    expect(s, 413, ASK(HTTP_GET, people, {"?sort", "vip,born,score,country,email"}));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, people));
    expect(s, 403, ASK_AS(&s->nobody, HTTP_GET, people));
    static const char search[] = "/api/v1/people/search";
    a = expect(s, 200, ASK(HTTP_GET, search, {"?q", "lovelace"}));
    assert_string_equal(text_at(a, "records/0/fields/full_name"), "Ada Lovelace");
    expect(s, 400, ASK(HTTP_GET, search));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, search));
    expect(s, 403, ASK_AS(&s->nobody, HTTP_GET, search, {"?q", "ada"}));
}

/* The reader sees no remark, and e-mail only masked: by no way. */
static void nothing_hidden_shows(server *s, const char *id)
{
    char path[128];
    (void)snprintf(path, sizeof path, "/api/v1/people/%s", id);
    answer *a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, path));
    assert_null(at(a->json, "fields/remark"));
    assert_string_equal(text_at(a, "fields/email"), "a***@example.org");
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, "/api/v1/people"));
    assert_null(strstr(a->text, "secret"));
    assert_null(strstr(a->text, "ada@"));
    expect(s, 403,
           ASK_AS(&s->reader, HTTP_GET, "/api/v1/people", {"?filter", "remark = 'secret'"}));
    expect(s, 403, ASK_AS(&s->reader, HTTP_GET, "/api/v1/people", {"?sort", "email"}));
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, "/api/v1/people/search", {"?q", "ada"}));
    assert_int_equal(cJSON_GetArraySize(at(a->json, "records")), 0); /* e-mail is searched, too */
}

static void many_at_once(server *s, const char *id)
{
    char body[2048];
    static const char bulk[] = "/api/v1/people/bulk";
    (void)snprintf(body, sizeof body,
                   "{\"rows\":[{\"fields\":{\"full_name\":\"New\",\"email\":\"new@example.org\"}},"
                   "{\"id\":\"%s\",\"version\":1,\"fields\":{\"vip\":false}},"
                   "{\"fields\":{\"full_name\":\"Bad\",\"email\":\"nope\"}},"
                   "{\"id\":\"%s\",\"version\":4,\"fields\":{\"vip\":false}},"
                   "{\"id\":\"%s\",\"fields\":{}},7]}",
                   id, id, id);
    answer *a = expect(s, 200, ASK(HTTP_POST, bulk, {"Idempotency-Key", "b-1"}, .body = body));
    static const int expected[] = {201, 409, 422, 200, 400, 400};
    for (int i = 0; i < 6; i++)
        assert_int_equal(cJSON_GetArrayItem(at(a->json, "rows"), i)->child->valuedouble,
                         expected[i]);
    assert_string_equal(text_at(a, "rows/2/problem/problems/0/field"), "email");
    char first[256];
    (void)snprintf(first, sizeof first, "%s", text_at(a, "rows/0/id"));
    a = expect(s, 200, ASK(HTTP_POST, bulk, {"Idempotency-Key", "b-1"}, .body = body));
    assert_string_equal(text_at(a, "rows/0/id"), first); /* not made a second time */
    assert_int_equal(at(a->json, "rows/3/version")->valuedouble, 5);
    expect(s, 400, ASK(HTTP_POST, bulk, .body = "{\"rows\":[]}"));
    (void)snprintf(
        body, sizeof body,
        "{\"dry_run\":true,\"rows\":[{\"id\":\"%s\",\"version\":5,\"fields\":{\"vip\":true}},"
        "{\"id\":\"%s\",\"version\":5,\"fields\":{\"email\":\"nope\"}}]}",
        id, id);
    for (int i = 0; i < 2; i++) { /* nothing is kept */
        a = expect(s, 200, ASK(HTTP_POST, bulk, .body = body));
        assert_int_equal(at(a->json, "rows/0/status")->valuedouble, 200);
        assert_int_equal(at(a->json, "rows/0/version")->valuedouble, 6);
        assert_string_equal(text_at(a, "rows/1/problem/problems/0/field"), "email");
    }
    expect(s, 401, ASK_AS(NULL, HTTP_POST, bulk, .body = body));
    static const char check[] = "/api/v1/people/check";
    int64_t before = world_number(&s->w, "SELECT COUNT(*) FROM t_person");
    a = expect(s, 200, ASK(HTTP_POST, check, .body = PERSON));
    assert_int_equal(cJSON_GetArraySize(at(a->json, "likely")), 1);
    assert_string_equal(text_at(a, "likely/0/id"), id);
    expect(s, 422, ASK(HTTP_POST, check, .body = "{\"fields\":{\"full_name\":\"X\"}}"));
    expect(s, 400, ASK(HTTP_POST, check, .body = "{}"));
    expect(s, 401, ASK_AS(NULL, HTTP_POST, check, .body = PERSON));
    expect(s, 403, ASK_AS(&s->reader, HTTP_POST, check, .body = PERSON));
    assert_int_equal(world_number(&s->w, "SELECT COUNT(*) FROM t_person"), before);
}

typedef struct keys {
    server *s;
    char all[IDENTITY_KEY_TEXT], narrow[IDENTITY_KEY_TEXT];
} keys;

static pb_status make_keys(db_session *session, void *context, pb_error *err)
{
    keys *k = context;
    identity_key_wish wish;
    PB_TRY(robot_add(session, k->s, &wish, err));
    PB_TRY(robot_key(session, k->s, &wish, k->all, err));
    wish.scopes = PB_STR("firm.list");
    return robot_key(session, k->s, &wish, k->narrow, err);
}

/* A program trades its key for a token of fewer scopes and a quarter of an hour. */
static void tokens_of_programs(server *s, const keys *k)
{
    static const char path[] = "/oauth/token";
    char body[400], bearer[128];
    size_t id = strspn(k->all + 4, "0123456789abcdef");
    (void)snprintf(body, sizeof body,
                   "grant_type=client_credentials&client_id=%.*s&client_secret=%s&scope=firm.list",
                   (int)id, k->all + 4, k->all + 4 + id + 1);
    answer *a = expect(s, 200, ASK_AS(NULL, HTTP_POST, path, .body = body));
    assert_string_equal(text_at(a, "token_type"), "Bearer");
    assert_string_equal(text_at(a, "scope"), "firm.list");
    assert_int_equal(at(a->json, "expires_in")->valuedouble, 900);
    (void)snprintf(bearer, sizeof bearer, "Bearer %s", text_at(a, "access_token"));
    expect(s, 200, ASK_AS(NULL, HTTP_GET, "/api/v1/firms", {"Authorization", bearer}));
    expect(s, 403, ASK_AS(NULL, HTTP_GET, "/api/v1/people", {"Authorization", bearer}));
    a = expect(s, 200, ASK_AS(NULL, HTTP_GET, "/api/v1/me", {"Authorization", bearer}));
    assert_string_equal(text_at(a, "name"), "robot");
    expect(s, 403, ASK_AS(NULL, HTTP_GET, "/api/v1/sessions", {"Authorization", bearer}));
    s->w.now_us += INT64_C(900) * 1000000;
    expect(s, 401, ASK_AS(NULL, HTTP_GET, "/api/v1/firms", {"Authorization", bearer}));
    (void)snprintf(
        body, sizeof body,
        "grant_type=client_credentials&client_id=%.*s&client_secret=%s&scope=person.list", (int)id,
        k->narrow + 4, k->narrow + 4 + id + 1);
    a = expect(s, 400, ASK_AS(NULL, HTTP_POST, path, .body = body));
    assert_string_equal(text_at(a, "error"), "invalid_scope");
}

/* A program's key is who it was made for, as far as the key reaches. */
static void keys_of_programs(server *s, const char *id)
{
    pb_error err;
    keys k = {.s = s};
    char all[128], narrow[128], wrong[128], path[128];
    world_must(db_write(s->w.workspace, make_keys, &k, &err), &err);
    (void)snprintf(all, sizeof all, "Bearer %s", k.all);
    (void)snprintf(narrow, sizeof narrow, "bearer %s", k.narrow);
    (void)snprintf(wrong, sizeof wrong, "Bearer %sx", k.all);
    (void)snprintf(path, sizeof path, "/api/v1/people/%s", id);
    answer *a = expect(s, 200, ASK_AS(NULL, HTTP_GET, path, {"Authorization", all}));
    assert_null(at(a->json, "fields/remark"));
    expect(s, 403, ASK_AS(NULL, HTTP_POST, "/api/v1/people", {"Authorization", all}, PERSON));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, path, {"Authorization", wrong}));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, path, {"Authorization", "Basic YTpi"}));
    expect(s, 200, ASK_AS(NULL, HTTP_GET, "/api/v1/firms", {"Authorization", narrow}));
    expect(s, 403, ASK_AS(NULL, HTTP_GET, "/api/v1/people", {"Authorization", narrow}));
    a = expect(s, 403, ASK_AS(NULL, HTTP_GET, path, {"Authorization", narrow}));
    assert_string_equal(text_at(a, "title"), "The key has not the scope person.read.");
    tokens_of_programs(s, &k);
}

static pb_status count_event(void *context, const ledger_event *event, bool erased, pb_error *err)
{
    (void)err;
    *(size_t *)context += !erased && pb_str_find(event->payload, PB_STR("operation")) != SIZE_MAX &&
                          pb_str_find(event->payload, PB_STR("198.51.100.7")) != SIZE_MAX &&
                          pb_str_find(event->payload, PB_STR("a browser")) != SIZE_MAX;
    return PB_OK;
}

static size_t refusals(server *s)
{
    pb_error err;
    size_t count = 0;
    db_session *session = NULL;
    world_must(db_snapshot_open(s->w.workspace, &session, &err), &err);
    world_must(ledger_each_of(session, "access.refused", count_event, &count, &err), &err);
    db_snapshot_close(session);
    return count;
}

/* Whoever is told no, or that nothing is there, stands in the log; who asks for nothing does not.
 */
static void refusals_are_events(server *s, const char *id)
{
    static const char people[] = "/api/v1/people";
    char path[128], bulk[200];
    size_t before = refusals(s);
    (void)snprintf(path, sizeof path, "/api/v1/people/%s", id);
    (void)snprintf(bulk, sizeof bulk,
                   "{\"rows\":[{\"fields\":{\"vip\":true}},{\"id\":\"%s\",\"version\":1,"
                   "\"fields\":{\"vip\":true}}]}",
                   id);
    expect(s, 403, ASK_AS(&s->nobody, HTTP_GET, people));
    expect(s, 403, ASK_AS(&s->reader, HTTP_GET, people, {"?sort", "email"}));
    expect(s, 404, ASK_AS(&s->nobody, HTTP_GET, path));
    expect(s, 403, ASK_AS(&s->reader, HTTP_PATCH, path, {"If-Match", "*"}, PERSON));
    expect(s, 403, ASK_AS(&s->reader, HTTP_POST, people, .body = PERSON));
    expect(s, 403, ASK_AS(&s->reader, HTTP_DELETE, path, {"If-Match", "*"}));
    expect(s, 200, ASK_AS(&s->reader, HTTP_POST, "/api/v1/people/bulk", .body = bulk));
    assert_int_equal(refusals(s) - before, 8);
    expect(s, 200, ASK_AS(&s->reader, HTTP_GET, path));
    expect(s, 404, ASK(HTTP_GET, "/api/v1/people/01890a5d-ac96-774b-bcce-b302099a8057"));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, path));
    assert_int_equal(refusals(s) - before, 8);
}

/* shows: INT-1 REC-1 REC-5 DQ-1 ACC-2 */
static void every_operation_answers_as_it_is_described(void **state)
{
    server *s = calloc(1, sizeof *s);
    char id[37];
    pb_error err;
    assert_non_null(s);
    begin(s, *state, looker);
    create_and_read(s, id);
    refuse_what_is_wrong(s);
    the_same_request_twice(s);
    a_change_is_looked_at(s, id);
    change(s, id);
    delete_and_restore(s, id);
    a_link_stands_in_the_way(s);
    lists(s);
    nothing_hidden_shows(s, id);
    many_at_once(s, id);
    keys_of_programs(s, id);
    refusals_are_events(s, id);
    everything_was_seen(s, "records", 100);
    world_must(world_verify(&s->w, &err), &err);
    end(s);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(every_operation_answers_as_it_is_described,
                                  (void *)(uintptr_t)world_engines[0]),
    };
    return cmocka_run_group_tests_name("http/operations", tests, NULL, NULL);
}
