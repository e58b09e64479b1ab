/* Random lives of records against a naive twin in memory: what is read and what history tells must
 * be the same, and everything must verify after every step. */
#include "world.h"

enum { FIELDS = 6, RECORDS = 12, STEPS = 64, TEXT = 40 };

static const char *const names[FIELDS] = {"full_name", "email", "remark",
                                          "balance",   "vip",   "scratch"};
static const bool has_history[FIELDS] = {true, true, true, true, true, false};

/* Values in standard form, so that the twin need not know how values are read; "" is none. */
static const char *const choices[FIELDS][4] = {
    {"Anna Smith", "王伟", "علی رضایی", "Bo Li"},
    {"a@example.org", "b@example.org", "c@example.org", "d@example.org"},
    {"", "first", "第二", "سوم"},
    {"", "0.00", "12.50", "-3.00"},
    {"", "true", "false", "true"},
    {"", "x", "y", "z"},
};

typedef struct twin_step {
    const char *kind;
    int count; /* fields of history that changed */
    int fields[FIELDS];
    char before[FIELDS][TEXT], after[FIELDS][TEXT];
} twin_step;

typedef struct twin {
    pb_uuid id;
    int version;
    bool deleted;
    char values[FIELDS][TEXT];
    twin_step steps[STEPS];
    int step_count;
} twin;

typedef struct life {
    world w;
    twin records[RECORDS];
    int count;
    uint64_t random;
} life;

static unsigned roll(life *l, unsigned sides)
{
    l->random ^= l->random << 13;
    l->random ^= l->random >> 7;
    l->random ^= l->random << 17;
    return (unsigned)(l->random >> 33) % sides;
}

struct deed {
    twin *record;
    given values[FIELDS + 1];
    int kind;
};

enum { CREATE, CHANGE, DELETE, RESTORE };

static pb_status act(world *w, record_writer *writer, void *context, pb_error *err)
{
    struct deed *deed = context;
    twin *record = deed->record;
    switch (deed->kind) {
    case CREATE:
        return world_create(writer, w->person, deed->values, NULL, &record->id, err);
    case CHANGE:
        return world_change(writer, w->person, record->id, record->version, deed->values, err);
    case DELETE:
        return record_delete(writer, w->person, record->id, err);
    default:
        return record_restore(writer, w->person, record->id, err);
    }
}

