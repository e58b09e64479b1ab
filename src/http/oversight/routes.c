/* What watches over the records: where each operation is reached, and what it takes and answers. */
#include "oversight.h"

#define JSON "application/json"
#define REPORTS                                                                                    \
    "text/html application/json text/csv application/pdf "                                         \
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

const http_route http_oversight_routes[] = {
    {HTTP_GET, "/api/v1/ledger/head", "readLedgerHead", PB_MSG("Reads the newest signed head"),
     http_oversight_head, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/ledger/events", "listEvents",
     PB_MSG("Lists events of the log, newest first, without the values beside them"),
     http_oversight_events, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/ledger/kinds", "listEventKinds",
     PB_MSG("Lists the kinds of events the log knows, in words"), http_oversight_event_kinds,
     HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/ledger/proofs/{sequence}", "proveEvent",
     PB_MSG("Proves that an event stands in the log"), http_oversight_proof, HTTP_BLOCKS, NULL,
     NULL, 0},
    {HTTP_GET, "/api/v1/ledger/consistency", "proveConsistency",
     PB_MSG("Proves that the log only grew since it had a size"), http_oversight_consistency,
     HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_POST, "/api/v1/ledger/verify", "startVerification",
     PB_MSG("Has the log and every record checked against it, by a job"),
     http_oversight_start_verify, HTTP_BLOCKS, JSON, NULL, 0},
    {HTTP_GET, "/api/v1/backups", "readBackups",
     PB_MSG("Tells where backups go, how old they are, and which were made"),
     http_oversight_backups, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_POST, "/api/v1/backups", "startBackup", PB_MSG("Has a backup made, by a job"),
     http_oversight_start_backup, HTTP_BLOCKS, JSON, NULL, 0},
    {HTTP_GET, "/api/v1/drills", "listDrills", PB_MSG("Lists restore drills, newest first"),
     http_oversight_drills, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_POST, "/api/v1/drills", "startDrill",
     PB_MSG("Has a backup restored as a drill, by a job"), http_oversight_start_drill, HTTP_BLOCKS,
     JSON, NULL, 0},
    {HTTP_GET, "/api/v1/controls", "listControls",
     PB_MSG("Lists the controls of the audit with their limits"), http_oversight_controls,
     HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/audits", "listAudits", PB_MSG("Lists audits that are kept, newest first"),
     http_oversight_audits, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_POST, "/api/v1/audits", "startAudit",
     PB_MSG("Has the workspace, or a file that was sent, audited by a job"),
     http_oversight_start_audit, HTTP_BLOCKS, JSON, NULL, 0},
    {HTTP_GET, "/api/v1/audits/{audit}", "readAudit",
     PB_MSG("Tells what came of every control in an audit"), http_oversight_audit, HTTP_BLOCKS,
     NULL, NULL, 0},
    {HTTP_GET, "/api/v1/audits/{audit}/reports/{form}", "readReport",
     PB_MSG("Gives the report of an audit as html, json, csv, pdf or xlsx"), http_oversight_report,
     HTTP_BLOCKS, NULL, REPORTS, 0},
    {HTTP_GET, "/api/v1/findings", "listFindings", PB_MSG("Lists findings, the gravest first"),
     http_oversight_findings, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/findings/{finding}", "readFinding",
     PB_MSG("Reads a finding, and what came of its control in the newest audits"),
     http_oversight_finding, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/findings/{finding}/evidence", "listEvidence",
     PB_MSG("Lists the records that a finding is about, as they are now and as the audit saw them"),
     http_oversight_evidence, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_PATCH, "/api/v1/findings/{finding}", "changeFinding",
     PB_MSG("Says who mends a finding, until when, and how it stands"), http_oversight_change,
     HTTP_BLOCKS, JSON " application/merge-patch+json", NULL, 0},
    {0},
};

