/* Telephone numbering of countries. Threads: constants. */
#ifndef MODEL_TABLES_PHONE_H
#define MODEL_TABLES_PHONE_H

#include "base/str.h"

/** One country: numbers are `code` followed by `min`…`max` digits; `trunk` is dialled before them
 * inside the country ("" none). Sorted by country; several countries may share a code. */
typedef struct model_calling {
    char country[3];
    uint16_t code;
    char trunk[3];
    uint8_t min, max;
} model_calling;

extern const model_calling model_callings[];
extern const size_t model_calling_count;

#endif
