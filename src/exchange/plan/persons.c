/* Whether a column of names holds persons: what a table is whose headers could be those of firms as
 * well (name, email, phone).
 *
 * Only clear cases count: two words say nothing (Anna Weber, Blue Horizon), an e-mail address made
 * of one of them does.
 */
#include "base/utf8.h"
#include "plan.h"

enum { HAN_MOST = 4, WORDS_MOST = 5, WORD_LEAST = 3, ROWS_LOOKED_AT = 400, FEW = 3 };

/* Words that only names of organisations have; looked for as whole words, or anywhere in Han. */
static const char *const firms[] = {
    "gmbh", "ag",   "kg",   "ohg",   "ug",    "ev",     "inc",     "llc",     "llp",     "ltd",
    "co",   "corp", "plc",  "sa",    "sas",   "sarl",   "srl",     "spa",     "sl",      "bv",
    "nv",   "oy",   "ab",   "as",    "pty",   "lda",    "group",   "company", "holding", "bank",
    "شرکت", "گروه", "بانک", "موسسه", "مؤسسه", "سازمان", "فروشگاه", NULL};
static const char *const firms_han[] = {"公司", "集团", "银行", "中心", "厂",
                                        "店",   "局",   "院",   NULL};

static bool is_firm_word(pb_str word)
{
    while (word.len > 0 && (word.ptr[word.len - 1] == '.' || word.ptr[word.len - 1] == ','))
        word.len--;
    for (size_t i = 0; firms[i] != NULL; i++)
        if (pb_str_eq_nocase(word, pb_str_c(firms[i])))
            return true;
    return false;
}

/* Two to four Chinese characters that no firm has in its name. */
static bool is_han_person(pb_str name)
{
    size_t count = 0;
    for (size_t at = 0; at < name.len; count++)
        if (!pb_code_is_han(pb_utf8_next(name, &at)))
            return false;
    for (size_t i = 0; firms_han[i] != NULL; i++)
        if (pb_str_find(name, pb_str_c(firms_han[i])) != SIZE_MAX)
            return false;
    return count >= 2 && count <= HAN_MOST;
}

/* The part before @ has a word of the name in it, as anna.weber@ and aweber@ have. */
static bool is_in_address(pb_str word, pb_str email)
{
    pb_str local = pb_str_sub(email, 0, pb_str_index(email, '@'));
    for (size_t at = 0; word.len >= WORD_LEAST && at + word.len <= local.len; at++)
        if (pb_str_eq_nocase((pb_str){local.ptr + at, word.len}, word))
            return true;
    return false;
}

/* A name of two to five words without digits or a firm's word, one of them in the address. */
static bool is_named_person(pb_str name, pb_str email)
{
    pb_str rest = name, word;
    size_t words = 0;
    bool in_address = false;
    while (pb_str_split(&rest, ' ', &word)) {
        if (word.len == 0)
            continue;
        for (size_t i = 0; i < word.len; i++)
            if (word.ptr[i] >= '0' && word.ptr[i] <= '9')
                return false;
        if (is_firm_word(word))
            return false;
        words++;
        in_address = in_address || is_in_address(word, email);
    }
    return words >= 2 && words <= WORDS_MOST && in_address;
}

bool sample_holds_persons(const sample *s, size_t names, size_t emails)
{
    size_t filled = 0, persons = 0;
    for (size_t r = 0; r < s->rows && filled < ROWS_LOOKED_AT; r++) {
        pb_str name = pb_str_trim(sample_cell(s, r, names));
        pb_str email = emails < s->columns ? pb_str_trim(sample_cell(s, r, emails)) : PB_STR("");
        if (name.len == 0)
            continue;
        filled++;
        persons += is_han_person(name) || is_named_person(name, email);
    }
    return filled >= FEW && persons * 2 > filled;
}

/* The column of that role, the file's number of columns when there is none. */
static size_t column_with(const exchange_file *file, const char *role)
{
    size_t c = 0;
    while (c < file->column_count &&
           (file->columns[c].field == NULL || !pb_str_is(file->columns[c].field->role, role)))
        c++;
    return c;
}

/* True when the cells of `whole` mostly do not hold those of `part`: نام beside نام خانوادگی, Name
 * beside Vorname. */
static bool stands_apart(const sample *s, size_t whole, size_t part)
{
    size_t filled = 0, within = 0;
    for (size_t r = 0; r < s->rows && filled < ROWS_LOOKED_AT; r++) {
        pb_str name = pb_str_trim(sample_cell(s, r, whole));
        pb_str word = pb_str_trim(sample_cell(s, r, part));
        if (name.len == 0 || word.len == 0)
            continue;
        filled++;
        within += pb_str_find(name, word) != SIZE_MAX;
    }
    return filled > 0 && within * 2 < filled;
}

void sample_settle_names(exchange_file *file, const sample *s)
{
    static const char *const parts[][2] = {{"family_name", "given_name"},
                                           {"given_name", "family_name"}};
    size_t whole = column_with(file, "full_name");
    for (size_t i = 0; i < 2 && whole < file->column_count; i++) {
        size_t known = column_with(file, parts[i][0]);
        const model_field *other = model_field_role(file->entity, parts[i][1]);
        if (known < file->column_count && other != NULL &&
            column_with(file, parts[i][1]) == file->column_count && stands_apart(s, whole, known)) {
            file->columns[whole].field = other;
            return;
        }
    }
}
