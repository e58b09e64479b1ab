/* How somebody likes the screens: a few words, whatever the home screen keeps, and mappings of
 * imports by their names. */
#include "screens.h"

#include "../who.h"

#include "service/own.h"

enum { HOME_MAX = 8 << 10, MAPPINGS_MAX = 48 << 10, MAPPINGS_MOST = 50, CHOICES = 5 };

static const struct {
    const char *name;
    const char *words[5]; /* ended by NULL */
} choices[CHOICES] = {
    {"language", {"en", "zh-CN", "fa", NULL}},   {"theme", {"light", "dark", "system", NULL}},
    {"calendar", {"gregorian", "jalali", NULL}}, {"digits", {"latin", "persian", NULL}},
    {"reminders", {"on", "off", NULL}}, /* by mail, of what is due */
};

typedef struct likes {
    pb_str chosen[CHOICES]; /* absent: as usual */
    pb_str home;            /* one JSON text; absent: as usual */
    pb_str mappings;        /* the same, a list; absent: none */
} likes;

static const char *const none[] = {NULL};

/* ---- as text ---- */

static void put_likes(pb_json *json, const likes *l)
{
    pb_json_object(json);
    for (size_t i = 0; i < CHOICES; i++)
        pb_json_member(json, choices[i].name, l->chosen[i]);
    pb_json_key(json, "home");
    if (l->home.ptr != NULL)
        pb_json_whole(json, l->home);
    else
        pb_json_null(json);
    pb_json_key(json, "mappings");
    pb_json_whole(json, l->mappings.ptr != NULL ? l->mappings : PB_STR("[]"));
    pb_json_object_end(json);
}

/* ---- read ---- */

