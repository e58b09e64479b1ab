/* Private to policy: roles as they are compiled. */
#ifndef IDENTITY_POLICY_INTERNAL_H
#define IDENTITY_POLICY_INTERNAL_H

#include "identity/policy.h"

#include <stdatomic.h>

#include "model/expr.h"

/* Words, in the order of their numbers, ended by NULL. */
extern const char *const policy_rights[];
extern const char *const policy_scopes[]; /* the bit 1 << position */
const char *const *policy_operations(void);

enum {
    POLICY_ROLES_MOST = 1000, /* in force at a time */
    POLICY_GRANTS_MOST = 500, /* of a role; and what it keeps */
    POLICY_CHAIN_MOST = 32,   /* roles that one inherits from, one above the other */
    POLICY_FIELDS_MOST = 1024,
    POLICY_ROLE_BYTES = 1 << 20
};

/* A grant as it reaches one entity. */
typedef struct policy_use {
    const identity_grant *grant;
    uint32_t operations;
    unsigned scopes;
    const model_expr *when; /* NULL: none */
    const uint8_t *rights;  /* by field; NULL for the workspace */
} policy_use;

/* What a role holds of one entity, or of the workspace. */
typedef struct policy_part {
    policy_use *uses;
    size_t count;
    uint32_t operations; /* of any of them */
    uint32_t kept;       /* not passed on at all */
    /* By operation: the most that is passed on of each field; NULL: all. */
    const uint8_t **passes;
} policy_part;

typedef struct policy_role {
    const identity_role_row *row;
    const struct policy_role *parent;
    const char *duty; /* a word of the model, or NULL */
    bool void_;       /* its parent is not there, or the chain has no end: holds nothing */
    bool second_factor;
    policy_part *parts; /* by entity; the workspace last */
} policy_role;

/* Where the record is found by which others it belongs to: an entity's own link, else those of
 * other records it links to, the first that says something. */
typedef struct policy_path {
    const model_field *own; /* NULL: none */
    const model_field *via[8];
    const model_field *there[8]; /* the link of the target */
    size_t count;
    bool self; /* the record itself is it */
} policy_path;

struct identity_policy {
    _Atomic int references;
    pb_arena *arena;
    const model_schema *schema;
    identity_role_row *rows; /* by name */
    size_t count;
    policy_role *roles;
    const policy_role **by_number;   /* the same, ascending */
    policy_path *owners, *customers; /* by entity */
    bool purpose;                    /* see identity_policy_purpose; of the present moment */
};

/* The paths to a record's owner and customer. */
void policy_owner_path(const model_entity *entity, policy_path *ret_path);
void policy_customer_path(const model_entity *entity, policy_path *ret_path);

/* The role of a number, or NULL. */
const policy_role *policy_find(const identity_policy *policy, int64_t number);
/* Whether the actor's limits (an auditor's entities, reading only) let it through at all. */
bool policy_within(const identity_actor *actor, identity_operation operation,
                   const model_entity *entity);
/* The least right with which a field is shown unmasked, or may be written. */
identity_right policy_needed(identity_operation operation);

static inline bool policy_has(uint32_t operations, identity_operation operation)
{
    return (operations >> operation & 1) != 0;
}

static inline const policy_part *policy_part_of(const identity_policy *policy,
                                                const policy_role *role, const model_entity *entity)
{
    return &role->parts[entity == NULL ? policy->schema->entity_count : entity->index];
}

/* What `role` passes on of a field: IDENTITY_WRITE is all. */
static inline uint8_t policy_passed(const policy_part *part, identity_operation operation,
                                    const model_field *field)
{
    if (policy_has(part->kept, operation))
        return IDENTITY_HIDDEN;
    if (field == NULL || part->passes == NULL || part->passes[operation] == NULL)
        return IDENTITY_WRITE;
    return part->passes[operation][field->index];
}

#endif
