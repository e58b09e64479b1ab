/* Changing users and teams. */
#include "command.h"
#include "user_text.h"

#include "base/bytes.h"
#include "base/time.h"
#include "service/roles.h"

/* What was done, to people or (as an object with the name it was done to) to programs. */
static pb_status done_out(const cli_context *context, const char *says, const pb_uuid *id,
                          const char *code, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 16);
    const char *name = context->call.arguments[0];
    const char *other = context->call.argument_count > 1 ? context->call.arguments[1] : "";
    pb_json json;
    char text[37];
    pb_json_init(&json, &out, 2);
    if (context->json) {
        pb_json_object(&json);
        pb_json_member(&json, "name", pb_str_c(name));
        if (id != NULL) {
            pb_uuid_text(*id, text);
            pb_json_member(&json, "id", pb_str_c(text));
        }
        if (code != NULL)
            pb_json_member(&json, "code", pb_str_c(code));
        pb_json_object_end(&json);
        pb_buf_byte(&out, '\n');
    } else if (!context->quiet) {
        cli_say(context, &out, says, "name", name, "other", other, NULL);
        pb_buf_byte(&out, '\n');
    }
    if (code != NULL && !context->json) { /* --quiet or not: it is shown this once */
        cli_say(context, &out,
                PB_MSG("Code to choose a password with, once and within {days} days: {code}"),
                "days", PB_ARG_INT(SERVICE_ENROL_US / PB_US_PER_DAY), "code", code, NULL);
        pb_buf_byte(&out, '\n');
    }
    return cli_finish(&out, err);
}

/* ---- add, change ---- */

static pb_status read_names(cli_context *context, const char *option, const pb_str **ret_names,
                            size_t *ret_count, pb_error *err)
{
    const char *const *values = NULL;
    size_t count = 0;
    PB_TRY(cli_values(context, option, &values, &count, err));
    pb_str *names = pb_arena_array(context->arena, count + 1, sizeof *names);
    if (names == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        names[i] = pb_str_c(values[i]);
    *ret_names = names;
    *ret_count = count;
    return PB_OK;
}

static bool is_area(const audit_catalogue *catalogue, pb_str name)
{
    for (size_t i = 0; i < catalogue->area_count; i++)
        if (pb_str_eq(catalogue->areas[i].id, name))
            return true;
    return false;
}

/* Areas are those of the controls there are; entities are looked at by whoever stores them. */
static pb_status read_scope(cli_context *context, service_user_wish *wish, pb_error *err)
{
    identity_scope *scope = &wish->scope;
    const audit_catalogue *catalogue = NULL;
    PB_TRY(read_names(context, "entity", &scope->entities, &scope->entity_count, err));
    PB_TRY(read_names(context, "area", &scope->areas, &scope->area_count, err));
    wish->has_scope = scope->entity_count + scope->area_count > 0;
    for (size_t i = 0; i < scope->entity_count; i++) {
        const model_entity *entity;
        PB_TRY(cli_entity(context, scope->entities[i].ptr, &entity, err));
    }
    if (scope->area_count > 0)
        PB_TRY(service_controls(context->service, &catalogue, err));
    for (size_t i = 0; i < scope->area_count; i++) {
        if (is_area(catalogue, scope->areas[i]))
            continue;
        PB_AUTO_BUF all = PB_BUF_INIT(PB_MSG_ARG_MAX);
        for (size_t k = 0; k < catalogue->area_count; k++)
            pb_buf_printf(&all, "%s%.*s", k > 0 ? ", " : "", PB_STR_FMT(catalogue->areas[k].id));
        pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no area of the audit “{name}”"), "name",
                PB_ARG(scope->areas[i]), NULL);
        pb_error_hint(err, PB_MSG("Possible: {list}"), "list", pb_buf_cstr(&all), NULL);
        return PB_NOT_FOUND;
    }
    return PB_OK;
}

static pb_status read_wish(cli_context *context, service_user_wish *wish, pb_error *err)
{
    wish->shown = pb_str_c(cli_value(context, "shown"));
    wish->language = pb_str_c(cli_value(context, "language"));
    wish->staff = pb_str_c(cli_value(context, "staff"));
    wish->contact = pb_str_c(cli_value(context, "contact"));
    wish->has_until = cli_value(context, "until") != NULL;
    return user_moment(context, "until", true, IDENTITY_OPEN, &wish->until_us, err);
}

