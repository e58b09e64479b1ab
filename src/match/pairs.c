/* Candidate pairs compared and weighed, by several threads; those that stay are kept in order. */
#include "internal.h"

#include <math.h>
#include <stdatomic.h>

enum { PART_PAIRS = 16384, AHEAD = 8 };

/* The pairs of one part that reach the threshold. */
typedef struct found_pairs {
    match_pair *items;
    size_t count, capacity;
} found_pairs;

typedef struct comparing {
    const match_table *table;
    const match_weights *weights;
    const match_candidates *candidates;
    double threshold, least; /* probability, and the same in bits */
    match_table views[MATCH_THREADS];
    bool viewing[MATCH_THREADS];
    found_pairs *found; /* by part */
    match_progress progress;
    void *context;
    atomic_size_t done;
    atomic_bool starved, stopped;
} comparing;

static bool keep_pair(found_pairs *found, match_pair pair)
{
    if (found->count == found->capacity) {
        size_t more = found->capacity > 0 ? found->capacity * 2 : 64;
        match_pair *grown = realloc(found->items, more * sizeof *grown);
        if (grown == NULL)
            return false;
        found->items = grown;
        found->capacity = more;
    }
    found->items[found->count++] = pair;
    return true;
}

/* Rows that hold the same, an address, number or date among it, are the same record however
 * frequent their values are. */
static bool compare_pair(const comparing *of, match_table *table, uint64_t candidate,
                         found_pairs *found)
{
    match_pair pair = {.left = (uint32_t)(candidate >> 32), .right = (uint32_t)candidate};
    match_evidence evidence;
    double bits;
    if (table->copy_of[pair.right] == pair.left) {
        match_gather(table, pair.left, pair.right, &evidence);
        bits = match_weigh(table, of->weights, &evidence);
        pair.score = match_copy_score(bits);
    } else {
        if (!match_gather_above(table, of->weights, pair.left, pair.right, of->least, &evidence))
            return true;
        bits = match_weigh(table, of->weights, &evidence);
        pair.score = 1 / (1 + exp2(-bits));
        if (pair.score < of->threshold)
            return true;
    }
    pair.levels = match_public_levels(table, evidence.levels);
    pair.exact = match_is_exact(table, pair.left, pair.right);
    return keep_pair(found, pair);
}

static void compare_part(void *context, size_t part, size_t thread)
{
    comparing *of = context;
    const match_candidates *candidates = of->candidates;
    size_t from = part * PART_PAIRS;
    size_t to = from + PART_PAIRS < candidates->count ? from + PART_PAIRS : candidates->count;
    match_table *view = &of->views[thread];
    if (atomic_load(&of->stopped) || atomic_load(&of->starved))
        return;
    bool ready = of->viewing[thread] || match_view_start(view, of->table);
    of->viewing[thread] = true;
    for (size_t i = from; i < to && ready; i++) {
        if (i + AHEAD < to) {
            __builtin_prefetch(match_row(view, (uint32_t)candidates->items[i + AHEAD]));
            __builtin_prefetch(match_row(view, (uint32_t)(candidates->items[i + AHEAD] >> 32)));
        }
        ready = compare_pair(of, view, candidates->items[i], &of->found[part]);
    }
    if (!ready)
        atomic_store(&of->starved, true);
    size_t done = atomic_fetch_add(&of->done, to - from) + to - from;
    if (thread == 0 && of->progress != NULL && of->progress(of->context, done, candidates->count))
        atomic_store(&of->stopped, true);
}

/* All parts behind one another, in the arena. */
static bool gather_parts(const comparing *of, size_t parts, pb_arena *arena, match_result *result,
                         size_t *ret_capacity)
{
    size_t count = 0;
    for (size_t i = 0; i < parts; i++)
        count += of->found[i].count;
    result->pairs = pb_arena_array(arena, count + 1, sizeof *result->pairs);
    if (result->pairs == NULL)
        return false;
    for (size_t i = 0; i < parts; i++) {
        if (of->found[i].count > 0)
            memcpy(result->pairs + result->pair_count, of->found[i].items,
                   of->found[i].count * sizeof *result->pairs);
        result->pair_count += of->found[i].count;
    }
    result->compared = of->candidates->count;
    *ret_capacity = count + 1;
    return true;
}

pb_status match_compare_all(const match_table *table, const match_weights *weights,
                            const match_candidates *candidates, double threshold,
                            match_progress progress, void *context, pb_arena *arena,
                            match_result *result, size_t *ret_capacity, pb_error *err)
{
    size_t parts = (candidates->count + PART_PAIRS - 1) / PART_PAIRS;
    comparing *of = calloc(1, sizeof *of);
    found_pairs *found = calloc(parts + 1, sizeof *found);
    bool kept = false, stopped = false;
    if (of != NULL && found != NULL) {
        *of = (comparing){.table = table,
                          .weights = weights,
                          .candidates = candidates,
                          .threshold = threshold,
                          .least = log2(threshold / (1 - threshold)),
                          .found = found,
                          .progress = progress,
                          .context = context};
        match_crew(table->threads, parts, compare_part, of);
        stopped = atomic_load(&of->stopped);
        kept = !atomic_load(&of->starved) && !stopped &&
               gather_parts(of, parts, arena, result, ret_capacity);
        for (size_t i = 0; i < MATCH_THREADS; i++)
            if (of->viewing[i])
                match_view_end(&of->views[i]);
        for (size_t i = 0; i < parts; i++)
            free(found[i].items);
    }
    free(found);
    free(of);
    if (stopped)
        return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
    return kept ? PB_OK : pb_fail_memory(err);
}
