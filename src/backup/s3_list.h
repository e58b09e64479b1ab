/* What S3 storage answers in XML, by expat. */
#ifndef BACKUP_S3_LIST_H
#define BACKUP_S3_LIST_H

#include "backup/target.h"

typedef struct s3_listing {
    pb_arena *arena;
    size_t skip; /* bytes of names before what is ours */
    backup_object *objects;
    size_t count, capacity;
    bool more;    /* there are further ones behind `token` */
    pb_str token; /* in the arena */
} s3_listing;

/** Adds the objects of one answer to ListObjectsV2. PB_IO when it is no such answer. */
pb_status s3_listing_add(s3_listing *listing, pb_str xml, pb_error *err);
/** The code of an error's answer; empty when there is none. */
void s3_error_code(pb_str xml, char *ret, size_t size);

#endif
