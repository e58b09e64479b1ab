/* Workbooks of Office Open XML (ECMA-376, .xlsx and .xlsm), each sheet a table.
 *
 * Takes: transitional and strict namespaces, shared and inline texts, sheets in the workbook's
 * order, hidden ones too. Numbers come as exact decimals of at most 15 digits, which is what a
 * spreadsheet shows; dates and times of both epochs as ISO 8601; percentages with their sign; the
 * values that formulas had when the file was saved. Refuses: workbooks that are encrypted, of the
 * old form (.xls), binary (.xlsb) or of OpenDocument (.ods), XML with a DOCTYPE, damaged ZIPs, and
 * whatever is beyond the limits below. Threads: one reader, one thread.
 */
#ifndef EXCHANGE_XLSX_H
#define EXCHANGE_XLSX_H

#include "../table.h"

enum {
    XLSX_MAX_SHEETS = 1000,
    XLSX_MAX_ENTRIES = 20000,          /* parts of the ZIP */
    XLSX_MAX_STRINGS = 16 << 20,       /* shared texts, */
    XLSX_MAX_STRING_BYTES = 256 << 20, /* and their bytes in all */
    XLSX_MAX_MERGES = 200000,
    XLSX_MAX_TOKEN = 2 << 20, /* bytes of one XML tag or comment */
    XLSX_MAX_DEPTH = 64       /* XML elements inside each other */
};
/** Bytes of one part of the workbook, unpacked. */
#define XLSX_MAX_PART (UINT64_C(4) << 30)

/** The sheets of a workbook that hold cells, hidden ones too, by their names in `arena`. Takes over
 * `input`, which can seek, also on failure; `name` is shown in errors. */
pb_status xlsx_list(byte_input input, const char *name, pb_arena *arena, pb_str **ret_sheets,
                    size_t *ret_count, pb_error *err);
/** A reader over one sheet; absent `sheet`: the first. Takes over `input`, which can seek, also on
 * failure. Blank
 * rows are passed over, titles above the header too (facts.above); a merged range has its value in
 * every row. Owner: the caller, ops->close. */
pb_status xlsx_open(byte_input input, const char *name, pb_str sheet, table_reader **ret_reader,
                    pb_error *err);
/** The bytes are those of a ZIP, or of an OLE container (old and encrypted workbooks). */
bool xlsx_is_zip(pb_str head);
bool xlsx_is_ole(pb_str head);
/** Says what an OLE container is and how to save it. */
pb_status xlsx_refuse_ole(byte_input *input, const char *name, pb_error *err);

#endif
