/* A gate: open before anybody waits, waited at from another thread, not opened in time. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sys/clock.h"
#include "sys/gate.h"

enum { ROUNDS = 2000 };

static void test_what_is_open_stays_open(void **state)
{
    sys_gate gate;
    (void)state;
    sys_gate_close(&gate);
    assert_false(sys_gate_wait(&gate, 0));
    assert_false(sys_gate_wait(&gate, 2000));
    sys_gate_open(&gate);
    assert_true(sys_gate_wait(&gate, -1));
    assert_true(sys_gate_wait(&gate, 0));
    sys_gate_close(&gate);
    assert_false(sys_gate_wait(&gate, 0));
}

typedef struct relay {
    sys_gate there, back;
    int ball; /* belongs to whose gate opened last */
} relay;

static void *play(void *context)
{
    relay *r = context;
    for (int i = 0; i < ROUNDS; i++) {
        sys_gate_wait(&r->there, -1);
        sys_gate_close(&r->there);
        r->ball++;
        sys_gate_open(&r->back);
    }
    return NULL;
}

/* What one wrote before it opened, the other sees; no opening is lost. */
static void test_two_threads_take_turns(void **state)
{
    relay r = {.ball = 0};
    pthread_t thread;
    (void)state;
    sys_gate_close(&r.there);
    sys_gate_close(&r.back);
    assert_int_equal(0, pthread_create(&thread, NULL, play, &r));
    for (int i = 0; i < ROUNDS; i++) {
        r.ball++;
        sys_gate_open(&r.there);
        assert_true(sys_gate_wait(&r.back, i % 2 == 0 ? -1 : 60000000));
        sys_gate_close(&r.back);
        assert_int_equal(2 * (i + 1), r.ball);
    }
    pthread_join(thread, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_open_stays_open),
        cmocka_unit_test(test_two_threads_take_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
