/* Names of a ZIP's members as text. */
#ifndef EXCHANGE_ZIP_NAMES_H
#define EXCHANGE_ZIP_NAMES_H

#include "base/arena.h"
#include "base/error.h"

/** What names without the mark of UTF-8 are in. */
typedef enum zip_names_code { ZIP_NAMES_UTF8, ZIP_NAMES_GBK, ZIP_NAMES_437 } zip_names_code;

/** Judges all those names at once; each ends with a line end. */
zip_names_code zip_names_judge(pb_str names);
/** One name in UTF-8, in the arena. */
pb_status zip_name_text(pb_str name, zip_names_code code, pb_arena *arena, pb_str *ret_text,
                        pb_error *err);

#endif
