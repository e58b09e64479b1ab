/* Many records at once: what is taken out, brought in, and put back as it was. All of it are jobs.
 */
#ifndef HTTP_TAKING_H
#define HTTP_TAKING_H

#include "../jobs/jobs.h"
#include "../operations/operations.h"
#include "service/taking.h"

extern const http_route http_taking_routes[];
extern const http_description http_taking_description;
extern const http_job_kind http_taking_kinds[];

/** What came of an import, or would. */
void http_put_plan(pb_json *json, const pb_catalog *catalog, const exchange_plan *plan,
                   bool dry_run);

/** What each column of the files is. */
void http_put_columns(pb_json *json, const pb_catalog *catalog, const exchange_plan *plan);
void http_put_reject(pb_json *json, const pb_catalog *catalog, const exchange_reject *reject);

/** Rows of an import with what came of each, kept as a file of the job. */
typedef struct http_diff http_diff;
pb_status http_diff_begin(http_job *job, http_diff **ret_diff, pb_error *err);
/** Told every row; see service_bringing.each. */
pb_status http_diff_each(void *diff, const exchange_told *told, pb_error *err);
/** Told of slices; see service_bringing.slice. */
pb_status http_diff_slice(void *diff, bool kept, pb_error *err);
/** Ends it in any case; without `keep` nothing is there. */
pb_status http_diff_end(http_diff *diff, bool keep, pb_error *err);

/** What every operation on files that were sent begins with: who may import has some. */
pb_status http_import_begin(http_request *request, http_response *response,
                            const char *const *names, service_depot **ret_depot, pb_error *err);
/** The file in the path: PB_NOT_FOUND. */
pb_status http_import_find(http_request *request, service_depot *depot, service_deposit *ret_file,
                           pb_error *err);

/** How a file is to be read, as it was said before; absent: it is judged. */
typedef struct http_mapping {
    pb_str map, as, encoding;
} http_mapping;
/** What was kept beside a file; nothing where nothing was. Texts live as long as the request. */
pb_status http_mapping_kept(http_request *request, service_depot *depot, pb_uuid import,
                            http_mapping *ret_mapping, pb_error *err);
/** Forgets it. */
pb_status http_mapping_drop(http_request *request, service_depot *depot, pb_uuid import,
                            pb_error *err);
pb_status http_import_columns(http_request *request, http_response *response, pb_error *err);
pb_status http_import_mapping(http_request *request, http_response *response, pb_error *err);
pb_status http_import_mapping_put(http_request *request, http_response *response, pb_error *err);
pb_status http_import_diff(http_request *request, http_response *response, pb_error *err);
pb_status http_import_send(http_request *request, http_response *response, pb_error *err);
pb_status http_import_list(http_request *request, http_response *response, pb_error *err);
pb_status http_import_read(http_request *request, http_response *response, pb_error *err);
pb_status http_import_drop(http_request *request, http_response *response, pb_error *err);
pb_status http_import_check(http_request *request, http_response *response, pb_error *err);
pb_status http_import_run(http_request *request, http_response *response, pb_error *err);
pb_status http_run_list(http_request *request, http_response *response, pb_error *err);
pb_status http_run_keep(http_request *request, http_response *response, pb_error *err);
pb_status http_run_undo(http_request *request, http_response *response, pb_error *err);
pb_status http_export_begin(http_request *request, http_response *response, pb_error *err);

/* Kinds of jobs, each in the file of its name. */
pb_status http_run_undo_job(http_job *job, pb_error *err);
pb_status http_export_job(http_job *job, pb_error *err);
pb_status http_import_job(http_job *job, pb_error *err);

/** Whether who asks sent that file, and it is still kept. */
pb_status http_upload_known(http_request *request, pb_str id, pb_error *err);
/** Such a file, open. */
typedef struct http_upload {
    const char *name;
    exchange_held held;
    service_depot_file *file;
} http_upload;
/** Owner: the caller, http_upload_close. */
pb_status http_upload_open(service_depot *depot, pb_uuid user, pb_uuid id, pb_arena *arena,
                           http_upload *ret_upload, pb_error *err);
/** Makes it the one file of `source`, read as the text of a map file says (absent: as it is
 * judged). `upload` and the text outlive `source`. */
void http_upload_source(const http_upload *upload, pb_str map, service_source *source);
/** Ends it in any case. */
void http_upload_close(http_upload *upload);
/** What is done with a file that was sent (option `upload`). */
typedef pb_status (*http_upload_work)(http_job *job, const service_source *source, pb_error *err);
pb_status http_with_upload(http_job *job, http_upload_work work, pb_error *err);

/** Writes what is taken out, page by page. */
typedef struct http_sheet http_sheet;
/** Begins a file of the job: csv, jsonl or xlsx. */
pb_status http_sheet_begin(http_job *job, const model_entity *entity, pb_str format,
                           http_sheet **ret_sheet, pb_error *err);
pb_status http_sheet_page(http_sheet *sheet, const service_list_page *page, pb_error *err);
/** Ends it in any case: the file is there when this is PB_OK. */
pb_status http_sheet_end(http_sheet *sheet, pb_error *err);
/** Takes NULL, returns NULL. */
http_sheet *http_sheet_drop(http_sheet *sheet);
/** Whether there is such a format. */
bool http_sheet_format(pb_str format);

#endif
