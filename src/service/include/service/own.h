/* What people keep for themselves: saved views of lists, and how they like their screens.
 *
 * Who acts must be a person (or program) that is signed in: who holds the workspace's key keeps
 * nothing, and who may only read keeps nothing new. A view is checked as the list that it is, with
 * what its owner may see. Threads: any number of calls at once.
 */
#ifndef SERVICE_OWN_H
#define SERVICE_OWN_H

#include "identity/own.h"
#include "service/service.h"

typedef struct service_view_seen {
    identity_view view;
    bool own;
    pb_str owner; /* name to sign in with; absent: not known any more */
} service_view_seen;

/** One's own, and those that others share; of one entity (NULL: of all). In `arena`. */
pb_status service_views(const service_call *call, db_workspace *workspace,
                        const model_entity *entity, pb_arena *arena, service_view_seen **ret_views,
                        size_t *ret_count, pb_error *err);
pb_status service_view_read(const service_call *call, db_workspace *workspace, int64_t n,
                            pb_arena *arena, service_view_seen *ret_view, pb_error *err);
/** Saves a view (`n` 0: a new one); see identity_view_put. `owner` counts for nothing. */
pb_status service_view_put(const service_call *call, db_workspace *workspace, identity_view view,
                           pb_arena *arena, service_view_seen *ret_view, pb_error *err);
pb_status service_view_remove(const service_call *call, db_workspace *workspace, int64_t n,
                              int64_t version, pb_error *err);

/** A text that was kept, absent where none was; and another one. */
pb_status service_likes_read(const service_call *call, db_workspace *workspace, pb_arena *arena,
                             pb_str *ret_text, pb_error *err);
pb_status service_likes_put(const service_call *call, db_workspace *workspace, pb_str text,
                            pb_error *err);

#endif
