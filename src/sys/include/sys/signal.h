/* Ending on request.
 *
 * Threads: sys_signals_install once, from the main thread; sys_interrupted from any.
 */
#ifndef SYS_SIGNAL_H
#define SYS_SIGNAL_H

#include <stdbool.h>

/** From now on SIGINT and SIGTERM only set a flag (a second one ends the process at once), and
 * writing to a pipe nobody reads, or beyond the size a file may have, fails instead of ending the
 * process. */
void sys_signals_install(void);
/** True once somebody asked the process to end. */
bool sys_interrupted(void);

#endif
