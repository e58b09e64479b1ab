/* Han characters: Traditional to Simplified, and Mandarin readings without tones.
 *
 * The tables are written at build time by tools/tables/han.py from readings.txt and hans.txt.
 * Threads: constants and pure functions.
 */
#ifndef MODEL_TABLES_HAN_H
#define MODEL_TABLES_HAN_H

#include "base/str.h"

enum { MODEL_HAN_FIRST = 0x3400, MODEL_HAN_LAST = 0x9FFF };

/** A character outside the plane that the dense tables cover. */
typedef struct model_han_more {
    uint32_t code;
    uint32_t reading;
} model_han_more;

extern const char *const model_han_syllables[];
extern const uint16_t model_han_reading[MODEL_HAN_LAST - MODEL_HAN_FIRST + 1];
extern const uint16_t model_han_simple[MODEL_HAN_LAST - MODEL_HAN_FIRST + 1];
extern const model_han_more model_han_extra[];
extern const size_t model_han_extra_count;

/** The Simplified character for a Traditional one; any other code unchanged. O(1). */
static inline uint32_t model_han_simplify(uint32_t code)
{
    return code >= MODEL_HAN_FIRST && code <= MODEL_HAN_LAST
               ? model_han_simple[code - MODEL_HAN_FIRST]
               : code;
}

/** Reading in ASCII (ü as v) of a Simplified character between its neighbours (0: none): 银行
 * yinhang, 重庆 chongqing; else the commonest one, or "" when the table has none. */
const char *model_han_in_word(uint32_t before, uint32_t code, uint32_t after);
/** Reading as a family name when it differs from the commonest one (单 shan, 尉迟 yuchi): looks at
 * the first characters of a name in Simplified form. Returns how many characters (1 or 2) the
 * surname takes and its readings, or 0 when the common readings hold. */
size_t model_han_surname(const uint32_t *codes, size_t count, const char *ret_readings[2]);

#endif
