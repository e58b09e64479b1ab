/* The CSV reader: a buffer that slides over the file, and what to do with rows that are not
 * well-formed.
 *
 * Cells point into the buffer, which grows up to CSV_MAX_ROW.
 */
#include "csv_reader.h"

#include "base/utf8.h"

/* HEAD_ROOM: bytes looked at for the delimiter. RESCAN_BUDGET: bytes that may be scanned again
 * after quotation marks that never end (more as the file goes on): keeps the whole linear. */
enum { HEAD_ROOM = 64 << 10, RESCAN_BUDGET = 64 << 20 };
/* So many control characters, and one of so many bytes, make a file binary. */
enum { BINARY_LEAST = 5, BINARY_SHARE = 50 };

csv_reader *csv_close(csv_reader *reader)
{
    if (reader == NULL)
        return NULL;
    text_source_free(reader->source);
    free(reader->name);
    free(reader->data);
    free(reader->cells);
    free(reader->doubled);
    free(reader);
    return NULL;
}

/* Looks for bytes that are not text from `from` on. */
static void check_text(csv_reader *reader, size_t from)
{
    bool cut = false;
    size_t at = csv_scan_text(reader->data, from, reader->end, &cut);
    bool fine = at == reader->end || (cut && !reader->over);
    reader->checked = at;
    reader->bad = fine ? CSV_NONE : at;
}

/* Moves what is left to the front, makes room, and reads until the buffer is full. */
static pb_status fill(csv_reader *reader, pb_error *err)
{
    size_t left = reader->end - reader->begin;
    if (reader->begin > 0) {
        memmove(reader->data, reader->data + reader->begin, left);
        reader->checked = reader->checked > reader->begin ? reader->checked - reader->begin : 0;
        if (reader->bad != CSV_NONE)
            reader->bad = reader->bad > reader->begin ? reader->bad - reader->begin : 0;
        reader->begin = 0;
        reader->end = left;
    }
    if (left + 16 > reader->cap / 2) {
        size_t cap = reader->cap * 2;
        char *data = realloc(reader->data, cap + CSV_PAD);
        if (data == NULL)
            return pb_fail_memory(err);
        reader->data = data;
        reader->cap = cap;
    }
    while (!reader->over && reader->cap - reader->end >= 16) {
        size_t count = 0;
        PB_TRY(text_source_read(reader->source, reader->data + reader->end,
                                reader->cap - reader->end, &count, err));
        reader->end += count;
        reader->over = count == 0;
    }
    memset(reader->data + reader->end, 0, CSV_PAD);
    if (reader->bad == CSV_NONE)
        check_text(reader, reader->checked);
    csv_row_seek(reader, reader->begin);
    return PB_OK;
}

/* Makes the error for `reader->fault`. */
static pb_status complain(csv_reader *reader, pb_error *err)
{
    const table_fault *fault = &reader->fault;
    pb_fail(err, PB_INVALID, PB_MSG("Line {line} of {file} could not be read"), "line",
            PB_ARG_INT(fault->line), "file", reader->name, NULL);
    if (err != NULL) {
        pb_error_detail(err, fault->says, "value", fault->value, "expected",
                        PB_ARG_INT(fault->expected), "found", PB_ARG_INT(fault->found), NULL);
        pb_error_hint(err, fault->hint, NULL);
    }
    return PB_INVALID;
}

/* Passes over the rest of the line at `begin`, however long. */
static pb_status skip_line(csv_reader *reader, pb_error *err)
{
    for (;;) {
        size_t at = reader->begin;
        while (at < reader->end && reader->data[at] != '\n' && reader->data[at] != '\r')
            at++;
        bool unsure = at + 1 >= reader->end && !reader->over; /* a CR may have its LF behind */
        if (at < reader->end && !unsure) {
            bool pair =
                reader->data[at] == '\r' && at + 1 < reader->end && reader->data[at + 1] == '\n';
            reader->begin = at + (pair ? 2 : 1);
            reader->line++;
            break;
        }
        reader->begin = at;
        if (reader->over)
            break;
        PB_TRY(fill(reader, err));
    }
    csv_row_seek(reader, reader->begin);
    return PB_OK;
}

static void fault_is(csv_reader *reader, const char *says, const char *hint, int64_t expected,
                     int64_t found)
{
    reader->fault = (table_fault){.says = says,
                                  .hint = hint,
                                  .row = reader->row,
                                  .line = reader->line,
                                  .expected = expected,
                                  .found = found};
}

/* The row goes on beyond the limit: none of it is kept. */
static pb_status row_too_long(csv_reader *reader, pb_error *err)
{
    reader->row++;
    fault_is(reader, PB_MSG("The row is longer than {expected} bytes"),
             PB_MSG("Check that every quotation mark is closed and the delimiter is right"),
             CSV_MAX_ROW, 0);
    PB_TRY(skip_line(reader, err));
    return complain(reader, err);
}

/* What stands at `at`, for {value}. */
static void quote_text(csv_reader *reader, size_t at)
{
    const char *text = reader->data + at;
    size_t room = reader->end - at;
    size_t len = 0;
    while (len < 20 && len < room && text[len] != '\n' && text[len] != '\r' && text[len] != 0)
        len++;
    pb_str cut = pb_utf8_cut((pb_str){text, room}, len);
    memcpy(reader->fault.value, cut.ptr, cut.len);
}

