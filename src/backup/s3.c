/* S3-compatible storage, by libcurl; every request signed. Objects are put in one request each:
 * pieces are a MiB, so nothing needs several parts. */
#include "remote.h"

#include "s3_list.h"
#include "s3_place.h"

#include "base/time.h"
#include "sys/clock.h"

#include <curl/curl.h>
#include <stdatomic.h>

enum {
    CONNECT_SECONDS = 10,
    IDLE_SECONDS = 30, /* without a byte */
    WHOLE_SECONDS =
        900, /* however slowly the bytes come: nothing of ours is larger than some MiB */
    ANSWER_MAX = 1 << 20
};

typedef struct s3 {
    pb_arena *arena;
    char *name; /* of the place, for messages */
    s3_place place;
    CURL *curl;
    const _Atomic bool *stop; /* NULL: nobody stops it */
} s3;

/* One request and what came back. */
typedef struct exchange {
    const char *method;
    pb_str path, query, body;
    size_t max; /* of the answer's body */
    pb_buf *answer;
    size_t start; /* of the answer in it */
    bool too_long;
    size_t sent;
    long status;
    char reason[CURL_ERROR_SIZE]; /* of a failure, where more is known than its kind */
} exchange;

static size_t take(char *bytes, size_t size, size_t count, void *context)
{
    exchange *e = context;
    if (e->answer->len - e->start + size * count > e->max) {
        e->too_long = true;
        return 0;
    }
    pb_buf_add(e->answer, pb_str_n(bytes, size * count));
    return e->answer->failed ? 0 : size * count;
}

static size_t give(char *to, size_t size, size_t count, void *context)
{
    exchange *e = context;
    size_t left = e->body.len - e->sent;
    size_t len = left < size * count ? left : size * count;
    memcpy(to, e->body.ptr + e->sent, len);
    e->sent += len;
    return len;
}

static int rewind_body(void *context, curl_off_t offset, int origin)
{
    exchange *e = context;
    if (origin != SEEK_SET || offset < 0 || (size_t)offset > e->body.len)
        return CURL_SEEKFUNC_FAIL;
    e->sent = (size_t)offset;
    return CURL_SEEKFUNC_OK;
}

/* Asked about every second while nothing comes, more often else; true ends the transfer. */
static int is_stopped(void *context, curl_off_t down, curl_off_t downed, curl_off_t up,
                      curl_off_t upped)
{
    const s3 *s = context;
    (void)down, (void)downed, (void)up, (void)upped;
    return s->stop != NULL && atomic_load(s->stop);
}

/* ---- signing ---- */

static void moment(char ret[40])
{
    int year, month, day;
    int64_t now = sys_now_us();
    int64_t days = pb_instant_day(now);
    int left = (int)((now - days * PB_US_PER_DAY) / PB_US_PER_SECOND);
    pb_date_to_civil(days, &year, &month, &day);
    snprintf(ret, 40, "%04d%02d%02dT%02d%02d%02dZ", year % 10000, month % 100, day % 100,
             left / 3600 % 24, left / 60 % 60, left % 60);
}

static bool add_header(struct curl_slist **list, const char *name, pb_str value)
{
    PB_AUTO_BUF line = PB_BUF_INIT(65536);
    pb_buf_printf(&line, "%s: ", name);
    pb_buf_add(&line, value);
    struct curl_slist *longer = line.failed ? NULL : curl_slist_append(*list, pb_buf_cstr(&line));
    if (longer != NULL)
        *list = longer;
    return longer != NULL;
}

static struct curl_slist *signed_headers(const s3 *s, const exchange *e)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(128), authorization = PB_BUF_INIT(8192);
    char at[40];
    moment(at);
    sigv4_payload(e->body.ptr != NULL ? e->body : PB_STR(""), &payload);
    sigv4_header headers[4] = {{"host", pb_str_c(s->place.host)},
                               {"x-amz-content-sha256", pb_buf_str(&payload)},
                               {"x-amz-date", pb_str_c(at)},
                               {"x-amz-security-token", s->place.keys.token}};
    size_t count = s->place.keys.token.len > 0 ? 4 : 3;
    const sigv4_request request = {.method = e->method,
                                   .path = e->path,
                                   .query = e->query,
                                   .headers = headers,
                                   .header_count = count,
                                   .payload = pb_buf_cstr(&payload),
                                   .at = at,
                                   .region = s->place.region};
    struct curl_slist *list = NULL;
    sigv4_authorization(&request, &s->place.keys, &authorization);
    bool good = !authorization.failed &&
                add_header(&list, "Authorization", pb_buf_str(&authorization)) &&
                add_header(&list, "Expect", PB_STR("")) &&
                add_header(&list, "Content-Type", PB_STR("application/octet-stream"));
    for (size_t i = 1; i < count; i++)
        good = good && add_header(&list, headers[i].name, headers[i].value);
    if (!good) {
        curl_slist_free_all(list);
        return NULL;
    }
    return list;
}

/* ---- one request ---- */

