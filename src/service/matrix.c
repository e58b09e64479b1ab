/* Who may do what, for everybody at once. */
#include "service/rights.h"

#include "access.h"

typedef struct making {
    db_session *session;
    const identity_policy *policy;
    pb_arena *arena;
    service_matrix *matrix;
} making;

static pb_status name_roles(const making *m, const identity_actor *actor, service_may_row *row,
                            pb_error *err)
{
    size_t count;
    const identity_role_row *roles = identity_policy_roles(m->policy, &count);
    pb_str *names = pb_arena_array(m->arena, actor->role_count + 1, sizeof *names);
    if (names == NULL)
        return pb_fail_memory(err);
    for (size_t held = 0; held < actor->role_count; held++)
        for (size_t i = 0; i < count; i++) {
            if (roles[i].number != actor->roles[held])
                continue;
            names[row->role_count] = pb_arena_str(m->arena, roles[i].role.name);
            if (names[row->role_count++].ptr == NULL)
                return pb_fail_memory(err);
        }
    row->roles = names;
    return PB_OK;
}

static pb_status make_row(const making *m, service_may_row *row, pb_error *err)
{
    const model_schema *schema = m->matrix->schema;
    identity_actor actor;
    PB_TRY(identity_actor_read(m->session, row->user.id, m->matrix->at_us, m->arena, &actor, err));
    actor.second_factor = true;
    uint32_t *bits = pb_arena_array(m->arena, schema->entity_count + 1, sizeof *bits);
    if (bits == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < schema->entity_count; i++)
        bits[i] = service_operations_of(m->policy, &actor, &schema->entities[i]);
    bits[schema->entity_count] = service_operations_of(m->policy, &actor, NULL);
    row->operations = bits;
    return name_roles(m, &actor, row, err);
}

static pb_status make_rows(const making *m, pb_error *err)
{
    service_matrix *matrix = m->matrix;
    identity_user *users;
    PB_TRY(identity_user_list(m->session, matrix->at_us, m->arena, &users, &matrix->count, err));
    matrix->rows = pb_arena_array(m->arena, matrix->count + 1, sizeof *matrix->rows);
    if (matrix->rows == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < matrix->count; i++) {
        matrix->rows[i].user = users[i];
        PB_TRY(make_row(m, &matrix->rows[i], err));
    }
    return PB_OK;
}

pb_status service_access_matrix(const service_call *call, db_workspace *workspace, int64_t at_us,
                                pb_arena *arena, service_matrix *ret_matrix, pb_error *err)
{
    identity_policy *policy = NULL;
    service_matrix matrix = {.at_us = at_us == IDENTITY_OPEN ? call->now_us : at_us};
    making m = {.arena = arena, .matrix = &matrix};
    PB_TRY(service_policy(call, workspace, at_us, &policy, err));
    m.policy = policy;
    matrix.schema = identity_policy_schema(policy);
    pb_status status = db_snapshot_open_within(workspace, call->limits, &m.session, err);
    if (status == PB_OK) {
        status = make_rows(&m, err);
        db_snapshot_close(m.session);
    }
    identity_policy_release(policy);
    if (status == PB_OK)
        *ret_matrix = matrix;
    return status;
}
