/* Which pairs are worth comparing: a union of many selective keys, each capped, so that no key
 * explodes. A block that is too large is walked in the order of its contents, each row with its
 * next few neighbours. */
#include "internal.h"

enum {
    BLOCK_CAP = 24,   /* rows of a block that are all compared with one another */
    BLOCK_WINDOW = 4, /* neighbours in a larger block */
    KEYS_PER_ROW = 4, /* keys one kind of key gives a row at most */
    MIN_LOCAL = 5,    /* letters of a mailbox name that make it selective */
    SOFT_PREFIX = 4
};

typedef struct blocker {
    const match_column *columns;
    size_t column_count, rows;
    uint64_t max_pairs;
    match_key *keys, *scratch;
    size_t key_count;
    match_candidates *out;
    size_t sorted; /* candidates up to here are sorted and unique */
} blocker;

static int order_contents(const blocker *b, uint32_t left, uint32_t right)
{
    for (size_t c = 0; c < b->column_count; c++) {
        int order = pb_str_cmp(b->columns[c].values[left], b->columns[c].values[right]);
        if (order != 0)
            return order;
    }
    return left < right ? -1 : left > right;
}

/* Heap sort: no recursion, no memory, safe for a block of a million equal rows. */
static void sort_by_contents(const blocker *b, match_key *block, size_t count)
{
    for (size_t phase = count / 2 + count; phase-- > 0;) {
        size_t root = phase >= count ? phase - count : 0, end = count;
        if (phase < count) {
            match_key top = block[0];
            block[0] = block[phase];
            block[phase] = top;
            end = phase;
        }
        for (size_t child; (child = 2 * root + 1) < end; root = child) {
            if (child + 1 < end && order_contents(b, block[child].row, block[child + 1].row) < 0)
                child++;
            if (order_contents(b, block[root].row, block[child].row) >= 0)
                break;
            match_key other = block[root];
            block[root] = block[child];
            block[child] = other;
        }
    }
}

static int order_candidates(const void *a, const void *b)
{
    match_candidate x = *(const match_candidate *)a, y = *(const match_candidate *)b;
    return x < y ? -1 : x > y;
}

static void make_unique(match_candidates *out)
{
    if (out->count == 0)
        return;
    qsort(out->items, out->count, sizeof *out->items, order_candidates);
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++)
        if (kept == 0 || out->items[i] != out->items[kept - 1])
            out->items[kept++] = out->items[i];
    out->count = kept;
}

static pb_status add_pair(blocker *b, uint32_t x, uint32_t y, pb_error *err)
{
    match_candidates *out = b->out;
    if (x == y)
        return PB_OK;
    if (out->count == out->capacity) {
        if (out->count > 2 * b->sorted + 1024) {
            make_unique(out);
            b->sorted = out->count;
        }
        if (out->count > b->max_pairs)
            return pb_fail(
                err, PB_LIMIT,
                PB_MSG("There are more than {limit} pairs of similar records to compare"), "limit",
                PB_ARG_INT(b->max_pairs), NULL);
        if (out->count * 2 >= out->capacity) {
            size_t capacity = out->capacity > 0 ? out->capacity * 2 : 4096;
            match_candidate *items = realloc(out->items, capacity * sizeof *items);
            if (items == NULL)
                return pb_fail_memory(err);
            out->items = items;
            out->capacity = capacity;
        }
    }
    out->items[out->count++] = x < y ? (uint64_t)x << 32 | y : (uint64_t)y << 32 | x;
    return PB_OK;
}

static pb_status pair_block(blocker *b, match_key *block, size_t count, pb_error *err)
{
    size_t reach = count;
    if (count > BLOCK_CAP) {
        sort_by_contents(b, block, count);
        reach = BLOCK_WINDOW;
    }
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count && j <= i + reach; j++)
            PB_TRY(add_pair(b, block[i].row, block[j].row, err));
    return PB_OK;
}

