/* A workspace as the server's operations see it, asked without a socket between: on any engine, by
 * whoever is said to ask, at any moment. Every answer is held to the OpenAPI document. */
#ifndef TESTS_HTTP_ASKING_H
#define TESTS_HTTP_ASKING_H

#include "../record/world.h"

#include "../../src/http/server.h"
#include "described.h"
#include "route.h"
#include "who.h"

#include "identity/credential.h"
#include "identity/policy.h"
#include "service/signin.h"

enum { SEEN_MAX = 400, PAIRS = 6, READER = 2 };

typedef struct server {
    world w;
    http_options options;
    cJSON *openapi;
    identity_actor holder, nobody, reader;
    int64_t roles[8];        /* by number of the actor */
    char seen[SEEN_MAX][64]; /* “operation status” */
    size_t seen_count;
} server;

typedef struct question {
    const identity_actor *who;
    http_method method;
    const char *path;
    const char *pairs[2 * PAIRS]; /* names beginning with `?` are parameters, others headers */
    const char *body;
} question;

typedef struct answer {
    int status;
    cJSON *json; /* NULL: it has no body */
    char etag[64], location[128];
    bool replayed;
    char text[1 << 16];
} answer;

/* ---- what the document says of an answer ---- */

static inline void note_seen(server *s, const char *operation, int status)
{
    char text[64];
    (void)snprintf(text, sizeof text, "%.*s %d", (int)strcspn(operation, "_"), operation, status);
    for (size_t i = 0; i < s->seen_count; i++)
        if (strcmp(s->seen[i], text) == 0)
            return;
    assert_true(s->seen_count < SEEN_MAX);
    memcpy(s->seen[s->seen_count++], text, sizeof text);
}

static inline void check_answer(server *s, const question *q, const answer *a, const char *type)
{
    static const char *const verbs[] = {[HTTP_GET] = "get",
                                        [HTTP_POST] = "post",
                                        [HTTP_PUT] = "put",
                                        [HTTP_PATCH] = "patch",
                                        [HTTP_DELETE] = "delete"};
    const char *verb = verbs[q->method];
    const cJSON *operation = described_check(s->openapi, verb, q->path, a->status, a->json, type);
    note_seen(s, cJSON_GetObjectItem(operation, "operationId")->valuestring, a->status);
}

/* ---- asking ---- */

static inline void fill_request(http_request *request, const question *q)
{
    pb_str rest = pb_str_c(q->path + 1), part;
    while (pb_str_split(&rest, '/', &part))
        request->parts[request->part_count++] = part;
    for (size_t i = 0; q->pairs[i] != NULL; i += 2) {
        http_pair pair = {pb_str_c(q->pairs[i]), pb_str_c(q->pairs[i + 1])};
        if (pair.name.ptr[0] == '?') {
            pair.name = pb_str_sub(pair.name, 1, pair.name.len);
            request->query[request->query_count++] = pair;
        } else {
            request->headers[request->header_count++] = pair;
        }
    }
}

static inline void take_headers(const http_response *response, answer *a)
{
    for (size_t i = 0; i < response->header_count; i++) {
        const http_pair *header = &response->headers[i];
        if (pb_str_is(header->name, "ETag"))
            (void)snprintf(a->etag, sizeof a->etag, "%.*s", PB_STR_FMT(header->value));
        if (pb_str_is(header->name, "Location"))
            (void)snprintf(a->location, sizeof a->location, "%.*s", PB_STR_FMT(header->value));
        a->replayed = a->replayed || pb_str_is(header->name, "Idempotency-Replayed");
    }
}

static inline void ask(server *s, const question *q, answer *a)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_error err = {0};
    unsigned allowed = 0;
    s->w.now_us += 1000000;
    struct http_server host = {.limits = {.file_bytes = 1 << 20}};
    http_request request = {.method = q->method,
                            .id = "0190",
                            .who = q->who,
                            .address = PB_STR("198.51.100.7"),
                            .arena = arena,
                            .server = &s->options,
                            .host = &host,
                            .now_us = s->w.now_us};
    http_response response = {.status = 200, .body = PB_BUF_INIT(1 << 22), .arena = arena};
    request.headers[request.header_count++] =
        (http_pair){PB_STR("User-Agent"), PB_STR("a browser")};
    fill_request(&request, q);
    if (q->body != NULL)
        request.body = pb_str_c(q->body);
    request.route = http_route_find(NULL, &request, &allowed);
    assert_non_null(request.route);
    *a = (answer){.status = 0};
    pb_status status = http_who(&request, &response, &err);
    if (status == PB_OK)
        status = request.route->handle(&request, &response, &err);
    if (status != PB_OK)
        http_problem(&request, &response, response.status >= 400 ? response.status : 0, &err);
    assert_false(response.body.failed);
    a->status = response.status;
    take_headers(&response, a);
    (void)snprintf(a->text, sizeof a->text, "%s",
                   response.body.len > 0 ? pb_buf_cstr(&response.body) : "");
    if (response.body.len > 0) {
        a->json = cJSON_Parse(pb_buf_cstr(&response.body));
        if (a->json == NULL)
            fail_msg("no JSON: %s", a->text);
    }
    if (s->openapi != NULL)
        check_answer(s, q, a, response.type == NULL ? "application/json" : response.type);
    pb_buf_free(&response.body);
}

