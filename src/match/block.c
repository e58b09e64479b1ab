/* Which pairs are worth comparing: a union of many selective keys. A key that only one row has is
 * dropped before anything is sorted; a block that is too large is split by what else its rows hold.
 * Every kind of key is a part of the work by itself. */
#include "internal.h"

#include <stdatomic.h>

enum {
    ALL_PAIRS = 500, /* so few rows are all compared with one another */
    LEAST_CAP = 24,
    CAP_ROWS = 300000,    /* cap times rows, between the two */
    PASS_SHARE = 3,       /* one kind of key may make a third as many pairs as there are rows … */
    LEAST_SHARE = 150000, /* … or so many, */
    ROUNDS = 3,
    SPLIT_PAIRS = 2,    /* a row that the large blocks of a kind of key may make */
    MEAN_SHARE = 20000, /* but no more than its share of all, which is at least this */
    USUAL_MEMORY = 256000000,
    ROW_BYTES = 64, /* the keys of a row, of one kind */
    MOST_PARTS = 1024,
    BONE_ROWS = 1 << 16
};

typedef struct blocker {
    const match_table *table;
    match_plans plans;
    const match_aside *aside;
    size_t round; /* 0: keys without names, 1: those with names, 2: large blocks split */
    size_t parts; /* of the keys of each kind, as far as memory asks for it */
    size_t cap;
    uint64_t share; /* pairs that a kind of key may make, */
    uint64_t most;  /* and its large blocks, split */
    size_t seen_mask;
    uint32_t (*bones[MATCH_MAX_COLUMNS])[BONES]; /* per row: rough words of a column of names */
    match_room rooms[MATCH_THREADS];
    match_list *later; /* by kind of key: keys of large blocks */
    match_runs runs;
    atomic_bool starved;
} blocker;

static unsigned bits_of(uint64_t number)
{
    return 64 - (unsigned)__builtin_clzll(number | 1);
}

/* --- blocks --- */

static bool add_pair(const match_table *table, match_room *room, uint32_t x, uint32_t y)
{
    match_list *pairs = &room->pairs;
    if (!match_list_room(table->store, pairs, pairs->count + 1))
        return false;
    pairs->items[pairs->count++] = x < y ? (uint64_t)x << 32 | y : (uint64_t)y << 32 | x;
    return true;
}

static size_t block_end(const match_list *keys, size_t from)
{
    size_t to = from + 1;
    while (to < keys->count && keys->items[to] >> 32 == keys->items[from] >> 32)
        to++;
    return to;
}

void match_count_blocks(const match_list *keys, size_t most, uint64_t pairs[MATCH_MOST_CAP + 1])
{
    for (size_t from = 0, to; from < keys->count; from = to) {
        to = block_end(keys, from);
        if (to - from <= most)
            pairs[to - from] += (to - from) * (to - from - 1) / 2;
    }
}

size_t match_cap_of(const uint64_t pairs[MATCH_MOST_CAP + 1], size_t most, uint64_t *share)
{
    uint64_t spent = 0;
    size_t cap = 1;
    while (cap < most && spent + pairs[cap + 1] <= *share)
        spent += pairs[++cap];
    *share = spent;
    return cap;
}

static bool pair_block(const match_table *table, match_room *room, const uint64_t *block,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if ((uint32_t)block[i] != (uint32_t)block[j] &&
                !add_pair(table, room, (uint32_t)block[i], (uint32_t)block[j]))
                return false;
    return true;
}

bool match_pair_blocks(const match_table *table, match_room *room, const match_list *keys,
                       size_t cap, match_list *larger)
{
    for (size_t from = 0, to; from < keys->count; from = to) {
        to = block_end(keys, from);
        if (to - from == 1)
            continue;
        if (to - from <= cap) {
            if (!pair_block(table, room, keys->items + from, to - from))
                return false;
        } else if (larger != NULL) {
            if (!match_list_room(table->store, larger, larger->count + to - from))
                return false;
            memcpy(larger->items + larger->count, keys->items + from,
                   (to - from) * sizeof *keys->items);
            larger->count += to - from;
        }
    }
    return true;
}

/* --- one kind of key --- */

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
static bool keys_of_rows(const blocker *b, match_room *room, const match_key_plan *plan,
                         size_t part, uint32_t from, uint32_t to)
{
    uint64_t keys[MOST_ROW_KEYS];
    match_list *list = &room->keys;
    const uint32_t(*bones)[BONES] =
        (const uint32_t(*)[BONES])(plan->form == KEY_WORD ? b->bones[plan->a] : NULL);
    if (!match_list_room(b->table->store, list, list->count + CHUNK_ROWS * MOST_ROW_KEYS))
        return false;
    for (uint32_t row = from; row < to; row++) {
        if (b->table->copy_of[row] != row)
            continue;
        size_t count = match_row_keys(b->table, plan, row, bones != NULL ? bones[row] : NULL, keys);
        for (size_t i = 0; i < count; i++)
            if ((keys[i] >> 32 & (b->parts - 1)) == part)
                list->items[list->count++] = (keys[i] >> 32) << 32 | row;
    }
    return true;
}

