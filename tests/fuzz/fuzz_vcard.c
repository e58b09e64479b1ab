/* Fuzz target of the vCard reader: any bytes. Build and run: tests/fuzz/README.md.
 *
 * Holds: the reader ends; rows are as wide as the header and well-formed text; what is wrong is
 * said; reading twice gives the same.
 */
/* fuzzes: exchange/vcard exchange/bytes exchange/table.c exchange/below sys */
#include "base/utf8.h"
#include "forms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool condition)
{
    if (!condition)
        abort();
}

static uint64_t read_all(pb_str text)
{
    byte_input input;
    table_reader *reader = NULL;
    uint64_t sum = 0;
    size_t width = 0, rounds = 0;
    hold(bytes_of_memory(text, &input, NULL) == PB_OK);
    if (vcard_form.open(input, "a.vcf", PB_STR_NONE, &reader, NULL) != PB_OK)
        return 0;
    for (bool more = true; more;) {
        table_row row = {0};
        hold(rounds++ <= text.len + 2);
        pb_status status = table_next(reader, &row, &more, NULL);
        if (status == PB_INVALID) {
            hold(table_last_fault(reader)->says != NULL && table_last_fault(reader)->line > 0);
            continue;
        }
        hold(status == PB_OK);
        if (!more)
            break;
        width = rounds == 1 ? row.count : width;
        hold(row.count == width && row.count > 0);
        for (size_t i = 0; i < row.count; i++) {
            hold(pb_utf8_valid(row.cells[i]));
            sum = sum * 31 + pb_str_hash(row.cells[i]);
        }
    }
    table_close(reader);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pb_str text = {size == 0 ? "" : (const char *)data, size};
    hold(read_all(text) == read_all(text));
    return 0;
}
