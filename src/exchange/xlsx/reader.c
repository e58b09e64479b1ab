/* A sheet as a table: where its header stands, how wide it is, what merged cells mean.
 *
 * The first rows are read twice: once to see where the table begins, then for their values. */
#include "../csv/csv.h"
#include "internal.h"

enum { SCOUTED = 200, TABLE_LEAST = 3, HEADER_MOST = 4, KEPT_MOST = 64 << 20 };

/* A merged range whose rows are being read. */
typedef struct spread {
    const xlsx_merge *merge;
    pb_str value;
} spread;

typedef struct workbook_table {
    xlsx_package *package;
    pb_arena *arena;
    xlsx_book book;
    const xlsx_sheet_part *part;
    xlsx_strings *strings;
    uint8_t *kinds;
    size_t kind_count;
    xlsx_sheet *sheet;
    /* the table in the sheet */
    uint32_t header_line, header_end; /* rows of the header */
    size_t left, width;
    uint64_t above;
    xlsx_merge *merges;
    size_t merge_count, merge_next;
    pb_arena *kept; /* values of merged ranges */
    spread *spreads;
    size_t spread_count, spread_capacity;
    uint64_t merged;
    /* what goes out */
    pb_str cells[CSV_MAX_COLUMNS];
    int64_t row;
    pb_str *names; /* the header */
    bool header_given, header_faulty, over;
    table_fault fault;
} workbook_table;

/* --- where the table begins --- */

typedef struct scouted {
    uint32_t line;
    size_t filled, first, count;
} scouted;

static pb_status open_sheet(workbook_table *t, pb_error *err)
{
    t->sheet = xlsx_sheet_close(t->sheet);
    return xlsx_sheet_open(t->package, &t->book, t->part->part, t->strings, t->kinds, t->kind_count,
                           &t->sheet, err);
}

/* One cell merged over several columns is a title even in a narrow table. */
static bool is_wide_merge(const workbook_table *t, const scouted *row)
{
    for (size_t i = 0; i < t->merge_count && t->merges[i].top <= row->line; i++)
        if (t->merges[i].top == row->line && t->merges[i].left == row->first &&
            t->merges[i].right > t->merges[i].left)
            return true;
    return false;
}

/* The first row that is no title: a title is one filled cell above a table of several columns. */
static size_t find_header(const workbook_table *t, const scouted *rows, size_t count)
{
    size_t widest = 0, at = 0;
    for (size_t i = 0; i < count; i++)
        widest = rows[i].filled > widest ? rows[i].filled : widest;
    while (at + 1 < count && rows[at].filled == 1 &&
           (widest >= TABLE_LEAST || (widest == 2 && is_wide_merge(t, &rows[at]))))
        at++;
    return at + 1 == count && count > 1 ? 0 : at;
}

/* Names of columns may stand in several rows when the uppermost are merged downwards. */
static void find_header_end(workbook_table *t)
{
    t->header_end = t->header_line;
    for (size_t i = 0; i < t->merge_count; i++) {
        const xlsx_merge *m = &t->merges[i];
        if (m->top == t->header_line && m->bottom > t->header_end &&
            m->bottom - m->top < HEADER_MOST)
            t->header_end = m->bottom;
    }
}

/* --- rows --- */

/* The table's cells of a row; those that are not there are empty. False: one lies outside. */
static bool lay_out(workbook_table *t, const xlsx_row *row, size_t *ret_outside)
{
    for (size_t c = 0; c < t->width; c++)
        t->cells[c] = t->left + c < row->count && row->cells[t->left + c].len > 0
                          ? row->cells[t->left + c]
                          : PB_STR("");
    if (row->filled > 0 && row->first < t->left) {
        *ret_outside = row->first;
        return false;
    }
    for (size_t c = t->left + t->width; c < row->count; c++)
        if (row->cells[c].len > 0) {
            *ret_outside = c;
            return false;
        }
    return true;
}

/* `AB12` */
static void name_cell(size_t column, uint32_t line, char to[32])
{
    char letters[8];
    size_t at = sizeof letters - 1;
    letters[at] = 0;
    for (size_t n = column + 1; n > 0 && at > 0; n = (n - 1) / 26)
        letters[--at] = (char)('A' + (n - 1) % 26);
    snprintf(to, 32, "%s%u", letters + at, line);
}

static pb_status complain(workbook_table *t, pb_error *err)
{
    const table_fault *fault = &t->fault;
    pb_fail(err, PB_INVALID, PB_MSG("Row {line} of {file} could not be read"), "line",
            PB_ARG_INT(fault->line), "file", xlsx_package_name(t->package), NULL);
    pb_error_detail(err, fault->says, "value", fault->value, "expected",
                    PB_ARG_INT(fault->expected), "found", PB_ARG_INT(fault->found), NULL);
    pb_error_hint(err, fault->hint, NULL);
    return PB_INVALID;
}

