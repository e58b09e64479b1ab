/* What a request about people says. */
#include "people.h"

#include "../who.h"

pb_status http_people_call(const http_request *request, http_response *response, pb_str why,
                           service_people_call *ret_call, pb_error *err)
{
    PB_TRY(http_need_somebody(request, response, err));
    service_call *call = pb_arena_alloc(request->arena, sizeof *call);
    if (call == NULL)
        return pb_fail_memory(err);
    *call = http_op_call(request);
    *ret_call = (service_people_call){call, request->who, why};
    return PB_OK;
}

/* What is deleted has no body: there the reason is a parameter. */
static pb_status read_why(const http_request *request, pb_str *ret_why, pb_error *err)
{
    static const char *const names[] = {"why", NULL};
    *ret_why = http_request_query(request, "why");
    return http_op_check_query(request, names, err);
}

pb_status http_people_body(const http_request *request, const char *const *names,
                           const json_value **ret_body, pb_str *ret_why, pb_error *err)
{
    static const json_value nothing = {.kind = JSON_OBJECT};
    static const char *const none[] = {NULL};
    *ret_body = &nothing;
    *ret_why = PB_STR_NONE;
    if (request->method == HTTP_DELETE)
        return read_why(request, ret_why, err);
    PB_TRY(http_op_check_query(request, none, err));
    if (pb_str_trim(request->body).len > 0)
        PB_TRY(http_op_body(request, names, ret_body, err));
    return http_op_body_text(*ret_body, "why", ret_why, err);
}

pb_status http_people_until(const json_value *body, int64_t *ret_until, bool *ret_said,
                            pb_error *err)
{
    *ret_until = IDENTITY_OPEN;
    if (ret_said != NULL)
        *ret_said = http_json_member(body, "until") != NULL;
    return http_op_body_instant(body, "until", ret_until, err);
}

/* A record of null is none any more; one that is not named stays. */
static pb_status read_tie(const json_value *body, const char *key, pb_str *ret, pb_error *err)
{
    const json_value *value = http_json_member(body, key);
    if (value != NULL && value->kind == JSON_NULL)
        *ret = PB_STR("");
    return http_op_body_text(body, key, ret, err);
}

static pb_status read_kind(const json_value *body, identity_kind *ret_kind, pb_error *err)
{
    pb_str word = PB_STR_NONE;
    PB_TRY(http_op_body_text(body, "kind", &word, err));
    if (word.ptr == NULL || identity_kind_parse(word, ret_kind))
        return PB_OK;
    pb_fail(err, PB_INVALID, PB_MSG("There is no kind of user “{value}”."), "value", PB_ARG(word),
            NULL);
    pb_error_hint(err, PB_MSG("Possible: {list}"), "list", "person, program, portal, auditor",
                  NULL);
    return PB_INVALID;
}

static pb_status read_scope(const http_request *request, const json_value *body,
                            service_user_wish *wish, pb_error *err)
{
    const json_value *scope = http_json_member(body, "scope");
    if (scope == NULL)
        return PB_OK;
    bool good = scope->kind == JSON_OBJECT;
    for (const json_value *one = scope->first; good && one != NULL; one = one->next)
        good = pb_str_is(one->key, "entities") || pb_str_is(one->key, "areas");
    if (!good)
        return pb_fail(err, PB_USAGE,
                       PB_MSG("“scope” must be an object of “entities” and “areas”."), NULL);
    wish->has_scope = true;
    PB_TRY(http_op_body_texts(scope, "entities", request->arena, &wish->scope.entities,
                              &wish->scope.entity_count, err));
    return http_op_body_texts(scope, "areas", request->arena, &wish->scope.areas,
                              &wish->scope.area_count, err);
}

pb_status http_people_wish(const http_request *request, const json_value *body,
                           service_user_wish *ret_wish, pb_error *err)
{
    service_user_wish wish = {.kind = IDENTITY_PERSON};
    PB_TRY(read_kind(body, &wish.kind, err));
    PB_TRY(http_op_body_text(body, "name", &wish.name, err));
    PB_TRY(http_op_body_text(body, "shown", &wish.shown, err));
    PB_TRY(http_op_body_text(body, "language", &wish.language, err));
    PB_TRY(read_tie(body, "staff", &wish.staff, err));
    PB_TRY(read_tie(body, "contact", &wish.contact, err));
    PB_TRY(http_op_body_instant(body, "from", &wish.from_us, err));
    PB_TRY(http_people_until(body, &wish.until_us, &wish.has_until, err));
    PB_TRY(read_scope(request, body, &wish, err));
    PB_TRY(http_op_body_texts(body, "roles", request->arena, &wish.roles, &wish.role_count, err));
    PB_TRY(http_op_body_texts(body, "teams", request->arena, &wish.teams, &wish.team_count, err));
    PB_TRY(http_op_body_text(body, "superior", &wish.superior, err));
    *ret_wish = wish;
    return PB_OK;
}

pb_status http_people_moment(const http_request *request, int64_t *ret_at, pb_error *err)
{
    *ret_at = request->now_us;
    PB_TRY(http_op_query_instant(request, "at", ret_at, err));
    return *ret_at <= request->now_us
               ? PB_OK
               : http_op_fail_value("at", http_request_query(request, "at"),
                                    PB_MSG("It takes a moment that is not to come."), err);
}

pb_status http_people_id(const http_request *request, pb_uuid *ret_id, pb_error *err)
{
    pb_str text = http_request_part(request, "id");
    if (pb_uuid_parse(text, ret_id))
        return PB_OK;
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no user with the id {id}."), "id",
                   PB_ARG(text), NULL);
}
