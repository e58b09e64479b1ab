/* The matters of a record: what each operation takes and answers. */
#include "matters.h"

static const http_about operations[] = {
    {"readAccesses", "before limit", NULL, NULL, "Accesses", "200 400 401 403 404", NULL},
    {"listDuplicates", "state after limit", "Probity-Purpose", NULL, "_pairs",
     "200 400 401 403 404", NULL},
    {"decideDuplicates", NULL, NULL, "Decisions", "DecisionRows", "200 400 401", NULL},
    {"listDuplicatesOf", "state after limit", "Probity-Purpose", NULL, "_pairs",
     "200 400 401 403 404", NULL},
    {"compareRecords", NULL, "Probity-Purpose", NULL, "_pair", "200 400 401 403 404 422", NULL},
    {"decideDuplicate", NULL, "Probity-Purpose", "Decision", "_pair", "200 400 401 403 404 422",
     NULL},
    {"mergeRecords", NULL, "Probity-Purpose", "Merge", "_merged", "200 400 401 403 404 409 422",
     NULL},
    {"readTimeline", "from limit", "Probity-Purpose", NULL, "Timeline", "200 400 401 403 404 413",
     NULL},
    {"readSettings", NULL, NULL, NULL, "Settings", "200 400 401 403", NULL},
    {"changeSettings", NULL, NULL, "SettingsChange", "Settings", "200 400 401 403", NULL},
    {"unmergeRecord", NULL, "Probity-Purpose", "Unmerge", "_unmerged", "200 400 401 403 404 409",
     NULL},
    {0},
};

static const http_parameter parameters[] = {
    {"before", PB_MSG("`next` of the page before: only what is older than this event"), "integer",
     "int64", false},
    {"state", PB_MSG("open (as usual), same, different, unsure, or all"), "string", NULL, false},
    {"from", PB_MSG("`next` of the page before: so many of the newest are passed over"), "integer",
     "int64", false},
    {"after", PB_MSG("`next` of the page before"), "integer", "int64", false},
    {0},
};

static const http_schema schemas[] = {
    {"Accesses", "accesses:[Access] next:integer?"},
    {"Access", "sequence:integer at:date-time actor:string via:string? purpose:string? "
               "fields:[string] records:integer named:boolean"},
    {"Timeline", "items:[TimelineItem] next:integer? history:boolean"},
    {"TimelineItem", "at:date-time what=record|change entity?:string link?:string record?:any "
                     "sequence?:integer kind?:string actor?:string? version?:integer "
                     "fields?:[string]"},
    {"Settings", "purpose_required:boolean"},
    {"SettingsChange", "purpose_required?:boolean?"},
    {"Agreement", "field:string level=differs|partly|near|equal weight?:number"},
    {"Decision", "decision=same|different|unsure|open reason?:string?"},
    {"PairDecision", "left:uuid right:uuid decision=same|different|unsure|open reason?:string?"},
    {"Decisions", "decisions:[PairDecision]"},
    {"DecisionRows", "rows:[DecisionRow]"},
    {"DecisionRow", "status:integer problem?:Problem"},
    {"Merge", "records:[uuid] into?:uuid? take?:{uuid} dry_run?:boolean?"},
    {"Unmerge", "dry_run?:boolean?"},
    {"MergeField", "field:string from:uuid? several:boolean why:string changed:boolean "
                   "differs:boolean conflict:boolean"},
    {"MergeLink", "entity:string field:string id:uuid from:uuid"},
    {"MergeGain", "who:string loses:boolean fields:[string]"},
    {"UnmergeKept", "entity:string id:uuid field:string? says:string"},
    {0},
};

/* Schemas of each entity: behind every `#` comes its name. */
static const http_schema of_entity[] = {
    {"_pairs", "pairs:[#_pair] next:integer?"},
    {"_pair", "left:#_record right:#_record sure:number? compared:[Agreement] "
              "more_compared:boolean queued:boolean state?=open|same|different|unsure "
              "number?:integer found_at?:date-time found_by?:string decided_by?:string? "
              "decided_at?:date-time? reason?:string?"},
    {"_merged", "dry_run:boolean run:integer? record:#_record records:[#_record] "
                "fields:[MergeField] links:[MergeLink] gains:[MergeGain] said_different:boolean"},
    {"_unmerged",
     "dry_run:boolean run:integer? record:#_record restored:integer kept:[UnmergeKept]"},
    {0},
};

void http_matters_put_schemas(pb_json *json, const http_schema *list, const model_entity *entity)
{
    for (const http_schema *one = list; one->name != NULL; one++) {
        PB_AUTO_BUF name = PB_BUF_INIT(4096);
        PB_AUTO_BUF schema = PB_BUF_INIT(1 << 16);
        pb_buf_printf(&name, "%.*s%s", PB_STR_FMT(entity->name), one->name);
        for (const char *c = one->schema; *c != '\0'; c++) {
            pb_buf_byte(&schema, *c);
            if (*c == '#')
                pb_buf_add(&schema, entity->name);
        }
        pb_json_key_str(json, pb_buf_str(&name));
        http_schema_put(json, schema.failed ? "" : pb_buf_cstr(&schema));
    }
}

static void put_entity(pb_json *json, const http_request *request, const model_entity *entity)
{
    (void)request;
    http_matters_put_schemas(json, of_entity, entity);
}

const http_description http_matters_description = {"matters", operations, parameters, schemas,
                                                   put_entity};
