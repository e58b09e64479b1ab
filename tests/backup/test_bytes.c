/* Altered bytes of a backup of rows, a few of each object. */
#include "bytes_support.h"

/* shows: PER-3 PER-4 SEC-1 */
static void a_byte_in_so_many_is_named(void **state)
{
    (void)state;
    altered_bytes_are_named(83);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_byte_in_so_many_is_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
