/* What a request is about: entity, record, parameters, body. */
#include "operations.h"

#include "../who.h"

#include "identity/actor.h"
#include "model/yaml.h"

#include <pthread.h>

/* As it stands in an address. */
static char plural_at(const model_entity *entity, size_t i)
{
    char c = entity->plural.ptr[i];
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c == ' ' ? '_' : c;
}

static bool is_plural(const model_entity *entity, pb_str word)
{
    if (entity->plural.len != word.len)
        return false;
    for (size_t i = 0; i < word.len; i++)
        if (plural_at(entity, i) != word.ptr[i])
            return false;
    return true;
}

static bool is_plain(pb_str word)
{
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        if (!((c >= 'a' && c <= 'z') || c == '_' || (i > 0 && c >= '0' && c <= '9')))
            return false;
    }
    return word.len > 0;
}

static bool is_taken(const model_schema *schema, const model_entity *entity, pb_str path)
{
    for (size_t i = 0; i < schema->entity_count; i++) {
        const model_entity *other = &schema->entities[i];
        if (other != entity && (is_plural(other, path) || pb_str_eq(other->name, path)))
            return true;
    }
    return false;
}

/* What stands word by word behind /api/v1 is nobody's plural: each word once, as it is asked for by
 * every request. */
enum { RESERVED_MOST = 256 };
static pb_str reserved[RESERVED_MOST];
static size_t reserved_count;
static pthread_once_t reserved_once = PTHREAD_ONCE_INIT;

static bool is_gathered(pb_str word)
{
    for (size_t i = 0; i < reserved_count; i++)
        if (pb_str_eq(reserved[i], word))
            return true;
    return false;
}

static void gather_reserved(void)
{
    static const pb_str prefix = {"/api/v1/", sizeof "/api/v1/" - 1};
    for (const http_route *const *table = http_tables; *table != NULL; table++)
        for (const http_route *route = *table; route->path != NULL; route++) {
            pb_str path = pb_str_c(route->path);
            if (!pb_str_starts(path, prefix))
                continue;
            path = pb_str_sub(path, prefix.len, path.len);
            path = pb_str_sub(path, 0, pb_str_index(path, '/'));
            if (reserved_count < RESERVED_MOST && !is_gathered(path))
                reserved[reserved_count++] = path;
        }
}

static bool is_reserved(pb_str word)
{
    pthread_once(&reserved_once, gather_reserved);
    return is_gathered(word);
}

static const pb_str records = {"_records", sizeof "_records" - 1};

void http_op_entity_path(const model_schema *schema, const model_entity *entity, pb_buf *out)
{
    PB_AUTO_BUF path = PB_BUF_INIT(4096);
    for (size_t i = 0; i < entity->plural.len; i++)
        pb_buf_byte(&path, plural_at(entity, i));
    bool good = !entity->own && is_plain(pb_buf_str(&path)) && !is_reserved(pb_buf_str(&path)) &&
                !is_taken(schema, entity, pb_buf_str(&path));
    pb_buf_add(out, good ? pb_buf_str(&path) : entity->name);
    if (!good && is_reserved(entity->name))
        pb_buf_add(out, records);
}

/* Whether it might be reached there: what its address is takes a look at all others. */
static bool may_be_at(const model_entity *entity, pb_str word)
{
    return is_plural(entity, word) || pb_str_starts(word, entity->name);
}

pb_status http_op_entity(const http_request *request, http_response *response,
                         const model_entity **ret_entity, pb_error *err)
{
    const model_schema *schema = db_workspace_schema(request->server->workspace);
    pb_str wanted = http_request_part(request, "entity");
    PB_TRY(http_need_somebody(request, response, err));
    for (size_t i = 0; i < schema->entity_count; i++) {
        PB_AUTO_BUF path = PB_BUF_INIT(4096);
        if (!may_be_at(&schema->entities[i], wanted))
            continue;
        http_op_entity_path(schema, &schema->entities[i], &path);
        if (pb_str_eq(pb_buf_str(&path), wanted)) {
            *ret_entity = &schema->entities[i];
            return PB_OK;
        }
    }
    pb_fail(err, PB_NOT_FOUND, PB_MSG("There are no records called “{value}”."), "value",
            PB_ARG(wanted), NULL);
    pb_error_hint(err, PB_MSG("What there is stands in /openapi.json."), NULL);
    return PB_NOT_FOUND;
}

pb_status http_op_record_id(const http_request *request, const model_entity *entity,
                            pb_uuid *ret_id, pb_error *err)
{
    pb_str text = http_request_part(request, "id");
    if (pb_uuid_parse(text, ret_id))
        return PB_OK;
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no record of {entity} with the id {id}."),
                   "entity", PB_ARG(entity->label), "id", PB_ARG(text), NULL);
}

static bool is_among(const char *const *names, pb_str name)
{
    for (; *names != NULL; names++)
        if (pb_str_is(name, *names))
            return true;
    return false;
}

pb_status http_op_check_query(const http_request *request, const char *const *names, pb_error *err)
{
    for (size_t i = 0; i < request->query_count; i++) {
        pb_str name = request->query[i].name;
        if (!is_among(names, name)) {
            pb_fail(err, PB_USAGE, PB_MSG("There is no parameter “{value}” here."), "value",
                    PB_ARG(name), NULL);
            model_yaml_hint_names(err, name, names);
            return PB_USAGE;
        }
        for (size_t k = 0; k < i; k++)
            if (pb_str_eq(request->query[k].name, name))
                return pb_fail(err, PB_USAGE, PB_MSG("The parameter “{value}” stands twice."),
                               "value", PB_ARG(name), NULL);
    }
    return PB_OK;
}

static bool is_over(void *context, const char *stage, const char *what, uint64_t done,
                    uint64_t total)
{
    const http_request *request = context;
    (void)stage;
    (void)what;
    (void)done;
    (void)total;
    return db_limits_over(&request->limits);
}

service_call http_op_call(const http_request *request)
{
    service_call call = {.who = request->who, .now_us = request->now_us};
    call.limits = &request->limits;
    call.progress = is_over;
    call.context = (void *)(uintptr_t)request; /* is_over only reads it */
    call.scopes = request->scopes;
    if (request->guest != NULL) {
        call.program = request->guest->caller.key != 0;
        call.proved = identity_proved_lately(&request->guest->caller, request->now_us);
    }
    call.later = request->later;
    call.address = request->address;
    call.device = http_request_header(request, "User-Agent");
    call.actor.name = request->who->name;
    call.actor.purpose = http_request_header(request, "Probity-Purpose");
    call.actor.via = PB_STR("API");
    return call;
}

pb_status http_op_check_members(const json_value *object, const char *const *names, pb_error *err)
{
    for (const json_value *one = object->first; one != NULL; one = one->next)
        if (!is_among(names, one->key)) {
            pb_fail(err, PB_USAGE, PB_MSG("The body must not have a member “{value}”."), "value",
                    PB_ARG(one->key), NULL);
            model_yaml_hint_names(err, one->key, names);
            return PB_USAGE;
        }
    return PB_OK;
}

pb_status http_op_body(const http_request *request, const char *const *names,
                       const json_value **ret_body, pb_error *err)
{
    static const char *const none[] = {NULL};
    const json_value *body = NULL;
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_json_read(request->body.ptr == NULL ? PB_STR("") : request->body, request->arena,
                          &body, err));
    if (body->kind != JSON_OBJECT)
        return pb_fail(err, PB_USAGE, PB_MSG("The body must be an object, not {what}."), "what",
                       http_json_kind_name(body->kind), NULL);
    *ret_body = body;
    return http_op_check_members(body, names, err);
}
