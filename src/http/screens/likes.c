/* How somebody likes the screens: a few words, and whatever the home screen keeps. */
#include "screens.h"

#include "../who.h"

#include "service/own.h"

enum { HOME_MAX = 8 << 10, CHOICES = 4 };

static const struct {
    const char *name;
    const char *words[5]; /* ended by NULL */
} choices[CHOICES] = {
    {"language", {"en", "zh-CN", "fa", NULL}},
    {"theme", {"light", "dark", "system", NULL}},
    {"calendar", {"gregorian", "jalali", NULL}},
    {"digits", {"latin", "persian", NULL}},
};

typedef struct likes {
    pb_str chosen[CHOICES]; /* absent: as usual */
    pb_str home;            /* one JSON text; absent: as usual */
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
    pb_json_object_end(json);
}

/* ---- read ---- */

static pb_status read_home(const json_value *value, pb_arena *arena, pb_str *ret, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(HOME_MAX);
    pb_json json;
    if (value->kind == JSON_NULL) {
        *ret = PB_STR_NONE;
        return PB_OK;
    }
    pb_json_init(&json, &text, 0);
    http_json_put(&json, value);
    if (text.failed)
        return pb_fail(err, PB_INVALID, PB_MSG("“{field}” has {most} bytes at most."), "field",
                       "home", "most", PB_ARG_INT(HOME_MAX), NULL);
    *ret = pb_arena_str(arena, pb_buf_str(&text));
    return ret->ptr == NULL ? pb_fail_memory(err) : PB_OK;
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
    return home == NULL ? PB_OK : read_home(home, arena, &l->home, err);
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
    static const char *const names[] = {"language", "theme", "calendar", "digits", "home", NULL};
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
