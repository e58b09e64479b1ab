/* What anybody may: one decision, and the same as SQL.
 *
 * A policy is all roles of a moment, compiled for the entities of a schema. identity_decide answers
 * for one record; identity_predicate gives the condition that holds for exactly the records for
 * which it would not say no, for any SELECT on either engine. A property test holds the two equal.
 * Several roles add up; whoever holds the workspace's key may everything.
 * Threads: a policy is immutable, any thread may use it. Cost: see src/identity/README.md.
 */
#ifndef IDENTITY_POLICY_H
#define IDENTITY_POLICY_H

#include "identity/role.h"

typedef struct identity_policy identity_policy;

/** Compiles roles, as listed; the schema must outlive it. What a role says of entities and fields
 * that the schema has not counts for nothing; a grant whose condition cannot be understood any more
 * gives nothing. Owner: the caller, identity_policy_release. */
pb_status identity_policy_compile(const model_schema *schema, const identity_role_row *roles,
                                  size_t count, identity_policy **ret_policy, pb_error *err);
/** The policy as it is in what `session` sees: kept by the workspace until a role changes, by
 * whatever process; costs one read of one row. To be released before the workspace is closed. */
pb_status identity_policy_now(db_session *session, identity_policy **ret_policy, pb_error *err);
/** Whether who reads personal data must say what for, as identity_policy_now found it. */
bool identity_policy_purpose(const identity_policy *policy);
/** Says whether they must. Inside db_write. */
pb_status identity_purpose_set(db_session *session, bool required, pb_error *err);
/** Makes the policy where a transaction had to make it for itself: what it sees may be undone, so
 * it keeps nothing, and the next would make it again. For who has a snapshot on the way to a
 * transaction; costs nothing otherwise. */
pb_status identity_policy_prepare(db_session *session, pb_error *err);
/** The policy of a moment. */
pb_status identity_policy_at(db_session *session, int64_t at_us, identity_policy **ret_policy,
                             pb_error *err);
/** Takes NULL, returns NULL. */
identity_policy *identity_policy_release(identity_policy *policy);
const model_schema *identity_policy_schema(const identity_policy *policy);
/** The roles it was made of; live as long as it. */
const identity_role_row *identity_policy_roles(const identity_policy *policy, size_t *ret_count);

/** A record about which is decided: what the caller has read of it. */
typedef struct identity_record {
    const model_entity *entity;
    pb_uuid id;
    const pb_value *values; /* in the order of entity->fields */
    pb_uuid owner;          /* staff; zeros: nobody */
    pb_uuid customer;       /* contact; zeros: nobody's */
} identity_record;

/** Finds whose a record is: by its own link (role `owner`, role `contact`), else through the record
 * it belongs to (an order line is whose its order is), which costs a read. `values` must outlive
 * it. */
pb_status identity_record_of(db_session *session, const model_entity *entity, pb_uuid id,
                             const pb_value *values, identity_record *ret_record, pb_error *err);

/** Says what a link of another record leads to; leaves `*ret_id` alone when it is empty. */
typedef pb_status (*identity_link_read)(void *context, const model_field *link, pb_uuid record,
                                        pb_uuid *ret_id, pb_error *err);
/** As identity_record_of, with links of other records as `read` says them: for a moment that is
 * past. */
pb_status identity_record_by(const model_entity *entity, pb_uuid id, const pb_value *values,
                             identity_link_read read, void *context, identity_record *ret_record,
                             pb_error *err);

typedef enum identity_outcome { IDENTITY_DENY, IDENTITY_MASK, IDENTITY_ALLOW } identity_outcome;

typedef struct identity_decision {
    identity_outcome outcome;
    const char *says;           /* message id: the rule, with places {role} {grant} {parent} */
    pb_str role, grant, parent; /* labels and names; absent where `says` does not name them; live
                                   as long as the policy */
    unsigned scopes; /* of which records the grant speaks, IDENTITY_SCOPE_…; 0: no grant
                        is named */
} identity_decision;

