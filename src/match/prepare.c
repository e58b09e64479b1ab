/* Reads every value once: equal values get equal numbers, digits and letters are packed, names are
 * cut into words. Nothing later looks at a text that a number can answer for. */
#include "internal.h"

enum { AHEAD = 16, SOFT_BONES = 8, ORG_START = 5, FIRST_VALUES = 1024, CACHE_BITS = 16 };

/* Digits of YYYY-MM-DD, four bits each; 0 when it is not written so. */
static uint32_t date_digits(pb_str date)
{
    uint32_t digits = 0;
    if (date.len != 10 || date.ptr[4] != '-' || date.ptr[7] != '-')
        return 0;
    for (size_t i = 0; i < 10; i++)
        if (i != 4 && i != 7)
            digits = digits << 4 | ((uint32_t)date.ptr[i] & 15);
    return digits;
}

static uint32_t tail_digits(pb_str tail)
{
    uint32_t digits = 15; /* stands for a digit that is not there */
    for (size_t i = 0; i < tail.len; i++)
        digits = digits << 4 | ((uint32_t)tail.ptr[i] & 15);
    return tail.ptr != NULL ? digits : 0;
}

static uint32_t mark_of(match_kind kind, pb_str value)
{
    switch (kind) {
    case MATCH_DATE:
        return date_digits(value);
    case MATCH_PHONE:
        return tail_digits(match_phone_tail(value));
    case MATCH_EMAIL:
        return match_letters(match_email_local(value));
    case MATCH_ORG:
        return match_letters(match_org_core(value));
    case MATCH_NAME:
        return 0;
    case MATCH_EXACT:
    case MATCH_TEXT:
    case MATCH_PLACE:
        break;
    }
    return match_letters(value);
}

/* A rough form that survives a slip; 0: none that is selective. */
static uint32_t soft_of(match_kind kind, pb_str value)
{
    char bones[SOFT_BONES];
    pb_str rough = value;
    if (kind == MATCH_EMAIL) {
        rough = match_email_local(value);
        if (rough.len < 5 || match_email_is_role(rough))
            return 0;
    } else if (kind == MATCH_ORG) {
        rough = pb_str_sub(match_org_core(value), 0, ORG_START);
    } else if (kind == MATCH_TEXT || kind == MATCH_PLACE) {
        rough = pb_str_n(bones, match_skeleton(value, bones, sizeof bones));
    }
    return rough.len > 0 ? (uint32_t)match_hash(rough, 13) | 1 : 0;
}

/* What makes two values of a column the same number: the end of a phone number, the text of
 * others. */
static uint64_t identity(match_kind kind, pb_str value)
{
    pb_str tail = kind == MATCH_PHONE ? match_phone_tail(value) : PB_STR_NONE;
    return match_hash(tail.ptr != NULL ? tail : value, 1);
}

/* Room for what is known of a new value. */
static bool grow_values(match_table *table, size_t c, size_t *capacity)
{
    size_t first = table->rows < FIRST_VALUES ? table->rows + 1 : FIRST_VALUES;
    size_t more = *capacity > 0 ? *capacity * 2 : first;
    uint32_t *count = realloc(table->count[c], more * sizeof *count);
    if (count != NULL)
        table->count[c] = count;
    uint32_t *whole = realloc(table->whole[c], more * sizeof *whole);
    if (whole != NULL)
        table->whole[c] = whole;
    uint32_t *soft = realloc(table->soft[c], more * sizeof *soft);
    if (soft != NULL)
        table->soft[c] = soft;
    match_name *names = NULL;
    if (table->columns[c].kind == MATCH_NAME) {
        names = realloc(table->names[c], more * sizeof *names);
        if (names == NULL)
            return false;
        table->names[c] = names;
    }
    *capacity = more;
    return count != NULL && whole != NULL && soft != NULL;
}

