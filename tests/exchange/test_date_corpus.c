/* Replays the seeds of tests/fuzz/corpus/date, and everything that ever broke the readers of dates
 * and numbers. */
#include "../fuzz/fuzz_date.c"

#include "../fuzz/replay.h"

/* shows: SEC-4 */
static void test_every_seed_is_survived(void **unused)
{
    (void)unused;
    replay_corpus("date", 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_seed_is_survived)};
    return cmocka_run_group_tests_name("exchange/date_corpus", tests, NULL, NULL);
}
