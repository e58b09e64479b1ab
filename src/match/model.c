/* What is kept of a run: weights, and how often common values and words stand. */
#include "internal.h"

/* As many records are supposed where nothing was learned; a value that is not listed stands in two
 * rows: those compared. */
enum { SUPPOSED_ROWS = 10000, UNLISTED = 2 };

pb_status match_model_new(const match_column *columns, size_t column_count, match_model **ret_model,
                          pb_error *err)
{
    pb_arena *arena = pb_arena_new(0);
    match_model *model = arena != NULL ? pb_arena_alloc(arena, sizeof *model) : NULL;
    bool ready = model != NULL && column_count <= MATCH_MAX_COLUMNS;
    for (size_t c = 0; c < column_count && ready; c++) {
        model->columns[c].kind = columns[c].kind;
        model->columns[c].name = pb_arena_str(arena, columns[c].name);
        model->values[c].others = UNLISTED;
        ready = model->columns[c].name.ptr != NULL || columns[c].name.ptr == NULL;
    }
    if (!ready) {
        pb_arena_free(arena);
        return pb_fail_memory(err);
    }
    model->arena = arena;
    model->column_count = column_count;
    model->words.others = UNLISTED;
    *ret_model = model;
    return PB_OK;
}

match_model *match_model_free(match_model *model)
{
    if (model != NULL)
        pb_arena_free(model->arena);
    return NULL;
}

pb_status match_model_default(const match_column *columns, size_t column_count,
                              match_model **ret_model, pb_error *err)
{
    match_model *model;
    PB_TRY(match_model_new(columns, column_count, &model, err));
    model->population = SUPPOSED_ROWS;
    model->word_chance = 0.002; /* as among some thousand names of one country */
    match_weights_default(model->columns, column_count, SUPPOSED_ROWS, &model->weights);
    *ret_model = model;
    return PB_OK;
}

const match_column *match_model_columns(const match_model *model, size_t *ret_count)
{
    *ret_count = model->column_count;
    return model->columns;
}

uint64_t match_model_rows(const match_model *model)
{
    return (uint64_t)model->rows;
}

uint32_t match_word_key(pb_str text)
{
    return (uint32_t)(match_hash(text, 29) >> 32);
}

uint32_t match_frequency_of(const match_frequencies *frequencies, uint32_t key)
{
    size_t low = 0, high = frequencies->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (frequencies->items[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    bool listed = low < frequencies->count && frequencies->items[low].key == key;
    return listed ? frequencies->items[low].rows : frequencies->others;
}

/* Most rows first; among equals the smaller key, so that the order of rows does not matter. */
static int order_rows(const void *a, const void *b)
{
    const match_frequency *x = a, *y = b;
    if (x->rows != y->rows)
        return x->rows > y->rows ? -1 : 1;
    return x->key < y->key ? -1 : x->key > y->key;
}

static int order_keys(const void *a, const void *b)
{
    const match_frequency *x = a, *y = b;
    return x->key < y->key ? -1 : x->key > y->key;
}

/* Keeps the commonest `most` of what was counted; takes over `counted`. */
static bool keep_common(match_model *model, match_frequency *counted, size_t count, size_t most,
                        match_frequencies *ret_kept)
{
    size_t kept = count < most ? count : most, items = 0;
    uint64_t left = 0;
    if (count > 1)
        qsort(counted, count, sizeof *counted, order_rows);
    for (size_t i = kept; i < count; i++)
        left += counted[i].rows;
    if (count > kept && left / (count - kept) > UNLISTED)
        ret_kept->others = (uint32_t)(left / (count - kept));
    ret_kept->items = pb_arena_array(model->arena, kept + 1, sizeof *counted);
    if (ret_kept->items == NULL)
        return false;
    if (kept > 1)
        qsort(counted, kept, sizeof *counted, order_keys);
    for (size_t i = 0; i < kept; i++)
        if (items == 0 || ret_kept->items[items - 1].key != counted[i].key)
            ret_kept->items[items++] = counted[i];
    ret_kept->count = items;
    return true;
}

/* Values of a column that stand in more rows than two. */
static bool keep_values(match_model *model, const match_table *table, size_t c)
{
    size_t count = 0;
    match_frequency *counted = malloc(((size_t)table->column[c].count + 1) * sizeof *counted);
    for (uint32_t id = 1; id <= table->column[c].count && counted != NULL; id++)
        if (table->column[c].values[id].rows > UNLISTED)
            counted[count++] =
                (match_frequency){match_whole(table, c, id), table->column[c].values[id].rows};
    bool kept =
        counted != NULL && keep_common(model, counted, count, MODEL_VALUES, &model->values[c]);
    free(counted);
    return kept;
}

static bool keep_words(match_model *model, const match_table *table)
{
    const match_words *words = &table->words;
    size_t count = 0;
    match_frequency *counted = malloc(((size_t)words->intern.count + 1) * sizeof *counted);
    for (uint32_t id = 1; id <= words->intern.count && counted != NULL; id++)
        if (words->items[id].count > UNLISTED)
            counted[count++] =
                (match_frequency){match_word_key(words->items[id].text), words->items[id].count};
    bool kept = counted != NULL && keep_common(model, counted, count, MODEL_WORDS, &model->words);
    free(counted);
    return kept;
}

pb_status match_model_of(const match_table *table, const match_weights *weights,
                         match_model **ret_model, pb_error *err)
{
    match_model *model;
    PB_TRY(match_model_new(table->columns, table->column_count, &model, err));
    model->rows = model->population = (double)table->rows;
    model->word_chance = table->word_chance;
    model->weights = *weights;
    bool kept = keep_words(model, table);
    for (size_t c = 0; c < table->column_count && kept; c++)
        kept = keep_values(model, table, c);
    if (!kept) {
        match_model_free(model);
        return pb_fail_memory(err);
    }
    *ret_model = model;
    return PB_OK;
}
