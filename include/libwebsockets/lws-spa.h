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

/**
 * Makes a parser for the body of the request of `wsi`: `multipart/form-data` if its Content-Type says so, otherwise
 * `application/x-www-form-urlencoded`.
 *
 * The values of the fields in `param_names`, an array of `count_params` C strings that is copied, are kept and can be
 * asked for by their index. A field that comes several times keeps its first value that is not empty. Together, each
 * with a NUL, they may be shorter than `max_storage` bytes. Files go to `opt_cb` with `opt_data` as its first argument, in
 * pieces of fewer than `max_storage` bytes with a NUL behind them: LWS_UFS_OPEN, any number of LWS_UFS_CONTENT,
 * LWS_UFS_FINAL_CONTENT (which may be empty) for each file; and LWS_UFS_CLOSE once, in lws_spa_finalize() or
 * lws_spa_destroy(), also if there was no file. The names that the callback gets come from the client, are at most 255 bytes
 * long, and are valid until it returns. If it returns anything but 0, except at LWS_UFS_CLOSE, the form has failed. It may
 * destroy the parser. A null `opt_cb` means that files are ignored.
 *
 * Returns the parser, to be freed with lws_spa_destroy(); null when memory runs out, for a null or dead connection, a
 * negative `count_params` or `max_storage`, or no `param_names` although `count_params` is not 0. It does not depend on the
 * connection afterwards. One thread at a time may use it, here and below; a null or dead parser is recognised.
 */
LWS_VISIBLE LWS_EXTERN
struct lws_spa *lws_spa_create(struct lws *wsi,
                               const char *const *param_names,
                               int count_params,
                               int max_storage,
                               lws_spa_fileupload_cb opt_cb,
                               void *opt_data);

/**
 * lws_spa_create() with its arguments in a struct, which is only read during the call.
 *
 * With a `param_names_stride` that is not 0, the pointers to the names lie that many bytes apart, as in an array of structs
 * that have one. With `ac`, the values are kept in the lwsac that the variable at `ac` holds, or will hold if it is
 * null, and stay valid until that is freed; freeing it ends the parser too, without a callback. The variable must last as
 * long as the parser. `ac_chunk_size` is as in lwsac_use().
 *
 * Null also when `info` is null, or the stride is smaller than a pointer.
 */
LWS_VISIBLE LWS_EXTERN
struct lws_spa *lws_spa_create_via_info(struct lws *wsi,
                                        const lws_spa_create_info_t *info);

/**
 * Takes in the next `len` bytes of the body, cut anywhere.
 *
 * Returns 0; -1 when the data is malformed (a bad escape, a malformed or over-long header of a part, the name of a field
 * that is longer than 255 bytes, no boundary in the Content-Type), when the values are longer than `max_storage` allows, when
 * the callback has returned anything but 0, or for a bad pointer or length. All later calls fail too then. Behind
 * lws_spa_finalize() the data is ignored, and 0 returned.
 */
LWS_VISIBLE LWS_EXTERN
int lws_spa_process(struct lws_spa *spa,
                    const char *in,
                    int len);

/**
 * Says that the body has ended. The last field's value is there afterwards, and the callback has heard LWS_UFS_CLOSE.
 *
 * Returns 0; -1 when the form is not complete (its last boundary is missing, or an escape is cut off), when
 * lws_spa_process() has failed, for a bad pointer, or inside the parser's own callback.
 */
LWS_VISIBLE LWS_EXTERN
int lws_spa_finalize(struct lws_spa *spa);

/**
 * The length of the value of field `n` in `param_names`, without its NUL; a value may contain others. 0 when the field has
 * not come, is empty, or does not exist.
 */
LWS_VISIBLE LWS_EXTERN
int lws_spa_get_length(struct lws_spa *spa,
                       int n);

/**
 * The value of field `n` in `param_names`, with a NUL behind it: decoded if the form is urlencoded, otherwise as it came. It
 * is valid until the parser is destroyed, or until the lwsac that holds it is freed.
 *
 * Null when the field has not come or is empty, and when it does not exist.
 */
LWS_VISIBLE LWS_EXTERN
const char *lws_spa_get_string(struct lws_spa *spa,
                               int n);

/**
 * Frees a parser, and the values that are not in a lwsac. If lws_spa_finalize() was not called, the callback hears
 * LWS_UFS_CLOSE. Inside the parser's own callback it is allowed; lws_spa_process() returns -1 then.
 *
 * Returns 0; -1 for a null or dead parser.
 */
LWS_VISIBLE LWS_EXTERN
int lws_spa_destroy(struct lws_spa *spa);

#endif  /* NETGRAFT_LWS_SPA_H */
