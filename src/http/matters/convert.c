/* Converting a record into others, looking at what would come of it, taking that back. */
#include "service/convert.h"

#include "matters.h"

/* ---- asked ---- */

static const model_convert_step *step_called(const model_entity *entity, pb_str name,
                                             size_t *ret_at)
{
    for (size_t i = 0; entity->convert != NULL && i < entity->convert->step_count; i++)
        if (pb_str_eq(entity->convert->steps[i].entity->name, name)) {
            *ret_at = i;
            return &entity->convert->steps[i];
        }
    return NULL;
}

static pb_status fail_step(const model_entity *entity, pb_str name, pb_error *err)
{
    return pb_fail(err, PB_USAGE, PB_MSG("Records of {entity} do not become “{name}”."), "entity",
                   PB_ARG(entity->label), "name", PB_ARG(name), NULL);
}

/* `{"account": "…id…"}`: it is that one. */
static pb_status read_use(const model_entity *entity, const json_value *body,
                          service_convert_wish *wishes, pb_error *err)
{
    const json_value *use = http_json_member(body, "use");
    size_t at = 0;
    if (use == NULL)
        return PB_OK;
    if (use->kind != JSON_OBJECT)
        return pb_fail(err, PB_USAGE,
                       PB_MSG("“use” must be an object of kinds, each with the id of a record."),
                       NULL);
    for (const json_value *one = use->first; one != NULL; one = one->next) {
        if (step_called(entity, one->key, &at) == NULL)
            return fail_step(entity, one->key, err);
        if (one->kind != JSON_TEXT || !pb_uuid_parse(one->text, &wishes[at].id))
            return pb_fail(
                err, PB_USAGE,
                PB_MSG("“use” must be an object of kinds, each with the id of a record."), NULL);
        wishes[at].way = SERVICE_CONVERT_USE;
    }
    return PB_OK;
}

/* With a list of what is made, all else is left out that is not one that is there. */
static pb_status read_make(const http_request *request, const model_entity *entity,
                           const json_value *body, service_convert_wish *wishes, pb_error *err)
{
    const pb_str *names = NULL;
    size_t count = 0, at = 0;
    if (http_json_member(body, "make") == NULL)
        return PB_OK;
    PB_TRY(http_op_body_texts(body, "make", request->arena, &names, &count, err));
    for (size_t i = 0; entity->convert != NULL && i < entity->convert->step_count; i++)
        if (wishes[i].way == SERVICE_CONVERT_DECLARED)
            wishes[i].way = SERVICE_CONVERT_LEAVE;
    for (size_t i = 0; i < count; i++) {
        if (step_called(entity, names[i], &at) == NULL)
            return fail_step(entity, names[i], err);
        if (wishes[at].way == SERVICE_CONVERT_USE)
            return pb_fail(err, PB_USAGE,
                           PB_MSG("“{name}” is either made or one that is there: it stands in "
                                  "“make” and in “use”."),
                           "name", PB_ARG(names[i]), NULL);
        wishes[at].way = SERVICE_CONVERT_MAKE;
    }
    return PB_OK;
}

/* `{"opportunity": {"name": "…"}}`: instead of what comes from the record. */
static pb_status read_fields(http_request *request, http_response *response,
                             const model_entity *entity, const json_value *body,
                             service_convert_wish *wishes, bool *ret_refused, pb_error *err)
{
    const json_value *fields = http_json_member(body, "fields");
    size_t at = 0;
    if (fields == NULL)
        return PB_OK;
    if (fields->kind != JSON_OBJECT)
        return pb_fail(
            err, PB_USAGE,
            PB_MSG("“fields” must be an object of kinds, each with an object of values."), NULL);
    for (const json_value *one = fields->first; one != NULL && !*ret_refused; one = one->next) {
        const model_convert_step *step = step_called(entity, one->key, &at);
        http_op_inputs in;
        if (step == NULL)
            return fail_step(entity, one->key, err);
        PB_TRY(http_op_read_fields(step->entity, one, request->arena, &in, err));
        wishes[at].inputs = in.inputs;
        wishes[at].count = in.count;
        *ret_refused = in.problem_count > 0;
        if (*ret_refused)
            http_op_refuse(request, response, step->entity, in.problems, in.problem_count, NULL);
    }
    return PB_OK;
}

