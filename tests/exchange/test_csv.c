/* The CSV reader on what the wild holds. */
#include "exchange_support.h"

#include "csv_support.h"

/* All rows as `a|b;c|d`, faults as `!line`. */
static pb_str read_text(bench_room *room, pb_str text)
{
    csv_reader *reader = NULL;
    pb_error err;
    PB_AUTO_BUF out = PB_BUF_INIT(64 << 20);
    must(csv_open_bytes(text, 0, &reader, &err), &err);
    for (;;) {
        table_row row = {0};
        bool more = false;
        pb_status status = csv_next(reader, &row, &more, &err);
        if (status == PB_OK && !more)
            break;
        if (out.len > 0)
            pb_buf_byte(&out, ';');
        if (status != PB_OK) {
            assert_int_equal(status, PB_INVALID);
            assert_non_null(err.detail.id);
            assert_non_null(err.hint.id);
            pb_buf_printf(&out, "!%d", (int)csv_last_fault(reader)->line);
            continue;
        }
        for (size_t i = 0; i < row.count; i++) {
            pb_buf_addc(&out, i > 0 ? "|" : "");
            pb_buf_add(&out, row.cells[i]);
        }
    }
    assert_int_equal(csv_bytes_done(reader), text.len);
    csv_close(reader);
    pb_buf_byte(&out, 0);
    return pb_arena_str(room->arena, pb_buf_str(&out));
}

#define ASSERT_READS(literal, rows)                                                                \
    assert_string_equal(read_text(room, PB_STR(literal)).ptr, (rows))

/* shows: INT-5 */
static void test_rows_and_cells(void **state)
{
    bench_room *room = *state;
    ASSERT_READS("a,b\n1,2\n", "a|b;1|2");
    ASSERT_READS("a,b\n1,2", "a|b;1|2");
    ASSERT_READS("a,b\r\n1,2\r\n", "a|b;1|2");
    ASSERT_READS("a,b\r1,2\r", "a|b;1|2");
    ASSERT_READS("\xEF\xBB\xBF"
                 "a,b\n1,2\n",
                 "a|b;1|2");
    ASSERT_READS("a,b\n\n  \n1,2\n\n", "a|b;1|2");
    ASSERT_READS("a,b\n,\n", "a|b;|");
    ASSERT_READS("a,b\n\"x,\"\"y\"\"\nz\",2\n", "a|b;x,\"y\"\nz|2");
    ASSERT_READS("a, b , c\nrec-1, , lachlan \n", "a|b|c;rec-1||lachlan");
    ASSERT_READS("a,b\n \" x \" ,2\n", "a|b; x |2");
    ASSERT_READS("a,b\n5\" pipe,2\n", "a|b;5\" pipe|2");
    ASSERT_READS("a\n\"\"\nb\n", "a;;b");
    ASSERT_READS("", "");
}

/* shows: INT-5 */
static void test_delimiters_are_found(void **state)
{
    bench_room *room = *state;
    ASSERT_READS("a;b\n1,5;2\n3,5;4\n", "a|b;1,5|2;3,5|4");
    ASSERT_READS("a\tb\nx y\tz,w\n", "a|b;x y|z,w");
    ASSERT_READS("a|b\n1|2\n", "a|b;1|2");
    ASSERT_READS("sep=;\na;b\n1;2,3,4\n", "a|b;1|2,3,4");
    ASSERT_READS("name\n\"White, Nelson\"\n\"Mills, Smith\"\n", "name;White, Nelson;Mills, Smith");
    ASSERT_READS("a;b,c;d\n1;2,3;4\n5;6;7\n", "a|b,c|d;1|2,3|4;5|6|7");
}

/* shows: INT-5 */
static void test_utf16_becomes_utf8(void **state)
{
    bench_room *room = *state;
    ASSERT_READS("\xFF\xFE"
                 "a\0,\0b\0\n\0\x8B\x73,\0\x3D\xD8\x00\xDE\n\0",
                 "a|b;王|😀");
    ASSERT_READS("\xFE\xFF\0a\0,\0b\0\n\0c\0,\0d", "a|b;c|d");
    ASSERT_READS("\xFF\xFE"
                 "a\0\n\0\x3D\xD8\n\0b\0\n\0",
                 "a;!2;b"); /* half a surrogate pair */
}

/* shows: INT-5 */
static void test_faults_are_named_and_passed_over(void **state)
{
    bench_room *room = *state;
    ASSERT_READS("a,b\nx\0y,1\n2,3\n", "a|b;!2;2|3");
    ASSERT_READS("a,b\n\xC3(,1\n2,3\n", "a|b;!2;2|3");
    ASSERT_READS("a,b\n\"1\n2\",\"never\n3,4\n5,6\n", "a|b;!3;3|4;5|6");
    ASSERT_READS("a,b\n\"1\",\"x\"y\n3,4\n", "a|b;!2;3|4");
    ASSERT_READS("a,b\n1,2\xE2\x82", "a|b;!2");
    csv_reader *reader = NULL;
    pb_error err;
    must(csv_open_bytes(PB_STR("a,b\nx,\"y\nz\xFF\"\n"), 0, &reader, &err), &err);
    table_row row;
    bool more;
    must(csv_next(reader, &row, &more, &err), &err);
    assert_int_equal(csv_next(reader, &row, &more, &err), PB_INVALID);
    assert_int_equal(csv_last_fault(reader)->line, 3); /* of the byte, not of the row */
    assert_int_equal(csv_last_fault(reader)->found, 2);
    assert_string_equal(csv_last_fault(reader)->value, "0xFF");
    csv_close(reader);
}

