/* A conversation with a mail server: how far it came, and what was said. */
#ifndef MAIL_TRANSPORT_H
#define MAIL_TRANSPORT_H

#include "mail/send.h"

#include <curl/curl.h>

/** The step a conversation is at. */
typedef enum mail_step {
    MAIL_CONNECTING,
    MAIL_GREETING,
    MAIL_SECURING,
    MAIL_LOGGING_IN,
    MAIL_SENDER,
    MAIL_RECIPIENT,
    MAIL_CONTENTS
} mail_step;

typedef struct mail_talk {
    const mail_letter *letter;
    mail_step step;
    size_t sent; /* of the letter */
    long code;   /* of the server's last answer before the goodbye: 200 … 500; 0: none came */
    bool over;   /* goodbye was said */
    mail_answer *answer;
} mail_talk;

/** What became of it, in words that name host and step. */
pb_status mail_judge(const mail_talk *talk, CURLcode code, pb_error *err);

#endif
