/* What a workspace remembers about itself, by name, inside its database. */
#ifndef DB_SETTING_H
#define DB_SETTING_H

#include "db/read.h"

#include "base/buf.h"

#define SETTING_LAYOUT PB_STR("layout") /* fingerprint of the tables, differs between engines */
#define SETTING_MOVED PB_STR("moved")   /* where it went: closed to writing */
#define SETTING_MOVING PB_STR("moving") /* a copy that is not finished: closed to all use */
#define SETTING_ERA PB_STR("era")       /* of the server that holds it (db/incident.h) */
#define SETTING_TORN PB_STR("torn")     /* hash of the log put aside that was last told of */

/** Appends the value to `out`; `*ret_found` false when there is none. */
pb_status db_setting_read(db_session *session, pb_str name, pb_buf *out, bool *ret_found,
                          pb_error *err);
/** Sets a value, or takes it away when `value` is absent. Inside db_write. */
pb_status db_setting_write(db_session *session, pb_str name, pb_str value, pb_error *err);

#endif
