/* Exports, imports, runs: what each operation takes and answers. */
#include "taking.h"

static const http_about operations[] = {
    {"exportRecords", NULL, NULL, "ExportWish", "Job", "202 400 401 403 413 422", NULL},
    {"listRuns", "limit", NULL, NULL, "Runs", "200 400 401", NULL},
    {"undoRun", NULL, NULL, "UndoWish", "Job", "202 400 401 403 404", NULL},
    {0},
};

static const http_parameter parameters[] = {
    {"limit", PB_MSG("So many at most, 1 to 200"), "integer", "int32", false},
    {0},
};

static const http_schema schemas[] = {
    {"ExportWish",
     "entity:string filter?:string? sort?:string? fields?:string? format?=csv|jsonl|xlsx"},
    {"Runs", "runs:[Run]"},
    {"Run", "run:integer kind:string about:string by:string at:date-time records:integer "
            "undone:boolean"},
    {"UndoWish", "dry_run?:boolean"},
    {"Undone", "dry_run:boolean run:integer undone_by?:integer deleted:integer restored:integer "
               "changed:integer unmerged:integer merged:integer links:integer kept:integer "
               "likely_duplicates:integer what_is_kept:[UndoKept]"},
    {"UndoKept", "entity:string id:uuid field:string? says:string"},
    {0},
};

const http_description http_taking_description = {"taking", operations, parameters, schemas, NULL};
