/* Rows that a session keeps over commits of the log: whatever is written, by this opening of the
 * workspace or another, what is read that way is what is read anew. */
#include "world.h"

#include "db/share.h"
#include "ledger/ledger.h"

enum { RECORDS = 40, STEPS = 120, LOOKS = 8, SEEDS = 4 };

typedef struct keeping {
    world w, other; /* the same workspace, opened twice */
    pb_uuid ids[RECORDS];
    uint64_t random;
    int same_view, other_view;
    uint64_t view;
} keeping;

static unsigned roll(keeping *k, unsigned sides)
{
    k->random ^= k->random << 13;
    k->random ^= k->random >> 7;
    k->random ^= k->random << 17;
    return (unsigned)(k->random >> 33) % sides;
}

static pb_status make_all(world *w, record_writer *writer, void *context, pb_error *err)
{
    keeping *k = context;
    char name[40], mail[40], source[20];
    for (int i = 0; i < RECORDS; i++) {
        snprintf(name, sizeof name, "王 %d علی", i);
        snprintf(mail, sizeof mail, "p%d@example.org", i);
        snprintf(source, sizeof source, "s-%d", i);
        const given *values = i % 3 == 0 ? GIVEN({"full_name", name}, {"email", mail})
                                         : GIVEN({"full_name", name}, {"email", mail},
                                                 {"balance", "12.50"}, {"vip", "true"});
        PB_TRY(world_create(writer, w->person, values, source, &k->ids[i], err));
    }
    return PB_OK;
}

typedef struct act {
    keeping *k;
    pb_uuid id;
    unsigned kind;
    char remark[32];
} act;

static pb_status do_act(world *w, record_writer *writer, void *context, pb_error *err)
{
    act *a = context;
    switch (a->kind) {
    case 0:
        return record_delete(writer, w->person, a->id, err);
    case 1:
        return record_restore(writer, w->person, a->id, err);
    default:
        return world_change(writer, w->person, a->id, 0, GIVEN({"remark", a->remark}), err);
    }
}

static pb_status log_work(db_session *session, void *context, pb_error *err)
{
    keeping *k = context;
    const ledger_event event = {.kind = "record.read",
                                .at_us = k->w.now_us,
                                .actor = world_actor(),
                                .entity = PB_STR("person"),
                                .record = k->ids[0]};
    uint64_t sequence;
    return ledger_append(session, &event, &sequence, err);
}

static void write_something(keeping *k)
{
    pb_error err;
    act a = {.k = k, .id = k->ids[roll(k, RECORDS)], .kind = roll(k, 5)};
    world *by = roll(k, 3) == 0 ? &k->other : &k->w;
    snprintf(a.remark, sizeof a.remark, "次 %u", roll(k, 1000));
    if (roll(k, 2) == 0) {
        world_must(db_write_log(k->w.workspace, log_work, k, &err), &err);
        return;
    }
    by->now_us = k->w.now_us += 1000000;
    pb_status status = world_write(by, RECORD_STRICT, do_act, &a, NULL, &err);
    if (status != PB_NOT_FOUND) /* a deleted one is not changed */
        world_must(status, &err);
}

static void assert_same(const record_data *one, const record_data *two)
{
    assert_int_equal(one->version, two->version);
    assert_int_equal(one->deleted, two->deleted);
    assert_int_equal(one->event, two->event);
    assert_int_equal(one->changed_us, two->changed_us);
    assert_true(pb_str_eq(one->source_id, two->source_id));
    for (size_t i = 0; i < one->entity->field_count; i++) {
        assert_true(pb_value_eq(one->values[i], two->values[i]));
        assert_true(pb_str_eq(one->currencies[i], two->currencies[i]));
    }
}

/* Each is read twice by the session that keeps, and once anew. */
static void look(keeping *k)
{
    pb_error err;
    db_session *settled, *anew = world_look(&k->w);
    pb_arena *arena = pb_arena_new(0);
    world_must(db_snapshot_open_settled(k->w.workspace, NULL, &settled, &err), &err);
    k->same_view += db_session_view(settled) == k->view;
    k->other_view += db_session_view(settled) != k->view;
    k->view = db_session_view(settled);
    for (int i = 0; i < LOOKS; i++) {
        pb_uuid id = k->ids[roll(k, RECORDS)];
        record_data kept, again, read;
        world_must(record_read(settled, k->w.person, id, arena, &kept, &err), &err);
        world_must(record_read(settled, k->w.person, id, arena, &again, &err), &err);
        world_must(record_read(anew, k->w.person, id, arena, &read, &err), &err);
        assert_same(&kept, &read);
        assert_same(&again, &read);
    }
    db_snapshot_close(settled);
    db_snapshot_close(anew);
    pb_arena_free(arena);
}

static void open_both(keeping *k)
{
    pb_error err;
    const db_share how = {.readers = 2};
    world_place(&k->w, "kept");
    db_options options = {.key.key_file = k->w.key};
    const char *url = on_postgres() ? engine_address() : k->w.folder;
    world_must(db_workspace_create(url, k->w.schema, &options, NULL, &k->w.workspace, &err), &err);
    if (on_postgres())
        engine_lift_rights();
    db_share_as(k->w.workspace, &how);
    k->other = k->w;
    world_must(db_workspace_open(url, k->w.schema, &options, &k->other.workspace, &err), &err);
}

/* shows: PER-1 PER-2 */
static void what_is_kept_is_what_is_there(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        pb_error err;
        keeping k = {.random = seed * UINT64_C(0x9e3779b97f4a7c15)};
        open_both(&k);
        world_must(world_write(&k.w, RECORD_STRICT, make_all, &k, NULL, &err), &err);
        for (int i = 0; i < STEPS; i++) {
            if (roll(&k, 3) > 0)
                write_something(&k);
            look(&k);
        }
        assert_true(on_postgres() || (k.same_view > 10 && k.other_view > 10));
        db_workspace_close(k.other.workspace);
        world_close(&k.w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_is_what_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
