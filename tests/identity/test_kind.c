/* Kinds of users as words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "identity/people.h"

/* shows: ACC-1 */
static void test_words_of_kinds(void **state)
{
    (void)state;
    for (int i = 0; i < IDENTITY_KINDS; i++) {
        identity_kind kind = IDENTITY_KINDS;
        assert_true(identity_kind_parse(pb_str_c(identity_kind_word((identity_kind)i)), &kind));
        assert_int_equal(kind, i);
    }
    identity_kind kept = IDENTITY_PORTAL;
    assert_false(identity_kind_parse(PB_STR("Person"), &kept));
    assert_false(identity_kind_parse(PB_STR(""), &kept));
    assert_int_equal(kept, IDENTITY_PORTAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words_of_kinds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
