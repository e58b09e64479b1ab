/* A workspace with a few records of people, and a clock of its own, for tests of identity. */
#ifndef TEST_IDENTITY_SUPPORT_H
#define TEST_IDENTITY_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "db/share.h"
#include "engine.h"
#include "identity/people.h"
#include "program.h"
#include "tiny_schema.h"

#include <unistd.h>

#define DAY INT64_C(86400000000)
#define START INT64_C(1767225600000000) /* 2026-01-01 */

static inline void words_of(const pb_error *err, char out[2000])
{
    PB_AUTO_BUF text = PB_BUF_INIT(1900);
    pb_error_render(err, &err->primary, NULL, &text);
    pb_buf_byte(&text, ' ');
    pb_error_render(err, &err->detail, NULL, &text);
    snprintf(out, 2000, "%s", pb_buf_cstr(&text));
}

/** Fails the test with the error's words when `status` is not PB_OK. */
static inline void must(pb_status status, const pb_error *err)
{
    char words[2000];
    if (status == PB_OK)
        return;
    words_of(err, words);
    fail_msg("status %d: %s", status, words);
}

/** Fails the test unless the status is that one and the words hold `part`. */
static inline void must_fail(pb_status status, pb_status want, const pb_error *err,
                             const char *part)
{
    char words[2000];
    words_of(err, words);
    if (status != want || strstr(words, part) == NULL)
        fail_msg("status %d instead of %d: %s (not: %s)", status, want, words, part);
}

typedef struct house {
    tiny_schema tiny;
    model_field staff_name;
    db_workspace *workspace;
    pb_arena *arena;
    int64_t now_us;
    char *folder; /* NULL: it is nowhere on a disk */
} house;

/** Entities account, contact, staff. */
static inline void house_schema(house *h)
{
    tiny_schema_make(&h->tiny);
    model_entity *staff = &h->tiny.entities[2];
    *staff = (model_entity){.name = PB_STR("staff"), .label = PB_STR("Staff"), .index = 2};
    staff->fields = &h->staff_name;
    tiny_field(staff, &h->staff_name, PB_STR("name"), MODEL_PERSON_NAME);
    h->tiny.schema.entity_count = 3;
}

/** `folder`: a new place for it, which ends with it; NULL: in memory, where there is no server. */
static inline house *house_open_in(char *folder)
{
    pb_error err = {0};
    house *h = calloc(1, sizeof *h);
    char key[] = "/tmp/probity-key-XXXXXX";
    char place[300];
    db_options options = {.scratch = !on_postgres() && folder == NULL, .key.key_file = key};
    assert_non_null(h);
    house_schema(h);
    h->arena = pb_arena_new(0);
    h->now_us = START;
    h->folder = folder;
    if (!options.scratch) { /* a name only: the key is made there, and not needed again */
        int file = mkstemp(key);
        assert_true(file >= 0);
        close(file);
        unlink(key);
    }
    (void)snprintf(place, sizeof place, "%s/workspace", folder == NULL ? "" : folder);
    const char *url = on_postgres() ? engine_address() : folder == NULL ? NULL : place;
    must(db_workspace_create(url, &h->tiny.schema, &options, NULL, &h->workspace, &err), &err);
    unlink(key);
    db_share_as(h->workspace, &(db_share){.readers = 2});
    return h;
}

static inline house *house_open(void)
{
    return house_open_in(NULL);
}

static inline void house_close(house *h)
{
    db_workspace_close(h->workspace);
    if (h->folder != NULL)
        program_remove_folder(h->folder);
    pb_arena_free(h->arena);
    free(h);
}

static inline pb_uuid id_of(int number)
{
    return (pb_uuid){.b = {[0] = 7, [14] = (uint8_t)(number >> 8), [15] = (uint8_t)number}};
}

/* ---- one change, in a transaction of its own ---- */

typedef enum deed {
    DEED_RECORD, /* a record of `text` with the id `one` */
    DEED_ADD,
    DEED_CHANGE,
    DEED_END,
    DEED_RETURN,
    DEED_SCOPE,
    DEED_GIVE,
    DEED_TAKE,
    DEED_TEAM_ADD,
    DEED_TEAM_RENAME,
    DEED_TEAM_END,
    DEED_JOIN,
    DEED_LEAVE,
    DEED_SUPERIOR
} deed;

typedef struct act {
    deed deed;
    identity_call call;
    identity_user user;
    identity_scope scope;
    pb_uuid one, other;
    pb_str text;
    int64_t role, from_us, until_us;
    bool fails; /* after it was done, so that nothing of it stays */
} act;

static inline pb_status act_record(db_session *session, const act *a, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1000);
    db_stmt *stmt;
    pb_buf_printf(&sql,
                  "INSERT INTO t_%.*s (n, id, version, event, created_us, changed_us, deleted)"
                  " SELECT COALESCE(MAX(n), 0) + 1, ?1, 1, 0, 0, 0, 0 FROM t_%.*s",
                  PB_STR_FMT(a->text), PB_STR_FMT(a->text));
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&a->one));
    return db_run(stmt, err);
}

