/* OpenAPI 3.1 of this interface, made from the model and from the table of routes.
 *
 * Every route is described: those on records once for every entity, with what it takes and answers;
 * a status that an operation can answer is listed, and no other (tests hold both).
 */
#include "openapi.h"

#include <string.h>

#include "../who.h"
#include "operations.h"

enum { TEXT_MAX = 4096 };

typedef struct writer {
    pb_json *json;
    const http_request *request;
    const model_schema *schema;
} writer;

/* What operations take and answer; `body` and `gives` are ends of names of schemas: the entity's
 * name stands before them, unless it begins with a capital letter. */
static const struct operation {
    const char *name;
    const char *query;    /* names of parameters, separated by blanks */
    const char *headers;  /* likewise */
    const char *body;     /* NULL: none */
    const char *gives;    /* of the good answer */
    const char *statuses; /* the good one first */
} operations[] = {
    {"listRecords",
     "filter sort fields expand cursor limit total deleted created_from created_until changed_from "
     "changed_until",
     "Purpose", NULL, "_page", "200 400 401 403 413 422"},
    {"createRecord", "", "Idempotency-Key", "_new", "_created", "201 400 401 403 422"},
    {"searchRecords", "q limit", "Purpose", NULL, "_found", "200 400 401 403"},
    {"checkRecord", "", "", "_new", "Likely", "200 400 401 403 422"},
    {"writeRecords", "", "Idempotency-Key", "_rows", "Rows", "200 400 401"},
    {"readRecord", "", "If-None-Match Purpose", NULL, "_record", "200 304 400 401 403 404"},
    {"changeRecord", "", "If-Match", "_new", "_record", "200 400 401 403 404 412 422 428"},
    {"deleteRecord", "", "If-Match", NULL, "_record", "200 400 401 403 404 409 412 428"},
    {"restoreRecord", "", "", NULL, "_record", "200 400 401 403 404"},
    {"readHistory", "", "Purpose", NULL, "History", "200 400 401 403 404"},
    {"readOpenApi", "", "", NULL, "Anything", "200 401"},
    {"signIn", "", "", "SignInPassword", "SignIn", "200 400 401 403 429"},
    {"signInByCode", "", "", "SignInSecond", "SignIn", "200 400 401 403 429"},
    {"signInByRecovery", "", "", "SignInSecond", "SignIn", "200 400 401 403 429"},
    {"beginFactor", "", "", "SignInTicket", "Factor", "200 400 401"},
    {"signInByNewFactor", "", "", "SignInNewFactor", "SignIn", "200 400 401 403 429"},
    {"enrol", "", "", "Enrolment", "SignIn", "200 400 401 403 422 429"},
    {"prove", "", "", "Proof", "SignIn", "200 400 401 403 422 429"},
    {"signOut", "", "", NULL, "", "204 400 401 403 422"},
    {"readMe", "", "", NULL, "Me", "200 400 401 403"},
    {"listSessions", "", "", NULL, "Sessions", "200 400 401 403"},
    {"endSession", "", "", NULL, "", "204 400 401 403 404"},
    {"makeToken", "", "", "TokenForm", "Token", "200 400 401 429"},
    {"health", "", "", NULL, "Anything", "200"},
};
static const struct operation other = {NULL, "", "", NULL, "Anything", "200"};

static const struct {
    const char *name;
    const char *says;
    const char *type;
    const char *format; /* NULL: none */
    bool required;
} parameters[] = {
    {"filter", "Condition, such as: country = 'DE' and changed_on >= today - 30", "string", NULL,
     false},
    {"sort", "Fields to sort by, separated by commas; - before those that fall", "string", NULL,
     false},
    {"fields", "Fields to give, separated by commas", "string", NULL, false},
    {"expand", "Links whose records come along, separated by commas", "string", NULL, false},
    {"cursor", "`next` of the page before", "string", NULL, false},
    {"limit", "Records at most", "integer", "int32", false},
    {"total", "Whether to count", "boolean", NULL, false},
    {"deleted", "Those that were deleted, instead", "boolean", NULL, false},
    {"created_from", "Made at this moment or later", "string", "date-time", false},
    {"created_until", "Made before this moment", "string", "date-time", false},
    {"changed_from", "Changed at this moment or later", "string", "date-time", false},
    {"changed_until", "Changed last before this moment", "string", "date-time", false},
    {"q", "Words to find", "string", NULL, true},
    {"Purpose", "Why personal data is read; stands in the log", "string", NULL, false},
    {"Idempotency-Key", "The same request with the same key is done once", "string", NULL, false},
    {"If-None-Match", "ETag that is known", "string", NULL, false},
    {"If-Match", "ETag of the version to change", "string", NULL, true},
};