/* shows: INT-5 */
static void test_limits(void **state)
{
    bench_room *room = *state;
    PB_AUTO_BUF text = PB_BUF_INIT(64 << 20);
    const size_t sizes[] = {CSV_MAX_CELL, CSV_MAX_CELL + 1, CSV_MAX_ROW + CSV_CHUNK * 8};
    for (size_t i = 0; i < 3; i++) {
        pb_buf_clear(&text);
        pb_buf_addc(&text, "a,b\n");
        memset(pb_buf_room(&text, sizes[i]), 'x', sizes[i]);
        pb_buf_addc(&text, ",2\n3,4\n");
        pb_str rows = read_text(room, pb_buf_str(&text));
        if (i == 0)
            assert_int_equal(rows.len, 3 + 1 + sizes[0] + 2 + 1 + 3 + 1);
        else
            assert_string_equal(rows.ptr, "a|b;!2;3|4");
    }
}

/* Marks that never end, one after the other: each is told, and the whole stays linear. */
/* shows: INT-5 SEC-4 */
static void test_many_open_marks_do_not_take_forever(void **state)
{
    bench_room *room = *state;
    PB_AUTO_BUF text = PB_BUF_INIT(64 << 20);
    pb_buf_addc(&text, "a,b\n");
    for (int i = 0; i < 300000; i++)
        pb_buf_addc(&text, "a\",\"\n");
    pb_str rows = read_text(room, pb_buf_str(&text));
    assert_true(pb_str_starts(rows, PB_STR("a|b;!2;!3;!4;!5;")));
}

/* shows: INT-5 */
static void test_the_hash_is_that_of_the_file(void **state)
{
    bench_room *room = *state;
    pb_error err;
    table_reader *reader = NULL;
    char *path = put_text(room, "x.csv", "abc");
    table_place place = {.path = pb_str_c(path), .name = PB_STR("x.csv"), .own = PB_STR("x.csv")};
    must(table_open(&place, &reader, &err), &err);
    table_row row;
    bool more = true;
    while (more)
        must(table_next(reader, &row, &more, &err), &err);
    static const uint8_t abc[4] = {0xba, 0x78, 0x16, 0xbf}; /* FIPS 180-4, "abc" */
    uint8_t hash[32];
    must(table_read_fingerprint(reader, &place, hash, &err), &err);
    assert_memory_equal(hash, abc, sizeof abc);
    uint8_t before[32];
    uint64_t bytes = 0;
    must(table_fingerprint(&place, before, &bytes, &err), &err);
    assert_memory_equal(hash, before, sizeof hash);
    assert_int_equal(bytes, 3);
    assert_int_equal(table_total(reader), 3);
    table_close(reader);
}

static void assert_put(const char *cell, bool guard, const char *expected)
{
    PB_AUTO_BUF out = PB_BUF_INIT(4096);
    pb_csv_put(&out, pb_str_c(cell), true, guard);
    assert_string_equal(pb_buf_cstr(&out), expected);
}

/* ASVS V1.2.10 */
/* shows: SEC-4 */
static void test_cells_are_quoted_and_guarded(void **state)
{
    (void)state;
    assert_put("plain", true, "plain");
    assert_put("a,b", true, "\"a,b\"");
    assert_put("say \"hi\"", true, "\"say \"\"hi\"\"\"");
    assert_put(" blank", true, "\" blank\"");
    assert_put("=1+1", true, "'=1+1");
    assert_put("=1+1", false, "=1+1");
    assert_put("@x", true, "'@x");
    assert_put("-5", true, "-5");
    assert_put("-1.234,50", true, "\"-1.234,50\"");
    assert_put("+49 (30) 123-45", true, "+49 (30) 123-45");
    assert_put("-2+3", true, "'-2+3");
    assert_put("+cmd", true, "'+cmd");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, room_make, room_end)
    const struct CMUnitTest tests[] = {
        CASE(test_rows_and_cells),
        CASE(test_delimiters_are_found),
        CASE(test_utf16_becomes_utf8),
        CASE(test_faults_are_named_and_passed_over),
        CASE(test_limits),
        CASE(test_many_open_marks_do_not_take_forever),
        CASE(test_the_hash_is_that_of_the_file),
        CASE(test_cells_are_quoted_and_guarded),
    };
    return cmocka_run_group_tests_name("exchange/csv", tests, NULL, NULL);
}
