/* JSON on its way in: what RFC 8259 has, and nothing else; refusals name the place. */
#include "program.h"

#include "base/buf.h"
#include "operations/json_read.h"

static const char *refusal(const char *bytes, size_t len, char *to, size_t size)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    pb_error err = {0};
    const json_value *value = NULL;
    if (http_json_read(pb_str_n(bytes, len), arena, &value, &err) == PB_OK)
        return NULL;
    assert_int_equal(err.status, PB_USAGE);
    pb_error_render(&err, &err.detail, NULL, &text);
    (void)snprintf(to, size, "%s", pb_buf_cstr(&text));
    return to;
}

/* shows: INT-1 DQ-1 */
static void what_is_no_json_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } wrong[] = {
        {"", "Line 1, column 1: there is nothing"},
        {"{\"a\":1,\n \"a\":2}", "Line 2, column 2: this key stands twice in its object"},
        {"{\"k1\":1,\"k2\":1,\"k3\":1,\"k4\":1,\"k5\":1,\"k6\":1,\"k7\":1,\"k8\":1,\"k9\":1,"
         "\"ka\":1,\"kb\":1,\"kc\":1,\"kd\":1,\"k2\":1}",
         "twice"},
        {"{\"a\" 1}", "a colon is needed"},
        {"{a:1}", "a key in double quotes is needed"},
        {"[1,]", "this is no number"},
        {"[1 2]", "a comma or the end is needed"},
        {"[1", "a comma or the end is needed"},
        {"01", "this is no number"},
        {"-", "this is no number"},
        {"1.", "this is no number"},
        {"1e", "this is no number"},
        {".5", "this is no number"},
        {"+1", "this is no number"},
        {"NaN", "this is no number"},
        {"nul", "this is no number"},
        {"true false", "something follows the value"},
        {"\"a", "does not end"},
        {"\"\\x\"", "there is no such escape"},
        {"\"\\u12g4\"", "four hexadecimal digits"},
        {"\"\\ud800\"", "half a character"},
        {"\"\\ud800\\u0041\"", "half a character"},
        {"\"\\udc00\"", "half a character"},
        {"\"\\u0000\"", "U+0000 cannot be kept"},
        {"\"a\tb\"", "a control character stands in a text"},
        {"\"a\\n\tb\"", "a control character stands in a text"},
        {"\"\xff\"", "Line 1, column 2: this is not UTF-8"},
        {"\"\xc0\x80\"", "this is not UTF-8"},
        {"\xef\xbb\xbf{}", "this is no number"},
        {"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "it is nested too deep"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char says[512];
        const char *said = refusal(wrong[i].text, strlen(wrong[i].text), says, sizeof says);
        if (said == NULL || strstr(said, wrong[i].says) == NULL)
            fail_msg("%s: “%s” instead of “%s”", wrong[i].text, said ? said : "read",
                     wrong[i].says);
    }
    char says[512];
    assert_non_null(refusal("1\0", 2, says, sizeof says));
}

/* shows: INT-1 */
static void values_stay_what_they_were(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_error err;
    const json_value *value = NULL;
    static const char text[] =
        " {\"n\": -9223372036854775808, \"d\": 1.50e+3, \"t\": \"\\u674e\\ud83d"
        "\\ude00\\n\\\"\", \"l\": [true, false, null, {}], \"\": \"李\"} ";
    assert_int_equal(http_json_read(pb_str_c(text), arena, &value, &err), PB_OK);
    assert_int_equal(value->count, 5);
    assert_true(pb_str_is(http_json_member(value, "n")->text, "-9223372036854775808"));
    assert_true(pb_str_is(http_json_member(value, "d")->text, "1.50e+3"));
    assert_true(pb_str_is(http_json_member(value, "t")->text, "李\U0001F600\n\""));
    assert_true(pb_str_is(http_json_member(value, "")->text, "李"));
    const json_value *list = http_json_member(value, "l");
    assert_int_equal(list->count, 4);
    assert_true(list->first->truth);
    assert_int_equal(list->first->next->next->kind, JSON_NULL);
    assert_null(http_json_member(value, "none"));
    assert_null(http_json_member(list, "n"));
}

/* shows: INT-1 */
static void what_was_read_is_written_as_it_was(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_BUF out = PB_BUF_INIT(1000);
    pb_error err;
    pb_json json;
    const json_value *value = NULL;
    static const char text[] = "{\"n\":-9223372036854775808,\"d\":1.50e+3,\"t\":\"李\\n\\\"\","
                               "\"l\":[true,false,null,{},[]],\"\":{\"o\":\"\"}}";
    assert_int_equal(http_json_read(pb_str_c(text), arena, &value, &err), PB_OK);
    pb_json_init(&json, &out, 0);
    http_json_put(&json, value);
    assert_string_equal(pb_buf_cstr(&out), text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_json_is_refused_with_its_place),
        cmocka_unit_test(values_stay_what_they_were),
        cmocka_unit_test(what_was_read_is_written_as_it_was),
    };
    return cmocka_run_group_tests_name("http/json_read", tests, NULL, NULL);
}
