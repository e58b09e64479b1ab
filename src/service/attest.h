/* What the files on access reviews share. */
#ifndef SERVICE_ATTEST_PRIVATE_H
#define SERVICE_ATTEST_PRIVATE_H

#include "service/attest.h"

#include "identity/policy.h"

/** Fills in when each item's role was used last, and when its holder did anything (attest_used.c).
 */
pb_status service_attest_used(db_session *session, const identity_policy *policy, int64_t now_us,
                              identity_review_item *items, size_t count, pb_error *err);

#endif
