/* The matters of a record over HTTP: who looked at it, its likely duplicates, merging. */
#ifndef HTTP_MATTERS_H
#define HTTP_MATTERS_H

#include "../operations/operations.h"
#include "record/undo.h"
#include "service/trail.h"

extern const http_route http_matters_routes[];
extern const http_description http_matters_description;
extern const http_route http_conversions_routes[];
extern const http_description http_conversions_description;

/* describe.c */
/** Schemas of an entity: behind every `#` of one comes its name. */
void http_matters_put_schemas(pb_json *json, const http_schema *list, const model_entity *entity);

/* provenance.c */
/** Where the values of a record come from, by field, as an object. */
void http_provenance_put(pb_json *json, const service_origins *origins);
/** Reads what a body states of where values come from; what is wrong with it joins the problems of
 * `in`. */
pb_status http_provenance_read(const http_request *request, const model_entity *entity,
                               const json_value *body, service_write *write, http_op_inputs *in,
                               pb_error *err);

/* merge.c */
/** What stays as it is when something is taken back, as an object. */
void http_matters_put_kept(pb_json *json, const http_request *request,
                           const record_undo_kept *kept);

/* Handlers, each in the file of its name. */
pb_status http_looks_read(http_request *request, http_response *response, pb_error *err);
pb_status http_pairs_list(http_request *request, http_response *response, pb_error *err);
pb_status http_pairs_of(http_request *request, http_response *response, pb_error *err);
pb_status http_pairs_show(http_request *request, http_response *response, pb_error *err);
pb_status http_pairs_decide(http_request *request, http_response *response, pb_error *err);
pb_status http_pairs_decide_many(http_request *request, http_response *response, pb_error *err);
pb_status http_timeline_read(http_request *request, http_response *response, pb_error *err);
pb_status http_settings_read(http_request *request, http_response *response, pb_error *err);
pb_status http_settings_change(http_request *request, http_response *response, pb_error *err);
pb_status http_merge_merge(http_request *request, http_response *response, pb_error *err);
pb_status http_merge_part(http_request *request, http_response *response, pb_error *err);
pb_status http_convert_convert(http_request *request, http_response *response, pb_error *err);
pb_status http_convert_back(http_request *request, http_response *response, pb_error *err);

#endif
