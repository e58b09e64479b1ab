/* Private to audit: what must not stand in free text, found by its form. Pure functions. */
#ifndef AUDIT_PATTERNS_PRIVATE_H
#define AUDIT_PATTERNS_PRIVATE_H

#include "base/buf.h"

typedef enum pattern_kind {
    PATTERN_CARD,
    PATTERN_PASSWORD,
    PATTERN_NATIONAL_ID,
    PATTERN_IBAN,
    PATTERN_BIRTH, /* a date of birth, said to be one */
    PATTERN_MAIL,
    PATTERN_CONTACT /* an e-mail address or telephone number */
} pattern_kind;

/** True when `text` holds such a thing; `masked` (appended to) shows where, without giving it away.
 * Costs one look at each byte where there is nothing. */
bool pattern_find(pattern_kind kind, pb_str text, pb_buf *masked);
/** A cheap look: false when none of the kinds can be in the text. */
bool pattern_possible(pb_str text);

#endif
