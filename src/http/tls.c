/* Certificates: one's own, or one that is made at the first start; and what TLS sessions do. */
#include "tls.h"
#include "certificate.h"
#include "server.h"

#include "base/time.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/terminal.h"

#include <errno.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

enum {
    CHAIN_MAX = 16,
    FILE_MAX = 1 << 20,
    KEPT = 8,
    ROOM_MARGIN = 4096,
    AHEAD = 4096, /* bytes received at once */
    MANY = 256    /* connections */
};

const char http_tls_priorities[] =
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-DHE-RSA:-AES-128-CBC:-AES-256-CBC:-CAMELLIA-"
    "128-CBC:-CAMELLIA-256-CBC:-3DES-CBC:-AES-128-CCM:-AES-256-CCM:-SHA1:%SERVER_PRECEDENCE:%NO_"
    "TICKETS_TLS12";

/* One certificate with what leads to its root, and its key. */
typedef struct chain {
    gnutls_pcert_st certificates[CHAIN_MAX];
    unsigned count;
    gnutls_privkey_t key;
} chain;

/* Bytes that were received and not asked for yet. */
struct http_tls_ahead {
    size_t at, size;
    char bytes[];
};

struct http_certificates {
    const http_options *options;
    pthread_rwlock_t lock;
    /* Handshakes under way may still use what was there before: the last few are kept. */
    chain *chains[KEPT];
    size_t newest;
};

static pb_status bad_file(const char *path, int code, pb_error *err)
{
    pb_fail(err, PB_INVALID, PB_MSG("{path} could not be used for TLS."), "path", path, NULL);
    pb_error_detail(err, PB_MSG("{reason}"), "reason", gnutls_strerror(code), NULL);
    pb_error_hint(err,
                  PB_MSG("It is to be a PEM file: the certificate with what leads to its root, or "
                         "the key of that certificate without a passphrase."),
                  NULL);
    return PB_INVALID;
}

static chain *chain_free(chain *c)
{
    if (c == NULL)
        return NULL;
    for (unsigned i = 0; i < c->count; i++)
        gnutls_pcert_deinit(&c->certificates[i]);
    if (c->key != NULL)
        gnutls_privkey_deinit(c->key);
    free(c);
    return NULL;
}

/* Whether the key belongs to the certificate: signs and checks. */
static int fits(const chain *c)
{
    static unsigned char text[] = "probity";
    const gnutls_datum_t data = {text, sizeof text};
    gnutls_datum_t signature = {NULL, 0};
    int algorithm = gnutls_privkey_get_pk_algorithm(c->key, NULL);
    gnutls_sign_algorithm_t sign = gnutls_pk_to_sign(
        (gnutls_pk_algorithm_t)algorithm,
        algorithm == GNUTLS_PK_EDDSA_ED25519 ? GNUTLS_DIG_SHA512 : GNUTLS_DIG_SHA256);
    int code = gnutls_privkey_sign_data2(c->key, sign, 0, &data, &signature);
    if (code == 0)
        code = gnutls_pubkey_verify_data2(c->certificates[0].pubkey, sign, 0, &data, &signature);
    gnutls_free(signature.data);
    return code;
}

static pb_status fill(chain *c, const char *certificate, const char *key, pb_buf *text,
                      pb_error *err)
{
    c->count = CHAIN_MAX;
    PB_TRY(sys_file_read(certificate, FILE_MAX, text, err));
    const gnutls_datum_t pem = {(unsigned char *)text->ptr, (unsigned)text->len};
    int code =
        gnutls_pcert_list_import_x509_raw(c->certificates, &c->count, &pem, GNUTLS_X509_FMT_PEM,
                                          GNUTLS_X509_CRT_LIST_FAIL_IF_UNSORTED);
    if (code < 0) {
        c->count = 0;
        return bad_file(certificate, code, err);
    }
    pb_buf_clear(text);
    PB_TRY(sys_file_read(key, FILE_MAX, text, err));
    const gnutls_datum_t secret = {(unsigned char *)text->ptr, (unsigned)text->len};
    code = gnutls_privkey_init(&c->key);
    if (code >= 0)
        code = gnutls_privkey_import_x509_raw(c->key, &secret, GNUTLS_X509_FMT_PEM, NULL, 0);
    if (code >= 0)
        code = fits(c);
    return code >= 0 ? PB_OK : bad_file(key, code, err);
}

