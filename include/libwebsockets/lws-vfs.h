/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_VFS_H
#define NETGRAFT_LWS_VFS_H

/**
 * An open file. Whoever opened it allocated it and frees it on close.
 */
struct lws_fop_fd {
    /**
     * Its descriptor, where it has one.
     */
    lws_filefd_type fd;
    /**
     * The functions that work on it.
     */
    const struct lws_plat_file_ops *fops;
    /**
     * Whatever those functions keep.
     */
    void *filesystem_priv;
    /**
     * The current position.
     */
    lws_filepos_t pos;
    /**
     * The length.
     */
    lws_filepos_t len;
    /**
     * The flags it was opened with.
     */
    lws_fop_flags_t flags;
    /**
     * When it was last changed, in seconds since 1970.
     */
    uint32_t mod_time;
};

/**
 * An open file.
 */
typedef struct lws_fop_fd *lws_fop_fd_t;

/**
 * A part of a path that selects other functions, such as `.zip/`.
 */
struct lws_fops_index {
    /**
     * The text to look for, or null.
     */
    const char *sig;
    /**
     * Its length.
     */
    uint8_t len;
};

/**
 * The functions that work on files. The program owns the table and keeps it.
 */
struct lws_plat_file_ops {
    /**
     * Opens a file; null if it cannot.
     */
    lws_fop_fd_t (*open)(const struct lws_plat_file_ops *fops,
                         const char *filename,
                         const char *vpath,
                         lws_fop_flags_t *flags);
    /**
     * Closes the file and nulls the pointer.
     */
    int (*close)(lws_fop_fd_t *fop_fd);
    /**
     * Moves the position; returns the new one.
     */
    lws_fileofs_t (*seek_cur)(lws_fop_fd_t fop_fd, lws_fileofs_t offset_from_cur_pos);
    /**
     * Reads up to `len` bytes and says how many in `amount`.
     */
    int (*read)(lws_fop_fd_t fop_fd, lws_filepos_t *amount, uint8_t *buf, lws_filepos_t len);
    /**
     * Writes up to `len` bytes and says how many in `amount`.
     */
    int (*write)(lws_fop_fd_t fop_fd, lws_filepos_t *amount, uint8_t *buf, lws_filepos_t len);
    /**
     * Parts of a path that select this table.
     */
    struct lws_fops_index fi[3];
    /**
     * The next table, or null.
     */
    const struct lws_plat_file_ops *next;
};

/**
 * The part of the flags that holds `O_*`.
 */
#define LWS_FOP_FLAGS_MASK 8388607

/**
 * Flag: the reader can take gzip.
 */
#define LWS_FOP_FLAG_COMPR_ACCEPTABLE_GZIP 16777216

/**
 * Flag: the file is gzip.
 */
#define LWS_FOP_FLAG_COMPR_IS_GZIP 33554432

/**
 * Flag: `mod_time` is known.
 */
#define LWS_FOP_FLAG_MOD_TIME_VALID 67108864

/**
 * Flag: the file is not on disk.
 */
#define LWS_FOP_FLAG_VIRTUAL 134217728

/**
 * The table of functions with which a context opens the files that it serves. At first they are those of the file
 * system; the program may put its own there, or link tables of its own behind it, which are used for paths that
 * contain one of their signatures. The table belongs to the context and lasts as long. Null for a null or dead
 * context. The context's thread only.
 */
LWS_VISIBLE LWS_EXTERN
struct lws_plat_file_ops *lws_get_fops(struct lws_context *context);

/**
 * The length of an open file. 0 for null.
 */
LWS_VISIBLE LWS_EXTERN lws_filepos_t lws_vfs_get_length(lws_fop_fd_t fop_fd);

#endif  /* NETGRAFT_LWS_VFS_H */
