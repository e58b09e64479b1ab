/* Does a domain take mail: asked of the name servers (RFC 5321 5.1, RFC 7505), by c-ares.
 *
 * Goes to the network, and tells the name servers which domains one has customers in: call it only
 * when a person asked for it. Threads: any; a call blocks until all answers are there, or time is
 * up.
 */
#ifndef SYS_MAIL_H
#define SYS_MAIL_H

#include "base/error.h"

typedef enum sys_mail {
    SYS_MAIL_UNKNOWN, /* could not be checked: no answer, or one that says nothing */
    SYS_MAIL_TAKEN,   /* mail servers are named, or the domain has an address of its own */
    SYS_MAIL_NO_DOMAIN,
    SYS_MAIL_NO_HOST, /* the domain exists, without mail server and without address */
    SYS_MAIL_REFUSED  /* the domain says that it takes no mail (null MX) */
} sys_mail;

typedef struct sys_mail_options {
    const char *servers; /* `address[:port],…`; NULL: those of the system */
    int timeout_ms;      /* of one try; 0: 2000 */
    int tries;           /* 0: 3 */
    size_t parallel;     /* questions at a time; 0: 32 */
    /** Told after each answer; true stops with PB_CANCELLED. May be NULL. */
    bool (*progress)(void *context, size_t done, size_t total);
    void *context;
} sys_mail_options;

/** Asks for `count` domains (ASCII, A-labels) and writes a verdict for each. That no server answers
 * is no failure: the verdicts are then SYS_MAIL_UNKNOWN. */
pb_status sys_mail_domains(const pb_str *domains, size_t count, const sys_mail_options *options,
                           sys_mail *ret_verdicts, pb_error *err);

#endif
