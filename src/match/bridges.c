/* What hangs by one link only (a bridge of the graph) is cut off where members on its two sides
 * contradict each other in what does not change in a life. */
#include "apart.h"

enum {
    SIDE_MEMBERS = 16, /* compared of each side of a bridge */
    MOST_BRIDGES = 256
};

/* Bits against a pair from what does not change in a life (names, dates, numbers of identity): two
 * of them differ, and all that is known speaks rather against than for. */
static const double contradiction = -6;

static int order_bridges(const void *a, const void *b)
{
    const bridge *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? -1 : 1;
    return x->tie < y->tie ? -1 : x->tie > y->tie;
}

static void note_bridge(cluster *of, uint32_t child, double score)
{
    uint64_t tie =
        match_mix(match_member_content(of, child) + match_member_content(of, of->from[child]), 6);
    of->bridges[of->bridge_count++] = (bridge){child, score, tie};
}

/* Walks from a member into the depth: a link is a bridge when nothing behind it reaches back across
 * it (Tarjan 1974). `end` holds the next edge of a member until its subtree is done. */
static void walk_from(cluster *of, uint32_t start, uint32_t *number)
{
    size_t depth = 0;
    of->walk[depth++] = start;
    of->from[start] = UINT32_MAX;
    of->seen[start] = of->low[start] = (*number)++;
    of->end[start] = of->first_edge[start];
    while (depth > 0) {
        uint32_t at = of->walk[depth - 1], before = of->from[at];
        if (of->end[at] < of->first_edge[at + 1]) {
            uint32_t to = of->edges[of->end[at]++].to;
            if (of->seen[to] == UINT32_MAX) {
                of->from[to] = at;
                of->seen[to] = of->low[to] = (*number)++;
                of->end[to] = of->first_edge[to];
                of->walk[depth++] = to;
            } else if (to != before && of->seen[to] < of->low[at]) {
                of->low[at] = of->seen[to];
            }
            continue;
        }
        of->end[at] = *number;
        depth--;
        if (before == UINT32_MAX)
            continue;
        if (of->low[at] < of->low[before])
            of->low[before] = of->low[at];
        if (of->low[at] == of->seen[at])
            note_bridge(of, at, of->edges[of->end[before] - 1].score);
    }
}

static void find_bridges(cluster *of)
{
    uint32_t number = 0;
    of->bridge_count = 0;
    for (uint32_t i = 0; i < of->count; i++)
        of->seen[i] = UINT32_MAX;
    for (uint32_t i = 0; i < of->count; i++)
        if (of->seen[i] == UINT32_MAX)
            walk_from(of, i, &number);
    if (of->bridge_count > 1)
        qsort(of->bridges, of->bridge_count, sizeof *of->bridges, order_bridges);
}

static bool lies_behind(const cluster *of, uint32_t child, uint32_t member)
{
    return of->seen[member] >= of->seen[child] && of->seen[member] < of->end[child];
}

static bool contradict(const cluster *of, uint32_t x, uint32_t y)
{
    const match_table *table = of->forest->table;
    double parts[MATCH_MAX_COLUMNS], against = 0;
    match_evidence evidence;
    match_gather(of->forest->table, of->rows[x], of->rows[y], &evidence);
    double bits = match_weigh_parts(table, of->forest->weights, &evidence, parts);
    if (bits - of->forest->weights->base > 0)
        return false;
    for (size_t c = 0; c < table->column_count; c++) {
        match_kind kind = table->columns[c].kind;
        unsigned level = evidence.levels >> (c * LEVEL_BITS) & 7;
        if (level == LEVEL_DIFFERS &&
            (kind == MATCH_NAME || kind == MATCH_DATE || kind == MATCH_EXACT))
            against += parts[c];
    }
    return against <= contradiction;
}

/* True when members of its two sides cannot be one, or, of the two groups of a large cluster, most
 * say they are not. */
static bool is_false(const cluster *of, uint32_t child)
{
    uint32_t side[2][SIDE_MEMBERS] = {{0}};
    size_t count[2] = {0, 0};
    double sum = 0;
    for (size_t i = 0; i < of->count; i++) {
        uint32_t member = of->order[i];
        bool behind = lies_behind(of, child, member);
        if (of->part[member] == of->part[child] && count[behind] < SIDE_MEMBERS)
            side[behind][count[behind]++] = member;
    }
    for (size_t i = 0; i < count[0]; i++) {
        for (size_t j = 0; j < count[1]; j++) {
            if (contradict(of, side[0][i], side[1][j]))
                return true;
            sum += match_bits_between(of->forest, of->rows[side[0][i]], of->rows[side[1][j]]);
        }
    }
    return of->count > CLUSTER_LARGE && count[0] > 1 && count[1] > 1 && sum < 0;
}

void match_cut_bridges(cluster *of)
{
    find_bridges(of);
    for (size_t b = 0; b < of->bridge_count && b < MOST_BRIDGES; b++) {
        uint32_t child = of->bridges[b].child, part = of->part[child];
        if (!is_false(of, child))
            continue;
        for (uint32_t i = 0; i < of->count; i++)
            if (of->part[i] == part && lies_behind(of, child, i))
                of->part[i] = of->parts;
        of->parts++;
    }
}
