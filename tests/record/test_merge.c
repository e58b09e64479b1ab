/* What a merge chooses and why, what leads to the survivor, what is refused, and what unmerging
 * does with work done since. */
#include "merge_world.h"

/* The worlds' entities with what the rules of survivorship ask for. */
typedef struct scene {
    world w;
    pb_uuid ids[8];
    size_t count;
} scene;

static pb_status make_people(world *w, record_writer *writer, void *context, pb_error *err)
{
    scene *s = context;
    pb_uuid firm;
    PB_TRY(world_create(writer, w->firm, GIVEN({"name", "Acme"}, {"tax_code", "T1"}), "F1", &firm,
                        err));
    PB_TRY(world_create(writer, w->person,
                        GIVEN({"full_name", "A. Adler"}, {"email", "a@example.org; b@example.org"},
                              {"firm", "F1"}, {"remark", "likes tea"}, {"balance", "10.00"}),
                        "P1", &s->ids[s->count++], err));
    PB_TRY(world_create(
        writer, w->person,
        GIVEN({"full_name", "Anna Adler"}, {"email", "b@example.org; c@example.org"},
              {"phone", "+49 30 1234567"}, {"remark", "met at fair"}, {"born", "1980-02-03"}),
        "P2", &s->ids[s->count++], err));
    PB_TRY(world_create(writer, w->person,
                        GIVEN({"full_name", "Anna Maria Adler"}, {"email", "d@example.org"}), "P3",
                        &s->ids[s->count++], err));
    PB_TRY(world_create(writer, w->deal, GIVEN({"title", "One"}, {"person", "P1"}, {"firm", "F1"}),
                        NULL, &s->ids[s->count++], err));
    return world_create(writer, w->deal, GIVEN({"title", "Two"}, {"person", "P2"}), NULL,
                        &s->ids[s->count++], err);
}

static void open_scene(scene *s, const char *engine)
{
    pb_error err;
    *s = (scene){0};
    world_open(&s->w, engine);
    world_must(world_write(&s->w, RECORD_KEEP, make_people, s, NULL, &err), &err);
}

static bool was_told(const merge_job *job, const char *line)
{
    for (size_t i = 0; i < job->why_count; i++)
        if (strcmp(job->why[i], line) == 0)
            return true;
    for (size_t i = 0; i < job->why_count; i++)
        print_message("told: %s\n", job->why[i]);
    return false;
}

static const char *text_of(scene *s, const char *sql, char room[512])
{
    return world_texts(&s->w, sql, room, 512);
}

static const char *person_text(scene *s, const char *what, const char *source, char room[512])
{
    char sql[256];
    snprintf(sql, sizeof sql, "SELECT %s FROM t_person WHERE source_id = '%s'", what, source);
    pb_error err;
    db_session *session = world_look(&s->w);
    db_stmt *stmt;
    bool row;
    world_must(db_prepare_text(session, pb_str_c(sql), &stmt, &err), &err);
    world_must(db_step(stmt, &row, &err), &err);
    pb_str text = row && !db_column_is_null(stmt, 0) ? db_column_text(stmt, 0) : PB_STR("NULL");
    snprintf(room, 512, "%.*s", PB_STR_FMT(text));
    db_reset(stmt);
    db_snapshot_close(session);
    return room;
}

/* shows: DQ-4 */
static void test_values_are_chosen_by_rule_and_say_why(void **state)
{
    scene s;
    merge_job job;
    pb_error err;
    char room[512];
    open_scene(&s, *state);
    world_must(merge_ids(&s.w, s.w.person, s.ids, 3, NULL, &job, &err), &err);
    /* The fullest survives: P1 and P2 hold five values, P2's are as new, so contents decide. */
    assert_true(was_told(&job, "full_name: 2, most_complete, changed") ||
                was_told(&job, "full_name: 1, most_complete, changed"));
    assert_true(job.counts.absorbed == 2 && job.counts.links == 1 && job.counts.merges == 1);
    assert_string_equal(text_of(&s, "SELECT full_name FROM person", room), "Anna Maria Adler");
    assert_string_equal(text_of(&s, "SELECT born FROM person WHERE born = 3685", room), "3685");
    assert_int_equal(world_number(&s.w, "SELECT COUNT(*) FROM person WHERE balance = 1000"
                                        " AND phone = '+49301234567' AND firm_id IS NOT NULL"),
                     1);
    /* Notes are put together, mails all kept: one comes first, three stand beside it. */
    assert_int_equal(world_number(&s.w,
                                  "SELECT COUNT(*) FROM person WHERE remark LIKE '%likes tea%'"
                                  " AND remark LIKE '%met at fair%'"),
                     1);
    assert_int_equal(world_number(&s.w, "SELECT COUNT(*) FROM value_note AS v JOIN person AS p"
                                        " ON p.n = v.n WHERE v.entity = 'person'"
                                        " AND v.field = 'email' AND v.kind = 'more'"),
                     3);
    world_must(world_verify(&s.w, &err), &err);
    world_close(&s.w);
}

