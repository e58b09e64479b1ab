/* How opening and writing meet a standby. */
#ifndef DB_STANDBY_INTERNAL_H
#define DB_STANDBY_INTERNAL_H

#include "internal.h"

#include "db/standby.h"

#include "sys/file.h"

#define DB_STANDBY_FILE "standby"
#define DB_STANDBY_INCOMING "incoming"
#define DB_STANDBY_NEXT "next"
#define DB_STANDBY_NOTED "noted"

enum { DB_STANDBY_WAIT_US = 10 * 1000 * 1000 };

/** The lock of a standby's folder, shared or alone; waits up to `wait_us`. */
pb_status db_standby_lock(const char *folder, bool alone, int64_t wait_us, sys_lock **ret_lock,
                          pb_error *err);
/** Finishes what a feeding process left under way. With the lock held alone. */
pb_status db_standby_settle(const char *folder, const db_key_source *key, db_standby *standby,
                            pb_error *err);
/** At opening: when the folder is a standby, takes its lock and remembers what it follows. */
pb_status db_standby_enter(db_workspace *workspace, const db_options *options, pb_error *err);
/** Whether the takeover that was begun there is stored, so that only the mark is left of the
 * standby. Of a workspace that was opened as one. */
pb_status db_standby_taken_over(db_workspace *workspace, bool *ret_done, pb_error *err);
/** A path in the folder, in `arena`; NULL without memory. */
char *db_standby_path(pb_arena *arena, const char *folder, const char *name);

#endif
