/* Requests of programs that may be sent again because their answer was lost: what was answered.
 *
 * Kept in the transaction of the work, so that both are there or neither is. Inside db_write.
 * Threads: as the session.
 */
#ifndef RECORD_REQUEST_H
#define RECORD_REQUEST_H

#include "db/workspace.h"

/** The answer to the request with this key, in `arena`; absent: there was none. `*ret_same`: it was
 * the very request; of requests only a hash is kept. */
pb_status record_request_find(db_session *session, pb_str key, pb_str request, pb_arena *arena,
                              pb_str *ret_answer, bool *ret_same, pb_error *err);
/** Keeps an answer, and forgets all that were kept before `forget_us`. */
pb_status record_request_keep(db_session *session, pb_str key, pb_str request, int64_t now_us,
                              int64_t forget_us, pb_str answer, pb_error *err);

#endif