static const http_about operations[] = {
    {"readLedgerHead", NULL, NULL, NULL, "LedgerHead", "200 400 401 403", NULL},
    {"listEvents", "kind actor via entity record from until below limit", "Probity-Purpose", NULL,
     "LedgerEvents", "200 400 401 403", NULL},
    {"listEventKinds", NULL, NULL, NULL, "LedgerKinds", "200 400 401 403", NULL},
    {"proveEvent", NULL, "Probity-Purpose", NULL, "Inclusion", "200 400 401 403 404", NULL},
    {"proveConsistency", "old new", NULL, NULL, "Consistency", "200 400 401 403 404 422", NULL},
    {"startVerification", NULL, NULL, "Nothing", "Job", "202 400 401 403", NULL},
    {"readBackups", "limit", NULL, NULL, "Backups", "200 400 401 403", NULL},
    {"startBackup", NULL, NULL, "BackupWish", "Job", "202 400 401 403 422", NULL},
    {"listDrills", "limit", NULL, NULL, "Drills", "200 400 401 403", NULL},
    {"startDrill", NULL, NULL, "DrillWish", "Job", "202 400 401 403 422", NULL},
    {"listControls", "id area grade entity whole", NULL, NULL, "Controls", "200 400 401 403", NULL},
    {"listAudits", "below limit", NULL, NULL, "Audits", "200 400 401 403", NULL},
    {"startAudit", NULL, NULL, "AuditWish", "Job", "202 400 401 403 404 422", NULL},
    {"readAudit", NULL, NULL, NULL, "Audit", "200 400 401 403 404", NULL},
    {"readReport", NULL, NULL, NULL, "Anything", "200 400 401 403 404", NULL},
    {"listFindings", "state area grade entity owner due_until", NULL, NULL, "Findings",
     "200 400 401 403 404", NULL},
    {"readFinding", NULL, "If-None-Match", NULL, "FindingStory", "200 304 400 401 403 404", NULL},
    {"listEvidence", "after limit", "Probity-Purpose", NULL, "Evidence", "200 400 401 403 404",
     NULL},
    {"changeFinding", NULL, "If-Match", "FindingChange", "Finding",
     "200 400 401 403 404 412 422 428", NULL},
    {0},
};

static const http_parameter parameters[] = {
    {"kind", PB_MSG("Kind of event, such as record.changed"), "string", NULL, false},
    {"actor", PB_MSG("Who acted"), "string", NULL, false},
    {"via", PB_MSG("By which way: API, command line, import, …"), "string", NULL, false},
    {"entity", PB_MSG("About this kind of records"), "string", NULL, false},
    {"record", PB_MSG("About the record with this id"), "string", "uuid", false},
    {"from", PB_MSG("At this moment or later"), "string", "date-time", false},
    {"until", PB_MSG("Before this moment"), "string", "date-time", false},
    {"below", PB_MSG("`next` of the page before"), "integer", NULL, false},
    {"after", PB_MSG("`next` of the page before"), "integer", NULL, false},
    {"old", PB_MSG("The size of the log that is known"), "integer", NULL, true},
    {"new", PB_MSG("The size to prove it against; the newest without it"), "integer", NULL, false},
    {"id", PB_MSG("Only this one"), "string", NULL, false},
    {"area", PB_MSG("Of this area of the audit"), "string", NULL, false},
    {"grade", PB_MSG("Of this grade: essential, important or desirable"), "string", NULL, false},
    {"whole", PB_MSG("With all texts"), "boolean", NULL, false},
    {"state", PB_MSG("In this state: open, accepted, mended or waived"), "string", NULL, false},
    {"owner", PB_MSG("To be mended by this user"), "string", NULL, false},
    {"due_until", PB_MSG("Due on this day or before, and not mended"), "string", "date", false},
    {0},
};

#define RUN                                                                                        \
    "audit:integer at:date-time as_of:date by:string title:string plan:integer? own:boolean "      \
    "letter:string? "                                                                              \
    "mark:number? records:integer controls:integer failed:integer rules:string"
#define FINDING                                                                                    \
    "finding:integer version:integer control:string title:string? area:string grade:string "       \
    "entity:string? state=open|accepted|mended|waived proved:boolean owner:string? due:date? "     \
    "overdue:boolean until:date? note:string? changed_by:string? changed_at:date-time "            \
    "opened_at:date-time population:integer failing:integer first_audit:integer "                  \
    "last_audit:integer proved_audit:integer?"

