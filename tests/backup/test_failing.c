/* Memory that runs out at the nth allocation, calls to the system that fail at the nth time, during
 * a drill, while the log is shipped, while a standby follows: each says so in its own words, leaves
 * nothing half done, and works again as soon as there is memory, or a disk.
 * Argument: `long` tries every n, else a spread of them. */
#include "standby_support.h"

#include "../db/fault_vfs.h"
#include "allocation.h"

#include "backup/drill.h"
#include "sys/fault.h"

#include <errno.h>

typedef struct scene scene;
struct scene {
    backup_world world;
    const char *name;
    /** Something to be done; not under faults. */
    void (*prepare)(scene *s);
    pb_status (*act)(scene *s, pb_error *err);
    /** What must be true after each. */
    void (*judge)(scene *s, bool failed);
    int contacts;
    long told;
    char what[120]; /* of the fault, for messages */
};

static bool every_n;

/* Every one, or ever fewer. */
static uint64_t next_of(uint64_t n, uint64_t few)
{
    return n + (every_n ? 1 : 1 + n / few);
}

/* Failing memory or disks are called that, never damage or a fault of the program. */
static void must_name(scene *s, bool fired, pb_status status, const pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(65536);
    if (status == PB_OK)
        return;
    s->told++;
    bool clear = status == PB_IO || status == PB_MEMORY || status == PB_BUSY;
    if (fired && clear && err->primary.id != NULL)
        return;
    pb_error_render(err, &err->primary, NULL, &out);
    pb_buf_addc(&out, " | ");
    pb_error_render(err, &err->detail, NULL, &out);
    fail_msg("%s, %s%s: status %d, %s", s->name, s->what, fired ? "" : " (without a fault)",
             (int)status, pb_buf_cstr(&out));
}

/* One run; `disarm` says whether the fault had happened. */
static bool under_fault(scene *s, bool (*disarm)(void))
{
    pb_error err = {0};
    pb_status status = s->act(s, &err);
    bool fired = disarm();
    must_name(s, fired, status, &err);
    s->judge(s, status != PB_OK);
    return fired;
}

static bool disarm_memory(void)
{
    bool fired;
    allocation_disarm(&fired);
    return fired;
}

static void without_memory(scene *s)
{
    bool fired = true;
    for (uint64_t n = 1; fired; n = next_of(n, 6)) {
        snprintf(s->what, sizeof s->what, "allocation %llu", (unsigned long long)n);
        s->prepare(s);
        allocation_arm(n);
        fired = under_fault(s, disarm_memory);
    }
}

static void without_system(scene *s)
{
    for (sys_fault kind = 0; kind < SYS_FAULT_COUNT; kind++) {
        bool fired = true;
        for (uint64_t n = 1; fired; n = next_of(n, 3)) {
            snprintf(s->what, sizeof s->what, "%s %llu", sys_fault_name(kind),
                     (unsigned long long)n);
            s->prepare(s);
            sys_fault_arm(kind, (unsigned)n, EIO);
            fired = under_fault(s, sys_fault_disarm);
        }
    }
}

static void without_disk(scene *s)
{
    static const struct {
        fault_call call;
        int code;
    } kinds[] = {{FAULT_OPEN, SQLITE_CANTOPEN},
                 {FAULT_READ, SQLITE_IOERR_READ},
                 {FAULT_WRITE, SQLITE_IOERR_WRITE},
                 {FAULT_SYNC, SQLITE_IOERR_FSYNC},
                 {FAULT_SHM_MAP, SQLITE_IOERR_SHMMAP}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        bool fired = true;
        for (uint64_t n = 1; fired; n = next_of(n, 3)) {
            snprintf(s->what, sizeof s->what, "the database's %s %llu", fault_names[kinds[i].call],
                     (unsigned long long)n);
            s->prepare(s);
            fault_arm(kinds[i].call, (long)n, kinds[i].code, false, false);
            fired = under_fault(s, fault_disarm);
        }
    }
}

static void without_anything(scene *s)
{
    without_memory(s);
    without_system(s);
    if (!on_postgres())
        without_disk(s);
    print_message("%s: %ld failures told\n", s->name, s->told);
    assert_true(s->told > 20);
}

/* ---- a drill ---- */

static void nothing_to_do(scene *s)
{
    (void)s;
}

/* After a commit that failed nobody writes with what is in memory: the next process does. */
static void next_process(scene *s)
{
    s->world.open = db_workspace_close(s->world.open);
    s->world.open = open_at(&s->world, s->world.workspace);
}

