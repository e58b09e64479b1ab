/* JSON as tables: every layout, flattening, limits, and what is wrong told by line. */
#include "exchange_support.h"

#include "json/json.h"

/* Header and rows as `a|b;c|d`, faults as `!line`. */
static pb_str read_text(bench_room *room, pb_str text)
{
    table_reader *reader = NULL;
    byte_input input = {0};
    pb_error err;
    PB_AUTO_BUF out = PB_BUF_INIT(64 << 20);
    must(bytes_of_memory(text, &input, &err), &err);
    must(json_open(input, "x.json", PB_STR_NONE, &reader, &err), &err);
    for (int64_t rows = 0;; rows++) {
        table_row row = {0};
        bool more = false;
        pb_status status = table_next(reader, &row, &more, &err);
        if (status == PB_OK && !more)
            break;
        if (out.len > 0)
            pb_buf_byte(&out, ';');
        if (status != PB_OK) {
            const table_fault *fault = table_last_fault(reader);
            assert_int_equal(status, PB_INVALID);
            assert_non_null(err.detail.id);
            assert_non_null(err.hint.id);
            assert_int_equal(fault->row, rows);
            pb_buf_printf(&out, "!%d", (int)fault->line);
            continue;
        }
        assert_int_equal(row.row, rows);
        for (size_t i = 0; i < row.count; i++) {
            pb_buf_addc(&out, i > 0 ? "|" : "");
            pb_buf_add(&out, row.cells[i]);
        }
    }
    assert_int_equal(table_done(reader), text.len);
    table_close(reader);
    pb_buf_byte(&out, 0);
    return pb_arena_str(room->arena, pb_buf_str(&out));
}

#define ASSERT_READS(literal, rows)                                                                \
    assert_string_equal(read_text(room, PB_STR(literal)).ptr, (rows))

/* shows: INT-5 */
static void test_every_layout_gives_the_same(void **state)
{
    bench_room *room = *state;
    const char *rows = "id|name;1|Ada;2|Bo";
    ASSERT_READS("{\"id\":1,\"name\":\"Ada\"}\n{\"id\":2,\"name\":\"Bo\"}\n", rows);
    ASSERT_READS("{\"id\":1,\"name\":\"Ada\"}\r\n\r\n{\"id\":2,\"name\":\"Bo\"}", rows);
    ASSERT_READS("\xEF\xBB\xBF[{\"id\":1,\"name\":\"Ada\"},{\"id\":2,\"name\":\"Bo\"}]", rows);
    ASSERT_READS("[\n  {\n \"id\": 1,\n \"name\": \"Ada\"\n },\n {\"id\":2,\"name\":\"Bo\"}\n]\n",
                 rows);
    ASSERT_READS("{\n\"id\": 1,\n\"name\": \"Ada\"\n}\n{\n\"id\": 2,\n\"name\": \"Bo\"}", rows);
    ASSERT_READS("{\"totalSize\":2,\"done\":true,\"records\":[{\"id\":1,\"name\":\"Ada\"},"
                 "{\"id\":2,\"name\":\"Bo\"}]}",
                 rows);
    ASSERT_READS("{\"paging\":{\"next\":[1]}, \"results\" : [ {\"id\":1,\"name\":\"Ada\"},\n"
                 "{\"id\":2,\"name\":\"Bo\"} ] , \"more\": {}}",
                 rows);
    ASSERT_READS("{\"data\":[\n{\"id\":1,\"name\":\"Ada\"},\n{\"id\":2,\"name\":\"Bo\"}\n]}", rows);
    ASSERT_READS("[]", "");
    ASSERT_READS("", "");
}

/* A line's own array called data is no wrapper. */
/* shows: INT-5 */
static void test_an_array_of_a_record_is_none_of_records(void **state)
{
    bench_room *room = *state;
    ASSERT_READS("{\"id\":1,\"data\":[{\"a\":5}]}\n{\"id\":2}\n", "id|data.1.a;1|5;2|");
}

/* shows: INT-5 */
static void test_columns_are_all_keys_in_order(void **state)
{
    bench_room *room = *state;
    ASSERT_READS("{\"b\":1}\n{\"a\":2,\"b\":3}\n{\"c\":4}\n", "b|a|c;1||;3|2|;||4");
}

/* shows: INT-5 */
static void test_what_is_nested_is_laid_flat(void **state)
{
    bench_room *room = *state;
    ASSERT_READS("{\"a\":{\"city\":\"K\xC3\xB6ln\",\"geo\":{\"x\":-1.50,\"y\":1E+9}},"
                 "\"t\":[\"x\",2,true,null],\"p\":[{\"n\":1},{\"n\":2,\"m\":[]}],\"e\":{},"
                 "\"mix\":[7,{\"k\":8},[9,[10]]],\"z\":null,\"f\":false}",
                 "a.city|a.geo.x|a.geo.y|t|p.1.n|p.2.n|p.2.m|mix.1.k|mix|z|f;"
                 "K\xC3\xB6ln|-1.50|1E+9|x; 2; true; |1|2||8|7; [9,[10]]||false");
    ASSERT_READS("{\"s\":\"\\u00e9\\ud83d\\ude00\\n\\\"\\/\\\\\"}",
                 "s;\xC3\xA9\xF0\x9F\x98\x80\n\"/\\");
    ASSERT_READS("{\"n\":12345678901234567890.10}", "n;12345678901234567890.10");
}

