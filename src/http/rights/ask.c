/* Who may see or change one field of one record, on any day; who may do what at all. */
#include "rights.h"

#include "../who.h"
#include "service/roles.h"

static pb_status need(const http_request *request, const char *name, pb_str *ret, pb_error *err)
{
    *ret = http_request_query(request, name);
    return ret->len > 0 ? PB_OK
                        : pb_fail(err, PB_USAGE, PB_MSG("The parameter {name} is needed."), "name",
                                  name, NULL);
}

static pb_status read_field(const http_request *request, const model_field **ret_field,
                            pb_error *err)
{
    const model_schema *schema = db_workspace_schema(request->server->workspace);
    pb_str entity_name, name;
    PB_TRY(need(request, "entity", &entity_name, err));
    PB_TRY(need(request, "field", &name, err));
    const model_entity *entity = model_entity_find(schema, entity_name);
    if (entity == NULL)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no entity “{entity}”"), "entity",
                       PB_ARG(entity_name), NULL);
    *ret_field = model_field_find(entity, name);
    return *ret_field != NULL
               ? PB_OK
               : pb_fail(err, PB_NOT_FOUND, PB_MSG("{entity} has no field “{name}”."), "entity",
                         PB_ARG(entity->label), "name", PB_ARG(name), NULL);
}

static void put_may(pb_json *json, const http_request *request, const service_may *may, bool change)
{
    PB_AUTO_BUF rule = PB_BUF_INIT(1 << 16);
    pb_error says = {0};
    identity_right right = change                                   ? IDENTITY_WRITE
                           : may->decision.outcome == IDENTITY_MASK ? IDENTITY_MASKED
                                                                    : IDENTITY_READ;
    pb_str role = pb_translate_str(request->catalog, may->decision.role);
    pb_str parent = pb_translate_str(request->catalog, may->decision.parent);
    pb_fail(&says, PB_INVALID, may->decision.says, "role", PB_ARG(role), "grant",
            PB_ARG(may->decision.grant), "parent", PB_ARG(parent), NULL);
    pb_error_render(&says, &says.primary, request->catalog, &rule);
    pb_json_object(json);
    pb_json_member(json, "user", may->user.name);
    pb_json_member(json, "shown", may->user.shown);
    pb_json_member(json, "right", pb_str_c(identity_right_word(right)));
    pb_json_member(json, "operation", pb_str_c(identity_operation_word(may->operation)));
    pb_json_member(json, "role", role);
    pb_json_member(json, "grant", may->decision.grant);
    http_rights_put_scopes(json, may->decision.scopes);
    pb_json_member(json, "rule", pb_buf_str(&rule));
    pb_json_object_end(json);
}

static void put_who(pb_json *json, const http_request *request, const service_who *who, bool change)
{
    pb_json_object(json);
    pb_json_member(json, "entity", who->field->entity->name);
    pb_json_member(json, "field", who->field->name);
    http_op_put_uuid(json, "record", who->record);
    http_op_put_moment(json, "at", who->at_us);
    pb_json_member_i64(json, "users", (int64_t)who->asked);
    pb_json_key(json, "may");
    pb_json_array(json);
    for (size_t i = 0; i < who->count; i++)
        put_may(json, request, &who->users[i], change);
    pb_json_array_end(json);
    pb_json_object_end(json);
}

/* A record is named by its id alone: by a name it could be guessed whether it is there. */
static pb_status read_id(const http_request *request, pb_str *ret_id, pb_error *err)
{
    pb_uuid id;
    PB_TRY(need(request, "id", ret_id, err));
    return pb_uuid_parse(*ret_id, &id)
               ? PB_OK
               : http_op_fail_value("id", *ret_id, PB_MSG("It takes the id of a record."), err);
}

