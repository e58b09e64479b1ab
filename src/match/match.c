#include "internal.h"

enum { PROGRESS_EVERY = 65536 };
static const double default_threshold = 0.9, identical_score = 0.99;

/* A run in hand. */
typedef struct match_job {
    const match_column *columns;
    size_t column_count;
    double threshold;
    match_candidates candidates;
    match_weights weights;
    pb_arena *arena;
    match_result result;
    size_t capacity;
} match_job;

static uint32_t levels_of(const match_job *job, uint32_t left, uint32_t right, bool *ret_exact)
{
    uint32_t levels = 0;
    bool exact = true, any = false;
    for (size_t c = 0; c < job->column_count; c++) {
        pb_str a = job->columns[c].values[left], b = job->columns[c].values[right];
        match_level level = LEVEL_MISSING;
        if (!pb_str_empty(a) && !pb_str_empty(b)) {
            bool same = pb_str_eq(a, b);
            level = same ? LEVEL_EQUAL : match_compare(job->columns[c].kind, a, b);
            exact = exact && same;
            any = true;
        }
        levels |= (uint32_t)level << (c * LEVEL_BITS);
    }
    *ret_exact = exact && any;
    return levels;
}

/* Rows that agree in everything they hold, an address, number or date among it, are the same record
 * however frequent their values are. */
static bool identical(const match_job *job, const match_pair *pair)
{
    size_t equal = 0;
    bool strong = false;
    for (size_t c = 0; c < job->column_count && pair->exact; c++) {
        match_kind kind = job->columns[c].kind;
        if ((pair->levels >> (c * LEVEL_BITS) & 7) != LEVEL_EQUAL)
            continue;
        equal++;
        strong = strong || (kind != MATCH_NAME && kind != MATCH_ORG && kind != MATCH_TEXT);
    }
    return equal >= 3 || (equal == 2 && strong);
}

static pb_status compare_all(match_job *job, match_progress progress, void *context, pb_error *err)
{
    const match_candidates *candidates = &job->candidates;
    for (size_t i = 0; i < candidates->count; i++) {
        match_pair pair = {.left = (uint32_t)(candidates->items[i] >> 32),
                           .right = (uint32_t)candidates->items[i]};
        pair.levels = levels_of(job, pair.left, pair.right, &pair.exact);
        pair.score = match_weigh(&job->weights, job->column_count, pair.levels, pair.left);
        if (pair.score < identical_score && identical(job, &pair))
            pair.score = identical_score;
        if (pair.score >= job->threshold &&
            !PB_PUSH(job->arena, job->result.pairs, job->result.pair_count, job->capacity, pair))
            return pb_fail_memory(err);
        if (progress != NULL && i % PROGRESS_EVERY == 0 && progress(context, i, candidates->count))
            return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
    }
    job->result.compared = candidates->count;
    return PB_OK;
}

static uint32_t find_root(uint32_t *parent, uint32_t row)
{
    while (parent[row] != row) {
        parent[row] = parent[parent[row]];
        row = parent[row];
    }
    return row;
}

/* Connected components; a cluster is named by its smallest row. */
static pb_status make_clusters(match_job *job, size_t rows, pb_error *err)
{
    uint32_t *parent = pb_arena_array(job->arena, rows > 0 ? rows : 1, sizeof *parent);
    if (parent == NULL)
        return pb_fail_memory(err);
    for (size_t row = 0; row < rows; row++)
        parent[row] = (uint32_t)row;
    for (size_t i = 0; i < job->result.pair_count; i++) {
        uint32_t a = find_root(parent, job->result.pairs[i].left);
        uint32_t b = find_root(parent, job->result.pairs[i].right);
        if (a < b)
            parent[b] = a;
        else
            parent[a] = b;
    }
    for (size_t row = 0; row < rows; row++)
        parent[row] = find_root(parent, (uint32_t)row);
    job->result.cluster = parent;
    job->result.rows = rows;
    return PB_OK;
}

static pb_status find_pairs(match_job *job, size_t rows, const match_options *options,
                            match_progress progress, void *context, pb_error *err)
{
    uint64_t max_pairs = options->max_pairs;
    if (max_pairs == 0)
        max_pairs = rows * 20 > 1000000 ? rows * 20 : 1000000;
    if (rows < 2)
        return PB_OK;
    PB_TRY(match_weights_learn(job->columns, job->column_count, rows, &job->weights, err));
    PB_TRY(match_block(job->columns, job->column_count, rows, options, max_pairs, &job->candidates,
                       err));
    return compare_all(job, progress, context, err);
}

pb_status match_run(const match_column *columns, size_t column_count, size_t rows,
                    const match_options *options, match_progress progress, void *context,
                    pb_arena *arena, match_result *ret_result, pb_error *err)
{
    match_options defaults = {0};
    if (options == NULL)
        options = &defaults;
    if (column_count > MATCH_MAX_COLUMNS)
        return pb_fail(
            err, PB_LIMIT, PB_MSG("Duplicates are compared by at most {limit} fields, not {count}"),
            "limit", PB_ARG_INT(MATCH_MAX_COLUMNS), "count", PB_ARG_INT(column_count), NULL);
    if (rows > UINT32_MAX)
        return pb_fail(err, PB_LIMIT, PB_MSG("There are too many records to compare: {count}"),
                       "count", PB_ARG_INT(rows), NULL);
    match_job job = {.columns = columns, .column_count = column_count, .arena = arena};
    job.threshold = options->threshold > 0 ? options->threshold : default_threshold;
    pb_status status = find_pairs(&job, rows, options, progress, context, err);
    if (status == PB_OK)
        status = make_clusters(&job, rows, err);
    match_weights_free(&job.weights);
    free(job.candidates.items);
    if (status == PB_OK)
        *ret_result = job.result;
    return status;
}
