/* Access reviews: who holds which role, when it was used last, and what others say of it.
 *
 * Begun and read by who is allowed `users`; decided by the same or by who stands above the holder
 * in the organisation, who sees the items of those below. Nobody decides about herself.
 * Refusals are events. Threads: any.
 */
#ifndef SERVICE_ATTEST_H
#define SERVICE_ATTEST_H

#include "identity/review.h"
#include "service/service.h"

/** What is to be reviewed. */
typedef struct service_attest_wish {
    int64_t due_us;
    const pb_str *roles; /* by name; none: all */
    size_t role_count;
    pb_str why; /* absent: nothing was said */
} service_attest_wish;
/** How far back the log is looked through for when a role was used last. */
#define SERVICE_ATTEST_BACK_US (INT64_C(400) * 86400 * 1000000)
/** Begins a review of everything that is held now. Passes once over the events of the last 400 days
 * (some two seconds a million). */
pb_status service_attest_start(const service_call *call, db_workspace *workspace,
                               const service_attest_wish *wish, pb_arena *arena,
                               identity_review *ret_review, pb_error *err);
/** All reviews, newest first. */
pb_status service_attest_list(const service_call *call, db_workspace *workspace, pb_arena *arena,
                              identity_review **ret_reviews, size_t *ret_count, pb_error *err);
/** A review with those of its items that who asks may see. PB_NOT_FOUND. */
pb_status service_attest_read(const service_call *call, db_workspace *workspace, int64_t n,
                              pb_arena *arena, identity_review *ret_review,
                              identity_review_item **ret_items, size_t *ret_count, pb_error *err);
/** Confirms an item, or takes the role. An item that may not be seen is PB_NOT_FOUND. */
pb_status service_attest_decide(const service_call *call, db_workspace *workspace, int64_t review,
                                int64_t item, bool revoke, pb_str why, pb_arena *arena,
                                identity_review_item *ret_item, pb_error *err);

#endif
