#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

/* A combination of other macros, which Swift doesn't see. */
static const int waymark_public_key = EVP_PKEY_PUBLIC_KEY;
/* libcrypto keeps the address of a parameter's name, so it must outlive the call. */
static const char *const waymark_modulus = OSSL_PKEY_PARAM_RSA_N;
static const char *const waymark_exponent = OSSL_PKEY_PARAM_RSA_E;
