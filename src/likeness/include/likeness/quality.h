/* How good the search for duplicates is, as far as people's decisions can tell: precision and
 * recall with intervals, by what agreed and by script.
 *
 * Precision: of the pairs that score the threshold or more and were decided, how many are one.
 * Recall: of all pairs decided to be one, how many score the threshold or more; it can only speak
 * of pairs that somebody looked at. Intervals are Wilson's (1927), 95 %.
 * No SQL, no I/O. Threads: no state.
 */
#ifndef LIKENESS_QUALITY_H
#define LIKENESS_QUALITY_H

#include "base/arena.h"
#include "base/error.h"

/** A pair that was decided; texts live as long as the quality made of it. */
typedef struct likeness_verdict {
    double score;
    bool same;
    pb_str rule;   /* how the fields agreed: `full_name=equal email=near` */
    pb_str script; /* latin, han, arabic, other, mixed, none */
} likeness_verdict;

/** A share with its interval; `of` 0: it cannot be told. */
typedef struct likeness_share {
    uint64_t part, of;
    double value, low, high;
} likeness_share;

/** Quality of the pairs of one name. */
typedef struct likeness_group {
    pb_str name; /* the rule or the script; absent: all */
    uint64_t decided;
    likeness_share precision, recall;
} likeness_group;

typedef struct likeness_quality {
    double threshold;
    likeness_group all;
    likeness_group *rules; /* by pairs decided, most first */
    size_t rule_count;
    likeness_group *scripts;
    size_t script_count;
} likeness_quality;

/** A share with Wilson's interval. */
likeness_share likeness_share_of(uint64_t part, uint64_t of);
/** The quality that decisions show at a threshold; lists live in `arena`. */
pb_status likeness_quality_of(const likeness_verdict *verdicts, size_t count, double threshold,
                              pb_arena *arena, likeness_quality *ret_quality, pb_error *err);

#endif
