/* The model of a workspace as who asks may know it. */
#include "service/model.h"

#include "access.h"
#include "internal.h"

/* ---- what may be seen of it ---- */

/* Whether a field could show, or be written, on any record. */
static bool may_know(const identity_policy *policy, const identity_actor *who,
                     const model_entity *entity, const model_field *field)
{
    static const identity_operation ways[] = {IDENTITY_OP_READ,   IDENTITY_OP_LIST,
                                              IDENTITY_OP_CREATE, IDENTITY_OP_CHANGE,
                                              IDENTITY_OP_REPORT, IDENTITY_OP_EXPORT};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (identity_decide(policy, who, ways[i], entity, NULL, field).outcome != IDENTITY_DENY)
            return true;
    return false;
}

static pb_status see(const identity_policy *policy, const identity_actor *who,
                     const model_schema *schema, pb_arena *arena, service_model_seen *seen,
                     size_t *ret_count, pb_error *err)
{
    bool all =
        policy == NULL ||
        identity_decide(policy, who, IDENTITY_OP_MODEL, NULL, NULL, NULL).outcome == IDENTITY_ALLOW;
    for (size_t e = 0; e < schema->entity_count; e++) {
        const model_entity *entity = &schema->entities[e];
        bool *fields = pb_arena_array(arena, entity->field_count + 1, sizeof *fields);
        if (fields == NULL)
            return pb_fail_memory(err);
        bool any = all;
        for (size_t i = 0; i < entity->field_count; i++) {
            fields[i] = all || may_know(policy, who, entity, &entity->fields[i]);
            any = any || fields[i];
        }
        if (any)
            seen[(*ret_count)++] = (service_model_seen){entity, fields};
    }
    return PB_OK;
}

pb_status service_model_read(const service_call *call, db_workspace *workspace, pb_arena *arena,
                             service_model_seen **ret_entities, size_t *ret_count, pb_error *err)
{
    const model_schema *schema = db_workspace_schema(workspace);
    service_model_seen *seen = pb_arena_array(arena, schema->entity_count, sizeof *seen);
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
    pb_status status = see(policy, call->who, schema, arena, seen, &count, err);
    identity_policy_release(policy);
    PB_TRY(status);
    *ret_entities = seen;
    *ret_count = count;
    return PB_OK;
}
