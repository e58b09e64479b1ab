/* Statuses, errors, catalogues, the reader's locale. */
#include "base/catalog.h"
#include "base/error.h"
#include "base/locale.h"
#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void put32(char *to, size_t value, bool big)
{
    for (size_t i = 0; i < 4; i++)
        to[i] = (char)(value >> 8 * (big ? 3 - i : i));
}

/* A .mo file of `count` pairs, as the gettext manual describes it; ids must be in order. */
static pb_str make_mo(char *room, const pb_str pairs[][2], size_t count, bool big)
{
    size_t at = 28 + 16 * count;
    put32(room, 0x950412de, big);
    put32(room + 4, 0, big);
    put32(room + 8, count, big);
    put32(room + 12, 28, big);
    put32(room + 16, 28 + 8 * count, big);
    put32(room + 20, 0, big);
    put32(room + 24, at, big);
    for (size_t half = 0; half < 2; half++) {
        for (size_t i = 0; i < count; i++) {
            pb_str text = pairs[i][half];
            put32(room + 28 + 8 * count * half + 8 * i, text.len, big);
            put32(room + 28 + 8 * count * half + 8 * i + 4, at, big);
            memcpy(room + at, text.ptr, text.len);
            room[at + text.len] = '\0';
            at += text.len + 1;
        }
    }
    return pb_str_n(room, at);
}

/* A slice as an initialiser of something static. */
#define TEXT(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static const pb_str polish[][2] = {
    {TEXT(""),
     TEXT("Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=3; plural=(n==1 ? 0 : "
          "n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\n")},
    {TEXT("Could not read {path}"), TEXT("{path}: nie do odczytu")},
    {TEXT("file\0files"), TEXT("plik\0pliki\0plikow")},
    {TEXT("not done"), TEXT("")},
};

static void statuses_have_name_exit_and_http(void **state)
{
    (void)state;
    for (int i = 0; i < PB_STATUS_COUNT; i++) {
        assert_non_null(pb_status_name((pb_status)i));
        assert_true(strlen(pb_status_says((pb_status)i)) > 4);
        assert_int_equal(pb_status_exit((pb_status)i), i == PB_OK ? 0 : 2);
    }
    assert_string_equal(pb_status_name(PB_NOT_FOUND), "NOT_FOUND");
    assert_int_equal(pb_status_http(PB_NOT_FOUND), 404);
    assert_string_equal(pb_status_name((pb_status)1000), "UNKNOWN");
    assert_int_equal(pb_status_exit((pb_status)1000), 2);
}

/* shows: ACC-1 */
static void a_marked_argument_is_said_in_the_language_too(void **state)
{
    (void)state;
    char room[1024];
    PB_AUTO_BUF text = PB_BUF_INIT(200);
    pb_error err;
    pb_catalog *c = pb_catalog_open("pl", make_mo(room, polish, 4, false));
    assert_non_null(c);
    pb_fail(&err, PB_DENIED, "{kind} {own} {path}", PB_WORD("kind"), "file", "own", "file",
            PB_WORD("path"), "of mine", NULL);
    pb_error_render(&err, &err.primary, c, &text);
    assert_string_equal(pb_buf_cstr(&text), "plik file of mine");
    assert_true(pb_str_is(pb_error_arg(&err, "kind"), "file"));
    pb_catalog_free(c);
}

