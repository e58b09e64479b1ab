/* One value of one field as it is stored: the common currency of model, db, record and audit.
 *
 * Which kind a field uses follows from its type (model/type.h): texts in standard form are TEXT;
 * dates are INT days since 1970-01-01; date-times INT microseconds since 1970-01-01T00:00Z; money
 * is INT minor units; decimals are REAL; ids are BLOB of 16 bytes; booleans INT 0/1.
 */
#ifndef BASE_VALUE_H
#define BASE_VALUE_H

#include "base/str.h"

typedef enum pb_kind { PB_NULL, PB_INT, PB_REAL, PB_TEXT, PB_BLOB } pb_kind;

typedef struct pb_value {
    pb_kind kind;
    union {
        int64_t i;
        double r;
        pb_str s; /* TEXT and BLOB; owner and lifetime are the maker's to say */
    } as;
} pb_value;

#define PB_VALUE_NULL ((pb_value){.kind = PB_NULL})
#define PB_VALUE_INT(v) ((pb_value){.kind = PB_INT, .as.i = (v)})
#define PB_VALUE_REAL(v) ((pb_value){.kind = PB_REAL, .as.r = (v)})
#define PB_VALUE_TEXT(v) ((pb_value){.kind = PB_TEXT, .as.s = (v)})
#define PB_VALUE_BLOB(v) ((pb_value){.kind = PB_BLOB, .as.s = (v)})

/** Same kind and same content (REAL by bits, so NaN equals itself). */
bool pb_value_eq(pb_value a, pb_value b);

#endif
