/* Which pairs are worth comparing: a union of many selective keys. A key that only one row has is
 * dropped before anything is sorted; a block that is too large is left to the keys that tell its
 * rows apart. */
#include "internal.h"

enum {
    ALL_PAIRS = 500, /* so few rows are all compared with one another */
    LEAST_CAP = 24,
    MOST_CAP = 100,
    CAP_ROWS = 300000,    /* cap times rows, between the two */
    PASS_SHARE = 3,       /* one pass may make a third as many pairs as there are rows … */
    LEAST_SHARE = 150000, /* … or so many */
    SCARCE_CAP = 6        /* once half of the pairs allowed are found */
};

typedef struct blocker {
    const match_table *table;
    uint64_t max_pairs;
    size_t cap;
    uint8_t *seen; /* by key, two bits each: rows that have it, 2 at most */
    size_t seen_mask;
    uint64_t *keys; /* key in the upper half, row in the lower */
    size_t key_count, key_capacity;
    match_candidates *out;
    size_t sorted;            /* candidates up to here are sorted and unique */
    uint32_t (*bones)[BONES]; /* per row: rough words of the name column in hand */
} blocker;

static bool room_for(uint64_t **items, size_t count, size_t *capacity)
{
    if (count < *capacity)
        return true;
    size_t more = *capacity > 0 ? *capacity * 2 : 4096;
    uint64_t *grown = realloc(*items, more * sizeof *grown);
    if (grown == NULL)
        return false;
    *items = grown;
    *capacity = more;
    return true;
}

static unsigned bits_of(uint64_t number)
{
    return 64 - (unsigned)__builtin_clzll(number | 1);
}

static pb_status make_unique(blocker *b, pb_error *err)
{
    match_candidates *out = b->out;
    if (out->count == 0)
        return PB_OK;
    uint64_t *scratch = malloc(out->count * sizeof *scratch);
    if (scratch == NULL)
        return pb_fail_memory(err);
    unsigned bits = bits_of(b->table->rows);
    match_sort(out->items, scratch, out->count, 0, bits);
    match_sort(out->items, scratch, out->count, 32, 32 + bits);
    free(scratch);
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++)
        if (kept == 0 || out->items[i] != out->items[kept - 1])
            out->items[kept++] = out->items[i];
    out->count = b->sorted = kept;
    return PB_OK;
}

static pb_status add_pair(blocker *b, uint32_t x, uint32_t y, pb_error *err)
{
    match_candidates *out = b->out;
    if (!room_for(&out->items, out->count, &out->capacity))
        return pb_fail_memory(err);
    out->items[out->count++] = x < y ? (uint64_t)x << 32 | y : (uint64_t)y << 32 | x;
    return PB_OK;
}

/* Keeps the number of pairs within what is allowed; what it decides does not depend on the order of
 * rows. */
static pb_status keep_within(blocker *b, pb_error *err)
{
    if (b->out->count <= 2 * b->sorted + b->table->rows)
        return PB_OK;
    PB_TRY(make_unique(b, err));
    if (b->sorted > b->max_pairs)
        return pb_fail(err, PB_LIMIT,
                       PB_MSG("There are more than {limit} pairs of similar records to compare"),
                       "limit", PB_ARG_INT(b->max_pairs), NULL);
    if (b->sorted > b->max_pairs / 2 && b->cap > SCARCE_CAP)
        b->cap = SCARCE_CAP;
    return PB_OK;
}

static size_t block_end(const blocker *b, size_t from)
{
    size_t to = from + 1;
    while (to < b->key_count && b->keys[to] >> 32 == b->keys[from] >> 32)
        to++;
    return to;
}

/* The size up to which blocks of this pass are paired: the smallest blocks tell most, and a pass
 * may not spend more than its share. */
static size_t cap_of_pass(const blocker *b)
{
    uint64_t pairs[MOST_CAP + 1] = {0};
    uint64_t share = b->table->rows / PASS_SHARE, spent = 0;
    for (size_t from = 0, to; from < b->key_count; from = to) {
        to = block_end(b, from);
        if (to - from <= b->cap)
            pairs[to - from] += (to - from) * (to - from - 1) / 2;
    }
    size_t cap = 1;
    while (cap < b->cap && spent + pairs[cap + 1] <= (share > LEAST_SHARE ? share : LEAST_SHARE))
        spent += pairs[++cap];
    return cap;
}

static pb_status pair_block(blocker *b, const uint64_t *block, size_t count, pb_error *err)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if ((uint32_t)block[i] != (uint32_t)block[j])
                PB_TRY(add_pair(b, (uint32_t)block[i], (uint32_t)block[j], err));
    return PB_OK;
}