/* A quotation mark without end, or text behind an end: on with the line behind the mark that opened
 * the cell (or, where that was done too often, behind all that was looked at). */
static pb_status quote_fault(csv_reader *reader, outcome out, size_t at, pb_error *err)
{
    const char *data = reader->data;
    size_t scanned = out == OUT_OPEN ? reader->end : at;
    size_t from = out == OUT_WIDE ? reader->begin : reader->opened;
    reader->line += csv_scan_lines((pb_str){data + reader->begin, from - reader->begin});
    reader->begin = from;
    const char *hint =
        PB_MSG("Put a quotation mark at the end of the cell, and double the marks inside it");
    if (out == OUT_OPEN) {
        fault_is(reader, PB_MSG("The quotation mark opened in line {found} never ends"), hint, 0,
                 reader->line);
    } else if (out == OUT_WIDE) {
        fault_is(reader,
                 PB_MSG("The row has more than {expected} columns over several lines: it seems to "
                        "have a quotation mark too many"),
                 hint, CSV_MAX_COLUMNS, 0);
    } else {
        fault_is(reader, PB_MSG("“{value}” follows a closing quotation mark"), hint, 0, 0);
        quote_text(reader, at);
    }
    reader->rescanned += scanned - reader->begin;
    if (reader->rescanned > RESCAN_BUDGET + 4 * text_source_done(reader->source)) {
        reader->line += csv_scan_lines((pb_str){data + reader->begin, scanned - reader->begin});
        reader->begin = scanned;
    }
    PB_TRY(skip_line(reader, err));
    return complain(reader, err);
}

/* Line and character position of `at` in the row that begins at `begin`. */
static void locate(const csv_reader *reader, size_t at, int64_t *ret_line, int64_t *ret_place)
{
    const char *data = reader->data;
    size_t start = at;
    while (start > reader->begin && data[start - 1] != '\n' && data[start - 1] != '\r')
        start--;
    *ret_line =
        reader->line + csv_scan_lines((pb_str){data + reader->begin, start - reader->begin});
    *ret_place = (int64_t)pb_utf8_count((pb_str){data + start, at - start}) + 1;
}

/* The row up to `next` holds a byte that is not text. */
static void text_fault(csv_reader *reader)
{
    int64_t line = 0, place = 0;
    locate(reader, reader->bad, &line, &place);
    unsigned char byte = (unsigned char)reader->data[reader->bad];
    int first = reader->text_faults++ == 0 ? text_source_bad(reader->source) : -1;
    text_code code = text_source_encoding(reader->source).code;
    const char *save = PB_MSG("Save the file as “CSV UTF-8”");
    if (byte == 0)
        fault_is(reader, PB_MSG("Character {found} of the line is a NUL byte: this is not text"),
                 PB_MSG("Export the table again as a CSV file; a spreadsheet or a program file "
                        "cannot be read"),
                 0, place);
    else if (code == TEXT_UTF16_LE || code == TEXT_UTF16_BE)
        fault_is(reader, PB_MSG("Character {found} of the line is not valid UTF-16"), save, 0,
                 place);
    else if (code == TEXT_UTF8 || code == TEXT_UTF8_BOM)
        fault_is(reader, PB_MSG("Byte {value} at character {found} of the line is not UTF-8"), save,
                 0, place);
    else
        fault_is(reader,
                 PB_MSG("Character {found} of the line does not exist in the file's encoding"),
                 save, 0, place);
    reader->fault.line = line;
    reader->fault.encoding = true;
    snprintf(reader->fault.value, sizeof reader->fault.value, "0x%02X",
             first >= 0 ? (unsigned)first : byte);
}

/* A whole row, scanned: its faults, if any, and the way past it. */
static pb_status accept(csv_reader *reader, size_t count, size_t next, table_row *ret_row,
                        pb_error *err)
{
    const char *limits =
        PB_MSG("Check that every quotation mark is closed and the delimiter is right");
    bool faulty = false;
    if (reader->bad < next) {
        text_fault(reader);
        faulty = true;
    } else if (next - reader->begin > CSV_MAX_ROW) {
        fault_is(reader, PB_MSG("The row is longer than {expected} bytes"), limits, CSV_MAX_ROW, 0);
        faulty = true;
    } else if (count > CSV_MAX_COLUMNS) {
        fault_is(reader, PB_MSG("The row has {found} columns, more than {expected}"), limits,
                 CSV_MAX_COLUMNS, (int64_t)count);
        faulty = true;
    } else if (next - reader->begin > CSV_MAX_CELL) {
        for (size_t i = 0; i < count && !faulty; i++)
            if (reader->cells[i].len > CSV_MAX_CELL) {
                fault_is(reader, PB_MSG("A cell has {found} bytes, more than {expected}"), limits,
                         CSV_MAX_CELL, (int64_t)reader->cells[i].len);
                faulty = true;
            }
    }
    int64_t line = reader->line;
    reader->line += 1 + reader->inner;
    reader->begin = next;
    if (faulty)
        return complain(reader, err);
    if (reader->doubled_count > 0)
        csv_row_undouble(reader);
    *ret_row = (table_row){reader->cells, count, reader->row, line};
    return PB_OK;
}

