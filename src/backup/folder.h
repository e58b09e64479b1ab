/* A folder as a place for backups: on another disk, on a medium that is mounted, on a share. */
#ifndef BACKUP_FOLDER_H
#define BACKUP_FOLDER_H

#include "backup/target_kind.h"

extern const backup_kind backup_folder;

/** Opens the folder. When only it is missing, it is made if `make`, else refused (PB_NOT_FOUND). */
pb_status backup_folder_open(const char *path, bool make, void **ret_self, pb_error *err);

#endif
