/* One letter to one mail server. The part that speaks to it (probity-mail.so) is loaded when there
 * is one to be sent. Threads: any number of calls at once. */
#ifndef MAIL_SEND_H
#define MAIL_SEND_H

#include "mail/outbox.h"

enum { MAIL_SECONDS = 60 };

typedef struct mail_letter {
    const mail_settings *settings;
    pb_str to, bytes;         /* as mail_compose makes it */
    long seconds;             /* for all of it; a server that is silent for that long is given up */
    const char *authorities;  /* PEM file of whom to trust; NULL: those of the machine */
    const _Atomic bool *stop; /* NULL: nobody stops it */
} mail_letter;

/** What came of it: `said` is the server's last answer, or the network's words. */
typedef struct mail_answer {
    mail_outcome outcome;
    char said[MAIL_SAID_MAX];
} mail_answer;

/** Sends it. Errors name host and step: PB_BUSY where a later try may do, PB_DENIED where the
 * server refuses or cannot be trusted. `answer` is told either way. */
pb_status mail_send(const mail_letter *letter, mail_answer *answer, pb_error *err);
/** The same, in the part; for tests. */
pb_status mail_transport_send(const mail_letter *letter, mail_answer *answer, pb_error *err);

/** Appends a message to `out` in the form of RFC 5322 and MIME: UTF-8 in plain text, whatever its
 * script. `id` tells messages apart. PB_INVALID: see mail_add. */
pb_status mail_compose(const mail_message *message, pb_str sender, pb_str id, int64_t now_us,
                       pb_buf *out, pb_error *err);

#endif