/* Asks, expects a status, and gives the answer until the next call. */
static inline answer *expect(server *s, int status, question q)
{
    static answer a;
    cJSON_Delete(a.json);
    a.json = NULL;
    ask(s, &q, &a);
    if (a.status != status)
        fail_msg("%s: %d instead of %d: %s", q.path, a.status, status, a.text);
    return &a;
}

#define ASK_AS(actor, ...) ((question){(actor), __VA_ARGS__})
#define ASK(...) ASK_AS(&s->holder, __VA_ARGS__)

static inline const cJSON *at(const cJSON *json, const char *path)
{
    while (json != NULL && *path != '\0') {
        char part[64];
        size_t len = strcspn(path, "/");
        (void)snprintf(part, sizeof part, "%.*s", (int)len, path);
        json = cJSON_IsArray(json) ? cJSON_GetArrayItem(json, (int)strtol(part, NULL, 10))
                                   : cJSON_GetObjectItemCaseSensitive(json, part);
        path += len + (path[len] == '/');
    }
    return json;
}

static inline const char *text_at(const answer *a, const char *path)
{
    const char *text = cJSON_GetStringValue(at(a->json, path));
    if (text == NULL)
        fail_msg("nothing at %s: %s", path, a->text);
    return text != NULL ? text : "";
}

/* ---- the server ---- */

typedef struct hiring {
    server *s;
    const char *text;
    int64_t *number;
} hiring;

static inline pb_status put_role(db_session *session, void *context, pb_error *err)
{
    const hiring *h = context;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    const model_source source = {PB_STR("role.yaml"), pb_str_c(h->text)};
    const identity_call call = {.actor = world_actor(), .now_us = h->s->w.now_us};
    identity_role role;
    PB_TRY(identity_role_parse(&source, h->s->w.schema, arena, &role, err));
    return identity_role_put(session, &call, &role, h->number, err);
}

/** Somebody who holds the role that the text says; `number` tells this actor from others, and is
 * where its role is kept. */
static inline identity_actor somebody(server *s, const char *role_text, unsigned char number)
{
    pb_error err;
    identity_actor who = s->nobody;
    hiring h = {s, role_text, &s->roles[number]};
    assert_true(number < sizeof s->roles / sizeof *s->roles);
    world_must(db_write(s->w.workspace, put_role, &h, &err), &err);
    s->w.now_us += 1000000;
    who.user.b[0] = number;
    who.roles = &s->roles[number];
    who.role_count = 1;
    return who;
}

static inline void begin(server *s, const char *engine, const char *role_text)
{
    pb_error err;
    memset(s, 0, sizeof *s);
    world_open(&s->w, engine);
    s->options = (http_options){.workspace = s->w.workspace, .version = "1.0"};
    const service_desk_options desk = {.site = PB_STR("localhost")};
    world_must(service_desk_open(s->w.workspace, &desk, &s->options.desk, &err), &err);
    s->w.now_us += 1000000;
    s->holder = identity_holder(PB_STR("holder"), s->w.now_us);
    s->nobody = (identity_actor){.user = {{1}}, .name = PB_STR("nobody"), .at_us = s->w.now_us};
    s->reader = somebody(s, role_text, READER);
    answer *a = expect(s, 200, ASK(HTTP_GET, "/openapi.json"));
    s->openapi = cJSON_Duplicate(a->json, true);
    assert_string_equal(text_at(a, "openapi"), "3.1.0");
    expect(s, 200, ASK(HTTP_GET, "/openapi.json")); /* it describes itself */
    expect(s, 200, ASK(HTTP_GET, "/healthz"));
}

static inline void end(server *s)
{
    cJSON_Delete(s->openapi);
    s->options.desk = service_desk_close(s->options.desk);
    world_close(&s->w);
}

static inline const char *text_of(const cJSON *list, int at)
{
    const char *text = cJSON_GetStringValue(cJSON_GetArrayItem(list, at));
    return text != NULL ? text : "";
}

/* Every operation, with every status it is said to answer, of the ones that this program gives. */
static inline void everything_was_seen(server *s, const char *of, size_t least)
{
    const cJSON *path, *operation, *status;
    size_t missing = 0, documented = 0;
    cJSON_ArrayForEach(path, cJSON_GetObjectItem(s->openapi, "paths"))
    {
        cJSON_ArrayForEach(operation, path)
        {
            const char *name = cJSON_GetObjectItem(operation, "operationId")->valuestring;
            const char *subject = text_of(cJSON_GetObjectItem(operation, "tags"), 0);
            bool ours = strcmp(subject, of) == 0;
            cJSON_ArrayForEach(status, cJSON_GetObjectItem(operation, "responses"))
            {
                char wanted[64];
                /* What is answered before any operation is reached is seen by tests/generated. */
                bool seen = !ours || strstr("default 403 406 413 415 429", status->string) != NULL;
                (void)snprintf(wanted, sizeof wanted, "%.*s %s", (int)strcspn(name, "_"), name,
                               status->string);
                for (size_t i = 0; i < s->seen_count && !seen; i++)
                    seen = strcmp(s->seen[i], wanted) == 0;
                documented += ours;
                if (!seen)
                    print_message("never seen: %s\n", wanted);
                missing += !seen;
            }
        }
    }
    assert_true(documented >= least);
    assert_int_equal(missing, 0);
}

#endif
