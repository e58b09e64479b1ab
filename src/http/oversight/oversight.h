/* What watches over the records: the log, backups and drills, controls, audits and findings. */
#ifndef HTTP_OVERSIGHT_OVERSIGHT_H
#define HTTP_OVERSIGHT_OVERSIGHT_H

#include "../operations/operations.h"
#include "../who.h"

extern const http_route http_oversight_routes[];

/* Handlers: ledger.c */
pb_status http_oversight_head(http_request *request, http_response *response, pb_error *err);
pb_status http_oversight_events(http_request *request, http_response *response, pb_error *err);
pb_status http_oversight_proof(http_request *request, http_response *response, pb_error *err);
pb_status http_oversight_consistency(http_request *request, http_response *response, pb_error *err);
/* places.c */
pb_status http_oversight_backups(http_request *request, http_response *response, pb_error *err);
pb_status http_oversight_drills(http_request *request, http_response *response, pb_error *err);
/* controls.c */
pb_status http_oversight_controls(http_request *request, http_response *response, pb_error *err);
pb_status http_oversight_control(http_request *request, http_response *response, pb_error *err);

#endif
