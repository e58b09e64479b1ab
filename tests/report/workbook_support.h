/* A workbook read back by minizip and expat: no reader of ours. */
#ifndef WORKBOOK_SUPPORT_H
#define WORKBOOK_SUPPORT_H

#include "report_support.h"

#include <stdbool.h>

#include <expat.h>
#include <minizip/unzip.h>

enum { PART_MAX = 32 << 20 };

/* What stands in the sheets of a workbook. */
typedef struct contents {
    char *text; /* of all cells and of names of sheets, one a line */
    size_t length;
    size_t parts, sheets, formulas, mirrored, charts;
    bool cell, sheet;
} contents;

static inline void contents_add(contents *c, const char *text, size_t length)
{
    c->text = realloc(c->text, c->length + length + 2);
    assert_non_null(c->text);
    memcpy(c->text + c->length, text, length);
    c->length += length;
    c->text[c->length] = 0;
}

static inline void XMLCALL contents_begin(void *data, const XML_Char *name,
                                          const XML_Char **attributes)
{
    contents *c = data;
    c->formulas += c->sheet && strcmp(name, "f") == 0;
    c->cell = strcmp(name, "t") == 0 || strcmp(name, "v") == 0;
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        c->mirrored += c->sheet && strcmp(attributes[i], "rightToLeft") == 0;
        if (strcmp(name, "sheet") == 0 && strcmp(attributes[i], "name") == 0) {
            contents_add(c, "[", 1);
            contents_add(c, attributes[i + 1], strlen(attributes[i + 1]));
            contents_add(c, "]\n", 2);
        }
    }
}

static inline void XMLCALL contents_end(void *data, const XML_Char *name)
{
    contents *c = data;
    (void)name;
    if (c->cell)
        contents_add(c, "\n", 1);
    c->cell = false;
}

static inline void XMLCALL contents_letters(void *data, const XML_Char *text, int length)
{
    contents *c = data;
    if (c->cell)
        contents_add(c, text, (size_t)length);
}

static inline void contents_part(contents *c, unzFile zip, const char *name)
{
    char *bytes = malloc(PART_MAX);
    assert_non_null(bytes);
    assert_int_equal(unzOpenCurrentFile(zip), UNZ_OK);
    int length = unzReadCurrentFile(zip, bytes, PART_MAX);
    assert_true(length > 0 && length < PART_MAX);
    assert_int_equal(unzCloseCurrentFile(zip), UNZ_OK); /* its checksum is right */
    XML_Parser parser = XML_ParserCreate(NULL);
    XML_SetUserData(parser, c);
    XML_SetElementHandler(parser, contents_begin, contents_end);
    XML_SetCharacterDataHandler(parser, contents_letters);
    c->sheet = strncmp(name, "xl/worksheets/sheet", 19) == 0;
    c->sheets += c->sheet;
    c->charts += strncmp(name, "xl/charts/chart", 15) == 0;
    if (XML_Parse(parser, bytes, length, true) != XML_STATUS_OK)
        fail_msg("%s is no XML: %s", name, XML_ErrorString(XML_GetErrorCode(parser)));
    XML_ParserFree(parser);
    free(bytes);
}

static inline contents contents_of(const char *folder, const char *file)
{
    char path[4096], name[512];
    contents c = {0};
    unz_file_info info;
    snprintf(path, sizeof path, "%s/%s", folder, file);
    unzFile zip = unzOpen(path);
    assert_non_null(zip);
    for (int more = unzGoToFirstFile(zip); more == UNZ_OK; more = unzGoToNextFile(zip)) {
        assert_int_equal(unzGetCurrentFileInfo(zip, &info, name, sizeof name, NULL, 0, NULL, 0),
                         UNZ_OK);
        contents_part(&c, zip, name);
        c.parts++;
    }
    unzClose(zip);
    assert_true(c.parts > 8);
    return c;
}

#endif
