/* Values of fields. */
#include "base/value.h"

#include <string.h>

static uint64_t bits(double value)
{
    uint64_t result;
    memcpy(&result, &value, sizeof result);
    return result;
}

bool pb_value_eq(pb_value a, pb_value b)
{
    if (a.kind != b.kind)
        return false;
    switch (a.kind) {
    case PB_NULL:
        return true;
    case PB_INT:
        return a.as.i == b.as.i;
    case PB_REAL:
        return bits(a.as.r) == bits(b.as.r);
    case PB_TEXT:
    case PB_BLOB:
        return pb_str_eq(a.as.s, b.as.s);
    }
    return false;
}
