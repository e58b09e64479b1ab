/* A session with an SFTP server: who it is, who we are, and connecting again when it broke. */
#ifndef BACKUP_SFTP_SESSION_H
#define BACKUP_SFTP_SESSION_H

#include "base/arena.h"
#include "base/error.h"

#include <libssh2.h>
#include <libssh2_sftp.h>

typedef struct sftp_session {
    pb_arena *arena, *names; /* for its life; for one call */
    char *name;              /* the place, for messages */
    char *user, *host, *port, *root;
    int fd;
    LIBSSH2_SESSION *ssh;
    LIBSSH2_SFTP *sftp; /* NULL: not connected */
} sftp_session;

/** Reads the place; does not connect yet. Owner: the caller, sftp_session_close. */
pb_status sftp_session_open(const char *place, sftp_session **ret_session, pb_error *err);
void sftp_session_close(sftp_session *s);
/** Connects when it is not connected: checks the server's key, says who we are. */
pb_status sftp_ready(sftp_session *s, pb_error *err);
/** The error for the last call, about `what`. PB_BUSY when the connection broke: it is then closed,
 * and the next sftp_ready makes a new one. */
pb_status sftp_fail(const sftp_session *s, const char *what, pb_error *err);

bool sftp_is_file(sftp_session *s, const char *path);
bool sftp_is_folder(sftp_session *s, const char *path);
pb_status sftp_make_folder(sftp_session *s, const char *path, pb_error *err);
bool sftp_unlink(sftp_session *s, const char *path);
/** NULL when it could not be opened: see sftp_fail. */
LIBSSH2_SFTP_HANDLE *sftp_open_file(sftp_session *s, const char *path, unsigned long flags,
                                    long mode);
LIBSSH2_SFTP_HANDLE *sftp_open_folder(sftp_session *s, const char *path);
bool sftp_rename(sftp_session *s, const char *from, const char *to);

#endif
