/* What one request costs below the network when many threads share a workspace of 100,000 contacts:
 * a contact read by its id, the event of it durable before the answer, alone and mixed with new
 * contacts. Not a test: run by hand and by ./bench. Arguments: folder on the disk to measure,
 * seconds a part (default 3), threads (default 64), contacts (default 100000), the one part wanted
 * (default: all). Engine as in tests: PROBITY_TEST_ENGINE=postgres measures a server of its own
 * that syncs.
 *
 * Processor time is what counts, the program's and the server's: the clock tells more about the
 * disk, and about who else is at work.
 */
#include "service_support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>

#include "bench_server.h"
#include "service/reads.h"
#include "service/review.h"
#include "service/serving.h"
#include "sys/clock.h"

enum { THREADS_MAX = 256, WAITS = 200000 };

typedef struct bench {
    office *o;
    db_workspace *workspace;
    const model_entity *contact;
    pb_uuid *ids;
    size_t id_count;
    int every; /* one in so many writes; 0: none */
    bool logged;
    atomic_bool stop;
    atomic_long made;
} bench;

typedef struct worker {
    bench *b;
    pthread_t thread;
    unsigned seed;
    long reads, writes;
    long *waits; /* microseconds, of the first WAITS */
    size_t wait_count;
} worker;

static unsigned draw(unsigned *seed, unsigned below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (unsigned)(((uint64_t)*seed * below) >> 32);
}

static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
           ((double)usage.ru_utime.tv_usec + (double)usage.ru_stime.tv_usec) / 1e6;
}

/* ---- the contacts ---- */

static const char *const syllables[] = {"ba",  "ber", "da", "do", "fe",  "ga",  "hel", "ka",
                                        "lo",  "mar", "ne", "pa", "ro",  "sa",  "the", "vi",
                                        "wan", "xe",  "yu", "zo", "bri", "clo", "dra", "gre"};
#define SYLLABLE(seed) syllables[draw(seed, sizeof syllables / sizeof *syllables)]

static size_t describe(const bench *b, unsigned *seed, long n, char texts[4][80],
                       record_input inputs[4])
{
    static const char *const names[4] = {"full_name", "email", "phone", "job_title"};
    size_t count = 0;
    snprintf(texts[0], 80, "%s%s %s%s%s", SYLLABLE(seed), SYLLABLE(seed), SYLLABLE(seed),
             SYLLABLE(seed), SYLLABLE(seed));
    snprintf(texts[1], 80, "user%ld@example%u.com", n, draw(seed, 997));
    snprintf(texts[2], 80, "+49 30 %07ld", 1000000 + n % 9000000);
    snprintf(texts[3], 80, "Head of %s%s", SYLLABLE(seed), SYLLABLE(seed));
    for (size_t i = 0; i < 4; i++) {
        const model_field *field = model_field_find(b->contact, pb_str_c(names[i]));
        if (field != NULL)
            inputs[count++] = (record_input){field, pb_str_c(texts[i]), NULL};
    }
    return count;
}

static pb_status fill(db_session *session, void *context, pb_error *err)
{
    bench *b = context;
    record_writer *writer = NULL;
    unsigned seed = 1;
    pb_status status =
        record_writer_open(session, b->o->call.actor, b->o->call.now_us, RECORD_KEEP, &writer, err);
    for (size_t i = 0; status == PB_OK && i < b->id_count; i++) {
        char texts[4][80];
        record_input inputs[4];
        size_t count = describe(b, &seed, (long)i, texts, inputs);
        status = record_create(writer, b->contact, inputs, count, (record_origin){0}, &b->ids[i],
                               NULL, NULL, err);
    }
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    return status;
}

/* ---- the requests ---- */

static pb_status take_record(void *context, const record_data *record, pb_error *err)
{
    (void)err;
    *(int64_t *)context += record->version;
    return PB_OK;
}

static void read_one(worker *self, pb_arena *arena)
{
    bench *b = self->b;
    pb_error err;
    int64_t versions = 0;
    record_data record;
    db_session *session = NULL;
    pb_uuid id = b->ids[draw(&self->seed, (unsigned)b->id_count)];
    const service_view view = {.record = take_record, .context = &versions};
    if (b->logged) {
        must(service_show(&b->o->call, b->workspace, b->contact, id, &view, arena, &err), &err);
    } else {
        must(db_snapshot_open(b->workspace, &session, &err), &err);
        must(record_read(session, b->contact, id, arena, &record, &err), &err);
        db_snapshot_close(session);
    }
}

static void write_one(worker *self, pb_arena *arena)
{
    bench *b = self->b;
    pb_error err;
    char texts[4][80];
    record_input inputs[4];
    service_entered entered;
    long n = atomic_fetch_add(&b->made, 1);
    size_t count = describe(b, &self->seed, n, texts, inputs);
    const service_entry entry = {.entity = b->contact, .inputs = inputs, .count = count};
    must(service_enter(&b->o->call, b->workspace, &entry, arena, &entered, &err), &err);
}