/* That it could not be run is the drill's result; that this could not be noted is its failure. */
static pb_status run_drill(scene *s, pb_error *err)
{
    backup_drilled drilled;
    const backup_call call = world_call();
    const backup_check check = {0};
    const db_key_source key = world_key(&s->world);
    PB_TRY(backup_drill(s->world.open, &call, &key, s->world.place, BACKUP_FAULT_NONE, &check,
                        &drilled, err));
    assert_true(drilled.good == (drilled.error.status == PB_OK));
    if (drilled.good)
        return PB_OK;
    *err = drilled.error;
    return err->status;
}

static int64_t bad_drills(const backup_world *w)
{
    return count_of(w->open, "t_backup_drill WHERE good = 0");
}

/* The ledger holds what came of it: a drill that could not be run is no good one. */
static void judge_drill(scene *s, bool failed)
{
    ledger_report report;
    next_process(s);
    int64_t bad = bad_drills(&s->world);
    assert_true(bad == s->contacts || (failed && bad == s->contacts + 1));
    s->contacts = (int)bad;
    if (s->told % 16 == 0)
        must_verify(s->world.open, &report);
}

/* shows: PER-3 PER-4 */
static void a_drill_that_cannot_run_is_none_that_passed(void **state)
{
    (void)state;
    static scene s;
    pb_error err = {0};
    ledger_report report;
    s = (scene){.name = "drill", .prepare = nothing_to_do, .act = run_drill, .judge = judge_drill};
    world_begin(&s.world);
    add_contact(&s.world, 1);
    world_backup(&s.world);
    without_anything(&s);
    must(run_drill(&s, &err), &err);
    must_verify(s.world.open, &report);
    world_end(&s.world);
}

/* ---- shipping the log ---- */

enum { CONTACTS_MAX = 240 };

static void write_more(scene *s)
{
    next_process(s);
    if (s->contacts < CONTACTS_MAX)
        add_contact(&s->world, ++s->contacts);
}

static pb_status ship_log(scene *s, pb_error *err)
{
    return ship(&s->world, true, err);
}

/* What was shipped, whole or not, is followed as far as it goes. */
static void judge_shipping(scene *s, bool failed)
{
    if (failed && s->told % 8 != 0)
        return;
    must_feed(&s->world);
    int64_t seen = standby_contacts(&s->world);
    assert_true(seen == s->contacts || (failed && seen > 0 && seen < s->contacts));
}

/* shows: PER-3 PER-5 */
static void shipping_goes_on_where_it_failed(void **state)
{
    (void)state;
    static scene s;
    s = (scene){.name = "shipping",
                .prepare = write_more,
                .act = ship_log,
                .judge = judge_shipping,
                .contacts = 1};
    primary_begin(&s.world);
    must_feed(&s.world);
    without_anything(&s);
    must_ship(&s.world, true);
    must_feed(&s.world);
    assert_int_equal(standby_contacts(&s.world), s.contacts);
    world_end(&s.world);
}

/* ---- following ---- */

static void write_and_ship(scene *s)
{
    write_more(s);
    must_ship(&s->world, true);
}

static pb_status feed_once(scene *s, pb_error *err)
{
    backup_fed fed;
    return feed(&s->world, &fed, err);
}

/* It can be read after any failure, and comes forward with the next feeding. */
static void judge_following(scene *s, bool failed)
{
    int64_t seen = standby_contacts(&s->world);
    assert_true(seen == s->contacts || (failed && seen > 0 && seen < s->contacts));
    if (s->told % 4 != 0)
        return;
    must_feed(&s->world);
    assert_int_equal(standby_contacts(&s->world), s->contacts);
}

/* shows: PER-3 PER-5 */
static void following_goes_on_where_it_failed(void **state)
{
    (void)state;
    static scene s;
    s = (scene){.name = "following",
                .prepare = write_and_ship,
                .act = feed_once,
                .judge = judge_following,
                .contacts = 1};
    primary_begin(&s.world);
    must_feed(&s.world);
    without_anything(&s);
    must_feed(&s.world);
    assert_int_equal(standby_contacts(&s.world), s.contacts);
    world_end(&s.world);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_drill_that_cannot_run_is_none_that_passed),
        cmocka_unit_test(shipping_goes_on_where_it_failed),
        cmocka_unit_test(following_goes_on_where_it_failed),
    };
    const struct CMUnitTest on_server[] = {
        /* a server keeps no log of ours */
        cmocka_unit_test(a_drill_that_cannot_run_is_none_that_passed),
    };
    every_n = argc > 1 && strcmp(argv[1], "long") == 0;
    fault_install();
    return on_postgres() ? cmocka_run_group_tests(on_server, NULL, NULL)
                         : cmocka_run_group_tests(tests, NULL, NULL);
}