pb_status cli_run_users_add(cli_context *context, int *ret_exit, pb_error *err)
{
    service_people_call call;
    service_user_wish wish = {.name = pb_str_c(context->call.arguments[0])};
    db_workspace *workspace = NULL;
    pb_uuid id = {{0}};
    char code[IDENTITY_CODE] = "";
    PB_TRY(user_call(context, &call, err));
    PB_TRY(read_wish(context, &wish, err));
    identity_kind_parse(pb_str_c(cli_value(context, "kind")), &wish.kind); /* one of the choices */
    PB_TRY(user_moment(context, "from", false, 0, &wish.from_us, err));
    PB_TRY(read_names(context, "role", &wish.roles, &wish.role_count, err));
    PB_TRY(read_names(context, "team", &wish.teams, &wish.team_count, err));
    wish.superior = pb_str_c(cli_value(context, "below"));
    PB_TRY(cli_open_named_to_write(context, &workspace, err));
    pb_status status = read_scope(context, &wish, err);
    if (status == PB_OK)
        status = service_ship_roles(context->service, call.call, workspace, err);
    if (status == PB_OK)
        status = service_user_add(&call, workspace, &wish, &id, code, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    *ret_exit = 0;
    return done_out(context, PB_MSG("The user {name} was added."), &id,
                    code[0] == '\0' ? NULL : code, err);
}

pb_status cli_run_users_enrol(cli_context *context, int *ret_exit, pb_error *err)
{
    service_people_call call;
    db_workspace *workspace = NULL;
    char code[IDENTITY_CODE] = "";
    PB_TRY(user_call(context, &call, err));
    PB_TRY(cli_open_named_to_write(context, &workspace, err));
    pb_status status =
        service_user_enrol(&call, workspace, pb_str_c(context->call.arguments[0]), code, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    *ret_exit = 0;
    return done_out(context, PB_MSG("{name} can choose a new password."), NULL, code, err);
}

pb_status cli_run_users_change(cli_context *context, int *ret_exit, pb_error *err)
{
    service_people_call call;
    service_user_wish wish = {.name = pb_str_c(cli_value(context, "name"))};
    db_workspace *workspace = NULL;
    PB_TRY(user_call(context, &call, err));
    PB_TRY(read_wish(context, &wish, err));
    PB_TRY(cli_open_named_to_write(context, &workspace, err));
    pb_status status = read_scope(context, &wish, err);
    if (status == PB_OK)
        status =
            service_user_change(&call, workspace, pb_str_c(context->call.arguments[0]), &wish, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    *ret_exit = 0;
    return done_out(context, PB_MSG("The user {name} was changed."), NULL, NULL, err);
}

/* ---- everything else ---- */

static pb_status do_one(cli_context *context, service_people_deed deed, const char *says,
                        int *ret_exit, pb_error *err)
{
    service_people_call call;
    db_workspace *workspace = NULL;
    service_people_change change = {.deed = deed, .name = pb_str_c(context->call.arguments[0])};
    if (context->call.argument_count > 1)
        change.other = pb_str_c(context->call.arguments[1]);
    PB_TRY(user_call(context, &call, err));
    PB_TRY(user_moment(context, "from", false, 0, &change.from_us, err));
    PB_TRY(user_moment(context, "until", true, IDENTITY_OPEN, &change.until_us, err));
    PB_TRY(cli_open_named_to_write(context, &workspace, err));
    pb_status status = deed == SERVICE_ROLE_GIVE
                           ? service_ship_roles(context->service, call.call, workspace, err)
                           : PB_OK;
    if (status == PB_OK)
        status = service_people_do(&call, workspace, &change, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    *ret_exit = 0;
    return done_out(context, says, NULL, NULL, err);
}

pb_status cli_run_users_end(cli_context *context, int *ret_exit, pb_error *err)
{
    return do_one(context, SERVICE_USER_END,
                  PB_MSG("The user {name} was ended and holds nothing any more."), ret_exit, err);
}

pb_status cli_run_users_return(cli_context *context, int *ret_exit, pb_error *err)
{
    return do_one(context, SERVICE_USER_RETURN,
                  PB_MSG("{name} is a user again, and holds nothing yet."), ret_exit, err);
}

pb_status cli_run_users_give(cli_context *context, int *ret_exit, pb_error *err)
{
    return do_one(context, SERVICE_ROLE_GIVE, PB_MSG("{name} was given the role {other}."),
                  ret_exit, err);
}

pb_status cli_run_users_take(cli_context *context, int *ret_exit, pb_error *err)
{
    return do_one(context, SERVICE_ROLE_TAKE, PB_MSG("{name} holds the role {other} no more."),
                  ret_exit, err);
}

pb_status cli_run_users_join(cli_context *context, int *ret_exit, pb_error *err)
{
    return do_one(context, SERVICE_TEAM_JOIN, PB_MSG("{name} is in the team {other}."), ret_exit,
                  err);
}

pb_status cli_run_users_leave(cli_context *context, int *ret_exit, pb_error *err)
{
    return do_one(context, SERVICE_TEAM_LEAVE, PB_MSG("{name} is in the team {other} no more."),
                  ret_exit, err);
}

pb_status cli_run_users_place(cli_context *context, int *ret_exit, pb_error *err)
{
    return do_one(context, SERVICE_SUPERIOR_SET,
                  context->call.argument_count > 1 ? PB_MSG("{name} is below {other}.")
                                                   : PB_MSG("{name} is below nobody."),
                  ret_exit, err);
}

pb_status cli_run_teams_add(cli_context *context, int *ret_exit, pb_error *err)
{
    return do_one(context, SERVICE_TEAM_ADD, PB_MSG("The team {name} was added."), ret_exit, err);
}

pb_status cli_run_teams_rename(cli_context *context, int *ret_exit, pb_error *err)
{
    return do_one(context, SERVICE_TEAM_RENAME, PB_MSG("The team {name} is called {other} now."),
                  ret_exit, err);
}

pb_status cli_run_teams_end(cli_context *context, int *ret_exit, pb_error *err)
{
    return do_one(context, SERVICE_TEAM_END, PB_MSG("The team {name} was ended."), ret_exit, err);
}
