/* Inside the workbook reader: package, XML, styles, texts, values, rows. */
#ifndef EXCHANGE_XLSX_INTERNAL_H
#define EXCHANGE_XLSX_INTERNAL_H

#include <expat.h>

#include "xlsx.h"

/* --- package.c: the ZIP --- */

typedef struct xlsx_package xlsx_package;
/** Takes over `input`, which can seek, also on failure. */
pb_status xlsx_package_open(byte_input input, const char *name, xlsx_package **ret, pb_error *err);
xlsx_package *xlsx_package_close(xlsx_package *package);
const char *xlsx_package_name(const xlsx_package *package);
/** Opens a part for reading; one at a time. `*ret_found` false when there is none. */
pb_status xlsx_part_open(xlsx_package *package, const char *part, bool *ret_found, pb_error *err);
/** At most `size` bytes, 0 at the end, where the checksum was found right. */
pb_status xlsx_part_read(xlsx_package *package, void *to, size_t size, size_t *ret_count,
                         pb_error *err);
void xlsx_part_close(xlsx_package *package);
bool xlsx_package_has(xlsx_package *package, const char *part);
/** Bytes of the open part: read, and in all. */
uint64_t xlsx_part_done(const xlsx_package *package);
uint64_t xlsx_part_total(const xlsx_package *package);

/* --- xml.c: a part as XML --- */

/** First member of the state that handlers get. */
typedef struct xlsx_xml {
    XML_Parser parser;
    xlsx_package *package;
    const char *part;
    uint64_t fed;
    int depth;
    bool doctype, deep, memory; /* why parsing was stopped */
    bool over;                  /* the part is read */
    bool waiting;               /* a handler stopped to hand something out */
} xlsx_xml;

/** The part of a name behind its prefix. */
static inline const char *xlsx_local(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon == NULL ? name : colon + 1;
}
static inline bool xlsx_is(const char *name, const char *local)
{
    return strcmp(xlsx_local(name), local) == 0;
}
/** An attribute by its local name, or NULL. */
const char *xlsx_attribute(const char **attributes, const char *local);
/** Opens a part (`*ret_found` false when there is none) and a parser whose handlers get `xml`. */
pb_status xlsx_xml_open(xlsx_xml *xml, xlsx_package *package, const char *part,
                        XML_StartElementHandler start, XML_EndElementHandler end,
                        XML_CharacterDataHandler text, bool *ret_found, pb_error *err);
/** Every start handler calls this first, every end handler leaves; false: too deep, stopped. */
bool xlsx_xml_enter(xlsx_xml *xml);
static inline void xlsx_xml_leave(xlsx_xml *xml)
{
    xml->depth--;
}
/** A handler ran out of memory. */
void xlsx_xml_no_memory(xlsx_xml *xml);
/** Parses until a handler suspends (`waiting`) or the part ends (`over`). */
pb_status xlsx_xml_step(xlsx_xml *xml, pb_error *err);
void xlsx_xml_close(xlsx_xml *xml);
/** All of a part. */
pb_status xlsx_xml_all(xlsx_xml *xml, xlsx_package *package, const char *part,
                       XML_StartElementHandler start, XML_EndElementHandler end,
                       XML_CharacterDataHandler text, bool *ret_found, pb_error *err);

/* --- workbook.c --- */

typedef struct xlsx_sheet_part {
    pb_str name;
    const char *part;
    bool hidden;
} xlsx_sheet_part;

typedef struct xlsx_book {
    xlsx_sheet_part *sheets;
    size_t sheet_count;
    const char *strings, *styles; /* parts; NULL: none */
    bool epoch_1904;
} xlsx_book;

pb_status xlsx_book_read(xlsx_package *package, pb_arena *arena, xlsx_book *ret, pb_error *err);

/* --- formats.c, styles.c --- */

typedef enum xlsx_kind {
    XLSX_NUMBER,
    XLSX_PERCENT,
    XLSX_DATE,
    XLSX_TIME,
    XLSX_DATE_TIME,
    XLSX_DURATION
} xlsx_kind;

/** What a number format shows (ECMA-376 part 1, 18.8.30 and 18.8.31). */
xlsx_kind xlsx_format_kind(pb_str code);
xlsx_kind xlsx_builtin_kind(uint32_t id);
/** Kind of each cell format, in the arena. */
pb_status xlsx_styles_read(xlsx_package *package, const char *part, pb_arena *arena,
                           uint8_t **ret_kinds, size_t *ret_count, pb_error *err);

/* --- strings.c --- */

typedef struct xlsx_strings xlsx_strings;
pb_status xlsx_strings_read(xlsx_package *package, const char *part, xlsx_strings **ret,
                            pb_error *err);
xlsx_strings *xlsx_strings_free(xlsx_strings *strings);
/** False when there is no such text. */
bool xlsx_strings_get(const xlsx_strings *strings, uint64_t index, pb_str *ret);
/** Undoes `_x000D_` and the like in the bytes of `buf` behind `from`. */
void xlsx_unescape(pb_buf *buf, size_t from);

/* --- values.c --- */

/** Appends a number as a plain decimal of at most 15 digits (whole numbers written out keep all
 * theirs), `shift` decimal places up. False, nothing written, when `raw` is no number. */
bool xlsx_put_number(pb_buf *out, pb_str raw, int shift);
/** `raw` is already what xlsx_put_number would write. */
bool xlsx_is_plain(pb_str raw);
/** Appends the day or time a serial number stands for. False, nothing written, when it is no
 * number or beyond what the calendar holds. */
bool xlsx_put_moment(pb_buf *out, pb_str raw, xlsx_kind kind, bool epoch_1904);

/* --- merges.c --- */

typedef struct xlsx_merge {
    uint32_t top, bottom; /* rows from 1 */
    uint32_t left, right; /* columns from 0 */
} xlsx_merge;
/** Row (0: not given) and column (UINT32_MAX: not given or beyond XFD) of a reference. */
void xlsx_reference(const char *text, uint32_t *ret_row, uint32_t *ret_column);
/** The merged ranges of a sheet, by their first row. */
pb_status xlsx_merges_read(xlsx_package *package, const char *part, pb_arena *arena,
                           xlsx_merge **ret_merges, size_t *ret_count, pb_error *err);

/* --- sheet.c: the rows of a sheet as they stand in it --- */

typedef struct xlsx_sheet xlsx_sheet;
typedef struct xlsx_row {
    pb_str *cells;            /* from column A; a cell that is not there is absent */
    size_t count;             /* behind the last filled cell */
    size_t filled;            /* cells with a value */
    size_t first;             /* the first of them */
    uint32_t line;            /* row of the sheet */
    const table_fault *fault; /* why it is not to be taken; NULL: good */
} xlsx_row;
pb_status xlsx_sheet_open(xlsx_package *package, const xlsx_book *book, const char *part,
                          const xlsx_strings *strings, const uint8_t *kinds, size_t kind_count,
                          xlsx_sheet **ret, pb_error *err);
/** Next row with a filled cell, or with a fault; lives until the next call. */
pb_status xlsx_sheet_next(xlsx_sheet *sheet, xlsx_row *ret, bool *ret_more, pb_error *err);
uint64_t xlsx_sheet_formulas(const xlsx_sheet *sheet);
xlsx_sheet *xlsx_sheet_close(xlsx_sheet *sheet);

#endif
