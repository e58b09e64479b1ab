/* One decision.
 *
 *   right of a role to a field of a record = least of: best of its own grants that reach the
 * record, and, for each role above it, the best of that one's grants, as far as it is passed on
 *   right of an actor = best of the roles held
 */
#include "internal.h"

#include <string.h>

#include "sys/clock.h"

typedef struct asking {
    const identity_policy *policy;
    const identity_actor *actor;
    identity_operation operation;
    const model_entity *entity;
    const identity_record *record;
    unsigned scopes; /* that the record lies in */
    model_days days;
} asking;

/* What came of one role. */
typedef struct verdict {
    uint8_t right;
    bool records;              /* its own grants do not reach the record */
    const identity_grant *own; /* the best of its grants */
    const policy_role *cutter; /* the role above that left less; NULL: none */
} verdict;

identity_right policy_needed(identity_operation operation)
{
    return identity_operation_writes(operation) ? IDENTITY_WRITE : IDENTITY_READ;
}

static bool in_scope(const identity_scope *scope, const model_entity *entity)
{
    for (size_t i = 0; i < scope->entity_count; i++)
        if (pb_str_eq(scope->entities[i], entity->name))
            return true;
    return false;
}

bool policy_within(const identity_actor *actor, identity_operation operation,
                   const model_entity *entity)
{
    if (actor->read_only && identity_operation_writes(operation))
        return false;
    return !actor->scope.limited || entity == NULL || in_scope(&actor->scope, entity);
}

