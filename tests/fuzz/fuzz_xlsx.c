/* Fuzz target of the workbook reader: a whole ZIP, or the XML of its parts (sheet, texts, styles,
 * workbook, one behind the other with NUL between), which the target packs itself so that checksums
 * do not stand in the way. Build and run: tests/fuzz/README.md.
 *
 * Holds: the reader ends; rows are as wide as the header and well-formed text; what is wrong is
 * said; reading twice gives the same.
 */
/* fuzzes: exchange/xlsx exchange/bytes exchange/table.c exchange/below exchange/zip/zip_io.c sys */
/* libraries: minizip expat zlib */
#include <zlib.h>

#include "base/utf8.h"
#include "xlsx/xlsx.h"

#include "bytes/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PARTS = 4, MOST = 1 << 20 };

static void hold(bool condition)
{
    if (!condition)
        abort();
}

static void put(pb_buf *out, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        pb_buf_byte(out, (char)(i < 8 ? value >> (8 * i) : 0));
}

/* One stored part and its entry of the directory (APPNOTE 4.3). */
static void add_part(pb_buf *zip, pb_buf *directory, const char *name, pb_str bytes)
{
    const uint64_t crc = crc32(0, (const Bytef *)bytes.ptr, (uInt)bytes.len);
    const size_t at = zip->len, name_len = strlen(name);
    put(zip, 0x04034b50, 4);
    put(zip, 20, 2);
    put(zip, 0, 8);
    put(zip, crc, 4);
    put(zip, bytes.len, 4);
    put(zip, bytes.len, 4);
    put(zip, name_len, 2);
    put(zip, 0, 2);
    pb_buf_addc(zip, name);
    pb_buf_add(zip, bytes);
    put(directory, 0x02014b50, 4);
    put(directory, 20 | 20 << 16, 4);
    put(directory, 0, 8);
    put(directory, crc, 4);
    put(directory, bytes.len, 4);
    put(directory, bytes.len, 4);
    put(directory, name_len, 2);
    put(directory, 0, 12);
    put(directory, at, 4);
    pb_buf_addc(directory, name);
}

static void pack(pb_str parts, pb_buf *zip)
{
    static const char *const names[PARTS] = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml",
                                             "xl/styles.xml", "xl/workbook.xml"};
    static const char relations[] =
        "<R><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
        "<Relationship Id=\"r2\" Type=\"x/sharedStrings\" Target=\"sharedStrings.xml\"/>"
        "<Relationship Id=\"r3\" Type=\"x/styles\" Target=\"styles.xml\"/></R>";
    static const char book[] = "<workbook xmlns:r=\"r\"><sheets><sheet name=\"S\" r:id=\"r1\"/>"
                               "</sheets></workbook>";
    PB_AUTO_BUF directory = PB_BUF_INIT(MOST);
    add_part(zip, &directory, "xl/_rels/workbook.xml.rels", pb_str_c(relations));
    size_t count = 1;
    pb_str one;
    for (size_t i = 0; i < PARTS && pb_str_split(&parts, 0, &one); i++, count++)
        add_part(zip, &directory, names[i], one);
    if (count < PARTS + 1)
        add_part(zip, &directory, names[PARTS - 1], pb_str_c(book));
    count += count < PARTS + 1;
    const size_t at = zip->len;
    pb_buf_add(zip, pb_buf_str(&directory));
    put(zip, 0x06054b50, 4);
    put(zip, 0, 4);
    put(zip, count, 2);
    put(zip, count, 2);
    put(zip, directory.len, 4);
    put(zip, at, 4);
    put(zip, 0, 2);
}

static uint64_t read_all(pb_str bytes, bool *ret_opened)
{
    byte_input input;
    table_reader *reader = NULL;
    uint64_t sum = 0;
    size_t width = 0, rounds = 0;
    pb_error err = {0};
    hold(bytes_of_memory(bytes, &input, NULL) == PB_OK);
    pb_status status = xlsx_open(input, "a.xlsx", PB_STR_NONE, &reader, &err);
    *ret_opened = status == PB_OK;
    hold(status == PB_OK || (err.primary.id != NULL && err.status == status));
    for (bool more = status == PB_OK; more;) {
        table_row row = {0};
        hold(rounds++ <= MOST);
        status = table_next(reader, &row, &more, &err);
        if (status == PB_INVALID) {
            hold(table_last_fault(reader)->says != NULL);
            continue;
        }
        if (status != PB_OK || !more)
            break;
        width = row.row == 0 ? row.count : width;
        hold(row.row == 0 || width == 0 || row.count == width);
        for (size_t i = 0; i < row.count; i++) {
            hold(pb_utf8_valid(row.cells[i]));
            sum = sum * 31 + pb_str_hash(row.cells[i]);
        }
    }
    table_close(reader);
    return sum * 31 + (uint64_t)status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > MOST / 2)
        return 0;
    bool first = false, second = false;
    pb_str bytes = {(const char *)data, size};
    PB_AUTO_BUF zip = PB_BUF_INIT(2 * MOST);
    if (data[0] != 'P')
        pack(bytes, &zip);
    else
        pb_buf_add(&zip, bytes);
    hold(!zip.failed);
    hold(read_all(pb_buf_str(&zip), &first) == read_all(pb_buf_str(&zip), &second));
    hold(first == second);
    return 0;
}
