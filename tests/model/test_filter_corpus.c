/* Replays the seeds of tests/fuzz/corpus/filter, and everything that ever broke that language. */
#include "../fuzz/fuzz_filter.c"

#include "../fuzz/replay.h"

/* shows: SEC-4 */
static void test_every_seed_is_survived(void **unused)
{
    (void)unused;
    replay_corpus("filter", 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_seed_is_survived)};
    return cmocka_run_group_tests_name("model/filter_corpus", tests, NULL, NULL);
}
