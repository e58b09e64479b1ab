/* Slices, UTF-8. */
#include "base/str.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void absent_and_empty_are_told_apart(void **state)
{
    (void)state;
    assert_null(pb_str_c(NULL).ptr);
    assert_non_null(pb_str_c("").ptr);
    assert_true(pb_str_empty(PB_STR_NONE));
    assert_true(pb_str_empty(PB_STR("")));
    assert_true(pb_str_eq(PB_STR_NONE, PB_STR("")));
}

static void order_is_that_of_bytes(void **state)
{
    (void)state;
    assert_true(pb_str_cmp(PB_STR("ab"), PB_STR("abc")) < 0);
    assert_true(pb_str_cmp(PB_STR("\xff"), PB_STR("a")) > 0);
    assert_int_equal(pb_str_cmp(PB_STR("a\0b"), PB_STR("a\0b")), 0);
    assert_true(pb_str_cmp(PB_STR("a\0b"), PB_STR("a\0c")) < 0);
    assert_true(pb_str_eq_nocase(PB_STR("AbZ[1"), PB_STR("aBz[1")));
    assert_false(pb_str_eq_nocase(PB_STR("[@"), PB_STR("{`")));
}

static void finds_parts(void **state)
{
    (void)state;
    pb_str s = PB_STR("aaab-aab-b");
    assert_int_equal(pb_str_find(s, PB_STR("aab-b")), 5);
    assert_int_equal(pb_str_find(s, PB_STR("")), 0);
    assert_true(pb_str_find(s, PB_STR("aaab-aab-b!")) == SIZE_MAX);
    assert_true(pb_str_find(PB_STR_NONE, PB_STR("a")) == SIZE_MAX);
    assert_int_equal(pb_str_index(s, '-'), 4);
    assert_int_equal(pb_str_index(s, '?'), s.len);
    assert_true(pb_str_starts(s, PB_STR("aaa")) && !pb_str_starts(PB_STR("a"), PB_STR("aa")));
    assert_true(pb_str_ends(s, PB_STR("b-b")) && !pb_str_ends(PB_STR("b"), PB_STR("bb")));
    assert_true(pb_str_is(pb_str_sub(s, 8, 100), "-b"));
    assert_int_equal(pb_str_sub(s, 100, 1).len, 0);
    assert_true(pb_str_is(pb_str_trim(PB_STR(" \t\r\n x y \v\f ")), "x y"));
    assert_int_equal(pb_str_trim(PB_STR("  ")).len, 0);
}

static void splits_keep_empty_parts(void **state)
{
    (void)state;
    const char *const parts[] = {"", "a", "", "b", ""};
    pb_str rest = PB_STR(",a,,b,");
    pb_str head = PB_STR_NONE;
    for (size_t i = 0; i < 5; i++) {
        assert_true(pb_str_split(&rest, ',', &head));
        assert_true(pb_str_is(head, parts[i]));
    }
    assert_false(pb_str_split(&rest, ',', &head));
    assert_true(pb_str_is(head, ""));
}

static void reads_whole_numbers_only(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "-",
                                      "+",
                                      "1 ",
                                      " 1",
                                      "1a",
                                      "0x1",
                                      "1.0",
                                      "--1",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999"};
    int64_t value = 77;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(pb_str_to_i64(pb_str_c(bad[i]), &value));
        assert_int_equal(value, 77);
    }
    assert_true(pb_str_to_i64(PB_STR("9223372036854775807"), &value) && value == INT64_MAX);
    assert_true(pb_str_to_i64(PB_STR("-9223372036854775808"), &value) && value == INT64_MIN);
    assert_true(pb_str_to_i64(PB_STR("+007"), &value) && value == 7);
}

static void reads_decimals_to_the_nearest_double(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } good[] = {{"0", 0.0},
                {"-0.5", -0.5},
                {".5", 0.5},
                {"5.", 5.0},
                {"1e3", 1000.0},
                {"0.1", 0.1},
                {"123456.789", 123456.789},
                {"9007199254740993", 9007199254740992.0},
                {"1.7976931348623157e308", 1.7976931348623157e308},
                {"4.9e-324", 4.9e-324},
                {"2.2250738585072011e-308", 2.2250738585072011e-308},
                {"0.000000000000000000000000000001", 1e-30},
                {"123456789012345678901234567890", 123456789012345678901234567890.0},
                {"1e-400", 0.0}};
    static const char *const bad[] = {"",    ".",    "-",     "e5", "1e", "1e+",   "1,5",   "nan",
                                      "inf", "0x10", "1.2.3", " 1", "1 ", "1e999", "1e5.0", "1f"};
    double value = 0;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        value = -1;
        assert_true(pb_str_to_double(pb_str_c(good[i].text), &value));
        assert_memory_equal(&value, &good[i].value, sizeof value);
    }
    value = 77;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(pb_str_to_double(pb_str_c(bad[i]), &value));
    assert_true(value > 76 && value < 78);
}

