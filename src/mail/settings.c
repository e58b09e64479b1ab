/* The settings of outgoing mail: one row, its secret sealed. */
#include "mail/settings.h"

#include "base/cbor.h"
#include "base/utf8.h"
#include "db/row.h"
#include "sys/random.h"

#include <sodium.h>
#include <string.h>

enum {
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    LABEL_MAX = 63
};

const char *const mail_tls_words[] = {"starttls", "tls", "none"};

bool mail_tls_parse(pb_str word, mail_tls *ret_tls)
{
    for (int i = 0; i < MAIL_TLS_MODES; i++)
        if (pb_str_is(word, mail_tls_words[i])) {
            *ret_tls = (mail_tls)i;
            return true;
        }
    return false;
}

/* ---- the secret ---- */

/* To which server and login it belongs. */
static bool put_about(const mail_settings *settings, pb_buf *out)
{
    pb_cbor_array(out, 4);
    pb_cbor_text(out, PB_STR("mail"));
    pb_cbor_text(out, settings->host);
    pb_cbor_int(out, settings->port);
    pb_cbor_text(out, settings->login);
    return !out->failed;
}

static pb_status seal(db_workspace *workspace, const mail_settings *settings, pb_buf *out,
                      pb_error *err)
{
    PB_AUTO_BUF about = PB_BUF_INIT(4096);
    uint8_t key[32];
    pb_str plain = settings->secret;
    PB_TRY(sys_sodium_init(err));
    uint8_t *room = (uint8_t *)pb_buf_room(out, NONCE + plain.len + TAG);
    if (room == NULL || !put_about(settings, &about))
        return pb_fail_memory(err);
    db_workspace_subkey(workspace, "mailseal", key);
    sys_random(room, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(room + NONCE, NULL, (const uint8_t *)plain.ptr,
                                               plain.len, (const uint8_t *)about.ptr, about.len,
                                               NULL, room, key);
    sodium_memzero(key, sizeof key);
    return PB_OK;
}

static pb_status unseal(db_workspace *workspace, pb_str sealed, pb_arena *arena,
                        mail_settings *settings, pb_error *err)
{
    PB_AUTO_BUF about = PB_BUF_INIT(4096);
    uint8_t key[32];
    if (sealed.len < NONCE + TAG)
        return db_fail_altered("t_mail_setting", err);
    size_t len = sealed.len - NONCE - TAG;
    char *plain = pb_arena_alloc(arena, len + 1);
    if (plain == NULL || !put_about(settings, &about))
        return pb_fail_memory(err);
    PB_TRY(sys_sodium_init(err));
    const uint8_t *bytes = (const uint8_t *)sealed.ptr;
    db_workspace_subkey(workspace, "mailseal", key);
    int state = crypto_aead_xchacha20poly1305_ietf_decrypt(
        (uint8_t *)plain, NULL, NULL, bytes + NONCE, sealed.len - NONCE, (const uint8_t *)about.ptr,
        about.len, bytes, key);
    sodium_memzero(key, sizeof key);
    if (state != 0)
        return db_fail_altered("t_mail_setting", err);
    settings->secret = pb_str_n(plain, len);
    return PB_OK;
}

/* ---- read ---- */

static pb_status read_row(db_session *session, pb_arena *arena, mail_settings *settings,
                          pb_str *ret_sealed, pb_error *err)
{
    static const char sql[] = "SELECT host, port, tls, sender, login, secret, site, changed_us,"
                              " changed_by FROM t_mail_setting WHERE n = 1";
    pb_str tls;
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    PB_TRY(db_step(stmt, &row, err));
    if (!row)
        return PB_OK;
    bool good = db_take_text(stmt, 0, arena, &settings->host) &&
                db_take_text(stmt, 2, arena, &tls) &&
                db_take_text(stmt, 3, arena, &settings->sender) &&
                db_take_text(stmt, 4, arena, &settings->login) &&
                db_take_text(stmt, 6, arena, &settings->site) &&
                db_take_text(stmt, 8, arena, &settings->changed_by);
    settings->port = db_column_i64(stmt, 1);
    settings->changed_us = db_column_i64(stmt, 7);
    settings->has_secret = !db_column_is_null(stmt, 5);
    if (settings->has_secret)
        *ret_sealed = pb_arena_str(arena, db_column_blob(stmt, 5));
    db_reset(stmt);
    if (!good || (settings->has_secret && ret_sealed->ptr == NULL))
        return pb_fail_memory(err);
    return mail_tls_parse(tls, &settings->tls) ? PB_OK : db_fail_altered("t_mail_setting", err);
}

pb_status mail_settings_read(db_session *session, bool with_secret, pb_arena *arena,
                             mail_settings *ret_settings, pb_error *err)
{
    mail_settings found = {.tls = MAIL_STARTTLS};
    pb_str sealed = PB_STR_NONE;
    PB_TRY(read_row(session, arena, &found, &sealed, err));
    if (with_secret && found.has_secret)
        PB_TRY(unseal(db_session_workspace(session), sealed, arena, &found, err));
    *ret_settings = found;
    return PB_OK;
}

/* ---- checked ---- */

static bool is_plain_word(pb_str text, size_t most)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= ' ' || (unsigned char)text.ptr[i] >= 0x7f)
            return false;
    return text.len > 0 && text.len <= most;
}