static void *work(void *context)
{
    worker *self = context;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    for (long i = 0; !atomic_load(&self->b->stop); i++) {
        int64_t begin = sys_monotonic_us();
        pb_arena_reset(arena);
        if (self->b->every > 0 && draw(&self->seed, (unsigned)self->b->every) == 0) {
            write_one(self, arena);
            self->writes++;
        } else {
            read_one(self, arena);
            self->reads++;
        }
        if (self->wait_count < WAITS)
            self->waits[self->wait_count++] = (long)(sys_monotonic_us() - begin);
    }
    return NULL;
}

static int by_length(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;
    return x < y ? -1 : x > y;
}

static void tell_waits(worker *workers, size_t count)
{
    size_t all = 0, used = 0;
    for (size_t i = 0; i < count; i++)
        all += workers[i].wait_count;
    long *waits = calloc(all + 1, sizeof *waits);
    assert_non_null(waits);
    for (size_t i = 0; i < count; i++) {
        memcpy(waits + used, workers[i].waits, workers[i].wait_count * sizeof *waits);
        used += workers[i].wait_count;
    }
    qsort(waits, used, sizeof *waits, by_length);
    const size_t half = used / 2, most = used * 99 / 100;
    printf(", answered after %.1f ms (half), %.1f ms (99 of 100)\n", (double)waits[half] / 1000,
           (double)waits[most] / 1000);
    free(waits);
}

static void part(bench *b, const char *name, int every, bool logged, double seconds, size_t threads)
{
    static worker workers[THREADS_MAX];
    long reads = 0, writes = 0;
    b->every = every;
    b->logged = logged;
    atomic_store(&b->stop, false);
    double cpu = cpu_seconds(), server = server_cpu();
    int64_t begin = sys_monotonic_us();
    for (size_t i = 0; i < threads; i++) {
        long *waits = workers[i].waits == NULL ? calloc(WAITS, sizeof *waits) : workers[i].waits;
        assert_non_null(waits);
        workers[i] = (worker){.b = b, .seed = (unsigned)i * 7919u + 1u, .waits = waits};
        assert_int_equal(0, pthread_create(&workers[i].thread, NULL, work, &workers[i]));
    }
    sys_sleep_us((int64_t)(seconds * 1e6));
    atomic_store(&b->stop, true);
    for (size_t i = 0; i < threads; i++) {
        pthread_join(workers[i].thread, NULL);
        reads += workers[i].reads;
        writes += workers[i].writes;
    }
    double took = (double)(sys_monotonic_us() - begin) / 1e6, all = (double)(reads + writes);
    cpu = cpu_seconds() - cpu;
    server = server_cpu() - server;
    printf("%s: %.1f us of CPU each, %.1f of it the server's; %.0f reads and %.0f writes a second",
           name, (cpu + server) / all * 1e6, server / all * 1e6, (double)reads / took,
           (double)writes / took);
    tell_waits(workers, threads);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static bench b;
    void *state = NULL;
    pb_error err;
    PB_AUTO_BUF key_path = PB_BUF_INIT(65536);
    char folder[400];
    double seconds = argc > 2 ? (double)strtol(argv[2], NULL, 10) : 3;
    size_t threads = argc > 3 ? (size_t)strtol(argv[3], NULL, 10) : 64;
    assert_true(threads > 0 && threads <= THREADS_MAX);
    office_open(&state);
    b.o = state;
    b.id_count = argc > 4 ? (size_t)strtol(argv[4], NULL, 10) : 100000;
    b.ids = calloc(b.id_count, sizeof *b.ids);
    assert_non_null(b.ids);
    b.contact = model_entity_find(service_schema(b.o->service), PB_STR("contact"));
    snprintf(folder, sizeof folder, "%.300s/probity-bench-XXXXXX", argc > 1 ? argv[1] : ".");
    assert_non_null(mkdtemp(folder));
    char *path = pb_arena_printf(b.o->arena, "%s/w", folder);
    const char *where = on_postgres() ? syncing_server() : path;
    must(service_init(b.o->service, &b.o->call, where, &b.o->key, &key_path, &err), &err);
    const service_serving serving = {.key = b.o->key};
    must(service_serve(b.o->service, where, &serving, &b.workspace, &err), &err);
    atomic_store(&b.made, (long)b.id_count);
    must(db_write(b.workspace, fill, &b, &err), &err);
    static const struct {
        const char *name;
        int every;
        bool logged;
    } parts[] = {{"read", 0, false},
                 {"read, logged", 0, true},
                 {"one in ten writes", 10, true},
                 {"writes", 1, true}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (argc <= 5 || strcmp(argv[5], parts[i].name) == 0)
            part(&b, parts[i].name, parts[i].every, parts[i].logged, seconds, threads);
    db_workspace_close(b.workspace);
    must(sys_dir_remove_tree(folder, &err), &err);
    office_close(&state);
    free(b.ids);
    return 0;
}
