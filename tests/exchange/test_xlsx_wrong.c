/* Workbooks that are none, that are damaged, that mean harm; and those a library writes. */
#include <xlsxwriter.h>

#include "xlsx_support.h"

/* An OLE container whose directory names one stream (MS-CFB). */
static char *put_ole(bench_room *room, const char *stream)
{
    enum { SIZE = 512 * 9 };
    char bytes[SIZE] = {0};
    memcpy(bytes, "\320\317\021\340\241\261\032\341", 8);
    bytes[30] = 9;
    const char *names[] = {"Root Entry", stream};
    for (size_t n = 0; n < 2; n++)
        for (size_t i = 0; names[n][i] != 0; i++)
            bytes[512 + 128 * n + 2 * i] = names[n][i];
    return put_file(room, "old.xls", pb_str_n(bytes, SIZE));
}

/* shows: INT-5 SEC-4 */
static void test_other_forms_say_what_to_save_them_as(void **state)
{
    bench_room *room = *state;
    assert_refused(put_ole(room, "Workbook"), PB_UNSUPPORTED, "old form (.xls)");
    assert_refused(put_ole(room, "EncryptedPackage"), PB_UNSUPPORTED, "protected by a password");
    assert_refused(put_ole(room, "WordDocument"), PB_UNSUPPORTED, "old Office program");
    assert_refused(PUT_ZIP(room, "a.ods", {"mimetype", "x"}, {"content.xml", "<a/>"}),
                   PB_UNSUPPORTED, "OpenDocument");
    assert_refused(PUT_ZIP(room, "a.xlsb", ROOT_RELS, {"xl/workbook.bin", "x"}), PB_UNSUPPORTED,
                   "binary workbook");
    assert_refused(PUT_ZIP(room, "a.docx", CONTENT_TYPES, {"word/document.xml", "<a/>"}),
                   PB_INVALID, "holds no workbook");
    assert_refused(put_text(room, "text.xlsx", "PK\003\004 but no more"), PB_INVALID, "damaged");
}

/* shows: SEC-4 */
static void test_harmful_xml_is_refused(void **state)
{
    bench_room *room = *state;
    assert_refused(PUT_BOOK(room, BOOK,
                            {"xl/worksheets/sheet1.xml",
                             "<!DOCTYPE w [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>"
                             "<worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData>"
                             "</worksheet>"}),
                   PB_CORRUPT, "document type");
    assert_refused(
        PUT_BOOK(room, BOOK, {"xl/worksheets/sheet1.xml", "<worksheet><sheetData><row>"}),
        PB_CORRUPT, "no element found");
    assert_refused(PUT_BOOK(room, BOOK), PB_INVALID, "xl/worksheets/sheet1.xml is missing");
    assert_refused(PUT_BOOK(room, BOOK_OF("", "")), PB_INVALID, "no sheet with cells");
    PB_AUTO_BUF deep = PB_BUF_INIT(1 << 20);
    for (int i = 0; i < 1000; i++)
        pb_buf_addc(&deep, "<a>");
    assert_refused(PUT_BOOK(room, BOOK, {"xl/worksheets/sheet1.xml", pb_buf_cstr(&deep)}), PB_LIMIT,
                   "nests deeper");
    PB_AUTO_BUF wide = PB_BUF_INIT(8 << 20);
    pb_buf_addc(&wide, "<worksheet a=\"");
    memset(pb_buf_room(&wide, 5 << 20), 'x', 5 << 20);
    pb_buf_addc(&wide, "\"/>");
    assert_refused(PUT_BOOK(room, BOOK, {"xl/worksheets/sheet1.xml", pb_buf_cstr(&wide)}), PB_LIMIT,
                   "holds a tag of more than");
}

/* shows: SEC-4 */
static void test_a_bomb_is_not_unpacked(void **state)
{
    bench_room *room = *state;
    enum { SIZE = 300 << 20 };
    char *blanks = malloc(SIZE + 1);
    assert_non_null(blanks);
    memset(blanks, ' ', SIZE);
    blanks[SIZE] = 0;
    char *path = PUT_BOOK(room, BOOK, {"xl/worksheets/sheet1.xml", blanks});
    free(blanks);
    assert_refused(path, PB_LIMIT, "times its size");
}

/* shows: INT-5 */
static void test_too_many_columns_reject_the_row(void **state)
{
    bench_room *room = *state;
    char *path = PUT_BOOK(room, BOOK,
                          SHEET("<row r=\"1\"><c r=\"A1\" t=\"str\"><v>a</v></c></row>"
                                "<row r=\"2\"><c r=\"XFD2\"><v>1</v></c></row>"
                                "<row r=\"3\"><c r=\"A3\"><v>2</v></c></row>"));
    assert_rows(path, NULL,
                "0:1|a\n! 2  The row has {found} columns, more than {expected}\n2:3|2\n", NULL);
    path = PUT_BOOK(room, BOOK,
                    SHEET("<row r=\"1\"><c r=\"XFD1\"><v>1</v></c></row>"
                          "<row r=\"3\"><c r=\"A3\"><v>2</v></c></row>"));
    assert_rows(path, NULL, "! 1  The row has {found} columns, more than {expected}\n1:3|2\n",
                NULL);
}

