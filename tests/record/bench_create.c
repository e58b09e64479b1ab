/* How fast records take the road: 1,000,000 contacts of ten columns, in one transaction, CPU time
 * by part. Not a test: run by hand and by ./bench. Arguments: rows (default 100000). */
#include "bench.h"
#include "world.h"

#include "base/time.h"

static long peak_kb(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

struct bench {
    const model_schema *schema;
    long rows;
    double create, finish;
};

static const char *const given_names[] = {"James",   "Mary",   "王伟",
                                          "علی رضا", "Jürgen", "Anna Maria"};
static const char *const family_names[] = {"Smith", "Kowalski", "", "محمدی", "Müller", "O'Brien"};
static const char *const cities[] = {"Berlin", "Paris", "上海", "Tehran", "Hamburg", "Dublin"};
static const char *const countries[] = {"DE", "FR", "CN", "IR", "DE", "IE"};
static const char *const phones[] = {"+49 30 ",  "+33 1 42 ", "+86 138 0",
                                     "+98 912 ", "+49 40 ",   "+353 1 "};

enum { COLUMNS = 9 };
static const char *const names[COLUMNS] = {"full_name", "email",      "phone",
                                           "job_title", "city",       "country",
                                           "company",   "birth_date", "notes"};

static size_t make(long i, const model_field *const *fields, record_input *inputs,
                   char text[COLUMNS][96])
{
    long k = i % 6;
    snprintf(text[0], 96, "%s %c. %s", given_names[k], (char)('A' + i / 6 % 26), family_names[k]);
    snprintf(text[1], 96, "user%ld@example%ld.com", i, i % 997);
    snprintf(text[2], 96, "%s%07ld", phones[k], (i * 7919) % 10000000);
    snprintf(text[3], 96, "%s", i % 3 ? "Sales Director" : "Engineer");
    snprintf(text[4], 96, "%s", cities[k]);
    snprintf(text[5], 96, "%s", countries[k]);
    snprintf(text[6], 96, "Company %ld", i % 5000);
    snprintf(text[7], 96, "19%02ld-%02ld-%02ld", 40 + i % 60, 1 + i % 12, 1 + i % 28);
    snprintf(text[8], 96, "%s", i % 2 ? "met at the fair" : "");
    size_t count = 0;
    for (size_t c = 0; c < COLUMNS; c++)
        if (fields[c] != NULL)
            inputs[count++] = (record_input){fields[c], pb_str_c(text[c]), NULL};
    return count;
}

static pb_status run(db_session *session, void *context, pb_error *err)
{
    struct bench *b = context;
    record_writer *writer;
    record_input inputs[COLUMNS];
    char text[COLUMNS][96], id[32];
    const model_field *fields[COLUMNS];
    const model_entity *contact = model_entity_find(b->schema, PB_STR("contact"));
    for (size_t c = 0; c < COLUMNS; c++)
        fields[c] = model_field_find(contact, pb_str_c(names[c]));
    PB_TRY(record_writer_open(session, world_actor(), WORLD_NOW, RECORD_KEEP, &writer, err));
    double start = bench_cpu();
    pb_status status = PB_OK;
    for (long i = 1; status == PB_OK && i <= b->rows; i++) {
        size_t count = make(i, fields, inputs, text);
        snprintf(id, sizeof id, "C%07ld", i);
        status = record_create(writer, contact, inputs, count, (record_origin){1, i, pb_str_c(id)},
                               NULL, NULL, NULL, err);
    }
    b->create = bench_cpu() - start;
    start = bench_cpu();
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    b->finish = bench_cpu() - start;
    record_writer_close(writer);
    return status;
}

int main(int argc, char **argv)
{
    pb_error err;
    struct bench b = {.rows = argc > 1 ? strtol(argv[1], NULL, 10) : 100000};
    const char *root = getenv("PROBITY_ROOT");
    char folder[] = "/tmp/probity-bench-XXXXXX";
    world_must(sys_sodium_init(&err), &err);
    model_schema *schema = bench_schema(root ? root : ".");
    b.schema = schema;
    assert_non_null(mkdtemp(folder));
    db_workspace *workspace;
    db_options options = {.scratch = true};
    world_must(db_workspace_create(folder, schema, &options, NULL, &workspace, &err), &err);
    double start = bench_cpu();
    world_must(db_write(workspace, run, &b, &err), &err);
    double all = bench_cpu() - start;
    double each = 1e6 / (double)b.rows;
    printf("%ld records: create %.2f, finish %.2f, all with commit %.2f us CPU a record; peak %ld "
           "MB\n",
           b.rows, b.create * each, b.finish * each, all * each, peak_kb() / 1024);
    db_workspace_close(workspace);
    model_schema_free(schema);
    rmdir(folder);
    return 0;
}
