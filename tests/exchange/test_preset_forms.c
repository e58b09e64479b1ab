/* The same export in other forms: a workbook, an archive; and what the days of deals become. */
#include "preset_support.h"

#include "table.h"

#include <xlsxwriter.h>
#include <zip.h>

/* --- workbooks and archives --- */

/* A workbook with the cells of a CSV file as text. */
static void write_book(bench_room *room, const char *from, const char *to)
{
    pb_error err;
    table_place *places = NULL;
    table_reader *reader = NULL;
    size_t count = 0;
    must(table_list(from, room->arena, &places, &count, &err), &err);
    must(table_open(&places[0], &reader, &err), &err);
    lxw_workbook *book = workbook_new(to);
    assert_non_null(book);
    lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
    table_row row;
    bool more = true;
    for (lxw_row_t r = 0; more; r++) {
        must(table_next(reader, &row, &more, &err), &err);
        for (size_t c = 0; more && c < row.count; c++)
            worksheet_write_string(sheet, r, (lxw_col_t)c, pb_arena_cstr(room->arena, row.cells[c]),
                                   NULL);
    }
    table_close(reader);
    assert_int_equal(workbook_close(book), LXW_NO_ERROR);
}

static char *without_ending(bench_room *room, pb_str name)
{
    return pb_arena_cstr(room->arena, pb_str_sub(name, 0, name.len - 4));
}

static const exchange_file *file_like(const exchange_plan *plan, pb_str part,
                                      const model_entity *entity)
{
    for (size_t i = 0; i < plan->file_count; i++)
        if (plan->files[i].entity == entity &&
            pb_str_find(plan->files[i].name, part) < plan->files[i].name.len)
            return &plan->files[i];
    fail_msg("nothing like %s in the plan", part.ptr);
    return NULL;
}

/* Every table of one plan means the same in the other. */
static void assert_same(bench_room *room, const exchange_plan *csv, const exchange_plan *other)
{
    assert_non_null(other->preset);
    assert_string_equal(other->preset->product.ptr, csv->preset->product.ptr);
    assert_int_equal(other->file_count, csv->file_count);
    for (size_t f = 0; f < csv->file_count; f++) {
        const exchange_file *a = &csv->files[f];
        const exchange_file *b =
            file_like(other, pb_str_c(without_ending(room, a->name)), a->entity);
        assert_int_equal(a->column_count, b->column_count);
        for (size_t c = 0; c < a->column_count; c++) {
            assert_string_equal(became(&a->columns[c]), became(&b->columns[c]));
            assert_int_equal(a->columns[c].how, b->columns[c].how);
        }
    }
}

/* shows: INT-3 INT-5 */
static void test_workbooks_mean_what_their_csv_means(void **state)
{
    bench_room *room = *state;
    for (size_t p = 0; p < PRODUCTS; p++) {
        pb_error err;
        pb_str *names = NULL;
        size_t count = 0;
        char *folder = fixture(room, products[p]);
        char *books = sys_path_join(room->arena, room->folder, products[p]);
        must(sys_dir_make(books, 0700, false, &err), &err);
        must(sys_dir_list(folder, room->arena, &names, &count, &err), &err);
        for (size_t i = 0; i < count; i++)
            write_book(
                room, sys_path_join(room->arena, folder, names[i].ptr),
                pb_arena_printf(room->arena, "%s/%s.xlsx", books, without_ending(room, names[i])));
        exchange_plan csv = plan_with(room, folder, NULL), xlsx = plan_with(room, books, NULL);
        assert_same(room, &csv, &xlsx);
    }
}