static char *write_with_library(bench_room *room, const char *name, bool streamed)
{
    char *path = sys_path_join(room->arena, room->folder, name);
    lxw_workbook_options options = {.constant_memory = streamed ? LXW_TRUE : LXW_FALSE};
    lxw_workbook *book = workbook_new_opt(path, &options);
    lxw_doc_properties made = {.created = 1700000000}; /* the same bytes on any day */
    workbook_set_properties(book, &made);
    lxw_worksheet *sheet = workbook_add_worksheet(book, "Contacts");
    lxw_format *day = workbook_add_format(book), *moment = workbook_add_format(book);
    format_set_num_format(day, "yyyy-mm-dd");
    format_set_num_format(moment, "d.m.yyyy hh:mm");
    const char *names[] = {"Full name", "Birthday", "Seen", "Amount", "Share", "Ok"};
    for (lxw_col_t c = 0; c < 6; c++)
        worksheet_write_string(sheet, 0, c, names[c], NULL);
    lxw_datetime born = {1990, 2, 28, 0, 0, 0}, seen = {2024, 12, 31, 23, 59, 59};
    worksheet_write_string(sheet, 1, 0, "李雷 <&>", NULL);
    worksheet_write_datetime(sheet, 1, 1, &born, day);
    worksheet_write_datetime(sheet, 1, 2, &seen, moment);
    worksheet_write_number(sheet, 1, 3, 0.1 + 0.2, NULL);
    worksheet_write_formula_num(sheet, 1, 4, "=D2/3", NULL, 0.1);
    worksheet_write_boolean(sheet, 1, 5, 1, NULL);
    worksheet_write_string(sheet, 3, 0, "علی رضایی", NULL);
    worksheet_write_number(sheet, 3, 3, 1e15, NULL);
    assert_int_equal(workbook_close(book), LXW_NO_ERROR);
    return path;
}

static const char library_rows[] = "0:1|Full name|Birthday|Seen|Amount|Share|Ok\n"
                                   "1:2|李雷 <&>|1990-02-28|2024-12-31T23:59:59|0.3|0.1|true\n"
                                   "2:4|علی رضایی|||1000000000000000||\n";

/* shows: INT-5 AUD-3 */
static void test_what_a_library_writes(void **state)
{
    bench_room *room = *state;
    table_facts facts;
    assert_rows(write_with_library(room, "a.xlsx", false), NULL, library_rows, &facts);
    assert_int_equal(facts.formulas, 1);
    assert_rows(write_with_library(room, "b.xlsx", true), "Contacts", library_rows, NULL);
}

/* shows: INT-5 AUD-3 */
static void test_a_workbook_is_planned_sheet_by_sheet(void **state)
{
    bench_room *room = *state;
    exchange_plan plan = plan_of(room, write_with_library(room, "crm.xlsx", false), NULL);
    assert_int_equal(plan.file_count, 1);
    const exchange_file *file = &plan.files[0];
    assert_non_null(file->entity);
    assert_string_equal(file->entity->name.ptr, "contact");
    assert_string_equal(file->form.ptr, "XLSX");
    assert_false(file->hidden);
    assert_int_equal(file->above, 0);
    assert_string_equal(became(column_named(file, "Full name")), "full_name");
    assert_string_equal(became(column_named(file, "Birthday")), "birth_date");
    char *path = PUT_ZIP(room, "a.xlsb", ROOT_RELS, {"xl/workbook.bin", "x"});
    plan = plan_of(room, path, NULL);
    assert_null(plan.files[0].entity);
    assert_true(pb_str_find(why_not(room, &plan.files[0]), PB_STR("Save it as")) != SIZE_MAX);
}

/* shows: SEC-4 */
static void test_cut_and_changed_files_end_in_an_error_or_in_rows(void **state)
{
    bench_room *room = *state;
    char *path = write_with_library(room, "d.xlsx", false);
    PB_AUTO_BUF whole = PB_BUF_INIT(1 << 20);
    pb_error err;
    must(sys_file_read(path, 1 << 20, &whole, &err), &err);
    size_t refused = 0;
    const size_t tail = whole.len - 64; /* each byte of the end record is missed */
    for (size_t i = 0; i < 2 * whole.len; i += i >= tail && i < whole.len ? 1 : 7) {
        PB_AUTO_BUF bytes = PB_BUF_INIT(1 << 20);
        pb_buf_add(&bytes, pb_buf_str(&whole));
        if (i < whole.len)
            bytes.len = i;
        else
            bytes.ptr[i - whole.len] = (char)(bytes.ptr[i - whole.len] ^ 0x55);
        byte_input input;
        table_reader *reader = NULL;
        must(bytes_of_memory(pb_buf_str(&bytes), &input, &err), &err);
        pb_status status = xlsx_open(input, "d.xlsx", PB_STR_NONE, &reader, &err);
        bool more = status == PB_OK;
        while (more) {
            table_row row;
            status = table_next(reader, &row, &more, &err);
            more = more && (status == PB_OK || status == PB_INVALID);
        }
        refused += status != PB_OK;
        assert_true(i >= whole.len || status != PB_OK);
        table_close(reader);
    }
    assert_true(refused > whole.len / 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_other_forms_say_what_to_save_them_as),
        cmocka_unit_test(test_harmful_xml_is_refused),
        cmocka_unit_test(test_a_bomb_is_not_unpacked),
        cmocka_unit_test(test_too_many_columns_reject_the_row),
        cmocka_unit_test(test_what_a_library_writes),
        cmocka_unit_test(test_a_workbook_is_planned_sheet_by_sheet),
        cmocka_unit_test(test_cut_and_changed_files_end_in_an_error_or_in_rows),
    };
    return cmocka_run_group_tests_name("exchange/xlsx_wrong", tests, room_make, room_end);
}
