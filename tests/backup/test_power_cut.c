/* Every disk that a power cut could leave of writing, of shipping the log, of backing up: each is
 * opened with the program. No acknowledged commit is lost, the ledger is valid, no acknowledged
 * piece of the log or backup is lost, and nothing half written opens.
 *
 * A journal of all calls that change files is kept while a script runs; see power_journal.h and
 * power_disk.h. Argument `long`: every moment and more disks of each, instead of a share of them.
 */
#include "backup_support.h"
#include "power_disk.h"

#include "backup/plan.h"
#include "db/log.h"

/* What a mark is about. */
enum { MADE, CONTACTS, BACKED_UP, PIECES };

enum { COMMITS_MAX = 200, BASE_MAX = 64 << 20 };

static bool every_one;

typedef struct story {
    backup_world world; /* its folder holds workspace, key and place; all of it is watched */
    char *state;        /* where disks are laid out */
    char *key;          /* the key, kept by its owner */
    bool goes_on;       /* what is left of a place is used for a further backup */
    int next;           /* number of the next contact */
    bool could_be[COMMITS_MAX + 1]; /* number of contacts after some commit */
    struct {                        /* a copy, for going on from by pieces of the log */
        db_copy_facts facts;
        char head[4096];
        pb_buf bytes;
    } base;
} story;

/* ---- what the scripts are made of ---- */

static db_options options_of(const char *key)
{
    return (db_options){.key = {.key_file = key}};
}

static void open_story(story *s, void (*script)(story *))
{
    pb_error err = {0};
    char outside[200];
    backup_world *w = &s->world;
    *w = (backup_world){.arena = pb_arena_new(1 << 24)};
    must(sys_temp_dir(w->arena, &w->folder, &err), &err);
    snprintf(outside, sizeof outside, "%.190s-state", w->folder);
    s->state = pb_arena_cstr(w->arena, pb_str_c(outside));
    s->key = pb_arena_printf(w->arena, "%.190s-key", w->folder);
    w->workspace = sys_path_join(w->arena, w->folder, "workspace");
    w->place = sys_path_join(w->arena, w->folder, "place");
    w->key = sys_path_join(w->arena, w->folder, "keys/key");
    tiny_schema_make(&test_schema);
    s->next = 1;
    s->could_be[0] = true;
    db_options options = options_of(w->key);
    power_begin(w->folder);
    must(db_workspace_create(w->workspace, &test_schema.schema, &options, NULL, &w->open, &err),
         &err);
    power_mark(MADE, 1);
    script(s);
    w->open = db_workspace_close(w->open);
    power_end();
    PB_AUTO_BUF key = PB_BUF_INIT(4096);
    must(sys_file_read(w->key, 4096, &key, &err), &err);
    must(sys_file_write(s->key, pb_buf_str(&key), 0600, &err), &err);
}

static void close_story(story *s)
{
    power_drop();
    pb_buf_free(&s->base.bytes);
    sys_file_remove(s->key, NULL);
    world_end(&s->world);
}

typedef struct several {
    int from, count;
} several;

static pb_status create_several(db_session *session, void *context, pb_error *err)
{
    const several *work = context;
    for (int i = 0; i < work->count; i++) {
        int n = work->from + i;
        PB_TRY(create_work(session, &n, err));
    }
    return PB_OK;
}

static void commit(story *s, int count)
{
    pb_error err = {0};
    several work = {s->next, count};
    s->next += count;
    assert_true(s->next <= COMMITS_MAX);
    s->could_be[s->next - 1] = true;
    must(db_write(s->world.open, create_several, &work, &err), &err);
    power_mark(CONTACTS, s->next - 1);
}

static void commit_each(story *s, int count)
{
    while (count-- > 0)
        commit(s, 1);
}

static void reopen(story *s)
{
    pb_error err = {0};
    backup_world *w = &s->world;
    db_options options = options_of(w->key);
    w->open = db_workspace_close(w->open);
    must(db_workspace_open(w->workspace, &test_schema.schema, &options, &w->open, &err), &err);
}

