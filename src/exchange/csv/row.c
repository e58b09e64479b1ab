/* One row of CSV: cells by the bits of delimiters, quotation marks and line ends.
 *
 * A row that is not whole in the buffer is scanned again when more has been read; doubled quotes
 * are undone in place only once the row is whole, so that a second scan finds the bytes as they
 * were.
 */
#include "csv_reader.h"

void csv_row_seek(csv_reader *reader, size_t to)
{
    reader->block = to;
    reader->mask = csv_scan_block(reader->data + to, reader->delimiter);
}

static bool is_blank(const csv_reader *reader, char c)
{
    return c == ' ' || (c == '\t' && reader->delimiter != '\t');
}

static pb_str trimmed(const csv_reader *reader, size_t from, size_t to)
{
    const char *data = reader->data;
    while (from < to && is_blank(reader, data[from]))
        from++;
    while (to > from && is_blank(reader, data[to - 1]))
        to--;
    return (pb_str){data + from, to - from};
}

static bool blank_between(const csv_reader *reader, size_t from, size_t to)
{
    while (from < to && is_blank(reader, reader->data[from]))
        from++;
    return from == to;
}

/* The closing mark of the quoted cell opened at `open`. */
static outcome find_close(csv_reader *reader, size_t open, size_t *ret_close, bool *ret_doubled)
{
    const char *data = reader->data;
    size_t at = open + 1;
    *ret_doubled = false;
    for (;;) {
        const char *hit = memchr(data + at, '"', reader->end - at);
        if (hit == NULL)
            return reader->over || reader->end - open > CSV_MAX_CELL ? OUT_OPEN : OUT_MORE;
        at = (size_t)(hit - data);
        if (at + 1 == reader->end && !reader->over)
            return OUT_MORE;
        if (at + 1 == reader->end || data[at + 1] != '"') {
            *ret_close = at;
            return OUT_ROW;
        }
        *ret_doubled = true;
        at += 2;
    }
}

/* A quoted cell opened at `open`: its cell, and `*ret_at` on the delimiter or line end behind it
 * (`end` when the text is over). */
static outcome quoted(csv_reader *reader, size_t open, size_t count, size_t *ret_at)
{
    size_t close = 0;
    bool doubled = false;
    reader->opened = open;
    outcome found = find_close(reader, open, &close, &doubled);
    if (found != OUT_ROW)
        return found;
    size_t at = close + 1;
    while (at < reader->end && is_blank(reader, reader->data[at]))
        at++;
    if (at == reader->end && !reader->over)
        return OUT_MORE;
    if (at < reader->end) {
        char c = reader->data[at];
        if (c != reader->delimiter && c != '\n' && c != '\r') {
            *ret_at = at;
            return OUT_BEHIND;
        }
    }
    pb_str cell = {reader->data + open + 1, close - open - 1};
    if (memchr(cell.ptr, '\n', cell.len) != NULL || memchr(cell.ptr, '\r', cell.len) != NULL)
        reader->inner += csv_scan_lines(cell);
    if (count < CSV_MAX_COLUMNS) {
        reader->cells[count] = cell;
        if (doubled)
            reader->doubled[reader->doubled_count++] = count;
    }
    *ret_at = at;
    if (at - reader->block < 64)
        reader->mask &= ~UINT64_C(0) << (at - reader->block);
    else
        csv_row_seek(reader, at);
    return OUT_ROW;
}

/* Position of the next byte that means something, or `end`. */
static inline size_t next_mark(csv_reader *reader)
{
    while (reader->mask == 0) {
        reader->block += 64;
        if (reader->block >= reader->end)
            return reader->end;
        reader->mask = csv_scan_block(reader->data + reader->block, reader->delimiter);
    }
    size_t at = reader->block + (size_t)__builtin_ctzll(reader->mask);
    reader->mask &= reader->mask - 1;
    return at < reader->end ? at : reader->end;
}

/* Behind the line end at `at` (which may be `end`). */
static outcome line_end(csv_reader *reader, size_t at, size_t *ret_next)
{
    *ret_next = at;
    if (at == reader->end)
        return reader->over ? OUT_ROW : OUT_MORE;
    *ret_next = at + 1;
    if (reader->data[at] == '\n')
        return OUT_ROW;
    if (at + 1 == reader->end)
        return reader->over ? OUT_ROW : OUT_MORE;
    if (reader->data[at + 1] == '\n') {
        next_mark(reader); /* that LF */
        *ret_next = at + 2;
    }
    return OUT_ROW;
}

outcome csv_row_scan(csv_reader *reader, size_t *ret_count, size_t *ret_at)
{
    const char delimiter = reader->delimiter;
    size_t count = 0, start = reader->begin;
    reader->doubled_count = 0;
    reader->inner = 0;
    reader->opened = CSV_NONE;
    for (;;) {
        size_t at = next_mark(reader);
        char c = at < reader->end ? reader->data[at] : '\n';
        if (c == '"') {
            if (!blank_between(reader, start, at))
                continue;
            outcome found = quoted(reader, at, count, ret_at);
            if (found != OUT_ROW)
                return found;
            at = next_mark(reader); /* what stands behind the closing mark */
            c = at < reader->end ? reader->data[at] : '\n';
        } else if (at == reader->end && !reader->over) {
            return OUT_MORE;
        } else if (count < CSV_MAX_COLUMNS) {
            reader->cells[count] = trimmed(reader, start, at);
        }
        count++;
        if (count > CSV_MAX_COLUMNS && reader->inner > 0) {
            *ret_at = at;
            return OUT_WIDE;
        }
        start = at + 1;
        if (c != delimiter) {
            *ret_count = count;
            return line_end(reader, at, ret_at);
        }
    }
}

void csv_row_undouble(csv_reader *reader)
{
    for (size_t i = 0; i < reader->doubled_count; i++) {
        pb_str *cell = &reader->cells[reader->doubled[i]];
        char *data = reader->data + (cell->ptr - reader->data);
        size_t to = 0;
        for (size_t from = 0; from < cell->len; from++) {
            data[to++] = data[from];
            if (data[from] == '"')
                from++;
        }
        cell->len = to;
    }
}