static pb_status read_ask(http_request *request, http_response *response, service_convert_ask *ask,
                          bool *ret_refused, pb_error *err)
{
    static const char *const names[] = {"use", "make", "fields", "duplicates", "dry_run", NULL};
    static const char *const none[] = {NULL};
    const json_value *body = NULL;
    PB_TRY(http_op_entity(request, response, &ask->entity, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_op_body(request, names, &body, err));
    size_t steps = ask->entity->convert == NULL ? 0 : ask->entity->convert->step_count;
    service_convert_wish *wishes = pb_arena_array(request->arena, steps + 1, sizeof *wishes);
    ask->name = pb_arena_cstr(request->arena, http_request_part(request, "id"));
    if (wishes == NULL || ask->name == NULL)
        return pb_fail_memory(err);
    ask->wishes = wishes;
    PB_TRY(read_use(ask->entity, body, wishes, err));
    PB_TRY(read_make(request, ask->entity, body, wishes, err));
    PB_TRY(http_op_body_duplicates(body, &ask->duplicates, err));
    PB_TRY(http_op_body_truth(body, "dry_run", &ask->dry_run, err));
    return read_fields(request, response, ask->entity, body, wishes, ret_refused, err);
}

/* ---- told ---- */

static void put_run(pb_json *json, bool dry_run, int64_t run)
{
    http_op_put_truth(json, "dry_run", dry_run);
    pb_json_key(json, "run");
    if (dry_run)
        pb_json_null(json); /* the number was given back */
    else
        pb_json_i64(json, run);
}

/* What a preview made has no id that anybody could ask for. */
static void put_step(pb_json *json, const service_converted_step *told)
{
    const service_entered entered = {.likely = told->likely, .likely_count = told->likely_count};
    pb_json_object(json);
    pb_json_member(json, "entity", told->step->entity->name);
    http_op_put_truth(json, "made", told->made);
    http_op_put_truth(json, "used", told->used);
    if (told->made || told->used) {
        pb_json_key(json, "record");
        http_op_put_record(json, &told->record, NULL);
    }
    http_op_put_likely(json, &entered);
    pb_json_object_end(json);
}

static void put_converted(pb_json *json, const service_converted *converted, bool dry_run)
{
    pb_json_object(json);
    put_run(json, dry_run && !converted->already, converted->run);
    http_op_put_truth(json, "already", converted->already);
    pb_json_key(json, "record");
    http_op_put_record(json, &converted->record, NULL);
    pb_json_key(json, "steps");
    pb_json_array(json);
    for (size_t i = 0; i < converted->count; i++)
        put_step(json, &converted->steps[i]);
    pb_json_array_end(json);
    pb_json_member_i64(json, "linked", (int64_t)converted->linked);
    pb_json_member_i64(json, "left", (int64_t)converted->left);
    pb_json_object_end(json);
}

/* 409: what is in the way is how things are, and no version that was named. */
static pb_status in_the_way(http_response *response, pb_status status)
{
    if (status == PB_CONFLICT)
        response->status = 409;
    return status;
}

pb_status http_convert_convert(http_request *request, http_response *response, pb_error *err)
{
    service_convert_ask ask = {.dry_run = false};
    service_converted converted = {.run = 0};
    bool refused = false;
    pb_json json;
    PB_TRY(read_ask(request, response, &ask, &refused, err));
    if (refused)
        return PB_OK;
    service_call call = http_op_call(request);
    pb_status status =
        service_convert(&call, request->server->workspace, &ask, request->arena, &converted, err);
    if (status == PB_INVALID && converted.refused != NULL) {
        http_op_refuse(request, response, converted.refused, converted.entered.problems,
                       converted.entered.problem_count, &converted.entered);
        return PB_OK;
    }
    PB_TRY(in_the_way(response, status));
    pb_json_init(&json, &response->body, 0);
    put_converted(&json, &converted, ask.dry_run);
    return PB_OK;
}

/* ---- taken back ---- */

static void put_taken_back(pb_json *json, const http_request *request,
                           const service_unconverted *done, bool dry_run)
{
    pb_json_object(json);
    put_run(json, dry_run, done->run);
    pb_json_key(json, "record");
    http_op_put_record(json, &done->record, NULL);
    pb_json_member_i64(json, "deleted", (int64_t)done->counts.deleted);
    pb_json_member_i64(json, "changed", (int64_t)done->counts.changed);
    pb_json_key(json, "kept");
    pb_json_array(json);
    for (size_t i = 0; i < done->kept_count; i++)
        http_matters_put_kept(json, request, &done->kept[i]);
    pb_json_array_end(json);
    pb_json_object_end(json);
}

pb_status http_convert_back(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"dry_run", NULL};
    static const char *const none[] = {NULL};
    const model_entity *entity = NULL;
    const json_value *body = NULL;
    service_unconverted done;
    bool dry_run = false;
    pb_json json;
    PB_TRY(http_op_entity(request, response, &entity, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_op_body(request, names, &body, err));
    PB_TRY(http_op_body_truth(body, "dry_run", &dry_run, err));
    const char *name = pb_arena_cstr(request->arena, http_request_part(request, "id"));
    if (name == NULL)
        return pb_fail_memory(err);
    service_call call = http_op_call(request);
    PB_TRY(in_the_way(response, service_unconvert(&call, request->server->workspace, entity, name,
                                                  dry_run, request->arena, &done, err)));
    pb_json_init(&json, &response->body, 0);
    put_taken_back(&json, request, &done, dry_run);
    return PB_OK;
}
