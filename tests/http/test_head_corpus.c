/* Replays the seeds of tests/fuzz/corpus/head, and everything that ever broke those checks. */
#include "../fuzz/fuzz_head.c"

#include "../fuzz/replay.h"

/* shows: SEC-4 */
static void test_every_seed_is_survived(void **unused)
{
    (void)unused;
    replay_corpus("head", 33);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_seed_is_survived)};
    return cmocka_run_group_tests_name("http/head_corpus", tests, NULL, NULL);
}
