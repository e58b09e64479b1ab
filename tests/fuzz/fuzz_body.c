/* Fuzz target of JSON bodies: any bytes.
 *
 * Holds: reading ends; what is refused says where; what is read is what another reader makes of it,
 * within the limits, and reads back the same when it is written again.
 */
/* fuzzes: http/operations/json_read.c */
/* libraries: libcjson */
#include "base/json.h"
#include "base/utf8.h"
#include "operations/json_read.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool condition)
{
    if (!condition)
        abort();
}

static void hold_same(const json_value *ours, const cJSON *theirs, size_t depth);

static void hold_members(const json_value *ours, const cJSON *theirs, size_t depth)
{
    size_t count = 0;
    const cJSON *item = theirs->child;
    for (const json_value *one = ours->first; one != NULL; one = one->next, item = item->next) {
        hold(item != NULL);
        if (ours->kind == JSON_OBJECT)
            hold(pb_utf8_valid(one->key) && pb_str_is(one->key, item->string));
        hold_same(one, item, depth + 1);
        count++;
    }
    hold(item == NULL && count == ours->count);
}

static void hold_same(const json_value *ours, const cJSON *theirs, size_t depth)
{
    hold(theirs != NULL && depth <= JSON_DEPTH_MAX);
    switch (ours->kind) {
    case JSON_NULL:
        hold(cJSON_IsNull(theirs));
        return;
    case JSON_TRUTH:
        hold(ours->truth ? cJSON_IsTrue(theirs) : cJSON_IsFalse(theirs));
        return;
    case JSON_NUMBER: {
        double value = 0;
        hold(cJSON_IsNumber(theirs) && ours->text.len > 0);
        if (ours->text.len < 63 && pb_str_to_double(ours->text, &value)) /* theirs reads no more */
            hold(value == theirs->valuedouble);
        return;
    }
    case JSON_TEXT:
        hold(cJSON_IsString(theirs) && pb_utf8_valid(ours->text));
        hold(pb_str_is(ours->text, theirs->valuestring));
        return;
    case JSON_LIST:
        hold(cJSON_IsArray(theirs));
        hold_members(ours, theirs, depth);
        return;
    case JSON_OBJECT:
        hold(cJSON_IsObject(theirs));
        hold_members(ours, theirs, depth);
        return;
    }
    abort();
}

static void put(pb_json *json, const json_value *value)
{
    switch (value->kind) {
    case JSON_NULL:
        pb_json_null(json);
        return;
    case JSON_TRUTH:
        pb_json_bool(json, value->truth);
        return;
    case JSON_NUMBER:
        pb_json_whole(json, value->text);
        return;
    case JSON_TEXT:
        pb_json_str(json, value->text);
        return;
    case JSON_LIST:
        pb_json_array(json);
        for (const json_value *one = value->first; one != NULL; one = one->next)
            put(json, one);
        pb_json_array_end(json);
        return;
    case JSON_OBJECT:
        pb_json_object(json);
        for (const json_value *one = value->first; one != NULL; one = one->next) {
            pb_json_key_str(json, one->key);
            put(json, one);
        }
        pb_json_object_end(json);
        return;
    }
}

static void hold_read_back(const json_value *value, pb_arena *arena)
{
    PB_AUTO_BUF once = PB_BUF_INIT(64 << 20);
    PB_AUTO_BUF twice = PB_BUF_INIT(64 << 20);
    const json_value *again = NULL;
    pb_json json;
    pb_json_init(&json, &once, 0);
    put(&json, value);
    hold(!once.failed);
    hold(http_json_read(pb_buf_str(&once), arena, &again, NULL) == PB_OK);
    pb_json_init(&json, &twice, 0);
    put(&json, again);
    hold(pb_str_eq(pb_buf_str(&once), pb_buf_str(&twice)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pb_str text = pb_str_n((const char *)data, size);
    pb_arena *arena = pb_arena_new(256 << 20);
    const json_value *value = NULL;
    pb_error err = {0};
    hold(arena != NULL);
    pb_status status = http_json_read(text, arena, &value, &err);
    if (status == PB_OK) {
        cJSON *theirs = cJSON_ParseWithLengthOpts(text.ptr, text.len, NULL, 0);
        hold_same(value, theirs, 0);
        cJSON_Delete(theirs);
        hold_read_back(value, arena);
    } else {
        hold((status == PB_USAGE || status == PB_LIMIT) && err.primary.id != NULL &&
             err.detail.id != NULL);
    }
    pb_arena_free(arena);
    return 0;
}
