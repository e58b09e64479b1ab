/* Which statements of somebody's work took long: their text, time and rows, never a value.
 *
 *   db_limits.watch ──▶ db_watch      the work runs, in whichever thread
 *                          ▲
 *   each step of a statement, where the coarse clock moved on while it ran
 *
 * The clock is the one that the system's ticks move on (some ms): read twice a step it costs some
 * 10 ns, and what ran between two ticks leaves nothing. So times are right on the average, and to a
 * tick for one statement. What is measured is the engine at work: not what its caller does with a
 * row before it asks for the next. A server is sent what gives no rows without waiting: its time is
 * counted to the next statement that waits. Refuses: work without limits; commits.
 * Threads: the work's own; others that do it in its place do so while it waits.
 */
#ifndef DB_WATCH_H
#define DB_WATCH_H

#include "base/buf.h"
#include "base/str.h"

#include <stdint.h>

struct db_stmt;

enum { DB_WATCHED = 8 };

/** One statement, all the times that it ran. */
typedef struct db_watched {
    const struct db_stmt *stmt; /* only told apart by it */
    char *sql;                  /* as db_watch_text writes it */
    int64_t us, rows;
} db_watched;

/** Begins as zeros; ends with db_watch_end. Of more statements those that took longest stay. */
typedef struct db_watch {
    db_watched items[DB_WATCHED];
    size_t count;
} db_watch;

/** Forgets what was seen. */
void db_watch_end(db_watch *watch);

/** The text of a statement on one line, with `?` in the place of each text and number that stands
 * in it, cut off after some 4 KiB: what anybody may have asked for is no part of it. */
void db_watch_text(pb_str sql, pb_buf *out);

#endif
