/* OpenAPI 3.1 of this interface, made from the model, the tables of routes and what they say of
 * themselves.
 *
 * Every route is described, those on records once for every entity; a status that an operation can
 * answer is listed, and no other (tests hold both).
 */
#include "openapi.h"

#include <string.h>

#include "../operations/operations.h"
#include "../server.h"
#include "../who.h"

enum { TEXT_MAX = 4096 };

typedef struct writer {
    pb_json *json;
    const http_request *request;
    const model_schema *schema;
} writer;

/* An operation: its route, what is said of it, and by which description. */
typedef struct subject {
    const http_route *route;
    const http_about *about;
    const http_description *description; /* NULL: nothing is said of it */
    pb_str entity;                       /* its name; "": it is not for entities */
} subject;

static const http_about unsaid = {NULL, NULL, NULL, NULL, NULL, "200", NULL};

static const struct {
    int status;
    const char *says;
} statuses[] = {{200, PB_MSG("Done")},
                {201, PB_MSG("Created")},
                {202, PB_MSG("Accepted; a job does it")},
                {204, PB_MSG("Done; there is nothing to tell")},
                {304, PB_MSG("It is as it was")},
                {400, PB_MSG("The request was not understood")},
                {401, PB_MSG("Nobody is signed in")},
                {403, PB_MSG("Not allowed")},
                {404, PB_MSG("There is none, or it may not be seen")},
                {406, PB_MSG("The answer is not given in a type that was asked for")},
                {409, PB_MSG("Something stands in the way")},
                {412, PB_MSG("It was changed since")},
                {413, PB_MSG("A limit was reached")},
                {415, PB_MSG("A body of that type is not read")},
                {422, PB_MSG("What was given is not valid")},
                {428, PB_MSG("The version to change must be named")},
                {429, PB_MSG("Too often; Retry-After says when it is good again")}};

/* For who is signed in: by a key, too, which may ask too often for anything. */
static bool is_closed(const http_route *route)
{
    return (route->flags & (HTTP_BLOCKS | HTTP_OPEN)) == HTTP_BLOCKS;
}

/* What is answered before an operation is reached (exchange.c, who.c): a head that breaks the
 * rules, a type that is not given, a body that is too long or of a type that is not read; a key
 * that asks too often, a browser that asks for a change for somebody else's page. */
static bool is_everywhere(const http_route *route, int status)
{
    switch (status) {
    case 400:
    case 406:
    case 413:
        return true;
    case 415:
        return route->takes != NULL;
    case 403:
        return is_closed(route) && route->method != HTTP_GET;
    default:
        return status == 429 && is_closed(route);
    }
}

static bool has_status(const http_about *about, int status)
{
    pb_str rest = pb_str_c(about->statuses), one;
    int64_t number;
    while (pb_str_split(&rest, ' ', &one))
        if (pb_str_to_i64(one, &number) && number == status)
            return true;
    return false;
}

static subject subject_of(const http_route *route, const model_entity *entity)
{
    subject s = {route, &unsaid, NULL, entity == NULL ? PB_STR("") : entity->name};
    for (const http_description *const *d = http_descriptions; *d != NULL; d++)
        for (const http_about *a = (*d)->operations; a->operation != NULL; a++)
            if (strcmp(a->operation, route->operation) == 0) {
                s.about = a;
                s.description = *d;
            }
    return s;
}

static void put_text(const writer *w, const char *key, const char *text)
{
    pb_json_member(w->json, key, pb_str_c(pb_translate(w->request->catalog, text)));
}

static void put_content(pb_json *json, pb_str type, pb_str entity, const char *schema)
{
    pb_json_key_str(json, type);
    pb_json_object(json);
    if (schema != NULL) {
        http_schema_ref(json, "schema", entity, schema);
    } else {
        pb_json_key(json, "schema");
        pb_json_object(json);
        if (pb_str_find(type, PB_STR("json")) == SIZE_MAX)
            pb_json_member(json, "type", PB_STR("string"));
        pb_json_object_end(json);
    }
    pb_json_object_end(json);
}

