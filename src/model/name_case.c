#include "model/name.h"

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static char capital(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static bool is_one_of(pb_str word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (pb_str_eq_nocase(word, pb_str_c(*words)))
            return true;
    return false;
}

/* Between given and family name: small in Dutch, German, French, Spanish, Italian, Portuguese and
 * Arabic names alike. */
static bool is_particle(pb_str word)
{
    static const char *const words[] = {
        "van", "von", "vom", "zu",  "zum",   "zur",   "der",   "den", "de",   "del", "della",
        "dei", "di",  "da",  "das", "do",    "dos",   "du",    "des", "la",   "las", "los",
        "le",  "ten", "ter", "te",  "'t",    "af",    "av",    "bin", "bint", "ibn", "y",
        "e",   "und", "al",  "el",  "degli", "dalla", "delle", NULL};
    return is_one_of(word, words);
}

static bool is_numeral(pb_str word)
{
    static const char *const words[] = {"ii", "iii", "iv", "vi", "vii", "viii", NULL};
    return is_one_of(word, words);
}

/* One word without blanks: capitals at its begin, behind hyphens and dots, behind O' and D', behind
 * Mc. */
static void put_word(pb_str word, pb_buf *out)
{
    size_t begin = 0; /* of the part behind the last mark */
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        if (!letter(c)) {
            pb_buf_byte(out, c);
            /* KINGSTON'S keeps a small s; behind one letter, as in O'Brien, a name begins. */
            if (c != '\'' || i - begin == 1)
                begin = i + 1;
            continue;
        }
        bool mc = i == begin + 2 && word.len - i > 2 && small(word.ptr[begin]) == 'm' &&
                  small(word.ptr[begin + 1]) == 'c';
        pb_buf_byte(out, i == begin || mc ? capital(c) : small(c));
    }
}

void model_name_case(pb_str name, pb_buf *out)
{
    bool first = true;
    size_t at = 0;
    while (at < name.len) {
        size_t end = at;
        while (end < name.len && name.ptr[end] != ' ')
            end++;
        pb_str word = pb_str_sub(name, at, end - at);
        bool last = end == name.len;
        if (!first && !last && is_particle(word)) {
            for (size_t i = 0; i < word.len; i++)
                pb_buf_byte(out, small(word.ptr[i]));
        } else if (!first && is_numeral(word)) {
            for (size_t i = 0; i < word.len; i++)
                pb_buf_byte(out, capital(word.ptr[i]));
        } else {
            put_word(word, out);
        }
        if (!last)
            pb_buf_byte(out, ' ');
        first = first && word.len == 0;
        at = end + 1;
    }
}