static pb_status pair_keys(blocker *b, pb_error *err)
{
    uint64_t *scratch = malloc((b->key_count + 1) * sizeof *scratch);
    if (scratch == NULL)
        return pb_fail_memory(err);
    match_sort(b->keys, scratch, b->key_count, 32, 64);
    free(scratch);
    size_t cap = cap_of_pass(b);
    for (size_t from = 0, to; from < b->key_count; from = to) {
        to = block_end(b, from);
        if (to - from > 1 && to - from <= cap)
            PB_TRY(pair_block(b, b->keys + from, to - from, err));
    }
    return keep_within(b, err);
}

/* Counts a key in two bits, up to two. Collisions only let a lone key through. */
static void count_key(blocker *b, uint64_t item)
{
    uint8_t *seen = &b->seen[(item >> 34) & b->seen_mask];
    unsigned shift = (unsigned)(item >> 32 & 3) * 2;
    *seen = (uint8_t)(*seen + ((*seen >> shift & 3) < 2) * (1u << shift));
}

static bool is_shared(const blocker *b, uint64_t item)
{
    return (b->seen[(item >> 34) & b->seen_mask] >> ((item >> 32 & 3) * 2) & 3) == 2;
}

static pb_status run_pass(blocker *b, const match_key_plan *plan, pb_error *err)
{
    uint64_t keys[MOST_ROW_KEYS];
    uint32_t rows = (uint32_t)b->table->rows;
    b->key_count = 0;
    memset(b->seen, 0, b->seen_mask + 1);
    for (uint32_t row = 0; row < rows; row++) {
        size_t count = b->table->copy_of[row] == row
                           ? match_row_keys(b->table, plan, row, b->bones[row], keys)
                           : 0;
        for (size_t i = 0; i < count; i++) {
            if (!room_for(&b->keys, b->key_count, &b->key_capacity))
                return pb_fail_memory(err);
            uint64_t item = (keys[i] >> 32) << 32 | row;
            b->keys[b->key_count++] = item;
            count_key(b, item);
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < b->key_count; i++) {
        b->keys[kept] = b->keys[i];
        kept += is_shared(b, b->keys[i]);
    }
    b->key_count = kept;
    return pair_keys(b, err);
}

static pb_status all_passes(blocker *b, const match_options *options, pb_error *err)
{
    match_plans plans = {0};
    size_t gathered = SIZE_MAX; /* the column whose words `bones` holds */
    pb_status status =
        match_plan(b->table, options->blocks, b->table->rows / 4 / b->cap + 1, &plans, err);
    for (size_t i = 0; i < plans.count && status == PB_OK; i++) {
        const match_key_plan *plan = &plans.items[i];
        if (plan->form == KEY_WORD && plan->a != gathered) {
            gathered = plan->a;
            for (uint32_t row = 0; row < b->table->rows; row++)
                match_gather_bones(b->table, gathered, row, b->bones[row]);
        }
        status = run_pass(b, plan, err);
    }
    free(plans.items);
    return status;
}

static pb_status every_pair(blocker *b, pb_error *err)
{
    uint32_t rows = (uint32_t)b->table->rows;
    const uint32_t *copy_of = b->table->copy_of;
    for (uint32_t x = 0; x < rows; x++)
        for (uint32_t y = x + 1; y < rows && copy_of[x] == x; y++)
            if (copy_of[y] == y)
                PB_TRY(add_pair(b, x, y, err));
    return PB_OK;
}

pb_status match_block(const match_table *table, const match_options *options, uint64_t max_pairs,
                      match_candidates *candidates, pb_error *err)
{
    blocker b = {.table = table, .max_pairs = max_pairs, .out = candidates};
    size_t cap = CAP_ROWS / table->rows, originals = 0;
    b.cap = cap < LEAST_CAP ? LEAST_CAP : cap > MOST_CAP ? MOST_CAP : cap;
    b.seen_mask = ((size_t)1 << (bits_of(table->rows) + 1)) - 1;
    b.seen = malloc(b.seen_mask + 1);
    b.bones = malloc(table->rows * sizeof *b.bones);
    if (b.seen == NULL || b.bones == NULL) {
        free(b.seen);
        free(b.bones);
        return pb_fail_memory(err);
    }
    for (size_t row = 0; row < table->rows; row++)
        originals += table->copy_of[row] == row;
    pb_status status = originals <= ALL_PAIRS ? every_pair(&b, err) : all_passes(&b, options, err);
    for (size_t row = 0; row < table->rows && status == PB_OK; row++)
        if (table->copy_of[row] != row)
            status = add_pair(&b, table->copy_of[row], (uint32_t)row, err);
    free(b.seen);
    free(b.bones);
    free(b.keys);
    return status == PB_OK ? make_unique(&b, err) : status;
}
