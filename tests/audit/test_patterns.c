/* What must not stand in free text: found by its form, never shown whole; ordinary numbers are left
 * alone. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "measures/patterns.h"

typedef struct sample {
    const char *text;
    const char *masked; /* NULL: must not be found */
} sample;

static void check(pattern_kind kind, const sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        PB_AUTO_BUF masked = PB_BUF_INIT(4096);
        pb_str text = pb_str_c(samples[i].text);
        bool found = pattern_possible(text) && pattern_find(kind, text, &masked);
        if (found != (samples[i].masked != NULL))
            print_message("%s\n", samples[i].text);
        assert_int_equal(found, samples[i].masked != NULL);
        if (found)
            assert_string_equal(pb_buf_cstr(&masked), samples[i].masked);
    }
}

#define CHECK(kind, samples) check((kind), (samples), sizeof(samples) / sizeof *(samples))

/* shows: PRI-3 */
static void test_card_numbers(void **state)
{
    static const sample samples[] = {
        {"paid with 4111 1111 1111 1111 today", "…1111"},
        {"5500-0000-0000-0004", "…0004"},
        {"card:378282246310005.", "…0005"},
        {"4111 1111 1111 1112", NULL},    /* check digit */
        {"0000 0000 0000 0000", NULL},    /* nobody's */
        {"order 1234567812345670", NULL}, /* no issuer */
        {"+4915112345678901", NULL},      /* telephone */
        {"id a4111111111111111", NULL},   /* part of a code */
        {"4111111111111111b", NULL},
        {"0.4111111111111111", NULL},         /* fraction */
        {"41111111111111111111111111", NULL}, /* too long */
        {"", NULL},
    };
    (void)state;
    CHECK(PATTERN_CARD, samples);
}

/* shows: PRI-3 */
static void test_passwords(void **state)
{
    static const sample samples[] = {
        {"Password: Wasco1982", "password: ••••"},
        {"login ok, pwd=abcd", "pwd: ••••"},
        {"密码：abc12345", "密码: ••••"},
        {"password was reset: yes", NULL},
        {"password: x", NULL},
        {"he forgot the password", NULL},
        {"nopassword: abcdef", NULL},
    };
    (void)state;
    CHECK(PATTERN_PASSWORD, samples);
}

/* shows: PRI-3 */
static void test_national_ids(void **state)
{
    static const sample samples[] = {
        {"SSN 219-09-9999", "•••-••-9999"},
        {"11010519491231002X", "11••••2X"},
        {"000-12-3456", NULL},
        {"666-12-3456", NULL},
        {"219-00-9999", NULL},
        {"219-09-99991", NULL},
        {"110105194912310021", NULL}, /* check character */
        {"tel 212-555-0147", NULL},
    };
    (void)state;
    CHECK(PATTERN_NATIONAL_ID, samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_card_numbers),
        cmocka_unit_test(test_passwords),
        cmocka_unit_test(test_national_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
