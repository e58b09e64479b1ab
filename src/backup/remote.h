/* The kinds of places that need the network. They lie in probity-remote.so. */
#ifndef BACKUP_REMOTE_H
#define BACKUP_REMOTE_H

#include "backup/target_kind.h"

extern const backup_kind backup_s3, backup_sftp;

/** `s3://BUCKET/PREFIX?endpoint=URL&region=NAME&style=path|host`; keys from AWS_ACCESS_KEY_ID,
 * AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, else from the file PROBITY_S3_KEYS names. */
pb_status backup_s3_open(const char *place, void **ret_self, pb_error *err);
/** `sftp://USER@HOST:PORT/PATH`; the agent, else the key file PROBITY_SFTP_KEY names, else those in
 * ~/.ssh. The server's key must be known (PROBITY_SFTP_KNOWN_HOSTS, else ~/.ssh/known_hosts). */
pb_status backup_sftp_open(const char *place, void **ret_self, pb_error *err);

#endif
