/* Replays the seeds of tests/fuzz/corpus/url, and everything that ever broke those readers. */
#include "../fuzz/fuzz_url.c"

#include "../fuzz/replay.h"

/* shows: SEC-4 */
static void test_every_seed_is_survived(void **unused)
{
    (void)unused;
    replay_corpus("url", 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_seed_is_survived)};
    return cmocka_run_group_tests_name("exchange/url_corpus", tests, NULL, NULL);
}
