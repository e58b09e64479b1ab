#include "paper_scripts.h"

static guint *counter(guint *counts, gunichar c)
{
    GUnicodeScript script = g_unichar_get_script(c);
    return (int)script >= 0 && (int)script < SCRIPTS_MAX ? &counts[script] : NULL;
}

/* Letters that no font had: pango leaves their number in place of a glyph. */
static void note_missing(paper_scripts *scripts, PangoLayout *layout)
{
    PangoLayoutIter *iter = pango_layout_get_iter(layout);
    do {
        PangoLayoutRun *run = pango_layout_iter_get_run_readonly(iter);
        for (int i = 0; run != NULL && i < run->glyphs->num_glyphs; i++) {
            PangoGlyph glyph = run->glyphs->glyphs[i].glyph;
            if (glyph == PANGO_GLYPH_EMPTY || (glyph & PANGO_GLYPH_UNKNOWN_FLAG) == 0)
                continue;
            guint *count = counter(scripts->missing, (gunichar)(glyph & ~PANGO_GLYPH_UNKNOWN_FLAG));
            if (count != NULL)
                ++*count;
        }
    } while (pango_layout_iter_next_run(iter));
    pango_layout_iter_free(iter);
}

void paper_scripts_note(paper_scripts *scripts, PangoLayout *layout)
{
    if (pango_layout_get_unknown_glyphs_count(layout) > 0)
        note_missing(scripts, layout);
    for (const char *at = pango_layout_get_text(layout); *at != 0; at = g_utf8_next_char(at)) {
        guint *count = counter(scripts->all, g_utf8_get_char(at));
        if (count != NULL)
            ++*count;
    }
}

static const char *package_of(GUnicodeScript script)
{
    switch (script) {
    case G_UNICODE_SCRIPT_HAN:
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA:
    case G_UNICODE_SCRIPT_HANGUL:
    case G_UNICODE_SCRIPT_BOPOMOFO:
        return "fonts-noto-cjk";
    default:
        return "fonts-noto-core";
    }
}

/* The four letters of ISO 15924: what fonts are found by. */
static void name_of(GUnicodeScript script, char ret_name[5])
{
    guint32 code = g_unicode_script_to_iso15924(script);
    for (int i = 0; i < 4; i++)
        ret_name[i] = (char)(code >> (24 - 8 * i) & 0xFF);
    ret_name[4] = 0;
}

pb_status paper_scripts_check(const paper_scripts *scripts, guint least, pb_error *err)
{
    for (int i = 0; i < SCRIPTS_MAX; i++) {
        GUnicodeScript script = (GUnicodeScript)i;
        char name[5];
        if (scripts->missing[i] < least || scripts->missing[i] < scripts->all[i] ||
            script == G_UNICODE_SCRIPT_COMMON || script == G_UNICODE_SCRIPT_INHERITED ||
            script == G_UNICODE_SCRIPT_UNKNOWN)
            continue;
        name_of(script, name);
        pb_fail(err, PB_UNSUPPORTED,
                PB_MSG("The PDF cannot be set: no font of this system has the script {script}"),
                "script", name, NULL);
        pb_error_detail(err, PB_MSG("{count} of its letters stand in the report."), "count",
                        PB_ARG_INT(scripts->missing[i]), NULL);
        pb_error_hint(err,
                      PB_MSG("Install a font for it (Debian: package {package}), or ask for the "
                             "other formats with --format."),
                      "package", package_of(script), NULL);
        return PB_UNSUPPORTED;
    }
    return PB_OK;
}