static void move_log(story *s)
{
    pb_error err = {0};
    must(db_check_pages(s->world.open, &err), &err);
}

static pb_status erase_work(db_session *session, void *context, pb_error *err)
{
    const ledger_actor actor = {PB_STR("test"), PB_STR("to see"), PB_STR("unit")};
    PB_TRY(db_overwrite_deleted(session, err));
    return ledger_erase_payload(session, *(const uint64_t *)context, actor, sys_now_us(), err);
}

static void erase(story *s, uint64_t sequence)
{
    pb_error err = {0};
    must(db_write(s->world.open, erase_work, &sequence, &err), &err);
}

static void keep_log(story *s, bool keep)
{
    pb_error err = {0};
    must(db_log_keep(s->world.open, keep, &err), &err);
}

static void back_up(story *s, bool log_only)
{
    pb_error err = {0};
    backup_sent sent;
    const backup_call call = world_call();
    const char *place = s->world.place;
    int64_t holds = s->next - 1;
    must(backup_make(s->world.open, &call, &place, 1, log_only, &sent, &err), &err);
    power_mark(BACKED_UP, holds);
}

static void clear_away(story *s)
{
    pb_error err = {0};
    backup_pruned pruned;
    const backup_plan plan = {.newest = 1};
    const backup_call call = world_call();
    must(backup_prune(s->world.open, &call, &plan, s->world.place, &pruned, &err), &err);
}

static void take_base(story *s)
{
    pb_error err = {0};
    db_copy *copy = NULL;
    must(db_copy_open(s->world.open, &copy, &err), &err);
    const db_copy_facts *facts = db_copy_about(copy);
    s->base.facts = *facts;
    assert_true(facts->head.len < sizeof s->base.head);
    memcpy(s->base.head, facts->head.ptr, facts->head.len);
    s->base.facts.head = pb_str_n(s->base.head, facts->head.len);
    s->base.bytes = PB_BUF_INIT(BASE_MAX);
    for (uint64_t run = 0; run < facts->run_count; run++)
        must(db_copy_read(copy, run, &s->base.bytes, &err), &err);
    db_copy_close(copy);
}

static void seal(story *s)
{
    pb_error err = {0};
    db_log_piece *pieces;
    size_t count;
    must(db_log_seal(s->world.open, &err), &err);
    must(db_log_list(s->world.open, s->world.arena, &pieces, &count, &err), &err);
    power_mark(PIECES, (int64_t)pieces[count - 1].sequence);
}

/* ---- the scripts ---- */

static void script_writing(story *s)
{
    commit_each(s, 12);
    move_log(s);
    commit_each(s, 6);
    commit(s, 40);
    reopen(s);
    commit_each(s, 6);
    erase(s, 3);
    commit_each(s, 4);
    move_log(s);
    commit(s, 30);
    commit_each(s, 8);
    reopen(s);
    commit_each(s, 3);
}

static void script_shipping(story *s)
{
    commit_each(s, 2);
    keep_log(s, true);
    take_base(s);
    for (int i = 0; i < 4; i++) {
        commit_each(s, 4);
        seal(s);
        if (i % 2 == 1)
            move_log(s);
    }
    commit(s, 20);
    reopen(s);
    commit_each(s, 4);
    seal(s);
    commit_each(s, 4);
}

static void script_backups(story *s)
{
    s->goes_on = true;
    commit_each(s, 2);
    back_up(s, false);
    commit_each(s, 2);
    back_up(s, false);
    keep_log(s, true);
    commit(s, 20);
    back_up(s, false);
    commit_each(s, 2);
    back_up(s, true);
    erase(s, 3);
    commit_each(s, 2);
    back_up(s, true);
    clear_away(s);
    commit_each(s, 2);
    back_up(s, false);
    clear_away(s);
    reopen(s);
    commit(s, 30);
    erase(s, 4);
    back_up(s, false);
    commit_each(s, 2);
    back_up(s, true);
    back_up(s, false);
    clear_away(s);
}

/* ---- what is looked at ---- */

static char wrong[4000]; /* the first thing that was, of this disk */

