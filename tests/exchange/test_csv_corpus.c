/* Replays the seeds of tests/fuzz/corpus/csv, and everything that ever broke that reader. */
#include "../fuzz/fuzz_csv.c"

#include "../fuzz/replay.h"

/* shows: SEC-4 */
static void test_every_seed_is_survived(void **unused)
{
    (void)unused;
    replay_corpus("csv", 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_seed_is_survived)};
    return cmocka_run_group_tests_name("exchange/csv_corpus", tests, NULL, NULL);
}