static void hashes_differ_with_one_bit(void **state)
{
    (void)state;
    char text[40] = {0};
    for (size_t len = 1; len <= sizeof text; len++) {
        uint64_t plain = pb_str_hash(pb_str_n(text, len));
        assert_true(plain != pb_str_hash(pb_str_n(text, len - 1)));
        for (size_t bit = 0; bit < len * 8; bit++) {
            text[bit / 8] = (char)(1 << bit % 8);
            assert_true(plain != pb_str_hash(pb_str_n(text, len)));
            text[bit / 8] = 0;
        }
    }
}

/* Every code point, and every malformed form named in RFC 3629 §3, §10. */
static void utf8_holds_every_code_point_and_nothing_else(void **state)
{
    (void)state;
    char bytes[4];
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        size_t pos = 0;
        pb_str s = pb_str_n(bytes, pb_utf8_encode(bytes, code));
        if (!pb_utf8_valid(s) || pb_utf8_next(s, &pos) != code || pos != s.len)
            fail_msg("code point U+%04X does not come back", code);
    }
    static const char *const bad[] = {"\x80",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xed\xbf\xbf",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xfe",
                                      "\xff",
                                      "\xe4\xb8",
                                      "\xf0\x9f\x98",
                                      "\xc3",
                                      "\xe4\x28\x80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t pos = 0;
        assert_int_equal(pb_utf8_first_bad(pb_str_c(bad[i])), 0);
        assert_int_equal(pb_utf8_next(pb_str_c(bad[i]), &pos), PB_UTF8_BAD);
        assert_int_equal(pos, 1);
    }
    assert_int_equal(pb_utf8_encode(bytes, 0xD800), 3);
    assert_memory_equal(bytes, "\xef\xbf\xbd", 3);
}

/* The fast path takes eight bytes at a time: a bad byte is found at every place of a long text. */
static void utf8_finds_the_first_bad_byte_anywhere(void **state)
{
    (void)state;
    char text[67];
    for (size_t at = 0; at < sizeof text; at++) {
        memset(text, 'x', sizeof text);
        assert_true(pb_utf8_valid(pb_str_n(text, sizeof text)));
        text[at] = (char)0xFF;
        assert_int_equal(pb_utf8_first_bad(pb_str_n(text, sizeof text)), at);
        text[at] = (char)0xC3; /* cut off at the end, or followed by what is no continuation */
        assert_int_equal(pb_utf8_first_bad(pb_str_n(text, sizeof text)), at);
    }
}

static void utf8_is_cut_between_code_points(void **state)
{
    (void)state;
    pb_str s = PB_STR("a客户é");
    assert_int_equal(pb_utf8_count(s), 4);
    static const size_t kept[] = {0, 1, 1, 1, 4, 4, 4, 7, 7, 9, 9};
    for (size_t max = 0; max <= 10; max++)
        assert_int_equal(pb_utf8_cut(s, max).len, kept[max]);
    assert_true(pb_code_is_han(0x5BA2) && pb_code_is_han(0x20000) && !pb_code_is_han('a'));
    assert_true(pb_code_is_arabic(0x06CC) && !pb_code_is_arabic(0x5BA2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_and_empty_are_told_apart),
        cmocka_unit_test(order_is_that_of_bytes),
        cmocka_unit_test(finds_parts),
        cmocka_unit_test(splits_keep_empty_parts),
        cmocka_unit_test(reads_whole_numbers_only),
        cmocka_unit_test(reads_decimals_to_the_nearest_double),
        cmocka_unit_test(hashes_differ_with_one_bit),
        cmocka_unit_test(utf8_holds_every_code_point_and_nothing_else),
        cmocka_unit_test(utf8_finds_the_first_bad_byte_anywhere),
        cmocka_unit_test(utf8_is_cut_between_code_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
