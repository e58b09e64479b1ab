/* Reading a report.json back. */
#include "report/earlier.h"
#include "base/time.h"

#include <cjson/cJSON.h>
#include <math.h>

enum { FORM_VERSION = 1, KEY_MAX = 4096 };

/* A report being read. */
typedef struct reading {
    pb_str name;
    pb_arena *arena;
    bool failed;
} reading;

static pb_str text(reading *r, const cJSON *object, const char *key)
{
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    pb_str kept = pb_arena_str(r->arena, pb_str_c(value));
    r->failed = r->failed || (value != NULL && kept.ptr == NULL);
    return kept;
}

static double number(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(value) ? value->valuedouble : NAN;
}

static uint64_t whole(const cJSON *object, const char *key)
{
    double value = number(object, key);
    return isnan(value) || value < 0 || value > 9e15 ? 0 : (uint64_t)value;
}

static pb_status refuse(const reading *r, const char *why, pb_error *err)
{
    pb_fail(err, PB_INVALID, PB_MSG("{path} is no report to compare with"), "path", PB_ARG(r->name),
            NULL);
    pb_error_detail(err, why, NULL);
    pb_error_hint(err, PB_MSG("Give the report.json that an earlier `probity audit` wrote."), NULL);
    return PB_INVALID;
}

static pb_status refuse_text(const reading *r, pb_str json, const char *at, pb_error *err)
{
    size_t end = at >= json.ptr && at <= json.ptr + json.len ? (size_t)(at - json.ptr) : 0;
    int64_t line = 1, column = 1;
    for (size_t i = 0; i < end; i++) {
        column = json.ptr[i] == '\n' ? 1 : column + 1;
        line += json.ptr[i] == '\n';
    }
    pb_fail(err, PB_INVALID, PB_MSG("{path} is no report to compare with"), "path", PB_ARG(r->name),
            NULL);
    pb_error_detail(err, PB_MSG("It is no JSON: line {line}, column {column}"), "line",
                    PB_ARG_INT(line), "column", PB_ARG_INT(column), NULL);
    pb_error_hint(err, PB_MSG("Give the report.json that an earlier `probity audit` wrote."), NULL);
    return PB_INVALID;
}

static pb_status check_form(const reading *r, const cJSON *root, pb_error *err)
{
    const char *form = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "format"));
    if (form == NULL || strcmp(form, "probity-audit-report") != 0)
        return refuse(r, PB_MSG("Its member `format` is not “probity-audit-report”."), err);
    if (whole(root, "format_version") != FORM_VERSION)
        return refuse(r, PB_MSG("Its `format_version` is not 1, the one this program reads."), err);
    if (!cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(root, "findings")) ||
        !cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(root, "mark")))
        return refuse(r, PB_MSG("It lacks `findings` or `mark`."), err);
    return PB_OK;
}

/* Failing records by what names them: record, field and file. */
static void read_records(reading *r, const cJSON *finding, report_earlier_finding *out)
{
    const cJSON *failure;
    uint64_t count = 0;
    out->records = pb_map_new(r->arena);
    if (out->records == NULL) {
        r->failed = true;
        return;
    }
    cJSON_ArrayForEach(failure, cJSON_GetObjectItemCaseSensitive(finding, "failures"))
    {
        PB_AUTO_BUF key = PB_BUF_INIT(KEY_MAX);
        static const char *const parts[] = {"record", "field", "source"};
        for (size_t i = 0; i < 3; i++) {
            const char *part =
                cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(failure, parts[i]));
            pb_buf_addc(&key, part != NULL ? part : "");
            pb_buf_byte(&key, '\x1f');
        }
        r->failed = r->failed || pb_map_put(out->records, pb_buf_str(&key), NULL) == NULL;
        count++;
    }
    out->all_recorded = count == out->failing;
}