/* The keys of one kind that fall into a part, lone ones left out, in order. */
static bool gather_keys(const blocker *b, match_room *room, const match_key_plan *plan, size_t part)
{
    uint32_t rows = (uint32_t)b->table->rows;
    match_list *list = &room->keys;
    list->count = 0;
    memset(room->seen, 0, b->seen_mask + 1);
    for (uint32_t row = 0; row < rows;) {
        uint32_t to = rows - row > CHUNK_ROWS ? row + CHUNK_ROWS : rows;
        size_t first = list->count;
        if (!keys_of_rows(b, room, plan, part, row, to))
            return false;
        for (size_t i = first; i < list->count; i++) {
            if (i + AHEAD < list->count)
                __builtin_prefetch(&room->seen[(list->items[i + AHEAD] >> 34) & b->seen_mask], 1);
            count_key(b, room->seen, list->items[i]);
        }
        row = to;
    }
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (i + AHEAD < list->count)
            __builtin_prefetch(&room->seen[(list->items[i + AHEAD] >> 34) & b->seen_mask]);
        list->items[kept] = list->items[i];
        kept += is_shared(b, room->seen, list->items[i]);
    }
    list->count = kept;
    if (!match_list_room(b->table->store, &room->scratch, kept))
        return false;
    match_sort(list->items, room->scratch.items, kept, 32, 64);
    return true;
}

/* The size up to which blocks are paired: the smallest blocks tell most, and a kind of key may not
 * spend more than its share. Where keys are made in parts all of them are looked at first, so that
 * the parts make no difference. */
static bool cap_of_plan(const blocker *b, match_room *room, const match_key_plan *plan,
                        size_t *ret_cap)
{
    uint64_t pairs[MATCH_MOST_CAP + 1] = {0}, share = b->share;
    for (size_t part = 0; part < b->parts; part++) {
        if (!gather_keys(b, room, plan, part))
            return false;
        match_count_blocks(&room->keys, b->cap, pairs);
    }
    *ret_cap = match_cap_of(pairs, b->cap, &share);
    return true;
}

static bool is_of_names(const match_key_plan *plan)
{
    return plan->form == KEY_NAME || plan->form == KEY_STARTS || plan->form == KEY_WORD ||
           plan->form == KEY_SOUND;
}

/* Pairs the blocks of a kind of key; what is too large is kept, to be split when all are done. */
static bool do_plan(blocker *b, match_room *room, size_t number)
{
    const match_key_plan *plan = &b->plans.items[number];
    const match_store *store = b->table->store;
    size_t cap;
    if (room->seen == NULL)
        room->seen = match_resize(store, NULL, b->seen_mask + 1);
    if (room->seen == NULL || !cap_of_plan(b, room, plan, &cap))
        return false;
    room->over[0].count = 0;
    for (size_t part = 0; part < b->parts; part++)
        if ((b->parts > 1 && !gather_keys(b, room, plan, part)) ||
            !match_pair_blocks(b->table, room, &room->keys, cap,
                               match_is_split(b->table, plan) ? &room->over[0] : NULL))
            return false;
    b->later[number] = room->over[0];
    room->over[0] = (match_list){0};
    return true;
}

static bool split_later(blocker *b, match_room *room, size_t number)
{
    match_list *over = &b->later[number];
    match_list_free(b->table->store, &room->over[0]);
    room->over[0] = *over;
    *over = (match_list){0};
    return match_split(b->table, &b->plans.items[number], b->cap, b->share, b->most, room) &&
           match_runs_add(&b->runs, &room->pairs, &room->scratch);
}

/* Part 0 of a round is what is to be done beside it. */
static bool do_part(blocker *b, size_t number, size_t thread)
{
    match_room *room = &b->rooms[thread];
    if (number == 0)
        return b->round == ROUNDS - 1 || b->aside->work[b->round](b->aside->context);
    const match_key_plan *plan = &b->plans.items[--number];
    if (b->round == ROUNDS - 1)
        return b->later[number].count == 0 || split_later(b, room, number);
    if (is_of_names(plan) != (b->round == 1))
        return true;
    if (plan->form == KEY_SOUND && !b->table->words.foreign)
        return true; /* one script needs no keys across */
    return do_plan(b, room, number) && match_runs_add(&b->runs, &room->pairs, &room->scratch);
}

static void work_on_part(void *context, size_t number, size_t thread)
{
    blocker *b = context;
    if (!atomic_load(&b->starved) && !do_part(b, number, thread))
        atomic_store(&b->starved, true);
}

/* --- all of them --- */

static void gather_some_bones(void *context, size_t part, size_t thread)
{
    blocker *b = context;
    uint32_t rows = (uint32_t)b->table->rows, from = (uint32_t)part * BONE_ROWS;
    uint32_t to = rows - from > BONE_ROWS ? from + BONE_ROWS : rows;
    (void)thread;
    for (size_t c = 0; c < b->table->column_count; c++)
        for (uint32_t row = from; row < to && b->bones[c] != NULL; row++)
            match_gather_bones(b->table, c, row, b->bones[c][row]);
}