static const struct {
    int status;
    const char *says;
} statuses[] = {{200, "Done"},
                {201, "Created"},
                {204, "Done; there is nothing to tell"},
                {304, "It is as it was"},
                {400, "The request was not understood"},
                {401, "Nobody is signed in"},
                {403, "Not allowed"},
                {404, "There is none, or it may not be seen"},
                {409, "Something stands in the way"},
                {412, "It was changed since"},
                {413, "A limit was reached"},
                {422, "What was given is not valid"},
                {428, "The version to change must be named"},
                {429, "Too often; Retry-After says when it is good again"}};

static const struct operation *operation_of(const http_route *route)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (strcmp(operations[i].name, route->operation) == 0)
            return &operations[i];
    return &other;
}

static void put_text(const writer *w, const char *key, const char *text)
{
    pb_json_member(w->json, key, pb_str_c(pb_translate(w->request->catalog, text)));
}

/* ---- schemas of records ---- */

static void put_types(pb_json *json, const char *type)
{
    pb_json_key(json, "type");
    pb_json_array(json);
    pb_json_c(json, type);
    pb_json_c(json, "null");
    pb_json_array_end(json);
}

static void put_property(pb_json *json, const char *name, const char *type, bool or_null)
{
    pb_json_key(json, name);
    pb_json_object(json);
    if (or_null)
        put_types(json, type);
    else
        pb_json_member(json, "type", pb_str_c(type));
    pb_json_object_end(json);
}

/* Closed choices name what there is; masked ones are any text, so only on the way in. */
static void put_choices(pb_json *json, const model_field *field)
{
    pb_json_key(json, "enum");
    pb_json_array(json);
    for (size_t i = 0; i < field->choice_count; i++)
        pb_json_str(json, field->choices[i].value);
    pb_json_null(json);
    pb_json_array_end(json);
}

static void put_parts(pb_json *json, const char *first, const char *second)
{
    put_types(json, "object");
    pb_json_key(json, "properties");
    pb_json_object(json);
    put_property(json, first, "string", true);
    put_property(json, second, "string", true);
    pb_json_object_end(json);
    pb_json_key(json, "additionalProperties");
    pb_json_bool(json, false);
}

static void put_field_type(pb_json *json, const model_field *field)
{
    switch (field->type) {
    case MODEL_BOOLEAN:
        put_types(json, "boolean");
        return;
    case MODEL_INTEGER:
        put_types(json, "integer");
        pb_json_member(json, "format", PB_STR("int64"));
        return;
    case MODEL_DECIMAL:
        put_types(json, "number");
        pb_json_member(json, "format", PB_STR("double"));
        return;
    case MODEL_MONEY:
        put_parts(json, "amount", "currency");
        return;
    case MODEL_LINK:
        put_parts(json, "id", "reference");
        return;
    default:
        put_types(json, "string");
    }
    if (field->type == MODEL_DATE || field->type == MODEL_INSTANT)
        pb_json_member(json, "format",
                       field->type == MODEL_DATE ? PB_STR("date") : PB_STR("date-time"));
}

static void put_field(const writer *w, const model_field *field, bool writing)
{
    pb_json *json = w->json;
    pb_json_key_str(json, field->name);
    pb_json_object(json);
    pb_json_member(json, "title", pb_translate_str(w->request->catalog, field->label));
    if (field->help.ptr != NULL)
        pb_json_member(json, "description", pb_translate_str(w->request->catalog, field->help));
    put_field_type(json, field);
    if (writing && field->max_length > 0)
        pb_json_member_i64(json, "maxLength", (int64_t)field->max_length);
    if (writing && field->type == MODEL_CHOICE && !field->open_choices)
        put_choices(json, field);
    pb_json_object_end(json);
}

