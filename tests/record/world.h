/* A small world for the tests of record: three entities that link to each other, a workspace on the
 * engine asked for, and words that keep the tests short. */
#ifndef TESTS_RECORD_WORLD_H
#define TESTS_RECORD_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "db/workspace.h"
#include "engine.h"
#include "record/record.h"
#include "record/run.h"
#include "record/verify.h"
#include "sys/file.h"
#include "sys/random.h"

/* What a test says further of a person's name: that it is personal data, say. */
#ifndef WORLD_OF_NAME
#define WORLD_OF_NAME ""
#endif

/* Entities that a test has besides, each behind "---\n". */
#ifndef WORLD_MORE
#define WORLD_MORE ""
#endif

static const char world_model[] =
    "entity: firm\n"
    "label: Firm\n"
    "plural: Firms\n"
    "title: [name]\n"
    "search: [name, city]\n"
    "key: [name, tax_code]\n"
    "links:\n"
    "  parent: {to: firm, label: Parent firm}\n"
    "fields:\n"
    "  name: {type: org_name, required: true, match: org}\n"
    "  tax_code: {type: identifier, match: exact}\n"
    "  city: {type: text}\n"
    "  opened: {type: date, between: [1900-01-01, today]}\n"
    "  staff_count: {type: integer}\n"
    "---\n"
    "entity: person\n"
    "label: Person\n"
    "plural: People\n"
    "title: [full_name]\n"
    "search: [full_name, email, phone, firm.name]\n"
    "key: [full_name, email]\n"
    "lists: [full_name, country+full_name, born, firm+changed_at, changed_at, score, vip+country]\n"
    "links:\n"
    "  firm: {to: firm, on_delete: clear}\n"
    "fields:\n"
    "  full_name: {type: person_name, required: true, match: name" WORLD_OF_NAME "}\n"
    "  email: {type: email, many: true, match: email}\n"
    "  phone: {type: phone, country: country, match: phone}\n"
    "  country: {type: country}\n"
    "  born: {type: date, between: [1900-01-01, today], match: date}\n"
    "  vip: {type: boolean}\n"
    "  score: {type: decimal}\n"
    "  balance: {type: money, currency: EUR}\n"
    "  remark: {type: note}\n"
    "  scratch: {type: text, history: {keep: false, reason: Changes every hour}}\n"
    "rules:\n"
    "  - {name: reachable, grade: essential, check: \"email is not null or phone is not null\","
    " says: A person can be reached by e-mail or phone}\n"
    "  - {name: tidy, grade: desirable, check: \"remark is not null\", says: There is a remark}\n"
    "---\n"
    "entity: deal\n"
    "label: Deal\n"
    "plural: Deals\n"
    "title: [title]\n"
    "search: [title]\n"
    "key: [title]\n"
    "links:\n"
    "  firm: {to: firm, on_delete: refuse}\n"
    "  person: {to: person}\n"
    "fields:\n"
    "  title: {type: text, required: true}\n"
    "  stage: {type: choice, values: [open, won, lost]}\n"
    "  amount: {type: money, currency: EUR}\n"
    "  closed_on: {type: date, required: {when: \"stage in (won, lost)\"}}\n"
    "  happened: {type: instant}\n" WORLD_MORE;

/** The engines every behaviour is shown on. */
static const char *const world_engines[] = {"embedded"};

enum { WORLD_TABLES = 9 };
static const char *const world_tables[WORLD_TABLES] = {
    "t_firm",       "t_person",     "t_deal",       "record_key",     "link_promise",
    "t_value_note", "ledger_event", "t_import_run", "t_source_column"};

#define WORLD_NOW INT64_C(1750000000000000)

typedef struct world {
    char folder[128];
    char key[320];
    model_schema *schema;
    db_workspace *workspace;
    const model_entity *firm, *person, *deal;
    int64_t now_us;
} world;

static inline void world_must(pb_status status, const pb_error *err)
{
    if (status == PB_OK)
        return;
    pb_buf text = PB_BUF_INIT(8192);
    pb_error_render(err, &err->primary, NULL, &text);
    pb_buf_byte(&text, ' ');
    pb_error_render(err, &err->detail, NULL, &text);
    fail_msg("%s", pb_buf_cstr(&text));
}

