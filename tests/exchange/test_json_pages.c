/* Saved answers of interfaces: whether they hold all records, by what they say themselves. */
#include "exchange_support.h"

#include "json/json.h"

/* What the table says at its end: `key/total`, or `` when nothing is missing. */
static const char *missing(const char *text, size_t rows)
{
    static char said[128];
    table_reader *reader = NULL;
    byte_input input = {0};
    pb_error err;
    size_t met = 0;
    must(bytes_of_memory(pb_str_c(text), &input, &err), &err);
    must(json_open(input, "x.json", PB_STR_NONE, &reader, &err), &err);
    for (bool more = true; more;) {
        table_row row = {0};
        must(table_next(reader, &row, &more, &err), &err);
        met += more && row.row > 0;
    }
    table_facts facts = table_facts_of(reader);
    said[0] = 0;
    if (facts.more_by != NULL)
        snprintf(said, sizeof said, "%s/%d", facts.more_by, (int)facts.in_all);
    table_close(reader);
    assert_int_equal(met, rows);
    return said;
}

#define TWO "[{\"id\":1},{\"id\":2}]"

/* shows: INT-5 AUD-3 */
static void test_pages_of_known_interfaces(void **state)
{
    (void)state;
    assert_string_equal(missing("{\"totalSize\":250,\"done\":false,\"nextRecordsUrl\":\"/services/"
                                "data/v60.0/query/01g-200\",\"records\":" TWO "}",
                                2),
                        "totalSize/250");
    assert_string_equal(missing("{\"done\":false,\"records\":" TWO "}", 2), "done/0");
    assert_string_equal(
        missing("{\"results\":" TWO ",\"paging\":{\"next\":{\"after\":\"2\",\"link\":\"x\"}}}", 2),
        "after/0");
    assert_string_equal(missing("{\"data\":" TWO ",\"info\":{\"per_page\":2,\"count\":2,\"page\":1,"
                                "\"more_records\":true}}",
                                2),
                        "more_records/0");
    assert_string_equal(missing("{\"@odata.context\":\"c\",\"@odata.count\":5,\"value\":" TWO
                                ",\"@odata.nextLink\":\"https://x/?$skiptoken=2\"}",
                                2),
                        "@odata.count/5");
    assert_string_equal(missing("{\"success\":true,\"data\":" TWO ",\"additional_data\":"
                                "{\"pagination\":{\"start\":0,\"more_items_in_collection\":true}}}",
                                2),
                        "more_items_in_collection/0");
    assert_string_equal(missing("{\"total\":3,\"list\":" TWO "}", 2), "total/3");
    assert_string_equal(missing("{\"meta\":{\"total-pages\":4},\"data\":" TWO "}", 2),
                        "total-pages/0");
    assert_string_equal(missing("{\"links\":{\"self\":\"a\",\"next\":\"b\"},\"data\":" TWO "}", 2),
                        "next/0");
    assert_string_equal(missing("{\"count\":1024,\"next\":\"b\",\"results\":" TWO "}", 2),
                        "count/1024");
    assert_string_equal(missing("{\"has_more\":true,\"data\":" TWO "}", 2), "has_more/0");
}

/* shows: INT-5 AUD-3 */
static void test_whole_answers_say_nothing(void **state)
{
    (void)state;
    assert_string_equal(missing("{\"totalSize\":2,\"done\":true,\"records\":" TWO "}", 2), "");
    assert_string_equal(
        missing("{\"count\":2,\"next\":null,\"previous\":null,\"results\":" TWO "}", 2), "");
    assert_string_equal(
        missing("{\"data\":" TWO ",\"info\":{\"count\":2,\"more_records\":false}}", 2), "");
    assert_string_equal(missing("{\"meta\":{\"total-pages\":1,\"total\":2},\"data\":" TWO "}", 2),
                        "");
    assert_string_equal(missing("{\"paging\":{},\"has_more\":false,\"data\":" TWO "}", 2), "");
    assert_string_equal(missing(TWO, 2), "");
    /* a key of a record says nothing about the file */
    assert_string_equal(missing("{\"id\":1,\"total\":50,\"next\":\"x\"}\n{\"id\":2}\n", 2), "");
    assert_string_equal(missing("[{\"total\":9,\"has_more\":true}]", 1), "");
    assert_string_equal(missing("{\"included\":[{\"total\":9}],\"data\":" TWO "}", 2), "");
    /* behind the records something broken: what stands before it counts */
    assert_string_equal(missing("{\"data\":" TWO ",\"total\":9,\"x\":{\"y\"", 2), "total/9");
}

/* shows: INT-5 AUD-3 */
static void test_much_may_stand_behind_the_records(void **state)
{
    (void)state;
    PB_AUTO_BUF text = PB_BUF_INIT(8 << 20);
    pb_buf_addc(&text, "{\"data\":[");
    for (int i = 0; i < 40000; i++)
        pb_buf_printf(&text, "%s{\"id\":%d}", i > 0 ? "," : "", i);
    pb_buf_addc(&text, "],\"other\":\"");
    for (int i = 0; i < 30000; i++)
        pb_buf_addc(&text, "0123456789");
    pb_buf_addc(&text, "\",\"total\":50000}");
    assert_string_equal(missing(pb_buf_cstr(&text), 40000), "total/50000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages_of_known_interfaces),
        cmocka_unit_test(test_whole_answers_say_nothing),
        cmocka_unit_test(test_much_may_stand_behind_the_records),
    };
    return cmocka_run_group_tests_name("exchange/json_pages", tests, NULL, NULL);
}
