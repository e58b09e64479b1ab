/* users list, users show, teams list. */
#include "command.h"
#include "user_text.h"

/* ---- users ---- */

static void none_text(const cli_context *context, pb_buf *out)
{
    cli_say(context, out, PB_MSG("There are no users."), NULL);
    pb_buf_byte(out, '\n');
    cli_say(context, out, PB_MSG("Add one: probity users add NAME -w {path} --role administrator"),
            "path", db_workspace_shown(cli_value(context, "workspace"), context->arena), NULL);
    pb_buf_byte(out, '\n');
}

static void list_out(const cli_context *context, const service_person *people, size_t count,
                     pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    if (context->json)
        pb_json_array(&json);
    for (size_t i = 0; i < count; i++) {
        if (context->json)
            user_json(context, &people[i], &json);
        else if (!context->quiet)
            user_text(context, &people[i], out);
    }
    if (context->json) {
        pb_json_array_end(&json);
        pb_buf_byte(out, '\n');
    } else if (count == 0 && !context->quiet) {
        none_text(context, out);
    }
}

pb_status cli_run_users_list(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 30);
    service_people_call call;
    service_person *people = NULL;
    db_workspace *workspace = NULL;
    size_t count = 0;
    int64_t at_us;
    PB_TRY(user_call(context, &call, err));
    PB_TRY(user_moment(context, "at", false, call.call->now_us, &at_us, err));
    PB_TRY(cli_open_workspace(context, &workspace, err));
    pb_status status =
        service_people_list(&call, workspace, at_us, context->arena, &people, &count, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    list_out(context, people, count, &out);
    *ret_exit = 0;
    return cli_finish(&out, err);
}

pb_status cli_run_users_show(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(64 << 20);
    service_people_call call;
    service_person_story story = {.standing = false};
    db_workspace *workspace = NULL;
    pb_json json;
    int64_t at_us;
    PB_TRY(user_call(context, &call, err));
    PB_TRY(user_moment(context, "at", false, call.call->now_us, &at_us, err));
    PB_TRY(cli_open_workspace(context, &workspace, err));
    pb_status status = service_person_show(&call, workspace, pb_str_c(context->call.arguments[0]),
                                           at_us, context->arena, &story, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    pb_json_init(&json, &out, 2);
    if (context->json) {
        user_story_json(context, &story, &json);
        pb_buf_byte(&out, '\n');
    } else {
        user_story_text(context, &story, &out);
    }
    *ret_exit = 0;
    return cli_finish(&out, err);
}

/* ---- teams ---- */

static void teams_json(const service_team *teams, size_t count, pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++) {
        pb_json_object(&json);
        pb_json_member(&json, "name", teams[i].team.name);
        pb_json_key(&json, "members");
        pb_json_array(&json);
        for (size_t k = 0; k < teams[i].member_count; k++)
            pb_json_str(&json, teams[i].members[k]);
        pb_json_array_end(&json);
        pb_json_object_end(&json);
    }
    pb_json_array_end(&json);
    pb_buf_byte(out, '\n');
}

static void teams_text(const cli_context *context, const service_team *teams, size_t count,
                       pb_buf *out)
{
    for (size_t i = 0; i < count; i++) {
        pb_buf_add(out, teams[i].team.name);
        for (size_t k = 0; k < teams[i].member_count; k++) {
            pb_buf_addc(out, k == 0 ? ": " : ", ");
            pb_buf_add(out, teams[i].members[k]);
        }
        pb_buf_byte(out, '\n');
    }
    if (count > 0)
        return;
    cli_say(context, out, PB_MSG("There are no teams."), NULL);
    pb_buf_byte(out, '\n');
}

pb_status cli_run_teams_list(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 30);
    service_people_call call;
    service_team *teams = NULL;
    db_workspace *workspace = NULL;
    size_t count = 0;
    int64_t at_us;
    PB_TRY(user_call(context, &call, err));
    PB_TRY(user_moment(context, "at", false, call.call->now_us, &at_us, err));
    PB_TRY(cli_open_workspace(context, &workspace, err));
    pb_status status =
        service_team_list(&call, workspace, at_us, context->arena, &teams, &count, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    if (context->json)
        teams_json(teams, count, &out);
    else if (!context->quiet)
        teams_text(context, teams, count, &out);
    *ret_exit = 0;
    return cli_finish(&out, err);
}
