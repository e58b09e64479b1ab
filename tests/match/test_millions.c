/* A million rows of one name, of one name and nothing else, all equal, all empty, of one mailbox.
 */
#include "hostile.h"

/* shows: DQ-4 */
static void test_a_million(void **state)
{
    (void)state;
    hostile_all(1000000, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_million)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
