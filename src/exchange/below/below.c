/* Rows held back at what may be the end of a table, and the judgement about them. */
#include "below.h"

#include <stdlib.h>
#include <string.h>

struct below {
    const table_place *place;
    below_open open;
    size_t columns; /* of the header */
    bool begun;
    uint64_t records, cells; /* rows that are records for sure, and their filled cells */
    below_row held[BELOW_MOST];
    size_t count, out; /* held, and handed out of them */
    bool giving;       /* what is held goes out */
    bool over;         /* there is no more */
    pb_status status;  /* what the reader gave last, behind what is held */
    table_row row;
    bool more;
    pb_error why;
    uint64_t left_out;
    int64_t line; /* of the first left out */
};

pb_status below_new(const table_place *place, below_open open, below **ret_below, pb_error *err)
{
    below *b = calloc(1, sizeof *b);
    if (b == NULL)
        return pb_fail_memory(err);
    b->place = place;
    b->open = open;
    *ret_below = b;
    return PB_OK;
}

static void forget(below *b)
{
    for (size_t i = 0; i < b->count; i++)
        free(b->held[i].bytes);
    b->count = b->out = 0;
    b->giving = false;
}

below *below_free(below *b)
{
    if (b == NULL)
        return NULL;
    forget(b);
    free(b);
    return NULL;
}

/* --- holding --- */

static pb_status hold(below *b, const table_row *row, below_kind kind, size_t filled, pb_error *err)
{
    size_t size = (row->count + 1) * sizeof(pb_str);
    for (size_t c = 0; c < row->count; c++)
        size += row->cells[c].len;
    char *bytes = malloc(size);
    if (bytes == NULL)
        return pb_fail_memory(err);
    pb_str *cells = (pb_str *)(void *)bytes;
    char *text = bytes + (row->count + 1) * sizeof(pb_str);
    for (size_t c = 0; c < row->count; c++) {
        pb_str cell = row->cells[c];
        if (cell.len > 0)
            memcpy(text, cell.ptr, cell.len);
        cells[c] = (pb_str){text, cell.len};
        text += cell.len;
    }
    below_row *held = &b->held[b->count++];
    *held = (below_row){.row = *row, .kind = kind, .filled = filled, .bytes = bytes};
    held->row.cells = cells;
    return PB_OK;
}

/* --- the judgement --- */

static bool is_told(below_kind kind)
{
    return kind == BELOW_NUMBERS || kind == BELOW_TOTAL || kind == BELOW_COUNT ||
           kind == BELOW_FOOTER;
}

/* Most of the cells that rows of this table have filled are empty here, or the row has not even
 * its columns. */
static bool is_sparse(const below *b, const below_row *row)
{
    return row->row.count != b->columns || b->records == 0 ||
           (uint64_t)row->filled * 2 * b->records <= b->cells;
}

/* Turns what looks like totals and is not proved into records. */
static pb_status prove(below *b, pb_error *err)
{
    size_t sums[BELOW_MOST] = {0}, numbers[BELOW_MOST] = {0};
    bool doubt = false;
    for (size_t i = 0; i < b->count; i++)
        doubt = doubt || b->held[i].kind == BELOW_NUMBERS ||
                (b->held[i].kind == BELOW_TOTAL && !is_sparse(b, &b->held[i]));
    if (!doubt)
        return PB_OK;
    int64_t first = b->held[0].row.row;
    for (size_t i = 0; i < b->count; i++) { /* records among them are summed too */
        if (is_told(b->held[i].kind)) {
            first = b->held[i].row.row;
            break;
        }
    }
    PB_TRY(below_sums(b->place, b->open, b->held, b->count, first, sums, numbers, err));
    for (size_t i = 0; i < b->count; i++) {
        below_row *held = &b->held[i];
        bool fits = held->kind == BELOW_NUMBERS ? numbers[i] > 0 && sums[i] == numbers[i]
                    : held->kind == BELOW_TOTAL ? sums[i] > 0 && sums[i] * 2 >= numbers[i]
                                                : true;
        if (!fits && (held->kind == BELOW_NUMBERS || !is_sparse(b, held)))
            held->kind = held->filled == 1 ? BELOW_ALONE : BELOW_RECORD;
    }
    return PB_OK;
}

/* A line of its own above the report's last words, such as its title; as a row it could not be
 * read. */
static bool is_line(const below *b, const below_row *row)
{
    return row->kind == BELOW_BLANK ||
           (row->kind == BELOW_ALONE && row->row.count == 1 && b->columns > 2);
}

/* How many of the held rows are records; those behind are left out. */
static size_t records_among(const below *b)
{
    size_t begin = b->count, told = b->count;
    bool footer = false;
    while (begin > 0 && b->held[begin - 1].kind != BELOW_RECORD) {
        begin--;
        if (is_told(b->held[begin].kind))
            told = begin;
        footer = footer || b->held[begin].kind == BELOW_FOOTER;
    }
    while (told < b->count && footer && told > begin && is_line(b, &b->held[told - 1]))
        told--;
    while (told < b->count && told > begin && b->held[told - 1].kind == BELOW_BLANK)
        told--;
    return told;
}

/* The table is at its end: what is held are records, or not. */
static pb_status judge(below *b, pb_error *err)
{
    PB_TRY(prove(b, err));
    size_t records = records_among(b);
    b->left_out = b->count - records;
    b->line = b->left_out > 0 ? b->held[records].row.line : 0;
    for (size_t i = records; i < b->count; i++)
        free(b->held[i].bytes);
    b->count = records;
    return PB_OK;
}

/* --- rows --- */

/* Looks at what the reader gave; `*ret_give`: it may go out. */
static pb_status look(below *b, bool *ret_give, pb_error *err)
{
    size_t filled = 0;
    *ret_give = true;
    if (b->status != PB_OK)
        return PB_OK;
    if (!b->more) {
        if (!b->over)
            PB_TRY(judge(b, err));
        b->over = true;
        return PB_OK;
    }
    if (!b->begun) {
        b->begun = true;
        b->columns = b->row.count;
        return PB_OK;
    }
    below_kind kind = below_kind_of(&b->row, b->columns, &filled);
    if (kind == BELOW_RECORD) {
        b->records++;
        b->cells += filled;
        return PB_OK;
    }
    if (b->count == BELOW_MOST)
        return PB_OK; /* too many to stand below a table */
    *ret_give = false;
    return hold(b, &b->row, kind, filled, err);
}

pb_status below_next(below *b, table_reader *reader, table_row *ret_row, bool *ret_more,
                     pb_error *err)
{
    while (!b->giving) {
        bool give = false;
        b->status = reader->ops->next(reader->state, &b->row, &b->more, &b->why);
        PB_TRY(look(b, &give, err));
        b->giving = give;
    }
    if (b->out < b->count) {
        *ret_row = b->held[b->out++].row;
        *ret_more = true;
        return PB_OK;
    }
    forget(b);
    if (b->status != PB_OK && err != NULL)
        *err = b->why;
    if (b->status == PB_OK) {
        *ret_row = b->row;
        *ret_more = b->more;
    }
    return b->status;
}

void below_facts(const below *b, table_facts *facts)
{
    facts->below = b->left_out;
    facts->below_line = b->line;
}
