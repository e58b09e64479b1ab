/* Private to policy: roles as they are stored. */
#ifndef IDENTITY_POLICY_STORE_H
#define IDENTITY_POLICY_STORE_H

#include "internal.h"

/* The roles in force, by name. */
pb_status store_list(db_session *session, int64_t at_us, pb_arena *arena,
                     identity_role_row **ret_roles, size_t *ret_count, pb_error *err);
/* A number that grows by two with every change of a role; odd where purposes are needed. */
pb_status store_stamp(db_session *session, int64_t *ret_stamp, pb_error *err);

#endif
