/* Fuzz target of the JSON reader: any bytes.
 *
 * Holds: the reader ends; every row has as many cells as the header; cells are well-formed text;
 * lines never go back; a second reading gives the same; all bytes are read.
 */
/* fuzzes: exchange/json exchange/bytes exchange/table.c exchange/below */
/* fuzzes: sys/calls.c sys/environment.c sys/file.c sys/folder.c sys/path.c sys/random.c */
#include "base/utf8.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool condition)
{
    if (!condition)
        abort();
}

static uint64_t read_all(pb_str text)
{
    byte_input input = {0};
    table_reader *reader = NULL;
    hold(bytes_of_memory(text, &input, NULL) == PB_OK);
    pb_status opened = json_open(input, "text", PB_STR_NONE, &reader, NULL);
    if (opened != PB_OK) {
        hold(opened == PB_LIMIT);
        return 1;
    }
    uint64_t sum = 7;
    size_t columns = 0;
    int64_t line = 0;
    for (size_t rounds = 0;; rounds++) {
        hold(rounds <= text.len + 2);
        table_row row = {0};
        bool more = false;
        pb_status status = table_next(reader, &row, &more, NULL);
        if (status == PB_INVALID) {
            const table_fault *fault = table_last_fault(reader);
            hold(fault->says != NULL && fault->hint != NULL && fault->line >= line);
            sum = sum * 31 + (uint64_t)fault->line;
            continue;
        }
        hold(status == PB_OK);
        if (!more)
            break;
        hold(row.line >= line && (rounds == 0 || row.count == columns));
        line = row.line;
        columns = row.count;
        for (size_t i = 0; i < row.count; i++) {
            hold(pb_utf8_valid(row.cells[i]));
            sum = sum * 31 + pb_str_hash(row.cells[i]);
        }
    }
    if (columns > 0)
        hold(table_done(reader) == text.len);
    table_close(reader);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pb_str text = {(const char *)data, size};
    hold(read_all(text) == read_all(text));
    return 0;
}
