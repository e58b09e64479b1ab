/* Files that are written for other programs of the machine (systemd, pgbackrest).
 *
 * Threads: any.
 */
#ifndef SYS_UNIT_H
#define SYS_UNIT_H

#include "base/buf.h"
#include "base/error.h"

/** What such a file begins with: only one that does is ever replaced. */
#define SYS_UNIT_FIRST_LINE "# Written by probity"

/** Writes the file; PB_EXISTS when something is there that this program did not write. */
pb_status sys_unit_put(const char *path, unsigned mode, const pb_buf *text, pb_error *err);
/** One word of a command line in a unit of systemd: a blank, then quoted, with systemd's own marks
 * doubled. */
void sys_unit_word(pb_buf *out, const char *word);

#endif
