/* roles. */
#include "command.h"

#include "service/roles.h"
#include "sys/file.h"

enum { ROLE_FILE_MOST = 1 << 20 };

/* ---- what a role holds ---- */

/* A role being told. */
typedef struct telling {
    const cli_context *context;
    const identity_policy *policy;
    const identity_role_row *row;
    bool full; /* its fields, too */
    pb_buf *out;
    pb_json *json;
} telling;

static void put_operations(pb_buf *out, uint32_t operations)
{
    bool first = true;
    for (int i = 0; i < IDENTITY_OPERATIONS; i++) {
        if ((operations >> i & 1) == 0)
            continue;
        pb_buf_printf(out, "%s%s", first ? "" : ", ",
                      identity_operation_word((identity_operation)i));
        first = false;
    }
}

static void operations_json(pb_json *json, const char *key, uint32_t operations)
{
    pb_json_key(json, key);
    pb_json_array(json);
    for (int i = 0; i < IDENTITY_OPERATIONS; i++)
        if ((operations >> i & 1) != 0)
            pb_json_c(json, identity_operation_word((identity_operation)i));
    pb_json_array_end(json);
}

static const char *const scope_words[] = {"own", "team", "below", "portal", "all"};

static void put_scopes(pb_buf *out, unsigned scopes)
{
    bool first = true;
    for (size_t i = 0; i < sizeof scope_words / sizeof *scope_words; i++) {
        if ((scopes >> i & 1) == 0)
            continue;
        pb_buf_printf(out, "%s%s", first ? "" : ", ", scope_words[i]);
        first = false;
    }
}

static void holding_text(const telling *t, const identity_holding *holding)
{
    const identity_grant *grant = holding->grant;
    pb_buf_printf(t->out, "      %.*s: ", PB_STR_FMT(grant->name));
    put_operations(t->out, holding->operations);
    if (grant->scopes != 0) {
        pb_buf_addc(t->out, " [");
        put_scopes(t->out, grant->scopes);
        pb_buf_byte(t->out, ']');
    }
    if (!pb_str_empty(grant->when))
        pb_buf_printf(t->out, " (%.*s)", PB_STR_FMT(grant->when));
    if (holding->cut != 0) {
        PB_AUTO_BUF cut = PB_BUF_INIT(4096);
        put_operations(&cut, holding->cut);
        pb_buf_addc(t->out, "; ");
        cli_say(t->context, t->out, PB_MSG("cut by {parent}: {operations}"), "parent",
                cli_text(t->context, PB_ARG(holding->cut_by)), "operations", pb_buf_cstr(&cut),
                NULL);
    }
    pb_buf_byte(t->out, '\n');
}

static void holding_json(const telling *t, const model_entity *entity,
                         const identity_holding *holding)
{
    const identity_grant *grant = holding->grant;
    pb_json_object(t->json);
    pb_json_member(t->json, "entity", entity == NULL ? PB_STR_NONE : entity->name);
    pb_json_member(t->json, "grant", grant->name);
    operations_json(t->json, "operations", holding->operations);
    operations_json(t->json, "cut", holding->cut);
    pb_json_member(t->json, "cut_by", holding->cut_by);
    pb_json_key(t->json, "scope");
    pb_json_array(t->json);
    for (size_t i = 0; i < sizeof scope_words / sizeof *scope_words; i++)
        if ((grant->scopes >> i & 1) != 0)
            pb_json_c(t->json, scope_words[i]);
    pb_json_array_end(t->json);
    pb_json_member(t->json, "when", grant->when);
    pb_json_object_end(t->json);
}

static void fields_text(const telling *t, const model_entity *entity)
{
    for (int right = IDENTITY_WRITE; right >= IDENTITY_HIDDEN; right--) {
        bool first = true;
        for (size_t i = 0; i < entity->field_count; i++) {
            if (identity_right_best(t->policy, t->row->number, &entity->fields[i]) !=
                (identity_right)right)
                continue;
            if (first)
                pb_buf_printf(t->out, "      %s: ", identity_right_word((identity_right)right));
            pb_buf_printf(t->out, "%s%.*s", first ? "" : ", ", PB_STR_FMT(entity->fields[i].name));
            first = false;
        }
        pb_buf_addc(t->out, first ? "" : "\n");
    }
}

