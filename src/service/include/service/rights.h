/* Who may what, for those who administer or examine rights; and roles said anew, with what that
 * changes told before.
 *
 * Asking is for who is allowed `users`, `roles` or `ledger` (identity/role.h), defining for who is
 * allowed `roles` and proved lately who it is. Nobody changes a role that she holds or that one she
 * holds inherits from. Refusals are events, and so is asking who may see a record. Threads: any.
 */
#ifndef SERVICE_RIGHTS_H
#define SERVICE_RIGHTS_H

#include "identity/policy.h"
#include "service/service.h"

/** The policy of a moment (IDENTITY_OPEN: now). Owner: the caller, identity_policy_release. */
pb_status service_policy(const service_call *call, db_workspace *workspace, int64_t at_us,
                         identity_policy **ret_policy, pb_error *err);
/** Whether `call` may ask who may what: PB_DENIED. */
pb_status service_may_ask_rights(const service_call *call, db_workspace *workspace, pb_error *err);

/** One right of one role, before and after. */
typedef struct service_right_change {
    pb_str role;
    const model_entity *entity; /* NULL: the workspace as a whole */
    const model_field *field;   /* NULL: it is about an operation */
    identity_operation operation;
    pb_str before,
        after; /* of a field: hidden, masked, read, write; of an operation: which records,
                  such as `own team (stage <> 'Won')`, and empty where it is not held */
} service_right_change;

/** What a role as it is to be holds in one entity by one of its grants, and what is cut of it. */
typedef struct service_role_holding {
    const model_entity *entity; /* NULL: the workspace as a whole */
    identity_holding holding;   /* its grant is one of the plan's role */
} service_role_holding;
/** A field of which a role's own grants would show more than those it inherits from pass on. */
typedef struct service_field_cut {
    const model_field *field;
    identity_right granted, left;
} service_field_cut;

/** What comes of a role as it is to be: of its own rights and of those below it. */
typedef struct service_role_plan {
    identity_role role;
    bool fresh; /* there is none of that name */
    const service_role_holding *holdings;
    size_t holding_count;
    const service_field_cut *cuts;
    size_t cut_count;
    const service_right_change *changes;
    size_t change_count;
    const pb_str *holders; /* sign-in names of whoever holds a role of which something changes */
    size_t holder_count;
} service_role_plan;
/** Defines the role that a source says, or (`dry_run`) only tells what would come of it. `name`:
 * what the role must be called; PB_INVALID when it is another. All of the plan lives in `arena` or
 * as long as the workspace. */
pb_status service_role_define(const service_call *call, db_workspace *workspace, pb_str name,
                              const model_source *source, pb_str why, bool dry_run, pb_arena *arena,
                              service_role_plan *ret_plan, pb_error *err);
/** Ends a role; see identity_role_end. */
pb_status service_role_drop(const service_call *call, db_workspace *workspace, pb_str name,
                            pb_str why, pb_error *err);

/** What somebody may: bits 1 << identity_operation, by place of the entity in the schema; the last
 * one beyond them is of the workspace. Whether of which records and fields is decided one by one.
 */
typedef struct service_may_row {
    identity_user user;
    const pb_str *roles;
    size_t role_count;
    const uint32_t *operations;
} service_may_row;
typedef struct service_matrix {
    const model_schema *schema;
    service_may_row *rows; /* by name */
    size_t count;
    int64_t at_us;
} service_matrix;
/** Who may do what at a moment (IDENTITY_OPEN: now); whoever needs a second factor is taken to have
 * proved one. Lives in `arena`. Some 0.1 µs for each user, entity and operation. */
pb_status service_access_matrix(const service_call *call, db_workspace *workspace, int64_t at_us,
                                pb_arena *arena, service_matrix *ret_matrix, pb_error *err);

#endif
