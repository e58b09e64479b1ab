/* What screens are made of: what each operation takes and answers. */
#include "screens.h"

static const http_about operations[] = {
    {"groupRecords", "by measure period filter", "Probity-Purpose", NULL, "Groups",
     "200 400 401 403 413 422", NULL},
    {"readHome", NULL, "Probity-Purpose", NULL, "Home", "200 400 401", NULL},
    {"listViews", "entity", NULL, NULL, "Views", "200 400 401 403 422", NULL},
    {"addView", NULL, NULL, "NewView", "View", "201 400 401 403 409 413 422", NULL},
    {"readView", NULL, "If-None-Match", NULL, "View", "200 304 400 401 403 404", NULL},
    {"changeView", NULL, "If-Match", "ViewChange", "View", "200 400 401 403 404 409 412 422 428",
     NULL},
    {"removeView", NULL, "If-Match", NULL, NULL, "204 400 401 403 404 412 428", NULL},
    {"readPreferences", NULL, NULL, NULL, "Preferences", "200 400 401 403", NULL},
    {"changePreferences", NULL, NULL, "PreferencesChange", "Preferences", "200 400 401 403 422",
     NULL},
    {"readState", NULL, NULL, NULL, "State", "200 400 401 403", NULL},
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
    {"entity", PB_MSG("Only those of this entity"), "string", NULL, false},
    {0},
};

static const http_schema schemas[] = {
    {"Groups", "total:integer groups:[Group] others:OtherGroups?"},
    {"Group", "keys:[GroupKey] count:integer measures:{any} filter:string?"},
    {"GroupKey", "field:string value:any label:string? from?:date until?:date?"},
    {"OtherGroups", "groups:integer count:integer measures:{any}"},
    {"Home", "day:date staff:boolean due:[HomeList] stale:[HomeList] duplicates:[HomePairs] "
             "findings:HomeFindings? plans:HomePlans? audits:HomeAudits? jobs:HomeJobs"},
    {"HomeList",
     "entity:string label:string count:integer capped:boolean overdue?:integer "
     "due?:string done?:HomeDone? review_days?:integer first:[HomeRecord] address:string"},
    {"HomeDone", "field:string value:string"},
    {"HomeRecord", "id:uuid title:string? at:date-time"},
    {"HomePairs", "entity:string label:string count:integer capped:boolean address:string"},
    {"HomeFindings", "count:integer due:integer overdue:integer first:[HomeFinding] "
                     "address:string"},
    {"HomeFinding", "finding:integer control:string title:string? grade:string entity:string? "
                    "failing:integer due:date?"},
    {"HomePlans", "count:integer overdue:integer first:[HomePlan] address:string"},
    {"HomePlan", "plan:integer name:string due:date"},
    {"HomeAudits", "trend:[HomeMark] address:string"},
    {"HomeMark", "audit:integer at:date-time letter:string? mark:number? failed:integer"},
    {"HomeJobs", "active:integer failed:integer first:[HomeJob] address:string"},
    {"HomeJob", "job:integer kind:string state:string at:date-time"},
    {"Views", "views:[View]"},
    {"View", "view:integer entity:string name:string columns:[string] filter:string? sort:string? "
             "shared:boolean default:boolean own:boolean owner:string? version:integer "
             "changed_at:date-time"},
    {"NewView", "entity:string name:string columns?:[string]? filter?:string? sort?:string? "
                "shared?:boolean? default?:boolean?"},
    {"ViewChange", "name:string columns?:[string]? filter?:string? sort?:string? shared?:boolean? "
                   "default?:boolean?"},
    {"Preferences", "language=en|zh-CN|fa? theme=light|dark|system? calendar=gregorian|jalali? "
                    "digits=latin|persian? reminders=on|off? home:any mappings:[SavedMapping]"},
    {"PreferencesChange",
     "language?=en|zh-CN|fa? theme?=light|dark|system? calendar?=gregorian|jalali? "
     "digits?=latin|persian? reminders?=on|off? home?:any mappings?:[SavedMapping]?"},
    {"SavedMapping", "name:string map:string mode?=create|update|upsert? match?:[string]?"},
    {"State", "grade=good|unknown|watch|bad engine:string version:string now:date-time "
              "checks:[StateCheck]"},
    {"StateCheck", "check:string grade=good|unknown|watch|bad says:string at:date-time? "
                   "number:integer?"},
    {0},
};

const http_description http_screens_description = {"screens", operations, parameters, schemas,
                                                   NULL};