static pb_status number_column(match_table *table, size_t c, const uint64_t *hash,
                               match_intern *intern, pb_error *err)
{
    const match_column *column = &table->columns[c];
    size_t capacity = 0;
    if (!grow_values(table, c, &capacity))
        return pb_fail_memory(err);
    for (size_t row = 0; row < table->rows; row++) {
        match_cell *cell = &table->cells[row * table->column_count + c];
        if (row + AHEAD < table->rows && intern->slots != NULL)
            __builtin_prefetch(&intern->slots[hash[row + AHEAD] & intern->mask]);
        if (hash[row] == 0)
            continue;
        uint32_t before = intern->count, id = match_intern_id(intern, hash[row]);
        if (id == 0 || (id >= capacity && !grow_values(table, c, &capacity)))
            return pb_fail_memory(err);
        pb_str value = column->values[row];
        if (id > before) {
            table->count[c][id] = 0;
            table->whole[c][id] = (uint32_t)(hash[row] >> 32) | 1;
            table->soft[c][id] = soft_of(column->kind, value);
            if (column->kind == MATCH_NAME &&
                !match_words_add(&table->words, value, &table->names[c][id]))
                return pb_fail_memory(err);
        }
        table->count[c][id]++;
        *cell = (match_cell){id, mark_of(column->kind, value)};
    }
    table->distinct[c] = intern->count;
    return PB_OK;
}

static void count_words(match_table *table, size_t c)
{
    for (uint32_t id = 1; id <= table->distinct[c]; id++)
        for (size_t i = 0; i < NAME_PARTS && table->names[c][id].word[i] != 0; i++)
            table->words.items[table->names[c][id].word[i]].count += table->count[c][id];
}

static pb_status fill_column(match_table *table, size_t c, uint64_t *hash, pb_error *err)
{
    const match_column *column = &table->columns[c];
    for (size_t row = 0; row < table->rows; row++) {
        pb_str value = column->values[row];
        hash[row] = pb_str_empty(value) ? 0 : identity(column->kind, value) | 1;
        table->content[row] = match_mix(table->content[row] + c, hash[row]);
    }
    match_intern intern = {0};
    pb_status status = number_column(table, c, hash, &intern, err);
    match_intern_free(&intern);
    if (status == PB_OK && column->kind == MATCH_NAME)
        count_words(table, c);
    return status;
}

/* Later rows that hold what an earlier one does. */
static pb_status find_copies(match_table *table, pb_error *err)
{
    match_intern intern = {0};
    uint32_t *latest = malloc((table->rows + 1) * sizeof *latest);
    pb_status status = latest != NULL ? PB_OK : pb_fail_memory(err);
    for (size_t row = 0; row < table->rows && status == PB_OK; row++) {
        if (row + AHEAD < table->rows && intern.slots != NULL)
            __builtin_prefetch(&intern.slots[table->content[row + AHEAD] & intern.mask]);
        uint32_t before = intern.count, id = match_intern_id(&intern, table->content[row]);
        if (id == 0) {
            status = pb_fail_memory(err);
            break;
        }
        bool copy = id <= before && match_tells(table, (uint32_t)row);
        table->copy_of[row] = copy ? latest[id] : (uint32_t)row;
        latest[id] = (uint32_t)row;
    }
    match_intern_free(&intern);
    free(latest);
    return status;
}

static void measure_words(match_table *table)
{
    double total = 0, equal = 0;
    for (uint32_t id = 1; id <= table->words.intern.count; id++) {
        double count = table->words.items[id].count;
        total += count;
        equal += count * (count - 1);
    }
    table->word_chance = total > 1 ? (equal + 1) / (total * total) : 1;
}

pb_status match_table_fill(match_table *table, pb_error *err)
{
    size_t rows = table->rows;
    uint64_t *hash = calloc(rows, sizeof *hash);
    table->cells = calloc(rows * table->column_count, sizeof *table->cells);
    table->content = calloc(rows, sizeof *table->content);
    table->copy_of = malloc(rows * sizeof *table->copy_of);
    bool ready = hash != NULL && table->cells != NULL && table->content != NULL &&
                 table->copy_of != NULL &&
                 (table->words.cache != NULL || match_words_start(&table->words, CACHE_BITS));
    pb_status status = ready ? PB_OK : pb_fail_memory(err);
    for (size_t c = 0; c < table->column_count && status == PB_OK; c++)
        status = fill_column(table, c, hash, err);
    free(hash);
    if (status == PB_OK)
        status = find_copies(table, err);
    if (status == PB_OK)
        measure_words(table);
    return status;
}

void match_table_free(match_table *table)
{
    for (size_t c = 0; c < MATCH_MAX_COLUMNS; c++) {
        free(table->count[c]);
        free(table->whole[c]);
        free(table->soft[c]);
        free(table->names[c]);
    }
    free(table->cells);
    free(table->content);
    free(table->copy_of);
    match_words_free(&table->words);
}
