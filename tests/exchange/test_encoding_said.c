/* Encodings that a person names: on the command line, in a map file, rightly and wrongly. */
#include "exchange_support.h"

#include "bytes/text.h"

static pb_status plan_said(bench_room *room, const char *path, const char *said, const char *map,
                           exchange_plan *ret_plan, pb_error *err)
{
    exchange_options options = options_for(&path, 1);
    options.encoding = said;
    options.map_path = map;
    return exchange_plan_make(room->schema, &options, room->arena, ret_plan, err);
}

/* The first header of the file, read in that encoding. */
static void assert_header(bench_room *room, pb_str bytes, const char *said, const char *header,
                          const char *shown)
{
    exchange_plan plan = {0};
    pb_error err;
    must(plan_said(room, put_file(room, "contacts.csv", bytes), said, NULL, &plan, &err), &err);
    const exchange_file *file = &plan.files[0];
    if (file->column_count == 0)
        fail_msg("%s", why_not(room, file).ptr);
    assert_string_equal(file->columns[0].header.ptr, header);
    assert_string_equal(file->encoding.ptr, shown);
    assert_int_equal(file->sure, 100);
}

#define TEXT_OF(text)                                                                              \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }
#define BYTES(text) ((pb_str){(text), sizeof(text) - 1})

/* shows: INT-5 */
static void test_what_is_said_is_read(void **state)
{
    bench_room *room = *state;
    assert_header(room, BYTES("\xC8\xEC\xFF,Email\nx,a@b.de\n"), "windows-1251", "Имя",
                  "Windows-1251");
    assert_header(room, BYTES("\xEE\xCD\xD1,Email\nx,a@b.de\n"), "KOI8-R", "Нмя", "KOI8-R");
    assert_header(room, BYTES("\xA9\x6D\xA6\x57,Email\nx,a@b.de\n"), "big5", "姓名", "Big5");
    assert_header(room, BYTES("\x96\xBC\x91\x4F,Email\nx,a@b.de\n"), "shift-jis", "名前",
                  "Shift_JIS");
    assert_header(room, BYTES("\xE4\xC7\xE3,Email\nx,a@b.de\n"), "CP1256", "نام", "Windows-1256");
    assert_header(room, BYTES("\xD0\xD5\xC3\xFB,Email\nx,a@b.de\n"), "GB2312", "姓名", "GB18030");
    assert_header(room, BYTES("Pr\xE9nom,Email\nx,a@b.de\n"), "ISO-8859-1", "Prénom",
                  "Windows-1252");
    assert_header(room, BYTES("\xEF\xBB\xBFName,Email\nx,a@b.de\n"), "utf8", "Name",
                  "UTF-8 with BOM");
    assert_header(room, BYTES("Name,Email\nx,a@b.de\n"), "UTF-8", "Name", "UTF-8");
    assert_header(room, BYTES("\xFE\xFF\0N\0,\0E\0\n\0x\0,\0y\0\n"), "UTF-16", "N", "UTF-16 BE");
    assert_header(room, BYTES("N\0,\0E\0\n\0x\0,\0y\0\n\0"), "utf-16le", "N", "UTF-16 LE");
}

/* shows: INT-5 */
static void test_every_name_that_is_offered_can_be_read(void **state)
{
    (void)state;
    pb_str rest = pb_str_c(encoding_known()), name;
    size_t count = 0;
    while (pb_str_split(&rest, ',', &name)) {
        byte_input input;
        text_source *source = NULL;
        char out[64];
        size_t len = 0;
        pb_error err;
        text_code code = encoding_by_name(pb_str_trim(name));
        assert_int_not_equal(code, TEXT_ANY);
        bool wide = code == TEXT_UTF16 || code == TEXT_UTF16_LE;
        pb_str bytes = code == TEXT_UTF16_BE ? BYTES("\0a\0b")
                       : wide                ? BYTES("a\0b\0")
                                             : PB_STR("ab");
        must(bytes_of_memory(bytes, &input, &err), &err);
        input.code = code;
        must(text_source_new(input, TEXT_ANY, &source, &err), &err);
        must(text_source_read(source, out, sizeof out, &len, &err), &err);
        assert_true(pb_str_eq(pb_str_n(out, len), PB_STR("ab")));
        text_source_free(source);
        count++;
    }
    assert_true(count > 20);
}