pb_status http_rights_who_can(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"entity", "id", "field", "at", "change", NULL};
    const model_field *field = NULL;
    service_who who;
    bool change = false;
    int64_t at_us = IDENTITY_OPEN;
    pb_str id;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_rights_moment(request, &at_us, err));
    PB_TRY(http_op_query_truth(request, "change", &change, err));
    PB_TRY(read_id(request, &id, err));
    PB_TRY(read_field(request, &field, err));
    const service_call call = http_op_call(request);
    pb_status status = service_who_can(&call, request->server->workspace, field, id, at_us, change,
                                       request->arena, &who, err);
    if (status == PB_UNSUPPORTED) /* what it said then was erased */
        response->status = 409;
    PB_TRY(status);
    pb_json_init(&json, &response->body, 0);
    put_who(&json, request, &who, change);
    service_who_end(&who);
    return PB_OK;
}

/* ---- everybody ---- */

/* What of the matrix is asked for. */
typedef struct choice {
    pb_str user;
    size_t entity;    /* by place; SIZE_MAX: all */
    uint32_t allowed; /* operations */
} choice;

static pb_status read_choice(const http_request *request, choice *ret, pb_error *err)
{
    const model_schema *schema = db_workspace_schema(request->server->workspace);
    choice c = {http_request_query(request, "user"), SIZE_MAX, UINT32_MAX};
    pb_str entity = http_request_query(request, "entity");
    pb_str operation = http_request_query(request, "operation");
    if (entity.ptr != NULL) {
        const model_entity *found = model_entity_find(schema, entity);
        if (found == NULL)
            return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no entity “{entity}”"), "entity",
                           PB_ARG(entity), NULL);
        c.entity = (size_t)(found - schema->entities);
    }
    for (int i = 0; i < IDENTITY_OPERATIONS && operation.ptr != NULL; i++)
        if (pb_str_is(operation, identity_operation_word((identity_operation)i)))
            c.allowed = UINT32_C(1) << i;
    if (operation.ptr != NULL && c.allowed == UINT32_MAX)
        return http_op_fail_value("operation", operation,
                                  PB_MSG("It takes an operation such as read or export."), err);
    *ret = c;
    return PB_OK;
}

static void put_cell(pb_json *json, pb_str entity, uint32_t bits)
{
    if (bits == 0)
        return;
    pb_json_object(json);
    pb_json_member(json, "entity", entity);
    http_rights_put_operations(json, "operations", bits);
    pb_json_object_end(json);
}

static void put_row(pb_json *json, const service_matrix *matrix, const service_may_row *row,
                    const choice *c)
{
    const model_schema *schema = matrix->schema;
    pb_json_object(json);
    pb_json_member(json, "user", row->user.name);
    pb_json_member(json, "shown", row->user.shown);
    pb_json_member(json, "kind", pb_str_c(identity_kind_word(row->user.kind)));
    pb_json_key(json, "roles");
    pb_json_array(json);
    for (size_t i = 0; i < row->role_count; i++)
        pb_json_str(json, row->roles[i]);
    pb_json_array_end(json);
    pb_json_key(json, "may");
    pb_json_array(json);
    for (size_t i = 0; i < schema->entity_count; i++)
        if (c->entity == SIZE_MAX || c->entity == i)
            put_cell(json, schema->entities[i].name, row->operations[i] & c->allowed);
    if (c->entity == SIZE_MAX)
        put_cell(json, PB_STR_NONE, row->operations[schema->entity_count] & c->allowed);
    pb_json_array_end(json);
    pb_json_object_end(json);
}

pb_status http_rights_matrix(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"at", "user", "entity", "operation", NULL};
    service_matrix matrix;
    choice c = {.entity = SIZE_MAX};
    int64_t at_us = IDENTITY_OPEN;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_rights_moment(request, &at_us, err));
    PB_TRY(read_choice(request, &c, err));
    const service_call call = http_op_call(request);
    PB_TRY(service_access_matrix(&call, request->server->workspace, at_us, request->arena, &matrix,
                                 err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    http_op_put_moment(&json, "at", matrix.at_us);
    pb_json_key(&json, "users");
    pb_json_array(&json);
    for (size_t i = 0; i < matrix.count; i++)
        if (c.user.ptr == NULL || pb_str_eq(c.user, matrix.rows[i].user.name))
            put_row(&json, &matrix, &matrix.rows[i], &c);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}
