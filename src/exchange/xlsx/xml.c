/* A part of the workbook as XML, fed to expat piece by piece. No document type is accepted: no
 * part of a workbook has one, and entities that grow need one. */
#include "internal.h"

enum { PIECE = 64 << 10 };

const char *xlsx_attribute(const char **attributes, const char *local)
{
    for (; attributes[0] != NULL; attributes += 2)
        if (xlsx_is(attributes[0], local))
            return attributes[1];
    return NULL;
}

static void XMLCALL refuse_doctype(void *state, const XML_Char *name, const XML_Char *system_id,
                                   const XML_Char *public_id, int internal)
{
    (void)name, (void)system_id, (void)public_id, (void)internal;
    xlsx_xml *xml = state;
    xml->doctype = true;
    XML_StopParser(xml->parser, XML_FALSE);
}

bool xlsx_xml_enter(xlsx_xml *xml)
{
    if (++xml->depth <= XLSX_MAX_DEPTH)
        return true;
    xml->deep = true;
    XML_StopParser(xml->parser, XML_FALSE);
    return false;
}

void xlsx_xml_no_memory(xlsx_xml *xml)
{
    xml->memory = true;
    XML_StopParser(xml->parser, XML_FALSE);
}

pb_status xlsx_xml_open(xlsx_xml *xml, xlsx_package *package, const char *part,
                        XML_StartElementHandler start, XML_EndElementHandler end,
                        XML_CharacterDataHandler text, bool *ret_found, pb_error *err)
{
    xml->package = package;
    xml->part = part;
    PB_TRY(xlsx_part_open(package, part, ret_found, err));
    if (!*ret_found)
        return PB_OK;
    xml->parser = XML_ParserCreate(NULL);
    if (xml->parser == NULL)
        return pb_fail_memory(err);
    XML_SetUserData(xml->parser, xml);
    XML_SetElementHandler(xml->parser, start, end);
    XML_SetCharacterDataHandler(xml->parser, text);
    XML_SetStartDoctypeDeclHandler(xml->parser, refuse_doctype);
    return PB_OK;
}

void xlsx_xml_close(xlsx_xml *xml)
{
    if (xml->parser != NULL) {
        XML_ParserFree(xml->parser);
        xlsx_part_close(xml->package);
    }
    xml->parser = NULL;
}

static pb_status fail_xml(const xlsx_xml *xml, pb_error *err)
{
    const char *name = xlsx_package_name(xml->package);
    enum XML_Error code = XML_GetErrorCode(xml->parser);
    if (xml->memory || code == XML_ERROR_NO_MEMORY)
        return pb_fail_memory(err);
    if (xml->doctype) {
        pb_fail(err, PB_INVALID,
                PB_MSG("{part} in {name} has a document type, which no workbook has: it could be "
                       "made to swell without end. Export it again from the program it came from."),
                "part", xml->part, "name", name, NULL);
        return PB_INVALID;
    }
    if (xml->deep) {
        pb_fail(err, PB_LIMIT, PB_MSG("{part} in {name} nests deeper than {limit} elements"),
                "part", xml->part, "name", name, "limit", PB_ARG_INT(XLSX_MAX_DEPTH), NULL);
        return PB_LIMIT;
    }
    pb_fail(err, PB_INVALID,
            PB_MSG("{name} is damaged: {part}, line {line}, column {column}: {what}. Open it in a "
                   "spreadsheet program and save it again, or export it once more."),
            "name", name, "part", xml->part, "line",
            PB_ARG_INT(XML_GetCurrentLineNumber(xml->parser)), "column",
            PB_ARG_INT(XML_GetCurrentColumnNumber(xml->parser)), "what", XML_ErrorString(code),
            NULL);
    return PB_INVALID;
}

/* A tag that does not end would be held in memory, and looked at again and again. */
static pb_status check_token(const xlsx_xml *xml, pb_error *err)
{
    XML_Index at = XML_GetCurrentByteIndex(xml->parser);
    if (at < 0 || xml->fed < (uint64_t)at || xml->fed - (uint64_t)at <= XLSX_MAX_TOKEN)
        return PB_OK;
    pb_fail(err, PB_LIMIT, PB_MSG("{part} in {name} holds a tag of more than {limit} bytes"),
            "part", xml->part, "name", xlsx_package_name(xml->package), "limit",
            PB_ARG_INT(XLSX_MAX_TOKEN), NULL);
    return PB_LIMIT;
}

pb_status xlsx_xml_step(xlsx_xml *xml, pb_error *err)
{
    while (!xml->over) {
        enum XML_Status said;
        size_t count = 1;
        if (xml->waiting) {
            xml->waiting = false;
            said = XML_ResumeParser(xml->parser);
        } else {
            void *room = XML_GetBuffer(xml->parser, PIECE);
            if (room == NULL)
                return pb_fail_memory(err);
            PB_TRY(xlsx_part_read(xml->package, room, PIECE, &count, err));
            xml->fed += count;
            said = XML_ParseBuffer(xml->parser, (int)count, count == 0);
        }
        if (said == XML_STATUS_ERROR)
            return fail_xml(xml, err);
        if (said == XML_STATUS_SUSPENDED) {
            xml->waiting = true;
            return PB_OK;
        }
        XML_ParsingStatus state;
        XML_GetParsingStatus(xml->parser, &state);
        xml->over = state.parsing == XML_FINISHED;
        PB_TRY(check_token(xml, err));
    }
    return PB_OK;
}

pb_status xlsx_xml_all(xlsx_xml *xml, xlsx_package *package, const char *part,
                       XML_StartElementHandler start, XML_EndElementHandler end,
                       XML_CharacterDataHandler text, bool *ret_found, pb_error *err)
{
    PB_TRY(xlsx_xml_open(xml, package, part, start, end, text, ret_found, err));
    pb_status status = PB_OK;
    while (*ret_found && status == PB_OK && !xml->over)
        status = xlsx_xml_step(xml, err);
    xlsx_xml_close(xml);
    return status;
}
