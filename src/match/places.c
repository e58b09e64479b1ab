/* Parts of an address hang together: where each postcode lies in one city, the city says nothing
 * that the postcode has not said. How far that is so is taken from the data: from pairs of
 * strangers that share the one, how many share the other. */
#include "internal.h"

#include <math.h>

enum { PLACES = 4000, UNKNOWN = 2 };

/* The two rows of each chosen value that come first by what they hold. */
typedef struct first_rows {
    uint32_t *row; /* two for each value, UINT32_MAX: none */
    uint32_t limit;
} first_rows;

static bool comes_before(const match_table *table, uint32_t row, uint32_t other)
{
    return other == UINT32_MAX || table->content[row] < table->content[other];
}

static bool find_first(const match_table *table, size_t column, first_rows *first)
{
    size_t values = (size_t)table->column[column].count + 1;
    first->limit = values > PLACES ? (uint32_t)(UINT32_MAX / values * PLACES) : UINT32_MAX;
    first->row = match_resize(table->store, NULL, 2 * values * sizeof *first->row);
    if (first->row == NULL)
        return false;
    memset(first->row, 255, 2 * values * sizeof *first->row);
    for (uint32_t row = 0; row < table->rows; row++) {
        uint32_t id = match_row(table, row)[column].id;
        if (id == 0 || match_whole(table, column, id) > first->limit || table->copy_of[row] != row)
            continue;
        uint32_t *two = &first->row[2 * (size_t)id];
        if (comes_before(table, row, two[0])) {
            two[1] = two[0];
            two[0] = row;
        } else if (comes_before(table, row, two[1])) {
            two[1] = row;
        }
    }
    return true;
}

/* True when no name that both have is alike. */
static bool are_strangers(match_table *table, uint32_t left, uint32_t right)
{
    match_name equal;
    for (size_t c = 0; c < table->column_count; c++) {
        match_kind kind = table->columns[c].kind;
        if ((kind == MATCH_NAME || kind == MATCH_ORG) &&
            match_compare(table, c, left, right, &equal) > LEVEL_DIFFERS)
            return false;
    }
    return true;
}

/* Share of strangers that are equal in a column, by how often its values stand. */
static double chance_of(const match_table *table, size_t column)
{
    double total = 0, equal = 0;
    for (uint32_t id = 1; id <= table->column[column].count; id++) {
        double count = table->column[column].values[id].rows;
        total += count;
        equal += count * count;
    }
    return total > 0 ? equal / (total * total) : 1;
}

static void compare_places(match_table *table, size_t column, const first_rows *first,
                           match_weights *weights)
{
    double equal[MATCH_MAX_COLUMNS] = {0}, both[MATCH_MAX_COLUMNS] = {0};
    for (uint32_t id = 1; id <= table->column[column].count; id++) {
        const uint32_t *two = &first->row[2 * (size_t)id];
        if (two[1] == UINT32_MAX || !are_strangers(table, two[0], two[1]))
            continue;
        const match_cell *a = match_row(table, two[0]), *b = match_row(table, two[1]);
        for (size_t c = 0; c < table->column_count; c++) {
            both[c] += a[c].id != 0 && b[c].id != 0;
            equal[c] += a[c].id != 0 && a[c].id == b[c].id;
        }
    }
    for (size_t c = 0; c < table->column_count; c++) {
        if (table->columns[c].kind != MATCH_PLACE)
            continue;
        double given = (equal[c] + UNKNOWN / 2.0) / (both[c] + UNKNOWN);
        double usual = fmin(chance_of(table, c), 0.99);
        weights->apart[column][c] = fmax(0, fmin(log2(given) / log2(usual), 1));
    }
}

bool match_weights_places(match_table *table, match_weights *weights)
{
    for (size_t c = 0; c < table->column_count; c++) {
        first_rows first;
        if (table->columns[c].kind != MATCH_PLACE)
            continue;
        if (!find_first(table, c, &first))
            return false;
        compare_places(table, c, &first, weights);
        match_release(table->store, first.row);
    }
    return true;
}
