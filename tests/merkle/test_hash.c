/* Hashes of leaves, nodes and commitments, with the published vectors, and what they cost. */
#include "vectors.h"

#include "merkle/tree.h"

static void is_hex(merkle_hash hash, const char *hex)
{
    merkle_hash want;
    assert_true(pb_unhex(pb_str_c(hex), want.b, sizeof want.b));
    assert_true(merkle_hash_eq(&hash, &want));
}

/* FIPS 180-4 examples; RFC 6962 roots of the empty tree and of an empty leaf. */
static void test_hash_vectors(void **state)
{
    (void)state;
    is_hex(merkle_empty(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    is_hex(merkle_leaf(PB_STR("")),
           "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    is_hex(merkle_sha256(PB_STR("abc")),
           "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    is_hex(merkle_sha256(PB_STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
           "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* RFC 4231, test cases 1, 2, 3 and 6. */
static void test_hmac_vectors(void **state)
{
    (void)state;
    char key[131], data[50];
    memset(key, 0x0b, 20);
    is_hex(merkle_hmac(pb_str_n(key, 20), PB_STR("Hi There")),
           "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    is_hex(merkle_hmac(PB_STR("Jefe"), PB_STR("what do ya want for nothing?")),
           "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    memset(data, 0xdd, sizeof data);
    is_hex(merkle_hmac(pb_str_n(key, 20), pb_str_n(data, sizeof data)),
           "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    is_hex(merkle_hmac(pb_str_n(key, sizeof key),
                       PB_STR("Test Using Larger Than Block-Size Key - Hash Key First")),
           "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static double cpu_us(void)
{
    return (double)clock() * 1e6 / CLOCKS_PER_SEC;
}

/* The cost of a leaf against that of the same bytes in one long message: a fetched implementation
 * or an allocation at each call would make it many times as much, whatever the machine. */
static void test_a_leaf_costs_little_more_than_its_bytes(void **state)
{
    (void)state;
    enum { LEAF = 100, COUNT = 200000 };
    static char bytes[128 * COUNT];
    double best_leaf = 1e9, best_long = 1e9;
    for (int round = 0; round < 5; round++) {
        double t0 = cpu_us();
        merkle_hash all = merkle_sha256(pb_str_n(bytes, sizeof bytes));
        double t1 = cpu_us();
        for (size_t i = 0; i < COUNT; i++) {
            merkle_hash leaf = merkle_leaf(pb_str_n(bytes + i * 128, LEAF));
            bytes[i * 128] ^= (char)leaf.b[0];
        }
        double t2 = cpu_us();
        bytes[0] ^= (char)all.b[0];
        best_long = t1 - t0 < best_long ? t1 - t0 : best_long;
        best_leaf = t2 - t1 < best_leaf ? t2 - t1 : best_leaf;
    }
    print_message("leaf of 100 bytes: %.3f us; the same blocks in one message: %.3f us\n",
                  best_leaf / COUNT, best_long / COUNT);
    assert_true(best_leaf < 4 * best_long);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash_vectors),
        cmocka_unit_test(test_hmac_vectors),
        cmocka_unit_test(test_a_leaf_costs_little_more_than_its_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
