/* How mail leaves the house: the mail server, who writes, by which login.
 *
 * The secret of the login lies sealed under a key of the workspace, bound to server and login: it
 * is never told again and goes to no other server than the one it was given for. A change is an
 * event of the ledger. Refuses: knowing who may set (service does). Threads: as the session.
 */
#ifndef MAIL_SETTINGS_H
#define MAIL_SETTINGS_H

#include "db/rows.h"
#include "ledger/ledger.h"

typedef enum mail_tls {
    MAIL_STARTTLS, /* begun in plain text, and given up where the server does not offer TLS */
    MAIL_TLS,      /* from the first byte */
    MAIL_PLAIN,    /* none: to this machine only */
    MAIL_TLS_MODES
} mail_tls;
/** starttls, tls, none. */
extern const char *const mail_tls_words[MAIL_TLS_MODES];
bool mail_tls_parse(pb_str word, mail_tls *ret_tls);

enum { MAIL_HOST_MAX = 253, MAIL_ADDRESS_MAX = 254, MAIL_LOGIN_MAX = 200, MAIL_SECRET_MAX = 1000 };

typedef struct mail_settings {
    pb_str host; /* absent: mail is not set up */
    int64_t port;
    mail_tls tls;
    pb_str sender; /* address */
    pb_str login;  /* absent: the server asks for none */
    pb_str secret; /* read: absent unless asked for; put: absent keeps what there is */
    bool has_secret;
    pb_str site;        /* https://… that links in messages lead to; empty: messages have none */
    int64_t changed_us; /* read only, as the next */
    pb_str changed_by;
} mail_settings;

/** Who does something, and when. */
typedef struct mail_call {
    ledger_actor actor;
    int64_t now_us;
} mail_call;

/** An address that a message can go to or come from: ASCII, one @, nothing that ends a line. */
bool mail_address_valid(pb_str address);

/** With its secret where `with_secret`. In `arena`. */
pb_status mail_settings_read(db_session *session, bool with_secret, pb_arena *arena,
                             mail_settings *ret_settings, pb_error *err);
/** Sets all of it, or takes it away where `host` is absent. PB_INVALID names what cannot be so.
 * Inside db_write. */
pb_status mail_settings_put(db_session *session, const mail_call *call,
                            const mail_settings *settings, pb_error *err);

#endif
