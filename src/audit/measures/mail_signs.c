/* E-mail addresses: throw-away services, reserved domains, mailboxes nobody reads, and domains that
 * look like a large provider's but are not.
 * Sources: RFC 2606 and RFC 6761 (names reserved for examples and tests), RFC 6762 (.local). */
#include "scan.h"

#include "match/match.h"

enum { DOMAIN_MOST = 100, SHORT_LABEL = 5, LONG_LABEL = 7 };

/* Remembered of a domain: 1 + sign; look-alikes by the meant domain's address. */
enum { KNOWN_FINE = 1, KNOWN_DISPOSABLE = 2, KNOWN_RESERVED = 3, KNOWN_LIMIT = 16 };

/* The providers that are worth mistaking: a look-alike is measured against these only. */
static const char *const large[] = {
    "gmail.com",   "googlemail.com", "yahoo.com",  "hotmail.com", "outlook.com",   "icloud.com",
    "foxmail.com", "protonmail.com", "yandex.com", "comcast.net", "verizon.net",   "rediffmail.com",
    "hotmail.fr",  "hotmail.co.uk",  "hotmail.de", "hotmail.it",  "yahoo.co.uk",   "yahoo.fr",
    "yahoo.de",    "yahoo.co.jp",    "yahoo.cn",   "outlook.de",  "outlook.fr",    "163.com",
    "126.com",     "qq.com",         "aol.com",    "live.com",    "msn.com",       "sina.com",
    "sohu.com",    "mail.com",       "wanadoo.fr", "t-online.de", "btinternet.com"};
enum { LARGE = sizeof large / sizeof *large };

/* Ends that no top-level domain has, and what they are meant to be. */
static const struct {
    const char *wrong, *right;
} ends[] = {{"con", "com"},  {"cmo", "com"},    {"ocm", "com"},  {"vom", "com"},  {"xom", "com"},
            {"cim", "com"},  {"cpm", "com"},    {"comm", "com"}, {"coom", "com"}, {"ccom", "com"},
            {"c0m", "com"},  {"comn", "com"},   {"coml", "com"}, {"nte", "net"},  {"ent", "net"},
            {"nett", "net"}, {"ner", "net"},    {"ogr", "org"},  {"rog", "org"},  {"orgg", "org"},
            {"cpom", "com"}, {"comcom", "com"}, {"dee", "de"},   {"frr", "fr"},   {"cnn", "cn"},
            {"irr", "ir"},   {"ukk", "uk"}};
/* Real ends that stand for .com only behind the name of a provider. */
static const char *const near_com[] = {"co", "cm", "om"};

static pb_str tail(pb_str domain)
{
    for (size_t i = domain.len; i > 0; i--)
        if (domain.ptr[i - 1] == '.')
            return pb_str_sub(domain, i, domain.len);
    return PB_STR_NONE;
}

static bool is_reserved(pb_str domain)
{
    static const char *const names[] = {"example.com", "example.net", "example.org"};
    static const char *const tops[] = {"test",  "example",     "invalid", "localhost",
                                       "local", "localdomain", "lan",     "internal"};
    pb_str top = tail(domain);
    for (size_t i = 0; i < sizeof tops / sizeof *tops; i++)
        if (pb_str_is(top, tops[i]))
            return true;
    for (size_t i = 0; i < 3; i++) {
        size_t len = strlen(names[i]);
        if (pb_str_ends(domain, pb_str_c(names[i])) &&
            (domain.len == len || domain.ptr[domain.len - len - 1] == '.'))
            return true;
    }
    return false;
}

/* The domain or one above it. */
static bool is_disposable(const pb_map *disposable, pb_str domain)
{
    while (pb_str_index(domain, '.') < domain.len) {
        if (pb_map_get(disposable, domain))
            return true;
        domain = pb_str_sub(domain, pb_str_index(domain, '.') + 1, domain.len);
    }
    return false;
}

static bool beside(char a, char b)
{
    static const char *const rows[] = {"qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890"};
    static const char *const alike[] = {"0o", "1l", "1i", "il", "5s", "vu",
                                        "nm", "rn", "ao", "ei", "ae"};
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++)
        if ((alike[i][0] == a && alike[i][1] == b) || (alike[i][0] == b && alike[i][1] == a))
            return true;
    int row[2] = {-1, -1}, column[2] = {0, 0};
    for (int r = 0; r < 4; r++)
        for (int k = 0; rows[r][k]; k++)
            for (int side = 0; side < 2; side++)
                if (rows[r][k] == (side ? b : a)) {
                    row[side] = r;
                    column[side] = k;
                }
    int down = row[0] - row[1], across = column[0] - column[1];
    return row[0] >= 0 && row[1] >= 0 && down >= -1 && down <= 1 && across >= -1 && across <= 1;
}

