/* A large cluster made anew: its members begin alone, and the two groups whose members agree best
 * on average become one until none agree (average linkage; Sokal and Michener 1958). */
#include "apart.h"

enum { LARGEST = 64 }; /* members; of more the bits between all of them would take too long */

typedef struct linkage {
    uint32_t member[LARGEST];
    float bits[LARGEST][LARGEST]; /* summed between groups */
    uint32_t group[LARGEST];      /* of each: the number of its first */
    uint32_t size[LARGEST];
    size_t count;
} linkage;

/* The two groups whose members agree best, on average; false where none do. */
static bool best_groups(const linkage *l, size_t *ret_a, size_t *ret_b)
{
    double best = 0;
    bool found = false;
    for (size_t a = 0; a < l->count; a++) {
        for (size_t b = a + 1; b < l->count && l->size[a] > 0; b++) {
            if (l->size[b] == 0)
                continue;
            double mean = (double)l->bits[a][b] / ((double)l->size[a] * l->size[b]);
            if (mean < 0 || (found && mean <= best))
                continue;
            best = mean;
            *ret_a = a;
            *ret_b = b;
            found = true;
        }
    }
    return found;
}

static void join_groups(linkage *l, size_t a, size_t b)
{
    for (size_t i = 0; i < l->count; i++) {
        l->bits[a][i] += l->bits[b][i];
        l->bits[i][a] = l->bits[a][i];
        if (l->group[i] == b)
            l->group[i] = (uint32_t)a;
    }
    l->size[a] += l->size[b];
    l->size[b] = 0;
}

/* The members of a large part, taken in their order by content. */
static bool join_anew(cluster *of, linkage *l, uint32_t part)
{
    l->count = 0;
    for (size_t i = 0; i < of->count; i++) {
        if (of->part[of->order[i]] != part)
            continue;
        if (l->count == LARGEST)
            return false;
        l->member[l->count++] = of->order[i];
    }
    if (l->count <= CLUSTER_LARGE)
        return false;
    for (size_t i = 0; i < l->count; i++) {
        l->group[i] = (uint32_t)i;
        l->size[i] = 1;
        l->bits[i][i] = 0;
        for (size_t j = i + 1; j < l->count; j++)
            l->bits[i][j] = l->bits[j][i] = (float)match_bits_between(
                of->forest, of->rows[l->member[i]], of->rows[l->member[j]]);
    }
    for (size_t a, b; best_groups(l, &a, &b);)
        join_groups(l, a, b);
    return true;
}

/* What linkage found become parts; the first group keeps the number. */
static void take_groups(cluster *of, const linkage *l, uint32_t part)
{
    uint32_t number[LARGEST];
    for (size_t i = 0; i < l->count; i++) {
        if (l->group[i] == i)
            number[i] = i == 0 ? part : of->parts++;
        of->part[l->member[i]] = number[l->group[i]];
    }
}

bool match_join_large(cluster *of)
{
    if (of->count <= CLUSTER_LARGE)
        return true;
    linkage *l = malloc(sizeof *l);
    for (uint32_t part = 0, parts = of->parts; part < parts && l != NULL; part++)
        if (join_anew(of, l, part))
            take_groups(of, l, part);
    free(l);
    return l != NULL;
}
