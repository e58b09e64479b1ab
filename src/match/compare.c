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

enum { LONGEST_ROLE = 9 };

static bool listed(pb_str word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pb_str_is(word, list[i]))
            return true;
    return false;
}

#define LISTED(word, list) listed((word), (list), sizeof(list) / sizeof *(list))

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
    return local.len <= LONGEST_ROLE && LISTED(local, role_mailboxes);
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

static match_level by_similarity(double s, size_t shorter_len)
{
    if (s >= 0.95 && shorter_len >= 5)
        return LEVEL_CLOSE;
    return s >= 0.88 && shorter_len >= 4 ? LEVEL_SHORT : LEVEL_DIFFERS;
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

static match_level compare_text(pb_str a, pb_str b)
{
    if (equal_without_blanks(a, b))
        return LEVEL_EQUAL;
    size_t shorter = a.len < b.len ? a.len : b.len;
    match_level level = shorter >= 5 && match_distance(a, b, 1) <= 1
                            ? LEVEL_CLOSE
                            : by_similarity(match_similarity(a, b), shorter);
    if (level == LEVEL_DIFFERS || same_digits(a, b))
        return level;
    return level == LEVEL_CLOSE ? LEVEL_SHORT : LEVEL_DIFFERS;
}

/* The same letters in another order: `f.j@sharp.com` and `j.f@sharp.com`. */
static bool same_letters(pb_str a, pb_str b)
{
    signed char count[256] = {0};
    if (a.len != b.len || a.len > 100)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        count[(unsigned char)a.ptr[i]]++;
        count[(unsigned char)b.ptr[i]]--;
    }
    for (size_t i = 0; i < sizeof count; i++)
        if (count[i] != 0)
            return false;
    return true;
}

static match_level compare_emails(pb_str a, pb_str b)
{
    pb_str la = match_email_local(a), lb = match_email_local(b);
    size_t shorter = la.len < lb.len ? la.len : lb.len;
    bool few = match_distance(a, b, 2) <= 2, same = pb_str_eq(la, lb);
    if (same_letters(a, b) || (same && few))
        return LEVEL_CLOSE;
    if (shorter < 5 || match_email_is_role(la) || match_email_is_role(lb))
        return LEVEL_DIFFERS;
    if (same)
        return LEVEL_SHARED;
    bool alike = few || match_similarity(la, lb) >= 0.9;
    if (alike && same_digits(a, b))
        return LEVEL_CLOSE;
    return alike ? LEVEL_PARTLY : LEVEL_DIFFERS;
}

/* Digits, four bits each, that differ in one place, or in two that were exchanged. */
static bool one_slip(uint32_t a, uint32_t b)
{
    uint32_t differ = a ^ b;
    if (differ == 0)
        return false;
    unsigned shift = (unsigned)__builtin_ctz(differ) & ~3u;
    uint32_t rest = differ >> shift;
    if (rest < 16)
        return true;
    uint32_t pa = a >> shift & 255, pb = b >> shift & 255;
    return rest < 256 && pa == ((pb & 15) << 4 | pb >> 4);
}

static match_level compare_phones(uint32_t a, uint32_t b)
{
    if (a == 0 || b == 0)
        return LEVEL_DIFFERS;
    bool seven = a >> 28 == 15 || b >> 28 == 15;
    uint32_t mask = seven ? UINT32_C(0x0FFFFFFF) : UINT32_MAX;
    if ((a & mask) == (b & mask))
        return LEVEL_EQUAL;
    return one_slip(a & mask, b & mask) ? LEVEL_NEAR : LEVEL_DIFFERS;
}

/* Two decimal digits, four bits each. */
static int two_digits(uint32_t digits)
{
    return (int)(digits >> 4 & 15) * 10 + (int)(digits & 15);
}

static int about_days(uint32_t date)
{
    int year = two_digits(date >> 24) * 100 + two_digits(date >> 16);
    return year * 365 + two_digits(date >> 8) * 30 + two_digits(date);
}

/* Dates: swapped day and month or one wrong digit is a slip of the pen. */
static match_level compare_dates(uint32_t a, uint32_t b)
{
    if (a == 0 || b == 0)
        return LEVEL_DIFFERS;
    bool year = a >> 16 == b >> 16;
    bool month = (a >> 8 & 255) == (b >> 8 & 255), day = (a & 255) == (b & 255);
    bool swapped = year && (a >> 8 & 255) == (b & 255) && (a & 255) == (b >> 8 & 255);
    if (swapped || one_slip(a, b))
        return LEVEL_CLOSE;
    if (year + month + day == 2)
        return LEVEL_NEAR;
    return abs(about_days(a) - about_days(b)) <= 400 ? LEVEL_SHARED : LEVEL_DIFFERS;
}

