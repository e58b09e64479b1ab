/* Who is reminded of what: findings and planned audits that are due or overdue, in one letter a
 * day, of what its reader may see. */
#include "service/mail.h"
#include "service/plans.h"

#include "access.h"
#include "base/time.h"
#include "identity/own.h"
#include "internal.h"
#include "kept_audits.h"
#include "mail_words.h"
#include "sys/clock.h"

#include <sodium.h>

typedef struct reminding {
    const service_poster *poster;
    mail_call by;
    pb_arena *arena;
    int64_t today;
    pb_str site;
    finding_item *findings;
    finding_plan *plans;
    size_t finding_count, plan_count;
} reminding;

/* Whoever may not look at audits (any more) is not told of them either. */
static pb_status may_look(db_session *session, const service_call *call, bool *ret_may,
                          pb_error *err)
{
    service_access access;
    service_denial denial;
    PB_TRY(service_access_open(session, call, &denial, &access, err));
    *ret_may = service_may_at_all(&access, IDENTITY_OP_AUDIT, NULL, NULL) == PB_OK;
    service_access_close(&access);
    return PB_OK;
}

static pb_status gather(const reminding *r, const service_call *call, const identity_user *user,
                        service_duties *duties, pb_error *err)
{
    finding_item *findings = pb_arena_array(r->arena, r->finding_count + 1, sizeof *findings);
    finding_plan *plans = pb_arena_array(r->arena, r->plan_count + 1, sizeof *plans);
    service_call as = *call;
    as.actor.name = user->name;
    *duties = (service_duties){.findings = findings, .plans = plans, .today = r->today};
    if (findings == NULL || plans == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < r->finding_count; i++)
        if (r->findings[i].state != FINDING_WAIVED && r->findings[i].due != INT64_MIN &&
            memcmp(&r->findings[i].owner, &user->id, sizeof user->id) == 0 &&
            service_in_audit_scope(call, r->findings[i].area, r->findings[i].entity))
            findings[duties->finding_count++] = r->findings[i];
    for (size_t i = 0; i < r->plan_count; i++)
        if (r->plans[i].due != INT64_MIN && r->plans[i].due <= r->today + SERVICE_MAIL_AHEAD_DAYS &&
            service_plan_is_for(&as, &r->plans[i])) /* as on the home screen */
            plans[duties->plan_count++] = r->plans[i];
    return PB_OK;
}

static pb_status is_wished(db_session *session, const reminding *r, const identity_user *user,
                           bool *ret_wished, pb_error *err)
{
    pb_str likes = PB_STR_NONE;
    PB_TRY(identity_likes_read(session, user->id, r->arena, &likes, err));
    *ret_wished = likes.ptr == NULL || r->poster->reminded(r->poster->context, likes, r->arena);
    return PB_OK;
}

/* The state that is told has the day in it: what is still due tomorrow is told again then. */
static pb_status put_reminder(db_session *session, const reminding *r, const identity_user *user,
                              pb_str address, const service_duties *duties, pb_error *err)
{
    PB_AUTO_BUF subject = PB_BUF_INIT(MAIL_SUBJECT_MAX), body = PB_BUF_INIT(MAIL_BODY_MAX);
    const char *language = pb_arena_cstr(r->arena, user->language);
    mail_message message = {.kind = MAIL_REMINDER, .owner = user->id, .address = address};
    uint8_t hash[32];
    bool tell;
    int64_t n;
    if (language == NULL)
        return pb_fail_memory(err);
    const pb_catalog *words = r->poster->catalog(r->poster->context, language);
    service_mail_reminder(words, duties, r->site, &subject, &body);
    pb_buf_printf(&body, "\n%s\n",
                  pb_translate(words, PB_MSG("You can switch these letters off under Settings.")));
    if (subject.failed || body.failed)
        return pb_fail_memory(err);
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    crypto_generichash_update(&state, (const uint8_t *)&r->today, sizeof r->today);
    crypto_generichash_update(&state, (const uint8_t *)body.ptr, body.len);
    crypto_generichash_final(&state, hash, sizeof hash);
    PB_TRY(mail_tell_once(session, user->id, message.kind,
                          pb_str_n((const char *)hash, sizeof hash), r->today, &tell, err));
    message.subject = pb_buf_str(&subject);
    message.body = pb_buf_str(&body);
    return tell ? mail_add(session, &r->by, &message, &n, err) : PB_OK;
}

/* Of somebody without an address nothing is noted: who gets one later is told then. */
static pb_status remind_user(db_session *session, const reminding *r, const identity_user *user,
                             pb_error *err)
{
    identity_actor actor;
    service_duties duties;
    pb_str address;
    bool may, wished;
    pb_status status = identity_actor_read(session, user->id, r->by.now_us, r->arena, &actor, err);
    if (status == PB_DENIED)
        return PB_OK;
    PB_TRY(status);
    actor.second_factor = true; /* as it may look once it is signed in whole */
    const service_call call = {.actor = r->by.actor, .who = &actor, .now_us = r->by.now_us};
    PB_TRY(gather(r, &call, user, &duties, err));
    if (duties.finding_count + duties.plan_count == 0)
        return PB_OK;
    PB_TRY(may_look(session, &call, &may, err));
    PB_TRY(is_wished(session, r, user, &wished, err));
    if (!may || !wished)
        return PB_OK;
    PB_TRY(service_mail_address(session, user, r->arena, &address, err));
    return address.ptr == NULL ? PB_OK : put_reminder(session, r, user, address, &duties, err);
}

static pb_status remind(db_session *session, void *context, pb_error *err)
{
    reminding *r = context;
    identity_user *users = NULL;
    size_t count = 0;
    PB_TRY(identity_user_list(session, r->by.now_us, r->arena, &users, &count, err));
    for (size_t i = 0; i < count; i++)
        if (users[i].kind != IDENTITY_PROGRAM)
            PB_TRY(remind_user(session, r, &users[i], err));
    return PB_OK;
}

/* What is due of anybody; `*ret_any` false: nobody needs to be told, and nothing is written. */
static pb_status look(db_session *session, reminding *r, bool *ret_any, pb_error *err)
{
    const finding_filter filter = {.due_until = r->today + SERVICE_MAIL_AHEAD_DAYS};
    mail_settings settings;
    *ret_any = false;
    PB_TRY(mail_settings_read(session, false, r->arena, &settings, err));
    if (settings.host.ptr == NULL)
        return PB_OK;
    r->site = settings.site;
    PB_TRY(finding_list(session, &filter, r->arena, &r->findings, &r->finding_count, err));
    PB_TRY(finding_plan_list(session, false, r->arena, &r->plans, &r->plan_count, err));
    *ret_any = r->finding_count + r->plan_count > 0;
    return PB_OK;
}

pb_status service_mail_remind(db_workspace *workspace, const service_poster *poster, int64_t now_us,
                              pb_error *err)
{
    static const ledger_actor server = {.name = {"serve", 5}, .via = {"mail", 4}};
    PB_AUTO_ARENA arena = pb_arena_new(0);
    db_session *session = NULL;
    bool any;
    reminding r = {
        .poster = poster, .by = {server, now_us}, .arena = arena, .today = sys_day_of(now_us)};
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = look(session, &r, &any, err);
    db_snapshot_close(session);
    PB_TRY(status);
    return any ? db_write(workspace, remind, &r, err) : PB_OK;
}