/* The rough words of every column of names, which are keyed with others. */
static bool gather_bones(blocker *b)
{
    const match_table *table = b->table;
    for (size_t c = 0; c < table->column_count; c++) {
        if (table->columns[c].kind != MATCH_NAME)
            continue;
        b->bones[c] = match_resize(table->store, NULL, table->rows * sizeof *b->bones[c]);
        if (b->bones[c] == NULL)
            return false;
    }
    match_crew(table->threads, table->rows / BONE_ROWS + 1, gather_some_bones, b);
    return true;
}

static bool all_kinds(blocker *b, const match_options *options, uint64_t max_pairs)
{
    size_t rows = b->table->rows;
    if (match_plan(b->table, options->blocks, rows / 4 / b->cap + 1, &b->plans, NULL) != PB_OK)
        return false;
    b->later = calloc(b->plans.count + 1, sizeof *b->later);
    if (b->later == NULL)
        return false;
    uint64_t memory = options->memory > 0 ? options->memory : USUAL_MEMORY;
    for (b->parts = 1; rows / b->parts * ROW_BYTES > memory && b->parts < MOST_PARTS;)
        b->parts *= 2;
    uint64_t share = rows / PASS_SHARE > LEAST_SHARE ? rows / PASS_SHARE : LEAST_SHARE;
    uint64_t mean = max_pairs / (b->plans.count + 1);
    mean = mean > MEAN_SHARE || options->max_pairs > 0 ? mean : MEAN_SHARE;
    mean = options->max_pairs > 0 ? mean / 2 : mean; /* blocks, and large ones split */
    b->share = share < mean ? share : mean;
    b->most =
        options->max_pairs > 0 || b->share > rows * SPLIT_PAIRS ? b->share : rows * SPLIT_PAIRS;
    for (b->round = 0; b->round < ROUNDS && !atomic_load(&b->starved); b->round++) {
        if (b->round == 1 && !gather_bones(b))
            return false;
        match_crew(b->table->threads, 1 + b->plans.count, work_on_part, b);
        match_rest(b->table->store);
    }
    return !atomic_load(&b->starved);
}

static bool every_pair(blocker *b)
{
    uint32_t rows = (uint32_t)b->table->rows;
    const uint32_t *copy_of = b->table->copy_of;
    match_room *room = &b->rooms[0];
    if (!b->aside->work[0](b->aside->context) || !b->aside->work[1](b->aside->context))
        return false;
    for (uint32_t x = 0; x < rows; x++)
        for (uint32_t y = x + 1; y < rows && copy_of[x] == x; y++)
            if (copy_of[y] == y && !add_pair(b->table, room, x, y))
                return false;
    return match_runs_add(&b->runs, &room->pairs, &room->scratch);
}

static bool add_copies(blocker *b)
{
    const uint32_t *copy_of = b->table->copy_of;
    match_room *room = &b->rooms[0];
    for (size_t row = 0; row < b->table->rows; row++)
        if (copy_of[row] != row && !add_pair(b->table, room, copy_of[row], (uint32_t)row))
            return false;
    return match_runs_add(&b->runs, &room->pairs, &room->scratch);
}

static void end(blocker *b)
{
    const match_store *store = b->table->store;
    for (size_t i = 0; i < MATCH_THREADS; i++) {
        match_room *room = &b->rooms[i];
        match_list *lists[] = {&room->keys,    &room->pairs,    &room->scratch, &room->over[0],
                               &room->over[1], &room->split[0], &room->split[1]};
        match_release(store, room->seen);
        for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
            match_list_free(store, lists[k]);
    }
    for (size_t c = 0; c < MATCH_MAX_COLUMNS; c++)
        match_release(store, b->bones[c]);
    for (size_t i = 0; b->later != NULL && i < b->plans.count; i++)
        match_list_free(store, &b->later[i]);
    free(b->later);
    free(b->plans.items);
    match_runs_free(&b->runs);
}

pb_status match_block(const match_table *table, const match_options *options, uint64_t max_pairs,
                      const match_aside *aside, match_candidates *candidates, pb_error *err)
{
    blocker b = {.table = table, .aside = aside};
    size_t cap = CAP_ROWS / table->rows, originals = 0;
    match_list all = {0};
    atomic_init(&b.starved, false);
    b.cap = cap < LEAST_CAP ? LEAST_CAP : cap > MATCH_MOST_CAP ? MATCH_MOST_CAP : cap;
    b.seen_mask = ((size_t)1 << (bits_of(table->rows) + 1)) - 1;
    if (!match_runs_start(&b.runs, table))
        return pb_fail_memory(err);
    for (size_t row = 0; row < table->rows; row++)
        originals += table->copy_of[row] == row;
    bool found = originals <= ALL_PAIRS ? every_pair(&b) : all_kinds(&b, options, max_pairs);
    found = found && add_copies(&b) && match_runs_end(&b.runs, &all);
    if (found)
        *candidates = (match_candidates){all.items, all.count};
    end(&b);
    return found ? PB_OK : match_starved(table->store, err);
}
