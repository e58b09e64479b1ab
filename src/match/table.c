/* Rows packed for comparing: every value is read once and known by a number from then on; nothing
 * later looks at a text that a number can answer for. */
#include "internal.h"

#include <stdatomic.h>

enum {
    AHEAD = 16,
    FIRST_VALUES = 1024,
    FIRST_TEXTS = 16 << 10,
    CACHE_BITS = 16,
    REST_ROWS = 1 << 18
};

/* --- dictionaries --- */

/* Makes room for another value of `length` bytes. */
static bool dictionary_room(const match_store *store, match_dictionary *d, size_t length,
                            size_t first)
{
    if ((size_t)d->count + 2 > d->capacity) {
        size_t more = d->capacity > 0 ? d->capacity + d->capacity / 2 : first + 1;
        match_value *values = match_resize(store, d->values, more * sizeof *values);
        if (values == NULL)
            return false;
        if (d->values == NULL)
            values[0] = (match_value){0};
        d->values = values;
        d->capacity = more;
    }
    size_t used = d->values[d->count].end;
    if (length <= d->text_capacity - used)
        return true;
    size_t more = used + used / 2 + length + (first < FIRST_VALUES ? 64 : FIRST_TEXTS);
    char *texts = match_resize(store, d->texts, more);
    if (texts == NULL)
        return false;
    d->texts = texts;
    d->text_capacity = more;
    return true;
}

/* Twice the places; every value finds its own again. */
static bool dictionary_spread(const match_store *store, match_dictionary *d, size_t first)
{
    size_t places = d->places != NULL ? (d->place_mask + 1) * 2 : 16;
    while (places < first)
        places *= 2;
    match_release(store, d->places);
    d->places = match_resize(store, NULL, places * sizeof *d->places);
    if (d->places == NULL)
        return false;
    memset(d->places, 0, places * sizeof *d->places);
    d->place_mask = places - 1;
    for (uint32_t id = 1; id <= d->count; id++) {
        size_t at = d->values[id].hash & d->place_mask;
        while (d->places[at].id != 0)
            at = (at + 1) & d->place_mask;
        d->places[at] = (struct match_place){(uint32_t)(d->values[id].hash >> 32), id};
    }
    return true;
}

static uint32_t dictionary_find(const match_dictionary *d, uint64_t hash, size_t *ret_at)
{
    uint32_t tag = (uint32_t)(hash >> 32);
    size_t at = hash & d->place_mask;
    for (; d->places[at].id != 0; at = (at + 1) & d->place_mask)
        if (d->places[at].tag == tag && d->values[d->places[at].id].hash == hash)
            break;
    *ret_at = at;
    return d->places[at].id;
}

/* The number of a value; 0 when there is no memory. */
static uint32_t dictionary_take(const match_store *store, match_dictionary *d, uint64_t hash,
                                pb_str text, size_t first)
{
    size_t at;
    if ((d->places == NULL || (size_t)d->count * 4 >= d->place_mask * 3) &&
        !dictionary_spread(store, d, first))
        return 0;
    uint32_t id = dictionary_find(d, hash, &at);
    if (id == 0) {
        if (!dictionary_room(store, d, text.len, first))
            return 0;
        uint64_t begin = d->values[d->count].end;
        id = ++d->count;
        memcpy(d->texts + begin, text.ptr, text.len);
        d->values[id] = (match_value){.hash = hash, .end = begin + text.len};
        d->places[at] = (struct match_place){(uint32_t)(hash >> 32), id};
    }
    d->values[id].rows++;
    return id;
}

static void dictionary_free(const match_store *store, match_dictionary *d)
{
    match_release(store, d->values);
    match_release(store, d->texts);
    match_release(store, d->places);
    match_release(store, d->names);
    match_release(store, d->spelling);
}

/* --- rows --- */

static bool spelt_freely(match_kind kind)
{
    return kind == MATCH_PHONE; /* a number with the country's code or without is one number */
}

