/* What a kind of place must be able to do. Kinds that need the network lie in a part of the program
 * that is loaded when one is named (probity-remote.so). */
#ifndef BACKUP_TARGET_KIND_H
#define BACKUP_TARGET_KIND_H

#include "backup/target.h"

/** Operations of a kind; `self` is what open gave. Failures are told once: backup_target_… repeats
 * what fails with PB_BUSY. */
typedef struct backup_kind {
    bool durable; /* what put acknowledges survives */
    bool near;    /* reading what lies there costs no more than reading the workspace */
    pb_status (*put)(void *self, const char *name, pb_str bytes, pb_error *err);
    pb_status (*get)(void *self, const char *name, size_t max, pb_buf *out, pb_error *err);
    pb_status (*list)(void *self, const char *folder, pb_arena *arena, backup_object **ret_objects,
                      size_t *ret_count, pb_error *err);
    pb_status (*remove)(void *self, const char *name, pb_error *err);
    pb_status (*exists)(void *self, const char *name, bool *ret_there, pb_error *err);
    pb_status (*settle)(void *self, pb_error *err);
    pb_status (*tidy)(void *self, const char *folder, pb_error *err);
    void (*watch)(void *self, const _Atomic bool *stop); /* NULL: it never waits long */
    bool (*device)(void *self, uint64_t *ret_device, uint64_t *ret_free); /* NULL: none */
    void (*close)(void *self);
} backup_kind;

/** The entrance of probity-remote.so, called `probity_remote` there. */
typedef pb_status (*backup_remote_open)(const char *place, const backup_kind **ret_kind,
                                        void **ret_self, pb_error *err);

/** A target over operations of another maker: decorations, tests. Owner of `self`: the target. */
pb_status backup_target_wrap(const char *place, const backup_kind *kind, void *self,
                             backup_target **ret_target, pb_error *err);

#endif