/* Turns the keys gathered so far into pairs, and forgets them. */
static pb_status flush_keys(blocker *b, pb_error *err)
{
    match_key_sort(b->keys, b->scratch, b->key_count);
    for (size_t from = 0; from < b->key_count;) {
        size_t to = from + 1;
        while (to < b->key_count && b->keys[to].key == b->keys[from].key)
            to++;
        if (to - from > 1)
            PB_TRY(pair_block(b, b->keys + from, to - from, err));
        from = to;
    }
    b->key_count = 0;
    return PB_OK;
}

static void add_key(blocker *b, uint32_t row, pb_str text, uint64_t seed)
{
    if (text.len > 0)
        b->keys[b->key_count++] = (match_key){match_hash(text, seed), row};
}

static uint64_t mix_words(const pb_str *words, size_t count, size_t prefix)
{
    uint64_t sum = count; /* a sum does not depend on the order of the words */
    for (size_t i = 0; i < count; i++)
        sum += match_hash(pb_str_sub(words[i], 0, prefix), 11);
    return sum;
}

/* Consonants in order: typing errors in vowels and doubled letters vanish. ASCII; other letters
 * stay. */
static size_t skeleton(pb_str word, char ret[32])
{
    size_t count = 0;
    for (size_t i = 0; i < word.len && count < 32; i++) {
        char c = word.ptr[i];
        bool vowel = memchr("aeiouyhw", c, 8) != NULL;
        if ((vowel && i > 0) || (count > 0 && ret[count - 1] == c))
            continue;
        ret[count++] = c;
    }
    return count;
}

static void name_keys(blocker *b, uint32_t row, pb_str name)
{
    pb_str words[NAME_PARTS];
    char bones[NAME_PARTS][32];
    size_t count = match_words(name, words);
    if (count == 0)
        return;
    b->keys[b->key_count++] = (match_key){mix_words(words, count, SIZE_MAX), row};
    for (size_t i = 0; i < count; i++)
        words[i] = pb_str_n(bones[i], skeleton(words[i], bones[i]));
    b->keys[b->key_count++] = (match_key){mix_words(words, count, SIZE_MAX) ^ 0x5bd1e995, row};
}

static void org_keys(blocker *b, uint32_t row, pb_str name)
{
    char joined[64];
    size_t length = 0;
    pb_str core = match_org_core(name);
    for (size_t i = 0; i < core.len && length < sizeof joined; i++)
        if (core.ptr[i] != ' ')
            joined[length++] = core.ptr[i];
    pb_str text = pb_str_n(joined, length);
    add_key(b, row, text, 21);
    if (length > 5)
        add_key(b, row, pb_str_sub(text, 0, 5), 22);
    if (length > 6)
        add_key(b, row, pb_str_sub(text, length - 6, 6), 23);
}

static void email_keys(blocker *b, uint32_t row, pb_str email)
{
    pb_str local = match_email_local(email);
    add_key(b, row, email, 31);
    if (local.len >= MIN_LOCAL && !match_email_is_role(local))
        add_key(b, row, local, 32);
}

/* The keys that one column gives by itself. */
static void column_keys(blocker *b, const match_column *column, uint32_t row)
{
    pb_str value = column->values[row];
    if (pb_str_empty(value))
        return;
    switch (column->kind) {
    case MATCH_NAME:
        name_keys(b, row, value);
        break;
    case MATCH_ORG:
        org_keys(b, row, value);
        break;
    case MATCH_EMAIL:
        email_keys(b, row, value);
        break;
    case MATCH_PHONE:
        add_key(b, row, match_phone_tail(value), 41);
        break;
    case MATCH_EXACT:
        add_key(b, row, value, 51);
        break;
    case MATCH_DATE:
    case MATCH_TEXT: /* not selective alone: see pair_keys */
        break;
    }
}

