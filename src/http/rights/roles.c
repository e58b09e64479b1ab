/* Roles: what each says, what of it is left by those it inherits from. */
#include "rights.h"

#include "../who.h"

pb_status http_rights_moment(const http_request *request, int64_t *ret_at, pb_error *err)
{
    int64_t at_us = IDENTITY_OPEN;
    PB_TRY(http_op_query_instant(request, "at", &at_us, err));
    if (at_us != IDENTITY_OPEN && at_us > request->now_us)
        return http_op_fail_value("at", http_request_query(request, "at"),
                                  PB_MSG("It takes a moment that is not to come."), err);
    *ret_at = at_us;
    return PB_OK;
}

void http_rights_put_operations(pb_json *json, const char *key, uint32_t bits)
{
    pb_json_key(json, key);
    pb_json_array(json);
    for (int i = 0; i < IDENTITY_OPERATIONS; i++)
        if ((bits >> i & 1) != 0)
            pb_json_c(json, identity_operation_word((identity_operation)i));
    pb_json_array_end(json);
}

void http_rights_put_scopes(pb_json *json, unsigned scopes)
{
    static const char *const words[] = {"own", "team", "below", "portal", "all"};
    pb_json_key(json, "scope");
    pb_json_array(json);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((scopes >> i & 1) != 0)
            pb_json_c(json, words[i]);
    pb_json_array_end(json);
}

void http_rights_put_holding(pb_json *json, const http_request *request, const model_entity *entity,
                             const identity_holding *holding)
{
    const identity_grant *grant = holding->grant;
    pb_json_object(json);
    pb_json_member(json, "entity", entity == NULL ? PB_STR_NONE : entity->name);
    pb_json_member(json, "grant", grant->name);
    http_rights_put_operations(json, "operations", holding->operations);
    http_rights_put_operations(json, "cut", holding->cut);
    pb_json_member(json, "cut_by", pb_translate_str(request->catalog, holding->cut_by));
    http_rights_put_scopes(json, grant->scopes);
    pb_json_member(json, "when", grant->when.len > 0 ? grant->when : PB_STR_NONE);
    pb_json_object_end(json);
}

static pb_status put_holdings(pb_json *json, const http_request *request,
                              const identity_policy *policy, int64_t number,
                              const model_entity *entity, pb_error *err)
{
    identity_holding *holdings;
    size_t count;
    PB_TRY(identity_holdings(policy, number, entity, request->arena, &holdings, &count, err));
    for (size_t i = 0; i < count; i++)
        http_rights_put_holding(json, request, entity, &holdings[i]);
    return PB_OK;
}

static pb_status put_all_holdings(pb_json *json, const http_request *request,
                                  const identity_policy *policy, int64_t number, pb_error *err)
{
    const model_schema *schema = identity_policy_schema(policy);
    pb_json_key(json, "holds");
    pb_json_array(json);
    for (size_t i = 0; i < schema->entity_count; i++)
        PB_TRY(put_holdings(json, request, policy, number, &schema->entities[i], err));
    PB_TRY(put_holdings(json, request, policy, number, NULL, err));
    pb_json_array_end(json);
    return PB_OK;
}

static void put_fields(pb_json *json, const identity_policy *policy, int64_t number)
{
    const model_schema *schema = identity_policy_schema(policy);
    pb_json_key(json, "fields");
    pb_json_object(json);
    for (size_t e = 0; e < schema->entity_count; e++) {
        const model_entity *entity = &schema->entities[e];
        pb_json_key_str(json, entity->name);
        pb_json_object(json);
        for (size_t i = 0; i < entity->field_count; i++) {
            pb_json_key_str(json, entity->fields[i].name);
            pb_json_c(json,
                      identity_right_word(identity_right_best(policy, number, &entity->fields[i])));
        }
        pb_json_object_end(json);
    }
    pb_json_object_end(json);
}

/* The role as a file may say it: what is answered here can be sent back, changed. */
void http_rights_put_text(pb_json *json, const identity_role *role)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    identity_role_write(role, 2, &text);
    pb_json_member(json, "text", text.failed ? PB_STR_NONE : pb_buf_str(&text));
}

static void put_head(pb_json *json, const http_request *request, const identity_role_row *row)
{
    const identity_role *role = &row->role;
    pb_json_member(json, "role", role->name);
    pb_json_member(json, "label", pb_translate_str(request->catalog, role->label));
    pb_json_member(json, "says",
                   role->says.len > 0 ? pb_translate_str(request->catalog, role->says)
                                      : PB_STR_NONE);
    pb_json_member(json, "parent", role->parent.len > 0 ? role->parent : PB_STR_NONE);
    http_op_put_truth(json, "second_factor", role->second_factor);
    http_op_put_moment(json, "from", row->from_us);
}

/* `whole`: with its fields and its text. */
static pb_status put_role(pb_json *json, const http_request *request, const identity_policy *policy,
                          const identity_role_row *row, bool whole, pb_error *err)
{
    pb_json_object(json);
    put_head(json, request, row);
    PB_TRY(put_all_holdings(json, request, policy, row->number, err));
    if (whole) {
        put_fields(json, policy, row->number);
        http_rights_put_text(json, &row->role);
    }
    pb_json_object_end(json);
    return PB_OK;
}

static pb_status put_roles(pb_json *json, const http_request *request,
                           const identity_policy *policy, pb_error *err)
{
    size_t count;
    const identity_role_row *rows = identity_policy_roles(policy, &count);
    pb_json_object(json);
    pb_json_key(json, "roles");
    pb_json_array(json);
    for (size_t i = 0; i < count; i++)
        PB_TRY(put_role(json, request, policy, &rows[i], false, err));
    pb_json_array_end(json);
    pb_json_object_end(json);
    return PB_OK;
}

static pb_status put_one(pb_json *json, const http_request *request, const identity_policy *policy,
                         pb_error *err)
{
    size_t count;
    pb_str name = http_request_part(request, "role");
    const identity_role_row *rows = identity_policy_roles(policy, &count);
    for (size_t i = 0; i < count; i++)
        if (pb_str_eq(rows[i].role.name, name))
            return put_role(json, request, policy, &rows[i], true, err);
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no role “{name}”."), "name", PB_ARG(name),
                   NULL);
}

typedef pb_status (*role_teller)(pb_json *json, const http_request *request,
                                 const identity_policy *policy, pb_error *err);

static pb_status answer(http_request *request, http_response *response, role_teller tell,
                        pb_error *err)
{
    static const char *const names[] = {"at", NULL};
    identity_policy *policy = NULL;
    int64_t at_us = IDENTITY_OPEN;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_rights_moment(request, &at_us, err));
    const service_call call = http_op_call(request);
    PB_TRY(service_policy(&call, request->server->workspace, at_us, &policy, err));
    pb_json_init(&json, &response->body, 0);
    pb_status status = tell(&json, request, policy, err);
    identity_policy_release(policy);
    return status;
}

pb_status http_rights_roles(http_request *request, http_response *response, pb_error *err)
{
    return answer(request, response, put_roles, err);
}

pb_status http_rights_role(http_request *request, http_response *response, pb_error *err)
{
    return answer(request, response, put_one, err);
}
