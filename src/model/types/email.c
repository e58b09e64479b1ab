/* E-mail addresses. Accepted: what a customer can be reached at, that is the mailbox of RFC
 * 5321 4.1.2 (dot-atom or quoted local part, domain name or IPv4/IPv6 literal) with the letters of
 * RFC 6531. Refused although RFC 5322 knows them: comments, folding white space inside, the
 * obsolete forms, literals no mail server takes, numeric top domains, and domains of one label
 * unless it is a country's
 * (`test@io`). Standard form: domain in lower case as A-labels; a quoted local part without need of
 * quotes loses them; the local part keeps its case (RFC 5321 2.4). */
#include "base/utf8.h"
#include "reader.h"

enum { LOCAL_MAX = 64, DOMAIN_MAX = 253, TOTAL_MAX = 254 };

/* Letters of dot-atoms without the dot (1) and of host names without the hyphen (2); capitals 4. */
static const unsigned char classes[128] = {
    ['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1, ['&'] = 1, ['\''] = 1, ['*'] = 1, ['+'] = 1,
    ['-'] = 1, ['/'] = 1, ['='] = 1, ['?'] = 1, ['^'] = 1, ['_'] = 1,  ['`'] = 1, ['{'] = 1,
    ['|'] = 1, ['}'] = 1, ['~'] = 1, ['0'] = 3, ['1'] = 3, ['2'] = 3,  ['3'] = 3, ['4'] = 3,
    ['5'] = 3, ['6'] = 3, ['7'] = 3, ['8'] = 3, ['9'] = 3, ['a'] = 3,  ['b'] = 3, ['c'] = 3,
    ['d'] = 3, ['e'] = 3, ['f'] = 3, ['g'] = 3, ['h'] = 3, ['i'] = 3,  ['j'] = 3, ['k'] = 3,
    ['l'] = 3, ['m'] = 3, ['n'] = 3, ['o'] = 3, ['p'] = 3, ['q'] = 3,  ['r'] = 3, ['s'] = 3,
    ['t'] = 3, ['u'] = 3, ['v'] = 3, ['w'] = 3, ['x'] = 3, ['y'] = 3,  ['z'] = 3, ['A'] = 5,
    ['B'] = 5, ['C'] = 5, ['D'] = 5, ['E'] = 5, ['F'] = 5, ['G'] = 5,  ['H'] = 5, ['I'] = 5,
    ['J'] = 5, ['K'] = 5, ['L'] = 5, ['M'] = 5, ['N'] = 5, ['O'] = 5,  ['P'] = 5, ['Q'] = 5,
    ['R'] = 5, ['S'] = 5, ['T'] = 5, ['U'] = 5, ['V'] = 5, ['W'] = 5,  ['X'] = 5, ['Y'] = 5,
    ['Z'] = 5,
};

/* True for an address of the plainest kind, already in standard form: the hot path. */
static bool plain_standard(pb_str s)
{
    size_t i = 0, label, dots = 0;
    char before = '.';
    for (; i < s.len && s.ptr[i] != '@'; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c >= 0x80 || (c == '.' ? before == '.' : (classes[c] & 1) == 0))
            return false;
        before = (char)c;
    }
    if (i == 0 || i > LOCAL_MAX || before == '.' || i == s.len || s.len > TOTAL_MAX)
        return false;
    label = ++i;
    bool letters = false;
    for (; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '.') {
            if (i == label || i - label > 63 || s.ptr[i - 1] == '-')
                return false;
            dots++;
            letters = false;
            label = i + 1;
        } else if (c >= 0x80 || !((classes[c] & 2) != 0 || (c == '-' && i > label))) {
            return false;
        } else {
            letters = letters || c > '9';
            if (c == '-' && i == label + 3 && s.ptr[label] == 'x' && s.ptr[label + 1] == 'n')
                return false; /* A-labels are checked by ICU */
        }
    }
    return dots > 0 && letters && i > label && i - label <= 63 && s.ptr[i - 1] != '-';
}

/* The address inside `mailto:…`, `Name <…>` and `<…>`, without a list mark left behind. */
static pb_str unwrap(pb_str s)
{
    while (s.len > 1 && (s.ptr[s.len - 1] == ';' || s.ptr[s.len - 1] == ','))
        s = pb_str_trim(pb_str_sub(s, 0, s.len - 1));
    if (s.len > 2 && s.ptr[s.len - 1] == '>') {
        size_t open = s.len;
        while (open > 0 && s.ptr[open - 1] != '<')
            open--;
        if (open > 0)
            s = pb_str_trim(pb_str_sub(s, open, s.len - 1 - open));
    }
    if (s.len > 7 && pb_str_eq_nocase(pb_str_sub(s, 0, 7), PB_STR("mailto:"))) {
        s = pb_str_sub(s, 7, s.len);
        s = pb_str_trim(pb_str_sub(s, 0, pb_str_index(s, '?')));
    }
    return s;
}

