/* Cells of CSV on their way out and back (RFC 4180), without the sting of formulas (OWASP, "CSV
 * Injection"). Reading files is exchange's. Threads: pure functions.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/buf.h"

/** Appends one cell, quoted where needed; `guard` neutralises formulas (a leading = + - @ TAB CR
 * gets an apostrophe in front, numbers and phone numbers excepted). */
void pb_csv_put(pb_buf *out, pb_str cell, bool first, bool guard);
/** The cell as it was before pb_csv_put's guard. */
pb_str pb_csv_unguard(pb_str cell);

#endif
