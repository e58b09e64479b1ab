/* Sessions: what a program that signed in shows with each request.
 *
 * A token is 256 random bits of which only a keyed hash is stored, so that who reads the tables can
 * use none. A session ends by itself when it was not used for a while, and at the latest at a
 * moment that is fixed when it begins. Access tokens of programs (RFC 6749) are sessions, too,
 * bound to the key they were asked for with: they end with it. Refuses: knowing what somebody may
 * do. Threads: as the session of the workspace.
 */
#ifndef IDENTITY_SESSION_H
#define IDENTITY_SESSION_H

#include "identity/people.h"

enum { IDENTITY_TOKEN = 52 /* characters of a token of any kind at most, NUL included */ };

/** Where a request comes from, who makes it, and when. Texts belong to the caller. */
typedef struct identity_visit {
    ledger_actor actor; /* who changes something; at a sign-in what is not known is filled in */
    int64_t now_us;
    pb_str address; /* IPv4 or IPv6, as text; absent: from this machine */
    pb_str device;  /* what the program says of itself */
    pb_str known;   /* what identity_signin_done.device_token was on this device; absent: nothing */
    pb_str why;     /* absent: nothing was said */
    bool counted;   /* it was asked before, by the same request: it does not count for a rate */
} identity_visit;

/** A session to begin. */
typedef struct identity_session_wish {
    pb_uuid user;
    bool second_factor; /* one was shown */
    int64_t key;        /* the API key it belongs to; 0: a person's own */
    pb_str scopes;      /* of the key; absent: no limit */
    bool read_only;
    int64_t idle_us;  /* ends when it was not used for so long; 0: 30 minutes */
    int64_t lasts_us; /* and after that in any case; 0: 12 hours */
} identity_session_wish;

/** Who shows a token. Texts live in the arena it was read into. */
typedef struct identity_caller {
    int64_t session; /* number; 0: an API key itself was shown */
    int64_t key;     /* number of the API key; 0: none */
    pb_uuid user;
    bool second_factor;
    bool read_only;
    pb_str scopes; /* words with blanks between; absent: no limit */
    int64_t rate;  /* requests a minute that the key is good for; 0: no limit */
    int64_t from_us, seen_us, proved_us, until_us; /* proved: last proof of who it is */
    bool due; /* identity_session_seen is due: once a minute at most */
} identity_caller;

/** Begins a session; `ret_token` is shown once, and kept nowhere. Inside db_write. The event is the
 * caller's to append. */
pb_status identity_session_begin(db_session *session, const identity_visit *visit,
                                 const identity_session_wish *wish, char ret_token[IDENTITY_TOKEN],
                                 int64_t *ret_n, pb_error *err);
/** Who shows `token`: a session's, an access token, or an API key with its secret. PB_DENIED when
 * it is none, or none any more, always in the same words. Whether the user is one still is told by
 * identity_actor_hold. Costs one read of one row, two for what belongs to a key. */
pb_status identity_caller_find(db_session *session, pb_str token, int64_t now_us, pb_arena *arena,
                               identity_caller *ret_caller, pb_error *err);
/** Notes that a session is in use. Inside db_write. */
pb_status identity_session_seen(db_session *session, int64_t n, int64_t now_us, pb_error *err);
/** Notes that who uses the session proved once more who it is, and gives the session another token;
 * the one before is good no more. Inside db_write; an event. PB_NOT_FOUND: no such session is open.
 */
pb_status identity_session_proved(db_session *session, const identity_visit *visit, int64_t n,
                                  bool second_factor, char ret_token[IDENTITY_TOKEN],
                                  pb_error *err);
/** Ends a session of that user. Inside db_write; an event. PB_NOT_FOUND: no such session is open.
 */
pb_status identity_session_end(db_session *session, const identity_visit *visit, pb_uuid user,
                               int64_t n, pb_error *err);
/** Ends all sessions of a user but `except` (0: none is spared). Inside db_write; an event each. */
pb_status identity_session_end_all(db_session *session, const identity_visit *visit, pb_uuid user,
                                   int64_t except, size_t *ret_count, pb_error *err);

/** A session as its user sees it. */
typedef struct identity_session {
    int64_t n;
    pb_str address, device;
    bool second_factor;
    int64_t key; /* 0: none */
    int64_t from_us, seen_us, until_us;
} identity_session;
/** Those of a user that are open, the one used last first. */
pb_status identity_session_list(db_session *session, pb_uuid user, int64_t now_us, pb_arena *arena,
                                identity_session **ret_sessions, size_t *ret_count, pb_error *err);

#endif
