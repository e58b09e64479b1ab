/* Sessions that were found, kept while nothing but the log is committed.
 *
 *   token ──▶ hash ──▶ place ──▶ the whole hash, who it is, when it ends
 *
 * Every request says who asks by the same token, and most requests are reads, whose events are
 * commits that leave the table of sessions as it was. Whatever else is committed, the end of a
 * session too, ends it all (db_session_view). The clock is looked at each time. What belongs to a
 * key is read each time with its key.
 */
#include "session_kept.h"

#include <sodium.h>
#include <stdlib.h>

#include "db/share.h"

enum { PLACES = 128 };

typedef struct kept_sessions {
    uint64_t view; /* what is kept is true of; 0: nothing is kept */
    bool taken[PLACES];
    session_found at[PLACES];
} kept_sessions;

/* NULL: nothing may be kept, or there is no memory for it. */
static kept_sessions *kept_of(db_session *session)
{
    uint64_t view = db_session_view(session);
    void **slot = view == 0 ? NULL : db_session_slot(session, "sign sessions", free);
    if (slot == NULL)
        return NULL;
    if (*slot == NULL)
        *slot = calloc(1, sizeof(kept_sessions));
    kept_sessions *kept = *slot;
    if (kept != NULL && kept->view != view) {
        memset(kept->taken, 0, sizeof kept->taken);
        kept->view = view;
    }
    return kept;
}

bool session_kept_find(db_session *session, const uint8_t hash[IDENTITY_HASH], int64_t now_us,
                       identity_caller *ret_caller)
{
    const kept_sessions *kept = kept_of(session);
    size_t place = hash[0] % PLACES;
    if (kept == NULL || !kept->taken[place])
        return false;
    const session_found *found = &kept->at[place];
    const identity_caller *caller = &found->caller;
    if (sodium_memcmp(found->hash, hash, IDENTITY_HASH) != 0 || caller->until_us <= now_us ||
        caller->seen_us + found->idle_us <= now_us)
        return false;
    *ret_caller = *caller;
    return true;
}

void session_kept_add(db_session *session, const session_found *found)
{
    kept_sessions *kept = kept_of(session);
    size_t place = found->hash[0] % PLACES;
    if (kept == NULL || found->caller.key != 0 || found->caller.scopes.ptr != NULL)
        return;
    kept->at[place] = *found;
    kept->taken[place] = true;
}
