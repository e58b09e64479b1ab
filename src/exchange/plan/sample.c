/* The head of a file: enough rows to judge what its columns are. */
#include "plan.h"

/* What went wrong while sampling. */
typedef struct troubles {
    size_t rows;       /* rows met, good or not */
    size_t encoding;   /* rows that are not text */
    table_fault first; /* the first of those */
} troubles;

pb_str sample_cell(const sample *s, size_t row, size_t column)
{
    return s->cells[row * s->columns + column];
}

size_t sample_filled(const sample *s, size_t column)
{
    size_t filled = 0;
    for (size_t r = 0; r < s->rows; r++)
        filled += sample_cell(s, r, column).len > 0;
    return filled;
}

/* Rows whose value an earlier row has too. */
static size_t repeated(const sample *s, size_t column, pb_arena *arena)
{
    pb_map *seen = pb_map_new(arena);
    size_t count = 0;
    for (size_t r = 0; r < s->rows; r++) {
        pb_str cell = sample_cell(s, r, column);
        bool fresh = false;
        if (seen == NULL || (cell.len > 0 && pb_map_put(seen, cell, &fresh) == NULL))
            return s->rows;
        count += cell.len > 0 && !fresh;
    }
    return count;
}

bool sample_unique(const sample *s, size_t column, pb_arena *arena)
{
    return s->rows > 0 && sample_filled(s, column) == s->rows && repeated(s, column, arena) == 0;
}

bool sample_names_rows(const sample *s, size_t column, pb_arena *arena)
{
    size_t filled = sample_filled(s, column);
    return filled > 0 && 2 * filled >= s->rows && repeated(s, column, arena) <= 1 + filled / 10;
}

/* Next row that is well-formed; encoding faults are counted. */
static pb_status good_row(table_reader *reader, troubles *met, table_row *row, bool *more,
                          pb_error *err)
{
    for (;;) {
        pb_status status = table_next(reader, row, more, err);
        if (status == PB_OK && !*more)
            return PB_OK;
        met->rows++;
        if (status != PB_INVALID)
            return status;
        if (table_last_fault(reader)->encoding && met->encoding++ == 0)
            met->first = *table_last_fault(reader);
        if (met->rows == 1 || met->rows > SAMPLE_ROWS)
            return status; /* the header itself, or nothing but faults */
    }
}

static pb_status copy_row(pb_arena *arena, const table_row *row, pb_str *to, size_t *bytes,
                          pb_error *err)
{
    for (size_t i = 0; i < row->count; i++) {
        to[i] = pb_arena_str(arena, pb_csv_unguard(row->cells[i]));
        if (to[i].ptr == NULL)
            return pb_fail_memory(err);
        *bytes += to[i].len + 1;
    }
    return PB_OK;
}

static pb_status read_rows(table_reader *reader, pb_arena *arena, troubles *met, sample *ret,
                           pb_error *err)
{
    size_t bytes = 0, capacity = 0;
    table_row row = {0};
    bool more = true;
    while (ret->rows < SAMPLE_ROWS && ret->rows * ret->columns < SAMPLE_CELLS &&
           bytes < SAMPLE_BYTES) {
        pb_status status = good_row(reader, met, &row, &more, err);
        if (status == PB_INVALID)
            return PB_OK;
        PB_TRY(status);
        ret->whole = !more;
        if (!more)
            return PB_OK;
        if (row.count != ret->columns || table_is_blank(&row))
            continue;
        if (ret->rows == capacity) {
            size_t grown = capacity == 0 ? 64 : capacity * 4;
            pb_str *cells = pb_arena_array(arena, grown * ret->columns, sizeof *cells);
            if (cells == NULL)
                return pb_fail_memory(err);
            if (ret->rows > 0)
                memcpy(cells, ret->cells, ret->rows * ret->columns * sizeof *cells);
            ret->cells = cells;
            capacity = grown;
        }
        PB_TRY(copy_row(arena, &row, ret->cells + ret->rows * ret->columns, &bytes, err));
        ret->rows++;
    }
    return PB_OK;
}

/* A file whose bytes are not text, header or many rows: not one row of it is to be trusted. */
static pb_status refuse_text(exchange_file *file, pb_arena *arena, const table_fault *fault)
{
    const char *line = PB_ARG_INT(fault->line);
    const char *found = PB_ARG_INT(fault->found);
    if (pb_str_is(pb_str_c(fault->value), "0x00"))
        return plan_refuse(
            file, arena,
            PB_MSG("{name} is not a text file: character {found} of line {line} is a NUL "
                   "byte. Export the table as a CSV file."),
            "line", line, "found", found, NULL);
    if (file->place->code != TEXT_ANY)
        return plan_refuse(
            file, arena,
            PB_MSG("{name} is not in {encoding}, which it was said to be in: byte {value} at "
                   "character {found} of line {line} is no character of it. Say another encoding, "
                   "or none and it is judged."),
            "encoding", PB_ARG(file->encoding), "line", line, "found", found, "value", fault->value,
            NULL);
    return plan_refuse(file, arena,
                       PB_MSG("{name} is not in UTF-8: byte {value} at character {found} of line "
                              "{line}. Save it as “CSV UTF-8”."),
                       "line", line, "found", found, "value", fault->value, NULL);
}