static void add_member(bench_room *room, zipFile zip, const char *folder, const char *name)
{
    pb_error err;
    PB_AUTO_BUF bytes = PB_BUF_INIT(1 << 20);
    zip_fileinfo about = {.tmz_date = {.tm_year = 2024, .tm_mday = 1}};
    enum { NAMES_ARE_UTF8 = 1 << 11 };
    must(sys_file_read(sys_path_join(room->arena, folder, name), 1 << 20, &bytes, &err), &err);
    assert_int_equal(zipOpenNewFileInZip4_64(zip, name, &about, NULL, 0, NULL, 0, NULL, Z_DEFLATED,
                                             6, 0, -15, 8, 0, NULL, 0, 0, NAMES_ARE_UTF8, 0),
                     ZIP_OK);
    assert_int_equal(zipWriteInFileInZip(zip, bytes.ptr, (unsigned)bytes.len), ZIP_OK);
    assert_int_equal(zipCloseFileInZip(zip), ZIP_OK);
}

/* shows: INT-3 INT-5 */
static void test_archives_mean_what_their_files_mean(void **state)
{
    bench_room *room = *state;
    for (size_t p = 0; p < PRODUCTS; p++) {
        pb_error err;
        pb_str *names = NULL;
        size_t count = 0;
        char *folder = fixture(room, products[p]);
        char *path = pb_arena_printf(room->arena, "%s/backup%zu.zip", room->folder, p);
        zipFile zip = zipOpen64(path, APPEND_STATUS_CREATE);
        assert_non_null(zip);
        must(sys_dir_list(folder, room->arena, &names, &count, &err), &err);
        for (size_t i = 0; i < count; i++)
            add_member(room, zip, folder, names[i].ptr);
        assert_int_equal(zipClose(zip, NULL), ZIP_OK);
        exchange_plan csv = plan_with(room, folder, NULL), zipped = plan_with(room, path, NULL);
        assert_same(room, &csv, &zipped);
    }
}

/* --- the days on which deals close --- */

static db_workspace *import_text(bench_room *room, const char *name, const char *text,
                                 exchange_plan *ret_plan)
{
    db_workspace *workspace = NULL;
    const char *path = put_text(room, name, text);
    exchange_options options = options_for(&path, 1);
    options.presets = presets_of(room);
    *ret_plan = imported_from(room, &options, &workspace);
    return workspace;
}

static void assert_days(bench_room *room, const char *text, int64_t closed, int64_t expected,
                        const char *product)
{
    exchange_plan plan;
    db_workspace *workspace = import_text(room, "deals.csv", text, &plan);
    if (product == NULL)
        assert_null(plan.preset);
    else
        assert_string_equal(plan.preset->product.ptr, product);
    assert_int_equal(
        asked_number(workspace, "select count(*) from opportunity where closed_on is not null"),
        closed);
    assert_int_equal(
        asked_number(workspace,
                     "select count(*) from opportunity where expected_close is not null"),
        expected);
    assert_int_equal(asked_number(workspace,
                                  "select count(*) from opportunity where closed_on is not "
                                  "null and expected_close is not null"),
                     0);
    db_workspace_close(workspace);
}

#define DEALS(header, stage, date)                                                                 \
    "Deal,Company,Owner," stage "," header "\n"                                                    \
    "One,Foo,Ann Lee,Won," date "\nTwo,Bar,Ann Lee,Negotiation," date                              \
    "\nThree,Baz,Bo Yi,Lost," date "\nFour,Qux,Bo Yi,Demo held," date "\n"

/* shows: INT-5 DQ-11 */
static void test_the_close_date_of_an_open_deal_is_expected(void **state)
{
    bench_room *room = *state;
    assert_days(room, DEALS("Close Date", "Stage", "2024-03-21"), 2, 2, NULL);
    assert_days(room, DEALS("关闭日期", "阶段", "2024-03-21"), 2, 2, NULL);
    assert_days(
        room,
        "Opportunity Owner,Account Name,Opportunity Name,Stage,Amount,Probability (%),Close "
        "Date,Created Date,Lead Source,Type\n"
        "Ann Lee,Foo,Foo 1,Closed Won,100,100,1/15/2024,1/2/2024,Web,New Business\n"
        "Bo Yi,Bar,Bar 1,Prospecting,300,10,7/25/2024,1/2/2024,Web,New Business\n",
        1, 1, "salesforce");
}

