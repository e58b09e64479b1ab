/* What screens are made of: what each operation takes and answers. */
#include "screens.h"

static const http_about operations[] = {
    {"groupRecords", "by measure period filter", "Probity-Purpose", NULL, "Groups",
     "200 400 401 403 413 422", NULL},
    {"readHome", NULL, "Probity-Purpose", NULL, "Home", "200 400 401", NULL},
    {0},
};

static const http_parameter parameters[] = {
    {"filter", PB_MSG("Condition, such as: country = 'DE' and changed_on >= today - 30"), "string",
     NULL, false},
    {"by", PB_MSG("Fields to group by, separated by commas, three at most"), "string", NULL, true},
    {"measure",
     PB_MSG("What is reckoned, separated by commas: count, sum:FIELD, avg:FIELD, min:FIELD, "
            "max:FIELD"),
     "string", NULL, false},
    {"period", PB_MSG("How dates are taken together: day, week, month, quarter, year"), "string",
     NULL, false},
    {0},
};

static const http_schema schemas[] = {
    {"Groups", "total:integer groups:[Group] others:OtherGroups?"},
    {"Group", "keys:[GroupKey] count:integer measures:{any} filter:string?"},
    {"GroupKey", "field:string value:any label:string? from?:date until?:date"},
    {"OtherGroups", "groups:integer count:integer measures:{any}"},
    {"Home", "day:date staff:boolean due:[HomeList] stale:[HomeList] duplicates:[HomePairs] "
             "findings:HomeFindings? audits:HomeAudits? jobs:HomeJobs"},
    {"HomeList", "entity:string label:string count:integer capped:boolean overdue?:integer "
                 "review_days?:integer first:[HomeRecord] address:string"},
    {"HomeRecord", "id:uuid title:string? at:date-time"},
    {"HomePairs", "entity:string label:string count:integer capped:boolean address:string"},
    {"HomeFindings", "count:integer overdue:integer first:[HomeFinding] address:string"},
    {"HomeFinding", "finding:integer control:string grade:string entity:string? failing:integer "
                    "due:date?"},
    {"HomeAudits", "trend:[HomeMark] address:string"},
    {"HomeMark", "audit:integer at:date-time letter:string? mark:number? failed:integer"},
    {"HomeJobs", "active:integer failed:integer first:[HomeJob] address:string"},
    {"HomeJob", "job:integer kind:string state:string at:date-time"},
    {0},
};

const http_description http_screens_description = {"screens", operations, parameters, schemas,
                                                   NULL};
