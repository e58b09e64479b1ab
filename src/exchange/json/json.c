/* JSON as a form of table: first all keys, then all rows. */
#include "json.h"

#include "internal.h"

typedef struct json_reader {
    byte_input input; /* lent to one text_source after the other */
    char *name;
    bool lines;
    bool header_given;
    size_t columns; /* of the header */
    int64_t row;
    encoding is;
    json_split split;
    json_around around; /* known at the end */
    json_flat flat;
    table_fault fault;
} json_reader;

static void end(void *state)
{
    json_reader *r = state;
    json_split_end(&r->split);
    json_flat_end(&r->flat);
    bytes_close(&r->input);
    free(r->name);
    free(r);
}

/* Begins at the first byte. */
static pb_status begin(json_reader *r, pb_error *err)
{
    byte_input lent = r->input;
    lent.close = NULL;
    text_source *source = NULL;
    json_split_end(&r->split);
    PB_TRY(r->input.seek(r->input.context, 0, err));
    PB_TRY(text_source_new(lent, TEXT_ANY, &source, err));
    PB_TRY(json_split_begin(&r->split, source, err));
    r->is = text_source_encoding(source);
    r->lines = r->split.layout == JSON_LINES;
    return PB_OK;
}

static pb_status refuse_keys(json_reader *r, pb_error *err)
{
    pb_fail(err, PB_LIMIT, PB_MSG("Could not read {name}"), "name", r->name, NULL);
    pb_error_detail(err, PB_MSG("{name} has more than {max} different keys in its records"), "name",
                    r->name, "max", PB_ARG_INT(JSON_MAX_COLUMNS), NULL);
    pb_error_hint(
        err, PB_MSG("Export lists of values as arrays, not as objects with a key for each"), NULL);
    return PB_LIMIT;
}

/* Reads the file once for the keys of its records. */
static pb_status find_columns(json_reader *r, pb_error *err)
{
    for (;;) {
        pb_str record = PB_STR_NONE;
        int64_t line = 0;
        json_end how = JSON_WHOLE;
        bool more = false;
        PB_TRY(json_split_next(&r->split, &record, &line, &how, &more, err));
        if (!more)
            break;
        if (how == JSON_WHOLE)
            json_flat_read(&r->flat, record);
        if (r->flat.no_memory)
            return pb_fail_memory(err);
        if (r->flat.too_many)
            return refuse_keys(r, err);
    }
    r->columns = r->flat.count;
    return PB_OK;
}

/* --- rows --- */

static pb_status complain(json_reader *r, pb_error *err)
{
    const table_fault *fault = &r->fault;
    pb_fail(err, PB_INVALID, PB_MSG("Line {line} of {file} could not be read"), "line",
            PB_ARG_INT(fault->line), "file", r->name, NULL);
    if (err != NULL) {
        pb_error_detail(err, fault->says, "value", fault->value, "expected",
                        PB_ARG_INT(fault->expected), "found", PB_ARG_INT(fault->found), NULL);
        pb_error_hint(err, fault->hint, NULL);
    }
    return PB_INVALID;
}

/* A record that cannot be told from what follows, or is too long. */
static void fault_of_end(json_reader *r, json_end how)
{
    if (how == JSON_TOO_LONG)
        r->fault =
            (table_fault){.says = PB_MSG("The record is longer than {expected} bytes"),
                          .hint = PB_MSG("Leave the key with so much text out of the export"),
                          .expected = JSON_MAX_RECORD};
    else
        r->fault = (table_fault){
            .says = PB_MSG("The record that begins here never ends: what follows it is not read"),
            .hint = PB_MSG("Close its brackets and quotation marks, or export the file again")};
}

