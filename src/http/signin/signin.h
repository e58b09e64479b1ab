/* Signing in and out over HTTP: what the operations share. */
#ifndef HTTP_SIGNIN_SIGNIN_H
#define HTTP_SIGNIN_SIGNIN_H

#include "../describe.h"
#include "../operations/json_read.h"
#include "service/signin.h"

extern const http_route http_signin_routes[];
extern const http_description http_signin_description;

/** The desk, where there is one: PB_DENIED (401) otherwise. */
pb_status http_signin_desk(const http_request *request, http_response *response,
                           service_desk **ret_desk, pb_error *err);

/* form.c: what comes in and goes out */
typedef struct http_signin_form {
    pb_str name, password, code, ticket, begun, label, kind;
    const identity_assertion *assertion; /* a passkey that is shown; NULL: none */
    const identity_made *made;           /* and one that was made */
    bool others;                         /* other sessions are to end */
    bool cookie;                         /* the token is wanted as a cookie: a browser asks */
    identity_visit visit;
} http_signin_form;
/** Reads a body whose members are all among `names` (ended by NULL). */
pb_status http_signin_read(const http_request *request, const char *const *names,
                           http_signin_form *ret_form, pb_error *err);
/** Tells what came of a step: 200, 401 or 429. */
pb_status http_signin_answer(const http_request *request, http_response *response,
                             const http_signin_form *form, const identity_signin *signin,
                             pb_error *err);

/** What a form shows, for service. */
service_proof http_signin_proof(const http_signin_form *form, service_way way);

/* passkey.c: passkeys as browsers write them, W3C Web Authentication Level 3, 5.1: what
 * `PublicKeyCredential.toJSON()` gives, and what `parseCreationOptionsFromJSON()` and
 * `parseRequestOptionsFromJSON()` take */
/** Reads the member `passkey`, if there is one. PB_USAGE. */
pb_status http_passkey_read(const http_request *request, const json_value *body,
                            http_signin_form *form, pb_error *err);
/** Member `key`: asks to show one of `ids` (none: any of this site's); `verify`: who shows it is to
 * be verified by it. */
void http_passkey_put_ask(pb_json *json, const char *key, pb_str site,
                          const uint8_t challenge[IDENTITY_CHALLENGE], const pb_str *ids,
                          size_t count, bool verify);
/** Begins a second factor, for `guest` or, where that is NULL, for whose ticket it is, and tells
 * what it needs. */
pb_status http_factor_begin(const http_request *request, http_response *response,
                            const http_signin_form *form, const service_guest *guest,
                            pb_error *err);

/** Answers with a list of credentials: never what is secret of them. */
void http_signin_put_credentials(http_response *response, const identity_credential *credentials,
                                 size_t count);
/** What a key is wished to be; `wish->user` stays. */
pb_status http_signin_read_wish(const json_value *body, identity_key_wish *wish, pb_error *err);
/** Answers with a key that was made: 201. */
void http_signin_put_key(http_response *response, int64_t n, const char *key);

/** Refuses who is not signed in, parameters besides `names` (ended by NULL) and, where `whole`, a
 * key or token that reaches to some operations only. */
pb_status http_signin_guest(const http_request *request, http_response *response,
                            const char *const *names, bool whole, pb_error *err);

/* Handlers: steps.c */
pb_status http_signin_password(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_code(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_recovery(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_factor(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_new_factor(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_enrol(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_passkey_ask(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_passkey(http_request *request, http_response *response, pb_error *err);
/* own.c */
pb_status http_signin_prove(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_out(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_me(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_sessions(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_session_end(http_request *request, http_response *response, pb_error *err);
/** Answers with a list of sessions; the one that asks is marked. */
void http_signin_put_sessions(const http_request *request, http_response *response,
                              const identity_session *sessions, size_t count);
pb_status http_signin_sessions_end(http_request *request, http_response *response, pb_error *err);
/** Answers with how many were ended. */
void http_signin_put_ended(http_response *response, size_t count);
pb_status http_signin_browsers(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_browser_end(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_browsers_end(http_request *request, http_response *response, pb_error *err);
/** Answers with a list of known browsers. */
void http_signin_put_browsers(http_response *response, const identity_browser *browsers,
                              size_t count);
/* ways.c */
pb_status http_signin_ways(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_way_begin(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_way_add(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_way_end(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_codes(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_password_change(http_request *request, http_response *response,
                                      pb_error *err);
/* keys.c */
pb_status http_signin_keys(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_key_make(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_key_end(http_request *request, http_response *response, pb_error *err);
/* token.c */
pb_status http_signin_token(http_request *request, http_response *response, pb_error *err);

#endif
