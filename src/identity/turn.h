/* That somebody's rights change: told to whoever keeps in memory what follows from them. */
#ifndef IDENTITY_TURN_H
#define IDENTITY_TURN_H

#include "db/workspace.h"

/** Counts identity_turn up. Inside db_write, by whatever changes what anybody is, holds or may. */
pb_status identity_changed(db_session *session, int64_t now_us, pb_error *err);
/** Notes a moment at which something begins or ends that was said beforehand; INT64_MAX: never. */
pb_status identity_expect(db_session *session, int64_t us, pb_error *err);
/** Between which moments (the first included, the second not) nothing changes of itself: around
 * `at_us`. */
pb_status identity_between(db_session *session, int64_t at_us, int64_t *ret_turn, int64_t *ret_from,
                           int64_t *ret_until, pb_error *err);

#endif