/* A value as JSON; null: absent. */
static pb_status read_whole(const json_value *value, const char *name, size_t most, pb_arena *arena,
                            pb_str *ret, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(most);
    pb_json json;
    if (value->kind == JSON_NULL) {
        *ret = PB_STR_NONE;
        return PB_OK;
    }
    pb_json_init(&json, &text, 0);
    http_json_put(&json, value);
    if (text.failed)
        return pb_fail(err, PB_INVALID, PB_MSG("“{field}” has {most} bytes at most."), "field",
                       name, "most", PB_ARG_INT(most), NULL);
    *ret = pb_arena_str(arena, pb_buf_str(&text));
    return ret->ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

/* A mapping as an import takes it, with its name; whether it fits a file is seen when it is used.
 */
static pb_status check_mapping(const json_value *list, const json_value *one, pb_arena *arena,
                               pb_error *err)
{
    static const char *const members[] = {"name", "map", "mode", "match", NULL};
    static const char *const modes[] = {"create", "update", "upsert"};
    pb_str name = PB_STR_NONE, map = PB_STR_NONE, mode = PB_STR_NONE, other;
    const pb_str *match = NULL;
    size_t count, at;
    if (one->kind != JSON_OBJECT)
        return http_op_fail_value("mappings", PB_STR("…"), PB_MSG("It takes a list of mappings."),
                                  err);
    PB_TRY(http_op_check_members(one, members, err));
    PB_TRY(http_op_body_text(one, "mode", &mode, err));
    PB_TRY(http_op_body_texts(one, "match", arena, &match, &count, err));
    if (mode.ptr != NULL)
        PB_TRY(http_op_word(mode, "mode", modes, sizeof modes / sizeof *modes, NULL, &at, err));
    PB_TRY(http_op_body_needed(one, "name", &name, err));
    PB_TRY(http_op_body_needed(one, "map", &map, err));
    for (const json_value *before = list->first; before != one; before = before->next) {
        PB_TRY(http_op_body_needed(before, "name", &other, err));
        if (pb_str_eq(other, name))
            return pb_fail(err, PB_INVALID, PB_MSG("Two mappings are called “{value}”."), "field",
                           "mappings", "value", PB_ARG(name), NULL);
    }
    return PB_OK;
}

static pb_status read_mappings(const json_value *value, pb_arena *arena, pb_str *ret, pb_error *err)
{
    if (value->kind != JSON_NULL && value->kind != JSON_LIST)
        return http_op_fail_value("mappings", PB_STR("…"), PB_MSG("It takes a list of mappings."),
                                  err);
    if (value->count > MAPPINGS_MOST)
        return pb_fail(err, PB_INVALID, PB_MSG("So many mappings are kept at most: {most}."),
                       "field", "mappings", "most", PB_ARG_INT(MAPPINGS_MOST), NULL);
    int64_t number = 1;
    for (const json_value *one = value->first; one != NULL; one = one->next, number++) {
        pb_status status = check_mapping(value, one, arena, err);
        if (status == PB_OK)
            continue;
        pb_error_detail(err, PB_MSG("It stands in mapping {number} of “mappings”."), "number",
                        PB_ARG_INT(number), NULL);
        return status;
    }
    return read_whole(value, "mappings", MAPPINGS_MAX, arena, ret, err);
}

static pb_status read_choice(const json_value *value, size_t which, pb_str *ret, pb_error *err)
{
    size_t count = 0, at;
    if (value->kind == JSON_NULL) {
        *ret = PB_STR_NONE;
        return PB_OK;
    }
    while (choices[which].words[count] != NULL)
        count++;
    PB_TRY(http_op_word(value->kind == JSON_TEXT ? value->text : PB_STR("…"), choices[which].name,
                        choices[which].words, count,
                        PB_MSG("It is one of: {words}; null: as usual."), &at, err));
    *ret = value->text;
    return PB_OK;
}

/* What is not named stays as it is. */
static pb_status read_likes(const json_value *body, pb_arena *arena, likes *l, pb_error *err)
{
    for (size_t i = 0; i < CHOICES; i++) {
        const json_value *value = http_json_member(body, choices[i].name);
        if (value != NULL)
            PB_TRY(read_choice(value, i, &l->chosen[i], err));
    }
    const json_value *home = http_json_member(body, "home");
    if (home != NULL)
        PB_TRY(read_whole(home, "home", HOME_MAX, arena, &l->home, err));
    const json_value *mappings = http_json_member(body, "mappings");
    return mappings == NULL ? PB_OK : read_mappings(mappings, arena, &l->mappings, err);
}

static pb_status read_kept(const http_request *request, const service_call *call, likes *l,
                           pb_error *err)
{
    const json_value *kept = NULL;
    pb_str text = PB_STR_NONE;
    *l = (likes){.home = PB_STR_NONE};
    PB_TRY(service_likes_read(call, request->server->workspace, request->arena, &text, err));
    if (text.ptr == NULL)
        return PB_OK;
    PB_TRY(http_json_read(text, request->arena, &kept, err));
    return read_likes(kept, request->arena, l, err);
}

pb_status http_likes_read(http_request *request, http_response *response, pb_error *err)
{
    likes l;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    service_call call = http_op_call(request);
    PB_TRY(read_kept(request, &call, &l, err));
    pb_json_init(&json, &response->body, 0);
    put_likes(&json, &l);
    return PB_OK;
}

pb_status http_likes_change(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"language",  "theme", "calendar", "digits",
                                        "reminders", "home",  "mappings", NULL};
    PB_AUTO_BUF text = PB_BUF_INIT(IDENTITY_OWN_TEXT_MAX);
    const json_value *body = NULL;
    likes l;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_op_body(request, names, &body, err));
    service_call call = http_op_call(request);
    PB_TRY(read_kept(request, &call, &l, err));
    PB_TRY(read_likes(body, request->arena, &l, err));
    pb_json_init(&json, &text, 0);
    put_likes(&json, &l);
    if (text.failed)
        return pb_fail_memory(err);
    PB_TRY(service_likes_put(&call, request->server->workspace, pb_buf_str(&text), err));
    pb_buf_add(&response->body, pb_buf_str(&text));
    return PB_OK;
}
