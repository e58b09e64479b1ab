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
    pb_str name, password, code, ticket, begun, label;
    bool cookie; /* the token is wanted as a cookie: a browser asks */
    identity_visit visit;
} http_signin_form;
/** Reads a body whose members are all among `names` (ended by NULL). */
pb_status http_signin_read(const http_request *request, const char *const *names,
                           http_signin_form *ret_form, pb_error *err);
/** Tells what came of a step: 200, 401 or 429. */
pb_status http_signin_answer(const http_request *request, http_response *response,
                             const http_signin_form *form, const identity_signin *signin,
                             pb_error *err);

/* Handlers: steps.c */
pb_status http_signin_password(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_code(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_recovery(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_factor(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_new_factor(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_enrol(http_request *request, http_response *response, pb_error *err);
/* own.c */
pb_status http_signin_prove(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_out(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_me(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_sessions(http_request *request, http_response *response, pb_error *err);
pb_status http_signin_session_end(http_request *request, http_response *response, pb_error *err);
/** Answers with a list of sessions; the one that asks is marked. */
void http_signin_put_sessions(const http_request *request, http_response *response,
                              const identity_session *sessions, size_t count);
/* token.c */
pb_status http_signin_token(http_request *request, http_response *response, pb_error *err);

#endif
