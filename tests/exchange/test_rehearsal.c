/* A rehearsal says what the import then does, and others write meanwhile. */
#include "exchange_support.h"

#include "asked.h"
#include "db/workspace.h"
#include "engine.h"

enum {
    TEXT = 4 << 20,
    STORY = 8 << 20,
    ROUNDS = 12,
    PEOPLE = 300,
    LONG = 3600 /* more than is short */
};

typedef struct world {
    bench_room *room;
    db_workspace *workspace;
    int64_t now_us;
    uint64_t seed;
    pb_buf story; /* of what was told, row by row */
    int rows, meddles_at, meddled;
} world;

static void world_open(world *w)
{
    void *room = NULL;
    pb_error err;
    room_make(&room);
    *w = (world){.room = room,
                 .now_us = INT64_C(1700000000000000),
                 .seed = 20260,
                 .story = PB_BUF_INIT(STORY)};
    pb_arena *arena = w->room->arena;
    db_options options = {.key = {.key_file = sys_path_join(arena, w->room->folder, "key")}};
    const char *url =
        on_postgres() ? engine_address() : sys_path_join(arena, w->room->folder, "workspace");
    must(db_workspace_create(url, w->room->schema, &options, NULL, &w->workspace, &err), &err);
}

static void world_close(world *w)
{
    void *room = w->room;
    pb_buf_free(&w->story);
    db_workspace_close(w->workspace);
    room_end(&room);
}

static int roll(world *w, int sides)
{
    w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
    return (int)((w->seed >> 33) % (unsigned)sides);
}

/* ---- what is told ---- */

static void tell_value(pb_buf *out, pb_value value)
{
    char id[37];
    pb_uuid uuid;
    if (value.kind == PB_TEXT)
        pb_buf_add(out, value.as.s);
    else if (value.kind == PB_INT)
        pb_buf_printf(out, "%lld", (long long)value.as.i);
    else if (value.kind == PB_BLOB && value.as.s.len == sizeof uuid.b) {
        memcpy(uuid.b, value.as.s.ptr, sizeof uuid.b);
        pb_uuid_text(uuid, id);
        pb_buf_addc(out, id);
    }
}

/* Ids are drawn anew: of a link to a record that is made by the file there is the reference. */
static void tell_cell(pb_buf *out, const record_cell *cell)
{
    bool link = cell->field->type == MODEL_LINK;
    pb_buf_printf(out, " %.*s:", PB_STR_FMT(cell->field->name));
    tell_value(out, cell->before);
    pb_buf_addc(out, ">");
    tell_value(out, link ? cell->after_more : cell->after);
}

static pb_status add_one(db_session *session, void *context, pb_error *err)
{
    const world *w = context;
    record_writer *writer = NULL;
    const model_entity *contact = model_entity_find(w->room->schema, PB_STR("contact"));
    const record_input inputs[] = {
        {model_field_find(contact, PB_STR("full_name")), PB_STR("Somebody Else"), NULL},
        {model_field_find(contact, PB_STR("email")), PB_STR("else@example.org"), NULL}};
    ledger_actor actor = {.name = PB_STR("somebody"), .via = PB_STR("test")};
    pb_uuid id;
    PB_TRY(record_writer_open(session, actor, w->now_us, RECORD_STRICT, &writer, err));
    pb_status status =
        record_create(writer, contact, inputs, 2, (record_origin){0}, &id, NULL, NULL, err);
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    return status;
}

/* The one who writes here has to wait for nobody: it is the thread that rehearses. */
static pb_status meddle(world *w, pb_error *err)
{
    if (w->meddles_at == 0 || w->rows % w->meddles_at != 0)
        return PB_OK;
    w->meddled++;
    return db_write(w->workspace, add_one, w, err);
}

static pb_status told(void *context, const exchange_told *row, pb_error *err)
{
    world *w = context;
    if (row == NULL) {
        pb_buf_clear(&w->story);
        w->rows = 0;
        return PB_OK;
    }
    pb_buf_printf(&w->story, "%.*s %lld %d", PB_STR_FMT(row->file->name), (long long)row->row,
                  row->refused ? -1 : (int)row->brought.outcome);
    for (size_t i = 0; i < row->reject_count; i++) {
        pb_buf_printf(&w->story, " %.*s=", PB_STR_FMT(row->rejects[i].column));
        pb_buf_add(&w->story, row->rejects[i].value);
        pb_buf_byte(&w->story, '!');
        pb_buf_add(&w->story, row->rejects[i].says);
    }
    for (size_t i = 0; i < row->brought.cell_count; i++)
        tell_cell(&w->story, &row->brought.cells[i]);
    pb_buf_byte(&w->story, '\n');
    w->rows++;
    return meddle(w, err);
}

static void tell_plan(world *w, const exchange_plan *plan)
{
    for (size_t i = 0; i < plan->file_count; i++) {
        const exchange_file *file = &plan->files[i];
        pb_buf_printf(&w->story, "%.*s rows %llu new %llu changed %llu same %llu led %llu no %llu",
                      PB_STR_FMT(file->name), (unsigned long long)file->rows,
                      (unsigned long long)file->imported, (unsigned long long)file->changed,
                      (unsigned long long)file->same, (unsigned long long)file->led,
                      (unsigned long long)file->rejected);
        for (size_t c = 0; c < file->column_count; c++)
            pb_buf_printf(&w->story, " %llu", (unsigned long long)file->columns[c].filled);
        for (size_t f = 0; file->field_changes != NULL && f < file->entity->field_count; f++)
            pb_buf_printf(&w->story, " %llu", (unsigned long long)file->field_changes[f]);
        for (size_t r = 0; r < file->reject_count; r++)
            pb_buf_printf(&w->story, " %lld", (long long)file->rejects[r].row);
    }
    pb_buf_printf(&w->story, "\nopen %llu likely %llu\n", (unsigned long long)plan->unresolved,
                  (unsigned long long)plan->suspected);
    assert_false(w->story.failed);
}

