#include "internal.h"

#include "base/utf8.h"

/* Words that say what legal form an organisation has, in folded spelling. They stand at the end in
 * Latin scripts and Chinese, in front in Persian. */
static const char *const legal_words[] = {
    "inc",         "incorporated", "ltd",     "limited", "llc",     "llp",  "plc",   "corp",
    "corporation", "co",           "company", "ag",      "gmbh",    "mbh",  "kg",    "sa",
    "sas",         "sarl",         "srl",     "spa",     "nv",      "bv",   "oy",    "ab",
    "as",          "aps",          "pty",     "pvt",     "private", "sro",  "kk",    "ltda",
    "cv",          "holding",      "group",   "the",     "and",     "شرکت", "سهامی", "خاص",
    "عام",         "موسسه",        "گروه",    "با",      "مسئولیت", "محدود"};
static const char *const legal_tails[] = {"股份有限公司", "有限责任公司", "有限公司",
                                          "集团公司",     "公司",         "集团"};
static const char *const role_mailboxes[] = {
    "info",  "sales",     "contact",   "office",  "admin",     "support", "service", "mail",
    "hello", "email",     "marketing", "hr",      "jobs",      "billing", "help",    "webmaster",
    "post",  "enquiries", "team",      "noreply", "reception", "accounts"};

static bool listed(pb_str word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pb_str_is(word, list[i]))
            return true;
    return false;
}

#define LISTED(word, list) listed((word), (list), sizeof(list) / sizeof *(list))

size_t match_words(pb_str text, pb_str words[NAME_PARTS])
{
    size_t count = 0;
    pb_str rest = text, word;
    while (count < NAME_PARTS && pb_str_split(&rest, ' ', &word))
        if (word.len > 0)
            words[count++] = word;
    return count;
}

static pb_str without_last_word(pb_str s, pb_str *ret_word)
{
    size_t at = s.len;
    while (at > 0 && s.ptr[at - 1] != ' ')
        at--;
    *ret_word = pb_str_sub(s, at, s.len - at);
    return pb_str_sub(s, 0, at > 0 ? at - 1 : 0);
}

pb_str match_org_core(pb_str folded)
{
    pb_str core = folded, word;
    for (size_t i = 0; i < sizeof legal_tails / sizeof *legal_tails; i++) {
        pb_str tail = pb_str_c(legal_tails[i]);
        if (core.len > tail.len && pb_str_ends(core, tail)) {
            core = pb_str_sub(core, 0, core.len - tail.len);
            break;
        }
    }
    for (;;) {
        pb_str rest = without_last_word(core, &word);
        if (rest.len == 0 || !LISTED(word, legal_words))
            break;
        core = rest;
    }
    for (;;) {
        size_t blank = pb_str_index(core, ' ');
        if (blank >= core.len || !LISTED(pb_str_sub(core, 0, blank), legal_words))
            break;
        core = pb_str_sub(core, blank + 1, core.len);
    }
    return core;
}

pb_str match_email_local(pb_str email)
{
    pb_str local = pb_str_sub(email, 0, pb_str_index(email, '@'));
    return pb_str_sub(local, 0, pb_str_index(local, '+'));
}

bool match_email_is_role(pb_str local)
{
    return LISTED(local, role_mailboxes);
}

pb_str match_phone_tail(pb_str phone)
{
    size_t end = pb_str_index(phone, ';');
    size_t digits = 0, at = end;
    while (at > 0 && digits < 8 && phone.ptr[at - 1] >= '0' && phone.ptr[at - 1] <= '9') {
        at--;
        digits++;
    }
    return digits < 7 ? PB_STR_NONE : pb_str_sub(phone, at, end - at);
}

/* One word against another: an initial stands for a word that begins with it. */
static double word_similarity(pb_str a, pb_str b)
{
    pb_str shorter = a.len < b.len ? a : b, longer = a.len < b.len ? b : a;
    if (pb_utf8_count(shorter) == 1 && shorter.len < longer.len)
        return pb_str_starts(longer, shorter) ? 0.9 : 0.0;
    return match_similarity(a, b);
}

/* Mean similarity of the words of the shorter name, each with its best partner, in any order. A
 * name with fewer words can be the same name written short, but that is weaker evidence. */
static match_level compare_names(pb_str a, pb_str b)
{
    pb_str wa[NAME_PARTS], wb[NAME_PARTS];
    size_t na = match_words(a, wa), nb = match_words(b, wb);
    if (na > nb) {
        for (size_t i = 0; i < NAME_PARTS; i++) {
            pb_str word = wa[i];
            wa[i] = wb[i];
            wb[i] = word;
        }
        size_t n = na;
        na = nb;
        nb = n;
    }
    bool taken[NAME_PARTS] = {false};
    double sum = 0, worst = 1;
    for (size_t i = 0; i < na; i++) {
        double best = 0;
        size_t best_at = 0;
        for (size_t j = 0; j < nb; j++) {
            double s = taken[j] ? 0 : word_similarity(wa[i], wb[j]);
            if (s > best) {
                best = s;
                best_at = j;
            }
        }
        taken[best_at] = true;
        sum += best;
        worst = best < worst ? best : worst;
    }
    double mean = na > 0 ? sum / (double)na : 0;
    if (na == nb && mean >= 1)
        return LEVEL_EQUAL;
    if (mean >= 0.93 && worst >= 0.85)
        return na == nb || na > 1 ? LEVEL_CLOSE : LEVEL_WEAK;
    return mean >= 0.85 && worst >= 0.72 ? LEVEL_WEAK : LEVEL_DIFFERS;
}