/* Where the `@` between local part and domain stands: the first one outside quotes; s.len: none. */
static size_t find_at(pb_str s)
{
    bool quoted = false;
    for (size_t i = 0; i < s.len; i++) {
        if (quoted && s.ptr[i] == '\\')
            i++;
        else if (s.ptr[i] == '"')
            quoted = !quoted;
        else if (s.ptr[i] == '@' && !quoted)
            return i;
    }
    return s.len;
}

static bool dot_atom(pb_str s)
{
    char before = '.';
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < 0x80 && (c == '.' ? before == '.' : (classes[c] & 1) == 0))
            return false;
        before = (char)c;
    }
    return s.len > 0 && before != '.';
}

/* Quoted local part: appends it without quotes where they are not needed. NULL or the problem. */
static const char *quoted_local(pb_str s, pb_buf *out)
{
    size_t begin = out->len;
    for (size_t i = 1; i + 1 < s.len; i++) {
        if (s.ptr[i] == '"')
            return PB_MSG("A quotation mark stands in the wrong place in {value}");
        if (s.ptr[i] == '\\' && ++i + 1 == s.len)
            return PB_MSG("A quotation mark is not closed in {value}");
        if (s.ptr[i - 1] == '\\' && (unsigned char)s.ptr[i] >= 0x80)
            return PB_MSG("A backslash stands in the wrong place in {value}");
        pb_buf_byte(out, s.ptr[i]);
    }
    if (s.len < 2 || s.ptr[s.len - 1] != '"')
        return PB_MSG("A quotation mark is not closed in {value}");
    if (out->failed || dot_atom(pb_str_sub(pb_buf_str(out), begin, out->len)))
        return NULL;
    out->len = begin;
    pb_buf_byte(out, '"');
    for (size_t i = 1; i + 1 < s.len; i++) {
        if (s.ptr[i] == '\\')
            i++;
        if (s.ptr[i] == '"' || s.ptr[i] == '\\')
            pb_buf_byte(out, '\\');
        pb_buf_byte(out, s.ptr[i]);
    }
    pb_buf_byte(out, '"');
    return NULL;
}

static const char *local_part(pb_str s, pb_buf *out)
{
    if (s.len == 0)
        return PB_MSG("Nothing stands before the '@' in {value}");
    if (s.len > LOCAL_MAX)
        return PB_MSG("More than 64 characters stand before the '@' in {value}");
    if (s.ptr[0] == '"')
        return quoted_local(s, out);
    if (dot_atom(s)) {
        pb_buf_add(out, s);
        return NULL;
    }
    if (s.ptr[0] == '.' || s.ptr[s.len - 1] == '.')
        return PB_MSG("A dot begins or ends what stands before the '@' in {value}");
    if (pb_str_find(s, PB_STR("..")) != SIZE_MAX)
        return PB_MSG("Two dots follow each other in {value}");
    if (pb_str_index(s, ' ') < s.len)
        return PB_MSG("A blank stands inside {value}");
    if (pb_str_index(s, '(') < s.len || pb_str_index(s, ')') < s.len)
        return PB_MSG("A comment in parentheses stands inside {value}");
    return PB_MSG("A character stands before the '@' in {value} that must not be there");
}

static bool ipv4(pb_str s)
{
    int parts = 0;
    pb_str part;
    while (pb_str_split(&s, '.', &part)) {
        int64_t value;
        if (part.len == 0 || part.len > 3 || part.ptr[0] < '0' || part.ptr[0] > '9' ||
            !pb_str_to_i64(part, &value) || value > 255)
            return false;
        parts++;
    }
    return parts == 4;
}

/* IPv6-addr of RFC 5321 4.1.3. `::` stands for two groups or more. */
static bool ipv6(pb_str s)
{
    int groups = 0, gaps = 0;
    bool colon = false; /* a single colon waits for its group */
    size_t i = 0;
    if (s.len >= 2 && s.ptr[0] == ':' && s.ptr[1] != ':')
        return false;
    while (i < s.len) {
        if (s.ptr[i] == ':') {
            if (i + 1 < s.len && s.ptr[i + 1] == ':') {
                gaps++;
                i += 2;
                colon = false;
            } else {
                if (colon || groups == 0 || s.ptr[i - 1] == ':')
                    return false;
                colon = true;
                i++;
            }
            continue;
        }
        size_t end = i;
        while (end < s.len && s.ptr[end] != ':')
            end++;
        pb_str group = pb_str_sub(s, i, end - i);
        if (end == s.len && pb_str_index(group, '.') < group.len) {
            if (!ipv4(group))
                return false;
            groups += 2;
        } else {
            if (group.len > 4)
                return false;
            for (size_t k = 0; k < group.len; k++) {
                char c = group.ptr[k];
                if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
                    return false;
            }
            groups++;
        }
        colon = false;
        i = end;
    }
    return !colon && (gaps == 0 ? groups == 8 : gaps == 1 && groups <= 6);
}

