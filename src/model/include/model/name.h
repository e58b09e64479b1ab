/* Names of persons: how one written all in capitals or all in small letters is probably meant.
 *
 * A proposal for people to accept, never a correction made by itself: nobody but the bearer knows.
 * Threads: pure functions. Cost: O(length).
 */
#ifndef MODEL_NAME_H
#define MODEL_NAME_H

#include "base/buf.h"

/** Appends the name with capitals where names have them: `VAN DER BERG, JAN` gives `Van der Berg,
 * Jan`, `o'brien` gives `O'Brien`, `mcdonald` gives `McDonald`, `king iii` gives `King III`. ASCII
 * letters only are changed. */
void model_name_case(pb_str name, pb_buf *out);

#endif
