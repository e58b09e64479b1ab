/* Rows that change records which are there: which record each is about, what it changes, who may,
 * and that a run of them can be taken back whole. */
#include "record/bring.h"
#include "undoing.h"

enum { PEOPLE = 8, ROWS = 14, MOST = 24 };

/* A row of a file: its own id, and values. */
typedef struct row {
    const char *id;
    const given *values;
} row;

/* What came of a row. */
typedef struct came {
    bool refused;
    record_outcome outcome;
    size_t cells;
    char says[200], value[80];
    char first[40]; /* the first field that changed */
} came;

/* A file with its rows, and what came of them. */
typedef struct file {
    world *w;
    record_matching how;
    const row *rows;
    size_t count;
    came came[MOST];
    int64_t number;
    unsigned seed;           /* the rows are drawn when there are none */
    record_matcher *matcher; /* NULL: one of its own */
    db_session *session;     /* of the import */
} file;

static void keep(file *f, size_t at, pb_status status, const record_brought *brought,
                 const record_problem *problems, size_t count)
{
    came *c = &f->came[at];
    *c = (came){.refused = status == PB_INVALID, .outcome = brought->outcome};
    if (count > 0) {
        (void)snprintf(c->says, sizeof c->says, "%s", problems[0].says.ptr);
        (void)snprintf(c->value, sizeof c->value, "%.*s", PB_STR_FMT(problems[0].value));
        return;
    }
    c->cells = brought->cell_count;
    if (brought->cell_count > 0)
        (void)snprintf(c->first, sizeof c->first, "%s", brought->cells[0].field->name.ptr);
}

static pb_status bring_row(file *f, record_writer *writer, record_matcher *matcher, const row *r,
                           size_t at, pb_error *err)
{
    record_input inputs[WORLD_INPUTS];
    record_brought brought;
    const record_problem *problems = NULL;
    size_t count = world_inputs(f->w->person, r->values, inputs), problem_count = 0;
    record_origin origin = {.run = f->number,
                            .row = (int64_t)at + 1,
                            .source_id = r->id == NULL ? PB_STR_NONE : pb_str_c(r->id)};
    pb_status status = record_bring(writer, matcher, inputs, count, origin, &brought, &problems,
                                    &problem_count, err);
    keep(f, at, status, &brought, problems, problem_count);
    return status == PB_INVALID ? PB_OK : status;
}

static unsigned draw(file *f, unsigned below)
{
    f->seed = f->seed * 1103515245u + 12345u;
    return (f->seed >> 16) % below;
}

/* Anybody of a few people, known by id or by mail, with some of the values. */
static pb_status bring_drawn(file *f, record_writer *writer, record_matcher *matcher, size_t at,
                             pb_error *err)
{
    static const char *const names[] = {"Ben Ames", "Ben Otto", "Anna Ruf", "Ben Ruf"};
    char id[16], mail[40], balance[16], firm[16];
    unsigned who = draw(f, PEOPLE + 4);
    given values[8];
    size_t count = 0;
    (void)snprintf(id, sizeof id, "P-%u", who);
    (void)snprintf(mail, sizeof mail, "p%u@example.org", draw(f, 6) == 0 ? draw(f, PEOPLE) : who);
    (void)snprintf(balance, sizeof balance, "%u.50", draw(f, 90));
    (void)snprintf(firm, sizeof firm, "Firm %u", draw(f, 4));
    values[count++] = (given){"full_name", names[draw(f, 4)]};
    if (draw(f, 4) > 0)
        values[count++] = (given){"email", mail};
    if (draw(f, 2) == 0)
        values[count++] = (given){"balance", draw(f, 4) == 0 ? "" : balance};
    if (draw(f, 2) == 0)
        values[count++] = (given){"firm", firm};
    if (draw(f, 3) == 0)
        values[count++] = (given){"remark", draw(f, 2) == 0 ? "seen" : ""};
    values[count] = (given){NULL, NULL};
    const row r = {draw(f, 4) == 0 ? NULL : id, values};
    return bring_row(f, writer, matcher, &r, at, err);
}