/** Decides. `record` NULL: whether there may be a record at all for which the answer would be this;
 * `field` NULL: about the record as a whole. `entity` NULL: about an operation on the workspace.
 * Who changes the owner of a record must be allowed before and after. Nothing is allocated. */
identity_decision identity_decide(const identity_policy *policy, const identity_actor *actor,
                                  identity_operation operation, const model_entity *entity,
                                  const identity_record *record, const model_field *field);
/** The rights to all fields of a record for one operation at once: `ret_rights` has room for
 * entity->field_count. False (and all hidden) when the record itself is denied. */
bool identity_rights_to(const identity_policy *policy, const identity_actor *actor,
                        identity_operation operation, const model_entity *entity,
                        const identity_record *record, uint8_t *ret_rights);
/** A denial as an error PB_DENIED that names operation, entity, field and the rule; whoever renders
 * it says all of them, roles too, in the reader's language. */
pb_status identity_refuse(const identity_decision *decision, identity_operation operation,
                          const model_entity *entity, const model_field *field, pb_error *err);

/** A condition for a WHERE, and the values of its places, each a `?` in their order (as
 * record_list_access takes them). Where it is NULL it does not hold: to be joined by AND and OR,
 * not to be negated. */
typedef struct identity_condition {
    pb_str sql;   /* one operand */
    bool all;     /* it holds for every record: `1 = 1` */
    bool nothing; /* for none: `1 = 0` */
    const pb_value *values;
    size_t count;
    /* A test of one column of the table that each of the records passes, so that an index may be
     * asked for them; column absent: there is none. */
    struct {
        pb_str column, sql;
        const pb_value *values;
        size_t count;
    } among;
} identity_condition;

/** The records of an entity for which identity_decide would not deny `operation`; with a field,
 * those of which it would show the field unmasked (for an operation that writes: let it be
 * written). `alias` is that of the entity's table or view in the statement. Filtering by a field:
 * AND with the field's condition; sorting by one: CASE WHEN condition THEN field END: so nothing
 * hidden shows through order or counts. Whatever the number of colleagues, the text and the number
 * of places stay the same. Memory: `arena`; values are the actor's and the policy's. */
pb_status identity_predicate(const identity_policy *policy, const identity_actor *actor,
                             identity_operation operation, const model_entity *entity,
                             const model_field *field, const char *alias, pb_arena *arena,
                             identity_condition *ret_condition, pb_error *err);

/** Whether a list may be filtered, sorted or searched by a field. */
typedef enum identity_use {
    IDENTITY_USE_NEVER, /* it shows on no record */
    IDENTITY_USE_WHERE, /* on some: only with the field's condition */
    IDENTITY_USE_ALWAYS /* on all records that the list shows */
} identity_use;
pb_status identity_field_use(const identity_policy *policy, const identity_actor *actor,
                             identity_operation operation, const model_entity *entity,
                             const model_field *field, identity_use *ret_use, pb_error *err);

/** What a role holds in one entity: for lists of rights. */
typedef struct identity_holding {
    const identity_grant *grant; /* its own */
    uint32_t operations;         /* of it, those that are left by all it inherits from */
    uint32_t cut;                /* and those that are not */
    pb_str cut_by;               /* label of the role that does not hold or pass them on */
} identity_holding;
/** The grants of role `number` that reach `entity` (NULL: the workspace), with what is left of
 * them; what is left of fields and records is decided record by record. In `arena`. */
pb_status identity_holdings(const identity_policy *policy, int64_t number,
                            const model_entity *entity, pb_arena *arena,
                            identity_holding **ret_holdings, size_t *ret_count, pb_error *err);
/** The most that role `number` may show of a field for an operation, on any record. */
identity_right identity_right_most(const identity_policy *policy, int64_t number,
                                   identity_operation operation, const model_field *field);
/** The most it may of a field by any operation: see it, or (IDENTITY_WRITE) change it. */
identity_right identity_right_best(const identity_policy *policy, int64_t number,
                                   const model_field *field);

#endif
