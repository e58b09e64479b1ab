/* What is said of users, and changing it. */
#include "internal.h"

#include "base/locale.h"
#include "identity/credential.h"
#include "sys/random.h"

#include <string.h>

enum { SQL_MAX = 1 << 12 };

/* ---- what may be said ---- */

static pb_status check_language(pb_str language, pb_error *err)
{
    char name[16];
    if (language.len > 0 && language.len < sizeof name) {
        memcpy(name, language.ptr, language.len);
        name[language.len] = '\0';
        pb_locale *locale = pb_locale_open(name, NULL);
        pb_locale_free(locale);
        if (locale != NULL)
            return PB_OK;
    }
    pb_fail(err, PB_INVALID, PB_MSG("There is no language “{language}”"), "language",
            PB_ARG(language), NULL);
    pb_error_hint(err, PB_MSG("Possible: {list}"), "list", "en, zh-CN, fa", NULL);
    return PB_INVALID;
}

/* A record that is linked is there, and not deleted. */
static pb_status check_record(db_session *session, const char *entity_name, pb_uuid id,
                              pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MAX);
    const model_schema *schema = db_workspace_schema(db_session_workspace(session));
    char text[37];
    db_stmt *stmt;
    bool row;
    if (people_no_one(id))
        return PB_OK;
    if (model_entity_find(schema, pb_str_c(entity_name)) == NULL)
        return pb_fail(err, PB_INVALID, PB_MSG("There is no entity “{entity}”"), "entity",
                       entity_name, NULL);
    pb_buf_printf(&sql, "SELECT deleted FROM \"t_%s\" WHERE id = ?1", entity_name);
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&id));
    PB_TRY(db_step(stmt, &row, err));
    bool there = row && db_column_i64(stmt, 0) == 0;
    db_reset(stmt);
    if (there)
        return PB_OK;
    pb_uuid_text(id, text);
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no record {record} of {entity}."), "record",
                   text, "entity", entity_name, NULL);
}

static pb_status fail_kind(const identity_user *user, const char *why, const char *hint,
                           pb_error *err)
{
    pb_fail(err, PB_INVALID, PB_MSG("The user “{name}” cannot be as it was asked for."), "name",
            PB_ARG(user->name), NULL);
    pb_error_detail(err, why, NULL);
    pb_error_hint(err, hint, NULL);
    return PB_INVALID;
}

static pb_status check_user(db_session *session, const identity_user *user, pb_error *err)
{
    bool house = user->kind == IDENTITY_PERSON || user->kind == IDENTITY_PROGRAM;
    PB_TRY(people_shown_check(user->shown, err));
    PB_TRY(check_language(user->language, err));
    if (user->until_us <= user->from_us)
        return fail_kind(user, PB_MSG("Its end does not come after its beginning."),
                         PB_MSG("Name a later end, or none."), err);
    if (user->kind == IDENTITY_AUDITOR && user->until_us == IDENTITY_OPEN)
        return fail_kind(user, PB_MSG("What an external auditor may see must have an end."),
                         PB_MSG("Name the day on which it ends."), err);
    if (user->kind == IDENTITY_PORTAL && people_no_one(user->portal))
        return fail_kind(user, PB_MSG("A portal customer is one contact."),
                         PB_MSG("Name the contact."), err);
    if (user->kind != IDENTITY_PORTAL && !people_no_one(user->portal))
        return fail_kind(user, PB_MSG("Only a portal customer is a contact."),
                         PB_MSG("Name no contact, or make it a portal customer."), err);
    if (!house && !people_no_one(user->staff))
        return fail_kind(user, PB_MSG("Only who is of the house is a record of staff."),
                         PB_MSG("Name no record of staff."), err);
    PB_TRY(check_record(session, "staff", user->staff, err));
    return check_record(session, "contact", user->portal, err);
}

/* Nobody else has, or ever had, the name: what the ledger says of it can mean one only. */
static pb_status check_free(db_session *session, const identity_user *user, pb_str key,
                            pb_error *err)
{
    static const char sql[] = "SELECT 1 FROM t_access_user WHERE key = ?1 AND id <> ?2 LIMIT 1";
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_text(stmt, 1, key);
    db_bind_blob(stmt, 2, pb_uuid_str(&user->id));
    PB_TRY(db_step(stmt, &row, err));
    db_reset(stmt);
    if (!row)
        return PB_OK;
    pb_fail(err, PB_EXISTS, PB_MSG("The sign-in name “{name}” is, or was, another user's."), "name",
            PB_ARG(user->name), NULL);
    pb_error_hint(err,
                  PB_MSG("Choose another one: a name is never given to a second user, so that what "
                         "was done under it stays that of one."),
                  NULL);
    return PB_EXISTS;
}