static pb_status next(void *state, table_row *ret_row, bool *ret_more, pb_error *err)
{
    json_reader *r = state;
    if (!r->header_given) {
        r->header_given = true;
        *ret_row = (table_row){r->flat.names, r->columns, 0, 1};
        *ret_more = r->columns > 0;
        return PB_OK;
    }
    pb_str record = PB_STR_NONE;
    int64_t line = 0;
    json_end how = JSON_WHOLE;
    bool more = false;
    PB_TRY(json_split_next(&r->split, &record, &line, &how, &more, err));
    r->is = text_source_encoding(r->split.source);
    if (!more) {
        json_around_read(pb_buf_str(&r->split.around), &r->around);
        *ret_more = false;
        return PB_OK;
    }
    r->row++;
    bool fine = how == JSON_WHOLE && json_flat_read(&r->flat, record);
    if (r->flat.no_memory)
        return pb_fail_memory(err);
    if (!fine) {
        if (how == JSON_WHOLE)
            r->fault = r->flat.fault;
        else
            fault_of_end(r, how);
        r->fault.row = r->row;
        r->fault.line += line;
        return complain(r, err);
    }
    *ret_row = (table_row){r->flat.cells, r->columns, r->row, line};
    *ret_more = true;
    return PB_OK;
}

static const table_fault *last_fault(const void *state)
{
    return &((const json_reader *)state)->fault;
}

static void facts(const void *state, table_facts *ret_facts)
{
    const json_reader *r = state;
    const json_around *around = &r->around;
    bool counted = around->total > r->row;
    bool more = around->more || (around->pages && !(around->total >= 0 && !counted));
    *ret_facts = (table_facts){.form = r->lines ? "JSON Lines" : "JSON",
                               .encoding = encoding_name(r->is.code),
                               .sure = r->is.sure,
                               .in_all = counted ? (uint64_t)around->total : 0,
                               .more_by = counted ? around->total_name
                                          : more  ? around->mark
                                                  : NULL};
}

static uint64_t done(const void *state)
{
    const json_reader *r = state;
    return text_source_done(r->split.source);
}

static uint64_t total(const void *state)
{
    return ((const json_reader *)state)->input.total;
}

static void hash(const void *state, uint8_t ret_hash[32])
{
    text_source_hash(((const json_reader *)state)->split.source, ret_hash);
}

static const table_ops ops = {next, last_fault, facts, done, total, hash, end};

static pb_status prepare(json_reader *r, pb_error *err)
{
    if (r->name == NULL)
        return pb_fail_memory(err);
    if (r->input.seek == NULL)
        return pb_fail(err, PB_UNSUPPORTED,
                       PB_MSG("{name} can only be read once, and JSON must be read twice"), "name",
                       r->name, NULL);
    PB_TRY(json_flat_begin(&r->flat, err));
    PB_TRY(begin(r, err));
    PB_TRY(find_columns(r, err));
    return begin(r, err);
}

pb_status json_open(byte_input input, const char *name, pb_str sheet, table_reader **ret_reader,
                    pb_error *err)
{
    (void)sheet;
    json_reader *r = calloc(1, sizeof *r);
    if (r == NULL) {
        bytes_close(&input);
        return pb_fail_memory(err);
    }
    r->input = input;
    r->name = strdup(name);
    pb_status status = prepare(r, err);
    if (status != PB_OK) {
        end(r);
        return status;
    }
    return table_reader_new(&ops, r, ret_reader, err);
}

/* --- recognition --- */

/* Begins with an object with a key, or an array of objects; marks and the zeros of UTF-16 passed
 * over. */
static bool fits(const form_look *look)
{
    char first[2] = {0};
    size_t count = 0;
    for (size_t i = 0; i < look->head.len && count < 2; i++) {
        unsigned char c = (unsigned char)look->head.ptr[i];
        bool mark = i < 3 && (c == 0xEF || c == 0xBB || c == 0xBF || c == 0xFE || c == 0xFF);
        if (c > ' ' && !mark)
            first[count++] = (char)c;
    }
    return form_named(&json_form, look->name) ||
           (first[0] == '{' && (first[1] == '"' || first[1] == '}')) ||
           (first[0] == '[' && first[1] == '{');
}

const table_form json_form = {.name = "JSON",
                              .endings = " json jsonl ndjson ",
                              .fits = fits,
                              .open = json_open,
                              .seeks = true};
