/* Clusters looked at once more, when all their members are known: what hangs by one link only is
 * cut where members on its two sides contradict each other, and a cluster of more than ten is made
 * anew from the mean odds between all its members. Rows that hold the same count as one member. */
#include "internal.h"

enum {
    LEAST_MEMBERS = 3, /* two are one pair, which was weighed */
    LARGE = 10,        /* beyond so many members the mean over all of them decides … */
    LARGEST = 64,      /* … up to so many; larger ones are only cut at their bridges */
    SIDE_MEMBERS = 16, /* compared of each side of a bridge */
    MOST_BRIDGES = 256
};

/* Bits against a pair from what does not change in a life (names, dates, numbers of identity): two
 * of them differ, and all that is known speaks rather against than for. */
static const double contradiction = -6;

typedef struct edge {
    uint32_t to; /* member */
    double score;
} edge;

typedef struct bridge {
    uint32_t child; /* in the tree of the walk: its subtree is the one side */
    double score;
    uint64_t tie;
} bridge;

/* One cluster. Members are numbers from 0. */
typedef struct cluster {
    match_forest *forest;
    const match_result *result;
    const uint32_t *origin; /* per row of the table: the first that holds the same */
    uint32_t *rows;         /* of members, ascending */
    uint32_t *order;        /* members by what they hold */
    uint32_t *part;         /* of each member: which part it falls into */
    uint32_t *first_edge;   /* by member, and one behind */
    uint32_t *seen, *low, *end, *from, *walk; /* of the walk: number, lowest reached, end of the
                                                 subtree, member before, its way */
    edge *edges;
    bridge *bridges;
    size_t count, edge_count, edge_room, bridge_count, member_room;
    uint32_t parts;
} cluster;

static int order_rows(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static int order_bridges(const void *a, const void *b)
{
    const bridge *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? -1 : 1;
    return x->tie < y->tie ? -1 : x->tie > y->tie;
}

static uint64_t content_of(const cluster *of, uint32_t member)
{
    return of->forest->table->content[of->rows[member]];
}

static bool grow_members(cluster *of, size_t members)
{
    if (members <= of->member_room)
        return true;
    size_t more = members + members / 2 + 64;
    uint32_t **lists[] = {&of->rows, &of->order, &of->part, &of->first_edge, &of->seen,
                          &of->low,  &of->end,   &of->from, &of->walk};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        uint32_t *grown = realloc(*lists[i], (more + 1) * sizeof *grown);
        if (grown == NULL)
            return false;
        *lists[i] = grown;
    }
    bridge *bridges = realloc(of->bridges, (more + 1) * sizeof *bridges);
    if (bridges == NULL)
        return false;
    of->bridges = bridges;
    of->member_room = more;
    return true;
}

static bool add_edge(cluster *of, edge added)
{
    if (of->edge_count == of->edge_room) {
        size_t more = of->edge_room > 0 ? of->edge_room * 2 : 256;
        edge *grown = realloc(of->edges, more * sizeof *grown);
        if (grown == NULL)
            return false;
        of->edges = grown;
        of->edge_room = more;
    }
    of->edges[of->edge_count++] = added;
    return true;
}

/* --- members and links --- */

/* Those by content come out of a merge sort over numbers: the order of rows does not matter but
 * between rows that hold the same, which are alike in all that follows. */
static void sort_by_content(const cluster *of, uint32_t *items, uint32_t *scratch, size_t count)
{
    if (count < 2)
        return;
    size_t half = count / 2, i = 0, j = half, k = 0;
    sort_by_content(of, items, scratch, half);
    sort_by_content(of, items + half, scratch, count - half);
    while (i < half && j < count)
        scratch[k++] =
            content_of(of, items[j]) < content_of(of, items[i]) ? items[j++] : items[i++];
    while (i < half)
        scratch[k++] = items[i++];
    while (j < count)
        scratch[k++] = items[j++];
    memcpy(items, scratch, count * sizeof *items);
}

/* Rows of a cluster that do not repeat another. */
static bool gather_members(cluster *of, uint32_t root)
{
    of->count = 0;
    for (uint32_t row = root; row != UINT32_MAX; row = of->forest->next[row]) {
        if (of->origin[row] != row)
            continue;
        if (!grow_members(of, of->count + 1))
            return false;
        of->rows[of->count++] = row;
    }
    if (of->count > 1)
        qsort(of->rows, of->count, sizeof *of->rows, order_rows);
    for (uint32_t i = 0; i < of->count; i++) {
        of->order[i] = i;
        of->part[i] = 0;
    }
    sort_by_content(of, of->order, of->walk, of->count);
    of->parts = 1;
    return true;
}

static uint32_t member_of(const cluster *of, uint32_t row)
{
    const uint32_t *found = bsearch(&row, of->rows, of->count, sizeof row, order_rows);
    return found != NULL ? (uint32_t)(found - of->rows) : UINT32_MAX;
}

