/* ZIP archives of tables: what is in them, what is refused, and what is never believed. */
#include "exchange_support.h"

#include <zip.h>

#include "table.h"
#include "zip/zip.h"

enum { NAME_IS_UTF8 = 1 << 11 };

typedef struct member {
    const char *name;
    pb_str bytes;
    unsigned flag;
    const char *password;
} member;

/* Writes an archive into the room's folder; its path. */
static char *put_zip(bench_room *room, const char *name, const member *members, size_t count)
{
    char *path = sys_path_join(room->arena, room->folder, name);
    zipFile zip = zipOpen64(path, APPEND_STATUS_CREATE);
    assert_non_null(zip);
    zip_fileinfo about = {.tmz_date = {.tm_year = 2024, .tm_mday = 1}};
    for (size_t i = 0; i < count; i++) {
        const member *m = &members[i];
        assert_int_equal(zipOpenNewFileInZip4_64(zip, m->name, &about, NULL, 0, NULL, 0, NULL,
                                                 Z_DEFLATED, 6, 0, -MAX_WBITS, DEF_MEM_LEVEL,
                                                 Z_DEFAULT_STRATEGY, m->password, 0, 0, m->flag, 1),
                         ZIP_OK);
        assert_int_equal(zipWriteInFileInZip(zip, m->bytes.ptr, (unsigned)m->bytes.len), ZIP_OK);
        assert_int_equal(zipCloseFileInZip(zip), ZIP_OK);
    }
    assert_int_equal(zipClose(zip, NULL), ZIP_OK);
    return path;
}

#define CONTACTS PB_STR("id,full name\n1,Ada\n2,Grace\n")

static void assert_why(bench_room *room, const exchange_plan *plan, const char *name,
                       const char *says)
{
    pb_str why = why_not(room, file_named(plan, name));
    if (pb_str_find(why, pb_str_c(says)) == SIZE_MAX)
        print_message("%s: %s\n", name, why.ptr);
    assert_true(pb_str_find(why, pb_str_c(says)) != SIZE_MAX);
}

/* shows: INT-5 */
static void test_members_are_tables(void **state)
{
    bench_room *room = *state;
    const member members[] = {
        {"contacts.csv", CONTACTS, 0, NULL},
        {"crm/2024/users.csv", PB_STR("id,full name\n7,\xCD\xF5\xCE\xB0\n"), 0, NULL},
        {"crm/", PB_STR(""), 0, NULL},
        {"__MACOSX/._contacts.csv", PB_STR("x"), 0, NULL},
        {"notes.txt", PB_STR("hello"), 0, NULL},
        {"old/inner.zip", PB_STR("PK\003\004"), 0, NULL},
        {"inner.csv", PB_STR("PK\003\004 no table"), 0, NULL},
        {"../../../../tmp/evil.csv", PB_STR("id,full name\n9,Eve\n"), 0, NULL},
    };
    const char *path = put_zip(room, "export.zip", members, 8);
    exchange_plan plan = plan_of(room, path, NULL);
    assert_int_equal(plan.file_count, 7);
    const exchange_file *file = file_named(&plan, "export.zip/contacts.csv");
    assert_string_equal(file->entity->name.ptr, "contact");
    assert_string_equal(file->form.ptr, "CSV");
    assert_int_equal(file->bytes, CONTACTS.len);
    assert_string_equal(file_named(&plan, "export.zip/crm/2024/users.csv")->encoding.ptr,
                        "GB18030");
    assert_non_null(file_named(&plan, "export.zip/../../../../tmp/evil.csv")->entity);
    assert_why(room, &plan, "export.zip/__MACOSX/._contacts.csv", "operating system");
    assert_why(room, &plan, "export.zip/notes.txt", "ending of its name");
    assert_why(room, &plan, "export.zip/old/inner.zip", "ZIP archive in a ZIP archive");
    assert_why(room, &plan, "export.zip/inner.csv", "ZIP archive in a ZIP archive");
    exchange_plan again = plan_of(room, path, NULL);
    for (size_t i = 0; i < plan.file_count; i++) {
        assert_true(pb_str_eq(plan.files[i].name, again.files[i].name));
        assert_memory_equal(plan.files[i].hash, again.files[i].hash, 32);
    }
}

