/* Pairs joined into clusters, the surest first. A cluster grows only when its members, taken
 * together, speak for it: one bad link does not chain strangers. */
#include "internal.h"

#include <math.h>

enum { REPRESENTATIVES = 6, CLOSED = 12 };

typedef struct match_link {
    double score;
    uint64_t tie; /* by contents, so that the order of rows does not matter */
    uint32_t left, right;
} match_link;

typedef match_forest forest;

static uint32_t find_root(uint32_t *parent, uint32_t row)
{
    while (parent[row] != row) {
        parent[row] = parent[parent[row]];
        row = parent[row];
    }
    return row;
}

double match_bits_between(const match_forest *f, uint32_t x, uint32_t y)
{
    match_evidence evidence;
    match_gather(f->table, x, y, &evidence);
    double bits = match_weigh(f->table, f->weights, &evidence);
    return fmax(-MATCH_MOST_BITS, fmin(bits, MATCH_MOST_BITS));
}

static int order_links(const void *a, const void *b)
{
    const match_link *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->tie < y->tie ? -1 : x->tie > y->tie;
}

/* Mean odds between the first members of both clusters. */
static bool agree(forest *f, uint32_t a, uint32_t b)
{
    double sum = 0;
    int pairs = 0, i = 0, j;
    if (f->last[a] == a && f->last[b] == b)
        return true;
    for (uint32_t x = a; i < REPRESENTATIVES && x != UINT32_MAX; x = f->next[x], i++) {
        j = 0;
        for (uint32_t y = b; j < REPRESENTATIVES && y != UINT32_MAX; y = f->next[y], j++) {
            sum += match_bits_between(f, x, y);
            pairs++;
        }
    }
    return sum / pairs >= 0;
}

static void join(forest *f, uint32_t a, uint32_t b)
{
    const uint64_t *content = f->table->content;
    uint32_t first = content[a] < content[b] || (content[a] == content[b] && a < b) ? a : b;
    uint32_t second = first == a ? b : a;
    f->parent[second] = first;
    f->next[f->last[first]] = second;
    f->last[first] = f->last[second];
}

static match_link *sorted_links(const forest *f, const match_result *result)
{
    const uint64_t *content = f->table->content;
    match_link *links =
        match_resize(f->table->store, NULL, (result->pair_count + 1) * sizeof *links);
    for (size_t i = 0; i < result->pair_count && links != NULL; i++) {
        const match_pair *pair = &result->pairs[i];
        bool copy = f->table->copy_of[pair->right] == pair->left;
        links[i] = (match_link){copy ? 2 : pair->score,
                                match_mix(content[pair->left] + content[pair->right], 5),
                                pair->left, pair->right};
    }
    if (links != NULL && result->pair_count > 1)
        qsort(links, result->pair_count, sizeof *links, order_links);
    return links;
}

/* Clusters named by their smallest row. */
static void name_clusters(const forest *f, uint32_t *cluster)
{
    size_t rows = f->table->rows;
    for (size_t row = 0; row < rows; row++)
        cluster[row] = UINT32_MAX;
    for (size_t row = 0; row < rows; row++) {
        uint32_t root = find_root(f->parent, (uint32_t)row);
        if (cluster[root] == UINT32_MAX)
            cluster[root] = f->last[root] = (uint32_t)row; /* last: the name, from here on */
    }
    for (size_t row = 0; row < rows; row++)
        cluster[row] = f->last[f->parent[row]];
}

static int order_pairs(const void *a, const void *b)
{
    const match_pair *x = a, *y = b;
    if (x->left != y->left)
        return x->left < y->left ? -1 : 1;
    return x->right < y->right ? -1 : x->right > y->right;
}

/* Members of the cluster of `root` in the order of rows; 0 when there are more than CLOSED. */
static size_t members_of(const forest *f, uint32_t root, uint32_t members[CLOSED])
{
    size_t count = 0;
    for (uint32_t row = root; row != UINT32_MAX; row = f->next[row]) {
        if (count == CLOSED)
            return 0;
        size_t at = count++;
        for (; at > 0 && members[at - 1] > row; at--)
            members[at] = members[at - 1];
        members[at] = row;
    }
    return count;
}