/* shows: INT-5 */
static void test_items_beyond_the_limit_stay_as_json(void **state)
{
    bench_room *room = *state;
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&text, "{\"p\":[");
    for (int i = 1; i <= JSON_MAX_ITEMS + 2; i++)
        pb_buf_printf(&text, "%s{\"n\":%d}", i > 1 ? "," : "", i);
    pb_buf_addc(&text, "]}");
    pb_str read = read_text(room, pb_buf_str(&text));
    assert_true(pb_str_find(read, PB_STR("p.20.n|p;1|2|3")) != SIZE_MAX);
    assert_true(
        pb_str_ends(pb_str_sub(read, 0, read.len - 1), PB_STR("20|{\"n\":21}; {\"n\":22}")));
}

/* shows: INT-5 SEC-4 */
static void test_broken_records_are_rejected_with_their_line(void **state)
{
    bench_room *room = *state;
    ASSERT_READS("{\"a\":1}\n{\"a\":NaN}\n{\"a\":2}\n", "a;1;!2;2");
    ASSERT_READS("{\"a\":1}\n{\"a\":01}\n{\"a\":2", "a;1;!2;!3");
    ASSERT_READS("{\"a\":1}\n{\"a\":\"\\ud800\"}\n{\"a\":\"\\u0000\"}\n", "a;1;!2;!3");
    ASSERT_READS("{\"a\":1}\n{\"a\":1,\"a\":2}\n[1]\n\"x\"\n{\"a\":1}x\n{\"a\":3,}\n",
                 "a;1;!2;!3;!4;!5;!6");
    ASSERT_READS("{\"a\":\"\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\"}\n{\"a\":\"\xFF\"}\n{'a':1}\n{\"a\":"
                 "\"x\ty\"}\n{\"a\":\"\\x\"}\n",
                 "a;\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9;!2;!3;!4;!5");
    ASSERT_READS("[{\"a\":1},\n{\"a\":\n tru},\n{\"a\":2}]", "a;1;!3;2");
    ASSERT_READS("[{\"a\":1},\n{\"a\":2,\n{\"a\":3}]", "a;1;!3");
    ASSERT_READS("[{\"a\":1},5,\"x\",{\"a\":2}]", "a;1;!1;!1;2");
}

static pb_str nested(bench_room *room, int depth)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&text, "{\"a\":");
    for (int i = 1; i < depth; i++)
        pb_buf_byte(&text, '[');
    pb_buf_byte(&text, '7');
    for (int i = 1; i < depth; i++)
        pb_buf_byte(&text, ']');
    pb_buf_addc(&text, "}\n{\"a\":8}\n");
    return read_text(room, pb_buf_str(&text));
}

/* shows: SEC-4 */
static void test_limits(void **state)
{
    bench_room *room = *state;
    assert_true(pb_str_ends(nested(room, 60), PB_STR(";8\0")));
    assert_string_equal(nested(room, 70).ptr, "a;!1;8");
    assert_string_equal(nested(room, 30000).ptr, "a;!1;8");
    PB_AUTO_BUF text = PB_BUF_INIT(64 << 20);
    for (int lines = 0; lines < 2; lines++) {
        pb_buf_clear(&text);
        pb_buf_addc(&text, lines ? "{\"a\":1}\n{\"a\":\"" : "[{\"a\":1},\n{\"a\":\"");
        for (size_t i = 0; i < JSON_MAX_RECORD + 100000; i++)
            pb_buf_byte(&text, 'x');
        pb_buf_addc(&text, lines ? "\"}\n{\"a\":2}\n" : "\"},\n{\"a\":2}]");
        assert_string_equal(read_text(room, pb_buf_str(&text)).ptr, "a;1;!2;2");
    }
    pb_buf_clear(&text);
    pb_buf_addc(&text, "{\"a\":1}\n{\"a\":\"");
    for (size_t i = 0; i < JSON_MAX_CELL + 1; i++)
        pb_buf_byte(&text, 'x');
    pb_buf_addc(&text, "\"}\n{\"a\":2}\n");
    assert_string_equal(read_text(room, pb_buf_str(&text)).ptr, "a;1;!2;2");
    pb_buf_clear(&text);
    for (int i = 0; i <= JSON_MAX_COLUMNS; i++)
        pb_buf_printf(&text, "{\"k%d\":1}\n", i);
    table_reader *reader = NULL;
    byte_input input = {0};
    pb_error err;
    must(bytes_of_memory(pb_buf_str(&text), &input, &err), &err);
    assert_int_equal(json_open(input, "x.json", PB_STR_NONE, &reader, &err), PB_LIMIT);
    assert_non_null(err.hint.id);
}

