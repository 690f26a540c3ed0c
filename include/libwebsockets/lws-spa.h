/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_SPA_H
#define NETGRAFT_LWS_SPA_H

/**
 * What a call of the upload callback brings.
 */
enum lws_spa_fileupload_states {
    /**
     * Part of the file.
     */
    LWS_UFS_CONTENT = 0,
    /**
     * The last part of the file; it may be empty.
     */
    LWS_UFS_FINAL_CONTENT = 1,
    /**
     * A file begins.
     */
    LWS_UFS_OPEN = 2,
    /**
     * The file is complete or abandoned.
     */
    LWS_UFS_CLOSE = 3,
};

/**
 * Receives an uploaded file. A return other than 0 abandons the form.
 */
typedef int (*lws_spa_fileupload_cb)(void *data,
                                     const char *name,
                                     const char *filename,
                                     char *buf,
                                     int len,
                                     enum lws_spa_fileupload_states state);

/**
 * How to make a parser.
 */
struct lws_spa_create_info {
    /**
     * The names of the fields to keep.
     */
    const char *const *param_names;
    /**
     * How many names there are.
     */
    int count_params;
    /**
     * The most bytes to keep of all values.
     */
    int max_storage;
    /**
     * What receives files; null to ignore them.
     */
    lws_spa_fileupload_cb opt_cb;
    /**
     * Passed to `opt_cb`.
     */
    void *opt_data;
    /**
     * Bytes from one name's pointer to the next; 0 for an array of pointers.
     */
    size_t param_names_stride;
    /**
     * Where to allocate; null for memory of the parser's own.
     */
    struct lwsac **ac;
    /**
     * The chunk size to allocate with.
     */
    size_t ac_chunk_size;
};

/**
 * How to make a parser.
 */
typedef struct lws_spa_create_info lws_spa_create_info_t;

#endif  /* NETGRAFT_LWS_SPA_H */
