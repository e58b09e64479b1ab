/* Web addresses and the domain names that e-mail shares with them. Standard form: scheme and host
 * in lower case, host as A-labels, no default port, no lone `/` behind the host; `https://` when no
 * scheme was written (RFC 3986 6.2.2 and 6.2.3). */
#include "base/utf8.h"
#include "reader.h"

#include <idn2.h>

enum { DOMAIN_MAX = 253, URL_LIMIT = 2048 };

/* Letters, digits and hyphens, none at the ends. */
static bool is_label(pb_str label)
{
    if (label.len == 0 || label.len > 63 || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++) {
        char c = label.ptr[i];
        if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
            c != '-')
            return false;
    }
    return true;
}

static bool ascii_label(pb_str label, pb_buf *ret)
{
    if (!is_label(label))
        return false;
    for (size_t i = 0; i < label.len; i++) {
        char c = label.ptr[i];
        pb_buf_byte(ret, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
    }
    return true;
}

/* IDNA 2008 (RFC 5891) with the mapping of UTS #46, by libidn2: for names with letters beyond ASCII
 * and for A-labels, which must be what their letters give. */
static bool idna(pb_str domain, pb_buf *ret)
{
    char text[4 * DOMAIN_MAX + 1];
    uint8_t *ascii = NULL;
    if (domain.len > 4 * DOMAIN_MAX || memchr(domain.ptr, '\0', domain.len) != NULL)
        return false;
    memcpy(text, domain.ptr, domain.len);
    text[domain.len] = '\0';
    int status =
        idn2_lookup_u8((const uint8_t *)text, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    pb_str name = pb_str_c((const char *)ascii);
    bool good = status == IDN2_OK && name.len > 0 && name.len <= DOMAIN_MAX;
    /* What the mapping made of full-width marks must be a host name's letters too. */
    pb_str rest = name, label;
    while (good && pb_str_split(&rest, '.', &label))
        good = is_label(label);
    if (good)
        pb_buf_add(ret, name);
    idn2_free(ascii);
    return good;
}

bool model_domain(pb_str domain, pb_buf *ret)
{
    size_t begin = ret->len;
    bool wide = false;
    if (domain.len == 0)
        return false;
    for (size_t i = 0; i < domain.len; i++) {
        wide = wide || (unsigned char)domain.ptr[i] >= 0x80 ||
               ((i == 0 || domain.ptr[i - 1] == '.') && domain.len - i > 4 &&
                pb_str_eq_nocase(pb_str_sub(domain, i, 4), PB_STR("xn--")));
    }
    if (wide) {
        if (domain.ptr[domain.len - 1] == '.' || !idna(domain, ret))
            return false;
    } else {
        if (domain.len > DOMAIN_MAX)
            return false;
        pb_str rest = domain, label;
        while (pb_str_split(&rest, '.', &label)) {
            if (ret->len > begin)
                pb_buf_byte(ret, '.');
            if (!ascii_label(label, ret))
                return false;
        }
    }
    return !ret->failed;
}

static bool is_host(pb_str host, pb_buf *out)
{
    size_t begin = out->len;
    if (!model_domain(host, out))
        return false;
    pb_str name = pb_str_sub(pb_buf_str(out), begin, out->len);
    return pb_str_index(name, '.') < name.len || pb_str_is(name, "localhost");
}

/* Path, query and fragment: bytes that may stand there; blanks must be written %20. */
static bool is_rest(pb_str rest)
{
    for (size_t i = 0; i < rest.len; i++) {
        unsigned char c = (unsigned char)rest.ptr[i];
        if (c <= ' ' || c == '<' || c == '>' || c == '"' || c == '\\' || c == '^' || c == '`' ||
            c == 0x7F)
            return false;
    }
    return true;
}

static const char *authority(pb_str text, bool secure, pb_buf *out)
{
    pb_str host = text, port = PB_STR_NONE;
    if (pb_str_index(text, '@') < text.len)
        return PB_MSG("{value} holds a user name or password");
    size_t colon = pb_str_index(text, ':');
    if (colon < text.len) {
        host = pb_str_sub(text, 0, colon);
        port = pb_str_sub(text, colon + 1, text.len);
    }
    if (host.len > 0 && host.ptr[host.len - 1] == '.')
        host = pb_str_sub(host, 0, host.len - 1);
    if (!is_host(host, out))
        return PB_MSG("{value} names no host, such as www.example.com");
    if (port.len > 0) {
        int64_t number;
        if (port.ptr[0] < '0' || port.ptr[0] > '9' || !pb_str_to_i64(port, &number) || number < 1 ||
            number > 65535)
            return PB_MSG("The port in {value} is no number from 1 to 65535");
        if (number != (secure ? 443 : 80)) {
            pb_buf_byte(out, ':');
            pb_buf_i64(out, number);
        }
    }
    return NULL;
}

static const char *standard_url(pb_str text, pb_buf *out)
{
    size_t scheme = pb_str_find(text, PB_STR("://"));
    pb_str name = scheme == SIZE_MAX ? PB_STR("https") : pb_str_sub(text, 0, scheme);
    pb_str rest = scheme == SIZE_MAX ? text : pb_str_sub(text, scheme + 3, text.len);
    size_t question = pb_str_index(text, '?');
    if (scheme != SIZE_MAX && (scheme > question || scheme > pb_str_index(text, '/'))) {
        name = PB_STR("https"); /* the "://" belongs to the query: no scheme was written */
        rest = text;
    }
    bool secure = pb_str_eq_nocase(name, PB_STR("https"));
    if (!secure && !pb_str_eq_nocase(name, PB_STR("http")))
        return PB_MSG("{value} is no web address: it does not begin with http:// or https://");
    pb_buf_addc(out, secure ? "https://" : "http://");
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '?' && rest.ptr[end] != '#')
        end++;
    const char *problem = authority(pb_str_sub(rest, 0, end), secure, out);
    if (problem != NULL)
        return problem;
    rest = pb_str_sub(rest, end, rest.len);
    if (!is_rest(rest))
        return PB_MSG("{value} holds a blank or a character that must be written as %XX");
    if (!pb_str_is(rest, "/"))
        pb_buf_add(out, rest);
    return NULL;
}

model_reading model_read_url(model_reader *reader, const model_field *field, pb_str raw)
{
    pb_str text;
    const char *problem = model_tidy(reader, raw, MODEL_TIDY_WIDTH, &text);
    if (problem != NULL)
        return model_bad(reader, text, problem);
    if (text.len == 0)
        return model_empty();
    pb_buf *out = &reader->scratch2;
    pb_buf_clear(out);
    problem = standard_url(text, out);
    if (problem != NULL)
        return model_bad(reader, text, problem);
    return model_good_limited(reader, field, raw, pb_buf_str(out), URL_LIMIT);
}