/* The first pair of a row, or where it would stand. */
static size_t first_pair(const match_result *result, uint32_t left)
{
    size_t low = 0, high = result->pair_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (result->pairs[middle].left < left)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The pairs among the members, as edges of both; `first_edge` counts, then says where they begin.
 */
static bool gather_edges(cluster *of)
{
    const match_result *result = of->result;
    size_t n = of->count, found = 0;
    memset(of->first_edge, 0, (n + 1) * sizeof *of->first_edge);
    of->edge_count = 0;
    for (uint32_t i = 0; i < n; i++) {
        for (size_t p = first_pair(result, of->rows[i]);
             p < result->pair_count && result->pairs[p].left == of->rows[i]; p++) {
            uint32_t j = member_of(of, result->pairs[p].right);
            if (j == UINT32_MAX)
                continue;
            if (!add_edge(of, (edge){i, result->pairs[p].score}) ||
                !add_edge(of, (edge){j, result->pairs[p].score}))
                return false;
            of->first_edge[i]++;
            of->first_edge[j]++;
        }
    }
    edge *sorted = malloc((of->edge_count + 1) * sizeof *sorted);
    if (sorted == NULL)
        return false;
    for (uint32_t i = 0; i <= n; i++) {
        size_t here = i < n ? of->first_edge[i] : 0;
        of->first_edge[i] = (uint32_t)found;
        of->walk[i] = (uint32_t)found;
        found += here;
    }
    for (size_t e = 0; e < of->edge_count; e += 2) {
        uint32_t i = of->edges[e].to, j = of->edges[e + 1].to;
        sorted[of->walk[i]++] = (edge){j, of->edges[e].score};
        sorted[of->walk[j]++] = (edge){i, of->edges[e].score};
    }
    free(of->edges);
    of->edges = sorted;
    of->edge_room = of->edge_count + 1;
    return true;
}

/* --- bridges --- */

static void note_bridge(cluster *of, uint32_t child, double score)
{
    uint64_t tie = match_mix(content_of(of, child) + content_of(of, of->from[child]), 6);
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
    return of->count > LARGE && count[0] > 1 && count[1] > 1 && sum < 0;
}

static void cut_bridges(cluster *of)
{
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

/* --- large clusters --- */

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
    if (l->count <= LARGE)
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

static bool join_large(cluster *of)
{
    if (of->count <= LARGE)
        return true;
    linkage *l = malloc(sizeof *l);
    for (uint32_t part = 0, parts = of->parts; part < parts && l != NULL; part++)
        if (join_anew(of, l, part))
            take_groups(of, l, part);
    free(l);
    return l != NULL;
}

/* --- all clusters --- */

/* Lists the parts as clusters of their own. */
static void separate(cluster *of, uint32_t root)
{
    match_forest *f = of->forest;
    uint32_t *heads = of->seen; /* by part */
    for (uint32_t part = 0; part < of->parts; part++)
        heads[part] = UINT32_MAX;
    for (uint32_t row = root, next; row != UINT32_MAX; row = next) {
        next = f->next[row];
        uint32_t *head = &heads[of->part[member_of(of, of->origin[row])]];
        if (*head == UINT32_MAX) {
            *head = row;
        } else {
            f->next[f->last[*head]] = row;
        }
        f->last[*head] = row;
        f->parent[row] = *head;
        f->next[row] = UINT32_MAX;
    }
}

static bool examine(cluster *of, uint32_t root)
{
    if (!gather_members(of, root))
        return false;
    if (of->count < LEAST_MEMBERS)
        return true;
    if (!gather_edges(of))
        return false;
    find_bridges(of);
    cut_bridges(of);
    if (!join_large(of))
        return false;
    if (of->parts > 1)
        separate(of, root);
    return true;
}

static void end(cluster *of)
{
    free(of->rows);
    free(of->order);
    free(of->part);
    free(of->first_edge);
    free(of->seen);
    free(of->low);
    free(of->end);
    free(of->from);
    free(of->walk);
    free(of->edges);
    free(of->bridges);
}

static bool has_three(const match_forest *forest, uint32_t row)
{
    uint32_t next = forest->next[row];
    return forest->parent[row] == row && next != UINT32_MAX && forest->next[next] != UINT32_MAX;
}

/* Each cluster as it was made; its parts are not looked at again. */
static bool examine_all(cluster *of)
{
    const match_store *store = of->forest->table->store;
    size_t rows = of->forest->table->rows, count = 0, at = 0;
    for (uint32_t row = 0; row < rows; row++)
        count += has_three(of->forest, row);
    uint32_t *roots = match_resize(store, NULL, (count + 1) * sizeof *roots);
    if (roots == NULL)
        return false;
    for (uint32_t row = 0; row < rows; row++)
        if (has_three(of->forest, row))
            roots[at++] = row;
    bool done = true;
    for (size_t i = 0; i < count && done; i++)
        done = examine(of, roots[i]);
    match_release(store, roots);
    return done;
}

pb_status match_take_apart(match_forest *forest, const match_result *result, pb_error *err)
{
    const match_table *table = forest->table;
    uint32_t *origin = match_resize(table->store, NULL, (table->rows + 1) * sizeof *origin);
    cluster of = {.forest = forest, .result = result, .origin = origin};
    for (uint32_t row = 0; row < table->rows && origin != NULL; row++) {
        uint32_t before = table->copy_of[row];
        origin[row] = before == row ? row : origin[before];
    }
    bool done = origin != NULL && examine_all(&of);
    end(&of);
    match_release(table->store, origin);
    return done ? PB_OK : match_starved(table->store, err);
}
