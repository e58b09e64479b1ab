/* Heads and proofs as an outsider gets them. */
#include "base/json.h"
#include "base/time.h"
#include "event.h"
#include "store.h"

static pb_status newest_head(db_session *session, stored_head *ret_head, pb_error *err)
{
    PB_TRY(store_head(session, UINT64_MAX, ret_head, err));
    if (ret_head->size == 0)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("The log has no signed head yet"), NULL);
    return PB_OK;
}

pb_status ledger_head_read(db_session *session, ledger_head *ret_head, pb_error *err)
{
    stored_head head;
    merkle_verifier key;
    PB_TRY(newest_head(session, &head, err));
    PB_TRY(store_key(session, &key, err));
    ret_head->size = head.size;
    ret_head->at_us = head.at_us;
    memcpy(ret_head->root, head.root.b, sizeof ret_head->root);
    memcpy(ret_head->signature, head.signature, sizeof ret_head->signature);
    memcpy(ret_head->public_key, key.key, sizeof ret_head->public_key);
    return PB_OK;
}

static pb_status write_note(db_session *session, const stored_head *head, pb_buf *out,
                            pb_error *err)
{
    merkle_verifier key;
    PB_AUTO_BUF text = PB_BUF_INIT(1024);
    PB_TRY(store_key(session, &key, err));
    PB_TRY(store_head_text(key.name, head, &text, err));
    return merkle_note_write(pb_buf_str(&text), &key, head->signature, out, err);
}

pb_status ledger_head_note(db_session *session, pb_buf *out, pb_error *err)
{
    stored_head head;
    PB_TRY(newest_head(session, &head, err));
    return write_note(session, &head, out, err);
}

pb_status ledger_key_text(db_session *session, pb_buf *out, pb_error *err)
{
    merkle_verifier key;
    PB_TRY(store_key(session, &key, err));
    merkle_verifier_text(&key, out);
    return out->failed ? pb_fail_memory(err) : PB_OK;
}

static void put_hex(pb_json *json, const char *name, const void *bytes, size_t len)
{
    PB_AUTO_BUF text = PB_BUF_INIT(2 * LEDGER_BODY_MAX + 1);
    pb_hex(&text, bytes, len);
    json->out->failed |= text.failed;
    pb_json_member(json, name, pb_buf_str(&text));
}

static void put_path(pb_json *json, const merkle_proof *proof)
{
    pb_json_key(json, "path");
    pb_json_array(json);
    for (size_t i = 0; i < proof->count; i++) {
        PB_AUTO_BUF text = PB_BUF_INIT(128);
        pb_hex(&text, proof->hashes[i].b, MERKLE_HASH_SIZE);
        json->out->failed |= text.failed;
        pb_json_str(json, pb_buf_str(&text));
    }
    pb_json_array_end(json);
}

static void put_text(pb_json *json, const char *name, pb_str value)
{
    if (!pb_str_empty(value))
        pb_json_member(json, name, value);
}

/* What the leaf bytes say, for people; a verifier reads the bytes. */
static void put_event(pb_json *json, const event_body *body)
{
    const ledger_event *event = &body->event;
    PB_AUTO_BUF at = PB_BUF_INIT(64);
    char id[37];
    pb_instant_format(&at, event->at_us);
    pb_json_key(json, "event");
    pb_json_object(json);
    pb_json_member(json, "kind", body->kind);
    pb_json_member(json, "at", pb_buf_str(&at));
    put_text(json, "actor", event->actor.name);
    put_text(json, "purpose", event->actor.purpose);
    put_text(json, "via", event->actor.via);
    if (body->has_record) {
        pb_json_member(json, "entity", event->entity);
        pb_uuid_text(event->record, id);
        pb_json_member(json, "record", pb_str_c(id));
    }
    if (event->version > 0)
        pb_json_member_i64(json, "version", event->version);
    if (event->previous > 0)
        pb_json_member_i64(json, "previous", (int64_t)(event->previous - 1));
    if (event->about > 0)
        pb_json_member_i64(json, "about", (int64_t)(event->about - 1));
    if (body->has_commitment)
        put_hex(json, "commitment", body->commitment.b, MERKLE_HASH_SIZE);
    pb_json_object_end(json);
}

