/* Passwords: which are accepted, and how they are kept.
 *
 * Rules of NIST SP 800-63B-4, 3.1.1.2: length alone counts (in code points, after NFKC), no kind of
 * character is asked for, nothing is cut off, and what attackers try first is refused. Kept as
 * Argon2id (libsodium's crypto_pwhash): 64 MiB and two passes unless the rules say otherwise.
 * Refuses: knowing whose password it is. Threads: any.
 */
#ifndef IDENTITY_PASSWORD_H
#define IDENTITY_PASSWORD_H

#include "db/workspace.h"

enum {
    IDENTITY_PASSWORD_ALONE = 15, /* code points at least where it is the only factor */
    IDENTITY_PASSWORD_BESIDE = 8, /* and where there is a second one */
    IDENTITY_PASSWORD_MOST = 1000,
    IDENTITY_PASSWORD_HASH = 128 /* bytes of what is kept, NUL included */
};

typedef struct identity_password_rules {
    uint64_t passes;  /* of Argon2id; 0: 2 */
    size_t memory;    /* bytes; 0: 64 MiB */
    unsigned at_once; /* computed at one time in this process; 0: one a core, 4 at most */
    unsigned waiting; /* that may wait for their turn, beyond which PB_BUSY; 0: 64 */
    /* Folder of breached passwords in the form of their SHA-1's first five hex digits: a file
     * PREFIX or PREFIX.txt for each, lines SUFFIX:COUNT (as the downloader of Have I Been Pwned
     * writes them). NULL: none. */
    const char *breached;
} identity_password_rules;

/** PB_INVALID, saying which rule, unless `password` may be used. `beside`: there is a second factor
 * as well. `words`: names that everybody knows it could be made of: the user's, the organisation's.
 * A list of breached passwords that cannot be read is a failure, never a pass. */
pb_status identity_password_check(const identity_password_rules *rules, pb_str password,
                                  bool beside, const pb_str *words, size_t count, pb_error *err);
/** What is to be kept of a password that was checked. Takes 100 ms and 64 MiB; waits for its turn
 * where as many as the rules allow are at it. */
pb_status identity_password_hash(db_workspace *workspace, const identity_password_rules *rules,
                                 pb_str password, char ret_hash[IDENTITY_PASSWORD_HASH],
                                 pb_error *err);
/** Whether it is the one that is kept. `hash` absent: there is none, which takes as long to find
 * out. `*ret_old`: it is, and was kept under lesser parameters than the rules ask for. */
pb_status identity_password_matches(db_workspace *workspace, const identity_password_rules *rules,
                                    pb_str hash, pb_str password, bool *ret_good, bool *ret_old,
                                    pb_error *err);

#endif
