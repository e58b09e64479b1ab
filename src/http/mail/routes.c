/* Outgoing mail: where each operation is reached, what it takes and answers. */
#include "mail.h"

#define JSON "application/json"
enum { SMALL = 64 << 10 };

const http_route http_mail_routes[] = {
    {HTTP_GET, "/api/v1/mail", "readMail",
     PB_MSG("Tells how mail goes out, without the secret, and what waits to be sent"),
     http_mail_read, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_PUT, "/api/v1/mail", "changeMail",
     PB_MSG("Sets the mail server, the sender and the login; a secret that is not named stays"),
     http_mail_change, HTTP_BLOCKS, JSON, NULL, SMALL},
    {HTTP_DELETE, "/api/v1/mail", "removeMail",
     PB_MSG("Takes the settings away: nothing is sent any more"), http_mail_remove, HTTP_BLOCKS,
     NULL, NULL, 0},
    {HTTP_POST, "/api/v1/mail/messages/{message}/retry", "retryMessage",
     PB_MSG("Has a message that waits tried at once"), http_mail_retry, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_DELETE, "/api/v1/mail/messages/{message}", "dropMessage",
     PB_MSG("Takes a message that waits from the outbox: it is never sent"), http_mail_drop,
     HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_POST, "/api/v1/mail/tests", "tryMail",
     PB_MSG("Sends a test message at once, and tells what the mail server said"), http_mail_try,
     HTTP_BLOCKS, JSON, NULL, SMALL},
    {0},
};

static const http_about operations[] = {
    {"readMail", NULL, NULL, NULL, "Mail", "200 400 401 403", NULL},
    {"changeMail", NULL, NULL, "MailChange", "Mail", "200 400 401 403 422", NULL},
    {"removeMail", NULL, NULL, NULL, NULL, "204 400 401 403", NULL},
    {"retryMessage", NULL, NULL, NULL, "Mail", "200 400 401 403 404 409", NULL},
    {"dropMessage", NULL, NULL, NULL, NULL, "204 400 401 403 404 409", NULL},
    {"tryMail", NULL, NULL, "MailTest", "MailTried", "200 400 401 403 422", NULL},
    {0},
};

static const http_parameter parameters[] = {{0}};

static const http_schema schemas[] = {
    {"Mail", "host:string? port:integer? tls:string? sender:string? login:string? "
             "has_secret:boolean site:string? changed_at:date-time? changed_by:string? "
             "outbox:MailOutbox messages:[MailMessage]"},
    {"MailOutbox", "waiting:integer tried:integer sent:integer failed:integer "
                   "dropped:integer oldest:date-time?"},
    {"MailMessage", "message:integer kind=enrolment|reminder user:string? "
                    "state=waiting|sent|failed|dropped at:date-time due:date-time? tries:integer "
                    "ended_at:date-time? said:string?"},
    {"MailChange", "host:string port:integer tls=starttls|tls|none sender:string login?:string? "
                   "secret?:string? site?:string?"},
    {"MailTest", "to:string"},
    {"MailTried", "sent:boolean said:string? title?:string detail?:string? hint?:string?"},
    {0},
};

const http_description http_mail_description = {"mail", operations, parameters, schemas, NULL};