/* A name of RFC 1123, or an address in numbers: nothing that curl would read as more than a host.
 */
static bool is_host(pb_str host)
{
    size_t label = 0;
    if (!is_plain_word(host, MAIL_HOST_MAX))
        return false;
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        label = c == '.' ? 0 : label + 1;
        if (!(letter || (c == '-' && label > 1) || (c == '.' && i > 0 && host.ptr[i - 1] != '.')) ||
            label > LABEL_MAX)
            return false;
    }
    return true;
}

bool mail_address_valid(pb_str address)
{
    size_t at = pb_str_index(address, '@');
    if (!is_plain_word(address, MAIL_ADDRESS_MAX) || at == 0 || at > 64 || at >= address.len)
        return false;
    for (size_t i = 0; i < address.len; i++)
        if (strchr("<>()[]\\,;:\"", address.ptr[i]) != NULL)
            return false;
    pb_str domain = pb_str_sub(address, at + 1, address.len);
    return pb_str_index(domain, '@') == domain.len && is_host(domain);
}

static bool is_here(pb_str host)
{
    return pb_str_is(host, "localhost") || pb_str_is(host, "127.0.0.1");
}

static bool is_site(pb_str site)
{
    bool scheme =
        pb_str_starts(site, PB_STR("https://")) || pb_str_starts(site, PB_STR("http://localhost"));
    return site.len == 0 || (scheme && is_plain_word(site, 300));
}

static pb_status wrong(const char *field, pb_str value, const char *hint, pb_error *err)
{
    pb_fail(err, PB_INVALID, PB_MSG("{field}: “{value}” cannot be its value."), "field", field,
            "value", PB_ARG(value), NULL);
    pb_error_hint(err, hint, NULL);
    return PB_INVALID;
}

static pb_status check(const mail_settings *s, pb_error *err)
{
    if (!is_host(s->host))
        return wrong("host", s->host,
                     PB_MSG("Give the name of the mail server alone, such as mail.example.org."),
                     err);
    if (s->port < 1 || s->port > 65535)
        return wrong("port", pb_str_c(PB_ARG_INT(s->port)),
                     PB_MSG("587 is usual with STARTTLS, 465 with TLS from the beginning."), err);
    if (s->tls == MAIL_PLAIN && !is_here(s->host))
        return wrong("tls", PB_STR("none"),
                     PB_MSG("Mail goes without TLS to this machine only (localhost): choose "
                            "starttls or tls."),
                     err);
    if (!mail_address_valid(s->sender))
        return wrong("sender", s->sender,
                     PB_MSG("Give one mail address in plain letters, such as crm@example.org."),
                     err);
    if (!is_site(s->site))
        return wrong("site", s->site,
                     PB_MSG("Give the address of the screens as people open it, beginning with "
                            "https://."),
                     err);
    if (s->login.len > 0 && !is_plain_word(s->login, MAIL_LOGIN_MAX))
        return wrong("login", s->login, PB_MSG("It has no blanks and no line breaks."), err);
    return PB_OK;
}

/* It may hold any character but those that end a line. */
static pb_status check_secret(const mail_settings *s, pb_error *err)
{
    bool plain = s->secret.len > 0 && s->secret.len <= MAIL_SECRET_MAX && pb_utf8_valid(s->secret);
    for (size_t i = 0; plain && i < s->secret.len; i++)
        plain = (unsigned char)s->secret.ptr[i] >= ' ';
    if (plain && s->login.len > 0)
        return PB_OK;
    return pb_fail(err, PB_INVALID,
                   plain ? PB_MSG("A secret belongs to a login: give both.")
                         : PB_MSG("The secret is one line of 1 to {most} bytes."),
                   "most", PB_ARG_INT(MAIL_SECRET_MAX), NULL);
}

