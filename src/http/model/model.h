/* The model over HTTP: what there is, and what an administrator adds to it or changes. */
#ifndef HTTP_MODEL_H
#define HTTP_MODEL_H

#include "../operations/operations.h"
#include "service/model.h"

extern const http_route http_model_routes[];
extern const http_description http_model_description;

pb_status http_model_read(http_request *request, http_response *response, pb_error *err);
pb_status http_model_add_entity(http_request *request, http_response *response, pb_error *err);
pb_status http_model_change_entity(http_request *request, http_response *response, pb_error *err);
pb_status http_model_add_field(http_request *request, http_response *response, pb_error *err);
pb_status http_model_change_field(http_request *request, http_response *response, pb_error *err);

#endif
