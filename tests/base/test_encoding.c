/* JSON, CBOR, UUID, hex, base64. */
#include "base/bytes.h"
#include "base/cbor.h"
#include "base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void json_keeps_commas_and_nesting(void **state)
{
    (void)state;
    static const char *const results[] = {
        "{\"a\":[1,\"x\",null,true,{}],\"b\":{\"c\":-5},\"d\":[]}",
        "{\n  \"a\": [\n    1,\n    \"x\",\n    null,\n    true,\n    {}\n  ],\n"
        "  \"b\": {\n    \"c\": -5\n  },\n  \"d\": []\n}"};
    for (int i = 0; i < 2; i++) {
        PB_AUTO_BUF out = PB_BUF_INIT(1000);
        pb_json json;
        pb_json_init(&json, &out, i * 2);
        pb_json_object(&json);
        pb_json_key(&json, "a");
        pb_json_array(&json);
        pb_json_i64(&json, 1);
        pb_json_c(&json, "x");
        if (i)
            pb_json_null(&json);
        else
            pb_json_str(&json, PB_STR_NONE);
        pb_json_bool(&json, true);
        pb_json_object(&json);
        pb_json_object_end(&json);
        pb_json_array_end(&json);
        pb_json_key(&json, "b");
        pb_json_object(&json);
        pb_json_member_i64(&json, "c", -5);
        pb_json_object_end(&json);
        pb_json_key_str(&json, PB_STR("d"));
        pb_json_array(&json);
        pb_json_array_end(&json);
        pb_json_object_end(&json);
        assert_string_equal(pb_buf_cstr(&out), results[i]);
    }
}

/* Eight bytes are looked at together: none of the 256 is taken for another, wherever it stands. */
/* shows: INT-1 */
static void json_escapes_a_byte_wherever_it_stands(void **state)
{
    (void)state;
    static const char named[] = "btn?fr";
    for (size_t at = 0; at < 18; at++)
        for (unsigned byte = 0; byte < 0x100; byte++) {
            char text[18], in_json[8], want[64];
            PB_AUTO_BUF out = PB_BUF_INIT(1000);
            pb_json json;
            memset(text, 'a' + (int)at, sizeof text);
            text[at] = (char)byte;
            if (byte == '"' || byte == '\\')
                snprintf(in_json, sizeof in_json, "\\%c", (int)byte);
            else if (byte >= 8 && byte <= 13 && byte != 11)
                snprintf(in_json, sizeof in_json, "\\%c", named[byte - 8]);
            else if (byte < 0x20)
                snprintf(in_json, sizeof in_json, "\\u%04x", byte);
            else
                snprintf(in_json, sizeof in_json, byte < 0x80 ? "%c" : "\xef\xbf\xbd", (int)byte);
            snprintf(want, sizeof want, "\"%.*s%s%.*s\"", (int)at, text, in_json,
                     (int)(sizeof text - at - 1), text + at + 1);
            pb_json_init(&json, &out, 0);
            pb_json_str(&json, pb_str_n(text, sizeof text));
            assert_string_equal(pb_buf_cstr(&out), want);
        }
}

static void json_texts_are_escaped_and_always_utf8(void **state)
{
    (void)state;
    PB_AUTO_BUF out = PB_BUF_INIT(1000);
    pb_json json;
    pb_json_init(&json, &out, 0);
    pb_json_object(&json);
    pb_json_member(&json, "q\"", PB_STR("a\\b\"\n\t\r\b\f\v\x1f\x7f 客/é"));
    pb_json_member(&json, "bad",
                   PB_STR("\xff"
                          "a\xe4\xb8z\xc3"));
    pb_json_object_end(&json);
    assert_string_equal(pb_buf_cstr(&out),
                        "{\"q\\\"\":\"a\\\\b\\\"\\n\\t\\r\\b\\f\\u000b\\u001f\x7f 客/é\","
                        "\"bad\":\"\ufffda\ufffd\ufffdz\ufffd\"}");
}

static void json_numbers_read_back_the_same(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.1, "0.1"},
                 {1.0 / 3, "0.3333333333333333"},
                 {1e300, "1e+300"},
                 {100, "100"},
                 {0.30000000000000004, "0.30000000000000004"},
                 {-2.5e-7, "-2.5e-07"},
                 {(double)NAN, "null"},
                 {(double)INFINITY, "null"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        PB_AUTO_BUF out = PB_BUF_INIT(100);
        pb_json json;
        pb_json_init(&json, &out, 0);
        pb_json_double(&json, cases[i].value);
        assert_string_equal(pb_buf_cstr(&out), cases[i].text);
    }
}

