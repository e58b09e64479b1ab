/* Private to report: two audits side by side, and an audit beside its target, as figures that every
 * face shares. */
#ifndef REPORT_COMPARE_H
#define REPORT_COMPARE_H

#include "build.h"

/** One figure of both. */
typedef struct compare_row {
    pb_str id;    /* area or “overall”; control; entity.field */
    pb_str label; /* in the reader's language */
    pb_str grade; /* of a control: desirable, important, essential; absent: no control */
    report_unit unit;
    bool more_is_better;
    double here, there; /* NAN: not known on that side */
} compare_row;

typedef struct compare_rows {
    compare_row *items;
    size_t count, capacity;
} compare_rows;

typedef struct comparison {
    const report_earlier *here, *there;
    bool rules_differ, days_differ, same_files;
    compare_rows marks;    /* overall, then areas */
    compare_rows controls; /* both were asked and one fails something; largest difference first */
    compare_rows lone;     /* only one was asked, and something fails there */
    compare_rows fields;   /* how far both have them filled, in the order of the model */
} comparison;

/** The audit being reported, as if it had been read back. Without the lists of failing records. */
report_earlier compare_self(builder *b);
/** Score of an area; NAN: none. */
double compare_area(const report_earlier *side, pb_str area);
void compare_make(builder *b, const report_earlier *here, const report_earlier *there,
                  comparison *ret);
/** The comparison with the other source a report is set beside; false when there is none, or memory
 * ran out. `ret_self` must live as long as the comparison. */
bool compare_against(builder *b, report_earlier *ret_self, comparison *ret);
/** What is to be reached: `here` is the figure now, `there` the aim. */
void compare_target(builder *b, compare_rows *ret);

typedef enum compare_state { COMPARE_UNKNOWN, COMPARE_REACHED, COMPARE_MISSED } compare_state;
/** Whether `here` is at least as good as `there`. */
compare_state compare_reached(const compare_row *row);
/** `here` − `there` with its sign: points of a mark, or of a share in per cent. */
pb_str compare_gap(builder *b, const compare_row *row);
/** Sections of a comparison: both named by their titles. */
void compare_blocks(builder *b, const comparison *c, pb_str here, pb_str there);

#endif
