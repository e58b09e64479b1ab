/* The seeds of the fuzz target of passkeys, and everything that ever broke it. */
#include "../fuzz/fuzz_passkey.c"

#include "../fuzz/replay.h"

/* shows: SEC-2 SEC-4 */
static void test_seeds(void **state)
{
    (void)state;
    replay_corpus("passkey", 27);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