static void put_fields(const writer *w, const model_entity *entity, bool writing)
{
    pb_json *json = w->json;
    pb_json_object(json);
    pb_json_member(json, "type", PB_STR("object"));
    pb_json_key(json, "properties");
    pb_json_object(json);
    for (size_t i = 0; i < entity->field_count; i++)
        put_field(w, &entity->fields[i], writing);
    pb_json_object_end(json);
    pb_json_key(json, "additionalProperties");
    pb_json_bool(json, false);
    pb_json_object_end(json);
}

static void put_ref(pb_json *json, const char *key, pb_str entity, const char *end)
{
    PB_AUTO_BUF text = PB_BUF_INIT(TEXT_MAX);
    bool own = end[0] >= 'A' && end[0] <= 'Z';
    pb_buf_printf(&text, "#/components/schemas/%.*s%s", own ? 0 : (int)entity.len, entity.ptr, end);
    pb_json_key(json, key);
    pb_json_object(json);
    pb_json_member(json, "$ref", pb_buf_str(&text));
    pb_json_object_end(json);
}

static void begin_schema(pb_json *json, pb_str entity, const char *end)
{
    PB_AUTO_BUF name = PB_BUF_INIT(TEXT_MAX);
    pb_buf_printf(&name, "%.*s%s", PB_STR_FMT(entity), end);
    pb_json_key_str(json, pb_buf_str(&name));
    pb_json_object(json);
    pb_json_member(json, "type", PB_STR("object"));
}

static void put_required(pb_json *json, const char *names)
{
    pb_str rest = pb_str_c(names), one;
    pb_json_key(json, "required");
    pb_json_array(json);
    while (pb_str_split(&rest, ' ', &one))
        pb_json_str(json, one);
    pb_json_array_end(json);
    pb_json_key(json, "additionalProperties");
    pb_json_bool(json, false);
    pb_json_object_end(json);
}

static void put_list_of(pb_json *json, const char *key, pb_str entity, const char *end)
{
    pb_json_key(json, key);
    pb_json_object(json);
    pb_json_member(json, "type", PB_STR("array"));
    put_ref(json, "items", entity, end);
    pb_json_object_end(json);
}

static void put_linked(pb_json *json, const model_entity *entity)
{
    pb_json_key(json, "linked");
    pb_json_object(json);
    pb_json_member(json, "type", PB_STR("object"));
    pb_json_key(json, "properties");
    pb_json_object(json);
    for (size_t i = 0; i < entity->field_count; i++) {
        const model_field *field = &entity->fields[i];
        if (field->type != MODEL_LINK)
            continue;
        pb_json_key_str(json, field->name);
        pb_json_object(json);
        pb_json_key(json, "anyOf");
        pb_json_array(json);
        pb_json_object(json);
        PB_AUTO_BUF text = PB_BUF_INIT(TEXT_MAX);
        pb_buf_printf(&text, "#/components/schemas/%.*s_record", PB_STR_FMT(field->target->name));
        pb_json_member(json, "$ref", pb_buf_str(&text));
        pb_json_object_end(json);
        pb_json_object(json);
        pb_json_member(json, "type", PB_STR("null"));
        pb_json_object_end(json);
        pb_json_array_end(json);
        pb_json_object_end(json);
    }
    pb_json_object_end(json);
    pb_json_key(json, "additionalProperties");
    pb_json_bool(json, false);
    pb_json_object_end(json);
}

static void put_record_schema(const writer *w, const model_entity *entity)
{
    static const struct {
        const char *name, *type, *format;
        bool or_null;
    } head[] = {{"id", "string", "uuid", false},
                {"version", "integer", "int64", false},
                {"created_at", "string", "date-time", false},
                {"changed_at", "string", "date-time", false},
                {"deleted", "boolean", NULL, false},
                {"source_id", "string", NULL, true},
                {"merged_into", "string", "uuid", false}};
    pb_json *json = w->json;
    begin_schema(json, entity->name, "_record");
    pb_json_key(json, "properties");
    pb_json_object(json);
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) {
        pb_json_key(json, head[i].name);
        pb_json_object(json);
        if (head[i].or_null)
            put_types(json, head[i].type);
        else
            pb_json_member(json, "type", pb_str_c(head[i].type));
        if (head[i].format != NULL)
            pb_json_member(json, "format", pb_str_c(head[i].format));
        pb_json_object_end(json);
    }
    pb_json_key(json, "fields");
    put_fields(w, entity, false);
    put_linked(json, entity);
    pb_json_object_end(json);
    put_required(json, "id version created_at changed_at deleted source_id fields");
}

