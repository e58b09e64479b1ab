/* Candidate pairs gathered by several threads: sorted runs, each pair once, merged now and then. */
#include "internal.h"

static bool merge_runs(const match_store *store, match_list *into, match_list *other)
{
    size_t most = into->count + other->count;
    match_list merged = {0};
    const uint64_t *a = into->items, *a_end = a + into->count;
    const uint64_t *b = other->items, *b_end = b + other->count;
    if (!match_list_room(store, &merged, most + 1))
        return false;
    while (a < a_end && b < b_end) {
        uint64_t x = *a, y = *b;
        merged.items[merged.count++] = x < y ? x : y;
        a += x <= y;
        b += y <= x;
    }
    while (a < a_end)
        merged.items[merged.count++] = *a++;
    while (b < b_end)
        merged.items[merged.count++] = *b++;
    match_list_free(store, into);
    match_list_free(store, other);
    *into = merged;
    return true;
}

/* Runs stay shorter than half of the one before, so each pair is merged a few times only. `all`:
 * leaves one. */
static bool settle(match_runs *runs, bool all)
{
    while (runs->count > 1) {
        match_list *last = &runs->items[runs->count - 1], *before = last - 1;
        if (!all && last->count * 2 < before->count && runs->count < MATCH_RUNS)
            return true;
        if (!merge_runs(runs->store, before, last))
            return false;
        runs->count--;
    }
    return true;
}

/* Sorts pairs and drops those that stand twice. */
static bool sort_pairs(const match_runs *runs, match_list *pairs, match_list *scratch)
{
    size_t kept = 0;
    if (!match_list_room(runs->store, scratch, pairs->count))
        return false;
    match_sort(pairs->items, scratch->items, pairs->count, 0, runs->row_bits);
    match_sort(pairs->items, scratch->items, pairs->count, 32, 32 + runs->row_bits);
    for (size_t i = 0; i < pairs->count; i++)
        if (kept == 0 || pairs->items[i] != pairs->items[kept - 1])
            pairs->items[kept++] = pairs->items[i];
    pairs->count = kept;
    return true;
}

bool match_runs_add(match_runs *runs, match_list *pairs, match_list *scratch)
{
    match_list run = {0};
    if (pairs->count == 0)
        return true;
    if (!sort_pairs(runs, pairs, scratch) || !match_list_room(runs->store, &run, pairs->count))
        return false;
    memcpy(run.items, pairs->items, pairs->count * sizeof *run.items);
    run.count = pairs->count;
    pairs->count = 0;
    pthread_mutex_lock(&runs->lock);
    runs->items[runs->count++] = run;
    bool settled = settle(runs, false);
    pthread_mutex_unlock(&runs->lock);
    return settled;
}

bool match_runs_end(match_runs *runs, match_list *ret_all)
{
    if (!settle(runs, true))
        return false;
    *ret_all = runs->count > 0 ? runs->items[0] : (match_list){0};
    runs->count = 0;
    return true;
}

bool match_runs_start(match_runs *runs, const match_table *table)
{
    *runs = (match_runs){.store = table->store,
                         .row_bits = 64 - (unsigned)__builtin_clzll(table->rows | 1)};
    return pthread_mutex_init(&runs->lock, NULL) == 0;
}

void match_runs_free(match_runs *runs)
{
    for (size_t i = 0; i < runs->count; i++)
        match_list_free(runs->store, &runs->items[i]);
    pthread_mutex_destroy(&runs->lock);
}