static void translations_are_found_in_either_byte_order(void **state)
{
    (void)state;
    char room[1024];
    for (int big = 0; big < 2; big++) {
        pb_catalog *c = pb_catalog_open("pl", make_mo(room, polish, 4, big));
        assert_non_null(c);
        assert_string_equal(pb_translate(c, "Could not read {path}"), "{path}: nie do odczytu");
        assert_string_equal(pb_translate(c, "unknown"), "unknown");
        assert_string_equal(pb_translate(c, "not done"), "not done");
        assert_string_equal(pb_translate(c, ""), "");
        assert_true(pb_str_is(pb_translate_str(c, PB_STR("file")), "plik"));
        assert_true(pb_catalog_has(c, PB_STR("file")) && !pb_catalog_has(c, PB_STR("not done")));
        assert_string_equal(pb_catalog_language(c), "pl");
        static const struct {
            int64_t n;
            const char *form;
        } forms[] = {{1, "plik"},    {2, "pliki"},  {5, "plikow"},
                     {12, "plikow"}, {22, "pliki"}, {0, "plikow"}};
        for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
            assert_string_equal(pb_translate_n(c, "file", "files", forms[i].n), forms[i].form);
        assert_string_equal(pb_translate_n(c, "row", "rows", 1), "row");
        assert_string_equal(pb_translate_n(c, "row", "rows", 2), "rows");
        /* from before it counted: the text of the plural serves all numbers */
        assert_string_equal(pb_translate_n(c, "one path", "Could not read {path}", 1),
                            "{path}: nie do odczytu");
        assert_null(pb_catalog_free(c));
    }
    assert_string_equal(pb_translate(NULL, "x"), "x");
    assert_string_equal(pb_catalog_language(NULL), "en");
}

/* A catalogue is bytes from outside: cut short or changed anywhere, it is refused or answers from
 * within its bounds (the sanitizer watches). */
static void damaged_catalogues_do_no_harm(void **state)
{
    (void)state;
    char whole[1024];
    pb_str mo = make_mo(whole, polish, 4, false);
    for (size_t len = 0; len < mo.len; len++) {
        char *part = len ? test_malloc(len) : NULL;
        if (len)
            memcpy(part, mo.ptr, len);
        assert_null(pb_catalog_open("pl", pb_str_n(part, len)));
        test_free(part);
    }
    for (size_t at = 0; at < mo.len; at++) {
        for (int change = 1; change < 256; change += 50) {
            char *copy = test_malloc(mo.len);
            memcpy(copy, mo.ptr, mo.len);
            copy[at] = (char)(copy[at] ^ change);
            pb_catalog *c = pb_catalog_open("pl", pb_str_n(copy, mo.len));
            if (c) {
                assert_true(strlen(pb_translate(c, "Could not read {path}")) < mo.len);
                assert_true(strlen(pb_translate_n(c, "file", "files", 3)) < mo.len);
            }
            pb_catalog_free(c);
            test_free(copy);
        }
    }
}

static void right_to_left_is_known(void **state)
{
    (void)state;
    char room[1024];
    pb_str mo = make_mo(room, polish, 4, false);
    static const struct {
        const char *language;
        bool rtl;
    } cases[] = {{"fa", true}, {"ar-EG", true}, {"zh-CN", false}, {"far", false}};
    for (size_t i = 0; i < 4; i++) {
        pb_catalog *c = pb_catalog_open(cases[i].language, mo);
        assert_int_equal(pb_catalog_rtl(c), cases[i].rtl);
        pb_catalog_free(c);
    }
    assert_false(pb_catalog_rtl(NULL));
}

static void places_are_filled_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *result;
    } cases[] = {{"{a} and {b}", "1 and 2"},
                 {"{b}{a}", "21"},
                 {"{{a}", "{a}"},
                 {"{c} {", "{c} {"},
                 {"{}", "{}"},
                 {"{a", "{a"},
                 {"", ""},
                 {"a}b", "a}b"},
                 {"{{{a}", "{1"},
                 {"{x {a}", "{x 1"}};
    pb_arg args[] = {{"a", PB_STR("1")}, {"b", PB_STR("2")}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        PB_AUTO_BUF out = PB_BUF_INIT(100);
        pb_format(&out, pb_str_c(cases[i].text), args, 2);
        assert_string_equal(pb_buf_cstr(&out), cases[i].result);
    }
}