/* The value of a merged range stands in its first cell; every row of the range has it. Sideways it
 * stays where it is: two columns are two fields. */
static pb_status spread_merges(workbook_table *t, uint32_t line, pb_error *err)
{
    size_t left = 0;
    for (size_t i = 0; i < t->spread_count; i++) {
        const spread *s = &t->spreads[i];
        if (s->merge->bottom < line)
            continue;
        size_t column = s->merge->left - t->left;
        if (t->cells[column].len == 0) {
            t->cells[column] = s->value;
            t->merged++;
        }
        t->spreads[left++] = *s;
    }
    t->spread_count = left;
    if (left == 0) {
        pb_arena_reset(t->kept);
        t->spreads = NULL;
        t->spread_capacity = 0;
    }
    for (; t->merge_next < t->merge_count && t->merges[t->merge_next].top <= line;
         t->merge_next++) {
        const xlsx_merge *m = &t->merges[t->merge_next];
        size_t column = m->left - t->left;
        if (m->top < line || m->top == m->bottom || m->left < t->left || column >= t->width ||
            t->cells[column].len == 0)
            continue;
        spread one = {m, pb_arena_str(t->kept, t->cells[column])};
        if (one.value.ptr == NULL ||
            !PB_PUSH(t->kept, t->spreads, t->spread_count, t->spread_capacity, one))
            return pb_fail_memory(err);
    }
    return PB_OK;
}

/* --- the head --- */

/* The names of columns: the lowest text in each. */
static pb_status compose_header(workbook_table *t, pb_error *err)
{
    bool more = true;
    size_t outside = 0;
    t->names = pb_arena_array(t->arena, t->width + 1, sizeof *t->names);
    if (t->names == NULL)
        return pb_fail_memory(err);
    PB_TRY(open_sheet(t, err));
    for (;;) {
        xlsx_row row;
        PB_TRY(xlsx_sheet_next(t->sheet, &row, &more, err));
        if (!more || row.line > t->header_end)
            return PB_OK;
        if (row.line < t->header_line)
            continue;
        if (row.fault != NULL) {
            t->header_faulty = true;
            t->fault = *row.fault;
            continue;
        }
        lay_out(t, &row, &outside);
        for (size_t c = 0; c < t->width; c++)
            if (t->cells[c].len > 0 &&
                (t->names[c] = pb_arena_str(t->arena, t->cells[c])).ptr == NULL)
                return pb_fail_memory(err);
    }
}

static pb_status scout(workbook_table *t, pb_error *err)
{
    scouted rows[SCOUTED];
    size_t count = 0;
    bool more = true;
    PB_TRY(open_sheet(t, err));
    while (count < SCOUTED) {
        xlsx_row row;
        PB_TRY(xlsx_sheet_next(t->sheet, &row, &more, err));
        if (!more)
            break;
        rows[count++] = (scouted){row.line, row.filled, row.first, row.count};
    }
    t->over = count == 0;
    if (t->over)
        return PB_OK;
    size_t header = find_header(t, rows, count), right = 0;
    t->header_line = rows[header].line;
    t->above = header;
    t->left = rows[header].first;
    for (size_t i = header; i < count; i++) {
        t->left = rows[i].first < t->left ? rows[i].first : t->left;
        right = rows[i].count > right ? rows[i].count : right;
    }
    t->width = right > t->left ? right - t->left : 0;
    find_header_end(t);
    PB_TRY(compose_header(t, err));
    return open_sheet(t, err);
}

/* --- the table's calls --- */

static void give(workbook_table *t, uint32_t line, table_row *ret_row)
{
    *ret_row =
        (table_row){.cells = t->cells, .count = t->width, .row = t->row++, .line = (int64_t)line};
}

static pb_status give_header(workbook_table *t, table_row *ret_row, bool *ret_more, pb_error *err)
{
    t->header_given = true;
    *ret_more = true;
    if (t->header_faulty) {
        t->row++;
        return complain(t, err);
    }
    for (size_t c = 0; c < t->width; c++)
        t->cells[c] = t->names[c].len > 0 ? t->names[c] : PB_STR("");
    give(t, t->header_line, ret_row);
    return PB_OK;
}

