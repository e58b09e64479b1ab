/* Incidents: seen at the place, told of in a transaction, and then over. */
#include "db/incident.h"

#include "internal.h"
#include "setting.h"

#include "sys/file.h"

#include <sodium.h>

enum { PART = 1 << 16 };

/* ---- a log put aside ---- */

/* Where it would lie; empty: this engine puts none aside. */
static pb_status aside_path(const db_workspace *workspace, char ret[4096], pb_error *err)
{
    ret[0] = '\0';
    if (workspace->engine->aside == NULL || workspace->target.scratch)
        return PB_OK;
    int len = snprintf(ret, 4096, "%s/%s", workspace->target.place, workspace->engine->aside);
    return len > 0 && len < 4096
               ? PB_OK
               : pb_fail(err, PB_INVALID, PB_MSG("The path of the workspace is too long."), NULL);
}

static pb_status hash_file(const char *path, uint8_t ret_hash[32], uint64_t *ret_bytes,
                           pb_error *err)
{
    uint8_t bytes[PART];
    size_t len = sizeof bytes;
    sys_reader *reader = NULL;
    crypto_hash_sha256_state hash;
    pb_status status = PB_OK;
    PB_TRY(sys_reader_open(path, &reader, err));
    crypto_hash_sha256_init(&hash);
    *ret_bytes = 0;
    while (status == PB_OK && len == sizeof bytes) {
        status = sys_reader_read(reader, bytes, sizeof bytes, &len, err);
        if (status == PB_OK)
            crypto_hash_sha256_update(&hash, bytes, len);
        *ret_bytes += len;
    }
    sys_reader_close(reader);
    crypto_hash_sha256_final(&hash, ret_hash);
    return status;
}

static pb_status look_aside(db_session *session, bool *ret_there, bool *ret_told,
                            db_incidents *incidents, pb_error *err)
{
    char path[4096];
    PB_AUTO_BUF told = PB_BUF_INIT(64);
    bool found = false;
    PB_TRY(aside_path(session->workspace, path, err));
    *ret_there = path[0] != '\0' && sys_path_kind(path) == SYS_FILE;
    *ret_told = false;
    if (!*ret_there)
        return PB_OK;
    PB_TRY(hash_file(path, incidents->torn_hash, &incidents->torn_bytes, err));
    PB_TRY(db_setting_read(session, SETTING_TORN, &told, &found, err));
    *ret_told = found && told.len == 32 && memcmp(told.ptr, incidents->torn_hash, 32) == 0;
    return PB_OK;
}

pb_status db_incidents_check(db_workspace *workspace, pb_error *err)
{
    char path[4096];
    db_incidents incidents;
    db_session *session = NULL;
    bool there = false, told = false;
    PB_TRY(aside_path(workspace, path, err));
    if (path[0] == '\0' || sys_path_kind(path) != SYS_FILE)
        return PB_OK;
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = look_aside(session, &there, &told, &incidents, err);
    db_snapshot_close(session);
    if (status != PB_OK || !there || told)
        return status;
    pb_fail(err, PB_CORRUPT,
            PB_MSG("The last commit before an interruption was incomplete or altered."), NULL);
    pb_error_detail(err, PB_MSG("What was left of it lies in {path}."), "path", path, NULL);
    pb_error_hint(err,
                  PB_MSG("If the power failed or a process was killed then, nothing acknowledged "
                         "was lost; if not, look into it. The next change is preceded by an event "
                         "that tells of it, and a verification after that removes the file."),
                  NULL);
    return PB_CORRUPT;
}

pb_status db_incidents_end(db_session *session, bool *ret_removed, pb_error *err)
{
    char path[4096];
    db_incidents incidents;
    bool there = false, told = false;
    *ret_removed = false;
    if (session->workspace->standby != NULL)
        return PB_OK;
    PB_TRY(look_aside(session, &there, &told, &incidents, err));
    if (!there || !told)
        return PB_OK;
    PB_TRY(aside_path(session->workspace, path, err));
    PB_TRY(sys_file_remove(path, err));
    PB_TRY(sys_dir_sync(session->workspace->target.place, err));
    *ret_removed = true;
    return PB_OK;
}

/* ---- eras of a server ---- */

static pb_status look_at_era(db_session *session, db_incidents *incidents, pb_error *err)
{
    PB_AUTO_BUF noted = PB_BUF_INIT(DB_ERA_TEXT);
    bool found = false;
    const char *era = session->engine->era == NULL ? "" : session->engine->era(session->conn);
    if (era[0] == '\0' || session->workspace->target.scratch)
        return PB_OK;
    PB_TRY(db_setting_read(session, SETTING_ERA, &noted, &found, err));
    snprintf(incidents->era, DB_ERA_TEXT, "%s", era);
    snprintf(incidents->era_before, DB_ERA_TEXT, "%.*s", PB_STR_FMT(pb_buf_str(&noted)));
    size_t cluster = strcspn(era, " ");
    bool same_cluster = found && strncmp(era, incidents->era_before, cluster + 1) == 0;
    /* Rows that were carried to another cluster by other means bring a note of the former. */
    incidents->era_unnoted = !same_cluster;
    incidents->taken_over = same_cluster && strcmp(era, incidents->era_before) != 0;
    return PB_OK;
}

/* ---- both ---- */

pb_status db_incidents_read(db_session *session, db_incidents *ret_incidents, pb_error *err)
{
    db_incidents incidents = {0};
    bool there = false, told = false;
    PB_TRY(look_aside(session, &there, &told, &incidents, err));
    incidents.torn = there && !told;
    PB_TRY(look_at_era(session, &incidents, err));
    *ret_incidents = incidents;
    return PB_OK;
}

pb_status db_incidents_told(db_session *session, const db_incidents *incidents, pb_error *err)
{
    if (incidents->torn)
        PB_TRY(db_setting_write(session, SETTING_TORN,
                                pb_str_n((const char *)incidents->torn_hash, 32), err));
    return incidents->taken_over || incidents->era_unnoted
               ? db_setting_write(session, SETTING_ERA, pb_str_c(incidents->era), err)
               : PB_OK;
}
