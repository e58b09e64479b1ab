/* Exports, imports, runs: what each operation takes and answers. */
#include "taking.h"

static const http_about operations[] = {
    {"exportRecords", NULL, NULL, "ExportWish", "Job", "202 400 401 403 413 422", NULL},
    {"sendImport", "name for", NULL, NULL, "Import", "201 400 401 403 413 422", NULL},
    {"listImports", NULL, NULL, NULL, "Imports", "200 400 401 403", NULL},
    {"readImport", NULL, NULL, NULL, "Import", "200 400 401 403 404", NULL},
    {"dropImport", NULL, NULL, NULL, NULL, "204 400 401 403 404", NULL},
    {"readImportColumns", NULL, NULL, NULL, "ImportColumns", "200 400 401 403 404", NULL},
    {"readImportMapping", NULL, NULL, NULL, "ImportMapping", "200 400 401 403 404", NULL},
    {"setImportMapping", NULL, NULL, "ImportMapping", "ImportColumns",
     "200 400 401 403 404 413 422", NULL},
    {"checkImport", NULL, NULL, "ImportWish", "Job", "202 400 401 403 404", NULL},
    {"readImportDiff", "cursor limit outcome field", "Probity-Purpose", NULL, "ImportDiff",
     "200 400 401 403 404", NULL},
    {"runImport", NULL, NULL, "ImportWish", "Job", "202 400 401 403 404", NULL},
    {"listRuns", "limit", NULL, NULL, "Runs", "200 400 401", NULL},
    {"keepRun", NULL, NULL, NULL, "Run", "200 400 401 403 404 409", NULL},
    {"undoRun", NULL, NULL, "UndoWish", "Job", "202 400 401 403 404", NULL},
    {0},
};

static const http_parameter parameters[] = {
    {"name", PB_MSG("Name of the file, without a path"), "string", NULL, true},
    {"for", PB_MSG("What it is sent for: import (default), or audit"), "string", NULL, false},
    {"outcome", PB_MSG("Only rows of which this came"), "string", NULL, false},
    {"field", PB_MSG("Only rows that change this field"), "string", NULL, false},
    {"limit", PB_MSG("So many at most, 1 to 200"), "integer", "int32", false},
    {0},
};

static const http_schema schemas[] = {
    {"ExportWish",
     "entity:string filter?:string? sort?:string? fields?:string? format?=csv|jsonl|xlsx?"},
    {"Import", "id:uuid name:string bytes:integer sent_at:date-time kept_until:date-time"},
    {"Imports", "imports:[Import]"},
    {"ImportWish", "map?:string? as?:string? encoding?:string? with_deleted?:boolean? "
                   "again?:boolean? duplicates?=ignore|declared|warn|refuse? "
                   "mode?=create|update|upsert? match?:[string]? blank?=keep|clear?"},
    {"ImportMapping", "map?:string? as?:string? encoding?:string?"},
    {"ImportColumns", "product:string? files:[ImportLooked]"},
    {"ImportLooked", "name:string form:string? encoding:string? entity:string? why_not:string? "
                     "columns:[ImportColumn]"},
    {"ImportPlan", "dry_run:boolean run?:integer unresolved:integer likely_duplicates:integer "
                   "product:string? files:[ImportFile]"},
    {"ImportFile", "name:string form:string? encoding:string? entity:string? why_not:string? "
                   "rows:integer imported:integer changed:integer same:integer rejected:integer "
                   "merged_away:integer changes:[ImportChange] "
                   "deleted:integer aside:integer imported_before:integer passed_over:boolean "
                   "proved:boolean columns:[ImportColumn] rejects:[ImportReject]"},
    {"ImportColumn", "header:string field:string? how=id|map|preset|currency|part|left|name|"
                     "values|ignored|unmapped confidence=certain|likely|guessed|none "
                     "filled:integer sample:string? holds:string? suggests:ImportSuggestion? "
                     "note:string?"},
    {"ImportSuggestion", "name:string label:string type:string"},
    {"ImportReject", "row:integer line:integer column:string? value:string? says:string"},
    {"ImportChange", "field:string label:string records:integer"},
    {"ImportDiff", "rows:[ImportDiffRow] next:string?"},
    {"ImportDiffRow", "outcome=new|changed|same|merged_away|refused file:string row:integer "
                      "line:integer entity:string id:uuid? called:string? "
                      "changes:[ImportDiffCell] problems:[ImportReject]"},
    {"ImportDiffCell", "field:string label:string old:string? new:string? masked:boolean"},
    {"Runs", "runs:[Run]"},
    {"Run", "run:integer kind=import|unfinished|partial|fix|merge|unmerge|convert|undo|undoing "
            "about:string "
            "by:string at:date-time records:integer "
            "undone:boolean"},
    {"UndoWish", "dry_run?:boolean?"},
    {"Undone", "dry_run:boolean run:integer undone_by?:integer deleted:integer restored:integer "
               "changed:integer unmerged:integer merged:integer links:integer kept:integer "
               "likely_duplicates:integer what_is_kept:[UndoKept]"},
    {"UndoKept", "entity:string id:uuid field:string? says:string"},
    {0},
};

const http_description http_taking_description = {"taking", operations, parameters, schemas, NULL};