static inline void world_schema(world *w)
{
    pb_error err;
    /* A document each: the loader takes one source an entity. */
    model_source sources[6];
    size_t count = 0;
    pb_str rest = pb_str_c(world_model);
    while (rest.ptr != NULL) {
        size_t end = pb_str_find(rest, PB_STR("---\n"));
        assert_true(count < sizeof sources / sizeof *sources);
        sources[count++] = (model_source){PB_STR("world.yaml"),
                                          pb_str_sub(rest, 0, end == SIZE_MAX ? rest.len : end)};
        rest = end == SIZE_MAX ? PB_STR_NONE : pb_str_sub(rest, end + 4, rest.len);
    }
    world_must(model_schema_load(sources, count, &w->schema, &err), &err);
    w->firm = model_entity_find(w->schema, PB_STR("firm"));
    w->person = model_entity_find(w->schema, PB_STR("person"));
    w->deal = model_entity_find(w->schema, PB_STR("deal"));
}

/** A fresh scratch workspace on an engine of world_engines. */
/** An empty folder of this name, the key's file beside it, and what is declared. */
static inline void world_place(world *w, const char *name)
{
    pb_error err;
    const char *base = getenv("TMPDIR");
    memset(w, 0, sizeof *w);
    w->now_us = WORLD_NOW;
    world_must(sys_sodium_init(&err), &err);
    world_schema(w);
    snprintf(w->folder, sizeof w->folder, "%s/probity-%s-XXXXXX", base ? base : "/tmp", name);
    assert_non_null(mkdtemp(w->folder));
    snprintf(w->key, sizeof w->key, "%s.key", w->folder);
}

static inline void world_open(world *w, const char *engine)
{
    pb_error err;
    (void)engine; /* the embedded engine's URL is a folder */
    world_place(w, "record");
    db_options options = {.scratch = getenv("PROBITY_TEST_ENGINE") == NULL, .key.key_file = w->key};
    world_must(db_workspace_create(on_postgres() ? engine_address() : w->folder, w->schema,
                                   &options, NULL, &w->workspace, &err),
               &err);
    if (on_postgres())
        engine_lift_rights();
}

static inline void world_close(world *w)
{
    w->workspace = db_workspace_close(w->workspace);
    w->schema = model_schema_free(w->schema);
    sys_dir_remove_tree(w->folder, NULL);
    unlink(w->key);
}

static inline ledger_actor world_actor(void)
{
    return (ledger_actor){PB_STR("tester"), PB_STR_NONE, PB_STR("test")};
}

/** One value on its way in, by the field's name. */
typedef struct given {
    const char *field, *raw;
} given;

enum { WORLD_INPUTS = 24 };

static inline size_t world_inputs(const model_entity *entity, const given *values,
                                  record_input inputs[WORLD_INPUTS])
{
    size_t count = 0;
    for (; values[count].field != NULL; count++) {
        assert_true(count < WORLD_INPUTS);
        const model_field *field = model_field_find(entity, pb_str_c(values[count].field));
        assert_non_null(field);
        inputs[count] = (record_input){field, pb_str_c(values[count].raw), NULL};
    }
    return count;
}

#define GIVEN(...) ((const given[]){__VA_ARGS__, {NULL, NULL}})

static inline pb_status world_create(record_writer *writer, const model_entity *entity,
                                     const given *values, const char *source_id, pb_uuid *ret_id,
                                     pb_error *err)
{
    record_input inputs[WORLD_INPUTS];
    size_t count = world_inputs(entity, values, inputs);
    record_origin origin = {.run = 0, .row = 0, .source_id = pb_str_c(source_id)};
    return record_create(writer, entity, inputs, count, origin, ret_id, NULL, NULL, err);
}

static inline pb_status world_change(record_writer *writer, const model_entity *entity, pb_uuid id,
                                     int64_t expected, const given *values, pb_error *err)
{
    record_input inputs[WORLD_INPUTS];
    size_t count = world_inputs(entity, values, inputs);
    return record_change(writer, entity, id, expected, inputs, count, NULL, NULL, err);
}

/** Runs `work` in one transaction with one writer, finished when all went well. */
typedef pb_status (*world_work)(world *w, record_writer *writer, void *context, pb_error *err);

struct world_write {
    world *w;
    record_policy policy;
    world_work work;
    void *context;
    uint64_t unresolved;
};

static inline pb_status world_run(db_session *session, void *context, pb_error *err)
{
    struct world_write *job = context;
    record_writer *writer;
    PB_TRY(record_writer_open(session, world_actor(), job->w->now_us, job->policy, &writer, err));
    pb_status status = job->work(job->w, writer, job->context, err);
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    job->unresolved = record_writer_unresolved(writer);
    record_writer_close(writer);
    return status;
}

static inline pb_status world_write(world *w, record_policy policy, world_work work, void *context,
                                    uint64_t *ret_unresolved, pb_error *err)
{
    struct world_write job = {w, policy, work, context, 0};
    w->now_us += 1000000;
    pb_status status = db_write(w->workspace, world_run, &job, err);
    if (ret_unresolved != NULL)
        *ret_unresolved = job.unresolved;
    return status;
}