static bool blame(const char *what, const pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 14);
    pb_buf_addc(&text, what);
    if (err != NULL && err->primary.id != NULL) {
        pb_buf_addc(&text, ": ");
        pb_error_render(err, &err->primary, NULL, &text);
        pb_buf_byte(&text, ' ');
        pb_error_render(err, &err->detail, NULL, &text);
    }
    snprintf(wrong, sizeof wrong, "%s", pb_buf_cstr(&text));
    return false;
}

static bool number(db_session *session, const char *sql, int64_t *ret)
{
    pb_error err = {0};
    db_stmt *stmt;
    bool row = false;
    if (db_prepare_text(session, pb_str_c(sql), &stmt, &err) != PB_OK ||
        db_step(stmt, &row, &err) != PB_OK || !row)
        return blame(sql, &err);
    *ret = db_column_i64(stmt, 0);
    db_reset(stmt);
    return true;
}

/* Contacts 1 to some number, and a ledger that says the same. */
static bool look_at_rows(const story *s, db_session *session, int64_t at_least, int64_t *ret_count)
{
    pb_error err = {0};
    ledger_report report;
    char words[100];
    int64_t count, sum;
    if (!number(session, "SELECT COUNT(*) FROM t_contact", &count) ||
        !number(session, "SELECT coalesce(SUM(n), 0) FROM t_contact", &sum))
        return false;
    snprintf(words, sizeof words, "%lld contacts, %lld acknowledged", (long long)count,
             (long long)at_least);
    if (count < at_least || sum != count * (count + 1) / 2 || count >= s->next ||
        !s->could_be[count])
        return blame(words, NULL);
    if (ledger_verify(session, NULL, NULL, &report, &err) != PB_OK)
        return blame("the ledger is not valid", &err);
    *ret_count = count;
    return true;
}

static bool look_at_state(const story *s, db_workspace *workspace, int64_t at_least,
                          int64_t *ret_count)
{
    pb_error err = {0};
    db_session *session = NULL;
    if (db_snapshot_open(workspace, &session, &err) != PB_OK)
        return blame("could not be read", &err);
    bool good = look_at_rows(s, session, at_least, ret_count);
    db_snapshot_close(session);
    return good;
}

/* What is left of the commit under way when the power went may lie beside, and checks tell of it
 * until somebody took it away: nobody can tell it from an altered one (db/README.md). */
static bool pages_are_good(const story *s, db_workspace *workspace)
{
    pb_error err = {0};
    char torn[600];
    snprintf(torn, sizeof torn, "%s/workspace/records.db-torn", s->state);
    if (sys_path_kind(torn) == SYS_FILE) {
        if (db_check_pages(workspace, &err) != PB_CORRUPT)
            return blame("what was cut off is not told of", NULL);
        must(sys_file_remove(torn, &err), &err);
    }
    return db_check_pages(workspace, &err) == PB_OK || blame("pages", &err);
}

static bool apply_pieces(db_restore *restore, db_workspace *workspace, pb_arena *arena,
                         int64_t newest)
{
    pb_error err = {0};
    db_log_piece *pieces;
    size_t count;
    PB_AUTO_BUF tail = PB_BUF_INIT(DB_LOG_PIECE_MAX);
    if (db_log_list(workspace, arena, &pieces, &count, &err) != PB_OK)
        return blame("pieces", &err);
    if (newest > 0 && (count == 0 || pieces[count - 1].sequence < (uint64_t)newest))
        return blame("an acknowledged piece of the log is gone", NULL);
    for (size_t i = 0; i < count; i++) {
        PB_AUTO_BUF bytes = PB_BUF_INIT(DB_LOG_PIECE_MAX);
        if (db_log_read(workspace, &pieces[i], &bytes, &err) != PB_OK ||
            db_restore_log(restore, pb_buf_str(&bytes), &err) != PB_OK)
            return blame("a piece of the log", &err);
    }
    if (db_log_tail(workspace, &tail, &err) != PB_OK ||
        (tail.len > 0 && db_restore_log(restore, pb_buf_str(&tail), &err) != PB_OK))
        return blame("the log's tail", &err);
    return true;
}

