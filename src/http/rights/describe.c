/* Roles and who may what: what each operation takes and answers. */
#include "rights.h"

static const http_about operations[] = {
    {"listRoles", "at", NULL, NULL, "Roles", "200 400 401 403", NULL},
    {"readRole", "at", NULL, NULL, "RoleWhole", "200 400 401 403 404", NULL},
    {"defineRole", NULL, NULL, "RoleText", "RolePlan", "200 400 401 403 422", NULL},
    {"endRole", "why", NULL, NULL, NULL, "204 400 401 403 404 409", NULL},
    {"whoCan", "entity id field at change", NULL, NULL, "WhoCan", "200 400 401 403 404", NULL},
    {"readAccessMatrix", "at user entity operation", NULL, NULL, "AccessMatrix",
     "200 400 401 403 404", NULL},
    {"listAccessReviews", NULL, NULL, NULL, "AccessReviews", "200 400 401", NULL},
    {"startAccessReview", NULL, NULL, "AccessReviewNew", "AccessReview", "201 400 401 403 404 422",
     NULL},
    {"readAccessReview", NULL, NULL, NULL, "AccessReviewWhole", "200 400 401 404", NULL},
    {"confirmAccess", NULL, NULL, "Why", "AccessReviewItem", "200 400 401 403 404 409", NULL},
    {"revokeAccess", NULL, NULL, "Why", "AccessReviewItem", "200 400 401 403 404 409", NULL},
    {0},
};

static const http_parameter parameters[] = {
    {"at", PB_MSG("As it was at this moment"), "string", "date-time", false},
    {"why", PB_MSG("Why it is done; stands in the log"), "string", NULL, false},
    {"entity", PB_MSG("Name of an entity"), "string", NULL, false},
    {"id", PB_MSG("Id of a record"), "string", "uuid", true},
    {"field", PB_MSG("Name of a field"), "string", NULL, true},
    {"change", PB_MSG("Who may change it, instead of see it"), "boolean", NULL, false},
    {"user", PB_MSG("Sign-in name of one user"), "string", NULL, false},
    {"operation", PB_MSG("One operation, such as export"), "string", NULL, false},
    {0},
};

#define REVIEW                                                                                     \
    "review:integer from:date-time due:date-time closed:date-time? overdue:boolean by:string "     \
    "why:string? open:integer confirmed:integer revoked:integer gone:integer"
#define HEAD                                                                                       \
    "role:string label:string says:string? parent:string? second_factor:boolean from:date-time "   \
    "holds:[Holding]"

static const http_schema schemas[] = {
    {"Roles", "roles:[Role]"},
    {"Role", HEAD},
    {"RoleWhole", HEAD " fields:{any} text:string"},
    {"Holding", "entity:string? grant:string operations:[string] cut:[string] cut_by:string? "
                "scope:[string] when:string?"},
    {"RoleText", "text:string dry_run?:boolean? why?:string?"},
    {"RolePlan", "role:string new:boolean dry_run:boolean changes:[RightChange] holds:[Holding] "
                 "field_cuts:[FieldCut] text:string holders:[string]"},
    {"FieldCut", "entity:string field:string granted=masked|read|write left=hidden|masked|read"},
    {"RightChange", "role:string entity:string? field:string? operation:string? before:string "
                    "after:string"},
    {"WhoCan", "entity:string field:string record:uuid at:date-time users:integer may:[May]"},
    {"May", "user:string shown:string right=masked|read|write operation:string role:string "
            "grant:string? scope:[string] rule:string"},
    {"AccessMatrix", "at:date-time users:[AccessRow]"},
    {"AccessRow", "user:string shown:string kind=person|program|portal|auditor roles:[string] "
                  "may:[AccessCell]"},
    {"AccessReviews", "reviews:[AccessReview]"},
    {"AccessReview", REVIEW},
    {"AccessReviewWhole", REVIEW " items:[AccessReviewItem]"},
    {"AccessReviewItem",
     "item:integer user:uuid name:string role:string since:date-time used:date-time? "
     "seen:date-time? apart:[string] state=open|confirmed|revoked|gone decided:date-time? "
     "decided_by:string? why:string?"},
    {"AccessReviewNew", "due:date-time roles?:[string]? why?:string?"},
    {"AccessCell", "entity:string? operations:[string]"},
    {0},
};

const http_description http_rights_description = {"rights", operations, parameters, schemas, NULL};
