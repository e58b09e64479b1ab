/* How fast a workbook is read, beside expat alone over the same XML in the same run:
 * bench_xlsx [ROWS], 60,000 rows of 10 columns by default. Figures go to standard output. */
#include <xlsxwriter.h>

#include <expat.h>
#include <minizip/unzip.h>

#include "bytes/bytes.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "xlsx/xlsx.h"

enum { ROUNDS = 7, COLUMNS = 10 };

static void need(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "bench_xlsx: %s\n", what);
        exit(1);
    }
}

static void make_book(const char *path, uint32_t rows)
{
    lxw_workbook *book = workbook_new(path);
    lxw_worksheet *sheet = workbook_add_worksheet(book, "Deals");
    lxw_format *day = workbook_add_format(book);
    format_set_num_format(day, "yyyy-mm-dd");
    char text[64];
    for (uint32_t r = 0; r <= rows; r++) {
        for (lxw_col_t c = 0; c < (lxw_col_t)COLUMNS; c++) {
            if (r == 0 || c < 5) {
                snprintf(text, sizeof text, c < 2 ? "Name %u of %u" : "Kind %u", c < 2 ? r : r % 50,
                         c);
                if (r == 0)
                    snprintf(text, sizeof text, "Column %u", c);
                worksheet_write_string(sheet, r, c, text, NULL);
            } else {
                double value = c == 9 ? 45000 + r % 900 : c == 8 ? r * 0.1 : r * c;
                worksheet_write_number(sheet, r, c, value, c == 9 ? day : NULL);
            }
        }
    }
    need(workbook_close(book) == LXW_NO_ERROR, "the workbook could not be written");
}

static char *unpack(const char *path, const char *part, size_t *ret_len)
{
    unzFile zip = unzOpen64(path);
    unz_file_info64 info;
    need(zip != NULL && unzLocateFile(zip, part, 1) == UNZ_OK, part);
    unzGetCurrentFileInfo64(zip, &info, NULL, 0, NULL, 0, NULL, 0);
    char *bytes = malloc(info.uncompressed_size);
    need(bytes != NULL && unzOpenCurrentFile(zip) == UNZ_OK, part);
    need(unzReadCurrentFile(zip, bytes, (unsigned)info.uncompressed_size) ==
             (int)info.uncompressed_size,
         part);
    unzCloseCurrentFile(zip);
    unzClose(zip);
    *ret_len = info.uncompressed_size;
    return bytes;
}

static void XMLCALL on_start(void *count, const XML_Char *name, const XML_Char **attributes)
{
    (void)name, (void)attributes;
    ++*(uint64_t *)count;
}

static void XMLCALL on_end(void *count, const XML_Char *name)
{
    (void)name;
    ++*(uint64_t *)count;
}

static void XMLCALL on_text(void *count, const XML_Char *text, int len)
{
    (void)text;
    *(uint64_t *)count += (uint64_t)len;
}

/* expat over bytes in memory, with handlers that only count. */
static void parse(const char *bytes, size_t len)
{
    uint64_t count = 0;
    XML_Parser parser = XML_ParserCreate(NULL);
    XML_SetUserData(parser, &count);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    for (size_t at = 0; at < len; at += 64 << 10) {
        size_t piece = len - at < 64 << 10 ? len - at : 64 << 10;
        need(XML_Parse(parser, bytes + at, (int)piece, at + piece == len) == XML_STATUS_OK, "XML");
    }
    XML_ParserFree(parser);
}

static uint64_t read_book(const char *path)
{
    byte_input input;
    table_reader *reader = NULL;
    uint64_t cells = 0;
    need(bytes_of_file(path, &input, NULL) == PB_OK &&
             xlsx_open(input, path, PB_STR_NONE, &reader, NULL) == PB_OK,
         "the workbook could not be opened");
    for (bool more = true; more;) {
        table_row row = {0};
        need(table_next(reader, &row, &more, NULL) == PB_OK, "a row could not be read");
        if (more)
            cells += row.count;
    }
    table_close(reader);
    return cells;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int main(int argc, char **argv)
{
    int64_t rows = 60000;
    if (argc > 1)
        need(pb_str_to_i64(pb_str_c(argv[1]), &rows) && rows > 0 && rows < 1000000, "rows");
    PB_AUTO_ARENA arena = pb_arena_new(0);
    char *folder = NULL;
    need(arena != NULL && sys_temp_dir(arena, &folder, NULL) == PB_OK, "no folder");
    char *path = sys_path_join(arena, folder, "book.xlsx");
    make_book(path, (uint32_t)rows);
    size_t sheet_len, strings_len;
    char *sheet = unpack(path, "xl/worksheets/sheet1.xml", &sheet_len);
    char *strings = unpack(path, "xl/sharedStrings.xml", &strings_len);
    int64_t expat = INT64_MAX, whole = INT64_MAX;
    uint64_t cells = 0;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t begin = sys_monotonic_us();
        parse(strings, strings_len);
        parse(sheet, sheet_len);
        int64_t middle = sys_monotonic_us();
        cells = read_book(path);
        int64_t end = sys_monotonic_us();
        expat = least(expat, middle - begin);
        whole = least(whole, end - middle);
    }
    printf("cells %llu, XML %.1f MB\nexpat alone %.3f s\nread from the ZIP %.3f s\nratio %.2f\n",
           (unsigned long long)cells, (double)(sheet_len + strings_len) / 1e6, (double)expat / 1e6,
           (double)whole / 1e6, (double)whole / (double)expat);
    free(sheet);
    free(strings);
    sys_dir_remove_tree(folder, NULL);
    return 0;
}
