/* Users, teams and how users sign in, over HTTP: what the operations share. Who may is decided in
 * service/people.h and service/signin.h. */
#ifndef HTTP_PEOPLE_PEOPLE_H
#define HTTP_PEOPLE_PEOPLE_H

#include "../describe.h"
#include "../operations/operations.h"
#include "service/people.h"

extern const http_route http_people_routes[];
extern const http_description http_people_description;

/* form.c */
/** Who asks and why; belongs to the request. PB_DENIED (401) when nobody signed in. */
pb_status http_people_call(const http_request *request, http_response *response, pb_str why,
                           service_people_call *ret_call, pb_error *err);
/** A body of `names` (ended by NULL) among which "why" is one. No body is an empty one; of a DELETE
 * `why` is a parameter. There are no others. */
pb_status http_people_body(const http_request *request, const char *const *names,
                           const json_value **ret_body, pb_str *ret_why, pb_error *err);
/** The end of something: INT64_MAX where the body says null or nothing; `*ret_said` (may be NULL):
 * it says something, be it null. */
pb_status http_people_until(const json_value *body, int64_t *ret_until, bool *ret_said,
                            pb_error *err);
/** Reads a user as it is to be. Texts live as long as the request. */
pb_status http_people_wish(const http_request *request, const json_value *body,
                           service_user_wish *ret_wish, pb_error *err);
/** The moment asked about (`at`), now when there is none. */
pb_status http_people_moment(const http_request *request, int64_t *ret_at, pb_error *err);
/** The id of the user that the path names; PB_NOT_FOUND. */
pb_status http_people_id(const http_request *request, pb_uuid *ret_id, pb_error *err);

/* told.c */
/** A moment, or null for what has no end. */
void http_people_put_end(pb_json *json, const char *key, int64_t until_us);
void http_people_put_user(pb_json *json, const service_person *person);
/** Answers with one user, as it is now. */
pb_status http_people_answer(const http_request *request, http_response *response,
                             const service_people_call *call, pb_str name, pb_error *err);

/* Handlers: users.c */
pb_status http_people_list(http_request *request, http_response *response, pb_error *err);
pb_status http_people_read(http_request *request, http_response *response, pb_error *err);
pb_status http_people_add(http_request *request, http_response *response, pb_error *err);
pb_status http_people_change(http_request *request, http_response *response, pb_error *err);
pb_status http_people_enrol(http_request *request, http_response *response, pb_error *err);
/* holds.c */
pb_status http_people_end(http_request *request, http_response *response, pb_error *err);
pb_status http_people_return(http_request *request, http_response *response, pb_error *err);
pb_status http_people_give(http_request *request, http_response *response, pb_error *err);
pb_status http_people_take(http_request *request, http_response *response, pb_error *err);
pb_status http_people_superior(http_request *request, http_response *response, pb_error *err);
/* teams.c */
pb_status http_people_teams(http_request *request, http_response *response, pb_error *err);
pb_status http_people_team_add(http_request *request, http_response *response, pb_error *err);
pb_status http_people_team_rename(http_request *request, http_response *response, pb_error *err);
pb_status http_people_team_end(http_request *request, http_response *response, pb_error *err);
pb_status http_people_join(http_request *request, http_response *response, pb_error *err);
pb_status http_people_leave(http_request *request, http_response *response, pb_error *err);
/* signs.c */
pb_status http_people_sessions(http_request *request, http_response *response, pb_error *err);
pb_status http_people_session_end(http_request *request, http_response *response, pb_error *err);
pb_status http_people_browsers(http_request *request, http_response *response, pb_error *err);
pb_status http_people_browser_end(http_request *request, http_response *response, pb_error *err);
pb_status http_people_browsers_end(http_request *request, http_response *response, pb_error *err);
pb_status http_people_sessions_end(http_request *request, http_response *response, pb_error *err);
pb_status http_people_credentials(http_request *request, http_response *response, pb_error *err);
pb_status http_people_credential_end(http_request *request, http_response *response, pb_error *err);
pb_status http_people_factors_end(http_request *request, http_response *response, pb_error *err);
pb_status http_people_key_make(http_request *request, http_response *response, pb_error *err);

#endif
