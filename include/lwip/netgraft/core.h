/*
 * Part of netgraft's lwip/core.h.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWIP_CORE_GENERATED_H
#define NETGRAFT_LWIP_CORE_GENERATED_H

/**
 * Nothing to do: everything begins by itself.
 */
NETGRAFT_EXTERN void lwip_init(void);

/**
 * Nothing to do: memory is the system's.
 */
NETGRAFT_EXTERN void mem_init(void);

/**
 * As `malloc`.
 */
NETGRAFT_EXTERN void *mem_malloc(size_t size);

/**
 * As `calloc`.
 */
NETGRAFT_EXTERN void *mem_calloc(size_t count, size_t size);

/**
 * Says that less of some memory is needed from here on. It stays where it is, as large as it was.
 */
NETGRAFT_EXTERN void *mem_trim(void *mem, size_t size);

/**
 * As `free`.
 */
NETGRAFT_EXTERN void mem_free(void *mem);

/**
 * The errno for an error of lwIP's; `EIO` for one that does not exist, -1 for `ERR_IF`.
 */
NETGRAFT_EXTERN int err_to_errno(err_t err);

/**
 * What an error of lwIP's means, in English. The text is constant.
 */
NETGRAFT_EXTERN const char *lwip_strerr(err_t err);

/**
 * Writes a number in decimal to `result`, which has room for `bufsize` bytes; nothing but a NUL if that is too little.
 */
NETGRAFT_EXTERN
void lwip_itoa(char *result,
               size_t bufsize,
               int number);

/**
 * Compares two strings without regard to the case of ASCII letters: 0 if they are the same, else 1. One that is null is like none.
 */
NETGRAFT_EXTERN
int lwip_stricmp(const char *str1,
                 const char *str2);

/**
 * As `lwip_stricmp`, for their first `len` bytes.
 */
NETGRAFT_EXTERN int lwip_strnicmp(const char *str1, const char *str2, size_t len);

/**
 * Where `token` begins in the first `n` bytes of `buffer`, or null. An empty one begins at once.
 */
NETGRAFT_EXTERN char *lwip_strnstr(const char *buffer, const char *token, size_t n);

#endif  /* NETGRAFT_LWIP_CORE_GENERATED_H */