static pb_status unreachable(const s3 *s, const char *reason, pb_error *err)
{
    pb_fail(err, PB_BUSY, PB_MSG("{place} could not be reached."), "place", s->name, NULL);
    pb_error_detail(err, PB_MSG("The network says: {reason}"), "reason", reason, NULL);
    pb_error_hint(err, PB_MSG("Check the network and the name of the server, then try again."),
                  NULL);
    return PB_BUSY;
}

/* What no further try makes good: who the server says it is cannot be believed. */
static bool is_distrust(CURLcode code)
{
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
           code == CURLE_SSL_ISSUER_ERROR || code == CURLE_SSL_INVALIDCERTSTATUS ||
           code == CURLE_SSL_PINNEDPUBKEYNOTMATCH || code == CURLE_SSL_CRL_BADFILE ||
           code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CIPHER;
}

static pb_status distrust(const s3 *s, const exchange *e, CURLcode code, pb_error *err)
{
    pb_fail(err, PB_DENIED, PB_MSG("The certificate of {place} is not to be trusted."), "place",
            s->name, NULL);
    pb_error_detail(err, PB_MSG("The network says: {reason}"), "reason",
                    e->reason[0] != '\0' ? e->reason : curl_easy_strerror(code), NULL);
    pb_error_hint(err,
                  PB_MSG("Let it be one for that very name, in date, of an authority that this "
                         "machine trusts."),
                  NULL);
    return PB_DENIED;
}

static pb_status judge_curl(const s3 *s, const exchange *e, CURLcode code, pb_error *err)
{
    if (e->too_long)
        return pb_fail(err, PB_CORRUPT, PB_MSG("An object at {place} is larger than any of ours."),
                       "place", s->name, NULL);
    if (e->answer->failed || code == CURLE_OUT_OF_MEMORY)
        return pb_fail_memory(err);
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
    if (is_distrust(code))
        return distrust(s, e, code, err);
    return unreachable(s, curl_easy_strerror(code), err);
}

/* What an answer that is no success means. */
static pb_status judge_answer(const s3 *s, const exchange *e, pb_error *err)
{
    char code[64] = "", number[32];
    pb_str text = pb_str_n(e->answer->ptr + e->start, e->answer->len - e->start);
    s3_error_code(text, code, sizeof code);
    snprintf(number, sizeof number, "%ld %.20s", e->status, code);
    bool full = e->status == 507 || strstr(code, "Quota") != NULL || strstr(code, "Full") != NULL;
    if (e->status == 404 && strcmp(code, "NoSuchBucket") != 0)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no such object at {place}."), "place",
                       s->name, NULL);
    if (!full && (e->status >= 500 || e->status == 429))
        return unreachable(s, number, err);
    pb_status status = full ? PB_LIMIT : e->status < 500 ? PB_DENIED : PB_IO;
    pb_fail(err, status, full ? PB_MSG("{place} is full.") : PB_MSG("{place} refuses us."), "place",
            s->name, NULL);
    pb_error_detail(err, PB_MSG("The server says: {reason}"), "reason",
                    code[0] != '\0' ? code : number, NULL);
    if (!full)
        pb_error_hint(err, PB_MSG("Check the keys, the bucket, and what they may do there."), NULL);
    return status;
}

static void set_options(const s3 *s, exchange *e, const char *url, struct curl_slist *headers)
{
    CURL *curl = s->curl;
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)IDLE_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WHOLE_SECONDS);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, is_stopped);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, s);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, e->reason);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, e);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    if (strcmp(e->method, "PUT") == 0) {
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
        curl_easy_setopt(curl, CURLOPT_READDATA, e);
        curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, rewind_body);
        curl_easy_setopt(curl, CURLOPT_SEEKDATA, e);
        curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)e->body.len);
    } else if (strcmp(e->method, "HEAD") == 0) {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, e->method);
    }
}

static pb_status run(const s3 *s, exchange *e, pb_error *err)
{
    PB_AUTO_BUF url = PB_BUF_INIT(65536);
    struct curl_slist *headers = signed_headers(s, e);
    pb_buf_addc(&url, s->place.endpoint);
    pb_buf_add(&url, e->path);
    if (e->query.len > 0) {
        pb_buf_byte(&url, '?');
        pb_buf_add(&url, e->query);
    }
    if (headers == NULL || url.failed) {
        curl_slist_free_all(headers);
        return pb_fail_memory(err);
    }
    e->start = e->answer->len;
    set_options(s, e, pb_buf_cstr(&url), headers);
    CURLcode code = curl_easy_perform(s->curl);
    curl_slist_free_all(headers);
    if (code != CURLE_OK)
        return judge_curl(s, e, code, err);
    curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &e->status);
    return e->status >= 200 && e->status < 300 ? PB_OK : judge_answer(s, e, err);
}

/* ---- operations ---- */

static bool object_path(const s3 *s, const char *name, pb_buf *out)
{
    pb_buf_addc(out, s->place.root);
    pb_buf_byte(out, '/');
    sigv4_encode(pb_str_c(name), true, out);
    return !out->failed;
}

