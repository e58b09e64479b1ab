/* Outgoing mail for who may set, and for who serves the workspace. */
#include "service/mail.h"

#include "access.h"
#include "base/cbor.h"
#include "mail_words.h"
#include "sys/clock.h"
#include "sys/environment.h"

/* ---- settings ---- */

static pb_status read_names(db_session *session, pb_arena *arena, service_mail *mail, pb_error *err)
{
    mail->names = pb_arena_array(arena, mail->count + 1, sizeof *mail->names);
    if (mail->names == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < mail->count; i++) {
        identity_user user;
        pb_status status = identity_user_last(session, mail->messages[i].owner, arena, &user, err);
        if (status != PB_OK && status != PB_NOT_FOUND)
            return status;
        mail->names[i] = status == PB_OK ? user.name : PB_STR_NONE;
    }
    return PB_OK;
}

static pb_status read_all(db_session *session, pb_arena *arena, service_mail *mail, pb_error *err)
{
    PB_TRY(mail_settings_read(session, false, arena, &mail->settings, err));
    PB_TRY(mail_count(session, &mail->counts, err));
    PB_TRY(mail_list(session, SERVICE_MAIL_LISTED, arena, &mail->messages, &mail->count, err));
    return read_names(session, arena, mail, err);
}

pb_status service_mail_read(const service_call *call, db_workspace *workspace, pb_arena *arena,
                            service_mail *ret_mail, pb_error *err)
{
    service_mail mail = {.count = 0};
    db_session *session = NULL;
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_SETTINGS, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = read_all(session, arena, &mail, err);
    db_snapshot_close(session);
    PB_TRY(status);
    *ret_mail = mail;
    return PB_OK;
}

static pb_status proved(const service_access *access, const void *context, pb_error *err)
{
    (void)context;
    PB_TRY(service_may_at_all(access, IDENTITY_OP_SETTINGS, NULL, err));
    return service_need_proof(access, IDENTITY_OP_SETTINGS, err);
}

typedef struct setting {
    const mail_call by;
    const mail_settings *settings;
} setting;

static pb_status put(db_session *session, void *context, pb_error *err)
{
    const setting *s = context;
    return mail_settings_put(session, &s->by, s->settings, err);
}

pb_status service_mail_put(const service_call *call, db_workspace *workspace,
                           const mail_settings *settings, pb_error *err)
{
    setting s = {{call->actor, call->now_us}, settings};
    PB_TRY(service_decide(call, workspace, proved, NULL, err));
    return db_write_within(workspace, call->limits, put, &s, err);
}

/* ---- the outbox, for people ---- */

typedef struct handling {
    mail_call by;
    int64_t n;
    pb_status (*deed)(db_session *session, const mail_call *call, int64_t n, pb_error *err);
} handling;

static pb_status handle(db_session *session, void *context, pb_error *err)
{
    const handling *h = context;
    return h->deed(session, &h->by, h->n, err);
}

pb_status service_mail_retry(const service_call *call, db_workspace *workspace, int64_t n,
                             pb_error *err)
{
    handling h = {{call->actor, call->now_us}, n, mail_retry};
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_SETTINGS, err));
    return db_write_within(workspace, call->limits, handle, &h, err);
}

pb_status service_mail_drop(const service_call *call, db_workspace *workspace, int64_t n,
                            pb_error *err)
{
    handling h = {{call->actor, call->now_us}, n, mail_drop};
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_SETTINGS, err));
    return db_write_within(workspace, call->limits, handle, &h, err);
}

/* ---- one letter ---- */

static pb_status settings_now(db_workspace *workspace, bool with_secret, pb_arena *arena,
                              mail_settings *ret, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = mail_settings_read(session, with_secret, arena, ret, err);
    db_snapshot_close(session);
    return status;
}

/* Told apart by workspace, number and moment: a message that is tried again is the same one. */
static pb_status send_letter(db_workspace *workspace, const service_poster *poster,
                             const mail_settings *settings, const mail_message *message,
                             mail_answer *answer, pb_error *err)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(4 * MAIL_BODY_MAX), id = PB_BUF_INIT(200);
    char own[37];
    pb_uuid_text(db_workspace_id(workspace), own);
    pb_buf_printf(&id, "%lld.%lld.%s", (long long)message->n, (long long)message->at_us, own);
    *answer = (mail_answer){.outcome = MAIL_NEVER};
    PB_TRY(mail_compose(message, settings->sender, pb_buf_str(&id), sys_now_us(), &bytes, err));
    const mail_letter letter = {.settings = settings,
                                .to = message->address,
                                .bytes = pb_buf_str(&bytes),
                                .seconds = poster->seconds,
                                .authorities = sys_getenv("PROBITY_MAIL_AUTHORITIES"),
                                .stop = poster->stop};
    return mail_send(&letter, answer, err);
}

