/* The rows of a sheet, one at a time: expat is stopped at the end of each row that holds anything.
 * Cells may come without references, then each stands behind the one before. */
#include "../csv/csv.h"
#include "internal.h"

typedef enum collect { NOTHING, VALUE, INLINE, FORMULA } collect;

struct xlsx_sheet {
    xlsx_xml xml;
    const xlsx_strings *strings;
    const uint8_t *kinds;
    size_t kind_count;
    bool epoch_1904;
    uint64_t formulas;
    /* the row */
    bool in_data, in_row, ready;
    uint32_t line;
    size_t next; /* column of a cell without a reference */
    size_t count, filled, first;
    pb_buf text;
    pb_str *cells; /* ptr NULL with a length: at `offsets` of the row's text */
    size_t *offsets;
    table_fault fault;
    bool faulty;
    /* the cell */
    collect now;
    bool in_cell, has_value, is_formula;
    char type; /* n s(hared) t(ext) b e d */
    size_t column, from, formula_from, formula_len;
    uint32_t style;
    int phonetic;
};

static void fault_is(xlsx_sheet *s, const char *says, const char *hint, int64_t expected,
                     int64_t found)
{
    if (s->faulty)
        return;
    s->faulty = true;
    s->fault = (table_fault){
        .says = says, .hint = hint, .line = s->line, .expected = expected, .found = found};
}

static uint64_t number_of(const char *text)
{
    uint64_t value = 0;
    for (; *text >= '0' && *text <= '9' && value < 1000000000; text++)
        value = value * 10 + (uint64_t)(*text - '0');
    return value;
}

static void start_row(xlsx_sheet *s, const char **attributes)
{
    s->in_row = true;
    s->next = 0;
    uint64_t line = 0;
    for (; attributes[0] != NULL; attributes += 2)
        if (attributes[0][0] == 'r' && attributes[0][1] == 0)
            line = number_of(attributes[1]);
    s->line = line > 0 ? (uint32_t)line : s->line + 1;
}

static char type_of(const char *t)
{
    if (strcmp(t, "s") == 0)
        return 's';
    if (strcmp(t, "str") == 0 || strcmp(t, "inlineStr") == 0)
        return 't';
    return t[0] == 'b' || t[0] == 'e' || t[0] == 'd' ? t[0] : 'n';
}

static void start_cell(xlsx_sheet *s, const char **attributes)
{
    uint32_t row, column = UINT32_MAX;
    bool given = false;
    s->in_cell = true;
    s->has_value = s->is_formula = false;
    s->type = 'n';
    s->style = 0;
    s->from = s->text.len;
    for (; attributes[0] != NULL; attributes += 2) {
        if (attributes[0][0] == 0 || attributes[0][1] != 0)
            continue;
        if (attributes[0][0] == 'r') {
            xlsx_reference(attributes[1], &row, &column);
            given = true;
        } else if (attributes[0][0] == 's') {
            s->style = (uint32_t)number_of(attributes[1]);
        } else if (attributes[0][0] == 't') {
            s->type = type_of(attributes[1]);
        }
    }
    s->column = given && column != UINT32_MAX ? column : s->next;
    s->next = s->column + 1;
}

static void XMLCALL start(void *state, const XML_Char *name, const XML_Char **attributes)
{
    xlsx_sheet *s = state;
    if (!xlsx_xml_enter(&s->xml))
        return;
    const char *local = xlsx_local(name);
    if (!s->in_data) {
        s->in_data = strcmp(local, "sheetData") == 0;
    } else if (local[1] == 0) {
        if (local[0] == 'c' && s->in_row) {
            start_cell(s, attributes);
        } else if (local[0] == 'v' && s->in_cell) {
            s->now = VALUE;
            s->has_value = true;
            s->from = s->text.len;
        } else if (local[0] == 't' && s->in_cell && s->phonetic == 0) {
            s->now = INLINE;
            s->has_value = true;
        } else if (local[0] == 'f' && s->in_cell) {
            s->now = FORMULA;
            s->is_formula = true;
            s->formula_from = s->text.len;
        }
    } else if (strcmp(local, "row") == 0) {
        start_row(s, attributes);
    } else if (strcmp(local, "rPh") == 0) {
        s->phonetic++;
    }
}

static void XMLCALL text(void *state, const XML_Char *piece, int len)
{
    xlsx_sheet *s = state;
    if (s->now != NOTHING)
        pb_buf_add(&s->text, pb_str_n(piece, (size_t)len));
}

/* Keeps what the row's text holds from `from` on as the cell's value. */
static void keep(xlsx_sheet *s, size_t from)
{
    s->cells[s->column] = (pb_str){NULL, s->text.len - from};
    s->offsets[s->column] = from;
}

