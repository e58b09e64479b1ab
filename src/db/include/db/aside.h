/* A workspace aside: the state of another as it is now, to try in it what shall not be kept.
 *
 * Whoever writes to the other goes on, and nobody waits for what is tried. In a folder the state is
 * held, not copied: what is written aside lies in a file without a name, and while it is open the
 * write-ahead log of the folder is not begun anew. From a server all rows are copied into a scratch
 * workspace, which takes as long as that takes (some 20 µs a record).
 * Refuses: keeping anything, snapshots beside the one who writes.
 */
#ifndef DB_ASIDE_H
#define DB_ASIDE_H

#include "db/share.h"

/** Whether a workspace may be had aside at once, whatever it holds; else all of its rows are
 * copied. Of a scratch workspace there is none. */
bool db_aside_is_cheap(const db_workspace *workspace);
/** Owner: the caller, db_workspace_close, before `workspace` is closed; it has the same schema, id
 * and key. Only db_write opens a session of it. PB_UNSUPPORTED for scratch workspaces and standbys;
 * PB_CANCELLED, or what else limits say that the thread works by (db_limits_hold), while rows are
 * copied. */
pb_status db_aside_open(db_workspace *workspace, db_workspace **ret_aside, pb_error *err);
/** As db_write_within of a work that ends by failing, so that nothing of it is kept: it runs aside,
 * and nobody waits for it. `brief`: it is known to change some hundred records at most; on a server
 * such a work takes the writer's place, since others wait less for it than rows are copied. So does
 * one of a workspace that has none aside. */
pb_status db_rehearse(db_workspace *workspace, bool brief, const db_limits *limits, db_work work,
                      void *context, pb_error *err);

#endif