/* A rough form of a value that survives a typing error at its end. */
static uint64_t soft_key(const match_column *column, pb_str value)
{
    pb_str words[NAME_PARTS];
    if (column->kind == MATCH_DATE)
        return match_hash(value, 61);
    if (column->kind == MATCH_NAME)
        return mix_words(words, match_words(value, words), SOFT_PREFIX);
    if (column->kind == MATCH_ORG)
        return match_hash(pb_str_sub(match_org_core(value), 0, SOFT_PREFIX), 62);
    return match_hash(value, 63);
}

/* Two columns together: a rough name with anything else, a date with anything else. */
static pb_status pair_keys(blocker *b, const match_column *x, const match_column *y, pb_error *err)
{
    for (size_t row = 0; row < b->rows; row++) {
        pb_str vx = x->values[row], vy = y->values[row];
        if (!pb_str_empty(vx) && !pb_str_empty(vy))
            b->keys[b->key_count++] =
                (match_key){soft_key(x, vx) * 31 + soft_key(y, vy), (uint32_t)row};
    }
    return flush_keys(b, err);
}

static const match_column *column_named(const blocker *b, pb_str name)
{
    for (size_t c = 0; c < b->column_count; c++)
        if (pb_str_eq(b->columns[c].name, name))
            return &b->columns[c];
    return NULL;
}

/* A block the caller asks for: "name" or "name+name"; columns that are not there make no key. */
static pb_status declared_keys(blocker *b, const char *block, pb_error *err)
{
    for (size_t row = 0; row < b->rows; row++) {
        uint64_t key = 71;
        bool whole = true;
        pb_str rest = pb_str_c(block), name;
        while (whole && pb_str_split(&rest, '+', &name)) {
            const match_column *column = column_named(b, name);
            whole = column != NULL && !pb_str_empty(column->values[row]);
            if (whole)
                key = match_hash(column->values[row], key);
        }
        if (whole)
            b->keys[b->key_count++] = (match_key){key, (uint32_t)row};
    }
    return flush_keys(b, err);
}

static bool pairs_well(const match_column *x, const match_column *y)
{
    bool names = x->kind == MATCH_NAME || x->kind == MATCH_ORG;
    return names ? y->kind != MATCH_EMAIL && y->kind != MATCH_PHONE && y->kind != MATCH_EXACT
                 : x->kind == MATCH_DATE && y->kind != MATCH_NAME && y->kind != MATCH_ORG;
}

static pb_status all_keys(blocker *b, const match_options *options, pb_error *err)
{
    for (size_t c = 0; c < b->column_count; c++) {
        for (size_t row = 0; row < b->rows; row++)
            column_keys(b, &b->columns[c], (uint32_t)row);
        PB_TRY(flush_keys(b, err));
        for (size_t d = 0; d < b->column_count; d++)
            if (d != c && pairs_well(&b->columns[c], &b->columns[d]))
                PB_TRY(pair_keys(b, &b->columns[c], &b->columns[d], err));
    }
    for (size_t i = 0; options->blocks != NULL && options->blocks[i] != NULL; i++)
        PB_TRY(declared_keys(b, options->blocks[i], err));
    return PB_OK;
}

pb_status match_block(const match_column *columns, size_t column_count, size_t rows,
                      const match_options *options, uint64_t max_pairs,
                      match_candidates *candidates, pb_error *err)
{
    blocker b = {.columns = columns, .column_count = column_count, .rows = rows};
    b.max_pairs = max_pairs;
    b.out = candidates;
    b.keys = malloc(rows * KEYS_PER_ROW * sizeof *b.keys);
    b.scratch = malloc(rows * KEYS_PER_ROW * sizeof *b.scratch);
    pb_status status =
        b.keys != NULL && b.scratch != NULL ? all_keys(&b, options, err) : pb_fail_memory(err);
    free(b.keys);
    free(b.scratch);
    if (status == PB_OK)
        make_unique(candidates);
    return status;
}
