/* What screens are made of: reports by group, what needs somebody today, views and settings of
 * one's own, messages to who runs the program. */
#ifndef HTTP_SCREENS_H
#define HTTP_SCREENS_H

#include "../operations/operations.h"

extern const http_route http_screens_routes[];
extern const http_description http_screens_description;
extern const http_route http_feedback_routes[];
extern const http_description http_feedback_description;

/* Handlers, each in the file of its name. */
pb_status http_groups_read(http_request *request, http_response *response, pb_error *err);
pb_status http_home_read(http_request *request, http_response *response, pb_error *err);
pb_status http_views_list(http_request *request, http_response *response, pb_error *err);
pb_status http_views_read(http_request *request, http_response *response, pb_error *err);
pb_status http_views_add(http_request *request, http_response *response, pb_error *err);
pb_status http_views_change(http_request *request, http_response *response, pb_error *err);
pb_status http_views_remove(http_request *request, http_response *response, pb_error *err);
pb_status http_likes_read(http_request *request, http_response *response, pb_error *err);
pb_status http_likes_change(http_request *request, http_response *response, pb_error *err);
pb_status http_state_read(http_request *request, http_response *response, pb_error *err);

#endif
