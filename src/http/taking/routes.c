/* Exports, imports, runs: where each operation is reached, and the jobs that they are. */
#include "taking.h"

#define JSON "application/json"

const http_route http_taking_routes[] = {
    {HTTP_POST, "/api/v1/exports", "exportRecords",
     PB_MSG("Takes records out as a file (CSV, JSON Lines, XLSX): begins a job"), http_export_begin,
     HTTP_BLOCKS, JSON, NULL, 0},
    {HTTP_GET, "/api/v1/runs", "listRuns",
     PB_MSG("Lists what imports, corrections and merges did, the newest first"), http_run_list,
     HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_POST, "/api/v1/runs/{run}/undo", "undoRun",
     PB_MSG("Takes a run back as far as nobody worked on its records since: begins a job"),
     http_run_undo, HTTP_BLOCKS, JSON, NULL, 0},
    {0},
};

const http_job_kind http_taking_kinds[] = {
    {"export", 3, http_export_job},
    {"undo", 1, http_run_undo_job},
    {NULL, 0, NULL},
};