static pb_status bring_all(file *f, record_writer *writer, pb_error *err)
{
    record_matcher *matcher = f->matcher;
    if (matcher == NULL)
        PB_TRY(record_matcher_new(f->w->person, &f->how, &matcher, err));
    pb_status status = record_matcher_use(matcher, writer, err);
    for (size_t i = 0; i < f->count && status == PB_OK; i++)
        status = f->rows != NULL ? bring_row(f, writer, matcher, &f->rows[i], i, err)
                                 : bring_drawn(f, writer, matcher, i, err);
    if (f->matcher == NULL)
        record_matcher_free(matcher);
    return status;
}

static pb_status import_work(db_session *session, void *context, pb_error *err)
{
    static const uint8_t hash[32] = {7};
    file *f = context;
    record_run *run = NULL;
    record_writer *writer = NULL;
    f->w->now_us += 1000000;
    f->session = session;
    PB_TRY(record_run_begin(session, world_actor(), f->w->now_us, &run, err));
    pb_status status =
        record_run_file(run, PB_STR("people.csv"), f->w->person, hash, &f->number, err);
    if (status == PB_OK)
        status =
            record_writer_open(session, world_actor(), f->w->now_us, RECORD_STRICT, &writer, err);
    if (status == PB_OK)
        status = bring_all(f, writer, err);
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    if (status == PB_OK)
        status = record_run_finish(run, record_writer_unresolved(writer), err);
    record_writer_close(writer);
    record_run_close(run);
    return status;
}

static void import(file *f)
{
    pb_error err;
    world_must(db_write(f->w->workspace, import_work, f, &err), &err);
}

/* Two people, one of them with a firm. */
static pb_status two_people(world *w, record_writer *writer, void *context, pb_error *err)
{
    (void)context;
    PB_TRY(world_create(writer, w->firm, GIVEN({"name", "Zeiss"}, {"city", "Jena"}), "F-1", NULL,
                        err));
    PB_TRY(world_create(writer, w->person,
                        GIVEN({"full_name", "Ada Lovelace"}, {"email", "ada@example.org"},
                              {"firm", "F-1"}, {"balance", "10.00"}, {"remark", "first"}),
                        "P-1", NULL, err));
    return world_create(writer, w->person,
                        GIVEN({"full_name", "Emmy Noether"}, {"email", "emmy@example.org"}), "P-2",
                        NULL, err);
}

static void begin(world *w, void **state_of)
{
    pb_error err;
    world_open(w, *state_of);
    world_must(world_write(w, RECORD_STRICT, two_people, NULL, NULL, &err), &err);
}

static const char *one(world *w, const char *sql)
{
    static char text[400];
    return world_texts(w, sql, text, sizeof text);
}

#define ROWS_OF(...)                                                                               \
    .rows = (const row[]){__VA_ARGS__}, .count = sizeof((const row[]){__VA_ARGS__}) / sizeof(row)

/* shows: INT-1 INT-5 DQ-1 DQ-9 */
static void test_rows_change_the_record_with_their_id(void **state_of)
{
    world w;
    begin(&w, state_of);
    file f = {.w = &w,
              .how = {.mode = RECORD_MODE_UPDATE, .by_id = true},
              ROWS_OF({"P-1", GIVEN({"full_name", "Ada King"}, {"email", ""}, {"firm", "Zeiss"},
                                    {"balance", "12.50"})},
                      {"P-2", GIVEN({"full_name", "Emmy Noether"})},
                      {"P-3", GIVEN({"full_name", "Nobody"}, {"email", "n@example.org"})},
                      {"P-2", GIVEN({"email", "no address"})},
                      {NULL, GIVEN({"full_name", "Nobody"}, {"email", "n@example.org"})})};
    import(&f);
    assert_int_equal(f.came[0].outcome, RECORD_CAME_CHANGED);
    assert_int_equal(f.came[0].cells, 2); /* the same firm by another name is no change */
    assert_int_equal(f.came[1].outcome, RECORD_CAME_SAME);
    assert_false(f.came[1].refused);
    for (size_t i = 2; i < 5; i++)
        assert_true(f.came[i].refused);
    assert_string_equal(f.came[2].says, "No record fits this row.");
    assert_string_equal(f.came[3].value, "no address");
    assert_string_equal(one(&w, "SELECT full_name || ':' || email || ':' || firm_ref || ':' ||"
                                " balance || ':' || version FROM t_person ORDER BY n"),
                        "Ada King:ada@example.org:F-1:1250:2|NULL");
    pb_error err;
    world_must(world_verify(&w, &err), &err);
    world_close(&w);
}

