/* The head of a workspace: a small text file that says what it is and how its key is made. Every
 * byte of it is authenticated by a key derived from the workspace's.
 */
#ifndef DB_HEADER_H
#define DB_HEADER_H

#include "base/bytes.h"
#include "base/error.h"

#define DB_HEADER_FILE "workspace.yaml"
/* Pieces of a kept log. */
#define DB_LOG_FOLDER "log"
/* Stands in a folder while a workspace is being built there from a copy: its head to be. */
#define DB_RESTORING_FILE "restoring"

typedef enum db_key_kind { DB_KEY_FILE, DB_KEY_PASSPHRASE, DB_KEY_CREDENTIAL } db_key_kind;

enum { DB_SALT_SIZE = 16, DB_HEADER_MAX = 4096 };

typedef struct db_header {
    int64_t format;
    pb_uuid id;
    char engine[16];
    db_key_kind key;
    uint8_t salt[DB_SALT_SIZE]; /* for a passphrase */
    int64_t operations, memory; /* Argon2id: passes, bytes */
} db_header;

/** The file's text, its authentication included. */
void db_header_write(const db_header *header, const uint8_t key[32], pb_buf *out);
/** Reads without authenticating: the key is not known yet. PB_CORRUPT when it is not of this form,
 * PB_UNSUPPORTED when a newer program made it. */
pb_status db_header_parse(pb_str text, db_header *ret_header, pb_error *err);
/** Whether `text` is byte for byte what this key writes for this header. */
pb_status db_header_check(const db_header *header, const uint8_t key[32], pb_str text,
                          bool *ret_authentic, pb_error *err);
/** Cuts the next line off `rest`: its value when it is `name: value`, else false. A view into
 * `rest`. */
bool db_line(pb_str *rest, const char *name, pb_str *ret_value);
/** The same with a whole number from 0. */
bool db_line_number(pb_str *rest, const char *name, int64_t *ret);

#endif
