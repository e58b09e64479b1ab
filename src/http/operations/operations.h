/* Operations on records, generated from the model: what they share. */
#ifndef HTTP_OPERATIONS_H
#define HTTP_OPERATIONS_H

#include "../describe.h"
#include "json_read.h"
#include "service/records.h"

extern const http_route http_op_routes[];
extern const http_description http_op_description;

enum { OPERATIONS_ROWS_MOST = 200 };

/* entity.c */
/** The part of a path that stands for an entity: its plural in small letters where that is a plain
 * word and nobody else's, else its name; of one that the workspace keeps always its name, since
 * that is never changed. */
void http_op_entity_path(const model_schema *schema, const model_entity *entity, pb_buf *out);
/** The entity a request is about; PB_NOT_FOUND. PB_DENIED (401) when nobody signed in. */
pb_status http_op_entity(const http_request *request, http_response *response,
                         const model_entity **ret_entity, pb_error *err);
/** And the record; PB_NOT_FOUND for what is no id. */
pb_status http_op_record_id(const http_request *request, const model_entity *entity,
                            pb_uuid *ret_id, pb_error *err);
/** Refuses parameters that are not among `names` (ended by NULL), or stand twice. */
pb_status http_op_check_query(const http_request *request, const char *const *names, pb_error *err);
/** How service is asked in the name of who makes the request, as long as that may take. */
service_call http_op_call(const http_request *request);

/* values.c */
/** A parameter that is not what it must be; `wanted` says what that is. */
pb_status http_op_fail_value(const char *name, pb_str value, const char *wanted, pb_error *err);
/** Parameters of a kind; `*ret` stays as it is where there is none. Numbers are above 0. */
pb_status http_op_query_number(const http_request *request, const char *name, int64_t *ret,
                               pb_error *err);
/** Words to find people by (`q`); absent when there are none. */
pb_status http_op_query_words(const http_request *request, pb_str *ret_words, pb_error *err);
pb_status http_op_query_truth(const http_request *request, const char *name, bool *ret,
                              pb_error *err);
pb_status http_op_query_instant(const http_request *request, const char *name, int64_t *ret,
                                pb_error *err);
/** Members of an object; zeros and INT64_MIN become null. */
void http_op_put_uuid(pb_json *json, const char *key, pb_uuid id);
void http_op_put_moment(pb_json *json, const char *key, int64_t at_us);
void http_op_put_day(pb_json *json, const char *key, int64_t day);
void http_op_put_truth(pb_json *json, const char *key, bool truth);
/** What something is called in the reader's language: as the workspace says it, else as catalogues
 * translate `label`. */
pb_str http_op_label(const http_request *request, const model_labels *labels, pb_str label);

/* entity.c */
/** The body as an object whose keys are all among `names`; what has such a body takes no parameters
 * in its address. */
pb_status http_op_body(const http_request *request, const char *const *names,
                       const json_value **ret_body, pb_error *err);

/** Refuses an object with a member that is not among `names` (ended by NULL). */
pb_status http_op_check_members(const json_value *object, const char *const *names, pb_error *err);

/* body.c */
/** Members of a body; `*ret` stays as it is where there is none, or null. PB_USAGE names the member
 * that is of another kind. Texts live as long as the request. */
pb_status http_op_body_text(const json_value *body, const char *key, pb_str *ret, pb_error *err);
/** As http_op_body_text, of one that must be there and not blank. */
pb_status http_op_body_needed(const json_value *body, const char *key, pb_str *ret, pb_error *err);
pb_status http_op_body_truth(const json_value *body, const char *key, bool *ret, pb_error *err);
pb_status http_op_body_number(const json_value *body, const char *key, int64_t *ret, pb_error *err);
/** As http_op_body_number, of any number; `*ret_said`: it is there, and not null. */
pb_status http_op_body_amount(const json_value *body, const char *key, double *ret, bool *ret_said,
                              pb_error *err);
pb_status http_op_body_instant(const json_value *body, const char *key, int64_t *ret,
                               pb_error *err);
pb_status http_op_body_texts(const json_value *body, const char *key, pb_arena *arena,
                             const pb_str **ret_texts, size_t *ret_count, pb_error *err);

/** Which of `words` a text is. PB_INVALID names the member or parameter and what it may be: by
 * `hint`, which has a place {words}, or (NULL) as usual. */
pb_status http_op_word(pb_str text, const char *field, const char *const *words, size_t count,
                       const char *hint, size_t *ret_at, pb_error *err);

/* record_json.c */
void http_op_put_record(pb_json *json, const service_record *record, const record_list_page *page);
/** The same without what makes it an object. */
void http_op_put_members(pb_json *json, const service_record *record, const record_list_page *page);
/** Values of an object on their way in; what is of the wrong kind is a problem. */
typedef struct http_op_inputs {
    record_input *inputs;
    size_t count;
    record_problem *problems;
    size_t problem_count;
} http_op_inputs;
pb_status http_op_read_fields(const model_entity *entity, const json_value *fields, pb_arena *arena,
                              http_op_inputs *ret_inputs, pb_error *err);
void http_op_put_value(pb_json *json, const model_field *field, pb_value value, pb_str ref,
                       pb_str currency);

/* entity_schemas.c */
/** ENTITY_record, _page, _found, _created, _new, _row, _rows. */
void http_op_put_schemas(pb_json *json, const http_request *request, const model_entity *entity);

/* problem.c */
/** A refusal with all that is wrong, as a problem with `problems`; the members only. */
void http_op_put_problems(pb_json *json, const http_request *request, const model_entity *entity,
                          const record_problem *problems, size_t count);
void http_op_put_likely(pb_json *json, const service_entered *entered);
/** The answer to a refused record. */
void http_op_refuse(const http_request *request, http_response *response,
                    const model_entity *entity, const record_problem *problems, size_t count,
                    const service_entered *entered);

/* bulk.c */
/** The answer of one row that failed: its status, and the problem. */
void http_op_put_failure(pb_json *json, const http_request *request, pb_status status,
                         const pb_error *err);
/** Whether a failure is one row's own, and not everybody's. */
bool http_op_is_rows_own(pb_status status);

/* write.c */
/** What is done with likely duplicates: the member `duplicates`; RECORD_DUPLICATES_DECLARED. */
pb_status http_op_body_duplicates(const json_value *body, record_duplicates *ret, pb_error *err);
/** All that makes a request, for service_once. */
pb_str http_op_whole(const http_request *request);

/* Handlers, each in the file of its name. */
pb_status http_op_list(http_request *request, http_response *response, pb_error *err);
pb_status http_op_search(http_request *request, http_response *response, pb_error *err);
pb_status http_op_read(http_request *request, http_response *response, pb_error *err);
pb_status http_op_history(http_request *request, http_response *response, pb_error *err);
pb_status http_op_create(http_request *request, http_response *response, pb_error *err);
pb_status http_op_change(http_request *request, http_response *response, pb_error *err);
pb_status http_op_remove(http_request *request, http_response *response, pb_error *err);
pb_status http_op_restore(http_request *request, http_response *response, pb_error *err);
pb_status http_op_check(http_request *request, http_response *response, pb_error *err);
pb_status http_op_check_change(http_request *request, http_response *response, pb_error *err);
pb_status http_op_bulk(http_request *request, http_response *response, pb_error *err);

#endif
