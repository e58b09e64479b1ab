/* Settings and outbox of mail as JSON. */
#include "mail.h"

#include "../oversight/oversight.h"
#include "../who.h"
#include "post.h"

enum { TRY_SECONDS = 20 };

static const pb_catalog *catalog_of(const void *context, const char *language)
{
    return http_server_catalog(context, language);
}

/* As likes.c keeps it. */
static bool is_reminded(const void *context, pb_str likes, pb_arena *arena)
{
    const json_value *kept = NULL;
    (void)context;
    if (http_json_read(likes, arena, &kept, NULL) != PB_OK)
        return true;
    const json_value *said = http_json_member(kept, "reminders");
    return said == NULL || said->kind != JSON_TEXT || !pb_str_is(said->text, "off");
}

service_poster http_mail_poster(const http_server *server, const _Atomic bool *stop)
{
    return (service_poster){catalog_of, is_reminded, server, MAIL_SECONDS, stop};
}

/* A request that no server brought (tests) has English words. */
static const pb_catalog *english(const void *context, const char *language)
{
    (void)context;
    (void)language;
    return NULL;
}

const service_poster *http_mail_poster_of(const http_request *request)
{
    service_poster *poster = pb_arena_alloc(request->arena, sizeof *poster);
    if (poster == NULL)
        return NULL;
    *poster = request->host != NULL
                  ? http_mail_poster(request->host, NULL)
                  : (service_poster){english, is_reminded, NULL, MAIL_SECONDS, NULL};
    return poster;
}

void http_mail_news(const http_request *request)
{
    if (request->host != NULL)
        http_post_wake(request->host->post);
}

/* ---- told ---- */

static pb_str some(pb_str text)
{
    return text.len > 0 ? text : PB_STR_NONE;
}

static void put_settings(pb_json *json, const mail_settings *s)
{
    bool set = s->host.ptr != NULL;
    pb_json_member(json, "host", s->host);
    pb_json_key(json, "port");
    if (set)
        pb_json_i64(json, s->port);
    else
        pb_json_null(json);
    pb_json_member(json, "tls", set ? pb_str_c(mail_tls_words[s->tls]) : PB_STR_NONE);
    pb_json_member(json, "sender", s->sender);
    pb_json_member(json, "login", some(s->login));
    http_op_put_truth(json, "has_secret", s->has_secret);
    pb_json_member(json, "site", some(s->site));
    http_op_put_moment(json, "changed_at", set ? s->changed_us : INT64_MIN);
    pb_json_member(json, "changed_by", s->changed_by);
}

static void put_number(pb_json *json, const char *key, int64_t number)
{
    pb_json_key(json, key);
    pb_json_i64(json, number);
}

static void put_outbox(pb_json *json, const mail_counts *counts)
{
    pb_json_key(json, "outbox");
    pb_json_object(json);
    put_number(json, "waiting", counts->number[MAIL_WAITING]);
    put_number(json, "tried", counts->tried);
    put_number(json, "sent", counts->number[MAIL_SENT]);
    put_number(json, "failed", counts->number[MAIL_FAILED]);
    put_number(json, "dropped", counts->number[MAIL_DROPPED]);
    http_op_put_moment(json, "oldest", counts->oldest_us);
    pb_json_object_end(json);
}

static void put_message(pb_json *json, const mail_message *m, pb_str name)
{
    pb_json_object(json);
    put_number(json, "message", m->n);
    pb_json_member(json, "kind", pb_str_c(mail_kind_words[m->kind]));
    pb_json_member(json, "user", name);
    pb_json_member(json, "state", pb_str_c(mail_state_words[m->state]));
    http_op_put_moment(json, "at", m->at_us);
    http_op_put_moment(json, "due", m->state == MAIL_WAITING ? m->due_us : INT64_MIN);
    put_number(json, "tries", m->tries);
    http_op_put_moment(json, "ended_at", m->ended_us);
    pb_json_member(json, "said", m->said);
    pb_json_object_end(json);
}