/* The words of a text in Arabic letters beside those of one in Latin letters, and the same numbers.
 * A word that is translated, not spelt, tells nothing. */
static match_level compare_across(pb_str a, pb_str b)
{
    pb_str arabic = match_script_of(a) == MATCH_ARABIC ? a : b, word, other;
    pb_str latin = arabic.ptr == a.ptr ? b : a, rest = arabic;
    size_t words = 0, alike = 0, all = 0;
    if (match_script_of(arabic) != MATCH_ARABIC || match_script_of(latin) != MATCH_LATIN)
        return LEVEL_MISSING;
    if (!same_digits(arabic, latin))
        return LEVEL_DIFFERS;
    for (pb_str of = latin; pb_str_split(&of, ' ', &other);)
        all += other.len > 0 && (other.ptr[0] < '0' || other.ptr[0] > '9');
    while (pb_str_split(&rest, ' ', &word)) {
        bool found = false;
        for (pb_str of = latin; !found && pb_str_split(&of, ' ', &other);)
            found =
                pb_str_eq(word, other) || (match_script_of(word) == MATCH_ARABIC && other.len > 0 &&
                                           script_persian_alike(word, other) != SCRIPT_DIFFERENT);
        bool number = word.len > 0 && word.ptr[0] >= '0' && word.ptr[0] <= '9';
        words += word.len > 0 && !number;
        alike += found && !number;
    }
    if (alike == words)
        return alike == all ? LEVEL_CLOSE : LEVEL_SHORT;
    return alike == 0 ? LEVEL_DIFFERS : LEVEL_MISSING;
}

/* Firms without their legal forms, in Latin letters where one of them is. */
static match_level compare_firms(pb_str a, pb_str b)
{
    char room_a[FORM_ROOM], room_b[FORM_ROOM];
    pb_str left = match_org_core(a), right = match_org_core(b);
    match_script script = match_script_of(left);
    if (script == match_script_of(right))
        return compare_text(left, right);
    left = match_org_latin(left, room_a, sizeof room_a);
    right = match_org_latin(right, room_b, sizeof room_b);
    return match_script_of(left) == match_script_of(right) ? compare_text(left, right)
                                                           : compare_across(left, right);
}

static match_level compare_exact(pb_str a, pb_str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    return shorter >= 4 && match_distance(a, b, 1) <= 1 ? LEVEL_NEAR : LEVEL_DIFFERS;
}

/* Letters that stand in one text only: so many are beyond any slip. */
static bool far_apart(match_kind kind, uint32_t a, uint32_t b)
{
    return a != 0 && b != 0 && __builtin_popcount(a ^ b) > (kind == MATCH_EXACT ? 2 : 6);
}

bool match_is_quick(const match_table *table, size_t column, match_cell a, match_cell b)
{
    match_kind kind = table->columns[column].kind;
    if (kind == MATCH_DATE || kind == MATCH_PHONE)
        return true;
    return kind != MATCH_NAME && far_apart(kind, a.mark, b.mark);
}

match_level match_compare(match_table *table, size_t column, uint32_t left, uint32_t right,
                          match_name *ret_equal)
{
    const match_cell a = match_row(table, left)[column], b = match_row(table, right)[column];
    match_kind kind = table->columns[column].kind;
    if (a.id == 0 || b.id == 0)
        return LEVEL_MISSING;
    if (a.id == b.id)
        return LEVEL_EQUAL;
    switch (kind) {
    case MATCH_NAME:
        return match_compare_names(&table->words, &table->column[column].names[a.id],
                                   &table->column[column].names[b.id], ret_equal);
    case MATCH_PHONE:
        return compare_phones(a.mark, b.mark);
    case MATCH_DATE:
        return compare_dates(a.mark, b.mark);
    case MATCH_EMAIL:
    case MATCH_ORG:
    case MATCH_TEXT:
    case MATCH_PLACE:
    case MATCH_EXACT:
        break;
    }
    if (far_apart(kind, a.mark, b.mark))
        return LEVEL_DIFFERS;
    pb_str left_text = match_text(table, column, a.id),
           right_text = match_text(table, column, b.id);
    if (kind == MATCH_EMAIL)
        return compare_emails(left_text, right_text);
    if (kind == MATCH_ORG)
        return compare_firms(left_text, right_text);
    if (kind == MATCH_EXACT)
        return compare_exact(left_text, right_text);
    if (match_script_of(left_text) != match_script_of(right_text))
        return compare_across(left_text, right_text);
    match_level level = compare_text(left_text, right_text);
    if (kind == MATCH_PLACE && level < LEVEL_NEAR)
        return compare_exact(left_text, right_text) == LEVEL_NEAR ? LEVEL_NEAR : level;
    return level;
}