/* shows: INT-5 DQ-11 */
static void test_what_says_it_has_been_stays_a_fact(void **state)
{
    bench_room *room = *state;
    assert_days(room, DEALS("Closed on", "Stage", "2024-03-21"), 4, 0, NULL);
    assert_days(room, DEALS("Actual close date", "Stage", "2024-03-21"), 4, 0, NULL);
    assert_days(room,
                "Deal,Company,Owner,Stage,Close Date\nOne,Foo,Ann,Won,2024-03-01\n"
                "Two,Bar,Ann,Negotiation,\nThree,Baz,Bo,Proposal,\nFour,Qux,Bo,Lost,2024-04-01\n",
                2, 0, NULL);
}

static pb_str note_of(bench_room *room, const exchange_file *file, const char *header)
{
    PB_AUTO_BUF out = PB_BUF_INIT(4096);
    exchange_note(column_named(file, header), NULL, &out);
    return pb_arena_str(room->arena, pb_buf_str(&out));
}

/* shows: INT-5 AUD-3 */
static void test_where_the_days_of_open_deals_go_is_told(void **state)
{
    bench_room *room = *state;
    char *path = put_text(room, "deals.csv", DEALS("Close Date", "Stage", "2024-03-21"));
    exchange_plan plan = plan_with(room, path, NULL);
    assert_string_equal(
        note_of(room, &plan.files[0], "Close Date").ptr,
        "“Close Date” of a deal that is neither won nor lost is its expected_close");
    /* The order of these dates is assumed, which is told there: so the stage tells of the rest. */
    path = put_text(room, "deals.csv", DEALS("Close Date", "Stage", "03/04/2024"));
    plan = plan_with(room, path, NULL);
    pb_str told = note_of(room, &plan.files[0], "Stage");
    assert_true(pb_str_find(told, PB_STR("neither won nor lost")) < told.len);
    pb_str order = note_of(room, &plan.files[0], "Close Date");
    assert_true(order.len > 0 && pb_str_find(order, PB_STR("neither")) >= order.len);
}

/* shows: INT-5 */
static void test_lists_in_a_cell_lead_to_records(void **state)
{
    bench_room *room = *state;
    exchange_plan plan;
    put_text(room, "Export_Contact_2024.csv",
             "id,name,emailAddress,assignedUserName,createdAt\n"
             "a1,Ann Lee,ann@probe.example,Nora,2024-01-02 08:00:00\n"
             "a2,Bo Yi,bo@probe.example,Nora,2024-01-02 08:00:00\n");
    put_text(room, "Export_Call_2024.csv",
             "id,name,status,dateStart,contactsIds,contactsNames,assignedUserName,createdAt\n"
             "c1,Call,Held,2024-01-02 08:00:00,\"[\"\"a2\"\",\"\"a1\"\"]\",\"{\"\"a2\"\":\"\"Bo "
             "Yi\"\"}\",Nora,2024-01-02 08:00:00\n"
             "c2,Call,Held,2024-01-02 08:00:00,[],[],Nora,2024-01-02 08:00:00\n");
    db_workspace *workspace = NULL;
    const char *path = room->folder;
    exchange_options options = options_for(&path, 1);
    options.presets = presets_of(room);
    plan = imported_from(room, &options, &workspace);
    assert_string_equal(plan.preset->product.ptr, "espocrm");
    assert_int_equal(asked_number(workspace, "select count(*) from activity a join contact c on "
                                             "a.contact_id = c.id where c.full_name = 'Bo Yi'"),
                     1);
    assert_int_equal(asked_number(workspace,
                                  "select count(*) from activity where contact_ref is not "
                                  "null and contact_id is null"),
                     0);
    db_workspace_close(workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_workbooks_mean_what_their_csv_means, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_archives_mean_what_their_files_mean, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_the_close_date_of_an_open_deal_is_expected, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_what_says_it_has_been_stays_a_fact, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_where_the_days_of_open_deals_go_is_told, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_lists_in_a_cell_lead_to_records, room_make, room_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
