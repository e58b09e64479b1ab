/* What people decided of pairs, put into what a search found. */
#include "likeness/said.h"

#include <stdlib.h>
#include <string.h>

/* Pairs by left, then right. */
static int order_said(const void *a, const void *b)
{
    const likeness_said *x = a, *y = b;
    if (x->left != y->left)
        return x->left < y->left ? -1 : 1;
    return x->right < y->right ? -1 : x->right > y->right;
}

static int order_pairs(const void *a, const void *b)
{
    const match_pair *x = a, *y = b;
    if (x->left != y->left)
        return x->left < y->left ? -1 : 1;
    return x->right < y->right ? -1 : x->right > y->right;
}

/* The surest first; what is equally sure in the order of rows. */
static int order_score(const void *a, const void *b)
{
    const match_pair *x = *(const match_pair *const *)a, *y = *(const match_pair *const *)b;
    if (x->score < y->score || x->score > y->score)
        return x->score > y->score ? -1 : 1;
    return order_pairs(x, y);
}

static const likeness_said *said_of(const likeness_said *said, size_t count, uint32_t left,
                                    uint32_t right)
{
    const likeness_said key = {left, right, false};
    return bsearch(&key, said, count, sizeof *said, order_said);
}

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

/* Groups while they grow. */
typedef struct groups {
    uint32_t *parent;
    uint8_t *apart; /* by root: some member is said to differ from another record */
    const likeness_said *said;
    size_t count;
} groups;

/* True when joining two groups would put two records together that are said to differ. */
static bool contradicts(groups *g, uint32_t a, uint32_t b)
{
    if (!g->apart[a] || !g->apart[b])
        return false;
    for (size_t i = 0; i < g->count; i++) {
        if (g->said[i].same)
            continue;
        uint32_t x = root_of(g->parent, g->said[i].left), y = root_of(g->parent, g->said[i].right);
        if ((x == a && y == b) || (x == b && y == a))
            return true;
    }
    return false;
}

/* Joins what a pair says; false when it would contradict what was said. */
static bool join(groups *g, const match_pair *pair)
{
    uint32_t a = root_of(g->parent, pair->left), b = root_of(g->parent, pair->right);
    if (a == b)
        return true;
    if (contradicts(g, a, b))
        return false;
    uint32_t low = a < b ? a : b, high = a < b ? b : a;
    g->parent[high] = low;
    g->apart[low] = g->apart[low] || g->apart[high];
    return true;
}

/* Pairs without those said to differ, with those said to be one. */
static pb_status take_said(match_result *result, const likeness_said *said, size_t count,
                           pb_arena *arena, pb_error *err)
{
    match_pair *pairs = pb_arena_array(arena, result->pair_count + count + 1, sizeof *pairs);
    size_t kept = 0, found = 0;
    if (pairs == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < result->pair_count; i++) {
        const match_pair *pair = &result->pairs[i];
        const likeness_said *about = said_of(said, count, pair->left, pair->right);
        if (about == NULL || about->same)
            pairs[kept] = *pair;
        if (about != NULL && about->same)
            pairs[kept].score = 1;
        kept += about == NULL || about->same;
    }
    found = kept;
    for (size_t i = 0; i < count; i++) {
        const match_pair key = {.left = said[i].left, .right = said[i].right};
        if (said[i].same &&
            bsearch(&key, result->pairs, result->pair_count, sizeof key, order_pairs) == NULL)
            pairs[found++] = (match_pair){.left = key.left, .right = key.right, .score = 1};
    }
    if (found > kept)
        qsort(pairs, found, sizeof *pairs, order_pairs);
    result->pairs = pairs;
    result->pair_count = found;
    return PB_OK;
}

/* Groups grow by their surest pair; a pair that would contradict what was said joins nothing and is
 * left out, so that pairs and groups say the same. */
static pb_status group_anew(match_result *result, const likeness_said *said, size_t count,
                            pb_error *err)
{
    groups g = {result->cluster, calloc(result->rows + 1, 1), said, count};
    const match_pair **order = calloc(result->pair_count + 1, sizeof *order);
    bool *joined = calloc(result->pair_count + 1, sizeof *joined);
    pb_status status =
        g.apart == NULL || order == NULL || joined == NULL ? pb_fail_memory(err) : PB_OK;
    for (size_t row = 0; row < result->rows; row++)
        result->cluster[row] = (uint32_t)row;
    for (size_t i = 0; i < count && status == PB_OK; i++)
        if (!said[i].same)
            g.apart[said[i].left] = g.apart[said[i].right] = 1;
    for (size_t i = 0; i < result->pair_count && status == PB_OK; i++)
        order[i] = &result->pairs[i];
    if (status == PB_OK && result->pair_count > 1)
        qsort(order, result->pair_count, sizeof *order, order_score);
    for (size_t i = 0; i < result->pair_count && status == PB_OK; i++)
        joined[order[i] - result->pairs] = join(&g, order[i]);
    size_t kept = 0;
    for (size_t i = 0; i < result->pair_count && status == PB_OK; i++)
        if (joined[i])
            result->pairs[kept++] = result->pairs[i];
    if (status == PB_OK)
        result->pair_count = kept;
    for (size_t row = 0; row < result->rows; row++)
        result->cluster[row] = root_of(result->cluster, (uint32_t)row);
    free(g.apart);
    free(order);
    free(joined);
    return status;
}

pb_status likeness_heed(match_result *result, likeness_said *said, size_t count, pb_arena *arena,
                        pb_error *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        likeness_said one = said[i];
        if (one.left > one.right)
            one = (likeness_said){said[i].right, said[i].left, said[i].same};
        if (one.left != one.right && one.right < result->rows)
            said[kept++] = one;
    }
    if (kept == 0)
        return PB_OK;
    qsort(said, kept, sizeof *said, order_said);
    PB_TRY(take_said(result, said, kept, arena, err));
    return group_anew(result, said, kept, err);
}
