/* Replays the seeds of tests/fuzz/corpus/vcard, and everything that ever broke that reader. */
#include "../fuzz/fuzz_vcard.c"

#include "../fuzz/replay.h"

/* shows: SEC-4 */
static void test_every_seed_is_survived(void **unused)
{
    (void)unused;
    replay_corpus("vcard", 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_seed_is_survived)};
    return cmocka_run_group_tests_name("exchange/vcard_corpus", tests, NULL, NULL);
}
