/* Private to report: what became of it since earlier audits, as figures that every face shares. */
#ifndef REPORT_TREND_H
#define REPORT_TREND_H

#include "build.h"

typedef enum trend_kind {
    TREND_NEW,
    TREND_MENDED,
    TREND_BETTER,
    TREND_WORSE,
    TREND_SAME,
    TREND_UNKNOWN, /* failed before, and was not asked now */
    TREND_KINDS
} trend_kind;

/** A control that fails now or failed then. */
typedef struct trend_row {
    const audit_finding *now;
    const report_earlier_finding *then; /* NULL: that audit did not know the control */
    trend_kind kind;
    bool then_asked, now_asked; /* there are figures of then, of now */
    size_t mended;              /* records that failed then and pass now; SIZE_MAX: not known */
} trend_row;

typedef struct trend {
    const report_earlier **audits; /* oldest first */
    size_t audit_count;
    const report_earlier *newest;
    bool rules_differ, title_differs, same_files;
    trend_row *rows; /* by kind, then in the order of the catalogue */
    size_t row_count;
    size_t counts[TREND_KINDS];
    const report_earlier_finding **gone; /* failed then, and no longer among the rules */
    size_t gone_count;
} trend;

/** False without an earlier audit, or when memory ran out (then `b` failed). */
bool trend_make(builder *b, trend *ret);

#endif
