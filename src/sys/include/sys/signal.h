/* Ending on request.
 *
 * Threads: sys_signals_install once, from the main thread; sys_interrupted and sys_hung_up from
 * any.
 */
#ifndef SYS_SIGNAL_H
#define SYS_SIGNAL_H

#include <stdbool.h>
#include <stdint.h>

/** From now on SIGINT and SIGTERM only set a flag (a second one ends the process at once), and
 * writing to a pipe nobody reads, or beyond the size a file may have, fails instead of ending the
 * process. */
void sys_signals_install(void);
/** True once somebody asked the process to end. */
bool sys_interrupted(void);
/** From now on SIGHUP sets a flag, too, instead of ending the process. */
void sys_signals_hangup(void);
/** True once after each SIGHUP (several at once count as one). */
bool sys_hung_up(void);
/** Waits until one of these signals comes, or came since the last call, or `us` are over. From one
 * thread only; whichever thread the signal reaches. */
void sys_signals_wait(int64_t us);

#endif
