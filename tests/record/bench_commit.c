/* How many records a second are on the disk, each in a commit of its own: by one writer, and by 64
 * at once, whose commits the transaction runner puts together. Run by ./bench. Arguments: folder on
 * the disk to measure, seconds of each measurement (default 3). Engine as in tests:
 * PROBITY_TEST_ENGINE=postgres measures a server of its own that syncs. */
#include "world.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "sys/clock.h"

enum { MANY = 64 };

typedef struct bench {
    world w;
    atomic_long done, next;
    atomic_bool stop;
} bench;

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static pb_status enter(world *w, record_writer *road, void *context, pb_error *err)
{
    char name[64], email[64];
    long n = *(const long *)context;
    snprintf(name, sizeof name, "Writer Number %ld", n);
    snprintf(email, sizeof email, "n%ld@example.com", n);
    return world_create(road, w->person, GIVEN({"full_name", name}, {"email", email}), "", NULL,
                        err);
}

static void *write_on(void *context)
{
    bench *b = context;
    while (!atomic_load(&b->stop)) {
        pb_error err = {0};
        long n = atomic_fetch_add(&b->next, 1);
        struct world_write job = {&b->w, RECORD_STRICT, enter, &n, 0};
        world_must(db_write(b->w.workspace, world_run, &job, &err), &err);
        atomic_fetch_add(&b->done, 1);
    }
    return NULL;
}

static double commits_a_second(bench *b, int writers, int seconds)
{
    pthread_t threads[MANY];
    atomic_store(&b->stop, false);
    long before = atomic_load(&b->done);
    double begin = now_s();
    for (int i = 0; i < writers; i++)
        assert_int_equal(0, pthread_create(&threads[i], NULL, write_on, b));
    sys_sleep_us((int64_t)seconds * 1000000);
    atomic_store(&b->stop, true);
    for (int i = 0; i < writers; i++)
        pthread_join(threads[i], NULL);
    return (double)(atomic_load(&b->done) - before) / (now_s() - begin);
}

/* What the disk allows: writing 4 KiB and syncing them. */
static double syncs_a_second(const char *folder)
{
    char path[400], block[4096] = {1};
    snprintf(path, sizeof path, "%s/sync", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), count = 0;
    assert_true(fd >= 0);
    double begin = now_s();
    for (; now_s() - begin < 1; count++)
        assert_true(pwrite(fd, block, sizeof block, (count % 64) * 4096L) == 4096 &&
                    fsync(fd) == 0);
    close(fd);
    unlink(path);
    return count / (now_s() - begin);
}

static const char *syncing_server(void)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    char *tools = newest(arena, "/usr/lib/postgresql/*/bin");
    if (tools == NULL)
        fail_msg("there is no PostgreSQL server below /usr/lib/postgresql");
    server_start(
        &engine_server, "postgres", tools,
        "exec 3<&0; cd \"$1\" && \"$2/initdb\" -D data -U postgres -A trust -E UTF8 "
        "--locale=C.UTF-8 --no-sync >log 2>&1 || exit 1; \"$2/postgres\" -D data -k \"$1\" "
        "-c listen_addresses= -c max_connections=100 >>log 2>&1 & server=$!; "
        "(read -r line <&3; kill -INT $server) & wait $server");
    server_wait(&engine_server, engine_is_up);
    atexit(engine_stop);
    return engine_address();
}

int main(int argc, char **argv)
{
    static bench b;
    pb_error err;
    int seconds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 3;
    world_must(sys_sodium_init(&err), &err);
    world_schema(&b.w);
    b.w.now_us = WORLD_NOW;
    snprintf(b.w.folder, sizeof b.w.folder, "%.90s/probity-bench-XXXXXX", argc > 1 ? argv[1] : ".");
    assert_non_null(mkdtemp(b.w.folder));
    snprintf(b.w.key, sizeof b.w.key, "%s.key", b.w.folder);
    double syncs = syncs_a_second(b.w.folder);
    db_options options = {.key.key_file = b.w.key};
    world_must(db_workspace_create(on_postgres() ? syncing_server() : b.w.folder, b.w.schema,
                                   &options, NULL, &b.w.workspace, &err),
               &err);
    double one = commits_a_second(&b, 1, seconds), many = commits_a_second(&b, MANY, seconds);
    printf("disk %.0f syncs a second\none writer %.0f commits a second\n64 writers %.0f commits a "
           "second\nratio %.2f\n",
           syncs, one, many, many / one);
    world_close(&b.w);
    return 0;
}
