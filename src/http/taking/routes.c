/* Exports, imports, runs: where each operation is reached, and the jobs that they are. */
#include "taking.h"

#define JSON "application/json"
#define FILES                                                                                      \
    "text/csv application/vnd.openxmlformats-officedocument.spreadsheetml.sheet "                  \
    "application/json application/x-ndjson text/vcard application/zip text/plain "                 \
    "application/octet-stream"

/* What stands in a mapping goes with the job that uses it. */
enum { MAPPING_BODY = 10 << 10 };

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
    {HTTP_POST, "/api/v1/runs/{run}/keep", "keepRun",
     PB_MSG("Keeps what an import wrote that was cut off; one that is still at work ends there"),
     http_run_keep, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_POST, "/api/v1/imports", "sendImport",
     PB_MSG("Sends a file that is to be imported; it is kept, encrypted, for a day"),
     http_import_send, HTTP_BLOCKS | HTTP_PIECES, FILES, NULL, 0},
    {HTTP_GET, "/api/v1/imports", "listImports", PB_MSG("Lists the files that one sent"),
     http_import_list, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/imports/{import}", "readImport", PB_MSG("Tells of a file that one sent"),
     http_import_read, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_DELETE, "/api/v1/imports/{import}", "dropImport", PB_MSG("Deletes a file that one sent"),
     http_import_drop, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/imports/{import}/columns", "readImportColumns",
     PB_MSG("Says what each column of a file is taken for, by its first rows"), http_import_columns,
     HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/imports/{import}/mapping", "readImportMapping",
     PB_MSG("Tells how a file is to be read, as it was said"), http_import_mapping, HTTP_BLOCKS,
     NULL, NULL, 0},
    {HTTP_PUT, "/api/v1/imports/{import}/mapping", "setImportMapping",
     PB_MSG("Says how a file is to be read, in the form of a map file, and tells its columns so"),
     http_import_mapping_put, HTTP_BLOCKS, JSON, NULL, MAPPING_BODY},
    {HTTP_POST, "/api/v1/imports/{import}/check", "checkImport",
     PB_MSG("Says what would come of importing a file, and keeps nothing: begins a job"),
     http_import_check, HTTP_BLOCKS, JSON, NULL, 0},
    {HTTP_GET, "/api/v1/imports/{import}/diff", "readImportDiff",
     PB_MSG("Says row by row and cell by cell what the newest check or run of a file does"),
     http_import_diff, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_POST, "/api/v1/imports/{import}/run", "runImport",
     PB_MSG("Imports a file part by part, and takes back what was written of one that is stopped: "
            "begins a job"),
     http_import_run, HTTP_BLOCKS, JSON, NULL, 0},
    {0},
};

const http_job_kind http_taking_kinds[] = {
    {"export", 3, http_export_job},
    {"import", 1, http_import_job},
    {"import-check", 3, http_import_job},
    {"undo", 1, http_run_undo_job},
    {NULL, 0, NULL},
};