static int index_of(const char *name)
{
    for (int i = 0; i < FIELDS; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

/* What the twin makes of values given. */
static void twin_takes(twin *record, const struct deed *deed)
{
    twin_step step = {.kind = deed->kind == CREATE ? "record.created" : "record.changed"};
    bool any = false;
    for (const given *value = deed->values; value->field != NULL; value++) {
        int i = index_of(value->field);
        if (strcmp(record->values[i], value->raw) == 0)
            continue;
        any = true;
        if (has_history[i]) {
            step.fields[step.count] = i;
            snprintf(step.before[step.count], TEXT, "%s", record->values[i]);
            snprintf(step.after[step.count++], TEXT, "%s", value->raw);
        }
        snprintf(record->values[i], TEXT, "%s", value->raw);
    }
    if (any || deed->kind == CREATE) {
        record->version++;
        record->steps[record->step_count++] = step;
    }
}

static void twin_does(twin *record, const struct deed *deed)
{
    if (deed->kind == CREATE || deed->kind == CHANGE) {
        twin_takes(record, deed);
    } else if (record->deleted != (deed->kind == DELETE)) {
        record->deleted = deed->kind == DELETE;
        record->version++;
        record->steps[record->step_count++] =
            (twin_step){.kind = record->deleted ? "record.deleted" : "record.restored"};
    }
}

static void give(life *l, struct deed *deed)
{
    int count = 0;
    for (int i = 0; i < FIELDS; i++)
        if (deed->kind == CREATE || roll(l, 3) == 0)
            deed->values[count++] = (given){names[i], choices[i][roll(l, 4)]};
    deed->values[count] = (given){NULL, NULL};
}

static void live_a_step(life *l)
{
    pb_error err;
    struct deed deed = {.kind = (int)roll(l, 4)};
    if (l->count == 0 || (deed.kind == CREATE && l->count < RECORDS))
        deed.kind = CREATE;
    else if (deed.kind == CREATE)
        deed.kind = CHANGE;
    deed.record = &l->records[deed.kind == CREATE ? l->count : (int)roll(l, (unsigned)l->count)];
    if (deed.record->step_count == STEPS)
        return;
    if (deed.kind == CHANGE && deed.record->deleted)
        deed.kind = RESTORE;
    give(l, &deed);
    world_must(world_write(&l->w, RECORD_STRICT, act, &deed, NULL, &err), &err);
    l->count += deed.kind == CREATE;
    twin_does(deed.record, &deed);
}

static const char *written(const model_field *field, pb_value value, char to[TEXT])
{
    PB_AUTO_BUF text = PB_BUF_INIT(1024);
    if (value.kind != PB_NULL)
        model_write(field, value, PB_STR_NONE, &text);
    snprintf(to, TEXT, "%s", pb_buf_cstr(&text));
    return to;
}

struct compare {
    const twin *record;
    int at; /* next step, from the newest */
};

static pb_status compare_step(void *context, const record_step *step, pb_error *err)
{
    struct compare *c = context;
    char text[TEXT];
    int told = 0;
    (void)err;
    assert_true(c->at >= 0);
    const twin_step *expected = &c->record->steps[c->at];
    assert_string_equal(step->event.kind, expected->kind);
    assert_int_equal(step->event.version, c->at + 1);
    for (size_t i = 0; i < step->change_count; i++) {
        const struct record_change_item *item = &step->changes[i];
        if (item->field == NULL || !pb_str_eq(item->name, item->field->name))
            continue; /* the currency beside an amount */
        int k = 0;
        while (k < expected->count && !pb_str_is(item->name, names[expected->fields[k]]))
            k++;
        assert_true(k < expected->count);
        assert_string_equal(written(item->field, item->before, text), expected->before[k]);
        assert_string_equal(written(item->field, item->after, text), expected->after[k]);
        told++;
    }
    assert_int_equal(told, expected->count);
    c->at--;
    return PB_OK;
}

static void compare_all(life *l)
{
    pb_error err;
    char text[TEXT];
    db_session *session = world_look(&l->w);
    pb_arena *arena = pb_arena_new(0);
    for (int i = 0; i < l->count; i++) {
        const twin *expected = &l->records[i];
        record_data record;
        world_must(record_read(session, l->w.person, expected->id, arena, &record, &err), &err);
        assert_int_equal(record.version, expected->version);
        assert_int_equal(record.deleted, expected->deleted);
        for (int f = 0; f < FIELDS; f++) {
            const model_field *field = model_field_find(l->w.person, pb_str_c(names[f]));
            assert_string_equal(written(field, record.values[field->index], text),
                                expected->values[f]);
        }
        struct compare compare = {expected, expected->step_count - 1};
        world_must(record_history(session, l->w.person, expected->id, compare_step, &compare, &err),
                   &err);
        assert_int_equal(compare.at, -1);
    }
    pb_arena_free(arena);
    db_snapshot_close(session);
}

/* shows: REC-7 ACC-5 */
static void random_lives_equal_their_twins(void **state)
{
    for (uint64_t seed = 1; seed <= 6; seed++) {
        pb_error err;
        life *l = calloc(1, sizeof *l);
        assert_non_null(l);
        l->random = seed * UINT64_C(0x9e3779b97f4a7c15);
        world_open(&l->w, *state);
        for (int step = 0; step < 60; step++) {
            live_a_step(l);
            world_must(world_verify(&l->w, &err), &err);
        }
        assert_true(l->count > 3);
        compare_all(l);
        world_close(&l->w);
        free(l);
    }
}

int main(void)
{
    int failed = 0;
    for (size_t i = 0; i < sizeof world_engines / sizeof *world_engines; i++) {
        void *engine = (void *)(uintptr_t)world_engines[i];
        const struct CMUnitTest tests[] = {
            cmocka_unit_test_prestate(random_lives_equal_their_twins, engine),
        };
        failed += cmocka_run_group_tests_name(world_engines[i], tests, NULL, NULL);
    }
    return failed;
}
