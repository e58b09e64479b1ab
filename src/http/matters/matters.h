/* The matters of a record over HTTP: who looked at it, its likely duplicates, merging. */
#ifndef HTTP_MATTERS_H
#define HTTP_MATTERS_H

#include "../operations/operations.h"

extern const http_route http_matters_routes[];
extern const http_description http_matters_description;

/* Handlers, each in the file of its name. */
pb_status http_looks_read(http_request *request, http_response *response, pb_error *err);
pb_status http_pairs_list(http_request *request, http_response *response, pb_error *err);
pb_status http_pairs_of(http_request *request, http_response *response, pb_error *err);
pb_status http_pairs_show(http_request *request, http_response *response, pb_error *err);
pb_status http_pairs_decide(http_request *request, http_response *response, pb_error *err);
pb_status http_pairs_decide_many(http_request *request, http_response *response, pb_error *err);
pb_status http_merge_merge(http_request *request, http_response *response, pb_error *err);
pb_status http_merge_part(http_request *request, http_response *response, pb_error *err);

#endif