/* shows: INT-1 DQ-1 DQ-9 */
static void test_cells_without_a_value_clear_when_asked(void **state_of)
{
    world w;
    begin(&w, state_of);
    file f = {.w = &w,
              .how = {.mode = RECORD_MODE_UPDATE, .by_id = true, .clear = true},
              ROWS_OF({"P-1", GIVEN({"remark", ""}, {"firm", ""})}, {"P-2", GIVEN({"email", ""})})};
    import(&f);
    assert_int_equal(f.came[0].cells, 2);
    assert_string_equal(one(&w, "SELECT COALESCE(remark, firm_ref, 'none') FROM t_person"
                                " ORDER BY n"),
                        "none|none");
    /* What the model asks for stays asked for. */
    assert_true(f.came[1].refused);
    world_close(&w);
}

/* shows: INT-1 DQ-9 REC-4 */
static void test_rows_are_matched_by_fields_that_agree(void **state_of)
{
    world w;
    begin(&w, state_of);
    const model_field *mail = model_field_find(w.person, PB_STR("email"));
    file f = {.w = &w,
              .how = {.mode = RECORD_MODE_UPSERT, .by_id = true, .fields = &mail, .field_count = 1},
              ROWS_OF({"X-9", GIVEN({"full_name", "Ada King"}, {"email", "ADA@example.org"})},
                      {"P-2", GIVEN({"full_name", "Emmy N"}, {"email", "ada@example.org"})},
                      {"P-7", GIVEN({"full_name", "New"}, {"email", "new@example.org"})},
                      {NULL, GIVEN({"full_name", "New Name"}, {"email", "new@example.org"})},
                      {NULL, GIVEN({"full_name", "New"}, {"email", "new@example.org"})})};
    import(&f);
    assert_int_equal(f.came[0].outcome, RECORD_CAME_CHANGED);
    assert_string_equal(f.came[0].first, "full_name");
    assert_true(f.came[1].refused); /* its id says one, its mail another */
    assert_string_equal(f.came[1].value, "ada@example.org");
    assert_int_equal(f.came[2].outcome, RECORD_CAME_NEW);
    assert_true(f.came[3].refused); /* the file says otherwise itself */
    assert_string_equal(f.came[3].value, "3");
    assert_int_equal(f.came[4].outcome, RECORD_CAME_SAME);
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_person"), 3);
    pb_error err;
    world_must(world_verify(&w, &err), &err);
    world_close(&w);
}

static pb_status same_mail(world *w, record_writer *writer, void *context, pb_error *err)
{
    (void)context;
    return world_create(writer, w->person,
                        GIVEN({"full_name", "Ada Again"}, {"email", "ada@example.org"}), "P-5",
                        NULL, err);
}

/* shows: INT-1 DQ-9 */
static void test_several_and_deleted_records_are_not_guessed(void **state_of)
{
    world w;
    pb_error err;
    begin(&w, state_of);
    world_must(world_write(&w, RECORD_STRICT, same_mail, NULL, NULL, &err), &err);
    const model_field *mail = model_field_find(w.person, PB_STR("email"));
    file f = {.w = &w,
              .how = {.mode = RECORD_MODE_UPSERT, .fields = &mail, .field_count = 1},
              ROWS_OF({"P-1", GIVEN({"full_name", "Ada"}, {"email", "ada@example.org"})})};
    import(&f);
    assert_true(f.came[0].refused);
    assert_non_null(strstr(f.came[0].says, "Several records"));
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_person"), 3);
    world_close(&w);
}

/* A value beside the first is not in the history: an import that brought one could not be taken
 * back whole. */
