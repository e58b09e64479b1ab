#include "sigv4.h"

#include "base/bytes.h"
#include "merkle/hash.h"

#define SERVICE "s3"

void sigv4_encode(pb_str text, bool slashes, pb_buf *out)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~' || (slashes && c == '/');
        if (plain) {
            pb_buf_byte(out, c);
            continue;
        }
        pb_buf_byte(out, '%');
        pb_buf_byte(out, digits[(uint8_t)c >> 4]);
        pb_buf_byte(out, digits[(uint8_t)c & 15]);
    }
}

void sigv4_payload(pb_str body, pb_buf *out)
{
    merkle_hash hash = merkle_sha256(body);
    pb_hex(out, hash.b, sizeof hash.b);
}

static void put_names(const sigv4_request *request, pb_buf *out)
{
    for (size_t i = 0; i < request->header_count; i++)
        pb_buf_printf(out, "%s%s", i > 0 ? ";" : "", request->headers[i].name);
}

static void put_canonical(const sigv4_request *request, pb_buf *out)
{
    pb_buf_printf(out, "%s\n", request->method);
    pb_buf_add(out, request->path);
    pb_buf_byte(out, '\n');
    pb_buf_add(out, request->query);
    pb_buf_byte(out, '\n');
    for (size_t i = 0; i < request->header_count; i++) {
        pb_buf_printf(out, "%s:", request->headers[i].name);
        pb_buf_add(out, pb_str_trim(request->headers[i].value));
        pb_buf_byte(out, '\n');
    }
    pb_buf_byte(out, '\n');
    put_names(request, out);
    pb_buf_printf(out, "\n%s", request->payload);
}

static merkle_hash hmac(const merkle_hash *key, const char *text)
{
    return merkle_hmac(merkle_hash_str(key), pb_str_c(text));
}

void sigv4_authorization(const sigv4_request *request, const sigv4_keys *keys, pb_buf *out)
{
    PB_AUTO_BUF canonical = PB_BUF_INIT(1 << 20), text = PB_BUF_INIT(4096);
    PB_AUTO_BUF first = PB_BUF_INIT(4096);
    char day[9];
    snprintf(day, sizeof day, "%.8s", request->at);
    put_canonical(request, &canonical);
    pb_buf_printf(&text, "AWS4-HMAC-SHA256\n%s\n%s/%s/" SERVICE "/aws4_request\n", request->at, day,
                  request->region);
    sigv4_payload(pb_buf_str(&canonical), &text);
    pb_buf_addc(&first, "AWS4");
    pb_buf_add(&first, keys->secret);
    merkle_hash key = merkle_hmac(pb_buf_str(&first), pb_str_c(day));
    key = hmac(&key, request->region);
    key = hmac(&key, SERVICE);
    key = hmac(&key, "aws4_request");
    key = hmac(&key, pb_buf_cstr(&text));
    pb_buf_printf(out,
                  "AWS4-HMAC-SHA256 Credential=%.*s/%s/%s/" SERVICE "/aws4_request,SignedHeaders=",
                  PB_STR_FMT(keys->id), day, request->region);
    put_names(request, out);
    pb_buf_addc(out, ",Signature=");
    pb_hex(out, key.b, sizeof key.b);
    if (canonical.failed || text.failed || first.failed)
        out->failed = true;
}