/* One slip of the hand apart: two letters swapped, one left out, one doubled or hit beside. */
static bool one_slip(pb_str is, pb_str meant)
{
    size_t i = 0;
    while (i < is.len && i < meant.len && is.ptr[i] == meant.ptr[i])
        i++;
    pb_str a = pb_str_sub(is, i, is.len), b = pb_str_sub(meant, i, meant.len);
    if (is.len + 1 == meant.len)
        return pb_str_eq(a, pb_str_sub(b, 1, b.len));
    if (is.len == meant.len + 1) {
        bool near = (i > 0 && beside(a.ptr[0], is.ptr[i - 1])) ||
                    (b.len && beside(a.ptr[0], b.ptr[0])) || (i > 0 && a.ptr[0] == is.ptr[i - 1]) ||
                    a.ptr[0] == 's' || a.ptr[0] == '-';
        return near && pb_str_eq(pb_str_sub(a, 1, a.len), b);
    }
    if (is.len != meant.len || !a.len)
        return false;
    if (a.len > 1 && a.ptr[0] == b.ptr[1] && a.ptr[1] == b.ptr[0] &&
        pb_str_eq(pb_str_sub(a, 2, a.len), pb_str_sub(b, 2, b.len)))
        return true;
    return beside(a.ptr[0], b.ptr[0]) &&
           pb_str_eq(pb_str_sub(a, 1, a.len), pb_str_sub(b, 1, b.len));
}

/* The provider meant, SIZE_MAX for none. Short names and the common words among them are mistaken
 * too easily: only their end is looked at. */
static size_t provider_meant(pb_str domain)
{
    pb_str top = tail(domain);
    for (size_t i = 0; i < LARGE; i++) {
        pb_str meant = pb_str_c(large[i]);
        size_t dot = pb_str_index(meant, '.'), own = pb_str_index(domain, '.');
        pb_str label = pb_str_sub(meant, 0, dot), is = pb_str_sub(domain, 0, own);
        pb_str end = pb_str_sub(meant, dot, meant.len),
               is_end = pb_str_sub(domain, own, domain.len);
        bool same_end = pb_str_eq(end, is_end);
        if (same_end && label.len >= SHORT_LABEL && !pb_str_is(label, "yandex") &&
            (one_slip(is, label) ||
             (label.len >= LONG_LABEL && is.len + 2 >= label.len && is.len <= label.len + 2 &&
              is.len && is.ptr[0] == label.ptr[0] && match_distance(is, label, 2) <= 2)))
            return i;
        if (!pb_str_eq(is, label) || !pb_str_is(end, ".com") || is_end.len != top.len + 1)
            continue;
        for (size_t k = 0; k < sizeof near_com / sizeof *near_com; k++)
            if (pb_str_is(top, near_com[k]) && (label.len >= SHORT_LABEL || k == 1))
                return i;
    }
    return SIZE_MAX;
}

static size_t wrong_end(pb_str domain)
{
    pb_str top = tail(domain);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (pb_str_is(top, ends[i].wrong))
            return i;
    return SIZE_MAX;
}

/* Looks at a domain for the first time. */
static uint64_t judge(const scan_tools *tools, pb_str domain)
{
    if (pb_map_get(tools->providers, domain))
        return KNOWN_FINE;
    if (is_reserved(domain))
        return KNOWN_RESERVED;
    if (is_disposable(tools->disposable, domain))
        return KNOWN_DISPOSABLE;
    size_t end = wrong_end(domain);
    if (end != SIZE_MAX)
        return KNOWN_LIMIT + LARGE + end;
    size_t provider = provider_meant(domain);
    return provider == SIZE_MAX ? KNOWN_FINE : KNOWN_LIMIT + provider;
}

/* With the end mended the name may still be a slip: gmial.con. */
static void put_meant(scan_tools *tools, pb_str mailbox, pb_str domain, uint64_t known)
{
    pb_buf *out = &tools->hint;
    pb_buf_add(out, mailbox);
    pb_buf_byte(out, '@');
    if (known < KNOWN_LIMIT + LARGE) {
        pb_buf_addc(out, large[known - KNOWN_LIMIT]);
        return;
    }
    size_t from = out->len;
    pb_buf_add(out, pb_str_sub(domain, 0, domain.len - tail(domain).len));
    pb_buf_addc(out, ends[known - KNOWN_LIMIT - LARGE].right);
    pb_str mended = pb_str_sub(pb_buf_str(out), from, out->len);
    size_t provider = pb_map_get(tools->providers, mended) ? SIZE_MAX : provider_meant(mended);
    if (provider == SIZE_MAX)
        return;
    out->len = from;
    pb_buf_addc(out, large[provider]);
}

static bool same_letters(pb_str text)
{
    for (size_t i = 1; i < text.len; i++)
        if (text.ptr[i] != text.ptr[0])
            return false;
    return text.len > 0;
}

static bool all_digits(pb_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0;
}

