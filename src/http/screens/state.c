/* How the workspace and its server are, in plain words with a grade. */
#include "screens.h"

#include "../who.h"

#include "base/time.h"
#include "service/state.h"
#include "sys/file.h"

#include <gnutls/x509.h>

enum { PEM_MAX = 1 << 20, CHAIN_MAX = 8, WARN_DAYS = 21 };

static bool speaks_tls(const http_options *options)
{
    for (size_t i = 0; i < options->listen_count; i++)
        if (strncmp(options->listen[i], "unix:", 5) != 0 &&
            strncmp(options->listen[i], "http:", 5) != 0)
            return true;
    return false;
}

/* When the certificate that is served ends; false: it cannot be read. */
static bool certificate_end(const char *path, int64_t *ret_us)
{
    PB_AUTO_BUF text = PB_BUF_INIT(PEM_MAX);
    gnutls_x509_crt_t chain[CHAIN_MAX];
    unsigned count = CHAIN_MAX;
    if (path == NULL || sys_file_read(path, PEM_MAX, &text, NULL) != PB_OK)
        return false;
    gnutls_datum_t pem = {(unsigned char *)(uintptr_t)pb_buf_str(&text).ptr, (unsigned)text.len};
    if (gnutls_x509_crt_list_import(chain, &count, &pem, GNUTLS_X509_FMT_PEM, 0) < 1)
        return false;
    time_t end = gnutls_x509_crt_get_expiration_time(chain[0]);
    for (unsigned i = 0; i < count; i++)
        gnutls_x509_crt_deinit(chain[i]);
    *ret_us = (int64_t)end * PB_US_PER_SECOND;
    return end != (time_t)-1;
}

static void look_at_certificate(const http_request *request, service_state *state)
{
    const http_options *options = request->server;
    service_check *check = &state->checks[state->count];
    int64_t end = INT64_MIN;
    if (!speaks_tls(options))
        return;
    *check = (service_check){.name = "certificate", .at_us = INT64_MIN, .number = INT64_MIN};
    state->count++;
    if (!certificate_end(options->certificate != NULL ? options->certificate : options->made,
                         &end)) {
        check->grade = SERVICE_UNKNOWN;
        check->says = PB_MSG("The certificate could not be read.");
        return;
    }
    int64_t days = pb_instant_day(end) - pb_instant_day(request->now_us);
    char *text = pb_arena_printf(request->arena, "%lld", (long long)days);
    check->grade = days < 0 ? SERVICE_BAD : days < WARN_DAYS ? SERVICE_WATCH : SERVICE_GOOD;
    check->says = days < 0 ? PB_MSG("The certificate has ended.")
                           : PB_MSG("The certificate is good for {value} days.");
    check->value = pb_str_c(text);
    check->at_us = end;
    check->number = days;
}

static void put_says(pb_json *json, const http_request *request, const service_check *check)
{
    PB_AUTO_BUF text = PB_BUF_INIT(4000);
    pb_error said = {0};
    if (check->value.ptr != NULL)
        pb_fail(&said, PB_INVALID, check->says, "value", PB_ARG(check->value), NULL);
    else
        pb_fail(&said, PB_INVALID, check->says, NULL);
    pb_error_render(&said, &said.primary, request->catalog, &text);
    pb_json_member(json, "says", pb_buf_str(&text));
}

static void put_check(pb_json *json, const http_request *request, const service_check *check)
{
    pb_json_object(json);
    pb_json_member(json, "check", pb_str_c(check->name));
    pb_json_member(json, "grade", pb_str_c(service_grade_word(check->grade)));
    put_says(json, request, check);
    http_op_put_moment(json, "at", check->at_us);
    pb_json_key(json, "number");
    if (check->number == INT64_MIN)
        pb_json_null(json);
    else
        pb_json_i64(json, check->number);
    pb_json_object_end(json);
}

pb_status http_state_read(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL};
    service_state state;
    service_grade worst = SERVICE_GOOD;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    service_call call = http_op_call(request);
    PB_TRY(service_state_read(&call, request->server->workspace, request->arena, &state, err));
    look_at_certificate(request, &state);
    for (size_t i = 0; i < state.count; i++)
        worst = state.checks[i].grade > worst ? state.checks[i].grade : worst;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member(&json, "grade", pb_str_c(service_grade_word(worst)));
    pb_json_member(&json, "engine", pb_str_c(state.engine));
    pb_json_member(&json, "version", pb_str_c(request->server->version));
    http_op_put_moment(&json, "now", request->now_us);
    pb_json_key(&json, "checks");
    pb_json_array(&json);
    for (size_t i = 0; i < state.count; i++)
        put_check(&json, request, &state.checks[i]);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}
