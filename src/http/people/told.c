/* Users as they are told. */
#include "people.h"

void http_people_put_end(pb_json *json, const char *key, int64_t until_us)
{
    http_op_put_moment(json, key, until_us == IDENTITY_OPEN ? INT64_MIN : until_us);
}

static void put_names(pb_json *json, const char *key, const pb_str *names, size_t count)
{
    pb_json_key(json, key);
    pb_json_array(json);
    for (size_t i = 0; i < count; i++)
        pb_json_str(json, names[i]);
    pb_json_array_end(json);
}

static void put_scope(pb_json *json, const identity_scope *scope)
{
    pb_json_key(json, "scope");
    if (!scope->limited) {
        pb_json_null(json);
        return;
    }
    pb_json_object(json);
    put_names(json, "entities", scope->entities, scope->entity_count);
    put_names(json, "areas", scope->areas, scope->area_count);
    pb_json_object_end(json);
}

void http_people_put_user(pb_json *json, const service_person *person)
{
    const identity_user *user = &person->user;
    pb_json_object(json);
    http_op_put_uuid(json, "id", user->id);
    pb_json_member(json, "name", user->name);
    pb_json_member(json, "shown", user->shown);
    pb_json_member(json, "kind", pb_str_c(identity_kind_word(user->kind)));
    pb_json_member(json, "language", user->language);
    http_op_put_uuid(json, "staff", user->staff);
    http_op_put_uuid(json, "contact", user->portal);
    http_op_put_moment(json, "from", user->from_us);
    http_people_put_end(json, "until", user->until_us);
    put_names(json, "roles", person->roles, person->role_count);
    put_names(json, "teams", person->teams, person->team_count);
    pb_json_member(json, "superior", person->superior);
    put_scope(json, &person->scope);
    pb_json_object_end(json);
}

pb_status http_people_answer(const http_request *request, http_response *response,
                             const service_people_call *call, pb_str name, pb_error *err)
{
    service_person_story story;
    pb_json json;
    PB_TRY(service_person_show(call, request->server->workspace, name, request->now_us,
                               request->arena, &story, err));
    pb_json_init(&json, &response->body, 0);
    http_people_put_user(&json, &story.person);
    return PB_OK;
}
