/* Sessions that were found, kept while nothing but the log is committed. */
#ifndef IDENTITY_SIGNIN_SESSION_KEPT_H
#define IDENTITY_SIGNIN_SESSION_KEPT_H

#include "identity/session.h"
#include "signin/internal.h"

/** A session as it was found, and until when it is good if nobody uses it. */
typedef struct session_found {
    uint8_t hash[IDENTITY_HASH]; /* of its token */
    identity_caller caller;      /* without scopes */
    int64_t idle_us;             /* ends so long after it was seen */
} session_found;

/** Looks for the session of that token among those that are kept; false: it must be read. What has
 * ended by the clock is not found. O(1). */
bool session_kept_find(db_session *session, const uint8_t hash[IDENTITY_HASH], int64_t now_us,
                       identity_caller *ret_caller);
/** Keeps one that was read in this snapshot, if it may be kept; another's place is taken. */
void session_kept_add(db_session *session, const session_found *found);

#endif
