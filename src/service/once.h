/* Requests that may come twice: what was answered to the first. Inside db_write. */
#ifndef SERVICE_ONCE_H
#define SERVICE_ONCE_H

#include "service/records.h"

/** The answer given before to this very request, in `arena`; absent: it is new. PB_INVALID: the key
 * was used with another request. */
pb_status service_once_look(db_session *session, const service_call *call, const service_once *once,
                            pb_arena *arena, pb_str *ret_answer, pb_error *err);
/** Keeps the answer, and forgets those that are older than a day. */
pb_status service_once_keep(db_session *session, const service_call *call, const service_once *once,
                            const service_written *written, pb_error *err);

#endif