static bool same(const pb_uuid *a, const pb_uuid *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

static bool is_nobody(const pb_uuid *id)
{
    static const pb_uuid nobody;
    return same(id, &nobody);
}

/* The actor's lists are in order. */
static bool is_among(const pb_uuid *list, size_t count, const pb_uuid *id)
{
    size_t from = 0, to = count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = memcmp(list[middle].b, id->b, sizeof id->b);
        if (order == 0)
            return true;
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return false;
}

/* Without a record: the scopes in which there can be one. */
static unsigned possible_scopes(const identity_actor *actor)
{
    return IDENTITY_SCOPE_ALL | (is_nobody(&actor->staff) ? 0U : IDENTITY_SCOPE_OWN) |
           (actor->team_count > 0 ? IDENTITY_SCOPE_TEAM : 0U) |
           (actor->below_count > 0 ? IDENTITY_SCOPE_BELOW : 0U) |
           (is_nobody(&actor->portal) ? 0U : IDENTITY_SCOPE_PORTAL);
}

static unsigned scopes_of(const identity_actor *actor, const identity_record *record)
{
    unsigned scopes = IDENTITY_SCOPE_ALL;
    if (record == NULL)
        return possible_scopes(actor);
    if (!is_nobody(&record->owner)) {
        scopes |= same(&record->owner, &actor->staff) ? IDENTITY_SCOPE_OWN : 0U;
        scopes |=
            is_among(actor->team, actor->team_count, &record->owner) ? IDENTITY_SCOPE_TEAM : 0U;
        scopes |=
            is_among(actor->below, actor->below_count, &record->owner) ? IDENTITY_SCOPE_BELOW : 0U;
    }
    if (!is_nobody(&record->customer) && same(&record->customer, &actor->portal))
        scopes |= IDENTITY_SCOPE_PORTAL;
    return scopes;
}

static model_days days_at(int64_t us)
{
    return (model_days){sys_day_of(us), sys_zone()};
}

static bool applies(const asking *q, const policy_use *use)
{
    if (!policy_has(use->operations, q->operation) || (use->scopes & q->scopes) == 0)
        return false;
    return use->when == NULL || q->record == NULL ||
           model_expr_eval(use->when, q->record->values, q->days) == MODEL_TRUE;
}

/* The best that a role's own grants give; `*ret_grant` NULL: none of them reaches the record. */
static uint8_t best_of(const asking *q, const policy_part *part, const model_field *field,
                       const identity_grant **ret_grant)
{
    uint8_t best = IDENTITY_HIDDEN;
    *ret_grant = NULL;
    if (!policy_has(part->operations, q->operation))
        return best;
    for (size_t i = 0; i < part->count; i++) {
        const policy_use *use = &part->uses[i];
        uint8_t right =
            field == NULL || use->rights == NULL ? IDENTITY_WRITE : use->rights[field->index];
        bool better = *ret_grant == NULL || right > best;
        if (!better || !applies(q, use)) /* a condition takes longest */
            continue;
        best = right;
        *ret_grant = use->grant;
        if (best == IDENTITY_WRITE)
            break;
    }
    return best;
}

static verdict judge(const asking *q, const policy_role *role, const model_field *field)
{
    verdict v = {0};
    v.right = best_of(q, policy_part_of(q->policy, role, q->entity), field, &v.own);
    v.records = v.own == NULL;
    for (const policy_role *at = role->parent; at != NULL && v.right > 0; at = at->parent) {
        const policy_part *part = policy_part_of(q->policy, at, q->entity);
        const identity_grant *grant;
        uint8_t right = best_of(q, part, field, &grant);
        uint8_t passed = policy_passed(part, q->operation, field);
        right = right < passed ? right : passed;
        if (right >= v.right)
            continue;
        v.right = right;
        v.cutter = at;
    }
    return v;
}

/* ---- the rule in words ---- */

static identity_decision say(identity_outcome outcome, const char *says, const policy_role *role,
                             const verdict *v)
{
    identity_decision decision = {.outcome = outcome, .says = says};
    if (role != NULL)
        decision.role = role->row->role.label;
    if (v != NULL && v->own != NULL) {
        decision.grant = v->own->name;
        decision.scopes = v->own->scopes;
    }
    if (v != NULL && v->cutter != NULL)
        decision.parent = v->cutter->row->role.label;
    return decision;
}

static identity_decision granted(identity_outcome outcome, const policy_role *role,
                                 const verdict *v)
{
    if (outcome == IDENTITY_ALLOW)
        return say(outcome, PB_MSG("The role {role} grants it by “{grant}”."), role, v);
    if (v->cutter != NULL)
        return say(outcome,
                   PB_MSG("The role {role} shows it masked: {parent}, from which it inherits, "
                          "passes on no more."),
                   role, v);
    return say(outcome, PB_MSG("The role {role} shows it masked by “{grant}”."), role, v);
}

/* How near a refusal came to a grant: the nearest is told. */
enum { NEAR_NOTHING, NEAR_VOID, NEAR_FACTOR, NEAR_RECORDS, NEAR_CUT, NEAR_FIELD };

static int nearness(const policy_role *role, const verdict *v)
{
    if (role->void_)
        return NEAR_VOID;
    if (v == NULL)
        return NEAR_FACTOR;
    return v->records ? NEAR_RECORDS : v->cutter != NULL ? NEAR_CUT : NEAR_FIELD;
}

static identity_decision refused(int near, const policy_role *role, const verdict *v)
{
    switch (near) {
    case NEAR_VOID:
        return say(IDENTITY_DENY,
                   PB_MSG("The role {role} holds nothing: what it inherits from is gone."), role,
                   NULL);
    case NEAR_FACTOR:
        return say(IDENTITY_DENY, PB_MSG("The role {role} needs a second factor."), role, NULL);
    case NEAR_RECORDS:
        return say(IDENTITY_DENY, PB_MSG("The role {role} grants it for other records only."), role,
                   NULL);
    case NEAR_CUT:
        return say(IDENTITY_DENY,
                   PB_MSG("The role {role} inherits from {parent}, which does not hold it here or "
                          "does not pass it on."),
                   role, v);
    default:
        return say(IDENTITY_DENY, PB_MSG("The role {role} keeps the field back by “{grant}”."),
                   role, v);
    }
}

/* ---- deciding ---- */

static identity_outcome outcome_of(identity_operation operation, uint8_t right)
{
    if (right >= policy_needed(operation))
        return IDENTITY_ALLOW;
    return right >= IDENTITY_MASKED && !identity_operation_writes(operation) ? IDENTITY_MASK
                                                                             : IDENTITY_DENY;
}

static identity_decision by_limits(const identity_actor *actor, identity_operation operation)
{
    if (actor->read_only && identity_operation_writes(operation))
        return say(IDENTITY_DENY, PB_MSG("Who acts here may only read."), NULL, NULL);
    return say(IDENTITY_DENY, PB_MSG("It lies outside of what the access was given for."), NULL,
               NULL);
}

identity_decision identity_decide(const identity_policy *policy, const identity_actor *actor,
                                  identity_operation operation, const model_entity *entity,
                                  const identity_record *record, const model_field *field)
{
    if (!policy_within(actor, operation, entity))
        return by_limits(actor, operation);
    if (actor->holder)
        return say(IDENTITY_ALLOW, PB_MSG("Who holds the workspace's key may everything."), NULL,
                   NULL);
    const asking q = {
        policy, actor, operation, entity, record, scopes_of(actor, record), days_at(actor->at_us)};
    identity_decision best =
        say(IDENTITY_DENY, PB_MSG("No role that is held grants it."), NULL, NULL);
    int near = NEAR_NOTHING;
    for (size_t i = 0; i < actor->role_count; i++) {
        const policy_role *role = policy_find(policy, actor->roles[i]);
        if (role == NULL ||
            !policy_has(policy_part_of(policy, role, entity)->operations, operation))
            continue;
        bool asleep = role->void_ || (role->second_factor && !actor->second_factor);
        const verdict v = asleep ? (verdict){0} : judge(&q, role, field);
        identity_outcome outcome = asleep ? IDENTITY_DENY : outcome_of(operation, v.right);
        if (outcome == IDENTITY_ALLOW)
            return granted(outcome, role, &v);
        if (outcome > best.outcome)
            best = granted(outcome, role, &v);
        int how_near = nearness(role, asleep ? NULL : &v);
        if (best.outcome != IDENTITY_DENY || how_near <= near)
            continue;
        near = how_near;
        best = refused(near, role, asleep ? NULL : &v);
    }
    return best;
}

/* ---- all fields at once ---- */

static void raise(uint8_t *rights, const uint8_t *by, size_t count)
{
    for (size_t i = 0; i < count; i++)
        rights[i] = rights[i] < by[i] ? by[i] : rights[i];
}

static void cut(uint8_t *rights, const uint8_t *by, size_t count)
{
    for (size_t i = 0; i < count; i++)
        rights[i] = rights[i] > by[i] ? by[i] : rights[i];
}

static bool gather(const asking *q, const policy_part *part, uint8_t *rights)
{
    bool any = false;
    memset(rights, IDENTITY_HIDDEN, q->entity->field_count);
    for (size_t i = 0; i < part->count; i++) {
        if (!applies(q, &part->uses[i]))
            continue;
        any = true;
        raise(rights, part->uses[i].rights, q->entity->field_count);
    }
    return any;
}

/* The rights of one role; false: none, the record is not its own to see. */
static bool rights_of_role(const asking *q, const policy_role *role, uint8_t *rights)
{
    uint8_t above[POLICY_FIELDS_MOST];
    size_t count = q->entity->field_count;
    if (!gather(q, policy_part_of(q->policy, role, q->entity), rights))
        return false;
    for (const policy_role *at = role->parent; at != NULL; at = at->parent) {
        const policy_part *part = policy_part_of(q->policy, at, q->entity);
        if (policy_has(part->kept, q->operation) || !gather(q, part, above))
            return false;
        cut(rights, above, count);
        if (part->passes != NULL && part->passes[q->operation] != NULL)
            cut(rights, part->passes[q->operation], count);
    }
    return true;
}

bool identity_rights_to(const identity_policy *policy, const identity_actor *actor,
                        identity_operation operation, const model_entity *entity,
                        const identity_record *record, uint8_t *ret_rights)
{
    uint8_t rights[POLICY_FIELDS_MOST];
    bool any = false;
    memset(ret_rights, IDENTITY_HIDDEN, entity->field_count);
    if (!policy_within(actor, operation, entity) || entity->field_count > POLICY_FIELDS_MOST)
        return false;
    if (actor->holder) {
        memset(ret_rights, IDENTITY_WRITE, entity->field_count);
        return true;
    }
    const asking q = {
        policy, actor, operation, entity, record, scopes_of(actor, record), days_at(actor->at_us)};
    for (size_t i = 0; i < actor->role_count; i++) {
        const policy_role *role = policy_find(policy, actor->roles[i]);
        if (role == NULL || role->void_ || (role->second_factor && !actor->second_factor) ||
            !policy_has(policy_part_of(policy, role, entity)->operations, operation) ||
            !rights_of_role(&q, role, rights))
            continue;
        any = true;
        raise(ret_rights, rights, entity->field_count);
    }
    return any;
}

/* ---- refusing ---- */

pb_status identity_refuse(const identity_decision *decision, identity_operation operation,
                          const model_entity *entity, const model_field *field, pb_error *err)
{
    const char *word = identity_operation_label(operation);
    if (entity == NULL)
        pb_fail(err, PB_DENIED, PB_MSG("You may not do this: {operation}."), PB_WORD("operation"),
                word, NULL);
    else if (field == NULL)
        pb_fail(err, PB_DENIED,
                PB_MSG("You may not do this to the record of {entity}: {operation}."), "entity",
                PB_ARG(entity->label), PB_WORD("operation"), word, NULL);
    else
        pb_fail(err, PB_DENIED,
                PB_MSG("You may not do this to {field} of the record of {entity}: {operation}."),
                "field", PB_ARG(field->label), "entity", PB_ARG(entity->label),
                PB_WORD("operation"), word, NULL);
    pb_error_detail(err, decision->says, PB_WORD("role"), PB_ARG(decision->role), "grant",
                    PB_ARG(decision->grant), PB_WORD("parent"), PB_ARG(decision->parent), NULL);
    pb_error_hint(err, PB_MSG("Ask an administrator for the right, naming this rule."), NULL);
    return PB_DENIED;
}
