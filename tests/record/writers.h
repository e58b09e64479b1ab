/* Processes that write the ordinary road, of several threads each, and what they were told: for
 * tests that kill them, or take the server or the way to it away. Each tells its parent through a
 * pipe; the parent then compares that with the rows that are there.
 */
#ifndef TESTS_RECORD_WRITERS_H
#define TESTS_RECORD_WRITERS_H

#include "world.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

enum { PROCESSES = 2, THREADS = 4, WRITERS = PROCESSES * THREADS, PER_WRITER = 4096 };

/* What a writer was told about a record; `broken`: that it is not known whether it is stored. */
typedef enum answer { NEVER_TRIED, ACKNOWLEDGED, REFUSED, UNKNOWN } answer;

typedef struct told {
    int32_t writer, number, outcome;
} told;

/* ---- a process that writes ---- */

typedef struct writer {
    world *w;
    int round, number;
} writer;

typedef struct entry {
    char name[64], email[64], remark[64];
} entry;

static inline pb_status enter(world *w, record_writer *road, void *context, pb_error *err)
{
    const entry *e = context;
    return world_create(road, w->person,
                        GIVEN({"full_name", e->name}, {"email", e->email}, {"remark", e->remark}),
                        "", NULL, err);
}

static inline void tell(int who, int number, answer outcome)
{
    const told word = {who, number, (int32_t)outcome};
    if (write(STDOUT_FILENO, &word, sizeof word) != (ssize_t)sizeof word)
        _exit(5);
}

static inline void complain(pb_status status, const pb_error *err)
{
    char words[4096];
    fprintf(stderr, "status %d: %s\n", (int)status, world_says(err, words, sizeof words));
    _exit(6);
}

/* world_write, but for its clock: threads share the world. */
static inline pb_status write_one(world *w, entry *e, pb_error *err)
{
    struct world_write job = {w, RECORD_STRICT, enter, e, 0};
    return db_write(w->workspace, world_run, &job, err);
}

static inline void *write_on(void *context)
{
    const writer *self = context;
    for (int k = 1; k < PER_WRITER; k++) {
        pb_error err = {0};
        entry e;
        snprintf(e.name, sizeof e.name, "Writer %c Number %d", 'A' + self->number, k);
        snprintf(e.email, sizeof e.email, "w%d.%d.%d@example.com", self->round, self->number, k);
        snprintf(e.remark, sizeof e.remark, "%d.%d.%d", self->round, self->number, k);
        pb_status status = write_one(self->w, &e, &err);
        bool closed = status != PB_OK && err.primary.id != NULL &&
                      strstr(err.primary.id, "closed to all use") != NULL;
        tell(self->number, k, status == PB_OK ? ACKNOWLEDGED : closed ? UNKNOWN : REFUSED);
        if (status != PB_OK && status != PB_IO && status != PB_BUSY)
            complain(status, &err);
        if (closed)
            return NULL;
        if (status != PB_OK)
            usleep(50000); /* as a person would wait before the next try */
    }
    return NULL;
}

/* Arguments: killed, url, key, round, number of the first writer. */
static inline int be_killed(char **arguments)
{
    world w = {.now_us = WORLD_NOW};
    pb_error err;
    pthread_t threads[THREADS];
    writer writers[THREADS];
    db_options options = {.key.key_file = arguments[2]};
    world_must(sys_sodium_init(&err), &err);
    world_schema(&w);
    pb_status status = PB_BUSY;
    while (status == PB_BUSY || status == PB_IO) { /* the server may be gone for a moment */
        status = db_workspace_open(arguments[1], w.schema, &options, &w.workspace, &err);
        if (status != PB_OK)
            usleep(50000);
    }
    if (status != PB_OK)
        complain(status, &err);
    for (int i = 0; i < THREADS; i++) {
        writers[i] = (writer){&w, (int)strtol(arguments[3], NULL, 10),
                              (int)strtol(arguments[4], NULL, 10) + i};
        if (pthread_create(&threads[i], NULL, write_on, &writers[i]) != 0)
            return 3;
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pause(); /* to be killed like the others */
    return 0;
}

/* ---- those who start them and listen ---- */

typedef struct trial {
    world w;
    const char *url;
    pb_arena *arena;
    uint8_t outcomes[WRITERS][PER_WRITER]; /* of the round */
    pid_t children[PROCESSES];
    int ends[PROCESSES];
    size_t told, acknowledged; /* of the round */
    size_t all_acknowledged, all_refused;
    uint64_t dice;
} trial;

static inline void start_writer(trial *t, int round, int process)
{
    int ends[2];
    char number[16], first[16];
    snprintf(number, sizeof number, "%d", round);
    snprintf(first, sizeof first, "%d", process * THREADS);
    assert_int_equal(0, pipe2(ends, O_CLOEXEC));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl("/proc/self/exe", "killed", t->url, t->w.key, number, first, (char *)NULL);
        _exit(9);
    }
    close(ends[1]);
    t->children[process] = child;
    t->ends[process] = ends[0];
}

