/* What agreement is worth: Fellegi & Sunter, "A Theory for Record Linkage" (JASA 1969). The chance
 * of agreement between strangers (u) is taken from the data: by the frequency of the very value for
 * equality, by random pairs for the lesser levels. The chance of agreement within a pair that
 * belongs together (m) is a figure per kind. */
#include "internal.h"

#include <math.h>

enum { SAMPLES = 100000 };

/* m of DIFFERS, WEAK, CLOSE, EQUAL; how often a value seen twice is expected among strangers; and
 * the most that likeness short of equality may be worth, in bits: an address made from the name
 * says little that the name has not said. */
static const struct kind_share {
    double differs, weak, close, equal, chance, most;
} kind_shares[] = {
    [MATCH_EXACT] = {.15, .03, .02, .80, .05, 4}, [MATCH_NAME] = {.04, .06, .10, .80, .5, 9},
    [MATCH_ORG] = {.06, .07, .12, .75, .05, 12},  [MATCH_EMAIL] = {.15, .05, .10, .70, .02, 6},
    [MATCH_PHONE] = {.20, .05, .02, .73, .05, 6}, [MATCH_DATE] = {.04, .01, .08, .87, .5, 6},
    [MATCH_TEXT] = {.20, .08, .12, .60, .5, 5},
};

static pb_status count_values(const match_column *column, size_t rows, uint32_t *count,
                              pb_error *err)
{
    match_key *keys = malloc(rows * sizeof *keys), *scratch = malloc(rows * sizeof *scratch);
    if (keys == NULL || scratch == NULL) {
        free(keys);
        free(scratch);
        return pb_fail_memory(err);
    }
    for (size_t row = 0; row < rows; row++)
        keys[row] = (match_key){match_hash(column->values[row], 1), (uint32_t)row};
    match_key_sort(keys, scratch, rows);
    for (size_t from = 0; from < rows;) {
        size_t to = from + 1;
        while (to < rows && keys[to].key == keys[from].key)
            to++;
        for (size_t i = from; i < to; i++)
            count[keys[i].row] = (uint32_t)(to - from);
        from = to;
    }
    free(keys);
    free(scratch);
    return PB_OK;
}

/* Rows in an order that depends on their contents only, so that the sample does too. */
static match_key *rows_by_contents(const match_column *columns, size_t column_count, size_t rows)
{
    match_key *keys = malloc(rows * sizeof *keys), *scratch = malloc(rows * sizeof *scratch);
    if (keys != NULL && scratch != NULL) {
        for (size_t row = 0; row < rows; row++) {
            uint64_t hash = 0;
            for (size_t c = 0; c < column_count; c++)
                hash = match_hash(columns[c].values[row], hash + c);
            keys[row] = (match_key){hash, (uint32_t)row};
        }
        match_key_sort(keys, scratch, rows);
    } else {
        free(keys);
        keys = NULL;
    }
    free(scratch);
    return keys;
}

static void sample_level_shares(const match_column *column, const match_key *order, size_t rows,
                                double share[LEVEL_COUNT])
{
    uint64_t seen[LEVEL_COUNT] = {0}, total = 0;
    size_t others = rows > 1 ? rows - 1 : 0, all = rows * others / 2;
    size_t samples = all < SAMPLES ? all : SAMPLES;
    uint64_t random = 42;
    for (size_t i = 0; others > 0 && i < samples; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t x = (size_t)((random >> 33) % rows);
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t y = (x + 1 + (size_t)((random >> 33) % others)) % rows;
        pb_str a = column->values[order[x].row], b = column->values[order[y].row];
        if (pb_str_empty(a) || pb_str_empty(b) || pb_str_eq(a, b))
            continue;
        seen[match_compare(column->kind, a, b)]++;
        total++;
    }
    for (size_t level = 0; level < LEVEL_COUNT; level++)
        share[level] = ((double)seen[level] + 0.5) / ((double)total + 1);
}

pb_status match_weights_learn(const match_column *columns, size_t column_count, size_t rows,
                              match_weights *weights, pb_error *err)
{
    weights->rows = rows;
    weights->base = -log2((double)rows);
    match_key *order = rows_by_contents(columns, column_count, rows);
    if (order == NULL)
        return pb_fail_memory(err);
    pb_status status = PB_OK;
    for (size_t c = 0; c < column_count && status == PB_OK; c++) {
        const struct kind_share *m = &kind_shares[columns[c].kind];
        double u[LEVEL_COUNT];
        weights->count[c] = malloc(rows * sizeof *weights->count[c]);
        status = weights->count[c] != NULL ? count_values(&columns[c], rows, weights->count[c], err)
                                           : pb_fail_memory(err);
        sample_level_shares(&columns[c], order, rows, u);
        weights->level[c][LEVEL_DIFFERS] = log2(m->differs / u[LEVEL_DIFFERS]);
        weights->level[c][LEVEL_WEAK] = fmin(log2(m->weak / u[LEVEL_WEAK]), m->most / 2);
        weights->level[c][LEVEL_CLOSE] = fmin(log2(m->close / u[LEVEL_CLOSE]), m->most);
        weights->level[c][LEVEL_EQUAL] = log2(m->chance);
        weights->equal_share[c] = m->equal;
    }
    free(order);
    return status;
}

void match_weights_free(match_weights *weights)
{
    for (size_t c = 0; c < MATCH_MAX_COLUMNS; c++)
        free(weights->count[c]);
}

/* log2(m/u) of two equal values: the rarer the value, the more it says. Equal up to blanks or legal
 * form counts as often as the left spelling does. */
static double equal_weight(const match_weights *weights, size_t column, uint32_t row)
{
    double others = (double)weights->count[column][row] - 2;
    double expected = (others > 0 ? others : 0) + exp2(weights->level[column][LEVEL_EQUAL]);
    return log2(weights->equal_share[column] * (double)weights->rows / expected);
}

double match_weigh(const match_weights *weights, size_t column_count, uint32_t levels,
                   uint32_t left)
{
    double sum = weights->base;
    for (size_t c = 0; c < column_count; c++) {
        unsigned level = levels >> (c * LEVEL_BITS) & 7;
        if (level == LEVEL_EQUAL)
            sum += equal_weight(weights, c, left);
        else if (level != LEVEL_MISSING)
            sum += weights->level[c][level];
    }
    return 1 / (1 + exp2(-sum));
}
