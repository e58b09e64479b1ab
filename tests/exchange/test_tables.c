/* Which tables a path holds: workbooks in archives in folders, and how deep one goes. */
#include "exchange_support.h"

#include <xlsxwriter.h>
#include <zip.h>

#include "table.h"

/* A workbook of two sheets, as bytes. */
static void make_book(bench_room *room, pb_buf *out)
{
    static const char *const sheets[] = {"Contacts", "Users"};
    pb_error err;
    char *path = sys_path_join(room->arena, room->folder, "made.xlsx");
    lxw_workbook *book = workbook_new(path);
    assert_non_null(book);
    for (size_t s = 0; s < 2; s++) {
        lxw_worksheet *sheet = workbook_add_worksheet(book, sheets[s]);
        worksheet_write_string(sheet, 0, 0, "id", NULL);
        worksheet_write_string(sheet, 0, 1, "full name", NULL);
        worksheet_write_number(sheet, 1, 0, 7, NULL);
        worksheet_write_string(sheet, 1, 1, s == 0 ? "Ada" : "Grace", NULL);
    }
    assert_int_equal(workbook_close(book), LXW_NO_ERROR);
    must(sys_file_read(path, 1 << 20, out, &err), &err);
    must(sys_file_remove(path, &err), &err);
}

static void zip_one(const char *path, const char *member, pb_str bytes)
{
    zipFile zip = zipOpen64(path, APPEND_STATUS_CREATE);
    zip_fileinfo about = {.tmz_date = {.tm_year = 2024, .tm_mday = 1}};
    assert_non_null(zip);
    assert_int_equal(
        zipOpenNewFileInZip(zip, member, &about, NULL, 0, NULL, 0, NULL, Z_DEFLATED, 6), ZIP_OK);
    assert_int_equal(zipWriteInFileInZip(zip, bytes.ptr, (unsigned)bytes.len), ZIP_OK);
    assert_int_equal(zipCloseFileInZip(zip), ZIP_OK);
    assert_int_equal(zipClose(zip, NULL), ZIP_OK);
}

/* shows: INT-5 */
static void test_a_workbook_in_an_archive_in_a_folder(void **state)
{
    bench_room *room = *state;
    pb_error err;
    PB_AUTO_BUF book = PB_BUF_INIT(1 << 20);
    make_book(room, &book);
    must(sys_dir_make(sys_path_join(room->arena, room->folder, "crm"), 0700, false, &err), &err);
    zip_one(sys_path_join(room->arena, room->folder, "crm/export.zip"), "2024/book.xlsx",
            pb_buf_str(&book));
    exchange_plan plan = plan_of(room, room->folder, NULL);
    assert_int_equal(plan.file_count, 2);
    const exchange_file *file = file_named(&plan, "crm/export.zip/2024/book.xlsx/Contacts");
    assert_string_equal(file->form.ptr, "XLSX");
    assert_string_equal(file->entity->name.ptr, "contact");
    const exchange_file *other = file_named(&plan, "crm/export.zip/2024/book.xlsx/Users");
    assert_string_equal(other->entity->name.ptr, "staff");
    assert_memory_not_equal(file->hash, other->hash, 32);
}

/* shows: INT-5 */
static void test_json_in_an_archive_is_read_twice(void **state)
{
    bench_room *room = *state;
    PB_AUTO_BUF text = PB_BUF_INIT(8 << 20);
    for (int i = 0; i < 20000; i++)
        pb_buf_printf(&text, "{\"id\":%d,\"full name\":\"Person the %d.\"%s}\n", i, i,
                      i == 19999 ? ",\"email\":\"a@example.org\"" : "");
    char *path = sys_path_join(room->arena, room->folder, "export.zip");
    zip_one(path, "contacts.jsonl", pb_buf_str(&text));
    exchange_plan plan = plan_of(room, path, NULL);
    const exchange_file *file = file_named(&plan, "export.zip/contacts.jsonl");
    assert_string_equal(file->form.ptr, "JSON Lines");
    assert_int_equal(file->column_count, 3);
    assert_string_equal(became(column_named(file, "email")), "email");
}

/* shows: INT-5 SEC-4 */
static void test_folders_end_at_their_depth(void **state)
{
    bench_room *room = *state;
    pb_error err;
    PB_AUTO_BUF path = PB_BUF_INIT(4096);
    PB_AUTO_BUF file = PB_BUF_INIT(4096);
    for (int depth = 1; depth <= TABLE_FOLDER_DEPTH + 1; depth++) {
        pb_buf_printf(&path, "%sd%d", depth > 1 ? "/" : "", depth);
        must(sys_dir_make(sys_path_join(room->arena, room->folder, pb_buf_cstr(&path)), 0700, false,
                          &err),
             &err);
        pb_buf_clear(&file);
        pb_buf_printf(&file, "%s/contacts.csv", pb_buf_cstr(&path));
        char *text = pb_arena_printf(room->arena, "id,full name\n%d,Ada\n", depth);
        put_text(room, pb_buf_cstr(&file), text);
    }
    exchange_plan plan = plan_of(room, room->folder, NULL);
    size_t read = 0;
    for (size_t i = 0; i < plan.file_count; i++)
        read += plan.files[i].entity != NULL;
    assert_int_equal(read, TABLE_FOLDER_DEPTH - 1);
    pb_str why = why_not(room, file_named(&plan, "d1/d2/d3/d4/d5/d6/d7/d8"));
    assert_true(pb_str_find(why, PB_STR("deeper than")) != SIZE_MAX);
}

/* Cells that a spreadsheet would run are data, whatever form they came in. */
/* shows: SEC-4 INT-5 */
static void test_formulas_are_data(void **state)
{
    bench_room *room = *state;
    pb_error err;
    static const char *const files[][2] = {
        {"contacts.csv", "id,full name\n1,=cmd|' /C calc'!A0\n2,Ada\n"},
        {"contacts.jsonl", "{\"id\":1,\"full name\":\"=cmd|' /C calc'!A0\"}\n"}};
    for (size_t i = 0; i < 2; i++) {
        table_place *places = NULL;
        table_reader *reader = NULL;
        table_row row = {0};
        size_t count = 0;
        bool more = false;
        const char *path = put_text(room, files[i][0], files[i][1]);
        must(table_list(path, room->arena, &places, &count, &err), &err);
        must(table_open(&places[0], &reader, &err), &err);
        must(table_next(reader, &row, &more, &err), &err);
        must(table_next(reader, &row, &more, &err), &err);
        assert_true(pb_str_is(row.cells[1], "=cmd|' /C calc'!A0"));
        table_close(reader);
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, room_make, room_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_workbook_in_an_archive_in_a_folder),
        CASE(test_json_in_an_archive_is_read_twice),
        CASE(test_folders_end_at_their_depth),
        CASE(test_formulas_are_data),
    };
    return cmocka_run_group_tests_name("exchange/tables", tests, NULL, NULL);
}
