/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_PROTOCOLS_PLUGINS_H
#define NETGRAFT_LWS_PROTOCOLS_PLUGINS_H

/**
 * `api_magic` of plugins for this version.
 */
#define LWS_PLUGIN_API_MAGIC 190

/**
 * One protocol. A table of them ends with a null name; the vhost works on a copy.
 */
struct lws_protocols {
    /**
     * What `Sec-WebSocket-Protocol` calls it, and mounts and adoptions too.
     */
    const char *name;
    /**
     * Told everything that happens on its connections.
     */
    lws_callback_function * callback;
    /**
     * Size of the zeroed memory each connection gets as `user`.
     */
    size_t per_session_data_size;
    /**
     * The most that is delivered in one receive callback; 0 for the library's choice.
     */
    size_t rx_buffer_size;
    /**
     * The program's own number.
     */
    unsigned int id;
    /**
     * The program's own pointer.
     */
    void *user;
    /**
     * The most that is sent at once; 0 for `rx_buffer_size`.
     */
    size_t tx_packet_size;
};

/**
 * The head of what every plugin exports.
 */
struct lws_plugin_header {
    /**
     * The plugin's name.
     */
    const char *name;
    /**
     * What kind of plugin it is.
     */
    const char *_class;
    /**
     * `LWS_PLUGIN_API_MAGIC`.
     */
    unsigned int api_magic;
};

/**
 * The head of what every plugin exports.
 */
typedef struct lws_plugin_header lws_plugin_header_t;

/**
 * What a plugin with protocols exports.
 */
struct lws_plugin_protocol {
    /**
     * The head.
     */
    lws_plugin_header_t hdr;
    /**
     * Its protocols.
     */
    const struct lws_protocols *protocols;
    /**
     * Its extensions.
     */
    const struct lws_extension *extensions;
    /**
     * How many protocols.
     */
    int count_protocols;
    /**
     * How many extensions.
     */
    int count_extensions;
};

/**
 * What a plugin with protocols exports.
 */
typedef struct lws_plugin_protocol lws_plugin_protocol_t;

/**
 * The loaded library of a plugin.
 */
union lws_plugin_handle {
    /**
     * As `dlopen` gave it.
     */
    void *l;
};

/**
 * A loaded plugin.
 */
struct lws_plugin {
    /**
     * The next one, or null.
     */
    struct lws_plugin *list;
    /**
     * What it exports.
     */
    const lws_plugin_header_t *hdr;
    /**
     * Its library.
     */
    union lws_plugin_handle u;
};

/**
 * What a plugin with an event loop exports.
 */
struct lws_plugin_evlib {
    /**
     * The head.
     */
    lws_plugin_header_t hdr;
    /**
     * The loop's operations.
     */
    const struct lws_event_loop_ops *ops;
};

/**
 * What a plugin with an event loop exports.
 */
typedef struct lws_plugin_evlib lws_plugin_evlib_t;

/**
 * Called for each plugin.
 */
typedef int (*each_plugin_cb_t)(struct lws_plugin *p, void *user);

/**
 * Finds the option called `name` in the list that begins with `pvo`. Its own `options` are not searched.
 *
 * Returns it, or null when it is not there or a pointer is null. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
const struct lws_protocol_vhost_options *lws_pvo_search(const struct lws_protocol_vhost_options *pvo,
                                                        const char *name);

/**
 * Finds the option called `name` in the list that begins with `in` (a `struct lws_protocol_vhost_options *`, such as
 * the `in` of `LWS_CALLBACK_PROTOCOL_INIT`) and sets `*result` to its value, which belongs to the list.
 *
 * Returns 0, or 1 with `*result` untouched when it is not there or a pointer is null. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_pvo_get_str(void *in,
                    const char *name,
                    const char **result);

/**
 * The protocol of a connection: the library's copy of the program's entry, which lasts as long as the vhost. Null for a null
 * or dead connection. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
const struct lws_protocols *lws_get_protocol(struct lws *wsi);

/**
 * The memory that a protocol has asked for with `lws_protocol_vh_priv_zalloc`; null when it has not, or an argument is null or
 * dead. The context's thread only.
 */
LWS_VISIBLE LWS_EXTERN
void *lws_protocol_vh_priv_get(struct lws_vhost *vhost,
                               const struct lws_protocols *prot);

/**
 * Gives a protocol `size` zeroed bytes of its own in a vhost, most often in `LWS_CALLBACK_PROTOCOL_INIT`. They are the
 * library's and go with the vhost.
 *
 * Returns null when the protocol has some already or is not of this vhost, an argument is null or dead, `size` is negative, or memory is
 * exhausted. The context's thread only.
 */
LWS_VISIBLE LWS_EXTERN
void *lws_protocol_vh_priv_zalloc(struct lws_vhost *vhost,
                                  const struct lws_protocols *prot,
                                  int size);

/**
 * The protocol of a vhost with this name; it lasts as long as the vhost. Null when there is none or an argument is null or
 * dead. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
const struct lws_protocols *lws_vhost_name_to_protocol(struct lws_vhost *vh,
                                                       const char *name);

#endif  /* NETGRAFT_LWS_PROTOCOLS_PLUGINS_H */
