/* Every byte of every object of a small backup, and of a piece of the kept log, altered two ways:
 * it is named, or was of no account. Each goes the road a restore takes to that object; every so
 * many-th goes through a whole restore. */
#include "backup_support.h"

#include "backup/plan.h"
#include "backup/target_kind.h"
#include "db/copy.h"
#include "db/log.h"
#include "erasures.h"
#include "fence.h"
#include "pack.h"
#include "source.h"

enum { THROUGH_RESTORE = 401 };

/* ---- a place in memory that shows one object altered ---- */

typedef struct object {
    const char *name;
    pb_str bytes;
} object;

typedef struct memory {
    object *objects;
    size_t count, altered; /* which of them */
    size_t at;             /* which byte of it */
    uint8_t flip;          /* 0: as it was */
} memory;

static pb_status memory_get(void *self, const char *name, size_t max, pb_buf *out, pb_error *err)
{
    const memory *m = self;
    (void)max;
    for (size_t i = 0; i < m->count; i++) {
        if (strcmp(m->objects[i].name, name) != 0)
            continue;
        pb_buf_add(out, m->objects[i].bytes);
        if (i == m->altered)
            out->ptr[out->len - m->objects[i].bytes.len + m->at] ^= (char)m->flip;
        return PB_OK;
    }
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("Could not read {path}"), "path", name, NULL);
}

static pb_status memory_list(void *self, const char *folder, pb_arena *arena,
                             backup_object **ret_objects, size_t *ret_count, pb_error *err)
{
    const memory *m = self;
    size_t len = strlen(folder);
    (void)err;
    *ret_objects = pb_arena_array(arena, m->count, sizeof **ret_objects);
    *ret_count = 0;
    for (size_t i = 0; i < m->count; i++)
        if (strncmp(m->objects[i].name, folder, len) == 0 && m->objects[i].name[len] == '/')
            (*ret_objects)[(*ret_count)++] =
                (backup_object){pb_str_c(m->objects[i].name + len + 1), m->objects[i].bytes.len};
    return PB_OK;
}

static void memory_close(void *self)
{
    (void)self;
}

static const backup_kind memory_kind = {
    .get = memory_get, .list = memory_list, .close = memory_close};

/* ---- the backup ---- */

static pb_status erase_work(db_session *session, void *context, pb_error *err)
{
    return ledger_erase_payload(session, *(uint64_t *)context, (ledger_actor){.name = PB_STR("o")},
                                INT64_C(1700000003000000), err);
}

static void declare(backup_world *w)
{
    pb_error err = {0};
    backup_plan plan;
    const backup_call call = world_call();
    pb_str text = pb_str_c(pb_arena_printf(w->arena, "places: [%s]\nkeep_log: true\n", w->place));
    const model_source source = {PB_STR("backups.yaml"), text};
    must(backup_plan_parse(&source, w->arena, &plan, &err), &err);
    must(backup_plan_store(w->open, &call, &plan, text, &err), &err);
}

/* Whole pages and patches, two manifests, a list of erasures, pieces of the log. */
static void make_backup(backup_world *w)
{
    pb_error err = {0};
    uint64_t erased = 3;
    int n = 100;
    const backup_call call = world_call();
    backup_sent sent;
    world_begin(w);
    const char *place = w->place;
    fill(w->open);
    declare(w);
    world_backup(w);
    must(db_write(w->open, erase_work, &erased, &err), &err);
    world_backup(w);
    must(db_write(w->open, create_work, &n, &err), &err);
    must(backup_make(w->open, &call, &place, 1, true, &sent, &err), &err);
}

static void read_place(backup_world *w, memory *m)
{
    pb_error err = {0};
    backup_target *target = NULL;
    backup_object *objects;
    must(backup_target_open(w->place, &target, &err), &err);
    must(backup_target_list(target, "", w->arena, &objects, &m->count, &err), &err);
    m->objects = pb_arena_array(w->arena, m->count, sizeof *m->objects);
    for (size_t i = 0; i < m->count; i++) {
        PB_AUTO_BUF bytes = PB_BUF_INIT(1 << 22);
        m->objects[i].name = pb_arena_cstr(w->arena, objects[i].name);
        must(backup_target_get(target, m->objects[i].name, 1 << 22, &bytes, &err), &err);
        m->objects[i].bytes = pb_arena_str(w->arena, pb_buf_str(&bytes));
    }
    backup_target_close(target);
}

/* ---- the roads to an object ---- */

typedef struct road {
    backup_world *w;
    memory m;
    backup_target *target;
    backup_source source; /* opened on what is whole */
    db_key_source key;
} road;

