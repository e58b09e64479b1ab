/* Private to report: which scripts stand in the texts, and whether there are fonts for them. */
#ifndef REPORT_PAPER_SCRIPTS_H
#define REPORT_PAPER_SCRIPTS_H

#include "base/error.h"

#include <pango/pango.h>

enum { SCRIPTS_MAX = 512 };

typedef struct paper_scripts {
    guint all[SCRIPTS_MAX];     /* letters */
    guint missing[SCRIPTS_MAX]; /* letters that none has */
} paper_scripts;

/** Counts the letters of a text by script. */
void paper_scripts_note(paper_scripts *scripts, PangoLayout *layout);
/** PB_UNSUPPORTED when a script with at least `least` letters in the texts has no font at all: a
 * page of boxes is no report. Single letters that a script's font lacks are drawn as their number
 * in a box. */
pb_status paper_scripts_check(const paper_scripts *scripts, guint least, pb_error *err);

#endif
