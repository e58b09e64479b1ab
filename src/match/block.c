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

/* A kind of key. */
typedef enum key_form {
    KEY_NAME,   /* all words of a name, rough, in any order */
    KEY_STARTS, /* a word of a name, rough, and the start of another */
    KEY_WORD,   /* a word of a name, rough, with a part of another column */
    KEY_ONE,    /* a part of a column */
    KEY_TWO,    /* parts of two columns */
    KEY_DECLARED
} key_form;

typedef enum key_part {
    PART_WHOLE,
    PART_SOFT,
    PART_DATE, /* with day and month in any order */
    PART_YEAR_MONTH,
    PART_MONTH_DAY,
    PART_YEAR_DAY
} key_part;

typedef struct key_plan {
    key_form form;
    size_t a, b; /* columns */
    key_part part_a, part_b;
    const char *declared;
} key_plan;

typedef struct blocker {
    const match_table *table;
    uint64_t max_pairs;
    size_t cap;
    uint8_t *seen; /* by key, two bits each: rows that have it, 2 at most */
    size_t seen_mask;
    uint64_t *keys; /* key in the upper half, row in the lower */
    size_t key_count, key_capacity;
    match_candidates *out;
    size_t sorted; /* candidates up to here are sorted and unique */
    uint64_t pass;
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

static uint64_t date_part(key_part part, uint32_t date)
{
    uint64_t year = date >> 16, month = date >> 8 & 255, day = date & 255;
    switch (part) {
    case PART_YEAR_MONTH:
        return year << 8 | month;
    case PART_MONTH_DAY:
        return UINT64_C(1) << 24 | month << 8 | day;
    case PART_YEAR_DAY:
        return UINT64_C(1) << 25 | year << 8 | day;
    case PART_DATE:
    case PART_WHOLE:
    case PART_SOFT:
        break;
    }
    uint64_t first = month < day ? month : day, second = month < day ? day : month;
    return UINT64_C(1) << 40 | year << 16 | first << 8 | second;
}

/* 0: the row has none. */
static uint64_t part_of(const blocker *b, size_t column, key_part part, uint32_t row)
{
    match_cell cell = match_row(b->table, row)[column];
    if (cell.id == 0)
        return 0;
    if (part == PART_WHOLE)
        return b->table->whole[column][cell.id];
    if (part == PART_SOFT)
        return b->table->soft[column][cell.id];
    return cell.mark != 0 ? date_part(part, cell.mark) : 0;
}

static size_t words_of(const blocker *b, size_t column, uint32_t row, const match_word **ret_words)
{
    match_cell cell = match_row(b->table, row)[column];
    size_t count = 0;
    if (cell.id == 0)
        return 0;
    const match_name *name = &b->table->names[column][cell.id];
    for (size_t i = 0; i < NAME_PARTS && name->word[i] != 0; i++)
        ret_words[count++] = &b->table->words.items[name->word[i]];
    return count;
}

static uint64_t name_key(const match_word *const *words, size_t count)
{
    uint64_t sum = count; /* a sum does not depend on the order of the words */
    for (size_t i = 0; i < count; i++)
        sum += match_mix(words[i]->bones, 7);
    return sum;
}

static size_t start_keys(const match_word *const *words, size_t count, uint64_t *keys)
{
    size_t found = 0;
    for (size_t i = 0; i < count && i < BONES; i++)
        for (size_t j = 0; j < count && j < BONES; j++)
            if (i != j)
                keys[found++] = match_mix(words[i]->bones, words[j]->start);
    return found;
}

/* A block the caller asks for: "name" or "name+name"; columns that are not there make no key. */
static uint64_t declared_key(const blocker *b, const char *block, uint32_t row)
{
    uint64_t key = 71;
    pb_str rest = pb_str_c(block), name;
    while (pb_str_split(&rest, '+', &name)) {
        size_t c = 0;
        while (c < b->table->column_count && !pb_str_eq(b->table->columns[c].name, name))
            c++;
        uint64_t part = c < b->table->column_count ? part_of(b, c, PART_WHOLE, row) : 0;
        if (part == 0)
            return 0;
        key = match_mix(key, part);
    }
    return key;
}

static size_t row_keys(const blocker *b, const key_plan *plan, uint32_t row, uint64_t *keys)
{
    const match_word *words[NAME_PARTS];
    size_t found = 0, count;
    uint64_t x, y;
    switch (plan->form) {
    case KEY_NAME:
        count = words_of(b, plan->a, row, words);
        if (count > 0)
            keys[found++] = name_key(words, count);
        break;
    case KEY_STARTS:
        count = words_of(b, plan->a, row, words);
        return start_keys(words, count, keys);
    case KEY_WORD:
        y = part_of(b, plan->b, plan->part_b, row);
        for (size_t i = 0; y != 0 && i < BONES && b->bones[row][i] != 0; i++)
            keys[found++] = match_mix(b->bones[row][i], y);
        break;
    case KEY_ONE:
        x = part_of(b, plan->a, plan->part_a, row);
        if (x != 0)
            keys[found++] = x;
        break;
    case KEY_TWO:
        x = part_of(b, plan->a, plan->part_a, row);
        y = x != 0 ? part_of(b, plan->b, plan->part_b, row) : 0;
        if (y != 0)
            keys[found++] = match_mix(x, y);
        break;
    case KEY_DECLARED:
        x = declared_key(b, plan->declared, row);
        if (x != 0)
            keys[found++] = x;
        break;
    }
    for (size_t i = 0; i < found; i++)
        keys[i] = match_mix(keys[i], b->pass);
    return found;
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

static pb_status run_pass(blocker *b, const key_plan *plan, pb_error *err)
{
    uint64_t keys[NAME_PARTS * NAME_PARTS];
    uint32_t rows = (uint32_t)b->table->rows;
    b->pass++;
    b->key_count = 0;
    memset(b->seen, 0, b->seen_mask + 1);
    for (uint32_t row = 0; row < rows; row++) {
        size_t count = b->table->copy_of[row] == row ? row_keys(b, plan, row, keys) : 0;
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

static const key_part date_parts[] = {PART_DATE, PART_YEAR_MONTH, PART_MONTH_DAY, PART_YEAR_DAY};

static bool is_place(match_kind kind)
{
    return kind == MATCH_TEXT || kind == MATCH_PLACE || kind == MATCH_EXACT;
}

static void gather_bones(blocker *b, size_t name)
{
    const match_word *words[NAME_PARTS];
    for (uint32_t row = 0; row < b->table->rows; row++) {
        size_t count = words_of(b, name, row, words);
        for (size_t i = 0; i < BONES; i++)
            b->bones[row][i] = i < count ? words[i]->bones : 0;
    }
}

/* A column of names with all others. */
static pb_status name_passes(blocker *b, size_t name, pb_error *err)
{
    gather_bones(b, name);
    PB_TRY(run_pass(b, &(key_plan){.form = KEY_NAME, .a = name}, err));
    PB_TRY(run_pass(b, &(key_plan){.form = KEY_STARTS, .a = name}, err));
    for (size_t c = 0; c < b->table->column_count; c++) {
        match_kind kind = b->table->columns[c].kind;
        key_plan plan = {.form = KEY_WORD, .a = name, .b = c, .part_b = PART_WHOLE};
        for (size_t i = 0; kind == MATCH_DATE && i < sizeof date_parts / sizeof *date_parts; i++) {
            plan.part_b = date_parts[i];
            PB_TRY(run_pass(b, &plan, err));
        }
        if (kind == MATCH_EXACT)
            PB_TRY(run_pass(b, &plan, err));
        plan.part_b = PART_SOFT;
        if (kind == MATCH_TEXT || kind == MATCH_PLACE || kind == MATCH_ORG)
            PB_TRY(run_pass(b, &plan, err));
    }
    return PB_OK;
}

/* Columns other than names: by themselves where they are selective, and in twos. */
static pb_status column_passes(blocker *b, size_t x, pb_error *err)
{
    match_kind kind = b->table->columns[x].kind;
    key_plan plan = {.form = KEY_ONE, .a = x, .part_a = PART_WHOLE};
    bool selective = b->table->distinct[x] * b->cap > b->table->rows / 4;
    if (selective && kind != MATCH_DATE && kind != MATCH_PLACE)
        PB_TRY(run_pass(b, &plan, err));
    plan.part_a = PART_SOFT;
    if (selective && (kind == MATCH_EMAIL || kind == MATCH_ORG || kind == MATCH_TEXT))
        PB_TRY(run_pass(b, &plan, err));
    plan.form = KEY_TWO;
    for (size_t y = 0; y < b->table->column_count; y++) {
        match_kind other = b->table->columns[y].kind;
        plan.b = y;
        plan.part_a = kind == MATCH_DATE ? PART_DATE : PART_SOFT;
        plan.part_b = other == MATCH_EXACT ? PART_WHOLE : PART_SOFT;
        if (y == x || !is_place(other))
            continue;
        if (kind == MATCH_DATE || kind == MATCH_ORG ||
            (kind == MATCH_TEXT && (other != MATCH_TEXT || y > x)))
            PB_TRY(run_pass(b, &plan, err));
    }
    return PB_OK;
}

static pb_status all_passes(blocker *b, const match_options *options, pb_error *err)
{
    for (size_t c = 0; c < b->table->column_count; c++) {
        if (b->table->columns[c].kind == MATCH_NAME)
            PB_TRY(name_passes(b, c, err));
        else
            PB_TRY(column_passes(b, c, err));
    }
    for (size_t i = 0; options->blocks != NULL && options->blocks[i] != NULL; i++)
        PB_TRY(run_pass(b, &(key_plan){.form = KEY_DECLARED, .declared = options->blocks[i]}, err));
    return PB_OK;
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
