/* JSON as a form of table: JSON Lines, objects one behind the other, an array of objects, and such
 * an array inside the object that CRMs' interfaces answer with ({"records": […]}, {"results": […]},
 * {"data": […]}, {"value": […]}, {"items": […]}, {"list": […]}, {"rows": […]}, {"entries": […]});
 * what stands around the array tells whether it is all there is (around.c).
 *
 * Columns are all keys of the file in the order they first appear: it is read once to find them and
 * once for its rows, with bounded memory. Objects inside become `address.city`; an array's scalars
 * stand in one cell, joined by "; "; the objects in it become `phones.1.number` up to
 * JSON_MAX_ITEMS, those beyond stand as JSON in the array's own cell. Numbers keep their text.
 * Values in an object of their own ({"$date": …}, {"$oid": …}, {"$numberLong": …}: MongoDB Extended
 * JSON, version 2) are that value; their moments and those of .NET (/Date(…)/) become ISO 8601. A
 * record that is no object, breaks RFC 8259 or a limit below, or names a key twice, is rejected and
 * reading goes on behind it. Threads: one reader, one thread.
 */
#ifndef EXCHANGE_JSON_H
#define EXCHANGE_JSON_H

#include "../forms.h"

enum {
    JSON_MAX_COLUMNS = 2000,
    JSON_MAX_DEPTH = 64,
    JSON_MAX_ITEMS = 20,
    JSON_MAX_RECORD = 8 << 20,
    JSON_MAX_CELL = 1 << 20
};

/** As table_form.open. */
pb_status json_open(byte_input input, const char *name, pb_str sheet, table_reader **ret_reader,
                    pb_error *err);

#endif
