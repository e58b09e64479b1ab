/* Telephone numbering of all countries, made at build time from the metadata of libphonenumber by
 * tools/tables/phone.cc: nothing of the library is needed when the program runs.
 *
 * A region's automaton reads a national number digit by digit: `phone_next` has ten successors a
 * state (counted from the region's first state; 0 is the end of all hope, 1 the start), and
 * `phone_accept` a bit for each kind whose pattern ends there. Threads: constants.
 */
#ifndef MODEL_TABLES_PHONE_H
#define MODEL_TABLES_PHONE_H

#include "base/str.h"

/** Kinds of number, in the order in which the library asks for them. */
typedef enum phone_kind {
    PHONE_ANY, /* the general pattern */
    PHONE_PREMIUM,
    PHONE_TOLL_FREE,
    PHONE_SHARED_COST,
    PHONE_VOIP,
    PHONE_PERSONAL,
    PHONE_PAGER,
    PHONE_COMPANY, /* UAN */
    PHONE_VOICEMAIL,
    PHONE_FIXED,
    PHONE_MOBILE,
    PHONE_KIND_COUNT,
    PHONE_FIXED_OR_MOBILE = PHONE_KIND_COUNT,
    PHONE_NONE /* no kind: not a number of the region */
} phone_kind;

/** One region. Regions of one calling code follow each other, the main one first. */
typedef struct phone_region {
    char id[4];      /* alpha-2, or 001 for what belongs to no country */
    uint16_t code;   /* calling code */
    uint16_t last;   /* 1: the last of its code */
    uint32_t states; /* first state of its automaton */
    uint32_t local;  /* bit n: n digits are dialled within the town */
    uint16_t format, format_count;
    uint16_t abroad;       /* program + 1 of what is dialled before a foreign number; 0: none */
    uint16_t trunk;        /* program + 1 of what is dialled before a number at home */
    uint16_t leading;      /* program + 1 of the digits that tell it from others of its code */
    uint16_t one_plan;     /* 1: fixed and mobile numbers look alike */
    const char *transform; /* what replaces the trunk's match; "" nothing */
    uint32_t lengths[PHONE_KIND_COUNT]; /* bit n: n digits; 0: as PHONE_ANY */
} phone_region;

/** How digits are grouped: the first whose `leading` begins and whose `pattern` is the number. */
typedef struct phone_format {
    uint16_t pattern, leading; /* programs + 1; leading 0: always */
    const char *layout;        /* $1 $2 … */
} phone_format;

extern const phone_region phone_regions[];
extern const phone_format phone_formats[];
extern const uint16_t phone_by_code[];    /* [calling code] row + 1 */
extern const uint16_t phone_by_country[]; /* [letter × 26 + letter] row + 1 */
extern const uint16_t phone_programs[];
extern const uint16_t phone_next[];
extern const uint16_t phone_accept[];

#endif
