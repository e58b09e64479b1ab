/* Learns what agreement is worth: u, the shares of levels among strangers, from random pairs; m,
 * the shares among pairs that belong together, and how many there are, by expectation-maximisation
 * (Dempster, Laird & Rubin 1977) over a sample of the candidates. m begins at a figure per kind of
 * column that weighs as much as some reviewed pairs, so that little data cannot lead it astray. */
#include "internal.h"

#include <math.h>
#include <stdatomic.h>

enum { PART_PAIRS = 12500 };
enum { SAMPLE_ROWS = 4000, RANDOM_PAIRS = 100000, EM_PAIRS = 50000, ROUNDS = 12, REVIEWED = 40 };

/* m of each level, and the most that likeness short of equality may be worth, in bits: an address
 * made from the name says little that the name has not said. `differs` is the most that a column
 * may be found to differ within a pair: beyond that, what was learned would be another kind of
 * pair, such as namesakes. */
static const struct kind_share {
    double m[LEVEL_COUNT], most, differs;
} kind_shares[] = {
    [MATCH_EXACT] = {{0, .10, .001, .001, .001, .05, .001, .85}, 6, .35},
    [MATCH_NAME] = {{0, .03, .03, .08, .05, .05, .13, .63}, 12, .12},
    [MATCH_ORG] = {{0, .06, .001, .001, .10, .001, .12, .72}, 12, .25},
    [MATCH_EMAIL] = {{0, .15, .05, .05, .001, .001, .07, .68}, 8, .5},
    [MATCH_PHONE] = {{0, .22, .001, .001, .001, .05, .001, .73}, 8, .5},
    [MATCH_DATE] = {{0, .04, .001, .03, .001, .04, .08, .81}, 9, .15},
    [MATCH_TEXT] = {{0, .22, .001, .001, .08, .001, .10, .60}, 9, .5},
    [MATCH_PLACE] = {{0, .12, .001, .001, .05, .04, .05, .74}, 6, .5},
};

/* u of each level as it is supposed before a random pair is seen; so many pairs are needed to
 * outweigh it. */
enum { SUPPOSED = 300 };
static const double supposed_u[LEVEL_COUNT] = {0, .85, .02, .03, .015, .015, .005, .05};

/* Pairs to learn from. */
typedef struct sample {
    const match_table *table;
    uint64_t *pairs;
    match_evidence *evidence;
    size_t count;
    atomic_bool starved;
} sample;

static int order_content(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return x[0] < y[0] ? -1 : x[0] > y[0];
}

/* Rows chosen by what they hold, in an order that depends on that only. Two words each: hash, row.
 */
static uint64_t *choose_rows(const match_table *table, size_t *ret_count)
{
    uint64_t limit =
        table->rows > SAMPLE_ROWS ? UINT64_MAX / table->rows * SAMPLE_ROWS : UINT64_MAX;
    size_t capacity = 1024, count = 0;
    uint64_t *chosen = malloc(capacity * 2 * sizeof *chosen);
    for (size_t row = 0; row < table->rows && chosen != NULL; row++) {
        uint64_t hash = match_mix(table->content[row], 99);
        if (hash > limit || table->copy_of[row] != row)
            continue;
        if (count == capacity) {
            uint64_t *grown = realloc(chosen, capacity * 4 * sizeof *chosen);
            if (grown == NULL) {
                free(chosen);
                return NULL;
            }
            capacity *= 2;
            chosen = grown;
        }
        chosen[2 * count] = hash;
        chosen[2 * count++ + 1] = row;
    }
    if (chosen != NULL && count > 0)
        qsort(chosen, count, 2 * sizeof *chosen, order_content);
    *ret_count = count;
    return chosen;
}

static void count_levels(match_table *table, const uint64_t *rows, size_t count,
                         uint64_t seen[MATCH_MAX_COLUMNS][LEVEL_COUNT])
{
    uint64_t random = 42, all = (uint64_t)count * (count - 1) / 2;
    uint64_t pairs = all < RANDOM_PAIRS ? all : RANDOM_PAIRS;
    match_name equal;
    for (uint64_t i = 0; i < pairs; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t x = (size_t)((random >> 33) % count);
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t y = (x + 1 + (size_t)((random >> 33) % (count - 1))) % count;
        for (size_t c = 0; c < table->column_count; c++)
            seen[c][match_compare(table, c, (uint32_t)rows[2 * x + 1], (uint32_t)rows[2 * y + 1],
                                  &equal)]++;
    }
}

