#include <sodium.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "merkle/note.h"

/* What begins a signature line: an em dash and a blank. */
#define DASH "\xe2\x80\x94 "

enum { SIGNATURE_BYTES = 4 + crypto_sign_BYTES };

void merkle_sign(const merkle_signer *signer, pb_str text, uint8_t ret_signature[64])
{
    crypto_sign_detached(ret_signature, NULL, (const uint8_t *)text.ptr, text.len, signer->secret);
}

bool merkle_signed_by(const merkle_verifier *verifier, pb_str text, const uint8_t signature[64])
{
    return crypto_sign_verify_detached(signature, (const uint8_t *)text.ptr, text.len,
                                       verifier->key) == 0;
}

/* UTF-8 without control characters other than the newline. */
static bool plain(pb_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 && text.ptr[i] != '\n')
            return false;
    return pb_utf8_valid(text);
}

pb_status merkle_note_write(pb_str text, const merkle_verifier *verifier,
                            const uint8_t signature[64], pb_buf *out, pb_error *err)
{
    if (!plain(text) || !pb_str_ends(text, PB_STR("\n")))
        return pb_fail(err, PB_INVALID, PB_MSG("Could not sign a text that is not plain lines"),
                       NULL);
    uint8_t bytes[SIGNATURE_BYTES];
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(verifier->id >> (24 - 8 * i));
    memcpy(bytes + 4, signature, crypto_sign_BYTES);
    pb_buf_add(out, text);
    pb_buf_printf(out, "\n" DASH "%s ", verifier->name);
    pb_base64(out, bytes, sizeof bytes);
    pb_buf_byte(out, '\n');
    return out->failed ? pb_fail_memory(err) : PB_OK;
}

pb_status merkle_note_sign(pb_str text, const merkle_signer *signer, pb_buf *out, pb_error *err)
{
    uint8_t signature[crypto_sign_BYTES];
    merkle_sign(signer, text, signature);
    return merkle_note_write(text, &signer->verifier, signature, out, err);
}

static pb_status malformed(pb_error *err, const char *why)
{
    pb_fail(err, PB_INVALID, PB_MSG("Not a signed note"), NULL);
    if (err)
        pb_error_detail(err, why, NULL);
    return PB_INVALID;
}

/* A signature line taken apart. */
typedef struct line_parts {
    pb_str name;
    uint32_t id;
    pb_buf *bytes; /* key id and signature */
} line_parts;

/* Position of the last blank line's first newline, or SIZE_MAX. */
static size_t last_break(pb_str note)
{
    for (size_t i = note.len; i >= 2; i--)
        if (note.ptr[i - 2] == '\n' && note.ptr[i - 1] == '\n')
            return i - 2;
    return SIZE_MAX;
}

static bool read_line(pb_str line, line_parts *parts)
{
    pb_str dash = PB_STR(DASH);
    if (!pb_str_starts(line, dash))
        return false;
    line = pb_str_sub(line, dash.len, line.len);
    size_t blank = pb_str_index(line, ' ');
    if (blank == line.len)
        return false;
    parts->name = pb_str_sub(line, 0, blank);
    pb_buf_clear(parts->bytes);
    if (!merkle_name_valid(parts->name) ||
        !pb_unbase64(pb_str_sub(line, blank + 1, line.len), parts->bytes) || parts->bytes->failed ||
        parts->bytes->len < 5)
        return false;
    const uint8_t *b = (const uint8_t *)parts->bytes->ptr;
    parts->id = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    return true;
}

/* The known key of that name and id; `*ret_ambiguous` when there are two. */
static const merkle_verifier *find_key(const line_parts *parts, const merkle_verifier *known,
                                       size_t count, bool *ret_ambiguous)
{
    const merkle_verifier *found = NULL;
    *ret_ambiguous = false;
    for (size_t i = 0; i < count; i++) {
        if (known[i].id != parts->id || !pb_str_is(parts->name, known[i].name))
            continue;
        *ret_ambiguous = found != NULL;
        found = &known[i];
    }
    return found;
}

static bool listed(const merkle_signature *list, size_t count, const line_parts *parts)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].id == parts->id && pb_str_eq(list[i].name, parts->name))
            return true;
    return false;
}

static pb_status check_line(const line_parts *parts, const merkle_verifier *known, size_t count,
                            merkle_note *note, pb_error *err)
{
    bool ambiguous;
    const merkle_verifier *key = find_key(parts, known, count, &ambiguous);
    merkle_signature found = {parts->name, parts->id};
    if (ambiguous)
        return pb_fail(err, PB_CONFLICT, PB_MSG("Two keys are named “{name}” and have the same id"),
                       "name", PB_ARG(parts->name), NULL);
    if (!key) {
        if (!listed(note->unverified, note->unverified_count, parts))
            note->unverified[note->unverified_count++] = found;
        return PB_OK;
    }
    if (listed(note->verified, note->verified_count, parts))
        return PB_OK;
    if (parts->bytes->len != SIGNATURE_BYTES ||
        !merkle_signed_by(key, note->text, (const uint8_t *)parts->bytes->ptr + 4))
        return pb_fail(err, PB_CORRUPT, PB_MSG("The signature of “{name}” does not hold"), "name",
                       PB_ARG(parts->name), NULL);
    note->verified[note->verified_count++] = found;
    return PB_OK;
}

pb_status merkle_note_open(pb_str note, const merkle_verifier *known, size_t count,
                           merkle_note *ret_note, pb_error *err)
{
    if (note.len > MERKLE_NOTE_MAX || !plain(note))
        return malformed(err, PB_MSG("It is not plain text."));
    size_t split = last_break(note);
    if (split == SIZE_MAX)
        return malformed(err, PB_MSG("No blank line stands before the signatures."));
    pb_str rest = pb_str_sub(note, split + 2, note.len);
    if (!pb_str_ends(rest, PB_STR("\n")))
        return malformed(err, PB_MSG("The last signature line is not complete."));
    merkle_note found = {.text = pb_str_sub(note, 0, split + 1)};
    PB_AUTO_BUF bytes = PB_BUF_INIT(MERKLE_NOTE_MAX);
    line_parts parts = {.bytes = &bytes};
    pb_status status = PB_OK;
    size_t lines = 0;
    while (rest.len > 0 && status == PB_OK) {
        size_t end = pb_str_index(rest, '\n');
        if (!read_line(pb_str_sub(rest, 0, end), &parts))
            status = bytes.failed ? pb_fail_memory(err)
                                  : malformed(err, PB_MSG("A signature line is not well formed."));
        else if (++lines > MERKLE_SIGNATURES_MAX)
            status = malformed(err, PB_MSG("It has more than 100 signatures."));
        else
            status = check_line(&parts, known, count, &found, err);
        rest = pb_str_sub(rest, end + 1, rest.len);
    }
    PB_TRY(status);
    if (found.verified_count == 0)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("The note is not signed by a known key"), NULL);
    *ret_note = found;
    return PB_OK;
}
