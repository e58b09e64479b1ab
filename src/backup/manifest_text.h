/* What writing and reading of manifests share. */
#ifndef BACKUP_MANIFEST_TEXT_H
#define BACKUP_MANIFEST_TEXT_H

#include "manifest.h"

/** Opens the sealed note of an object into `note` and checks its signature; `*ret_text` is a part
 * of it. */
pb_status manifest_open(piece_box *box, const char *label, pb_str object, pb_buf *note,
                        pb_str *ret_text, pb_error *err);

#endif