static void read_findings(reading *r, const cJSON *root, report_earlier *out)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "findings"), *item;
    size_t room = (size_t)cJSON_GetArraySize(list) + 1;
    out->findings = pb_arena_array(r->arena, room, sizeof *out->findings);
    out->by_control = pb_map_new(r->arena);
    if (out->findings == NULL || out->by_control == NULL) {
        r->failed = true;
        return;
    }
    cJSON_ArrayForEach(item, list)
    {
        report_earlier_finding *finding = &out->findings[out->finding_count++];
        finding->control = text(r, item, "control");
        finding->title = text(r, item, "title");
        finding->grade = text(r, item, "grade");
        finding->outcome = text(r, item, "outcome");
        finding->population = whole(item, "population");
        finding->failing = whole(item, "failing");
        read_records(r, item, finding);
        uint64_t *place = pb_map_put(out->by_control, finding->control, NULL);
        if (place != NULL)
            *place = out->finding_count;
        r->failed = r->failed || place == NULL;
    }
}

static void read_areas(reading *r, const cJSON *root, report_earlier *out)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "areas"), *item;
    out->areas = pb_arena_array(r->arena, (size_t)cJSON_GetArraySize(list) + 1, sizeof *out->areas);
    if (out->areas == NULL)
        r->failed = true;
    else
        cJSON_ArrayForEach(item, list) out->areas[out->area_count++] = (report_earlier_mark){
            text(r, item, "name"), text(r, item, "label"), number(item, "score")};
}

static void read_fields(reading *r, const cJSON *root, report_earlier *out)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "fields"), *item;
    out->fields =
        pb_arena_array(r->arena, (size_t)cJSON_GetArraySize(list) + 1, sizeof *out->fields);
    if (out->fields == NULL)
        r->failed = true;
    else
        cJSON_ArrayForEach(item, list) out->fields[out->field_count++] =
            (report_earlier_field){text(r, item, "entity"), text(r, item, "field"),
                                   whole(item, "filled"), whole(item, "records")};
}

static void read_sources(reading *r, const cJSON *root, report_earlier *out)
{
    PB_AUTO_BUF names = PB_BUF_INIT(1 << 20);
    const cJSON *source = cJSON_GetObjectItemCaseSensitive(root, "source"), *file;
    cJSON_ArrayForEach(file, cJSON_GetObjectItemCaseSensitive(source, "files"))
    {
        const char *hash = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(file, "sha256"));
        if (hash == NULL)
            continue;
        pb_buf_addc(&names, hash);
        pb_buf_byte(&names, '\n');
    }
    out->sources = pb_arena_str(r->arena, pb_buf_str(&names));
}

static pb_status read_head(reading *r, const cJSON *root, report_earlier *out, pb_error *err)
{
    const cJSON *mark = cJSON_GetObjectItemCaseSensitive(root, "mark");
    pb_str letter = text(r, mark, "letter");
    out->name = r->name;
    out->title = text(r, root, "title");
    out->rules = text(r, root, "rules_sha256");
    out->model = text(r, root, "model_sha256");
    out->score = number(mark, "score");
    out->letter = letter.len == 1 ? letter.ptr[0] : '-';
    out->records = whole(root, "records");
    if (!pb_date_parse(text(r, root, "as_of"), &out->as_of_days))
        return refuse(r, PB_MSG("Its `as_of` is no day."), err);
    return PB_OK;
}

pb_status report_earlier_read(pb_str name, pb_str json, pb_arena *arena, report_earlier *ret,
                              pb_error *err)
{
    reading r = {.name = pb_arena_str(arena, name), .arena = arena};
    report_earlier out = {0};
    const char *at = json.ptr;
    cJSON *root = cJSON_ParseWithLengthOpts(json.ptr, json.len, &at, 0);
    if (root == NULL)
        return refuse_text(&r, json, at, err);
    pb_status status = check_form(&r, root, err);
    if (status == PB_OK)
        status = read_head(&r, root, &out, err);
    if (status == PB_OK) {
        read_findings(&r, root, &out);
        read_areas(&r, root, &out);
        read_fields(&r, root, &out);
        read_sources(&r, root, &out);
        if (r.failed)
            status = pb_fail_memory(err);
    }
    cJSON_Delete(root);
    if (status == PB_OK)
        *ret = out;
    return status;
}
