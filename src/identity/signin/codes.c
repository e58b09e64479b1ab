/* Codes that people type: for enrolment and recovery. Twenty letters of 32, in groups of five: 100
 * bits, of which a keyed hash is kept; nobody guesses one, and who reads the tables finds none. */
#include "internal.h"

#include "sys/random.h"

#include <sodium.h>

enum { CODE_LETTERS = 20, GROUP = 5 };

/* Crockford's: none that is taken for another. */
static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void make_code(char ret[IDENTITY_CODE])
{
    uint8_t random[CODE_LETTERS];
    size_t at = 0;
    sys_random(random, sizeof random);
    for (size_t i = 0; i < CODE_LETTERS; i++) {
        if (i > 0 && i % GROUP == 0)
            ret[at++] = '-';
        ret[at++] = letters[random[i] % 32];
    }
    ret[at] = 0;
    sodium_memzero(random, sizeof random);
}

/* As it was meant: small letters, O for 0, I and L for 1, any blanks and strokes. */
static size_t read_code(pb_str code, char to[CODE_LETTERS])
{
    size_t count = 0;
    for (size_t i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        if (c == '-' || c == ' ')
            continue;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
        if (count == CODE_LETTERS || memchr(letters, c, 32) == NULL)
            return 0;
        to[count++] = c;
    }
    return count == CODE_LETTERS ? count : 0;
}

void identity_code_handle(db_workspace *workspace, pb_uuid user, identity_credential_kind kind,
                          pb_str code, uint8_t ret_handle[IDENTITY_HASH])
{
    char about[sizeof user + CODE_LETTERS] = "";
    memcpy(about, &user, sizeof user);
    read_code(code, about + sizeof user);
    identity_hash(workspace, identity_credential_word(kind), pb_str_n(about, sizeof about),
                  ret_handle);
    sodium_memzero(about, sizeof about);
}

static pb_status add_code(db_session *session, const identity_visit *visit, pb_uuid user,
                          identity_credential_kind kind, int64_t until_us, bool silent,
                          char ret_code[IDENTITY_CODE], pb_error *err)
{
    uint8_t handle[IDENTITY_HASH];
    make_code(ret_code);
    identity_code_handle(db_session_workspace(session), user, kind, pb_str_c(ret_code), handle);
    identity_held_credential held = {.shown = {.user = user, .kind = kind, .expires_us = until_us},
                                     .handle = pb_str_n((const char *)handle, sizeof handle)};
    return identity_credential_add(session, visit, &held, silent, err);
}

pb_status identity_enrolment_make(db_session *session, const identity_visit *visit, pb_uuid user,
                                  int64_t until_us, char ret_code[IDENTITY_CODE], pb_error *err)
{
    PB_TRY(sys_sodium_init(err));
    PB_TRY(identity_credential_end_kind(session, visit, user, IDENTITY_ENROLMENT, NULL, err));
    return add_code(session, visit, user, IDENTITY_ENROLMENT, until_us, false, ret_code, err);
}

pb_status identity_recovery_make(db_session *session, const identity_visit *visit, pb_uuid user,
                                 char ret_codes[IDENTITY_RECOVERY_CODES][IDENTITY_CODE],
                                 pb_error *err)
{
    PB_TRY(sys_sodium_init(err));
    PB_TRY(identity_credential_end_kind(session, visit, user, IDENTITY_RECOVERY, NULL, err));
    for (int i = 0; i < IDENTITY_RECOVERY_CODES; i++)
        PB_TRY(add_code(session, visit, user, IDENTITY_RECOVERY, IDENTITY_OPEN, i > 0, ret_codes[i],
                        err));
    return PB_OK;
}

pb_status identity_code_use(db_session *session, pb_uuid user, identity_credential_kind kind,
                            pb_str code, int64_t now_us, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_held_credential held;
    uint8_t handle[IDENTITY_HASH];
    char typed[CODE_LETTERS];
    if (arena == NULL)
        return pb_fail_memory(err);
    pb_status status = PB_NOT_FOUND;
    if (read_code(code, typed) > 0) {
        identity_code_handle(db_session_workspace(session), user, kind, code, handle);
        status =
            identity_credential_by(session, kind, pb_str_n((const char *)handle, sizeof handle),
                                   now_us, arena, &held, err);
    }
    if (status == PB_NOT_FOUND)
        return pb_fail(err, PB_DENIED, PB_MSG("The code is not right, or was used, or is too old."),
                       NULL);
    PB_TRY(status);
    PB_TRY(identity_credential_used(session, held.shown.n, 0, now_us, err));
    return identity_credential_close(session, held.shown.n, now_us, err);
}
