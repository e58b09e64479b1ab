/* Argon2id, so many at once and no more: sign-ins must not take all memory. */
#include "internal.h"

#include "sys/environment.h"
#include "sys/random.h"

#include <pthread.h>
#include <sodium.h>

enum { AT_ONCE_MOST = 4, WAITING = 64, PASSES = 2, MEMORY = 64 << 20 };

/* Beside the workspace: those at work and those that wait. */
typedef struct hashing_gate {
    pthread_mutex_t lock;
    pthread_cond_t free;
    unsigned working, waiting;
} hashing_gate;

static void gate_free(void *gate)
{
    hashing_gate *old = gate;
    if (old == NULL)
        return;
    pthread_cond_destroy(&old->free);
    pthread_mutex_destroy(&old->lock);
    free(old);
}

static void *gate_make(void)
{
    hashing_gate *made = calloc(1, sizeof *made);
    if (made == NULL)
        return NULL;
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->free, NULL);
    return made;
}

static unsigned most_at_once(const identity_password_rules *rules)
{
    size_t cores = sys_cores();
    return rules->at_once > 0 ? rules->at_once
                              : (unsigned)(cores < AT_ONCE_MOST ? cores : AT_ONCE_MOST);
}

static pb_status gate_enter(db_workspace *workspace, const identity_password_rules *rules,
                            hashing_gate **ret_gate, pb_error *err)
{
    PB_TRY(sys_sodium_init(err));
    hashing_gate *gate = identity_slot(workspace, "hashing", gate_make, gate_free);
    if (gate == NULL)
        return pb_fail_memory(err);
    unsigned most = most_at_once(rules),
             most_waiting = rules->waiting > 0 ? rules->waiting : WAITING;
    pthread_mutex_lock(&gate->lock);
    bool full = gate->working >= most && gate->waiting >= most_waiting;
    if (!full) {
        gate->waiting++;
        while (gate->working >= most)
            pthread_cond_wait(&gate->free, &gate->lock);
        gate->waiting--;
        gate->working++;
    }
    pthread_mutex_unlock(&gate->lock);
    if (full)
        return pb_fail(err, PB_BUSY, PB_MSG("Too many people sign in at this moment; try again."),
                       NULL);
    *ret_gate = gate;
    return PB_OK;
}

static void gate_leave(hashing_gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->working--;
    pthread_cond_signal(&gate->free);
    pthread_mutex_unlock(&gate->lock);
}

static unsigned long long passes_of(const identity_password_rules *rules)
{
    return rules->passes > 0 ? rules->passes : PASSES;
}

static size_t memory_of(const identity_password_rules *rules)
{
    return rules->memory > 0 ? rules->memory : MEMORY;
}

static pb_status hash_normal(const identity_password_rules *rules, pb_str normal,
                             char ret[IDENTITY_PASSWORD_HASH], pb_error *err)
{
    static_assert(IDENTITY_PASSWORD_HASH == crypto_pwhash_STRBYTES, "the form of libsodium");
    memset(ret, 0, IDENTITY_PASSWORD_HASH);
    if (crypto_pwhash_str_alg(ret, normal.ptr == NULL ? "" : normal.ptr, normal.len,
                              passes_of(rules), memory_of(rules),
                              crypto_pwhash_ALG_ARGON2ID13) == 0)
        return PB_OK;
    return pb_fail_memory(err);
}

pb_status identity_password_hash(db_workspace *workspace, const identity_password_rules *rules,
                                 pb_str password, char ret_hash[IDENTITY_PASSWORD_HASH],
                                 pb_error *err)
{
    PB_AUTO_BUF normal = PB_BUF_INIT(1 << 16);
    hashing_gate *gate;
    PB_TRY(identity_text_normal(password, false, &normal, err));
    PB_TRY(gate_enter(workspace, rules, &gate, err));
    pb_status status = hash_normal(rules, pb_buf_str(&normal), ret_hash, err);
    gate_leave(gate);
    identity_wipe(&normal);
    return status;
}

pb_status identity_password_matches(db_workspace *workspace, const identity_password_rules *rules,
                                    pb_str hash, pb_str password, bool *ret_good, bool *ret_old,
                                    pb_error *err)
{
    PB_AUTO_BUF normal = PB_BUF_INIT(1 << 16);
    char kept[IDENTITY_PASSWORD_HASH] = "", other[IDENTITY_PASSWORD_HASH];
    hashing_gate *gate;
    bool good = false;
    /* What can be no password is compared with none, at the same cost. */
    bool possible = password.len <= IDENTITY_PASSWORD_MOST * 4 && hash.len > 0 &&
                    hash.len < sizeof kept &&
                    identity_text_normal(password, false, &normal, NULL) == PB_OK;
    pb_str text = possible ? pb_buf_str(&normal) : PB_STR("");
    PB_TRY(gate_enter(workspace, rules, &gate, err));
    pb_status status = PB_OK;
    if (possible) {
        memcpy(kept, hash.ptr, hash.len);
        good = crypto_pwhash_str_verify(kept, text.ptr == NULL ? "" : text.ptr, text.len) == 0;
    } else {
        status = hash_normal(rules, text, other, err);
    }
    gate_leave(gate);
    identity_wipe(&normal);
    PB_TRY(status);
    *ret_good = good;
    *ret_old =
        good && crypto_pwhash_str_needs_rehash(kept, passes_of(rules), memory_of(rules)) != 0;
    return PB_OK;
}