static void take_number(xlsx_sheet *s, pb_str raw)
{
    raw = pb_str_trim(raw);
    const size_t from = (size_t)(raw.ptr - s->text.ptr), behind = s->text.len;
    const xlsx_kind kind = s->style < s->kind_count ? (xlsx_kind)s->kinds[s->style] : XLSX_NUMBER;
    if (kind == XLSX_NUMBER && xlsx_is_plain(raw)) {
        s->cells[s->column] = (pb_str){NULL, raw.len};
        s->offsets[s->column] = from;
        return;
    }
    if (!pb_buf_reserve(&s->text, 600)) /* `raw` must not move while it is turned */
        return;
    raw = pb_str_n(s->text.ptr + from, raw.len);
    bool done = kind >= XLSX_DATE && xlsx_put_moment(&s->text, raw, kind, s->epoch_1904);
    if (!done && kind == XLSX_PERCENT) {
        done = xlsx_put_number(&s->text, raw, 2);
        if (done)
            pb_buf_byte(&s->text, '%');
    } else if (!done) {
        done = xlsx_put_number(&s->text, raw, 0);
    }
    if (!done) { /* no number at all: as it stands */
        s->cells[s->column] = (pb_str){NULL, raw.len};
        s->offsets[s->column] = from;
        return;
    }
    keep(s, behind);
}

/* A day that is written as one, with the midnight some programs add. */
static void take_day(xlsx_sheet *s)
{
    const xlsx_kind kind = s->style < s->kind_count ? (xlsx_kind)s->kinds[s->style] : XLSX_NUMBER;
    pb_str raw = pb_str_n(s->text.ptr + s->from, s->text.len - s->from);
    if (kind == XLSX_DATE && raw.len >= 19 && memcmp(raw.ptr + 10, "T00:00:00", 9) == 0)
        s->text.len = s->from + 10;
    keep(s, s->from);
}

static void take_shared(xlsx_sheet *s)
{
    pb_str raw = pb_str_trim(pb_str_n(s->text.ptr + s->from, s->text.len - s->from)), found;
    int64_t index;
    if (raw.len == 0)
        return;
    if (pb_str_to_i64(raw, &index) && index >= 0 &&
        xlsx_strings_get(s->strings, (uint64_t)index, &found)) {
        s->cells[s->column] = found;
        return;
    }
    fault_is(s, PB_MSG("The cell in column {found} names a text that the workbook does not hold"),
             PB_MSG("Open the workbook in a spreadsheet program and save it again"), 0,
             (int64_t)s->column + 1);
}

static void take_value(xlsx_sheet *s)
{
    pb_str raw = pb_str_n(s->text.ptr + s->from, s->text.len - s->from);
    switch (s->type) {
    case 's':
        take_shared(s);
        break;
    case 't':
        xlsx_unescape(&s->text, s->from);
        keep(s, s->from);
        break;
    case 'b':
        s->cells[s->column] = pb_str_is(pb_str_trim(raw), "1") || pb_str_is(raw, "true")
                                  ? PB_STR("true")
                                  : PB_STR("false");
        break;
    case 'd':
        take_day(s);
        break;
    case 'e':
        keep(s, s->from);
        break;
    default:
        if (raw.len > 0)
            take_number(s, raw);
    }
}

/* A formula whose value nobody computed: the formula itself stands there, to be seen. */
static void take_formula(xlsx_sheet *s)
{
    size_t from = s->text.len;
    if (!pb_buf_reserve(&s->text, s->formula_len + 1))
        return;
    pb_buf_byte(&s->text, '=');
    pb_buf_add(&s->text, pb_str_n(s->text.ptr + s->formula_from, s->formula_len));
    keep(s, from);
}

static void end_cell(xlsx_sheet *s)
{
    static const char *const limits =
        PB_MSG("Take the cell out of the sheet, or leave the sheet out");
    s->in_cell = false;
    s->formulas += s->is_formula;
    if (s->text.failed) {
        fault_is(s, PB_MSG("The row is longer than {expected} bytes"), limits, CSV_MAX_ROW, 0);
        return;
    }
    if (s->column >= CSV_MAX_COLUMNS) {
        if (s->has_value || s->is_formula)
            fault_is(s, PB_MSG("The row has {found} columns, more than {expected}"), limits,
                     CSV_MAX_COLUMNS, (int64_t)s->column + 1);
        return;
    }
    pb_str *cell = &s->cells[s->column];
    bool before = s->column < s->count && cell->len > 0;
    if (s->column >= s->count) {
        memset(s->cells + s->count, 0, (s->column + 1 - s->count) * sizeof *s->cells);
        s->count = s->column + 1;
    }
    *cell = PB_STR_NONE;
    if (s->has_value)
        take_value(s);
    else if (s->is_formula)
        take_formula(s);
    if (cell->len > CSV_MAX_CELL)
        fault_is(s, PB_MSG("A cell has {found} bytes, more than {expected}"), limits, CSV_MAX_CELL,
                 (int64_t)cell->len);
    if (cell->len > 0 && s->column < s->first)
        s->first = s->column;
    s->filled += (size_t)(cell->len > 0) - (size_t)before;
}