static match_level by_similarity(double s, size_t shorter_len)
{
    if (s >= 1)
        return LEVEL_EQUAL;
    if (s >= 0.95 && shorter_len >= 5)
        return LEVEL_CLOSE;
    return s >= 0.9 && shorter_len >= 4 ? LEVEL_WEAK : LEVEL_DIFFERS;
}

/* Equal but for blanks: `gtxpro` and `gtx pro`. */
static bool equal_without_blanks(pb_str a, pb_str b)
{
    size_t i = 0, j = 0;
    for (;;) {
        while (i < a.len && a.ptr[i] == ' ')
            i++;
        while (j < b.len && b.ptr[j] == ' ')
            j++;
        if (i >= a.len || j >= b.len)
            return i >= a.len && j >= b.len;
        if (a.ptr[i++] != b.ptr[j++])
            return false;
    }
}

static match_level compare_text(pb_str a, pb_str b)
{
    if (equal_without_blanks(a, b))
        return LEVEL_EQUAL;
    return by_similarity(match_similarity(a, b), a.len < b.len ? a.len : b.len);
}

static match_level compare_orgs(pb_str a, pb_str b)
{
    if (pb_str_eq(a, b))
        return LEVEL_EQUAL;
    return compare_text(match_org_core(a), match_org_core(b));
}

/* True when all digits of both texts are the same in the same order: `ann1` and `ann2` are two
 * people, `anna` and `ana` may be one. */
static bool same_digits(pb_str a, pb_str b)
{
    size_t i = 0, j = 0;
    for (;;) {
        while (i < a.len && (a.ptr[i] < '0' || a.ptr[i] > '9'))
            i++;
        while (j < b.len && (b.ptr[j] < '0' || b.ptr[j] > '9'))
            j++;
        if (i >= a.len || j >= b.len)
            return i >= a.len && j >= b.len;
        if (a.ptr[i++] != b.ptr[j++])
            return false;
    }
}

static match_level compare_emails(pb_str a, pb_str b)
{
    if (pb_str_eq(a, b))
        return LEVEL_EQUAL;
    pb_str la = match_email_local(a), lb = match_email_local(b);
    size_t shorter = la.len < lb.len ? la.len : lb.len;
    if (shorter < 5 || match_email_is_role(la) || match_email_is_role(lb))
        return LEVEL_DIFFERS;
    if (pb_str_eq(la, lb))
        return LEVEL_WEAK;
    return same_digits(a, b) && match_distance(a, b, 1) <= 1 ? LEVEL_CLOSE : LEVEL_DIFFERS;
}

static match_level compare_phones(pb_str a, pb_str b)
{
    if (pb_str_eq(a, b))
        return LEVEL_EQUAL;
    pb_str ta = match_phone_tail(a), tb = match_phone_tail(b);
    if (ta.ptr == NULL || tb.ptr == NULL)
        return LEVEL_DIFFERS;
    if (pb_str_ends(ta, tb) || pb_str_ends(tb, ta))
        return LEVEL_EQUAL;
    return match_distance(ta, tb, 1) <= 1 ? LEVEL_WEAK : LEVEL_DIFFERS;
}

/* Dates as YYYY-MM-DD: swapped day and month or one wrong digit is a slip of the pen. */
static match_level compare_dates(pb_str a, pb_str b)
{
    if (pb_str_eq(a, b))
        return LEVEL_EQUAL;
    if (a.len != 10 || b.len != 10)
        return LEVEL_DIFFERS;
    bool same_year = pb_str_eq(pb_str_sub(a, 0, 4), pb_str_sub(b, 0, 4));
    if (same_year && pb_str_eq(pb_str_sub(a, 5, 2), pb_str_sub(b, 8, 2)) &&
        pb_str_eq(pb_str_sub(a, 8, 2), pb_str_sub(b, 5, 2)))
        return LEVEL_CLOSE;
    return match_distance(a, b, 1) <= 1 ? LEVEL_CLOSE : LEVEL_DIFFERS;
}

match_level match_compare(match_kind kind, pb_str a, pb_str b)
{
    switch (kind) {
    case MATCH_NAME:
        return compare_names(a, b);
    case MATCH_ORG:
        return compare_orgs(a, b);
    case MATCH_EMAIL:
        return compare_emails(a, b);
    case MATCH_PHONE:
        return compare_phones(a, b);
    case MATCH_DATE:
        return compare_dates(a, b);
    case MATCH_TEXT:
        return compare_text(a, b);
    case MATCH_EXACT:
        break;
    }
    return pb_str_eq(a, b) ? LEVEL_EQUAL : LEVEL_DIFFERS;
}