static pb_status table_next_row(void *state, table_row *ret_row, bool *ret_more, pb_error *err)
{
    workbook_table *t = state;
    *ret_more = !t->over;
    if (t->over)
        return PB_OK;
    if (!t->header_given)
        return give_header(t, ret_row, ret_more, err);
    xlsx_row row;
    bool more = true;
    do {
        PB_TRY(xlsx_sheet_next(t->sheet, &row, &more, err));
    } while (more && row.line <= t->header_end);
    *ret_more = more;
    t->over = !more;
    if (!more)
        return PB_OK;
    size_t outside = 0;
    if (row.fault != NULL) {
        t->fault = *row.fault;
        t->fault.row = t->row++;
        return complain(t, err);
    }
    if (!lay_out(t, &row, &outside)) {
        t->fault = (table_fault){
            .says = PB_MSG("The cell {value} lies beside the table, below no column's name"),
            .hint = PB_MSG("Move what stands beside the table to another sheet"),
            .row = t->row++,
            .line = row.line};
        name_cell(outside, row.line, t->fault.value);
        return complain(t, err);
    }
    if (t->merge_count > 0)
        PB_TRY(spread_merges(t, row.line, err));
    give(t, row.line, ret_row);
    return PB_OK;
}

static const table_fault *table_fault_of(const void *state)
{
    return &((const workbook_table *)state)->fault;
}

static void table_facts_are(const void *state, table_facts *ret_facts)
{
    const workbook_table *t = state;
    *ret_facts = (table_facts){.form = "XLSX",
                               .encoding = "",
                               .sure = 100,
                               .formulas = t->sheet == NULL ? 0 : xlsx_sheet_formulas(t->sheet),
                               .hidden = t->part->hidden,
                               .above = t->above,
                               .merged = t->merged};
}

static uint64_t done_of(const void *state)
{
    return xlsx_part_done(((const workbook_table *)state)->package);
}

static uint64_t total_of(const void *state)
{
    return xlsx_part_total(((const workbook_table *)state)->package);
}

static void table_end(void *state)
{
    workbook_table *t = state;
    xlsx_sheet_close(t->sheet);
    xlsx_strings_free(t->strings);
    xlsx_package_close(t->package);
    pb_arena_free(t->arena);
    pb_arena_free(t->kept);
    free(t);
}

static const table_ops xlsx_ops = {table_next_row, table_fault_of, table_facts_are, done_of,
                                   total_of,       NULL,           table_end};

static pb_status find_part(workbook_table *t, pb_str sheet, pb_error *err)
{
    for (size_t i = 0; i < t->book.sheet_count; i++)
        if (sheet.ptr == NULL || pb_str_eq(t->book.sheets[i].name, sheet)) {
            t->part = &t->book.sheets[i];
            return PB_OK;
        }
    pb_fail(err, PB_NOT_FOUND, PB_MSG("{name} has no sheet {sheet}"), "name",
            xlsx_package_name(t->package), "sheet", PB_ARG(sheet), NULL);
    return PB_NOT_FOUND;
}

static pb_status open_table(workbook_table *t, pb_str sheet, pb_error *err)
{
    t->arena = pb_arena_new(0);
    t->kept = pb_arena_new(KEPT_MOST);
    if (t->arena == NULL || t->kept == NULL)
        return pb_fail_memory(err);
    PB_TRY(xlsx_book_read(t->package, t->arena, &t->book, err));
    PB_TRY(find_part(t, sheet, err));
    PB_TRY(xlsx_styles_read(t->package, t->book.styles, t->arena, &t->kinds, &t->kind_count, err));
    PB_TRY(xlsx_strings_read(t->package, t->book.strings, &t->strings, err));
    PB_TRY(xlsx_merges_read(t->package, t->part->part, t->arena, &t->merges, &t->merge_count, err));
    return scout(t, err);
}

pb_status xlsx_open(byte_input input, const char *name, pb_str sheet, table_reader **ret_reader,
                    pb_error *err)
{
    workbook_table *t = calloc(1, sizeof *t);
    if (t == NULL) {
        bytes_close(&input);
        return pb_fail_memory(err);
    }
    pb_status status = xlsx_package_open(input, name, &t->package, err);
    if (status == PB_OK)
        status = open_table(t, sheet, err);
    if (status != PB_OK) {
        table_end(t);
        return status;
    }
    return table_reader_new(&xlsx_ops, t, ret_reader, err);
}

pb_status xlsx_list(byte_input input, const char *name, pb_arena *arena, pb_str **ret_sheets,
                    size_t *ret_count, pb_error *err)
{
    xlsx_package *package = NULL;
    xlsx_book book;
    PB_TRY(xlsx_package_open(input, name, &package, err));
    pb_status status = xlsx_book_read(package, arena, &book, err);
    xlsx_package_close(package);
    PB_TRY(status);
    pb_str *sheets = pb_arena_array(arena, book.sheet_count, sizeof *sheets);
    if (sheets == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < book.sheet_count; i++)
        sheets[i] = book.sheets[i].name;
    *ret_sheets = sheets;
    *ret_count = book.sheet_count;
    return PB_OK;
}
