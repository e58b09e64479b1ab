/* What tests of sign-in share: a workspace, visits, error texts. */
#ifndef TEST_SIGNIN_SUPPORT_H
#define TEST_SIGNIN_SUPPORT_H

#include "asked.h"
#include "identity/signin.h"
#include "identity_support.h"

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
/** Fails the test unless the primary line is `want`. */
static inline void must_say(const pb_error *err, const char *want)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 14);
    pb_error_render(err, &err->primary, NULL, &text);
    assert_string_equal(pb_buf_cstr(&text), want);
}

/** A visit from an address with a browser, at the house's time. */
static inline identity_visit visit_from(const house *h, const char *address)
{
    return (identity_visit){
        .actor = {.name = PB_STR("admin"), .via = PB_STR("test")},
        .now_us = h->now_us,
        .address = pb_str_c(address),
        .device = PB_STR("a browser"),
    };
}

/** What is done in one transaction. */
typedef struct deal {
    pb_status (*work)(db_session *session, struct deal *d, pb_error *err);
    house *h;
    identity_visit visit;
    pb_uuid user;
    pb_str text, other, third;
    const void *more;
    int64_t n;
    char token[IDENTITY_KEY_TEXT];
    char codes[IDENTITY_RECOVERY_CODES][IDENTITY_CODE];
    identity_caller caller;
    size_t count;
} deal;

static inline pb_status deal_work(db_session *session, void *context, pb_error *err)
{
    deal *d = context;
    return d->work(session, d, err);
}

static inline pb_status try_deal(deal *d, pb_error *err)
{
    return db_write(d->h->workspace, deal_work, d, err);
}

static inline void do_deal(deal *d)
{
    pb_error err = {0};
    must(try_deal(d, &err), &err);
}

/** Passwords that are computed in no time, and no second factor wanted. */
static inline identity_desk desk_of(house *h)
{
    static const pb_str origins[] = {PB_STR("https://crm.example.org")};
    return (identity_desk){
        .workspace = h->workspace,
        .password = {.passes = 1, .memory = 8192},
        .site = {.name = PB_STR("crm.example.org"), .origins = origins, .origin_count = 1},
        .organisation = PB_STR("Morgenstern")};
}

static inline pb_status deal_password(db_session *session, deal *d, pb_error *err)
{
    return identity_password_set(session, &d->visit, d->user, d->text.ptr, err);
}

/** Gives that user a password. */
static inline void give_password(house *h, const identity_desk *desk, pb_uuid user,
                                 const char *password)
{
    pb_error err = {0};
    char hash[IDENTITY_PASSWORD_HASH];
    must(identity_password_hash(h->workspace, &desk->password, pb_str_c(password), hash, &err),
         &err);
    deal d = {.work = deal_password,
              .h = h,
              .visit = visit_from(h, "192.0.2.1"),
              .user = user,
              .text = pb_str_c(hash)};
    do_deal(&d);
}

/** Signs in by password; what came of it. */
static inline identity_signin sign_in(house *h, const identity_desk *desk,
                                      const identity_visit *visit, const char *name,
                                      const char *password)
{
    pb_error err = {0};
    identity_signin signin;
    must(identity_signin_password(desk, visit, pb_str_c(name), pb_str_c(password), h->arena,
                                  &signin, &err),
         &err);
    return signin;
}

/** Who shows that token now; its status. */
/* Snapshots that keep what they found (db_session_view; a reader's first one does not) find the
 * same, at first and once more. */
static inline void assert_kept_like(house *h, const char *token, pb_status status,
                                    const identity_caller *caller)
{
    for (int i = 0; i < 3; i++) {
        pb_error err = {0};
        identity_caller kept = {0};
        db_session *session;
        must(db_snapshot_open_settled(h->workspace, NULL, &session, &err), &err);
        assert_true(i == 0 || on_postgres() || h->folder == NULL || db_session_view(session) != 0);
        assert_int_equal(
            identity_caller_find(session, pb_str_c(token), h->now_us, h->arena, &kept, &err),
            status);
        db_snapshot_close(session);
        if (status != PB_OK)
            continue;
        assert_memory_equal(&kept.user, &caller->user, sizeof kept.user);
        assert_true(kept.session == caller->session && kept.key == caller->key &&
                    kept.second_factor == caller->second_factor &&
                    kept.read_only == caller->read_only && kept.due == caller->due &&
                    kept.seen_us == caller->seen_us && kept.proved_us == caller->proved_us &&
                    kept.until_us == caller->until_us && kept.rate == caller->rate);
    }
}

static inline pb_status caller_of_token(house *h, const char *token, identity_caller *ret_caller)
{
    pb_error err = {0};
    db_session *session;
    must(db_snapshot_open(h->workspace, &session, &err), &err);
    pb_status status =
        identity_caller_find(session, pb_str_c(token), h->now_us, h->arena, ret_caller, &err);
    db_snapshot_close(session);
    if (status != PB_OK)
        must_say(&err, "Not signed in, or not any more.");
    assert_kept_like(h, token, status, ret_caller);
    return status;
}

#endif
