/* Reports read back: an earlier audit to compare with, another source's, a target to reach.
 *
 * Refuses: a report of another form or a newer version, a target that names unknown controls,
 * areas or fields; mistakes with line and column. Threads: immutable once read. Everything lives in
 * the arena given.
 */
#ifndef REPORT_EARLIER_H
#define REPORT_EARLIER_H

#include "audit/audit.h"
#include "base/map.h"

enum { REPORT_EARLIER_MAX = 1 << 29 }; /* bytes of one report.json */

typedef struct report_earlier_finding {
    pb_str control, title, grade, outcome; /* grade, outcome: words of the form, not of a reader */
    uint64_t population, failing;
    pb_map *records;   /* failing records: record, field and file, each followed by U+001F */
    bool all_recorded; /* every failing record is listed */
} report_earlier_finding;

typedef struct report_earlier_mark {
    pb_str name, label;
    double score; /* NAN: nothing to mark */
} report_earlier_mark;

typedef struct report_earlier_field {
    pb_str entity, field;
    uint64_t filled, records;
} report_earlier_field;

typedef struct report_earlier {
    pb_str name;  /* as given: a path */
    pb_str title; /* what was audited */
    int64_t as_of_days;
    pb_str rules, model; /* SHA-256 in hex */
    pb_str sources;      /* names and hashes of the files, to tell whether they are the same */
    double score;        /* NAN: nothing to mark */
    char letter;
    uint64_t records;
    report_earlier_finding *findings;
    size_t finding_count;
    pb_map *by_control; /* id → position + 1 */
    report_earlier_mark *areas;
    size_t area_count;
    report_earlier_field *fields;
    size_t field_count;
} report_earlier;

/** Reads a report.json of this program. PB_INVALID for any other text, with the place. */
pb_status report_earlier_read(pb_str name, pb_str json, pb_arena *arena, report_earlier *ret,
                              pb_error *err);

/** What is to be reached. */
typedef struct report_target_item {
    pb_str what;  /* area or `overall`; control; `entity.field` */
    double limit; /* mark 0…100; share failing at most; share filled at least */
} report_target_item;
typedef struct report_target {
    pb_str name;
    report_target_item *marks, *failing, *filled;
    size_t mark_count, failing_count, filled_count;
} report_target;

/** Reads a target (YAML, see doc/target.md); mistakes with file, line and column. */
pb_status report_target_load(const model_source *source, const audit_catalogue *catalogue,
                             const model_schema *schema, pb_arena *arena, report_target *ret,
                             pb_error *err);

#endif
