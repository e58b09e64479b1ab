/* The terminal, and the standard streams.
 *
 * Threads: one thread at a time may read a passphrase.
 */
#ifndef SYS_TERMINAL_H
#define SYS_TERMINAL_H

#include "base/error.h"

enum { SYS_STDIN = 0, SYS_STDOUT = 1, SYS_STDERR = 2, SYS_PASSPHRASE_MAX = 1024 };

/** Whether people read what is written there. */
bool sys_is_terminal(int fd);
/** Columns of the terminal at `fd`, 20 to 1000; 80 when it is none. */
int sys_terminal_width(int fd);
/** Shows `prompt` and reads a line without echo from the terminal; from standard input, without
 * prompt, when the process has no terminal. Appends it, without the line's end, to `out`, which
 * grows once so that no copy stays behind in memory. PB_CANCELLED after Ctrl-C; PB_LIMIT above
 * SYS_PASSPHRASE_MAX bytes; PB_INVALID when empty. The caller wipes `out`. */
pb_status sys_read_passphrase(const char *prompt, pb_buf *out, pb_error *err);
/** Overwrites a secret; the compiler may not leave it out. NULL is let pass. */
void sys_wipe(void *bytes, size_t size);
/** Writes all bytes, however often that takes. A reader that went away is PB_CANCELLED. */
pb_status sys_write_all(int fd, pb_str bytes, pb_error *err);

#endif