void match_weights_settle(const match_column *columns, size_t column_count, match_weights *weights)
{
    double prior = exp2(weights->base);
    for (size_t c = 0; c < column_count; c++) {
        const struct kind_share *share = &kind_shares[columns[c].kind];
        double best = 0;
        for (unsigned level = LEVEL_DIFFERS; level < LEVEL_EQUAL; level++) {
            double m = weights->m[c][level], u = weights->u[c][level];
            u = fmax(u - prior * m, u / 10); /* random pairs hold some that belong together */
            weights->level[c][level] = fmax(-8, fmin(log2(m / u), share->most));
            if (level < LEVEL_NEAR)
                weights->level[c][level] = fmin(weights->level[c][level], share->most / 2);
            best = fmax(best, weights->level[c][level]);
        }
        weights->level[c][LEVEL_DIFFERS] = fmin(weights->level[c][LEVEL_DIFFERS], 0);
        weights->level[c][LEVEL_EQUAL] = log2(weights->m[c][LEVEL_EQUAL]);
        weights->most[c] = columns[c].kind == MATCH_NAME ? share->most : best;
    }
}

void match_weights_default(const match_column *columns, size_t column_count, double rows,
                           match_weights *weights)
{
    *weights = (match_weights){.base = -log2(rows), .same = 1};
    for (size_t c = 0; c < column_count; c++) {
        const struct kind_share *share = &kind_shares[columns[c].kind];
        for (unsigned level = LEVEL_DIFFERS; level < LEVEL_COUNT; level++) {
            weights->m[c][level] = share->m[level];
            weights->u[c][level] = (0.5 + SUPPOSED * supposed_u[level]) / (4 + SUPPOSED);
        }
        for (size_t other = 0; other < column_count; other++)
            weights->apart[c][other] = 0.5; /* half of what one part of an address says, the other
                                               has said */
    }
    match_weights_settle(columns, column_count, weights);
}

bool match_weights_start(match_table *table, match_weights *weights)
{
    uint64_t seen[MATCH_MAX_COLUMNS][LEVEL_COUNT] = {{0}};
    size_t count;
    uint64_t *rows = choose_rows(table, &count);
    if (rows == NULL)
        return false;
    if (count > 1)
        count_levels(table, rows, count, seen);
    free(rows);
    for (size_t c = 0; c < table->column_count; c++) {
        const struct kind_share *share = &kind_shares[table->columns[c].kind];
        double total = 0;
        for (unsigned level = LEVEL_DIFFERS; level < LEVEL_COUNT; level++)
            total += (double)seen[c][level];
        for (unsigned level = LEVEL_DIFFERS; level < LEVEL_COUNT; level++) {
            weights->m[c][level] = share->m[level];
            weights->u[c][level] = ((double)seen[c][level] + 0.5 + SUPPOSED * supposed_u[level]) /
                                   (total + 4 + SUPPOSED);
        }
    }
    weights->base = -log2((double)table->rows);
    weights->same = 1;
    match_weights_settle(table->columns, table->column_count, weights);
    return true;
}

/* Candidates to learn from, chosen by what their rows hold. */
static bool choose_pairs(const match_table *table, const match_candidates *candidates,
                         sample *chosen)
{
    uint64_t limit = UINT64_MAX;
    size_t capacity = 0;
    if (candidates->count > EM_PAIRS)
        limit = UINT64_MAX / candidates->count * EM_PAIRS;
    for (size_t i = 0; i < candidates->count; i++) {
        uint32_t left = (uint32_t)(candidates->items[i] >> 32),
                 right = (uint32_t)candidates->items[i];
        if (table->copy_of[right] == left ||
            match_mix(table->content[left] + table->content[right], 98) > limit)
            continue;
        if (chosen->count == capacity) {
            size_t more = capacity > 0 ? capacity * 2 : 1024;
            uint64_t *grown = realloc(chosen->pairs, more * sizeof *grown);
            if (grown == NULL)
                return false;
            capacity = more;
            chosen->pairs = grown;
        }
        chosen->pairs[chosen->count++] = candidates->items[i];
    }
    chosen->evidence = malloc((chosen->count + 1) * sizeof *chosen->evidence);
    return chosen->evidence != NULL;
}