static pb_status load(const char *certificate, const char *key, chain **ret_chain, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(FILE_MAX);
    chain *c = calloc(1, sizeof *c);
    if (c == NULL)
        return pb_fail_memory(err);
    pb_status status = fill(c, certificate, key, &text, err);
    sys_wipe(text.ptr, text.cap);
    if (status != PB_OK) {
        if (c->key == NULL && c->count == CHAIN_MAX)
            c->count = 0; /* nothing was read into them */
        chain_free(c);
        return status;
    }
    *ret_chain = c;
    return PB_OK;
}

pb_status http_certificates_reload(http_certificates *all, pb_error *err)
{
    const http_options *options = all->options;
    bool own = options->certificate != NULL;
    chain *fresh = NULL;
    PB_TRY(load(own ? options->certificate : options->made,
                own ? options->certificate_key : options->made, &fresh, err));
    pthread_rwlock_wrlock(&all->lock);
    size_t next = (all->newest + 1) % KEPT;
    chain_free(all->chains[next]);
    all->chains[next] = fresh;
    all->newest = next;
    pthread_rwlock_unlock(&all->lock);
    return PB_OK;
}

pb_status http_certificates_open(const http_options *options, const char *const *hosts,
                                 size_t host_count, http_certificates **ret, pb_error *err)
{
    if (options->certificate == NULL)
        PB_TRY(http_certificate_make(options->made, hosts, host_count, sys_now_us(), err));
    http_certificates *all = calloc(1, sizeof *all);
    if (all == NULL)
        return pb_fail_memory(err);
    all->options = options;
    pthread_rwlock_init(&all->lock, NULL);
    pb_status status = http_certificates_reload(all, err);
    if (status != PB_OK)
        all = http_certificates_close(all);
    *ret = all;
    return status;
}

http_certificates *http_certificates_close(http_certificates *all)
{
    if (all == NULL)
        return NULL;
    for (size_t i = 0; i < KEPT; i++)
        chain_free(all->chains[i]);
    pthread_rwlock_destroy(&all->lock);
    free(all);
    return NULL;
}

void http_certificates_print(http_certificates *all, pb_buf *out)
{
    unsigned char print[32];
    size_t size = sizeof print;
    pthread_rwlock_rdlock(&all->lock);
    const gnutls_datum_t *der = &all->chains[all->newest]->certificates[0].cert;
    if (gnutls_fingerprint(GNUTLS_DIG_SHA256, der, print, &size) == 0)
        pb_hex(out, print, size);
    pthread_rwlock_unlock(&all->lock);
}

/* Called by each handshake: the certificate of now. */
static int give_certificate(gnutls_session_t session, const gnutls_datum_t *names, int name_count,
                            const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                            gnutls_pcert_st **ret_list, unsigned *ret_count,
                            gnutls_privkey_t *ret_key)
{
    const http_connection *c = gnutls_session_get_ptr(session);
    (void)names;
    (void)name_count;
    (void)algorithms;
    (void)algorithm_count;
    if (c == NULL)
        return -1;
    http_certificates *all = c->server->certificates;
    pthread_rwlock_rdlock(&all->lock);
    chain *now = all->chains[all->newest];
    *ret_list = now->certificates;
    *ret_count = now->count;
    *ret_key = now->key;
    pthread_rwlock_unlock(&all->lock);
    return 0;
}

gnutls_certificate_retrieve_function2 *http_tls_certificate(void)
{
    return give_certificate;
}

/* Records are read one by one: what comes once TLS is agreed on belongs to a request. True where
 * nothing comes: the connection is between two requests. */
