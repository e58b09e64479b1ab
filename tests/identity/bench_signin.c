/* What signing in costs, and what every request pays for its token. Not a test: run by hand.
 * PROBITY_TEST_ENGINE=postgres measures a workspace on a server. */
#include "signin_support.h"

#include <math.h>

#include "signin/internal.h"
#include "sys/clock.h"

enum { LOOKS = 20000, SESSIONS = 10000, TRIES = 40 };

static pb_status deal_many(db_session *session, deal *d, pb_error *err)
{
    identity_session_wish wish = {.user = d->user};
    for (size_t i = 0; i < d->count; i++)
        PB_TRY(identity_session_begin(session, &d->visit, &wish, d->token, &d->n, err));
    return PB_OK;
}

static pb_status deal_key(db_session *session, deal *d, pb_error *err)
{
    const identity_key_wish wish = {
        .user = d->user, .label = PB_STR("shop"), .expires_us = IDENTITY_OPEN};
    return identity_key_make(session, &d->visit, &wish, d->token, &d->n, err);
}

/* One snapshot for all, as for a request that reads anyway; then one each. */
static void look(house *h, const char *what, const char *token)
{
    pb_error err = {0};
    identity_caller caller;
    db_session *session;
    must(db_snapshot_open(h->workspace, &session, &err), &err);
    int64_t clock = sys_monotonic_us(), cpu = sys_cpu_us();
    for (int i = 0; i < LOOKS; i++) {
        PB_AUTO_ARENA arena = pb_arena_new(0);
        must(identity_caller_find(session, pb_str_c(token), h->now_us, arena, &caller, &err), &err);
    }
    printf("%s in an open snapshot: %.1f us, %.1f us of CPU\n", what,
           (double)(sys_monotonic_us() - clock) / LOOKS, (double)(sys_cpu_us() - cpu) / LOOKS);
    db_snapshot_close(session);
    clock = sys_monotonic_us();
    cpu = sys_cpu_us();
    for (int i = 0; i < LOOKS; i++) {
        PB_AUTO_ARENA arena = pb_arena_new(0);
        must(db_snapshot_open(h->workspace, &session, &err), &err);
        must(identity_caller_find(session, pb_str_c(token), h->now_us, arena, &caller, &err), &err);
        db_snapshot_close(session);
    }
    printf("%s with a snapshot of its own: %.1f us, %.1f us of CPU\n", what,
           (double)(sys_monotonic_us() - clock) / LOOKS, (double)(sys_cpu_us() - cpu) / LOOKS);
}

/* How long a wrong answer takes for a name that is somebody's and for one that is nobody's. */
static void compare(house *h, const identity_desk *desk)
{
    double sum[2] = {0}, squares[2] = {0};
    char name[40], address[40];
    for (int i = 0; i < TRIES * 2; i++) {
        int known = i % 2;
        snprintf(name, sizeof name, known ? "user%d" : "nobody%d", i / 2);
        snprintf(address, sizeof address, "2001:db8:%x::1", i);
        const identity_visit visit = visit_from(h, address);
        int64_t clock = sys_monotonic_us();
        assert_int_equal(sign_in(h, desk, &visit, name, "not the password").step, IDENTITY_WRONG);
        double ms = (double)(sys_monotonic_us() - clock) / 1000;
        sum[known] += ms;
        squares[known] += ms * ms;
    }
    for (int known = 0; known < 2; known++) {
        double mean = sum[known] / TRIES;
        printf("wrong password, %s name: %.2f ms, deviation %.2f ms\n", known ? "known" : "unknown",
               mean, sqrt(squares[known] / TRIES - mean * mean));
    }
}

int main(void)
{
    house *h = house_open();
    char name[40];
    identity_desk real = desk_of(h), quick = real;
    real.password = (identity_password_rules){0};
    deal many = {.work = deal_many,
                 .h = h,
                 .visit = visit_from(h, "192.0.2.1"),
                 .user = id_of(1),
                 .count = SESSIONS};
    int64_t clock = sys_monotonic_us();
    do_deal(&many);
    printf("%d sessions begun: %.1f us each\n", SESSIONS,
           (double)(sys_monotonic_us() - clock) / SESSIONS);
    look(h, "a session's token among 10,000", many.token);
    deal key = {.work = deal_key, .h = h, .visit = many.visit, .user = id_of(1)};
    do_deal(&key);
    look(h, "a key", key.token);
    for (int i = 0; i < TRIES; i++) {
        snprintf(name, sizeof name, "user%d", i);
        give_password(h, i == 0 ? &real : &quick, add_person(h, name, 0), "seven grey herons wade");
    }
    const identity_visit visit = visit_from(h, "192.0.2.1");
    clock = sys_monotonic_us();
    int64_t cpu = sys_cpu_us();
    for (int i = 0; i < 10; i++)
        assert_int_equal(sign_in(h, &real, &visit, "user0", "seven grey herons wade").step,
                         IDENTITY_SIGNED_IN);
    printf("sign-in by password: %.1f ms, %.1f ms of CPU\n",
           (double)(sys_monotonic_us() - clock) / 10000, (double)(sys_cpu_us() - cpu) / 10000);
    for (int i = 1; i < TRIES; i++) {
        snprintf(name, sizeof name, "user%d", i);
        assert_int_equal(sign_in(h, &real, &visit, name, "seven grey herons wade").step,
                         IDENTITY_SIGNED_IN);
    }
    compare(h, &real);
    house_close(h);
    return 0;
}