static void fields_json(const telling *t)
{
    const model_schema *schema = identity_policy_schema(t->policy);
    pb_json_key(t->json, "fields");
    pb_json_object(t->json);
    for (size_t e = 0; e < schema->entity_count; e++) {
        const model_entity *entity = &schema->entities[e];
        pb_json_key_str(t->json, entity->name);
        pb_json_object(t->json);
        for (size_t i = 0; i < entity->field_count; i++) {
            pb_json_key_str(t->json, entity->fields[i].name);
            pb_json_c(t->json, identity_right_word(identity_right_best(t->policy, t->row->number,
                                                                       &entity->fields[i])));
        }
        pb_json_object_end(t->json);
    }
    pb_json_object_end(t->json);
}

static pb_status tell_entity(const telling *t, const model_entity *entity, pb_error *err)
{
    identity_holding *holdings;
    size_t count;
    PB_TRY(identity_holdings(t->policy, t->row->number, entity, t->context->arena, &holdings,
                             &count, err));
    for (size_t i = 0; i < count && t->json != NULL; i++)
        holding_json(t, entity, &holdings[i]);
    if (count == 0 || t->json != NULL)
        return PB_OK;
    pb_buf_printf(t->out, "    %s\n",
                  entity == NULL ? cli_text(t->context, PB_MSG("The workspace as a whole"))
                                 : cli_text(t->context, entity->label.ptr));
    for (size_t i = 0; i < count; i++)
        holding_text(t, &holdings[i]);
    if (t->full && entity != NULL)
        fields_text(t, entity);
    return PB_OK;
}

static pb_status tell_entities(const telling *t, pb_error *err)
{
    const model_schema *schema = identity_policy_schema(t->policy);
    for (size_t i = 0; i < schema->entity_count; i++)
        PB_TRY(tell_entity(t, &schema->entities[i], err));
    return tell_entity(t, NULL, err);
}

static void head_text(const telling *t)
{
    const identity_role *role = &t->row->role;
    pb_buf_printf(t->out, "%.*s: %s\n", PB_STR_FMT(role->name),
                  cli_text(t->context, PB_ARG(role->label)));
    if (!pb_str_empty(role->says))
        pb_buf_printf(t->out, "    %s\n", cli_text(t->context, PB_ARG(role->says)));
    if (!pb_str_empty(role->parent)) {
        pb_buf_addc(t->out, "    ");
        cli_say(t->context, t->out, PB_MSG("Inherits from {parent}: holds no more than that."),
                "parent", PB_ARG(role->parent), NULL);
        pb_buf_byte(t->out, '\n');
    }
    if (role->second_factor)
        pb_buf_printf(t->out, "    %s\n",
                      cli_text(t->context, PB_MSG("Holds nothing without a second factor.")));
}

static pb_status tell_role(const telling *t, pb_error *err)
{
    const identity_role *role = &t->row->role;
    if (t->json == NULL) {
        head_text(t);
        return tell_entities(t, err);
    }
    pb_json_object(t->json);
    pb_json_member_i64(t->json, "number", t->row->number);
    pb_json_member(t->json, "role", role->name);
    pb_json_member(t->json, "label", role->label);
    pb_json_member(t->json, "says", role->says);
    pb_json_member(t->json, "parent", role->parent);
    pb_json_member(t->json, "duty", role->duty);
    pb_json_key(t->json, "second_factor");
    pb_json_bool(t->json, role->second_factor);
    if (t->row->from_us > 0)
        pb_json_member(t->json, "from", pb_str_c(cli_moment(t->context, t->row->from_us)));
    pb_json_key(t->json, "holds");
    pb_json_array(t->json);
    PB_TRY(tell_entities(t, err));
    pb_json_array_end(t->json);
    fields_json(t);
    pb_json_object_end(t->json);
    return PB_OK;
}

static const char *role_name(const void *list, size_t i)
{
    return ((const char *const *)list)[i];
}

static pb_status fail_role(cli_context *context, const identity_role_row *rows, size_t count,
                           const char *name, pb_error *err)
{
    const char **names = pb_arena_array(context->arena, count + 1, sizeof *names);
    for (size_t i = 0; names != NULL && i < count; i++)
        names[i] = pb_arena_cstr(context->arena, rows[i].role.name);
    const char *nearest = names == NULL ? NULL : cli_nearest(name, role_name, names);
    pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no role “{name}”."), "name", name, NULL);
    if (nearest != NULL)
        pb_error_hint(err, PB_MSG("Did you mean “{name}”?"), "name", nearest, NULL);
    else
        pb_error_hint(err, PB_MSG("List the roles: probity roles -w WORKSPACE"), NULL);
    return PB_NOT_FOUND;
}

