/*
 * The binary contract of libwebsockets 4.1.6 as Debian 12 builds it for amd64, as static assertions. Compiled against
 * our header and against the original's: both must hold. src/faces/lws/abi/layout.rs asserts the same in Rust.
 */
#include <libwebsockets.h>

#define SIZE(type, size, align) \
	_Static_assert(sizeof(type) == size, "size of " #type); \
	_Static_assert(_Alignof(type) == align, "alignment of " #type)
#define FIELD(type, field, offset, size) \
	_Static_assert(offsetof(type, field) == offset, "offset of " #type "." #field); \
	_Static_assert(sizeof(((type *)0)->field) == size, "size of " #type "." #field)

/* Structs and unions: size and alignment; each field's offset and size */

SIZE(struct lws_context_creation_info, 672, 8);
FIELD(struct lws_context_creation_info, iface, 0, 8);
FIELD(struct lws_context_creation_info, protocols, 8, 8);
FIELD(struct lws_context_creation_info, extensions, 16, 8);
FIELD(struct lws_context_creation_info, token_limits, 24, 8);
FIELD(struct lws_context_creation_info, http_proxy_address, 32, 8);
FIELD(struct lws_context_creation_info, headers, 40, 8);
FIELD(struct lws_context_creation_info, reject_service_keywords, 48, 8);
FIELD(struct lws_context_creation_info, pvo, 56, 8);
FIELD(struct lws_context_creation_info, log_filepath, 64, 8);
FIELD(struct lws_context_creation_info, mounts, 72, 8);
FIELD(struct lws_context_creation_info, server_string, 80, 8);
FIELD(struct lws_context_creation_info, error_document_404, 88, 8);
FIELD(struct lws_context_creation_info, port, 96, 4);
FIELD(struct lws_context_creation_info, http_proxy_port, 100, 4);
FIELD(struct lws_context_creation_info, max_http_header_data2, 104, 4);
FIELD(struct lws_context_creation_info, max_http_header_pool2, 108, 4);
FIELD(struct lws_context_creation_info, keepalive_timeout, 112, 4);
FIELD(struct lws_context_creation_info, http2_settings, 116, 28);
FIELD(struct lws_context_creation_info, max_http_header_data, 144, 2);
FIELD(struct lws_context_creation_info, max_http_header_pool, 146, 2);
FIELD(struct lws_context_creation_info, ssl_private_key_password, 152, 8);
FIELD(struct lws_context_creation_info, ssl_cert_filepath, 160, 8);
FIELD(struct lws_context_creation_info, ssl_private_key_filepath, 168, 8);
FIELD(struct lws_context_creation_info, ssl_ca_filepath, 176, 8);
FIELD(struct lws_context_creation_info, ssl_cipher_list, 184, 8);
FIELD(struct lws_context_creation_info, ecdh_curve, 192, 8);
FIELD(struct lws_context_creation_info, tls1_3_plus_cipher_list, 200, 8);
FIELD(struct lws_context_creation_info, server_ssl_cert_mem, 208, 8);
FIELD(struct lws_context_creation_info, server_ssl_private_key_mem, 216, 8);
FIELD(struct lws_context_creation_info, server_ssl_ca_mem, 224, 8);
FIELD(struct lws_context_creation_info, ssl_options_set, 232, 8);
FIELD(struct lws_context_creation_info, ssl_options_clear, 240, 8);
FIELD(struct lws_context_creation_info, simultaneous_ssl_restriction, 248, 4);
FIELD(struct lws_context_creation_info, ssl_info_event_mask, 252, 4);
FIELD(struct lws_context_creation_info, server_ssl_cert_mem_len, 256, 4);
FIELD(struct lws_context_creation_info, server_ssl_private_key_mem_len, 260, 4);
FIELD(struct lws_context_creation_info, server_ssl_ca_mem_len, 264, 4);
FIELD(struct lws_context_creation_info, alpn, 272, 8);
FIELD(struct lws_context_creation_info, client_ssl_private_key_password, 280, 8);
FIELD(struct lws_context_creation_info, client_ssl_cert_filepath, 288, 8);
FIELD(struct lws_context_creation_info, client_ssl_cert_mem, 296, 8);
FIELD(struct lws_context_creation_info, client_ssl_cert_mem_len, 304, 4);
FIELD(struct lws_context_creation_info, client_ssl_private_key_filepath, 312, 8);
FIELD(struct lws_context_creation_info, client_ssl_key_mem, 320, 8);
FIELD(struct lws_context_creation_info, client_ssl_ca_filepath, 328, 8);
FIELD(struct lws_context_creation_info, client_ssl_ca_mem, 336, 8);
FIELD(struct lws_context_creation_info, client_ssl_cipher_list, 344, 8);
FIELD(struct lws_context_creation_info, client_tls_1_3_plus_cipher_list, 352, 8);
FIELD(struct lws_context_creation_info, ssl_client_options_set, 360, 8);
FIELD(struct lws_context_creation_info, ssl_client_options_clear, 368, 8);
FIELD(struct lws_context_creation_info, client_ssl_ca_mem_len, 376, 4);
FIELD(struct lws_context_creation_info, client_ssl_key_mem_len, 380, 4);
FIELD(struct lws_context_creation_info, provided_client_ssl_ctx, 384, 8);
FIELD(struct lws_context_creation_info, ka_time, 392, 4);
FIELD(struct lws_context_creation_info, ka_probes, 396, 4);
FIELD(struct lws_context_creation_info, ka_interval, 400, 4);
FIELD(struct lws_context_creation_info, timeout_secs, 404, 4);
FIELD(struct lws_context_creation_info, connect_timeout_secs, 408, 4);
FIELD(struct lws_context_creation_info, bind_iface, 412, 4);
FIELD(struct lws_context_creation_info, timeout_secs_ah_idle, 416, 4);
FIELD(struct lws_context_creation_info, gid, 420, 4);
FIELD(struct lws_context_creation_info, uid, 424, 4);
FIELD(struct lws_context_creation_info, options, 432, 8);
FIELD(struct lws_context_creation_info, user, 440, 8);
FIELD(struct lws_context_creation_info, count_threads, 448, 4);
FIELD(struct lws_context_creation_info, fd_limit_per_thread, 452, 4);
FIELD(struct lws_context_creation_info, vhost_name, 456, 8);
FIELD(struct lws_context_creation_info, external_baggage_free_on_destroy, 464, 8);
FIELD(struct lws_context_creation_info, pt_serv_buf_size, 472, 4);
FIELD(struct lws_context_creation_info, fops, 480, 8);
FIELD(struct lws_context_creation_info, caps, 488, 16);
FIELD(struct lws_context_creation_info, count_caps, 504, 1);
FIELD(struct lws_context_creation_info, foreign_loops, 512, 8);
FIELD(struct lws_context_creation_info, signal_cb, 520, 8);
FIELD(struct lws_context_creation_info, pcontext, 528, 8);
FIELD(struct lws_context_creation_info, finalize, 536, 8);
FIELD(struct lws_context_creation_info, finalize_arg, 544, 8);
FIELD(struct lws_context_creation_info, listen_accept_role, 552, 8);
FIELD(struct lws_context_creation_info, listen_accept_protocol, 560, 8);
FIELD(struct lws_context_creation_info, pprotocols, 568, 8);
FIELD(struct lws_context_creation_info, username, 576, 8);
FIELD(struct lws_context_creation_info, groupname, 584, 8);
FIELD(struct lws_context_creation_info, unix_socket_perms, 592, 8);
FIELD(struct lws_context_creation_info, system_ops, 600, 8);
FIELD(struct lws_context_creation_info, retry_and_idle_policy, 608, 8);
FIELD(struct lws_context_creation_info, register_notifier_list, 616, 8);
FIELD(struct lws_context_creation_info, rlimit_nofile, 624, 4);
FIELD(struct lws_context_creation_info, udp_loss_sim_tx_pc, 628, 1);
FIELD(struct lws_context_creation_info, udp_loss_sim_rx_pc, 629, 1);
FIELD(struct lws_context_creation_info, early_smd_cb, 632, 8);
FIELD(struct lws_context_creation_info, early_smd_opaque, 640, 8);
FIELD(struct lws_context_creation_info, early_smd_class_filter, 648, 4);
FIELD(struct lws_context_creation_info, _unused, 656, 16);

SIZE(struct lws_protocols, 56, 8);
FIELD(struct lws_protocols, name, 0, 8);
FIELD(struct lws_protocols, callback, 8, 8);
FIELD(struct lws_protocols, per_session_data_size, 16, 8);
FIELD(struct lws_protocols, rx_buffer_size, 24, 8);
FIELD(struct lws_protocols, id, 32, 4);
FIELD(struct lws_protocols, user, 40, 8);
FIELD(struct lws_protocols, tx_packet_size, 48, 8);

SIZE(struct lws_client_connect_info, 232, 8);
FIELD(struct lws_client_connect_info, context, 0, 8);
FIELD(struct lws_client_connect_info, address, 8, 8);
FIELD(struct lws_client_connect_info, port, 16, 4);
FIELD(struct lws_client_connect_info, ssl_connection, 20, 4);
FIELD(struct lws_client_connect_info, path, 24, 8);
FIELD(struct lws_client_connect_info, host, 32, 8);
FIELD(struct lws_client_connect_info, origin, 40, 8);
FIELD(struct lws_client_connect_info, protocol, 48, 8);
FIELD(struct lws_client_connect_info, ietf_version_or_minus_one, 56, 4);
FIELD(struct lws_client_connect_info, userdata, 64, 8);
FIELD(struct lws_client_connect_info, client_exts, 72, 8);
FIELD(struct lws_client_connect_info, method, 80, 8);
FIELD(struct lws_client_connect_info, parent_wsi, 88, 8);
FIELD(struct lws_client_connect_info, uri_replace_from, 96, 8);
FIELD(struct lws_client_connect_info, uri_replace_to, 104, 8);
FIELD(struct lws_client_connect_info, vhost, 112, 8);
FIELD(struct lws_client_connect_info, pwsi, 120, 8);
FIELD(struct lws_client_connect_info, iface, 128, 8);
FIELD(struct lws_client_connect_info, local_protocol_name, 136, 8);
FIELD(struct lws_client_connect_info, alpn, 144, 8);
FIELD(struct lws_client_connect_info, seq, 152, 8);
FIELD(struct lws_client_connect_info, opaque_user_data, 160, 8);
FIELD(struct lws_client_connect_info, retry_and_idle_policy, 168, 8);
FIELD(struct lws_client_connect_info, manual_initial_tx_credit, 176, 4);
FIELD(struct lws_client_connect_info, sys_tls_client_cert, 180, 1);
FIELD(struct lws_client_connect_info, mqtt_cp, 184, 8);
FIELD(struct lws_client_connect_info, keep_warm_secs, 192, 2);
FIELD(struct lws_client_connect_info, _unused, 200, 32);

SIZE(struct lws_http_mount, 104, 8);
FIELD(struct lws_http_mount, mount_next, 0, 8);
FIELD(struct lws_http_mount, mountpoint, 8, 8);
FIELD(struct lws_http_mount, origin, 16, 8);
FIELD(struct lws_http_mount, def, 24, 8);
FIELD(struct lws_http_mount, protocol, 32, 8);
FIELD(struct lws_http_mount, cgienv, 40, 8);
FIELD(struct lws_http_mount, extra_mimetypes, 48, 8);
FIELD(struct lws_http_mount, interpret, 56, 8);
FIELD(struct lws_http_mount, cgi_timeout, 64, 4);
FIELD(struct lws_http_mount, cache_max_age, 68, 4);
FIELD(struct lws_http_mount, auth_mask, 72, 4);
FIELD(struct lws_http_mount, origin_protocol, 77, 1);
FIELD(struct lws_http_mount, mountpoint_len, 78, 1);
FIELD(struct lws_http_mount, basic_auth_login_file, 80, 8);
FIELD(struct lws_http_mount, _unused, 88, 16);

SIZE(struct lws_protocol_vhost_options, 32, 8);
FIELD(struct lws_protocol_vhost_options, next, 0, 8);
FIELD(struct lws_protocol_vhost_options, options, 8, 8);
FIELD(struct lws_protocol_vhost_options, name, 16, 8);
FIELD(struct lws_protocol_vhost_options, value, 24, 8);

SIZE(struct lws_extension, 24, 8);
FIELD(struct lws_extension, name, 0, 8);
FIELD(struct lws_extension, callback, 8, 8);
FIELD(struct lws_extension, client_offer, 16, 8);

SIZE(struct lws_ext_options, 16, 8);
FIELD(struct lws_ext_options, name, 0, 8);
FIELD(struct lws_ext_options, type, 8, 4);

SIZE(struct lws_ext_option_arg, 32, 8);
FIELD(struct lws_ext_option_arg, option_name, 0, 8);
FIELD(struct lws_ext_option_arg, option_index, 8, 4);
FIELD(struct lws_ext_option_arg, start, 16, 8);
FIELD(struct lws_ext_option_arg, len, 24, 4);

SIZE(struct lws_pollargs, 12, 4);
FIELD(struct lws_pollargs, fd, 0, 4);
FIELD(struct lws_pollargs, events, 4, 4);
FIELD(struct lws_pollargs, prev_events, 8, 4);

SIZE(struct lws_sorted_usec_list, 48, 8);
FIELD(struct lws_sorted_usec_list, list, 0, 24);
FIELD(struct lws_sorted_usec_list, us, 24, 8);
FIELD(struct lws_sorted_usec_list, cb, 32, 8);
FIELD(struct lws_sorted_usec_list, latency_us, 40, 4);

SIZE(struct lws_retry_bo, 24, 8);
FIELD(struct lws_retry_bo, retry_ms_table, 0, 8);
FIELD(struct lws_retry_bo, retry_ms_table_count, 8, 2);
FIELD(struct lws_retry_bo, conceal_count, 10, 2);
FIELD(struct lws_retry_bo, secs_since_valid_ping, 12, 2);
FIELD(struct lws_retry_bo, secs_since_valid_hangup, 14, 2);
FIELD(struct lws_retry_bo, jitter_percent, 16, 1);

SIZE(struct lws_adopt_desc, 40, 8);
FIELD(struct lws_adopt_desc, vh, 0, 8);
FIELD(struct lws_adopt_desc, type, 8, 4);
FIELD(struct lws_adopt_desc, fd, 12, 4);
FIELD(struct lws_adopt_desc, vh_prot_name, 16, 8);
FIELD(struct lws_adopt_desc, parent, 24, 8);
FIELD(struct lws_adopt_desc, opaque, 32, 8);

SIZE(struct lws_process_html_args, 24, 8);
FIELD(struct lws_process_html_args, p, 0, 8);
FIELD(struct lws_process_html_args, len, 8, 4);
FIELD(struct lws_process_html_args, max_len, 12, 4);
FIELD(struct lws_process_html_args, final, 16, 4);
FIELD(struct lws_process_html_args, chunked, 20, 4);

SIZE(struct lws_process_html_state, 64, 8);
FIELD(struct lws_process_html_state, start, 0, 8);
FIELD(struct lws_process_html_state, swallow, 8, 16);
FIELD(struct lws_process_html_state, pos, 24, 4);
FIELD(struct lws_process_html_state, data, 32, 8);
FIELD(struct lws_process_html_state, vars, 40, 8);
FIELD(struct lws_process_html_state, count_vars, 48, 4);
FIELD(struct lws_process_html_state, replace, 56, 8);

SIZE(struct lws_token_limits, 190, 2);
FIELD(struct lws_token_limits, token_limit, 0, 190);

SIZE(struct lws_dll2, 24, 8);
FIELD(struct lws_dll2, prev, 0, 8);
FIELD(struct lws_dll2, next, 8, 8);
FIELD(struct lws_dll2, owner, 16, 8);

SIZE(struct lws_dll2_owner, 24, 8);
FIELD(struct lws_dll2_owner, tail, 0, 8);
FIELD(struct lws_dll2_owner, head, 8, 8);
FIELD(struct lws_dll2_owner, count, 16, 4);

SIZE(struct lws_filter_network_conn_args, 136, 8);
FIELD(struct lws_filter_network_conn_args, cli_addr, 0, 128);
FIELD(struct lws_filter_network_conn_args, clilen, 128, 4);
FIELD(struct lws_filter_network_conn_args, accept_fd, 132, 4);

SIZE(struct lws_ssl_info, 8, 4);
FIELD(struct lws_ssl_info, where, 0, 4);
FIELD(struct lws_ssl_info, ret, 4, 4);

SIZE(struct lws_acme_cert_aging_args, 96, 8);
FIELD(struct lws_acme_cert_aging_args, vh, 0, 8);
FIELD(struct lws_acme_cert_aging_args, element_overrides, 8, 88);

SIZE(struct lws_udp, 40, 4);
FIELD(struct lws_udp, sa, 0, 16);
FIELD(struct lws_udp, salen, 16, 4);
FIELD(struct lws_udp, sa_pending, 20, 16);
FIELD(struct lws_udp, salen_pending, 36, 4);

SIZE(struct lws_plat_file_ops, 96, 8);
FIELD(struct lws_plat_file_ops, open, 0, 8);
FIELD(struct lws_plat_file_ops, close, 8, 8);
FIELD(struct lws_plat_file_ops, seek_cur, 16, 8);
FIELD(struct lws_plat_file_ops, read, 24, 8);
FIELD(struct lws_plat_file_ops, write, 32, 8);
FIELD(struct lws_plat_file_ops, fi, 40, 48);
FIELD(struct lws_plat_file_ops, next, 88, 8);

SIZE(struct lws_fop_fd, 48, 8);
FIELD(struct lws_fop_fd, fd, 0, 4);
FIELD(struct lws_fop_fd, fops, 8, 8);
FIELD(struct lws_fop_fd, filesystem_priv, 16, 8);
FIELD(struct lws_fop_fd, pos, 24, 8);
FIELD(struct lws_fop_fd, len, 32, 8);
FIELD(struct lws_fop_fd, flags, 40, 4);
FIELD(struct lws_fop_fd, mod_time, 44, 4);

SIZE(struct lws_fops_index, 16, 8);
FIELD(struct lws_fops_index, sig, 0, 8);
FIELD(struct lws_fops_index, len, 8, 1);

SIZE(struct lws_spa_create_info, 56, 8);
FIELD(struct lws_spa_create_info, param_names, 0, 8);
FIELD(struct lws_spa_create_info, count_params, 8, 4);
FIELD(struct lws_spa_create_info, max_storage, 12, 4);
FIELD(struct lws_spa_create_info, opt_cb, 16, 8);
FIELD(struct lws_spa_create_info, opt_data, 24, 8);
FIELD(struct lws_spa_create_info, param_names_stride, 32, 8);
FIELD(struct lws_spa_create_info, ac, 40, 8);
FIELD(struct lws_spa_create_info, ac_chunk_size, 48, 8);

SIZE(struct lws_tokenize, 40, 8);
FIELD(struct lws_tokenize, start, 0, 8);
FIELD(struct lws_tokenize, token, 8, 8);
FIELD(struct lws_tokenize, len, 16, 8);
FIELD(struct lws_tokenize, token_len, 24, 8);
FIELD(struct lws_tokenize, flags, 32, 2);
FIELD(struct lws_tokenize, delim, 34, 1);
FIELD(struct lws_tokenize, e, 35, 1);

SIZE(struct lws_system_ops, 40, 8);
FIELD(struct lws_system_ops, reboot, 0, 8);
FIELD(struct lws_system_ops, set_clock, 8, 8);
FIELD(struct lws_system_ops, attach, 16, 8);
FIELD(struct lws_system_ops, captive_portal_detect_request, 24, 8);
FIELD(struct lws_system_ops, wake_latency_us, 32, 4);

SIZE(struct lws_state_notify_link, 40, 8);
FIELD(struct lws_state_notify_link, list, 0, 24);
FIELD(struct lws_state_notify_link, notify_cb, 24, 8);
FIELD(struct lws_state_notify_link, name, 32, 8);

SIZE(struct lws_state_manager, 72, 8);
FIELD(struct lws_state_manager, notify_list, 0, 24);
FIELD(struct lws_state_manager, context, 24, 8);
FIELD(struct lws_state_manager, parent, 32, 8);
FIELD(struct lws_state_manager, smd_class, 40, 4);
FIELD(struct lws_state_manager, state_names, 48, 8);
FIELD(struct lws_state_manager, name, 56, 8);
FIELD(struct lws_state_manager, state, 64, 4);

SIZE(struct lws_plugin, 24, 8);
FIELD(struct lws_plugin, list, 0, 8);
FIELD(struct lws_plugin, hdr, 8, 8);
FIELD(struct lws_plugin, u, 16, 8);
FIELD(struct lws_plugin, u.l, 16, 8);

SIZE(struct lws_plugin_header, 24, 8);
FIELD(struct lws_plugin_header, name, 0, 8);
FIELD(struct lws_plugin_header, _class, 8, 8);
FIELD(struct lws_plugin_header, api_magic, 16, 4);

SIZE(struct lws_plugin_protocol, 48, 8);
FIELD(struct lws_plugin_protocol, hdr, 0, 24);
FIELD(struct lws_plugin_protocol, protocols, 24, 8);
FIELD(struct lws_plugin_protocol, extensions, 32, 8);
FIELD(struct lws_plugin_protocol, count_protocols, 40, 4);
FIELD(struct lws_plugin_protocol, count_extensions, 44, 4);

SIZE(struct lws_plugin_evlib, 32, 8);
FIELD(struct lws_plugin_evlib, hdr, 0, 24);
FIELD(struct lws_plugin_evlib, ops, 24, 8);

SIZE(struct lws_genhash_ctx, 24, 8);
FIELD(struct lws_genhash_ctx, type, 0, 1);
FIELD(struct lws_genhash_ctx, evp_type, 8, 8);
FIELD(struct lws_genhash_ctx, mdctx, 16, 8);

SIZE(struct lws_humanize_unit, 16, 8);
FIELD(struct lws_humanize_unit, name, 0, 8);
FIELD(struct lws_humanize_unit, factor, 8, 8);

SIZE(struct lws_cgi_args, 32, 8);
FIELD(struct lws_cgi_args, stdwsi, 0, 8);
FIELD(struct lws_cgi_args, ch, 8, 4);
FIELD(struct lws_cgi_args, data, 16, 8);
FIELD(struct lws_cgi_args, hdr_state, 24, 4);
FIELD(struct lws_cgi_args, len, 28, 4);

SIZE(struct lejp_ctx, 656, 8);
FIELD(struct lejp_ctx, user, 0, 8);
FIELD(struct lejp_ctx, pst, 8, 160);
FIELD(struct lejp_ctx, st, 168, 48);
FIELD(struct lejp_ctx, i, 216, 10);
FIELD(struct lejp_ctx, wild, 226, 10);
FIELD(struct lejp_ctx, path, 236, 128);
FIELD(struct lejp_ctx, buf, 364, 255);
FIELD(struct lejp_ctx, path_stride, 624, 8);
FIELD(struct lejp_ctx, line, 632, 4);
FIELD(struct lejp_ctx, uni, 636, 2);
FIELD(struct lejp_ctx, npos, 638, 1);
FIELD(struct lejp_ctx, dcount, 639, 1);
FIELD(struct lejp_ctx, f, 640, 1);
FIELD(struct lejp_ctx, sp, 641, 1);
FIELD(struct lejp_ctx, ipos, 642, 1);
FIELD(struct lejp_ctx, count_paths, 643, 1);
FIELD(struct lejp_ctx, path_match, 644, 1);
FIELD(struct lejp_ctx, path_match_len, 645, 1);
FIELD(struct lejp_ctx, wildcount, 646, 1);
FIELD(struct lejp_ctx, pst_sp, 647, 1);
FIELD(struct lejp_ctx, outer_array, 648, 1);

SIZE(struct _lejp_stack, 4, 1);
FIELD(struct _lejp_stack, s, 0, 1);
FIELD(struct _lejp_stack, p, 1, 1);
FIELD(struct _lejp_stack, i, 2, 1);
FIELD(struct _lejp_stack, b, 3, 1);

SIZE(struct _lejp_parsing_stack, 32, 8);
FIELD(struct _lejp_parsing_stack, user, 0, 8);
FIELD(struct _lejp_parsing_stack, callback, 8, 8);
FIELD(struct _lejp_parsing_stack, paths, 16, 8);
FIELD(struct _lejp_parsing_stack, count_paths, 24, 1);
FIELD(struct _lejp_parsing_stack, ppos, 25, 1);
FIELD(struct _lejp_parsing_stack, path_match, 26, 1);

SIZE(lws_sockaddr46, 28, 4);
FIELD(lws_sockaddr46, sa6, 0, 28);
FIELD(lws_sockaddr46, sa4, 0, 16);

SIZE(struct lws_strexp, 88, 8);
FIELD(struct lws_strexp, name, 0, 32);
FIELD(struct lws_strexp, cb, 32, 8);
FIELD(struct lws_strexp, priv, 40, 8);
FIELD(struct lws_strexp, out, 48, 8);
FIELD(struct lws_strexp, olen, 56, 8);
FIELD(struct lws_strexp, pos, 64, 8);
FIELD(struct lws_strexp, exp_ofs, 72, 8);
FIELD(struct lws_strexp, name_pos, 80, 1);
FIELD(struct lws_strexp, state, 81, 1);

SIZE(union lws_tls_cert_info_results, 72, 8);
FIELD(union lws_tls_cert_info_results, verified, 0, 4);
FIELD(union lws_tls_cert_info_results, time, 0, 8);
FIELD(union lws_tls_cert_info_results, usage, 0, 4);
FIELD(union lws_tls_cert_info_results, ns, 0, 68);
FIELD(union lws_tls_cert_info_results, ns.len, 0, 4);
FIELD(union lws_tls_cert_info_results, ns.name, 4, 64);

SIZE(struct lws_b64state, 32, 8);
SIZE(struct lws_dir_entry, 16, 8);
SIZE(struct lws_dir_glob, 24, 8);
SIZE(struct lws_genhmac_ctx, 32, 8);
SIZE(lws_sock_file_fd_type, 4, 4);
SIZE(struct lws_tokens, 16, 8);
SIZE(struct lws_write_passthru, 32, 8);

/* Plain types */
SIZE(lws_sockfd_type, 4, 4);
SIZE(lws_filefd_type, 4, 4);
SIZE(lws_usec_t, 8, 8);
SIZE(lws_filepos_t, 8, 8);
SIZE(lws_fileofs_t, 8, 8);
SIZE(lws_fop_flags_t, 4, 4);
SIZE(lws_smd_class_t, 4, 4);
SIZE(struct lws_pollfd, 8, 4);
_Static_assert((lws_usec_t)-1 < 0, "lws_usec_t has a sign");
_Static_assert((lws_fileofs_t)-1 < 0, "lws_fileofs_t has a sign");
_Static_assert((lws_filepos_t)-1 > 0, "lws_filepos_t has none");

/* Whether the bitfields are where the library looks for them needs a value to look at; see mount_bits() in macros.c. */
