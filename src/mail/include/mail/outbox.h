/* Messages that wait to be sent, and what became of them.
 *
 * A message is taken in one transaction by one sender, who holds it for as long as a try may last;
 * where that sender died it is due again. It is tried with growing waits, MAIL_TRIES times in all.
 * What was sent, or never will be, keeps no contents: a link in it may be a key. Each message that
 * waits, was sent, failed or was dropped is an event, which says who and what kind, not what.
 * Threads: as the session.
 */
#ifndef MAIL_OUTBOX_H
#define MAIL_OUTBOX_H

#include "base/time.h"
#include "mail/settings.h"

enum { MAIL_TRIES = 9, MAIL_SUBJECT_MAX = 300, MAIL_BODY_MAX = 64 << 10, MAIL_SAID_MAX = 400 };
/** For how long a sender holds what it took, and the list keeps what is over. */
#define MAIL_HELD_US (INT64_C(300) * PB_US_PER_SECOND)
#define MAIL_KEPT_US (30 * PB_US_PER_DAY)

typedef enum mail_state {
    MAIL_WAITING,
    MAIL_SENT,
    MAIL_FAILED,
    MAIL_DROPPED, /* somebody said that it is not to be sent */
    MAIL_STATES
} mail_state;
/** waiting, sent, failed, dropped. */
extern const char *const mail_state_words[MAIL_STATES];

typedef enum mail_kind { MAIL_ENROLMENT, MAIL_REMINDER, MAIL_KINDS } mail_kind;
/** enrolment, reminder. */
extern const char *const mail_kind_words[MAIL_KINDS];

typedef struct mail_message {
    int64_t n;
    mail_kind kind;
    pb_uuid owner; /* the user it is for */
    pb_str address, subject, body;
    mail_state state;
    int64_t at_us, due_us;
    int64_t tries;    /* begun */
    int64_t ended_us; /* INT64_MIN: it waits */
    pb_str said;      /* why the last try failed, as the server or the network says; absent: none */
} mail_message;

/** Puts a message of `kind`, `owner`, `address`, `subject`, `body` into the outbox. PB_INVALID: an
 * address or subject that cannot stand in a message (a line break above all). Inside db_write. */
pb_status mail_add(db_session *session, const mail_call *call, const mail_message *message,
                   int64_t *ret_n, pb_error *err);
/** Takes the next that is due: until MAIL_HELD_US from now nobody else does. `*ret_found` false:
 * none is. Inside db_write; in `arena`. */
pb_status mail_take(db_session *session, int64_t now_us, pb_arena *arena, mail_message *ret_message,
                    bool *ret_found, pb_error *err);

typedef enum mail_outcome { MAIL_GONE, MAIL_LATER, MAIL_NEVER } mail_outcome;
/** Tells what came of a message that was taken. Later: after a pause that grows, and never after
 * the last try. PB_CONFLICT: another has taken it since, or it was dropped. Inside db_write. */
pb_status mail_end(db_session *session, const mail_call *call, const mail_message *message,
                   mail_outcome outcome, pb_str said, pb_error *err);
/** Has one that waits tried as soon as may be. PB_NOT_FOUND; PB_CONFLICT: it is over. Inside
 * db_write. */
pb_status mail_retry(db_session *session, const mail_call *call, int64_t n, pb_error *err);
/** Has one that waits never be sent, and wipes its contents; likewise. One that is on its way at
 * the moment may come all the same. */
pb_status mail_drop(db_session *session, const mail_call *call, int64_t n, pb_error *err);
/** Failed messages cannot be sent again, as their contents are gone: they are cleared away after
 * MAIL_KEPT_US, as those that were sent. Inside db_write. */
pb_status mail_clear(db_session *session, int64_t now_us, pb_error *err);

typedef struct mail_counts {
    int64_t number[MAIL_STATES];
    int64_t tried;     /* of those that wait, that failed at least once */
    int64_t oldest_us; /* of those that wait; INT64_MIN: none */
    int64_t next_us;   /* when the first of them is due; INT64_MAX: none waits */
} mail_counts;
/** How much waits, was sent, failed and was dropped within MAIL_KEPT_US. */
pb_status mail_count(db_session *session, mail_counts *ret_counts, pb_error *err);
/** The newest `limit`, without contents. In `arena`. */
pb_status mail_list(db_session *session, int64_t limit, pb_arena *arena,
                    mail_message **ret_messages, size_t *ret_count, pb_error *err);

/** Whether `owner` is to be told `state` (a hash of what a reminder is about) on `day`: not twice
 * on a day, and never again what was told last. Notes it when it is. Inside db_write. */
pb_status mail_tell_once(db_session *session, pb_uuid owner, mail_kind kind, pb_str state,
                         int64_t day, bool *ret_tell, pb_error *err);

#endif
