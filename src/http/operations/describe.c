/* Operations on records: what each takes and answers. */
#include "operations.h"

static const http_about operations[] = {
    {"listRecords",
     "filter sort fields expand cursor limit total deleted created_from created_until changed_from "
     "changed_until skip total_most",
     "Probity-Purpose", NULL, "_page", "200 400 401 403 413 422", NULL},
    {"createRecord", NULL, "Idempotency-Key", "_new", "_created", "201 400 401 403 422", NULL},
    {"searchRecords", "q limit", "Probity-Purpose", NULL, "_found", "200 400 401 403", NULL},
    {"checkRecord", NULL, NULL, "_new", "Likely", "200 400 401 403 422", NULL},
    {"writeRecords", NULL, "Idempotency-Key", "_rows", "Rows", "200 400 401", NULL},
    {"readRecord", "provenance", "If-None-Match Probity-Purpose", NULL, "_record",
     "200 304 400 401 403 404", NULL},
    {"changeRecord", NULL, "If-Match Probity-Purpose", "_new", "_record",
     "200 400 401 403 404 412 422 428", NULL},
    {"checkChange", NULL, "If-Match Probity-Purpose", "_new", "ChangeChecked",
     "200 400 401 403 404 412 422 428", NULL},
    {"deleteRecord", NULL, "If-Match Probity-Purpose", NULL, "_record",
     "200 400 401 403 404 409 412 428", NULL},
    {"restoreRecord", NULL, NULL, NULL, "_record", "200 400 401 403 404", NULL},
    {"readHistory", NULL, "Probity-Purpose", NULL, "History", "200 400 401 403 404", NULL},
    {0},
};

static const http_parameter parameters[] = {
    {"filter", PB_MSG("Condition, such as: country = 'DE' and changed_on >= today - 30"), "string",
     NULL, false},
    {"sort", PB_MSG("Fields to sort by, separated by commas; - before those that fall"), "string",
     NULL, false},
    {"fields", PB_MSG("Fields to give, separated by commas"), "string", NULL, false},
    {"expand", PB_MSG("Links whose records come along, separated by commas"), "string", NULL,
     false},
    {"total", PB_MSG("Whether to count"), "boolean", NULL, false},
    {"total_most", PB_MSG("Counted up to so many: 10,000 without a wish, 10,000,000 at most"),
     "integer", "int32", false},
    {"skip", PB_MSG("So many records are passed over, instead of a cursor; 10,000,000 at most"),
     "integer", "int32", false},
    {"deleted", PB_MSG("Those that were deleted, instead"), "boolean", NULL, false},
    {"created_from", PB_MSG("Made at this moment or later"), "string", "date-time", false},
    {"created_until", PB_MSG("Made before this moment"), "string", "date-time", false},
    {"changed_from", PB_MSG("Changed at this moment or later"), "string", "date-time", false},
    {"changed_until", PB_MSG("Changed last before this moment"), "string", "date-time", false},
    {"q", PB_MSG("Words to find"), "string", NULL, true},
    {"provenance", PB_MSG("Whether to tell where each value comes from"), "boolean", NULL, false},
    {0},
};

static const http_schema schemas[] = {
    {"Likely", "likely:[Duplicate]"},
    {"ChangeChecked", "version:integer changes:[CellChange] likely:[Duplicate]"},
    {"CellChange", "field:string before:any after:any"},
    {"Rows", "rows:[Row]"},
    {"Row", "status:integer id?:uuid version?:integer likely?:[Duplicate] "
            "problem?:Problem"},
    {"History", "steps:[HistoryStep]"},
    {"HistoryStep",
     "sequence:integer kind:string at:date-time actor:string? via:string? version:integer "
     "erased:boolean changes:[HistoryChange]"},
    {"Provenance",
     "source:string? collected_at:date-time? verified_at:date-time? verified_by:string? "
     "basis:[string] stated:boolean merged_from:uuid? file:string? row?:integer by?:string "
     "via?:string? at?:date-time event?:integer"},
    {"Statement", "source?:string? collected_at?:date-time? verified_at?:date-time? "
                  "verified_by?:string? basis?:string?"},
    {"HistoryChange", "name:string before:any after:any"},
    {0},
};

const http_description http_op_description = {"records", operations, parameters, schemas,
                                              http_op_put_schemas};
