/* Changes contacts of a workspace, for what a later backup has to send. Not a test: ./bench runs
 * it. Arguments: workspace, key file, folder of the model, the first contact, the distance to the
 * next, how many. Each gets another city, each a version and an event of its own. */
#include "world.h"

#include "sys/clock.h"

typedef struct changes {
    const model_entity *contact;
    long first, step, count;
} changes;

static pb_status id_of(db_session *session, int64_t n, pb_uuid *ret_id, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, "SELECT id FROM t_contact WHERE n = ?1", &stmt, err));
    db_bind_i64(stmt, 1, n);
    PB_TRY(db_step(stmt, &row, err));
    if (!row) {
        db_reset(stmt);
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no contact {n}."), "n", PB_ARG_INT(n),
                       NULL);
    }
    memcpy(ret_id->b, db_column_blob(stmt, 0).ptr, sizeof ret_id->b);
    db_reset(stmt);
    return PB_OK;
}

static pb_status change_all(db_session *session, void *context, pb_error *err)
{
    static const char *const cities[] = {"Rotterdam", "Gdansk", "Porto", "Thessaloniki"};
    const changes *c = context;
    record_writer *writer;
    const model_field *city = model_field_find(c->contact, PB_STR("city"));
    PB_TRY(record_writer_open(session, world_actor(), sys_now_us(), RECORD_KEEP, &writer, err));
    pb_status status = PB_OK;
    for (long i = 0; status == PB_OK && i < c->count; i++) {
        pb_uuid id;
        record_input input = {city, pb_str_c(cities[i % 4]), NULL};
        status = id_of(session, c->first + i * c->step, &id, err);
        if (status == PB_OK)
            status = record_change(writer, c->contact, id, 0, &input, 1, NULL, NULL, err);
    }
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    return status;
}

static model_schema *load(const char *folder)
{
    enum { FILES = 64 };
    model_source sources[FILES];
    model_schema *schema = NULL;
    size_t count = 0, names_count = 0;
    pb_str *names;
    pb_error err;
    pb_arena *arena = pb_arena_new(1 << 24);
    world_must(sys_dir_list(folder, arena, &names, &names_count, &err), &err);
    for (size_t i = 0; i < names_count && count < FILES; i++) {
        pb_buf bytes = PB_BUF_INIT(1 << 20);
        if (!pb_str_ends(names[i], PB_STR(".yaml")))
            continue;
        char *path = sys_path_join(arena, folder, names[i].ptr);
        world_must(sys_file_read(path, 1 << 20, &bytes, &err), &err);
        sources[count++] = (model_source){names[i], pb_arena_str(arena, pb_buf_str(&bytes))};
        pb_buf_free(&bytes);
    }
    world_must(model_schema_load(sources, count, &schema, &err), &err);
    return schema; /* lives as long as the program, the texts too */
}

int main(int argc, char **argv)
{
    pb_error err;
    db_workspace *workspace;
    if (argc != 7)
        return 2;
    world_must(sys_sodium_init(&err), &err);
    model_schema *schema = load(argv[3]);
    changes c = {model_entity_find(schema, PB_STR("contact")), strtol(argv[4], NULL, 10),
                 strtol(argv[5], NULL, 10), strtol(argv[6], NULL, 10)};
    db_options options = {.key = {.key_file = argv[2]}};
    world_must(db_workspace_open(argv[1], schema, &options, &workspace, &err), &err);
    world_must(db_write(workspace, change_all, &c, &err), &err);
    db_workspace_close(workspace);
    return 0;
}