static pb_status put_note(db_session *session, pb_json *json, const char *name,
                          const stored_head *head, pb_error *err)
{
    PB_AUTO_BUF note = PB_BUF_INIT(4096);
    PB_TRY(write_note(session, head, &note, err));
    pb_json_member(json, name, pb_buf_str(&note));
    return PB_OK;
}

static pb_status put_key(db_session *session, pb_json *json, pb_error *err)
{
    PB_AUTO_BUF key = PB_BUF_INIT(512);
    PB_TRY(ledger_key_text(session, &key, err));
    pb_json_member(json, "key", pb_buf_str(&key));
    return PB_OK;
}

/* Bytes of an event and its path under `head`. */
static pb_status find_leaf(db_session *session, uint64_t sequence, const stored_head *head,
                           pb_buf *bytes, merkle_proof *ret_proof, pb_error *err)
{
    static const char sql[] = "SELECT body FROM ledger_event WHERE seq = ?1";
    db_stmt *stmt;
    bool row = false;
    if (sequence < head->size) {
        PB_TRY(db_prepare(session, sql, &stmt, err));
        db_bind_i64(stmt, 1, (int64_t)sequence);
        PB_TRY(db_step(stmt, &row, err));
        if (row)
            pb_buf_add(bytes, db_column_blob(stmt, 0));
        db_reset(stmt);
    }
    if (!row)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("The log has no event {event}"), "event",
                       PB_ARG_INT(sequence), NULL);
    tile_reader *reader = malloc(sizeof *reader);
    if (!reader || bytes->failed) {
        free(reader);
        return pb_fail_memory(err);
    }
    store_reader_init(reader, session);
    pb_status status =
        merkle_inclusion(store_reader_node, reader, sequence, head->size, ret_proof, err);
    free(reader);
    return status;
}

/* A proof that does not hold is not given out: what is stored was altered. */
static pb_status check_leaf(uint64_t sequence, const stored_head *head, pb_str bytes,
                            const merkle_proof *proof, pb_error *err)
{
    merkle_hash leaf = merkle_leaf(bytes);
    pb_str list[MERKLE_PROOF_MAX];
    for (size_t i = 0; i < proof->count; i++)
        list[i] = merkle_hash_str(&proof->hashes[i]);
    if (merkle_verify_inclusion(sequence, head->size, merkle_hash_str(&leaf), list, proof->count,
                                merkle_hash_str(&head->root), NULL) == PB_OK)
        return PB_OK;
    pb_fail(err, PB_CORRUPT, PB_MSG("Event {event} could not be proven: the log was altered"),
            "event", PB_ARG_INT(sequence), NULL);
    pb_error_hint(err, PB_MSG("Run `probity ledger verify` to see what was altered."), NULL);
    return PB_CORRUPT;
}

pb_status ledger_prove(db_session *session, uint64_t sequence, pb_buf *out_json, pb_error *err)
{
    stored_head head;
    merkle_proof proof;
    event_body body;
    PB_AUTO_BUF bytes = PB_BUF_INIT(LEDGER_BODY_MAX);
    PB_TRY(newest_head(session, &head, err));
    PB_TRY(find_leaf(session, sequence, &head, &bytes, &proof, err));
    PB_TRY(check_leaf(sequence, &head, pb_buf_str(&bytes), &proof, err));
    merkle_hash leaf = merkle_leaf(pb_buf_str(&bytes));
    pb_json json;
    pb_json_init(&json, out_json, 2);
    pb_json_object(&json);
    pb_json_member(&json, "format", PB_STR("probity/inclusion/1"));
    pb_json_member_i64(&json, "index", (int64_t)sequence);
    pb_json_member_i64(&json, "size", (int64_t)head.size);
    put_hex(&json, "body", bytes.ptr, bytes.len);
    put_hex(&json, "leaf", leaf.b, sizeof leaf.b);
    put_path(&json, &proof);
    put_hex(&json, "root", head.root.b, sizeof head.root.b);
    PB_TRY(put_note(session, &json, "note", &head, err));
    PB_TRY(put_key(session, &json, err));
    if (event_read(pb_buf_str(&bytes), &body))
        put_event(&json, &body);
    pb_json_object_end(&json);
    pb_buf_byte(out_json, '\n');
    return out_json->failed ? pb_fail_memory(err) : PB_OK;
}

