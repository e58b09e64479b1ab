/* What tests of reports share: audits by the program itself, their files read back. */
#ifndef REPORT_SUPPORT_H
#define REPORT_SUPPORT_H

#include "program.h"

static inline void support_lacks(const char *whole, const char *part, const char *where)
{
    if (strcasestr(whole, part) != NULL)
        fail_msg("“%s” stands in %s", part, where);
}

/** Path of a file of the project. */
static inline const char *support_project(char *room, size_t size, const char *name)
{
    snprintf(room, size, "%s/%s", program_root(), name);
    return room;
}

#endif