/* ---- written ---- */

/* What is kept already goes to the server and login it was given for, and nowhere else. */
static pb_status keep_secret(db_session *session, const mail_settings *wish, pb_arena *arena,
                             mail_settings *made, pb_error *err)
{
    mail_settings before;
    if (wish->secret.ptr != NULL)
        return check_secret(wish, err);
    if (wish->login.len == 0)
        return PB_OK;
    PB_TRY(mail_settings_read(session, true, arena, &before, err));
    bool same = before.has_secret && pb_str_eq(before.host, wish->host) &&
                before.port == wish->port && pb_str_eq(before.login, wish->login);
    if (!same) {
        pb_fail(err, PB_INVALID, PB_MSG("The secret of this login is not known."), NULL);
        pb_error_hint(err,
                      PB_MSG("Give it once more whenever host, port or login change: it goes to no "
                             "other server than the one it was given for."),
                      NULL);
        return PB_INVALID;
    }
    made->secret = before.secret;
    return PB_OK;
}

static pb_status log_settings(db_session *session, const mail_call *call, const mail_settings *s,
                              pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(4096);
    uint64_t sequence;
    pb_cbor_map(&payload, 5); /* by length of the key, then bytes (RFC 8949 4.2.3) */
    pb_cbor_text(&payload, PB_STR("tls"));
    pb_cbor_text(&payload, pb_str_c(mail_tls_words[s->tls]));
    pb_cbor_text(&payload, PB_STR("host"));
    pb_cbor_text(&payload, s->host);
    pb_cbor_text(&payload, PB_STR("port"));
    pb_cbor_int(&payload, s->port);
    pb_cbor_text(&payload, PB_STR("secret"));
    pb_cbor_bool(&payload, s->secret.ptr != NULL);
    pb_cbor_text(&payload, PB_STR("sender"));
    pb_cbor_text(&payload, s->sender);
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {.kind = "mail.configured",
                                .at_us = call->now_us,
                                .actor = call->actor,
                                .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, &sequence, err);
}

static pb_status insert(db_session *session, const mail_call *call, const mail_settings *s,
                        pb_str sealed, pb_error *err)
{
    static const char sql[] =
        "INSERT INTO t_mail_setting (n, host, port, tls, sender, login, secret, site, changed_us,"
        " changed_by) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_text(stmt, 1, s->host);
    db_bind_i64(stmt, 2, s->port);
    db_bind_text(stmt, 3, pb_str_c(mail_tls_words[s->tls]));
    db_bind_text(stmt, 4, s->sender);
    db_bind_text(stmt, 5, s->login.ptr == NULL ? PB_STR("") : s->login);
    db_bind_value(stmt, 6, sealed.len == 0 ? PB_VALUE_NULL : PB_VALUE_BLOB(sealed));
    db_bind_text(stmt, 7, s->site.ptr == NULL ? PB_STR("") : s->site);
    db_bind_i64(stmt, 8, call->now_us);
    db_bind_text(stmt, 9, call->actor.name);
    return db_run(stmt, err);
}

pb_status mail_settings_put(db_session *session, const mail_call *call,
                            const mail_settings *settings, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_BUF sealed = PB_BUF_INIT(4096);
    mail_settings made = *settings;
    db_stmt *stmt;
    if (arena == NULL)
        return pb_fail_memory(err);
    if (made.host.ptr == NULL)
        made = (mail_settings){.host = PB_STR(""), .sender = PB_STR("")};
    else
        PB_TRY(check(&made, err));
    if (made.host.len > 0)
        PB_TRY(keep_secret(session, settings, arena, &made, err));
    if (made.secret.ptr != NULL)
        PB_TRY(seal(db_session_workspace(session), &made, &sealed, err));
    PB_TRY(db_overwrite_deleted(session, err));
    PB_TRY(db_prepare(session, "DELETE FROM t_mail_setting WHERE n = 1", &stmt, err));
    PB_TRY(db_run(stmt, err));
    if (made.host.len > 0)
        PB_TRY(insert(session, call, &made, pb_buf_str(&sealed), err));
    return log_settings(session, call, &made, err);
}
