/* What people decided of pairs, heeded by what a search for duplicates found: two records said to
 * differ are never one, nor in one group by way of others; two said to be one always are.
 *
 * No SQL, no I/O. Threads: no state.
 */
#ifndef LIKENESS_SAID_H
#define LIKENESS_SAID_H

#include "match/match.h"

/** What was said of two rows. */
typedef struct likeness_said {
    uint32_t left, right;
    bool same; /* false: they differ */
} likeness_said;

/** Puts decisions, each pair once, into a result. `said` is brought into order; new pairs live in
 * `arena`. O(pairs log pairs + decisions × joins of groups that have decisions). */
pb_status likeness_heed(match_result *result, likeness_said *said, size_t count, pb_arena *arena,
                        pb_error *err);

#endif