/* The good answer: in each of the media types that the route gives. */
static void put_given(pb_json *json, const subject *s)
{
    pb_str rest = s->route->gives != NULL ? pb_str_c(s->route->gives) : PB_STR("application/json");
    pb_str type;
    while (pb_str_split(&rest, ' ', &type))
        put_content(json, type, s->entity,
                    pb_str_is(type, "application/json") ? s->about->gives : NULL);
}

/* Of a good answer, or of a refusal: the operation's own, and the one of what stands before it. */
static void put_contents(pb_json *json, const subject *s, int status)
{
    bool own = s->about->refused != NULL && status != 0 && has_status(s->about, status);
    if (status != 0 && status < 300) {
        put_given(json, s);
        return;
    }
    if (own)
        put_content(json, PB_STR("application/json"), s->entity, s->about->refused);
    if (!own || is_everywhere(s->route, status))
        put_content(json, PB_STR("application/problem+json"), s->entity, "Problem");
}

static void put_response(const writer *w, const subject *s, int status, const char *says)
{
    pb_json *json = w->json;
    pb_json_object(json);
    put_text(w, "description", says);
    bool bare = status == 204 || status == 304;
    if (!bare) {
        pb_json_key(json, "content");
        pb_json_object(json);
    }
    if (!bare)
        put_contents(json, s, status);
    if (!bare)
        pb_json_object_end(json);
    pb_json_object_end(json);
}

static void put_responses(const writer *w, const subject *s)
{
    pb_json *json = w->json;
    char number[16];
    pb_json_key(json, "responses");
    pb_json_object(json);
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (!has_status(s->about, statuses[i].status) &&
            !is_everywhere(s->route, statuses[i].status))
            continue;
        (void)snprintf(number, sizeof number, "%d", statuses[i].status);
        pb_json_key(json, number);
        put_response(w, s, statuses[i].status, statuses[i].says);
    }
    pb_json_key(json, "default");
    put_response(w, s, 0, PB_MSG("The server could not do it now"));
    pb_json_object_end(json);
}

/* A parameter by its name: the description's own goes before those that all share. */
static const http_parameter *parameter_of(const http_description *description, pb_str name)
{
    const http_parameter *one = description == NULL ? NULL : description->parameters;
    for (; one != NULL && one->name != NULL; one++)
        if (pb_str_is(name, one->name))
            return one;
    for (one = http_parameters_common; one->name != NULL; one++)
        if (pb_str_is(name, one->name))
            return one;
    return NULL;
}

static void put_parameter(const writer *w, const subject *s, pb_str name, const char *in)
{
    pb_json *json = w->json;
    const http_parameter *parameter = parameter_of(s->description, name);
    if (parameter == NULL)
        return;
    pb_json_object(json);
    pb_json_member(json, "name", name);
    pb_json_member(json, "in", pb_str_c(in));
    put_text(w, "description", parameter->says);
    pb_json_key(json, "required");
    pb_json_bool(json, parameter->required);
    pb_json_key(json, "schema");
    pb_json_object(json);
    pb_json_member(json, "type", pb_str_c(parameter->type));
    if (parameter->format != NULL)
        pb_json_member(json, "format", pb_str_c(parameter->format));
    if (strcmp(parameter->type, "integer") == 0) /* http_op_query_number reads them all */
        pb_json_member_i64(json, "minimum", 1);
    pb_json_object_end(json);
    pb_json_object_end(json);
}

/* Parts of the path in braces, but for the entity. */
static void put_path_parameters(const writer *w, const char *path)
{
    pb_json *json = w->json;
    pb_str rest = pb_str_c(path), part;
    while (pb_str_split(&rest, '/', &part)) {
        if (part.len < 3 || part.ptr[0] != '{' || pb_str_is(part, "{entity}"))
            continue;
        pb_json_object(json);
        pb_json_member(json, "name", pb_str_sub(part, 1, part.len - 2));
        pb_json_member(json, "in", PB_STR("path"));
        pb_json_key(json, "required");
        pb_json_bool(json, true);
        pb_json_key(json, "schema");
        pb_json_object(json);
        pb_json_member(json, "type", PB_STR("string"));
        pb_json_object_end(json);
        pb_json_object_end(json);
    }
}