static void json_too_deep_or_ended_too_often_fails(void **state)
{
    (void)state;
    PB_AUTO_BUF out = PB_BUF_INIT(1000);
    pb_json json;
    pb_json_init(&json, &out, 0);
    for (int i = 0; i < PB_JSON_DEPTH - 1; i++)
        pb_json_array(&json);
    assert_false(out.failed);
    pb_json_array(&json);
    assert_true(out.failed);
    pb_buf_clear(&out);
    pb_json_init(&json, &out, 0);
    pb_json_array(&json);
    pb_json_array_end(&json);
    pb_json_array_end(&json);
    assert_true(out.failed);
}

static void expect_hex(pb_buf *bytes, const char *hex)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1000);
    pb_hex(&text, bytes->ptr, bytes->len);
    assert_string_equal(pb_buf_cstr(&text), hex);
    pb_buf_clear(bytes);
}

/* The examples of RFC 8949 appendix A that this subset covers. */
static void cbor_writes_the_examples_of_the_rfc(void **state)
{
    (void)state;
    static const struct {
        uint64_t value;
        const char *hex;
    } whole[] = {{0, "00"},
                 {10, "0a"},
                 {23, "17"},
                 {24, "1818"},
                 {100, "1864"},
                 {255, "18ff"},
                 {256, "190100"},
                 {1000, "1903e8"},
                 {65535, "19ffff"},
                 {65536, "1a00010000"},
                 {1000000, "1a000f4240"},
                 {4294967296, "1b0000000100000000"},
                 {1000000000000, "1b000000e8d4a51000"},
                 {UINT64_MAX, "1bffffffffffffffff"}};
    PB_AUTO_BUF out = PB_BUF_INIT(1000);
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        pb_cbor_uint(&out, whole[i].value);
        pb_cbor in = {.in = pb_buf_str(&out)};
        assert_true(pb_cbor_get_uint(&in) == whole[i].value && pb_cbor_done(&in));
        expect_hex(&out, whole[i].hex);
    }
    static const struct {
        int64_t value;
        const char *hex;
    } negative[] = {{-1, "20"},        {-10, "29"}, {-100, "3863"},
                    {-1000, "3903e7"}, {7, "07"},   {INT64_MIN, "3b7fffffffffffffff"}};
    for (size_t i = 0; i < sizeof negative / sizeof *negative; i++) {
        pb_cbor_int(&out, negative[i].value);
        pb_cbor in = {.in = pb_buf_str(&out)};
        assert_true(pb_cbor_get_int(&in) == negative[i].value && pb_cbor_done(&in));
        expect_hex(&out, negative[i].hex);
    }
    pb_cbor_double(&out, 1.1);
    expect_hex(&out, "fb3ff199999999999a");
    pb_cbor_double(&out, -4.1);
    expect_hex(&out, "fbc010666666666666");
    pb_cbor_double(&out, -(double)NAN);
    expect_hex(&out, "fb7ff8000000000000");
    pb_cbor_bytes(&out, PB_STR("\1\2\3\4"));
    expect_hex(&out, "4401020304");
    pb_cbor_text(&out, PB_STR("IETF"));
    expect_hex(&out, "6449455446");
    pb_cbor_text(&out, PB_STR("水"));
    expect_hex(&out, "63e6b0b4");
    pb_cbor_text(&out, PB_STR(""));
    expect_hex(&out, "60");
    pb_cbor_text(&out, PB_STR("\xff"));
    assert_true(out.failed);
}

static void write_sample(pb_buf *out)
{
    pb_cbor_map(out, 2);
    pb_cbor_text(out, PB_STR("a"));
    pb_cbor_array(out, 7);
    pb_cbor_value(out, PB_VALUE_NULL);
    pb_cbor_value(out, PB_VALUE_INT(-70000));
    pb_cbor_value(out, PB_VALUE_REAL(1.5));
    pb_cbor_value(out, PB_VALUE_TEXT(PB_STR("客")));
    pb_cbor_value(out, PB_VALUE_BLOB(PB_STR("\xff")));
    pb_cbor_bool(out, true);
    pb_cbor_null(out);
    pb_cbor_text(out, PB_STR("b"));
    pb_cbor_uint(out, 300);
}

