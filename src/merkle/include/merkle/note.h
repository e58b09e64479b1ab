/* Signed notes and checkpoints: the text in which a log's head is published and others co-sign it.
 *
 * A note is a text, a blank line, and one line per signature; a checkpoint is a note whose text
 * says origin, size and root of a log. Only Ed25519 keys (type 1) are known; others count as
 * unknown. Threads: pure functions; sodium_init must have run once before signing or verifying.
 * Refuses: fetching keys, deciding whom to trust.
 * Sources: https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint, RFC 8032.
 */
#ifndef MERKLE_NOTE_H
#define MERKLE_NOTE_H

#include "base/error.h"
#include "merkle/hash.h"

enum {
    MERKLE_NAME_MAX = 128,      /* longest key name or origin, in bytes */
    MERKLE_NOTE_MAX = 1 << 20,  /* longest note, in bytes */
    MERKLE_SIGNATURES_MAX = 100 /* signature lines a note may have */
};

/** Who can be believed: a name and an Ed25519 public key. */
typedef struct merkle_verifier {
    char name[MERKLE_NAME_MAX + 1];
    uint32_t id; /* first bytes of SHA-256(name || "\n" || 0x01 || key), big-endian */
    uint8_t key[32];
} merkle_verifier;

/** Who signs. Holds a secret: wipe with merkle_signer_wipe. */
typedef struct merkle_signer {
    merkle_verifier verifier;
    uint8_t secret[64]; /* libsodium's form: seed || public key */
} merkle_signer;

/** True for a name a key may have: not empty, UTF-8, no blanks, no `+`, at most MERKLE_NAME_MAX. */
bool merkle_name_valid(pb_str name);
/** Reads `name+hash+base64` (a vkey); the hash must fit. */
pb_status merkle_verifier_parse(pb_str text, merkle_verifier *ret, pb_error *err);
void merkle_verifier_text(const merkle_verifier *verifier, pb_buf *out);
/** A signer of a name and a 32-byte seed. */
pb_status merkle_signer_make(pb_str name, const uint8_t seed[32], merkle_signer *ret,
                             pb_error *err);
/** Reads `PRIVATE+KEY+name+hash+base64` (an skey). */
pb_status merkle_signer_parse(pb_str text, merkle_signer *ret, pb_error *err);
void merkle_signer_text(const merkle_signer *signer, pb_buf *out);
void merkle_signer_wipe(merkle_signer *signer);

/** Ed25519 signature of `text`. About 25 µs. */
void merkle_sign(const merkle_signer *signer, pb_str text, uint8_t ret_signature[64]);
/** True when `signature` is the verifier's over `text`. About 60 µs. */
bool merkle_signed_by(const merkle_verifier *verifier, pb_str text, const uint8_t signature[64]);

/** Appends `text`, a blank line and one line of a signature made before. `text` must be UTF-8
 * without control characters and end with a newline: PB_INVALID otherwise. */
pb_status merkle_note_write(pb_str text, const merkle_verifier *verifier,
                            const uint8_t signature[64], pb_buf *out, pb_error *err);
/** Signs and appends. */
pb_status merkle_note_sign(pb_str text, const merkle_signer *signer, pb_buf *out, pb_error *err);

/** A signature of a note. `name` is a part of the note. */
typedef struct merkle_signature {
    pb_str name;
    uint32_t id;
} merkle_signature;
/** What merkle_note_open found; texts are parts of the note. */
typedef struct merkle_note {
    pb_str text;
    size_t verified_count, unverified_count;
    merkle_signature verified[MERKLE_SIGNATURES_MAX];
    merkle_signature unverified[MERKLE_SIGNATURES_MAX]; /* by keys not among those given */
} merkle_note;
/** Reads a note and checks every signature by one of the `known` keys. PB_INVALID: malformed;
 * PB_CORRUPT: a known key's signature does not hold; PB_CONFLICT: two known keys have the same name
 * and id; PB_NOT_FOUND: no known key signed. */
pb_status merkle_note_open(pb_str note, const merkle_verifier *known, size_t count,
                           merkle_note *ret_note, pb_error *err);

/** What a checkpoint says. `origin` and `extra` are parts of the text read. */
typedef struct merkle_checkpoint {
    pb_str origin;
    uint64_t size;
    merkle_hash root;
    pb_str extra; /* further lines, each ended by a newline; may be empty */
} merkle_checkpoint;
/** Writes the text of a checkpoint (to be signed as a note). */
pb_status merkle_checkpoint_write(const merkle_checkpoint *checkpoint, pb_buf *out, pb_error *err);
/** Reads the text of a checkpoint strictly: no leading zero, exact base64, no empty line. */
pb_status merkle_checkpoint_parse(pb_str text, merkle_checkpoint *ret, pb_error *err);

#endif