static pb_status fails(pb_error *err)
{
    pb_status status = pb_fail(err, PB_NOT_FOUND, PB_MSG("Could not read {path}"), "path",
                               PB_ARG(PB_STR("a.csv")), NULL);
    pb_error_detail(err, PB_MSG("line {line}"), "line", PB_ARG_INT(-7), NULL);
    pb_error_hint(err, PB_MSG("Look again."), NULL);
    return status;
}

static pb_status passes_on(pb_error *err)
{
    PB_TRY(fails(err));
    return PB_OK;
}

static void an_error_has_three_parts_in_the_readers_language(void **state)
{
    (void)state;
    char room[1024];
    pb_catalog *c = pb_catalog_open("pl", make_mo(room, polish, 4, false));
    pb_error err;
    assert_int_equal(passes_on(&err), PB_NOT_FOUND);
    PB_AUTO_BUF out = PB_BUF_INIT(1000);
    pb_error_render(&err, &err.primary, NULL, &out);
    pb_buf_byte(&out, '|');
    pb_error_render(&err, &err.primary, c, &out);
    pb_buf_byte(&out, '|');
    pb_error_render(&err, &err.detail, NULL, &out);
    pb_buf_byte(&out, '|');
    pb_error_render(&err, &err.hint, NULL, &out);
    assert_string_equal(pb_buf_cstr(&out),
                        "Could not read a.csv|a.csv: nie do odczytu|line -7|Look again.");
    assert_int_equal(passes_on(NULL), PB_NOT_FOUND);
    assert_int_equal(pb_fail(&err, PB_IO, "x", NULL), PB_IO);
    assert_null(err.detail.id);
    pb_catalog_free(c);
}

static void long_values_are_cut_and_an_error_never_overflows(void **state)
{
    (void)state;
    char text[3 * 1000 + 1];
    for (size_t i = 0; i < 1000; i++)
        memcpy(text + 3 * i, "客", 4);
    pb_error err;
    pb_fail(&err, PB_INVALID, "{a}{b}{c}", "a", text, "b", text, "c", NULL, NULL);
    for (int i = 0; i < 3; i++)
        pb_error_detail(&err, "{a}{b}{c}", "a", text, "b", text, "c", text, NULL);
    PB_AUTO_BUF out = PB_BUF_INIT(10000);
    pb_error_render(&err, &err.primary, NULL, &out);
    assert_int_equal(out.len, 2 * (99 * 3));
    assert_true(pb_str_ends(pb_buf_str(&out), PB_STR("客…")));
    assert_true(err.used <= PB_ERROR_TEXT);
    assert_true(strlen(PB_ARG(pb_str_c(text))) < PB_MSG_ARG_MAX);
}

static void numbers_follow_the_language(void **state)
{
    (void)state;
    static const struct {
        const char *language;
        const char *text;
    } cases[] = {
        {"en", "8,800 -1,234.57 52% 4.2% < 0.1% > 99.9% 0% 100% 12.5% 9 Mar 2017"},
        {"zh-CN", "8,800 -1,234.57 52% 4.2% < 0.1% > 99.9% 0% 100% 12.5% 2017年3月9日"},
        {"fa", "۸٬۸۰۰ \u200e−۱٬۲۳۴٫۵۷ ۵۲٪ ۴٫۲٪ < ۰٫۱٪ > ۹۹٫۹٪ ۰٪ ۱۰۰٪ ۱۲٫۵٪ ۱۹ اسفند ۱۳۹۵"}};
    static const double shares[] = {0.52, 0.042, 0.00001, 0.99999, 0, 1};
    int64_t day = 0;
    assert_true(pb_date_parse(PB_STR("2017-03-09"), &day));
    for (size_t i = 0; i < 3; i++) {
        pb_locale *locale = pb_locale_open(cases[i].language, NULL);
        assert_non_null(locale);
        assert_string_equal(pb_locale_language(locale), cases[i].language);
        assert_null(pb_locale_catalog(locale));
        PB_AUTO_BUF out = PB_BUF_INIT(1000);
        pb_locale_int(locale, &out, 8800);
        pb_buf_byte(&out, ' ');
        pb_locale_number(locale, &out, -1234.5678, 2);
        for (size_t j = 0; j < 6; j++) {
            pb_buf_byte(&out, ' ');
            pb_locale_share(locale, &out, shares[j]);
        }
        pb_buf_byte(&out, ' ');
        pb_locale_limit(locale, &out, 0.125);
        pb_buf_byte(&out, ' ');
        pb_locale_date(locale, &out, day);
        assert_string_equal(pb_buf_cstr(&out), cases[i].text);
        pb_locale_free(locale);
    }
    assert_null(pb_locale_open("xx", NULL));
    assert_null(pb_locale_open(NULL, NULL));
}