/* shows: INT-1 INT-5 DQ-9 */
static void test_further_values_are_neither_lost_nor_added(void **state_of)
{
    world w;
    begin(&w, state_of);
    file f = {.w = &w,
              .how = {.mode = RECORD_MODE_UPSERT, .by_id = true},
              ROWS_OF({"P-8", GIVEN({"full_name", "Two Mails"},
                                    {"email", "one@example.org; two@example.org"})})};
    import(&f);
    assert_int_equal(f.came[0].outcome, RECORD_CAME_NEW);
    file g = {.w = &w,
              .how = {.mode = RECORD_MODE_UPDATE, .by_id = true},
              ROWS_OF({"P-8", GIVEN({"email", "two@example.org; one@example.org"})},
                      {"P-8", GIVEN({"email", "one@example.org; three@example.org"})},
                      {"P-8", GIVEN({"remark", "no mail said"})})};
    import(&g);
    assert_int_equal(g.came[0].outcome, RECORD_CAME_SAME);
    assert_true(g.came[1].refused);
    assert_string_equal(g.came[1].value, "three@example.org");
    assert_true(g.came[2].refused); /* the first row is about it */
    file h = {.w = &w,
              .how = {.mode = RECORD_MODE_UPDATE, .by_id = true},
              ROWS_OF({"P-8", GIVEN({"remark", "no mail said"})})};
    import(&h);
    assert_int_equal(h.came[0].outcome, RECORD_CAME_CHANGED);
    assert_string_equal(one(&w, "SELECT value FROM t_value_note WHERE kind = 'more'"),
                        "two@example.org");
    world_close(&w);
}

static pb_status new_mail(world *w, record_writer *writer, void *context, pb_error *err)
{
    (void)context;
    return world_create(writer, w->person,
                        GIVEN({"full_name", "Newer"}, {"email", "new@example.org"}), "P-6", NULL,
                        err);
}

static pb_status import_and_fail(db_session *session, void *context, pb_error *err)
{
    PB_TRY(import_work(session, context, err));
    return PB_CANCELLED;
}

/* The transaction of the rows is rolled back and done again with the same matcher: they are the
 * same rows, not others about the same records. */
/* shows: INT-1 INT-5 DQ-9 */
static void test_rows_that_are_done_again_are_not_about_each_other(void **state_of)
{
    world w;
    pb_error err;
    begin(&w, state_of);
    const model_field *mail = model_field_find(w.person, PB_STR("email"));
    file f = {.w = &w,
              .how = {.mode = RECORD_MODE_UPSERT, .by_id = true, .fields = &mail, .field_count = 1},
              ROWS_OF({"P-1", GIVEN({"remark", "second"})}, {"P-2", GIVEN({"remark", "other"})},
                      {"P-2", GIVEN({"remark", "otherwise"})},
                      {NULL, GIVEN({"full_name", "New"}, {"email", "new@example.org"})})};
    world_must(record_matcher_new(w.person, &f.how, &f.matcher, &err), &err);
    uint64_t mark = record_matcher_mark(f.matcher);
    assert_int_equal(db_write(w.workspace, import_and_fail, &f, &err), PB_CANCELLED);
    record_matcher_back(f.matcher, mark);
    /* Meanwhile another came by the mail of the last row. */
    world_must(world_write(&w, RECORD_STRICT, new_mail, NULL, NULL, &err), &err);
    import(&f);
    assert_int_equal(f.came[0].outcome, RECORD_CAME_CHANGED);
    assert_false(f.came[0].refused);
    assert_false(f.came[1].refused);
    assert_true(f.came[2].refused); /* the row before it is another */
    assert_string_equal(f.came[2].value, "2");
    assert_int_equal(f.came[3].outcome, RECORD_CAME_CHANGED);
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_person"), 3);
    record_matcher_free(f.matcher);
    world_close(&w);
}

static pb_status may(void *context, const record_data *record, const record_input *inputs,
                     size_t count, bool after, uint8_t *shown, record_reach *ret_reach,
                     const model_field **ret_field, pb_error *err)
{
    (void)context;
    (void)err;
    if (after && world_holds(record, "remark", "given away"))
        *ret_reach = RECORD_REACH_REFUSED;
    for (size_t i = 0; i < count && *ret_reach == RECORD_REACH_WRITE; i++)
        if (pb_str_is(inputs[i].field->name, "score")) {
            *ret_reach = RECORD_REACH_REFUSED;
            *ret_field = inputs[i].field;
        }
    if (!after)
        shown[model_field_find(record->entity, PB_STR("remark"))->index] = RECORD_SHOWN_MASKED;
    return PB_OK;
}

