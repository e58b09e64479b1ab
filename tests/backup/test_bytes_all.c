/* Altered bytes of a backup of rows: all of them. */
#include "bytes_support.h"

/* shows: PER-3 PER-4 SEC-1 */
static void every_single_byte_is_named(void **state)
{
    (void)state;
    altered_bytes_are_named(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_single_byte_is_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