typedef struct trying {
    const service_call *call;
    pb_str host;
    bool sent;
} trying;

static pb_status note_try(db_session *session, void *context, pb_error *err)
{
    const trying *t = context;
    PB_AUTO_BUF payload = PB_BUF_INIT(4096);
    uint64_t sequence;
    pb_cbor_map(&payload, 2);
    pb_cbor_text(&payload, PB_STR("host"));
    pb_cbor_text(&payload, t->host);
    pb_cbor_text(&payload, PB_STR("result"));
    pb_cbor_text(&payload, t->sent ? PB_STR("sent") : PB_STR("failed"));
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {.kind = "mail.tried",
                                .at_us = t->call->now_us,
                                .actor = t->call->actor,
                                .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, &sequence, err);
}

pb_status service_mail_try(const service_call *call, db_workspace *workspace,
                           const service_poster *poster, const pb_catalog *words, pb_str to,
                           mail_answer *answer, pb_error *why, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    mail_settings settings;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(service_decide(call, workspace, proved, NULL, err));
    PB_TRY(settings_now(workspace, true, arena, &settings, err));
    if (settings.host.ptr == NULL)
        return pb_fail(err, PB_INVALID, PB_MSG("Mail is not set up: nothing can be sent."), NULL);
    if (!mail_address_valid(to))
        return pb_fail(err, PB_INVALID, PB_MSG("No mail can go to or from “{address}”."), "address",
                       PB_ARG(to), NULL);
    const mail_message message = {
        .at_us = call->now_us,
        .address = to,
        .subject = pb_str_c(pb_translate(words, PB_MSG("Test message from Probity"))),
        .body = pb_str_c(pb_translate(
            words, PB_MSG("When you read this, mail goes out as it is set up in Probity.\n")))};
    pb_status status = send_letter(workspace, poster, &settings, &message, answer, why);
    trying t = {call, settings.host, status == PB_OK};
    return db_write_within(workspace, call->limits, note_try, &t, err);
}

/* ---- the outbox ---- */

static const ledger_actor server = {.name = {"serve", 5}, .via = {"mail", 4}};

typedef struct posting {
    pb_arena *arena;
    mail_call by;
    mail_message message;
    mail_answer answer;
    bool found;
} posting;

static pb_status take(db_session *session, void *context, pb_error *err)
{
    posting *p = context;
    PB_TRY(mail_clear(session, p->by.now_us, err));
    return mail_take(session, p->by.now_us, p->arena, &p->message, &p->found, err);
}

static pb_status end(db_session *session, void *context, pb_error *err)
{
    posting *p = context;
    return mail_end(session, &p->by, &p->message, p->answer.outcome, pb_str_c(p->answer.said), err);
}

/* Costs a read, so that a server with nothing to send writes nothing. */
static pb_status next_due(db_workspace *workspace, int64_t *ret_us, pb_error *err)
{
    db_session *session = NULL;
    mail_counts counts = {.next_us = INT64_MAX};
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = mail_count(session, &counts, err);
    db_snapshot_close(session);
    *ret_us = counts.next_us;
    return status;
}

/* What came of it is told where nobody dropped the message meanwhile. */
static pb_status send_taken(db_workspace *workspace, const service_poster *poster,
                            const mail_settings *settings, posting *p, pb_error *err)
{
    pb_error why = {0};
    int64_t now_us = p->by.now_us;
    if (send_letter(workspace, poster, settings, &p->message, &p->answer, &why) == PB_CANCELLED)
        return PB_OK; /* nobody says what came of it: due again when it is let go of */
    p->by.now_us = sys_now_us();
    if (p->by.now_us < now_us)
        p->by.now_us = now_us;
    pb_status status = db_write(workspace, end, p, err);
    return status == PB_CONFLICT ? PB_OK : status;
}

pb_status service_mail_post(db_workspace *workspace, const service_poster *poster, int64_t now_us,
                            int64_t *ret_next_us, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    posting p = {.arena = arena, .by = {server, now_us}};
    mail_settings settings;
    *ret_next_us = INT64_MAX;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(next_due(workspace, ret_next_us, err));
    if (*ret_next_us > now_us)
        return PB_OK;
    PB_TRY(settings_now(workspace, true, arena, &settings, err));
    if (settings.host.ptr == NULL) {
        *ret_next_us = INT64_MAX;
        return PB_OK;
    }
    PB_TRY(db_write(workspace, take, &p, err));
    return p.found ? send_taken(workspace, poster, &settings, &p, err) : PB_OK;
}
