/* Roles said anew: first what would come of it, then for good. */
#include "rights.h"

#include "../who.h"

static void put_change(pb_json *json, const service_right_change *change)
{
    pb_json_object(json);
    pb_json_member(json, "role", change->role);
    pb_json_member(json, "entity", change->entity == NULL ? PB_STR_NONE : change->entity->name);
    pb_json_member(json, "field", change->field == NULL ? PB_STR_NONE : change->field->name);
    pb_json_member(json, "operation",
                   change->field != NULL ? PB_STR_NONE
                                         : pb_str_c(identity_operation_word(change->operation)));
    pb_json_member(json, "before", change->before);
    pb_json_member(json, "after", change->after);
    pb_json_object_end(json);
}

/* What it would hold, and what those that it inherits from would not let it. */
static void put_cuts(pb_json *json, const http_request *request, const service_role_plan *plan)
{
    pb_json_key(json, "holds");
    pb_json_array(json);
    for (size_t i = 0; i < plan->holding_count; i++)
        http_rights_put_holding(json, request, plan->holdings[i].entity,
                                &plan->holdings[i].holding);
    pb_json_array_end(json);
    pb_json_key(json, "field_cuts");
    pb_json_array(json);
    for (size_t i = 0; i < plan->cut_count; i++) {
        const service_field_cut *cut = &plan->cuts[i];
        pb_json_object(json);
        pb_json_member(json, "entity", cut->field->entity->name);
        pb_json_member(json, "field", cut->field->name);
        pb_json_member(json, "granted", pb_str_c(identity_right_word(cut->granted)));
        pb_json_member(json, "left", pb_str_c(identity_right_word(cut->left)));
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void put_plan(pb_json *json, const http_request *request, const service_role_plan *plan,
                     bool dry_run)
{
    pb_json_object(json);
    pb_json_member(json, "role", plan->role.name);
    http_op_put_truth(json, "new", plan->fresh);
    http_op_put_truth(json, "dry_run", dry_run);
    pb_json_key(json, "changes");
    pb_json_array(json);
    for (size_t i = 0; i < plan->change_count; i++)
        put_change(json, &plan->changes[i]);
    pb_json_array_end(json);
    put_cuts(json, request, plan);
    http_rights_put_text(json, &plan->role);
    pb_json_key(json, "holders");
    pb_json_array(json);
    for (size_t i = 0; i < plan->holder_count; i++)
        pb_json_str(json, plan->holders[i]);
    pb_json_array_end(json);
    pb_json_object_end(json);
}

pb_status http_rights_define(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"text", "dry_run", "why", NULL}, *const none[] = {NULL};
    const json_value *body;
    service_role_plan plan;
    model_source source = {.name = PB_STR("text")};
    bool dry_run = false;
    pb_str why = PB_STR_NONE;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_op_body(request, names, &body, err));
    PB_TRY(http_op_body_needed(body, "text", &source.text, err));
    PB_TRY(http_op_body_truth(body, "dry_run", &dry_run, err));
    PB_TRY(http_op_body_text(body, "why", &why, err));
    const service_call call = http_op_call(request);
    PB_TRY(service_role_define(&call, request->server->workspace,
                               http_request_part(request, "role"), &source, why, dry_run,
                               request->arena, &plan, err));
    pb_json_init(&json, &response->body, 0);
    put_plan(&json, request, &plan, dry_run);
    return PB_OK;
}

pb_status http_rights_drop(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"why", NULL};
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, names, err));
    const service_call call = http_op_call(request);
    PB_TRY(service_role_drop(&call, request->server->workspace, http_request_part(request, "role"),
                             http_request_query(request, "why"), err));
    response->status = 204;
    return PB_OK;
}
