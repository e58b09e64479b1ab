/* Private to report: strengths, weaknesses, opportunities and threats, for every face. */
#ifndef REPORT_SWOT_H
#define REPORT_SWOT_H

#include "build.h"

typedef enum swot_quarter {
    SWOT_STRENGTHS,
    SWOT_WEAKNESSES,
    SWOT_OPPORTUNITIES,
    SWOT_THREATS,
    SWOT_COUNT
} swot_quarter;

/** One of the four: every statement, with all controls it rests on. */
typedef struct swot_list {
    builder *b;
    report_point *points;
    size_t count, capacity;
    pb_str *ids; /* of the statement being made */
    size_t id_count, id_capacity;
} swot_list;

void swot_make(builder *b, swot_list lists[SWOT_COUNT]);

#endif
