/* One-time codes by time. */
#include "identity/totp.h"

#include "base/time.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

enum { CODE_MIN = 6, CODE_MOST = 8, HMAC_MAX = 64 };

bool identity_totp_code(identity_totp_hash hash, pb_str secret, int64_t step, unsigned digits,
                        char ret_code[9])
{
    static const uint32_t tens[] = {1000000, 10000000, 100000000};
    const EVP_MD *kind = hash == IDENTITY_SHA1     ? EVP_sha1()
                         : hash == IDENTITY_SHA256 ? EVP_sha256()
                                                   : EVP_sha512();
    uint8_t moment[8], mac[HMAC_MAX];
    unsigned len = 0;
    if (digits < CODE_MIN || digits > CODE_MOST || secret.len == 0 || secret.len > INT32_MAX)
        return false;
    for (int i = 0; i < 8; i++)
        moment[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
    if (HMAC(kind, secret.ptr, (int)secret.len, moment, sizeof moment, mac, &len) == NULL ||
        len < 20)
        return false;
    /* RFC 4226, 5.3: four bytes from where the last half byte says, without the sign. */
    unsigned at = mac[len - 1] & 15u;
    uint32_t number = ((uint32_t)(mac[at] & 127u) << 24) | ((uint32_t)mac[at + 1] << 16) |
                      ((uint32_t)mac[at + 2] << 8) | mac[at + 3];
    number %= tens[digits - CODE_MIN];
    for (unsigned i = digits; i > 0; number /= 10)
        ret_code[--i] = (char)('0' + number % 10);
    ret_code[digits] = 0;
    return true;
}

bool identity_totp_matches(const uint8_t secret[IDENTITY_TOTP_SECRET], pb_str code, int64_t now_us,
                           int64_t used_step, int64_t *ret_step)
{
    char said[IDENTITY_TOTP_DIGITS + 1] = "", want[9];
    size_t count = 0;
    bool good = true, found = false;
    for (size_t i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        if (c == ' ')
            continue;
        good = good && c >= '0' && c <= '9' && count < IDENTITY_TOTP_DIGITS;
        if (good)
            said[count++] = c;
    }
    good = good && count == IDENTITY_TOTP_DIGITS;
    int64_t now = now_us / (IDENTITY_TOTP_STEP_S * PB_US_PER_SECOND);
    for (int64_t step = now - 1; step <= now + 1; step++) {
        if (!identity_totp_code(IDENTITY_SHA1, pb_str_n((const char *)secret, IDENTITY_TOTP_SECRET),
                                step, IDENTITY_TOTP_DIGITS, want))
            return false;
        bool same = sodium_memcmp(said, want, IDENTITY_TOTP_DIGITS) == 0;
        if (good && same && step > used_step && !found) {
            *ret_step = step;
            found = true;
        }
    }
    return found;
}

static void put_base32(pb_buf *out, const uint8_t *bytes, size_t len)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    for (size_t bit = 0; bit < len * 8; bit += 5) {
        unsigned value = 0;
        for (size_t i = bit; i < bit + 5; i++)
            value = value << 1 | (i < len * 8 ? ((unsigned)bytes[i / 8] >> (7 - i % 8)) & 1u : 0u);
        pb_buf_byte(out, letters[value]);
    }
}

/* RFC 3986: all but unreserved characters are escaped. */
static void put_escaped(pb_buf *out, pb_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            pb_buf_byte(out, (char)c);
        else
            pb_buf_printf(out, "%%%02X", c);
    }
}

void identity_totp_address(const uint8_t secret[IDENTITY_TOTP_SECRET], pb_str issuer, pb_str name,
                           pb_buf *out)
{
    pb_buf_addc(out, "otpauth://totp/");
    put_escaped(out, issuer);
    pb_buf_addc(out, ":");
    put_escaped(out, name);
    pb_buf_addc(out, "?secret=");
    put_base32(out, secret, IDENTITY_TOTP_SECRET);
    pb_buf_addc(out, "&issuer=");
    put_escaped(out, issuer);
    pb_buf_printf(out, "&algorithm=SHA1&digits=%d&period=%d", IDENTITY_TOTP_DIGITS,
                  IDENTITY_TOTP_STEP_S);
}
