/* Mail that the program sends of itself: its settings and outbox for who may set (settings), codes
 * for new users, reminders of findings and planned audits to those whose they are.
 *
 * A message is worded in the language of its reader when it is put into the outbox, and sent by who
 * serves the workspace. An address is the one in the record of staff or contact that the user is.
 * Threads: any number of calls at once.
 */
#ifndef SERVICE_MAIL_H
#define SERVICE_MAIL_H

#include "mail/send.h"
#include "service/service.h"

enum { SERVICE_MAIL_LISTED = 50, SERVICE_MAIL_AHEAD_DAYS = 3 };

typedef struct service_mail {
    mail_settings settings; /* never with its secret */
    mail_counts counts;
    mail_message *messages; /* the newest, without contents */
    pb_str *names;          /* of whom they are for, likewise; absent: not known any more */
    size_t count;
} service_mail;
/** In `arena`. */
pb_status service_mail_read(const service_call *call, db_workspace *workspace, pb_arena *arena,
                            service_mail *ret_mail, pb_error *err);
/** Sets it, or takes it away where `host` is absent; asks for a fresh proof. */
pb_status service_mail_put(const service_call *call, db_workspace *workspace,
                           const mail_settings *settings, pb_error *err);

/** Has a message that waits tried at once, or never: see mail_retry, mail_drop. */
pb_status service_mail_retry(const service_call *call, db_workspace *workspace, int64_t n,
                             pb_error *err);
pb_status service_mail_drop(const service_call *call, db_workspace *workspace, int64_t n,
                            pb_error *err);

/** Where words come from, and how letters are sent. */
typedef struct service_poster {
    const pb_catalog *(*catalog)(const void *context, const char *language);
    /** Whether who likes the screens so (service_likes_read) wants to be reminded. */
    bool (*reminded)(const void *context, pb_str likes, pb_arena *arena);
    const void *context;
    long seconds;             /* a try may take */
    const _Atomic bool *stop; /* NULL: nobody stops it */
} service_poster;
/** Sends a message to `to` at once, in the language of `words` (NULL: English), which is an event;
 * asks for a fresh proof. `answer` and `why` say what came of it, also of a failure to send, which
 * is no failure of this call. */
pb_status service_mail_try(const service_call *call, db_workspace *workspace,
                           const service_poster *poster, const pb_catalog *words, pb_str to,
                           mail_answer *answer, pb_error *why, pb_error *err);

/** Puts the reminders of a day into the outbox: whoever owns a finding or is in the team of a
 * planned audit that is due within SERVICE_MAIL_AHEAD_DAYS, or overdue, gets one letter a day, of
 * what it may see, unless it does not like to. Does nothing where mail is not set up. */
pb_status service_mail_remind(db_workspace *workspace, const service_poster *poster, int64_t now_us,
                              pb_error *err);
/** Sends the next message that is due; `*ret_next_us`: when to call again, INT64_MAX: when there is
 * another message, or mail is set up. */
pb_status service_mail_post(db_workspace *workspace, const service_poster *poster, int64_t now_us,
                            int64_t *ret_next_us, pb_error *err);

#endif