static pb_status answer(http_request *request, http_response *response, const service_call *call,
                        pb_error *err)
{
    service_mail mail;
    pb_json json;
    PB_TRY(service_mail_read(call, request->server->workspace, request->arena, &mail, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    put_settings(&json, &mail.settings);
    put_outbox(&json, &mail.counts);
    pb_json_key(&json, "messages");
    pb_json_array(&json);
    for (size_t i = 0; i < mail.count; i++)
        put_message(&json, &mail.messages[i], mail.names[i]);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

pb_status http_mail_read(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL};
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    service_call call = http_op_call(request);
    return answer(request, response, &call, err);
}

/* ---- set ---- */

static pb_status read_port(const json_value *body, int64_t *ret, pb_error *err)
{
    const json_value *port = http_json_member(body, "port");
    if (port == NULL || port->kind == JSON_NULL)
        return pb_fail(err, PB_USAGE, PB_MSG("“{value}” must be a whole number."), "value", "port",
                       NULL);
    return http_op_body_number(body, "port", ret, err);
}

static pb_status read_body(const json_value *body, mail_settings *to, pb_error *err)
{
    pb_str tls;
    PB_TRY(http_op_body_needed(body, "host", &to->host, err));
    PB_TRY(read_port(body, &to->port, err));
    PB_TRY(http_op_body_needed(body, "tls", &tls, err));
    PB_TRY(http_op_body_needed(body, "sender", &to->sender, err));
    PB_TRY(http_op_body_text(body, "login", &to->login, err));
    PB_TRY(http_op_body_text(body, "secret", &to->secret, err));
    PB_TRY(http_op_body_text(body, "site", &to->site, err));
    if (mail_tls_parse(tls, &to->tls))
        return PB_OK;
    pb_fail(err, PB_INVALID, PB_MSG("{field}: “{value}” cannot be its value."), "field", "tls",
            "value", PB_ARG(tls), NULL);
    pb_error_hint(err, PB_MSG("Possible: {list}"), "list", "starttls, tls, none", NULL);
    return PB_INVALID;
}

pb_status http_mail_change(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"host",  "port",   "tls",  "sender",
                                        "login", "secret", "site", NULL};
    const json_value *body = NULL;
    mail_settings settings = {.port = 0};
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_body(request, names, &body, err));
    PB_TRY(read_body(body, &settings, err));
    service_call call = http_op_call(request);
    PB_TRY(service_mail_put(&call, request->server->workspace, &settings, err));
    http_mail_news(request);
    return answer(request, response, &call, err);
}

pb_status http_mail_remove(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL};
    const mail_settings nothing = {.host = PB_STR_NONE};
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    service_call call = http_op_call(request);
    PB_TRY(service_mail_put(&call, request->server->workspace, &nothing, err));
    response->status = 204;
    return PB_OK;
}

/* ---- messages ---- */

static pb_status find_message(http_request *request, http_response *response, int64_t *ret_n,
                              pb_error *err)
{
    static const char *const none[] = {NULL};
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    return http_oversight_number(request, "message", ret_n, err);
}

pb_status http_mail_retry(http_request *request, http_response *response, pb_error *err)
{
    int64_t n = 0;
    PB_TRY(find_message(request, response, &n, err));
    service_call call = http_op_call(request);
    PB_TRY(service_mail_retry(&call, request->server->workspace, n, err));
    http_mail_news(request);
    return answer(request, response, &call, err);
}

pb_status http_mail_drop(http_request *request, http_response *response, pb_error *err)
{
    int64_t n = 0;
    PB_TRY(find_message(request, response, &n, err));
    service_call call = http_op_call(request);
    PB_TRY(service_mail_drop(&call, request->server->workspace, n, err));
    response->status = 204;
    return PB_OK;
}

/* ---- tried ---- */

static void put_part(pb_json *json, const http_request *request, const char *key,
                     const pb_error *why, const pb_msg *part)
{
    PB_AUTO_BUF text = PB_BUF_INIT(4096);
    if (part->id != NULL)
        pb_error_render(why, part, request->catalog, &text);
    pb_json_member(json, key, text.len > 0 ? pb_buf_str(&text) : PB_STR_NONE);
}

pb_status http_mail_try(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"to", NULL};
    const json_value *body = NULL;
    pb_str to;
    pb_error why = {0};
    mail_answer said;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_body(request, names, &body, err));
    PB_TRY(http_op_body_needed(body, "to", &to, err));
    const service_poster *usual = http_mail_poster_of(request);
    if (usual == NULL)
        return pb_fail_memory(err);
    service_poster poster = *usual;
    poster.seconds = TRY_SECONDS;
    service_call call = http_op_call(request);
    PB_TRY(service_mail_try(&call, request->server->workspace, &poster, request->catalog, to, &said,
                            &why, err));
    bool sent = said.outcome == MAIL_GONE;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    http_op_put_truth(&json, "sent", sent);
    pb_json_member(&json, "said", some(pb_str_c(said.said)));
    if (!sent) {
        put_part(&json, request, "title", &why, &why.primary);
        put_part(&json, request, "detail", &why, &why.detail);
        put_part(&json, request, "hint", &why, &why.hint);
    }
    pb_json_object_end(&json);
    return PB_OK;
}