/* shows: INT-5 */
static void test_all_rows_come_out_and_the_hash_holds(void **state)
{
    bench_room *room = *state;
    pb_error err;
    PB_AUTO_BUF text = PB_BUF_INIT(64 << 20);
    pb_buf_addc(&text, "id,full name\n");
    for (int i = 0; i < 200000; i++)
        pb_buf_printf(&text, "%d,Ada Byron the %d.\n", i, i * 7919);
    const member members[] = {{"contacts.csv", pb_buf_str(&text), 0, NULL}};
    const char *path = put_zip(room, "big.zip", members, 1);
    table_place *places = NULL;
    size_t count = 0;
    must(table_list(path, room->arena, &places, &count, &err), &err);
    assert_int_equal(count, 1);
    uint8_t before[32], after[32];
    uint64_t bytes = 0;
    must(table_fingerprint(&places[0], before, &bytes, &err), &err);
    assert_int_equal(bytes, text.len);
    table_reader *reader = NULL;
    must(table_open(&places[0], &reader, &err), &err);
    table_row row = {0};
    bool more = true;
    int64_t rows = 0;
    while (more) {
        must(table_next(reader, &row, &more, &err), &err);
        rows += more && row.row > 0;
    }
    assert_int_equal(rows, 200000);
    must(table_read_fingerprint(reader, &places[0], after, &err), &err);
    assert_memory_equal(before, after, 32);
    assert_int_equal(table_done(reader), text.len);
    table_close(reader);
}

/* shows: INT-5 */
static void test_names_in_other_encodings(void **state)
{
    bench_room *room = *state;
    const member gbk[] = {{"\xBF\xCD\xBB\xA7/\xC1\xAA\xCF\xB5\xC8\xCB.csv", CONTACTS, 0, NULL},
                          {"\xB6\xA9\xB5\xA5.csv", CONTACTS, 0, NULL}};
    exchange_plan plan = plan_of(room, put_zip(room, "gbk.zip", gbk, 2), NULL);
    file_named(&plan, "gbk.zip/客户/联系人.csv");
    file_named(&plan, "gbk.zip/订单.csv");
    const member dos[] = {{"K\x84ufer M\x81nchen.csv", CONTACTS, 0, NULL}};
    plan = plan_of(room, put_zip(room, "dos.zip", dos, 1), NULL);
    file_named(&plan, "dos.zip/Käufer München.csv");
    const member utf8[] = {{"مشتریان.csv", CONTACTS, NAME_IS_UTF8, NULL}};
    plan = plan_of(room, put_zip(room, "utf8.zip", utf8, 1), NULL);
    file_named(&plan, "utf8.zip/مشتریان.csv");
}

/* shows: SEC-4 INT-5 */
static void test_an_encrypted_member_is_refused(void **state)
{
    bench_room *room = *state;
    const member members[] = {{"secret.csv", CONTACTS, 1, "swordfish"},
                              {"contacts.csv", CONTACTS, 0, NULL}};
    exchange_plan plan = plan_of(room, put_zip(room, "export.zip", members, 2), NULL);
    assert_why(room, &plan, "export.zip/secret.csv", "encrypted");
    assert_non_null(file_named(&plan, "export.zip/contacts.csv")->entity);
}

