/* Workbooks for tests: parts written by hand into a ZIP, and rows read back as text. */
#ifndef XLSX_SUPPORT_H
#define XLSX_SUPPORT_H

#include <minizip/zip.h>

#include "bytes/bytes.h"
#include "exchange_support.h"
#include "xlsx/xlsx.h"

typedef struct zip_part {
    const char *name, *text;
} zip_part;

#define CONTENT_TYPES                                                                              \
    {                                                                                              \
        "[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/"    \
                               "content-types\"/>"                                                 \
    }
#define ROOT_RELS                                                                                  \
    {                                                                                              \
        "_rels/.rels", "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/"    \
                       "relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas."          \
                       "openxmlformats.org/officeDocument/2006/relationships/officeDocument\" "    \
                       "Target=\"xl/workbook.xml\"/></Relationships>"                              \
    }
#define BOOK_RELS                                                                                  \
    {                                                                                              \
        "xl/_rels/workbook.xml.rels",                                                              \
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/"               \
            "relationships\">"                                                                     \
            "<Relationship Id=\"r1\" Type=\"http://x/relationships/worksheet\" "                   \
            "Target=\"worksheets/sheet1.xml\"/>"                                                   \
            "<Relationship Id=\"r2\" Type=\"http://x/relationships/worksheet\" "                   \
            "Target=\"/xl/worksheets/sheet2.xml\"/>"                                               \
            "<Relationship Id=\"r3\" Type=\"http://x/relationships/sharedStrings\" "               \
            "Target=\"sharedStrings.xml\"/>"                                                       \
            "<Relationship Id=\"r4\" Type=\"http://x/relationships/styles\" "                      \
            "Target=\"styles.xml\"/>"                                                              \
            "</Relationships>"                                                                     \
    }
#define BOOK_OF(attributes, sheets)                                                                \
    {                                                                                              \
        "xl/workbook.xml", "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/"    \
                           "2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/"              \
                           "officeDocument/2006/relationships\"><workbookPr " attributes           \
                           "/><sheets>" sheets "</sheets></workbook>"                              \
    }
#define BOOK BOOK_OF("", "<sheet name=\"People\" sheetId=\"7\" r:id=\"r1\"/>")
#define SHEET(rows)                                                                                \
    {                                                                                              \
        "xl/worksheets/sheet1.xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet><"       \
                                    "sheetData>" rows "</sheetData></worksheet>"                   \
    }

/* Writes a ZIP into the room's folder; its path. */
static inline char *put_zip(bench_room *room, const char *name, const zip_part *parts, size_t count)
{
    char *path = sys_path_join(room->arena, room->folder, name);
    zipFile zip = zipOpen64(path, APPEND_STATUS_CREATE);
    assert_non_null(zip);
    for (size_t i = 0; i < count; i++) {
        zip_fileinfo info = {0};
        assert_int_equal(zipOpenNewFileInZip64(zip, parts[i].name, &info, NULL, 0, NULL, 0, NULL,
                                               Z_DEFLATED, 6, 1),
                         ZIP_OK);
        assert_int_equal(zipWriteInFileInZip(zip, parts[i].text, (unsigned)strlen(parts[i].text)),
                         ZIP_OK);
        assert_int_equal(zipCloseFileInZip(zip), ZIP_OK);
    }
    assert_int_equal(zipClose(zip, NULL), ZIP_OK);
    return path;
}

#define PUT_ZIP(room, name, ...)                                                                   \
    put_zip((room), (name), (const zip_part[]){__VA_ARGS__},                                       \
            sizeof((const zip_part[]){__VA_ARGS__}) / sizeof(zip_part))
#define PUT_BOOK(room, ...)                                                                        \
    PUT_ZIP((room), "book.xlsx", CONTENT_TYPES, ROOT_RELS, BOOK_RELS, __VA_ARGS__)

/* Adds the rows of a table as lines with | between cells; a rejected row as `! line message`. */
static inline void dump_rows(table_reader *reader, pb_buf *out)
{
    for (;;) {
        table_row row;
        bool more = false;
        pb_error err;
        pb_status status = table_next(reader, &row, &more, &err);
        if (status == PB_INVALID) {
            const table_fault *fault = table_last_fault(reader);
            pb_buf_printf(out, "! %lld %s %s\n", (long long)fault->line, fault->value, fault->says);
            continue;
        }
        must(status, &err);
        if (!more)
            return;
        pb_buf_printf(out, "%lld:%lld", (long long)row.row, (long long)row.line);
        for (size_t i = 0; i < row.count; i++) {
            pb_buf_byte(out, '|');
            pb_buf_add(out, row.cells[i]);
        }
        pb_buf_byte(out, '\n');
    }
}

/* Opens a sheet of a file; NULL: its first. */
static inline pb_status open_book(const char *path, const char *sheet, table_reader **ret,
                                  pb_error *err)
{
    byte_input input;
    must(bytes_of_file(path, &input, err), err);
    return xlsx_open(input, "book.xlsx", pb_str_c(sheet), ret, err);
}

static inline void assert_rows(const char *path, const char *sheet, const char *expected,
                               table_facts *ret_facts)
{
    PB_AUTO_BUF out = PB_BUF_INIT(64 << 20);
    pb_error err;
    table_reader *reader = NULL;
    must(open_book(path, sheet, &reader, &err), &err);
    dump_rows(reader, &out);
    if (ret_facts != NULL)
        *ret_facts = table_facts_of(reader);
    table_close(reader);
    assert_string_equal(pb_buf_cstr(&out), expected);
}

/* Says why a workbook is refused: status and the first two parts of the error. */
static inline void assert_refused(const char *path, pb_status status, const char *says)
{
    PB_AUTO_BUF out = PB_BUF_INIT(65536);
    pb_error err;
    table_reader *reader = NULL;
    pb_status found = open_book(path, NULL, &reader, &err);
    table_close(reader);
    assert_int_not_equal(found, PB_OK);
    pb_error_render(&err, &err.primary, NULL, &out);
    pb_buf_byte(&out, ' ');
    pb_error_render(&err, &err.detail, NULL, &out);
    if (strstr(pb_buf_cstr(&out), says) == NULL)
        fail_msg("“%s” does not say “%s”", pb_buf_cstr(&out), says);
    assert_int_equal(found, status);
}

#endif
