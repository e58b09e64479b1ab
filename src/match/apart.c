/* Clusters looked at once more, when all their members are known: what hangs by one link only is
 * cut where members on its two sides contradict each other, and a cluster of more than ten is made
 * anew from the mean odds between all its members. Rows that hold the same count as one member. */
#include "apart.h"

enum { LEAST_MEMBERS = 3 }; /* two are one pair, which was weighed */

static int order_rows(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
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
        scratch[k++] = match_member_content(of, items[j]) < match_member_content(of, items[i])
                           ? items[j++]
                           : items[i++];
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
    match_cut_bridges(of);
    if (!match_join_large(of))
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
