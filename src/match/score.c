/* One record under a model: how it compares with others, and its keys. The same road as a run's,
 * over a table of a few rows whose frequencies are the model's. */
#include "internal.h"

#include <math.h>

enum { CACHE_BITS = 8, RANKS = 8, FEW_ROWS = 64 };

struct match_scorer {
    const match_model *model;
    match_words words; /* nicknames and memory stay, words are those of the records in hand */
    match_plans plans; /* the most selective first */
};

/* Which keys come first where not all fit. */
static int rank_of(const match_key_plan *plan)
{
    switch (plan->form) {
    case KEY_DECLARED:
    case KEY_ONE:
        return plan->part_a == PART_WHOLE ? 0 : 1;
    case KEY_NAME:
        return 2;
    case KEY_SOUND:
        return plan->a == plan->b ? 2 : plan->part_b == PART_DATE ? 3 : 6;
    case KEY_WORD:
        return plan->part_b == PART_DATE || plan->part_b == PART_WHOLE ? 3
               : plan->part_b == PART_SOFT                             ? 5
                                                                       : 6;
    case KEY_TWO:
        return 4;
    case KEY_STARTS:
        break;
    }
    return RANKS - 1;
}

static pb_status rank_plans(match_scorer *scorer, pb_error *err)
{
    const match_model *model = scorer->model;
    match_table table = {.columns = model->columns, .column_count = model->column_count};
    match_plans all = {0};
    pb_status status = match_plan(&table, NULL, 0, &all, err);
    scorer->plans.items = calloc(all.count + 1, sizeof *all.items);
    if (status == PB_OK && scorer->plans.items == NULL)
        status = pb_fail_memory(err);
    for (int rank = 0; rank < RANKS && status == PB_OK; rank++)
        for (size_t i = 0; i < all.count; i++)
            if (rank_of(&all.items[i]) == rank)
                scorer->plans.items[scorer->plans.count++] = all.items[i];
    free(all.items);
    return status;
}

pb_status match_scorer_new(const match_model *model, match_scorer **ret_scorer, pb_error *err)
{
    match_scorer *scorer = calloc(1, sizeof *scorer);
    if (scorer == NULL)
        return pb_fail_memory(err);
    scorer->model = model;
    pb_status status = match_words_start(&scorer->words, CACHE_BITS) ? PB_OK : pb_fail_memory(err);
    if (status == PB_OK)
        status = rank_plans(scorer, err);
    if (status == PB_OK)
        *ret_scorer = scorer;
    else
        match_scorer_free(scorer);
    return status;
}

match_scorer *match_scorer_free(match_scorer *scorer)
{
    if (scorer == NULL)
        return NULL;
    match_words_free(&scorer->words);
    free(scorer->plans.items);
    free(scorer);
    return NULL;
}

/* --- a table of the records in hand --- */

typedef struct few {
    match_table table;
    match_batch *batch;
} few;

static void few_end(match_scorer *scorer, few *f)
{
    if (f->table.words.cache != NULL) { /* the words go back to their owner */
        scorer->words = f->table.words;
        f->table.words = (match_words){0};
        match_words_reset(&scorer->words);
    }
    match_table_free(&f->table);
    match_batch_free(f->batch);
}

/* Frequencies as the model knows them; rows that it does not know add nothing. */
static void take_frequencies(const match_model *model, match_table *table)
{
    for (size_t c = 0; c < table->column_count; c++)
        for (uint32_t id = 1; id <= table->column[c].count; id++)
            table->column[c].values[id].rows =
                match_frequency_of(&model->values[c], match_whole(table, c, id));
    for (uint32_t id = 1; id <= table->words.intern.count; id++) {
        match_word *word = &table->words.items[id];
        word->count = match_frequency_of(&model->words, match_word_key(word->text));
    }
    table->word_chance = model->word_chance;
}

static pb_status few_begin(match_scorer *scorer, const pb_str *record, const pb_str *others,
                           size_t count, few *f, pb_error *err)
{
    const match_model *model = scorer->model;
    size_t columns = model->column_count;
    *f = (few){.table = {.columns = model->columns,
                         .column_count = columns,
                         .population = model->population,
                         .words = scorer->words}};
    PB_TRY(match_batch_make(model->columns, columns, count + 1, &f->batch, err));
    pb_status status = match_batch_add(f->batch, record, err);
    for (size_t i = 0; i < count && status == PB_OK; i++)
        status = match_batch_add(f->batch, others + i * columns, err);
    if (status == PB_OK)
        status = match_table_add(&f->table, f->batch, err);
    if (status == PB_OK)
        status = match_table_complete(&f->table, err);
    if (status == PB_OK && !match_table_names(&f->table))
        status = pb_fail_memory(err);
    if (status == PB_OK)
        take_frequencies(model, &f->table);
    return status;
}

/* --- scores --- */

static void compare_rows(const match_model *model, match_table *table, uint32_t other,
                         match_comparison *ret)
{
    match_evidence evidence;
    double parts[MATCH_MAX_COLUMNS];
    match_gather(table, 0, other, &evidence);
    double bits = match_weigh_parts(table, &model->weights, &evidence, parts);
    bool copy = table->content[0] == table->content[other] && match_tells(table, other);
    *ret = (match_comparison){.bits = bits, .base = model->weights.base};
    ret->score = copy ? match_copy_score(bits) : 1 / (1 + exp2(-bits));
    ret->exact = match_is_exact(table, 0, other);
    for (size_t c = 0; c < table->column_count; c++) {
        match_level level = evidence.levels >> (c * LEVEL_BITS) & 7;
        uint32_t rows = level == LEVEL_EQUAL ? (uint32_t)evidence.rare[c] : 0;
        ret->steps[c] = (match_step){level, parts[c], rows};
    }
}

/* A few at a time, so that memory stays small however many there are. */
pb_status match_score(match_scorer *scorer, const pb_str *record, const pb_str *others,
                      size_t count, match_comparison *ret_comparisons, pb_error *err)
{
    const match_model *model = scorer->model;
    pb_status status = PB_OK;
    for (size_t from = 0; from < count && status == PB_OK; from += FEW_ROWS) {
        size_t rows = count - from < FEW_ROWS ? count - from : FEW_ROWS;
        few f;
        status = few_begin(scorer, record, others + from * model->column_count, rows, &f, err);
        for (size_t i = 0; i < rows && status == PB_OK; i++)
            compare_rows(model, &f.table, (uint32_t)i + 1, &ret_comparisons[from + i]);
        few_end(scorer, &f);
    }
    return status;
}

/* --- keys --- */

static size_t add_keys(const uint64_t *keys, size_t found, uint64_t *all, size_t count)
{
    for (size_t i = 0; i < found && count < MATCH_MOST_KEYS; i++) {
        size_t at = 0;
        while (at < count && all[at] != keys[i])
            at++;
        if (at == count)
            all[count++] = keys[i];
    }
    return count;
}

pb_status match_record_keys(match_scorer *scorer, const pb_str *record,
                            uint64_t ret_keys[MATCH_MOST_KEYS], size_t *ret_count, pb_error *err)
{
    uint64_t keys[MOST_ROW_KEYS];
    size_t count = 0;
    few f;
    pb_status status = few_begin(scorer, record, NULL, 0, &f, err);
    for (size_t i = 0; i < scorer->plans.count && status == PB_OK; i++)
        count = add_keys(keys, match_row_keys(&f.table, &scorer->plans.items[i], 0, NULL, keys),
                         ret_keys, count);
    few_end(scorer, &f);
    if (status == PB_OK)
        *ret_count = count;
    return status;
}
