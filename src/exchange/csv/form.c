/* CSV as a form of table. */
#include "../forms.h"
#include "csv_reader.h"

static pb_status next(void *state, table_row *ret_row, bool *ret_more, pb_error *err)
{
    return csv_next(state, ret_row, ret_more, err);
}

static const table_fault *last_fault(const void *state)
{
    return csv_last_fault(state);
}

static void facts(const void *state, table_facts *ret_facts)
{
    const csv_reader *reader = state;
    encoding is = text_source_encoding(reader->source);
    *ret_facts = (table_facts){.form = csv_form.name,
                               .encoding = encoding_name(is.code),
                               .sure = is.sure,
                               .delimiter = reader->delimiter,
                               .above = reader->above};
}

static uint64_t done(const void *state)
{
    return csv_bytes_done(state);
}

static uint64_t total(const void *state)
{
    const csv_reader *reader = state;
    return text_source_total(reader->source);
}

static void hash(const void *state, uint8_t ret_hash[32])
{
    const csv_reader *reader = state;
    text_source_hash(reader->source, ret_hash);
}

static void end(void *state)
{
    csv_close(state);
}

static const table_ops ops = {next, last_fault, facts, done, total, hash, end};

static pb_status open(byte_input input, const char *name, pb_str sheet, table_reader **ret_reader,
                      pb_error *err)
{
    (void)sheet;
    csv_reader *reader = NULL;
    PB_TRY(csv_open(input, name, TEXT_ANY, 0, &reader, err));
    return table_reader_new(&ops, reader, ret_reader, err);
}

/* Any text may be CSV: it is asked last. */
static bool fits(const form_look *look)
{
    (void)look;
    return true;
}

const table_form csv_form = {.name = "CSV", .endings = " csv tsv tab ", .fits = fits, .open = open};
