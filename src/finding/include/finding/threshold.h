/* What a workspace lets pass of a control, where it is not what ships with it.
 *
 * Every change is a row of its own that stays, with who said it and why, and an event of the
 * ledger. A threshold holds from the next audit on. Threads: as the session.
 */
#ifndef FINDING_THRESHOLD_H
#define FINDING_THRESHOLD_H

#include "finding/finding.h"

/** Of a reason, in bytes; of a count that may fail. */
enum { FINDING_THRESHOLD_REASON = 1000, FINDING_THRESHOLD_COUNT = 1000000000 };

typedef struct finding_threshold {
    pb_str control; /* its id, or the one that several share */
    bool shipped;   /* back to what ships with it */
    bool share; /* of what was looked at, 0…1 in steps of a millionth; else a number of records */
    double limit; /* up to which it passes; of no meaning where `shipped` */
    pb_str reason, by;
    int64_t at_us;
} finding_threshold;

/** Keeps one as said now by `call`; `before` is what held until then. Inside db_write. */
pb_status finding_threshold_put(db_session *session, const finding_call *call,
                                const finding_threshold *threshold, double before, pb_error *err);
/** What holds now, of each control that has one; not those that are back to what ships. O(changes).
 */
pb_status finding_thresholds(db_session *session, pb_arena *arena, finding_threshold **ret,
                             size_t *ret_count, pb_error *err);
/** All that was ever said of one, newest first. */
pb_status finding_threshold_history(db_session *session, pb_str control, pb_arena *arena,
                                    finding_threshold **ret, size_t *ret_count, pb_error *err);

#endif
