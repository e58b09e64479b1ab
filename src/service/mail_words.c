/* Messages in the language of who reads them. */
#include "mail_words.h"

#include "base/time.h"
#include "record/record.h"
#include "sys/clock.h"

enum { SUBJECT_MAX = MAIL_SUBJECT_MAX, LISTED_MOST = 50 };

/* ---- to whom ---- */

static const model_field *address_field(const model_entity *entity)
{
    for (size_t i = 0; entity != NULL && i < entity->field_count; i++)
        if (entity->fields[i].type == MODEL_EMAIL)
            return &entity->fields[i];
    return NULL;
}

pb_status service_mail_address(db_session *session, const identity_user *user, pb_arena *arena,
                               pb_str *ret_address, pb_error *err)
{
    static const pb_uuid none;
    const model_schema *schema = db_workspace_schema(db_session_workspace(session));
    bool portal = memcmp(&user->portal, &none, sizeof none) != 0;
    pb_uuid id = portal ? user->portal : user->staff;
    const model_entity *entity =
        model_entity_find(schema, portal ? PB_STR("contact") : PB_STR("staff"));
    const model_field *field = address_field(entity);
    record_data record;
    *ret_address = PB_STR_NONE;
    if (field == NULL || memcmp(&id, &none, sizeof none) == 0)
        return PB_OK;
    pb_status status = record_read(session, entity, id, arena, &record, err);
    if (status == PB_NOT_FOUND)
        return PB_OK;
    PB_TRY(status);
    pb_value value = record.values[field->index];
    if (!record.deleted && value.kind == PB_TEXT && mail_address_valid(value.as.s))
        *ret_address = value.as.s;
    return PB_OK;
}

/* ---- words ---- */

static void say(const pb_catalog *words, pb_buf *out, const char *id, const char *name,
                pb_str value)
{
    const pb_arg args[] = {{name, value}};
    pb_format(out, pb_str_c(pb_translate(words, id)), args, 1);
}

static void put_link(pb_str site, const char *path, pb_buf *body)
{
    if (site.len == 0)
        return;
    while (site.len > 0 && site.ptr[site.len - 1] == '/')
        site.len--;
    pb_buf_printf(body, "\n%.*s/#%s\n", PB_STR_FMT(site), path);
}

/* As addresses of the screens have it (RFC 3986). */
static void put_escaped(pb_buf *out, pb_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            pb_buf_byte(out, (char)c);
        else
            pb_buf_printf(out, "%%%02X", c);
    }
}

static void put_enrolment(const pb_catalog *words, const identity_user *user, const char *code,
                          int64_t until_us, pb_str site, pb_buf *body)
{
    PB_AUTO_BUF link = PB_BUF_INIT(4096), day = PB_BUF_INIT(64);
    pb_date_format(&day, sys_day_of(until_us));
    pb_buf_addc(&link, "/enrol?name=");
    put_escaped(&link, user->name);
    pb_buf_addc(&link, "&code=");
    put_escaped(&link, pb_str_c(code));
    say(words, body, PB_MSG("Hello {name},"), "name", user->shown);
    pb_buf_addc(body, "\n\n");
    say(words, body, PB_MSG("you can use Probity from now on. Your sign-in name is {name}."),
        "name", user->name);
    pb_buf_byte(body, '\n');
    say(words, body, PB_MSG("Set your password with this code: {code}"), "code", pb_str_c(code));
    pb_buf_byte(body, '\n');
    put_link(site, pb_buf_cstr(&link), body);
    pb_buf_byte(body, '\n');
    say(words, body,
        PB_MSG("The code is good once, until {day}. Nobody of the house will ever ask you for it."),
        "day", pb_buf_str(&day));
    pb_buf_byte(body, '\n');
}

