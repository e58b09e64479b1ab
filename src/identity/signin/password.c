/* Which passwords are accepted. */
#include "internal.h"

#include "base/utf8.h"
#include "signin/common.h"
#include "sys/file.h"

#include <openssl/evp.h>
#include <sodium.h>

enum {
    WORD_MIN = 3, /* shorter names are in too many passwords */
    UNIT_MAX = 3, /* code points that, said again and again, are no password */
    LIST_MAX = 4 << 20,
    SHA1_SIZE = 20,
    PREFIX = 5 /* hex digits that name a file of breached passwords */
};

static pb_status refuse(const char *says, pb_error *err)
{
    pb_fail(err, PB_INVALID, says, NULL);
    pb_error_hint(
        err, PB_MSG("Take several words that do not belong together, or have a program make one."),
        NULL);
    return PB_INVALID;
}

/* ---- length and characters ---- */

static pb_status check_characters(pb_str password, pb_error *err)
{
    if (!pb_utf8_valid(password))
        return pb_fail(err, PB_INVALID, PB_MSG("The password is no text (UTF-8)."), NULL);
    for (size_t at = 0; at < password.len;) {
        uint32_t code = pb_utf8_next(password, &at);
        if (code < 0x20 || (code >= 0x7F && code < 0xA0))
            return pb_fail(err, PB_INVALID, PB_MSG("The password has a control character in it."),
                           NULL);
    }
    return PB_OK;
}

static pb_status check_length(pb_str password, bool beside, pb_error *err)
{
    size_t least = beside ? IDENTITY_PASSWORD_BESIDE : IDENTITY_PASSWORD_ALONE;
    size_t count = pb_utf8_count(password);
    if (count >= least && count <= IDENTITY_PASSWORD_MOST)
        return PB_OK;
    pb_fail(err, PB_INVALID,
            count < least
                ? PB_MSG("The password has {count} characters; it needs {least} at least.")
                : PB_MSG("The password has {count} characters; {most} at most are allowed."),
            "count", PB_ARG_INT(count), "least", PB_ARG_INT(least), "most",
            PB_ARG_INT(IDENTITY_PASSWORD_MOST), NULL);
    if (count < least && !beside)
        pb_error_hint(err, PB_MSG("With a second factor beside it, {least} characters are enough."),
                      "least", PB_ARG_INT(IDENTITY_PASSWORD_BESIDE), NULL);
    return PB_INVALID;
}

/* ---- what everybody tries first ---- */

static bool is_common(pb_str word)
{
    size_t low = 0, high = identity_common_password_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = pb_str_cmp(identity_common_passwords[middle], word);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static bool is_letter(uint32_t code)
{
    return code >= 0x80 || (code >= 'a' && code <= 'z');
}

/* `word` without the digits and signs at both its ends: "password2024!" is "password". */
static pb_str bare(pb_str word)
{
    size_t first = word.len, end = 0;
    for (size_t at = 0; at < word.len;) {
        size_t from = at;
        if (!is_letter(pb_utf8_next(word, &at)))
            continue;
        if (first == word.len)
            first = from;
        end = at;
    }
    return end == 0 ? PB_STR("") : pb_str_sub(word, first, end - first);
}

static bool repeats(const uint32_t *codes, size_t count, size_t unit)
{
    size_t at = unit;
    while (at < count && codes[at] == codes[at - unit])
        at++;
    return at == count;
}

/* One of a few characters, or a common one, said again and again, the last time perhaps cut off. */
static bool is_repeated(pb_str folded, const uint32_t *codes, size_t count)
{
    size_t bytes = 0;
    for (size_t unit = 1; unit * 2 <= count; unit++) {
        pb_utf8_next(folded, &bytes);
        if (repeats(codes, count, unit) &&
            (unit <= UNIT_MAX || is_common(pb_str_sub(folded, 0, bytes))))
            return true;
    }
    return false;
}

static bool is_run(const uint32_t *codes, size_t count, uint32_t step)
{
    for (size_t i = 1; i < count; i++) {
        bool turns = (step == 1 && codes[i - 1] == '9' && codes[i] == '0') ||
                     (step != 1 && codes[i - 1] == '0' && codes[i] == '9');
        if (codes[i] != codes[i - 1] + step && !turns)
            return false;
    }
    return true;
}

/* Along the rows of a keyboard, from any place on, over their end to their beginning. */
static bool is_row(pb_str word)
{
    static const char *const rows[] = {
        "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "abcdefghijklmnopqrstuvwxyz"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pb_str row = pb_str_c(rows[i]);
        const char *at = word.len == 0 ? NULL : memchr(row.ptr, word.ptr[0], row.len);
        size_t from = at == NULL ? 0 : (size_t)(at - row.ptr), same = 0;
        while (at != NULL && same < word.len && word.ptr[same] == row.ptr[(from + same) % row.len])
            same++;
        if (at != NULL && same == word.len)
            return true;
    }
    return false;
}

static pb_status check_pattern(pb_str folded, pb_error *err)
{
    uint32_t codes[IDENTITY_PASSWORD_MOST * 4];
    size_t count = 0;
    for (size_t at = 0; at < folded.len && count < sizeof codes / sizeof codes[0];)
        codes[count++] = pb_utf8_next(folded, &at);
    if (is_repeated(folded, codes, count) || is_run(codes, count, 1) ||
        is_run(codes, count, UINT32_MAX) || is_row(folded))
        return refuse(PB_MSG("The password is a pattern that is tried among the first."), err);
    return PB_OK;
}

static pb_status check_common(pb_str folded, pb_error *err)
{
    if (is_common(folded) || is_common(bare(folded)))
        return refuse(PB_MSG("The password is among those that are tried first."), err);
    return check_pattern(folded, err);
}

/* ---- names ---- */

/* Takes `word` out of `text` wherever it stands. */
static void take_out(pb_buf *text, pb_str word)
{
    if (pb_utf8_count(word) < WORD_MIN)
        return;
    for (;;) {
        size_t at = pb_str_find(pb_buf_str(text), word);
        if (at == SIZE_MAX)
            return;
        memmove(text->ptr + at, text->ptr + at + word.len, text->len - at - word.len);
        text->len -= word.len;
    }
}

/* Each word by itself, and all together as they stand: "Anna Bauer", "anna.bauer@example.org". */
static pb_status take_out_name(pb_buf *text, pb_str name, pb_error *err)
{
    PB_AUTO_BUF folded = PB_BUF_INIT(1 << 16);
    PB_TRY(identity_text_normal(name, true, &folded, err));
    pb_str all = pb_buf_str(&folded);
    take_out(text, all);
    for (size_t from = 0; from < all.len;) {
        size_t end = from;
        while (end < all.len && strchr(" .,@-_+'", all.ptr[end]) == NULL)
            end++;
        take_out(text, pb_str_sub(all, from, end - from));
        from = end + 1;
    }
    return PB_OK;
}

static size_t letters_and_digits(pb_str text)
{
    size_t count = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t code = pb_utf8_next(text, &at);
        count += is_letter(code) || (code >= '0' && code <= '9');
    }
    return count;
}