/* ---- rows ---- */

static pb_status store(db_session *session, const identity_call *call, const identity_user *user,
                       pb_error *err)
{
    static const char sql[] =
        "INSERT INTO t_access_user (n, id, kind, name, key, shown, language, staff, portal,"
        " from_us, until_us, by, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
        " ?13)";
    PB_AUTO_BUF key = PB_BUF_INIT(SQL_MAX);
    db_stmt *stmt;
    int64_t n;
    PB_TRY(people_name_key(user->name, &key, err));
    PB_TRY(check_user(session, user, err));
    PB_TRY(check_free(session, user, pb_buf_str(&key), err));
    PB_TRY(db_next_number(session, "SELECT COALESCE(MAX(n), 0) + 1 FROM t_access_user", &n, err));
    PB_TRY(identity_expect(session, user->until_us, err));
    if (user->from_us > call->now_us)
        PB_TRY(identity_expect(session, user->from_us, err));
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_blob(stmt, 2, pb_uuid_str(&user->id));
    db_bind_text(stmt, 3, pb_str_c(identity_kind_word(user->kind)));
    db_bind_text(stmt, 4, user->name);
    db_bind_text(stmt, 5, pb_buf_str(&key));
    db_bind_text(stmt, 6, user->shown);
    db_bind_text(stmt, 7, user->language);
    people_bind_id(stmt, 8, &user->staff);
    people_bind_id(stmt, 9, &user->portal);
    people_bind_since(stmt, 10, call, user->from_us, user->until_us);
    return db_run(stmt, err);
}

static pb_status end_rows(db_session *session, const identity_call *call, pb_uuid user,
                          pb_error *err)
{
    static const char sql[] = "UPDATE t_access_user" END_SET " WHERE id = ?4 AND " NOT_OVER;
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    people_bind_end(stmt, call, call->now_us);
    db_bind_blob(stmt, 4, pb_uuid_str(&user));
    return db_run(stmt, err);
}

static pb_status tell(db_session *session, const identity_call *call, const char *kind,
                      const identity_user *user, pb_error *err)
{
    const people_fact facts[] = {
        {.key = "user", .value = people_fact_id(&user->id)},
        {.key = "kind", .value = people_fact_text(pb_str_c(identity_kind_word(user->kind)))},
        {.key = "name", .value = people_fact_text(user->name)},
        {.key = "shown", .value = people_fact_text(user->shown)},
        {.key = "language", .value = people_fact_text(user->language)},
        {.key = "staff", .value = people_fact_id(&user->staff)},
        {.key = "portal", .value = people_fact_id(&user->portal)},
        {.key = "from", .value = PB_VALUE_INT(user->from_us)},
        {.key = "until", .value = people_fact_end(user->until_us)},
    };
    return people_event(session, call, kind, facts, sizeof facts / sizeof *facts, err);
}

pb_status identity_user_add(db_session *session, const identity_call *call,
                            const identity_user *user, pb_uuid *ret_id, pb_error *err)
{
    identity_user made = *user;
    uint8_t random[8];
    PB_TRY(sys_sodium_init(err));
    sys_random(random, sizeof random);
    made.id = pb_uuid_v7(call->now_us, random);
    made.from_us = user->from_us == 0 ? call->now_us : user->from_us;
    if (made.from_us < call->now_us)
        return fail_kind(user, PB_MSG("Its beginning is past."),
                         PB_MSG("Let it begin now, or later."), err);
    PB_TRY(store(session, call, &made, err));
    PB_TRY(tell(session, call, "user.added", &made, err));
    *ret_id = made.id;
    return PB_OK;
}

static bool says_the_same(const identity_user *one, const identity_user *other)
{
    return pb_str_eq(one->name, other->name) && pb_str_eq(one->shown, other->shown) &&
           pb_str_eq(one->language, other->language) && people_same(one->staff, other->staff) &&
           people_same(one->portal, other->portal) && one->until_us == other->until_us;
}