static bool open_and_look(const story *s, const char *folder, const char *key, int64_t at_least,
                          int64_t *ret_count)
{
    pb_error err = {0};
    db_workspace *workspace = NULL;
    db_options options = options_of(key);
    if (db_workspace_open(folder, &test_schema.schema, &options, &workspace, &err) != PB_OK)
        return blame("what was restored does not open", &err);
    bool good = look_at_state(s, workspace, at_least, ret_count);
    db_workspace_close(workspace);
    return good;
}

/* A copy and the pieces since give what the workspace has. */
static bool look_at_log(const story *s, db_workspace *workspace, int64_t newest, int64_t count)
{
    pb_error err = {0};
    db_restore *restore = NULL;
    char back[600];
    const db_key_source key = {.key_file = s->key};
    int64_t found = 0;
    PB_AUTO_ARENA arena = pb_arena_new(1 << 24);
    snprintf(back, sizeof back, "%s/back", s->state);
    if (db_restore_open(back, s->base.facts.head, s->base.facts.page_count, &s->base.facts.position,
                        &key, &restore, &err) != PB_OK)
        return blame("restore", &err);
    for (uint64_t run = 0; run < s->base.facts.run_count; run++)
        must(db_restore_run(restore, run,
                            pb_str_sub(pb_buf_str(&s->base.bytes), run * DB_RUN_SIZE, DB_RUN_SIZE),
                            &err),
             &err);
    if (!apply_pieces(restore, workspace, arena, newest)) {
        db_restore_abort(restore);
        return false;
    }
    if (db_restore_finish(restore, &err) != PB_OK)
        return blame("restore", &err);
    if (!open_and_look(s, back, s->key, count, &found))
        return false;
    return found == count || blame("the log gives another state", NULL);
}

/* The workspace opens with the key that lies on the same disk, is whole, and goes on. */
static bool look_at_workspace(const story *s, const int64_t *marks)
{
    pb_error err = {0};
    char path[600], key[600];
    db_workspace *workspace = NULL;
    int64_t count = 0;
    snprintf(path, sizeof path, "%s/workspace", s->state);
    snprintf(key, sizeof key, "%s/keys/key", s->state);
    db_options options = options_of(key);
    pb_status status = db_workspace_open(path, &test_schema.schema, &options, &workspace, &err);
    if (status != PB_OK)
        return (marks[MADE] == 0 && status != PB_INTERNAL && err.primary.id != NULL) ||
               blame("does not open", &err);
    bool good =
        pages_are_good(s, workspace) && look_at_state(s, workspace, marks[CONTACTS], &count);
    bool kept = false;
    if (good && s->base.bytes.len > 0 && marks[PIECES] > 0 &&
        db_log_is_kept(workspace, &kept, NULL) == PB_OK && kept)
        good = look_at_log(s, workspace, marks[PIECES], count);
    int next = (int)count + 1;
    if (good && db_write(workspace, create_work, &next, &err) != PB_OK)
        good = blame("nothing can be written any more", &err);
    db_workspace_close(workspace);
    return good;
}

/* The newest acknowledged backup, or a newer one, comes back whole with the owner's key. */
static bool look_at_place(const story *s, const int64_t *marks)
{
    pb_error err = {0};
    char place[600], into[600];
    backup_restored restored;
    int64_t count = 0;
    const backup_call call = world_call();
    snprintf(place, sizeof place, "%s/place", s->state);
    snprintf(into, sizeof into, "%s/again-%lld", s->state, (long long)marks[BACKED_UP]);
    backup_restore_options options = {.from = place,
                                      .into = into,
                                      .until_us = INT64_MAX,
                                      .key = {.key_file = s->key},
                                      .unknown_erasures = true};
    pb_status status = backup_restore(&test_schema.schema, &call, &options, &restored, &err);
    if (status != PB_OK)
        return (marks[BACKED_UP] == 0 && status != PB_INTERNAL && err.primary.id != NULL) ||
               blame("a backup does not come back", &err);
    return open_and_look(s, into, s->key, marks[BACKED_UP], &count);
}