static pb_status list_out(cli_context *context, const identity_policy *policy, bool shipped,
                          pb_buf *out, pb_error *err)
{
    const char *wanted = context->call.argument_count > 0 ? context->call.arguments[0] : NULL;
    size_t count, told = 0;
    const identity_role_row *rows = identity_policy_roles(policy, &count);
    pb_json json;
    pb_json_init(&json, out, 2);
    telling t = {context, policy, NULL, wanted != NULL, out, context->json ? &json : NULL};
    if (context->json)
        pb_json_array(&json);
    for (size_t i = 0; i < count; i++) {
        t.row = &rows[i];
        if (wanted != NULL && !pb_str_is(rows[i].role.name, wanted))
            continue;
        PB_TRY(tell_role(&t, err));
        told++;
    }
    if (told == 0 && wanted != NULL)
        return fail_role(context, rows, count, wanted, err);
    if (context->json) {
        pb_json_array_end(&json);
        pb_buf_byte(out, '\n');
    } else if (told == 0) {
        pb_buf_printf(out, "%s\n", cli_text(context, PB_MSG("There were no roles then.")));
    } else if (shipped && !context->quiet) {
        pb_buf_printf(out, "%s\n",
                      cli_text(context, PB_MSG("These are the roles of the program; nobody holds "
                                               "one in this workspace yet.")));
    }
    return PB_OK;
}

static pb_status list_roles(cli_context *context, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(64 << 20);
    service_call call = cli_service_call(context, "roles");
    db_workspace *workspace = NULL;
    identity_policy *policy = NULL;
    bool shipped = false;
    int64_t at_us;
    PB_TRY(cli_past(context, call.now_us, &at_us, err));
    PB_TRY(cli_open_workspace(context, &workspace, err));
    pb_status status = service_roles(context->service, workspace, at_us, &policy, &shipped, err);
    if (status == PB_OK)
        status = list_out(context, policy, shipped, &out, err);
    identity_policy_release(policy);
    db_workspace_close(workspace);
    PB_TRY(status);
    return cli_finish(&out, err);
}

/* ---- changes ---- */

static pb_status change_role(cli_context *context, db_workspace *workspace, const char **ret_says,
                             pb_str *ret_name, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(ROLE_FILE_MOST);
    service_call call = cli_service_call(context, "roles");
    const char *file = cli_value(context, "set"), *end = cli_value(context, "end");
    pb_str why = pb_str_c(cli_value(context, "why"));
    if (end != NULL) {
        *ret_says = PB_MSG("The role {name} was ended.");
        *ret_name = pb_str_c(end);
        return service_role_end(context->service, &call, why, workspace, *ret_name, err);
    }
    identity_role role;
    PB_TRY(sys_file_read(file, ROLE_FILE_MOST, &text, err));
    const model_source source = {pb_str_c(file), pb_buf_str(&text)};
    PB_TRY(service_role_put(context->service, &call, why, workspace, &source, context->arena, &role,
                            err));
    *ret_says = PB_MSG("The role {name} was defined.");
    *ret_name = role.name;
    return PB_OK;
}

static pb_status change_roles(cli_context *context, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 16);
    db_workspace *workspace = NULL;
    const char *says = NULL;
    pb_str name = PB_STR_NONE;
    pb_json json;
    PB_TRY(cli_open_named_to_write(context, &workspace, err));
    pb_status status = change_role(context, workspace, &says, &name, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    pb_json_init(&json, &out, 2);
    if (context->json) {
        pb_json_object(&json);
        pb_json_member(&json, "role", name);
        pb_json_object_end(&json);
        pb_buf_byte(&out, '\n');
    } else if (!context->quiet) {
        cli_say(context, &out, says, "name", PB_ARG(name), NULL);
        pb_buf_byte(&out, '\n');
    }
    return cli_finish(&out, err);
}

pb_status cli_run_roles(cli_context *context, int *ret_exit, pb_error *err)
{
    bool set = cli_value(context, "set") != NULL, end = cli_value(context, "end") != NULL;
    bool lists = cli_value(context, "at") != NULL || context->call.argument_count > 0;
    *ret_exit = 0;
    if (set && end)
        return pb_fail(err, PB_USAGE, PB_MSG("Only one of --set and --end can be given"), NULL);
    if ((set || end) && lists)
        return pb_fail(err, PB_USAGE,
                       PB_MSG("--set and --end go without --at and the name of a role."), NULL);
    if (!set && !end && cli_value(context, "why") != NULL)
        return pb_fail(err, PB_USAGE, PB_MSG("--why goes with --set and --end only."), NULL);
    return set || end ? change_roles(context, err) : list_roles(context, err);
}
