/* Second factors to test with: an app that shows codes, a passkey, recovery codes. */
#ifndef TEST_FACTOR_SUPPORT_H
#define TEST_FACTOR_SUPPORT_H

#include "passkey_support.h"

static const char good[] = "seven grey herons wade";
static const char enough_beside[] = "kupfer!z";

/* ---- one-time codes of a user ---- */

typedef struct app {
    char secret[IDENTITY_TOTP_SECRET + 5];
} app;

static inline void app_read(app *a, pb_str address)
{
    size_t at = pb_str_find(address, PB_STR("secret=")) + 7;
    unsigned bits = 0, held = 0;
    for (size_t out = 0; out < IDENTITY_TOTP_SECRET; at++) {
        char c = address.ptr[at];
        bits = bits << 5 | (unsigned)(c >= 'A' ? c - 'A' : c - '2' + 26);
        held += 5;
        if (held >= 8) {
            held -= 8;
            a->secret[out++] = (char)(bits >> held);
        }
    }
}

static const char *app_shows(const app *a, int64_t now_us, char code[9])
{
    assert_true(identity_totp_code(IDENTITY_SHA1, pb_str_n(a->secret, IDENTITY_TOTP_SECRET),
                                   now_us / SECOND / 30, 6, code));
    return code;
}

static inline pb_status deal_totp(db_session *session, deal *d, pb_error *err)
{
    return identity_totp_finish(session, &d->visit, d->user, d->text, d->other,
                                PB_STR("my telephone"), err);
}

static inline app give_totp(house *h, pb_uuid user)
{
    pb_error err = {0};
    app a = {0};
    char code[9];
    const identity_user of = {.id = user, .name = PB_STR("ann")};
    PB_AUTO_BUF address = PB_BUF_INIT(4096);
    PB_AUTO_BUF ticket = PB_BUF_INIT(4096);
    must(identity_totp_begin(h->workspace, &of, PB_STR("Morgenstern"), h->now_us, &address, &ticket,
                             &err),
         &err);
    app_read(&a, pb_buf_str(&address));
    deal d = {.work = deal_totp,
              .h = h,
              .visit = visit_from(h, "192.0.2.1"),
              .user = user,
              .text = pb_buf_str(&ticket),
              .other = pb_str_c(app_shows(&a, h->now_us, code))};
    do_deal(&d);
    h->now_us += MINUTE; /* the code that was just shown is used up */
    return a;
}

static inline identity_signin by_code(house *h, const identity_desk *desk,
                                      const identity_visit *visit, pb_str ticket, const char *code)
{
    pb_error err = {0};
    identity_signin signin;
    must(identity_signin_totp(desk, visit, ticket, pb_str_c(code), h->arena, &signin, &err), &err);
    return signin;
}

/* ---- passkeys of a user ---- */

static inline pb_status deal_passkey(db_session *session, deal *d, pb_error *err)
{
    const identity_desk desk = desk_of(d->h);
    const identity_made *made = d->more;
    return identity_passkey_finish(session, &d->visit, d->user, &desk.site, d->text,
                                   made->client_data, made->attestation_object, PB_STR("my key"),
                                   err);
}

static inline pb_status try_passkey(house *h, pb_uuid user, authenticator *a, pb_error *err)
{
    uint8_t challenge[IDENTITY_CHALLENGE];
    PB_AUTO_BUF ticket = PB_BUF_INIT(4096);
    must(identity_passkey_begin(h->workspace, user, h->now_us, challenge, &ticket, err), err);
    const identity_made made = authenticator_make(a, h->arena, challenge);
    deal d = {.work = deal_passkey,
              .h = h,
              .visit = visit_from(h, "192.0.2.1"),
              .user = user,
              .text = pb_buf_str(&ticket),
              .more = &made};
    return try_deal(&d, err);
}

static inline pb_status deal_recovery(db_session *session, deal *d, pb_error *err)
{
    return identity_recovery_make(session, &d->visit, d->user, d->codes, err);
}

static inline pb_status deal_enrolment(db_session *session, deal *d, pb_error *err)
{
    return identity_enrolment_make(session, &d->visit, d->user, d->visit.now_us + HOUR, d->codes[0],
                                   err);
}

#endif
