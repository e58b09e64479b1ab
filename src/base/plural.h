/* The plural rule of a catalogue: the C-like expression of gettext's header line Plural-Forms. */
#ifndef BASE_PRIVATE_PLURAL_H
#define BASE_PRIVATE_PLURAL_H

#include "base/str.h"

/** Value of the rule for `n`; false when the rule is malformed, too deep or divides by zero.
 * Source: GNU gettext manual, "Additional functions for plural forms". */
bool pb_plural_eval(pb_str rule, uint64_t n, uint64_t *ret);

#endif