static void put_named(const writer *w, const subject *s, const char *names, const char *in)
{
    pb_str rest = names == NULL ? PB_STR_NONE : pb_str_c(names), one;
    while (pb_str_split(&rest, ' ', &one))
        put_parameter(w, s, one, in);
}

static void put_parameters(const writer *w, const subject *s)
{
    pb_json_key(w->json, "parameters");
    pb_json_array(w->json);
    put_path_parameters(w, s->route->path);
    put_named(w, s, s->about->query, "query");
    put_named(w, s, s->about->headers, "header");
    pb_json_array_end(w->json);
}

/* How much of it is taken. */
static void put_most(const writer *w, const http_route *route)
{
    PB_AUTO_BUF says = PB_BUF_INIT(TEXT_MAX);
    pb_argbuf room;
    const pb_arg count = {
        "count", pb_str_c(pb_arg_i64(&room, (int64_t)http_body_max(w->request->host, route)))};
    pb_format(&says,
              pb_translate_str(w->request->catalog,
                               pb_str_c(PB_MSG("At most {count} bytes, with their number said in "
                                               "Content-Length or in chunks"))),
              &count, 1);
    pb_json_member(w->json, "description", pb_buf_str(&says));
}

static void put_body(const writer *w, const subject *s)
{
    pb_json *json = w->json;
    pb_str rest = pb_str_c(s->route->takes), one;
    pb_json_key(json, "requestBody");
    pb_json_object(json);
    put_most(w, s->route);
    pb_json_key(json, "required");
    pb_json_bool(json, true);
    pb_json_key(json, "content");
    pb_json_object(json);
    while (pb_str_split(&rest, ' ', &one))
        put_content(json, one, s->entity, s->about->body);
    pb_json_object_end(json);
    pb_json_object_end(json);
}

