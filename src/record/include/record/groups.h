/* Groups: how many records of one entity there are by the values of some fields, and what their
 * numbers come to.
 *
 *   by       names of fields separated by commas, three at most: stage,owner
 *   measure  what is reckoned, separated by commas: count, sum:F, avg:F, min:F, max:F
 *   period   day, week (from Monday, ISO 8601), month, quarter, year: how dates in `by` are taken
 *            together (UTC); days without a wish
 *   filter   as for lists (record/list.h)
 *
 * What belongs together is decided by the engine in the snapshot of the session, under the same
 * condition as a list: records that may not be seen count nowhere, and a field that is hidden or
 * masked can neither be grouped by nor reckoned with. Of a `many` field the first value counts. The
 * 1,000 largest groups are told one by one, the rest together. Money is never added across
 * currencies. Refuses: grouping by notes, decimals and money, and all of what is sealed on a
 * server. Threads: as the session.
 */
#ifndef RECORD_GROUPS_H
#define RECORD_GROUPS_H

#include "record/list.h"

enum { RECORD_GROUPS_MOST = 1000, RECORD_GROUPS_BY = 3, RECORD_GROUPS_MEASURES = 8 };

typedef enum record_period {
    RECORD_PERIOD_NONE,
    RECORD_PERIOD_DAY,
    RECORD_PERIOD_WEEK,
    RECORD_PERIOD_MONTH,
    RECORD_PERIOD_QUARTER,
    RECORD_PERIOD_YEAR
} record_period;

typedef enum record_reckoning {
    RECORD_COUNT,
    RECORD_SUM,
    RECORD_AVERAGE,
    RECORD_LEAST,
    RECORD_MOST
} record_reckoning;

/** What is asked for; absent texts mean no wish, but for `by`. */
typedef struct record_groups_asked {
    const model_entity *entity;
    pb_str by, measure, period, filter;
    int64_t today_days;
    record_list_access_of access; /* NULL: everything may be seen */
    void *context;
} record_groups_asked;

typedef struct record_measure {
    record_reckoning kind;
    const model_field *field; /* NULL: of RECORD_COUNT */
    pb_str text;              /* as it was asked for, without blanks */
} record_measure;

/** A value that a group has in common. */
typedef struct record_group_key {
    pb_value value; /* NULL: the field is empty; of dates: the first day of the period */
    bool dated;     /* a period: [from_days, until_days) */
    int64_t from_days, until_days; /* INT64_MIN: it ends with the calendar, behind 9999-12-31 */
} record_group_key;

/** The numbers of one field over the records of a group that have one; of money in one currency. */
typedef struct record_group_sum {
    pb_str currency; /* of money */
    uint64_t count;
    int64_t sum, least, most;               /* in storage units */
    double real_sum, real_least, real_most; /* of decimals, instead */
} record_group_sum;

typedef struct record_group_sums {
    record_group_sum *items; /* by currency; of other fields one, or none without values */
    size_t count;
} record_group_sums;

typedef struct record_group {
    record_group_key keys[RECORD_GROUPS_BY];
    uint64_t count;          /* records */
    record_group_sums *sums; /* by place in `fields` */
    pb_str filter; /* that a list of its records has; absent: the language has no words for it */
} record_group;

typedef struct record_groups {
    const model_field *by[RECORD_GROUPS_BY];
    size_t by_count;
    record_period period; /* NONE: there are no dates among them */
    record_measure measures[RECORD_GROUPS_MEASURES];
    size_t measure_count;
    const model_field *fields[RECORD_GROUPS_MEASURES]; /* those that measures name, each once */
    size_t field_count;
    const bool *used;     /* by field index: grouped by, reckoned with, or chosen by */
    record_group *groups; /* dates and numbers rise, choices as declared, the rest by size; empty
                             values last */
    size_t count;
    record_group others; /* without keys and filter: what is not among them */
    uint64_t other_groups;
    uint64_t total; /* records in all */
} record_groups;

/** Reads them; they live in `arena`. PB_INVALID names what is wrong in what was asked, PB_DENIED
 * the field that is hidden, PB_LIMIT a sum beyond 63 bits. Records on which a field that is named
 * does not show are left out. Cost: one pass over the records, and one for each field that is
 * reckoned with. */
pb_status record_groups_read(db_session *session, const record_groups_asked *asked, pb_arena *arena,
                             record_groups *ret_groups, pb_error *err);

/** The records that a link of some groups leads to, by place in `ids`; NULL: it is gone, or may not
 * be seen. `asked` says the access. In `arena`. */
pb_status record_linked_read(db_session *session, const record_list_asked *asked,
                             const model_field *link, const pb_uuid *ids, size_t count,
                             pb_arena *arena, const record_data ***ret_records, pb_error *err);
/** `2026-02-28`, `2026-W09`, `2026-02`, `2026-Q1`, `2026`. */
void record_period_write(record_period period, int64_t from_days, pb_buf *out);

#endif