/* shows: INT-5 */
static void test_an_unknown_name_is_told_with_those_that_are_known(void **state)
{
    bench_room *room = *state;
    exchange_plan plan = {0};
    pb_error err;
    PB_AUTO_BUF out = PB_BUF_INIT(65536);
    char *path = put_text(room, "contacts.csv", "Name,Email\nx,a@b.de\n");
    assert_int_equal(plan_said(room, path, "cp99", NULL, &plan, &err), PB_USAGE);
    pb_error_render(&err, &err.primary, NULL, &out);
    assert_non_null(strstr(pb_buf_cstr(&out), "cp99"));
    pb_buf_clear(&out);
    pb_error_render(&err, &err.hint, NULL, &out);
    assert_non_null(strstr(pb_buf_cstr(&out), "GB18030"));
    assert_non_null(strstr(pb_buf_cstr(&out), "EUC-KR"));
    char *map = put_text(room, "map.yaml", "files:\n  contacts.csv:\n    encoding: latin99\n");
    assert_int_equal(plan_said(room, path, NULL, map, &plan, &err), PB_INVALID);
    pb_buf_clear(&out);
    pb_error_render(&err, &err.primary, NULL, &out);
    pb_error_render(&err, &err.detail, NULL, &out);
    pb_error_render(&err, &err.hint, NULL, &out);
    assert_non_null(strstr(pb_buf_cstr(&out), "latin99"));
    assert_non_null(strstr(pb_buf_cstr(&out), "map.yaml:3:15"));
    assert_non_null(strstr(pb_buf_cstr(&out), "Windows-1256"));
}

/* shows: INT-5 */
static void test_the_map_says_it_of_one_file(void **state)
{
    bench_room *room = *state;
    exchange_plan plan = {0};
    pb_error err;
    char *folder = sys_path_join(room->arena, room->folder, "two");
    must(sys_dir_make(folder, 0700, false, &err), &err);
    put_file(room, "two/contacts.csv", BYTES("\xC8\xEC\xFF,Email\nx,a@b.de\n"));
    put_file(room, "two/leads.csv", BYTES("\xA9\x6D\xA6\x57,Email\nx,a@b.de\n"));
    char *map = put_text(room, "map.yaml", "files:\n  contacts.csv: {encoding: Windows-1251}\n");
    must(plan_said(room, folder, "Big5", map, &plan, &err), &err);
    assert_string_equal(file_named(&plan, "contacts.csv")->columns[0].header.ptr, "Имя");
    assert_string_equal(file_named(&plan, "leads.csv")->columns[0].header.ptr, "姓名");
}

/* shows: INT-5 */
static void test_what_is_said_wrongly_is_told_with_line_and_byte(void **state)
{
    static const struct {
        pb_str bytes;
        const char *said, *byte, *place;
    } cases[] = {
        {TEXT_OF("Name,\xD0\xD5\xC3\xFB\nx,a@b.de\n"), "UTF-8", "0xD0", "character 6 of line 1"},
        {TEXT_OF("Name,\xD0\xFD\n"), "Shift_JIS", "0xFD", "character 7 of line 1"},
        {TEXT_OF("Name,\x81\xFF\nx,y\n"), "GB18030", "0x81", "character 6 of line 1"},
        {TEXT_OF("N\0,\0\0\xDC\n\0"), "UTF-16LE", "0xDC", "character 3 of line 1"},
    };
    bench_room *room = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        exchange_plan plan = {0};
        pb_error err;
        char *path = put_file(room, "contacts.csv", cases[i].bytes);
        must(plan_said(room, path, cases[i].said, NULL, &plan, &err), &err);
        assert_null(plan.files[0].entity);
        const char *why = why_not(room, &plan.files[0]).ptr;
        if (strstr(why, cases[i].byte) == NULL || strstr(why, cases[i].place) == NULL)
            fail_msg("%s: %s", cases[i].said, why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_said_is_read),
        cmocka_unit_test(test_every_name_that_is_offered_can_be_read),
        cmocka_unit_test(test_an_unknown_name_is_told_with_those_that_are_known),
        cmocka_unit_test(test_the_map_says_it_of_one_file),
        cmocka_unit_test(test_what_is_said_wrongly_is_told_with_line_and_byte),
    };
    return cmocka_run_group_tests_name("exchange/encoding_said", tests, room_make, room_end);
}