/* What is left beside the names must be half of what is asked for at least, and not common. */
static pb_status check_names(pb_str folded, bool beside, const pb_str *words, size_t count,
                             pb_error *err)
{
    PB_AUTO_BUF rest = PB_BUF_INIT(1 << 16);
    size_t least = (size_t)(beside ? IDENTITY_PASSWORD_BESIDE : IDENTITY_PASSWORD_ALONE) / 2;
    pb_buf_add(&rest, folded);
    if (rest.failed)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        PB_TRY(take_out_name(&rest, words[i], err));
    pb_str left = pb_buf_str(&rest);
    if (left.len == folded.len || (letters_and_digits(left) >= least && !is_common(left)))
        return PB_OK;
    return refuse(PB_MSG("The password is made of names that everybody knows."), err);
}

/* ---- what is known to be breached ---- */

static pb_status read_list(const char *folder, const char *prefix, pb_buf *out, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    if (arena == NULL)
        return pb_fail_memory(err);
    char *path = pb_arena_printf(arena, "%s/%s", folder, prefix);
    if (path == NULL)
        return pb_fail_memory(err);
    pb_status status = sys_file_read(path, LIST_MAX, out, NULL);
    if (status == PB_OK)
        return PB_OK;
    pb_buf_clear(out);
    path = pb_arena_printf(arena, "%s/%s.txt", folder, prefix);
    if (path == NULL)
        return pb_fail_memory(err);
    pb_error why = {0};
    status = sys_file_read(path, LIST_MAX, out, &why);
    if (status == PB_OK)
        return PB_OK;
    status = PB_IO; /* nothing that who chose the password could mend */
    pb_fail(err, status,
            PB_MSG("The list of breached passwords {path} could not be read, so the password could "
                   "not be checked."),
            "path", path, NULL);
    pb_error_hint(
        err,
        PB_MSG("Put the whole list there, a file for each beginning, or take the setting away."),
        NULL);
    return status;
}

static pb_status check_breached(const char *folder, pb_str normal, pb_error *err)
{
    PB_AUTO_BUF list = PB_BUF_INIT(LIST_MAX);
    uint8_t hash[SHA1_SIZE];
    char hex[SHA1_SIZE * 2 + 1], prefix[PREFIX + 1] = "";
    if (EVP_Digest(normal.ptr, normal.len, hash, NULL, EVP_sha1(), NULL) != 1)
        return pb_fail_memory(err);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    for (size_t i = 0; hex[i] != 0; i++)
        if (hex[i] >= 'a')
            hex[i] = (char)(hex[i] - 'a' + 'A');
    memcpy(prefix, hex, PREFIX);
    PB_TRY(read_list(folder, prefix, &list, err));
    pb_str rest = pb_buf_str(&list), line, want = pb_str_c(hex + PREFIX);
    while (pb_str_split(&rest, '\n', &line)) {
        pb_str suffix = pb_str_sub(line, 0, pb_str_index(line, ':'));
        if (pb_str_eq_nocase(pb_str_trim(suffix), want))
            return refuse(PB_MSG("The password is known from a breach elsewhere."), err);
    }
    return PB_OK;
}

pb_status identity_password_check(const identity_password_rules *rules, pb_str password,
                                  bool beside, const pb_str *words, size_t count, pb_error *err)
{
    PB_AUTO_BUF normal = PB_BUF_INIT(1 << 16);
    PB_AUTO_BUF folded = PB_BUF_INIT(1 << 16);
    PB_TRY(check_characters(password, err));
    PB_TRY(check_length(password, beside, err));
    PB_TRY(identity_text_normal(password, false, &normal, err));
    PB_TRY(check_length(pb_buf_str(&normal), beside, err));
    pb_status status = identity_text_normal(password, true, &folded, err);
    if (status == PB_OK)
        status = check_common(pb_buf_str(&folded), err);
    if (status == PB_OK)
        status = check_names(pb_buf_str(&folded), beside, words, count, err);
    if (status == PB_OK && rules->breached != NULL)
        status = check_breached(rules->breached, pb_buf_str(&normal), err);
    identity_wipe(&normal);
    identity_wipe(&folded);
    return status;
}
