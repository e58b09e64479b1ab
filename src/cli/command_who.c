/* who-can. */
#include "command.h"

#include "service/roles.h"

static const char *field_name(const void *list, size_t i)
{
    const model_entity *entity = list;
    return i < entity->field_count ? entity->fields[i].name.ptr : NULL;
}

/* entity.field */
static pb_status read_field(const cli_context *context, const model_field **ret_field,
                            pb_error *err)
{
    const char *text = context->call.arguments[0];
    pb_str whole = pb_str_c(text);
    size_t dot = pb_str_index(whole, '.');
    if (dot == whole.len) {
        pb_fail(err, PB_USAGE, PB_MSG("“{value}” is no field."), "value", text, NULL);
        pb_error_hint(err, PB_MSG("Write the kind of record, a point and the field: contact.email"),
                      NULL);
        return PB_USAGE;
    }
    const model_entity *entity;
    const char *name = pb_arena_cstr(context->arena, pb_str_sub(whole, 0, dot));
    if (name == NULL)
        return pb_fail_memory(err);
    PB_TRY(cli_entity(context, name, &entity, err));
    pb_str field = pb_str_sub(whole, dot + 1, whole.len);
    *ret_field = model_field_find(entity, field);
    if (*ret_field != NULL)
        return PB_OK;
    pb_fail(err, PB_NOT_FOUND, PB_MSG("{entity} has no field “{name}”."), "entity",
            PB_ARG(entity->label), "name", PB_ARG(field), NULL);
    const char *nearest = cli_nearest(text + dot + 1, field_name, entity);
    if (nearest != NULL)
        pb_error_hint(err, PB_MSG("Did you mean “{name}”?"), "name", nearest, NULL);
    return PB_NOT_FOUND;
}

static void put_rule(const cli_context *context, const identity_decision *decision, pb_buf *out)
{
    const char *role = cli_text(context, PB_ARG(decision->role));
    const char *parent = cli_text(context, PB_ARG(decision->parent));
    cli_say(context, out, decision->says, "role", role, "grant", PB_ARG(decision->grant), "parent",
            parent, NULL);
}

static void who_text(const cli_context *context, const service_who *who, bool change, pb_buf *out)
{
    for (size_t i = 0; i < who->count; i++) {
        const service_may *may = &who->users[i];
        pb_buf_printf(out, "%.*s", PB_STR_FMT(may->user.name));
        if (!pb_str_empty(may->user.shown) && !pb_str_eq(may->user.shown, may->user.name))
            pb_buf_printf(out, " (%.*s)", PB_STR_FMT(may->user.shown));
        pb_buf_printf(out, ": %s, %s. ",
                      change ? identity_right_word(IDENTITY_WRITE)
                      : may->decision.outcome == IDENTITY_MASK
                          ? identity_right_word(IDENTITY_MASKED)
                          : identity_right_word(IDENTITY_READ),
                      identity_operation_word(may->operation));
        put_rule(context, &may->decision, out);
        pb_buf_byte(out, '\n');
    }
    if (context->quiet)
        return;
    cli_say_n(context, out,
              PB_MSG_N("{may} of {count} user, at {moment}; besides, who holds the key of the "
                       "workspace.",
                       "{may} of {count} users, at {moment}; besides, who holds the key of the "
                       "workspace."),
              who->asked, "may", cli_count(context, who->count), "count",
              cli_count(context, who->asked), "moment", cli_moment(context, who->at_us), NULL);
    pb_buf_byte(out, '\n');
}

static void may_json(const cli_context *context, const service_may *may, bool change, pb_json *json)
{
    PB_AUTO_BUF rule = PB_BUF_INIT(8192);
    char id[37];
    bool masked = may->decision.outcome == IDENTITY_MASK;
    pb_uuid_text(may->user.id, id);
    put_rule(context, &may->decision, &rule);
    pb_json_object(json);
    pb_json_member(json, "user", may->user.name);
    pb_json_member(json, "id", pb_str_c(id));
    pb_json_member(json, "kind", pb_str_c(identity_kind_word(may->user.kind)));
    pb_json_member(json, "right",
                   pb_str_c(identity_right_word(change   ? IDENTITY_WRITE
                                                : masked ? IDENTITY_MASKED
                                                         : IDENTITY_READ)));
    pb_json_member(json, "operation", pb_str_c(identity_operation_word(may->operation)));
    pb_json_member(json, "role", may->decision.role);
    pb_json_member(json, "grant", may->decision.grant);
    pb_json_member(json, "rule", pb_buf_str(&rule));
    pb_json_object_end(json);
}

static void who_json(const cli_context *context, const service_who *who, bool change, pb_buf *out)
{
    pb_json json;
    char id[37];
    pb_uuid_text(who->record, id);
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_member(&json, "entity", who->field->entity->name);
    pb_json_member(&json, "field", who->field->name);
    pb_json_member(&json, "record", pb_str_c(id));
    pb_json_member(&json, "at", pb_str_c(cli_moment(context, who->at_us)));
    pb_json_member_i64(&json, "users", (int64_t)who->asked);
    pb_json_key(&json, "may");
    pb_json_array(&json);
    for (size_t i = 0; i < who->count; i++)
        may_json(context, &who->users[i], change, &json);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

pb_status cli_run_who_can(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(64 << 20);
    service_call call = cli_service_call(context, "who-can");
    bool change = cli_flag(context, "change");
    const model_field *field = NULL;
    db_workspace *workspace = NULL;
    service_who who = {.count = 0};
    int64_t at_us;
    PB_TRY(cli_past(context, call.now_us, &at_us, err));
    PB_TRY(cli_open_workspace(context, &workspace, err));
    pb_status status = read_field(context, &field, err);
    if (status == PB_OK)
        status = service_who_can(&call, workspace, field, pb_str_c(context->call.arguments[1]),
                                 at_us, change, context->arena, &who, err);
    if (status == PB_OK && context->json)
        who_json(context, &who, change, &out);
    else if (status == PB_OK)
        who_text(context, &who, change, &out);
    service_who_end(&who);
    db_workspace_close(workspace);
    PB_TRY(status);
    *ret_exit = 0;
    return cli_finish(&out, err);
}
