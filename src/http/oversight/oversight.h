/* What watches over the records: the log, backups and drills, controls, audits and findings. */
#ifndef HTTP_OVERSIGHT_OVERSIGHT_H
#define HTTP_OVERSIGHT_OVERSIGHT_H

#include "../describe.h"
#include "../jobs/jobs.h"
#include "../operations/operations.h"
#include "../who.h"
#include "service/audits.h"

extern const http_route http_oversight_routes[];
extern const http_description http_oversight_description;
extern const http_job_kind http_oversight_kinds[];
extern const http_route http_plans_routes[];
extern const http_description http_plans_description;
extern const http_route http_thresholds_routes[];
extern const http_description http_thresholds_description;

/** A part of the path that is a number above 0: PB_NOT_FOUND otherwise. */
pb_status http_oversight_number(const http_request *request, const char *part, int64_t *ret_number,
                                pb_error *err);

/** Member `title`: what the control is called today; null when there is none of that id any more.
 */
void http_oversight_put_title(const http_request *request, pb_json *json,
                              const audit_catalogue *catalogue, pb_str id);

/* Handlers: ledger.c */
pb_status http_oversight_head(http_request *request, http_response *response, pb_error *err);
pb_status http_oversight_events(http_request *request, http_response *response, pb_error *err);
pb_status http_oversight_event_kinds(http_request *request, http_response *response, pb_error *err);
pb_status http_oversight_proof(http_request *request, http_response *response, pb_error *err);
pb_status http_oversight_consistency(http_request *request, http_response *response, pb_error *err);
/* places.c */
pb_status http_oversight_backups(http_request *request, http_response *response, pb_error *err);
pb_status http_oversight_drills(http_request *request, http_response *response, pb_error *err);
/* controls.c */
pb_status http_oversight_controls(http_request *request, http_response *response, pb_error *err);
/* start.c */
pb_status http_oversight_start_audit(http_request *request, http_response *response, pb_error *err);
pb_status http_oversight_start_verify(http_request *request, http_response *response,
                                      pb_error *err);
pb_status http_oversight_start_backup(http_request *request, http_response *response,
                                      pb_error *err);
pb_status http_oversight_start_drill(http_request *request, http_response *response, pb_error *err);
/* audits.c */
pb_status http_oversight_audits(http_request *request, http_response *response, pb_error *err);
pb_status http_oversight_audit(http_request *request, http_response *response, pb_error *err);
pb_status http_oversight_report(http_request *request, http_response *response, pb_error *err);
/* findings.c */
pb_status http_oversight_findings(http_request *request, http_response *response, pb_error *err);
pb_status http_oversight_finding(http_request *request, http_response *response, pb_error *err);
pb_status http_oversight_change(http_request *request, http_response *response, pb_error *err);
/* evidence.c */
pb_status http_oversight_evidence(http_request *request, http_response *response, pb_error *err);

#endif