static void order_follows_the_language(void **state)
{
    (void)state;
    pb_locale *zh = pb_locale_open("zh-CN", NULL);
    pb_locale *fa = pb_locale_open("fa", NULL);
    /* By pinyin: 北京 (bei), 上海 (shang), 重庆 (chong in names of places: ICU takes zhong or
     * chong). */
    assert_true(pb_locale_compare(zh, PB_STR("北京"), PB_STR("上海")) < 0);
    assert_true(pb_locale_compare(zh, PB_STR("张"), PB_STR("李")) > 0);
    /* Persian: پ stands between ب and ت; by code point it would come last. */
    assert_true(pb_locale_compare(fa, PB_STR("پ"), PB_STR("ت")) < 0);
    assert_true(pb_locale_compare(fa, PB_STR("ب"), PB_STR("پ")) < 0);
    assert_int_equal(pb_locale_compare(fa, PB_STR("a"), PB_STR("a")), 0);
    assert_true(pb_locale_compare(fa, PB_STR_NONE, PB_STR("a")) < 0);
    pb_locale_free(zh);
    pb_locale_free(fa);
}

/* Our calendar and ICU's, which are independent, agree on every day of two centuries. */
static void jalali_agrees_with_icu(void **state)
{
    (void)state;
    static const char *const months[] = {"فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
                                         "مهر",     "آبان",     "آذر",   "دی",  "بهمن",  "اسفند"};
    pb_locale *fa = pb_locale_open("fa", NULL);
    int64_t first = 0;
    int64_t last = 0;
    assert_true(pb_date_from_jalali(1300, 1, 1, &first) && pb_date_from_jalali(1500, 1, 1, &last));
    for (int64_t day = first; day < last; day++) {
        int year, month, date;
        PB_AUTO_BUF icu = PB_BUF_INIT(200);
        PB_AUTO_BUF own = PB_BUF_INIT(200);
        pb_date_to_jalali(day, &year, &month, &date);
        pb_locale_date(fa, &icu, day);
        pb_locale_int(fa, &own, date);
        pb_buf_printf(&own, " %s ", months[month - 1]);
        pb_locale_int(fa, &own, year / 1000);
        for (int unit = 100; unit; unit /= 10)
            pb_locale_int(fa, &own, year / unit % 10);
        assert_string_equal(pb_buf_cstr(&own), pb_buf_cstr(&icu));
    }
    pb_locale_free(fa);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses_have_name_exit_and_http),
        cmocka_unit_test(a_marked_argument_is_said_in_the_language_too),
        cmocka_unit_test(translations_are_found_in_either_byte_order),
        cmocka_unit_test(damaged_catalogues_do_no_harm),
        cmocka_unit_test(right_to_left_is_known),
        cmocka_unit_test(places_are_filled_by_name),
        cmocka_unit_test(an_error_has_three_parts_in_the_readers_language),
        cmocka_unit_test(long_values_are_cut_and_an_error_never_overflows),
        cmocka_unit_test(numbers_follow_the_language),
        cmocka_unit_test(order_follows_the_language),
        cmocka_unit_test(jalali_agrees_with_icu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