static bool grow_rows(match_table *table, size_t rows)
{
    if (rows <= table->row_capacity)
        return true;
    size_t more = table->row_capacity + table->row_capacity / 2;
    more = more > rows ? more : rows;
    match_cell *cells =
        match_resize(table->store, table->cells, more * table->column_count * sizeof *cells + 1);
    if (cells != NULL)
        table->cells = cells;
    uint64_t *content = match_resize(table->store, table->content, more * sizeof *content);
    if (content != NULL)
        table->content = content;
    bool grown = cells != NULL && content != NULL;
    for (size_t c = 0; c < table->column_count && grown; c++) {
        if (!spelt_freely(table->columns[c].kind))
            continue;
        uint32_t *spelling =
            match_resize(table->store, table->column[c].spelling, more * sizeof *spelling);
        grown = spelling != NULL;
        if (grown)
            table->column[c].spelling = spelling;
    }
    if (grown)
        table->row_capacity = more;
    return grown;
}

static bool take_column(match_table *table, const match_batch *batch, size_t c)
{
    match_dictionary *d = &table->column[c];
    size_t columns = table->column_count, first = batch->rows;
    match_cell *cell = table->cells + table->rows * columns + c;
    for (size_t row = 0; row < batch->rows; row++, cell += columns) {
        size_t at = row * columns + c;
        if (row + AHEAD < batch->rows && d->places != NULL)
            __builtin_prefetch(&d->places[batch->hashes[at + AHEAD * columns] & d->place_mask]);
        *cell = (match_cell){0};
        uint64_t hash = batch->hashes[at];
        pb_str text =
            hash != 0 ? pb_str_n(batch->bytes + batch->slices[at].from, batch->slices[at].length)
                      : PB_STR_NONE;
        if (d->spelling != NULL)
            d->spelling[table->rows + row] = (uint32_t)match_hash(text, 4);
        if (hash == 0)
            continue;
        cell->id = dictionary_take(table->store, d, hash, text, first);
        if (cell->id == 0)
            return false;
        d->filled++;
    }
    return true;
}

pb_status match_table_add(match_table *table, const match_batch *batch, pb_error *err)
{
    size_t columns = table->column_count;
    if (table->rows + batch->rows >= UINT32_MAX)
        return pb_fail(err, PB_LIMIT, PB_MSG("There are too many records to compare: {count}"),
                       "count", PB_ARG_INT(table->rows + batch->rows), NULL);
    if (!grow_rows(table, table->rows + batch->rows))
        return match_starved(table->store, err);
    for (size_t row = 0; row < batch->rows; row++) {
        uint64_t content = 0;
        for (size_t c = 0; c < columns; c++)
            if (batch->hashes[row * columns + c] != 0)
                content += match_mix(batch->hashes[row * columns + c], c + 1);
        table->content[table->rows + row] = content;
    }
    for (size_t c = 0; c < columns; c++)
        if (!take_column(table, batch, c))
            return match_starved(table->store, err);
    if ((table->rows / REST_ROWS) != (table->rows + batch->rows) / REST_ROWS)
        match_rest(table->store);
    table->rows += batch->rows;
    return PB_OK;
}

void match_table_drop_empty(match_table *table, match_column *kept)
{
    size_t before = table->column_count, after = 0, place[MATCH_MAX_COLUMNS];
    for (size_t c = 0; c < before; c++) {
        if (table->column[c].count == 0) {
            dictionary_free(table->store, &table->column[c]);
            continue;
        }
        place[after] = c;
        kept[after] = table->columns[c];
        table->column[after++] = table->column[c];
    }
    for (size_t c = after; c < before; c++)
        table->column[c] = (match_dictionary){0};
    for (size_t row = 0; row < table->rows && after < before; row++)
        for (size_t c = 0; c < after; c++)
            table->cells[row * after + c] = table->cells[row * before + place[c]];
    table->columns = kept;
    table->column_count = after;
}

/* --- what comparing needs --- */

