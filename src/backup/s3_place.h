/* What an S3 place says, and the keys for it. */
#ifndef BACKUP_S3_PLACE_H
#define BACKUP_S3_PLACE_H

#include "sigv4.h"

#include "base/arena.h"
#include "base/error.h"

typedef struct s3_place {
    const char *endpoint; /* scheme, host and port, without / at the end */
    const char *host;     /* as the header says it */
    const char *root;     /* encoded path up to the objects: /bucket/prefix or /prefix, or empty */
    const char *bucket_path; /* encoded path of the bucket itself: /bucket or / */
    const char *prefix;      /* as it stands, ended by / unless empty */
    const char *region;
    sigv4_keys keys;
} s3_place;

/** Everything lies in `arena`. */
pb_status s3_place_read(const char *place, pb_arena *arena, s3_place *ret_place, pb_error *err);

#endif
