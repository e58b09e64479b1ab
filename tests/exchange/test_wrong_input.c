/* Wrong input of every kind: a clear error or a reason, and nothing half done. */
#include "exchange_support.h"

#include <sys/stat.h>
#include <unistd.h>

static pb_status plan_status(bench_room *room, const char *path, pb_error *err)
{
    exchange_plan plan = {0};
    exchange_options options = options_for(&path, 1);
    pb_status status = exchange_plan_make(room->schema, &options, room->arena, &plan, err);
    if (status != PB_OK)
        assert_null(plan.files);
    return status;
}

/* A file that stays out, and why. */
static void assert_left_out(bench_room *room, const char *name, pb_str bytes, const char *why)
{
    exchange_plan plan = plan_of(room, put_file(room, name, bytes), NULL);
    assert_int_equal(plan.file_count, 1);
    assert_null(plan.files[0].entity);
    pb_str says = why_not(room, &plan.files[0]);
    if (pb_str_find(says, pb_str_c(why)) == SIZE_MAX)
        print_message("%s: %s\n", name, says.ptr);
    assert_true(pb_str_find(says, pb_str_c(why)) != SIZE_MAX);
}

static void assert_names_path(const pb_error *err, const char *path)
{
    PB_AUTO_BUF out = PB_BUF_INIT(65536);
    pb_error_render(err, &err->primary, NULL, &out);
    assert_true(pb_str_find(pb_buf_str(&out), pb_str_c(path)) != SIZE_MAX);
}

/* shows: INT-5 */
static void test_a_path_that_is_not_there(void **state)
{
    bench_room *room = *state;
    pb_error err;
    char *path = sys_path_join(room->arena, room->folder, "missing.csv");
    assert_int_equal(plan_status(room, path, &err), PB_NOT_FOUND);
    assert_names_path(&err, "missing.csv");
}

/* shows: INT-5 */
static void test_a_folder_without_tables(void **state)
{
    bench_room *room = *state;
    pb_error err;
    put_text(room, "notes.txt", "hello");
    assert_int_equal(plan_status(room, room->folder, &err), PB_NOT_FOUND);
    assert_names_path(&err, room->folder);
    assert_non_null(err.hint.id);
}

/* shows: INT-5 */
static void test_what_lies_beside_the_tables_is_listed(void **state)
{
    bench_room *room = *state;
    pb_error err;
    put_text(room, "notes.txt", "hello");
    put_text(room, "contacts.csv", "id,full name\n1,Ada\n");
    must(sys_dir_make(sys_path_join(room->arena, room->folder, "old"), 0700, false, &err), &err);
    put_text(room, "old/users.csv", "id,full name\n1,Bo\n");
    put_text(room, ".hidden.csv", "id,full name\n1,Bo\n");
    assert_int_equal(symlink(room->folder, sys_path_join(room->arena, room->folder, "old/up")), 0);
    exchange_plan plan = plan_of(room, room->folder, NULL);
    assert_int_equal(plan.file_count, 5);
    assert_non_null(file_named(&plan, "contacts.csv")->entity);
    assert_true(pb_str_find(why_not(room, file_named(&plan, "notes.txt")), PB_STR("notes.txt")) ==
                0);
    assert_true(pb_str_find(why_not(room, file_named(&plan, "old/up")), PB_STR("link back")) !=
                SIZE_MAX);
    assert_true(pb_str_find(why_not(room, file_named(&plan, ".hidden.csv")), PB_STR("hidden")) !=
                SIZE_MAX);
    assert_non_null(file_named(&plan, "old/users.csv")->entity);
}

/* shows: INT-5 */
static void test_a_file_that_may_not_be_read(void **state)
{
    bench_room *room = *state;
    pb_error err;
    char *path = put_text(room, "contacts.csv", "id,full name\n1,Ada\n");
    assert_int_equal(chmod(path, 0), 0);
    if (access(path, R_OK) == 0) { /* root reads everything: a pipe's end stands for it */
        unlink(path);
        assert_int_equal(symlink("/proc/self/mem/none", path), 0);
        assert_int_not_equal(plan_status(room, path, &err), PB_OK);
    } else {
        assert_int_equal(plan_status(room, path, &err), PB_DENIED);
    }
    assert_names_path(&err, "contacts.csv");
}

