/* Which pairs are worth comparing: a union of many selective keys. A key that only one row has is
 * dropped before anything is sorted; a block that is too large is left to the keys that tell its
 * rows apart. Every kind of key is a part of the work by itself. */
#include "internal.h"

#include <pthread.h>

enum {
    ALL_PAIRS = 500, /* so few rows are all compared with one another */
    LEAST_CAP = 24,
    MOST_CAP = 100,
    CAP_ROWS = 300000,    /* cap times rows, between the two */
    PASS_SHARE = 3,       /* one kind of key may make a third as many pairs as there are rows … */
    LEAST_SHARE = 150000, /* … or so many, */
    MEAN_SHARE = 20000,   /* but no more than its share of all, which is at least this */
    USUAL_MEMORY = 256000000,
    ROW_BYTES = 64, /* the keys of a row, of one kind */
    MOST_PARTS = 1024,
    MOST_RUNS = 64
};

/* Pairs in order, each once. */
typedef struct pair_run {
    uint64_t *items;
    size_t count;
} pair_run;

/* What a thread works with. */
typedef struct block_room {
    uint8_t *seen;  /* by key, two bits each: rows that have it, 2 at most */
    uint64_t *keys; /* key in the upper half, row in the lower */
    size_t key_count, key_capacity;
    uint64_t *pairs;
    size_t pair_count, pair_capacity;
    uint64_t *scratch;
    size_t scratch_capacity;
} block_room;

typedef struct blocker {
    const match_table *table;
    match_plans plans;
    const match_aside *aside;
    size_t round; /* 0: keys without names, 1: those with names */
    size_t parts; /* of the keys of each kind */
    size_t cap;
    uint64_t share; /* pairs that a part may make */
    size_t seen_mask;
    uint32_t (*bones[MATCH_MAX_COLUMNS])[BONES]; /* per row: rough words of a column of names */
    block_room rooms[MATCH_THREADS];
    pthread_mutex_t lock; /* for the runs and `starved` */
    pair_run runs[MOST_RUNS];
    size_t run_count;
    bool starved;
} blocker;

