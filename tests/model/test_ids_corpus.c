/* Replays the seeds of tests/fuzz/corpus/ids, and everything that ever broke the readers of
 * identifiers. */
#include "../fuzz/fuzz_ids.c"

#include "../fuzz/replay.h"

/* shows: SEC-4 */
static void test_every_seed_is_survived(void **unused)
{
    (void)unused;
    replay_corpus("ids", 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_seed_is_survived)};
    return cmocka_run_group_tests_name("model/ids_corpus", tests, NULL, NULL);
}