static bool is_table(const road *r, const char *label)
{
    char table[ROOM_NAME];
    for (size_t i = 0; i < r->source.m.table_count; i++) {
        room_piece_label(&r->source.m.tables[i].name, table);
        if (strcmp(table, label) == 0)
            return true;
    }
    return false;
}

static piece_name name_in(const char *label)
{
    piece_name name;
    assert_true(pb_unhex(pb_str_sub(pb_str_c(label), strlen("pieces/ab/"), 64), name.b, 32));
    return name;
}

static pb_status read_piece(road *r, const char *label, pb_error *err)
{
    PB_AUTO_BUF plain = PB_BUF_INIT(PIECE_MAX);
    const piece_name name = name_in(label);
    pack_view view;
    if (is_table(r, label))
        return room_get_piece(&r->source.room, &name, &plain, err);
    PB_TRY(room_get_pack(&r->source.room, &name, NULL, &plain, err));
    /* tables of the backup before look like no pack */
    (void)pack_read(pb_buf_str(&plain), &view);
    return PB_OK;
}

static pb_status read_manifest(road *r, const char *label, pb_error *err)
{
    backup_source source;
    int64_t at;
    assert_true(room_moment_parse(pb_str_c(label + strlen("backups/")), ".manifest", &at));
    pb_status status = source_open(&source, r->target, NULL, at, &r->key, err);
    source_close(&source);
    return status;
}

static pb_status read_erasures(road *r, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 20);
    erasures list;
    PB_TRY(erasures_init(&list, arena, err));
    return erasures_read_room(&list, &r->source.room, err);
}

static pb_status read_log(road *r, const char *label, pb_error *err)
{
    PB_AUTO_BUF sealed = PB_BUF_INIT(PIECE_MAX), plain = PB_BUF_INIT(PIECE_MAX);
    PB_TRY(room_get(&r->source.room, label, &sealed, err));
    return piece_open(r->source.box, label, pb_buf_str(&sealed), &plain, err);
}

static pb_status read_object(road *r, const object *o, pb_error *err)
{
    const char *label = strchr(o->name, '/') + 1;
    if (strncmp(label, "pieces/", 7) == 0)
        return read_piece(r, label, err);
    if (strncmp(label, "backups/", 8) == 0)
        return read_manifest(r, label, err);
    if (strncmp(label, "erasures/", 9) == 0)
        return read_erasures(r, err);
    if (strncmp(label, "log/", 4) == 0)
        return read_log(r, label, err);
    if (strcmp(label, "primary") == 0)
        return fence_told(&r->source.room, &(fence_primary){0}, err);
    assert_true(pb_str_starts(pb_str_c(o->name), PB_STR("workspaces/"))); /* read by nobody */
    return PB_OK;
}

static void road_begin(road *r, backup_world *w)
{
    pb_error err = {0};
    *r = (road){.w = w, .key = world_key(w)};
    read_place(w, &r->m);
    must(backup_target_wrap("memory", &memory_kind, &r->m, &r->target, &err), &err);
    must(source_open(&r->source, r->target, NULL, INT64_MAX, &r->key, &err), &err);
}

static void road_end(road *r)
{
    source_close(&r->source);
    backup_target_close(r->target);
}

static bool is_named(pb_status status, const pb_error *err)
{
    return (status == PB_CORRUPT || status == PB_WRONG_KEY || status == PB_UNSUPPORTED) &&
           err->primary.id != NULL;
}

/* ---- all of them ---- */

/* shows: PER-3 PER-4 SEC-1 */
static void every_altered_byte_of_a_backup_is_named(void **state)
{
    (void)state;
    static const uint8_t flips[] = {1, 0xff};
    backup_world w;
    road r;
    size_t altered = 0, harmless = 0;
    make_backup(&w);
    road_begin(&r, &w);
    for (r.m.altered = 0; r.m.altered < r.m.count; r.m.altered++) {
        const object *o = &r.m.objects[r.m.altered];
        for (size_t i = 0; i < 2 * o->bytes.len; i++) {
            pb_error err = {0};
            r.m.at = i / 2;
            r.m.flip = flips[i % 2];
            pb_status status = read_object(&r, o, &err);
            altered++;
            if (status == PB_OK && pb_str_starts(pb_str_c(o->name), PB_STR("workspaces/")))
                harmless++;
            else if (!is_named(status, &err))
                fail_msg("%s: byte %zu of %zu: status %d", o->name, r.m.at, o->bytes.len, status);
        }
        r.m.flip = 0;
        pb_error err = {0};
        must(read_object(&r, o, &err), &err);
    }
    print_message("%zu bytes altered in %zu objects, %zu of no account\n", altered, r.m.count,
                  harmless);
    assert_true(altered > 20000 && harmless < 100);
    road_end(&r);
    world_end(&w);
}

