/* How fast lists are: contacts of the shipped model, then pages of 50, chosen and sorted as people
 * do, by so many at once. Not a test: run by hand and by ./bench. Arguments: rows (default 100000),
 * askers at once (default 16), pages each (default 200). Prints per question, and for all, the 50th
 * and 99th of a hundred pages and the longest, in milliseconds by the clock, and CPU of a page. */
#include "bench.h"
#include "world.h"

#include <pthread.h>
#include <time.h>

#include "record/list.h"

enum { STAFF = 200, ACCOUNTS = 5000, ASKERS_MAX = 64 };

static const char *const given_names[] = {"James",   "Mary",   "王伟",
                                          "علی رضا", "Jürgen", "Anna Maria"};
static const char *const cities[] = {"Berlin", "Paris", "上海", "Tehran", "Hamburg", "Dublin"};
static const char *const countries[] = {"DE", "FR", "CN", "IR", "DE", "IE"};

typedef struct question {
    const char *says, *filter, *sort, *expand; /* %s in the filter: somebody's id */
    const char *of;                            /* entity of that id; NULL: none */
} question;

static const question questions[] = {
    {"own, changed last", "owner = '%s'", "-changed_at", "", "staff"},
    {"own in Germany", "owner = '%s' and country = 'DE'", "-changed_at", "", "staff"},
    {"of an account, by name", "account = '%s'", "full_name", "account,owner", "account"},
    {"all, by name", "", "full_name", "", NULL},
    {"in China, by name", "country = 'CN'", "full_name", "", NULL},
    {"names that begin", "full_name begins 'Mary Q'", "full_name", "", NULL},
    {"born on a day, by name", "birth_date = 1970-05-06", "full_name", "", NULL},
    {"born in a year, by name", "birth_date >= 1970-01-01 and birth_date < 1971-01-01", "full_name",
     "", NULL},
    {"changed last, no e-mail", "email is null", "-changed_at", "", NULL},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

typedef struct ground {
    db_workspace *workspace;
    const model_schema *schema;
    pb_uuid staff[STAFF], accounts[ACCOUNTS];
    long rows, pages;
} ground;

static unsigned draw(unsigned *seed, unsigned below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

static pb_status make_some(const ground *g, record_writer *writer, const char *entity,
                           const char *field, int count, pb_uuid *ids, pb_error *err)
{
    const model_entity *e = model_entity_find(g->schema, pb_str_c(entity));
    for (int i = 0; i < count; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s %d", entity, i);
        PB_TRY(world_create(writer, e, GIVEN({field, name}), name, &ids[i], err));
    }
    return PB_OK;
}

static pb_status make_contact(const ground *g, record_writer *writer, long i, unsigned *seed,
                              pb_error *err)
{
    char name[96], mail[64], owner[37], account[37], born[16];
    pb_uuid_text(g->staff[draw(seed, STAFF)], owner);
    pb_uuid_text(g->accounts[draw(seed, ACCOUNTS)], account);
    (void)snprintf(name, sizeof name, "%s %c%c%c. %u", given_names[draw(seed, 6)],
                   (char)('A' + draw(seed, 26)), (char)('a' + draw(seed, 26)),
                   (char)('a' + draw(seed, 26)), draw(seed, 100));
    (void)snprintf(mail, sizeof mail, "user%ld@example%ld.com", i, i % 997);
    (void)snprintf(born, sizeof born, "%04u-%02u-%02u", 1940 + draw(seed, 65), 1 + draw(seed, 12),
                   1 + draw(seed, 28));
    return world_create(writer, model_entity_find(g->schema, PB_STR("contact")),
                        GIVEN({"full_name", name}, {"email", i % 20 ? mail : ""},
                              {"phone", "+49 30 1234567"}, {"city", cities[i % 6]},
                              {"country", countries[i % 6]}, {"owner", owner}, {"account", account},
                              {"birth_date", born}),
                        NULL, NULL, err);
}

static pb_status fill(db_session *session, void *context, pb_error *err)
{
    ground *g = context;
    record_writer *writer;
    unsigned seed = 1;
    PB_TRY(record_writer_open(session, world_actor(), WORLD_NOW, RECORD_KEEP, &writer, err));
    pb_status status = make_some(g, writer, "staff", "full_name", STAFF, g->staff, err);
    if (status == PB_OK)
        status = make_some(g, writer, "account", "name", ACCOUNTS, g->accounts, err);
    for (long i = 0; status == PB_OK && i < g->rows; i++)
        status = make_contact(g, writer, i, &seed, err);
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    return status;
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

typedef struct asker {
    const ground *g;
    unsigned seed;
    double *took; /* by question, then page */
} asker;

static void ask(const ground *g, db_session *session, const question *q, unsigned *seed,
                pb_arena *arena)
{
    pb_error err;
    char filter[256], id[37] = "";
    record_list_page page;
    if (q->of != NULL)
        pb_uuid_text(strcmp(q->of, "staff") == 0 ? g->staff[draw(seed, STAFF)]
                                                 : g->accounts[draw(seed, ACCOUNTS)],
                     id);
    const char *place = strstr(q->filter, "%s");
    (void)snprintf(filter, sizeof filter, "%.*s%s%s",
                   place ? (int)(place - q->filter) : (int)strlen(q->filter), q->filter, id,
                   place ? place + 2 : "");
    record_list_asked asked = {.entity = model_entity_find(g->schema, PB_STR("contact")),
                               .filter = pb_str_c(filter),
                               .sort = pb_str_c(q->sort),
                               .expand = pb_str_c(q->expand)};
    world_must(record_list_read(session, &asked, arena, &page, &err), &err);
    if (page.next.ptr != NULL && draw(seed, 2) == 0) { /* every other one turns the page */
        asked.cursor = page.next;
        world_must(record_list_read(session, &asked, arena, &page, &err), &err);
    }
}

/* A snapshot for each page: that is what a server does. */
static void *run(void *context)
{
    asker *a = context;
    pb_arena *arena = pb_arena_new(0);
    for (long i = 0; i < a->g->pages; i++)
        for (size_t q = 0; q < QUESTIONS; q++) {
            double start = now_ms();
            db_session *session = NULL;
            pb_error err;
            world_must(db_snapshot_open(a->g->workspace, &session, &err), &err);
            ask(a->g, session, &questions[q], &a->seed, arena);
            db_snapshot_close(session);
            pb_arena_reset(arena);
            a->took[q * (size_t)a->g->pages + (size_t)i] = now_ms() - start;
        }
    pb_arena_free(arena);
    return NULL;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void tell(const char *says, double *took, size_t count)
{
    qsort(took, count, sizeof *took, by_size);
    printf("%-26s median %7.2f  p99 %7.2f  longest %7.2f ms\n", says, took[count / 2],
           took[count * 99 / 100], took[count - 1]);
}

static void measure(const ground *g, size_t askers)
{
    asker who[ASKERS_MAX];
    pthread_t threads[ASKERS_MAX];
    size_t each = (size_t)g->pages * QUESTIONS;
    double *all = calloc(each * askers, sizeof *all), *one = calloc(each * askers, sizeof *one);
    assert_true(all != NULL && one != NULL);
    double start = bench_cpu();
    for (size_t i = 0; i < askers; i++) {
        who[i] = (asker){g, (unsigned)i + 1, all + i * each};
        assert_int_equal(pthread_create(&threads[i], NULL, run, &who[i]), 0);
    }
    for (size_t i = 0; i < askers; i++)
        pthread_join(threads[i], NULL);
    double cpu = bench_cpu() - start;
    for (size_t q = 0; q < QUESTIONS; q++) {
        size_t count = 0;
        for (size_t i = 0; i < askers; i++, count += (size_t)g->pages)
            memcpy(one + count, who[i].took + q * (size_t)g->pages, (size_t)g->pages * sizeof *one);
        tell(questions[q].says, one, count);
    }
    printf("CPU %.3f ms an answer\n", cpu * 1e3 / (double)(each * askers));
    tell("all", all, each * askers);
    free(all);
    free(one);
}

int main(int argc, char **argv)
{
    pb_error err;
    const char *root = getenv("PROBITY_ROOT");
    char folder[] = "/tmp/probity-bench-XXXXXX", key[64];
    ground g = {.rows = argc > 1 ? strtol(argv[1], NULL, 10) : 100000,
                .pages = argc > 3 ? strtol(argv[3], NULL, 10) : 200};
    size_t askers = argc > 2 ? (size_t)strtol(argv[2], NULL, 10) : 16;
    assert_true(askers > 0 && askers <= ASKERS_MAX);
    world_must(sys_sodium_init(&err), &err);
    model_schema *schema = bench_schema(root ? root : ".");
    g.schema = schema;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(key, sizeof key, "%s.key", folder);
    db_options options = {.key.key_file = key};
    world_must(db_workspace_create(on_postgres() ? engine_address() : folder, schema, &options,
                                   NULL, &g.workspace, &err),
               &err);
    double start = bench_cpu();
    world_must(db_write(g.workspace, fill, &g, &err), &err);
    printf("%ld contacts, filled with %.2f us CPU each; %zu at once\n", g.rows,
           (bench_cpu() - start) * 1e6 / (double)g.rows, askers);
    (void)fflush(stdout);
    measure(&g, askers);
    db_workspace_close(g.workspace);
    model_schema_free(schema);
    sys_dir_remove_tree(folder, NULL);
    unlink(key);
    return 0;
}
