/* Users: listed, told, added, changed, given another code. */
#include "people.h"

#include "../mail/mail.h"

#include "base/time.h"

enum { LIST_USUAL = 200, LIST_MOST = 1000 };

/* ---- lists ---- */

static bool holds(const pb_str *names, size_t count, pb_str wanted)
{
    bool found = wanted.ptr == NULL;
    for (size_t i = 0; i < count && !found; i++)
        found = pb_str_eq(names[i], wanted);
    return found;
}

typedef struct listing {
    pb_str role, team, after, words;
    bool has_kind;
    identity_kind kind;
    int64_t at_us, limit;
} listing;

static pb_status read_kind(const http_request *request, listing *l, pb_error *err)
{
    pb_str kind = http_request_query(request, "kind");
    l->has_kind = kind.ptr != NULL;
    if (!l->has_kind || identity_kind_parse(kind, &l->kind))
        return PB_OK;
    return http_op_fail_value("kind", kind, PB_MSG("It takes person, program, portal or auditor."),
                              err);
}

static pb_status read_listing(const http_request *request, listing *l, pb_error *err)
{
    static const char *const names[] = {"at", "q", "role", "team", "kind", "after", "limit", NULL};
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_people_moment(request, &l->at_us, err));
    PB_TRY(http_op_query_number(request, "limit", &l->limit, err));
    PB_TRY(http_op_query_words(request, &l->words, err));
    PB_TRY(read_kind(request, l, err));
    l->role = http_request_query(request, "role");
    l->team = http_request_query(request, "team");
    l->after = http_request_query(request, "after");
    if (l->limit <= LIST_MOST)
        return PB_OK;
    return http_op_fail_value("limit", http_request_query(request, "limit"),
                              PB_MSG("It takes 1 to 1000."), err);
}

static bool is_asked(const listing *l, const service_person *one)
{
    return (!l->has_kind || one->user.kind == l->kind) &&
           holds(one->roles, one->role_count, l->role) &&
           holds(one->teams, one->team_count, l->team);
}

/* Leaves those that are asked for, in the order of `people`. */
static pb_status leave_asked(const listing *l, service_person *people, size_t *count,
                             pb_arena *arena, pb_error *err)
{
    size_t kept = 0, found = 0, *places = NULL;
    for (size_t i = 0; i < *count; i++)
        if (is_asked(l, &people[i]))
            people[kept++] = people[i];
    *count = kept;
    if (l->words.ptr == NULL)
        return PB_OK;
    service_called *called = pb_arena_array(arena, kept + 1, sizeof *called);
    if (called == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < kept; i++)
        called[i] = (service_called){people[i].user.name, people[i].user.shown};
    PB_TRY(service_people_find(l->words, called, kept, arena, &places, &found, err));
    for (size_t i = 0; i < found; i++)
        people[i] = people[places[i]];
    *count = found;
    return PB_OK;
}

static void put_list(pb_json *json, const listing *l, const service_person *people, size_t count)
{
    int64_t told = 0;
    pb_str last = PB_STR_NONE;
    bool more = false;
    pb_json_object(json);
    pb_json_key(json, "users");
    pb_json_array(json);
    for (size_t i = 0; i < count && !more; i++) {
        const service_person *one = &people[i];
        bool wanted = l->after.ptr == NULL || pb_str_cmp(one->user.name, l->after) > 0;
        more = wanted && told == l->limit;
        if (!wanted || more)
            continue;
        http_people_put_user(json, one);
        last = one->user.name;
        told++;
    }
    pb_json_array_end(json);
    pb_json_member(json, "next", more ? last : PB_STR_NONE);
    pb_json_object_end(json);
}

static int by_name(const void *one, const void *other)
{
    return pb_str_cmp(((const service_person *)one)->user.name,
                      ((const service_person *)other)->user.name);
}

pb_status http_people_list(http_request *request, http_response *response, pb_error *err)
{
    listing l = {.limit = LIST_USUAL};
    service_people_call call;
    service_person *people = NULL;
    size_t count = 0;
    pb_json json;
    PB_TRY(http_people_call(request, response, PB_STR_NONE, &call, err));
    PB_TRY(read_listing(request, &l, err));
    PB_TRY(service_people_list(&call, request->server->workspace, l.at_us, request->arena, &people,
                               &count, err));
    /* Pages go by the very order in which `after` compares. */
    qsort(people, count, sizeof *people, by_name);
    PB_TRY(leave_asked(&l, people, &count, request->arena, err));
    pb_json_init(&json, &response->body, 0);
    put_list(&json, &l, people, count);
    return PB_OK;
}

/* ---- one ---- */

static void put_span(pb_json *json, int64_t from_us, int64_t until_us)
{
    http_op_put_moment(json, "from", from_us);
    http_people_put_end(json, "until", until_us);
}

static void put_said(pb_json *json, const identity_user *said)
{
    pb_json_object(json);
    pb_json_member(json, "name", said->name);
    pb_json_member(json, "shown", said->shown);
    pb_json_member(json, "language", said->language);
    put_span(json, said->from_us, said->until_us);
    pb_json_member(json, "by", said->by);
    pb_json_member(json, "why", said->why);
    pb_json_member(json, "ended_by", said->ended_by);
    pb_json_member(json, "ended_why", said->ended_why);
    pb_json_object_end(json);
}

static void put_tie(pb_json *json, const service_tie *tie)
{
    static const char *const kinds[] = {[IDENTITY_TIE_ROLE] = "role",
                                        [IDENTITY_TIE_TEAM] = "team",
                                        [IDENTITY_TIE_SUPERIOR] = "superior"};
    pb_json_object(json);
    pb_json_member(json, "kind", pb_str_c(kinds[tie->kind]));
    pb_json_member(json, "name", tie->name);
    put_span(json, tie->tie.from_us, tie->tie.until_us);
    pb_json_member(json, "by", tie->tie.by);
    pb_json_member(json, "why", tie->tie.why);
    pb_json_member(json, "ended_by", tie->tie.ended_by);
    pb_json_member(json, "ended_why", tie->tie.ended_why);
    pb_json_object_end(json);
}

