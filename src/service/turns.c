#include "service/turns.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "db/kept.h"
#include "internal.h"
#include "sys/clock.h"

enum { LOOK_EVERY_US = 1000000 };

typedef struct turn {
    service_turn what; /* first: what is given out */
    unsigned holders;
    bool first; /* its service is the caller's */
} turn;

struct service_turns {
    service_turns_options options;
    pthread_mutex_t lock;  /* for `now` and all `holders` */
    pthread_mutex_t begun; /* one at a time begins a turn */
    turn *now;
    turn *first; /* stays until the end: others know its workspace */
    atomic_int_fast64_t look_us;
};

static turn *turn_free(turn *t)
{
    if (t == NULL)
        return NULL;
    service_desk_close(t->what.desk);
    db_workspace_close(t->what.workspace);
    if (!t->first)
        service_close(t->what.service);
    free(t);
    return NULL;
}

static void let_go(service_turns *turns, turn *t)
{
    pthread_mutex_lock(&turns->lock);
    bool last = --t->holders == 0;
    pthread_mutex_unlock(&turns->lock);
    if (last)
        turn_free(t);
}

/* What a turn needs besides its workspace. */
static pb_status furnish(const service_turns *turns, turn *t, pb_error *err)
{
    const audit_catalogue *catalogue;
    PB_TRY(service_controls(t->what.service, &catalogue, err));
    service_share(t->what.workspace, &turns->options.serving);
    return service_desk_open(t->what.workspace, &turns->options.desk, &t->what.desk, err);
}

pb_status service_turns_open(service_core *service, db_workspace *workspace,
                             const service_turns_options *options, service_turns **ret_turns,
                             pb_error *err)
{
    service_turns *turns = calloc(1, sizeof *turns);
    turn *first = calloc(1, sizeof *first);
    if (turns == NULL || first == NULL || pthread_mutex_init(&turns->lock, NULL) != 0) {
        free(turns);
        free(first);
        return pb_fail_memory(err);
    }
    pthread_mutex_init(&turns->begun, NULL);
    turns->options = *options;
    atomic_init(&turns->look_us, sys_monotonic_us() + LOOK_EVERY_US);
    *first = (turn){.what = {.service = service}, .holders = 2, .first = true};
    turns->now = turns->first = first;
    first->what.workspace = workspace;
    service_share(workspace, &options->serving);
    pb_status status = service_desk_open(workspace, &options->desk, &first->what.desk, err);
    if (status == PB_OK) {
        *ret_turns = turns;
        return PB_OK;
    }
    first->what.workspace = NULL; /* it is the caller's still */
    service_turns_close(turns);
    return status;
}

service_turns *service_turns_close(service_turns *turns)
{
    if (turns == NULL)
        return NULL;
    let_go(turns, turns->now);
    let_go(turns, turns->first);
    pthread_mutex_destroy(&turns->begun);
    pthread_mutex_destroy(&turns->lock);
    free(turns);
    return NULL;
}

static turn *hold_now(service_turns *turns)
{
    pthread_mutex_lock(&turns->lock);
    turn *t = turns->now;
    t->holders++;
    pthread_mutex_unlock(&turns->lock);
    return t;
}

void service_turn_release(service_turns *turns, const service_turn *given)
{
    if (given != NULL)
        let_go(turns, (turn *)(uintptr_t)given);
}

/* The workspace once more, with the model that holds now. */
static pb_status begin_turn(service_turns *turns, turn *before, turn **ret_turn, pb_error *err)
{
    const db_options options = {.password_file = turns->options.password_file,
                                .replica = turns->options.serving.replica,
                                .older = DB_OLDER_REFUSE,
                                .again = before->what.workspace};
    turn *t = calloc(1, sizeof *t);
    if (t == NULL)
        return pb_fail_memory(err);
    t->holders = 1;
    pb_status status = service_again(turns->first->what.service, &t->what.service, err);
    if (status == PB_OK)
        status = service_open_workspace(t->what.service, turns->options.url, &options,
                                        &t->what.workspace, err);
    if (status == PB_OK)
        status = furnish(turns, t, err);
    if (status == PB_OK)
        *ret_turn = t;
    else
        turn_free(t);
    return status;
}

/* With `begun` held. */
static pb_status renew(service_turns *turns, pb_error *err)
{
    turn *before = hold_now(turns), *after = NULL;
    pb_status status = PB_OK;
    if (db_model_passed(before->what.workspace))
        status = begin_turn(turns, before, &after, err);
    if (after != NULL) {
        pthread_mutex_lock(&turns->lock);
        turns->now = after;
        before->holders--; /* that it was the one of now */
        pthread_mutex_unlock(&turns->lock);
        service_serving_rest(before->what.workspace);
    }
    let_go(turns, before);
    return status;
}

pb_status service_turns_renew(service_turns *turns, pb_error *err)
{
    /* It serves everybody: who asked first may have gone. */
    const db_limits *held = service_hold(NULL);
    pthread_mutex_lock(&turns->begun);
    pb_status status = renew(turns, err);
    pthread_mutex_unlock(&turns->begun);
    service_hold(held);
    return status;
}

/* One of those who come looks, the others do not wait for it. */
static pb_status look(service_turns *turns, turn *t, pb_error *err)
{
    int64_t now_us = sys_monotonic_us();
    int_fast64_t due_us = atomic_load(&turns->look_us);
    if (now_us < due_us ||
        !atomic_compare_exchange_strong(&turns->look_us, &due_us, now_us + LOOK_EVERY_US))
        return PB_OK;
    return db_model_look(t->what.workspace, err);
}

const service_turn *service_turn_take(service_turns *turns, bool may_wait, pb_error *why)
{
    turn *t = hold_now(turns);
    pb_status status = PB_OK;
    if (may_wait)
        status = look(turns, t, why);
    if (!may_wait || status != PB_OK || !db_model_passed(t->what.workspace))
        return &t->what;
    service_turns_renew(turns, why);
    let_go(turns, t);
    return &hold_now(turns)->what;
}
