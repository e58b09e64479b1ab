/* Roles and who may what, over HTTP. Who may ask and define is decided in service/rights.h. */
#ifndef HTTP_RIGHTS_RIGHTS_H
#define HTTP_RIGHTS_RIGHTS_H

#include "../describe.h"
#include "../operations/operations.h"
#include "service/rights.h"

extern const http_route http_rights_routes[];
extern const http_description http_rights_description;

/** The moment asked about (`at`); IDENTITY_OPEN: now. Refuses one that is to come. */
pb_status http_rights_moment(const http_request *request, int64_t *ret_at, pb_error *err);
/** A list of the words of the operations in `bits`. */
void http_rights_put_operations(pb_json *json, const char *key, uint32_t bits);
/** A list of the words of the scopes in `scopes` (IDENTITY_SCOPE_…), as “scope”. */
void http_rights_put_scopes(pb_json *json, unsigned scopes);
/** What a role holds in an entity (NULL: the workspace) by one grant, and what is cut of it. */
void http_rights_put_holding(pb_json *json, const http_request *request, const model_entity *entity,
                             const identity_holding *holding);
/** A role as a file may say it, in JSON: what is told can be sent back, changed. */
void http_rights_put_text(pb_json *json, const identity_role *role);

/* Handlers: roles.c */
pb_status http_rights_roles(http_request *request, http_response *response, pb_error *err);
pb_status http_rights_role(http_request *request, http_response *response, pb_error *err);
/* define.c */
pb_status http_rights_define(http_request *request, http_response *response, pb_error *err);
pb_status http_rights_drop(http_request *request, http_response *response, pb_error *err);
/* ask.c */
pb_status http_rights_who_can(http_request *request, http_response *response, pb_error *err);
pb_status http_rights_matrix(http_request *request, http_response *response, pb_error *err);
/* reviews.c */
pb_status http_rights_reviews(http_request *request, http_response *response, pb_error *err);
pb_status http_rights_review_start(http_request *request, http_response *response, pb_error *err);
pb_status http_rights_review(http_request *request, http_response *response, pb_error *err);
pb_status http_rights_confirm(http_request *request, http_response *response, pb_error *err);
pb_status http_rights_revoke(http_request *request, http_response *response, pb_error *err);

#endif