pb_status csv_next(csv_reader *reader, table_row *ret_row, bool *ret_more, pb_error *err)
{
    for (;;) {
        if (reader->begin == reader->end && reader->over) {
            *ret_more = false;
            return PB_OK;
        }
        if (reader->bad < reader->begin) /* that one was told */
            check_text(reader, reader->begin);
        size_t count = 0, at = 0;
        outcome out = reader->begin == reader->end ? OUT_MORE : csv_row_scan(reader, &count, &at);
        if (out == OUT_MORE) {
            if (reader->end - reader->begin > CSV_MAX_ROW)
                return row_too_long(reader, err);
            PB_TRY(fill(reader, err));
            continue;
        }
        bool blank = out == OUT_ROW && count == 1 && reader->cells[0].len == 0 &&
                     reader->opened == CSV_NONE && reader->bad >= at;
        if (blank) {
            reader->begin = at;
            reader->line++;
            continue;
        }
        reader->row++;
        if (out != OUT_ROW)
            return quote_fault(reader, out, at, err);
        PB_TRY(accept(reader, count, at, ret_row, err));
        *ret_more = true;
        return PB_OK;
    }
}

/* A first line `sep=;` as spreadsheets write it. */
static bool take_sep(csv_reader *reader)
{
    pb_str head = {reader->data, reader->end};
    if (!pb_str_starts(head, PB_STR("sep=")) || head.len < 6)
        return false;
    char c = head.ptr[4];
    if ((c != ',' && c != ';' && c != '\t' && c != '|') ||
        (head.ptr[5] != '\n' && head.ptr[5] != '\r'))
        return false;
    reader->delimiter = c;
    reader->begin = head.ptr[5] == '\r' && head.len > 6 && head.ptr[6] == '\n' ? 7 : 6;
    reader->line = 2;
    return true;
}

/* The delimiter, and the titles that stand above the names of columns. */
static void find_table(csv_reader *reader)
{
    size_t size = reader->end < HEAD_ROOM ? reader->end : HEAD_ROOM, begin = 0;
    pb_str head = {reader->data, size};
    bool whole = reader->over && size == reader->end;
    reader->delimiter = csv_detect_delimiter(head, whole);
    reader->above = csv_detect_titles(head, whole, reader->delimiter, &begin);
    reader->line += csv_scan_lines((pb_str){head.ptr, begin});
    reader->begin = begin;
}

/* Pictures, programs and the like: full of bytes that no text has. */
static pb_status check_is_text(const csv_reader *reader, pb_error *err)
{
    size_t size = reader->end < HEAD_ROOM ? reader->end : HEAD_ROOM, odd = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)reader->data[i];
        odd += c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\v';
    }
    if (odd < BINARY_LEAST || odd * BINARY_SHARE < size)
        return PB_OK;
    return pb_fail(err, PB_UNSUPPORTED,
                   PB_MSG("{name} is no table but a binary file: export the table as CSV or XLSX"),
                   "name", reader->name, NULL);
}

static pb_status begin_reading(csv_reader *reader, size_t room, pb_error *err)
{
    reader->cap = room == 0 ? CSV_CHUNK : room;
    reader->data = malloc(reader->cap + CSV_PAD);
    reader->cells = calloc(CSV_MAX_COLUMNS, sizeof *reader->cells);
    reader->doubled = calloc(CSV_MAX_COLUMNS, sizeof *reader->doubled);
    if (reader->data == NULL || reader->cells == NULL || reader->doubled == NULL ||
        reader->name == NULL)
        return pb_fail_memory(err);
    reader->bad = CSV_NONE;
    reader->delimiter = ',';
    reader->row = -1;
    reader->line = 1;
    PB_TRY(fill(reader, err));
    PB_TRY(check_is_text(reader, err));
    if (!take_sep(reader))
        find_table(reader);
    csv_row_seek(reader, reader->begin);
    return PB_OK;
}

pb_status csv_open(byte_input input, const char *name, text_code code, size_t room,
                   csv_reader **ret_reader, pb_error *err)
{
    text_source *source = NULL;
    PB_TRY(text_source_new(input, code, &source, err));
    csv_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        text_source_free(source);
        return pb_fail_memory(err);
    }
    reader->source = source;
    reader->name = strdup(name);
    pb_status status = begin_reading(reader, room, err);
    if (status != PB_OK) {
        csv_close(reader);
        return status;
    }
    *ret_reader = reader;
    return PB_OK;
}

const table_fault *csv_last_fault(const csv_reader *reader)
{
    return &reader->fault;
}

char csv_delimiter(const csv_reader *reader)
{
    return reader->delimiter;
}

uint64_t csv_bytes_done(const csv_reader *reader)
{
    uint64_t taken = text_source_done(reader->source);
    uint64_t waiting = reader->end - reader->begin;
    return taken > waiting ? taken - waiting : 0;
}