/* shows: SEC-4 INT-5 */
static void test_a_bomb_is_not_unpacked(void **state)
{
    bench_room *room = *state;
    const size_t size = (size_t)ZIP_RATIO_FROM + (1 << 20);
    char *zeros = malloc(size);
    memset(zeros, '0', size);
    memcpy(zeros, "id,full name\n", 13);
    const member bomb[] = {{"contacts.csv", {zeros, size}, 0, NULL},
                           {"users.csv", CONTACTS, 0, NULL}};
    exchange_plan plan = plan_of(room, put_zip(room, "bomb.zip", bomb, 2), NULL);
    free(zeros);
    assert_int_equal(plan.file_count, 1);
    assert_why(room, &plan, "bomb.zip", "more than 200 times");
    member *many = calloc(ZIP_MOST_MEMBERS + 1, sizeof *many);
    for (size_t i = 0; i <= ZIP_MOST_MEMBERS; i++)
        many[i] = (member){"a.csv", PB_STR(""), 0, NULL};
    plan = plan_of(room, put_zip(room, "many.zip", many, ZIP_MOST_MEMBERS + 1), NULL);
    free(many);
    assert_why(room, &plan, "many.zip", "It holds 10001 members, more than 10000");
}

/* Reads all tables of a path: PB_OK, or the first failure, which says why. `*ret_rows`: rows read.
 */
static pb_status read_path(const char *path, size_t *ret_rows)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_error err = {0};
    table_place *places = NULL;
    size_t count = 0;
    *ret_rows = 0;
    must(table_list(path, arena, &places, &count, &err), &err);
    assert_true(count >= 1);
    for (size_t i = 0; i < count; i++) {
        table_reader *reader = NULL;
        if (places[i].why_not != NULL)
            return PB_UNSUPPORTED;
        pb_status status = table_open(&places[i], &reader, &err);
        table_row row = {0};
        for (bool more = true; more && status == PB_OK;) {
            status = table_next(reader, &row, &more, &err);
            *ret_rows += status == PB_OK && more;
        }
        table_close(reader);
        if (status != PB_OK) {
            assert_non_null(err.primary.id);
            return status;
        }
    }
    return PB_OK;
}

/* An archive cut off anywhere, or with a byte changed, is told so or read as it is: nothing else.
 */
/* shows: SEC-4 INT-5 */
static void test_damage_is_told(void **state)
{
    bench_room *room = *state;
    pb_error err;
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    pb_buf_addc(&text, "id,full name\n");
    for (int i = 0; i < 300; i++)
        pb_buf_printf(&text, "%d,Person %d\n", i, i * i * 7919 % 1000003);
    const member members[] = {{"contacts.csv", pb_buf_str(&text), 0, NULL}};
    const char *path = put_zip(room, "whole.zip", members, 1);
    PB_AUTO_BUF whole = PB_BUF_INIT(1 << 20);
    must(sys_file_read(path, 1 << 20, &whole, &err), &err);
    const char *bad = sys_path_join(room->arena, room->folder, "bad.zip");
    size_t rows = 0, well = 0;
    for (size_t at = 0; at < whole.len; at++) {
        char kept = whole.ptr[at];
        must(sys_file_write(bad, (pb_str){whole.ptr, at}, 0600, &err), &err);
        pb_status status = read_path(bad, &rows);
        assert_true(status != PB_OK || rows <= 1 ||
                    rows == 301); /* the end has bytes nobody needs */
        whole.ptr[at] = (char)(kept ^ 0x41);
        must(sys_file_write(bad, pb_buf_str(&whole), 0600, &err), &err);
        whole.ptr[at] = kept;
        status = read_path(bad, &rows);
        well += status == PB_OK && rows == 301;
        assert_true(status != PB_OK || rows == 301 || at < 4);
    }
    assert_true(well > 0); /* the time of a member matters to nobody */
    exchange_plan plan = plan_of(room, put_file(room, "cut.zip", (pb_str){whole.ptr, 60}), NULL);
    assert_why(room, &plan, "cut.zip", "damaged or cut off");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, room_make, room_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_members_are_tables),       CASE(test_all_rows_come_out_and_the_hash_holds),
        CASE(test_names_in_other_encodings), CASE(test_an_encrypted_member_is_refused),
        CASE(test_a_bomb_is_not_unpacked),   CASE(test_damage_is_told),
    };
    return cmocka_run_group_tests_name("exchange/zip", tests, NULL, NULL);
}