/* Compares one part of the pairs chosen. */
static void gather_part(void *context, size_t part, size_t thread)
{
    sample *chosen = context;
    match_table view;
    (void)thread;
    if (!match_view_start(&view, chosen->table)) {
        atomic_store(&chosen->starved, true);
        return;
    }
    size_t to = (part + 1) * PART_PAIRS < chosen->count ? (part + 1) * PART_PAIRS : chosen->count;
    for (size_t i = part * PART_PAIRS; i < to; i++)
        match_gather(&view, (uint32_t)(chosen->pairs[i] >> 32), (uint32_t)chosen->pairs[i],
                     &chosen->evidence[i]);
    match_view_end(&view);
}

/* Sums are kept in whole numbers: they do not depend on the order of the pairs. */
typedef struct tally {
    uint64_t level[MATCH_MAX_COLUMNS][LEVEL_COUNT], pairs;
} tally;

static const double unit = 1 << 30;

static void expect(const match_table *table, const match_weights *weights,
                   const match_evidence *pairs, size_t count, tally *sums)
{
    for (size_t i = 0; i < count; i++) {
        double odds = match_weigh(table, weights, &pairs[i]);
        uint64_t share = (uint64_t)(unit / (1 + exp2(-odds)));
        sums->pairs += share;
        for (size_t c = 0; share > 0 && c < table->column_count; c++)
            sums->level[c][pairs[i].levels >> (c * LEVEL_BITS) & 7] += share;
    }
}

/* Keeps the share of differing values plausible; the other levels take what is left. */
static void bound_shares(double m[LEVEL_COUNT], double differs)
{
    if (m[LEVEL_DIFFERS] <= differs)
        return;
    double scale = (1 - differs) / (1 - m[LEVEL_DIFFERS]);
    for (unsigned level = LEVEL_PARTLY; level < LEVEL_COUNT; level++)
        m[level] *= scale;
    m[LEVEL_DIFFERS] = differs;
}

static void maximise(const match_table *table, match_weights *weights, const tally *sums,
                     double scale)
{
    double rows = (double)table->rows;
    double pairs = (double)sums->pairs / unit * scale + fmin(REVIEWED, rows / 2);
    pairs = fmin(fmax(pairs, rows * 0.01), rows * 4);
    for (size_t c = 0; c < table->column_count; c++) {
        const struct kind_share *share = &kind_shares[table->columns[c].kind];
        double total = REVIEWED;
        for (unsigned level = LEVEL_DIFFERS; level < LEVEL_COUNT; level++)
            total += (double)sums->level[c][level] / unit;
        for (unsigned level = LEVEL_DIFFERS; level < LEVEL_COUNT; level++)
            weights->m[c][level] =
                (REVIEWED * share->m[level] + (double)sums->level[c][level] / unit) / total;
        bound_shares(weights->m[c], share->differs);
    }
    weights->base = log2(2 * pairs / (rows * rows));
    weights->same = 1 + 2 * pairs / rows;
    match_weights_settle(table->columns, table->column_count, weights);
}

pb_status match_weights_learn(match_table *table, const match_candidates *candidates,
                              match_weights *weights, pb_error *err)
{
    sample chosen = {.table = table};
    atomic_init(&chosen.starved, false);
    bool ready = choose_pairs(table, candidates, &chosen);
    size_t count = chosen.count;
    if (ready)
        match_crew(table->threads, (count + PART_PAIRS - 1) / PART_PAIRS, gather_part, &chosen);
    ready = ready && !atomic_load(&chosen.starved);
    double scale = count > 0 ? (double)candidates->count / (double)count : 1;
    for (int round = 0; round < ROUNDS && count > 0 && ready; round++) {
        tally sums = {0};
        expect(table, weights, chosen.evidence, count, &sums);
        maximise(table, weights, &sums, scale);
    }
    free(chosen.pairs);
    free(chosen.evidence);
    return ready ? PB_OK : match_starved(table->store, err);
}
