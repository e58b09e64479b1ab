/* Replays the seeds of tests/fuzz/corpus/values, and everything that ever broke the readers of
 * values. */
#include "../fuzz/fuzz_values.c"

#include "../fuzz/replay.h"

/* shows: SEC-4 */
static void test_every_seed_is_survived(void **unused)
{
    (void)unused;
    replay_corpus("values", 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_seed_is_survived)};
    return cmocka_run_group_tests_name("model/values_corpus", tests, NULL, NULL);
}