static bool is_number(pb_str cell)
{
    double number;
    return pb_str_to_double(cell, &number);
}

/* A key of nested data (`address.city`) has the looks of a domain, and is a name all the same. */
static bool is_link(pb_str cell)
{
    return pb_str_find(cell, PB_STR("://")) != SIZE_MAX || pb_str_starts(cell, PB_STR("www."));
}

/* Names of columns are no numbers, dates or addresses. */
static bool is_data(const pb_str *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        looks look = looks_read(cells[i]);
        if (look == LOOKS_URL ? is_link(cells[i]) : look != LOOKS_OTHER || is_number(cells[i]))
            return true;
    }
    return false;
}

static pb_status read_header(table_reader *reader, pb_arena *arena, pb_arena *scratch,
                             exchange_file *file, troubles *met, sample *ret, pb_error *err)
{
    table_row row = {0};
    bool more = false;
    pb_status status = good_row(reader, met, &row, &more, err);
    if (status == PB_INVALID) {
        const table_fault *fault = table_last_fault(reader);
        if (fault->encoding)
            return refuse_text(file, arena, fault);
        return plan_refuse(file, arena, fault->says, "line", PB_ARG_INT(fault->line), "expected",
                           PB_ARG_INT(fault->expected), "found", PB_ARG_INT(fault->found), "value",
                           fault->value, NULL);
    }
    PB_TRY(status);
    if (!more)
        return plan_refuse(file, arena, PB_MSG("{name} is empty"), NULL);
    size_t bytes = 0;
    pb_str *header = pb_arena_array(scratch, row.count, sizeof *header);
    if (header == NULL)
        return pb_fail_memory(err);
    PB_TRY(copy_row(scratch, &row, header, &bytes, err));
    if (is_data(header, row.count))
        return plan_refuse(file, arena,
                           PB_MSG("The first line of {name} looks like data, not like the names of "
                                  "columns. Put a line with the names above it."),
                           NULL);
    ret->header = header;
    ret->columns = row.count;
    return PB_OK;
}

static pb_status read_head(table_reader *reader, pb_arena *arena, pb_arena *scratch,
                           exchange_file *file, sample *ret, pb_error *err)
{
    troubles met = {0};
    table_facts facts = table_facts_of(reader);
    file->form = pb_str_c(facts.form);
    file->encoding = pb_str_c(facts.encoding);
    file->sure = facts.sure;
    file->delimiter = facts.delimiter;
    file->hidden = facts.hidden;
    file->above = facts.above;
    PB_TRY(read_header(reader, arena, scratch, file, &met, ret, err));
    if (ret->columns == 0)
        return PB_OK;
    PB_TRY(read_rows(reader, scratch, &met, ret, err));
    const size_t columns = ret->columns;
    ret->columns = 0;
    if (met.encoding >= 2 && met.encoding * 100 > met.rows)
        return refuse_text(file, arena, &met.first);
    if (met.rows <= 1)
        return plan_refuse(file, arena, PB_MSG("{name} has a header but no rows"), NULL);
    ret->columns = columns;
    return PB_OK;
}

/* What keeps a file from being read is said in the plan; what keeps anything from being read fails
 * the plan. */
static pb_status keep_out(exchange_file *file, pb_arena *arena, pb_status status,
                          const pb_error *why, pb_error *err)
{
    bool of_file = status == PB_INVALID || status == PB_UNSUPPORTED || status == PB_LIMIT ||
                   status == PB_CORRUPT ||
                   (file->place->live && status != PB_MEMORY && status != PB_CANCELLED);
    if (of_file)
        return plan_refuse_for(file, arena, why) == PB_OK ? PB_OK : pb_fail_memory(err);
    if (err != NULL)
        *err = *why;
    return status;
}

pb_status sample_read(pb_arena *arena, pb_arena *scratch, exchange_file *file, sample *ret,
                      pb_error *err)
{
    memset(ret, 0, sizeof *ret);
    table_reader *reader = NULL;
    pb_error why = {0};
    pb_status status = table_fingerprint(file->place, file->hash, &file->bytes, &why);
    if (status == PB_OK)
        status = table_open(file->place, &reader, &why);
    if (status != PB_OK)
        return keep_out(file, arena, status, &why, err);
    status = read_head(reader, arena, scratch, file, ret, &why);
    table_close(reader);
    if (status == PB_OK)
        return PB_OK;
    ret->columns = 0;
    return keep_out(file, arena, status, &why, err);
}
