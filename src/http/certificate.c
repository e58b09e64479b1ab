/* A certificate that signs itself: ECDSA P-256, a year and a month. */
#include "certificate.h"

#include "base/time.h"
#include "sys/environment.h"
#include "sys/file.h"
#include "sys/listen.h"
#include "sys/random.h"
#include "sys/terminal.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

enum { FILE_MAX = 1 << 20, DAYS = 397, LEFT_DAYS = 30, SERIAL = 16 };

static pb_status failed(int code, pb_error *err)
{
    pb_fail(err, PB_INTERNAL, PB_MSG("A certificate for TLS could not be made."), NULL);
    pb_error_detail(err, PB_MSG("{reason}"), "reason", gnutls_strerror(code), NULL);
    return PB_INTERNAL;
}

/* Whether the file holds a certificate that goes on for a while. */
static bool lasts(const char *path, int64_t now_us)
{
    PB_AUTO_BUF text = PB_BUF_INIT(FILE_MAX);
    gnutls_x509_crt_t certificate = NULL;
    bool good = false;
    if (sys_file_read(path, FILE_MAX, &text, NULL) == PB_OK &&
        gnutls_x509_crt_init(&certificate) >= 0) {
        const gnutls_datum_t pem = {(unsigned char *)text.ptr, (unsigned)text.len};
        good = gnutls_x509_crt_import(certificate, &pem, GNUTLS_X509_FMT_PEM) >= 0 &&
               gnutls_x509_crt_get_expiration_time(certificate) >
                   now_us / PB_US_PER_SECOND + LEFT_DAYS * 86400;
    }
    if (certificate != NULL)
        gnutls_x509_crt_deinit(certificate);
    sys_wipe(text.ptr, text.cap);
    return good;
}

static int add_name(gnutls_x509_crt_t certificate, const char *host)
{
    unsigned char bytes[16];
    unsigned size = sys_address_parse(host, 4, bytes)   ? 4
                    : sys_address_parse(host, 6, bytes) ? 16
                                                        : 0;
    if (size > 0)
        return gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, bytes, size,
                                                    GNUTLS_FSAN_APPEND);
    return gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, host,
                                                (unsigned)strlen(host), GNUTLS_FSAN_APPEND);
}

static int fill(gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key, const char *machine,
                const char *const *hosts, size_t host_count, int64_t now_us)
{
    unsigned char serial[SERIAL];
    const time_t now = (time_t)(now_us / PB_US_PER_SECOND);
    sys_random(serial, sizeof serial);
    serial[0] &= 0x7f; /* it is a positive number */
    int code = gnutls_x509_crt_set_version(certificate, 3);
    if (code >= 0)
        code = gnutls_x509_crt_set_serial(certificate, serial, sizeof serial);
    if (code >= 0)
        code = gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, machine,
                                             (unsigned)strlen(machine));
    if (code >= 0)
        code = gnutls_x509_crt_set_activation_time(certificate, now - 86400);
    if (code >= 0)
        code = gnutls_x509_crt_set_expiration_time(certificate, now + DAYS * 86400);
    if (code >= 0)
        code = gnutls_x509_crt_set_key(certificate, key);
    for (size_t i = 0; i < host_count && code >= 0; i++)
        code = add_name(certificate, hosts[i]);
    if (code >= 0)
        code = gnutls_x509_crt_set_basic_constraints(certificate, 0, -1);
    if (code >= 0)
        code = gnutls_x509_crt_set_key_usage(certificate, GNUTLS_KEY_DIGITAL_SIGNATURE);
    if (code >= 0)
        code = gnutls_x509_crt_set_key_purpose_oid(certificate, GNUTLS_KP_TLS_WWW_SERVER, 0);
    return code >= 0 ? gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0)
                     : code;
}

static int to_pem(gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key, pb_buf *out)
{
    gnutls_datum_t text = {NULL, 0};
    int code =
        gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &text);
    if (code < 0)
        return code;
    pb_buf_add(out, pb_str_n((const char *)text.data, text.size));
    sys_wipe(text.data, text.size);
    gnutls_free(text.data);
    code = gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &text);
    if (code < 0)
        return code;
    pb_buf_add(out, pb_str_n((const char *)text.data, text.size));
    gnutls_free(text.data);
    return out->failed ? GNUTLS_E_MEMORY_ERROR : 0;
}

static pb_status make(const char *machine, const char *const *hosts, size_t host_count,
                      int64_t now_us, pb_buf *out, pb_error *err)
{
    gnutls_x509_crt_t certificate = NULL;
    gnutls_x509_privkey_t key = NULL;
    int code = gnutls_x509_crt_init(&certificate);
    if (code >= 0)
        code = gnutls_x509_privkey_init(&key);
    if (code >= 0)
        code = gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                                            GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    if (code >= 0)
        code = fill(certificate, key, machine, hosts, host_count, now_us);
    if (code >= 0)
        code = to_pem(certificate, key, out);
    if (key != NULL)
        gnutls_x509_privkey_deinit(key);
    if (certificate != NULL)
        gnutls_x509_crt_deinit(certificate);
    return code >= 0 ? PB_OK : failed(code, err);
}

pb_status http_certificate_make(const char *path, const char *const *hosts, size_t host_count,
                                int64_t now_us, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_BUF pem = PB_BUF_INIT(FILE_MAX);
    const char *names[20] = {"localhost", "127.0.0.1", "::1"};
    size_t count = 3;
    if (arena == NULL)
        return pb_fail_memory(err);
    if (lasts(path, now_us))
        return PB_OK;
    const char *machine = pb_arena_cstr(arena, sys_host_name(arena));
    const char *folder =
        pb_arena_cstr(arena, pb_str_n(path, strlen(path) - sys_path_name(path).len));
    if (machine == NULL || folder == NULL)
        return pb_fail_memory(err);
    if (machine[0] != '\0')
        names[count++] = machine;
    for (size_t i = 0; i < host_count && count < sizeof names / sizeof *names; i++)
        names[count++] = hosts[i];
    PB_TRY(sys_sodium_init(err));
    if (folder[0] != '\0')
        PB_TRY(sys_dir_make(folder, 0700, true, err));
    pb_status status =
        make(machine[0] != '\0' ? machine : "localhost", names, count, now_us, &pem, err);
    if (status == PB_OK)
        status = sys_file_write_atomic(path, pb_buf_str(&pem), 0600, err);
    sys_wipe(pem.ptr, pem.cap);
    return status;
}