/* Text on which nothing may break, and every cut of it. */
/* shows: SEC-4 INT-5 */
static void test_any_cut_ends_well(void **state)
{
    bench_room *room = *state;
    static const char *const texts[] = {
        "{\"a\":{\"b\":[1,{\"c\":\"\\u00e9\\ud83d\\ude00\"}]},\"d\":-1.5e3}\n{\"a\":null}\n",
        "[{\"a\":{\"b\":[1,{\"c\":\"x\"}]},\"d\":-1.5e3},\n {\"a\":null}]",
        "{\"n\":[1],\"data\":[{\"a\":\"x\"},{\"a\":true}],\"z\":1}"};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (size_t len = 0; len <= strlen(texts[t]); len++)
            read_text(room, (pb_str){texts[t], len});
}

/* shows: INT-5 DQ-1 */
static void test_it_is_imported_like_any_table(void **state)
{
    bench_room *room = *state;
    const char *path = put_text(room, "contacts.json",
                                "{\"results\":[{\"id\":\"1\",\"full name\":\"Ada\",\"email\":"
                                "\"a@example.org\"},{\"id\":\"2\",\"full name\":\"Bo\"}]}");
    exchange_plan plan = plan_of(room, path, NULL);
    const exchange_file *file = &plan.files[0];
    assert_string_equal(file->entity->name.ptr, "contact");
    assert_string_equal(file->form.ptr, "JSON");
    assert_string_equal(became(column_named(file, "id")), "id");
    assert_string_equal(became(column_named(file, "email")), "email");
    path = put_text(room, "contacts.jsonl",
                    "{\"id\":1,\"address.city\":\"Bonn\",\"full name\":\"Ada\"}\n"
                    "{\"id\":2,\"full name\":\"Bo\"}\n");
    plan = plan_of(room, path, NULL);
    assert_string_equal(plan.files[0].form.ptr, "JSON Lines");
    assert_non_null(plan.files[0].entity);
    plan = plan_of(room, put_text(room, "none.json", "[]"), NULL);
    assert_true(pb_str_find(why_not(room, &plan.files[0]), PB_STR("empty")) != SIZE_MAX);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, room_make, room_end)

/* shows: INT-5 */
static void test_values_in_objects_of_their_own(void **state)
{
    bench_room *room = *state;
    ASSERT_READS(
        "{\"_id\":{\"$oid\":\"5f1\"},\"at\":{\"$date\":\"2024-01-02T03:04:05Z\"}}\n"
        "{\"_id\":{ \"$oid\" : \"5f2\" },\"at\":{\"$date\":{\"$numberLong\":\"1700000000000\"}}}\n"
        "{\"_id\":{\"$numberLong\":\"7\"},\"at\":{\"$date\":-1000}}\n",
        "_id|at;5f1|2024-01-02T03:04:05Z;5f2|2023-11-14T22:13:20Z;7|1969-12-31T23:59:59Z");
    ASSERT_READS("[{\"tags\":[{\"$oid\":\"a\"},{\"$oid\":\"b\"},\"c\"],"
                 "\"sum\":{\"$numberDecimal\":\"1.50\"}}]",
                 "tags|sum;a; b; c|1.50");
    ASSERT_READS("[{\"at\":\"\\/Date(1700000000000+0100)\\/\",\"b\":\"/Date(x)/\"}]",
                 "at|b;2023-11-14T22:13:20Z|/Date(x)/");
    /* another object is laid flat as ever */
    ASSERT_READS("[{\"at\":{\"$date\":\"x\",\"zone\":\"y\"},\"b\":{\"$date\":[1]}}]",
                 "at.$date|at.zone|b.$date;x|y|1");
    ASSERT_READS("[{\"at\":{\"$date\":{\"$oid\":{\"x\":1}}}}]", "at.$date.$oid.x;1");
    ASSERT_READS("[{\"at\":{\"$date\":\"x\"}},{\"at\":{\"$date\":tru}}]", "at;x;!1");
}

/* shows: INT-5 */
static void test_lines_with_blank_ones_and_commas_between(void **state)
{
    bench_room *room = *state;
    const char *rows = "id|name;1|Ada;2|Bo";
    ASSERT_READS("\n\n{\"id\":1,\"name\":\"Ada\"}\n\n  \t\n\r\n{\"id\":2,\"name\":\"Bo\"}\n\n\n",
                 rows);
    ASSERT_READS("{\"id\":1,\"name\":\"Ada\"},\n{\"id\":2,\"name\":\"Bo\"},\n", rows);
    ASSERT_READS("{\"id\":1,\"name\":\"Ada\"},{\"id\":2,\"name\":\"Bo\"}", rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_every_layout_gives_the_same),
        CASE(test_an_array_of_a_record_is_none_of_records),
        CASE(test_columns_are_all_keys_in_order),
        CASE(test_what_is_nested_is_laid_flat),
        CASE(test_items_beyond_the_limit_stay_as_json),
        CASE(test_broken_records_are_rejected_with_their_line),
        CASE(test_limits),
        CASE(test_any_cut_ends_well),
        CASE(test_values_in_objects_of_their_own),
        CASE(test_lines_with_blank_ones_and_commas_between),
        CASE(test_it_is_imported_like_any_table),
    };
    return cmocka_run_group_tests_name("exchange/json", tests, NULL, NULL);
}
