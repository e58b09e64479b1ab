/* What stands below the rows of a table and is no record: totals, and the lines that reports end
 * with (who made them, whose rights they are).
 *
 * Rows that might be such are held back until it is known whether records follow them. Left out is
 * only what stands at the very end and is told by its words and by most of its cells being empty,
 * or by numbers that are the sums of their columns; a firm called “Total” with other cells filled
 * is a record. Memory: BELOW_MOST rows. Threads: as the reader.
 */
#ifndef EXCHANGE_BELOW_H
#define EXCHANGE_BELOW_H

#include "../table.h"

/** Rows that may stand below a table; more than these are records. */
enum { BELOW_MOST = 20 };

typedef enum below_kind {
    BELOW_RECORD, /* nothing speaks for anything else */
    BELOW_BLANK,
    BELOW_ALONE,   /* one filled cell: belongs to what is told by its neighbours */
    BELOW_NUMBERS, /* nothing but numbers in few cells: totals if they are the sums */
    BELOW_TOTAL,   /* a word for totals first, then numbers */
    BELOW_COUNT,   /* a word for totals and a number in one cell, nothing else */
    BELOW_FOOTER   /* the words that reports end with */
} below_kind;

/** What a row of a table of so many columns might be by itself, and how many cells are filled. */
below_kind below_kind_of(const table_row *row, size_t columns, size_t *ret_filled);
/** The number in a cell with that decimal mark, currency and words for sums around it left out;
 * `*ret_decimals`: how many digits stand behind the mark. False: it is none. */
bool below_number(pb_str cell, char decimal_mark, double *ret_number, int *ret_decimals);

/** A row held back, copied. */
typedef struct below_row {
    table_row row;
    below_kind kind;
    size_t filled;
    char *bytes; /* of cells and texts */
} below_row;

/** Opens a table once more, with all that stands in it. */
typedef pb_status (*below_open)(const table_place *place, table_reader **ret_reader, pb_error *err);

/** Are numbers of these rows the sums of their columns in the rows before `first`? Sets for each
 * row how many of its numbers are, and how many there are. Reads the table once more. */
pb_status below_sums(const table_place *place, below_open open, const below_row *rows, size_t count,
                     int64_t first, size_t *ret_sums, size_t *ret_numbers, pb_error *err);

typedef struct below below;
/** Watches the rows of the table at `place`, which must outlive it; `open` opens it again where
 * sums have to be made. */
pb_status below_new(const table_place *place, below_open open, below **ret_below, pb_error *err);
below *below_free(below *b);
/** As table_next, of the reader's rows without those below. */
pb_status below_next(below *b, table_reader *reader, table_row *ret_row, bool *ret_more,
                     pb_error *err);
/** How many rows were left out and the line of the first; known at the end. */
void below_facts(const below *b, table_facts *facts);

#endif
