/* What a role holds, told for lists: its own grants and what is left of them. */
#include "internal.h"

/* The operations of `own` that all roles above hold, too, and pass on. */
static uint32_t left_of(const identity_policy *policy, const policy_role *role,
                        const model_entity *entity, uint32_t own, const policy_role **ret_cutter)
{
    uint32_t left = role->void_ ? 0 : own;
    *ret_cutter = NULL;
    for (const policy_role *at = role->parent; at != NULL && !role->void_; at = at->parent) {
        const policy_part *part = policy_part_of(policy, at, entity);
        uint32_t passed = part->operations & ~part->kept;
        if ((left & ~passed) != 0 && *ret_cutter == NULL)
            *ret_cutter = at;
        left &= passed;
    }
    return left;
}

pb_status identity_holdings(const identity_policy *policy, int64_t number,
                            const model_entity *entity, pb_arena *arena,
                            identity_holding **ret_holdings, size_t *ret_count, pb_error *err)
{
    const policy_role *role = policy_find(policy, number);
    size_t count = role == NULL ? 0 : policy_part_of(policy, role, entity)->count;
    identity_holding *holdings = pb_arena_array(arena, count + 1, sizeof *holdings);
    if (holdings == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const policy_use *use = &policy_part_of(policy, role, entity)->uses[i];
        const policy_role *cutter;
        uint32_t left = left_of(policy, role, entity, use->operations, &cutter);
        holdings[i] = (identity_holding){use->grant, left, use->operations & ~left, PB_STR_NONE};
        if (cutter != NULL)
            holdings[i].cut_by = cutter->row->role.label;
    }
    *ret_holdings = holdings;
    *ret_count = count;
    return PB_OK;
}

/* The best of a role's own grants, whatever the record. */
static uint8_t most_of(const policy_part *part, identity_operation operation,
                       const model_field *field)
{
    uint8_t most = IDENTITY_HIDDEN;
    for (size_t i = 0; i < part->count; i++)
        if (policy_has(part->uses[i].operations, operation) &&
            part->uses[i].rights[field->index] > most)
            most = part->uses[i].rights[field->index];
    return most;
}

identity_right identity_right_most(const identity_policy *policy, int64_t number,
                                   identity_operation operation, const model_field *field)
{
    const policy_role *role = policy_find(policy, number);
    if (role == NULL || role->void_)
        return IDENTITY_HIDDEN;
    uint8_t most = most_of(policy_part_of(policy, role, field->entity), operation, field);
    for (const policy_role *at = role->parent; at != NULL; at = at->parent) {
        const policy_part *part = policy_part_of(policy, at, field->entity);
        uint8_t here = most_of(part, operation, field);
        uint8_t passed = policy_passed(part, operation, field);
        here = here < passed ? here : passed;
        most = most < here ? most : here;
    }
    return (identity_right)most;
}

identity_right identity_right_best(const identity_policy *policy, int64_t number,
                                   const model_field *field)
{
    identity_right best = IDENTITY_HIDDEN;
    for (int i = 0; i < IDENTITY_OP_AUDIT; i++) {
        identity_operation operation = (identity_operation)i;
        bool writes = identity_operation_writes(operation);
        identity_right right = identity_right_most(policy, number, operation, field);
        if (!writes && right == IDENTITY_WRITE)
            right = IDENTITY_READ;
        if ((!writes || right == IDENTITY_WRITE) && right > best)
            best = right;
    }
    return best;
}