static inline pb_status act_work(db_session *session, void *context, pb_error *err)
{
    act *a = context;
    const identity_call *call = &a->call;
    switch (a->deed) {
    case DEED_RECORD:
        PB_TRY(act_record(session, a, err));
        break;
    case DEED_ADD:
        PB_TRY(identity_user_add(session, call, &a->user, &a->one, err));
        break;
    case DEED_CHANGE:
        PB_TRY(identity_user_change(session, call, &a->user, err));
        break;
    case DEED_END:
        PB_TRY(identity_user_end(session, call, a->one, err));
        break;
    case DEED_RETURN:
        PB_TRY(identity_user_return(session, call, a->one, a->until_us, err));
        break;
    case DEED_SCOPE:
        PB_TRY(identity_scope_set(session, call, a->one, &a->scope, err));
        break;
    case DEED_GIVE:
        PB_TRY(identity_role_give(session, call, a->one, a->role, a->from_us, a->until_us, err));
        break;
    case DEED_TAKE:
        PB_TRY(identity_role_take(session, call, a->one, a->role, err));
        break;
    case DEED_TEAM_ADD:
        PB_TRY(identity_team_add(session, call, a->text, &a->one, err));
        break;
    case DEED_TEAM_RENAME:
        PB_TRY(identity_team_rename(session, call, a->other, a->text, err));
        break;
    case DEED_TEAM_END:
        PB_TRY(identity_team_end(session, call, a->other, err));
        break;
    case DEED_JOIN:
        PB_TRY(identity_team_join(session, call, a->other, a->one, err));
        break;
    case DEED_LEAVE:
        PB_TRY(identity_team_leave(session, call, a->other, a->one, err));
        break;
    case DEED_SUPERIOR:
        PB_TRY(identity_superior_set(session, call, a->one, a->other, err));
        break;
    }
    return a->fails ? pb_fail(err, PB_CANCELLED, "no", NULL) : PB_OK;
}

/** Does it a second later than whatever was done before. */
static inline pb_status try_act(house *h, act *a, pb_error *err)
{
    h->now_us += 1000000;
    a->call = (identity_call){
        {PB_STR("tester"), PB_STR_NONE, PB_STR("test")}, h->now_us, PB_STR("because")};
    return db_write(h->workspace, act_work, a, err);
}

static inline void do_act(house *h, act a)
{
    pb_error err = {0};
    must(try_act(h, &a, &err), &err);
}

static inline void refuse_act(house *h, act a, pb_status want, const char *part)
{
    pb_error err = {0};
    pb_status status = try_act(h, &a, &err);
    must_fail(status, want, &err, part);
}

/** A person of that sign-in name who is staff record `staff` (made for it; 0: none). */
static inline pb_uuid add_person(house *h, const char *name, int staff)
{
    pb_error err = {0};
    act a = {.deed = DEED_ADD,
             .user = {.name = pb_str_c(name),
                      .shown = PB_STR("Somebody"),
                      .language = PB_STR("en"),
                      .until_us = IDENTITY_OPEN}};
    if (staff != 0) {
        a.user.staff = id_of(staff);
        do_act(h, (act){.deed = DEED_RECORD, .text = PB_STR("staff"), .one = id_of(staff)});
    }
    must(try_act(h, &a, &err), &err);
    return a.one;
}

static inline pb_uuid add_team(house *h, const char *name)
{
    pb_error err = {0};
    act a = {.deed = DEED_TEAM_ADD, .text = pb_str_c(name)};
    must(try_act(h, &a, &err), &err);
    return a.one;
}

/** The actor at a moment; texts and lists live as long as the house. */
static inline identity_actor actor_at(house *h, pb_uuid user, int64_t at_us)
{
    pb_error err = {0};
    identity_actor actor;
    db_session *session;
    must(db_snapshot_open(h->workspace, &session, &err), &err);
    must(identity_actor_read(session, user, at_us, h->arena, &actor, &err), &err);
    db_snapshot_close(session);
    return actor;
}

/** Whether it is a user at that moment. */
static inline bool acts_at(house *h, pb_uuid user, int64_t at_us)
{
    pb_error err = {0};
    identity_actor actor;
    db_session *session;
    must(db_snapshot_open(h->workspace, &session, &err), &err);
    pb_status status = identity_actor_read(session, user, at_us, h->arena, &actor, &err);
    db_snapshot_close(session);
    assert_true(status == PB_OK || status == PB_DENIED);
    return status == PB_OK;
}

/** Whether the ids are those of the staff records `numbers`, ended by 0. */
static inline void must_be(const pb_uuid *ids, size_t count, const int *numbers)
{
    size_t want = 0;
    while (numbers[want] != 0)
        want++;
    assert_int_equal(want, count);
    for (size_t i = 0; i < count; i++) {
        pb_uuid id = id_of(numbers[i]);
        assert_memory_equal(id.b, ids[i].b, sizeof id.b);
    }
}
#define MUST_BE(ids, count, ...) must_be((ids), (count), (const int[]){__VA_ARGS__, 0})

#endif