static void end_row(xlsx_sheet *s)
{
    s->in_row = false;
    if (s->text.failed)
        fault_is(s, PB_MSG("The row is longer than {expected} bytes"),
                 PB_MSG("Take the cell out of the sheet, or leave the sheet out"), CSV_MAX_ROW, 0);
    if (s->filled == 0 && !s->faulty) {
        pb_buf_clear(&s->text);
        s->count = 0;
        return;
    }
    s->ready = true;
    XML_StopParser(s->xml.parser, XML_TRUE);
}

static void XMLCALL end(void *state, const XML_Char *name)
{
    xlsx_sheet *s = state;
    xlsx_xml_leave(&s->xml);
    if (!s->in_data)
        return;
    const char *local = xlsx_local(name);
    if (local[1] == 0) {
        if (local[0] == 'c' && s->in_cell)
            end_cell(s);
        else if (local[0] == 'f' && s->now == FORMULA)
            s->formula_len = s->text.len - s->formula_from;
        if (local[0] == 'f' || local[0] == 'v' || local[0] == 't')
            s->now = NOTHING;
    } else if (strcmp(local, "row") == 0) {
        if (s->in_row)
            end_row(s);
    } else if (strcmp(local, "rPh") == 0) {
        s->phonetic--;
    } else if (strcmp(local, "sheetData") == 0) {
        s->in_data = false;
    }
}

pb_status xlsx_sheet_open(xlsx_package *package, const xlsx_book *book, const char *part,
                          const xlsx_strings *strings, const uint8_t *kinds, size_t kind_count,
                          xlsx_sheet **ret, pb_error *err)
{
    xlsx_sheet *s = calloc(1, sizeof *s);
    if (s == NULL)
        return pb_fail_memory(err);
    s->strings = strings;
    s->kinds = kinds;
    s->kind_count = kind_count;
    s->epoch_1904 = book->epoch_1904;
    s->text = PB_BUF_INIT(CSV_MAX_ROW);
    s->cells = calloc(CSV_MAX_COLUMNS, sizeof *s->cells);
    s->offsets = calloc(CSV_MAX_COLUMNS, sizeof *s->offsets);
    bool found = false;
    pb_status status = s->cells == NULL || s->offsets == NULL
                           ? pb_fail_memory(err)
                           : xlsx_xml_open(&s->xml, package, part, start, end, text, &found, err);
    if (status == PB_OK && !found) {
        pb_fail(err, PB_INVALID,
                PB_MSG("{name} is damaged: its part {part} is missing. Export it once more."),
                "name", xlsx_package_name(package), "part", part, NULL);
        status = PB_INVALID;
    }
    if (status != PB_OK) {
        xlsx_sheet_close(s);
        return status;
    }
    *ret = s;
    return PB_OK;
}

xlsx_sheet *xlsx_sheet_close(xlsx_sheet *sheet)
{
    if (sheet == NULL)
        return NULL;
    xlsx_xml_close(&sheet->xml);
    pb_buf_free(&sheet->text);
    free(sheet->cells);
    free(sheet->offsets);
    free(sheet);
    return NULL;
}

uint64_t xlsx_sheet_formulas(const xlsx_sheet *sheet)
{
    return sheet->formulas;
}

pb_status xlsx_sheet_next(xlsx_sheet *s, xlsx_row *ret, bool *ret_more, pb_error *err)
{
    pb_buf_clear(&s->text);
    s->count = s->filled = 0;
    s->first = CSV_MAX_COLUMNS;
    s->faulty = s->ready = false;
    while (!s->ready && !s->xml.over) {
        pb_status status = xlsx_xml_step(&s->xml, err);
        if (status == PB_INVALID && err != NULL)
            err->status = PB_CORRUPT; /* nothing can be read behind it */
        if (status != PB_OK)
            return status == PB_INVALID ? PB_CORRUPT : status;
    }
    *ret_more = s->ready;
    if (!s->ready)
        return PB_OK;
    for (size_t c = 0; c < s->count; c++)
        if (s->cells[c].ptr == NULL && s->cells[c].len > 0)
            s->cells[c].ptr = s->text.ptr + s->offsets[c];
    *ret = (xlsx_row){.cells = s->cells,
                      .count = s->count,
                      .filled = s->filled,
                      .first = s->first,
                      .line = s->line,
                      .fault = s->faulty ? &s->fault : NULL};
    return PB_OK;
}