/* Who is signed in, by a token or by a cookie; or everybody. */
static void put_who(pb_json *json, const http_route *route)
{
    static const char *const ways[] = {"bearer", "program", "cookie"};
    bool closed = is_closed(route);
    pb_json_key(json, "security");
    pb_json_array(json);
    if (route->flags & HTTP_EITHER) {
        pb_json_object(json);
        pb_json_object_end(json);
    }
    for (size_t i = 0; closed && i < sizeof ways / sizeof *ways; i++) {
        pb_json_object(json);
        pb_json_key(json, ways[i]);
        pb_json_array(json);
        pb_json_array_end(json);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void put_tags(const writer *w, const subject *s)
{
    pb_json_key(w->json, "tags");
    pb_json_array(w->json);
    if (s->description != NULL)
        pb_json_c(w->json, s->description->subject);
    if (s->entity.len > 0)
        pb_json_str(w->json, s->entity);
    pb_json_array_end(w->json);
}

static void put_operation(const writer *w, const http_route *route, const model_entity *entity)
{
    static const char *const verbs[] = {"get", "post", "put", "patch", "delete"};
    static const http_method methods[] = {HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE};
    const subject s = subject_of(route, entity);
    PB_AUTO_BUF id = PB_BUF_INIT(TEXT_MAX);
    pb_json *json = w->json;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (route->method == methods[i])
            pb_json_key(json, verbs[i]);
    pb_buf_printf(&id, "%s%s%.*s", route->operation, entity == NULL ? "" : "_",
                  PB_STR_FMT(s.entity));
    pb_json_object(json);
    pb_json_member(json, "operationId", pb_buf_str(&id));
    put_text(w, "summary", route->says);
    put_tags(w, &s);
    put_who(json, route);
    put_parameters(w, &s);
    if (route->takes != NULL)
        put_body(w, &s);
    put_responses(w, &s);
    pb_json_object_end(json);
}

/* All routes with this route's path, which is the first of them. */
static void put_path(const writer *w, const http_route *first, const model_entity *entity)
{
    static const char place[] = "{entity}";
    PB_AUTO_BUF path = PB_BUF_INIT(TEXT_MAX);
    pb_str text = pb_str_c(first->path);
    size_t at = pb_str_find(text, PB_STR("{entity}"));
    pb_buf_add(&path, pb_str_sub(text, 0, at == SIZE_MAX ? text.len : at));
    if (entity != NULL) {
        http_op_entity_path(w->schema, entity, &path);
        pb_buf_add(&path, pb_str_sub(text, at + sizeof place - 1, text.len));
    }
    pb_json_key_str(w->json, pb_buf_str(&path));
    pb_json_object(w->json);
    for (const http_route *const *table = http_tables; *table != NULL; table++)
        for (const http_route *route = *table; route->path != NULL; route++)
            if (strcmp(route->path, first->path) == 0)
                put_operation(w, route, entity);
    pb_json_object_end(w->json);
}

static bool is_first(const http_route *wanted)
{
    for (const http_route *const *table = http_tables; *table != NULL; table++)
        for (const http_route *route = *table; route->path != NULL; route++)
            if (strcmp(route->path, wanted->path) == 0)
                return route == wanted;
    return false;
}

static void put_paths(const writer *w)
{
    pb_json_key(w->json, "paths");
    pb_json_object(w->json);
    for (const http_route *const *table = http_tables; *table != NULL; table++)
        for (const http_route *route = *table; route->path != NULL; route++) {
            if (!is_first(route))
                continue;
            bool each = strstr(route->path, "{entity}") != NULL;
            if (!each)
                put_path(w, route, NULL);
            for (size_t i = 0; each && i < w->schema->entity_count; i++)
                put_path(w, route, &w->schema->entities[i]);
        }
    pb_json_object_end(w->json);
}

static const char ways_in[] =
    "{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"},\"cookie\":{\"type\":\"apiKey\","
    "\"in\":\"cookie\",\"name\":\"__Host-probity\"},\"program\":{\"type\":\"oauth2\","
    "\"flows\":{\"clientCredentials\":{\"tokenUrl\":\"/oauth/token\",\"scopes\":{}}}}}";

static void put_components(const writer *w)
{
    pb_json *json = w->json;
    pb_json_object(json);
    pb_json_key(json, "securitySchemes");
    pb_json_whole(json, pb_str_c(ways_in));
    pb_json_key(json, "schemas");
    pb_json_object(json);
    for (const http_description *const *d = http_descriptions; *d != NULL; d++) {
        const http_schema *one = (*d)->schemas;
        for (; one != NULL && one->name != NULL; one++) {
            pb_json_key(json, one->name);
            http_schema_put(json, one->schema);
        }
        for (size_t i = 0; (*d)->put_entity != NULL && i < w->schema->entity_count; i++)
            (*d)->put_entity(json, w->request, &w->schema->entities[i]);
    }
    pb_json_object_end(json);
    pb_json_object_end(json);
}

/* Who is not signed in sees the model that comes with the program: what a workspace added to it may
 * tell something of its customers. */
static const model_schema *schema_for(const http_request *request)
{
    return request->who != NULL ? db_workspace_schema(request->server->workspace)
                                : service_schema(request->server->service);
}

static pb_status read_openapi(http_request *request, http_response *response, pb_error *err)
{
    pb_json json;
    writer w = {&json, request, schema_for(request)};
    (void)err;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member(&json, "openapi", PB_STR("3.1.0"));
    pb_json_key(&json, "info");
    pb_json_object(&json);
    pb_json_member(&json, "title", PB_STR("Probity"));
    pb_json_member(&json, "version", pb_str_c(request->server->version));
    pb_json_object_end(&json);
    put_paths(&w);
    pb_json_key(&json, "components");
    put_components(&w);
    pb_json_object_end(&json);
    return PB_OK;
}

const http_route http_openapi_routes[] = {
    {HTTP_GET, "/openapi.json", "readOpenApi", PB_MSG("Describes this interface as OpenAPI 3.1"),
     read_openapi, HTTP_BLOCKS | HTTP_EITHER, NULL, NULL, 0},
    {0},
};