/* The next backup trusts nothing that the power cut left half written at the place. */
static bool look_at_next_backup(const story *s, const int64_t *marks)
{
    pb_error err = {0};
    char path[600], place[600];
    const char *places = place;
    backup_sent sent;
    db_workspace *workspace = NULL;
    int64_t count = 0;
    snprintf(path, sizeof path, "%s/workspace", s->state);
    snprintf(place, sizeof place, "%s/place", s->state);
    db_options options = options_of(s->key);
    const backup_call call = world_call();
    if (db_workspace_open(path, &test_schema.schema, &options, &workspace, &err) != PB_OK)
        return marks[MADE] == 0 || blame("does not open", &err);
    bool good =
        pages_are_good(s, workspace) && look_at_state(s, workspace, marks[CONTACTS], &count);
    if (good && backup_make(workspace, &call, &places, 1, false, &sent, &err) != PB_OK)
        good = blame("no further backup can be made", &err);
    db_workspace_close(workspace);
    const int64_t now[POWER_MARKS] = {[MADE] = 1, [BACKED_UP] = count};
    return good && (count == 0 || look_at_place(s, now));
}

/* ---- all disks ---- */

enum { SEEN = 1 << 18 };

typedef struct explorer {
    const story *story;
    uint64_t *seen; /* contents with what was acknowledged, looked at */
    uint64_t *told; /* contents alone */
    size_t states;  /* different contents that were opened */
    size_t losses;
    char first[4000];
    unsigned share; /* one of so many moments */
    unsigned more;  /* random disks of each moment */
} explorer;

/* True the first time. */
static bool is_new(uint64_t *table, uint64_t hash)
{
    hash += hash == 0;
    for (uint64_t at = hash;; at++) {
        uint64_t *slot = &table[at % SEEN];
        if (*slot == hash)
            return false;
        if (*slot == 0) {
            *slot = hash;
            return true;
        }
    }
}

static void lay_out_part(const explorer *x, const power_disk *disk, const power_image *image,
                         const char *name)
{
    char path[600];
    int node = power_image_find(image, name);
    snprintf(path, sizeof path, "%s/%s", x->story->state, name);
    if (node >= 0)
        power_lay_out(disk, image, node, path);
}

static void look(explorer *x, const power_disk *disk, const power_choice *choice, bool good)
{
    if (good)
        return;
    if (x->losses++ == 0)
        snprintf(x->first, sizeof x->first, "journal entry %zu, choice %d of %zu changes: %.3800s",
                 disk->at, (int)choice->how, disk->pending_count, wrong);
}

static uint64_t hash_of(const power_disk *disk, const power_image *image, const char *name)
{
    int node = power_image_find(image, name);
    return node < 0 ? 1 : power_hash(disk, image, node);
}

static void begin_state(const story *s)
{
    must(sys_dir_remove_tree(s->state, NULL), NULL);
    assert_int_equal(0, mkdir(s->state, 0700));
}

static void one_disk(explorer *x, const power_disk *disk, const power_choice *choice)
{
    power_image image = power_image_make(disk, choice);
    const story *s = x->story;
    const int64_t *marks = disk->marks;
    uint64_t workspace = power_mix(hash_of(disk, &image, "workspace") ^
                                   power_mix(hash_of(disk, &image, "keys") + 1));
    uint64_t place = power_mix(hash_of(disk, &image, "place") + 2);
    uint64_t told = power_mix((uint64_t)(marks[MADE] + marks[CONTACTS] * 2 + marks[PIECES] * 1000));
    bool looked = false;
    if (is_new(x->seen, workspace ^ told)) {
        begin_state(s);
        lay_out_part(x, disk, &image, "workspace");
        lay_out_part(x, disk, &image, "keys");
        look(x, disk, choice, look_at_workspace(s, marks));
        x->states += is_new(x->told, workspace);
        looked = true;
    }
    if (is_new(x->seen, power_mix(place + (uint64_t)marks[BACKED_UP]))) {
        begin_state(s);
        lay_out_part(x, disk, &image, "place");
        look(x, disk, choice, look_at_place(s, marks));
        x->states += is_new(x->told, place);
        looked = true;
        if (s->goes_on && marks[MADE] == 1) {
            begin_state(s);
            lay_out_part(x, disk, &image, "workspace");
            lay_out_part(x, disk, &image, "place");
            look(x, disk, choice, look_at_next_backup(s, marks));
        }
    }
    if (looked)
        must(sys_dir_remove_tree(s->state, NULL), NULL);
    power_image_free(&image);
}