pb_status ledger_root_at(db_session *session, uint64_t size, uint8_t ret_root[32], pb_error *err)
{
    stored_head head;
    merkle_hash root = {{0}};
    PB_TRY(newest_head(session, &head, err));
    if (size > head.size)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("The log has {size} signed entries, not {asked}"),
                       "size", PB_ARG_INT(head.size), "asked", PB_ARG_INT(size), NULL);
    tile_reader *reader = malloc(sizeof *reader);
    if (reader == NULL)
        return pb_fail_memory(err);
    store_reader_init(reader, session);
    pb_status status = merkle_root_at(store_reader_node, reader, size, &root, err);
    free(reader);
    PB_TRY(status);
    memcpy(ret_root, root.b, sizeof root.b);
    return PB_OK;
}

static pb_status put_size(db_session *session, pb_json *json, const char *const names[3],
                          uint64_t size, const merkle_hash *root, pb_error *err)
{
    stored_head head;
    pb_json_member_i64(json, names[0], (int64_t)size);
    put_hex(json, names[1], root->b, sizeof root->b);
    PB_TRY(store_head(session, size, &head, err));
    if (head.size == size && !merkle_hash_eq(&head.root, root))
        return pb_fail(err, PB_CORRUPT,
                       PB_MSG("The log does not fit its signed head of size {size}"), "size",
                       PB_ARG_INT(size), NULL);
    return head.size == size ? put_note(session, json, names[2], &head, err) : PB_OK;
}

pb_status ledger_consistency(db_session *session, uint64_t old_size, uint64_t new_size,
                             pb_buf *out_json, pb_error *err)
{
    static const char *const old_names[] = {"old_size", "old_root", "old_note"};
    static const char *const new_names[] = {"new_size", "new_root", "new_note"};
    stored_head head;
    PB_TRY(newest_head(session, &head, err));
    if (new_size == 0)
        new_size = head.size;
    if (new_size > head.size)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("The log has {size} signed entries, not {asked}"),
                       "size", PB_ARG_INT(head.size), "asked", PB_ARG_INT(new_size), NULL);
    merkle_proof proof;
    merkle_hash old_root = {{0}}, new_root = {{0}};
    tile_reader *reader = malloc(sizeof *reader);
    if (!reader)
        return pb_fail_memory(err);
    store_reader_init(reader, session);
    pb_status status =
        merkle_consistency(store_reader_node, reader, old_size, new_size, &proof, err);
    if (status == PB_OK)
        status = merkle_root_at(store_reader_node, reader, old_size, &old_root, err);
    if (status == PB_OK)
        status = merkle_root_at(store_reader_node, reader, new_size, &new_root, err);
    free(reader);
    PB_TRY(status);
    pb_json json;
    pb_json_init(&json, out_json, 2);
    pb_json_object(&json);
    pb_json_member(&json, "format", PB_STR("probity/consistency/1"));
    PB_TRY(put_size(session, &json, old_names, old_size, &old_root, err));
    PB_TRY(put_size(session, &json, new_names, new_size, &new_root, err));
    put_path(&json, &proof);
    PB_TRY(put_key(session, &json, err));
    pb_json_object_end(&json);
    pb_buf_byte(out_json, '\n');
    return out_json->failed ? pb_fail_memory(err) : PB_OK;
}
