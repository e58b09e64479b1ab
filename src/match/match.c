#include "internal.h"

#include <math.h>

enum { PAIRS_PER_ROW = 20, LEAST_MAX_PAIRS = 4000000 };
static const double default_threshold = 0.6;

/* A run in hand. */
typedef struct match_job {
    match_table *table;
    match_candidates candidates;
    match_weights weights;
    double threshold;
    pb_arena *arena;
    match_result result;
    size_t capacity;
    match_model *model;
} match_job;

uint64_t match_public_levels(const match_table *table, uint64_t levels)
{
    static const uint64_t shown[LEVEL_COUNT] = {0, 1, 2, 2, 2, 3, 3, 4};
    uint64_t out = 0;
    for (size_t c = 0; c < table->column_count; c++)
        out |= shown[levels >> (c * LEVEL_BITS) & 7] << (c * LEVEL_BITS);
    return out;
}

bool match_is_exact(const match_table *table, uint32_t left, uint32_t right)
{
    bool any = false;
    for (size_t c = 0; c < table->column_count; c++) {
        uint32_t a = match_row(table, left)[c].id, b = match_row(table, right)[c].id;
        const uint32_t *spelling = table->column[c].spelling;
        if (a == 0 || b == 0)
            continue;
        if (a != b || (spelling != NULL && spelling[left] != spelling[right]))
            return false;
        any = true;
    }
    return any;
}

static bool cut_names(void *context)
{
    match_job *job = context;
    return match_table_names(job->table);
}

static bool look_at_strangers(void *context)
{
    match_job *job = context;
    return match_weights_start(job->table, &job->weights) &&
           match_weights_places(job->table, &job->weights);
}

static pb_status find_pairs(match_job *job, const match_options *options, match_progress progress,
                            void *context, pb_error *err)
{
    uint64_t max_pairs = options->max_pairs;
    if (max_pairs == 0)
        max_pairs = job->table->rows * PAIRS_PER_ROW > LEAST_MAX_PAIRS
                        ? job->table->rows * PAIRS_PER_ROW
                        : LEAST_MAX_PAIRS;
    PB_TRY(match_table_complete(job->table, err));
    match_rest(job->table->store);
    const match_aside aside = {{cut_names, look_at_strangers}, job};
    PB_TRY(match_block(job->table, options, max_pairs, &aside, &job->candidates, err));
    PB_TRY(match_weights_learn(job->table, &job->candidates, &job->weights, err));
    PB_TRY(match_compare_all(job->table, &job->weights, &job->candidates, job->threshold, progress,
                             context, job->arena, &job->result, &job->capacity, err));
    match_release(job->table->store, job->candidates.items);
    job->candidates = (match_candidates){0};
    if (options->ret_model != NULL)
        PB_TRY(match_model_of(job->table, &job->weights, &job->model, err));
    return match_cluster(job->table, &job->weights, job->threshold, job->arena, &job->result,
                         job->capacity, err);
}

/* Nothing to compare: every row is alone. */
static pb_status all_alone(match_job *job, const match_options *options, pb_error *err)
{
    size_t rows = job->table->rows;
    job->result.cluster = pb_arena_array(job->arena, rows + 1, sizeof *job->result.cluster);
    if (job->result.cluster == NULL)
        return pb_fail_memory(err);
    for (size_t row = 0; row < rows; row++)
        job->result.cluster[row] = (uint32_t)row;
    job->result.rows = rows;
    return options->ret_model == NULL
               ? PB_OK
               : match_model_default(job->table->columns, job->table->column_count, &job->model,
                                     err);
}

pb_status match_find(match_table *table, const match_options *options, match_progress progress,
                     void *context, pb_arena *arena, match_result *ret_result, pb_error *err)
{
    match_options defaults = {0};
    if (options == NULL)
        options = &defaults;
    match_job job = {.table = table, .arena = arena};
    job.threshold = options->threshold > 0 ? fmin(options->threshold, 0.999999) : default_threshold;
    table->population = (double)table->rows;
    table->threads = options->threads < 1               ? 1
                     : options->threads > MATCH_THREADS ? MATCH_THREADS
                                                        : options->threads;
    pb_status status = table->rows > 1 && table->column_count > 0
                           ? find_pairs(&job, options, progress, context, err)
                           : all_alone(&job, options, err);
    match_release(table->store, job.candidates.items);
    if (status != PB_OK) {
        match_model_free(job.model);
        return status;
    }
    if (options->ret_model != NULL)
        *options->ret_model = job.model;
    *ret_result = job.result;
    return PB_OK;
}
