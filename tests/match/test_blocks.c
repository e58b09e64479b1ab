/* Blocks beyond any cap: who stands twice among many of one name, or of one mailbox, is found, at a
 * cost that the number of rows bounds. test_millions.c does the same with a million. */
#include "hostile.h"

/* shows: DQ-4 */
static void test_hostile_lists(void **state)
{
    (void)state;
    hostile_all(60000, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_hostile_lists)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
