/* Which delimiter: the one that cuts the first rows into the same number of cells, several at
 * least. */
#include "csv_internal.h"

enum { ROWS_LOOKED_AT = 200 };

typedef struct tally {
    int counts[ROWS_LOOKED_AT]; /* cells of each row */
    int rows;
} tally;

/* Cells per row with one delimiter; a row cut off by the end of the head does not count. */
static void count_cells(pb_str head, bool whole, char delimiter, tally *ret)
{
    int cells = 1;
    bool in_quotes = false, cell_begins = true, blank = true;
    ret->rows = 0;
    for (size_t i = 0; i < head.len && ret->rows < ROWS_LOOKED_AT; i++) {
        char c = head.ptr[i];
        if (in_quotes) {
            in_quotes = c != '"';
        } else if (c == '"' && (cell_begins || head.ptr[i - 1] == '"')) {
            in_quotes = true; /* also the second of a doubled pair */
            blank = false;
        } else if (c == delimiter) {
            cells++;
            blank = false;
            cell_begins = true;
            continue;
        } else if (c == '\n' || c == '\r') {
            if (!blank)
                ret->counts[ret->rows++] = cells;
            cells = 1;
            blank = cell_begins = true;
            continue;
        }
        bool space = c == ' ' || c == '\t';
        blank = blank && space;
        cell_begins = cell_begins && space;
    }
    if (whole && !blank && ret->rows < ROWS_LOOKED_AT)
        ret->counts[ret->rows++] = cells;
}

/* 0 when the delimiter does not cut; else the share of rows that agree with the header, above all,
 * and the number of columns. */
static double score(const tally *t)
{
    if (t->rows == 0 || t->counts[0] < 2)
        return 0;
    int same = 0;
    for (int i = 0; i < t->rows; i++)
        same += t->counts[i] == t->counts[0];
    double share = (double)same / t->rows;
    int columns = t->counts[0] < 1000 ? t->counts[0] : 1000;
    return share * share + 0.0001 * columns;
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