static bool note_pull(http_connection *c, bool came)
{
    pthread_mutex_lock(&c->mutex);
    bool between = c->shaken && c->stage == HTTP_WAITS && !c->began;
    if (between && came) {
        c->began = true;
        c->since_us = sys_monotonic_us();
    }
    pthread_mutex_unlock(&c->mutex);
    return between && !came;
}

/* Of the room only the place of a head is told, which empty lines may stand before. Their number is
 * bounded by what came beyond the head itself, where that is the first request: so ROOM_MARGIN of
 * the room is left alone, and never more given back than it has. */
void http_tls_room(http_connection *c, char *head, size_t head_size)
{
    if (c->room == NULL && c->pulled > 0 && c->pulled < head_size + ROOM_MARGIN)
        c->room = head;
    c->pulled = UINT64_MAX / 2; /* from here on it tells nothing */
}

/* Where many are connected, each gives back what libmicrohttpd keeps for its next request, while
 * nothing of that is there: it clears the room after each request. */
static void give_back(const http_connection *c)
{
    static const char nothing[16];
    int said = errno; /* by the read, and still to be heard */
    if (c->room != NULL && memcmp(c->room, nothing, sizeof nothing) == 0 &&
        http_keeper_count(c->server->keeper) > MANY)
        sys_memory_drop(c->room, HTTP_ROOM - ROOM_MARGIN);
    errno = said;
}

/* GnuTLS asks for a record's head, then for its body: both are received at once. What is left lies
 * with the connection until the next call, mostly the very next. */
static ssize_t receive(http_connection *c, void *to, size_t size)
{
    char bytes[AHEAD];
    struct http_tls_ahead *ahead = c->ahead;
    if (ahead != NULL) {
        size_t given = size < ahead->size ? size : ahead->size;
        memcpy(to, ahead->bytes + ahead->at, given);
        ahead->at += given;
        ahead->size -= given;
        if (ahead->size == 0) {
            free(ahead);
            c->ahead = NULL;
        }
        return (ssize_t)given;
    }
    if (size >= AHEAD)
        return sys_net_receive(c->fd, to, size);
    ssize_t got = sys_net_receive(c->fd, bytes, sizeof bytes);
    if (got <= (ssize_t)size) {
        memcpy(to, bytes, got > 0 ? (size_t)got : 0);
        return got;
    }
    size_t left = (size_t)got - size;
    c->ahead = ahead = malloc(sizeof *ahead + left);
    if (ahead == NULL) {
        errno = ENOMEM; /* they are lost: the session ends */
        return -1;
    }
    *ahead = (struct http_tls_ahead){.size = left};
    memcpy(to, bytes, size);
    memcpy(ahead->bytes, bytes + size, left);
    return (ssize_t)size;
}

void http_tls_say(http_connection *c, pb_str bytes)
{
    if (c->session != NULL)
        gnutls_record_send(c->session, bytes.ptr, bytes.len);
    else
        sys_net_say(c->fd, bytes);
}

/* Reads for a TLS session. A connection that was given up ends here, and is told why: this thread
 * is the only one that may use the session. */
static ssize_t pull(gnutls_transport_ptr_t from, void *to, size_t size)
{
    http_connection *c = from;
    bool late, tell;
    pthread_mutex_lock(&c->mutex);
    late = c->late;
    tell = late && c->shaken && (c->stage == HTTP_READS || (c->stage == HTTP_WAITS && c->began));
    c->shaken = c->shaken && !late; /* told once */
    pthread_mutex_unlock(&c->mutex);
    if (tell)
        gnutls_record_send(c->session, c->server->too_late.ptr, c->server->too_late.len);
    ssize_t got = late ? 0 : receive(c, to, size);
    if (note_pull(c, got > 0) && got < 0)
        give_back(c);
    c->pulled += got > 0 && c->shaken ? (uint64_t)got : 0;
    return got;
}

/* ---- heads and bodies ---- */

/* libmicrohttpd hands over an answer's head and body one after the other, each becomes a record.
 * Sent apart they are two packets, which cost more than all that is said in them. So the head is
 * said to be sent, and is with the body; or with whatever comes instead of it. */
typedef struct http_tls_head {
    size_t size;
    char bytes[];
} tls_head;