/* Emmy Noether and all who are called so are there for others only. */
static pb_status sees_no_emmy(void *context, const model_entity *entity, pb_uuid id,
                              bool *ret_visible, pb_error *err)
{
    const file *f = context;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    record_data record;
    PB_TRY(record_read(f->session, entity, id, arena, &record, err));
    *ret_visible = !world_holds(&record, "full_name", "Emmy Noether");
    return PB_OK;
}

/* shows: ACC-1 ACC-2 INT-1 */
static void test_only_who_may_changes_a_record(void **state_of)
{
    world w;
    begin(&w, state_of);
    file f = {
        .w = &w,
        .how = {.mode = RECORD_MODE_UPDATE, .by_id = true, .may = may, .eyes = {sees_no_emmy, &f}},
        ROWS_OF({"P-2", GIVEN({"remark", "x"})}, {"P-1", GIVEN({"score", "5"})},
                {"P-1", GIVEN({"remark", "given away"})}, {"P-1", GIVEN({"remark", "kept"})})};
    import(&f);
    /* What may not be seen is not there. */
    assert_string_equal(f.came[0].says, "No record fits this row.");
    assert_non_null(strstr(f.came[1].says, "this field"));
    assert_non_null(strstr(f.came[2].says, "this record"));
    assert_int_equal(f.came[3].outcome, RECORD_CAME_CHANGED);
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM ledger_event"), 5);
    world_close(&w);
}

/* Others of the same mail: one that is seen, one that is not; and one that was deleted. */
static pb_status unseen_ones(world *w, record_writer *writer, void *context, pb_error *err)
{
    pb_uuid *ids = context;
    PB_TRY(world_create(writer, w->person,
                        GIVEN({"full_name", "Emmy Noether"}, {"email", "ada@example.org"}), "P-1",
                        &ids[0], err));
    PB_TRY(world_create(writer, w->person,
                        GIVEN({"full_name", "Emmy Noether"}, {"email", "gone@example.org"}), "P-8",
                        &ids[1], err));
    return record_delete(writer, w->person, ids[1], err);
}

static void same_file_for_both(world *w, record_mode mode, const char *gone, const char *none,
                               file *f)
{
    static const model_field *mail;
    mail = model_field_find(w->person, PB_STR("email"));
    const row rows[] = {
        {NULL, GIVEN({"full_name", "Emmy N"}, {"email", "emmy@example.org"})},
        {"P-2", GIVEN({"full_name", "Emmy K"}, {"email", "nowhere@example.org"})},
        {"P-1", GIVEN({"full_name", "Ada King"}, {"email", "ada@example.org"})},
        {NULL, GIVEN({"full_name", "Ada Byron"}, {"email", "ada@example.org"})},
        {gone, GIVEN({"full_name", "Any"}, {"email", "x@example.org"})},
        {none, GIVEN({"full_name", "Any"}, {"email", "y@example.org"})},
    };
    *f = (file){.w = w,
                .how = {.mode = mode,
                        .by_id = true,
                        .fields = &mail,
                        .field_count = 1,
                        .may = may,
                        .eyes = {sees_no_emmy, f}},
                .rows = rows,
                .count = sizeof rows / sizeof *rows};
    import(f);
}

