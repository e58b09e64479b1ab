/* The one-shot functions of OpenSSL 3 fetch an implementation and allocate at every call, which
 * costs more than hashing a leaf does. The low-level ones work on a context on the stack and reach
 * the same assembly, SHA instructions included. Declared deprecated there, kept for the whole of
 * OpenSSL 3. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <sodium.h>

#include "merkle/hash.h"

enum { BLOCK = 64 };

static merkle_hash finish(SHA256_CTX *context)
{
    merkle_hash hash;
    SHA256_Final(hash.b, context);
    return hash;
}

merkle_hash merkle_sha256(pb_str data)
{
    SHA256_CTX context;
    SHA256_Init(&context);
    if (data.len > 0)
        SHA256_Update(&context, data.ptr, data.len);
    return finish(&context);
}

merkle_hash merkle_empty(void)
{
    return merkle_sha256(PB_STR_NONE);
}

merkle_hash merkle_leaf(pb_str data)
{
    static const uint8_t prefix = 0x00;
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, &prefix, 1);
    if (data.len > 0)
        SHA256_Update(&context, data.ptr, data.len);
    return finish(&context);
}

merkle_hash merkle_node(const merkle_hash *left, const merkle_hash *right)
{
    uint8_t bytes[1 + 2 * MERKLE_HASH_SIZE];
    bytes[0] = 0x01;
    memcpy(bytes + 1, left->b, MERKLE_HASH_SIZE);
    memcpy(bytes + 1 + MERKLE_HASH_SIZE, right->b, MERKLE_HASH_SIZE);
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, bytes, sizeof bytes);
    return finish(&context);
}

merkle_hash merkle_hmac(pb_str key, pb_str data)
{
    uint8_t pad[BLOCK] = {0};
    if (key.len > BLOCK) {
        merkle_hash hashed = merkle_sha256(key);
        memcpy(pad, hashed.b, sizeof hashed.b);
    } else if (key.len > 0) {
        memcpy(pad, key.ptr, key.len);
    }
    for (size_t i = 0; i < BLOCK; i++)
        pad[i] ^= 0x36;
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, pad, BLOCK);
    if (data.len > 0)
        SHA256_Update(&context, data.ptr, data.len);
    merkle_hash inner = finish(&context);
    for (size_t i = 0; i < BLOCK; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    SHA256_Init(&context);
    SHA256_Update(&context, pad, BLOCK);
    SHA256_Update(&context, inner.b, sizeof inner.b);
    sodium_memzero(pad, sizeof pad);
    return finish(&context);
}

pb_str merkle_hash_str(const merkle_hash *hash)
{
    return (pb_str){(const char *)hash->b, sizeof hash->b};
}

bool merkle_hash_eq(const merkle_hash *a, const merkle_hash *b)
{
    return sodium_memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool merkle_hash_from(pb_str bytes, merkle_hash *ret)
{
    if (bytes.len != MERKLE_HASH_SIZE)
        return false;
    memcpy(ret->b, bytes.ptr, MERKLE_HASH_SIZE);
    return true;
}