pb_status identity_user_change(db_session *session, const identity_call *call,
                               const identity_user *user, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_user stands, made = *user;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(people_user_standing(session, user->id, call->now_us, arena, &stands, err));
    if (says_the_same(&stands, user))
        return PB_OK;
    made.kind = stands.kind;
    made.from_us = stands.from_us > call->now_us ? stands.from_us : call->now_us;
    PB_TRY(end_rows(session, call, user->id, err));
    PB_TRY(store(session, call, &made, err));
    return tell(session, call, "user.changed", &made, err);
}

/* What it signed in with, and where it is signed in. */
static pb_status end_signing_in(db_session *session, const identity_call *call, pb_uuid user,
                                pb_error *err)
{
    const identity_visit visit = {.actor = call->actor, .now_us = call->now_us, .why = call->why};
    return identity_credentials_end(session, &visit, user, err);
}

pb_status identity_user_return(db_session *session, const identity_call *call, pb_uuid user,
                               int64_t until_us, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_user stands;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(identity_user_last(session, user, arena, &stands, err));
    if (!people_is_over(&stands, call->now_us))
        return pb_fail(err, PB_EXISTS, PB_MSG("“{name}” is a user."), "name", PB_ARG(stands.name),
                       NULL);
    PB_TRY(people_end_ties(session, call, user, err)); /* what it held when its time ran out */
    PB_TRY(end_signing_in(session, call, user, err));
    stands.from_us = call->now_us;
    stands.until_us = until_us;
    PB_TRY(store(session, call, &stands, err));
    return tell(session, call, "user.returned", &stands, err);
}

static pb_status held_roles(db_session *session, const identity_call *call, pb_uuid user,
                            pb_arena *arena, people_fact *ret_fact, pb_error *err)
{
    const identity_tie_filter filter = {.user = user, .at_us = call->now_us};
    identity_tie *ties;
    size_t count;
    PB_TRY(identity_ties(session, IDENTITY_TIE_ROLE, &filter, arena, &ties, &count, err));
    int64_t *roles = pb_arena_array(arena, count + 1, sizeof *roles);
    if (roles == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        roles[i] = ties[i].role;
    *ret_fact = (people_fact){.key = "roles", .numbers = roles, .count = count};
    return PB_OK;
}

static pb_status held_ties(db_session *session, const identity_call *call, identity_tie_kind kind,
                           bool below, pb_uuid user, const char *key, pb_arena *arena,
                           people_fact *ret_fact, pb_error *err)
{
    identity_tie_filter filter = {.at_us = call->now_us};
    identity_tie *ties;
    size_t count;
    if (below)
        filter.other = user;
    else
        filter.user = user;
    PB_TRY(identity_ties(session, kind, &filter, arena, &ties, &count, err));
    pb_uuid *ids = pb_arena_array(arena, count + 1, sizeof *ids);
    if (ids == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        ids[i] = below ? ties[i].user : ties[i].other;
    *ret_fact = (people_fact){.key = key, .ids = ids, .count = count};
    return PB_OK;
}

pb_status identity_user_end(db_session *session, const identity_call *call, pb_uuid user,
                            pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_user stands;
    people_fact facts[6];
    pb_uuid heir;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(people_user_standing(session, user, call->now_us, arena, &stands, err));
    PB_TRY(held_roles(session, call, user, arena, &facts[0], err));
    PB_TRY(
        held_ties(session, call, IDENTITY_TIE_TEAM, false, user, "teams", arena, &facts[1], err));
    PB_TRY(held_ties(session, call, IDENTITY_TIE_SUPERIOR, true, user, "below", arena, &facts[2],
                     err));
    PB_TRY(end_rows(session, call, user, err));
    PB_TRY(people_end_ties(session, call, user, err));
    PB_TRY(people_hand_over(session, call, user, &heir, err));
    PB_TRY(end_signing_in(session, call, user, err));
    const identity_visit visit = {.actor = call->actor, .now_us = call->now_us, .why = call->why};
    PB_TRY(identity_credentials_end(session, &visit, user, err));
    facts[3] = (people_fact){.key = "user", .value = people_fact_id(&user)};
    facts[4] = (people_fact){.key = "name", .value = people_fact_text(stands.name)};
    facts[5] = (people_fact){.key = "heir", .value = people_fact_id(&heir)};
    return people_event(session, call, "user.ended", facts, sizeof facts / sizeof *facts, err);
}
