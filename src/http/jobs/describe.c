/* Jobs: what each operation takes and answers. */
#include "jobs.h"

static const http_about operations[] = {
    {"listJobs", "state limit", NULL, NULL, "Jobs", "200 400 401", NULL},
    {"readJob", NULL, NULL, NULL, "Job", "200 400 401 404", NULL},
    {"cancelJob", NULL, NULL, NULL, "Job", "200 400 401 404 409", NULL},
    {"watchJob", NULL, "Last-Event-ID", NULL, NULL, "200 400 401 404", NULL},
    {"readJobResult", NULL, NULL, NULL, "Anything", "200 400 401 403 404 409", NULL},
    {"listJobFiles", NULL, NULL, NULL, "JobFiles", "200 400 401 403 404 409", NULL},
    {"readJobFile", NULL, NULL, NULL, NULL, "200 400 401 403 404 409", NULL},
    {0},
};

static const http_parameter parameters[] = {
    {"state", PB_MSG("Those in this state only: waiting, running, done, failed or cancelled"),
     "string", NULL, false},
    {"limit", PB_MSG("Of those that are over, so many at most"), "integer", "int32", false},
    {"Last-Event-ID", PB_MSG("The event that was seen last"), "string", NULL, false},
    {0},
};

static const http_schema schemas[] = {
    {"Jobs", "jobs:[Job]"},
    {"Job", "id:integer kind:string state=waiting|running|done|failed|cancelled asked_by:string "
            "asked_at:date-time begun_at?:date-time ended_at?:date-time own:boolean "
            "interrupted?:boolean progress?:JobProgress problem?:Problem result?:string "
            "files?:string"},
    {"JobProgress", "stage:string what:string done:integer total:integer"},
    {"JobFiles", "files:[JobFile]"},
    {"JobFile", "name:string type:string bytes:integer kept_until:date-time"},
    {0},
};

const http_description http_job_description = {"jobs", operations, parameters, schemas, NULL};
