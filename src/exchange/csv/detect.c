/* Which delimiter: the one that cuts the first rows into the same number of cells, several at
 * least; and which lines above the names of columns are titles. */
#include "csv_internal.h"

/* MOST_TITLES: lines of a report's heading; what has more is another thing than a table. */
enum { ROWS_LOOKED_AT = 200, MOST_TITLES = 10, LEAST_BELOW = 3 };

typedef struct tally {
    int counts[ROWS_LOOKED_AT];   /* cells of each row */
    int filled[ROWS_LOOKED_AT];   /* of them not empty */
    size_t begin[ROWS_LOOKED_AT]; /* where the row begins */
    int rows;
} tally;

static void end_row(tally *t, int cells, int filled, size_t begin)
{
    t->counts[t->rows] = cells;
    t->filled[t->rows] = filled;
    t->begin[t->rows++] = begin;
}

/* Cells per row with one delimiter; a row cut off by the end of the head does not count. */
static void count_cells(pb_str head, bool whole, char delimiter, tally *ret)
{
    int cells = 1, filled = 0;
    size_t begin = 0;
    bool in_quotes = false, cell_begins = true, blank = true, cell_filled = false;
    ret->rows = 0;
    for (size_t i = 0; i < head.len && ret->rows < ROWS_LOOKED_AT; i++) {
        char c = head.ptr[i];
        if (in_quotes) {
            in_quotes = c != '"';
            cell_filled = cell_filled || (in_quotes && c != ' ');
        } else if (c == '"' && (cell_begins || head.ptr[i - 1] == '"')) {
            in_quotes = true; /* also the second of a doubled pair */
            blank = false;
        } else if (c == delimiter) {
            filled += cell_filled;
            cells++;
            blank = cell_filled = false;
            cell_begins = true;
            continue;
        } else if (c == '\n' || c == '\r') {
            if (!blank)
                end_row(ret, cells, filled + cell_filled, begin);
            cells = 1;
            filled = 0;
            cell_filled = false;
            blank = cell_begins = true;
            begin = i + 1;
            continue;
        }
        bool space = c == ' ' || c == '\t';
        cell_filled = cell_filled || (!space && !in_quotes);
        blank = blank && space;
        cell_begins = cell_begins && space;
    }
    if (whole && !blank && ret->rows < ROWS_LOOKED_AT)
        end_row(ret, cells, filled + cell_filled, begin);
}

/* Rows from `first` on that have as many cells as that one. */
static int alike(const tally *t, int first)
{
    int same = 0;
    for (int i = first; i < t->rows; i++)
        same += t->counts[i] == t->counts[first];
    return same;
}

/* The row with the names of columns: the first one, but where rows of one filled cell stand above
 * a table of several columns, the first of the table. Of two columns may be what has a comma in
 * its values. */
static int header_row(const tally *t)
{
    int first = 0;
    while (first < t->rows && first <= MOST_TITLES && t->filled[first] < 2)
        first++;
    if (first == 0 || first > MOST_TITLES || t->rows - first < 2 || t->counts[first] < LEAST_BELOW)
        return 0;
    return alike(t, first) * 10 >= (t->rows - first) * 9 ? first : 0;
}

/* 0 when the delimiter does not cut; else the share of rows that agree with the header, above all,
 * and the number of columns. */
static double score(const tally *t)
{
    int first = header_row(t);
    if (t->rows == 0 || t->counts[first] < 2)
        return 0;
    double share = (double)alike(t, first) / (t->rows - first);
    int columns = t->counts[first] < 1000 ? t->counts[first] : 1000;
    /* A delimiter that needs no titles to make a table of the file is the likelier one. */
    return (share * share + 0.0001 * columns) * (first > 0 ? 0.5 : 1.0);
}

char csv_detect_delimiter(pb_str head, bool whole)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    char best = ',';
    double best_score = 0;
    tally t;
    for (size_t i = 0; i < sizeof candidates; i++) {
        count_cells(head, whole, candidates[i], &t);
        double s = score(&t);
        if (s > best_score) {
            best_score = s;
            best = candidates[i];
        }
    }
    return best;
}

size_t csv_detect_titles(pb_str head, bool whole, char delimiter, size_t *ret_begin)
{
    tally t;
    count_cells(head, whole, delimiter, &t);
    int first = header_row(&t);
    *ret_begin = first == 0 ? 0 : t.begin[first];
    return (size_t)first;
}