/* shows: ACC-1 ACC-2 SEC-4 */
static void test_what_may_not_be_seen_is_as_what_is_not_there(void **state_of)
{
    world w;
    pb_error err;
    pb_uuid ids[2];
    char gone[37], none[37] = "01890000-0000-7000-8000-000000000001";
    file f;
    begin(&w, state_of);
    world_must(world_write(&w, RECORD_KEEP, unseen_ones, ids, NULL, &err), &err);
    pb_uuid_text(ids[1], gone);
    same_file_for_both(&w, RECORD_MODE_UPDATE, gone, none, &f);
    for (size_t i = 0; i < f.count; i++)
        if (i != 2 && i != 3) {
            assert_string_equal(f.came[i].says, "No record fits this row.");
            assert_string_equal(f.came[i].value, "");
        }
    assert_int_equal(f.came[2].outcome, RECORD_CAME_CHANGED); /* that one alone has id and mail */
    assert_string_equal(f.came[2].first, "full_name");
    assert_string_equal(f.came[3].value, "3"); /* the third row said so before */
    same_file_for_both(&w, RECORD_MODE_UPSERT, gone, none, &f);
    for (size_t i = 0; i < f.count; i++)
        if (i != 2 && i != 3) {
            assert_false(f.came[i].refused);
            assert_int_equal(f.came[i].outcome, RECORD_CAME_NEW);
        }
    assert_false(f.came[2].refused);
    assert_int_equal(f.came[2].outcome, RECORD_CAME_SAME);
    assert_int_equal(
        world_number(&w, "SELECT COUNT(*) FROM t_person WHERE full_name = 'Emmy Noether'"), 3);
    world_must(world_verify(&w, &err), &err);
    world_close(&w);
}

/* Two of whom any row that says the one is very probably the other, too. */
static pb_status alike_ones(world *w, record_writer *writer, void *context, pb_error *err)
{
    static const char *const names[] = {"Emmy Noether", "Emmy A. Noether"};
    (void)context;
    for (size_t i = 0; i < 2; i++)
        PB_TRY(world_create(writer, w->person,
                            GIVEN({"full_name", names[i]}, {"email", "noether@example.org"},
                                  {"phone", "+49 3641 123456"}, {"born", "1982-03-23"}),
                            NULL, NULL, err));
    return PB_OK;
}

/* shows: ACC-1 ACC-2 DQ-9 */
static void test_a_sure_match_is_among_those_that_are_seen(void **state_of)
{
    world w;
    pb_error err;
    begin(&w, state_of);
    world_must(world_write(&w, RECORD_KEEP, alike_ones, NULL, NULL, &err), &err);
    file f = {.w = &w,
              .how = {.mode = RECORD_MODE_UPDATE, .by_likely = true, .sure = 0.6},
              ROWS_OF({NULL, GIVEN({"full_name", "Emmy Noether"}, {"email", "noether@example.org"},
                                   {"phone", "+49 3641 123456"}, {"born", "1982-03-23"})})};
    import(&f);
    assert_non_null(strstr(f.came[0].says, "several records"));
    f.how.eyes = (record_eyes){sees_no_emmy, &f};
    import(&f);
    assert_false(f.came[0].refused);
    assert_int_equal(f.came[0].outcome, RECORD_CAME_CHANGED);
    assert_int_equal(
        world_number(&w, "SELECT COUNT(*) FROM t_person WHERE full_name = 'Emmy Noether'"), 3);
    world_close(&w);
}

/* shows: INT-1 INT-5 DQ-10 */
static void test_imports_that_change_are_taken_back_whole(void **state_of)
{
    for (unsigned seed = 1, rounds = on_postgres() ? 8 : 60; seed <= rounds; seed++) {
        pb_error err;
        world w;
        undo_job job;
        size_t changed = 0;
        begin(&w, state_of);
        const model_field *mail = model_field_find(w.person, PB_STR("email"));
        file f = {
            .w = &w,
            .how = {.mode = RECORD_MODE_UPSERT, .by_id = true, .fields = &mail, .field_count = 1},
            .count = ROWS,
            .seed = seed * 7919};
        import(&f);
        char *before = state(&w, true);
        f.how.clear = seed % 3 == 0;
        f.how.mode = seed % 2 == 0 ? RECORD_MODE_UPSERT : RECORD_MODE_UPDATE;
        import(&f);
        for (size_t i = 0; i < ROWS; i++)
            changed += !f.came[i].refused && f.came[i].outcome == RECORD_CAME_CHANGED;
        assert_true(changed > 0);
        char *after = state(&w, false);
        world_must(undo(&w, f.number, &job, &err), &err);
        assert_int_equal(job.counts.kept, 0);
        char *undone = state(&w, true);
        same(undone, before, seed);
        world_must(undo(&w, job.by, &job, &err), &err);
        char *again = state(&w, false);
        same(again, after, seed);
        world_must(world_verify(&w, &err), &err);
        free(before);
        free(after);
        free(undone);
        free(again);
        world_close(&w);
    }
}