/* test@, none@, noreply@, a@a.com, asdf@, 123456@. */
static bool is_dummy(const scan_tools *tools, pb_str mailbox, pb_str domain)
{
    pb_str label = pb_str_sub(domain, 0, pb_str_index(domain, '.'));
    pb_str bare = mailbox;
    while (bare.len > 1 && bare.ptr[bare.len - 1] >= '0' && bare.ptr[bare.len - 1] <= '9')
        bare.len--;
    bool numbered = bare.len < mailbox.len;
    uint64_t *word = pb_map_get(tools->dummy_mailboxes, numbered ? bare : mailbox);
    if (word && (!numbered || mailbox.len - bare.len <= 3))
        return true;
    static const char *const shows[] = {
        "test.com",        "test.de",       "domain.com",  "yourdomain.com", "mydomain.com",
        "yourcompany.com", "mycompany.com", "noemail.com", "nomail.com",     "none.com",
        "na.com",          "fake.com",      "asdf.com",    "email.email",    "mustermann.de",
        "musterfirma.de",  "beispiel.de",   "exemple.fr"};
    for (size_t i = 0; i < sizeof shows / sizeof *shows; i++)
        if (pb_str_is(domain, shows[i]))
            return true;
    if (pb_str_eq(mailbox, label) && (mailbox.len == 1 || (same_letters(label) && label.len < 8) ||
                                      pb_map_get(tools->test_words, label)))
        return true;
    if (all_digits(mailbox))
        return mailbox.len >= 5 && runs_keyboard(mailbox);
    return mailbox.len >= 4 && runs_keyboard(mailbox);
}

pb_status sign_of_mail(scan_tools *tools, const scan_text *text, text_sign *ret, pb_error *err)
{
    size_t at = pb_str_index(text->text, '@');
    if (at >= text->text.len || text->text.len - at > DOMAIN_MOST || at > DOMAIN_MOST)
        return PB_OK;
    char small[2 * DOMAIN_MOST + 2];
    for (size_t i = 0; i < text->text.len; i++) {
        char c = text->text.ptr[i];
        small[i] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    pb_str mailbox = pb_str_n(small, at),
           domain = pb_str_n(small + at + 1, text->text.len - at - 1);
    bool is_new = false;
    uint64_t *known = pb_map_put(tools->domains, domain, &is_new);
    if (!known)
        return pb_fail_memory(err);
    if (is_new)
        *known = judge(tools, domain);
    if (*known == KNOWN_RESERVED)
        *ret = SIGN_RESERVED;
    else if (*known == KNOWN_DISPOSABLE)
        *ret = SIGN_DISPOSABLE;
    else if (is_dummy(tools, mailbox, domain))
        *ret = SIGN_DUMMY_MAIL;
    else if (*known >= KNOWN_LIMIT) {
        *ret = SIGN_LOOKALIKE;
        put_meant(tools, pb_str_sub(text->text, 0, at), domain, *known);
    }
    return PB_OK;
}

/* The digits of a number as people know it: what stands behind an extension is left out. */
static size_t digits_of(pb_str text, char to[32])
{
    size_t count = 0;
    for (size_t i = 0; i < text.len && count < 31; i++) {
        char c = text.ptr[i];
        if (c == 'x' || c == ';' || c == '#')
            break;
        if (c >= '0' && c <= '9')
            to[count++] = c;
    }
    return count;
}

/* One digit repeated: nine times at the end, or as often as nobody is given it. Firms pay for
 * 8888 8888, so eight of a kind are no sign but where the digit is 0, 1 or 2; a person has no seven
 * of these. */
static bool repeats(const char *digits, size_t count, bool person)
{
    size_t same = 1;
    while (same < count && digits[count - 1 - same] == digits[count - 1])
        same++;
    char d = digits[count - 1];
    return same >= 9 || (d == '0' && same >= 7) ||
           (same >= (person ? 7U : 8U) && (d == '1' || d == '2')) || (same == count && count >= 5);
}

/* 1234567, 7654321 and longer at the end. */
static bool in_order(const char *digits, size_t count)
{
    for (int step = -1; step <= 1; step += 2) {
        size_t run = 1;
        while (run < count) {
            int before = digits[count - run - 1] - '0', after = digits[count - run] - '0';
            if ((before + step + 10) % 10 != after)
                break;
            run++;
        }
        if (run >= 7)
            return true;
    }
    return false;
}

bool sign_fake_phone(const scan_text *text)
{
    char digits[32];
    size_t count = digits_of(text->text, digits);
    if (count < 5)
        return false;
    bool america = count == 11 && digits[0] == '1' && text->text.ptr[0] == '+';
    if (america && memcmp(digits + 4, "55501", 5) == 0)
        return true; /* 555-0100 to 555-0199 are kept for films */
    if (america && memcmp(digits + 4, "5555555", 7) == 0)
        return true;
    bool person = text->field && model_field_role(text->field->entity, "family_name") != NULL;
    return repeats(digits, count, person) || in_order(digits, count);
}