enum { HEAD_MOST = 4096, PIECES = 15 };

void http_tls_answer(http_connection *c)
{
    c->body_follows = c->session != NULL;
}

static bool keep_head(http_connection *c, const giovec_t *vector, int count, size_t size)
{
    bool follows = c->body_follows;
    c->body_follows = false;
    if (!follows || c->head != NULL || size > HEAD_MOST)
        return false;
    tls_head *head = malloc(sizeof *head + size);
    if (head == NULL)
        return false;
    head->size = 0;
    for (int i = 0; i < count; i++) {
        memcpy(head->bytes + head->size, vector[i].iov_base, vector[i].iov_len);
        head->size += vector[i].iov_len;
    }
    c->head = head;
    return true;
}

/* The first `sent` bytes of the head are out; what is left of `sent` is of what stands behind it.
 */
static size_t shorten_head(http_connection *c, size_t sent)
{
    tls_head *head = c->head;
    if (head == NULL)
        return sent;
    size_t out = sent < head->size ? sent : head->size;
    head->size -= out;
    memmove(head->bytes, head->bytes + out, head->size);
    if (head->size == 0) {
        free(head);
        c->head = NULL;
    }
    return sent - out;
}

static ssize_t push(gnutls_transport_ptr_t to, const giovec_t *vector, int count)
{
    http_connection *c = to;
    pb_str parts[PIECES + 1];
    size_t size = 0, used = 0;
    ptrdiff_t sent;
    for (int i = 0; i < count; i++)
        size += vector[i].iov_len;
    for (int i = 0; i < count && i < PIECES; i++)
        parts[used++] = pb_str_n(vector[i].iov_base, vector[i].iov_len);
    if (http_hold_take(c, parts, used, &sent)) {
        if (sent >= 0)
            c->body_follows = false; /* the head is behind what is held: so is its body */
        return sent;
    }
    used = 0;
    if (keep_head(c, vector, count, size))
        return (ssize_t)size;
    if (c->head != NULL)
        parts[used++] = pb_str_n(c->head->bytes, c->head->size);
    for (int i = 0; i < count && i < PIECES; i++)
        parts[used++] = pb_str_n(vector[i].iov_base, vector[i].iov_len);
    sent = sys_net_send(c->fd, parts, used);
    if (sent <= 0)
        return sent;
    size_t rest = shorten_head(c, (size_t)sent);
    if (rest > 0 || size == 0)
        return (ssize_t)rest;
    errno = EAGAIN; /* there was room for the head, or some of it */
    return -1;
}

void http_tls_answered(http_connection *c)
{
    c->body_follows = false;
    if (c->head != NULL) {
        sys_net_say(c->fd, pb_str_n(c->head->bytes, c->head->size));
        free(c->head);
        c->head = NULL;
    }
}

/* Sockets here never wait: what is not there yet is said by the read itself. */
static int pull_timeout(gnutls_transport_ptr_t from, unsigned ms)
{
    (void)from;
    (void)ms;
    return 1;
}

/* TLS is agreed on: from here on the connection waits for a request. */
static int shaken(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming,
                  const gnutls_datum_t *message)
{
    http_connection *c = gnutls_session_get_ptr(session);
    (void)type;
    (void)when;
    (void)message;
    if (!incoming)
        return 0;
    pthread_mutex_lock(&c->mutex);
    c->shaken = true;
    pthread_mutex_unlock(&c->mutex);
    http_keeper_stage(c, HTTP_WAITS, 0);
    return 0;
}

void http_tls_begin(http_connection *c)
{
    gnutls_session_set_ptr(c->session, c);
    gnutls_transport_set_ptr(c->session, c);
    gnutls_transport_set_vec_push_function(c->session, push);
    gnutls_transport_set_pull_function(c->session, pull);
    gnutls_transport_set_pull_timeout_function(c->session, pull_timeout);
    gnutls_handshake_set_hook_function(c->session, GNUTLS_HANDSHAKE_FINISHED, GNUTLS_HOOK_POST,
                                       shaken);
}