/* shows: PER-3 PER-4 SEC-1 */
static void no_altered_byte_comes_through_a_restore(void **state)
{
    (void)state;
    backup_world w;
    road r;
    size_t step = THROUGH_RESTORE, altered = 0;
    make_backup(&w);
    road_begin(&r, &w);
    backup_restore_options options = world_options(&w);
    options.target = r.target;
    r.m.flip = 0x10;
    size_t before = 0; /* bytes of the objects before this one */
    for (r.m.altered = 0; r.m.altered < r.m.count; r.m.altered++) {
        const object *o = &r.m.objects[r.m.altered];
        for (r.m.at = (step - before % step) % step; r.m.at < o->bytes.len; r.m.at += step) {
            pb_error err = {0};
            backup_restored restored;
            pb_status status = world_restore(&w, &options, &restored, &err);
            altered++;
            if (status != PB_OK) {
                assert_true(is_named(status, &err));
                assert_int_equal(sys_path_kind(w.into), SYS_NONE);
                continue;
            }
            /* what this restore does not need: the backup before it, who is primary, the marker */
            assert_int_equal(restored.report.records, FILLED_RECORDS + 1);
            must(sys_dir_remove_tree(w.into, &err), &err);
        }
        before += o->bytes.len;
    }
    assert_true(altered > 20);
    road_end(&r);
    world_end(&w);
}

/* ---- the kept log ---- */

static db_restore *restore_of(backup_world *w, db_copy *copy)
{
    pb_error err = {0};
    db_restore *restore = NULL;
    PB_AUTO_BUF run = PB_BUF_INIT(DB_RUN_SIZE + 16);
    const db_copy_facts *about = db_copy_about(copy);
    const db_key_source key = world_key(w);
    must(db_restore_open(w->into, about->head, about->page_count, &about->position, &key, &restore,
                         &err),
         &err);
    for (uint64_t i = 0; i < about->run_count; i++) {
        pb_buf_clear(&run);
        must(db_copy_read(copy, i, &run, &err), &err);
        must(db_restore_run(restore, i, pb_buf_str(&run), &err), &err);
    }
    return restore;
}

/* shows: PER-3 PER-4 SEC-1 */
static void every_altered_byte_of_the_kept_log_is_named(void **state)
{
    (void)state;
    static const uint8_t flips[] = {1, 0xff};
    backup_world w;
    pb_error err = {0};
    db_copy *copy = NULL;
    db_log_piece *pieces;
    size_t count;
    int n = 100;
    PB_AUTO_BUF bytes = PB_BUF_INIT(DB_LOG_PIECE_MAX + 4096);
    world_begin(&w);
    fill(w.open);
    declare(&w);
    must(db_log_seal(w.open, &err), &err);
    must(db_copy_open(w.open, &copy, &err), &err);
    db_restore *restore = restore_of(&w, copy);
    db_copy_close(copy);
    must(db_write(w.open, create_work, &n, &err), &err);
    must(db_log_seal(w.open, &err), &err);
    must(db_log_list(w.open, w.arena, &pieces, &count, &err), &err);
    assert_true(count > 0);
    must(db_log_read(w.open, &pieces[count - 1], &bytes, &err), &err);
    for (size_t i = 0; i < 2 * bytes.len; i++) {
        pb_error why = {0};
        bytes.ptr[i / 2] ^= (char)flips[i % 2];
        pb_status status = db_restore_log(restore, pb_buf_str(&bytes), &why);
        bytes.ptr[i / 2] ^= (char)flips[i % 2];
        if (!is_named(status, &why))
            fail_msg("byte %zu of %zu: status %d", i / 2, bytes.len, status);
    }
    print_message("%zu bytes of a piece of the log altered\n", 2 * bytes.len);
    assert_true(bytes.len > 8192);
    assert_int_equal(db_restore_about(restore).commits, 0);
    must(db_restore_log(restore, pb_buf_str(&bytes), &err), &err);
    assert_int_equal(db_restore_about(restore).commits, 1);
    must(db_restore_finish(restore, &err), &err);
    assert_int_equal(world_count(&w, w.into, "t_contact"), FILLED_RECORDS + 1);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_altered_byte_of_a_backup_is_named),
        cmocka_unit_test(no_altered_byte_comes_through_a_restore),
        cmocka_unit_test(every_altered_byte_of_the_kept_log_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
