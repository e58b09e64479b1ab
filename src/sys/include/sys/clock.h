/* The clock. Threads: any. */
#ifndef SYS_CLOCK_H
#define SYS_CLOCK_H

#include <stdint.h>

/** Microseconds since 1970-01-01T00:00:00Z; may jump when the clock is set. */
int64_t sys_now_us(void);
/** Microseconds since some moment; never goes back. For measuring how long things take. */
int64_t sys_monotonic_us(void);
/** The same, as the system's last tick left it, some milliseconds ago: costs some 5 ns. */
int64_t sys_coarse_us(void);
/** Processor time this process has used, in microseconds. */
int64_t sys_cpu_us(void);
/** Waits that long, or until a signal comes. */
void sys_sleep_us(int64_t us);
/** Today in the user's time zone, of a server in that of its machine ($TZ, else /etc/localtime), in
 * days since 1970-01-01. */
int64_t sys_today(void);
/** The day of a moment (microseconds since 1970-01-01 UTC), in the same zone. */
int64_t sys_day_of(int64_t us);
/** Reads the time zone: to be called before files are out of reach (sandbox.h). */
void sys_time_zone_read(void);

#endif
