/* The model of a workspace as who asks may know it. */
#include "service/model.h"

#include "access.h"
#include "internal.h"

/* ---- what may be seen of it ---- */

static identity_outcome best(const identity_policy *policy, const identity_actor *who,
                             identity_operation operation, const model_entity *entity,
                             const model_field *field)
{
    return identity_decide(policy, who, operation, entity, NULL, field).outcome;
}

/* Whether a field could show, or be written, on any record. */
static bool may_know(const identity_policy *policy, const identity_actor *who,
                     const model_entity *entity, const model_field *field)
{
    static const identity_operation ways[] = {IDENTITY_OP_READ,   IDENTITY_OP_LIST,
                                              IDENTITY_OP_CREATE, IDENTITY_OP_CHANGE,
                                              IDENTITY_OP_REPORT, IDENTITY_OP_EXPORT};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (best(policy, who, ways[i], entity, field) != IDENTITY_DENY)
            return true;
    return false;
}

/* What is said of the fields of one entity. False: out of memory. */
static bool see_fields(const identity_policy *policy, const identity_actor *who, bool all,
                       pb_arena *arena, service_model_seen *seen)
{
    const model_entity *entity = seen->entity;
    bool *fields = pb_arena_array(arena, 3 * entity->field_count + 1, sizeof *fields);
    if (fields == NULL)
        return false;
    bool *writes = fields + entity->field_count, *masked = writes + entity->field_count;
    for (size_t i = 0; i < entity->field_count; i++) {
        const model_field *field = &entity->fields[i];
        if (policy == NULL) {
            fields[i] = writes[i] = true;
            continue;
        }
        fields[i] = all || may_know(policy, who, entity, field);
        writes[i] = best(policy, who, IDENTITY_OP_CREATE, entity, field) == IDENTITY_ALLOW ||
                    best(policy, who, IDENTITY_OP_CHANGE, entity, field) == IDENTITY_ALLOW;
        masked[i] = best(policy, who, IDENTITY_OP_READ, entity, field) == IDENTITY_MASK;
    }
    seen->fields = fields;
    seen->writes = writes;
    seen->masked = masked;
    return true;
}

static pb_status see(const identity_policy *policy, const identity_actor *who,
                     const model_schema *schema, pb_arena *arena, service_model_seen *seen,
                     size_t *ret_count, uint32_t *ret_operations, pb_error *err)
{
    *ret_operations = service_operations_of(policy, who, NULL);
    bool all = (*ret_operations >> IDENTITY_OP_MODEL & 1) != 0;
    for (size_t e = 0; e < schema->entity_count; e++) {
        service_model_seen *one = &seen[*ret_count];
        *one = (service_model_seen){.entity = &schema->entities[e]};
        if (!see_fields(policy, who, all, arena, one))
            return pb_fail_memory(err);
        one->operations = service_operations_of(policy, who, one->entity);
        bool any = all;
        for (size_t i = 0; i < one->entity->field_count; i++)
            any = any || one->fields[i];
        if (any)
            (*ret_count)++;
    }
    return PB_OK;
}

pb_status service_model_read(const service_call *call, db_workspace *workspace, pb_arena *arena,
                             service_model_seen **ret_entities, size_t *ret_count,
                             uint32_t *ret_operations, pb_error *err)
{
    const model_schema *schema = db_workspace_schema(workspace);
    service_model_seen *seen = pb_arena_array(arena, schema->entity_count + 1, sizeof *seen);
    identity_policy *policy = NULL;
    db_session *session = NULL;
    size_t count = 0;
    if (seen == NULL)
        return pb_fail_memory(err);
    if (call->who != NULL && !call->who->holder) {
        PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
        pb_status status = identity_policy_now(session, &policy, err);
        db_snapshot_close(session);
        PB_TRY(status);
    }
    pb_status status = see(policy, call->who, schema, arena, seen, &count, ret_operations, err);
    identity_policy_release(policy);
    PB_TRY(status);
    *ret_entities = seen;
    *ret_count = count;
    return PB_OK;
}