/* Takes in what was told so far; at most `wait_ms` until something is. */
static inline void listen_to(trial *t, int wait_ms)
{
    struct pollfd polls[PROCESSES];
    for (int i = 0; i < PROCESSES; i++)
        polls[i] = (struct pollfd){.fd = t->ends[i], .events = POLLIN};
    while (poll(polls, PROCESSES, wait_ms) > 0) {
        bool any = false;
        for (int i = 0; i < PROCESSES; i++) {
            told word;
            if ((polls[i].revents & POLLIN) == 0 ||
                read(t->ends[i], &word, sizeof word) != (ssize_t)sizeof word)
                continue;
            any = true;
            assert_in_range(word.writer, 0, WRITERS - 1);
            assert_in_range(word.number, 1, PER_WRITER - 1);
            t->outcomes[word.writer][word.number] = (uint8_t)word.outcome;
            t->told++;
            t->acknowledged += word.outcome == ACKNOWLEDGED;
            t->all_refused += word.outcome == REFUSED;
        }
        if (!any)
            return;
        wait_ms = 0;
    }
}

static inline void listen_until(trial *t, size_t acknowledged, const char *when)
{
    time_t end = time(NULL) + 120;
    while (t->acknowledged < acknowledged) {
        listen_to(t, 100);
        if (time(NULL) > end)
            fail_msg("%s: %zu of %zu records acknowledged in two minutes", when, t->acknowledged,
                     acknowledged);
    }
}

static inline void kill_writer(trial *t, int process)
{
    int status = 0;
    kill(t->children[process], SIGKILL);
    assert_int_equal(t->children[process], waitpid(t->children[process], &status, 0));
    if (!WIFSIGNALED(status))
        fail_msg("a writer ended by itself: %d", WEXITSTATUS(status));
}

/* ---- what is there afterwards ---- */

static inline void check_row(trial *t, int round, pb_str remark, uint8_t (*found)[PER_WRITER])
{
    int r, who, number;
    char text[64];
    snprintf(text, sizeof text, "%.*s", PB_STR_FMT(remark));
    assert_int_equal(3, sscanf(text, "%d.%d.%d", &r, &who, &number));
    if (r != round)
        return;
    assert_in_range(who, 0, WRITERS - 1);
    assert_in_range(number, 1, PER_WRITER - 1);
    if (found[who][number]++ > 0)
        fail_msg("record %s is there twice", text);
    if (t->outcomes[who][number] == REFUSED)
        fail_msg("record %s is there, and its writer was told it could not be stored", text);
}

/* Those of the round: all rows behind the first of them. */
static inline int64_t check_round(trial *t, int round, int64_t after)
{
    pb_error err;
    db_stmt *stmt;
    bool row = false;
    static uint8_t found[WRITERS][PER_WRITER];
    memset(found, 0, sizeof found);
    db_session *session = world_look(&t->w);
    world_must(
        db_prepare(session, "SELECT n, remark FROM t_person WHERE n > ?1 ORDER BY n", &stmt, &err),
        &err);
    db_bind_i64(stmt, 1, after);
    for (;;) {
        world_must(db_step(stmt, &row, &err), &err);
        if (!row)
            break;
        after = db_column_i64(stmt, 0);
        check_row(t, round, db_column_text(stmt, 1), found);
    }
    db_snapshot_close(session);
    for (int who = 0; who < WRITERS; who++)
        for (int number = 1; number < PER_WRITER; number++)
            if (t->outcomes[who][number] == ACKNOWLEDGED && found[who][number] == 0)
                fail_msg("record %d.%d.%d was acknowledged and is gone", round, who, number);
    return after;
}

#endif
