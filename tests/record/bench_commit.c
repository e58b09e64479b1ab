/* How many records a second are on the disk, each in a commit of its own: by one writer, and by 64
 * at once, whose commits the transaction runner puts together. Run by ./bench. Arguments: folder on
 * the disk to measure, seconds of all measurements together (default 12). Engine as in tests:
 * PROBITY_TEST_ENGINE=postgres measures a server of its own that syncs.
 *
 * How long a sync takes changes from one second to the next on a disk that others use, and so does
 * what is left of the processors. So the three things measured (syncs, one writer, 64 writers) take
 * short turns, and what counts is all turns of each together: they had the same disk. Processor
 * time a commit tells what would be left to gain if a sync took no time at all.
 */
#include "bench.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "bench_server.h"
#include "sys/clock.h"

enum { MANY = 64, TURNS = 8 };

typedef struct bench {
    world w;
    atomic_long done, next;
    atomic_bool stop;
} bench;

/* Of many turns. */
typedef struct figure {
    double seconds, cpu, server; /* processor time of the program, of the server */
    long count;
} figure;

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

/* ---- turns ---- */

static void commits(bench *b, int writers, double seconds, figure *sum)
{
    pthread_t threads[MANY];
    atomic_store(&b->stop, false);
    long before = atomic_load(&b->done);
    double cpu = bench_cpu(), server = server_cpu(), begin = now_s();
    for (int i = 0; i < writers; i++)
        assert_int_equal(0, pthread_create(&threads[i], NULL, write_on, b));
    sys_sleep_us((int64_t)(seconds * 1e6));
    atomic_store(&b->stop, true);
    for (int i = 0; i < writers; i++)
        pthread_join(threads[i], NULL);
    sum->seconds += now_s() - begin;
    sum->cpu += bench_cpu() - cpu;
    sum->server += server_cpu() - server;
    sum->count += atomic_load(&b->done) - before;
}

/* What the disk allows: writing 4 KiB and syncing them. */
static void syncs(const char *folder, double seconds, figure *sum)
{
    char path[400], block[4096] = {1};
    snprintf(path, sizeof path, "%s/sync", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    double begin = now_s();
    for (long i = 0; now_s() - begin < seconds; i++, sum->count++)
        assert_true(pwrite(fd, block, sizeof block, i % 64 * 4096L) == 4096 && fsync(fd) == 0);
    sum->seconds += now_s() - begin;
    close(fd);
    unlink(path);
}

static double a_second(const figure *sum)
{
    return (double)sum->count / sum->seconds;
}

static double cpu_ms(const figure *sum)
{
    return (sum->cpu + sum->server) / (double)sum->count * 1000;
}

static void tell(const char *who, const figure *sum)
{
    printf("%s %.0f commits a second, %.3f ms of CPU each, %.3f of it the server's\n", who,
           a_second(sum), cpu_ms(sum), sum->server / (double)sum->count * 1000);
}

int main(int argc, char **argv)
{
    static bench b;
    pb_error err;
    figure disk = {0}, one = {0}, many = {0}, warm = {0};
    double turn = (argc > 2 ? (double)strtol(argv[2], NULL, 10) : 12) / (TURNS * 2.25);
    world_must(sys_sodium_init(&err), &err);
    world_schema(&b.w);
    b.w.now_us = WORLD_NOW;
    snprintf(b.w.folder, sizeof b.w.folder, "%.90s/probity-bench-XXXXXX", argc > 1 ? argv[1] : ".");
    assert_non_null(mkdtemp(b.w.folder));
    snprintf(b.w.key, sizeof b.w.key, "%s.key", b.w.folder);
    db_options options = {.key.key_file = b.w.key};
    world_must(db_workspace_create(on_postgres() ? syncing_server() : b.w.folder, b.w.schema,
                                   &options, NULL, &b.w.workspace, &err),
               &err);
    commits(&b, MANY, turn, &warm);
    for (int i = 0; i < TURNS; i++) {
        syncs(b.w.folder, turn / 4, &disk);
        commits(&b, 1, turn, &one);
        commits(&b, MANY, turn, &many);
    }
    printf("disk %.0f syncs a second\n", a_second(&disk));
    tell("one writer", &one);
    tell("64 writers", &many);
    printf("ratio %.2f\nbound %.2f\n", a_second(&many) / a_second(&one),
           (double)sysconf(_SC_NPROCESSORS_ONLN) / cpu_ms(&many) * 1000 / a_second(&one));
    world_close(&b.w);
    return 0;
}