pb_status http_people_read(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"at", NULL};
    service_people_call call;
    service_person_story story;
    int64_t at_us;
    pb_json json;
    PB_TRY(http_people_call(request, response, PB_STR_NONE, &call, err));
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_people_moment(request, &at_us, err));
    PB_TRY(service_person_show(&call, request->server->workspace, http_request_part(request, "id"),
                               at_us, request->arena, &story, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "user");
    http_people_put_user(&json, &story.person);
    http_op_put_truth(&json, "standing", story.standing);
    pb_json_key(&json, "said");
    pb_json_array(&json);
    for (size_t i = 0; i < story.said_count; i++)
        put_said(&json, &story.said[i]);
    pb_json_array_end(&json);
    pb_json_key(&json, "ties");
    pb_json_array(&json);
    for (size_t i = 0; i < story.tie_count; i++)
        put_tie(&json, &story.ties[i]);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

/* ---- added, changed ---- */

/* The user as it is, and the code, which is told here and nowhere else. */
static pb_status answer_code(const http_request *request, http_response *response,
                             const service_people_call *call, pb_str name, const char *code,
                             pb_error *err)
{
    service_person_story story;
    pb_json json;
    PB_TRY(service_person_show(call, request->server->workspace, name, request->now_us,
                               request->arena, &story, err));
    int64_t from_us = story.person.user.from_us;
    if (from_us < request->now_us)
        from_us = request->now_us;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "user");
    http_people_put_user(&json, &story.person);
    pb_json_member(&json, "code", code[0] == '\0' ? PB_STR_NONE : pb_str_c(code));
    http_op_put_moment(&json, "code_until",
                       code[0] == '\0' ? INT64_MIN : from_us + SERVICE_ENROL_US);
    pb_json_object_end(&json);
    return PB_OK;
}

/* Whether the code is to go out by mail, too. */
static pb_status read_mail(const http_request *request, const json_value *body,
                           service_people_call *call, pb_error *err)
{
    bool mail = false;
    PB_TRY(http_op_body_truth(body, "mail", &mail, err));
    call->poster = mail ? http_mail_poster_of(request) : NULL;
    return mail && call->poster == NULL ? pb_fail_memory(err) : PB_OK;
}

/* A program has no code, and nobody who reads its mail. */
static pb_status check_mail(const service_people_call *call, const service_user_wish *wish,
                            pb_error *err)
{
    if (call->poster == NULL || wish->kind != IDENTITY_PROGRAM)
        return PB_OK;
    pb_fail(err, PB_INVALID, PB_MSG("A program gets no code by mail."), "field", "mail", "value",
            "true", NULL);
    pb_error_hint(err, PB_MSG("Leave the member out; the program gets a key."), NULL);
    return PB_INVALID;
}

pb_status http_people_add(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"name",    "kind",     "shown", "language", "staff",
                                        "contact", "from",     "until", "scope",    "roles",
                                        "teams",   "superior", "why",   "mail",     NULL};
    char code[IDENTITY_CODE] = "", id[37];
    service_people_call call;
    service_user_wish wish;
    const json_value *body;
    pb_uuid made;
    pb_str why;
    PB_TRY(http_people_call(request, response, PB_STR_NONE, &call, err));
    PB_TRY(http_people_body(request, names, &body, &why, err));
    call.why = why;
    PB_TRY(read_mail(request, body, &call, err));
    PB_TRY(http_people_wish(request, body, &wish, err));
    PB_TRY(http_op_body_needed(body, "name", &wish.name, err));
    if (!wish.has_until)
        wish.until_us = IDENTITY_OPEN;
    PB_TRY(check_mail(&call, &wish, err));
    PB_TRY(service_user_add(&call, request->server->workspace, &wish, &made, code, err));
    if (call.poster != NULL)
        http_mail_news(request);
    pb_uuid_text(made, id);
    response->status = 201;
    const char *place = pb_arena_printf(request->arena, "/api/v1/users/%s", id);
    if (place == NULL)
        return pb_fail_memory(err);
    http_response_header(response, "Location", pb_str_c(place));
    return answer_code(request, response, &call, pb_str_c(id), code, err);
}

pb_status http_people_change(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"name",  "shown", "language", "staff", "contact",
                                        "until", "scope", "why",      NULL};
    service_people_call call;
    service_user_wish wish;
    const json_value *body;
    pb_str why, name = http_request_part(request, "id");
    PB_TRY(http_people_call(request, response, PB_STR_NONE, &call, err));
    PB_TRY(http_people_body(request, names, &body, &why, err));
    call.why = why;
    PB_TRY(http_people_wish(request, body, &wish, err));
    PB_TRY(service_user_change(&call, request->server->workspace, name, &wish, err));
    return http_people_answer(request, response, &call, name, err);
}

pb_status http_people_enrol(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"why", "mail", NULL};
    char code[IDENTITY_CODE] = "";
    service_people_call call;
    const json_value *body;
    pb_str why, name = http_request_part(request, "id");
    PB_TRY(http_people_call(request, response, PB_STR_NONE, &call, err));
    PB_TRY(http_people_body(request, names, &body, &why, err));
    call.why = why;
    PB_TRY(read_mail(request, body, &call, err));
    PB_TRY(service_user_enrol(&call, request->server->workspace, name, code, err));
    if (call.poster != NULL)
        http_mail_news(request);
    return answer_code(request, response, &call, name, code, err);
}
