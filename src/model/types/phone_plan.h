/* Numbering plans at work: what libphonenumber's Parse and IsValidNumber would say of digits, by
 * the tables made from its metadata (tests hold the two equal). Threads: pure functions. */
#ifndef MODEL_TYPES_PHONE_PLAN_H
#define MODEL_TYPES_PHONE_PLAN_H

#include "tables/phone.h"

enum { PHONE_DIGITS_MAX = 32, PHONE_NATIONAL_MAX = 17, PHONE_GROUPS = 12 };

typedef enum phone_verdict {
    PHONE_VALID,
    PHONE_NO_CODE, /* no country has the calling code */
    PHONE_TOO_SHORT,
    PHONE_TOO_LONG,
    PHONE_BAD_LENGTH, /* between the shortest and the longest, but none has it */
    PHONE_LOCAL_ONLY, /* the area code is missing */
    PHONE_NOT_GIVEN   /* no number of its country begins like that */
} phone_verdict;

typedef struct phone_parsed {
    uint16_t code; /* calling code, 0: none found */
    char national[PHONE_DIGITS_MAX];
    size_t len;
    const phone_region *region; /* whose number it is; NULL: nobody's */
    phone_kind kind;
} phone_parsed;

/** NULL when there is none. `country` is alpha-2 in capitals. */
const phone_region *phone_region_of(pb_str country);
/** Reads digits (ASCII), dialled in `home` (NULL: unknown) or, with `plus`, from anywhere. */
phone_verdict phone_parse(const phone_region *home, bool plus, pb_str digits, phone_parsed *ret);

/** Runs the program (place + 1) at the start of `text`. True with the end of the match and groups
 * (begin, end; SIZE_MAX: not taken part). Order of tries as in Perl: the first alternative wins. */
bool phone_match(uint16_t program, pb_str text, size_t *ret_end, size_t groups[PHONE_GROUPS]);

#endif