static void put_entity_schemas(const writer *w, const model_entity *entity)
{
    pb_json *json = w->json;
    put_record_schema(w, entity);
    begin_schema(json, entity->name, "_page");
    pb_json_key(json, "properties");
    pb_json_object(json);
    put_list_of(json, "records", entity->name, "_record");
    put_property(json, "next", "string", true);
    put_property(json, "total", "integer", false);
    put_property(json, "total_capped", "boolean", false);
    pb_json_object_end(json);
    put_required(json, "records next");
    begin_schema(json, entity->name, "_found");
    pb_json_key(json, "properties");
    pb_json_object(json);
    put_list_of(json, "records", entity->name, "_record");
    pb_json_object_end(json);
    put_required(json, "records");
    begin_schema(json, entity->name, "_created");
    pb_json_key(json, "properties");
    pb_json_object(json);
    put_ref(json, "record", entity->name, "_record");
    put_list_of(json, "likely", entity->name, "Duplicate");
    put_property(json, "hidden", "boolean", false);
    pb_json_object_end(json);
    put_required(json, "record likely hidden");
}

static void put_written_schemas(const writer *w, const model_entity *entity)
{
    pb_json *json = w->json;
    begin_schema(json, entity->name, "_new");
    pb_json_key(json, "properties");
    pb_json_object(json);
    pb_json_key(json, "fields");
    put_fields(w, entity, true);
    pb_json_key(json, "duplicates");
    pb_json_object(json);
    pb_json_member(json, "type", PB_STR("string"));
    pb_json_key(json, "enum");
    pb_json_array(json);
    pb_json_c(json, "ignore");
    pb_json_c(json, "declared");
    pb_json_c(json, "warn");
    pb_json_c(json, "refuse");
    pb_json_array_end(json);
    pb_json_object_end(json);
    pb_json_object_end(json);
    put_required(json, "fields");
    begin_schema(json, entity->name, "_row");
    pb_json_key(json, "properties");
    pb_json_object(json);
    put_property(json, "id", "string", false);
    put_property(json, "version", "integer", false);
    pb_json_key(json, "fields");
    put_fields(w, entity, true);
    pb_json_object_end(json);
    put_required(json, "fields");
    begin_schema(json, entity->name, "_rows");
    pb_json_key(json, "properties");
    pb_json_object(json);
    put_list_of(json, "rows", entity->name, "_row");
    pb_json_object_end(json);
    put_required(json, "rows");
}

/* ---- paths ---- */

static bool has_status(const struct operation *operation, int status)
{
    pb_str rest = pb_str_c(operation->statuses), one;
    int64_t number;
    while (pb_str_split(&rest, ' ', &one))
        if (pb_str_to_i64(one, &number) && number == status)
            return true;
    return false;
}

static void put_content(pb_json *json, const char *type, pb_str entity, const char *schema)
{
    pb_json_key(json, "content");
    pb_json_object(json);
    pb_json_key(json, type);
    pb_json_object(json);
    put_ref(json, "schema", entity, schema);
    pb_json_object_end(json);
    pb_json_object_end(json);
}

static void put_responses(const writer *w, const struct operation *operation, pb_str entity)
{
    pb_json *json = w->json;
    char number[16];
    pb_json_key(json, "responses");
    pb_json_object(json);
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (!has_status(operation, statuses[i].status))
            continue;
        (void)snprintf(number, sizeof number, "%d", statuses[i].status);
        pb_json_key(json, number);
        pb_json_object(json);
        put_text(w, "description", statuses[i].says);
        bool oauth = strcmp(operation->name == NULL ? "" : operation->name, "makeToken") == 0;
        if (statuses[i].status < 300 && statuses[i].status != 204)
            put_content(json, "application/json", entity, operation->gives);
        else if (statuses[i].status >= 400 && oauth)
            put_content(json, "application/json", entity, "TokenRefused");
        else if (statuses[i].status >= 400)
            put_content(json, "application/problem+json", entity, "Problem");
        pb_json_object_end(json);
    }
    pb_json_key(json, "default");
    pb_json_object(json);
    put_text(w, "description", PB_MSG("The server could not do it now"));
    put_content(json, "application/problem+json", entity, "Problem");
    pb_json_object_end(json);
    pb_json_object_end(json);
}

