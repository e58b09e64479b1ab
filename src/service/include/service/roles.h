/* Roles and who may what, as the faces ask for them. */
#ifndef SERVICE_ROLES_H
#define SERVICE_ROLES_H

#include "identity/policy.h"
#include "service/service.h"

/** Puts the roles that come with the program into the workspace where they never were: before the
 * first user, and before a server listens. Nothing is written when all are there. */
pb_status service_ship_roles(const service_core *service, const service_call *call,
                             db_workspace *workspace, pb_error *err);

/** The policy of a moment (IDENTITY_OPEN: now). A workspace that never had a role gets the roles of
 * the program for its answer (`*ret_shipped`): nobody holds them yet. Owner: the caller,
 * identity_policy_release. */
pb_status service_roles(const service_core *service, db_workspace *workspace, int64_t at_us,
                        identity_policy **ret_policy, bool *ret_shipped, pb_error *err);
/** Defines the role that a file says; its name lives in `arena`. */
pb_status service_role_put(const service_core *service, const service_call *call, pb_str why,
                           db_workspace *workspace, const model_source *source, pb_arena *arena,
                           identity_role *ret_role, pb_error *err);
pb_status service_role_end(const service_core *service, const service_call *call, pb_str why,
                           db_workspace *workspace, pb_str name, pb_error *err);

/** Somebody who may. */
typedef struct service_may {
    identity_user user;
    identity_operation operation; /* by which: the first that allows, of read, list, … */
    identity_decision decision;   /* IDENTITY_ALLOW or IDENTITY_MASK, and the rule */
} service_may;

typedef struct service_who {
    const model_field *field;
    pb_uuid record;
    int64_t at_us;
    service_may *users; /* by name */
    size_t count;
    size_t asked;            /* users there were */
    identity_policy *policy; /* that the rules are of */
} service_who;

/** Everybody who may see (or `change`) a field of a record at a moment (IDENTITY_OPEN: now), by the
 * users, teams and roles of that moment and the record as it was then. Asking is decided as in
 * service/rights.h. Whoever needs a second
 * factor is taken to have proved one. Memory: `arena`; to be let go by service_who_end. */
pb_status service_who_can(const service_call *call, db_workspace *workspace,
                          const model_field *field, pb_str record, int64_t at_us, bool change,
                          pb_arena *arena, service_who *ret_who, pb_error *err);
void service_who_end(service_who *who);

#endif