static bool derive_column(match_table *table, size_t c)
{
    match_dictionary *d = &table->column[c];
    match_kind kind = table->columns[c].kind;
    uint32_t *marks = match_resize(table->store, NULL, ((size_t)d->count + 1) * sizeof *marks);
    match_release(table->store, d->places);
    d->places = NULL;
    if (marks == NULL)
        return false;
    marks[0] = 0;
    for (uint32_t id = 1; id <= d->count; id++) {
        pb_str text = match_text(table, c, id);
        marks[id] = match_mark(kind, text);
        d->values[id].soft = match_soft(kind, text);
    }
    match_cell *cell = table->cells + c;
    for (size_t row = 0; row < table->rows; row++, cell += table->column_count)
        cell->mark = marks[cell->id];
    match_release(table->store, marks);
    return true;
}

/* Cuts the names of a column into words. */
static bool derive_names(match_table *table, size_t c)
{
    match_dictionary *d = &table->column[c];
    d->names = match_resize(table->store, NULL, ((size_t)d->count + 1) * sizeof *d->names);
    if (d->names == NULL)
        return false;
    d->names[0] = (match_name){{0}};
    for (uint32_t id = 1; id <= d->count; id++) {
        match_name *name = &d->names[id];
        if (!match_words_add(&table->words, match_text(table, c, id), name))
            return false;
        for (size_t i = 0; i < NAME_PARTS && name->word[i] != 0; i++)
            table->words.items[name->word[i]].count += d->values[id].rows;
    }
    return true;
}

/* Later rows that hold what an earlier one does: each leads to the one before it. */
static bool find_copies(match_table *table)
{
    size_t places = 16;
    while (places < table->rows + table->rows / 2)
        places *= 2;
    uint32_t *latest = match_resize(table->store, NULL, places * sizeof *latest); /* row + 1 */
    table->copy_of = match_resize(table->store, NULL, (table->rows + 1) * sizeof *table->copy_of);
    if (latest == NULL || table->copy_of == NULL) {
        match_release(table->store, latest);
        return false;
    }
    memset(latest, 0, places * sizeof *latest);
    for (size_t row = 0; row < table->rows; row++) {
        uint64_t content = table->content[row];
        size_t at = content & (places - 1);
        if (row + AHEAD < table->rows)
            __builtin_prefetch(&latest[table->content[row + AHEAD] & (places - 1)]);
        while (latest[at] != 0 && table->content[latest[at] - 1] != content)
            at = (at + 1) & (places - 1);
        bool copy = latest[at] != 0 && match_tells(table, (uint32_t)row);
        table->copy_of[row] = copy ? latest[at] - 1 : (uint32_t)row;
        latest[at] = (uint32_t)row + 1;
    }
    match_release(table->store, latest);
    return true;
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

bool match_table_names(match_table *table)
{
    for (size_t c = 0; c < table->column_count; c++)
        if (table->columns[c].kind == MATCH_NAME && !derive_names(table, c))
            return false;
    measure_words(table);
    return true;
}

/* What the columns are derived by. */
typedef struct deriving {
    match_table *table;
    atomic_bool starved;
} deriving;

static void derive_part(void *context, size_t part, size_t thread)
{
    deriving *of = context;
    (void)thread;
    bool derived =
        part < of->table->column_count ? derive_column(of->table, part) : find_copies(of->table);
    if (!derived)
        atomic_store(&of->starved, true);
}

pb_status match_table_complete(match_table *table, pb_error *err)
{
    deriving of = {.table = table};
    atomic_init(&of.starved, false);
    match_crew(table->threads, table->column_count + 1, derive_part, &of);
    bool ready = !atomic_load(&of.starved) &&
                 (table->words.cache != NULL || match_words_start(&table->words, CACHE_BITS));
    return ready ? PB_OK : match_starved(table->store, err);
}

bool match_view_start(match_table *view, const match_table *table)
{
    size_t places = (size_t)1 << table->words.cache_bits;
    *view = *table;
    view->words.cache = calloc(places, sizeof *view->words.cache);
    return view->words.cache != NULL;
}

void match_view_end(match_table *view)
{
    free(view->words.cache);
    view->words.cache = NULL;
}

void match_table_free(match_table *table)
{
    for (size_t c = 0; c < MATCH_MAX_COLUMNS; c++)
        dictionary_free(table->store, &table->column[c]);
    match_release(table->store, table->cells);
    match_release(table->store, table->content);
    match_release(table->store, table->copy_of);
    match_words_free(&table->words);
    *table = (match_table){0};
}
