/* How fast records are found: contacts in three scripts, then queries as people type them. Not a
 * test: run by hand and by ./bench. Arguments: rows (default 100000). Prints for each query the
 * records found and the CPU time in milliseconds, first time and mean of twenty. */
#include "world.h"

#include <time.h>

enum { TIMES = 20, LIMIT = 20 };

static const char *const syllables[] = {"ba",  "ber", "da", "do", "fe",  "ga",  "hel", "ka",
                                        "lo",  "mar", "ne", "pa", "ro",  "sa",  "the", "vi",
                                        "wan", "xe",  "yu", "zo", "bri", "clo", "dra", "gre"};
static const char *const surnames[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"};
static const char *const characters[] = {"小", "明", "伟", "芳", "娜", "敏", "静",
                                         "丽", "强", "磊", "军", "洋", "勇", "艳",
                                         "杰", "娟", "涛", "超", "秀", "霞"};
static const char *const persian_given[] = {"محمد", "علی", "حسین",    "زهرا",    "فاطمه",
                                            "مریم", "رضا", "امیررضا", "محمدعلی", "سارا"};
static const char *const persian_family[] = {"محمدی", "حسینی", "کریمی",    "رضایی", "جعفری",
                                             "موسوی", "قاسمی", "اکبرزاده", "نوری",  "صادقی"};
static const char *const queries[] = {"王小",   "小明",     "wangxiao", "wxm",    "محمد کریمی",
                                      "علي",    "کریم",     "امیر رضا", "berlo",  "hlelo",
                                      "mabrer", "theberdo", "thebredo", "user77", "clodrz"};

static unsigned draw(unsigned *seed, unsigned below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

#define PICK(list, seed) list[draw(seed, sizeof(list) / sizeof *(list))]

static void make_name(unsigned *seed, char *to, size_t size)
{
    switch (draw(seed, 3)) {
    case 0:
        (void)snprintf(to, size, "%s%s%s", PICK(surnames, seed), PICK(characters, seed),
                       PICK(characters, seed));
        break;
    case 1:
        (void)snprintf(to, size, "%s %s", PICK(persian_given, seed), PICK(persian_family, seed));
        break;
    default:
        (void)snprintf(to, size, "%s%s %s%s%s", PICK(syllables, seed), PICK(syllables, seed),
                       PICK(syllables, seed), PICK(syllables, seed), PICK(syllables, seed));
    }
}

typedef struct filling {
    world *w;
    long rows;
} filling;

static pb_status fill(db_session *session, void *context, pb_error *err)
{
    const filling *job = context;
    record_writer *writer;
    unsigned seed = 1;
    PB_TRY(record_writer_open(session, world_actor(), WORLD_NOW, RECORD_KEEP, &writer, err));
    pb_status status = PB_OK;
    for (long i = 1; status == PB_OK && i <= job->rows; i++) {
        char name[128], mail[64], id[32];
        make_name(&seed, name, sizeof name);
        (void)snprintf(mail, sizeof mail, "user%ld@example%ld.com", i, i % 997);
        (void)snprintf(id, sizeof id, "C%07ld", i);
        status = world_create(writer, job->w->person, GIVEN({"full_name", name}, {"email", mail}),
                              id, NULL, err);
    }
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    return status;
}

static pb_status count(void *context, const record_data *record, pb_error *err)
{
    (void)record;
    (void)err;
    ++*(size_t *)context;
    return PB_OK;
}

static double ask(db_session *session, const model_entity *entity, const char *query,
                  size_t *ret_found)
{
    pb_error err;
    clock_t start = clock();
    *ret_found = 0;
    world_must(record_find(session, entity, pb_str_c(query), LIMIT, count, ret_found, &err), &err);
    return (double)(clock() - start) * 1000 / CLOCKS_PER_SEC;
}

int main(int argc, char **argv)
{
    pb_error err;
    world w;
    world_open(&w, world_engines[0]);
    filling job = {&w, argc > 1 ? strtol(argv[1], NULL, 10) : 100000};
    world_must(db_write(w.workspace, fill, &job, &err), &err);
    db_session *session = world_look(&w);
    printf("%ld records\n", job.rows);
    for (size_t q = 0; q < sizeof queries / sizeof *queries; q++) {
        size_t found;
        double first = ask(session, w.person, queries[q], &found), sum = 0;
        for (int i = 0; i < TIMES; i++)
            sum += ask(session, w.person, queries[q], &found);
        printf("%s\t%zu found\tfirst %.2f ms\tmean %.2f ms\n", queries[q], found, first,
               sum / TIMES);
    }
    db_snapshot_close(session);
    world_close(&w);
    return 0;
}