static void read_sample(pb_cbor *in)
{
    static const pb_value values[] = {
        {.kind = PB_NULL},
        {.kind = PB_INT, .as.i = -70000},
        {.kind = PB_REAL, .as.r = 1.5},
        {.kind = PB_TEXT, .as.s = {"客", 3}},
        {.kind = PB_BLOB, .as.s = {"\xff", 1}},
        {.kind = PB_INT, .as.i = 1},
    };
    assert_int_equal(pb_cbor_get_map(in), 2);
    assert_true(pb_str_is(pb_cbor_get_text(in), "a"));
    assert_int_equal(pb_cbor_get_array(in), 7);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_true(pb_value_eq(pb_cbor_get_value(in), values[i]));
    pb_cbor_get_null(in);
    assert_int_equal(pb_cbor_peek(in), PB_CBOR_TEXT);
    pb_cbor_skip(in);
    assert_int_equal(pb_cbor_get_uint(in), 300);
    assert_true(pb_cbor_done(in));
}

static void cbor_comes_back(void **state)
{
    (void)state;
    PB_AUTO_BUF out = PB_BUF_INIT(1000);
    write_sample(&out);
    pb_cbor in = {.in = pb_buf_str(&out)};
    read_sample(&in);
    in = (pb_cbor){.in = pb_buf_str(&out)};
    pb_cbor_skip(&in);
    assert_true(pb_cbor_done(&in));
}

/* Each is well-formed CBOR or nearly so, and each is refused. */
static void cbor_not_in_the_one_form_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"1817",
                                      "1900ff",
                                      "1a0000ffff",
                                      "1b00000000ffffffff", /* not the shortest */
                                      "3817",
                                      "5800",
                                      "7817", /* the same for others */
                                      "1c",
                                      "1f",
                                      "5f41ff",
                                      "9fff",
                                      "bfff", /* reserved, indefinite */
                                      "c000",
                                      "f7",
                                      "f97e00",
                                      "fa47c35000",
                                      "f820", /* tag, undefined, half, single */
                                      "18",
                                      "1903",
                                      "44010203",
                                      "6261",
                                      "fb3ff1999999", /* cut short */
                                      "61ff",
                                      "62c328",
                                      "8201",
                                      "a101",
                                      "9bffffffffffffffff",
                                      "fb7ff8000000000001",
                                      "0000",
                                      "ff",
                                      ""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char bytes[16];
        size_t len = strlen(bad[i]) / 2;
        assert_true(pb_unhex(pb_str_c(bad[i]), bytes, len));
        char *exact = test_malloc(len + 1);
        memcpy(exact, bytes, len);
        pb_cbor in = {.in = pb_str_n(exact, len)};
        pb_cbor_skip(&in);
        if (pb_cbor_done(&in))
            fail_msg("%s was accepted", bad[i]);
        test_free(exact);
    }
    char deep[PB_CBOR_DEPTH + 8];
    memset(deep, 0x81, sizeof deep);
    deep[sizeof deep - 1] = 0;
    pb_cbor in = {.in = pb_str_n(deep, sizeof deep)};
    pb_cbor_skip(&in);
    assert_true(in.bad);
}

static void cbor_of_another_type_is_refused(void **state)
{
    (void)state;
    pb_cbor in = {.in = PB_STR("\x61\x61")};
    assert_int_equal(pb_cbor_get_uint(&in), 0);
    assert_true(in.bad);
    assert_int_equal(pb_cbor_peek(&in), PB_CBOR_END);
    in = (pb_cbor){.in = PB_STR("\x1b\xff\xff\xff\xff\xff\xff\xff\xff")};
    assert_int_equal(pb_cbor_get_int(&in), 0);
    assert_true(in.bad);
    in = (pb_cbor){.in = PB_STR("\xf6")};
    assert_false(pb_cbor_get_bool(&in));
    assert_true(in.bad);
    in = (pb_cbor){.in = PB_STR("\xf5")};
    pb_cbor_get_null(&in);
    assert_true(in.bad);
    in = (pb_cbor){.in = PB_STR("\x61\x61")};
    assert_null(pb_cbor_get_bytes(&in).ptr);
    in = (pb_cbor){.in = PB_STR("\x00")};
    assert_true(pb_cbor_get_double(&in) < 1 && in.bad);
}

