/* The clock. Threads: any. */
#ifndef SYS_CLOCK_H
#define SYS_CLOCK_H

#include "base/error.h"
#include "base/zone.h"

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
/** The days of that zone, as they are from 1970 to 2069; before and behind its clock goes on as it
 * went there. Read when it is first asked for; one for the whole process, which it outlives. */
const pb_zone *sys_zone(void);
/** PB_INVALID: $TZ names a zone that this machine does not know, which the system would take for
 * UTC without a word. */
pb_status sys_time_zone_check(pb_error *err);
/** Checks and reads the time zone anew: to be called before files are out of reach (sandbox.h), and
 * while no other thread asks for days. */
pb_status sys_time_zone_read(pb_error *err);

#endif
