/* Private to audit: values of a field together with who stands behind them. */
#ifndef AUDIT_SHARED_PRIVATE_H
#define AUDIT_SHARED_PRIVATE_H

#include "../run.h"

/** Rows of n and the control's field, where it is filled, by n; with `whole` also name, account,
 * e-mail and company, null where the entity has none. */
pb_status shared_open(audit_check *check, bool whole, db_stmt **ret, pb_error *err);
/** What tells the firm in such a row, in the run's scratch arena; absent: nothing does. */
pb_status shared_firm(audit_check *check, db_stmt *stmt, pb_str *ret, pb_error *err);

#endif
