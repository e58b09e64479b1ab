/* Names of persons: how one written all in capitals or all in small letters is probably meant, and
 * which part is which.
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

/** Given and family name of a full name, as slices of it; false, and nothing set, where the way of
 * writing leaves a doubt. Known are: particles (van der Berg), initials, two Spanish family names,
 * double given names (María del Carmen, محمد رضا), pinyin of which one end only can be a family
 * name (Zhang Weimin, ouyang xiu), Persian family names of two words (رضایی زاده), سید. Not told:
 * Wang Wei, Anna Sophie Weber, four Chinese characters without a compound surname, mixed scripts.
 */
bool model_name_split(pb_str full, pb_str *ret_given, pb_str *ret_family);

#endif
