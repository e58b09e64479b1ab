/* Han characters: Traditional to Simplified, and Mandarin readings without tones.
 *
 * The tables are written at build time by tools/tables/han.py from readings.txt, hans.txt and
 * romanised.txt. Threads: constants and pure functions.
 */
#ifndef SCRIPT_HAN_H
#define SCRIPT_HAN_H

#include "base/str.h"

enum { SCRIPT_HAN_FIRST = 0x3400, SCRIPT_HAN_LAST = 0x9FFF };

/** A character outside the plane that the dense tables cover. */
typedef struct script_han_more {
    uint32_t code;
    uint32_t reading;
} script_han_more;

/** A spelling in Latin letters and the syllables it stands for; the second is 0 where there is one.
 */
typedef struct script_spelling {
    const char *spelling;
    uint16_t syllable[2];
} script_spelling;

/** Pinyin without tones, sorted; number 0 is none. */
extern const char *const script_han_syllables[];
/** Where the syllables of each letter from a to z begin, and where those of z end. */
extern const uint16_t script_han_starts[27];
/** By syllable: the first one that Wade-Giles spells alike without its apostrophes (chang: zhang).
 */
extern const uint16_t script_han_sound[];
/** Spellings of Wade-Giles that are no pinyin; those of family names, some of them several times.
 * Both sorted. */
extern const script_spelling script_han_wade[];
extern const size_t script_han_wade_count;
extern const script_spelling script_han_families[];
extern const size_t script_han_family_count;
extern const uint16_t script_han_reading[SCRIPT_HAN_LAST - SCRIPT_HAN_FIRST + 1];
extern const uint16_t script_han_simple[SCRIPT_HAN_LAST - SCRIPT_HAN_FIRST + 1];
extern const script_han_more script_han_extra[];
extern const size_t script_han_extra_count;

/** The Simplified character for a Traditional one; any other code unchanged. O(1). */
static inline uint32_t script_han_simplify(uint32_t code)
{
    return code >= SCRIPT_HAN_FIRST && code <= SCRIPT_HAN_LAST
               ? script_han_simple[code - SCRIPT_HAN_FIRST]
               : code;
}

/** Reading in ASCII (ü as v) of a Simplified character between its neighbours (0: none): 银行
 * yinhang, 重庆 chongqing; else the commonest one, or "" when the table has none. */
const char *script_han_in_word(uint32_t before, uint32_t code, uint32_t after);
/** Reading as a family name when it differs from the commonest one (单 shan, 尉迟 yuchi): looks at
 * the first characters of a name in Simplified form. Returns how many characters (1 or 2) the
 * surname takes and its readings, or 0 when the common readings hold. */
size_t script_han_surname(const uint32_t *codes, size_t count, const char *ret_readings[2]);

#endif