pb_status service_mail_enrolment(db_session *session, const service_call *call,
                                 const service_poster *poster, const identity_user *user,
                                 const char *code, int64_t until_us, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_BUF body = PB_BUF_INIT(MAIL_BODY_MAX);
    mail_settings settings;
    mail_message message = {.kind = MAIL_ENROLMENT, .owner = user->id};
    const mail_call by = {call->actor, call->now_us};
    int64_t n;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(mail_settings_read(session, false, arena, &settings, err));
    if (settings.host.ptr == NULL)
        return pb_fail(err, PB_INVALID, PB_MSG("Mail is not set up: nothing can be sent."), NULL);
    PB_TRY(service_mail_address(session, user, arena, &message.address, err));
    if (message.address.ptr == NULL) {
        pb_fail(err, PB_INVALID, PB_MSG("No mail address of “{name}” is known."), "name",
                PB_ARG(user->name), NULL);
        pb_error_hint(err, PB_MSG("Link the user to a record that has one, or tell the code."),
                      NULL);
        return PB_INVALID;
    }
    const pb_catalog *words =
        poster->catalog(poster->context, pb_arena_cstr(arena, user->language));
    put_enrolment(words, user, code, until_us, settings.site, &body);
    message.subject = pb_str_c(pb_translate(words, PB_MSG("Your access to Probity")));
    message.body = pb_buf_str(&body);
    return body.failed ? pb_fail_memory(err) : mail_add(session, &by, &message, &n, err);
}

/* ---- reminders ---- */

static void put_due(const pb_catalog *words, pb_str what, int64_t due, int64_t today, pb_buf *body)
{
    PB_AUTO_BUF day = PB_BUF_INIT(64);
    pb_date_format(&day, due);
    const pb_arg args[] = {{"what", what}, {"day", pb_buf_str(&day)}};
    pb_buf_addc(body, "- ");
    pb_format(body,
              pb_str_c(pb_translate(words, due < today ? PB_MSG("{what}: overdue since {day}")
                                                       : PB_MSG("{what}: due on {day}"))),
              args, 2);
    pb_buf_byte(body, '\n');
}

static void put_count(const pb_catalog *words, const char *one, const char *several, size_t count,
                      pb_buf *out)
{
    PB_AUTO_BUF number = PB_BUF_INIT(32);
    pb_buf_i64(&number, (int64_t)count);
    const pb_arg args[] = {{"count", pb_buf_str(&number)}};
    pb_format(out, pb_str_c(pb_translate_n(words, one, several, (int64_t)count)), args, 1);
}

static void put_rest(const pb_catalog *words, size_t count, pb_buf *body)
{
    if (count <= LISTED_MOST)
        return;
    put_count(words, PB_MSG_N("… and {count} more", "… and {count} more"), count - LISTED_MOST,
              body);
    pb_buf_byte(body, '\n');
}

static void put_findings(const pb_catalog *words, const service_duties *d, pb_str site,
                         pb_buf *body)
{
    put_count(words,
              PB_MSG_N("{count} finding of yours is due:", "{count} findings of yours are due:"),
              d->finding_count, body);
    pb_buf_addc(body, "\n\n");
    for (size_t i = 0; i < d->finding_count && i < LISTED_MOST; i++)
        put_due(words, d->findings[i].control, d->findings[i].due, d->today, body);
    put_rest(words, d->finding_count, body);
    put_link(site, "/findings", body);
}

static void put_plans(const pb_catalog *words, const service_duties *d, pb_str site, pb_buf *body)
{
    put_count(words, PB_MSG_N("{count} planned audit is due:", "{count} planned audits are due:"),
              d->plan_count, body);
    pb_buf_addc(body, "\n\n");
    for (size_t i = 0; i < d->plan_count && i < LISTED_MOST; i++)
        put_due(words, d->plans[i].name, d->plans[i].due, d->today, body);
    put_rest(words, d->plan_count, body);
    put_link(site, "/audits/plans", body);
}

void service_mail_reminder(const pb_catalog *words, const service_duties *duties, pb_str site,
                           pb_buf *subject, pb_buf *body)
{
    put_count(words,
              PB_MSG_N("Probity: {count} thing of yours is due",
                       "Probity: {count} things of yours are due"),
              duties->finding_count + duties->plan_count, subject);
    if (duties->finding_count > 0)
        put_findings(words, duties, site, body);
    if (duties->finding_count > 0 && duties->plan_count > 0)
        pb_buf_byte(body, '\n');
    if (duties->plan_count > 0)
        put_plans(words, duties, site, body);
}