/* ---- files ---- */

/* Some come again, some refer to each other, some are not valid; all of it changes with the round.
 */
static const char *people(world *w, int round, int count)
{
    static const char *const cities[] = {"Jena", "Kiel", "Ulm", "", "Bonn"};
    PB_AUTO_BUF text = PB_BUF_INIT(TEXT);
    char name[40];
    pb_buf_addc(&text, "Contact ID,Full Name,Email,City,Reports To\n");
    for (int i = 0; i < count; i++) {
        int who = roll(w, count * 4 / 3);
        bool like = roll(w, 15) == 0;
        pb_buf_printf(&text, "N-%d,Person %c%c%c Meyer,", like ? who + 5000 + i : who,
                      'A' + who % 26, 'a' + who / 26 % 26, 'a' + who / 676);
        pb_buf_printf(&text, roll(w, 20) == 0 ? "none at all," : "p%d@example.org,", who);
        pb_buf_printf(&text, "%s,", cities[roll(w, 5)]);
        if (roll(w, 3) == 0)
            pb_buf_printf(&text, "N-%d", roll(w, count * 3 / 2));
        pb_buf_byte(&text, '\n');
    }
    snprintf(name, sizeof name, "people-%d.csv", round);
    return put_file(w->room, name, pb_buf_str(&text));
}

static exchange_options options_of(world *w, const char *const *path, int round)
{
    static const record_mode modes[] = {RECORD_MODE_CREATE, RECORD_MODE_UPSERT, RECORD_MODE_UPDATE};
    static const char *const by_id[] = {"id"}, *const by_mail[] = {"email"};
    exchange_options options = options_for(path, 1);
    /* Ids that come twice are no sign of a column of ids. */
    options.map = PB_STR("files:\n  \"*\":\n    entity: contact\n    columns: {Contact ID: id}\n");
    options.policy = RECORD_STRICT;
    options.now_us = w->now_us;
    options.mode = round == 0 ? RECORD_MODE_CREATE : modes[round % 3];
    options.match = round % 4 == 3 ? by_mail : by_id;
    options.match_count = 1;
    options.duplicates = round % 2 == 0 ? RECORD_DUPLICATES_WARN : RECORD_DUPLICATES_REFUSE;
    options.duplicate_threshold = 0.9;
    options.each_row = true;
    options.each = told;
    options.each_context = w;
    options.context = w;
    return options;
}

static pb_str run(world *w, const char *path, int round, bool dry_run, bool sliced)
{
    pb_error err;
    exchange_plan plan;
    exchange_options options = options_of(w, &path, round);
    options.dry_run = dry_run;
    options.sliced = sliced;
    must(exchange_plan_make(w->room->schema, &options, w->room->arena, &plan, &err), &err);
    must(exchange_import(w->workspace, &options, w->room->arena, &plan, &err), &err);
    assert_false(plan.unfinished);
    tell_plan(w, &plan);
    return pb_arena_str(w->room->arena, pb_buf_str(&w->story));
}

static int64_t events(world *w)
{
    return asked_number(w->workspace, "SELECT COUNT(*) FROM ledger_event");
}

/* shows: INT-5 */
static void test_what_is_rehearsed_then_happens(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    for (int round = 0; round < ROUNDS; round++) {
        const char *path = people(&w, round, round % 5 == 1 ? LONG : PEOPLE);
        int64_t before = events(&w);
        w.now_us += 1000000;
        pb_str said = run(&w, path, round, true, false);
        assert_int_equal(events(&w), before);
        pb_str did = run(&w, path, round, false, round % 5 == 2);
        if (!pb_str_eq(said, did))
            fail_msg("round %d: rehearsed\n%.*s\nimported\n%.*s", round, PB_STR_FMT(said),
                     PB_STR_FMT(did));
        assert_true(events(&w) > before);
    }
    assert_true(asked_number(w.workspace, "SELECT COUNT(*) FROM contact") > PEOPLE / 2);
    world_close(&w);
}

/* shows: INT-5 INT-1 */
static void test_others_write_while_a_long_file_is_rehearsed(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    const char *path = people(&w, 1, LONG);
    run(&w, people(&w, 0, PEOPLE), 0, false, false);
    int64_t before = asked_number(w.workspace, "SELECT COUNT(*) FROM contact");
    w.meddles_at = LONG / 3;
    run(&w, path, 1, true, false);
    assert_true(w.meddled >= 3);
    assert_int_equal(asked_number(w.workspace, "SELECT COUNT(*) FROM contact"), before + w.meddled);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_rehearsed_then_happens),
        cmocka_unit_test(test_others_write_while_a_long_file_is_rehearsed),
    };
    return cmocka_run_group_tests_name("exchange/rehearsal", tests, NULL, NULL);
}