static bool has_pair(const match_result *result, size_t count, uint32_t left, uint32_t right)
{
    match_pair key = {.left = left, .right = right};
    return count > 0 && bsearch(&key, result->pairs, count, sizeof key, order_pairs) != NULL;
}

/* Within a small cluster every two rows are a pair; one found through others only scores what the
 * threshold asks for. */
static bool close_cluster(forest *f, uint32_t root, double score, pb_arena *arena,
                          match_result *result, size_t known, size_t *capacity)
{
    uint32_t members[CLOSED];
    size_t count = members_of(f, root, members);
    for (size_t i = 0; count > 2 && i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            match_evidence evidence;
            if (has_pair(result, known, members[i], members[j]))
                continue;
            match_gather(f->table, members[i], members[j], &evidence);
            match_pair pair = {.left = members[i], .right = members[j], .score = score};
            pair.exact = match_is_exact(f->table, pair.left, pair.right);
            pair.levels = match_public_levels(f->table, evidence.levels);
            if (!PB_PUSH(arena, result->pairs, result->pair_count, *capacity, pair))
                return false;
        }
    }
    return true;
}

/* Drops pairs that ended in different clusters, adds those that clusters imply. */
static pb_status settle_pairs(forest *f, const uint32_t *cluster, double score, pb_arena *arena,
                              match_result *result, size_t capacity, pb_error *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < result->pair_count; i++)
        if (cluster[result->pairs[i].left] == cluster[result->pairs[i].right])
            result->pairs[kept++] = result->pairs[i];
    result->pair_count = kept;
    for (uint32_t row = 0; row < f->table->rows; row++)
        if (f->parent[row] == row && f->next[row] != UINT32_MAX &&
            !close_cluster(f, row, score, arena, result, kept, &capacity))
            return pb_fail_memory(err);
    if (result->pair_count > kept)
        qsort(result->pairs, result->pair_count, sizeof *result->pairs, order_pairs);
    return PB_OK;
}

pb_status match_cluster(match_table *table, const match_weights *weights, double threshold,
                        pb_arena *arena, match_result *result, size_t capacity, pb_error *err)
{
    size_t rows = table->rows;
    forest f = {.table = table, .weights = weights};
    uint32_t *cluster = pb_arena_array(arena, rows > 0 ? rows : 1, sizeof *cluster);
    f.parent = match_resize(table->store, NULL, (rows + 1) * 3 * sizeof *f.parent);
    match_link *links = f.parent != NULL ? sorted_links(&f, result) : NULL;
    if (cluster == NULL || links == NULL) {
        match_release(table->store, links);
        match_release(table->store, f.parent);
        return cluster == NULL ? pb_fail_memory(err) : match_starved(table->store, err);
    }
    f.next = f.parent + rows;
    f.last = f.next + rows;
    for (size_t row = 0; row < rows; row++) {
        f.parent[row] = f.last[row] = (uint32_t)row;
        f.next[row] = UINT32_MAX;
    }
    for (size_t i = 0; i < result->pair_count; i++) {
        uint32_t a = find_root(f.parent, links[i].left);
        uint32_t b = find_root(f.parent, links[i].right);
        if (a != b && (links[i].score > 1 || agree(&f, a, b)))
            join(&f, a, b);
    }
    match_release(table->store, links);
    pb_status status = match_take_apart(&f, result, err);
    if (status == PB_OK)
        name_clusters(&f, cluster);
    if (status == PB_OK)
        status = settle_pairs(&f, cluster, threshold, arena, result, capacity, err);
    match_release(table->store, f.parent);
    if (status != PB_OK)
        return status;
    result->cluster = cluster;
    result->rows = rows;
    return PB_OK;
}