/* shows: DQ-4 */
static void test_the_order_of_rows_decides_nothing(void **state)
{
    char first[512], again[512];
    static const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                       {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (size_t i = 0; i < 6; i++) {
        scene s;
        merge_job job;
        pb_error err;
        open_scene(&s, *state);
        pb_uuid ids[3];
        for (size_t k = 0; k < 3; k++)
            ids[k] = s.ids[orders[i][k]];
        world_must(merge_ids(&s.w, s.w.person, ids, 3, NULL, &job, &err), &err);
        text_of(&s,
                "SELECT source_id || '/' || full_name || '/' || email || '/' || remark FROM person",
                i == 0 ? first : again);
        if (i > 0)
            assert_string_equal(first, again);
        world_close(&s.w);
    }
}

/* shows: DQ-4 */
static void test_survivor_and_values_by_hand(void **state)
{
    scene s;
    pb_error err;
    char room[512];
    open_scene(&s, *state);
    const record_merge_take takes[] = {
        {model_field_find(s.w.person, PB_STR("full_name")), s.ids[0]},
        {model_field_find(s.w.person, PB_STR("remark")), s.ids[1]}};
    record_merge_group group = {.entity = s.w.person,
                                .ids = s.ids,
                                .count = 2,
                                .into = &s.ids[1],
                                .takes = takes,
                                .take_count = 2};
    merge_job job = {.groups = &group, .group_count = 1};
    world_must(merge_run(&s.w, &job, &err), &err);
    assert_true(was_told(&job, "full_name: 1, hand, changed"));
    assert_true(was_told(&job, "remark: 0, hand"));
    assert_string_equal(person_text(&s, "full_name", "P2", room), "A. Adler");
    assert_string_equal(person_text(&s, "remark", "P2", room), "met at fair");
    /* A value cannot come from a record that is none of them. */
    const record_merge_take wrong = {takes[0].field, s.ids[4]};
    group = (record_merge_group){
        .entity = s.w.person, .ids = &s.ids[1], .count = 2, .takes = &wrong, .take_count = 1};
    job = (merge_job){.groups = &group, .group_count = 1};
    assert_int_equal(merge_run(&s.w, &job, &err), PB_INVALID);
    world_close(&s.w);
}

static pb_status refer_to_gone(world *w, record_writer *writer, void *context, pb_error *err)
{
    scene *s = context;
    char id[37];
    pb_uuid_text(s->ids[0], id);
    PB_TRY(world_create(writer, w->deal, GIVEN({"title", "Three"}, {"person", id}), NULL,
                        &s->ids[s->count++], err));
    PB_TRY(world_create(writer, w->deal, GIVEN({"title", "Four"}, {"person", "P1"}), NULL,
                        &s->ids[s->count++], err));
    return world_create(writer, w->deal, GIVEN({"title", "Five"}, {"person", "A. Adler"}), NULL,
                        &s->ids[s->count++], err);
}

/* shows: DQ-4 REC-7 */
static void test_every_way_leads_to_the_survivor(void **state)
{
    scene s;
    merge_job job;
    pb_error err;
    pb_uuid found;
    open_scene(&s, *state);
    /* A -> B -> C */
    world_must(merge_ids(&s.w, s.w.person, &s.ids[0], 2, &s.ids[1], &job, &err), &err);
    world_must(merge_ids(&s.w, s.w.person, &s.ids[1], 2, &s.ids[2], &job, &err), &err);
    static const char *const names[] = {"P1", "P2", "P3", "A. Adler", "a@example.org"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(look_up_id(&s.w, s.w.person, names[i], &found), PB_OK);
        assert_true(same_id(found, s.ids[2]));
    }
    world_must(world_write(&s.w, RECORD_KEEP, refer_to_gone, &s, NULL, &err), &err);
    assert_int_equal(world_number(&s.w, "SELECT COUNT(*) FROM deal AS d JOIN person AS p"
                                        " ON p.id = d.person_id AND p.source_id = 'P3'"),
                     5);
    char *words = merge_state(&s.w, (const char *const[]){"a"}, 1);
    free(words);
    /* What is gone is not written to. */
    assert_int_equal(merge_ids(&s.w, s.w.person, &s.ids[0], 2, NULL, &job, &err), PB_CONFLICT);
    assert_int_equal(merge_ids(&s.w, s.w.person, &s.ids[0], 1, NULL, &job, &err), PB_INVALID);
    assert_int_equal(
        merge_ids(&s.w, s.w.person, (const pb_uuid[]){s.ids[2], s.ids[2]}, 2, NULL, &job, &err),
        PB_INVALID);
    assert_int_equal(
        merge_ids(&s.w, s.w.person, (const pb_uuid[]){s.ids[2], s.ids[3]}, 2, NULL, &job, &err),
        PB_NOT_FOUND);
    /* The earlier merge stands below the later one. */
    assert_int_equal(unmerge_id(&s.w, s.w.person, s.ids[0], &job, &err), PB_CONFLICT);
    world_must(unmerge_id(&s.w, s.w.person, s.ids[1], &job, &err), &err);
    world_must(unmerge_id(&s.w, s.w.person, s.ids[0], &job, &err), &err);
    assert_int_equal(unmerge_id(&s.w, s.w.person, s.ids[0], &job, &err), PB_NOT_FOUND);
    /* What was linked since stays with the record that was the survivor then. */
    assert_int_equal(world_number(&s.w, "SELECT COUNT(*) FROM deal AS d JOIN person AS p"
                                        " ON p.id = d.person_id AND p.source_id = 'P3'"),
                     3);
    world_must(world_verify(&s.w, &err), &err);
    world_close(&s.w);
}

static pb_status change_since(world *w, record_writer *writer, void *context, pb_error *err)
{
    scene *s = context;
    return world_change(
        writer, w->person, s->ids[0], 0,
        GIVEN({"phone", "+49 30 7654321"}, {"full_name", "Anna Berg"}, {"balance", "12.00"}), err);
}

/* A row of a source that comes again. */
typedef struct coming {
    scene *s;
    const given *values;
    const char *source;
    const record_gate *gate;
    bool twice, led;
    uint64_t suspected;
    pb_uuid id;
} coming;

static pb_status come(world *w, record_writer *writer, void *context, pb_error *err)
{
    coming *c = context;
    if (c->gate != NULL)
        record_writer_gate(writer, c->gate);
    PB_TRY(world_create(writer, w->person, c->values, c->source, &c->id, err));
    c->led = record_writer_led(writer);
    c->suspected = record_writer_suspected(writer);
    return c->twice ? world_create(writer, w->person, c->values, c->source, &c->id, err) : PB_OK;
}

static pb_status drop(world *w, record_writer *writer, void *context, pb_error *err)
{
    const coming *c = context;
    return record_delete(writer, w->person, c->id, err);
}

static bool leads(scene *s, const given *values, const char *source)
{
    pb_error err;
    coming c = {.s = s, .values = values, .source = source};
    world_must(world_write(&s->w, RECORD_STRICT, come, &c, NULL, &err), &err);
    assert_true(!c.led || same_id(c.id, s->ids[0]));
    return c.led;
}

static int64_t people(scene *s)
{
    return world_number(&s->w, "SELECT COUNT(*) FROM person");
}

static pb_status change_phone(world *w, record_writer *writer, void *context, pb_error *err)
{
    scene *s = context;
    return world_change(writer, w->person, s->ids[0], 0, GIVEN({"phone", "+49 30 2222222"}), err);
}

static void merge_by_hand(scene *s)
{
    pb_error err;
    const record_merge_take takes[] = {
        {model_field_find(s->w.person, PB_STR("full_name")), s->ids[0]}};
    const record_merge_group group = {.entity = s->w.person,
                                      .ids = s->ids,
                                      .count = 2,
                                      .into = &s->ids[0],
                                      .takes = takes,
                                      .take_count = 1};
    merge_job job = {.groups = &group, .group_count = 1};
    world_must(merge_run(&s->w, &job, &err), &err);
}

#define AS_BEFORE                                                                                  \
    {"full_name", "Anna Adler"}, {"email", "b@example.org; c@example.org"},                        \
        {"born", "1980-02-03"},                                                                    \
    {                                                                                              \
        "remark", "met at fair"                                                                    \
    }

/* shows: DQ-4 REC-7 */
static void test_a_source_id_that_was_merged_away_leads_to_the_survivor(void **state)
{
    scene s;
    pb_error err;
    char room[512];
    merge_job job;
    open_scene(&s, *state);
    int64_t before = people(&s);
    merge_by_hand(&s);
    int64_t version = world_number(&s.w, "SELECT version FROM t_person WHERE source_id = 'P1'");
    assert_true(leads(&s, GIVEN(AS_BEFORE, {"phone", "+49 30 1234567"}), "P2"));
    assert_int_equal(world_number(&s.w, "SELECT version FROM t_person WHERE source_id = 'P1'"),
                     version);
    assert_string_equal(person_text(&s, "full_name", "P1", room), "A. Adler");
    /* what the source says anew, once and again */
    assert_true(leads(&s, GIVEN(AS_BEFORE, {"phone", "+49 30 7654321"}), "P2"));
    assert_string_equal(person_text(&s, "phone", "P1", room), "+49307654321");
    assert_true(leads(&s, GIVEN(AS_BEFORE, {"phone", "+49 30 7654399"}), "P2"));
    assert_string_equal(person_text(&s, "phone", "P1", room), "+49307654399");
    assert_string_equal(person_text(&s, "full_name", "P1", room), "A. Adler");
    assert_string_equal(person_text(&s, "phone", "P2", room), "+49301234567"); /* hidden */
    /* nobody had a country: it is taken */
    assert_true(leads(
        &s, GIVEN({"full_name", "Anna Adler"}, {"country", "DE"}, {"phone", "+49 30 7654399"}),
        "P2"));
    assert_string_equal(person_text(&s, "country", "P1", room), "DE");
    assert_int_equal(people(&s), before - 1);
    /* one source id, two rows */
    coming twice = {.s = &s,
                    .values = GIVEN(AS_BEFORE, {"phone", "+49 30 7654399"}),
                    .source = "P2",
                    .twice = true};
    assert_int_equal(world_write(&s.w, RECORD_STRICT, come, &twice, NULL, &err), PB_INVALID);
    /* what breaks a rule is refused as always */
    coming wrong = {.s = &s, .values = GIVEN(AS_BEFORE, {"country", "Atlantis"}), .source = "P2"};
    assert_int_equal(world_write(&s.w, RECORD_STRICT, come, &wrong, NULL, &err), PB_INVALID);
    /* somebody changed the phone: whose holds is asked */
    assert_int_equal(world_number(&s.w, "SELECT COUNT(*) FROM t_review_pair WHERE state = 'open'"),
                     0);
    world_must(world_write(&s.w, RECORD_STRICT, change_phone, &s, NULL, &err), &err);
    assert_false(leads(&s, GIVEN(AS_BEFORE, {"phone", "+49 30 3333333"}), "P2"));
    assert_string_equal(person_text(&s, "phone", "P1", room), "+49302222222");
    assert_int_equal(people(&s), before);
    assert_int_equal(world_number(&s.w, "SELECT COUNT(*) FROM t_review_pair WHERE state = 'open'"),
                     1);
    /* while that is open, the source's rows are not the survivor's */
    assert_false(leads(&s, GIVEN(AS_BEFORE, {"phone", "+49 30 2222222"}), "P2"));
    world_must(world_verify(&s.w, &err), &err);
    world_must(unmerge_id(&s.w, s.w.person, s.ids[0], &job, &err), &err);
    world_must(world_verify(&s.w, &err), &err);
    world_close(&s.w);
}

/* Nobody may change phones, nor give anything to Atlas. */
static pb_status may_change(void *context, const record_data *record, const record_input *inputs,
                            size_t count, bool after, uint8_t *shown, record_reach *ret_reach,
                            const model_field **ret_field, pb_error *err)
{
    size_t *asked = context;
    (void)shown;
    (void)err;
    *asked += 1;
    if (after && world_holds(record, "country", "FR"))
        *ret_reach = RECORD_REACH_REFUSED;
    for (size_t i = 0; i < count; i++)
        if (pb_str_is(inputs[i].field->name, "phone")) {
            *ret_field = inputs[i].field;
            *ret_reach = RECORD_REACH_REFUSED;
        }
    return PB_OK;
}

/* shows: ACC-1 DQ-4 */
static void test_a_source_id_leads_to_what_may_be_changed_only(void **state)
{
    scene s;
    pb_error err;
    char room[512];
    size_t asked = 0;
    const record_gate gate = {.may = may_change, .context = &asked};
    open_scene(&s, *state);
    int64_t before = people(&s);
    merge_by_hand(&s);
    int64_t version = world_number(&s.w, "SELECT version FROM t_person WHERE source_id = 'P1'");
    /* what says nothing new changes nothing */
    coming c = {.s = &s, .values = GIVEN(AS_BEFORE), .source = "P2", .gate = &gate};
    world_must(world_write(&s.w, RECORD_STRICT, come, &c, NULL, &err), &err);
    assert_true(c.led && asked == 0);
    /* a field that may not be changed, and a record that would be what may not be */
    const given *const refused[] = {
        GIVEN(AS_BEFORE, {"phone", "+49 30 7654321"}),
        GIVEN({"full_name", "Anna Adler"}, {"phone", "+49 30 1234567"}, {"country", "FR"})};
    for (size_t i = 0; i < 2; i++) {
        c.values = refused[i];
        world_must(world_write(&s.w, RECORD_STRICT, come, &c, NULL, &err), &err);
        assert_false(c.led);
        assert_int_equal(c.suspected, 1);
        assert_int_equal(world_number(&s.w, "SELECT version FROM t_person WHERE source_id = 'P1'"),
                         version);
        /* it stands by itself until somebody says what it is */
        assert_int_equal(people(&s), before);
        assert_int_equal(world_number(&s.w, "SELECT COUNT(*) FROM t_review_pair WHERE state = "
                                            "'open'"),
                         i + 1);
        world_must(world_write(&s.w, RECORD_STRICT, drop, &c, NULL, &err), &err);
    }
    c.values = GIVEN({"full_name", "Anna Adler"}, {"country", "DE"});
    world_must(world_write(&s.w, RECORD_STRICT, come, &c, NULL, &err), &err);
    assert_true(c.led);
    assert_string_equal(person_text(&s, "country", "P1", room), "DE");
    world_must(world_verify(&s.w, &err), &err);
    world_close(&s.w);
}

/* A value that was chosen by hand from the other record, and a further value that nobody has. */
/* shows: DQ-4 */
static void test_what_was_chosen_otherwise_is_asked_about(void **state)
{
    scene s;
    pb_error err;
    char room[512];
    open_scene(&s, *state);
    merge_by_hand(&s);
    int64_t before = people(&s);
    assert_false(leads(&s, GIVEN({"full_name", "Anna Berg"}, {"phone", "+49 30 7654321"}), "P2"));
    assert_string_equal(person_text(&s, "full_name", "P1", room), "A. Adler");
    assert_string_equal(person_text(&s, "phone", "P1", room), "+49301234567"); /* none of it */
    assert_int_equal(people(&s), before + 1);
    assert_int_equal(world_number(&s.w, "SELECT COUNT(*) FROM t_review_pair WHERE state = 'open'"
                                        " AND score = 1000000"),
                     1);
    world_must(world_verify(&s.w, &err), &err);
    world_close(&s.w);
    open_scene(&s, *state);
    merge_by_hand(&s);
    assert_false(leads(
        &s, GIVEN({"full_name", "Anna Adler"}, {"email", "b@example.org; new@example.org"}), "P2"));
    world_close(&s.w);
}

/* shows: DQ-4 */
static void test_what_was_changed_since_stays_where_it_belongs(void **state)
{
    scene s;
    merge_job job;
    pb_error err;
    char room[512];
    open_scene(&s, *state);
    world_must(merge_ids(&s.w, s.w.person, s.ids, 2, &s.ids[0], &job, &err), &err);
    world_must(world_write(&s.w, RECORD_KEEP, change_since, &s, NULL, &err), &err);
    world_must(unmerge_id(&s.w, s.w.person, s.ids[0], &job, &err), &err);
    /* The phone came from P2 alone: what was mended in it is P2's. */
    assert_string_equal(person_text(&s, "phone", "P2", room), "+49307654321");
    assert_string_equal(person_text(&s, "phone", "P1", room), "NULL");
    /* Both had a name: the new one stays with the survivor, and that is told. */
    assert_string_equal(person_text(&s, "full_name", "P1", room), "Anna Berg");
    assert_string_equal(person_text(&s, "full_name", "P2", room), "Anna Adler");
    assert_int_equal(job.kept_count, 1);
    assert_string_equal(job.kept[0],
                        "full_name: The value was changed since: it stays with the survivor");
    /* The balance was P1's own all the time. */
    assert_int_equal(world_number(&s.w, "SELECT balance FROM t_person WHERE source_id = 'P1'"),
                     1200);
    assert_int_equal(job.parted.restored, 1);
    assert_int_equal(job.parted.links, 1);
    world_must(world_verify(&s.w, &err), &err);
    world_close(&s.w);
}

static pb_status lead_elsewhere(db_session *session, void *context, pb_error *err)
{
    const scene *s = context;
    db_stmt *stmt;
    PB_TRY(db_prepare(session, "UPDATE record_merged SET survivor = ?1", &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&s->ids[2]));
    return db_run(stmt, err);
}

static pb_status lead_nowhere(db_session *session, void *context, pb_error *err)
{
    db_stmt *stmt;
    (void)context;
    PB_TRY(db_prepare(session, "DELETE FROM record_merged", &stmt, err));
    return db_run(stmt, err);
}

/* shows: ACC-5 */
static void test_a_way_that_was_altered_is_noticed(void **state)
{
    static const db_work alter[] = {lead_elsewhere, lead_nowhere};
    for (size_t i = 0; i < 2; i++) {
        scene s;
        merge_job job;
        pb_error err;
        char text[512];
        open_scene(&s, *state);
        world_must(merge_ids(&s.w, s.w.person, s.ids, 2, NULL, &job, &err), &err);
        world_must(world_verify(&s.w, &err), &err);
        world_must(db_write(s.w.workspace, alter[i], &s, &err), &err);
        assert_int_equal(world_verify(&s.w, &err), PB_CORRUPT);
        assert_non_null(strstr(world_says(&err, text, sizeof text), "merged"));
        world_close(&s.w);
    }
}

/* shows: DQ-4 */
static void test_a_rehearsal_changes_nothing(void **state)
{
    scene s;
    pb_error err;
    open_scene(&s, *state);
    const record_merge_group group = {.entity = s.w.person, .ids = s.ids, .count = 3};
    merge_job job = {.groups = &group, .group_count = 1, .rehearse = true};
    char *before = merge_state(&s.w, NULL, 0);
    assert_int_equal(merge_run(&s.w, &job, &err), PB_CANCELLED);
    assert_int_equal(job.counts.absorbed, 2);
    same_state(merge_state(&s.w, NULL, 0), before, 0, "rehearsal");
    world_close(&s.w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_values_are_chosen_by_rule_and_say_why,
                                  (void *)world_engines[0]),
        cmocka_unit_test_prestate(test_the_order_of_rows_decides_nothing, (void *)world_engines[0]),
        cmocka_unit_test_prestate(test_survivor_and_values_by_hand, (void *)world_engines[0]),
        cmocka_unit_test_prestate(test_every_way_leads_to_the_survivor, (void *)world_engines[0]),
        cmocka_unit_test_prestate(test_a_source_id_leads_to_what_may_be_changed_only,
                                  (void *)world_engines[0]),
        cmocka_unit_test_prestate(test_a_source_id_that_was_merged_away_leads_to_the_survivor,
                                  (void *)world_engines[0]),
        cmocka_unit_test_prestate(test_what_was_chosen_otherwise_is_asked_about,
                                  (void *)world_engines[0]),
        cmocka_unit_test_prestate(test_what_was_changed_since_stays_where_it_belongs,
                                  (void *)world_engines[0]),
        cmocka_unit_test_prestate(test_a_way_that_was_altered_is_noticed, (void *)world_engines[0]),
        cmocka_unit_test_prestate(test_a_rehearsal_changes_nothing, (void *)world_engines[0]),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