/* shows: INT-5 */
static void test_files_that_are_no_tables(void **state)
{
    bench_room *room = *state;
    assert_left_out(room, "contacts.csv", PB_STR(""), "contacts.csv is empty");
    assert_left_out(room, "contacts.csv", PB_STR("\xEF\xBB\xBF"), "contacts.csv is empty");
    assert_left_out(room, "contacts.csv", PB_STR("\n\n \n"), "contacts.csv is empty");
    assert_left_out(room, "contacts.csv", PB_STR("id,full name\n"), "has a header but no rows");
    assert_left_out(room, "contacts.csv",
                    PB_STR("PK\x03\x04\x14\0\0\0\x08\0 binary \xFF\xFE\0\n1,2\n"),
                    "damaged or cut off");
    assert_left_out(room, "contacts.csv", PB_STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\n1\n"),
                    "is a document of an old Office program");
    assert_left_out(room, "contacts.csv", PB_STR("id\0x\n1,2\n"), "is not a text file");
    assert_left_out(room, "contacts.csv",
                    PB_STR("id,Stra\xDF"
                           "e\n1,\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\n"),
                    "is not in UTF-8: byte 0xDF at character 8 of line 1");
    assert_left_out(room, "contacts.csv",
                    PB_STR("id,full name\n1,Jos\xE9 M\xC3\xBC\n2,Ren\xE9 \xC3\x84\n3,Zo\xEB "
                           "\xC3\xA9\xC3\xA9\n"),
                    "is not in UTF-8: byte 0xE9 at character 6 of line 2");
    assert_left_out(room, "contacts.csv", PB_STR("\"id,full name\n1,Ada\n"),
                    "The quotation mark opened in line 1 never ends");
    assert_left_out(room, "contacts.csv",
                    PB_STR("1,ada@example.org,2020-01-01\n2,b@example.org,2020-01-02\n"),
                    "looks like data");
    assert_left_out(room, "strange.csv", PB_STR("foo\nbar\n"), "strange.csv: {entity: …}");
    assert_left_out(room, "strange.csv", PB_STR("foo,bar\n1,2\n"), "strange.csv: {entity: …}");
}

/* shows: INT-5 */
static void test_the_same_file_twice_is_read_once(void **state)
{
    bench_room *room = *state;
    put_text(room, "contacts.csv", "id,full name\n1,Ada\n");
    put_text(room, "contacts (1).csv", "id,full name\n1,Ada\n");
    exchange_plan plan = plan_of(room, room->folder, NULL);
    assert_int_equal(plan.file_count, 2);
    assert_non_null(plan.files[0].entity);
    assert_null(plan.files[1].entity);
    assert_true(pb_str_find(why_not(room, &plan.files[1]), PB_STR("the same bytes as")) !=
                SIZE_MAX);
}

/* shows: INT-5 */
static void test_one_column_is_enough(void **state)
{
    bench_room *room = *state;
    exchange_plan plan = plan_of(room, put_text(room, "x.csv", "Company name\nAcme\nBeta\n"), NULL);
    assert_non_null(plan.files[0].entity);
    assert_string_equal(became(&plan.files[0].columns[0]), "name");
}

/* shows: INT-5 */
static void test_three_thousand_columns(void **state)
{
    bench_room *room = *state;
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    for (int line = 0; line < 2; line++)
        for (int i = 0; i < 3000; i++)
            pb_buf_printf(&out, "c%d%c", i, i == 2999 ? '\n' : ',');
    assert_left_out(room, "contacts.csv", pb_buf_str(&out),
                    "The row has 3000 columns, more than 2000");
    pb_buf_clear(&out); /* 2,000 are read */
    for (int line = 0; line < 3; line++)
        for (int i = 0; i < 2000; i++)
            pb_buf_printf(&out, "%s%d%c", i == 0 ? "full name" : "c", i, i == 1999 ? '\n' : ',');
    exchange_plan plan = plan_of(room, put_file(room, "contacts.csv", pb_buf_str(&out)), NULL);
    assert_null(plan.files[0].entity); /* none of these names says anything */
}

/* shows: INT-5 */
static void test_a_cell_of_ten_megabytes(void **state)
{
    bench_room *room = *state;
    PB_AUTO_BUF out = PB_BUF_INIT(32 << 20);
    pb_buf_addc(&out, "id,full name\n");
    for (int i = 0; i < 10 << 20; i++)
        pb_buf_byte(&out, 'x');
    pb_buf_addc(&out, ",name\n");
    assert_left_out(room, "contacts.csv", pb_str_sub(pb_buf_str(&out), 13, 20 << 20),
                    "The row is longer than 8388608 bytes");
    exchange_plan plan = plan_of(room, put_file(room, "contacts.csv", pb_buf_str(&out)), NULL);
    assert_non_null(plan.files[0].entity); /* that row will be rejected, the file is a table */
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, room_make, room_end)
    const struct CMUnitTest tests[] = {
        CASE(test_a_path_that_is_not_there),
        CASE(test_a_folder_without_tables),
        CASE(test_what_lies_beside_the_tables_is_listed),
        CASE(test_a_file_that_may_not_be_read),
        CASE(test_files_that_are_no_tables),
        CASE(test_the_same_file_twice_is_read_once),
        CASE(test_one_column_is_enough),
        CASE(test_three_thousand_columns),
        CASE(test_a_cell_of_ten_megabytes),
    };
    return cmocka_run_group_tests_name("exchange/wrong_input", tests, NULL, NULL);
}
