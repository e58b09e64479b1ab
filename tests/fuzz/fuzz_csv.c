/* Fuzz target of the CSV reader: any bytes, any buffer size. Build and run: tests/fuzz/README.md.
 *
 * Holds: the reader ends; every cell is well-formed text; lines go upwards; the same text gives the
 * same rows whatever the size of the first buffer; what csv_put makes of a row reads back the same.
 */
/* fuzzes: exchange/csv exchange/bytes exchange/table.c exchange/below */
/* fuzzes: sys/calls.c sys/environment.c sys/file.c sys/folder.c sys/path.c sys/random.c */
#include "../exchange/csv_support.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool condition)
{
    if (!condition)
        abort();
}

/* A row written and read again. */
static void check_round_trip(const table_row *row, pb_buf *out)
{
    pb_buf_clear(out);
    for (size_t i = 0; i < 3; i++) /* three headers fix the delimiter */
        pb_csv_put(out, PB_STR("h"), i == 0, false);
    pb_buf_byte(out, '\n');
    for (size_t i = 0; i < row->count; i++)
        pb_csv_put(out, row->cells[i], i == 0, true);
    if (out->failed || pb_csv_unguard(pb_buf_str(out)).len == 6)
        return;
    csv_reader *reader = NULL;
    hold(csv_open_bytes(pb_buf_str(out), 0, &reader, NULL) == PB_OK);
    table_row back = {0};
    bool more = false;
    hold(csv_next(reader, &back, &more, NULL) == PB_OK && more);
    hold(csv_next(reader, &back, &more, NULL) == PB_OK);
    bool blank = row->count == 1 && row->cells[0].len == 0;
    hold(more != blank && (blank || back.count == row->count));
    for (size_t i = 0; i < row->count && !blank; i++)
        hold(pb_str_eq(pb_csv_unguard(back.cells[i]), row->cells[i]));
    csv_close(reader);
}

static uint64_t read_all(pb_str text, size_t room, bool round_trip)
{
    PB_AUTO_BUF out = PB_BUF_INIT(4 << 20);
    csv_reader *reader = NULL;
    hold(csv_open_bytes(text, room, &reader, NULL) == PB_OK);
    uint64_t sum = 0;
    int64_t line = 0;
    for (size_t rounds = 0;; rounds++) {
        hold(rounds <= text.len + 1);
        table_row row = {0};
        bool more = false;
        pb_status status = csv_next(reader, &row, &more, NULL);
        if (status == PB_INVALID) {
            hold(csv_last_fault(reader)->says != NULL);
            sum = sum * 31 + 1;
            continue;
        }
        hold(status == PB_OK);
        if (!more)
            break;
        hold(row.line > line && row.count > 0);
        line = row.line;
        for (size_t i = 0; i < row.count; i++) {
            hold(pb_utf8_valid(row.cells[i]));
            sum = sum * 31 + pb_str_hash(row.cells[i]);
        }
        if (round_trip && row.count < 100 && text.len < 65536)
            check_round_trip(&row, &out);
    }
    hold(csv_bytes_done(reader) == text.len);
    char delimiter = csv_delimiter(reader);
    csv_close(reader);
    return sum * 31 + (uint64_t)delimiter;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    pb_str text = {(const char *)data + 1, size - 1};
    uint64_t whole = read_all(text, 0, true);
    size_t room = 32 + data[0];
    /* the delimiter is judged from the first buffer: the same only where that holds the whole text
     */
    uint64_t pieces = read_all(text, room, false);
    hold(room <= text.len + 16 || whole == pieces);
    return 0;
}