static bool room_for(uint64_t **items, size_t count, size_t *capacity)
{
    if (count < *capacity)
        return true;
    size_t more = *capacity > 0 ? *capacity + *capacity / 2 : 4096;
    more = more > count ? more : count + 1;
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

/* --- runs of pairs --- */

static bool merge_runs(pair_run *into, const pair_run *other)
{
    uint64_t *merged = malloc((into->count + other->count + 1) * sizeof *merged);
    const uint64_t *a = into->items, *a_end = a + into->count;
    const uint64_t *b = other->items, *b_end = b + other->count;
    size_t count = 0;
    if (merged == NULL)
        return false;
    while (a < a_end && b < b_end) {
        uint64_t x = *a, y = *b;
        merged[count++] = x < y ? x : y;
        a += x <= y;
        b += y <= x;
    }
    while (a < a_end)
        merged[count++] = *a++;
    while (b < b_end)
        merged[count++] = *b++;
    free(into->items);
    free(other->items);
    *into = (pair_run){merged, count};
    return true; /* NOLINT(clang-analyzer-unix.Malloc): `into` is one of many, and holds it */
}

/* Runs stay shorter than half of the one before, so each pair is merged a few times only. `all`:
 * leaves one. */
static bool settle_runs(blocker *b, bool all)
{
    while (b->run_count > 1) {
        pair_run *last = &b->runs[b->run_count - 1], *before = last - 1;
        if (!all && last->count * 2 < before->count && b->run_count < MOST_RUNS)
            return true;
        if (!merge_runs(before, last))
            return false;
        b->run_count--;
    }
    return true;
}

/* The pairs a thread has gathered become a run. */
static bool add_run(blocker *b, block_room *room)
{
    unsigned bits = bits_of(b->table->rows);
    size_t kept = 0;
    if (room->pair_count == 0)
        return true;
    if (!room_for(&room->scratch, room->pair_count, &room->scratch_capacity))
        return false;
    match_sort(room->pairs, room->scratch, room->pair_count, 0, bits);
    match_sort(room->pairs, room->scratch, room->pair_count, 32, 32 + bits);
    uint64_t *items = malloc(room->pair_count * sizeof *items);
    if (items == NULL)
        return false;
    for (size_t i = 0; i < room->pair_count; i++)
        if (kept == 0 || room->pairs[i] != items[kept - 1])
            items[kept++] = room->pairs[i];
    room->pair_count = 0;
    pthread_mutex_lock(&b->lock);
    b->runs[b->run_count++] = (pair_run){items, kept};
    bool settled = settle_runs(b, false);
    pthread_mutex_unlock(&b->lock);
    return settled;
}

static bool add_pair(block_room *room, uint32_t x, uint32_t y)
{
    if (!room_for(&room->pairs, room->pair_count, &room->pair_capacity))
        return false;
    room->pairs[room->pair_count++] = x < y ? (uint64_t)x << 32 | y : (uint64_t)y << 32 | x;
    return true;
}

/* --- one kind of key --- */

static size_t block_end(const block_room *room, size_t from)
{
    size_t to = from + 1;
    while (to < room->key_count && room->keys[to] >> 32 == room->keys[from] >> 32)
        to++;
    return to;
}

/* The size up to which blocks are paired: the smallest blocks tell most, and a kind of key may not
 * spend more than its share. */
static size_t cap_of_part(const blocker *b, const block_room *room)
{
    uint64_t pairs[MOST_CAP + 1] = {0}, spent = 0;
    for (size_t from = 0, to; from < room->key_count; from = to) {
        to = block_end(room, from);
        if (to - from <= b->cap)
            pairs[to - from] += (to - from) * (to - from - 1) / 2;
    }
    size_t cap = 1;
    while (cap < b->cap && spent + pairs[cap + 1] <= b->share)
        spent += pairs[++cap];
    return cap;
}

static bool pair_block(block_room *room, const uint64_t *block, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if ((uint32_t)block[i] != (uint32_t)block[j] &&
                !add_pair(room, (uint32_t)block[i], (uint32_t)block[j]))
                return false;
    return true;
}

static bool pair_keys(const blocker *b, block_room *room)
{
    if (!room_for(&room->scratch, room->key_count, &room->scratch_capacity))
        return false;
    match_sort(room->keys, room->scratch, room->key_count, 32, 64);
    size_t cap = cap_of_part(b, room);
    for (size_t from = 0, to; from < room->key_count; from = to) {
        to = block_end(room, from);
        if (to - from > 1 && to - from <= cap && !pair_block(room, room->keys + from, to - from))
            return false;
    }
    return true;
}

/* Counts a key in two bits, up to two. Collisions only let a lone key through. */
static void count_key(const blocker *b, uint8_t *counts, uint64_t item)
{
    uint8_t *seen = &counts[(item >> 34) & b->seen_mask];
    unsigned shift = (unsigned)(item >> 32 & 3) * 2;
    *seen = (uint8_t)(*seen + ((*seen >> shift & 3) < 2) * (1u << shift));
}

static bool is_shared(const blocker *b, const uint8_t *counts, uint64_t item)
{
    return (counts[(item >> 34) & b->seen_mask] >> ((item >> 32 & 3) * 2) & 3) == 2;
}

enum { CHUNK_ROWS = 256, AHEAD = 16 };

/* The keys of some rows, behind those gathered. */
static bool keys_of_rows(const blocker *b, block_room *room, const match_key_plan *plan,
                         size_t part, uint32_t from, uint32_t to)
{
    uint64_t keys[MOST_ROW_KEYS];
    const uint32_t(*bones)[BONES] =
        (const uint32_t(*)[BONES])(plan->form == KEY_WORD ? b->bones[plan->a] : NULL);
    if (!room_for(&room->keys, room->key_count + CHUNK_ROWS * MOST_ROW_KEYS, &room->key_capacity))
        return false;
    for (uint32_t row = from; row < to; row++) {
        if (b->table->copy_of[row] != row)
            continue;
        size_t count = match_row_keys(b->table, plan, row, bones != NULL ? bones[row] : NULL, keys);
        for (size_t i = 0; i < count; i++)
            if ((keys[i] & (b->parts - 1)) == part)
                room->keys[room->key_count++] = (keys[i] >> 32) << 32 | row;
    }
    return true;
}

/* The keys of one kind that fall into a part, lone ones left out. */
static bool gather_keys(const blocker *b, block_room *room, const match_key_plan *plan, size_t part)
{
    uint32_t rows = (uint32_t)b->table->rows;
    room->key_count = 0;
    memset(room->seen, 0, b->seen_mask + 1);
    for (uint32_t row = 0; row < rows;) {
        uint32_t to = rows - row > CHUNK_ROWS ? row + CHUNK_ROWS : rows;
        size_t first = room->key_count;
        if (!keys_of_rows(b, room, plan, part, row, to))
            return false;
        for (size_t i = first; i < room->key_count; i++) {
            if (i + AHEAD < room->key_count)
                __builtin_prefetch(&room->seen[(room->keys[i + AHEAD] >> 34) & b->seen_mask], 1);
            count_key(b, room->seen, room->keys[i]);
        }
        row = to;
    }
    size_t kept = 0;
    for (size_t i = 0; i < room->key_count; i++) {
        if (i + AHEAD < room->key_count)
            __builtin_prefetch(&room->seen[(room->keys[i + AHEAD] >> 34) & b->seen_mask]);
        room->keys[kept] = room->keys[i];
        kept += is_shared(b, room->seen, room->keys[i]);
    }
    room->key_count = kept;
    return true;
}

static bool is_of_names(const match_key_plan *plan)
{
    return plan->form == KEY_NAME || plan->form == KEY_STARTS || plan->form == KEY_WORD ||
           plan->form == KEY_SOUND;
}

/* Part 0 of a round is what is to be done beside it. */
static bool do_part(blocker *b, size_t number, size_t thread)
{
    block_room *room = &b->rooms[thread];
    if (number == 0)
        return b->aside->work[b->round](b->aside->context);
    const match_key_plan *plan = &b->plans.items[(number - 1) / b->parts];
    if (is_of_names(plan) != (b->round == 1))
        return true;
    if (plan->form == KEY_SOUND && !b->table->words.foreign)
        return true; /* one script needs no keys across */
    if (room->seen == NULL)
        room->seen = malloc(b->seen_mask + 1);
    return room->seen != NULL && gather_keys(b, room, plan, (number - 1) % b->parts) &&
           pair_keys(b, room) && add_run(b, room);
}

static void work_on_part(void *context, size_t number, size_t thread)
{
    blocker *b = context;
    pthread_mutex_lock(&b->lock);
    bool starved = b->starved;
    pthread_mutex_unlock(&b->lock);
    if (starved || do_part(b, number, thread))
        return;
    pthread_mutex_lock(&b->lock);
    b->starved = true;
    pthread_mutex_unlock(&b->lock);
}

/* --- all of them --- */

/* The rough words of every column of names that is keyed with others. */
static bool gather_bones(blocker *b)
{
    for (size_t c = 0; c < b->table->column_count; c++) {
        if (b->table->columns[c].kind != MATCH_NAME)
            continue;
        b->bones[c] = malloc(b->table->rows * sizeof *b->bones[c]);
        if (b->bones[c] == NULL)
            return false;
        for (uint32_t row = 0; row < b->table->rows; row++)
            match_gather_bones(b->table, c, row, b->bones[c][row]);
    }
    return true;
}

static bool all_kinds(blocker *b, const match_options *options, uint64_t max_pairs)
{
    size_t rows = b->table->rows;
    if (match_plan(b->table, options->blocks, rows / 4 / b->cap + 1, &b->plans, NULL) != PB_OK)
        return false;
    uint64_t memory = options->memory > 0 ? options->memory : USUAL_MEMORY;
    for (b->parts = 1; rows / b->parts * ROW_BYTES > memory && b->parts < MOST_PARTS;)
        b->parts *= 2;
    uint64_t share = rows / PASS_SHARE > LEAST_SHARE ? rows / PASS_SHARE : LEAST_SHARE;
    uint64_t mean = max_pairs / (b->plans.count + 1);
    mean = mean > MEAN_SHARE || options->max_pairs > 0 ? mean : MEAN_SHARE;
    b->share = (share < mean ? share : mean) / b->parts;
    for (b->round = 0; b->round < 2 && !b->starved; b->round++) {
        if (b->round == 1 && !gather_bones(b))
            return false;
        match_crew(b->table->threads, 1 + b->plans.count * b->parts, work_on_part, b);
    }
    return !b->starved;
}

static bool every_pair(blocker *b)
{
    uint32_t rows = (uint32_t)b->table->rows;
    const uint32_t *copy_of = b->table->copy_of;
    if (!b->aside->work[0](b->aside->context) || !b->aside->work[1](b->aside->context))
        return false;
    for (uint32_t x = 0; x < rows; x++)
        for (uint32_t y = x + 1; y < rows && copy_of[x] == x; y++)
            if (copy_of[y] == y && !add_pair(&b->rooms[0], x, y))
                return false;
    return add_run(b, &b->rooms[0]);
}

static bool add_copies(blocker *b)
{
    const uint32_t *copy_of = b->table->copy_of;
    for (size_t row = 0; row < b->table->rows; row++)
        if (copy_of[row] != row && !add_pair(&b->rooms[0], copy_of[row], (uint32_t)row))
            return false;
    return add_run(b, &b->rooms[0]);
}

static void end(blocker *b)
{
    for (size_t i = 0; i < MATCH_THREADS; i++) {
        free(b->rooms[i].seen);
        free(b->rooms[i].keys);
        free(b->rooms[i].pairs);
        free(b->rooms[i].scratch);
    }
    for (size_t c = 0; c < MATCH_MAX_COLUMNS; c++)
        free(b->bones[c]);
    for (size_t i = 0; i < b->run_count; i++)
        free(b->runs[i].items);
    free(b->plans.items);
    pthread_mutex_destroy(&b->lock);
}

pb_status match_block(const match_table *table, const match_options *options, uint64_t max_pairs,
                      const match_aside *aside, match_candidates *candidates, pb_error *err)
{
    blocker b = {.table = table, .aside = aside};
    size_t cap = CAP_ROWS / table->rows, originals = 0;
    b.cap = cap < LEAST_CAP ? LEAST_CAP : cap > MOST_CAP ? MOST_CAP : cap;
    b.seen_mask = ((size_t)1 << (bits_of(table->rows) + 1)) - 1;
    if (pthread_mutex_init(&b.lock, NULL) != 0)
        return pb_fail_memory(err);
    for (size_t row = 0; row < table->rows; row++)
        originals += table->copy_of[row] == row;
    bool found = originals <= ALL_PAIRS ? every_pair(&b) : all_kinds(&b, options, max_pairs);
    found = found && add_copies(&b) && settle_runs(&b, true);
    if (found && b.run_count > 0) {
        *candidates = (match_candidates){b.runs[0].items, b.runs[0].count};
        b.run_count = 0;
    }
    end(&b);
    return found ? PB_OK : pb_fail_memory(err);
}