static void uuids_sort_by_time_and_read_back(void **state)
{
    (void)state;
    static const uint8_t high[8] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    static const uint8_t low[8] = {0};
    pb_uuid last = pb_uuid_v7(1700000000000000, high);
    char text[37];
    for (int64_t us = 1700000000000001; us < 1700000000005000; us++) {
        pb_uuid id = pb_uuid_v7(us, us % 2 ? low : high);
        assert_true(memcmp(&last, &id, sizeof id) < 0);
        pb_uuid back;
        pb_uuid_text(id, text);
        assert_true(pb_uuid_parse(pb_str_c(text), &back));
        assert_memory_equal(&back, &id, sizeof id);
        assert_int_equal(text[14], '7');
        assert_non_null(strchr("89ab", text[19]));
        last = id;
    }
    /* RFC 9562 A.6: 2022-02-22T19:22:22Z. */
    pb_uuid_text(pb_uuid_v7(1645557742000000, high), text);
    assert_memory_equal(text, "017f22e2-79b0-7000-bfff-ffffffffffff", 36);
    assert_int_equal(pb_uuid_str(&last).len, 16);
    pb_uuid id;
    assert_true(pb_uuid_parse(PB_STR("017F22E2-79B0-7000-BFFF-FFFFFFFFFFFF"), &id));
    assert_false(pb_uuid_parse(PB_STR("017f22e2-79b0-7000-bfff-fffffffffff"), &id));
    assert_false(pb_uuid_parse(PB_STR("017f22e2x79b0-7000-bfff-ffffffffffff"), &id));
    assert_false(pb_uuid_parse(PB_STR("g17f22e2-79b0-7000-bfff-ffffffffffff"), &id));
}

static void hex_and_base64_come_back(void **state)
{
    (void)state;
    static const char *const rfc[][2] = {{"", ""},
                                         {"f", "Zg=="},
                                         {"fo", "Zm8="},
                                         {"foo", "Zm9v"},
                                         {"foob", "Zm9vYg=="},
                                         {"fooba", "Zm9vYmE="},
                                         {"foobar", "Zm9vYmFy"}};
    PB_AUTO_BUF out = PB_BUF_INIT(1000);
    for (size_t i = 0; i < sizeof rfc / sizeof *rfc; i++) {
        pb_buf_clear(&out);
        pb_base64(&out, rfc[i][0], strlen(rfc[i][0]));
        assert_string_equal(pb_buf_cstr(&out), rfc[i][1]);
        pb_buf_clear(&out);
        assert_true(pb_unbase64(pb_str_c(rfc[i][1]), &out));
        assert_string_equal(pb_buf_cstr(&out), rfc[i][0]);
    }
    static const char *const bad[] = {
        "Z", "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zm9v\n", "Zg==Zg==", "Zm-_", "=g=="};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(pb_unbase64(pb_str_c(bad[i]), &out));
    unsigned char all[256];
    unsigned char back[256];
    for (size_t i = 0; i < 256; i++)
        all[i] = (unsigned char)i;
    pb_buf_clear(&out);
    pb_hex(&out, all, 256);
    assert_true(pb_unhex(pb_buf_str(&out), back, 256));
    assert_memory_equal(all, back, 256);
    pb_buf_clear(&out);
    pb_base64(&out, all, 256);
    PB_AUTO_BUF raw = PB_BUF_INIT(1000);
    assert_true(pb_unbase64(pb_buf_str(&out), &raw));
    assert_int_equal(raw.len, 256);
    assert_memory_equal(raw.ptr, all, 256);
    assert_false(pb_unhex(PB_STR("0g"), back, 1) || pb_unhex(PB_STR("000"), back, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_keeps_commas_and_nesting),
        cmocka_unit_test(json_escapes_a_byte_wherever_it_stands),
        cmocka_unit_test(json_texts_are_escaped_and_always_utf8),
        cmocka_unit_test(json_numbers_read_back_the_same),
        cmocka_unit_test(json_too_deep_or_ended_too_often_fails),
        cmocka_unit_test(cbor_writes_the_examples_of_the_rfc),
        cmocka_unit_test(cbor_comes_back),
        cmocka_unit_test(cbor_not_in_the_one_form_is_refused),
        cmocka_unit_test(cbor_of_another_type_is_refused),
        cmocka_unit_test(uuids_sort_by_time_and_read_back),
        cmocka_unit_test(hex_and_base64_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