static const char *literal(pb_str s, pb_buf *out)
{
    if (s.ptr[s.len - 1] != ']')
        return PB_MSG("A bracket is not closed in {value}");
    pb_str inside = pb_str_sub(s, 1, s.len - 2);
    bool six = inside.len > 5 && pb_str_eq_nocase(pb_str_sub(inside, 0, 5), PB_STR("IPv6:"));
    if (six ? !ipv6(pb_str_sub(inside, 5, inside.len)) : !ipv4(inside))
        return PB_MSG("What stands in brackets in {value} is no internet address");
    pb_buf_add(out, s);
    return NULL;
}

static const char *domain_part(const model_reader *reader, pb_str s, pb_buf *out)
{
    size_t begin = out->len, last;
    if (s.len == 0)
        return PB_MSG("Nothing stands after the '@' in {value}");
    if (s.ptr[0] == '[')
        return literal(s, out);
    if (find_at(s) < s.len)
        return PB_MSG("{value} has more than one '@'");
    if (pb_str_index(s, ' ') < s.len)
        return PB_MSG("A blank stands inside {value}");
    if (pb_str_index(s, '(') < s.len || pb_str_index(s, ')') < s.len)
        return PB_MSG("A comment in parentheses stands inside {value}");
    if (s.ptr[0] == '.' || s.ptr[s.len - 1] == '.')
        return PB_MSG("A dot begins or ends the domain in {value}");
    if (pb_str_find(s, PB_STR("..")) != SIZE_MAX)
        return PB_MSG("Two dots follow each other in {value}");
    if (!model_domain(s, out))
        return PB_MSG("What stands after the '@' in {value} is no domain name");
    pb_str domain = pb_str_sub(pb_buf_str(out), begin, out->len);
    last = domain.len;
    while (last > 0 && domain.ptr[last - 1] != '.')
        last--;
    pb_str top = pb_str_sub(domain, last, domain.len);
    bool letters = false;
    for (size_t i = 0; i < top.len; i++)
        letters = letters || top.ptr[i] > '9';
    if (!letters)
        return PB_MSG("The domain in {value} ends in a number");
    char country[2] = {'A', 'A'};
    if (last == 0 && top.len == 2) {
        country[0] = (char)(top.ptr[0] - 'a' + 'A');
        country[1] = (char)(top.ptr[1] - 'a' + 'A');
    }
    if (last == 0 && !model_country_exists(reader, pb_str_n(country, 2)))
        return PB_MSG("The domain in {value} has no dot");
    return NULL;
}

model_reading model_read_email(model_reader *reader, const model_field *field, pb_str raw)
{
    if (plain_standard(raw))
        return model_good_limited(reader, field, raw, raw, TOTAL_MAX);
    pb_str text;
    const char *problem = model_tidy(reader, raw, MODEL_TIDY_WIDTH, &text);
    for (size_t i = 0; i < raw.len && problem == NULL; i++)
        if ((unsigned char)raw.ptr[i] < ' ')
            problem = PB_MSG("{value} holds a line break or a tab");
    if (problem != NULL)
        return model_bad(reader, text, problem);
    if (text.len == 0)
        return model_empty();
    pb_str address = unwrap(text);
    size_t at = find_at(address);
    pb_buf *out = &reader->scratch2;
    pb_buf_clear(out);
    if (at == address.len) {
        bool quote = pb_str_index(address, '"') < address.len;
        return model_bad(reader, text,
                         quote ? PB_MSG("A quotation mark is not closed in {value}")
                               : PB_MSG("There is no '@' in {value}"));
    }
    for (size_t i = at; i < address.len; i++) {
        if ((address.ptr[i] == ';' || address.ptr[i] == ',') &&
            pb_str_index(pb_str_sub(address, i, address.len), '@') < address.len - i)
            return model_bad(reader, text, PB_MSG("{value} holds more than one address"));
    }
    problem = local_part(pb_str_sub(address, 0, at), out);
    pb_buf_byte(out, '@');
    if (problem == NULL)
        problem = domain_part(reader, pb_str_sub(address, at + 1, address.len), out);
    if (problem == NULL && out->len > TOTAL_MAX)
        problem = PB_MSG("{value} is longer than an e-mail address can be");
    if (problem != NULL)
        return model_bad(reader, text, problem);
    return model_good_limited(reader, field, raw, pb_buf_str(out), TOTAL_MAX);
}
