/* How long one waits for a lock that another connection holds. */
#include "sqlite.h"

#include "sys/clock.h"

enum { SHORTEST_US = 100, STEP_US = 150, STEPS = 13 }; /* 1000 us on average */

/* Whoever writes without pause leaves the lock free for a moment only between two transactions.
 * SQLite's own handler soon looks ten times a second and may never meet one; this one looks about a
 * thousand times, at changing distances, so that it does not walk in step with the other. It counts
 * instead of asking the clock, which may jump. */
static int look_again(void *most, int tries)
{
    if (tries >= (int)(intptr_t)most)
        return 0;
    sys_sleep_us(SHORTEST_US + (int64_t)(tries * 7 % STEPS) * STEP_US);
    return 1;
}

void db_sqlite_wait(sqlite3 *db, int ms)
{
    sqlite3_busy_handler(db, ms > 0 ? look_again : NULL, (void *)(intptr_t)ms);
}
