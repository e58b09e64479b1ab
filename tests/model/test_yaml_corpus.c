/* Replays the seeds of tests/fuzz/corpus/yaml, and everything that ever broke the reader of
 * declarations. */
#include "../fuzz/fuzz_yaml.c"

#include "../fuzz/replay.h"

/* shows: SEC-4 */
static void test_every_seed_is_survived(void **unused)
{
    (void)unused;
    replay_corpus("yaml", 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_seed_is_survived)};
    return cmocka_run_group_tests_name("model/yaml_corpus", tests, NULL, NULL);
}
