/* Long work over HTTP: a request adds a job and is answered at once (202); the server does it, as
 * who asked, and keeps what it made for a day.
 *
 *   request ─▶ http_job_accept ─▶ t_work_job ─▶ a thread of runner.c ─▶ kind->run ─▶ result, files
 *                    202 /api/v1/jobs/17            │ progress                          in the
 * depot /jobs/17/events ◀┘                  /jobs/17/result, /files/…
 *
 * A new kind of job is a row in a table of `http_job_kind`, named in `kinds.c`. A job that was
 * being done when the server ended begins anew with the next one; one whose server died is tried
 * again as often as its kind says, and is failed after that (`interrupted`).
 */
#ifndef HTTP_JOBS_H
#define HTTP_JOBS_H

#include "../describe.h"
#include "service/depot.h"
#include "service/jobs.h"

extern const http_route http_job_routes[];
extern const http_description http_job_description;

/** A job at work. */
typedef struct http_job {
    const http_options *server;
    const job_item *item;
    service_call call; /* who asked, as of now; its progress is told to who looks */
    service_depot *depot;
    const pb_catalog *catalog; /* the language in which it was asked for; NULL: English */
    pb_arena *arena;           /* ends with the job */
    pb_json json;              /* the result: one JSON value, or nothing; told at /jobs/N/result */
    pb_buf result;             /* that it is written to */
    bool tried; /* what failed with PB_BUSY was tried often enough: the job is not done again */
} http_job;

/** What a kind of job does. Fails with what its asker is told; PB_BUSY is tried again. Other
 * threads do other jobs meanwhile. */
typedef struct http_job_kind {
    const char *name;
    int64_t most; /* tries, where its server died in the midst of it */
    pb_status (*run)(http_job *job, pb_error *err);
} http_job_kind;
/** Tables of kinds, each ended by a NULL name; the list ends with NULL. */
extern const http_job_kind *const http_job_kinds[];

/** Adds a job with options (service_job_put) and answers 202 with it. Whether it may be asked for
 * at all is decided before. */
pb_status http_job_accept(http_request *request, http_response *response, const char *kind,
                          pb_str options, pb_error *err);
/** An option of a job at work; absent when there is none. */
pb_str http_job_option(const http_job *job, const char *name);
/** Begins a file of the job, for /jobs/N/files/NAME; see service_deposit_add. */
pb_status http_job_file(http_job *job, pb_str name, const char *type, service_depositing **ret_file,
                        pb_error *err);
/** A file that is whole in memory. */
pb_status http_job_file_whole(http_job *job, pb_str name, const char *type, pb_str bytes,
                              pb_error *err);

/* What follows is for the parts of this module. */

typedef struct http_jobs http_jobs;
/** Media types of files that jobs make. */
#define HTTP_JOB_FILE_TYPES                                                                        \
    "text/csv application/vnd.openxmlformats-officedocument.spreadsheetml.sheet "                  \
    "application/x-ndjson application/json text/html application/pdf application/zip "             \
    "application/octet-stream"
/** Begins to do jobs, with files in `options->depot`; NULL there: nothing is done, `*ret_jobs`
 * stays NULL. */
pb_status http_jobs_start(struct http_server *server, http_jobs **ret_jobs, pb_error *err);
/** What is being done is to end, and is given back. Takes NULL. */
void http_jobs_end(http_jobs *jobs);
/** Whether anything is still being done. */
bool http_jobs_busy(http_jobs *jobs);
/** Waits for the end of all threads. Takes NULL, returns NULL. */
http_jobs *http_jobs_stop(http_jobs *jobs);

/** How far a job is that is done here. */
typedef struct http_job_progress {
    bool here;         /* false: it is not being done by this process */
    const char *stage; /* English message id; NULL: nothing was told yet */
    char what[200];
    uint64_t done, total;
    uint64_t turn; /* another one whenever any of it changed */
} http_job_progress;
http_job_progress http_jobs_progress(http_jobs *jobs, int64_t n);
/** Where files are; PB_UNSUPPORTED when no jobs are done here. */
pb_status http_jobs_depot(const http_request *request, service_depot **ret_depot, pb_error *err);
/** There may be something to do. */
void http_jobs_wake(http_jobs *jobs);
/** That job is to end, if it is done here. */
void http_jobs_cancel(http_jobs *jobs, int64_t n);

/** A job as JSON. */
void http_job_put(pb_json *json, const pb_catalog *catalog, const job_item *item,
                  const http_job_progress *progress, bool own);
/** The number in the path: PB_NOT_FOUND. */
pb_status http_job_number(const http_request *request, int64_t *ret_n, pb_error *err);

pb_status http_job_events(http_request *request, http_response *response, pb_error *err);
pb_status http_job_result(http_request *request, http_response *response, pb_error *err);
pb_status http_job_files(http_request *request, http_response *response, pb_error *err);
pb_status http_job_download(http_request *request, http_response *response, pb_error *err);
/** Answers with a file of the depot, piece by piece. */
pb_status http_job_give_file(http_request *request, http_response *response, pb_uuid id,
                             pb_error *err);

#endif
