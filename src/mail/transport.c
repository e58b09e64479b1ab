/* SMTP (RFC 5321) by libcurl. */
#include "transport.h"

#include <sodium.h>
#include <stdatomic.h>
#include <string.h>

enum { CONNECT_SECONDS = 10 };

static size_t give(char *to, size_t size, size_t count, void *context)
{
    mail_talk *talk = context;
    pb_str bytes = talk->letter->bytes;
    size_t left = bytes.len - talk->sent;
    size_t len = left < size * count ? left : size * count;
    memcpy(to, bytes.ptr + talk->sent, len);
    talk->sent += len;
    return len;
}

static int is_stopped(void *context, curl_off_t down, curl_off_t downed, curl_off_t up,
                      curl_off_t upped)
{
    const mail_talk *talk = context;
    (void)down, (void)downed, (void)up, (void)upped;
    return talk->letter->stop != NULL && atomic_load(talk->letter->stop);
}

/* Which command went out: its arguments may be secrets and are not looked at. */
static void note_command(mail_talk *talk, pb_str line)
{
    static const struct {
        const char *verb;
        mail_step step;
    } steps[] = {{"EHLO", MAIL_GREETING},   {"HELO", MAIL_GREETING}, {"STARTTLS", MAIL_SECURING},
                 {"AUTH", MAIL_LOGGING_IN}, {"MAIL", MAIL_SENDER},   {"RCPT", MAIL_RECIPIENT},
                 {"DATA", MAIL_CONTENTS}};
    talk->over = talk->over || pb_str_starts(line, PB_STR("QUIT"));
    if (talk->step == MAIL_CONTENTS)
        return;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (pb_str_starts(line, pb_str_c(steps[i].verb)))
            talk->step = steps[i].step;
}

/* Printable ASCII of the line: it is shown to people, and kept. */
static void note_answer(mail_talk *talk, pb_str line)
{
    size_t len = 0;
    if (talk->over)
        return;
    for (size_t i = 0; i < line.len && len + 1 < sizeof talk->answer->said; i++)
        if (line.ptr[i] >= ' ' && line.ptr[i] < 0x7f)
            talk->answer->said[len++] = line.ptr[i];
    talk->answer->said[len] = '\0';
    if (line.len >= 3 && line.ptr[0] >= '2' && line.ptr[0] <= '5')
        talk->code = (line.ptr[0] - '0') * 100L;
}

static int overhear(CURL *curl, curl_infotype type, char *bytes, size_t size, void *context)
{
    (void)curl;
    if (type == CURLINFO_HEADER_OUT)
        note_command(context, pb_str_n(bytes, size));
    if (type == CURLINFO_HEADER_IN)
        note_answer(context, pb_str_n(bytes, size));
    return 0;
}

static void set_security(CURL *curl, const mail_letter *letter)
{
    const mail_settings *s = letter->settings;
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     s->tls == MAIL_PLAIN ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (letter->authorities != NULL)
        curl_easy_setopt(curl, CURLOPT_CAINFO, letter->authorities);
}

static void set_options(CURL *curl, mail_talk *talk)
{
    long seconds = talk->letter->seconds;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* whatever the environment says of the web */
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT,
                     seconds < CONNECT_SECONDS ? seconds : (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, seconds);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, is_stopped);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, talk);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, overhear);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, talk);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, talk);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)talk->letter->bytes.len);
    set_security(curl, talk->letter);
}

/* Texts that curl copies. */
static bool set_texts(CURL *curl, const mail_letter *letter, struct curl_slist **to)
{
    const mail_settings *s = letter->settings;
    PB_AUTO_BUF url = PB_BUF_INIT(4096), from = PB_BUF_INIT(4096), address = PB_BUF_INIT(4096);
    PB_AUTO_BUF login = PB_BUF_INIT(4096), secret = PB_BUF_INIT(4096);
    /* How a client calls itself (RFC 5321 4.1.1.1): by the domain it writes from. */
    pb_str domain = pb_str_sub(s->sender, pb_str_index(s->sender, '@') + 1, s->sender.len);
    pb_buf_printf(&url, "%s://%.*s:%lld/%.*s", s->tls == MAIL_TLS ? "smtps" : "smtp",
                  PB_STR_FMT(s->host), (long long)s->port, PB_STR_FMT(domain));
    pb_buf_printf(&from, "<%.*s>", PB_STR_FMT(s->sender));
    pb_buf_printf(&address, "<%.*s>", PB_STR_FMT(letter->to));
    pb_buf_add(&login, s->login);
    pb_buf_add(&secret, s->secret);
    if (url.failed || from.failed || address.failed || login.failed || secret.failed)
        return false;
    *to = curl_slist_append(NULL, pb_buf_cstr(&address));
    bool good = *to != NULL && curl_easy_setopt(curl, CURLOPT_URL, pb_buf_cstr(&url)) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_MAIL_FROM, pb_buf_cstr(&from)) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, *to) == CURLE_OK;
    if (good && s->login.len > 0)
        good = curl_easy_setopt(curl, CURLOPT_USERNAME, pb_buf_cstr(&login)) == CURLE_OK &&
               curl_easy_setopt(curl, CURLOPT_PASSWORD, pb_buf_cstr(&secret)) == CURLE_OK;
    if (secret.ptr != NULL)
        sodium_memzero(secret.ptr, secret.len);
    return good;
}

pb_status mail_transport_send(const mail_letter *letter, mail_answer *answer, pb_error *err)
{
    mail_talk talk = {.letter = letter, .answer = answer};
    struct curl_slist *to = NULL;
    *answer = (mail_answer){.outcome = MAIL_LATER};
    CURL *curl = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
    if (curl == NULL || !set_texts(curl, letter, &to)) {
        curl_easy_cleanup(curl);
        curl_slist_free_all(to);
        return pb_fail_memory(err);
    }
    set_options(curl, &talk);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    curl_slist_free_all(to);
    return mail_judge(&talk, code, err);
}