/* Some values were changed since, one of them by a later import: these stay, and are told. */
/* shows: INT-1 INT-5 */
static void test_what_was_changed_since_stays(void **state_of)
{
    pb_error err;
    world w;
    undo_job job;
    begin(&w, state_of);
    file f = {.w = &w,
              .how = {.mode = RECORD_MODE_UPDATE, .by_id = true},
              ROWS_OF({"P-1", GIVEN({"remark", "by the import"}, {"balance", "99.00"})},
                      {"P-2", GIVEN({"remark", "by the import"})})};
    import(&f);
    file later = {.w = &w,
                  .how = {.mode = RECORD_MODE_UPDATE, .by_id = true},
                  ROWS_OF({"P-1", GIVEN({"remark", "by hand"})})};
    import(&later);
    world_must(undo(&w, f.number, &job, &err), &err);
    assert_int_equal(job.counts.kept, 1);
    assert_int_equal(job.told, 1);
    assert_int_equal(job.counts.changed, 2);
    assert_string_equal(one(&w, "SELECT COALESCE(remark, 'none') || COALESCE(balance, 0)"
                                " FROM t_person ORDER BY n"),
                        "by hand1000|none0");
    world_must(world_verify(&w, &err), &err);
    world_close(&w);
}

static pb_status undo_as_it_was(db_session *session, void *context, pb_error *err)
{
    file *f = context;
    record_writer *writer = NULL;
    record_run_info run;
    record_undo_counts counts;
    int64_t by;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_TRY(record_run_find(session, f->number, arena, &run, err));
    run.event--; /* before the run wrote its last event */
    PB_TRY(record_writer_open(session, world_actor(), f->w->now_us, RECORD_KEEP, &writer, err));
    pb_status status = record_undo(writer, &run, NULL, NULL, NULL, &counts, &by, err);
    record_writer_close(writer);
    return status;
}

/* shows: INT-1 INT-5 REC-1 */
static void test_a_run_that_was_taken_back_says_so_although_it_went_on(void **state_of)
{
    world w;
    pb_error err;
    begin(&w, state_of);
    file f = {.w = &w,
              .how = {.mode = RECORD_MODE_UPDATE, .by_id = true},
              ROWS_OF({"P-1", GIVEN({"remark", "one"})}, {"P-2", GIVEN({"remark", "two"})})};
    import(&f);
    world_must(db_write(w.workspace, undo_as_it_was, &f, &err), &err);
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_import_run WHERE kind = 'import'"
                                      " AND undone IS NOT NULL"),
                     1);
    world_close(&w);
}

int main(void)
{
    void *engine = (void *)world_engines[0];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_rows_change_the_record_with_their_id, engine),
        cmocka_unit_test_prestate(test_cells_without_a_value_clear_when_asked, engine),
        cmocka_unit_test_prestate(test_rows_are_matched_by_fields_that_agree, engine),
        cmocka_unit_test_prestate(test_several_and_deleted_records_are_not_guessed, engine),
        cmocka_unit_test_prestate(test_further_values_are_neither_lost_nor_added, engine),
        cmocka_unit_test_prestate(test_rows_that_are_done_again_are_not_about_each_other, engine),
        cmocka_unit_test_prestate(test_only_who_may_changes_a_record, engine),
        cmocka_unit_test_prestate(test_what_may_not_be_seen_is_as_what_is_not_there, engine),
        cmocka_unit_test_prestate(test_a_sure_match_is_among_those_that_are_seen, engine),
        cmocka_unit_test_prestate(test_imports_that_change_are_taken_back_whole, engine),
        cmocka_unit_test_prestate(test_what_was_changed_since_stays, engine),
        cmocka_unit_test_prestate(test_a_run_that_was_taken_back_says_so_although_it_went_on,
                                  engine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