static void all_disks_now(explorer *x, const power_disk *disk)
{
    power_choice choice = {.seed = power_mix(disk->at)};
    for (int how = POWER_NOTHING; how <= POWER_RANDOM; how++) {
        bool one = how == POWER_ALL_BUT || how == POWER_ONLY;
        unsigned times = one ? 3 : how == POWER_RANDOM ? x->more : 1;
        if (disk->pending_count < 2 && how > POWER_EVERYTHING && how < POWER_FIRST_HALF)
            continue; /* the same as others */
        choice.how = (power_extent)how;
        for (unsigned i = 0; i < times; i++) {
            choice.seed = power_mix(choice.seed + i + 1);
            choice.which = disk->pending_count == 0 ? 0 : choice.seed % disk->pending_count;
            one_disk(x, disk, &choice);
        }
    }
}

static explorer explore(const story *s, unsigned forget, unsigned share, unsigned more,
                        size_t losses_max)
{
    explorer x = {.story = s, .share = share, .more = more};
    x.seen = calloc(SEEN, sizeof *x.seen);
    x.told = calloc(SEEN, sizeof *x.told);
    assert_true(x.seen != NULL && x.told != NULL);
    power_disk disk = power_disk_open(forget);
    while (power_next(&disk) && x.losses < losses_max)
        if (power_mix(disk.at + 5) % x.share == 0)
            all_disks_now(&x, &disk);
    power_disk_close(&disk);
    free(x.seen);
    free(x.told);
    return x;
}

static void run_story(const char *name, void (*script)(story *), unsigned share,
                      const unsigned *calibrations, size_t calibration_count)
{
    story s = {0};
    power_drop(); /* of a story that failed */
    open_story(&s, script);
    explorer x = explore(&s, 0, every_one ? 1 : share, every_one ? 12 : 4, SIZE_MAX);
    print_message("%s: %zu calls and marks, %zu disks opened, %zu bad\n", name, power.count,
                  x.states, x.losses);
    if (x.losses > 0)
        fail_msg("%zu of %zu disks are bad, the first: %s", x.losses, x.states, x.first);
    assert_true(x.states > (every_one ? 2500 : 100));
    /* An explorer that finds nothing wrong must find what is known to be wrong. */
    for (size_t i = 0; i < calibration_count; i++) {
        explorer c = explore(&s, 1u << calibrations[i], 3, 4, 1);
        print_message("  without kind %u of sync: %zu disks until the first bad: %s\n",
                      calibrations[i], c.states, c.first);
        assert_true(c.losses > 0);
    }
    close_story(&s);
}

/* shows: PER-2 PER-3 */
static void a_power_cut_while_writing(void **state)
{
    static const unsigned calibrations[] = {POWER_SYNC, POWER_SYNC_DIR};
    (void)state;
    run_story("writing", script_writing, 14, calibrations, 2);
}

/* shows: PER-3 PER-4 */
static void a_power_cut_while_the_log_is_shipped(void **state)
{
    static const unsigned calibrations[] = {POWER_SYNC, POWER_SYNC_DIR};
    (void)state;
    run_story("shipping", script_shipping, 14, calibrations, 2);
}

/* shows: PER-3 PER-4 */
static void a_power_cut_while_backing_up(void **state)
{
    static const unsigned calibrations[] = {POWER_SYNC, POWER_SYNC_ALL};
    (void)state;
    run_story("backups", script_backups, 14, calibrations, 2);
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_power_cut_while_writing),
        cmocka_unit_test(a_power_cut_while_the_log_is_shipped),
        cmocka_unit_test(a_power_cut_while_backing_up),
    };
    every_one = count > 1 && strcmp(arguments[1], "long") == 0;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