static inline db_session *world_look(world *w)
{
    pb_error err;
    db_session *session;
    world_must(db_snapshot_open(w->workspace, &session, &err), &err);
    return session;
}

/** First column of the first row of a query, as a number. */
static inline int64_t world_number(world *w, const char *sql)
{
    pb_error err;
    db_session *session = world_look(w);
    db_stmt *stmt;
    bool row;
    world_must(db_prepare(session, sql, &stmt, &err), &err);
    world_must(db_step(stmt, &row, &err), &err);
    int64_t number = row ? db_column_i64(stmt, 0) : -1;
    db_reset(stmt);
    db_snapshot_close(session);
    return number;
}

/** First column of all rows, joined by `|`; the texts "NULL" for null. */
static inline const char *world_texts(world *w, const char *sql, char *to, size_t size)
{
    pb_error err;
    db_session *session = world_look(w);
    db_stmt *stmt;
    bool row;
    size_t used = 0;
    to[0] = '\0';
    world_must(db_prepare(session, sql, &stmt, &err), &err);
    for (;;) {
        world_must(db_step(stmt, &row, &err), &err);
        if (!row)
            break;
        pb_str text = db_column_is_null(stmt, 0) ? PB_STR("NULL") : db_column_text(stmt, 0);
        used +=
            (size_t)snprintf(to + used, size - used, "%s%.*s", used ? "|" : "", PB_STR_FMT(text));
        assert_true(used < size);
    }
    db_snapshot_close(session);
    return to;
}

/** Rows of all tables together. */
static inline void world_counts(world *w, int64_t ret_counts[WORLD_TABLES])
{
    for (size_t i = 0; i < WORLD_TABLES; i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", world_tables[i]);
        pb_error err;
        db_session *session = world_look(w);
        db_stmt *stmt;
        bool row;
        world_must(db_prepare_text(session, pb_str_c(sql), &stmt, &err), &err);
        world_must(db_step(stmt, &row, &err), &err);
        ret_counts[i] = db_column_i64(stmt, 0);
        db_snapshot_close(session);
    }
}

/** The whole ledger and every row against it. */
static inline pb_status world_verify(world *w, pb_error *err)
{
    db_session *session = world_look(w);
    record_checker *checker = record_checker_new();
    ledger_report report;
    assert_non_null(checker);
    const ledger_check check = {.rows = record_verify_rows, .rows_context = checker};
    pb_status status = ledger_verify_with(session, &check, &report, err);
    record_checker_free(checker);
    db_snapshot_close(session);
    return status;
}

static inline const pb_value *world_value(const record_data *record, const char *field)
{
    const model_field *found = model_field_find(record->entity, pb_str_c(field));
    assert_non_null(found);
    return &record->values[found->index];
}

/** All records of an entity, read whole; they lie in `arena`. */
typedef struct world_all {
    record_data *items;
    size_t count, capacity;
    pb_arena *arena;
} world_all;

static inline pb_status world_keep_id(void *context, const record_data *record, pb_error *err)
{
    world_all *all = context;
    const record_data kept = {.id = record->id};
    (void)err;
    assert_true(PB_PUSH(all->arena, all->items, all->count, all->capacity, kept));
    return PB_OK;
}

static inline world_all world_read_all(db_session *session, const model_entity *entity,
                                       pb_arena *arena)
{
    pb_error err;
    world_all all = {.arena = arena};
    world_must(record_scan(session, entity, world_keep_id, &all, &err), &err);
    for (size_t i = 0; i < all.count; i++) {
        pb_uuid id = all.items[i].id;
        world_must(record_read(session, entity, id, arena, &all.items[i], &err), &err);
    }
    return all;
}

/** True when a field of a record holds this text. */
static inline bool world_holds(const record_data *record, const char *field, const char *text)
{
    const pb_value *value = world_value(record, field);
    return value->kind == PB_TEXT && pb_str_is(value->as.s, text);
}

/** Renders primary, detail and hint of an error in one text. */
static inline const char *world_says(const pb_error *err, char *to, size_t size)
{
    pb_buf text = PB_BUF_INIT(8192);
    pb_error_render(err, &err->primary, NULL, &text);
    pb_buf_addc(&text, " / ");
    pb_error_render(err, &err->detail, NULL, &text);
    pb_buf_addc(&text, " / ");
    pb_error_render(err, &err->hint, NULL, &text);
    snprintf(to, size, "%s", pb_buf_cstr(&text));
    pb_buf_free(&text);
    return to;
}

#endif