static const http_schema schemas[] = {
    {"LedgerHead", "size:integer root:string at:date-time note:string key:string"},
    {"LedgerEvents", "events:[LedgerEvent] next:integer?"},
    {"LedgerEvent", "sequence:integer kind:string says:string? at:date-time actor:string? "
                    "purpose:string? via:string? entity:string? record:uuid? version:integer? "
                    "erased:boolean"},
    {"LedgerKinds", "kinds:[LedgerKind]"},
    {"LedgerKind", "kind:string says:string"},
    {"Inclusion", "format:string index:integer size:integer body:string leaf:string path:[string] "
                  "root:string note:string key:string event:{any}"},
    {"Consistency", "format:string old_size:integer old_root:string old_note?:string "
                    "new_size:integer new_root:string new_note?:string path:[string] key:string"},
    {"Nothing", "{\"type\":\"object\",\"additionalProperties\":false}"},
    {"BackupWish", "place?:string?"},
    {"DrillWish", "place?:string? fault?:string?"},
    {"AuditWish", "title?:string? import?:uuid? as?:string? encoding?:string?"},
    {"BackupPlan", "declared:boolean every_seconds:number lose_at_most_seconds:number "
                   "recover_within_seconds:number drill_every_seconds:number keep_newest:integer "
                   "keep_for_seconds:number"},
    {"BackupPlace", "place:string declared:boolean newest:date-time? backup:string? "
                    "same_disk:boolean late:boolean next:date-time? drilled:date-time? "
                    "drill_late:boolean next_drill:date-time?"},
    {"BackupMade", "at:date-time place:string backup:string pieces_sent:integer "
                   "bytes_sent:integer seconds:number same_disk:boolean"},
    {"Backups", "plan:BackupPlan places:[BackupPlace] made:[BackupMade] log_kept:boolean "
                "commits_behind:integer"},
    {"Drill", "at:date-time place:string fault:string good:boolean ran:boolean noticed:string? "
              "recovered_in_seconds:number lost_seconds:number within_targets:boolean"},
    {"Drills", "drills:[Drill] plan:BackupPlan"},
    {"ControlMap", "standard:string clause:string"},
    {"Control", "id:string area:string grade:string entity:string? field:string? "
                "limit_of=share|count limit:number limit_shipped:number limit_set:boolean "
                "waivable:boolean title:string criterion?:string why?:string cause?:string "
                "effect?:string remedy?:string requirements:[string] "
                "maps:[ControlMap]"},
    {"Controls", "version:string? controls:[Control]"},
    {"AuditRun", RUN},
    {"Audits", "audits:[AuditRun] next:integer?"},
    {"AuditOutcome",
     "control:string area:string grade:string entity:string? "
     "outcome=pass|fail|not_applicable|could_not_run|waived population:integer failing:integer "
     "fixable:integer reason:string?"},
    {"Audit", RUN " cut:boolean outcomes:[AuditOutcome]"},
    {"Finding", FINDING},
    {"Findings", "findings:[Finding]"},
    {"FindingTrend", "audit:integer outcome=pass|fail|not_applicable|could_not_run|waived "
                     "population:integer failing:integer"},
    {"FindingStory", FINDING " trend:[FindingTrend]"},
    {"EvidenceField", "name:string label:string"},
    {"EvidenceRow", "record?:{any} key:string? field:string? field_label:string? problem:string "
                    "value:string? other:string? suggestion:string? hidden:boolean"},
    {"Evidence", "finding:integer audit:integer control:string entity:string? failing:integer "
                 "kept:integer fields:[EvidenceField] rows:[EvidenceRow] next:integer?"},
    {"FindingChange", "state?=open|accepted|mended|waived? owner?:string? due?:date? until?:date? "
                      "note?:string?"},
    {0},
};

const http_description http_oversight_description = {"oversight", operations, parameters, schemas,
                                                     NULL};