static pb_status simple(s3 *s, const char *method, const char *name, pb_str body, size_t max,
                        pb_buf *answer, pb_error *err)
{
    PB_AUTO_BUF path = PB_BUF_INIT(65536);
    if (!object_path(s, name, &path))
        return pb_fail_memory(err);
    exchange e = {.method = method,
                  .path = pb_buf_str(&path),
                  .query = PB_STR(""),
                  .body = body,
                  .max = max,
                  .answer = answer};
    return run(s, &e, err);
}

static pb_status s3_put(void *self, const char *name, pb_str bytes, pb_error *err)
{
    PB_AUTO_BUF answer = PB_BUF_INIT(ANSWER_MAX + 1);
    return simple(self, "PUT", name, bytes, ANSWER_MAX, &answer, err);
}

static pb_status s3_get(void *self, const char *name, size_t max, pb_buf *out, pb_error *err)
{
    size_t before = out->len;
    pb_status status = simple(self, "GET", name, PB_STR_NONE, max, out, err);
    if (status != PB_OK)
        out->len = before;
    return status;
}

static pb_status s3_remove(void *self, const char *name, pb_error *err)
{
    PB_AUTO_BUF answer = PB_BUF_INIT(ANSWER_MAX + 1);
    pb_status status = simple(self, "DELETE", name, PB_STR_NONE, ANSWER_MAX, &answer, err);
    return status == PB_NOT_FOUND ? PB_OK : status;
}

static pb_status s3_exists(void *self, const char *name, bool *ret_there, pb_error *err)
{
    PB_AUTO_BUF answer = PB_BUF_INIT(ANSWER_MAX + 1);
    pb_status status = simple(self, "HEAD", name, PB_STR_NONE, ANSWER_MAX, &answer, err);
    if (status != PB_OK && status != PB_NOT_FOUND)
        return status;
    *ret_there = status == PB_OK;
    return PB_OK;
}

static pb_status s3_list(void *self, const char *folder, pb_arena *arena,
                         backup_object **ret_objects, size_t *ret_count, pb_error *err)
{
    s3 *s = self;
    PB_AUTO_BUF prefix = PB_BUF_INIT(4096);
    s3_listing listing = {.arena = arena};
    pb_buf_addc(&prefix, s->place.prefix);
    pb_buf_addc(&prefix, folder);
    if (folder[0] != '\0')
        pb_buf_byte(&prefix, '/');
    listing.skip = prefix.len;
    do {
        PB_AUTO_BUF query = PB_BUF_INIT(65536), answer = PB_BUF_INIT(8 << 20);
        if (listing.more) {
            pb_buf_addc(&query, "continuation-token=");
            sigv4_encode(listing.token, false, &query);
            pb_buf_byte(&query, '&');
        }
        pb_buf_addc(&query, "list-type=2&max-keys=1000&prefix=");
        sigv4_encode(pb_buf_str(&prefix), false, &query);
        if (query.failed || prefix.failed)
            return pb_fail_memory(err);
        exchange e = {.method = "GET",
                      .path = pb_str_c(s->place.bucket_path),
                      .query = pb_buf_str(&query),
                      .max = 8 << 20,
                      .answer = &answer};
        PB_TRY(run(s, &e, err));
        PB_TRY(s3_listing_add(&listing, pb_buf_str(&answer), err));
    } while (listing.more);
    *ret_objects = listing.objects;
    *ret_count = listing.count;
    return PB_OK;
}

/* What is acknowledged stays, and nothing is half put. */
static pb_status s3_settle(void *self, pb_error *err)
{
    (void)self;
    (void)err;
    return PB_OK;
}

static pb_status s3_tidy(void *self, const char *folder, pb_error *err)
{
    (void)self;
    (void)folder;
    (void)err;
    return PB_OK;
}

static void s3_watch(void *self, const _Atomic bool *stop)
{
    s3 *s = self;
    s->stop = stop;
}

static void s3_close(void *self)
{
    s3 *s = self;
    curl_easy_cleanup(s->curl);
    pb_arena_free(s->arena); /* s lies in it */
}

const backup_kind backup_s3 = {.durable = true,
                               .put = s3_put,
                               .get = s3_get,
                               .list = s3_list,
                               .remove = s3_remove,
                               .exists = s3_exists,
                               .settle = s3_settle,
                               .tidy = s3_tidy,
                               .watch = s3_watch,
                               .close = s3_close};

pb_status backup_s3_open(const char *place, void **ret_self, pb_error *err)
{
    pb_arena *arena = pb_arena_new(1 << 20);
    s3 *s = arena == NULL ? NULL : pb_arena_alloc(arena, sizeof *s);
    if (s == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        pb_arena_free(arena);
        return pb_fail_memory(err);
    }
    size_t shown = pb_str_index(pb_str_c(place), '?');
    *s = (s3){.arena = arena, .name = pb_arena_cstr(arena, pb_str_n(place, shown))};
    pb_status status =
        s->name == NULL ? pb_fail_memory(err) : s3_place_read(place, arena, &s->place, err);
    if (status == PB_OK && (s->curl = curl_easy_init()) == NULL)
        status = pb_fail_memory(err);
    if (status != PB_OK) {
        s3_close(s);
        return status;
    }
    *ret_self = s;
    return PB_OK;
}
