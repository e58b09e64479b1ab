/* What a conversation with a mail server came to, for people. */
#include "transport.h"

#include <stdio.h>

static bool is_distrust(CURLcode code)
{
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
           code == CURLE_SSL_ISSUER_ERROR || code == CURLE_SSL_INVALIDCERTSTATUS ||
           code == CURLE_SSL_CONNECT_ERROR || code == CURLE_SSL_CERTPROBLEM ||
           code == CURLE_SSL_CIPHER;
}

/* The line that names host and step. */
static const char *refusal_at(mail_step step)
{
    switch (step) {
    case MAIL_CONNECTING:
    case MAIL_GREETING:
        return PB_MSG("The mail server {host} does not greet us.");
    case MAIL_SECURING:
        return PB_MSG("The mail server {host} begins no TLS.");
    case MAIL_LOGGING_IN:
        return PB_MSG("The mail server {host} refuses the login.");
    case MAIL_SENDER:
        return PB_MSG("The mail server {host} refuses the sender.");
    case MAIL_RECIPIENT:
        return PB_MSG("The mail server {host} refuses the recipient.");
    case MAIL_CONTENTS:
        break;
    }
    return PB_MSG("The mail server {host} refuses the message.");
}

static const char *mend_at(mail_step step, bool later)
{
    if (later)
        return PB_MSG("It asks to be tried again later.");
    switch (step) {
    case MAIL_SECURING:
        return PB_MSG(
            "Choose TLS from the beginning (port 465), or a server that offers STARTTLS.");
    case MAIL_LOGGING_IN:
        return PB_MSG("Check login and secret; some servers want one made for programs.");
    case MAIL_SENDER:
        return PB_MSG("Give a sender that this login may write as.");
    case MAIL_RECIPIENT:
        return PB_MSG("Check the address in the record of the user.");
    case MAIL_CONNECTING:
    case MAIL_GREETING:
    case MAIL_CONTENTS:
        break;
    }
    return PB_MSG("Ask who runs the mail server, with its answer.");
}

static pb_status fail(const mail_talk *talk, pb_status status, const char *says, const char *hint,
                      pb_error *err)
{
    pb_fail(err, status, says, "host", PB_ARG(talk->letter->settings->host), NULL);
    if (talk->answer->said[0] != '\0')
        pb_error_detail(err, PB_MSG("The server says: {reason}"), "reason", talk->answer->said,
                        NULL);
    pb_error_hint(err, hint, NULL);
    return status;
}

static pb_status refused(const mail_talk *talk, pb_error *err)
{
    bool later = talk->code == 400;
    bool final = !later && talk->step >= MAIL_SENDER && talk->code == 500;
    talk->answer->outcome = final ? MAIL_NEVER : MAIL_LATER;
    return fail(talk, later ? PB_BUSY : PB_DENIED, refusal_at(talk->step),
                mend_at(talk->step, later), err);
}

/* The network's own words stand where the server said nothing of it. */
static pb_status unreached(const mail_talk *talk, CURLcode code, pb_error *err)
{
    bool found = code != CURLE_COULDNT_RESOLVE_HOST;
    snprintf(talk->answer->said, sizeof talk->answer->said, "%s", curl_easy_strerror(code));
    pb_fail(err, PB_BUSY,
            found ? PB_MSG("The mail server {host} could not be reached.")
                  : PB_MSG("The mail server {host} is not found."),
            "host", PB_ARG(talk->letter->settings->host), NULL);
    pb_error_detail(err, PB_MSG("The network says: {reason}"), "reason", talk->answer->said, NULL);
    pb_error_hint(err,
                  PB_MSG("Check host and port, and whether this machine may reach it (firewall)."),
                  NULL);
    return PB_BUSY;
}

static pb_status distrusted(const mail_talk *talk, CURLcode code, pb_error *err)
{
    snprintf(talk->answer->said, sizeof talk->answer->said, "%s", curl_easy_strerror(code));
    return fail(talk, PB_DENIED,
                PB_MSG("The certificate of the mail server {host} is not to be trusted."),
                PB_MSG("Let it be one for that very name, in date, of an authority that this "
                       "machine trusts; with STARTTLS and TLS mixed up it looks the same."),
                err);
}

pb_status mail_judge(const mail_talk *talk, CURLcode code, pb_error *err)
{
    if (code == CURLE_OK) {
        talk->answer->outcome = MAIL_GONE;
        return PB_OK;
    }
    if (code == CURLE_OUT_OF_MEMORY)
        return pb_fail_memory(err);
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
    if (is_distrust(code))
        return distrusted(talk, code, err);
    if (code == CURLE_USE_SSL_FAILED)
        return fail(talk, PB_DENIED, refusal_at(MAIL_SECURING), mend_at(MAIL_SECURING, false), err);
    if (code == CURLE_LOGIN_DENIED)
        return fail(talk, PB_DENIED, refusal_at(MAIL_LOGGING_IN), mend_at(MAIL_LOGGING_IN, false),
                    err);
    if (talk->code >= 400 && code != CURLE_OPERATION_TIMEDOUT)
        return refused(talk, err);
    return unreached(talk, code, err);
}
