/* Sends what is due, and reminds. Apart from the threads that do jobs: a mail server that is silent
 * keeps nobody waiting. */
#include "post.h"

#include "base/time.h"
#include "mail.h"
#include "sys/clock.h"

#include <errno.h>
#include <stdlib.h>

#define REMIND_US (INT64_C(3600) * PB_US_PER_SECOND)
#define AGAIN_US (60 * PB_US_PER_SECOND) /* where it could not look */

struct http_post {
    http_server *server;
    pthread_mutex_t mutex;
    pthread_cond_t change;
    pthread_t thread;
    atomic_bool ends;
    bool woken;          /* there is news since it looked last */
    int64_t reminded_us; /* by the clock that never goes back */
    bool failed;         /* it was told that it cannot go on */
};

/* Until a moment of that clock, or until there is news. */
static void rest(http_post *post, int64_t until_us)
{
    const struct timespec until = {.tv_sec = (time_t)(until_us / PB_US_PER_SECOND) + 1};
    pthread_mutex_lock(&post->mutex);
    while (!atomic_load(&post->ends) && !post->woken)
        if (pthread_cond_timedwait(&post->change, &post->mutex, &until) == ETIMEDOUT)
            break;
    post->woken = false;
    pthread_mutex_unlock(&post->mutex);
}

/* With the workspace as it is open now, which stays open meanwhile. */
static pb_status look(http_post *post, int64_t *ret_next_us, pb_error *err)
{
    http_options now;
    const service_poster poster = http_mail_poster(post->server, &post->ends);
    const struct service_turn *turn = http_turn_take(post->server, true, &now);
    pb_status status = PB_OK;
    if (sys_monotonic_us() - post->reminded_us >= REMIND_US) {
        post->reminded_us = sys_monotonic_us();
        status = service_mail_remind(now.workspace, &poster, sys_now_us(), err);
    }
    if (status == PB_OK)
        status = service_mail_post(now.workspace, &poster, sys_now_us(), ret_next_us, err);
    http_turn_release(post->server, turn);
    return status;
}

/* What fails again and again (the workspace's server is away) is told once. */
static void *run(void *context)
{
    http_post *post = context;
    while (!atomic_load(&post->ends)) {
        pb_error why = {0};
        int64_t next_us = INT64_MAX;
        pb_status status = look(post, &next_us, &why);
        int64_t wait_us = post->reminded_us + REMIND_US - sys_monotonic_us();
        if (status != PB_OK && status != PB_BUSY && !post->failed)
            http_log_error("mail.failed", &why);
        post->failed = status != PB_OK;
        if (post->failed)
            wait_us = AGAIN_US;
        else if (next_us != INT64_MAX && next_us - sys_now_us() < wait_us)
            wait_us = next_us - sys_now_us();
        if (wait_us > 0)
            rest(post, sys_monotonic_us() + wait_us);
    }
    return NULL;
}

pb_status http_post_start(http_server *server, http_post **ret_post, pb_error *err)
{
    pthread_condattr_t attributes;
    http_post *post = server->options->workspace == NULL ? NULL : calloc(1, sizeof *post);
    if (server->options->workspace == NULL)
        return PB_OK;
    if (post == NULL)
        return pb_fail_memory(err);
    post->server = server;
    post->reminded_us = sys_monotonic_us() - REMIND_US;
    pthread_mutex_init(&post->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&post->change, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&post->thread, NULL, run, post) != 0) {
        pthread_cond_destroy(&post->change);
        pthread_mutex_destroy(&post->mutex);
        free(post);
        return pb_fail(err, PB_BUSY, PB_MSG("The system gives no more threads."), NULL);
    }
    *ret_post = post;
    return PB_OK;
}

void http_post_wake(http_post *post)
{
    if (post == NULL)
        return;
    pthread_mutex_lock(&post->mutex);
    post->woken = true;
    pthread_cond_broadcast(&post->change);
    pthread_mutex_unlock(&post->mutex);
}

void http_post_end(http_post *post)
{
    if (post == NULL)
        return;
    pthread_mutex_lock(&post->mutex);
    atomic_store(&post->ends, true);
    pthread_cond_broadcast(&post->change);
    pthread_mutex_unlock(&post->mutex);
}

http_post *http_post_stop(http_post *post)
{
    if (post == NULL)
        return NULL;
    http_post_end(post);
    pthread_join(post->thread, NULL);
    pthread_cond_destroy(&post->change);
    pthread_mutex_destroy(&post->mutex);
    free(post);
    return NULL;
}
