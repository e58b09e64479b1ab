/* What the gate on entry costs: a workspace of a million contacts, the index made in one pass, then
 * entries one by one without and with the gate, each in a transaction of its own. Not a test: run
 * by hand and by ./bench. Arguments: rows (default 100000), entries (default 2000). */
#include "bench.h"
#include "record/likely.h"
#include "world.h"

enum { COLUMNS = 6, EVERY = 10 };

static const char *const names[COLUMNS] = {"full_name", "email",    "phone",
                                           "city",      "postcode", "birth_date"};

typedef struct gate_bench {
    const model_schema *schema;
    const model_entity *contact;
    const model_field *fields[COLUMNS];
    long rows, next, suspected, found;
    bool gate;
} gate_bench;

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

/* Names of syllables, so that there are some common and many rare ones. */
static void put_word(char *to, size_t size, uint64_t draw, unsigned common)
{
    static const char *const parts[] = {"ka",  "lo",  "mi",  "ren", "sta", "vel", "dor", "an",
                                        "bri", "ten", "hol", "ga",  "ush", "per", "nik", "zo"};
    uint64_t bits = mix(draw % (draw % 3 == 0 ? common : 40 * common));
    (void)snprintf(to, size, "%s%s%s", parts[bits & 15], parts[bits >> 4 & 15],
                   parts[bits >> 8 & 15]);
    to[0] = (char)(to[0] - 32);
}

/* Contact `i`; with `slips` written a little differently. */
static size_t make(const gate_bench *b, uint64_t i, bool slips, record_input *inputs,
                   char text[COLUMNS][96])
{
    char first[24], last[24];
    put_word(first, sizeof first, mix(i), 300);
    put_word(last, sizeof last, mix(i + 77777777), 2000);
    if (slips)
        last[strlen(last) - 1] = 'y';
    (void)snprintf(text[0], 96, "%s %s", first, last);
    (void)snprintf(text[1], 96, "%s.%s%llu@example%llu.com", first, last,
                   (unsigned long long)(mix(i + 5) % 1000), (unsigned long long)(mix(i + 6) % 400));
    (void)snprintf(text[2], 96, "+4930%08llu",
                   (unsigned long long)(20000000 + mix(i + 7) % 70000000));
    (void)snprintf(text[3], 96, "City %llu", (unsigned long long)(mix(i + 8) % 3000));
    (void)snprintf(text[4], 96, "%05llu", (unsigned long long)(10000 + mix(i + 8) % 3000 * 7));
    (void)snprintf(
        text[5], 96, "19%02llu-%02llu-%02llu", (unsigned long long)(40 + mix(i + 9) % 60),
        (unsigned long long)(1 + mix(i + 10) % 12), (unsigned long long)(1 + mix(i + 11) % 28));
    if (slips) /* the mailbox is not known, of every second the number neither */
        text[1][0] = '\0';
    if (slips && mix(i + 12) % 2 == 0)
        text[2][0] = '\0';
    size_t count = 0;
    for (size_t c = 0; c < COLUMNS; c++)
        if (b->fields[c] != NULL && text[c][0] != '\0')
            inputs[count++] = (record_input){b->fields[c], pb_str_c(text[c]), NULL};
    return count;
}

static pb_status fill(db_session *session, void *context, pb_error *err)
{
    gate_bench *b = context;
    record_writer *writer;
    record_input inputs[COLUMNS];
    char text[COLUMNS][96], id[32];
    const record_gate bulk = {.bulk = true};
    PB_TRY(record_writer_open(session, world_actor(), WORLD_NOW, RECORD_KEEP, &writer, err));
    record_writer_gate(writer, &bulk);
    pb_status status = PB_OK;
    for (long i = 1; status == PB_OK && i <= b->rows; i++) {
        size_t count = make(b, (uint64_t)i, false, inputs, text);
        (void)snprintf(id, sizeof id, "C%07ld", i);
        status = record_create(writer, b->contact, inputs, count,
                               (record_origin){1, i, pb_str_c(id)}, NULL, NULL, NULL, err);
    }
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    return status;
}

static pb_status file_all(db_session *session, void *context, pb_error *err)
{
    const gate_bench *b = context;
    return record_likely_complete(session, b->contact, err);
}

/* One entry; every tenth is one of the million, written with slips. */
static pb_status enter(db_session *session, void *context, pb_error *err)
{
    gate_bench *b = context;
    record_writer *writer;
    record_input inputs[COLUMNS];
    char text[COLUMNS][96];
    const record_gate gate = {.what = RECORD_DUPLICATES_WARN, .by = PB_STR("entry")};
    const record_gate none = {.bulk = true}; /* no index either */
    bool twin = b->next % EVERY == 0;
    uint64_t who = twin ? mix((uint64_t)b->next) % (uint64_t)b->rows + 1
                        : (uint64_t)(b->rows + 10000000 + b->next);
    PB_TRY(record_writer_open(session, world_actor(), WORLD_NOW, RECORD_KEEP, &writer, err));
    record_writer_gate(writer, b->gate ? &gate : &none);
    size_t count = make(b, who, twin, inputs, text);
    pb_status status =
        record_create(writer, b->contact, inputs, count, (record_origin){0}, NULL, NULL, NULL, err);
    b->suspected += record_writer_suspected(writer) > 0;
    b->found += twin && record_writer_suspected(writer) > 0;
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    b->next++;
    return status;
}

static double entries(gate_bench *b, db_workspace *workspace, long count, bool gate)
{
    pb_error err;
    b->gate = gate;
    b->suspected = b->found = 0;
    double start = bench_cpu();
    for (long i = 0; i < count; i++)
        world_must(db_write(workspace, enter, b, &err), &err);
    return (bench_cpu() - start) * 1e6 / (double)count;
}

int main(int argc, char **argv)
{
    pb_error err;
    gate_bench b = {.rows = argc > 1 ? strtol(argv[1], NULL, 10) : 100000};
    long count = argc > 2 ? strtol(argv[2], NULL, 10) : 2000;
    const char *root = getenv("PROBITY_ROOT");
    char folder[] = "/tmp/probity-bench-XXXXXX";
    world_must(sys_sodium_init(&err), &err);
    model_schema *schema = bench_schema(root ? root : ".");
    b.schema = schema;
    b.contact = model_entity_find(schema, PB_STR("contact"));
    for (size_t c = 0; c < COLUMNS; c++)
        b.fields[c] = model_field_find(b.contact, pb_str_c(names[c]));
    assert_non_null(mkdtemp(folder));
    db_workspace *workspace;
    db_options options = {.scratch = true};
    world_must(db_workspace_create(folder, schema, &options, NULL, &workspace, &err), &err);
    double start = bench_cpu();
    world_must(db_write(workspace, fill, &b, &err), &err);
    double filled = bench_cpu() - start;
    start = bench_cpu();
    world_must(db_write(workspace, file_all, &b, &err), &err);
    double filed = bench_cpu() - start;
    entries(&b, workspace, 200, true); /* pages into the cache, as in a program that runs */
    double with = entries(&b, workspace, count, true);
    long found = b.found, others = b.suspected - b.found;
    double without = entries(&b, workspace, count, false);
    printf("%ld records: %.2f CPU s, index of likely duplicates %.2f CPU s; an entry %.1f us CPU, "
           "with the gate %.1f us: %.1f us added; told %ld of %ld twins, %ld others\n",
           b.rows, filled, filed, without, with, with - without, found, count / EVERY, others);
    db_workspace_close(workspace);
    model_schema_free(schema);
    rmdir(folder);
    return 0;
}
