/* Names of persons as they are read in other scripts: Han characters and the many Latin spellings
 * of one Chinese name, Arabic letters and theirs.
 *
 * All texts are folded (model_fold). Threads: pure functions over constant tables.
 */
#ifndef SCRIPT_NAMES_H
#define SCRIPT_NAMES_H

#include "base/str.h"

enum { SCRIPT_SYLLABLES = 4, SCRIPT_OTHERS = 4 };

/** A Chinese name as syllables in the order written. */
typedef struct script_reading {
    uint16_t syllable[SCRIPT_SYLLABLES]; /* numbers of pinyin; of another spelling the first of its
                                            sound */
    uint16_t first[2], last[2]; /* what else the first and the last may be as a family name; 0: no
                                   more */
    uint8_t count;
    uint8_t plain; /* bit by bit: the syllable is read from a character or written in pinyin */
} script_reading;

/** How two names or words of different spelling belong together. */
typedef enum script_alike {
    SCRIPT_DIFFERENT,
    SCRIPT_CLOSE, /* as far as a rough spelling tells */
    SCRIPT_SAME
} script_alike;

/** Where the family name stands in 2–4 characters: first, or last where only those are a family
 * name. Slices of `name`; `ret_family_first` says which is which. False: not such a name. */
bool script_han_cut(pb_str name, pb_str *ret_family, pb_str *ret_given, bool *ret_family_first);
/** Reads a name of Han characters, with or without blanks. False: other letters, too many. */
bool script_read_han(pb_str name, script_reading *ret);
/** Reads Latin letters as a Chinese name: one end is a family name in some spelling, the rest are
 * syllables, joined or apart, with tones as digits or without. False: it is no such name. */
bool script_read_latin(pb_str name, script_reading *ret);
/** Compares readings, family name in front or behind. */
script_alike script_same_reading(const script_reading *a, const script_reading *b);
/** Sum over the syllables of their sounds: the same for all orders and spellings of one name. */
uint64_t script_reading_key(const script_reading *reading);
/** The same for what else the family name may be (Wong: 黄, 王); how many there are. */
size_t script_reading_others(const script_reading *reading, uint64_t keys[SCRIPT_OTHERS]);
/** The syllables of one word in Latin letters; 0: it is none such. Of a family name in another
 * spelling its first reading. */
size_t script_syllables(pb_str word, uint16_t syllables[SCRIPT_SYLLABLES]);
/** The reading of Han characters in Latin letters, as one word; the length, 0 when it does not fit
 * or one has no reading. */
size_t script_han_latin(pb_str word, bool person, char *room, size_t size);

/** One word in Arabic letters and one in Latin. */
script_alike script_persian_alike(pb_str arabic, pb_str latin);

#endif
