/* Teams, and who is in them. */
#include "people.h"

static void put_team(pb_json *json, const service_team *team)
{
    pb_json_object(json);
    http_op_put_uuid(json, "id", team->team.id);
    pb_json_member(json, "name", team->team.name);
    http_op_put_moment(json, "from", team->team.from_us);
    pb_json_key(json, "members");
    pb_json_array(json);
    for (size_t i = 0; i < team->member_count; i++)
        pb_json_str(json, team->members[i]);
    pb_json_array_end(json);
    pb_json_object_end(json);
}

pb_status http_people_teams(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"at", NULL};
    service_people_call call;
    service_team *teams = NULL;
    size_t count = 0;
    int64_t at_us;
    pb_json json;
    PB_TRY(http_people_call(request, response, PB_STR_NONE, &call, err));
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_people_moment(request, &at_us, err));
    PB_TRY(service_team_list(&call, request->server->workspace, at_us, request->arena, &teams,
                             &count, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "teams");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++)
        put_team(&json, &teams[i]);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

static pb_status fail_absent(pb_str team, pb_error *err)
{
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no team {id}."), "id", PB_ARG(team), NULL);
}

/* Tells the team of that name or id as it is now. */
static pb_status answer(const http_request *request, http_response *response,
                        const service_people_call *call, pb_str wanted, pb_error *err)
{
    service_team *teams = NULL;
    size_t count = 0, i = 0;
    pb_uuid id = {{0}};
    pb_json json;
    bool by_id = pb_uuid_parse(wanted, &id);
    PB_TRY(service_team_list(call, request->server->workspace, request->now_us, request->arena,
                             &teams, &count, err));
    while (i < count && !(by_id ? memcmp(&teams[i].team.id, &id, sizeof id) == 0
                                : pb_str_eq(teams[i].team.name, wanted)))
        i++;
    if (i == count)
        return fail_absent(wanted, err);
    pb_json_init(&json, &response->body, 0);
    put_team(&json, &teams[i]);
    return PB_OK;
}

/* A change of the team in the path, or of a new one. `needed` is a member that the body must have;
 * NULL: none. A path names a team by its id, which stays what it is. */
static pb_status change(http_request *request, http_response *response,
                        service_people_change *change, const char *needed, pb_str *ret_needed,
                        service_people_call *ret_call, pb_error *err)
{
    const char *const names[] = {"why", needed, NULL};
    const json_value *body;
    pb_str why;
    pb_uuid id;
    PB_TRY(http_people_call(request, response, PB_STR_NONE, ret_call, err));
    PB_TRY(http_people_body(request, names, &body, &why, err));
    ret_call->why = why;
    pb_str team = http_request_part(request, "team");
    if (team.ptr != NULL && !pb_uuid_parse(team, &id))
        return fail_absent(team, err);
    if (needed != NULL)
        PB_TRY(http_op_body_needed(body, needed, ret_needed, err));
    return service_people_do(ret_call, request->server->workspace, change, err);
}

pb_status http_people_team_add(http_request *request, http_response *response, pb_error *err)
{
    service_people_change add = {.deed = SERVICE_TEAM_ADD};
    service_people_call call;
    PB_TRY(change(request, response, &add, "name", &add.name, &call, err));
    response->status = 201;
    return answer(request, response, &call, add.name, err);
}

pb_status http_people_team_rename(http_request *request, http_response *response, pb_error *err)
{
    service_people_change rename = {.deed = SERVICE_TEAM_RENAME,
                                    .name = http_request_part(request, "team")};
    service_people_call call;
    PB_TRY(change(request, response, &rename, "name", &rename.other, &call, err));
    return answer(request, response, &call, rename.name, err);
}

pb_status http_people_team_end(http_request *request, http_response *response, pb_error *err)
{
    service_people_change end = {.deed = SERVICE_TEAM_END,
                                 .name = http_request_part(request, "team")};
    service_people_call call;
    response->status = 204;
    return change(request, response, &end, NULL, NULL, &call, err);
}

static pb_status member(http_request *request, http_response *response, service_people_deed deed,
                        pb_error *err)
{
    service_people_change move = {.deed = deed,
                                  .name = http_request_part(request, "id"),
                                  .other = http_request_part(request, "team")};
    service_people_call call;
    PB_TRY(change(request, response, &move, NULL, NULL, &call, err));
    return answer(request, response, &call, move.other, err);
}

pb_status http_people_join(http_request *request, http_response *response, pb_error *err)
{
    return member(request, response, SERVICE_TEAM_JOIN, err);
}

pb_status http_people_leave(http_request *request, http_response *response, pb_error *err)
{
    return member(request, response, SERVICE_TEAM_LEAVE, err);
}