static void put_parameter(const writer *w, pb_str name, const char *in)
{
    pb_json *json = w->json;
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        if (!pb_str_is(name, parameters[i].name))
            continue;
        pb_json_object(json);
        pb_json_member(json, "name", name);
        pb_json_member(json, "in", pb_str_c(in));
        put_text(w, "description", parameters[i].says);
        pb_json_key(json, "required");
        pb_json_bool(json, parameters[i].required);
        pb_json_key(json, "schema");
        pb_json_object(json);
        pb_json_member(json, "type", pb_str_c(parameters[i].type));
        if (parameters[i].format != NULL)
            pb_json_member(json, "format", pb_str_c(parameters[i].format));
        pb_json_object_end(json);
        pb_json_object_end(json);
    }
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

static void put_parameters(const writer *w, const http_route *route,
                           const struct operation *operation)
{
    pb_str query = pb_str_c(operation->query), headers = pb_str_c(operation->headers), one;
    pb_json_key(w->json, "parameters");
    pb_json_array(w->json);
    put_path_parameters(w, route->path);
    while (pb_str_split(&query, ' ', &one))
        put_parameter(w, one, "query");
    while (pb_str_split(&headers, ' ', &one))
        put_parameter(w, one, "header");
    pb_json_array_end(w->json);
}

static void put_body(const writer *w, const http_route *route, const struct operation *operation,
                     pb_str entity)
{
    pb_json *json = w->json;
    pb_str rest = pb_str_c(route->takes), one;
    pb_json_key(json, "requestBody");
    pb_json_object(json);
    pb_json_key(json, "required");
    pb_json_bool(json, true);
    pb_json_key(json, "content");
    pb_json_object(json);
    while (pb_str_split(&rest, ' ', &one)) {
        pb_json_key_str(json, one);
        pb_json_object(json);
        put_ref(json, "schema", entity, operation->body != NULL ? operation->body : "Anything");
        pb_json_object_end(json);
    }
    pb_json_object_end(json);
    pb_json_object_end(json);
}

/* Who is signed in, by a token or by a cookie; or everybody. */
static void put_who(pb_json *json, const http_route *route)
{
    static const char *const ways[] = {"bearer", "program", "cookie"};
    bool closed = (route->flags & (HTTP_BLOCKS | HTTP_OPEN)) == HTTP_BLOCKS;
    pb_json_key(json, "security");
    pb_json_array(json);
    for (size_t i = 0; closed && i < sizeof ways / sizeof *ways; i++) {
        pb_json_object(json);
        pb_json_key(json, ways[i]);
        pb_json_array(json);
        pb_json_array_end(json);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void put_operation(const writer *w, const http_route *route, const model_entity *entity)
{
    static const char *const verbs[] = {"get", "post", "put", "patch", "delete"};
    static const http_method methods[] = {HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE};
    const struct operation *operation = operation_of(route);
    pb_str name = entity == NULL ? PB_STR("") : entity->name;
    PB_AUTO_BUF id = PB_BUF_INIT(TEXT_MAX);
    pb_json *json = w->json;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (route->method == methods[i])
            pb_json_key(json, verbs[i]);
    pb_buf_printf(&id, "%s%s%.*s", route->operation, entity == NULL ? "" : "_", PB_STR_FMT(name));
    pb_json_object(json);
    pb_json_member(json, "operationId", pb_buf_str(&id));
    put_text(w, "summary", route->says);
    if (entity != NULL) {
        pb_json_key(json, "tags");
        pb_json_array(json);
        pb_json_str(json, name);
        pb_json_array_end(json);
    }
    put_who(json, route);
    put_parameters(w, route, operation);
    if (route->takes != NULL)
        put_body(w, route, operation, name);
    put_responses(w, operation, name);
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

pb_status http_op_openapi(http_request *request, http_response *response, pb_error *err)
{
    pb_json json;
    writer w = {&json, request, db_workspace_schema(request->server->workspace)};
    PB_TRY(http_need_somebody(request, response, err));
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
    pb_json_object(&json);
    http_openapi_put_ways(&json);
    pb_json_key(&json, "schemas");
    pb_json_object(&json);
    http_openapi_put_common(&json);
    for (size_t i = 0; i < w.schema->entity_count; i++) {
        put_entity_schemas(&w, &w.schema->entities[i]);
        put_written_schemas(&w, &w.schema->entities[i]);
    }
    pb_json_object_end(&json);
    pb_json_object_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}
